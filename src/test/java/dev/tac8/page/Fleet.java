package dev.tac8.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import dev.tac8.bench.Corpus;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Three months of a fleet of coding agents, the same ones for the same seed and moment: sessions, forty tasks in all states with one to four
 * attempts each, calls of five models, what went wrong, and workers that work at that moment. It keeps its own account of what it delivers, against
 * which pages are checked: tac8 has no part in it.
 */
final class Fleet {
    /** The first of forty issues. */
    static final int FIRST_ISSUE = 430;
    static final int TASKS = 40;
    /** Completed in its third attempt. */
    static final String MENDED = "gh-450";
    /** Being worked on. */
    static final String RUNNING = "gh-468";
    private static final Duration SPAN = Duration.ofDays(88);
    private static final int SESSIONS = 12;
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();
    private static final List<String> TITLES = List.of("Upload fails on file names with spaces", "Nightly report counts a day twice",
            "Übersetzung der Fehlermeldungen – déjà vu", "Retry a request when the connection is reset", "日本語のファイル名が壊れる", "Search ignores the second word",
            "Export to CSV loses the last line", "Log in again after the token has expired", "Dark mode: links cannot be told from text",
            "Remove the deprecated configuration keys");
    private static final List<String> ERRORS = List.of("Worker was killed: out of memory", "The tests fail: 3 of 212", "Merge conflict in src/upload.py",
            "API Error: overloaded", "git push was refused: the branch has moved on");
    private static final List<String> DECISIONS = List.of("Retry with a fresh worker – the first one ran out of memory",
            "Use the existing retry helper: it covers time-outs and is tested", "Split the change in two commits, the refactoring first",
            "Leave the old format readable for one release");

    /** A model, and whose figure a cost of its calls is: the agent's own, one by list prices, or nobody's. */
    private record Model(String name, String source) {
    }

    private static final List<Model> MODELS = List.of(new Model("claude-sonnet-4-5", "reported"), new Model("claude-opus-4-5", "reported"),
            new Model("claude-haiku-4-5", "calculated"), new Model("gpt-5.2-codex", "calculated"), new Model("qwen3-coder-local", null));

    /** @param cost null if it is not known */
    record Call(Instant time, String session, String task, String worker, String model, BigDecimal cost, String source, long tokens) {
    }

    /** @param status as tac8 has it in the end */
    record Task(String id, int issue, String title, String status, int attempts, Integer pullRequest) {
    }

    /** @param status spawned while it works */
    record Worker(String id, String task, String status, int attempt, Path log) {
    }

    record Event(Instant time, String type, String severity, String context, String message) {
    }

    /** What a number of calls cost: the sum of those whose cost is known, and how many have none. */
    record Sum(BigDecimal cost, long calls, long without, long tokens) {
        static Sum of(List<Call> calls) {
            return new Sum(calls.stream().filter(call -> call.cost != null).map(Call::cost).reduce(BigDecimal.ZERO, BigDecimal::add), calls.size(),
                    calls.stream().filter(call -> call.cost == null).count(), calls.stream().mapToLong(Call::tokens).sum());
        }
    }

    private final Random random;
    private final Instant now;
    private final List<Call> calls = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> bad = List.of("{\"type\":\"event\",\"timestamp\":\"yesterday\"}", "no JSON at all", "{\"type\":\"api_call\"",
            "{\"type\":\"task\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"task_id\":\"gh-1\",\"status\":\"forgotten\"}",
            "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"x\",\"message\":\"<b>bold</b>\",\"details\":7}");
    private final Map<Path, List<String>> logs = new LinkedHashMap<>();
    private int records;

    /** @param now when the last workers work */
    Fleet(long seed, Instant now) {
        random = new Random(seed);
        this.now = now.truncatedTo(ChronoUnit.MILLIS);
        Duration each = SPAN.dividedBy(SESSIONS);
        for (int i = 0; i < SESSIONS; i++) {
            session(i, now.minus(SPAN).plus(each.multipliedBy(i)));
        }
        for (int i = 0; i < TASKS; i++) {
            task(i);
        }
        addEvents();
    }

    // --- The account ---

    List<Call> calls() {
        return calls;
    }

    List<Task> tasks() {
        return tasks;
    }

    List<Worker> workers() {
        return workers;
    }

    List<Event> events() {
        return events;
    }

    int sessions() {
        return SESSIONS;
    }

    /** Lines that go to quarantine. */
    List<String> bad() {
        return bad;
    }

    Sum sum() {
        return Sum.of(calls);
    }

    Sum sum(Predicate<Call> which) {
        return Sum.of(calls.stream().filter(which).toList());
    }

    Map<LocalDate, Sum> byDay(ZoneId zone) {
        return by(call -> call.time.atZone(zone).toLocalDate());
    }

    Map<String, Sum> byTask() {
        return by(Call::task);
    }

    Map<String, Sum> byModel() {
        return by(Call::model);
    }

    Map<String, Sum> byWorker() {
        return by(Call::worker);
    }

    private <K> Map<K, Sum> by(Function<Call, K> key) {
        return calls.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.collectingAndThen(Collectors.toList(), Sum::of)));
    }

    // --- Its delivery ---

    /** Writes the conversations, and drops everything else in a few files: one with bad lines. */
    void drop(Home home) throws IOException {
        for (Map.Entry<Path, List<String>> log : logs.entrySet()) {
            Path file = home.path("logs").resolve(log.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, log.getValue());
        }
        int each = lines.size() / 4 + 1;
        for (int i = 0; i < 4; i++) {
            home.drop("fleet-" + i + ".jsonl", lines.subList(i * each, Math.min(lines.size(), (i + 1) * each)));
        }
        home.drop("fleet-bad.jsonl", bad);
    }

    /** A further call of a worker that works, as one line, which is on the account from then on. */
    String nextCall(Instant time) {
        lines.clear();
        Worker worker = workers.stream().filter(each -> each.status.equals("spawned")).findFirst().orElseThrow();
        call(time.truncatedTo(ChronoUnit.MILLIS), sessionOf(TASKS - 1), worker.task, worker.id, MODELS.get(0));
        return lines.get(0);
    }

    // --- What happened ---

    private static String sessionOf(int task) {
        return String.format("s-%02d", 1 + task * SESSIONS / TASKS);
    }

    private void session(int i, Instant start) {
        String id = String.format("s-%02d", i + 1);
        record("session", start, "session_id", id, "status", "started", "git_commit", Long.toHexString(random.nextLong() >>> 36), "config",
                Map.of("max_workers", 3, "label", "rpi-auto"));
        // The last one goes on, and one was killed.
        if (i < SESSIONS - 1 && i != 7) {
            record("session", start.plus(SPAN.dividedBy(SESSIONS)).minusSeconds(60), "session_id", id, "status", "ended", "exit_reason",
                    i == 4 ? "error" : "normal");
        }
    }

    private void task(int i) {
        String session = sessionOf(i);
        int issue = FIRST_ISSUE + i;
        String id = "gh-" + issue;
        String title = TITLES.get(i % TITLES.size()) + (i < TITLES.size() ? "" : " (" + (i / TITLES.size() + 1) + ")");
        String status = i == TASKS - 1 ? "detected" : i > TASKS - 4 ? "active" : i % 6 == 3 ? "failed" : "completed";
        int attempts = switch (status) {
            case "detected" -> 0;
            case "failed" -> 1 + i % 4;
            case "active" -> 1 + i % 2;
            default -> id.equals(MENDED) ? 3 : i % 5 == 0 ? 2 : 1;
        };
        // Hours apart from the others of the session; the running ones have begun within the hour.
        Instant time = i > TASKS - 4 ? now.minusSeconds(3_000L - 60L * (i - TASKS)) : now.minus(SPAN).plus(SPAN.dividedBy(TASKS).multipliedBy(i)).plusSeconds(7_200);
        event(time, session, "trigger", "info", "coordinator", null, "GitHub issue detected: " + id, Map.of("issue_number", issue, "labels", List.of("rpi-auto")));
        record("task", time.plusMillis(100), "session_id", session, "task_id", id, "status", "detected", "issue_number", issue, "title", title);
        Integer pullRequest = null;
        if (attempts > 0) {
            time = time.plusSeconds(5);
            record("task", time, "session_id", session, "task_id", id, "status", "active");
            for (int attempt = 1; attempt <= attempts; attempt++) {
                boolean last = attempt == attempts;
                time = attempt(session, id, attempt, last && status.equals("active") ? "spawned" : last && status.equals("completed") ? "completed" : "failed", time);
                if (!last) {
                    time = time.plusSeconds(40);
                    event(time, session, "decision", "info", "task", id, any(DECISIONS), Map.of("attempt", attempt + 1, "memory_limit_mb", 4096 * (attempt + 1)));
                }
            }
        }
        if (status.equals("completed")) {
            // One was done without.
            pullRequest = i == 1 ? null : 900 + i;
            record("task", time.plusSeconds(1), "session_id", session, "task_id", id, "status", "completed", "pr_number", pullRequest);
        } else if (status.equals("failed")) {
            record("task", time.plusSeconds(1), "session_id", session, "task_id", id, "status", "failed");
        }
        tasks.add(new Task(id, issue, title, status, attempts, pullRequest));
    }

    /** @return when it was over */
    private Instant attempt(String session, String task, int attempt, String status, Instant start) {
        String id = "w-" + task.substring(3) + "-" + attempt;
        Path log = Path.of(id + ".jsonl");
        Instant time = start.plusMillis(300);
        event(time, session, "worktree_op", "info", "task", task, "Created worktree for task", Map.of("path", "/trees/" + task, "branch", "auto/" + id));
        record("worker", time, "session_id", session, "worker_id", id, "task_id", task, "status", "spawned", "pid", 10_000 + random.nextInt(50_000), "log_file",
                "logs/" + log);
        int many = 4 + random.nextInt(status.equals("failed") ? 10 : 25);
        Model model = MODELS.get(random.nextInt(MODELS.size()));
        List<String> said = new ArrayList<>();
        said.add(said("user", id, 0, time, text("text", "Work on issue " + task.substring(3) + ": " + TITLES.get(random.nextInt(TITLES.size())) + ".\nWrite a test first.")));
        for (int i = 1; i <= many; i++) {
            time = time.plusSeconds(10 + random.nextInt(status.equals("spawned") ? 20 : 90));
            // Now and then a sub-agent works with a small model.
            call(time, session, task, id, random.nextInt(6) == 0 ? MODELS.get(2) : model);
            turn(said, id, i, time, model.name);
        }
        logs.put(log, said);
        if (task.equals(RUNNING)) {
            // The other one that works has not been heard of for a while.
            call(now.minusSeconds(5), session, task, id, model);
        }
        if (status.equals("failed")) {
            event(time, session, "error", "error", "worker", id, any(ERRORS), Map.of("rss_mb", 8_000 + random.nextInt(500)));
        } else if (status.equals("completed") && random.nextInt(3) == 0) {
            event(time, session, "test_run", "warning", "task", task, "212 tests passed, 3 were skipped", null);
        }
        if (!status.equals("spawned")) {
            record("worker", time.plusSeconds(3), "session_id", session, "worker_id", id, "task_id", task, "status", status, "exit_code",
                    status.equals("completed") ? 0 : attempt == 1 ? -9 : 1);
            event(time.plusSeconds(4), session, "worktree_op", "info", "task", task, "Removed worktree", Map.of("path", "/trees/" + task));
        }
        workers.add(new Worker(id, task, status, attempt, log));
        return time.plusSeconds(5);
    }

    private void call(Instant time, String session, String task, String worker, Model model) {
        int in = 20 + random.nextInt(9_000);
        int out = 10 + random.nextInt(3_000);
        int cached = random.nextInt(90_000);
        // One in nine has no cost, whatever the model; of five decimals or six, such as no binary fraction holds.
        BigDecimal cost = model.source == null || random.nextInt(9) == 0 ? null : BigDecimal.valueOf(1 + random.nextInt(140_000), 5 + random.nextInt(2));
        // Most name their task, the others belong to their worker's.
        boolean names = random.nextInt(10) > 0;
        record("api_call", time, "worker_id", worker, "session_id", names ? session : null, "task_id", names ? task : null, "model", model.name, "tokens_input", in,
                "tokens_output", out, "cache_read_tokens", cached, "estimated_cost_usd", cost, "cost_source", cost == null ? null : model.source, "price_version",
                cost != null && "calculated".equals(model.source) ? "2026-11-20" : null, "duration_ms", 500 + random.nextInt(20_000), "success",
                random.nextInt(40) == 0 ? false : null);
        calls.add(new Call(time, session, task, worker, model.name, cost, cost == null ? null : model.source, (long) in + out + cached));
    }

    private void event(Instant time, String session, String type, String severity, String contextType, String context, String message, Map<String, ?> details) {
        record("event", time, "session_id", session, "event_type", type, "severity", severity, "context_type", contextType, "context_id", context, "message",
                message, "details", details);
        events.add(new Event(time, type, severity, context, message));
    }

    private void addEvents() {
        for (int i = 0; i < 30; i++) {
            event(now.minusSeconds(5_000L - 150L * i), sessionOf(TASKS - 1), i % 10 == 9 ? "rate_limit" : "heartbeat", i % 10 == 9 ? "warning" : "info", "coordinator",
                    null, i % 10 == 9 ? "The API asks to wait for " + i + " s" : "3 workers, " + i + " issues waiting", Map.of("beat", i));
        }
    }

    /** One record as a line; fields that are null are left out. */
    private void record(String type, Instant time, Object... fields) {
        Map<String, Object> record = new LinkedHashMap<>(Map.of("type", type));
        record.put("timestamp", time.truncatedTo(ChronoUnit.MILLIS).toString());
        record.put("id", String.format("fleet-%05d", records++));
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i + 1] != null) {
                record.put((String) fields[i], fields[i + 1]);
            }
        }
        lines.add(json(record));
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    // --- What was said: the format of Claude Code's transcripts ---

    private void turn(List<String> said, String worker, int turn, Instant time, String model) {
        String use = "t" + turn;
        boolean fails = random.nextInt(8) == 0;
        String thought = "The cause must be where " + TITLES.get(turn % TITLES.size()).toLowerCase(Locale.ROOT) + ".";
        said.add(said("assistant", worker, turn, time, Map.of("type", "thinking", "thinking", thought, "signature", "xx"),
                text("text", "I look at it, step " + turn + "."), Map.of("type", "tool_use", "id", use, "name", "Bash", "input", Map.of("command", "pytest -k case_" + turn))));
        said.add(said("user", worker, turn, time.plusSeconds(4), Map.of("type", "tool_result", "tool_use_id", use, "is_error", fails, "content",
                fails ? "1 failed, " + turn + " passed" : turn + " passed in 0." + turn + " s")));
        if (model.startsWith("claude") && turn == 3) {
            said.add(json(Map.of("type", "assistant", "sessionId", worker, "uuid", worker + "-side", "isSidechain", true, "agentId", "a1", "timestamp", time.toString(),
                    "message", Map.of("id", "side-" + worker, "role", "assistant", "model", "claude-haiku-4-5", "content",
                            List.of(text("text", "I am the sub-agent, and have found two callers.")), "usage", Map.of("input_tokens", 10, "output_tokens", 5)))));
        }
    }

    private static Map<String, Object> text(String type, String text) {
        return Map.of("type", type, type, text);
    }

    private static String said(String role, String worker, int turn, Instant time, Object... parts) {
        Map<String, Object> message = new LinkedHashMap<>(Map.of("role", role, "content", List.of(parts)));
        if (role.equals("assistant")) {
            message.putAll(Map.of("id", "m-" + worker + "-" + turn, "model", "claude-sonnet-4-5", "usage", Map.of("input_tokens", 3, "output_tokens", 90,
                    "cache_read_input_tokens", 1_000L * turn, "cache_creation_input_tokens", 200)));
        }
        return json(Map.of("type", role, "sessionId", worker, "uuid", worker + "-" + turn + role, "isSidechain", false, "timestamp", time.toString(), "message", message));
    }

    // --- A million records ---

    /** Writes a million records of the last three months to a new file. */
    static void million(Path file, long seed, Instant now) throws IOException {
        new Corpus(seed, Math.toIntExact(SPAN.toMillis() / 1_000_000), now.minus(SPAN)).write(file, 1_000_000);
    }
}
