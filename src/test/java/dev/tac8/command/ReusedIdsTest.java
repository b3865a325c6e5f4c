package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One id that stands for several things: a worker's id used again, a task that is tried again in another session. */
@Tag("thorough")
class ReusedIdsTest {
    /** Two runs of a coordinator that numbers its workers from 1: the first fails and costs a dollar, the second is completed and costs two. */
    private static final List<String> TWO_RUNS = List.of(
            record("session", "2026-11-20T09:00:00Z", "'session_id':'s1','status':'started'"),
            record("task", "2026-11-20T09:00:01Z", "'session_id':'s1','task_id':'gh-1','status':'active'"),
            record("worker", "2026-11-20T09:00:02Z", "'session_id':'s1','task_id':'gh-1','worker_id':'w1','status':'spawned'"),
            call("c-s1", "2026-11-20T09:01:00Z", "w1", 1.0, "'session_id':'s1','task_id':'gh-1'"),
            record("event", "2026-11-20T09:01:30Z", "'id':'e-s1','session_id':'s1','event_type':'error','message':'first','context_id':'w1'"),
            record("worker", "2026-11-20T09:02:00Z", "'session_id':'s1','task_id':'gh-1','worker_id':'w1','status':'failed','exit_code':1"),
            record("task", "2026-11-20T09:03:00Z", "'session_id':'s1','task_id':'gh-1','status':'failed'"),
            record("session", "2026-11-21T09:00:00Z", "'session_id':'s2','status':'started'"),
            record("task", "2026-11-21T09:00:01Z", "'session_id':'s2','task_id':'gh-2','status':'active'"),
            record("worker", "2026-11-21T09:00:02Z", "'session_id':'s2','task_id':'gh-2','worker_id':'w1','status':'spawned'"),
            call("c-s2", "2026-11-21T09:01:00Z", "w1", 2.0, "'session_id':'s2','task_id':'gh-2'"),
            record("event", "2026-11-21T09:01:30Z", "'id':'e-s2','session_id':'s2','event_type':'error','message':'second','context_id':'w1'"),
            record("worker", "2026-11-21T09:02:00Z", "'session_id':'s2','task_id':'gh-2','worker_id':'w1','status':'completed','exit_code':0"),
            record("task", "2026-11-21T09:03:00Z", "'session_id':'s2','task_id':'gh-2','status':'completed'"));

    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;

    @BeforeEach
    void open() {
        home = new Home(dir);
        reader = new Reader(dir, "--zone", "UTC");
    }

    @Test
    void aCallCountsForTheTaskAndTheSessionThatItNames() throws Exception {
        store(TWO_RUNS);

        assertThat(costs("task", "task_id")).isEqualTo(Map.of("gh-1", 1.0, "gh-2", 2.0));
        assertThat(costs("session", "session_id")).isEqualTo(Map.of("s1", 1.0, "s2", 2.0));
        assertThat(costs("outcome", "outcome")).isEqualTo(Map.of("wasted", 1.0, "completed", 2.0));
        assertThat(costs("worker", "worker_id")).isEqualTo(Map.of("w1", 3.0));
        for (String[] filter : new String[][] {{"--task", "gh-1", "1.0"}, {"--task", "gh-2", "2.0"}, {"--session", "s1", "1.0"},
                {"--session", "s2", "2.0"}, {"--worker", "w1", "3.0"}}) {
            assertThat(reader.json("cost", filter[0], filter[1]).get("cost").get("cost_usd").doubleValue()).as("%s %s", filter[0], filter[1])
                    .isEqualTo(Double.parseDouble(filter[2]));
            assertThat(reader.json("cost", "--by", "day", filter[0], filter[1]).get("cost").findValues("cost_usd").stream()
                    .mapToDouble(JsonNode::doubleValue).sum()).isEqualTo(Double.parseDouble(filter[2]));
        }
        assertThat(reader.ask("cost", "--task", "gh-1", "--session", "s2").code()).isEqualTo(1);
        assertThat(numbers(reader.json("tasks").get("tasks"), "cost_usd")).containsExactly(2.0, 1.0);
        assertThat(numbers(reader.json("tasks").get("tasks"), "workers")).containsExactly(1.0, 1.0);
        assertThat(numbers(reader.json("sessions").get("sessions"), "cost_usd")).containsExactly(2.0, 1.0);
        assertThat(reader.json("cost", "--by", "outcome").get("per_result").get(0).get("total_usd").doubleValue()).isEqualTo(2.0);
    }

    @Test
    void theStoryOfTheFirstTaskStillHasItsAttempt() throws Exception {
        store(TWO_RUNS);

        JsonNode first = reader.json("why", "gh-1");
        assertThat(first.get("totals").get("attempts").intValue()).isEqualTo(1);
        assertThat(first.get("totals").get("cost_usd").doubleValue()).isEqualTo(1.0);
        assertThat(first.get("totals").get("wasted_usd").doubleValue()).isEqualTo(1.0);
        assertThat(first.get("story").findValuesAsText("story")).contains(
                "attempt 1: how it ended is not known, as the end of w1 on record is of task gh-2", "first").doesNotContain("second");
        JsonNode second = reader.json("why", "gh-2");
        assertThat(second.get("totals").get("cost_usd").doubleValue()).isEqualTo(2.0);
        assertThat(second.get("totals").get("wasted_usd").doubleValue()).isZero();
        assertThat(second.get("story").findValuesAsText("story")).contains("attempt 1 ended with exit code 0", "second").doesNotContain("first");
        assertThat(second.get("story").get(0).get("timestamp").asText()).as("nothing of the day before").startsWith("2026-11-21");
        JsonNode attempt = reader.json("task", "gh-1").get("workers").get(0);
        assertThat(attempt.get("worker_id").asText()).isEqualTo("w1");
        assertThat(attempt.get("status").isNull()).isTrue();
        assertThat(attempt.get("task_id").asText()).as("the task that is on record of it").isEqualTo("gh-2");
        assertThat(attempt.get("calls").intValue()).isEqualTo(1);
        assertThat(attempt.get("spawned_at").asText()).isEqualTo("2026-11-20T09:01:00.000Z");
    }

    @Test
    void whereAnIdStandsForSeveralItIsSaid() throws Exception {
        store(TWO_RUNS);

        for (String[] asked : new String[][] {{"cost", "--by", "task"}, {"cost", "--by", "session"}, {"cost", "--by", "outcome"},
                {"cost", "--by", "worker"}, {"cost", "--task", "gh-1"}, {"cost", "--task", "gh-2"}, {"cost", "--session", "s1"},
                {"cost", "--worker", "w1", "--by", "model"}, {"why", "gh-1"}, {"why", "gh-2"}, {"task", "gh-1"}, {"task", "gh-2"},
                {"worker", "w1"}}) {
            assertThat(reader.ask(asked).out()).as("%s", List.of(asked))
                    .contains("The worker id w1 (gh-1 in s1, gh-2 in s2) stands for more than one task or session: ");
            assertThat(reader.json(asked).get("reused_workers").findValuesAsText("since")).as("%s", List.of(asked))
                    .containsExactly("2026-11-20T09:01:00.000Z", "2026-11-21T09:01:00.000Z");
        }
        assertThat(reader.ask("tasks").out()).contains("Some worker ids stand for more than one task or session");
        assertThat(reader.ask("cost").out()).doesNotContain("stands for");
        assertThat(reader.ask("worker", "w1").out()).contains("Stands for");
    }

    @Test
    void aCallThatNamesAnotherSessionButNoTaskCountsForTheTaskOfTheRowAndThatIsSaid() throws Exception {
        List<String> lines = new ArrayList<>(TWO_RUNS.subList(7, TWO_RUNS.size()));
        lines.add(call("c-s3", "2026-11-22T09:01:00Z", "w1", 4.0, "'session_id':'s3'"));
        store(lines);

        assertThat(costs("task", "task_id")).isEqualTo(Map.of("gh-2", 6.0));
        assertThat(reader.json("why", "gh-2").get("totals").get("cost_usd").doubleValue()).isEqualTo(6.0);
        for (String[] asked : new String[][] {{"cost", "--by", "task"}, {"why", "gh-2"}, {"task", "gh-2"}, {"worker", "w1"}}) {
            assertThat(reader.ask(asked).out()).as("%s", List.of(asked))
                    .contains("The worker id w1 (gh-2 in s2, gh-2 in s3) stands for more than one task or session: ");
        }
        assertThat(reader.ask("tasks").out()).contains("Some worker ids stand for more than one task or session");
    }

    @Test
    void theLogFileOfAReusedIdMayBeOfAnotherRunAndThatIsSaid() throws Exception {
        List<String> lines = new ArrayList<>(TWO_RUNS);
        lines.add(record("worker", "2026-11-20T09:00:03Z",
                "'session_id':'s1','task_id':'gh-1','worker_id':'w1','status':'spawned','log_file':'logs/w1.jsonl'"));
        store(lines);
        java.nio.file.Files.createDirectories(dir.resolve("logs"));
        java.nio.file.Files.writeString(dir.resolve("logs/w1.jsonl"), "{\"type\":\"user\",\"message\":{\"content\":\"hello\"}}\n");

        assertThat(reader.ask("worker", "w1").out()).contains("Its log file and pid may be those of another of its runs");
        assertThat(reader.ask("worker", "w1", "--show-conversation").err()).contains("(gh-1 in s1, gh-2 in s2) stands for more than one",
                "The words shown may be those of another of its runs");
    }

    @Test
    void whereNoneDoesNothingIsSaid() throws Exception {
        store(TWO_RUNS.subList(0, 7));

        for (String[] asked : new String[][] {{"cost", "--by", "task"}, {"cost", "--task", "gh-1"}, {"why", "gh-1"}, {"task", "gh-1"},
                {"worker", "w1"}, {"tasks"}, {"sessions"}}) {
            assertThat(reader.ask(asked).out()).as("%s", List.of(asked)).doesNotContain("more than one");
        }
    }

    @Test
    void theOrderOfArrivalDoesNotMatter() throws Exception {
        List<String> shuffled = new ArrayList<>(TWO_RUNS);
        Map<String, List<String>> first = null;
        home.start();
        for (int i = 0; i < 6; i++) {
            Collections.shuffle(shuffled, new Random(i));
            home.drop(i + "a.jsonl", shuffled.subList(0, 7));
            home.drop(i + "b.jsonl", shuffled.subList(7, shuffled.size()));
            home.awaitDrained();
            Map<String, List<String>> tables = new HashMap<>(home.tables());
            // Two files, so what has no id is other records; rows of the other tables are the same.
            first = first == null ? tables : first;
            assertThat(tables).isEqualTo(first);
        }
        home.stop();
        assertThat(costs("task", "task_id")).isEqualTo(Map.of("gh-1", 1.0, "gh-2", 2.0));
    }

    @Test
    void anEndCountsForTheTaskOfItsOwnRunOnly() throws Exception {
        store(List.of(
                call("a", "2026-11-20T09:01:00Z", "w1", 1.0, "'session_id':'s9','task_id':'gh-9'"),
                record("worker", "2026-11-20T09:02:00Z", "'session_id':'s9','task_id':'gh-9','worker_id':'w1','status':'completed','exit_code':0"),
                record("task", "2026-11-20T09:03:00Z", "'session_id':'s9','task_id':'gh-9','status':'completed'"),
                record("worker", "2026-11-21T09:00:00Z", "'session_id':'s1','task_id':'gh-1','worker_id':'w1','status':'spawned'"),
                call("b", "2026-11-21T09:01:00Z", "w1", 2.0, "'session_id':'s1','task_id':'gh-1'"),
                record("worker", "2026-11-21T09:02:00Z", "'session_id':'s1','task_id':'gh-1','worker_id':'w1','status':'failed','exit_code':1")));

        assertThat(home.query("SELECT session_id, task_id, status, exit_code FROM workers")).containsExactly("s1|gh-1|failed|1");
        assertThat(costs("outcome", "outcome")).isEqualTo(Map.of("completed", 1.0, "wasted", 2.0));
        assertThat(reader.json("why", "gh-9").get("totals").get("failed_attempts").intValue()).isZero();
        assertThat(reader.json("why", "gh-1").get("totals").get("failed_attempts").intValue()).isEqualTo(1);
    }

    @Test
    void aTaskThatIsTriedAgainInAnotherSessionCostsInEachWhatItCostThere() throws Exception {
        store(List.of(
                call("a", "2026-11-20T09:01:00Z", "w1", 1.0, "'session_id':'s1','task_id':'gh-1'"),
                call("b", "2026-11-21T09:01:00Z", "w2", 2.0, "'session_id':'s2','task_id':'gh-1'"),
                call("c", "2026-11-21T09:02:00Z", "w2", 4.0, "'session_id':'unknown','task_id':''"),
                record("worker", "2026-11-20T09:00:02Z", "'session_id':'s1','task_id':'gh-1','worker_id':'w1','status':'failed'"),
                record("worker", "2026-11-21T09:00:02Z", "'session_id':'s2','task_id':'gh-1','worker_id':'w2','status':'completed'"),
                record("task", "2026-11-21T09:03:00Z", "'session_id':'s2','task_id':'gh-1','status':'completed'")));

        assertThat(costs("session", "session_id")).isEqualTo(Map.of("s1", 1.0, "s2", 6.0));
        assertThat(costs("task", "task_id")).isEqualTo(Map.of("gh-1", 7.0));
        assertThat(costs("outcome", "outcome")).isEqualTo(Map.of("wasted", 1.0, "completed", 6.0));
        assertThat(home.query("SELECT count(*) FROM api_calls WHERE own_session_id IS NULL AND own_task_id IS NULL")).containsExactly("1");
        assertThat(reader.ask("cost", "--by", "task").out()).as("no id stands for two things").doesNotContain("more than one");
    }

    @Test
    void aSlotThatServesManyTasksIsCountedByTaskAndNamedInOneSentence() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String parents = "'session_id':'s" + i / 10 + "','task_id':'gh-" + i + "'";
            String time = "2026-11-20T" + String.format("%02d:%02d:00Z", i / 60, i % 60);
            lines.add(record("worker", time, parents + ",'worker_id':'slot-" + i % 2 + "','status':'completed'"));
            lines.add(call("c" + i, time, "slot-" + i % 2, i + 1, parents));
        }
        store(lines);

        Map<String, Double> byTask = costs("task", "task_id");
        assertThat(byTask).hasSize(200).containsEntry("gh-0", 1.0).containsEntry("gh-199", 200.0);
        assertThat(costs("session", "session_id")).hasSize(20).containsEntry("s0", 55.0);
        assertThat(reader.json("why", "gh-100").get("totals").get("cost_usd").doubleValue()).isEqualTo(101.0);
        assertThat(numbers(reader.json("tasks").get("tasks"), "cost_usd")).hasSize(200).contains(101.0);
        assertThat(reader.ask("cost", "--by", "outcome").out()).containsPattern("2 worker ids, such as slot-0 \\(.* and 97 more\\), stand for more");
    }

    private void store(List<String> lines) throws Exception {
        home.drop("a.jsonl", lines);
        home.drain();
        assertThat(home.quarantined()).isEmpty();
        home.assertSound();
    }

    private static List<Double> numbers(JsonNode rows, String column) {
        return rows.findValues(column).stream().map(JsonNode::doubleValue).toList();
    }

    /** What each part costs. */
    private Map<String, Double> costs(String by, String key) {
        Map<String, Double> costs = new HashMap<>();
        reader.json("cost", "--by", by).get("cost").forEach(row -> costs.put(row.get(key).asText(), row.get("cost_usd").doubleValue()));
        return costs;
    }

    private static String call(String id, String time, String worker, double cost, String fields) {
        return record("api_call", time, "'id':'" + id + "','worker_id':'" + worker + "','model':'m','estimated_cost_usd':" + cost + "," + fields);
    }

    private static String record(String type, String time, String fields) {
        return ("{'type':'" + type + "','timestamp':'" + time + "'," + fields + "}").replace('\'', '"');
    }
}
