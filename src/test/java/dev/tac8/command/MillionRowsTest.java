package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million rows, 700,000 of them calls, whose answers a loop in Java works out from the number of each. */
@Tag("thorough")
class MillionRowsTest {
    private static final int CALLS = 700_000;
    private static final int EVENTS = 300_000;
    private static final int WORKERS = 5000;
    private static final int TASKS = 1000;
    private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");
    private static final Offset<Double> EXACT = within(1e-6);

    @TempDir
    private static Path dir;
    private static Reader reader;

    /** Call i: a second after the one before (and so 86,400 a day), worker i % 5000, no cost where i % 50 is 7. */
    @BeforeAll
    static void fillAStore() throws Exception {
        new Home(dir);
        Path store = Reader.store(dir.resolve("var/external"));
        try (Connection connection = Reader.connect(store); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO sessions (session_id, started_at) VALUES ('s', '2026-11-01T00:00:00.000Z')");
            statement.execute(numbers(TASKS) + " INSERT INTO tasks (task_id, session_id, detected_at, status, pr_number, completed_at, failed_at)"
                    + " SELECT 'gh-' || i, 's', " + time("i") + ", CASE i % 4 WHEN 0 THEN 'failed' WHEN 1 THEN 'completed' ELSE 'active' END,"
                    + " CASE i % 4 WHEN 1 THEN i END, CASE i % 4 WHEN 1 THEN " + time("i + 60") + " END, CASE i % 4 WHEN 0 THEN "
                    + time("i + 60") + " END FROM n");
            statement.execute(numbers(WORKERS) + " INSERT INTO workers (worker_id, session_id, task_id, spawned_at, status)"
                    + " SELECT 'w-' || i, 's', 'gh-' || (i % " + TASKS + "), " + time("i")
                    + ", CASE i % 7 WHEN 0 THEN 'failed' ELSE 'completed' END FROM n");
            statement.execute(numbers(CALLS) + " INSERT INTO api_calls (worker_id, timestamp, model, tokens_total, estimated_cost_usd, success,"
                    + " record_id) SELECT 'w-' || (i % " + WORKERS + "), " + time("i") + ", 'model-' || (i % 3), i % 1000,"
                    + " CASE i % 50 WHEN 7 THEN NULL ELSE (i % 97) / 1000.0 END, i % 11 <> 0, 'call-' || i FROM n");
            statement.execute(numbers(EVENTS) + " INSERT INTO events (session_id, timestamp, event_type, severity, context_id, message, record_id)"
                    + " SELECT 's', " + time("i") + ", CASE i % 3 WHEN 0 THEN 'decision' ELSE 'trigger' END, CASE i % 5 WHEN 0 THEN 'error' ELSE"
                    + " 'info' END, 'gh-' || (i % " + TASKS + "), 'message ' || i, 'event-' || i FROM n");
            connection.commit();
        }
        reader = new Reader(dir);
    }

    private static String numbers(int count) {
        return "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " + count + ")";
    }

    private static String time(String seconds) {
        return "strftime('%Y-%m-%dT%H:%M:%S.000Z', " + BEGIN.getEpochSecond() + " + " + seconds + ", 'unixepoch')";
    }

    private static boolean isPriced(int call) {
        return call % 50 != 7;
    }

    private static double cost(int call) {
        return isPriced(call) ? call % 97 / 1000.0 : 0;
    }

    /** The costs of all calls by some key. */
    private static Map<String, Double> costs(IntFunction<String> key) {
        Map<String, Double> costs = new HashMap<>();
        for (int call = 0; call < CALLS; call++) {
            costs.merge(key.apply(call), cost(call), Double::sum);
        }
        return costs;
    }

    private static String outcome(int call) {
        int worker = call % WORKERS;
        int task = worker % TASKS;
        return worker % 7 == 0 || task % 4 == 0 ? "wasted" : task % 4 == 1 ? "completed" : "open";
    }

    @Test
    void costsInAllAndByEverythingAreRight() {
        JsonNode all = reader.json("cost").get("cost");
        assertThat(all.get("calls").asInt()).isEqualTo(CALLS);
        assertThat(all.get("calls_without_cost").asInt()).isEqualTo(CALLS / 50);
        assertThat(all.get("cost_usd").asDouble()).isCloseTo(costs(call -> "all").get("all"), EXACT);
        assertCosts("task", "task_id", costs(call -> "gh-" + call % WORKERS % TASKS));
        assertCosts("worker", "worker_id", costs(call -> "w-" + call % WORKERS));
        assertCosts("model", "model", costs(call -> "model-" + call % 3));
        assertCosts("outcome", "outcome", costs(MillionRowsTest::outcome));
        assertCosts("day", "period", costs(call -> BEGIN.plusSeconds(call).toString().substring(0, 10)));
    }

    private static void assertCosts(String by, String key, Map<String, Double> expected) {
        Map<String, Double> found = new HashMap<>();
        reader.json("cost", "--by", by, "--zone", "UTC").get("cost").forEach(row -> found.put(row.get(key).asText(), row.get("cost_usd").asDouble()));
        assertThat(found.keySet()).as(by).isEqualTo(expected.keySet());
        expected.forEach((name, cost) -> assertThat(found.get(name)).as("%s %s", by, name).isCloseTo(cost, EXACT));
    }

    @Test
    void aDayATaskAWorkerAndAStoryAreRight() {
        JsonNode day = reader.json("cost", "--since", "2026-11-03", "--until", "2026-11-03", "--zone", "Asia/Kathmandu").get("cost");
        double expected = 0;
        // 5:45 ahead of UTC.
        int first = 2 * 86_400 - 20_700;
        for (int call = first; call < first + 86_400; call++) {
            expected += cost(call);
        }
        assertThat(day.get("calls").asInt()).isEqualTo(86_400);
        assertThat(day.get("cost_usd").asDouble()).isCloseTo(expected, EXACT);

        double ofTask = costs(call -> call % WORKERS % TASKS == 44 ? "here" : "elsewhere").get("here");
        JsonNode task = reader.json("task", "gh-44");
        assertThat(task.get("task").get("cost_usd").asDouble()).isCloseTo(ofTask, EXACT);
        assertThat(task.get("workers")).hasSize(WORKERS / TASKS);
        assertThat(reader.json("why", "gh-44").get("totals").get("wasted_usd").asDouble()).isCloseTo(ofTask, EXACT);
        assertThat(reader.json("why", "gh-44").get("story")).hasSizeGreaterThan(EVENTS / TASKS);
        JsonNode worker = reader.json("worker", "w-1234").get("worker");
        assertThat(worker.get("calls").asInt()).isEqualTo(CALLS / WORKERS);
        assertThat(worker.get("cost_usd").asDouble()).isCloseTo(costs(call -> call % WORKERS == 1234 ? "here" : "elsewhere").get("here"), EXACT);
    }

    @Test
    void listsAreRight() {
        assertThat(reader.json("tasks", "--status", "failed").get("tasks")).hasSize(TASKS / 4);
        assertThat(reader.json("sessions").get("sessions").get(0).get("cost_usd").asDouble())
                .isCloseTo(costs(call -> "all").get("all"), EXACT);
        JsonNode events = reader.json("events", "--type", "decision", "--severity", "error", "--context", "gh-30", "--limit", "100000").get("events");
        assertThat(events).hasSize(100);
        assertThat(reader.json("events", "--limit", "10").get("events").get(9).get("message").asText()).isEqualTo("message " + (EVENTS - 1));
    }
}
