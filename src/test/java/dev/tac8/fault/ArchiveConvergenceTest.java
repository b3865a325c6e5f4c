package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.archive.Request;
import dev.tac8.service.Service;
import dev.tac8.store.Months;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes when, between whatever runs: the active store and the archives together hold what was delivered, each row once. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveConvergenceTest {
    private static final int ROUNDS = 6;
    private static final int FILES = 24;
    private static final List<Instant> TIMES = List.of("2025-12-31T23:59:48Z", "2026-01-15T08:00:00Z", "2026-03-31T23:59:48Z",
            "2026-06-30T12:00:00Z", "2026-08-25T11:59:54Z", "2026-11-22T10:00:00Z").stream().map(Instant::parse).toList();

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private final MovingClock clock = new MovingClock(Instant.parse("2026-02-01T00:00:00Z"));
    private final List<Delivery> delivered = new ArrayList<>();
    private Home home;
    private Service service;

    @BeforeEach
    void start() throws Exception {
        home = new Home(dir).set("tac8.reconcile.seconds", 1).set("tac8.breaker.retry-seconds", 1).set("tac8.ingest.chunk-records", 100);
        service = home.start(clock);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void holdsWhatWasDeliveredWhateverComesBetweenTheRuns() throws Exception {
        List<Map<String, Object>> records = Corpus.scatter(random, Corpus.records(random, 1500, false), TIMES);
        List<Delivery> waiting = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            waiting.add(Delivery.of(records.subList(i * records.size() / FILES, (i + 1) * records.size() / FILES)));
        }
        int again = 0;
        int late = 0;
        for (int round = 0; round < ROUNDS; round++) {
            boolean away = random.nextInt(3) == 0;
            Path folder = home.database().getParent();
            if (away && Files.exists(folder)) {
                Files.move(folder, folder.resolveSibling("away"));
            }
            for (int i = 0; i < FILES / ROUNDS; i++) {
                deliver(waiting.remove(0));
            }
            if (random.nextBoolean() && !home.done().isEmpty()) {
                Path stored = home.done().get(random.nextInt(home.done().size()));
                home.drop("again-" + round + ".jsonl", Files.readAllBytes(stored));
                again++;
            }
            home.awaitDrained();
            if (away && Files.exists(folder.resolveSibling("away"))) {
                assertThat(Home.query(home.localDatabase(), "SELECT count(*) > 0 FROM sessions")).containsExactly("1");
                Files.move(folder.resolveSibling("away"), folder);
                late++;
                if (random.nextBoolean()) {
                    // Or not before the run: what comes home during it is archived then or next time.
                    awaitHome();
                }
            }
            run(random.nextInt(200));
            awaitHome();
            home.awaitDrained();
            // What came again, or late, may be in the active store once more until the next run.
            Corpus.assertSame(Joined.amidRun(databases()), Corpus.tables(stored()));
            clock.set(clock.instant().plus(Duration.ofDays(random.nextInt(90))));
        }
        run(0);
        home.awaitDrained();
        Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(stored()));
        assertSound();
        System.out.println(ROUNDS + " runs between " + FILES + " files, " + again + " of them twice, " + late
                + " times with rows that came home late: " + Months.list(archive()).keySet());
    }

    @Test
    void theArchivesRowIsTheJoinOfWhatItKnewAndWhatCameLater() throws Exception {
        clock.set(Instant.parse("2026-11-23T00:00:00Z"));
        deliver("{\"type\":\"api_call\",\"id\":\"c1\",\"timestamp\":\"2026-05-02T00:00:00Z\",\"worker_id\":\"w\",\"model\":\"m\"}");
        home.awaitDrained();
        run(90);
        assertThat(archived("SELECT w.session_id, w.task_id, t.session_id, w.pid FROM workers AS w JOIN tasks AS t USING (task_id)"))
                .containsExactly("unknown|unknown|unknown|null");
        assertThat(home.query("SELECT session_id FROM sessions WHERE session_id <> 'tac8' UNION SELECT task_id FROM tasks")).isEmpty();

        deliver("{\"type\":\"worker\",\"timestamp\":\"2026-05-01T00:00:00Z\",\"session_id\":\"s\",\"task_id\":\"t\",\"worker_id\":\"w\","
                + "\"status\":\"failed\",\"pid\":7}",
                "{\"type\":\"task\",\"timestamp\":\"2026-05-01T00:00:00Z\",\"session_id\":\"s\",\"task_id\":\"t\",\"status\":\"active\","
                        + "\"title\":\"a\"}",
                "{\"type\":\"api_call\",\"id\":\"c1\",\"timestamp\":\"2026-05-02T00:00:00Z\",\"worker_id\":\"w\",\"model\":\"n\","
                        + "\"tokens_input\":3}");
        home.awaitDrained();
        run(90);
        deliver("{\"type\":\"task\",\"timestamp\":\"2026-05-03T00:00:00Z\",\"session_id\":\"s\",\"task_id\":\"t\","
                + "\"status\":\"completed\",\"pr_number\":9}");
        home.awaitDrained();
        run(90);

        assertThat(archived("SELECT w.session_id, w.task_id, t.session_id, w.pid, w.status, t.title, t.pr_number, t.status, c.model,"
                + " c.tokens_input FROM workers AS w JOIN tasks AS t USING (task_id) JOIN api_calls AS c USING (worker_id)"))
                .containsExactly("s|t|s|7|failed|a|9|completed|n|3");
        assertThat(home.query("SELECT worker_id FROM workers UNION ALL SELECT record_id FROM api_calls UNION ALL SELECT task_id FROM tasks"))
                .isEmpty();
        Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(stored()));
        assertSound();
    }

    @Test
    void aCopyThatComesLaterMovesNothingAndAnEarlierOneMovesItToItsMonth() throws Exception {
        clock.set(Instant.parse("2026-11-23T00:00:00Z"));
        String call = "{\"type\":\"api_call\",\"id\":\"c1\",\"timestamp\":\"2026-05-02T00:00:00Z\",\"worker_id\":\"w\",\"model\":\"m\",\"estimated_cost_usd\":0.05}";
        String event = "{\"type\":\"event\",\"id\":\"e1\",\"timestamp\":\"2026-05-02T00:00:00Z\",\"session_id\":\"s\",\"event_type\":\"t\",\"message\":\"m\"}";
        String copy = call.replace("0.05", "0.07,\"price_version\":\"2026-11-01\"").replace("\"w\"", "\"(claude 1)\"");
        deliver(call, event);
        home.awaitDrained();
        run(90);

        // One is old enough for another month, one is not.
        for (String later : List.of("2026-07-02", "2026-11-20")) {
            deliver(copy.replace("2026-05-02", later), event.replace("2026-05-02", later));
            home.awaitDrained();
            run(90);
            assertThat(archived("SELECT worker_id, timestamp, estimated_cost_usd, cost_source, price_version FROM api_calls"))
                    .containsExactly("w|2026-05-02T00:00:00.000Z|0.05|reported|null");
            assertThat(archived("SELECT timestamp FROM events")).containsExactly("2026-05-02T00:00:00.000Z");
            Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(stored()));
        }
        deliver(copy.replace("2026-05-02", "2026-04-02"), event.replace("2026-05-02", "2026-04-02"));
        home.awaitDrained();
        run(90);

        assertThat(archived("SELECT record_id FROM api_calls UNION ALL SELECT record_id FROM events")).isEmpty();
        assertThat(Home.query(Months.file(archive(), "2026-04"), "SELECT worker_id, timestamp, estimated_cost_usd, cost_source FROM api_calls"))
                .containsExactly("w|2026-04-02T00:00:00.000Z|0.05|reported");
        Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(stored()));
        assertSound();
    }

    private List<String> archived(String sql) {
        return Home.query(Months.file(archive(), "2026-05"), sql);
    }

    private void deliver(String... lines) throws Exception {
        List<Map<String, Object>> records = new ArrayList<>();
        for (String line : lines) {
            records.add(Delivery.parse(line));
        }
        deliver(Delivery.of(records));
    }

    private void deliver(Delivery delivery) {
        home.drop(String.format("%05d.jsonl", delivered.size()), delivery.bytes());
        delivered.add(delivery);
    }

    private List<Map<String, Object>> stored() {
        return delivered.stream().flatMap(delivery -> delivery.stored().stream()).toList();
    }

    private void awaitHome() {
        Awaitility.await("the local store is empty").atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50))
                .until(() -> !Files.exists(home.localDatabase()) || Home.TABLES.stream()
                        .allMatch(table -> Home.query(home.localDatabase(), "SELECT count(*) FROM " + table).get(0).equals("0")));
    }

    private void run(int keepDays) throws Exception {
        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            Exchange done = template.send("direct:archive",
                    exchange -> exchange.getMessage().setBody(new Request("r", keepDays, true, true)));
            if (done.getException() != null) {
                throw done.getException();
            }
        }
    }

    private Path archive() {
        return home.path("var/external/archive");
    }

    private List<Path> databases() throws Exception {
        List<Path> all = new ArrayList<>(List.of(home.database()));
        all.addAll(Months.list(archive()).values());
        return Collections.unmodifiableList(all);
    }

    private void assertSound() throws Exception {
        for (Path database : databases()) {
            assertThat(Home.query(database, "PRAGMA integrity_check")).as(database.toString()).containsExactly("ok");
            assertThat(Home.query(database, "PRAGMA foreign_key_check")).as(database.toString()).isEmpty();
        }
    }
}
