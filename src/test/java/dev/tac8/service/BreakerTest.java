package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tac8.Home;
import dev.tac8.fault.MovingClock;
import dev.tac8.settings.Settings;
import dev.tac8.store.StatementException;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.camel.RuntimeCamelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Since when chunks go where they go, and what sends them elsewhere. */
class BreakerTest {
    @TempDir
    private Path dir;

    @Test
    void hasNotBeenOpenForYearsNorFromTheFutureOnWhereTheClockWasSet() throws Exception {
        new Home(dir);
        Instant opened = Instant.parse("2026-11-22T10:00:00Z");
        MovingClock clock = new MovingClock(opened.minusSeconds(3600));
        Breaker breaker = new Breaker(Settings.load(dir, Map.of(), Map.of()), clock);
        clock.set(opened);

        breaker.circuitBreaker().transitionToOpenState();

        assertThat(breaker.since()).isEqualTo(opened);
        for (String set : List.of("2025-10-18T10:00:00Z", "2027-11-22T10:00:00Z", "2026-11-22T10:00:00Z")) {
            clock.set(Instant.parse(set));
            assertThat(breaker.since()).isCloseTo(set, within(1, ChronoUnit.MINUTES)).isBeforeOrEqualTo(set);
        }
    }

    @Test
    void countsWhatTheStoreIsToBlameForHoweverItIsWrappedAndNothingElse() throws Exception {
        new Home(dir);
        Breaker breaker = new Breaker(Settings.load(dir, Map.of(), Map.of()), Clock.systemUTC());

        fail(breaker, new StatementException("no such column"));
        assertThat(breaker.state()).isEqualTo("closed");
        fail(breaker, new StoreException("the disk is full"));
        assertThat(breaker.state()).isEqualTo("open");
        breaker.circuitBreaker().transitionToHalfOpenState();
        fail(breaker, new StatementException("no such column"));
        assertThat(breaker.state()).as("the store has not worked, nor has it failed").isEqualTo("half-open");
    }

    private static void fail(Breaker breaker, Exception failure) {
        assertThatThrownBy(() -> breaker.circuitBreaker().executeCallable(() -> {
            throw new RuntimeCamelException(new IOException(failure));
        })).hasRootCause(failure);
    }
}
