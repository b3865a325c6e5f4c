package dev.tac8.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tac8.query.Answer;
import dev.tac8.query.Remarks;
import dev.tac8.query.Reused;
import dev.tac8.query.Rows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code tac8 why ID}: the story of a task. */
final class WhyCommand extends Reading {
    /** SQLite takes no longer patterns than 50,000 bytes; no message holds such an id as a word. */
    private static final int MOST_CHARACTERS = 1000;

    private static final List<String> SHOWN = List.of("timestamp", "what", "worker_id", "minutes", "calls", "cost_usd", "story");
    private final Given<String> id = id("The task.");

    WhyCommand(Tac8 tac8) {
        super(tac8, "why",
                "Tells the story of a task in order of time: what triggered it, what was decided and why, each attempt with its calls"
                + " and cost, what went wrong, what came out, and what was wasted on failed workers.",
                "", "Example:", "  ./tac8 why gh-450%n");
    }

    @Override
    public Integer call() throws Exception {
        Map<String, Object> about = new HashMap<>(Map.of("task", id.value()));
        return read.answerAbout(tac8.settings(), "task", id.value(), (task, stores) -> {
            about.put("word", word(id.value()));
            about.put("said", stores.ask("trigger-events", about).first("said"));
            Rows triggers = stores.ask("triggers", about);
            about.put("triggers", json(triggers));
            Rows totals = stores.ask("why-totals", about);
            Answer answer = new Answer()
                    .one("task", null, task.shown(List.of("task_id", "title", "status", "issue_number", "pr_number")))
                    .list("story", null, stores.ask("why", about), SHOWN)
                    .one("totals", null, totals.without("reused_workers"));
            Remarks.priced(said(answer, task, triggers), task);
            return totals.number("reused_workers") == 0 ? answer : Reused.say(answer, stores, Map.of("task", id.value()));
        });
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
            answer.remark((contradicting == 1 ? "1 trigger names" : Tac8.count(contradicting) + " triggers name") + " this task but another issue or"
                    + " repository, and so may be another task's.");
        }
        long doubtful = triggers.rows().size() - triggers.sum("sure") - contradicting;
        if (doubtful > 0) {
            long others = triggers.number("tasks") - 1;
            answer.remark((doubtful == 1 ? "1 trigger of" : Tac8.count(doubtful) + " triggers of") + " issue " + task.text("issue_number")
                    + " may be another task's: " + (others == 0 ? "there are triggers of that number from several repositories"
                    : Tac8.count(others) + (others == 1 ? " other task" : " other tasks") + " of the session "
                    + (others == 1 ? "has" : "have") + " that number too") + ", and no record says which repository is whose.");
        }
        return answer;
    }

    /** An id in a GLOB pattern. */
    private static String word(String id) {
        return id.length() > MOST_CHARACTERS ? null : id.replaceAll("[*?\\[]", "[$0]");
    }
}
