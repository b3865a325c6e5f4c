package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.Tables;
import dev.tac8.files.OwnFolder;
import dev.tac8.fault.Corpus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** However records lie in the two stores, as an outage or a half-done failback leaves them, the answer is the same. */
class BothStoresTest {
    private static final int RECORDS = 400;

    @TempDir
    private static Path made;
    private static Reader one;
    private static Path external;
    private static Path local;

    @TempDir
    private Path dir;
    private Home home;
    private Reader both;

    /** One home that holds all records; and two whose stores hold some each, and some both. */
    @BeforeAll
    static void ingest() throws Exception {
        Random random = Corpus.random(BothStoresTest.class);
        List<Map<String, Object>> records = withoutOtherContents(Corpus.records(random, RECORDS, true));
        List<Map<String, Object>> here = new ArrayList<>();
        List<Map<String, Object>> there = new ArrayList<>();
        for (Map<String, Object> record : records) {
            int where = random.nextInt(3);
            if (where != 0) {
                here.add(record);
            }
            if (where != 1) {
                there.add(record);
            }
        }
        ingest("whole", records);
        external = ingest("external", here);
        local = ingest("local", there);
        one = new Reader(made.resolve("whole"));
    }

    @BeforeEach
    void lay() throws IOException {
        home = new Home(dir);
        copy(external, "var/external");
        copy(local, "var/local");
        Files.createDirectories(dir.resolve("var/spool"));
        both = new Reader(dir);
    }

    @ParameterizedTest
    @FieldSource("dev.tac8.Home#TABLES")
    void aViewHasTheRowsThatIngestWouldHaveMade(String table) {
        // The stand-ins are no records: they come and go.
        String row = String.join(" || '|' || ", Tables.COLUMNS.get(table).stream().map(column -> "typeof(" + column + ") || ':' || quote(" + column + ")").toList());
        String sql = "SELECT " + row + " AS row FROM " + table + " WHERE " + Tables.key(table) + " <> 'unknown' ORDER BY 1";

        List<String> rows = both.json("sql", sql).get("rows").findValuesAsText("row");

        assertThat(rows).isEqualTo(one.json("sql", sql).get("rows").findValuesAsText("row")).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @FieldSource("dev.tac8.Home#TABLES")
    void columnsAreKnownByNameAlsoIfAStoreHasThemInAnotherOrderOrOneMore(String table) throws Exception {
        // One that may be null, and that no index has.
        String column = Home.query(dir.resolve("var/external/logs.db"), "SELECT p.name FROM pragma_table_info('" + table + "') AS p WHERE NOT \"notnull\" AND NOT pk"
                + " AND name NOT IN (SELECT c.name FROM pragma_index_list('" + table + "') i JOIN pragma_index_info(i.name) c WHERE c.name IS NOT NULL)"
                + " AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'index' AND tbl_name = '" + table + "' AND instr(sqlite_master.sql, p.name)) ORDER BY cid DESC").get(0);
        for (String store : List.of("external", "local")) {
            alter(store, "ALTER TABLE " + table + " RENAME COLUMN " + column + " TO former", "ALTER TABLE " + table + " ADD COLUMN " + column,
                    "UPDATE " + table + " SET " + column + " = former", "ALTER TABLE " + table + " DROP COLUMN former",
                    "ALTER TABLE " + table + " ADD COLUMN \"a note\"");
            aViewHasTheRowsThatIngestWouldHaveMade(table);
        }
        alter("external", "ALTER TABLE " + table + " DROP COLUMN \"a note\"");
        aViewHasTheRowsThatIngestWouldHaveMade(table);
    }

    @Test
    void whatHappenedAtTheSameTimeIsToldInTheSameOrderWhereverItLies() throws Exception {
        for (String id : List.of("a", "b")) {
            List<Map<String, Object>> records = new ArrayList<>(List.of(Map.of("type", "task", "timestamp", "2026-11-22T10:00:00Z", "session_id", "s",
                    "task_id", "gh-9", "status", "detected")));
            // The numbers that each store gives its rows do not follow the ids of the records.
            for (String event : id.equals("a") ? List.of("p1", "p2", "a") : List.of("b")) {
                records.add(Map.of("type", "event", "id", event, "timestamp", "2026-11-22T10:00:00Z", "session_id", "s", "event_type", "error",
                        "context_type", "task", "context_id", "gh-9", "message", "event " + event));
            }
            Path database = ingest("tie-" + id, records);
            Files.copy(database, dir.resolve(id.equals("a") ? "var/external/logs.db" : "var/local/logs.db"), StandardCopyOption.REPLACE_EXISTING);
        }

        assertThat(both.ask("why", "gh-9", "--csv").out().lines().filter(line -> line.contains("event ")).map(line -> line.replaceFirst(".*(event \\w+).*", "$1")))
                .containsExactly("event a", "event b", "event p1", "event p2");
    }

    @Test
    void rowsJoinByTheRuleOfIngestWhichStandsInOneFile() {
        String starts = "SELECT session_id, started_at FROM sessions ORDER BY 1";
        List<String> before = both.json("sql", starts).get("rows").findValuesAsText("started_at");

        home.edit("sql/ingest/join-sessions.sql", "min(started_at)", "max(started_at)");

        List<String> after = both.json("sql", starts).get("rows").findValuesAsText("started_at");
        assertThat(after).hasSameSizeAs(before).isNotEqualTo(before);
        for (int i = 0; i < before.size(); i++) {
            assertThat(after.get(i)).isGreaterThanOrEqualTo(before.get(i));
        }
    }

    @Test
    void aRuleThatIsMissingIsOneSentence() {
        home.edit("sql/ingest/join-tasks.sql", "\nON CONFLICT", "\n    ON CONFLICT");

        Reader.Answered answered = both.ask("tasks");

        assertThat(answered.code()).isEqualTo(2);
        assertThat(answered.err()).startsWith("tac8: ").contains("sql/ingest/join-tasks.sql does not say by which rule rows join: ").hasLineCount(1);
    }

    @Test
    void everyCommandAnswersTheSame() {
        List<List<String>> questions = new ArrayList<>(List.of(List.of("cost"), List.of("tasks"), List.of("sessions"), List.of("events"),
                List.of("cost", "--since", "2026-11-22T10:00:03Z", "--until", "2026-11-22T10:00:09Z"), List.of("tasks", "--status", "failed"),
                List.of("events", "--severity", "error", "--since", "2026-11-22T10:00:03Z"), List.of("events", "--type", "trigger")));
        Tac8.commandLine().getSubcommands().get("cost").getCommandSpec().findOption("by").completionCandidates().forEach(
                by -> questions.add(List.of("cost", "--by", by)));
        some("task_id", "tasks").forEach(id -> questions.addAll(List.of(List.of("task", id), List.of("why", id), List.of("cost", "--task", id),
                List.of("cost", "--by", "worker", "--task", id))));
        some("worker_id", "workers").forEach(id -> questions.addAll(List.of(List.of("worker", id), List.of("cost", "--worker", id))));
        some("session_id", "sessions").forEach(id -> questions.addAll(List.of(List.of("cost", "--session", id), List.of("tasks", "--session",
                id), List.of("events", "--session", id))));
        for (List<String> question : questions) {
            List<String> args = new ArrayList<>(question);
            args.add("--json");

            Reader.Answered answered = both.ask(args.toArray(String[]::new));

            Reader.Answered expected = one.ask(args.toArray(String[]::new));
            assertThat(expected.code()).as("%s: %s", args, expected).isLessThan(2);
            assertThat(rounded(answered)).as("%s", args).isEqualTo(rounded(expected));
        }
    }

    @Test
    void aStoreThatIsLockedIsSaidToBeLocked() throws Exception {
        try (Connection writer = Reader.connect(dir.resolve("var/external/logs.db")); Statement statement = writer.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");

            assertThat(both.ask("cost").err()).startsWith("tac8: the external store is not available").contains("locked")
                    .doesNotContain("does not answer");
        }
    }

    @Test
    void withoutTheExternalVolumeItSaysWhatIsMissingAndHowFarBackTheRestGoes() throws IOException {
        Files.writeString(Files.createDirectories(dir.resolve("var/spool")).resolve(".external-volume"), "11111111-2222-3333-4444-555555555555");
        delete(dir.resolve("var/external"));

        Reader.Answered answered = both.ask("cost");

        assertThat(answered.code()).as("%s", answered).isEqualTo(4);
        assertThat(answered.err().lines()).hasSize(3);
        assertThat(answered.err()).startsWith("tac8: the external store is not available, and what it holds is missing here: no tac8 volume")
                .contains("\ntac8: the archive, which lies on the same volume, is missing here too")
                .contains("\ntac8: the local store holds events and API calls from 2026-11-22T10:00:");
        assertThat(both.ask("worker", "w-gone", "--show-conversation").err()).startsWith("tac8: the external store is not available")
                .contains("There is no worker w-gone");
        assertThat(both.json(4, "cost").get("missing")).hasSize(3);
        assertThat(both.ask("cost", "--last", "24h").err()).doesNotContain("archive");
        assertThat(both.json(4, "cost").get("cost").get("calls").asLong())
                .isEqualTo(Long.parseLong(Home.query(dir.resolve("var/local/logs.db"), "SELECT count(*) FROM api_calls").get(0)));
    }

    @Test
    void saysSinceWhenWhereTheServiceHasFoundOut() throws IOException {
        Files.writeString(dir.resolve("var/spool/.external-volume"), "11111111-2222-3333-4444-555555555555");
        OwnFolder.of(dir.resolve("var/spool")).create();
        OwnFolder.of(dir.resolve("var/spool")).write("status.json", "");
        // Another volume: yesterday's backup disk.
        Files.writeString(dir.resolve("var/external/.tac8-volume"), "99999999-2222-3333-4444-555555555555");

        Reader.Answered answered = both.ask("tasks");

        assertThat(answered.code()).as("%s", answered).isEqualTo(4);
        assertThat(answered.err()).contains("the volume at ", " is another one (99999999-2222-3333-4444-555555555555");
    }

    @Test
    void aFileThatIsNoDatabaseIsMissingAndTheOtherStoreAnswers() throws IOException {
        Files.writeString(dir.resolve("var/external/logs.db"), "this was a database ".repeat(500));

        Reader.Answered answered = both.ask("cost");

        assertThat(answered.code()).as("%s", answered).isEqualTo(4);
        assertThat(answered.err()).contains("the external store is not available", "file is not a database");
    }

    @Test
    void aDamagedLocalStoreIsMissingAndTheExternalOneAnswers() throws IOException {
        Files.writeString(dir.resolve("var/local/logs.db"), "this was a database ".repeat(500));

        Reader.Answered answered = both.ask("cost");

        assertThat(answered.code()).as("%s", answered).isEqualTo(4);
        assertThat(answered.err()).contains("the local store is not available", "file is not a database").doesNotContain("external");
    }

    @Test
    void damageDeepInsideIsOneSentence() throws IOException {
        for (String store : List.of("var/external/logs.db", "var/local/logs.db")) {
            try (RandomAccessFile file = new RandomAccessFile(dir.resolve(store).toFile(), "rw")) {
                file.seek(4096);
                file.write(new byte[(int) file.length() - 4096]);
            }
        }
        for (List<String> question : List.of(List.of("cost"), List.of("tasks"), List.of("why", "gh-r1"), List.of("sql", "SELECT * FROM events"))) {
            Reader.Answered answered = both.ask(question.toArray(String[]::new));

            assertThat(answered.code()).as("%s", answered).isEqualTo(3);
            assertThat(answered.err().lines()).as("%s", answered).hasSize(1);
            assertThat(answered.out()).isEmpty();
        }
    }

    @Test
    void withBothStoresAwayItIsOneSentenceAndExitCode3() throws IOException {
        Files.writeString(dir.resolve("var/spool/.external-volume"), "11111111-2222-3333-4444-555555555555");
        Files.writeString(dir.resolve("var/spool/.local-volume"), "11111111-2222-3333-4444-555555555556");
        delete(dir.resolve("var/external"));
        delete(dir.resolve("var/local"));

        for (String command : List.of("cost", "tasks", "sessions", "events")) {
            for (String form : List.of("--json", "--csv", "--zone=UTC")) {
                Reader.Answered answered = both.ask(command, form);

                assertThat(answered.code()).as("%s", answered).isEqualTo(3);
                assertThat(answered.err().lines()).singleElement().asString().startsWith("tac8: the external store is not available")
                        .contains("the local store is not available");
                assertThat(answered.out()).isEmpty();
            }
        }
    }

    @Test
    void whereNothingIsStoredYetItSaysSoAndMakesNothing() throws IOException {
        delete(dir.resolve("var"));

        Reader.Answered answered = both.ask("cost", "--today");

        assertThat(answered.err()).isEqualTo("tac8: nothing is stored yet: ./tac8 run or ./tac8 ingest begins\n");
        assertThat(answered.code()).isEqualTo(3);
        assertThat(dir.resolve("var")).doesNotExist();
    }

    @Test
    void emptyStoresHoldNothingAndThatIsASentence() throws IOException {
        for (String store : List.of("var/external", "var/local")) {
            delete(dir.resolve(store));
            Reader.store(dir.resolve(store));
        }
        for (List<String> question : List.of(List.of("cost"), List.of("cost", "--today"), List.of("cost", "--by", "day"),
                List.of("cost", "--by", "outcome"), List.of("tasks"), List.of("sessions"), List.of("events"), List.of("task", "gh-1"),
                List.of("worker", "w-1"), List.of("why", "gh-1"), List.of("sql", "SELECT * FROM tasks"))) {
            Reader.Answered answered = both.ask(question.toArray(String[]::new));

            assertThat(answered.code()).as("%s%s", question, answered).isEqualTo(1);
            assertThat(answered.out()).isEmpty();
            assertThat(answered.err().lines()).as("%s", question).singleElement().asString().endsWith(".");
        }
    }

    @Test
    void anyOneOfThemAloneIsEnough() throws IOException {
        delete(dir.resolve("var/local"));
        assertThat(both.ask("cost").err()).doesNotContain("local");
        assertThat(both.ask("cost").code()).isZero();
    }

    private void alter(String store, String... statements) throws Exception {
        try (Connection connection = Reader.connect(dir.resolve("var").resolve(store).resolve("logs.db")); Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static Path ingest(String name, List<Map<String, Object>> records) throws Exception {
        try (Home home = new Home(made.resolve(name))) {
            home.drop("a.jsonl", records.stream().map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList());
            home.drain();
            assertThat(home.quarantined()).isEmpty();
            return home.database();
        }
    }

    /** Of two contents under one id a failback makes one; until then the external one is shown. */
    private static List<Map<String, Object>> withoutOtherContents(List<Map<String, Object>> records) {
        Map<Object, Map<String, Object>> first = new LinkedHashMap<>();
        records.forEach(record -> first.putIfAbsent(record.containsKey("id") ? record.get("id") : new Object(), record));
        return List.copyOf(first.values());
    }

    private List<String> some(String column, String table) {
        return one.json("sql", "SELECT " + column + " AS id FROM " + table + " ORDER BY 1 LIMIT 6").get("rows").findValuesAsText("id");
    }

    /** The order of adding up is another one over two stores: the last digits of a sum may differ. */
    private static String rounded(Reader.Answered answered) {
        return answered.code() + answered.err() + java.util.regex.Pattern.compile("\\d+\\.\\d{6,}(E-?\\d+)?").matcher(answered.out())
                .replaceAll(number -> String.format("%.6f", Double.parseDouble(number.group())));
    }

    private void copy(Path database, String to) throws IOException {
        Path folder = Files.createDirectories(dir.resolve(to));
        Files.copy(database, folder.resolve("logs.db"));
        Files.writeString(folder.resolve(".tac8-volume"), "11111111-2222-3333-4444-555555555555\n");
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new java.nio.file.SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, java.nio.file.attribute.BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
