package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import dev.tac8.history.Vector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose calls are that agents' files tell, and what is read again: all on one home, each test with sessions of its own. */
class ImportedWorkersTest {
    @TempDir
    private static Path dir;
    private static Home home;
    private static Reader reader;

    @BeforeAll
    static void start() throws Exception {
        home = new Home(dir.resolve("home")).set("tac8.import.cron", "* * * * * ?");
        Files.createDirectories(home.path("prices"));
        Files.copy(Vector.ALL.resolve("book.csv"), home.path("prices/book.csv"), StandardCopyOption.REPLACE_EXISTING);
        reader = new Reader(dir.resolve("home"), "-D", "tac8.http.port=0");
        home.start();
        dropWorker("w-0", "logs/none.jsonl");
    }

    @AfterAll
    static void close() {
        home.close();
    }

    private static void drop(String... lines) {
        home.drop("live.jsonl", List.of(lines));
        home.awaitDrained();
    }

    /** A worker, as its coordinator logs it. */
    private static void dropWorker(String worker, String logFile) {
        drop("{\"type\":\"worker\",\"timestamp\":\"2026-10-05T09:59:00Z\",\"session_id\":\"run-1\",\"worker_id\":\"" + worker + "\",\"task_id\":\"gh-1\",\"status\":\"spawned\","
                + "\"log_file\":\"" + logFile + "\"}");
    }

    private static String link(String worker, String session) {
        return "{\"type\":\"event\",\"timestamp\":\"2026-10-05T09:59:00Z\",\"session_id\":\"run-1\",\"event_type\":\"agent_session\",\"message\":\"m\",\"context_type\":\"worker\","
                + "\"context_id\":\"" + worker + "\",\"details\":{\"agent\":\"claude\",\"agent_session\":\"" + session + "\"}}";
    }

    private static Path lay(String vector) throws Exception {
        return Vector.all().filter(one -> one.toString().equals(vector)).findFirst().orElseThrow().layApart(dir.resolve("agents-" + vector)).get(0);
    }

    private static String session(int vector) {
        return "%02d111111-1111-4111-8111-111111111111".formatted(vector);
    }

    private static List<String> workersOf(String calls) {
        return home.query("SELECT DISTINCT worker_id FROM api_calls WHERE record_id GLOB '" + calls + "'");
    }

    @Test
    void aWorkerThatBecomesKnownLaterGetsTheCallsOfAFileThatHasNotChanged() throws Exception {
        String file = lay("01-repeated-message-id").toString();
        assertThat(reader.ask("import", file).code()).isZero();
        assertThat(workersOf("claude:msg_01*")).containsExactly("(claude " + session(1) + ")");
        assertThat(reader.json("import", file).at("/files/read").asInt()).isZero();

        drop(link("w-1", session(1)));
        JsonNode said = reader.json("import", file);

        assertThat(said.at("/files/read").asInt()).isOne();
        assertThat(said.at("/calls/known").asInt()).isOne();
        assertThat(workersOf("claude:msg_01*")).containsExactly("w-1");
        assertThat(reader.json("import", file).at("/files/read").asInt()).isZero();
    }

    @Test
    void theFileThatAWorkersRecordNamesIsImportedOnScheduleAsThatWorkers() throws Exception {
        Path log = home.path("logs/gh-1.jsonl");
        Files.createDirectories(log.getParent());
        Files.copy(lay("06-stream-hidden-second-model"), log);
        dropWorker("w-2", "logs/gh-1.jsonl");

        await().atMost(Duration.ofSeconds(30)).until(() -> workersOf("claude:msg_06*").contains("w-2"));

        assertThat(home.query("SELECT context_id || ' ' || session_id FROM events WHERE event_type = 'agent_session' AND details ->> '$.agent_session' = '" + session(6) + "'"))
                .containsExactly("w-2 run-1");
    }

    @Test
    void aSessionWhoseWorkerHasLoggedCallsWithoutIdsIsLeftOutAndThatIsSaid() throws Exception {
        drop(link("w-3", session(2)), "{\"type\":\"api_call\",\"timestamp\":\"2026-10-05T10:00:06Z\",\"worker_id\":\"w-3\",\"model\":\"claude-sonnet-5\",\"tokens_input\":3}");

        JsonNode said = reader.json("import", lay("02-growing-output").toString());

        assertThat(said.at("/left_out").toString()).isEqualTo("{\"claude:" + session(2) + "\":2}");
        assertThat(workersOf("claude:msg_02*")).isEmpty();
    }

    @Test
    void whatIsOlderOrOnlyLookedAtIsNotStoredAndWhatIsOfNoAgentIsNamed() throws Exception {
        Path file = lay("08-cache-write-5m-and-1h");
        JsonNode dry = reader.json("import", "--dry-run", file.toString());
        assertThat(dry.at("/totals/usd").asText()).isEqualTo("0.3782335");
        assertThat(reader.json("import", "--since", "2026-10-06", file.toString()).at("/totals/calls").asInt()).isZero();
        assertThat(workersOf("claude:msg_08*")).isEmpty();

        Path foreign = Files.writeString(file.resolveSibling("notes.jsonl"), "Just words.\n");
        Reader.Answered text = reader.ask("import", "claude", file.getParent().toString());
        assertThat(text.code()).isZero();
        assertThat(text.out()).contains("files         2 read, 1 of no agent\n", "calls         3 new, 0 known\n", "cost          $0.3782335 as reported, or else by list price\n",
                "of no agent   " + foreign + "\n").doesNotContain("skipped");
        assertThat(reader.ask("import", "codex", "--again", file.toString()).out()).contains("calls         0 new, 0 known");
        assertThat(reader.ask("import", "nowhere").err()).startsWith("tac8: there is no file and no folder " + home.path("nowhere") + "; nothing was imported\n");
    }

    @Test
    void aWorkerThatIsSaidOnTheCommandLineIsThatOfAllSessions() throws Exception {
        assertThat(reader.ask("import", "--worker", "w-4", lay("09-cache-write-without-split").toString()).code()).isZero();

        assertThat(workersOf("claude:msg_09*")).containsExactly("w-4");
        assertThat(home.query("SELECT context_id FROM events WHERE event_type = 'agent_session' AND details ->> '$.agent_session' = '" + session(9) + "'")).containsExactly("w-4");
    }

    @Test
    void aBranchNamesTheTaskWhereNoWorkerIsKnown() throws Exception {
        drop("{\"type\":\"task\",\"timestamp\":\"2026-10-05T09:00:00Z\",\"session_id\":\"run-1\",\"task_id\":\"gh-450\",\"status\":\"active\"}",
                "{\"type\":\"task\",\"timestamp\":\"2026-10-05T09:00:00Z\",\"session_id\":\"run-1\",\"task_id\":\"gh-45\",\"status\":\"active\"}");

        assertThat(reader.ask("import", lay("19-day-boundary").toString()).code()).isZero();

        assertThat(home.query("SELECT DISTINCT own_task_id FROM api_calls WHERE record_id GLOB 'claude:msg_19*'")).containsExactly("gh-450");
    }

    @Test
    void whatCodexPrintedSaysWhichWorkerItsThreadIs() throws Exception {
        Path rollout = lay("15-codex-cumulative-and-re-emitted");
        Path log = home.path("logs/gh-2.jsonl");
        Files.createDirectories(log.getParent());
        Files.writeString(log, "{\"type\":\"thread.started\",\"thread_id\":\"159c8a70-0000-7000-8000-000000000001\"}\n{\"type\":\"turn.completed\",\"usage\":{\"input_tokens\":9}}\n");
        dropWorker("w-5", "logs/gh-2.jsonl");

        Reader.Answered answered = reader.ask("import", "--again", log.toString(), rollout.toString());
        assertThat(answered.code()).as("%s", answered).isZero();

        assertThat(workersOf("codex:159c8a70*")).containsExactly("w-5");
    }
}
