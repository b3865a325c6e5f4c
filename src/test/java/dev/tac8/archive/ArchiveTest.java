package dev.tac8.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.fault.Corpus;
import dev.tac8.fault.Joined;
import dev.tac8.service.Service;
import dev.tac8.store.Months;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of an archive run: {@code routes/archive*.camel.yaml} and {@code sql/archive}. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final List<Instant> TIMES = List.of("2025-12-31T23:59:50Z", "2026-05-31T23:59:55Z", "2026-08-01T00:00:00Z",
            "2026-08-25T11:59:54Z", "2026-11-22T10:00:00Z").stream().map(Instant::parse).toList();

    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void movesEachOldRowToTheArchiveOfItsMonthAndKeepsTheRest() throws Exception {
        Random random = Corpus.random(getClass());
        List<Map<String, Object>> records = Corpus.scatter(random, Corpus.records(random, 2000, true), TIMES);
        try (Service service = start(NOW)) {
            store(records);
            run(service, 90);
            home.awaitDrained();
        }

        Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(records));
        assertThat(Months.list(home.path("var/external/archive")).keySet()).contains("2025-12", "2026-05", "2026-06", "2026-08");
        assertThat(home.query("SELECT count(*) FROM events WHERE timestamp < '2026-08-25T12:00:00.000Z'")).containsExactly("0");
        assertThat(home.query("SELECT count(*) FROM api_calls WHERE timestamp < '2026-08-25T12:00:00.000Z'")).containsExactly("0");
        for (Map.Entry<String, Path> month : Months.list(home.path("var/external/archive")).entrySet()) {
            assertThat(Home.query(month.getValue(), "SELECT DISTINCT substr(timestamp, 1, 7) FROM events UNION SELECT DISTINCT"
                    + " substr(timestamp, 1, 7) FROM api_calls")).isIn(List.of(), List.of(month.getKey()));
        }
        assertSound();
    }

    @Test
    void aRecordThatComesAgainWithATimeOfAnotherMonthIsInOneArchiveOnly() throws Exception {
        Random random = Corpus.random(getClass());
        List<Map<String, Object>> records = Corpus.records(random, 1500, true);
        List<Map<String, Object>> delivered = new ArrayList<>();
        for (int time = 0; time < 3; time++) {
            List<Map<String, Object>> again = Corpus.scatter(random, records, TIMES);
            delivered.addAll(again);
            try (Service service = start(NOW)) {
                store(again);
                run(service, 90);
                home.awaitDrained();
            }
            Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(delivered));
        }
        assertThat(home.query("SELECT count(*) FROM events WHERE timestamp < '2026-08-25T12:00:00.000Z'")).containsExactly("0");
        assertSound();
    }

    @ParameterizedTest(name = "the worker is known by a record of {0}")
    @ValueSource(strings = {"2026-05-10T09:00:00Z", "2026-07-02T10:00:00Z", "2026-11-22T10:00:00Z"})
    void aStandInLeavesTheArchiveWhenTheWorkerIsKnown(String known) throws Exception {
        List<Map<String, Object>> first = List.of(call("2026-05-10T10:00:00Z", "c1", "w1"), call("2026-05-10T10:00:00Z", "c2", "w2"),
                call("2026-06-10T10:00:00Z", "c3", "w1"));
        List<Map<String, Object>> later = List.of(worker(known, "s1", "w1"));
        try (Service service = start(NOW)) {
            store(first);
            run(service, 90);
            assertThat(parents("2026-05")).containsExactly("w1|unknown|unknown", "w2|unknown|unknown");
            assertThat(parents("2026-06")).containsExactly("w1|unknown|unknown");

            store(later);
            run(service, 90);
            assertThat(parents("2026-05")).containsExactly("w1|t|s1", "w2|unknown|unknown");
            assertThat(home.query("SELECT worker_id FROM workers")).as("they are as old as their calls").isEmpty();
            assertThat(parents("2026-06")).containsExactly("w1|t|s1");
            assertThat(Home.query(month("2026-06"), "SELECT task_id FROM tasks UNION ALL SELECT session_id FROM sessions ORDER BY 1"))
                    .containsExactly("s1", "t");

            store(List.of(worker(known, "s1", "w2")));
            run(service, 90);
            home.awaitDrained();
        }
        assertThat(parents("2026-05")).containsExactly("w1|t|s1", "w2|t|s1");
        assertThat(Home.query(month("2026-05"), "SELECT task_id FROM tasks UNION ALL SELECT session_id FROM sessions ORDER BY 1"))
                .containsExactly("s1", "t");
        Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(Stream.of(first, later, List.of(worker(known, "s1", "w2")))
                .flatMap(List::stream).toList()));
        assertSound();
    }

    private List<String> parents(String month) throws Exception {
        return Home.query(month(month), "SELECT worker_id, task_id, session_id FROM workers ORDER BY 1");
    }

    private Path month(String month) throws Exception {
        return Months.list(home.path("var/external/archive")).get(month);
    }

    @Test
    void aMonthThatCannotBeWrittenIsTriedOnceARun() throws Exception {
        Map<String, Object> march = Map.of("type", "session", "timestamp", "2026-03-10T10:00:00Z", "session_id", "s1", "status", "started");
        List<Map<String, Object>> first = List.of(march,
                Map.of("type", "session", "timestamp", "2026-04-10T10:00:00Z", "session_id", "s2", "status", "started"),
                worker("2026-05-10T10:00:00Z", "s1", "w1"), call("2026-05-10T10:00:00Z", "c1", "w1"),
                worker("2026-05-10T10:00:00Z", "s2", "w2"), call("2026-05-10T10:00:00Z", "c2", "w2"));
        // Of two sessions that a worker names the greater one counts. So nothing hangs on the first ones, which the archive of May gives back:
        // one of them while the other leaves, and the other way around.
        List<Map<String, Object>> later = List.of(march,
                worker("2026-05-11T10:00:00Z", "s3", "w1"), call("2026-05-11T10:00:00Z", "c3", "w1"),
                worker("2026-05-11T10:00:00Z", "s3", "w2"), call("2026-05-11T10:00:00Z", "c4", "w2"));
        home.set("tac8.store.busy-seconds", 1);
        try (Service service = start(NOW)) {
            store(first);
            run(service, 90);
            store(later);
            Path may = Months.list(home.path("var/external/archive")).get("2026-05");
            try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + may); Statement statement = reader.createStatement();
                 ResultSet held = statement.executeQuery("SELECT record_id FROM api_calls")) {
                assertThat(held.next()).isTrue();
                run(service, 90);
            }
            assertThat(home.query("SELECT record_id FROM api_calls ORDER BY 1")).containsExactly("c3", "c4");

            run(service, 90);
            home.awaitDrained();
        }
        assertThat(home.query("SELECT record_id FROM api_calls")).isEmpty();
        Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(Stream.concat(first.stream(), later.stream()).toList()));
    }

    private static Map<String, Object> worker(String time, String session, String worker) {
        return Map.of("type", "worker", "timestamp", time, "session_id", session, "worker_id", worker, "task_id", "t", "status", "spawned");
    }

    private static Map<String, Object> call(String time, String id, String worker) {
        return Map.of("type", "api_call", "timestamp", time, "id", id, "worker_id", worker, "model", "m");
    }

    /** Starts the service by a clock that stands still. */
    private Service start(Instant now) throws Exception {
        return home.start(Clock.fixed(now, ZoneOffset.UTC));
    }

    private void store(Collection<Map<String, Object>> records) {
        home.drop("a-" + System.nanoTime() + ".jsonl", records.stream().map(record -> new String(Corpus.line(record),
                java.nio.charset.StandardCharsets.UTF_8)).toList());
        home.awaitDrained();
    }

    private static void run(Service service, int keepDays) throws Exception {
        CamelContext context = service.context();
        try (ProducerTemplate template = context.createProducerTemplate()) {
            Exchange done = template.send("direct:archive", exchange -> exchange.getMessage().setBody(new Request("r", keepDays, false, true)));
            if (done.getException() != null) {
                throw done.getException();
            }
        }
    }

    private List<Path> databases() throws Exception {
        List<Path> all = new ArrayList<>(List.of(home.database()));
        all.addAll(Months.list(home.path("var/external/archive")).values());
        return all;
    }

    private void assertSound() throws Exception {
        for (Path database : databases()) {
            assertThat(Home.query(database, "PRAGMA integrity_check")).as(database.toString()).containsExactly("ok");
            assertThat(Home.query(database, "PRAGMA foreign_key_check")).as(database.toString()).isEmpty();
        }
    }
}
