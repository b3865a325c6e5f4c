package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The external store goes away and comes back; a row or a statement that no store takes. */
@Tag("process")
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailbackTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NOT_OURS = " WHERE session_id <> 'tac8' ";

    @TempDir
    private Path dir;
    private Home home;
    private Process process;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home")).set("tac8.breaker.retry-seconds", 1).set("tac8.reconcile.seconds", 1);
    }

    @AfterEach
    void stop() {
        home.close();
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void everyRowComesHomeEqualAndTheLocalStoreIsEmptyAgain() throws Exception {
        List<String> lines = IntStream.range(0, 12_000).mapToObj(FailbackTest::line).toList();
        Home reference = new Home(dir.resolve("reference"));
        reference.drop("all.jsonl", lines);
        reference.drain();
        home.set("tac8.ingest.chunk-records", 700);
        home.start();
        home.drop("a.jsonl", lines.subList(0, 3000));
        home.awaitDrained();
        Files.move(home.path("var/external"), home.path("var/gone"));
        Files.createDirectory(home.path("var/external"));

        home.drop("b.jsonl", lines.subList(2000, 12_000));
        home.awaitDrained();

        assertThat(home.path("var/external")).isEmptyDirectory();
        assertThat(local("events")).isPositive();
        Files.delete(home.path("var/external"));
        Files.move(home.path("var/gone"), home.path("var/external"));
        await().atMost(SOON).until(() -> Home.TABLES.stream().allMatch(table -> local(table) == 0));
        await().atMost(SOON).until(() -> !home.query("SELECT 1 FROM events WHERE event_type = 'failback'").isEmpty());
        assertThat(ours(home)).isEqualTo(ours(reference));
        home.assertSound();
        assertThat(home.query("SELECT details ->> 'events', details ->> 'api_calls', details ->> 'changed_by_joining_again' FROM events"
                + " WHERE event_type = 'failback'")).containsExactly("2500|2500|0");
    }

    @Test
    void aStoreThatAnotherProgramTurnsToWalIsTurnedBackAndLosesNothing() throws Exception {
        List<String> lines = IntStream.range(0, 24).mapToObj(FailbackTest::line).toList();
        startAndAwait();
        home.drop("a.jsonl", lines.subList(0, 8));
        home.awaitDrained();
        assertThat(Home.query(home.database(), "PRAGMA journal_mode = WAL")).containsExactly("wal");

        home.drop("b.jsonl", lines.subList(8, 16));
        home.awaitDrained();
        home.drop("c.jsonl", lines.subList(16, 24));
        home.awaitDrained();

        assertThat(Home.query(home.database(), "PRAGMA journal_mode")).as("no WAL").containsExactly("delete");
        assertThat(log()).contains("another program has turned " + home.database() + " to WAL");
        await().atMost(SOON).until(() -> local("events") == 0);
        assertThat(home.query("SELECT count(*) FROM events")).containsExactly("6");
        home.assertSound();
    }

    @Test
    void aRowThatAStoreRefusesGoesToQuarantineAndItsNeighboursAreStored() throws Exception {
        home.edit("sql/schema.sql", "message TEXT NOT NULL,", "message TEXT NOT NULL CHECK (message <> 'number 7'),");
        home.drop("a.jsonl", IntStream.range(0, 24).mapToObj(FailbackTest::line).toList());

        start();
        home.awaitDrained();

        assertThat(home.query("SELECT count(*) FROM events")).containsExactly("5");
        assertThat(home.query("SELECT count(*) FROM api_calls")).containsExactly("6");
        assertThat(home.quarantined()).hasSize(1);
        assertThat(Files.readString(home.quarantined().get(0))).contains("\"line\":8,").contains("CHECK constraint failed")
                .contains("\n" + line(7) + "\n").doesNotContain("number 11");
        assertThat(local("events")).as("the store was not to blame").isZero();
        home.assertSound();
    }

    @Test
    void aMisspeltStatementIsNoFailureOfTheStore() throws Exception {
        home.edit("sql/ingest/insert-api-calls.sql", "model", "modell");
        home.drop("a.jsonl", IntStream.range(0, 24).mapToObj(FailbackTest::line).toList());

        start();

        await().atMost(SOON).until(() -> log().contains("Reading stands still"));
        assertThat(log()).contains("ERROR store-chunk - a.jsonl: sql/ingest/insert-api-calls.sql: ").doesNotContain("chunks go to the local store");
        assertThat(home.waiting()).hasSize(1);
        assertThat(home.quarantined()).isEmpty();
        assertThat(local("events")).isZero();
    }

    @Test
    void aMisspeltStatementThatOnlyARepeatMeetsLosesNoRecordBesideARefusedRow() throws Exception {
        home.edit("sql/schema.sql", "message TEXT NOT NULL,", "message TEXT NOT NULL CHECK (message <> 'number 7'),");
        home.edit("sql/ingest/join-events.sql", "events.message AS message", "events.mesage AS message");
        startAndAwait();
        home.drop("a.jsonl", line(3));
        home.awaitDrained();

        home.drop("b.jsonl", line(7), line(3).replace("number 3", "number 3, mended"), line(11));

        await().atMost(SOON).until(() -> log().contains("Reading stands still") || home.waiting().isEmpty());
        assertThat(home.waiting()).as("not acknowledged").hasSize(1);
        assertThat(log()).contains("sql/ingest/join-events.sql").doesNotContain("chunks go to the local store");
        assertThat(home.quarantined()).isEmpty();
        assertThat(local("events")).isZero();
    }

    @Test
    void aRowThatOnlyTheExternalStoreRefusesStaysInTheLocalOneAndItsNeighboursComeHome() throws Exception {
        String plain = "message TEXT NOT NULL,";
        String strict = "message TEXT NOT NULL CHECK (message NOT IN ('number 403', 'number 7')),";
        home.edit("sql/schema.sql", plain, strict);
        startAndAwait().destroy();
        process.waitFor();
        home.edit("sql/schema.sql", strict, plain);
        Files.delete(home.localDatabase());
        Files.move(home.path("var/external"), home.path("var/gone"));
        startAndAwait();
        home.drop("a.jsonl", IntStream.range(0, 1200).mapToObj(FailbackTest::line).toList());
        home.awaitDrained();
        assertThat(local("events")).isEqualTo(300);

        Files.move(home.path("var/gone"), home.path("var/external"));

        await().atMost(SOON).until(() -> !home.query("SELECT 1 FROM events WHERE event_type = 'failback'").isEmpty());
        assertThat(Home.query(home.localDatabase(), "SELECT record_id FROM events ORDER BY 1")).containsExactly("r403", "r7");
        assertThat(Home.TABLES.stream().filter(table -> local(table) > 0).map(table -> local(table) + " " + table)).containsExactly("1 sessions", "2 events");
        assertThat(home.query("SELECT count(*) FROM events" + NOT_OURS)).containsExactly("298");
        assertThat(home.query("SELECT message FROM events WHERE event_type = 'failback'")).singleElement().asString()
                .contains("298 events, 300 API calls").doesNotContain("is empty");
        assertThat(log()).contains("the first is the event r7: CHECK constraint failed").containsOnlyOnce("refuses rows");
        home.drop("b.jsonl", line(3));
        home.awaitDrained();
        assertThat(log()).doesNotContain("Reading stands still");
    }

    @Test
    void aRowThatOneStoreRefusedBeforeItFailedIsStoredInTheOtherAndNotSetAsideToo() throws Exception {
        String plain = "message TEXT NOT NULL,";
        String strict = "message TEXT NOT NULL CHECK (message <> 'number 7'),";
        home.set("tac8.store.busy-seconds", 1).edit("sql/schema.sql", plain, strict);
        startAndAwait().destroy();
        process.waitFor();
        home.edit("sql/schema.sql", strict, plain);
        Files.delete(home.localDatabase());
        startAndAwait();

        // A reader lets the refusal of a row happen, and no commit of what comes after it.
        try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + home.database()); Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.executeQuery("SELECT count(*) FROM events").close();
            home.drop("a.jsonl", IntStream.concat(IntStream.of(7), IntStream.range(8, 1200)).mapToObj(FailbackTest::line).toList());
            await().atMost(SOON).until(() -> log().contains("The chunk goes to the local store"));
        }
        home.awaitDrained();

        assertThat(home.quarantined()).isEmpty();
        await().atMost(SOON).until(() -> !home.query("SELECT 1 FROM events WHERE event_type = 'failback'").isEmpty());
        assertThat(home.query("SELECT count(*) FROM events" + NOT_OURS)).containsExactly("298");
        assertThat(Home.query(home.localDatabase(), "SELECT record_id FROM events")).containsExactly("r7");
    }

    @Test
    void withBothStoresAwayTheSpoolStaysAndWhatComesBackFirstTakesIt() throws Exception {
        process = startAndAwait();
        Files.move(home.path("var/external"), home.path("var/gone"));
        Files.move(home.path("var/local"), home.path("var/gone-too"));
        home.drop("a.jsonl", line(3));
        await().atMost(SOON).until(() -> log().contains("Reading stands still"));
        assertThat(home.waiting()).hasSize(1);
        assertThat(home.path("var/local")).doesNotExist();

        Files.move(home.path("var/gone-too"), home.path("var/local"));

        home.awaitDrained(Duration.ofSeconds(10));
        assertThat(local("events")).isEqualTo(1);
        Files.move(home.path("var/gone"), home.path("var/external"));
        await().atMost(SOON).until(() -> local("events") == 0);
        assertThat(home.query("SELECT message FROM events" + NOT_OURS)).containsExactly("number 3");
    }

    @Test
    void aStopWhileReadingStandsStillIsNoFurtherFailure() throws Exception {
        process = startAndAwait();
        Files.move(home.path("var/external"), home.path("var/gone"));
        Files.move(home.path("var/local"), home.path("var/gone-too"));
        home.drop("a.jsonl", line(3));
        await().atMost(SOON).until(() -> log().contains("Reading stands still"));

        process.destroy();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(log().substring(log().indexOf("Reading stands still"))).doesNotContain("ERROR").doesNotContain("edelivery");
        assertThat(home.waiting()).hasSize(1);
    }

    private Process startAndAwait() throws IOException {
        start();
        await().atMost(SOON).until(() -> log().contains("tac8 is running"));
        return process;
    }

    private void start() throws IOException {
        process = home.command(List.of(), "run").redirectOutput(dir.resolve("log").toFile()).start();
    }

    private String log() {
        try {
            return Files.readString(dir.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int local(String table) {
        return Integer.parseInt(Home.query(home.localDatabase(), "SELECT count(*) FROM " + table).get(0));
    }

    /** All rows but those that the service itself recorded. */
    private static Map<String, List<String>> ours(Home home) {
        Map<String, List<String>> tables = new TreeMap<>();
        home.tables().forEach((table, rows) -> {
            List<String> kept = new ArrayList<>(rows);
            kept.removeIf(row -> row.startsWith("text:'tac8'|"));
            tables.put(table, kept);
        });
        return tables;
    }

    private static String line(int i) {
        String time = String.format("\"id\":\"r%d\",\"timestamp\":\"2026-11-22T10:%02d:%02dZ\"", i, i / 60 % 60, i % 60);
        return switch (i % 4) {
            case 0 -> "{\"type\":\"task\"," + time + ",\"session_id\":\"s" + i % 5 + "\",\"task_id\":\"gh-" + i % 101
                    + "\",\"status\":\"active\",\"title\":\"a \\u0000 in it\"}";
            case 1 -> "{\"type\":\"worker\"," + time + ",\"session_id\":\"s1\",\"task_id\":\"gh-" + i % 101 + "\",\"worker_id\":\"w-"
                    + i % 203 + "\",\"status\":\"spawned\"}";
            case 2 -> "{\"type\":\"api_call\"," + time + ",\"worker_id\":\"w-" + i % 307 + "\",\"model\":\"m\\u0000n\","
                    + "\"estimated_cost_usd\":" + i / 7.0 + ",\"tokens_input\":" + (i % 3 == 0 ? 9007199254740991L : i) + "}";
            default -> "{\"type\":\"event\"," + time + ",\"session_id\":\"s1\",\"event_type\":\"e\",\"message\":\"number " + i + "\"}";
        };
    }
}
