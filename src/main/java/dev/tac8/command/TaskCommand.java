package dev.tac8.command;

import static dev.tac8.command.ReadOptions.parameters;

import dev.tac8.query.Answer;
import dev.tac8.query.Rows;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code tac8 task ID}: one task. */
@Command(name = "task", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Shows a task: how it stands, its workers, what they cost. ./tac8 why ID tells its story.",
        footer = {"", "Example:", "  ./tac8 task gh-450%n"})
final class TaskCommand implements Callable<Integer> {
    @ParentCommand
    private Tac8 tac8;
    @Mixin
    private ReadOptions read;
    @Parameters(paramLabel = "ID", description = "The task.")
    private String id;

    @Override
    public Integer call() throws Exception {
        return read.answerAbout(tac8.settings(), "task", id, stores -> {
            Rows task = stores.ask("tasks", parameters("task", id));
            return task.isEmpty() ? null : ReadOptions.priced(new Answer().one("task", null, task)
                    .list("workers", "Workers", shown(stores.ask("workers", parameters("task", id)))), task);
        });
    }

    private Rows shown(Rows workers) {
        return read.isText() ? workers.shown("worker_id", "status", "exit_code", "spawned_at", "minutes", "calls", "failed_calls",
                "tokens_total", "cost_usd", "log_file") : workers;
    }
}
