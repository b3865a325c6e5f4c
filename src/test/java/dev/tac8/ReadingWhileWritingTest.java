package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Questions from another process while the service stores, takes the local store for a while, and brings rows home. */
@Tag("process")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadingWhileWritingTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path dir;
    private Home home;
    private Process follower;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home")).set("tac8.breaker.retry-seconds", 1).set("tac8.reconcile.seconds", 1)
                .set("tac8.ingest.chunk-records", 50);
    }

    @AfterEach
    void stop() {
        home.close();
        if (follower != null) {
            follower.destroyForcibly();
        }
    }

    @Test
    void noAnswerCountsARowTwiceOrMissesOneOnItsWayHome() throws Exception {
        home.start();
        home.drop("a.jsonl", calls(0, 500));
        home.awaitDrained();
        unplug();
        home.drop("b.jsonl", calls(500, 3000));
        home.awaitDrained();
        List<Integer> answers = new ArrayList<>();

        plugIn();
        await().atMost(SOON).until(() -> {
            answers.add(JSON.readTree(home.run("cost", "--json").output()).path("cost").path("calls").asInt());
            return localCalls() == 0;
        });

        assertThat(answers).isNotEmpty().containsOnly(3000);
        assertThat(JSON.readTree(home.run("cost", "--json").output()).path("cost").path("cost_usd").asDouble()).isEqualTo(30.0);
    }

    @Test
    void followShowsEachEventOnceThoughItMovesFromStoreToStoreAndEndsWhenItIsTold() throws Exception {
        Path seen = dir.resolve("seen.txt");
        home.start();
        home.drop("a.jsonl", events(0, 20));
        home.awaitDrained();
        follower = home.command(List.of(), "events", "--follow", "--last", "10m", "--type", "seen", "--json")
                .redirectErrorStream(false).redirectOutput(seen.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        await().atMost(SOON).until(() -> numbers(seen).size() == 20);
        unplug();
        home.drop("b.jsonl", events(20, 60));
        await().atMost(SOON).until(() -> numbers(seen).size() == 60);

        plugIn();
        await().atMost(SOON).until(() -> localEvents() == 0);
        home.drop("c.jsonl", events(60, 80));
        await().atMost(SOON).until(() -> numbers(seen).contains(79));

        assertThat(numbers(seen)).containsExactlyInAnyOrderElementsOf(IntStream.range(0, 80).boxed().toList());
        follower.destroy();
        assertThat(follower.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void followingTodayGoesOnPastItsMidnight() throws Exception {
        Path seen = dir.resolve("seen.txt");
        home.start();
        home.drop("a.jsonl", event(1, Instant.now().toString()));
        home.awaitDrained();
        follower = home.command(List.of(), "events", "--follow", "--today", "--json").redirectErrorStream(false).redirectOutput(seen.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        await().atMost(SOON).until(() -> numbers(seen).equals(List.of(1)));

        home.drop("b.jsonl", event(2, Instant.now().plus(Duration.ofDays(2)).toString()));

        await().atMost(SOON).until(() -> numbers(seen).equals(List.of(1, 2)));
    }

    private static String event(int number, String time) {
        return "{\"type\":\"event\",\"id\":\"today-" + number + "\",\"timestamp\":\"" + time + "\",\"session_id\":\"s\",\"event_type\":\"seen\","
                + "\"message\":\"m\",\"details\":{\"number\":" + number + "}}";
    }

    @Test
    void whoeverFollowsAndReadsNothingHoldsUpNoWriter() throws Exception {
        home.start();
        home.drop("a.jsonl", events(0, 2000));
        home.awaitDrained();
        follower = home.command(List.of(), "events", "--follow", "--last", "10m", "--json").redirectErrorStream(false)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        // The pipe is as good as full, and nobody empties it.
        await().atMost(SOON).until(() -> follower.getInputStream().available() > 50_000);

        home.drop("b.jsonl", events(2000, 2100));
        home.awaitDrained();

        assertThat(Home.query(home.database(), "SELECT count(*) FROM events")).containsExactly("2100");
    }

    private List<Integer> numbers(Path seen) {
        try {
            List<Integer> numbers = new ArrayList<>();
            for (String line : Files.readAllLines(seen)) {
                JsonNode event = JSON.readTree(line);
                numbers.add(event.path("details").path("number").asInt(-1));
            }
            return numbers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void unplug() throws IOException {
        Files.move(home.path("var/external"), home.path("var/gone"));
        Files.createDirectory(home.path("var/external"));
    }

    private void plugIn() throws IOException {
        Files.delete(home.path("var/external"));
        Files.move(home.path("var/gone"), home.path("var/external"));
    }

    private int localCalls() {
        return count("api_calls");
    }

    private int localEvents() {
        return count("events");
    }

    private int count(String table) {
        return Integer.parseInt(Home.query(home.localDatabase(), "SELECT count(*) FROM " + table).get(0));
    }

    private static String[] calls(int from, int to) {
        return IntStream.range(from, to).mapToObj(number -> "{\"type\":\"api_call\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"id\":\"call-" + number
                + "\",\"worker_id\":\"w-" + number % 7 + "\",\"model\":\"m\",\"estimated_cost_usd\":0.01}").toArray(String[]::new);
    }

    private static String[] events(int from, int to) {
        String now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
        return IntStream.range(from, to).mapToObj(number -> "{\"type\":\"event\",\"timestamp\":\"" + now + "\",\"id\":\"event-" + number
                + "\",\"session_id\":\"s\",\"event_type\":\"seen\",\"message\":\"m\",\"details\":{\"number\":" + number + "}}")
                .toArray(String[]::new);
    }
}
