package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.FreePort;
import dev.tac8.Home;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever asks while an edit replaces what answers notices nothing. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EditedAnswersTest {
    private static final int EDITS = 4;

    @TempDir
    private Path dir;

    @Test
    void everyRequestIsAnsweredWhileRoutesAreReplaced() throws Exception {
        int port = FreePort.take();
        Home home = new Home(dir).set("tac8.http.port", port).set("tac8.breaker.retry-seconds", 3600);
        ExecutorService clients = Executors.newCachedThreadPool();
        AtomicBoolean over = new AtomicBoolean();
        List<Future<Map<Integer, Integer>>> answers = new ArrayList<>();
        try (Edited edited = new Edited(home)) {
            for (String path : List.of("/observe/health/live", "/observe/health/live", "/observe/metrics", "/observe/health/ready")) {
                answers.add(clients.submit(() -> ask(URI.create("http://127.0.0.1:" + port + path), over)));
            }
            for (int i = 0; i < EDITS; i++) {
                int before = edited.now().number();
                home.edit("routes/observe.camel.yaml", "description: " + "Again. ".repeat(i) + "Answers", "description: " + "Again. ".repeat(i + 1) + "Answers");
                if (i % 2 == 0) {
                    // Ingest stands still last, so others that are replaced with it are away for longer.
                    home.edit("routes/ingest.camel.yaml", "description: ", "description: Again. ");
                }
                edited.awaitAfter(before);
            }
            over.set(true);
            clients.shutdown();
            assertThat(clients.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            over.set(true);
        }

        for (Future<Map<Integer, Integer>> answer : answers) {
            assertThat(answer.get()).as("requests by status").containsOnlyKeys(HttpURLConnection.HTTP_OK);
        }
    }

    /** How many answers there were of each status. -1 if there was none. */
    private static Map<Integer, Integer> ask(URI what, AtomicBoolean over) throws InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        Map<Integer, Integer> answers = new TreeMap<>();
        while (!over.get()) {
            try {
                answers.merge(client.send(HttpRequest.newBuilder(what).build(), HttpResponse.BodyHandlers.discarding()).statusCode(), 1, Integer::sum);
            } catch (IOException e) {
                answers.merge(-1, 1, Integer::sum);
            }
        }
        return answers;
    }
}
