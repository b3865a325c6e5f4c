package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.Home;
import dev.tac8.archive.Requests;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.Generations;
import dev.tac8.generation.InForce;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.camel.Route;
import org.apache.camel.support.ScheduledPollConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files are edited rightly while the service runs: that takes effect, and nothing else changes. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LiveEditsTest {
    private static final String OWN = """
            - route:
                id: own
                from:
                  uri: timer:own?period=%s&delay=0
                  steps:
                    - to: "sql:file:sql/report/own.sql?dataSource=#local&outputType=SelectOne"
                    - log: {logName: own, message: "it says ${body}"}
            """;

    @TempDir
    private Path dir;
    private Home home;
    private Edited edited;

    @BeforeEach
    void makeHome() {
        home = new Home(dir).set("tac8.breaker.retry-seconds", 3600).set("tac8.reconcile.seconds", 1);
    }

    @AfterEach
    void stop() throws IOException {
        if (edited != null) {
            edited.close();
        }
    }

    @Test
    void aRouteThatChangesIsReplacedAndNoOther() throws Exception {
        own("1h", "first");
        edited = new Edited(home);
        awaitSaid("it says first");
        Route onSchedule = edited.context().getRoute("archive-on-schedule");
        Route own = edited.context().getRoute("own");
        assertThat(edited.store()).isEqualTo("old");

        edited.mark();

        InForce.State now = edited.awaitAfter(1);
        assertThat(now.number()).isEqualTo(2);
        assertThat(now.changed()).containsExactly("routes/ingest.camel.yaml");
        assertThat(edited.store()).isEqualTo("new");
        assertThat(edited.context().getRoute("archive-on-schedule")).as("the trigger of Quartz").isSameAs(onSchedule);
        assertThat(edited.context().getRoute("own")).as("the timer").isSameAs(own);
        assertThat(times("it says")).as("how often the timer fired").isOne();
    }

    @Test
    void aStatementThatChangesIsReadAnew() throws Exception {
        own("20", "first");
        edited = new Edited(home);
        awaitSaid("it says first");

        own("20", "second");

        assertThat(edited.awaitAfter(1).changed()).containsExactly("sql/report/own.sql");
        awaitSaid("it says second");
    }

    @Test
    void whatIsAddedRenamedAndRemovedIsSo() throws Exception {
        edited = new Edited(home);

        own("20", "first");
        edited.awaitAfter(1);
        awaitSaid("it says first");
        Files.move(dir.resolve("routes/own.camel.yaml"), dir.resolve("routes/mine.camel.yaml"));
        assertThat(edited.awaitAfter(2).changed()).containsExactly("routes/mine.camel.yaml", "routes/own.camel.yaml");
        Files.delete(dir.resolve("routes/mine.camel.yaml"));
        edited.awaitAfter(3);

        assertThat(edited.context().getRoute("own")).isNull();
        assertThat(edited.store()).isEqualTo("old");
    }

    @Test
    void savesCloseTogetherAreOneGeneration() throws Exception {
        edited = new Edited(home);

        for (String file : List.of("status", "store", "write")) {
            home.edit("routes/" + file + ".camel.yaml", "description: ", "description: Edited. ");
        }
        home.edit("application.properties", "tac8.spool.poll-milliseconds=25", "tac8.spool.poll-milliseconds=15");
        edited.mark();

        InForce.State now = edited.awaitAfter(1);
        assertThat(now.number()).isEqualTo(2);
        assertThat(now.changed()).containsExactly("application.properties", "routes/ingest.camel.yaml", "routes/status.camel.yaml",
                "routes/store.camel.yaml", "routes/write.camel.yaml");
        assertThat(edited.store()).isEqualTo("new");
        assertThat(((ScheduledPollConsumer) edited.context().getRoute("ingest-spool").getConsumer()).getDelay()).isEqualTo(15);
    }

    @Test
    void aFileThatIsHalfSavedIsNotTaken() throws Exception {
        edited = new Edited(home);
        Path file = dir.resolve("routes/own.camel.yaml");
        String whole = "- route: {id: own, from: {uri: 'timer:own?repeatCount=1', steps: [{log: half}]}}";
        Files.writeString(file, whole);

        await().during(Duration.ofMillis(700)).until(() -> edited.now().number() == 1 && edited.now().refused() == null);
        Files.writeString(file, whole.replace("half", "whole") + "\n");

        awaitSaid("INFO own - whole");
        assertThat(edited.now().number()).isEqualTo(2);
        assertThat(edited.said()).doesNotContain("INFO own - half");
    }

    @Test
    void aTemplateThatChangesReachesAllItsRoutesAndAnOpenBreakerStaysOpen() throws Exception {
        edited = new Edited(home);
        edited.store();
        Files.move(dir.resolve("var/external"), dir.resolve("var/gone"));
        Files.createDirectory(dir.resolve("var/external"));
        home.drop("open.jsonl", event("open"));
        CircuitBreaker breaker = edited.context().getRegistry().lookupByNameAndType("external-breaker", CircuitBreaker.class);
        await().atMost(Edited.SOON).until(() -> breaker.getState() == CircuitBreaker.State.OPEN);
        home.awaitDrained();

        home.edit("routes/write.camel.yaml", "          - transacted:", "          - log: {logName: mark, message: \"wrote {{store}}\"}\n          - transacted:");
        home.edit("routes/store.camel.yaml", "description: ", "description: Edited. ");

        edited.awaitAfter(1);
        assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
        home.drop("local.jsonl", event("local"));
        home.awaitDrained();
        assertThat(edited.said()).contains("wrote local").doesNotContain("wrote active");
        Files.delete(dir.resolve("var/external"));
        Files.move(dir.resolve("var/gone"), dir.resolve("var/external"));
        awaitSaid("wrote active");
        await().atMost(Edited.SOON).until(() -> Home.query(home.localDatabase(), "SELECT record_id FROM events").isEmpty());
        assertThat(home.query("SELECT record_id FROM events WHERE session_id = 's' ORDER BY 1")).containsExactly("local", "open", "r1");
    }

    @Test
    void whatCountsAtAStartWaitsForItAndTheArchiveKeepsToItsPlace() throws Exception {
        edited = new Edited(home);
        edited.store();
        home.edit("application.properties", "tac8.archive.keep-days=90", "tac8.archive.keep-days=1")
                .edit("application.properties", "tac8.external.dir=var/external", "tac8.external.dir=var/elsewhere");

        assertThat(edited.awaitAfter(1).nextStart()).containsExactly("tac8.external.dir");
        edited.context().createProducerTemplate().sendBody("direct:archive-or-say", null);

        assertThat(home.query("SELECT record_id FROM events WHERE session_id = 's'")).isEmpty();
        assertThat(Home.query(dir.resolve("var/external/archive/logs-2026-11.db"), "SELECT record_id FROM events WHERE session_id = 's'")).containsExactly("r1");
        assertThat(dir.resolve("var/elsewhere")).doesNotExist();
    }

    @Test
    void aScheduleGoesOnWhileEditsAreLookedAt() throws Exception {
        Files.writeString(dir.resolve("routes/own.camel.yaml"),
                "- route: {id: own, group: own, from: {uri: 'quartz:own?cron=*+*+*+*+*+?', steps: [{log: {logName: mark, message: a second}}]}}\n");
        edited = new Edited(home);

        edited.mark();
        edited.awaitAfter(1);

        long before = times("a second");
        await().atMost(Edited.SOON).until(() -> times("a second") > before + 2);
    }

    @Test
    void whatCannotBeKeptIsInForceAllTheSameAndIsKeptLater() throws Exception {
        edited = new Edited(home);
        Path kept = home.spool().resolve(".tac8/generations");
        // In the place of a folder that is needed, as root may write anywhere.
        Files.move(kept, kept.resolveSibling("away"));
        Files.writeString(kept, "");

        edited.mark();

        awaitSaid("ERROR generations - what is in force now cannot be kept in " + kept + ": ");
        assertThat(edited.store()).isEqualTo("new");
        assertThat(Generations.of(home.spool()).latest()).isEmpty();
        Files.delete(kept);
        Files.move(kept.resolveSibling("away"), kept);
        // It would be tried again by itself, some seconds later.
        Files.writeString(dir.resolve("routes/.touched"), "");
        awaitSaid("INFO generations - generation 2 is kept now");
        assertThat(Generations.of(home.spool()).latest().orElseThrow().files()).isEqualTo(EditedFiles.read(dir));
    }

    @Test
    void aRouteThatCannotStartPutsTheOldOnesBack() throws Exception {
        edited = new Edited(home);
        int routes = edited.context().getRoutesSize();

        edited.mark();
        Files.writeString(dir.resolve("routes/own.camel.yaml"), "- route: {id: own, from: {uri: 'quartz:own?cron=0+0+0+1+1+?+2020', steps: [{log: own}]}}\n");

        String refused = edited.await("it is refused", now -> now.refused() != null || now.number() > 1).refused();
        assertThat(refused).matches("routes/own.camel.yaml: the route own cannot be started: Based on configured schedule, the given trigger"
                + " 'Camel_tac8-[0-9]+.own' will never fire. The edit is not taken, and generation 1 runs on, until that is mended");
        assertThat(edited.store()).isEqualTo("old");
        assertThat(edited.context().getRoutesSize()).isEqualTo(routes);
        Files.delete(dir.resolve("routes/own.camel.yaml"));
        edited.awaitAfter(1);
        assertThat(edited.store()).isEqualTo("new");
    }

    @Test
    void ingestGoesOnFromTheChunkAtWhichItWasReplaced() throws Exception {
        home.set("tac8.ingest.chunk-records", 100).edit("routes/ingest.camel.yaml", "              - to: direct:hold-chunk\n", """
                              - delay: {constant: 20, asyncDelayed: false}
                              - log: {logName: mark, message: a chunk by the old}
                              - to: direct:hold-chunk
                """);
        edited = new Edited(home);
        home.drop("large.jsonl", IntStream.range(0, 20_000).mapToObj(i -> event("e" + i)).toList());
        await().atMost(Edited.SOON).until(() -> times("a chunk by the old") > 10);

        home.edit("routes/ingest.camel.yaml", "a chunk by the old", "a chunk by the new");
        edited.awaitAfter(1);
        assertThat(home.waiting()).as("the edit came in its midst").isNotEmpty();
        home.awaitDrained();

        assertThat(times("a chunk by the old")).isPositive();
        assertThat(times("a chunk by the new")).isPositive();
        assertThat(times("a chunk by")).as("each chunk is read once").isEqualTo(200);
        assertThat(home.query("SELECT count(*), count(DISTINCT record_id) FROM events WHERE session_id = 's'")).containsExactly("20000|20000");
        assertThat(edited.said()).doesNotContain("ERROR");
    }

    @Test
    void whileBothStoresAreAwayWhatIsNotAtWorkIsReplacedAndTheRestWaits() throws Exception {
        home.set("tac8.store.busy-seconds", 1);
        edited = new Edited(home);
        edited.store();
        List<Connection> locks = new ArrayList<>();
        try {
            for (Path store : List.of(home.database(), home.localDatabase())) {
                locks.add(lock(store, "EXCLUSIVE"));
            }
            home.drop("held.jsonl", event("held"));
            awaitSaid("Reading stands still");

            home.edit("routes/write.camel.yaml", "          - transacted:", "          - log: {logName: mark, message: \"wrote {{store}}\"}\n          - transacted:");
            edited.awaitAfter(1);
            home.edit("routes/store.camel.yaml", "description: Holds", "description: Still holds");
            String waits = edited.await("the edit waits", now -> now.waits() != null).waits();
            assertThat(waits).isEqualTo("the route ingest-spool is at something that takes longer, so the edit waits until that is over");
            assertThat(home.waiting()).isNotEmpty();
        } finally {
            for (Connection lock : locks) {
                lock.close();
            }
        }
        assertThat(edited.awaitAfter(2).changed()).containsExactly("routes/store.camel.yaml");
        home.awaitDrained();
        assertThat(edited.said()).as("the edit of write.camel.yaml").contains("wrote ");
        await().atMost(Edited.SOON).until(() -> home.query("SELECT count(*) FROM events WHERE record_id = 'held'").equals(List.of("1")));
    }

    @Test
    void anEditOfTheArchiveWaitsForTheRunThatGoesOn() throws Exception {
        edited = new Edited(home);
        home.drop("old.jsonl", event("old").replace("2026-11-22", "2025-11-22"));
        home.awaitDrained();
        Requests requests = new Requests(home.spool());
        String run;
        try (Connection lock = lock(home.database(), "IMMEDIATE")) {
            run = requests.ask(90, true);
            await().atMost(Edited.SOON).until(() -> requests.read(run) != null);
            home.edit("routes/archive-month.camel.yaml", "description: ", "description: Edited. ");
            String waits = edited.await("the edit waits", now -> now.waits() != null).waits();
            assertThat(waits).matches("the route archive-\\S+ is at something that takes longer, so .*");
            assertThat(requests.read(run).message()).as("how the run ended").isNull();
        }
        assertThat(edited.awaitAfter(1).changed()).containsExactly("routes/archive-month.camel.yaml");
        assertThat(requests.read(run).failed()).isFalse();
        assertThat(Home.query(dir.resolve("var/external/archive/logs-2025-11.db"), "SELECT record_id FROM events")).containsExactly("old");
    }

    private static Connection lock(Path database, String how) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout=30000");
            statement.execute("BEGIN " + how);
        }
        return connection;
    }

    /** A route of one's own, and its statement. */
    private void own(String period, String says) throws IOException {
        Files.createDirectories(dir.resolve("sql/report"));
        Files.writeString(dir.resolve("sql/report/own.sql"), "-- Says a word. Parameters: none. Used by: the route own.\nSELECT '" + says + "'\n");
        Files.writeString(dir.resolve("routes/own.camel.yaml"), OWN.formatted(period));
    }

    private void awaitSaid(String text) {
        await(text).atMost(Edited.SOON).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> assertThat(edited.said()).contains(text));
    }

    private long times(String text) {
        return Pattern.compile(Pattern.quote(text)).matcher(edited.said()).results().count();
    }

    private static String event(String id) {
        return "{\"type\":\"event\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"m\"}";
    }
}
