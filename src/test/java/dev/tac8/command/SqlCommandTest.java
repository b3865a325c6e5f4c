package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tac8 sql} asks anything and changes nothing. */
class SqlCommandTest {
    @TempDir
    private static Path dir;
    private static Reader reader;

    @BeforeAll
    static void store() {
        dev.tac8.Home home = new dev.tac8.Home(dir);
        Path store = Reader.store(dir.resolve("var/external"));
        Reader.insert(store, "sessions", Map.of("session_id", "s1", "started_at", "2026-11-22T10:00:00.000Z"));
        Reader.insert(Reader.store(dir.resolve("var/local")), "sessions", Map.of("session_id", "s2", "started_at", "2026-11-22T10:00:00.000Z"));
        reader = new Reader(home.path(""));
    }

    static List<String> statementsThatWouldChangeSomething() {
        return List.of(
                "DELETE FROM sessions", "INSERT INTO sessions VALUES ('x', 'y', 0, 0, 0, 0)", "UPDATE sessions SET git_commit = 'x'",
                "DROP TABLE sessions", "REPLACE INTO sessions (session_id, started_at) VALUES ('a', 'b')", "CREATE TABLE x (y)",
                "CREATE TEMP TABLE x (y)", "ALTER TABLE sessions ADD COLUMN x", "VACUUM", "VACUUM INTO 'DIR/copy.db'", "REINDEX", "ANALYZE",
                "ATTACH 'DIR/new.db' AS n", "ATTACH 'file:DIR/new.db?mode=rwc' AS n", "DETACH local", "BEGIN", "COMMIT", "ROLLBACK",
                "SAVEPOINT s", "PRAGMA query_only = OFF", "PRAGMA journal_mode = WAL", "PRAGMA user_version = 7", "pragma writable_schema=1",
                "SELECT 1; DELETE FROM sessions", "SELECT 1;;DELETE FROM sessions", "SELECT 1 /* ; */; DELETE FROM sessions",
                "/* SELECT */ DELETE FROM sessions", "-- SELECT\nDELETE FROM sessions", "/**/DELETE FROM sessions",
                "WITH x AS (SELECT 's9') INSERT INTO sessions (session_id, started_at) SELECT *, 'now' FROM x",
                "WITH x AS (SELECT 1) DELETE FROM sessions", "WITH x AS (SELECT 1) UPDATE sessions SET git_commit = 'x'",
                "WITH x AS (SELECT 1) REPLACE INTO sessions (session_id, started_at) VALUES ('a', 'b')",
                "WITH x AS (SELECT 1) DELETE FROM main.sessions RETURNING *", "WITH x AS (SELECT 1) DELETE FROM local.sessions",
                "SELECT load_extension('DIR/x.so')", "SELECT writefile('DIR/x', 'y')", "SELECT edit('x', 'touch DIR/x')",
                "SELECT * FROM pragma_query_only(0)", "SELECT * FROM pragma_user_version(3)", "SELECT * FROM pragma_journal_mode('WAL')",
                "SELECT fts3_tokenizer('x', x'00')", "SELECT 'a'';' ; DELETE FROM sessions --'",
                "SELECT [a]; DELETE FROM sessions --]", "SELECT `x`; DELETE FROM sessions --`", "SELECT \"x\"\"\"; DELETE FROM sessions --\"",
                "SELECT 1 --\n; DELETE FROM sessions", "SELECT 1 /* /* */; DELETE FROM sessions /* */", "SELECT 1\0; DELETE FROM sessions",
                "\uFEFFDELETE FROM sessions", "EXPLAIN DELETE FROM sessions; DELETE FROM sessions", "backup to 'DIR/copy.db'",
                "restore from 'DIR/copy.db'", "SELECT 1 UNION DELETE FROM sessions", "INSERT INTO temp.sessions VALUES (1)", "", " ", ";", "--");
    }

    @ParameterizedTest
    @MethodSource("statementsThatWouldChangeSomething")
    void changesNothingWhateverIsAsked(String sql) throws Exception {
        Map<String, String> before = files();

        Reader.Answered answered = reader.ask("sql", sql.replace("DIR", dir.toString()));

        assertThat(answered.code()).as("%s", answered).isEqualTo(2);
        assertThat(answered.err()).startsWith("tac8: ").doesNotContain("\tat ", "a fault of tac8");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void aValueWithoutMeasureEndsWithASentence() {
        Reader.Answered answered = reader.ask("sql", "SELECT randomblob(500000000)");

        assertThat(answered.err()).startsWith("tac8: the statement failed: ").contains("too big");
        assertThat(answered.code()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LIKE", "GLOB"})
    void aPatternOfMoreThanAThousandBytesEndsWithASentence(String operator) {
        String asked = "SELECT printf('%.*c', %d, 'x') {} printf('%.*c', %d, 'x') AS same".replace("{}", operator);

        assertThat(reader.ask("sql", asked.replace("%d", "1000")).out()).contains("1");
        Reader.Answered answered = reader.ask("sql", asked.replace("%d", "1001"));
        assertThat(answered.err()).startsWith("tac8: the statement failed: ").contains("pattern too complex");
        assertThat(answered.code()).isEqualTo(2);
    }

    @Test
    void explainsWithoutDoing() throws Exception {
        Map<String, String> before = files();

        assertThat(reader.ask("sql", "EXPLAIN DELETE FROM main.sessions").code()).isZero();
        assertThat(reader.ask("sql", "EXPLAIN QUERY PLAN SELECT * FROM sessions").code()).isZero();

        assertThat(files()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 5 & 3 AS x, 6&3", "SELECT ':name' AS x, ':a' || 1", "SELECT 1 AS x -- if nothing", "SELECT '\n-- if y' AS x",
        "SELECT 'a\n-- b\nc' AS x", "SELECT '{x}' AS x, '?' AS y", "VALUES (1, 2)", "WITH a AS (SELECT 1 AS x) SELECT x FROM a;", "select 1;",
        "SELECT ';' AS x", "/* why */ SELECT 1", "\n-- why\nSELECT 1", "SELECT '--' AS x, \"session_id\" FROM sessions", "SELECT 1 /* ; */",
        "SELECT details FROM events UNION SELECT 'no JSON' AS details", "SELECT '{\"a\":1} b' AS details", "SELECT '' AS config",
        "SELECT x'00ff' AS x", "SELECT 9e999 AS x", "SELECT NULL AS x", "SELECT 1 AS x, 2 AS x", "SELECT 7 AS success",
        "SELECT sum(length(session_id)) AS minutes FROM sessions", "SELECT 'x' AS started_at, 5 AS timestamp, x'00' AS details",
        "EXPLAIN SELECT 1", "SELECT 1\n\n;\n"})
    void asksAStatementAsItWasTyped(String sql) {
        for (String form : List.of("", "--json", "--csv")) {
            List<String> args = new ArrayList<>(List.of("sql", sql));
            args.addAll(form.isEmpty() ? List.of() : List.of(form));

            Reader.Answered answered = reader.ask(args.toArray(String[]::new));

            assertThat(answered.code()).as("%s", answered).isZero();
            if (form.equals("--json")) {
                assertThat(answered.json().get("rows")).isNotEmpty();
            }
        }
    }

    @Test
    void givesValuesAsTheyAre() {
        assertThat(reader.json("sql", "SELECT 7 AS success, x'00ff' AS b, 'no JSON' AS details, 0.1 AS d, 9007199254740993 AS i, 6&3 AS a")
                .get("rows").get(0)).hasToString("{\"success\":7,\"b\":\"x'00ff'\",\"details\":\"no JSON\",\"d\":0.1,\"i\":9007199254740993,\"a\":2}");
        assertThat(reader.ask("sql", "SELECT x'00ff' AS b, 'a,\"b\"\nc' AS c", "--csv").out()).isEqualTo("b,c\r\nx'00ff',\"a,\"\"b\"\"\nc\"\r\n");
    }

    @Test
    void namesAndValuesStandInATableAsTheyAreToo() {
        assertThat(reader.ask("sql", "SELECT 'w-abc123' AS worker_id, 7000 AS tokens_total, 0.045 AS estimated_cost_usd, 90.5 AS minutes,"
                + " 12 AS duration_ms, '2026-11-22T10:00:00.000Z' AS started_at").out().lines()).containsExactly(
                "worker_id  tokens_total  estimated_cost_usd  minutes  duration_ms  started_at",
                "w-abc123           7000               0.045     90.5           12  2026-11-22T10:00:00.000Z");
    }

    @Test
    void seesBothStores() {
        assertThat(reader.json("sql", "SELECT session_id FROM sessions ORDER BY 1").get("rows").findValuesAsText("session_id"))
                .containsExactly("s1", "s2");
    }

    @Test
    void asksEveryKeptQuestionThatNeedsNoParameter() throws Exception {
        try (Stream<Path> questions = Files.list(dir.resolve("sql/query"))) {
            for (Path question : questions.sorted().toList()) {
                Reader.Answered answered = reader.ask("sql", "--file", question.toString());

                assertThat(answered.code()).as("%s: %s", question, answered).isLessThan(2);
            }
        }
    }

    @Test
    void aLongTextIsNoTrouble() {
        String text = "it''s ".repeat(100_000);

        assertThat(reader.ask("sql", "SELECT length('" + text + "') AS n /* " + "*".repeat(100_000) + " */").code()).isZero();
        assertThat(reader.ask("sql", "SELECT '" + text).code()).isEqualTo(2);
    }

    @Test
    void aMistakeIsASentenceWithNothingThatATerminalObeys() {
        Reader.Answered answered = reader.ask("sql", "SELECT * FROM \"a\u001b[31m\u009b2J\"");

        assertThat(answered.code()).isEqualTo(2);
        assertThat(answered.err()).contains("no such table").doesNotContain("\u001b", "\u009b");
    }

    @Test
    void aFileThatIsNotThereIsASentence() {
        Reader.Answered answered = reader.ask("sql", "--file", "nowhere.sql");

        assertThat(answered.code()).isNotZero();
        assertThat(answered.err()).contains("nowhere.sql: it does not exist").doesNotContain("\tat ");
    }

    /** The names of all files, with what they hold. */
    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(dir)) {
            for (Path path : paths.toList()) {
                files.put(path.toString(), Files.isDirectory(path) ? "" : Base64.getEncoder().encodeToString(Files.readAllBytes(path)));
            }
        }
        return files;
    }
}
