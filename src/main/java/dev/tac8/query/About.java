package dev.tac8.query;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tac8.query.Questions.Answered;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is told of one task or worker, to a terminal and on the page. */
public final class About {
    /** SQLite takes no longer patterns than 50,000 bytes; no message holds such an id as a word. */
    private static final int MOST_CHARACTERS = 1000;
    private static final List<String> ATTEMPT = List.of("worker_id", "status", "exit_code", "spawned_at", "minutes", "calls", "failed_calls",
            "tokens_total", "cost_usd", "log_file");
    private static final List<String> STORY = List.of("timestamp", "what", "worker_id", "minutes", "calls", "cost_usd", "story");

    private About() {
    }

    /** What is to be told of the one thing that was found. */
    public interface Telling {
        Answer tell(Rows one, Stores stores) throws StoreException;
    }

    /**
     * Opens the stores, finds a thing, and closes them when it was told of; if it is not there, the sentence names the nearest that is.
     *
     * @param kind {@code task} or {@code worker}
     */
    public static Answered ask(Settings settings, String kind, String id, Telling telling) throws StoreException {
        return Stores.use(settings, Reach.of(kind, id), stores -> {
            Rows one = stores.ask(kind + "s", Map.of(kind, id));
            return one.isEmpty() ? new Answered(null, Remarks.unknown(stores, kind, id), stores.missing())
                    : new Answered(telling.tell(one, stores), null, stores.missing());
        });
    }

    /** How a task stands, its workers, what they cost. */
    public static Answer task(Rows task, Stores stores) throws StoreException {
        Map<String, String> about = Map.of("task", task.text("task_id"));
        Rows workers = stores.ask("attempts", about);
        Answer answer = Remarks.priced(new Answer().one("task", null, task.without("reused_workers"))
                .list("workers", "Workers", workers.without("is_reused"), ATTEMPT), task);
        return workers.sum("is_reused") == 0 ? answer : Reused.say(answer, stores, about);
    }

    /** The story of a task. */
    public static Answer story(Rows task, Stores stores) throws StoreException {
        String id = task.text("task_id");
        Map<String, Object> about = new HashMap<>(Map.of("task", id));
        about.put("word", word(id));
        about.put("said", stores.ask("trigger-events", about).first("said"));
        Rows triggers = stores.ask("triggers", about);
        about.put("triggers", json(triggers));
        Rows totals = stores.ask("why-totals", about);
        Answer answer = new Answer()
                .one("task", null, task.shown(List.of("task_id", "title", "status", "issue_number", "pr_number")))
                .list("story", null, stores.ask("why", about), STORY)
                .one("totals", null, totals.without("reused_workers"));
        Remarks.priced(said(answer, task, triggers), task);
        return totals.number("reused_workers") == 0 ? answer : Reused.say(answer, stores, Map.of("task", id));
    }

    /** How a worker ended, its calls, what they cost. */
    public static Answer worker(Rows worker, Stores stores) throws StoreException {
        String id = worker.text("worker_id");
        return Reused.show(Remarks.priced(new Answer().one("worker", null, worker)
                .list("models", "By model", stores.ask("cost-by-model", Map.of("worker", id))), worker), stores, id);
    }

    private static String json(Rows triggers) {
        ArrayNode all = JsonMapper.builder().build().createArrayNode();
        triggers.rows().forEach(row -> all.addArray().add((String) row[0]).add(((Number) row[1]).intValue()));
        return all.toString();
    }

    /** Says which triggers are perhaps another task's: an issue's number is its own only within a repository. */
    private static Answer said(Answer answer, Rows task, Rows triggers) {
        long contradicting = triggers.sum("contradicts");
        if (contradicting > 0) {
            answer.remark((contradicting == 1 ? "1 trigger names" : Table.whole(contradicting) + " triggers name") + " this task but another issue or"
                    + " repository, and so may be another task's.");
        }
        long doubtful = triggers.rows().size() - triggers.sum("sure") - contradicting;
        if (doubtful > 0) {
            long others = triggers.number("tasks") - 1;
            answer.remark((doubtful == 1 ? "1 trigger of" : Table.whole(doubtful) + " triggers of") + " issue " + task.text("issue_number")
                    + " may be another task's: " + (others == 0 ? "there are triggers of that number from several repositories"
                    : Table.whole(others) + (others == 1 ? " other task" : " other tasks") + " of the session "
                    + (others == 1 ? "has" : "have") + " that number too") + ", and no record says which repository is whose.");
        }
        return answer;
    }

    /** An id in a GLOB pattern. */
    private static String word(String id) {
        return id.length() > MOST_CHARACTERS ? null : id.replaceAll("[*?\\[]", "[$0]");
    }
}
