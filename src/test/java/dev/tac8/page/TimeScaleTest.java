package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tac8.page.TimeScale.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** On the line of time the same length is the same part everywhere, and long times without anything take no room. */
class TimeScaleTest {
    private static final long SEED = Long.getLong("tac8.test.seed", 20_261_130L);
    private static final Instant BEGIN = Instant.parse("2026-11-22T09:12:40Z");

    private static Instant after(long minutes) {
        return BEGIN.plus(Duration.ofMinutes(minutes));
    }

    private static Span span(long from, long to) {
        return new Span(after(from), after(to));
    }

    @Test
    void timeIsTheSameEverywhereIfNothingIsLong() {
        TimeScale scale = new TimeScale(List.of(span(0, 10), span(20, 40)));

        assertThat(scale.gaps()).isEmpty();
        assertThat(scale.at(after(20)) - scale.at(after(10))).isCloseTo(scale.at(after(40)) - scale.at(after(30)), within(1e-9));
        assertThat(scale.at(after(0))).isEqualTo(1.5);
        assertThat(scale.at(after(40))).isCloseTo(98.5, within(1e-9));
    }

    @Test
    void longTimesBetweenAttemptsAreLeftOutAndSaid() {
        TimeScale scale = new TimeScale(IntStream.range(0, 12).mapToObj(i -> span(i * 1080L, i * 1080L + 60)).toList());

        assertThat(scale.gaps()).hasSize(11).extracting(Picture.Gap::words).containsOnly("17 h 0 min");
        double width = scale.at(after(60)) - scale.at(after(0));
        assertThat(width).isGreaterThan(5);
        assertThat(scale.at(after(11 * 1080 + 60)) - scale.at(after(11 * 1080))).isCloseTo(width, within(1e-9));
    }

    @Test
    void momentsAloneAreNotTornApart() {
        assertThat(new TimeScale(IntStream.range(0, 10).mapToObj(i -> span(i, i)).toList()).gaps()).isEmpty();
        assertThat(new TimeScale(List.of(span(0, 0), span(1, 1), span(1000, 1000))).gaps()).extracting(Picture.Gap::words).containsExactly("16 h 39 min");
        assertThat(new TimeScale(List.of(span(5, 5))).at(after(5))).isCloseTo(50, within(1e-9));
    }

    @Test
    void aTimeThatIsLaterIsNeverFurtherLeft() {
        System.out.println("TimeScaleTest: -Dtac8.test.seed=" + SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < 500; i++) {
            List<Span> spans = new ArrayList<>();
            for (int j = 0; j <= random.nextInt(40); j++) {
                long from = (long) Math.pow(10, random.nextDouble() * 5);
                spans.add(span(from, from + (random.nextBoolean() ? 0 : random.nextInt(500))));
            }
            TimeScale scale = new TimeScale(spans);
            double last = 0;
            for (Instant time : spans.stream().flatMap(span -> List.of(span.from(), span.to()).stream()).sorted().toList()) {
                assertThat(scale.at(time)).as("%s of %s", time, spans).isBetween(last, 98.5 + 1e-6);
                last = scale.at(time);
            }
            assertThat(scale.gaps()).hasSizeLessThanOrEqualTo(12);
            assertThat(scale.ticks(ZoneOffset.UTC)).isNotEmpty().hasSizeLessThan(40);
        }
    }

    @Test
    void timesAreRoundInTheReadersZoneAndBeginWithTheDay() {
        List<Picture.Tick> ticks = new TimeScale(List.of(span(0, 600))).ticks(ZoneId.of("Asia/Kolkata"));

        assertThat(ticks).extracting(Picture.Tick::text).startsWith("2026-11-22 14:42", "17:00", "18:00").endsWith("23:00", "11-23 00:00");
    }
}
