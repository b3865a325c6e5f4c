package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** An open page is told in which state everything is. */
class LiveTest {
    private final AtomicInteger stored = new AtomicInteger();
    private final Live live = new Live(stored::get);

    @Test
    void saysTheStateAtOnceAndAgainWhenItIsAnother() throws Exception {
        try (InputStream stream = live.stream(); BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            String before = live.state();
            assertThat(event(lines)).isEqualTo(before);

            stored.incrementAndGet();

            assertThat(event(lines)).isNotEqualTo(before).isEqualTo(live.state());
        }
    }

    @Test
    void saysNothingWhileNothingChanges() throws Exception {
        try (InputStream stream = live.stream(); BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            event(lines);
            CompletableFuture<String> next = CompletableFuture.supplyAsync(() -> event(lines));

            assertThat(next.completeOnTimeout("nothing", 2, TimeUnit.SECONDS).get()).isEqualTo("nothing");
            stored.incrementAndGet();
        }
    }

    /** Of all time, a fifteenth at most is spent on what open pages ask again, however many of them ask at once. */
    @Test
    void allAreToldOfTheSameStateAndOfTheNextOneTheLaterTheLongerTheyAreAnswered() {
        AtomicLong seconds = new AtomicLong(1000);
        Live at = new Live(stored::get, () -> TimeUnit.SECONDS.toNanos(seconds.get()));
        String first = at.state();
        stored.incrementAndGet();
        assertThat(at.state()).as("at once, too, who comes later").isEqualTo(first);
        seconds.incrementAndGet();
        String second = at.state();
        assertThat(second).isNotEqualTo(first);

        at.asked();
        at.asked();
        stored.incrementAndGet();
        seconds.addAndGet(1);
        at.answered();
        seconds.addAndGet(1);
        assertThat(at.state()).as("while one is answered").isEqualTo(second);
        at.answered();
        seconds.addAndGet(27);
        assertThat(at.state()).as("after 29 s, of which 2 s were spent").isEqualTo(second);
        seconds.addAndGet(1);
        String third = at.state();
        assertThat(third).isNotEqualTo(second);

        at.asked();
        seconds.addAndGet(30);
        at.answered();
        stored.incrementAndGet();
        seconds.addAndGet(29);
        assertThat(at.state()).isEqualTo(third);
        seconds.addAndGet(1);
        assertThat(at.state()).as("after a minute at most").isNotEqualTo(third);
    }

    @Test
    void endsWhenItIsClosed() throws Exception {
        InputStream stream = live.stream();
        byte[] bytes = new byte[100];
        assertThat(stream.read(bytes, 0, 100)).isPositive();
        CompletableFuture<Integer> end = CompletableFuture.supplyAsync(() -> {
            try {
                return stream.read(bytes, 0, 100);
            } catch (IOException e) {
                return -2;
            }
        });

        stream.close();

        assertThat(end.get(5, TimeUnit.SECONDS)).isEqualTo(-1);
    }

    /** The next state that is said. */
    private static String event(BufferedReader lines) {
        return lines.lines().filter(line -> line.startsWith("data: ")).findFirst().orElseThrow().substring("data: ".length());
    }
}
