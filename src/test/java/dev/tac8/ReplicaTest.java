package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.fault.Corpus;
import dev.tac8.observe.Health;
import dev.tac8.settings.Settings;
import dev.tac8.store.Freshness;
import dev.tac8.store.PostgresqlStore;
import dev.tac8.store.TableStatements;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.health.HealthCheck;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that follows a PostgreSQL database has in its own file what all hosts have stored there. */
class ReplicaTest {
    @TempDir
    private static Path server;
    private static PostgresqlServer postgresql;
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Random random = Corpus.random(getClass());
    private String database;

    @TempDir
    private Path dir;

    @BeforeAll
    static void start() throws Exception {
        postgresql = PostgresqlServer.start(server);
    }

    @AfterAll
    static void stop() throws Exception {
        if (postgresql != null) {
            postgresql.close();
        }
    }

    /** A host of its own in front of a new database, or the same one. */
    private Home host(String name) throws Exception {
        if (database == null) {
            database = "replica" + DATABASES.incrementAndGet();
            postgresql.create(database);
        }
        return postgresql.use(new Home(Files.createDirectories(dir.resolve(name))), database).set("tac8.replica.milliseconds", 50)
                .set("tac8.archive.keep-days", Home.keepDays());
    }

    private static List<String> lines(List<Map<String, Object>> records) {
        return records.stream().map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList();
    }

    /** Waits until the file has as many rows of each table as the database, without its stand-ins. */
    private void awaitEqual(Home reader) throws Exception {
        try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement()) {
            Awaitility.await("the replica has all").atMost(Duration.ofMinutes(1)).until(() -> {
                for (String table : Home.TABLES) {
                    String key = table.equals("sessions") ? " WHERE session_id <> 'unknown'" : table.equals("tasks") ? " WHERE task_id <> 'unknown'" : "";
                    try (var row = statement.executeQuery("SELECT count(*) FROM " + table + key)) {
                        row.next();
                        if (!reader.query("SELECT count(*) FROM " + table + key).equals(List.of(row.getString(1)))) {
                            return false;
                        }
                    }
                }
                return true;
            });
        }
    }

    @Test
    void hasWhatAllHostsHaveStored() throws Exception {
        List<Map<String, Object>> records = Corpus.records(random, 400, true);
        int half = records.size() / 2;
        try (Home one = host("one").set("tac8.replica.follow", false); Home other = host("other")) {
            one.drop("a.jsonl", lines(records.subList(0, half)));
            one.drain();
            other.start();
            other.drop("b.jsonl", lines(records.subList(half / 2, records.size())));
            other.awaitDrained();
            awaitEqual(other);
            other.stop();

            Corpus.assertSame(other.tables(), Corpus.tables(records));
            other.assertSound();
            assertThat(one.database()).as("of a host that does not follow").doesNotExist();
        }
    }

    @Test
    void rowsOfAHostThatWasAloneAreSaidToBeInItsReplicaOnly() throws Exception {
        try (Home alone = new Home(Files.createDirectories(dir.resolve("alone")))) {
            alone.drop("a.jsonl", lines(Corpus.records(random, 30, true)));
            alone.drain();
        }
        try (Home host = host("alone").set("tac8.replica.follow", false)) {
            host.drop("b.jsonl", lines(Corpus.records(random, 30, true)));
            host.drain();

            assertThat(host.run("replica", "--once").output()).contains("WARN replica - " + host.database() + " has rows already, as that of a host that was alone: those that")
                    .contains("docs/scaling.md");
            assertThat(host.run("replica", "verify").exitCode()).as("it names them").isNotZero();
            assertThat(host.run("replica", "--once").output()).as("it is known now").doesNotContain("has rows already");
        }
    }

    @Test
    void aReplicaThatIsGoneIsSaidToBeOneAndFillsAgainWhereAnEmptyOneIsBegun() throws Exception {
        try (Home reader = host("reader")) {
            reader.drop("a.jsonl", lines(Corpus.records(random, 50, true)));
            reader.start();
            reader.awaitDrained();
            awaitEqual(reader);
            String missing = reader.database().toString();
            Files.delete(reader.database());

            Home.Finished asked = reader.run("cost");
            assertThat(asked.exitCode()).isEqualTo(4);
            assertThat(asked.output().replaceAll("\\s+", " ")).contains("the database " + missing + " is gone, and nothing is begun in its place: it is only a replica, so move away what is left of it"
                    + " and begin an empty one with ./tac8 volume init --empty " + reader.database().getParent() + ", which ./tac8 run or ./tac8 replica fills again by itself").doesNotContain("rebuild");
            reader.stop();
            assertThat(reader.run("volume", "init", "--empty", reader.database().getParent().toString()).exitCode()).isZero();
            reader.start();
            awaitEqual(reader);
        }
    }

    @Test
    void whatKeepsAReplicaFromBeingFilledIsSaidToWhoAsks() throws Exception {
        Path away = dir.resolve("away");
        try (Home reader = host("reader").set("tac8.external.dir", away)) {
            String why = "no tac8 volume is mounted at " + away + " (there is no .tac8-volume): mount it, or make one with ./tac8 volume init " + away;
            reader.start();
            Awaitility.await("it has tried").atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(reader.run("status").output())
                    .contains("replica     nothing has been read of the database yet: " + why + "\n"));

            Home.Finished status = reader.run("status", "--json");
            assertThat(status.exitCode()).isEqualTo(4);
            assertThat(status.output()).contains("\"missing\":[\"nothing has been read yet of " + postgresql.url(database) + ": ./tac8 run or ./tac8 replica tries again by itself, and could"
                    + " not read it just now: " + why + "\"]");
            Files.createDirectory(away);
            assertThat(reader.run("volume", "init", away.toString()).exitCode()).isZero();
            Awaitility.await("it is read").atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(reader.run("status").output())
                    .containsPattern("replica     \\d+\\.\\d s behind the database\n"));
        }
    }

    @Test
    void whereAServiceFollowsAlreadyThereIsNothingToRead() throws Exception {
        try (Home reader = host("reader")) {
            reader.start();
            awaitFollowed(reader);

            Home.Finished once = reader.run("replica", "--once");
            assertThat(once.output()).matches("Nothing to do: process " + ProcessHandle.current().pid() + " follows the database already, and the replica is \\d\\.\\d s behind it\\.\n");
            assertThat(once.exitCode()).isZero();
            Home.Finished second = reader.run("replica");
            assertThat(second.output()).contains(" behind it, so nothing is started: ./tac8 status");
            assertThat(second.exitCode()).isEqualTo(3);
        }
    }

    private static void awaitFollowed(Home reader) throws Exception {
        Settings settings = reader.settings();
        Awaitility.await("the replica is fresh").atMost(Duration.ofMinutes(1)).until(() -> !Freshness.read(settings).isOld(Instant.now()));
    }

    @Test
    @Tag("thorough")
    void howFarItIsBehindGrowsWhileTheDatabaseHangs() throws Exception {
        try (Home reader = host("reader").set("tac8.store.answer-seconds", 600).set("tac8.store.busy-seconds", 5)) {
            reader.start();
            reader.drop("a.jsonl", lines(Corpus.records(random, 5, true)));
            reader.awaitDrained();
            awaitEqual(reader);
            awaitFollowed(reader);
            postgresql.freeze();
            try {
                HealthCheck check = reader.service().context().getRegistry().lookupByNameAndType("health", Health.class).checks().stream()
                        .filter(one -> one.getId().equals("replica")).findFirst().orElseThrow();
                Awaitility.await("health says so").atMost(Duration.ofMinutes(1)).until(() -> check.call().getState() == HealthCheck.State.DOWN);
                assertThat(check.call().getMessage().orElseThrow()).contains("nothing has been read of it since", "the database does not answer it just now");
                assertThat(reader.run("status").output()).containsPattern("replica     \\d+\\.\\d s behind the database");
            } finally {
                postgresql.thaw();
            }
            awaitFollowed(reader);
        }
    }

    /** A reader that goes on behind the last number it saw, or the last time, passes over what was begun before and commits later. */
    @Test
    void missesNothingOfTransactionsThatCommitInAnotherOrderThanTheyBegan() throws Exception {
        try (Home reader = host("reader")) {
            reader.start();
            reader.drop("a.jsonl", "{\"type\":\"session\",\"session_id\":\"s\",\"status\":\"started\",\"timestamp\":\"2026-11-22T10:00:00Z\"}");
            reader.awaitDrained();
            awaitEqual(reader);
            List<CompletableFuture<Integer>> writers = new ArrayList<>();
            try (Connection old = postgresql.connect(database)) {
                old.setAutoCommit(false);
                insert(old, "old", 0);
                for (int i = 0; i < 8; i++) {
                    String name = "writer" + i;
                    Random its = new Random(random.nextLong());
                    writers.add(CompletableFuture.supplyAsync(() -> write(name, its)));
                }
                int committed = 0;
                for (CompletableFuture<Integer> writer : writers) {
                    committed += writer.get(2, TimeUnit.MINUTES);
                }
                int all = committed;
                Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> reader.query("SELECT count(*) FROM events").equals(List.of(String.valueOf(all))));
                old.commit();
            }
            Awaitility.await("the row whose transaction is the oldest").atMost(Duration.ofMinutes(1)).until(() ->
                    reader.query("SELECT count(*) FROM events WHERE record_id = 'old-0'").equals(List.of("1")));
            awaitEqual(reader);
            reader.stop();
            reader.assertSound();
        }
    }

    private static int write(String name, Random random) {
        int committed = 0;
        try (Connection connection = postgresql.connect("replica" + DATABASES.get())) {
            connection.setAutoCommit(false);
            int at = 0;
            for (int i = 0; i < 60; i++) {
                int size = random.nextInt(20) + 1;
                for (int k = 0; k < size; k++) {
                    insert(connection, name, at++);
                }
                if (random.nextInt(5) == 0) {
                    connection.rollback();
                } else {
                    // Begins another transaction while this one is still open, and so commits later than it.
                    connection.createStatement().execute("SELECT pg_sleep(0.00" + random.nextInt(10) + ")");
                    connection.commit();
                    committed += size;
                }
            }
            return committed;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void insert(Connection connection, String name, int number) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO events (session_id, timestamp, event_type, message, record_id) VALUES ('s', '2026-11-22T10:00:00.000Z', 'trigger', 'm', '"
                    + name + "-" + number + "')");
        }
    }

    @Test
    @Tag("thorough")
    void aFileThatWasExchangedOrPutBackOrLostIsFilledAgain() throws Exception {
        List<Map<String, Object>> records = Corpus.records(random, 200, true);
        Path backup = dir.resolve("backup.db");
        try (Home reader = host("reader")) {
            reader.start();
            reader.drop("a.jsonl", lines(records.subList(0, 100)));
            reader.awaitDrained();
            awaitEqual(reader);
            reader.stop();
            Files.copy(reader.database(), backup);

            reader.drop("b.jsonl", lines(records.subList(100, records.size())));
            reader.start();
            reader.awaitDrained();
            awaitEqual(reader);
            reader.stop();
            Files.copy(backup, reader.database(), StandardCopyOption.REPLACE_EXISTING);
            reader.start();
            awaitEqual(reader);
            reader.stop();
            Corpus.assertSame(reader.tables(), Corpus.tables(records));

            Files.copy(backup, reader.database(), StandardCopyOption.REPLACE_EXISTING);
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + reader.database()); Statement statement = other.createStatement()) {
                statement.execute("DELETE FROM events");
                statement.execute("PRAGMA application_id = 0");
            }
            reader.start();
            awaitEqual(reader);
            reader.stop();
            Corpus.assertSame(reader.tables(), Corpus.tables(records));
        }
    }

    @Test
    @Tag("thorough")
    void aRowOfAnotherHistoryIsReadThoughItsTransactionIsOfThePastOrTheFuture() throws Exception {
        try (Home reader = host("reader")) {
            reader.start();
            reader.drop("a.jsonl", "{\"type\":\"session\",\"session_id\":\"s\",\"status\":\"started\",\"timestamp\":\"2026-11-22T10:00:00Z\"}");
            reader.awaitDrained();
            awaitEqual(reader);
            reader.stop();
            String last = database;
            // As after pg_restore: rows carry the numbers of the server that they come from.
            database = null;
            try (Home restored = host("reader")) {
                restored.set("tac8.replica.follow", false);
                restored.drop("c.jsonl", "{\"type\":\"session\",\"session_id\":\"s\",\"status\":\"started\",\"timestamp\":\"2026-11-22T10:00:00Z\"}");
                restored.drain();
                try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement()) {
                    statement.execute("INSERT INTO events (session_id, timestamp, event_type, message, record_id, changed_in) VALUES"
                            + " ('s', '2026-11-22T10:00:00.000Z', 'trigger', 'm', 'past', '5'), ('s', '2026-11-22T10:00:00.000Z', 'trigger', 'm', 'future', '5000000')");
                }
                restored.set("tac8.replica.follow", true).start();
                awaitEqual(restored);
                assertThat(restored.query("SELECT record_id FROM events WHERE event_type = 'trigger' ORDER BY record_id")).containsExactly("future", "past");
            }
            assertThat(last).isNotEqualTo(database);
        }
    }

    @Test
    @Tag("thorough")
    void answersSayHowFreshTheyAreAndWhatIsMissingIfNobodyFollows() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            Home.Finished never = reader.run("cost");
            assertThat(never.exitCode()).isEqualTo(3);
            assertThat(never.output()).contains("nothing has been read yet of jdbc:postgresql://").contains("./tac8 replica does that");

            Home.Finished once = reader.run("replica", "--once");
            assertThat(once.exitCode()).as(once.output()).isZero();
            Home.Finished asked = reader.run("cost", "--json");
            assertThat(asked.exitCode()).as(asked.output()).isZero();
            assertThat(asked.output()).containsPattern("Of a replica that was \\d\\.\\d s behind the database").contains("1.5");

            Home.Finished other = reader.set("tac8.postgresql.url", "jdbc:postgresql://127.0.0.1:1/other").run("cost", "--json");
            assertThat(other.exitCode()).isEqualTo(4);
            assertThat(other.output()).contains("nothing has been read yet of jdbc:postgresql://127.0.0.1:1/other");
            reader.set("tac8.postgresql.url", postgresql.url(database));

            Files.writeString(reader.spool().resolve(".tac8/replica.json"), "{\"as_of\":\"2026-11-22T10:00:00Z\",\"of\":\"" + postgresql.url(database).replaceFirst("\\?.*", "")
                    + "\"}\n");
            Home.Finished old = reader.run("cost", "--json");
            assertThat(old.exitCode()).isEqualTo(4);
            assertThat(old.output()).contains("since 2026-11-22T10:00:00Z is missing here");
            assertThat(reader.run("status").output()).containsPattern("replica +\\d+ h behind the database");
            Home.Finished backup = reader.run("backup", Files.createDirectory(dir.resolve("backup")).toString());
            assertThat(backup.exitCode()).isEqualTo(4);
            assertThat(backup.output()).contains("Backed up and verified: ", "it lacks what the replica lacks: what was stored in ");
        }
    }

    @Test
    @Tag("thorough")
    void verificationProvesThatTheReplicaAndItsArchiveAreEqualAndNamesEachRowThatIsNot() throws Exception {
        List<Map<String, Object>> records = Corpus.records(random, 150, true);
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", lines(records));
            one.drop("b.jsonl", call("c-1", "01"), call("c-2", "02"));
            one.drop("large.jsonl", IntStream.range(0, 12).mapToObj(i -> "{\"type\":\"event\",\"id\":\"large-" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                    + "\"event_type\":\"large\",\"message\":\"" + "m".repeat(3_000_000) + "\"}").toList());
            one.drain();
            assertThat(reader.run("replica", "--once").exitCode()).isZero();
            assertThat(reader.run("archive").exitCode()).isZero();
            one.drop("c.jsonl", call("c-3", "02"));
            one.drain();
            reader.start();
            awaitCall(reader, "c-3");
            Process small = reader.command(List.of("-Xmx128m"), "replica", "verify").redirectErrorStream(true).start();
            assertThat(new String(small.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).startsWith("Equal: ");
            assertThat(small.waitFor()).isZero();
            reader.stop();

            try (Connection replica = DriverManager.getConnection("jdbc:sqlite:" + reader.database()); Statement statement = replica.createStatement()) {
                statement.execute("DELETE FROM events WHERE rowid = (SELECT min(rowid) FROM events)");
                statement.execute("UPDATE api_calls SET estimated_cost_usd = 9 WHERE record_id = 'c-3'");
                statement.execute("INSERT INTO sessions (session_id, started_at) VALUES ('of nobody', '2026-11-22T10:00:00.000Z')");
            }
            reader.start();
            Home.Finished differing = reader.run("replica", "verify");
            assertThat(differing.exitCode()).as(differing.output()).isEqualTo(1);
            assertThat(differing.output()).startsWith("3 rows differ:").containsPattern("events  .* is missing here").contains("2026-05-02 api_calls  c-3 is another one here")
                    .contains("2026-11-22 sessions  of nobody is only here");
        }
    }

    private static void awaitCall(Home reader, String id) {
        Awaitility.await("the call " + id).atMost(Duration.ofMinutes(1)).until(() ->
                reader.query("SELECT count(*) FROM api_calls WHERE record_id = '" + id + "'").equals(List.of("1")));
    }

    /** PostgreSQL gives the numbers of transactions again that it had not written to its disk. */
    @Test
    @Tag("thorough")
    void missesNothingWhereNumbersOfTransactionsComeAgainAfterACrash() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement()) {
                statement.execute("ALTER SYSTEM SET wal_writer_delay = '10s'");
                statement.execute("SELECT pg_reload_conf()");
            }
            reader.set("tac8.replica.milliseconds", 3_600_000).start();
            awaitCall(reader, "c-1");
            // All of it within less than the ten seconds, and the pull at just the wrong moment.
            try (Connection connection = postgresql.connect(database); ProducerTemplate template = reader.service().context().createProducerTemplate()) {
                connection.setAutoCommit(false);
                insertEvent(connection, "before");
                connection.commit();
                for (int i = 0; i < 40; i++) {
                    insertEvent(connection, "undone");
                    connection.rollback();
                }
                template.requestBody("direct:pull", (Object) null);
                postgresql.crash();
            }
            reader.stop();
            postgresql.start();
            try (Connection connection = postgresql.connect(database)) {
                for (int i = 0; i < 60; i++) {
                    insertEvent(connection, "after-" + i);
                }
            }
            assertThat(reader.run("replica", "--once").exitCode()).isZero();
            assertThat(reader.query("SELECT count(*) FROM events WHERE event_type = 'crash'")).containsExactly("61");
        }
    }

    private static void insertEvent(Connection connection, String id) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO events (session_id, timestamp, event_type, message, record_id) VALUES ('s', '2026-11-22T10:00:00.000Z', 'crash', 'm', '" + id + "')");
        }
    }

    @Test
    @Tag("thorough")
    void aCopyThatIsNotCompleteIsNotTakenForOne() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            assertThat(reader.run("replica", "--once").exitCode()).isZero();
            try (Connection replica = DriverManager.getConnection("jdbc:sqlite:" + reader.database()); Statement statement = replica.createStatement()) {
                statement.execute("DELETE FROM api_calls");
                statement.execute("PRAGMA application_id = 0");
            }
            reader.edit("sql/postgresql/rows.sql", "WHERE $key IN", "WHERE 1 / 0 = 1 AND $key IN");
            assertThat(reader.run("replica", "--once").exitCode()).isEqualTo(3);
            Home.Finished asked = reader.run("sql", "SELECT count(*) FROM api_calls");
            assertThat(asked.output()).contains("is still being copied, and most of it is missing here");
            assertThat(asked.exitCode()).isEqualTo(4);
            assertThat(reader.run("replica", "verify").output()).contains("a replica is compared while ./tac8 run or ./tac8 replica follows");
        }
    }

    @Test
    @Tag("thorough")
    void whatHangsOnADeletedRowIsNamedAndComesOnceThatIsBack() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement()) {
                statement.execute("DELETE FROM workers");
            }
            Home.Finished stopped = reader.run("replica", "--once");
            assertThat(stopped.exitCode()).isEqualTo(3);
            assertThat(stopped.output()).contains("has rows that hang on 1 of its workers that are not there, such as w", "./tac8 ingest spool/done/*.jsonl");

            Home.Finished again = one.run("ingest", one.done().get(0).toString());
            assertThat(again.exitCode()).as(again.output()).isZero();
            assertThat(reader.run("replica", "--once").exitCode()).isZero();
            assertThat(reader.query("SELECT record_id FROM api_calls JOIN workers USING (worker_id)")).containsExactly("c-1");
        }
    }

    @Test
    @Tag("thorough")
    void aConnectionThatIsLostBetweenReadingAndRememberingLosesNothing() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            reader.edit("routes/replica.camel.yaml", "        - to: direct:pulled\n", "        - to: sql:file:sql/postgresql/end-others.sql?dataSource=#external\n        - to: direct:pulled\n");
            Files.writeString(reader.path("sql/postgresql/end-others.sql"),
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

            Home.Finished read = reader.run("replica", "--once");

            assertThat(read.exitCode()).as(read.output()).isZero();
            assertThat(reader.query("SELECT record_id FROM api_calls")).containsExactly("c-1");
        }
    }

    /** How far a replica is it remembers once PostgreSQL has its log on the disk. */
    private static void readForGood(Home reader) {
        Path position = reader.spool().resolve(".tac8/replica-position.json");
        Awaitility.await("it is remembered").atMost(Duration.ofMinutes(1)).until(() -> reader.run("replica", "--once").exitCode() == 0 && Files.readString(position).contains("snapshot"));
    }

    @Test
    void whereAnotherFillsTheSameFileNothingIsBegunAnewForEver() throws Exception {
        try (Home reader = host("reader"); Home other = host("other").set("tac8.external.dir", reader.database().getParent().toString())) {
            reader.drop("a.jsonl", call("c-1", "01"));
            reader.start();
            reader.awaitDrained();
            awaitEqual(reader);
            awaitFollowed(reader);

            Home.Finished second = other.run("replica", "--once");
            assertThat(second.output()).contains("another tac8 fills the replica " + reader.database() + " already, by another spool: stop it, or set another tac8.external.dir");
            assertThat(second.exitCode()).isEqualTo(3);
            reader.stop();
            assertThat(other.run("replica", "--once").exitCode()).isZero();
        }
    }

    @Test
    void whatComesHomeIsInTheReplicaBeforeItLeavesTheLocalStore() throws Exception {
        try (Home host = host("host").set("tac8.replica.milliseconds", 2000).set("tac8.store.busy-seconds", 120).set("tac8.store.answer-seconds", 240)) {
            host.drop("a.jsonl", call("c-1", "01"));
            host.start();
            host.awaitDrained();
            awaitEqual(host);
            try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE api_calls RENAME TO renamed");
                host.drop("b.jsonl", call("c-2", "02"));
                host.awaitDrained();
                assertThat(Home.query(host.localDatabase(), "SELECT record_id FROM api_calls")).containsExactly("c-2");
                statement.execute("ALTER TABLE renamed RENAME TO api_calls");
            }
            Awaitility.await("the local store is empty").atMost(Duration.ofMinutes(2)).until(() ->
                    Home.query(host.localDatabase(), "SELECT count(*) FROM api_calls").equals(List.of("0")));
            assertThat(host.query("SELECT record_id FROM api_calls ORDER BY 1")).containsExactly("c-1", "c-2");
        }
    }

    @Test
    void whatWasReadIsNotLookedThroughAgainAsLongAsAnOlderTransactionIsOpen() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false)) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
        }
        String changed = TableStatements.read(Path.of("sql")).of(PostgresqlStore.text(Path.of("sql/postgresql"), "changed"), "events");
        try (Connection old = postgresql.connect(database); Connection connection = postgresql.connect(database); Statement statement = connection.createStatement()) {
            old.setAutoCommit(false);
            insert(old, "old", 0);
            statement.execute("INSERT INTO events (session_id, timestamp, event_type, message, record_id) SELECT 's', '2026-11-22T10:00:00.000Z', 'trigger', 'm', 'new-' || n"
                    + " FROM generate_series(1, 5000) AS n");
            // So few rows are read quicker without an index.
            statement.execute("SET enable_seqscan = off");
            String snapshot = answer(statement, "SELECT pg_current_snapshot()");
            String bound = changed.replaceAll("--.*\n", "").replaceFirst("\\?", "'" + snapshot + "'").replaceFirst("\\?", "'{" + snapshot.split(":")[2] + "}'")
                    .replaceFirst("\\?", "false").replaceFirst("\\?", "false");

            assertThat(answer(statement, "EXPLAIN (ANALYZE, COSTS OFF) " + bound)).doesNotContain("Rows Removed by Filter");
            old.commit();
            assertThat(answer(statement, bound)).as("what is open then is found once it is committed").isEqualTo("old-0");
        }
    }

    private static String answer(Statement statement, String question) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(question)) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return String.join("\n", lines);
    }

    @Test
    void whoDoesNotSeeTheTablesIsNotSaidToHaveAllThereIs() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            Home.Finished blind = reader.set("tac8.postgresql.url", postgresql.url(database) + "?options=-c%20search_path%3Delsewhere").run("replica", "--once");
            assertThat(blind.output()).contains("the user tac8 sees no tables of tac8 in jdbc:postgresql://", "his search_path or his rights lead elsewhere");
            assertThat(blind.exitCode()).isEqualTo(3);
            assertThat(reader.run("cost").output()).contains("nothing has been read yet of jdbc:postgresql://");
        }
    }

    /** pg_restore brings rows that carry numbers of before, table by table, and makes what these are known by when they are there. */
    @Test
    void tablesAreReadFromTheirBeginningOnceTheyAreRestored() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            readForGood(reader);
            try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE api_calls RENAME TO former");
                statement.execute("CREATE TABLE api_calls (LIKE former INCLUDING ALL EXCLUDING INDEXES)");
                Home.Finished early = reader.run("replica", "--once");
                assertThat(early.output()).contains("or not all", "they are still being restored");
                assertThat(early.exitCode()).isEqualTo(3);
                statement.execute("INSERT INTO api_calls OVERRIDING SYSTEM VALUE SELECT * FROM former");
                statement.execute("UPDATE api_calls SET record_id = 'c-2', changed_in = '5'");
                statement.execute("ALTER TABLE api_calls ADD PRIMARY KEY (call_id)");
            }
            Home.Finished whole = reader.run("replica", "--once");
            assertThat(whole.exitCode()).as(whole.output()).isZero();
            assertThat(whole.output()).contains("WARN replica - ", "stays in answers and sums: ./tac8 replica verify says which rows these are");
            assertThat(reader.query("SELECT record_id FROM api_calls ORDER BY 1")).containsExactly("c-1", "c-2");
        }
    }

    @Test
    void rowsOfAHostThatStoredByItselfForAWhileAreSaidToBeInItsReplicaOnly() throws Exception {
        try (Home host = host("host").set("tac8.replica.follow", false)) {
            host.drop("a.jsonl", call("c-1", "01"));
            host.drain();
            readForGood(host);
            host.set("tac8.store", "sqlite");
            host.drop("b.jsonl", call("c-2", "02"));
            assertThat(host.run("ingest", host.spool().resolve("b.jsonl").toString()).output()).contains("was the replica of a database, and is this host's own store from now on");

            assertThat(host.set("tac8.store", "postgresql").run("replica", "--once").output()).contains("has rows already, as that of a host that was alone");
        }
    }

    @Test
    void aReplicaThatStandsStillIsAsFreshAsItWasAlsoAfterAStart() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            readForGood(reader);
            Instant read = Freshness.read(reader.settings()).asOf();
            try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement()) {
                statement.execute("DELETE FROM workers");
                statement.execute("UPDATE api_calls SET changed_in = DEFAULT");
            }
            reader.set("tac8.replica.milliseconds", 3_600_000).start();
            try (ProducerTemplate template = reader.service().context().createProducerTemplate()) {
                // After the second failure nothing is tried for some seconds, and what is said then must not be forgotten, either.
                for (int i = 0; i < 4; i++) {
                    template.send("direct:pull", exchange -> { });
                }
            }
            assertThat(Freshness.read(reader.settings()).asOf()).isEqualTo(read);
        }
    }

    @Test
    void whatWasReadBeforeTheClockWasSetBackIsNotTakenForFresh() throws Exception {
        try (Home reader = host("reader")) {
            reader.drop("a.jsonl", call("c-1", "01"));
            reader.drain();
            readForGood(reader);
            Files.writeString(reader.spool().resolve(".tac8/replica.json"), Freshness.said(Instant.now().plus(Duration.ofHours(1)), postgresql.url(database).replaceFirst("\\?.*", "")));

            assertThat(Freshness.read(reader.settings()).isOld(Instant.now())).isTrue();
            assertThat(reader.run("cost").exitCode()).isEqualTo(4);
        }
    }

    /** As where so much has come since the last look that it cannot be looked through within tac8.store.answer-seconds. */
    @Test
    @Tag("thorough")
    void whatTakesLongerThanAnAnswerMayIsReadLater() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            reader.set("tac8.store.answer-seconds", 6).set("tac8.store.busy-seconds", 5);
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            readForGood(reader);
            one.drop("b.jsonl", "{\"type\":\"session\",\"session_id\":\"s\",\"status\":\"ended\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"exit_reason\":\"normal\"}");
            one.drain();
            reader.edit("sql/postgresql/changed.sql", "= ?\n", "= ?\n  AND ('$table' <> 'sessions' OR (SELECT pg_sleep(8)) IS NOT NULL)\n");
            reader.start();
            Awaitility.await("the end of the session").atMost(Duration.ofMinutes(2)).until(() ->
                    reader.query("SELECT count(*) FROM sessions WHERE exit_reason = 'normal'").equals(List.of("1")));
        }
    }

    /** The way that docs/scaling.md describes. */
    @Test
    @Tag("thorough")
    void aHostThatWasAloneBringsItsHistory() throws Exception {
        List<Map<String, Object>> records = Corpus.records(random, 150, true);
        try (Home host = host("host").set("tac8.store", "sqlite")) {
            host.drop("a.jsonl", lines(records));
            host.drop("b.jsonl", call("c-1", "01"));
            host.drain();
            assertThat(host.run("archive").exitCode()).isZero();
            Files.move(host.database(), host.localDatabase(), StandardCopyOption.REPLACE_EXISTING);
            assertThat(host.run("volume", "init", "--empty", host.database().getParent().toString()).exitCode()).isZero();

            host.set("tac8.store", "postgresql").start();
            host.drop("c.jsonl", call("c-2", "02"));
            host.awaitDrained();
            Awaitility.await("all is home").atMost(Duration.ofMinutes(1)).until(() ->
                    Home.query(host.localDatabase(), "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM events)").equals(List.of("0")));
            awaitEqual(host);
            assertThat(host.run("sql", "--csv", "SELECT record_id FROM api_calls WHERE record_id LIKE 'c-_' ORDER BY 1").output()).as("of the archive, and of the database")
                    .contains("c-1", "c-2");
            host.stop();
            host.ask(postgresql.copy(database, dir.resolve("copy.db")));
            assertThat(host.query("SELECT count(*) FROM events WHERE session_id <> 'tac8'")).isEqualTo(
                    List.of(String.valueOf(Corpus.tables(records).get("events").size())));
        }
    }

    private static String call(String id, String day) {
        return "{\"type\":\"api_call\",\"id\":\"" + id + "\",\"timestamp\":\"2026-05-" + day + "T10:00:00Z\",\"session_id\":\"s\",\"task_id\":\"gh-1\",\"worker_id\":\"w-1\","
                + "\"model\":\"m\",\"estimated_cost_usd\":1.5}";
    }

    @Test
    @Tag("thorough")
    void theArchiveRunsOnTheReplicaAndWhatComesLateFindsWhatItHangsOn() throws Exception {
        try (Home one = host("one").set("tac8.replica.follow", false); Home reader = host("reader")) {
            one.drop("a.jsonl", call("c-1", "01"));
            one.drain();
            reader.start();
            awaitEqual(reader);
            reader.stop();
            Home.Finished archived = reader.run("archive");
            assertThat(archived.exitCode()).as(archived.output()).isZero();
            assertThat(reader.query("SELECT (SELECT count(*) FROM api_calls) + (SELECT count(*) FROM workers)")).containsExactly("0");

            one.drop("b.jsonl", call("c-2", "02"));
            one.drain();
            reader.start();
            awaitCall(reader, "c-2");
            Home.Finished asked = reader.run("cost", "--csv");
            assertThat(asked.output()).contains("3.0");
            reader.stop();
            reader.assertSound();
        }
    }
}
