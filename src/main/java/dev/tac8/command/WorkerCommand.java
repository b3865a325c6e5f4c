package dev.tac8.command;

import static dev.tac8.command.ReadOptions.parameters;

import dev.tac8.query.Answer;
import dev.tac8.query.Rows;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code tac8 worker ID}: one worker. */
@Command(name = "worker", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Shows a worker: how it ended, its calls, what they cost.",
        footer = {"", "Examples:", "  ./tac8 worker w-abc123", "  ./tac8 worker w-abc123 --show-conversation%n"})
final class WorkerCommand implements Callable<Integer> {
    @ParentCommand
    private Tac8 tac8;
    @Mixin
    private ReadOptions read;
    @Parameters(paramLabel = "ID", description = "The worker.")
    private String id;

    @Override
    public Integer call() throws Exception {
        String[] nothing = new String[1];
        return read.answer(tac8.settings(), () -> nothing[0], stores -> {
            Rows worker = stores.ask("workers", parameters("worker", id));
            if (worker.isEmpty()) {
                nothing[0] = ReadOptions.unknown(stores, "worker", id);
                return null;
            }
            return ReadOptions.priced(new Answer().one("worker", null, worker).list("models", "By model",
                    stores.ask("cost-by-model", parameters("worker", id))), worker.number("calls_without_cost"));
        });
    }
}
