package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.client.TacLogger;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestRouteTest {
    @TempDir
    private Path dir;

    @Test
    void storesEachLineOnceWhenTheSameFileArrivesTwice() throws Exception {
        Home home = new Home(dir);
        String line = "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"event_type\":\"trigger\",\"message\":\"hello\"}";
        home.drop("a.jsonl", line);
        home.drop("b.jsonl", line);

        home.drain();

        assertThat(home.rows("events")).hasSize(1);
        assertThat(home.done()).hasSize(2);
    }

    @Test
    void storesWhatALoggerHasPublishedWhileItGoesOn() throws Exception {
        Home home = new Home(dir);
        home.start();
        try (TacLogger logger = home.logger()) {
            for (int i = 1; i <= 3; i++) {
                logger.logEvent("s1", "trigger", "info", "event " + i, null);
                logger.flush();
                int events = i;
                await().until(() -> home.done().size() == events);
                assertThat(home.rows("events")).hasSize(i);
            }
        } finally {
            home.stop();
        }
    }
}
