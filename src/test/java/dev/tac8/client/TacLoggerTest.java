package dev.tac8.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.fault.Corpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java logger, by way of the real routes into the database. */
class TacLoggerTest {
    @TempDir
    private Path dir;

    @Test
    void whatItLogsIsInTheTables() throws Exception {
        Home home = new Home(dir);
        String session;
        try (TacLogger logger = home.logger()) {
            session = logger.startSession(Map.of("max_workers", 3), "4f2a9c1");
            logger.logTask(session, "gh-450", "detected", Map.of("issue_number", 450, "timestamp", Instant.parse("2026-11-22T10:00:00Z")));
            logger.logWorker(session, "w-abc123", "gh-450", "spawned", Map.of("pid", 12345));
            logger.logEvent(session, "decision", "info", "Preserved worktree", Map.of("context_id", "gh-450", "details", Map.of("a", 0.2)));
            logger.logApiCall("w-abc123", "claude-sonnet-4-5", Map.of("tokens_input", 5000, "tokens_output", 2000,
                    "estimated_cost_usd", 0.045));
            logger.endSession(session, "normal");
            assertThat(logger.flush()).isTrue();
            assertThat(logger.refused()).isZero();
        }
        home.drain();

        assertThat(home.quarantined()).isEmpty();
        assertThat(home.query("SELECT session_id, git_commit, exit_reason, config FROM sessions"))
                .containsExactly(session + "|4f2a9c1|normal|{\"max_workers\":3}");
        assertThat(home.query("SELECT task_id, issue_number, detected_at FROM tasks"))
                .containsExactly("gh-450|450|2026-11-22T10:00:00.000Z");
        assertThat(home.query("SELECT worker_id, task_id, pid FROM workers")).containsExactly("w-abc123|gh-450|12345");
        assertThat(home.query("SELECT message, context_id, details FROM events")).containsExactly("Preserved worktree|gh-450|{\"a\":0.2}");
        assertThat(home.query("SELECT worker_id, tokens_total, estimated_cost_usd FROM api_calls")).containsExactly("w-abc123|7000|0.045");
        assertThat(Files.readString(home.done().get(0))).as("the call says whose it is, whatever arrives first")
                .containsPattern("\"session_id\":\"" + session + "\".*\"type\":\"api_call\".*\"task_id\":\"gh-450\"");
    }

    @Test
    void aCallThatNamesTheAgentsMessageIsTheOneThatTheAgentsFilesHold() throws Exception {
        Home home = new Home(dir);
        try (TacLogger logger = home.logger()) {
            logger.logApiCall("w", "m", Map.of("message_id", " msg_1 ", "estimated_cost_usd", 0.05, "cost_source", "reported"));
            logger.logApiCall("w", "m", Map.of("message_id", "t-1:0.12", "agent", "codex", "estimated_cost_usd", 0.25, "price_version", "2026-11-20",
                    "usage", Map.of("batch", true)));
            logger.logApiCall("w", "m", Map.of("message_id", "msg_2", "id", "mine", "cost_source", "billed"));
            logger.logApiCall("w", "m", Map.of("message_id", " "));
            assertThat(logger.refused()).isZero();
        }
        home.drain();

        assertThat(home.query("SELECT record_id, estimated_cost_usd, cost_source, price_version, usage FROM api_calls WHERE length(record_id) < 36 ORDER BY 1"))
                .containsExactly("claude:msg_1|0.05|reported|null|null", "codex:t-1:0.12|0.25|calculated|2026-11-20|{\"batch\":true}", "mine|null|null|null|null");
        assertThat(home.query("SELECT count(*) FROM api_calls")).containsExactly("4");
    }

    @Test
    void aCallWithoutANameCostsWhatItCosts() throws Exception {
        Home home = new Home(dir);
        try (TacLogger logger = home.logger()) {
            logger.logApiCall(null, "", Map.of("estimated_cost_usd", 0.045));
            assertThat(logger.refused()).isZero();
        }
        home.drain();

        assertThat(home.query("SELECT worker_id, model, estimated_cost_usd FROM api_calls")).containsExactly("unknown|unknown|0.045");
    }

    @Test
    void whatRowsAreFoundByIsCutToWhatItsFieldHoldsAndTheCallCounts() throws Exception {
        Home home = new Home(dir);
        String longest = "é".repeat(396) + "a";
        try (TacLogger logger = home.logger()) {
            logger.logApiCall("w\0" + "é".repeat(500), "m", Map.of("estimated_cost_usd", 0.045, "task_id", "x".repeat(801), "session_id", "😀".repeat(200)));
            logger.logApiCall("x".repeat(801), "m", Map.of("estimated_cost_usd", 7.5));
            logger.logApiCall("x".repeat(800) + "y", "m", Map.of("estimated_cost_usd", 7.5, "invalid", "mine", "tokens_input", "many"));
            logger.logEvent("é".repeat(396) + "abcdefgh", "e".repeat(900), "info", "m", Map.of("context_id", longest + "éé"));
            assertThat(logger.refused()).isZero();
        }
        home.drain();

        assertThat(home.quarantined()).isEmpty();
        assertThat(home.query("SELECT worker_id, own_task_id, own_session_id, estimated_cost_usd FROM api_calls ORDER BY worker_id"))
                .containsExactly("w␀" + "é".repeat(388) + "... 088f3ef815a993c1|" + "x".repeat(780) + "... 55e803dee4d0581d|" + "😀".repeat(200) + "|0.045",
                        "x".repeat(780) + "... 55e803dee4d0581d|null|null|7.5", "x".repeat(780) + "... fca216b1c13800b4|null|null|7.5");
        assertThat(home.query("SELECT session_id, event_type, context_id FROM events WHERE session_id <> 'tac8'"))
                .containsExactly("é".repeat(396) + "abcdefgh|" + "e".repeat(780) + "... 6defa4acf963a2e6|" + longest + "éé");
        assertThat(Files.readString(home.done().get(0))).contains("\"invalid\":{\"worker_id\":\"w\\u0000é", "\"task_id\":\"" + "x".repeat(801) + "\"",
                "\"invalid\":\"mine\"", "\"tokens_input\":\"many\"", "\"worker_id\":\"" + "x".repeat(800) + "y\"");
    }

    @Test
    void namesItsFilesInTheSameDigitsEverywhere() throws Exception {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("ar-EG"));
        try (Part part = Part.create(dir)) {
            assertThat(dir.toFile().list()).hasSize(1).allMatch(name -> Part.FILE.matcher(name).matches());
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void losesAndDoublesNothingOfManyThreadsAndOneOfThemInterrupted() throws Exception {
        Home home = new Home(dir);
        try (TacLogger logger = home.logger()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                threads.add(new Thread(() -> {
                    for (int event = 0; event < 500; event++) {
                        if (number == 0) {
                            Thread.currentThread().interrupt();
                        }
                        logger.logEvent("s1", "thread", "info", number + " " + event, null);
                        if (event % 100 == 0 && number > 0) {
                            logger.flush();
                        }
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(logger.refused() + logger.dropped()).isZero();
        }
        home.drain();

        assertThat(home.query("SELECT message FROM events ORDER BY record_id")).hasSize(4000).doesNotHaveDuplicates();
        assertThat(home.quarantined()).isEmpty();
    }

    @Test
    void neverThrowsAndWritesNothingThatIsNoRecordWhateverItIsCalledWith() throws Exception {
        Home home = new Home(dir);
        Random random = Corpus.random(getClass());
        int calls = 1000;
        long refused;
        try (TacLogger logger = home.logger()) {
            List<Object> values = values();
            List<String> fields = List.of("timestamp", "id", "details", "config", "exit_reason", "pid", "title", "success", "tokens_input",
                    "estimated_cost_usd", "message_id", "agent", "usage", "cost_source", "severity", "session_id", "type", "other", "\ud800");
            for (int i = 0; i < calls; i++) {
                Map<String, Object> more = new HashMap<>();
                for (int field = random.nextInt(4); field > 0; field--) {
                    more.put(random.nextInt(50) == 0 ? null : fields.get(random.nextInt(fields.size())), values.get(random.nextInt(values.size())));
                }
                String text = Arrays.asList(null, "", "a", "\ud800", "completed", "x".repeat(5000)).get(random.nextInt(6));
                switch (random.nextInt(5)) {
                    case 0 -> logger.startSession(more, text);
                    case 1 -> logger.logTask(text, "t", random.nextInt(4) == 0 ? text : "active", more);
                    case 2 -> logger.logWorker(text, "w", text, random.nextInt(4) == 0 ? text : "completed", more);
                    case 3 -> logger.logEvent(text, "e", text, "m", more);
                    default -> logger.logApiCall(text == null ? "w" : text, "m", more);
                }
            }
            refused = logger.refused();
        }
        long lines = 0;
        for (Path file : home.waiting()) {
            lines += Files.readAllLines(file).size();
        }
        System.out.println(calls + " hostile calls: " + lines + " records, " + refused + " refused");
        assertThat(lines).isEqualTo(calls - refused).isGreaterThan(calls / 2);
        home.drain();
        assertThat(home.quarantined()).isEmpty();
    }

    private static List<Object> values() {
        List<Object> circle = new ArrayList<>();
        circle.add(circle);
        Object deep = 1;
        for (int i = 0; i < 2000; i++) {
            deep = List.of(deep);
        }
        Object unspeakable = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no");
            }
        };
        return Arrays.asList(null, "", "text", 5, -1, 5.5, Double.NaN, 1L << 60, true, "\ud800", Map.of("a", Double.POSITIVE_INFINITY), circle,
                deep, unspeakable, new Object(), Instant.now(), List.of(1), "2026-11-22T10:00:00Z", "9".repeat(5000),
                new java.math.BigInteger("9".repeat(2000)), Map.of("text", "x".repeat(5_000_000)));
    }
}
