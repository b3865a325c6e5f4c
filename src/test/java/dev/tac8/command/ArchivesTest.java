package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import dev.tac8.Versions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Questions over the stores and the months of the archive. Each call costs a power of two, so that a sum says which calls are in it:
 *
 * <pre>
 * 1, 2     w-1  2026-05  the last millisecond of May in Berlin, and the first of June there
 * 4, 8     w-2  2026-06  the last millisecond of June in Berlin, and half an hour into July there
 * 16       w-3  2026-07
 * 32       w-3  2026-07  in the archive, and still in logs.db, as in the middle of a run
 * 64       w-3  2026-07  not archived yet
 * 128      w-4  today, in logs.db
 * 256      w-4  today, in the local store
 * 512      w-x  2026-06  of a worker of which nobody knew more; that it is of gh-2 is said in the archive of July
 * </pre>
 */
class ArchivesTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    private static Path made;
    @TempDir
    private Path dir;
    private Path external;
    private Path local;
    private Path may;
    private Path june;
    private Path july;
    private Reader reader;

    @BeforeEach
    void lay() throws IOException {
        new Home(dir);
        try (Stream<Path> files = Files.walk(made.resolve("var"))) {
            for (Path file : files.toList()) {
                Files.copy(file, dir.resolve(made.relativize(file)));
            }
        }
        external = dir.resolve("var/external/logs.db");
        local = dir.resolve("var/local/logs.db");
        may = dir.resolve("var/external/archive/logs-2026-05.db");
        june = dir.resolve("var/external/archive/logs-2026-06.db");
        july = dir.resolve("var/external/archive/logs-2026-07.db");
        reader = new Reader(dir).at(CLOCK);
    }

    @BeforeAll
    static void fill() {
        Path external = Reader.store(made.resolve("var/external"));
        Path local = Reader.store(made.resolve("var/local"));
        Path may = Reader.archive(made, "2026-05");
        Path june = Reader.archive(made, "2026-06");
        Path july = Reader.archive(made, "2026-07");
        for (Path month : List.of(may, june, july)) {
            session(month, "s-1", "2026-05-31T20:00:00.000Z", "ended_at", "2026-07-04T00:00:00.000Z", "exit_reason", "normal");
            task(month, "gh-1", "s-1", "2026-05-31T20:00:00.000Z", "detected", "title", "Old and long");
        }
        // What became of it is known to July only, and that it was taken up again to logs.db.
        update(july, "UPDATE tasks SET started_at = '2026-05-31T20:01:00.000Z', completed_at = '2026-07-03T01:00:00.000Z', status = 'completed',"
                + " pr_number = 77, issue_number = 1 WHERE task_id = 'gh-1'");
        for (Path store : List.of(external, local)) {
            session(store, "s-2", "2026-11-22T08:00:00.000Z");
            task(store, "gh-1", "s-2", "2026-11-22T08:00:00.000Z", "active", "started_at", "2026-11-22T08:01:00.000Z");
        }
        worker(may, "w-1", "s-1", "gh-1", "2026-05-31T20:01:00.000Z", "failed");
        call(may, "w-1", "2026-05-31T21:59:59.999Z", 1);
        call(may, "w-1", "2026-05-31T22:00:00.000Z", 2);
        worker(june, "w-2", "s-1", "gh-1", "2026-06-30T20:00:00.000Z", "completed");
        call(june, "w-2", "2026-06-30T21:59:59.999Z", 4);
        call(june, "w-2", "2026-06-30T22:30:00.000Z", 8);
        event(june, "e-june", "s-1", "2026-06-30T22:31:00.000Z", "decision", "gh-1", "Go on in July");
        worker(july, "w-3", "s-1", "gh-1", "2026-07-02T00:00:00.000Z", "completed");
        call(july, "w-3", "2026-07-02T00:01:00.000Z", 16);
        call(july, "w-3", "2026-07-02T00:02:00.000Z", 32);
        event(july, "e-july", "s-1", "2026-07-02T00:03:00.000Z", "error", "w-3", "In the archive and in logs.db");
        session(external, "s-1", "2026-07-02T00:00:00.000Z");
        worker(external, "w-3", "s-1", "gh-1", "2026-07-02T00:00:00.000Z", "completed");
        call(external, "w-3", "2026-07-02T00:02:00.000Z", 32);
        call(external, "w-3", "2026-07-03T00:00:00.000Z", 64);
        event(external, "e-july", "s-1", "2026-07-02T00:03:00.000Z", "error", "w-3", "In the archive and in logs.db");
        event(external, "e-now", "s-2", "2026-11-22T09:00:00.000Z", "decision", "gh-1", "Take it up again");
        worker(external, "w-4", "s-2", "gh-1", "2026-11-22T08:01:00.000Z", "spawned");
        call(external, "w-4", "2026-11-22T08:02:00.000Z", 128);
        worker(local, "w-4", "s-2", "gh-1", "2026-11-22T08:01:00.000Z", "spawned");
        call(local, "w-4", "2026-11-22T08:03:00.000Z", 256);
        session(june, "unknown", "1970-01-01T00:00:00.000Z");
        task(june, "unknown", "unknown", "1970-01-01T00:00:00.000Z", "detected");
        worker(june, "w-x", "unknown", "unknown", "2026-06-15T00:00:00.000Z", "spawned");
        call(june, "w-x", "2026-06-15T00:00:00.000Z", 512);
        task(july, "gh-2", "s-1", "2026-06-14T00:00:00.000Z", "failed", "failed_at", "2026-07-01T00:00:00.000Z", "title", "Known late");
        worker(july, "w-x", "s-1", "gh-2", "2026-07-01T00:00:00.000Z", "failed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "cost | 1023", "cost --today | 384", "cost --last 7d | 384", "cost --since 2026-06-01 --until 2026-06-30 | 518",
            "cost --since 2026-05-31 --until 2026-05-31 | 1", "cost --since 2026-07-01 --until 2026-07-31 | 120", "cost --until 2026-05-31 | 1",
            "cost --since 2026-05-31T22:00:00Z --until 2026-06-30T21:59:59.999Z | 514", "cost --since 2026-08-01 | 384",
            "cost --since 2026-05-31 --until 2026-06-30 --zone UTC | 527", "cost --since 2026-07-01 --until 2026-07-31 --zone UTC | 112",
            "cost --task gh-1 | 511", "cost --task gh-2 | 512", "cost --task gh-2 --since 2026-06-01 --until 2026-06-30 | 512",
            "cost --session s-1 | 639", "cost --session s-1 --since 2026-06-01 --until 2026-06-30 | 518", "cost --session s-2 | 384",
            "cost --worker w-3 | 112", "cost --worker w-3 --task gh-1 | 112", "cost --worker w-x --since 2026-06-15 | 512", "cost --model m | 1023"})
    void aTimeAndAnIdHaveTheirCalls(String question, int dollars) {
        assertThat(berlin(question).get("cost").get("cost_usd").asInt()).isEqualTo(dollars);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "cost --by month | period | {2026-05=1, 2026-06=518, 2026-07=120, 2026-11=384}",
            "cost --by month --zone UTC | period | {2026-05=3, 2026-06=524, 2026-07=112, 2026-11=384}",
            "cost --by day --until 2026-06-30 | period | {2026-05-31=1, 2026-06-01=2, 2026-06-15=512, 2026-06-30=4}",
            "cost --by task | task_id | {gh-1=511, gh-2=512}", "cost --by task --last 7d | task_id | {gh-1=384}",
            "cost --by task --until 2026-06-29 | task_id | {gh-1=3, gh-2=512}",
            "cost --by session | session_id | {s-1=639, s-2=384}", "cost --by worker --since 2026-07-01 | worker_id | {w-2=8, w-3=112, w-4=384}",
            "cost --by outcome | outcome | {open=508, wasted=515}", "cost --by outcome --session s-1 | outcome | {open=124, wasted=515}",
            "cost --by task --worker w-x | task_id | {gh-2=512}", "cost --by model | model | {m=1023}"})
    void aSplitHasEachCallOnce(String question, String key, String expected) {
        Map<String, Integer> found = new TreeMap<>();
        berlin(question).get("cost").forEach(row -> found.put(row.get(key).asText(), row.get("cost_usd").asInt()));

        assertThat(found).hasToString(expected);
    }

    @Test
    void aTaskIsWhatAllMonthsKnowOfItAndCostsWhatItCostInEach() {
        JsonNode answer = reader.json("task", "gh-1");

        assertThat(answer.get("workers").findValuesAsText("worker_id")).containsExactly("w-1", "w-2", "w-3", "w-4");
        assertThat(answer.get("workers").findValuesAsText("cost_usd")).containsExactly("3", "12", "112", "384");
        JsonNode task = answer.get("task");
        assertThat(task.get("cost_usd").asInt()).isEqualTo(511);
        assertThat(task.get("title").asText()).isEqualTo("Old and long");
        assertThat(task.get("status").asText()).isEqualTo("active");
        assertThat(task.get("pr_number").asInt()).isEqualTo(77);
        assertThat(task.get("detected_at").asText()).isEqualTo("2026-05-31T20:00:00.000Z");
        assertThat(task.get("completed_at").asText()).isEqualTo("2026-07-03T01:00:00.000Z");
        assertThat(task.get("session_id").asText()).isEqualTo("s-2");
        // Also where only today's calls are asked for, in whose stores it has no title.
        assertThat(reader.json("cost", "--by", "task", "--today", "--zone", "UTC").get("cost").get(0).get("title").asText())
                .isEqualTo("Old and long");
    }

    @Test
    void aWorkerAndAStoryGoBackToTheirMonths() {
        JsonNode worker = reader.json("worker", "w-x");
        assertThat(worker.get("worker").get("task_id").asText()).isEqualTo("gh-2");
        assertThat(worker.get("worker").get("spawned_at").asText()).isEqualTo("2026-06-15T00:00:00.000Z");
        assertThat(worker.get("worker").get("cost_usd").asInt()).isEqualTo(512);

        JsonNode why = reader.json("why", "gh-1");
        assertThat(why.get("totals").get("cost_usd").asInt()).isEqualTo(511);
        assertThat(why.get("totals").get("wasted_usd").asInt()).isEqualTo(3);
        assertThat(why.get("story").findValuesAsText("story")).containsOnlyOnce("Go on in July", "In the archive and in logs.db", "Take it up again");
    }

    @Test
    void aTriggerNamesItsWorkerAlsoIfThatIsOneOfAnotherTask() {
        task(external, "gh-8", "s-2", "2026-11-22T08:00:00.000Z", "active");
        worker(external, "w-8", "s-2", "gh-8", "2026-11-22T08:01:00.000Z", "spawned");
        event(external, "e-8", "s-2", "2026-11-22T08:02:00.000Z", "trigger", "w-8", "w-8 asks for gh-1");
        update(external, "UPDATE events SET context_type = 'worker' WHERE record_id = 'e-8'");

        assertThat(reader.ask("why", "gh-1", "--csv").out()).contains(",trigger,w-8,w-8 asks for gh-1,");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "tasks | {gh-1=511, gh-2=512}", "tasks --since 2026-05-31 --until 2026-05-31 | {gh-1=511}", "tasks --status failed | {gh-2=512}",
            "tasks --status active | {gh-1=511}", "tasks --session s-2 | {gh-1=511}", "tasks --session s-1 | {gh-2=512}",
            "tasks --since 2026-06-01 --status failed | {gh-2=512}", "tasks --limit 1 | {gh-2=512}"})
    void tasksCostWhatTheyCostInEveryMonthWheneverTheyWereDetected(String question, String expected) {
        Map<String, Integer> found = new TreeMap<>();
        berlin(question).get("tasks").forEach(row -> found.put(row.get("task_id").asText(), row.get("cost_usd").asInt()));

        assertThat(found).hasToString(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tasks --completed-today", "tasks --status completed", "tasks --last 7d", "tasks --status detected"})
    void whatAMonthOnceKnewOfATaskIsNotWhatItIs(String question) {
        assertThat(reader.ask(question.split(" ")).code()).isEqualTo(1);
    }

    @Test
    void sessionsCostWhatTheyCostInEveryMonthWheneverTheyBegan() {
        for (String range : List.of("", " --since 2026-05-31 --until 2026-05-31")) {
            JsonNode session = berlin("sessions" + range).get("sessions");

            JsonNode last = session.get(session.size() - 1);
            assertThat(last.get("session_id").asText()).isEqualTo("s-1");
            assertThat(last.get("started_at").asText()).isEqualTo("2026-05-31T20:00:00.000Z");
            assertThat(last.get("ended_at").asText()).isEqualTo("2026-07-04T00:00:00.000Z");
            assertThat(last.get("cost_usd").asInt()).isEqualTo(639);
            assertThat(last.get("workers").asInt()).isEqualTo(4);
            assertThat(last.get("tasks").asInt()).isEqualTo(1);
        }
        // Its row in logs.db says July.
        assertThat(reader.json("sessions", "--since", "2026-07-01").get("sessions").findValuesAsText("session_id")).containsExactly("s-2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "events | [e-june, e-july, e-now]", "events --until 2026-06-30 | []", "events --since 2026-07-01 | [e-june, e-july, e-now]",
            "events --since 2026-07-01 --zone UTC | [e-july, e-now]", "events --context w-3 | [e-july]", "events --type decision | [e-june, e-now]",
            "events --today | [e-now]", "events --session s-1 --limit 1 | [e-july]", "events --severity error | []"})
    void eventsComeFromTheMonthsOfTheirTime(String question, String expected) {
        Reader.Answered answered = reader.ask(withBerlin(question + " --json"));

        JsonNode events = answered.json().path("events");
        assertThat(events.findValuesAsText("record_id")).hasToString(expected);
    }

    @Test
    void anIdThatOnlyAMonthKnowsIsTheNearest() {
        assertThat(reader.ask("task", "gh-22").err()).isEqualTo("There is no task gh-22; did you mean gh-2?\n");
        assertThat(reader.ask("worker", "w-y").err()).contains("did you mean w-1?");
        assertThat(reader.ask("cost", "--worker", "w-xx", "--today").err()).contains("There is no worker w-xx; did you mean w-x?");
        assertThat(reader.ask("cost", "--worker", "w-x", "--today").err()).contains("There is no such API call in that time.");
        assertThat(reader.ask("events", "--session", "s-11", "--today").err()).contains("did you mean s-1?");
        assertThat(reader.ask("tasks", "--session", "s-1", "--status", "active").err()).isEqualTo("There is no such task.\n");
    }

    @Test
    void sqlAsksAllOfItOrOnlyWhatIsWritten() throws IOException {
        List<String> before = names();
        String sum = "SELECT sum(estimated_cost_usd) AS s, count(*) AS n FROM api_calls";
        assertThat(reader.json("sql", sum).get("rows").get(0)).hasToString("{\"s\":1023,\"n\":10}");
        assertThat(reader.json("sql", "--active-only", sum).get("rows").get(0)).hasToString("{\"s\":4.8E+2,\"n\":4}");
        assertThat(reader.json("sql", "SELECT t.TITLE, sum(estimated_cost_usd) AS s FROM \"TASKS\" t JOIN [Workers] USING (task_id) JOIN api_calls"
                + " USING (worker_id) WHERE task_id = 'gh-2'").get("rows").get(0)).hasToString("{\"title\":\"Known late\",\"s\":512}");
        assertThat(reader.json("sql", "SELECT count(*) AS n FROM events AS a JOIN events AS b ON a.record_id <= b.record_id").get("rows").get(0)
                .get("n").asInt()).isEqualTo(6);
        for (String change : List.of("WITH x AS (SELECT 1) DELETE FROM archive_2026_05.api_calls", "EXPLAIN DELETE FROM archive_2026_05.events")) {
            reader.ask("sql", change);
        }
        assertThat(reader.ask("sql", "WITH x AS (SELECT 1) DELETE FROM archive_2026_05.api_calls").code()).isEqualTo(2);
        assertThat(Home.query(may, "SELECT count(*) FROM api_calls")).containsExactly("2");
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void followBeginsInTheArchiveToo() throws Exception {
        try (Home home = new Home(dir.resolve("other"))) {
            // A process of its own, to be ended; on these stores.
            Path seen = dir.resolve("seen.txt");
            Process follower = home.set("tac8.external.dir", dir.resolve("var/external")).set("tac8.local.dir", dir.resolve("var/local"))
                    .command(List.of(), "events", "--follow", "--since", "2026-07-01", "--json", "--zone", "UTC")
                    .redirectOutput(seen.toFile()).start();
            try {
                org.awaitility.Awaitility.await().until(() -> Files.readString(seen).contains("e-now"));
            } finally {
                follower.destroyForcibly();
            }
            assertThat(Files.readString(seen)).contains("e-july").doesNotContain("e-june");
        }
    }

    @Test
    void aMonthThatHoldsNothingIsNoTrouble() throws IOException {
        Reader.archive(dir, "2026-03");
        Files.createFile(dir.resolve("var/external/archive/.logs-2026-04.db.new"));
        Files.writeString(dir.resolve("var/external/archive/logs-2026-04.db.part"), "x");
        Files.writeString(dir.resolve("var/external/archive/notes.txt"), "x");

        Reader.Answered answered = reader.ask("cost");

        assertThat(answered.code()).isZero();
        assertThat(answered.err()).isEmpty();
        assertThat(reader.json("cost").get("cost").get("cost_usd").asInt()).isEqualTo(1023);
    }

    @Test
    void withoutTheVolumeTheArchiveIsMissingWhereTheTimeNeedsIt() throws IOException {
        Files.createDirectories(dir.resolve("var/spool"));
        Files.writeString(dir.resolve("var/spool/.external-volume"), "11111111-2222-3333-4444-555555555555");
        Files.move(dir.resolve("var/external"), dir.resolve("var/gone"));

        assertThat(reader.json(4, "cost").get("cost").get("cost_usd").asInt()).isEqualTo(256);
        assertThat(reader.ask("cost").err()).contains("the archive, which lies on the same volume, is missing here too");
        assertThat(reader.json(4, "task", "gh-1").get("missing")).hasSize(3);
        assertThat(new Reader(dir).ask("cost", "--today").err()).doesNotContain("the archive").contains("the external store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "folder", "deep", "index", "column", "view", "virtual", "order"})
    void aMonthThatCannotBeReadIsMissingAndTheOthersAnswer(String damage) throws Exception {
        spoil(june, damage);
        for (String question : List.of("cost", "cost --by task", "task gh-1", "why gh-1", "cost --since 2026-06-01 --until 2026-07-31 --zone UTC",
                "worker w-x", "tasks --status failed", "events", "sql SELECT+sum(estimated_cost_usd)+FROM+api_calls,workers,events")) {
            Reader.Answered answered = reader.ask(Stream.of(question.split(" ")).map(word -> word.replace('+', ' ')).toArray(String[]::new));

            assertThat(answered.code()).as("%s: %s", question, answered).isEqualTo(answered.err().isEmpty() ? 0 : 4);
            // Whoever does not go by the index does not meet the damage.
            if (!damage.equals("index") || !answered.err().isEmpty()) {
                assertThat(answered.err().lines()).as("%s", answered).hasSize(1);
                assertThat(answered.err()).startsWith("tac8: the archive of 2026-06 (").contains(
                        "logs-2026-06.db) cannot be read, and what it holds is missing here: ");
            }
        }
        assertThat(reader.ask("task", "gh-1", "--json").json().get("task").get("cost_usd").asInt()).isEqualTo(511 - 4 - 8);
        if (!damage.equals("index")) {
            assertThat(reader.ask("cost", "--json").json().get("cost").get("cost_usd").asInt()).isEqualTo(1023 - 4 - 8 - 512);
            assertThat(reader.ask("cost", "--by", "worker", "--json").json().get("missing")).hasSize(1);
        }
        assertThat(reader.ask("cost", "--since", "2026-07-02", "--until", "2026-07-31").err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"empty | it has no bytes", "folder | it is a folder", "link | it is a link, and an archive is a file of its own",
            "pipe | it is no regular file", "bare | it lacks column api_calls.", "newer | it was made by a newer tac8",
            "foreign | it lacks column api_calls.model TEXT", "trigger | it has the trigger t on events"})
    void whatLiesInThePlaceOfAMonthIsMissingAndNamed(String what, String reason) throws Exception {
        Files.move(june, dir.resolve("elsewhere.db"));
        switch (what) {
            case "empty" -> Files.createFile(june);
            case "folder" -> Files.createDirectory(june);
            case "link" -> Files.createSymbolicLink(june, dir.resolve("elsewhere.db"));
            case "pipe" -> assertThat(new ProcessBuilder("mkfifo", june.toString()).start().waitFor()).isZero();
            case "bare" -> update(june, "PRAGMA user_version = 1");
            default -> {
                Files.copy(dir.resolve("elsewhere.db"), june);
                update(june, what.equals("newer") ? "PRAGMA user_version = " + (Versions.OURS + 1) : what.equals("foreign") ? "ALTER TABLE api_calls RENAME model TO kind"
                        : "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END");
            }
        }
        if (!what.equals("trigger")) {
            for (List<String> question : List.of(List.of("cost"), List.of("cost", "--since", "2026-06-01", "--until", "2026-06-30", "--zone", "UTC"))) {
                JsonNode answer = reader.json(4, question.toArray(String[]::new));
                assertThat(answer.get("missing")).hasSize(1);
                assertThat(answer.get("missing").get(0).asText()).contains(reason).containsOnlyOnce(june.toString()).doesNotContain("next start");
            }
        }
        Reader.Answered verified = reader.ask("archive", "verify", "--month", "2026-06");
        assertThat(verified.code()).isEqualTo(3);
        assertThat(verified.err()).contains(june + ": ").contains(reason).containsOnlyOnce(june.toString()).doesNotContain("next start");
        assertThat(verified.out()).doesNotContain("sound");
    }

    @Test
    void aMonthThatIsLockedIsMissingAndSaidToBeLocked() throws Exception {
        try (Connection writer = Reader.connect(june); Statement statement = writer.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");

            assertThat(reader.ask("cost").err()).startsWith("tac8: the archive of 2026-06 (").contains("locked").hasLineCount(1);
        }
        assertThat(reader.ask("cost").err()).isEmpty();
    }

    @Test
    void whatACrashLeftHalfWrittenInAMonthIsRolledBack() throws Exception {
        Path copy = dir.resolve("var/external/archive/logs-2026-01.db");
        Path source = dir.resolve("source.db");
        Files.copy(may, source);
        try (Connection writer = Reader.connect(source); Statement statement = writer.createStatement()) {
            statement.execute("PRAGMA cache_size = 1");
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("UPDATE api_calls SET estimated_cost_usd = 5000, record_id = record_id || '-x'");
            statement.execute("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO events (session_id, timestamp,"
                    + " event_type, message, record_id) SELECT 's-1', '2026-01-01T00:00:00.000Z', 't', hex(randomblob(200)), 'x' || i FROM n");
            Files.copy(source, copy);
            Files.copy(Path.of(source + "-journal"), Path.of(copy + "-journal"));
        }
        assertThat(Files.size(copy)).isGreaterThan(Files.size(may));
        update(copy.resolveSibling("logs-2026-05.db"), "DELETE FROM api_calls");

        JsonNode cost = reader.json("cost");

        assertThat(cost.get("cost").get("cost_usd").asInt()).isEqualTo(1023);
        assertThat(cost.get("missing")).isEmpty();
    }

    @Test
    void theArchiveAnswersWhereThereIsNothingElse() throws IOException {
        Files.createDirectories(dir.resolve("var/spool"));
        Files.writeString(dir.resolve("var/spool/.external-volume"), "11111111-2222-3333-4444-555555555555");
        Files.delete(external);
        Files.delete(local);
        assertThat(reader.json("cost").get("cost").get("cost_usd").asInt()).isEqualTo(1 + 2 + 4 + 8 + 16 + 32 + 512);
        assertThat(reader.json("task", "gh-1").get("task").get("status").asText()).isEqualTo("completed");
        assertThat(reader.ask("cost").err()).isEmpty();
        assertThat(external).doesNotExist();

        Files.writeString(external, "this was a database ".repeat(500));
        assertThat(reader.json(4, "cost", "--by", "task").get("missing")).hasSize(1);
        assertThat(reader.json(4, "cost").get("cost").get("calls").asInt()).isEqualTo(7);

        Files.delete(may);
        Files.delete(june);
        Files.writeString(july, "this was a database ".repeat(500));
        Reader.Answered nothing = reader.ask("cost");
        assertThat(nothing.code()).isEqualTo(3);
        assertThat(nothing.err()).contains("the external store is not available").contains("the archive of 2026-07").hasLineCount(1);
    }

    private JsonNode berlin(String question) {
        return reader.json(withBerlin(question));
    }

    private static String[] withBerlin(String question) {
        return (question.contains("--zone") ? question : question + " --zone Europe/Berlin").split(" ");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> paths = Files.walk(dir.resolve("var"))) {
            return paths.map(Path::toString).sorted().toList();
        }
    }

    private static void spoil(Path file, String damage) throws Exception {
        switch (damage) {
            case "garbage" -> Files.writeString(file, "this was a database ".repeat(500));
            case "folder" -> {
                // Something that SQLite cannot even open.
                Files.setPosixFilePermissions(file, java.util.Set.of());
                if (Files.isReadable(file)) {
                    // Not for root.
                    Files.writeString(file, "SQLite format 3\0".repeat(3));
                }
            }
            case "deep" -> {
                try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                    bytes.seek(4096);
                    bytes.write(new byte[(int) bytes.length() - 4096]);
                }
            }
            case "index" -> {
                int page = Integer.parseInt(Home.query(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'idx_api_calls_worker'").get(0));
                try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                    bytes.seek((page - 1) * 4096L);
                    bytes.write(new byte[4096]);
                }
            }
            case "column" -> update(file, "ALTER TABLE workers ADD COLUMN colour TEXT");
            case "view" -> {
                update(file, "ALTER TABLE api_calls RENAME TO stolen");
                update(file, "CREATE VIEW api_calls AS SELECT * FROM stolen");
            }
            case "virtual" -> {
                update(file, "DROP TABLE events");
                update(file, "CREATE VIRTUAL TABLE events USING fts5(event_id, session_id, timestamp, event_type, context_type, context_id,"
                        + " severity, message, details, record_id)");
            }
            default -> {
                update(file, "DROP TABLE sessions");
                update(file, "CREATE TABLE sessions (started_at TIMESTAMP, session_id TEXT PRIMARY KEY, ended_at TIMESTAMP, git_commit TEXT,"
                        + " exit_reason TEXT, config JSON)");
            }
        }
    }

    private static void update(Path store, String sql) {
        try (Connection connection = Reader.connect(store); Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void session(Path store, String id, String started, Object... more) {
        Reader.insert(store, "sessions", row(more, "session_id", id, "started_at", started));
    }

    private static void task(Path store, String id, String session, String detected, String status, Object... more) {
        Reader.insert(store, "tasks", row(more, "task_id", id, "session_id", session, "detected_at", detected, "status", status));
    }

    private static void worker(Path store, String id, String session, String task, String spawned, String status, Object... more) {
        Reader.insert(store, "workers", row(more, "worker_id", id, "session_id", session, "task_id", task, "spawned_at", spawned,
                "status", status));
    }

    private static void call(Path store, String worker, String time, int dollars) {
        Reader.insert(store, "api_calls", row(new Object[0], "worker_id", worker, "timestamp", time, "model", "m", "estimated_cost_usd",
                (double) dollars, "record_id", "call-" + dollars));
    }

    private static void event(Path store, String id, String session, String time, String type, String context, String message) {
        Reader.insert(store, "events", row(new Object[0], "session_id", session, "timestamp", time, "event_type", type, "context_id", context,
                "severity", "info", "message", message, "record_id", id));
    }

    private static Map<String, Object> row(Object[] more, Object... pairs) {
        Map<String, Object> row = new LinkedHashMap<>();
        List<Object> all = new ArrayList<>(List.of(pairs));
        all.addAll(List.of(more));
        for (int i = 0; i < all.size(); i += 2) {
            row.put((String) all.get(i), all.get(i + 1));
        }
        return row;
    }
}
