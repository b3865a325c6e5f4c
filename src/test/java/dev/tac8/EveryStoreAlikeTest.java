package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a line means is decided before there is a store, so SQLite and PostgreSQL hold the same rows, and refuse none. */
class EveryStoreAlikeTest {
    private static final int MOST_BYTES = 800;
    private static final String TIME = "\"timestamp\":\"2026-11-22T10:00:00Z\"";
    /** One record of each type, with a text in every field that holds one and with numbers of which the sums are told. */
    private static final List<String> ALL_TEXTS = List.of(
            "{\"type\":\"session\"," + TIME + ",\"id\":\"~\",\"session_id\":\"s~\",\"status\":\"started\",\"git_commit\":\"~\",\"config\":{\"~\":\"~\"}}",
            "{\"type\":\"task\"," + TIME + ",\"id\":\"~\",\"session_id\":\"s~\",\"task_id\":\"t~\",\"status\":\"active\",\"title\":\"~\"}",
            "{\"type\":\"worker\"," + TIME + ",\"id\":\"~\",\"session_id\":\"s~\",\"task_id\":\"t~\",\"worker_id\":\"w~\",\"status\":\"spawned\",\"log_file\":\"~\"}",
            "{\"type\":\"event\"," + TIME + ",\"id\":\"e~\",\"session_id\":\"s~\",\"event_type\":\"~\",\"message\":\"~\",\"context_type\":\"~\",\"context_id\":\"~\",\"details\":{\"~\":\"~\"}}",
            "{\"type\":\"api_call\"," + TIME + ",\"id\":\"c~\",\"session_id\":\"s~\",\"task_id\":\"t~\",\"worker_id\":\"w~\",\"model\":\"~\",\"tokens_input\":5,\"estimated_cost_usd\":0.25,"
                    + "\"price_version\":\"~\",\"usage\":{\"agent\":\"~\",\"since\":\"2026-11-22T10:00:00Z\"}}");
    /** The fields that have a limit, by the type that has them. */
    private static final Map<String, List<String>> LIMITED = Map.of("session", List.of("session_id"), "task", List.of("session_id", "task_id"),
            "worker", List.of("session_id", "task_id", "worker_id"), "event", List.of("session_id", "event_type", "context_id"),
            "api_call", List.of("session_id", "task_id", "worker_id"));

    @TempDir
    private static Path server;
    private static PostgresqlServer postgresql;
    private static int databases;

    @TempDir
    private Path dir;
    private String database;
    private Home sqlite;
    private Home other;

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

    @BeforeEach
    void twoHomes() throws SQLException {
        database = "alike" + databases++;
        postgresql.create(database);
        sqlite = new Home(dir.resolve("sqlite"));
        other = postgresql.use(new Home(dir.resolve("postgresql")), database);
    }

    private static List<String> texts(String text) {
        return ALL_TEXTS.stream().map(line -> line.replace("~", text)).toList();
    }

    private void drop(List<String> lines) throws Exception {
        for (Home home : List.of(sqlite, other)) {
            home.drop("a.jsonl", lines);
            home.drain();
        }
    }

    private Map<String, List<String>> stored() throws Exception {
        return other.ask(postgresql.copy(database, dir.resolve("copy.db"))).tables();
    }

    private List<String> ask(String question) throws SQLException {
        try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(question)) {
            List<String> answers = new ArrayList<>();
            while (rows.next()) {
                answers.add(rows.getString(1));
            }
            return answers;
        }
    }

    @Test
    void storesTheSymbolInThePlaceOfU0000() throws Exception {
        List<String> lines = texts("a\\u0000b");
        drop(lines);

        assertThat(stored()).isEqualTo(sqlite.tables());
        assertThat(sqlite.quarantined()).isEmpty();
        assertThat(other.quarantined()).isEmpty();
        assertThat(sqlite.query("SELECT record_id, worker_id, model, own_session_id, own_task_id, price_version, usage, tokens_total, estimated_cost_usd FROM api_calls"))
                .containsExactly("ca␀b|wa␀b|a␀b|sa␀b|ta␀b|a␀b|{\"agent\":\"a\\u0000b\",\"since\":\"2026-11-22T10:00:00Z\"}|5|0.25");
        assertThat(sqlite.query("SELECT record_id, event_type, message, context_type, context_id, details FROM events WHERE session_id <> 'tac8'"))
                .containsExactly("ea␀b|a␀b|a␀b|a␀b|a␀b|{\"a\\u0000b\":\"a\\u0000b\"}");
        assertThat(sqlite.query("SELECT title FROM tasks WHERE task_id = 'ta␀b' UNION ALL SELECT log_file FROM workers WHERE worker_id = 'wa␀b'"
                + " UNION ALL SELECT git_commit FROM sessions WHERE session_id = 'sa␀b'")).containsExactly("a␀b", "a␀b", "a␀b");
        assertThat(Files.readString(sqlite.done().get(0))).as("what was logged").isEqualTo(String.join("\n", lines) + "\n");
    }

    @Test
    void ofTwoUsagesTheOneWithTheLeastTimeCountsAlsoIfItHoldsU0000() throws Exception {
        String call = "{\"type\":\"api_call\"," + TIME + ",\"id\":\"c\",\"worker_id\":\"w\",\"model\":\"m\",\"usage\":{\"agent\":\"%s\",\"since\":\"2026-11-%d\"}}";
        drop(List.of(call.formatted("a\\u0000b", 22), call.formatted("z", 23)));

        assertThat(sqlite.query("SELECT usage ->> 'since' FROM api_calls")).containsExactly("2026-11-22");
        assertThat(stored()).isEqualTo(sqlite.tables());
    }

    @Test
    void aTextOfBeforeThatHoldsU0000BecomesTheOneOfNowWhenItsFileIsReadAgain() throws Exception {
        List<String> lines = texts("a\\u0000b").stream().map(line -> line.replaceAll("\"([stwec])a.u0000b\"", "\"$1\"")).toList();
        drop(lines);
        Map<String, List<String>> expected = sqlite.tables();
        asAnOlderTac8HasStoredIt(sqlite.database());
        assertThat(sqlite.tables()).isNotEqualTo(expected);

        for (String again : List.of("b.jsonl", "c.jsonl")) {
            sqlite.drop(again, lines);
            sqlite.drain();

            assertThat(sqlite.tables()).isEqualTo(expected).isEqualTo(stored());
        }
    }

    /** Makes each symbol U+0000 again, in each column. */
    private static void asAnOlderTac8HasStoredIt(Path database) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (Map.Entry<String, List<String>> table : Tables.COLUMNS.entrySet()) {
                for (String column : table.getValue()) {
                    statement.executeUpdate("UPDATE " + table.getKey() + " SET " + column + " = replace(" + column + ", '␀', char(0)) WHERE instr(" + column + ", '␀') > 0");
                }
            }
            connection.commit();
        }
    }

    @Test
    void whatAnOlderTac8LeftInTheLocalStoreComesHome() throws Exception {
        List<String> lines = new ArrayList<>(texts("a\\u0000b"));
        lines.addAll(texts("\\u0000"));
        // No escape of U+0000, but these letters.
        lines.addAll(texts("a\\\\u0000b"));
        lines.addAll(texts("a\\\\\\u0000b"));
        sqlite.drop("a.jsonl", lines);
        sqlite.drain();
        other.set("tac8.store", "sqlite").drain();
        Files.move(other.path("var/external"), dir.resolve("gone"));
        other.drop("a.jsonl", lines);
        other.drain();
        Files.move(dir.resolve("gone"), other.path("var/external"));
        asAnOlderTac8HasStoredIt(other.localDatabase());
        assertThat(Home.query(other.localDatabase(), "SELECT count(*) FROM events WHERE instr(record_id, char(0)) > 0")).containsExactly("3");

        other.set("tac8.store", "postgresql").start();
        Awaitility.await("the local store is empty").atMost(Duration.ofMinutes(1)).until(() ->
                Home.query(other.localDatabase(), "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM events)").equals(List.of("0")));
        other.stop();

        assertThat(stored()).isEqualTo(sqlite.tables());
    }

    /** SQLite keeps in any column whatever it is given, and PostgreSQL's binary COPY takes eight letters for a number. */
    @Test
    void whatTheLocalStoreHoldsInAnotherFormThanItsColumnStaysThereAndTheOthersComeHome() throws Exception {
        String call = "{\"type\":\"api_call\",\"id\":\"~\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w\",\"model\":\"m\",\"tokens_input\":7,\"estimated_cost_usd\":2}";
        List<String> lines = new ArrayList<>(Stream.of("fraction", "letters", "few", "bytes", "cost", "whole").map(id -> call.replace("~", id)).toList());
        lines.add("{\"type\":\"event\",\"id\":\"e\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"t\",\"message\":\"12\"}");
        other.set("tac8.store", "sqlite").drain();
        Files.move(other.path("var/external"), dir.resolve("gone"));
        other.drop("a.jsonl", lines);
        other.drain();
        Files.move(dir.resolve("gone"), other.path("var/external"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other.localDatabase()); Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE api_calls SET tokens_input = 5.5 WHERE record_id = 'fraction'");
            statement.executeUpdate("UPDATE api_calls SET tokens_input = 'abcdefgh' WHERE record_id = 'letters'");
            statement.executeUpdate("UPDATE api_calls SET tokens_input = 'abc' WHERE record_id = 'few'");
            statement.executeUpdate("UPDATE api_calls SET usage = x'00ff' WHERE record_id = 'bytes'");
            statement.executeUpdate("UPDATE events SET details = '12'");
            statement.executeUpdate("UPDATE api_calls SET estimated_cost_usd = 'much' WHERE record_id = 'cost'");
        }
        assertThat(Home.query(other.localDatabase(), "SELECT typeof(details) FROM events")).as("a number, as JSON that is one").containsExactly("integer");

        other.set("tac8.store", "postgresql").start();
        Awaitility.await("the others are home").atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            assertThat(Home.query(other.localDatabase(), "SELECT record_id FROM api_calls ORDER BY 1")).containsExactly("bytes", "cost", "few", "fraction", "letters");
            assertThat(Home.query(other.localDatabase(), "SELECT record_id FROM events")).isEmpty();
        });
        other.stop();

        assertThat(ask("SELECT record_id || ' ' || tokens_input || ' ' || estimated_cost_usd FROM api_calls")).containsExactly("whole 7 2");
        assertThat(ask("SELECT details || message FROM events WHERE record_id = 'e'")).containsExactly("1212");
    }

    /** Of random text, as equal letters would be packed. */
    private static String random(Random random, int bytes) {
        return random.ints(bytes, 'a', 'z' + 1).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    @Test
    void storesTheLongestOfWhatRowsAreFoundByInEachFieldAtOnce() throws Exception {
        Random random = new Random(1);
        String session = random(random, MOST_BYTES);
        String task = random(random, MOST_BYTES);
        String worker = random(random, MOST_BYTES);
        List<String> lines = ALL_TEXTS.stream().map(line -> line.replace("\"s~\"", "\"" + session + "\"").replace("\"t~\"", "\"" + task + "\"")
                .replace("\"w~\"", "\"" + worker + "\"").replace("\"id\":\"e~\"", "\"id\":\"" + "😀".repeat(128) + "\"").replace("\"id\":\"~\",", "")
                .replace("\"event_type\":\"~\"", "\"event_type\":\"" + random(random, MOST_BYTES) + "\"")
                .replace("\"context_id\":\"~\"", "\"context_id\":\"" + random(random, MOST_BYTES) + "\"")
                .replace("~", random(random, 100_000))).toList().stream().map(line -> line.replaceAll("\"id\":\"c[a-z]+\",", "")).toList();
        other.drain();
        // As large an entry of an index as anybody asks for: three ids.
        try (Connection connection = postgresql.connect(database); Statement statement = connection.createStatement()) {
            statement.execute("CREATE INDEX ON api_calls (worker_id, own_task_id, own_session_id)");
        }
        drop(lines);

        assertThat(other.quarantined()).isEmpty();
        assertThat(other.tablesStoredLocally()).as("records that needed the local store").isEmpty();
        assertThat(stored()).isEqualTo(sqlite.tables());
        // Each text that PostgreSQL has in an index is one of these, a time, a word of a few, or the record's id.
        Set<String> indexed = new TreeSet<>(ask("SELECT DISTINCT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey::smallint[])"
                + " WHERE indrelid IN ('sessions'::regclass, 'tasks'::regclass, 'workers'::regclass, 'events'::regclass, 'api_calls'::regclass)"
                + " AND atttypid = 'text_c'::regtype"));
        assertThat(indexed).isNotEmpty().isSubsetOf("session_id", "task_id", "worker_id", "own_session_id", "own_task_id", "event_type", "context_id",
                "timestamp", "severity", "record_id");
    }

    @Test
    void setsAsideALineWithOneByteMoreAndStoresItsNeighbours() throws Exception {
        Random random = new Random(2);
        List<String> lines = new ArrayList<>();
        List<String> longer = new ArrayList<>();
        for (String line : texts("x")) {
            String type = line.replaceFirst("\\{\"type\":\"([a-z_]+)\".*", "$1");
            for (String field : LIMITED.get(type)) {
                String tooLong = line.replaceFirst("\"" + field + "\":\"[a-z]*\"", "\"" + field + "\":\"" + random(random, MOST_BYTES - 1) + "é\"");
                lines.add(tooLong);
                longer.add(tooLong);
            }
            lines.add(line);
        }
        drop(lines);

        assertThat(stored()).isEqualTo(sqlite.tables());
        assertThat(sqlite.query("SELECT (SELECT count(*) FROM events WHERE session_id <> 'tac8') + (SELECT count(*) FROM api_calls)")).containsExactly("2");
        for (Home home : List.of(sqlite, other)) {
            assertThat(home.quarantined()).hasSize(1);
            List<String> aside = Files.readAllLines(home.quarantined().get(0), StandardCharsets.UTF_8);
            assertThat(aside).filteredOn(line -> !line.startsWith("#")).isEqualTo(longer);
            assertThat(aside.get(0)).contains("session_id is 801 bytes long in UTF-8; what rows are found by has at most 800");
        }
    }
}
