package dev.tac8.command;

import dev.tac8.query.Answer;
import dev.tac8.query.Remarks;
import dev.tac8.query.Reused;
import dev.tac8.query.Rows;
import java.util.List;
import java.util.Map;

/** {@code tac8 task ID}: one task. */
final class TaskCommand extends Reading {
    private static final List<String> SHOWN = List.of("worker_id", "status", "exit_code", "spawned_at", "minutes", "calls", "failed_calls",
            "tokens_total", "cost_usd", "log_file");
    private final Given<String> id = id("The task.");

    TaskCommand(Tac8 tac8) {
        super(tac8, "task", "Shows a task: how it stands, its workers, what they cost. ./tac8 why ID tells its story.",
                "", "Example:", "  ./tac8 task gh-450%n");
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> about = Map.of("task", id.value());
        return read.answerAbout(tac8.settings(), "task", id.value(), (task, stores) -> {
            Rows workers = stores.ask("attempts", about);
            Answer answer = Remarks.priced(new Answer().one("task", null, task.without("reused_workers"))
                    .list("workers", "Workers", workers.without("is_reused"), SHOWN), task);
            return workers.sum("is_reused") == 0 ? answer : Reused.say(answer, stores, about);
        });
    }
}
