package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of issues and pull requests are their own only within a repository: one fleet may work on several. */
class RepositoriesTest {
    @TempDir
    private Path dir;
    private Path store;
    private Reader reader;
    private int number;

    @BeforeEach
    void makeStore() {
        new Home(dir);
        store = Reader.store(dir.resolve("var/external"));
        Reader.insert(store, "sessions", Map.of("session_id", "s-1", "started_at", "2026-11-20T10:00:00.000Z"));
        reader = new Reader(dir, "--zone", "UTC");
    }

    private static String at(int second) {
        return String.format("2026-11-20T10:%02d:%02d.000Z", second / 60, second % 60);
    }

    /** A completed task of one worker, whose only call cost a dollar. */
    private void task(String id, int issue, int pullRequest, int second) {
        Reader.insert(store, "tasks", Map.of("task_id", id, "session_id", "s-1", "issue_number", issue, "pr_number", pullRequest,
                "detected_at", at(second), "completed_at", at(second + 300), "status", "completed", "title", "Title of " + id));
        Reader.insert(store, "workers", Map.of("worker_id", "w-" + id, "session_id", "s-1", "task_id", id, "spawned_at", at(second + 1),
                "status", "completed"));
        Reader.insert(store, "api_calls", Map.of("worker_id", "w-" + id, "timestamp", at(second + 2), "model", "m",
                "estimated_cost_usd", 1.0, "record_id", "c-" + id));
    }

    private void event(String type, String message, int second, String context, String details) {
        event(type, message, second, context, details, null);
    }

    private void event(String type, String message, int second, String context, String details, String contextType) {
        Map<String, Object> event = new HashMap<>(Map.of("session_id", "s-1", "timestamp", at(second), "event_type", type, "severity", "info",
                "message", message, "record_id", "e-" + number++));
        event.put("context_id", context);
        event.put("details", details);
        event.put("context_type", contextType);
        Reader.insert(store, "events", event);
    }

    private void trigger(String message, int second, String repository) {
        event("trigger", message, second, null, repository == null ? "{\"issue_number\":450}"
                : "{\"issue_number\":450,\"repo\":\"" + repository + "\"}");
    }

    /** The triggers of a task's story, those that may be another's with a question mark. */
    private String triggers(String task) {
        List<String> found = new ArrayList<>();
        JsonNode answer = reader.json("why", task);
        for (JsonNode row : answer.get("story")) {
            if (row.get("what").asText().equals("trigger")) {
                String story = row.get("story").asText();
                found.add(story.substring(0, story.indexOf(' ')) + (story.endsWith(" - perhaps of another task") ? "?" : ""));
            }
        }
        long doubtful = found.stream().filter(each -> each.endsWith("?")).count();
        assertThat(answer.get("remarks").toString().contains("may be another task's")).isEqualTo(doubtful > 0);
        return String.join(" ", found);
    }

    private void two() {
        task("api-450", 450, 12, 60);
        task("web-450", 450, 12, 120);
    }

    @ParameterizedTest
    @CsvSource({"60, 120", "59, 119", "30, 61"})
    void eachRepositorysTriggerIsOfTheTaskThatCameAfterIt(int api, int web) {
        two();
        trigger("api", api, "acme/api");
        trigger("web", web, "acme/web");
        trigger("again", 400, "Acme/API");

        assertThat(triggers("api-450")).isEqualTo("api again");
        assertThat(triggers("web-450")).isEqualTo("web");
    }

    @ParameterizedTest
    @CsvSource({"61, 121", "30, 40", "60, 60", "130, 140"})
    void whatTheOrderOfTimeDoesNotTellIsDoubtful(int api, int web) {
        two();
        trigger("api", api, "acme/api");
        trigger("web", web, "acme/web");

        assertThat(triggers("api-450")).isEqualTo("api? web?");
        assertThat(triggers("web-450")).isEqualTo("api? web?");
        assertThat(reader.ask("why", "api-450").out()).contains("2 triggers of issue 450 may be another task's: 1 other task of the session"
                + " has that number too, and no record says which repository is whose.");
    }

    @Test
    void anEventAboutATaskTellsItsRepository() {
        two();
        trigger("api", 30, "acme/api");
        trigger("web", 40, "acme/web");
        event("worktree", "made", 70, "web-450", "{\"repository\":\"acme/web\"}");

        assertThat(triggers("web-450")).isEqualTo("web");
        assertThat(triggers("api-450")).as("the other one is left over, and so is its repository").isEqualTo("api");
    }

    @Test
    void aTriggerThatNamesATaskIsOfThatTaskAlone() {
        two();
        trigger("a: web-450", 50, null);
        trigger("b: api-450", 55, null);
        event("trigger", "c", 56, "api-450", "{\"issue_number\":450}");

        assertThat(triggers("api-450")).isEqualTo("b: c");
        assertThat(triggers("web-450")).isEqualTo("a:");
    }

    @ParameterizedTest
    @CsvSource({"gh-45, ' also gh-45, then', true", "gh-45, (gh-45), true", "gh-45, done: gh-45., true", "gh-45, gh-45.1, false",
        "gh-45, gh-45/x, false", "gh-45, v.gh-45, false", "acme/web#12, see acme/web#12, true", "acme/web#12, corp/acme/web#12, false",
        "acme/web#12, acme/web#123, false", "ber-1, über-1, false", "ber-1, 日ber-1, false", "ber-1, „ber-1“, true", "ber-1, ber-1é, false",
        "gh-45, gh-45.1 and gh-45, true", "a[1]*?, a[1]*?, true", "gh-45, gh-4*, false"})
    void anIdIsAWordWhereNothingBesideItBelongsToIt(String id, String words, boolean named) {
        task(id, 45, 12, 60);
        event("trigger", "m: " + words, 50, null, null);

        assertThat(triggers(id)).isEqualTo(named ? "m:" : "");
    }

    @Test
    void aTriggerThatNamesATaskButAnotherIssueOrRepositoryIsDoubtful() {
        task("api-450", 450, 12, 60);
        event("worktree", "made", 70, "api-450", "{\"repo\":\"acme/api\"}");
        event("trigger", "a: api-450", 50, null, "{\"issue_number\":451}");
        event("trigger", "b: api-450", 51, null, "{\"issue_number\":450,\"repo\":\"acme/web\"}");
        event("trigger", "c: api-450", 52, null, "{\"issue_number\":\"450\",\"repo\":\"Acme/API\"}");

        assertThat(triggers("api-450")).isEqualTo("a:? b:? c:");
        assertThat(reader.ask("why", "api-450").out()).contains(
                "2 triggers name this task but another issue or repository, and so may be another task's.");
    }

    @Test
    void ofEqualIdsTheTypeOfTheContextTellsWhoseAnEventIs() {
        task("same", 450, 12, 60);
        Reader.insert(store, "workers", Map.of("worker_id", "same", "session_id", "s-1", "task_id", "other", "spawned_at", at(1), "status", "failed"));
        event("error", "of-the-worker", 70, "same", null, "worker");
        event("trigger", "by-the-worker", 70, "same", null, "worker");
        event("error", "of-the-task", 71, "same", null, "task");
        event("error", "of-either", 72, "same", null, null);
        event("error", "no-task-of-that-id", 73, "w-same", null, "task");
        event("error", "of-its-worker", 74, "w-same", null, "worker");

        assertThat(reader.json("why", "same").get("story").findValuesAsText("story")).contains("of-the-task", "of-either", "of-its-worker")
                .doesNotContain("of-the-worker", "by-the-worker", "no-task-of-that-id");
    }

    @Test
    void withoutARepositoryTheTriggersOfTwoTasksAreDoubtful() {
        two();
        trigger("one", 60, null);

        assertThat(triggers("api-450")).isEqualTo("one?");
        assertThat(triggers("web-450")).isEqualTo("one?");
    }

    @Test
    void theOneTaskOfANumberHasItsTriggersUnlessTheyAreOfSeveralRepositories() {
        task("api-450", 450, 12, 60);
        trigger("one", 60, null);
        trigger("late", 400, "acme/api");
        assertThat(triggers("api-450")).isEqualTo("one late");

        trigger("web", 500, "acme/web");
        assertThat(triggers("api-450")).isEqualTo("one? late? web?");
    }

    @Test
    void otherTasksOfTheSessionCountAlsoIfThereIsAnArchive() {
        two();
        trigger("api", 60, "acme/api");
        trigger("web", 120, "acme/web");
        Path active = store;
        store = Reader.archive(dir, "2026-10");
        assertThat(triggers("api-450")).isEqualTo("api");

        Reader.insert(store, "sessions", Map.of("session_id", "s-1", "started_at", "2026-11-20T10:00:00.000Z"));
        task("old-450", 450, 3, 50);
        store = active;
        assertThat(triggers("api-450")).isEqualTo("api? web?");
        assertThat(reader.ask("why", "api-450").out()).contains("2 other tasks of the session have that number too");
    }

    @Test
    void pullRequestsOfOneNumberAreOneIfTheyAreOfOneRepository() {
        two();
        assertPullRequests(1, 2.0, 2);

        event("worktree", "made", 70, "web-450", "{\"repo\":\"acme/web\"}");
        assertPullRequests(1, 2.0, 0);

        event("worktree", "made", 70, "api-450", "{\"repo\":\"acme/api\"}");
        assertPullRequests(2, 1.0, 0);

        task("api-451", 451, 12, 180);
        assertPullRequests(3, 1.0, 1);

        event("trigger", "x", 180, null, "{\"issue_number\":451,\"repo\":\"Acme/API\"}");
        assertPullRequests(2, 1.5, 0);

        task("lib-9", 9, 13, 240);
        assertPullRequests(3, 4.0 / 3, 0);
    }

    @Test
    void triggersOfSeveralRepositoriesMakeSeveralPullRequestsOfOneNumber() {
        two();
        trigger("api", 60, "acme/api");
        trigger("web", 120, "acme/web");

        assertPullRequests(2, 1.0, 2);
    }

    private void assertPullRequests(int count, double each, int doubtful) {
        JsonNode answer = reader.json("cost", "--by", "outcome");
        JsonNode row = answer.get("per_result").get(1);
        assertThat(row.get("result").asText()).isEqualTo("pull request");
        assertThat(row.get("count").asInt()).isEqualTo(count);
        assertThat(row.get("each_usd").asDouble()).isCloseTo(each, offset(1e-9));
        assertThat(answer.get("remarks").toString()).matches(doubtful == 0 ? "\\[]" : "\\[\"" + doubtful + " tasks? ha.* pull request.*");
    }
}
