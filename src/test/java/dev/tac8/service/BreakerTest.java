package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tac8.Home;
import dev.tac8.fault.MovingClock;
import dev.tac8.settings.Settings;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Since when chunks go where they go. */
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
}
