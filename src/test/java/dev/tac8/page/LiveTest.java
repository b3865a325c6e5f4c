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

            assertThat(event(lines)).isEqualTo(live.state()).isNotEqualTo(before);
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
