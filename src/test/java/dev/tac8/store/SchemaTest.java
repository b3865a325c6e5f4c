package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.tac8.Home;
import dev.tac8.Tables;
import dev.tac8.Versions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

class SchemaTest {
    /** What an analyst may lay into a store. */
    private static final String BESIDE = """
            CREATE TABLE notes (a TEXT UNIQUE, worker TEXT REFERENCES workers(worker_id));
            CREATE TABLE \"odd \u0027 name\" (a);
            CREATE UNIQUE INDEX one_note ON notes (a, worker);
            CREATE INDEX calls_by_model ON api_calls (model);
            CREATE VIEW costs AS SELECT * FROM api_calls;
            CREATE TRIGGER note AFTER INSERT ON notes BEGIN SELECT 1; END;
            CREATE TRIGGER cost INSTEAD OF INSERT ON costs BEGIN SELECT 1; END;
            """;
    /** The tables and indexes that were asked for, word for word. */
    private static final String SEED = """
            CREATE TABLE sessions (
                session_id TEXT PRIMARY KEY,
                started_at TIMESTAMP NOT NULL,
                ended_at TIMESTAMP,
                git_commit TEXT,
                exit_reason TEXT,            -- 'normal', 'error', 'signal'
                config JSON                  -- Key settings snapshot
            );
            CREATE TABLE tasks (
                task_id TEXT PRIMARY KEY,    -- 'gh-450'
                session_id TEXT NOT NULL,
                issue_number INTEGER,
                title TEXT,
                detected_at TIMESTAMP NOT NULL,
                started_at TIMESTAMP,
                completed_at TIMESTAMP,
                failed_at TIMESTAMP,
                status TEXT NOT NULL,        -- 'detected', 'active', 'completed', 'failed'
                pr_number INTEGER,
                FOREIGN KEY (session_id) REFERENCES sessions(session_id)
            );
            CREATE TABLE workers (
                worker_id TEXT PRIMARY KEY,   -- 'w-abc123'
                session_id TEXT NOT NULL,
                task_id TEXT NOT NULL,
                spawned_at TIMESTAMP NOT NULL,
                completed_at TIMESTAMP,
                pid INTEGER,
                status TEXT NOT NULL,         -- 'spawned', 'completed', 'failed'
                exit_code INTEGER,
                log_file TEXT,                -- Path to JSONL conversation log
                FOREIGN KEY (session_id) REFERENCES sessions(session_id),
                FOREIGN KEY (task_id) REFERENCES tasks(task_id)
            );
            CREATE TABLE events (
                event_id INTEGER PRIMARY KEY AUTOINCREMENT,
                session_id TEXT NOT NULL,
                timestamp TIMESTAMP NOT NULL,
                event_type TEXT NOT NULL,    -- 'trigger', 'decision', 'error', 'worktree', etc.
                context_type TEXT,           -- 'task', 'worker', 'coordinator'
                context_id TEXT,             -- ID of related object
                severity TEXT,               -- 'debug', 'info', 'warning', 'error'
                message TEXT NOT NULL,
                details JSON,                -- Structured data
                FOREIGN KEY (session_id) REFERENCES sessions(session_id)
            );
            CREATE INDEX idx_events_session ON events(session_id, timestamp);
            CREATE INDEX idx_events_type ON events(event_type, timestamp);
            CREATE INDEX idx_events_severity ON events(severity, timestamp);
            CREATE TABLE api_calls (
                call_id INTEGER PRIMARY KEY AUTOINCREMENT,
                worker_id TEXT NOT NULL,
                timestamp TIMESTAMP NOT NULL,
                model TEXT NOT NULL,
                tokens_input INTEGER,
                tokens_output INTEGER,
                tokens_total INTEGER,
                estimated_cost_usd REAL,
                duration_ms REAL,
                success BOOLEAN,
                FOREIGN KEY (worker_id) REFERENCES workers(worker_id)
            );
            CREATE INDEX idx_api_calls_timestamp ON api_calls(timestamp);
            CREATE INDEX idx_api_calls_worker ON api_calls(worker_id);
            """;
    /** What the first version had behind these. The later ones add what {@code sql/upgrade} says. */
    private static final Map<String, List<String>> FIRST_OWN_COLUMNS = Map.of(
            "sessions", List.of(), "tasks", List.of(), "workers", List.of(),
            "events", List.of("record_id TEXT NOT NULL"),
            "api_calls", List.of("record_id TEXT NOT NULL", "cache_read_tokens INTEGER", "cache_write_5m_tokens INTEGER",
                    "cache_write_1h_tokens INTEGER", "cost_source TEXT"));
    /** What a later version may add. */
    private static final String REVIEWS = """
            -- What reviewers said; as they said it.
            CREATE TABLE reviews (
                review_id INTEGER PRIMARY KEY AUTOINCREMENT,
                task_id TEXT NOT NULL,       -- what it is about; never null
                timestamp TIMESTAMP NOT NULL,
                reason TEXT,
                record_id TEXT NOT NULL UNIQUE,
                FOREIGN KEY (task_id) REFERENCES tasks(task_id)
            );
            CREATE INDEX idx_reviews_task ON reviews(task_id);
            """;
    private static final Path SQL = Path.of("sql").toAbsolutePath();

    @TempDir
    private Path dir;

    @Test
    void hasTheColumnsThatWereAskedForInTheirOrderAndItsOwnBehindThem() throws Exception {
        try (Connection seed = seed(); Connection ours = ours()) {
            for (String table : FIRST_OWN_COLUMNS.keySet()) {
                List<String> expected = new ArrayList<>(columns(seed, table));
                expected.addAll(FIRST_OWN_COLUMNS.get(table));
                Versions.ADDED.stream().filter(column -> column.table().equals(table)).map(column -> column.name() + " " + column.type()).forEach(expected::add);

                assertThat(columns(ours, table)).as(table).isEqualTo(expected).hasSizeGreaterThan(5);
            }
        }
    }

    @Test
    void hasFiveTablesAndNoSixth() throws Exception {
        try (Connection ours = ours()) {
            assertThat(query(ours, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"))
                    .containsExactlyInAnyOrder("sessions", "tasks", "workers", "events", "api_calls").containsExactlyInAnyOrderElementsOf(Home.TABLES);
            assertThat(query(ours, "SELECT name FROM sqlite_schema WHERE type IN ('view', 'trigger')")).isEmpty();
        }
    }

    @Test
    void hasTheForeignKeysThatWereAskedForAndNoOther() throws Exception {
        try (Connection seed = seed(); Connection ours = ours()) {
            for (String table : FIRST_OWN_COLUMNS.keySet()) {
                String keys = "SELECT \"from\", \"table\", \"to\", on_delete, on_update FROM pragma_foreign_key_list('" + table
                        + "') ORDER BY 1";

                assertThat(query(ours, keys)).as(table).isEqualTo(query(seed, keys));
            }
        }
    }

    @Test
    void hasTheIndexesThatWereAskedForWithItsOwnColumnsBehindTheirsAndSevenMore() throws Exception {
        try (Connection seed = seed(); Connection ours = ours()) {
            Map<String, String> expected = indexes(seed);
            assertThat(expected).hasSize(5);
            expected.put("idx_events_context", "events(context_id, timestamp)");
            // And what agents say of which session, which is no column.
            expected.put("idx_events_agent_session", "events(event_type)");
            expected.put("idx_tasks_session", "tasks(session_id)");
            expected.put("idx_workers_session", "workers(session_id)");
            expected.put("idx_workers_task", "workers(task_id)");
            assertThat(expected.get("idx_api_calls_worker")).isEqualTo("api_calls(worker_id)");
            expected.put("idx_api_calls_worker", "api_calls(worker_id, own_task_id, own_session_id)");
            expected.put("idx_api_calls_task", "api_calls(own_task_id)");
            expected.put("idx_api_calls_session", "api_calls(own_session_id)");

            assertThat(indexes(ours)).isEqualTo(expected);
        }
    }

    @Test
    void letsOneRecordIdInOnce() throws Exception {
        try (Connection ours = ours()) {
            for (String table : Tables.OF_RECORDS) {
                assertThat(query(ours, "SELECT c.name FROM pragma_index_list('" + table + "') i JOIN pragma_index_info(i.name) c"
                        + " WHERE i.\"unique\" AND i.origin = 'u'")).as(table).containsExactly("record_id");
            }
        }
    }

    @Test
    void answersTheQueriesThatWereAskedForWordForWord() throws Exception {
        LocalDate before;
        do {
            before = LocalDate.now(ZoneOffset.UTC);
            try (Home home = new Home(dir.resolve("home-" + before))) {
                home.drop("a.jsonl", records(before));
                home.drain();
                if (before.equals(LocalDate.now(ZoneOffset.UTC))) {
                    checkQueries(home, before);
                }
            }
            // `date('now')` has another answer after midnight.
        } while (!before.equals(LocalDate.now(ZoneOffset.UTC)));
    }

    @Test
    void answersEachQuestionByTheIndexThatIsThereForIt() throws Exception {
        Map<String, String> questions = new TreeMap<>(Map.of(
                "idx_api_calls_task", "SELECT * FROM api_calls WHERE own_task_id = 'gh-450'",
                "idx_events_session", "SELECT * FROM events WHERE session_id = 's1' ORDER BY timestamp",
                "idx_events_type", "SELECT * FROM events WHERE event_type = 'decision' AND timestamp >= '2026-11-22' ORDER BY timestamp",
                "idx_events_severity", "SELECT * FROM events WHERE severity = 'error' AND timestamp >= '2026-11-22' ORDER BY timestamp",
                "idx_events_context", "SELECT * FROM events WHERE context_id = 'gh-450' ORDER BY timestamp",
                "idx_api_calls_timestamp",
                "SELECT sum(estimated_cost_usd) FROM api_calls WHERE timestamp >= '2026-11-22' AND timestamp < '2026-11-23'",
                "idx_api_calls_worker", "SELECT * FROM api_calls WHERE worker_id = 'w-1'",
                "idx_tasks_session", "SELECT * FROM tasks WHERE session_id = 's1'",
                "idx_workers_session", "SELECT * FROM workers WHERE session_id = 's1'"));
        questions.put("idx_events_agent_session", "SELECT * FROM events WHERE event_type = 'agent_total'"
                + " AND iif(json_valid(details), json_extract(details, '$.agent_session'), NULL) = 's1'");
        questions.put("idx_workers_task", "SELECT * FROM workers WHERE task_id = 'gh-450'");
        questions.put("idx_api_calls_session", "SELECT * FROM api_calls WHERE own_session_id = 's1'");
        try (Connection ours = ours()) {
            for (Map.Entry<String, String> question : questions.entrySet()) {
                String plan = plan(ours, question.getValue());

                assertThat(plan).as(question.getValue()).contains("INDEX " + question.getKey()).doesNotContain("SCAN", "TEMP B-TREE");
            }
            assertThat(questions.keySet()).isEqualTo(indexes(ours).keySet());
        }
    }

    @Test
    void answersTheQueriesThatWereAskedForWithoutReadingAllCallsForATask() throws Exception {
        try (Connection ours = ours()) {
            assertThat(plan(ours, """
                    SELECT
                      w.worker_id, w.spawned_at, w.completed_at, w.log_file,
                      COUNT(ac.call_id) as api_calls,
                      SUM(ac.tokens_total) as total_tokens
                    FROM workers w
                    LEFT JOIN api_calls ac ON ac.worker_id = w.worker_id
                    WHERE w.task_id = 'gh-450'
                    GROUP BY w.worker_id""")).contains("idx_workers_task", "idx_api_calls_worker").doesNotContain("SCAN");
        }
    }

    @Test
    void seesThatNothingHangsOnAParentByIndexesAlone() throws Exception {
        try (Connection ours = ours()) {
            assertThat(plan(ours, TableStatements.read(SQL).of(Files.readString(SQL.resolve("ingest/remove-unknown-session.sql")))))
                    .contains("idx_tasks_session", "idx_workers_session", "idx_events_session").doesNotContain("SCAN workers", "SCAN events");
            assertThat(plan(ours, TableStatements.read(SQL).of(Files.readString(SQL.resolve("ingest/remove-unknown-task.sql"))))).contains("idx_workers_task");
        }
    }

    @Test
    void storesDetailsAndConfigAsJsonThatSqliteReadsHoweverHostile() throws Exception {
        List<String> hostile = List.of("{}", "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}", "{\"a'b\":\"it's; DROP TABLE events; --\"}",
                "{\"\":{\"\":[]}}", "{\"a\":1,\"a\":2}", "{\"n\":1e-400}", "{\"n\":1E+999}", "{\"n\":-0.0}",
                "{\"n\":123456789012345678901234567890}", "{\"s\":\"\\ud83d\\ude00\\uffff\"}", "{\"s\":\"\u2028\u0085\u007f\"}",
                "{\"s\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "{\"t\":[true,false,null]}", "{\"__proto__\":{\"$\":\"[0]\"}}",
                "{\"a\":".repeat(900) + "1" + "}".repeat(900));
        List<String> lines = new ArrayList<>();
        for (String json : hostile) {
            lines.add("{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"event_type\":\"e\",\"message\":\"m\","
                    + "\"details\":" + json + "}");
            lines.add("{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"c" + lines.size() + "\","
                    + "\"status\":\"started\",\"config\":" + json + "}");
        }
        try (Home home = new Home(dir)) {
            home.drop("a.jsonl", lines);
            home.drain();

            assertThat(home.quarantined()).isEmpty();
            assertThat(home.query("SELECT count(*), sum(json_valid(details)), sum(json_type(details) = 'object') FROM events"))
                    .containsExactly(hostile.size() + "|" + hostile.size() + "|" + hostile.size());
            assertThat(home.query("SELECT count(*) FROM sessions WHERE json_valid(config)")).containsExactly("" + hostile.size());
            assertThat(home.query("SELECT json_extract(details, '$.a') FROM events WHERE details = '{\"a\":2}'")).containsExactly("2");
            home.assertSound();
        }
    }

    @Test
    void createsTheTablesInAnEmptyDatabase() throws Exception {
        Files.createFile(dir.resolve("logs.db"));
        try (Store store = store()) {
            store.check();
        }
        assertThat(tables()).containsExactlyInAnyOrderElementsOf(Home.TABLES);
    }

    @Test
    void addsAMissingIndexWhenItOpensTheDatabaseAgain() throws Exception {
        try (Store store = store()) {
            store.check();
        }
        execute("DROP INDEX idx_events_context");
        try (Store store = store()) {
            store.check();
        }
        try (Connection database = database(); Connection ours = ours()) {
            assertThat(indexes(database)).isEqualTo(indexes(ours));
        }
    }

    @Test
    void anUpgradeThatBreaksOffLeavesTheDatabaseAsItWas() throws Exception {
        try (Store store = store()) {
            store.check();
        }
        Versions.first(dir.resolve("logs.db"));
        List<String> before = schema();
        Path sql = dir.resolve("sql");
        FileSystemUtils.copyRecursively(SQL, sql);
        Path upgrade = sql.resolve("upgrade/0001-whose-call.sql");
        Files.writeString(upgrade, Files.readString(upgrade) + "CREATE INDEX nowhere ON nowhere (a);\n");

        try (Store store = new Store("external", dir, volume(), 1, sql)) {
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class).hasMessageContaining("no such table: main.nowhere");
        }
        assertThat(schema()).isEqualTo(before);
        try (Store store = store()) {
            store.check();
        }
        try (Connection database = database(); Connection ours = ours()) {
            for (String table : Home.TABLES) {
                assertThat(columns(database, table)).isEqualTo(columns(ours, table));
            }
            assertThat(indexes(database)).isEqualTo(indexes(ours));
        }
    }

    @Test
    void anOlderDatabaseGetsTheTableAndTheColumnsThatLaterVersionsAdd() throws Exception {
        storeOnce(SQL);
        Versions.first(dir.resolve("logs.db"));
        Path later = later(REVIEWS, "ALTER TABLE reviews ADD COLUMN certainty REAL;\n");

        storeOnce(later);
        List<String> upgraded = schema();
        storeOnce(later);

        assertThat(schema()).isEqualTo(upgraded);
        try (Connection database = database(); Connection fresh = memory(later)) {
            assertThat(query(database, "PRAGMA user_version")).containsExactly("" + SchemaVersion.of(later).ours());
            assertThat(columns(database, "reviews")).isEqualTo(columns(fresh, "reviews")).contains("certainty REAL");
            assertThat(indexes(database)).isEqualTo(indexes(fresh)).containsKeys("idx_reviews_task", "idx_reviews_timestamp");
        }
        try (Store older = store()) {
            assertThatThrownBy(older::check).isInstanceOf(RefusedException.class).hasMessageContaining("was made by a newer tac8")
                    .hasMessageNotContaining("\n");
        }
        assertThat(schema()).isEqualTo(upgraded);
    }

    @Test
    void anUpgradeThatDoesNotMakeTheTablesOfTheSchemaLeavesTheDatabaseAsItWas() throws Exception {
        storeOnce(SQL);
        List<String> before = schema();
        for (String script : List.of(REVIEWS.replace("    reason TEXT,\n", ""), REVIEWS.replace("reason TEXT", "reason TEXT, more TEXT"))) {
            Path later = later(script, "ALTER TABLE reviews ADD COLUMN certainty REAL;");

            try (Store store = new Store("external", dir, volume(), 1, later)) {
                assertThatThrownBy(store::check).isInstanceOf(StoreException.class).isNotInstanceOf(RefusedException.class)
                        .hasMessageContaining("logs.db was made by an older tac8 and stays as it is: sql/upgrade does not make of it what sql/schema.sql says, but ")
                        .hasMessageEndingWith(script.contains("more") ? "adds column reviews.more TEXT" : "leaves out column reviews.reason TEXT");
            }
            assertThat(schema()).isEqualTo(before);
        }
        storeOnce(SQL);
    }

    @Test
    void aTableOfSomebodyElseIsNotTakenForTheOneThatALaterVersionAdds() throws Exception {
        storeOnce(SQL);
        execute("CREATE TABLE reviews (stars INTEGER)");
        Path later = later(REVIEWS, "ALTER TABLE reviews ADD COLUMN certainty REAL;");

        try (Store store = new Store("external", dir, volume(), 1, later)) {
            assertThatThrownBy(store::check).isInstanceOf(StoreException.class).isNotInstanceOf(RefusedException.class)
                    .hasMessageContaining("logs.db has a table reviews that tac8 did not make").hasMessageEndingWith(": ALTER TABLE reviews RENAME TO other_reviews");
            execute("ALTER TABLE reviews RENAME TO other_reviews");
            store.check();
        }
        storeOnce(later);
    }

    /** The statements of a tac8 that has one table more, and later a column of it, by the scripts that bring older databases up. */
    private Path later(String... scripts) throws Exception {
        Path sql = Files.createTempDirectory(dir, "sql").resolve("sql");
        FileSystemUtils.copyRecursively(SQL, sql);
        Files.writeString(sql.resolve("schema.sql"), Files.readString(sql.resolve("schema.sql"))
                + REVIEWS.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS").replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS")
                        .replace("UNIQUE,", "UNIQUE,\n    certainty REAL,")
                + "CREATE INDEX IF NOT EXISTS idx_reviews_timestamp ON reviews(timestamp);");
        int version = Versions.OURS;
        for (String script : scripts) {
            Files.writeString(sql.resolve(String.format("upgrade/%04d-more.sql", ++version)), script);
        }
        return sql;
    }

    private void storeOnce(Path sql) throws SQLException, IOException {
        try (Store store = new Store("external", dir, volume(), 1, sql)) {
            store.check();
        }
    }

    @Test
    void aScriptThatUpgradesIsThereForEachVersion() throws Exception {
        try (Stream<Path> scripts = Files.list(SQL.resolve("upgrade"))) {
            assertThat(scripts.map(script -> script.getFileName().toString().substring(0, 4)).sorted())
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, SchemaVersion.of(SQL).ours()).mapToObj(i -> String.format("%04d", i)).toList());
        }
    }

    @Test
    void refusesADatabaseThatLacksAColumnInOneSentence() throws Exception {
        assertRefused("ALTER TABLE api_calls DROP COLUMN cost_source", "it lacks column api_calls.cost_source TEXT");
    }

    @Test
    void refusesADatabaseWithAColumnOfAnotherTypeInOneSentence() throws Exception {
        assertRefused("ALTER TABLE sessions DROP COLUMN config; ALTER TABLE sessions ADD COLUMN config BLOB",
                "it lacks column sessions.config JSON");
    }

    @Test
    void takesADatabaseInWhichSomebodyHasLaidSomethingBesideItsTables() throws Exception {
        try (Store store = store()) {
            store.check();
        }
        execute(BESIDE);
        List<String> before = schema();

        try (Store store = store()) {
            store.check();
        }

        assertThat(schema()).isEqualTo(before);
    }

    @Test
    void refusesADatabaseWithAColumnMore() throws Exception {
        assertRefused("ALTER TABLE events ADD COLUMN note TEXT", "it has column events.note TEXT");
    }

    @Test
    void refusesADatabaseOfSomebodyElse() throws Exception {
        execute("CREATE TABLE other (a TEXT)");

        assertThatThrownBy(() -> store().check()).isInstanceOf(RefusedException.class).hasMessageContaining("it lacks column api_calls.");
    }

    @Test
    void writesNothingWhereSomethingElseActsOnItsRowsAndSaysHowToEndThat() throws Exception {
        for (String change : List.of("TRIGGER \"t\u001b[2J\" BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END",
                "UNIQUE INDEX \"t\u001b[2J\" ON events (message)")) {
            try (Store store = store()) {
                store.check();
            }
            execute("CREATE " + change);
            String kind = change.startsWith("T") ? "TRIGGER" : "INDEX";

            try (Store store = store()) {
                assertThatThrownBy(store::check).isInstanceOf(StoreException.class).isNotInstanceOf(RefusedException.class)
                        .hasMessageStartingWith(dir.resolve("logs.db") + " has the " + change.replaceAll(" \"t.*", "").toLowerCase(Locale.ROOT)
                                + " t\\u001b[2J on events, which may change or refuse what is stored")
                        .hasMessageEndingWith(": DROP " + kind + " \"t\\u001b[2J\"");
                execute("DROP " + kind + " \"t\u001b[2J\"");
                store.check();
            }
        }
    }

    @Test
    void refusesADatabaseThatLacksAForeignKey() throws Exception {
        assertRefused("DROP TABLE workers; CREATE TABLE workers (worker_id TEXT PRIMARY KEY, session_id TEXT NOT NULL, task_id TEXT NOT NULL,"
                + " spawned_at TIMESTAMP NOT NULL, completed_at TIMESTAMP, pid INTEGER, status TEXT NOT NULL, exit_code INTEGER, log_file TEXT,"
                + " FOREIGN KEY (session_id) REFERENCES sessions(session_id))", "it lacks foreign key workers.task_id to tasks.task_id");
    }

    @Test
    void refusesTablesThatLackTheColumnsAtTheEnd() throws Exception {
        execute(SEED);

        assertThatThrownBy(() -> store().check()).isInstanceOf(RefusedException.class).hasMessageContaining("it lacks column api_calls.");
    }

    private void assertRefused(String change, String reason) throws Exception {
        try (Store store = store()) {
            store.check();
        }
        execute(change);
        List<String> before = schema();

        try (Store store = store()) {
            assertThatThrownBy(store::check).isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith(dir.resolve("logs.db") + " is not a database of this tac8 (" + reason)
                    .hasMessageNotContaining("\n");
        }
        assertThat(schema()).isEqualTo(before);
    }

    private static void checkQueries(Home home, LocalDate today) {
        assertThat(home.query("""
                SELECT SUM(estimated_cost_usd) FROM api_calls
                WHERE date(timestamp) = date('now');
                """)).containsExactly("0.875");
        assertThat(home.query("""
                SELECT t.task_id, t.title, SUM(ac.estimated_cost_usd) as cost
                FROM tasks t
                JOIN workers w ON w.task_id = t.task_id
                JOIN api_calls ac ON ac.worker_id = w.worker_id
                GROUP BY t.task_id;
                """)).containsExactly("gh-450|Fix login|2.75", "gh-451|null|0.125", "unknown|null|64.0");
        assertThat(home.query("""
                SELECT * FROM tasks WHERE status = 'active';
                """)).containsExactly("gh-451|s1|451|null|" + today + "T00:00:04.000Z|" + today + "T00:00:04.000Z|null|null|active|null");
        assertThat(home.query("""
                SELECT * FROM tasks
                WHERE status = 'completed' AND date(completed_at) = date('now');
                """)).containsExactly("gh-450|s1|450|Fix login|" + today.minusDays(1) + "T23:00:00.000Z|" + today.minusDays(1)
                + "T23:30:00.000Z|" + today + "T00:45:00.000Z|null|completed|496");
        assertThat(home.query("""
                SELECT task_id,
                       (julianday(completed_at) - julianday(started_at)) * 24 * 60 as minutes
                FROM tasks WHERE completed_at IS NOT NULL;
                """)).hasSize(1).first().asString().satisfies(row -> {
                    assertThat(row).startsWith("gh-450|");
                    assertThat(Double.parseDouble(row.substring(7))).isCloseTo(75, offset(0.001));
                });
        assertThat(home.query("""
                SELECT * FROM events
                WHERE context_id = 'gh-450'
                ORDER BY timestamp;
                """)).hasSize(2).satisfies(rows -> {
                    assertThat(rows.get(0)).contains("|worktree_op|null|gh-450|info|Created worktree|{\"branch\":\"auto/w-1\"}|");
                    assertThat(rows.get(1)).contains("|decision|worktree|gh-450|info|Preserved worktree|null|");
                });
        assertThat(home.query("""
                SELECT
                  w.worker_id, w.spawned_at, w.completed_at, w.log_file,
                  COUNT(ac.call_id) as api_calls,
                  SUM(ac.tokens_total) as total_tokens
                FROM workers w
                LEFT JOIN api_calls ac ON ac.worker_id = w.worker_id
                WHERE w.task_id = 'gh-450'
                GROUP BY w.worker_id;
                """)).containsExactly(
                        "w-1|" + today.minusDays(1) + "T23:30:00.000Z|" + today + "T00:40:00.000Z|logs/gh-450.jsonl|3|7500",
                        "w-2|" + today + "T00:00:05.000Z|null|null|0|null");
        assertThat(home.query("SELECT log_file FROM workers WHERE worker_id = 'w-1'")).containsExactly("logs/gh-450.jsonl");
    }

    /** Yesterday's call costs 2, today's 0.5, 0.125 (of another task) and 0.25. */
    private static List<String> records(LocalDate today) {
        LocalDate yesterday = today.minusDays(1);
        return List.of(
                record("session", yesterday + "T22:00:00Z", "'session_id':'s1','status':'started','config':{'poll':30}"),
                record("task", yesterday + "T23:00:00Z",
                        "'session_id':'s1','task_id':'gh-450','status':'detected','issue_number':450,'title':'Fix login'"),
                record("task", yesterday + "T23:30:00Z", "'session_id':'s1','task_id':'gh-450','status':'active'"),
                record("task", today + "T00:45:00Z", "'session_id':'s1','task_id':'gh-450','status':'completed','pr_number':496"),
                record("task", today + "T00:00:04Z", "'session_id':'s1','task_id':'gh-451','status':'active','issue_number':451"),
                record("worker", yesterday + "T23:30:00Z",
                        "'session_id':'s1','worker_id':'w-1','task_id':'gh-450','status':'spawned','log_file':'logs/gh-450.jsonl'"),
                record("worker", today + "T00:40:00Z", "'session_id':'s1','worker_id':'w-1','task_id':'gh-450','status':'completed'"),
                record("worker", today + "T00:00:05Z", "'session_id':'s1','worker_id':'w-2','task_id':'gh-450','status':'spawned'"),
                record("worker", today + "T00:00:06Z", "'session_id':'s1','worker_id':'w-3','task_id':'gh-451','status':'spawned'"),
                record("api_call", yesterday + "T23:59:59.999Z",
                        "'worker_id':'w-1','model':'m','tokens_input':5000,'tokens_output':2000,'estimated_cost_usd':2"),
                record("api_call", today + "T00:00:00Z", "'worker_id':'w-1','model':'m','tokens_total':500,'estimated_cost_usd':0.5"),
                record("api_call", today + "T00:00:07Z", "'worker_id':'w-3','model':'m','tokens_total':9,'estimated_cost_usd':0.125"),
                record("api_call", today + "T01:00:08+01:00", "'worker_id':'w-1','model':'m','estimated_cost_usd':0.25"),
                record("api_call", today.plusDays(1) + "T00:00:00Z", "'worker_id':'w-9','model':'m','estimated_cost_usd':64"),
                record("event", today + "T00:00:02Z", "'session_id':'s1','event_type':'decision','message':'Preserved worktree',"
                        + "'context_type':'worktree','context_id':'gh-450'"),
                record("event", today + "T00:00:01Z", "'session_id':'s1','event_type':'worktree_op','message':'Created worktree',"
                        + "'context_id':'gh-450','details':{'branch':'auto/w-1'}"),
                record("event", today + "T00:00:03Z", "'session_id':'s1','event_type':'error','message':'e','context_id':'gh-451'"));
    }

    private static String record(String type, String timestamp, String fields) {
        return ("{'type':'" + type + "','timestamp':'" + timestamp + "'," + fields + "}").replace('\'', '"');
    }

    /** A store in this test's folder, on a volume of its own. */
    private Store store() throws SQLException, IOException {
        return new Store("external", dir, volume(), 1, SQL);
    }

    private Volume volume() throws SQLException, IOException {
        Volume volume = new Volume(dir, dir.resolve("memory"));
        volume.remember(volume.mark());
        return volume;
    }

    private Connection database() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("logs.db"));
    }

    private void execute(String statements) throws SQLException {
        try (Connection database = database()) {
            execute(database, statements);
        }
    }

    private List<String> schema() throws SQLException {
        try (Connection database = database()) {
            return query(database, "SELECT type, name, sql FROM sqlite_schema ORDER BY name");
        }
    }

    private List<String> tables() throws SQLException {
        try (Connection database = database()) {
            return query(database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        }
    }

    private static Connection seed() throws SQLException {
        Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:");
        execute(memory, SEED);
        return memory;
    }

    private static Connection ours() throws SQLException, IOException {
        return memory(SQL);
    }

    private static Connection memory(Path sql) throws SQLException, IOException {
        Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:");
        execute(memory, Files.readString(sql.resolve("schema.sql")));
        return memory;
    }

    private static void execute(Connection connection, String statements) throws SQLException {
        for (String sql : statements.replaceAll("--[^\n]*", "").split(";(?!\\s*END)")) {
            if (!sql.isBlank()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql);
                }
            }
        }
    }

    private static List<String> columns(Connection connection, String table) throws SQLException {
        return query(connection, "SELECT name || ' ' || type || iif(\"notnull\", ' NOT NULL', '') || iif(pk, ' PRIMARY KEY', '')"
                + " || ifnull(' DEFAULT ' || dflt_value, '') || iif(hidden, ' hidden', '')"
                + " FROM pragma_table_xinfo('" + table + "') ORDER BY cid");
    }

    private static Map<String, String> indexes(Connection connection) throws SQLException {
        Map<String, String> indexes = new TreeMap<>();
        for (String row : query(connection, "SELECT name, tbl_name || '(' || (SELECT group_concat(name, ', ') FROM"
                + " (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')'"
                + " FROM sqlite_schema i WHERE type = 'index' AND sql IS NOT NULL")) {
            indexes.put(row.substring(0, row.indexOf('|')), row.substring(row.indexOf('|') + 1));
        }
        return indexes;
    }

    private static String plan(Connection connection, String sql) throws SQLException {
        List<String> steps = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
            while (rows.next()) {
                steps.add(rows.getString("detail"));
            }
        }
        return String.join("\n", steps);
    }

    private static List<String> query(Connection connection, String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    values.add(String.valueOf(rows.getString(i)));
                }
                lines.add(String.join("|", values));
            }
        }
        return lines;
    }
}
