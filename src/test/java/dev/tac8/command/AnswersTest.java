package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import dev.tac8.fault.Corpus;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The reading commands answer what plain Java works out from the same records: random ones, ingested by the product. Nothing here
 * knows a statement of the product's.
 */
class AnswersTest {
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    private static final Instant BEGIN = Instant.parse("2026-10-20T00:00:00Z");
    private static final Duration SPAN = Duration.ofDays(40);
    private static final int SESSIONS = 6;
    private static final int TASKS = 30;
    private static final int CALLS = 1500;
    private static final int EVENTS = 300;
    private static final double CENT_FRACTION = 1e-9;

    @TempDir
    private static Path dir;
    private static Home home;
    private static Reader reader;
    private static Random random;
    private static final Map<String, Session> SESSION = new LinkedHashMap<>();
    private static final Map<String, Task> TASK = new LinkedHashMap<>();
    private static final Map<String, Worker> WORKER = new LinkedHashMap<>();
    private static final List<Call> ALL_CALLS = new ArrayList<>();
    private static final List<Event> ALL_EVENTS = new ArrayList<>();

    private record Session(String id, Instant started, Instant ended, String reason, String commit) {
    }

    private record Task(String id, String session, Long issue, Long pr, String title, Instant detected, Instant started, Instant completed,
            Instant failed, String status) {
    }

    private record Worker(String id, String session, String task, Instant spawned, Instant ended, String status, Long exit, Long pid,
            String log) {
        /** The stand-in of a call's worker that nobody has recorded. */
        static Worker nobody(String id) {
            return new Worker(id, "unknown", "unknown", null, null, "spawned", null, null, null);
        }
    }

    private record Call(String id, String worker, Instant time, String model, Map<String, Long> tokens, BigDecimal cost, boolean success) {
        Worker by() {
            return WORKER.get(worker);
        }

        Long total() {
            return tokens.values().stream().filter(Objects::nonNull).reduce(Long::sum).orElse(null);
        }
    }

    private record Event(String id, String session, Instant time, String type, String severity, String contextType, String context,
            String message, Map<String, Object> details) {
    }

    @BeforeAll
    static void ingestRandomRecords() throws Exception {
        random = Corpus.random(AnswersTest.class);
        List<Map<String, Object>> records = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            records.addAll(session("s-" + i));
        }
        for (int i = 0; i < TASKS; i++) {
            records.addAll(task("gh-" + i));
        }
        // Workers whom nobody has recorded: their calls cost money all the same.
        for (int i = 0; i < 3; i++) {
            WORKER.put("w-nobody-" + i, Worker.nobody("w-nobody-" + i));
        }
        for (int i = 0; i < CALLS; i++) {
            records.add(call("c-" + i));
        }
        for (int i = 0; i < EVENTS; i++) {
            records.add(event("e-" + i));
        }
        java.util.Collections.shuffle(records, random);
        home = new Home(dir.resolve("home"));
        for (int i = 0; i < 3; i++) {
            int part = i;
            home.drop(i + ".jsonl", java.util.stream.IntStream.range(0, records.size()).filter(n -> n % 3 == part)
                    .mapToObj(n -> new String(Corpus.line(records.get(n)), java.nio.charset.StandardCharsets.UTF_8)).toList());
        }
        home.drain();
        assertThat(home.quarantined()).isEmpty();
        reader = new Reader(home.path(""), "--zone", ZONE.getId());
    }

    @AfterAll
    static void stop() {
        home.close();
    }

    @Test
    void costIsTheSumOfAllCalls() {
        JsonNode cost = reader.json("cost").get("cost");

        assertTotals(cost, ALL_CALLS);
        for (String kind : List.of("tokens_input", "tokens_output", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")) {
            assertNumber(cost.get(kind), sum(ALL_CALLS, call -> call.tokens.get(kind)), kind);
        }
    }

    @Test
    void costIsTheSumOfTheCallsThatAnyMixtureOfFiltersLeaves() {
        int found = 0;
        for (int i = 0; i < 60; i++) {
            List<String> args = new ArrayList<>(List.of("cost"));
            Predicate<Call> kept = filters(args);
            List<Call> calls = ALL_CALLS.stream().filter(kept).toList();
            args.add("--json");

            Reader.Answered answered = reader.ask(args.toArray(String[]::new));

            assertThat(answered.code()).as("%s%s", args, answered).isEqualTo(calls.isEmpty() ? 1 : 0);
            if (!calls.isEmpty()) {
                found++;
                assertTotals(answered.json().get("cost"), calls);
                assertUnpricedIsSaid(answered.json(), calls);
            } else {
                assertThat(answered.err()).matches("There is no .*\\.\n");
            }
        }
        assertThat(found).as("of the mixtures some find something").isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"task", "model", "worker", "session", "day", "week", "month", "outcome"})
    void costSplitsIntoPartsThatAreWorkedOutOneByOne(String by) {
        for (int i = 0; i < 10; i++) {
            List<String> args = new ArrayList<>(List.of("cost", "--by", by, "--json"));
            Predicate<Call> kept = i == 0 ? call -> true : filters(args);
            Map<String, List<Call>> parts = ALL_CALLS.stream().filter(kept).collect(Collectors.groupingBy(part(by)));

            Reader.Answered answered = reader.ask(args.toArray(String[]::new));

            assertThat(answered.code()).as("%s%s", args, answered).isEqualTo(parts.isEmpty() ? 1 : 0);
            if (parts.isEmpty()) {
                continue;
            }
            JsonNode rows = answered.json().get("cost");
            String name = switch (by) {
                case "model", "outcome" -> by;
                case "day", "week", "month" -> "period";
                default -> by + "_id";
            };
            assertThat(rows.findValuesAsText(name)).as("%s", args).containsExactlyInAnyOrderElementsOf(parts.keySet());
            for (JsonNode row : rows) {
                List<Call> calls = parts.get(row.get(name).asText());
                assertTotals(row, calls);
                if (row.has("workers")) {
                    assertNumber(row.get("workers"), distinct(calls, Call::worker), "workers of " + row);
                }
                if (by.equals("outcome")) {
                    assertNumber(row.get("tasks"), distinct(calls, call -> call.by().task), "tasks of " + row);
                }
            }
            assertUnpricedIsSaid(answered.json(), ALL_CALLS.stream().filter(kept).toList());
        }
    }

    @Test
    void aResultCostsAllCallsOfAllItsWorkersFailedAttemptsIncluded() {
        for (int i = 0; i < 15; i++) {
            List<String> args = new ArrayList<>(List.of("cost", "--by", "outcome", "--json"));
            Predicate<Call> kept = i == 0 ? call -> true : filters(args);
            List<Call> calls = ALL_CALLS.stream().filter(kept).filter(call -> TASK.containsKey(call.by().task)).toList();
            List<Call> ofCompleted = calls.stream().filter(call -> TASK.get(call.by().task).status.equals("completed")).toList();
            List<Call> ofPullRequests = calls.stream().filter(call -> TASK.get(call.by().task).pr != null).toList();

            Reader.Answered answered = reader.ask(args.toArray(String[]::new));

            JsonNode results = answered.json().path("per_result");
            assertResult(results, "completed task", ofCompleted, distinct(ofCompleted, call -> call.by().task));
            assertResult(results, "pull request", ofPullRequests, distinct(ofPullRequests, call -> TASK.get(call.by().task).pr));
        }
    }

    @Test
    void tasksTellOfEachTaskWhatItsRecordsSay() {
        JsonNode answer = reader.json("tasks");

        assertThat(answer.get("tasks").findValuesAsText("task_id")).containsExactlyElementsOf(TASK.values().stream()
                .sorted(Comparator.comparing(Task::detected).reversed().thenComparing(Task::id)).map(Task::id).toList());
        answer.get("tasks").forEach(row -> assertTask(row, TASK.get(row.get("task_id").asText())));
        assertUnpricedIsSaid(answer, ALL_CALLS.stream().filter(call -> TASK.containsKey(call.by().task)).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"detected", "active", "completed", "failed"})
    void tasksCanBeThoseOfAStatusAndASessionAndATime(String status) {
        for (int i = 0; i < 10; i++) {
            Instant since = moment();
            Instant until = since.plus(Duration.ofDays(1 + random.nextInt(30)));
            String session = "s-" + random.nextInt(SESSIONS);

            Reader.Answered answered = reader.ask("tasks", "--status", status, "--since", since.toString(), "--until", until.toString(),
                    "--session", session, "--json");

            List<String> expected = TASK.values().stream().filter(task -> task.status.equals(status) && task.session.equals(session)
                    && !task.detected.isBefore(since) && task.detected.isBefore(until)).map(Task::id).toList();
            assertThat(answered.code()).isEqualTo(expected.isEmpty() ? 1 : 0);
            assertThat(answered.json().path("tasks").findValuesAsText("task_id")).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void completedTodayAreTheTasksWhoseLastStatusIsCompletedOnTheReadersDay() {
        for (Task some : TASK.values().stream().filter(task -> task.completed != null).toList()) {
            LocalDate today = LocalDate.ofInstant(some.completed, ZONE);
            Reader then = new Reader(home.path(""), "--zone", ZONE.getId()).at(java.time.Clock.fixed(some.completed, java.time.ZoneOffset.UTC));

            Reader.Answered answered = then.ask("tasks", "--completed-today", "--json");

            assertThat(answered.json().path("tasks").findValuesAsText("task_id")).containsExactlyInAnyOrderElementsOf(TASK.values().stream()
                    .filter(task -> task.status.equals("completed") && LocalDate.ofInstant(task.completed, ZONE).equals(today))
                    .map(Task::id).toList());
        }
    }

    @Test
    void aTaskIsShownWithItsWorkers() {
        for (Task task : TASK.values()) {
            JsonNode answer = reader.json("task", task.id);

            assertTask(answer.get("task"), task);
            List<Worker> workers = workersOf(task.id);
            assertThat(answer.get("workers").findValuesAsText("worker_id")).containsExactlyElementsOf(
                    workers.stream().map(Worker::id).toList());
            answer.get("workers").forEach(row -> assertWorker(row, WORKER.get(row.get("worker_id").asText())));
            assertUnpricedIsSaid(answer, callsOfTask(task.id));
        }
    }

    @Test
    void aWorkerIsShownWithItsModels() {
        for (Worker worker : WORKER.values()) {
            List<Call> calls = callsOf(worker.id);
            if (calls.isEmpty() && worker.spawned == null) {
                continue;
            }
            JsonNode answer = reader.json("worker", worker.id);

            assertWorker(answer.get("worker"), worker);
            Map<String, List<Call>> models = calls.stream().collect(Collectors.groupingBy(Call::model));
            assertThat(answer.get("models").findValuesAsText("model")).containsExactlyInAnyOrderElementsOf(models.keySet());
            answer.get("models").forEach(row -> assertTotals(row, models.get(row.get("model").asText())));
            assertUnpricedIsSaid(answer, calls);
        }
    }

    @Test
    void sessionsTellOfEachSessionWhatItsRecordsSay() {
        JsonNode answer = reader.json("sessions");

        assertThat(answer.get("sessions").findValuesAsText("session_id")).containsExactlyElementsOf(SESSION.values().stream()
                .sorted(Comparator.comparing(Session::started).reversed()).map(Session::id).toList());
        for (JsonNode row : answer.get("sessions")) {
            Session session = SESSION.get(row.get("session_id").asText());
            List<Call> calls = ALL_CALLS.stream().filter(call -> call.by().session.equals(session.id)).toList();
            assertThat(row.get("started_at").asText()).isEqualTo(stored(session.started));
            assertText(row.get("ended_at"), stored(session.ended));
            assertText(row.get("exit_reason"), session.reason);
            assertText(row.get("git_commit"), session.commit);
            assertMinutes(row.get("minutes"), session.started, session.ended);
            assertNumber(row.get("tasks"), TASK.values().stream().filter(task -> task.session.equals(session.id)).count(), "tasks");
            assertNumber(row.get("workers"), WORKER.values().stream().filter(worker -> worker.session.equals(session.id)).count(), "workers");
            assertMoney(row.get("cost_usd"), calls);
            assertNumber(row.get("calls_without_cost"), unpriced(calls), "calls without a cost");
        }
        assertUnpricedIsSaid(answer, ALL_CALLS.stream().filter(call -> SESSION.containsKey(call.by().session)).toList());
    }

    @Test
    void eventsAreThoseThatAnyMixtureOfFiltersLeavesInOrderOfTime() {
        for (int i = 0; i < 40; i++) {
            List<String> args = new ArrayList<>(List.of("events", "--json"));
            Predicate<Event> kept = event -> true;
            Event like = ALL_EVENTS.get(random.nextInt(EVENTS));
            kept = maybe(args, "--type", like.type, kept, event -> event.type.equals(like.type));
            kept = maybe(args, "--severity", like.severity, kept, event -> event.severity.equals(like.severity));
            kept = like.context == null ? kept : maybe(args, "--context", like.context, kept, event -> like.context.equals(event.context));
            kept = maybe(args, "--session", like.session, kept, event -> event.session.equals(like.session));
            Instant since = moment();
            kept = maybe(args, "--since", since.toString(), kept, event -> !event.time.isBefore(since));
            List<Event> expected = ALL_EVENTS.stream().filter(kept).sorted(Comparator.comparing(Event::time).thenComparing(Event::id)).toList();

            Reader.Answered answered = reader.ask(args.toArray(String[]::new));

            assertThat(answered.code()).isEqualTo(expected.isEmpty() ? 1 : 0);
            JsonNode rows = answered.json().path("events");
            assertThat(rows.findValuesAsText("record_id")).as("%s", args).containsExactlyElementsOf(expected.stream().map(Event::id).toList());
            for (int n = 0; n < expected.size(); n++) {
                Event event = expected.get(n);
                JsonNode row = rows.get(n);
                assertThat(row.get("timestamp").asText()).isEqualTo(stored(event.time));
                assertText(row.get("session_id"), event.session);
                assertText(row.get("event_type"), event.type);
                assertText(row.get("severity"), event.severity);
                assertText(row.get("context_type"), event.contextType);
                assertText(row.get("context_id"), event.context);
                assertText(row.get("message"), event.message);
                assertThat(row.get("details").toString()).isEqualTo(event.details == null ? "null" : json(event.details));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "7", "299"})
    void aLimitLeavesTheNewestAndSaysSo(int limit) {
        JsonNode events = reader.json("events", "--limit", String.valueOf(limit));

        assertThat(events.get("events").findValuesAsText("record_id")).containsExactlyElementsOf(ALL_EVENTS.stream()
                .sorted(Comparator.comparing(Event::time).thenComparing(Event::id)).skip(EVENTS - limit).map(Event::id).toList());
        assertThat(events.get("remarks").get(0).asText()).contains("--limit");
        assertThat(reader.json("events", "--limit", String.valueOf(EVENTS + 1)).get("remarks")).isEmpty();
    }

    @Test
    void whyTotalsWhatATaskTookAndWhatOfItWasWasted() {
        for (Task task : TASK.values()) {
            JsonNode answer = reader.json("why", task.id);

            List<Call> calls = callsOfTask(task.id);
            List<Worker> workers = workersOf(task.id);
            JsonNode totals = answer.get("totals");
            assertNumber(totals.get("attempts"), (long) workers.size(), "attempts");
            assertNumber(totals.get("failed_attempts"), workers.stream().filter(worker -> worker.status.equals("failed")).count(), "failed");
            assertNumber(totals.get("calls"), (long) calls.size(), "calls");
            assertNumber(totals.get("calls_without_cost"), unpriced(calls), "calls without a cost");
            assertMoneyOrNothing(totals.get("cost_usd"), calls);
            assertMoneyOrNothing(totals.get("wasted_usd"), calls.stream().filter(call -> outcome(call).equals("wasted")).toList());
            Instant end = Stream.of(task.completed, task.failed).filter(Objects::nonNull).max(Comparator.naturalOrder()).orElse(null);
            assertMinutes(totals.get("minutes"), task.detected, end);
            assertUnpricedIsSaid(answer, calls);
        }
    }

    @Test
    void whyTellsTheStoryInOrderOfTimeWithTheEventsThatBelongToTheTask() {
        for (Task task : TASK.values()) {
            JsonNode story = reader.json("why", task.id).get("story");

            List<String> times = new ArrayList<>();
            story.forEach(row -> times.add(row.get("timestamp").isNull() ? "~" : row.get("timestamp").asText()));
            assertThat(times).isSorted();
            List<String> workers = workersOf(task.id).stream().map(Worker::id).toList();
            List<Task> sameNumber = TASK.values().stream().filter(other -> other != task && task.issue != null
                    && task.issue.equals(other.issue) && task.session.equals(other.session)).toList();
            List<String> expected = ALL_EVENTS.stream().filter(event -> isAbout(event, task)
                    || workers.contains(event.context) && !"task".equals(event.contextType)
                    || event.type.equals("trigger") && (names(event, task) || task.issue != null && event.details != null
                            && task.issue.equals(event.details.get("issue_number")) && event.session.equals(task.session)
                            && sameNumber.stream().noneMatch(other -> isAbout(event, other) || names(event, other))))
                    .map(event -> stored(event.time) + event.type + event.message).sorted().toList();
            List<String> told = new ArrayList<>();
            for (JsonNode row : story) {
                String what = row.get("what").asText();
                if (List.of("trigger", "decision", "error", "worktree").contains(what)) {
                    told.add(row.get("timestamp").asText() + what + row.get("story").asText()
                            .replaceFirst(" \\(issue_number \\d+\\)( - perhaps of another task)?$", ""));
                }
            }
            assertThat(told.stream().sorted().toList()).isEqualTo(expected);
            for (String id : workers) {
                Worker worker = WORKER.get(id);
                List<JsonNode> its = new ArrayList<>();
                story.forEach(row -> its.add(row));
                its.removeIf(row -> !id.equals(row.get("worker_id").asText()) || row.get("calls").isNull());
                boolean told1 = worker.ended != null || !callsOf(id).isEmpty();
                assertThat(its).as("the end of %s", worker).hasSize(told1 ? 1 : 0);
                if (told1) {
                    assertNumber(its.get(0).get("calls"), (long) callsOf(id).size(), "calls of " + id);
                    assertMoney(its.get(0).get("cost_usd"), callsOf(id));
                    assertThat(its.get(0).get("what").asText()).isEqualTo(worker.status);
                }
            }
        }
    }

    private static boolean isAbout(Event event, Task task) {
        return task.id.equals(event.context) && !"worker".equals(event.contextType);
    }

    private static boolean names(Event event, Task task) {
        return Pattern.compile("(?<![A-Za-z0-9_-])" + Pattern.quote(task.id) + "(?![A-Za-z0-9_-])").matcher(event.message).find();
    }

    // What the records are

    private static List<Map<String, Object>> session(String id) {
        Instant started = BEGIN.minus(Duration.ofDays(1)).plusSeconds(random.nextInt(3600 * 20)).plusMillis(random.nextInt(1000));
        Instant ended = chance(2) ? BEGIN.plus(SPAN).plusMillis(random.nextInt(100_000)) : null;
        Session session = new Session(id, started, ended, ended == null ? null : oneOf("normal", "error", "signal"),
                chance(2) ? "9f2c1e7" : null);
        SESSION.put(id, session);
        List<Map<String, Object>> records = new ArrayList<>();
        records.add(record("session", started, "session_id", id, "status", "started", "git_commit", session.commit));
        if (ended != null) {
            records.add(record("session", ended, "session_id", id, "status", "ended", "exit_reason", session.reason));
        }
        return records;
    }

    private static List<Map<String, Object>> task(String id) {
        String session = "s-" + random.nextInt(SESSIONS);
        Instant detected = moment();
        List<Map<String, Object>> records = new ArrayList<>();
        Long issue = chance(5) ? null : (long) random.nextInt(20);
        // Some tasks share a pull request.
        Long pr = chance(2) ? (long) 100 + random.nextInt(10) : null;
        String title = chance(5) ? null : "Title of " + id;
        records.add(record("task", detected, "session_id", session, "task_id", id, "status", "detected", "issue_number", issue, "title", title,
                "pr_number", pr));
        Map<String, Instant> last = new HashMap<>();
        String status = "detected";
        Instant now = detected;
        for (int attempt = 0; attempt < random.nextInt(4); attempt++) {
            now = now.plusMillis(1 + random.nextInt(1_000_000));
            last.put("active", now);
            records.add(record("task", now, "session_id", session, "task_id", id, "status", status = "active"));
            now = worker(id, session, "w-" + id + "-" + attempt, now, records);
            if (chance(4)) {
                break;
            }
            now = now.plusMillis(1 + random.nextInt(1000));
            status = oneOf("completed", "failed");
            last.put(status, now);
            records.add(record("task", now, "session_id", session, "task_id", id, "status", status));
        }
        TASK.put(id, new Task(id, session, issue, pr, title, detected, last.get("active"), last.get("completed"), last.get("failed"), status));
        return records;
    }

    private static Instant worker(String task, String session, String id, Instant now, List<Map<String, Object>> records) {
        Instant spawned = now.plusMillis(random.nextInt(1000));
        Long pid = (long) random.nextInt(10_000);
        String log = chance(2) ? "logs/" + task + ".jsonl" : null;
        records.add(record("worker", spawned, "session_id", session, "task_id", task, "worker_id", id, "status", "spawned", "pid", pid,
                "log_file", log));
        if (chance(4)) {
            WORKER.put(id, new Worker(id, session, task, spawned, null, "spawned", null, pid, log));
            return spawned;
        }
        Instant ended = spawned.plusMillis(random.nextInt(4_000_000));
        String status = oneOf("completed", "failed");
        Long exit = chance(3) ? null : (long) random.nextInt(3) - 1;
        records.add(record("worker", ended, "session_id", session, "task_id", task, "worker_id", id, "status", status, "exit_code", exit));
        WORKER.put(id, new Worker(id, session, task, spawned, ended, status, exit, pid, log));
        return ended;
    }

    private static Map<String, Object> call(String id) {
        List<Worker> workers = List.copyOf(WORKER.values());
        Worker worker = workers.get(random.nextInt(workers.size()));
        // A call names its worker's time least, so that spawned_at stays what the worker's own record says.
        Instant time = worker.spawned == null ? moment() : worker.spawned.plusMillis(random.nextInt(200_000_000));
        Map<String, Long> tokens = new LinkedHashMap<>();
        for (String kind : List.of("tokens_input", "tokens_output", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")) {
            tokens.put(kind, chance(3) ? null : (long) random.nextInt(100_000));
        }
        BigDecimal cost = chance(15) ? null : chance(20) ? BigDecimal.ZERO : BigDecimal.valueOf(random.nextInt(1_000_000), 6);
        Call call = new Call(id, worker.id, time, "model-" + random.nextInt(4), tokens, cost, !chance(10));
        ALL_CALLS.add(call);
        Map<String, Object> record = record("api_call", time, "id", id, "worker_id", worker.id, "model", call.model,
                "estimated_cost_usd", cost, "success", call.success);
        record.putAll(tokens);
        return record;
    }

    private static Map<String, Object> event(String id) {
        Task task = List.copyOf(TASK.values()).get(random.nextInt(TASK.size()));
        List<Worker> workers = workersOf(task.id);
        String context = oneOf(null, task.id, workers.isEmpty() ? "coordinator" : workers.get(0).id, "elsewhere");
        String message = oneOf("nothing of note", "detected: " + task.id, task.id + "-b is another", "x" + task.id, task.id, "(" + task.id + ")",
                task.id + "0 is not it", "see " + task.id + ", please", "Quotes ' and \" and 漢字");
        Map<String, Object> details = chance(3) ? Map.of("issue_number", task.issue == null ? 7L : task.issue) : null;
        Event event = new Event(id, "s-" + random.nextInt(SESSIONS), moment(), oneOf("trigger", "trigger", "decision", "error", "worktree"),
                oneOf("debug", "info", "warning", "error"), oneOf(null, "task", "worker"), context, message, details);
        ALL_EVENTS.add(event);
        return record("event", event.time, "id", id, "session_id", event.session, "event_type", event.type, "severity", event.severity,
                "context_type", event.contextType, "context_id", context, "message", message, "details", details);
    }

    private static Map<String, Object> record(String type, Instant time, Object... fields) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("type", type);
        record.put("timestamp", time.toString());
        for (int i = 0; i < fields.length; i += 2) {
            record.put((String) fields[i], fields[i + 1]);
        }
        return record;
    }

    private static Instant moment() {
        return BEGIN.plusMillis(random.nextLong(SPAN.toMillis()));
    }

    private static boolean chance(int of) {
        return random.nextInt(of) == 0;
    }

    private static String oneOf(String... values) {
        return values[random.nextInt(values.length)];
    }

    // What was asked

    private static Predicate<Call> filters(List<String> args) {
        Predicate<Call> kept = call -> true;
        Call like = ALL_CALLS.get(random.nextInt(CALLS));
        Instant since = moment();
        LocalDate until = LocalDate.ofInstant(since, ZONE).plusDays(random.nextInt(15));
        boolean both = chance(2);
        if (both || chance(3)) {
            args.addAll(List.of("--since", since.toString()));
            kept = kept.and(call -> !call.time.isBefore(since));
        }
        if (both || chance(3)) {
            args.addAll(List.of("--until", until.toString()));
            kept = kept.and(call -> call.time.isBefore(until.plusDays(1).atStartOfDay(ZONE).toInstant()));
        }
        kept = chance(2) ? kept : maybe(args, "--model", like.model, kept, call -> call.model.equals(like.model));
        kept = chance(2) ? kept : maybe(args, "--worker", like.worker, kept, call -> call.worker.equals(like.worker));
        kept = chance(2) ? kept : maybe(args, "--task", like.by().task, kept, call -> call.by().task.equals(like.by().task));
        return chance(2) ? kept : maybe(args, "--session", like.by().session, kept, call -> call.by().session.equals(like.by().session));
    }

    private static <T> Predicate<T> maybe(List<String> args, String option, String value, Predicate<T> before, Predicate<T> filter) {
        if (chance(2)) {
            return before;
        }
        args.addAll(List.of(option, value));
        return before.and(filter);
    }

    private static Function<Call, String> part(String by) {
        return switch (by) {
            case "task" -> call -> call.by().task;
            case "model" -> Call::model;
            case "worker" -> Call::worker;
            case "session" -> call -> call.by().session;
            case "day" -> call -> day(call).toString();
            case "week" -> call -> String.format("%04d-W%02d", day(call).get(IsoFields.WEEK_BASED_YEAR),
                    day(call).get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case "month" -> call -> day(call).toString().substring(0, 7);
            default -> AnswersTest::outcome;
        };
    }

    private static LocalDate day(Call call) {
        return call.time.atZone(ZONE).toLocalDate();
    }

    /** The definitions, as the design has them. */
    private static String outcome(Call call) {
        Task task = TASK.get(call.by().task);
        if (call.by().status.equals("failed") || task != null && task.status.equals("failed")) {
            return "wasted";
        }
        return task != null && task.status.equals("completed") ? "completed" : "open";
    }

    private static List<Worker> workersOf(String task) {
        return WORKER.values().stream().filter(worker -> worker.task.equals(task)).sorted(Comparator.comparing(Worker::spawned)
                .thenComparing(Worker::id)).toList();
    }

    private static List<Call> callsOf(String worker) {
        return ALL_CALLS.stream().filter(call -> call.worker.equals(worker)).toList();
    }

    private static List<Call> callsOfTask(String task) {
        return ALL_CALLS.stream().filter(call -> call.by().task.equals(task)).toList();
    }

    // What it must be

    private static void assertTask(JsonNode row, Task task) {
        List<Call> calls = callsOfTask(task.id);
        assertText(row.get("status"), task.status);
        assertText(row.get("session_id"), task.session);
        assertText(row.get("title"), task.title);
        assertNumber(row.get("issue_number"), task.issue, "issue of " + task);
        assertNumber(row.get("pr_number"), task.pr, "pr of " + task);
        assertText(row.get("detected_at"), stored(task.detected));
        assertText(row.get("started_at"), stored(task.started));
        assertText(row.get("completed_at"), stored(task.completed));
        assertText(row.get("failed_at"), stored(task.failed));
        assertMinutes(row.get("minutes"), task.started, switch (task.status) {
            case "completed" -> task.completed;
            case "failed" -> task.failed;
            default -> null;
        });
        assertNumber(row.get("workers"), (long) workersOf(task.id).size(), "workers of " + task);
        assertMoney(row.get("cost_usd"), calls);
        assertNumber(row.get("calls_without_cost"), unpriced(calls), "calls without a cost of " + task);
    }

    private static void assertWorker(JsonNode row, Worker worker) {
        List<Call> calls = callsOf(worker.id);
        assertText(row.get("status"), worker.status);
        assertText(row.get("task_id"), worker.task);
        assertText(row.get("session_id"), worker.session);
        assertNumber(row.get("exit_code"), worker.exit, "exit code of " + worker);
        assertNumber(row.get("pid"), worker.pid, "pid of " + worker);
        assertText(row.get("log_file"), worker.log);
        if (worker.spawned != null) {
            assertText(row.get("spawned_at"), stored(worker.spawned));
        }
        assertText(row.get("completed_at"), stored(worker.ended));
        assertMinutes(row.get("minutes"), worker.spawned, worker.ended);
        assertTotals(row, calls);
        assertNumber(row.get("failed_calls"), calls.stream().filter(call -> !call.success).count(), "failed calls of " + worker);
    }

    private static void assertTotals(JsonNode row, List<Call> calls) {
        assertNumber(row.get("calls"), (long) calls.size(), "calls of " + row);
        assertNumber(row.get("calls_without_cost"), unpriced(calls), "calls without a cost of " + row);
        assertNumber(row.get("tokens_total"), sum(calls, Call::total), "tokens of " + row);
        assertMoney(row.get("cost_usd"), calls);
    }

    private static void assertResult(JsonNode results, String name, List<Call> calls, long count) {
        JsonNode row = null;
        for (JsonNode each : results) {
            row = each.get("result").asText().equals(name) ? each : row;
        }
        assertThat(row == null).as("%s in %s", name, results).isEqualTo(calls.isEmpty());
        if (row != null) {
            assertNumber(row.get("count"), count, name);
            assertNumber(row.get("calls_without_cost"), unpriced(calls), name);
            assertMoney(row.get("total_usd"), calls);
            BigDecimal total = money(calls);
            if (total != null) {
                assertThat(row.get("each_usd").doubleValue()).isCloseTo(total.divide(BigDecimal.valueOf(count), MathContext.DECIMAL64)
                        .doubleValue(), org.assertj.core.data.Offset.offset(CENT_FRACTION));
            }
        }
    }

    private static void assertUnpricedIsSaid(JsonNode answer, List<Call> calls) {
        long count = unpriced(calls);
        String remarks = answer.get("remarks").toString();
        if (count == 0) {
            assertThat(remarks).doesNotContain("without a cost");
        } else {
            assertThat(remarks).contains("\"" + count + (count == 1 ? " call without a cost" : " calls without a cost"));
        }
    }

    private static long unpriced(List<Call> calls) {
        return calls.stream().filter(call -> call.cost == null).count();
    }

    /** Null where there is nothing to add up: that is not the same as nothing to pay. */
    private static BigDecimal money(List<Call> calls) {
        return calls.stream().map(Call::cost).filter(Objects::nonNull).reduce(BigDecimal::add).orElse(null);
    }

    private static void assertMoney(JsonNode actual, List<Call> calls) {
        BigDecimal expected = money(calls);
        assertThat(actual.isNull()).as("%s for %s", actual, expected).isEqualTo(expected == null);
        if (expected != null) {
            assertThat(actual.decimalValue().subtract(expected).abs()).isLessThan(BigDecimal.valueOf(CENT_FRACTION));
        }
    }

    /** Where there was no call, it was for nothing; where none has a cost, nobody knows. */
    private static void assertMoneyOrNothing(JsonNode actual, List<Call> calls) {
        if (calls.isEmpty()) {
            assertThat(actual.decimalValue()).isEqualByComparingTo(BigDecimal.ZERO);
        } else {
            assertMoney(actual, calls);
        }
    }

    private static Long sum(List<Call> calls, Function<Call, Long> number) {
        return calls.stream().map(number).filter(Objects::nonNull).reduce(Long::sum).orElse(null);
    }

    private static long distinct(List<Call> calls, Function<Call, Object> of) {
        return calls.stream().map(of).distinct().count();
    }

    private static void assertNumber(JsonNode actual, Long expected, String what) {
        assertThat(actual.isNull() ? null : (Long) actual.longValue()).as(what).isEqualTo(expected);
    }

    private static void assertText(JsonNode actual, String expected) {
        assertThat(actual.textValue()).isEqualTo(expected);
    }

    private static void assertMinutes(JsonNode actual, Instant from, Instant to) {
        assertThat(actual.isNull()).as("%s from %s to %s", actual, from, to).isEqualTo(from == null || to == null);
        if (from != null && to != null) {
            assertThat(actual.doubleValue()).isCloseTo(Duration.between(from, to).toMillis() / 60_000.0,
                    org.assertj.core.data.Offset.offset(0.001));
        }
    }

    private static String stored(Instant moment) {
        return moment == null ? null : java.time.format.DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX")
                .format(moment.atZone(java.time.ZoneOffset.UTC));
    }

    private static String json(Map<String, Object> object) {
        return Arrays.toString(object.entrySet().toArray()).replaceAll("\\[(\\w+)=(\\d+)]", "{\"$1\":$2}");
    }
}
