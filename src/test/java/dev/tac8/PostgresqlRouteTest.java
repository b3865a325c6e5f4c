package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.fault.Corpus;
import dev.tac8.service.Service;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** With tac8.store=postgresql the routes write to a PostgreSQL database what they else write to the external file. */
class PostgresqlRouteTest {
    @TempDir
    private static Path server;
    private static PostgresqlServer postgresql;

    @TempDir
    private Path dir;
    @RegisterExtension
    private final StandardError said = new StandardError();

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

    private Home home(String database) throws SQLException {
        postgresql.create(database);
        return postgresql.use(new Home(dir), database);
    }

    private static List<String> lines(List<Map<String, Object>> records) {
        return records.stream().map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList();
    }

    private static String event(String id, String field, String value) {
        return "{\"type\":\"event\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"trigger\",\"message\":\"m\",\""
                + field + "\":\"" + value + "\"}";
    }

    private Map<String, List<String>> tables(Home home, String database) throws Exception {
        return home.ask(postgresql.copy(database, dir.resolve("copy.db"))).tables();
    }

    @Test
    void storesWhatTheRecordsSay() throws Exception {
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 300, true);
        try (Home home = home("stores").set("tac8.ingest.chunk-records", 50)) {
            home.drop("a.jsonl", lines(records));
            home.drop("b.jsonl", lines(records.subList(0, 60)));
            home.drain();

            Corpus.assertSame(tables(home, "stores"), Corpus.tables(records));
            assertThat(home.quarantined()).isEmpty();
            assertThat(home.tablesStoredLocally()).as("records that needed the local store").isEmpty();
        }
    }

    @Test
    void bringsHomeWhatTheLocalStoreTookWhileTheDatabaseWasAway() throws Exception {
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 200, true);
        int half = records.size() / 2;
        try (Home home = home("away").set("tac8.ingest.chunk-records", 50)) {
            home.start();
            home.drop("a.jsonl", lines(records.subList(0, half)));
            home.awaitDrained();
            postgresql.crash();
            home.drop("b.jsonl", lines(records.subList(half / 2, records.size())));
            home.awaitDrained();
            assertThat(Home.query(home.localDatabase(), "SELECT count(*) > 0 FROM events")).containsExactly("1");
            assertThat(said.text()).containsPattern("b.jsonl: .*(the other side has ended the connection|Connection refused, as it does not run, .*)\\. The chunk goes to the local store")
                    .doesNotContain("Exception");
            postgresql.start();
            awaitHome(home);
            home.stop();

            Corpus.assertSame(tables(home, "away"), Corpus.tables(records));
        }
    }

    @Test
    void whatComesHomeIsNewThereAndNotWhenThatIsProved() throws Exception {
        try (Home home = home("proved")) {
            postgresql.crash();
            home.start();
            home.drop("a.jsonl", event("home-1", "severity", "info"));
            home.awaitDrained();
            postgresql.start();
            awaitHome(home);

            assertThat(ask("proved", "SELECT count(*) FROM events WHERE record_id = 'home-1'")).isEqualTo("1");
            assertThat(postgresql.log()).as("what the server has refused").noneMatch(line -> line.contains("(home-"));
        }
    }

    @Test
    @Tag("thorough")
    void aDatabaseThatHangsHoldsNothingUpForLong() throws Exception {
        try (Home home = home("hangs").set("tac8.store.busy-seconds", 5).set("tac8.store.answer-seconds", 6)) {
            home.start();
            home.drop("a.jsonl", event("1", "severity", "info"));
            home.awaitDrained();
            postgresql.freeze();
            try {
                home.drop("b.jsonl", event("2", "severity", "info"));
                home.awaitDrained();
                home.drop("c.jsonl", event("3", "severity", "info"));
                home.awaitDrained();
                assertThat(Home.query(home.localDatabase(), "SELECT record_id FROM events ORDER BY record_id")).containsExactly("2", "3");
                assertThat(said.text()).contains(" s: the server or the network hangs, or another session keeps rows locked, as its pg_stat_activity shows. The chunk goes to the local store")
                        .doesNotContain("disk");
            } finally {
                postgresql.thaw();
            }
            awaitHome(home);
            home.stop();

            home.ask(postgresql.copy("hangs", dir.resolve("copy.db")));
            assertThat(home.query("SELECT record_id FROM events WHERE session_id = 's' ORDER BY record_id")).containsExactly("1", "2", "3");
        }
    }

    private static void awaitHome(Home home) {
        Awaitility.await("the local store is empty").atMost(Duration.ofMinutes(1)).until(() ->
                Home.query(home.localDatabase(), "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM events)").equals(List.of("0")));
    }

    @Test
    void aRecordThatTheDatabaseCannotStoreGoesToQuarantineAndItsNeighboursAreStored() throws Exception {
        // Of random text, as equal letters would be packed; for an index that somebody has added.
        String tooLong = new Random(1).ints(6000, 'a', 'z').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        try (Home home = home("refuses")) {
            home.drain();
            try (Connection connection = postgresql.connect("refuses"); Statement statement = connection.createStatement()) {
                statement.execute("CREATE INDEX ON events (context_type)");
            }
            home.drop("a.jsonl", event("1", "severity", "info"), event("2", "context_type", tooLong), event("3", "severity", "info"));
            home.drain();

            home.ask(postgresql.copy("refuses", dir.resolve("copy.db")));
            assertThat(home.query("SELECT record_id FROM events WHERE session_id = 's' ORDER BY record_id")).containsExactly("1", "3");
            assertThat(home.quarantined()).hasSize(1);
            assertThat(Files.readString(home.quarantined().get(0))).contains("\"id\":\"2\"").doesNotContain("\"id\":\"3\"");
        }
    }

    /** As after a move by logical replication, which does not take sequences along. */
    @Test
    void noRecordIsToBlameForNumbersThatAreGivenAgain() throws Exception {
        try (Home home = home("numbers"); Connection connection = postgresql.connect("numbers"); Statement statement = connection.createStatement()) {
            home.start();
            home.drop("a.jsonl", event("1", "severity", "info"), event("2", "severity", "info"));
            home.awaitDrained();
            statement.execute("ALTER TABLE events ALTER event_id RESTART WITH 1");
            home.drop("b.jsonl", event("3", "severity", "info"));
            home.awaitDrained();

            assertThat(home.quarantined()).isEmpty();
            assertThat(said.text()).contains("numbers of rows are given again, as where tables were copied without their sequences: ERROR: duplicate key value violates unique constraint"
                    + " \"events_pkey\". The chunk goes to the local store");
            // As docs/operating.md says.
            statement.execute("SELECT setval(pg_get_serial_sequence('events', 'event_id'), (SELECT max(event_id) FROM events))");
            awaitHome(home);
            assertThat(ask("numbers", "SELECT string_agg(record_id, ',' ORDER BY record_id) FROM events WHERE session_id = 's'")).isEqualTo("1,2,3");
        }
    }

    @Test
    void recordsAreTakenForNewUntilOneIsNot() throws Exception {
        try (Home home = home("known")) {
            home.start();
            home.drop("a.jsonl", event("known-1", "severity", "info"), event("known-2", "severity", "info"), event("known-1", "severity", "info"));
            home.awaitDrained();
            home.drop("b.jsonl", event("known-3", "severity", "info"), event("known-2", "context_id", "c"));
            home.awaitDrained();
            home.drop("c.jsonl", event("known-1", "context_id", "c"), event("known-4", "severity", "info"), event("known-4", "context_id", "c"));
            home.awaitDrained();

            assertThat(ask("known", "SELECT string_agg(record_id || coalesce(severity, '') || coalesce(context_id, ''), ' ' ORDER BY record_id) FROM events"))
                    .isEqualTo("known-1infoc known-2infoc known-3info known-4infoc");
            assertThat(postgresql.log()).as("what the server has refused").filteredOn(line -> line.contains("(known-")).hasSize(1).first().asString().contains("known-2");
            assertThat(home.tablesStoredLocally()).as("records that needed the local store").isEmpty();
        }
    }

    @Test
    void tablesThatAreDroppedWhileItRunsAreMadeAgain() throws Exception {
        try (Home home = home("dropped"); Connection connection = postgresql.connect("dropped"); Statement statement = connection.createStatement()) {
            home.start();
            home.drop("a.jsonl", event("1", "severity", "info"));
            home.awaitDrained();
            statement.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
            home.drop("b.jsonl", event("2", "severity", "info"));
            home.awaitDrained();
            awaitHome(home);

            assertThat(ask("dropped", "SELECT string_agg(record_id, ',') FROM events WHERE session_id = 's'")).isEqualTo("2");
        }
    }

    @Test
    void aTableThatIsAlteredWhileItRunsIsNamedAndWhatCameMeanwhileComesHomeWhenItIsPutBack() throws Exception {
        try (Home home = home("changed"); Connection connection = postgresql.connect("changed"); Statement statement = connection.createStatement()) {
            home.start();
            home.drop("a.jsonl", event("1", "severity", "info"));
            home.awaitDrained();
            statement.execute("ALTER TABLE events RENAME severity TO weight");
            home.drop("b.jsonl", event("2", "severity", "info"));
            home.awaitDrained();
            // The connection that was open meets a column that is not there; each later one looks at the tables first.
            Awaitility.await("the tables were looked at").atMost(Duration.ofMinutes(1)).until(() -> {
                home.drop("c.jsonl", event("3", "severity", "info"));
                home.awaitDrained();
                return said.text().contains("is not one of this tac8 (it lacks the column events.severity): put that back as sql/postgresql/0*.sql have it");
            });
            statement.execute("ALTER TABLE events RENAME weight TO severity");
            awaitHome(home);
            Awaitility.await("the replica goes on").atMost(Duration.ofMinutes(1)).until(() -> said.text().contains("INFO replica - " + postgresql.url("changed") + " is read again"));

            assertThat(ask("changed", "SELECT count(*) FROM events WHERE session_id = 's'")).isEqualTo("3");
        }
    }

    @Test
    void aChunkWhoseTransactionIsUndoneForADeadlockIsWrittenOnceMore() throws Exception {
        try (Home home = home("deadlock"); Connection other = postgresql.connect("deadlock"); Statement statement = other.createStatement()) {
            // Who waits longest without looking whether that is in a circle goes on, and the other is undone.
            statement.execute("ALTER DATABASE deadlock SET deadlock_timeout = '1s'");
            statement.execute("SET deadlock_timeout = '1h'");
            home.start();
            home.drop("a.jsonl", started("a"), started("b"));
            home.awaitDrained();

            other.setAutoCommit(false);
            statement.execute("SELECT FROM sessions WHERE session_id = 'b' FOR UPDATE");
            home.drop("b.jsonl", ended("a"), ended("b"));
            Awaitility.await("tac8 has a, and waits for b").pollInterval(Duration.ofMillis(5)).until(() -> waiting() == 1);
            statement.execute("SELECT FROM sessions WHERE session_id = 'a' FOR UPDATE");
            other.commit();
            home.awaitDrained();

            assertThat(ask("deadlock", "SELECT deadlocks FROM pg_stat_database WHERE datname = 'deadlock'")).isNotEqualTo("0");
            assertThat(ask("deadlock", "SELECT count(*) FROM sessions WHERE exit_reason = 'normal'")).isEqualTo("2");
            assertThat(home.tablesStoredLocally()).as("records that needed the local store").isEmpty();
        }
    }

    @Test
    void saysWhatKeepsAChunkWaiting() throws Exception {
        try (Home home = home("locked").set("tac8.store.busy-seconds", 1); Connection other = postgresql.connect("locked"); Statement statement = other.createStatement()) {
            home.start();
            home.drop("a.jsonl", started("a"));
            home.awaitDrained();
            other.setAutoCommit(false);
            statement.execute("SELECT FROM sessions WHERE session_id = 'a' FOR UPDATE");
            home.drop("b.jsonl", ended("a"));
            home.awaitDrained();

            assertThat(said.text()).contains("b.jsonl: another session has kept rows locked for tac8.store.busy-seconds: ERROR: canceling statement due to lock timeout."
                    + " The chunk goes to the local store");
        }
    }

    @Test
    void aChunkThatIsUndoneAgainAndAgainGoesToTheLocalStore() throws Exception {
        try (Home home = home("undone").set("tac8.reconcile.seconds", 3600)) {
            home.start();
            String call = "{\"type\":\"api_call\",\"id\":\"1\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w\",\"model\":\"m\",\"tokens_input\":";
            home.drop("a.jsonl", call + "5}");
            home.awaitDrained();
            try (Connection connection = postgresql.connect("undone"); Statement statement = connection.createStatement()) {
                statement.execute("CREATE SEQUENCE tried");
                statement.execute("CREATE OR REPLACE FUNCTION usage_since(usage text_c, OUT number numeric, OUT word text_c) LANGUAGE plpgsql AS $$ BEGIN"
                        + " PERFORM nextval('tried'); RAISE EXCEPTION 'in the way' USING ERRCODE = 'serialization_failure'; END $$");
            }
            home.drop("b.jsonl", call + "6}");
            home.awaitDrained();

            // The first of six tries took the call for new.
            assertThat(ask("undone", "SELECT last_value FROM tried")).isEqualTo("5");
            assertThat(Home.query(home.localDatabase(), "SELECT tokens_input FROM api_calls")).containsExactly("6");
        }
    }

    private static String started(String session) {
        return "{\"type\":\"session\",\"status\":\"started\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"" + session + "\"}";
    }

    private static String ended(String session) {
        return "{\"type\":\"session\",\"status\":\"ended\",\"timestamp\":\"2026-11-22T11:00:00Z\",\"session_id\":\"" + session + "\",\"exit_reason\":\"normal\"}";
    }

    private static int waiting() throws SQLException {
        return Integer.parseInt(ask("postgres", "SELECT count(*) FROM pg_locks WHERE NOT granted"));
    }

    private static String ask(String database, String question) throws SQLException {
        try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(question)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void figuresOfTodayAreAskedOfTheDatabase() throws Exception {
        try (Home home = home("figures")) {
            Service service = home.start();
            home.drop("a.jsonl", "{\"type\":\"api_call\",\"id\":\"1\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w\",\"model\":\"m\",\"tokens_input\":5,"
                    + "\"estimated_cost_usd\":0.25}");
            home.awaitDrained();

            try (ProducerTemplate template = service.context().createProducerTemplate()) {
                Exchange asked = template.send("direct:observe-figures-external", exchange -> exchange.setVariable("midnight", "2026-11-22T00:00:00.000Z"));

                assertThat(asked.getException()).isNull();
                assertThat(asked.getVariable("today")).asString().contains("calls=1", "cost_usd=0.25", "tokens_input=5");
            }
        }
    }

    @Test
    void whatIsSetForTheDatabaseChangesNoValueThere() throws Exception {
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 200, true);
        try (Home home = home("settings").set("tac8.ingest.chunk-records", 50).set("tac8.postgresql.url", postgresql.url("settings") + "?options=-c%20search_path%3Dits_own")) {
            try (Connection connection = postgresql.connect("settings"); Statement statement = connection.createStatement()) {
                statement.execute("CREATE SCHEMA its_own");
                for (String setting : List.of("standard_conforming_strings = off", "extra_float_digits = -15", "timezone = 'Asia/Kolkata'",
                        "datestyle = 'German'", "quote_all_identifiers = on", "row_security = off", "default_transaction_isolation = 'serializable'")) {
                    statement.execute("ALTER DATABASE settings SET " + setting);
                }
            }
            home.start();
            home.drop("a.jsonl", lines(records));
            home.drop("b.jsonl", lines(records.subList(0, 60)));
            home.awaitDrained();

            Awaitility.await("the replica has what the records say").atMost(Duration.ofMinutes(1)).untilAsserted(() -> Corpus.assertSame(home.tables(), Corpus.tables(records)));
            assertThat(home.quarantined()).isEmpty();
        }
    }

    @Test
    void aWriterNeedsNoRightToMakeTablesOrToDelete() throws Exception {
        try (Home home = home("rights")) {
            home.drop("a.jsonl", event("1", "severity", "info"));
            home.drain();
            try (Connection connection = postgresql.connect("rights"); Statement statement = connection.createStatement()) {
                statement.execute("CREATE ROLE writer LOGIN PASSWORD '" + PostgresqlServer.PASSWORD.replace("'", "''") + "'");
                statement.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
                statement.execute("GRANT SELECT, INSERT, UPDATE ON sessions, tasks, workers, events, api_calls TO writer");
                statement.execute("GRANT SELECT ON tac8_schema TO writer");
            }
            home.set("tac8.postgresql.user", "writer");
            home.drop("b.jsonl", event("1", "severity", "warning"), event("2", "severity", "info"));
            home.drain();

            home.ask(postgresql.copy("rights", dir.resolve("copy.db")));
            assertThat(home.query("SELECT record_id, severity FROM events WHERE session_id = 's' ORDER BY record_id")).containsExactly("1|warning", "2|info");
            assertThat(home.tablesStoredLocally()).as("records that needed the local store").isEmpty();
        }
    }

    /** As docs/scaling.md has it. */
    @Test
    void whatIsAskedOfAFileCanBeAskedOfTheDatabase() throws Exception {
        String text = Files.readString(Path.of("docs/scaling.md"));
        String block = text.substring(text.indexOf("```sql") + 6, text.indexOf("```", text.indexOf("```sql") + 6)).replaceAll("--.*", "");
        List<String> statements = Arrays.stream(block.split(";")).map(String::strip).filter(statement -> !statement.isEmpty()).toList();
        assertThat(statements).hasSize(7);
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        String head = "{\"session_id\":\"s\",\"task_id\":\"gh-450\",\"timestamp\":\"" + today;
        try (Home home = home("asked")) {
            home.drop("a.jsonl", head + "T00:00:01Z\",\"type\":\"task\",\"status\":\"active\",\"title\":\"é\"}",
                    head + "T00:45:31.5Z\",\"type\":\"task\",\"status\":\"completed\"}", head.replace("450", "7") + "T00:00:02Z\",\"type\":\"task\",\"status\":\"active\",\"title\":\"t\"}",
                    head + "T00:00:03Z\",\"type\":\"worker\",\"status\":\"spawned\",\"worker_id\":\"w\",\"log_file\":\"l\"}",
                    head + "T00:40:00Z\",\"type\":\"worker\",\"status\":\"completed\",\"worker_id\":\"w\",\"exit_code\":0}",
                    head + "T00:00:04Z\",\"type\":\"api_call\",\"id\":\"c1\",\"worker_id\":\"w\",\"model\":\"m\",\"tokens_input\":5,\"estimated_cost_usd\":0.25}",
                    head + "T00:00:05Z\",\"type\":\"api_call\",\"id\":\"c2\",\"worker_id\":\"w\",\"model\":\"m\",\"tokens_input\":7,\"estimated_cost_usd\":0.5}",
                    head + "T00:00:06Z\",\"type\":\"event\",\"id\":\"e1\",\"event_type\":\"decision\",\"message\":\"x\",\"context_type\":\"task\",\"context_id\":\"gh-450\"}");
            home.drain();
            home.ask(postgresql.copy("asked", dir.resolve("copy.db")));
            for (String asked : statements) {
                String ofFile = asked.contains("EXTRACT") ? "SELECT task_id, (julianday(completed_at) - julianday(started_at)) * 24 * 60 AS minutes FROM tasks"
                        + " WHERE completed_at IS NOT NULL" : asked;
                List<String> expected = answers(ofFile, DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("copy.db")));
                assertThat(expected).as(asked).isNotEmpty().allMatch(row -> !row.contains("null"));
                assertThat(answers(asked, postgresql.connect("asked"))).as(asked).isEqualTo(expected);
            }
        }
    }

    /** Numbers to a thousandth: julianday has no more, and both databases add up otherwise. */
    private static List<String> answers(String asked, Connection connection) throws SQLException {
        List<String> found = new ArrayList<>();
        try (connection; Statement statement = connection.createStatement()) {
            if (!connection.getMetaData().getURL().startsWith("jdbc:sqlite")) {
                statement.execute("SET TIME ZONE 'UTC'");
            }
            try (ResultSet rows = statement.executeQuery(asked)) {
                while (rows.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        row.add(rows.getObject(i) instanceof Number number ? String.format(Locale.ROOT, "%.3f", number.doubleValue()) : rows.getString(i));
                    }
                    found.add(row.toString());
                }
            }
        }
        Collections.sort(found);
        return found;
    }
}
