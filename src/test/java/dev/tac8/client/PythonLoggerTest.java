package dev.tac8.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.Home;
import dev.tac8.fault.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code clients/tac_logger.py}, by way of the real routes into the database. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PythonLoggerTest {
    private static final int HOSTILE_CALLS = 3000;

    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void theIntegrationOfTheFirstDesignGivesItsRows() throws Exception {
        String session = Python.run(home.spool(), "verbatim.py", "src/test/python/first_design_4.py");
        drain();

        assertThat(home.query("SELECT session_id, git_commit, exit_reason, config, ended_at IS NOT NULL FROM sessions"))
                .containsExactly(session + "|4f2a9c1|normal|{\"max_workers\":3,\"poll_seconds\":30}|1");
        assertThat(home.query("SELECT task_id, session_id, issue_number, title, status, pr_number, started_at IS NOT NULL FROM tasks"))
                .containsExactly("gh-450|" + session + "|450|...|completed|496|1");
        assertThat(home.query("SELECT worker_id, session_id, task_id, pid, status, exit_code, log_file FROM workers"))
                .containsExactly("w-abc123|" + session + "|gh-450|12345|completed|0|logs/gh-450.jsonl");
        assertThat(home.query("SELECT event_type, severity, message, context_type, context_id, details FROM events ORDER BY record_id"))
                .containsExactly("trigger|info|GitHub issue detected: gh-450|null|null|{\"issue_number\":450}",
                        "decision|info|Preserved worktree - recent changes|worktree|gh-450|{\"file_age_minutes\":0.2}",
                        "error|error|Worker spawn failed|worker|w-abc123|{\"error\":\"OOM\"}");
        assertThat(home.query("SELECT worker_id, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms, success"
                + " FROM api_calls")).containsExactly("w-abc123|claude-sonnet-4-5|5000|2000|7000|0.045|3200.0|1");
    }

    @Test
    void theExampleOfTheFirstDesignGivesItsRows() throws Exception {
        String session = Python.run(home.spool(), "verbatim.py", "src/test/python/first_design_10.py");
        drain();

        assertThat(home.query("SELECT session_id, git_commit FROM sessions")).containsExactly(session + "|4f2a9c1");
        assertThat(home.query("SELECT task_id, status, issue_number, pr_number FROM tasks")).containsExactly("gh-450|completed|450|496");
        assertThat(home.query("SELECT worker_id, task_id, status, log_file FROM workers"))
                .containsExactly("w-abc123|gh-450|completed|logs/gh-450.jsonl");
        assertThat(home.query("SELECT message, context_id, details FROM events ORDER BY record_id"))
                .containsExactly("GitHub issue detected: gh-450|null|null",
                        "Preserved worktree - recent changes|gh-450|{\"file_age_minutes\":0.2,\"action\":\"preserve\"}");
        assertThat(home.query("SELECT t.task_id, round(SUM(ac.estimated_cost_usd), 6) FROM tasks t JOIN workers w ON w.task_id = t.task_id"
                + " JOIN api_calls ac ON ac.worker_id = w.worker_id GROUP BY t.task_id")).containsExactly("gh-450|0.045");
        assertThat(Files.readString(home.done().get(0))).as("the call says whose it is, whatever arrives first")
                .containsPattern("\"type\":\"api_call\".*\"session_id\":\"" + session + "\",\"task_id\":\"gh-450\"");
    }

    @Test
    void aCallThatNamesTheAgentsMessageIsTheOneThatTheAgentsFilesHold() throws Exception {
        Python.run(home.spool(), "verbatim.py", Files.writeString(dir.resolve("calls.py"), """
                from tac_logger import TACLogger
                with TACLogger() as logger:
                    session_id = logger.start_session()
                    logger.log_api_call("w", "m", message_id=" msg_1 ", estimated_cost_usd=0.05, cost_source="Reported")
                    logger.log_api_call("w", "m", agent="codex", message_id="t-1:0.12", estimated_cost_usd=0.25, price_version="2026-11-20", usage={"batch": True})
                    logger.log_api_call("w", "m", id="mine", message_id="msg_2", cost_source="billed")
                    logger.log_api_call("w", "m", message_id=" ")
                """));
        drain();

        assertThat(home.query("SELECT record_id, estimated_cost_usd, cost_source, price_version, usage FROM api_calls WHERE length(record_id) < 36 ORDER BY 1"))
                .containsExactly("claude:msg_1|0.05|reported|null|null", "codex:t-1:0.12|0.25|calculated|2026-11-20|{\"batch\":true}", "mine|null|null|null|null");
        assertThat(home.query("SELECT count(*) FROM api_calls")).containsExactly("4");
    }

    @Test
    void whatRowsAreFoundByIsCutToWhatItsFieldHoldsAndTheCallCounts() throws Exception {
        Python.run(home.spool(), "verbatim.py", Files.writeString(dir.resolve("calls.py"), """
                from tac_logger import TACLogger
                with TACLogger() as logger:
                    session_id = logger.start_session()
                    logger.log_api_call("w\\0" + "é" * 500, "m", estimated_cost_usd=0.045, task_id="x" * 801, session_id="😀" * 200)
                    logger.log_api_call("x" * 801, "m", estimated_cost_usd=7.5)
                    logger.log_api_call("x" * 800 + "y", "m", estimated_cost_usd=7.5, invalid="mine", tokens_input="many")
                    assert logger.refused == 0
                    logger.log_event("é" * 396 + "abcdefgh", "e" * 900, message="m", context_id="é" * 396 + "aéé")
                """));
        drain();

        assertThat(home.quarantined()).isEmpty();
        assertThat(home.query("SELECT worker_id, own_task_id, own_session_id, estimated_cost_usd FROM api_calls ORDER BY worker_id"))
                .containsExactly("w␀" + "é".repeat(388) + "... 088f3ef815a993c1|" + "x".repeat(780) + "... 55e803dee4d0581d|" + "😀".repeat(200) + "|0.045",
                        "x".repeat(780) + "... 55e803dee4d0581d|null|null|7.5", "x".repeat(780) + "... fca216b1c13800b4|null|null|7.5");
        assertThat(home.query("SELECT session_id, event_type, context_id FROM events WHERE session_id <> 'tac8'"))
                .containsExactly("é".repeat(396) + "abcdefgh|" + "e".repeat(780) + "... 6defa4acf963a2e6|" + "é".repeat(396) + "aéé");
        assertThat(Files.readString(home.done().get(0))).contains("\"invalid\":{\"worker_id\":\"w\\u0000é", "\"task_id\":\"" + "x".repeat(801) + "\"",
                "\"invalid\":\"mine\"", "\"tokens_input\":\"many\"", "\"worker_id\":\"" + "x".repeat(800) + "y\"");
    }

    @Test
    void neverRaisesAndWritesNothingThatIsNoRecordWhateverItIsCalledWith() throws Exception {
        long seed = Corpus.random(getClass()).nextLong();

        String[] counts = Python.run(home.spool(), "hostile.py", seed, HOSTILE_CALLS).split(" ");

        long lines = 0;
        for (Path file : home.waiting()) {
            lines += Files.readAllLines(file).size();
        }
        System.out.println(HOSTILE_CALLS + " hostile calls: " + counts[0] + " records, " + counts[1] + " refused");
        assertThat(lines).isEqualTo(Long.parseLong(counts[0])).isGreaterThan(HOSTILE_CALLS / 5);
        drain();
        assertThat(home.done()).isNotEmpty();
    }

    @Test
    void losesAndDoublesNothingOfManyThreads() throws Exception {
        Python.run(home.spool(), "threads.py", 8, 500);
        drain();

        assertThat(events("thread")).hasSize(4000).doesNotHaveDuplicates();
    }

    @Test
    void losesAndDoublesNothingInForkedProcessesHoweverTheyEnd() throws Exception {
        // A line that comes to a file after its end was read is lost.
        home.start();
        int threadEvents = Integer.parseInt(Python.run(home.spool(), "forks.py", 9));
        drain();

        assertThat(events("fork")).hasSize(threadEvents + 9 * 300 + 1).doesNotHaveDuplicates();
    }

    @Test
    void losesAndDoublesNothingWhenASignalHandlerLogsInTheMiddleOfACall() throws Exception {
        int logged = Integer.parseInt(Python.run(home.spool(), "signals.py", 2000));
        drain();

        assertThat(events("signal")).hasSize(logged).doesNotHaveDuplicates();
    }

    @Test
    void deliversAgainWhatItWroteToAFileThatSomebodyTook() throws Exception {
        Process process = Python.script(home.spool(), "lost_lock.py").start();
        assertThat(process.inputReader().readLine()).endsWith(".part");

        home.start();
        assertThat(process.waitFor()).isZero();

        drain();
        assertThat(events("lock")).containsExactly("before", "after");
    }

    @Test
    void aFileWhoseDiskIsGoneKeepsNoOtherFromBeingPublished() throws Exception {
        assertThat(Python.run(home.spool(), "gone_disk.py")).isEqualTo("five three two");

        drain();
        assertThat(events("gone")).containsExactlyInAnyOrder("one", "two", "three", "four", "five");
    }

    @Test
    void findsTheSpoolThatTheServiceFindsHoweverItsLineIsSpelt() throws Exception {
        assertThat(Python.run(home.spool(), "spool_of.py", "tac8.spool.dir=a b\n", "x=1\n  tac8.spool.dir = c \n", "tac8.spool.dir: d",
                "tac8.spool.dir e", "tac8.spool.dir=f\ntac8.spool.dir=g", "#tac8.spool.dir=h", "tac8.spool.directory=i").lines())
                .containsExactly("a b", "c", "d", "e", "g", "var/spool", "var/spool");
    }

    @Test
    void leavesNoPartBehindWhenItEnds() throws Exception {
        Python.run(home.spool(), "threads.py", 1, 1);

        assertThat(parts()).isEmpty();
        assertThat(home.waiting()).hasSize(1);
    }

    @Test
    void theDocumentedExampleGivesTheRowsThatItShows() throws Exception {
        Path document = Path.of("docs/logging.md");
        Assumptions.assumeTrue(Files.exists(document));
        Matcher example = Pattern.compile("```python\n(.*?)```.*?SELECT worker_id(.*?)\".*?\n(w-abc123.*?)\n", Pattern.DOTALL)
                .matcher(Files.readString(document));
        assertThat(example.find()).isTrue();
        Python.run(home.spool(), "verbatim.py", Files.writeString(dir.resolve("example.py"), example.group(1)));
        drain();

        assertThat(home.query("SELECT worker_id" + example.group(2))).containsExactly(example.group(3).replaceAll(" +", "|"));
        assertThat(home.query("SELECT count(*) FROM sessions, tasks, workers, events, api_calls")).containsExactly("1");
    }

    /** Runs the service until all is stored, what processes that are gone have left included. */
    private void drain() throws Exception {
        home.stop();
        home.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> parts().isEmpty() && home.waiting().isEmpty());
        home.stop();
        for (Path file : home.quarantined()) {
            String text = Files.readString(file);
            throw new AssertionError("quarantined: " + text.substring(0, Math.min(text.length(), 2000)));
        }
    }

    private List<Path> parts() throws IOException {
        if (!Files.isDirectory(home.spool())) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(home.spool())) {
            return paths.filter(path -> path.toString().endsWith(".part")).toList();
        }
    }

    private List<String> events(String type) {
        return home.query("SELECT message FROM events WHERE event_type = '" + type + "' ORDER BY record_id");
    }
}
