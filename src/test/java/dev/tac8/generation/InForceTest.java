package dev.tac8.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a look at routes finds while an edit takes effect. */
class InForceTest {
    private final AtomicLong nanos = new AtomicLong(5);
    private final InForce inForce = new InForce(nanos::get);

    @Test
    void findsNothingWhileRoutesAreExchanged() {
        assertThat(inForce.look(() -> "all run")).contains("all run");
        inForce.exchange(() -> assertThat(inForce.look(() -> "one is missing")).isEmpty());
        assertThat(inForce.look(() -> "one is missing")).contains("one is missing");
    }

    @Test
    void findsNothingIfAnExchangeBeganOrEndedMeanwhile() {
        assertThat(inForce.look(() -> {
            inForce.exchange(() -> { });
            return "one is missing";
        })).isEmpty();
    }

    @Test
    void findsWhatIsMissingIfAnExchangeTakesTooLong() {
        inForce.exchange(() -> {
            nanos.addAndGet(Duration.ofSeconds(9).toNanos());
            assertThat(inForce.look(() -> "one is missing")).isEmpty();
            nanos.addAndGet(Duration.ofSeconds(2).toNanos());
            assertThat(inForce.look(() -> "one is missing")).contains("one is missing");
        });
    }
}
