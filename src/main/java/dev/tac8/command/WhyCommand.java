package dev.tac8.command;

import static dev.tac8.command.ReadOptions.parameters;

import dev.tac8.query.Answer;
import dev.tac8.query.Rows;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code tac8 why ID}: the story of a task. */
@Command(name = "why", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Tells the story of a task in order of time: what triggered it, what was decided and why, each attempt with its calls"
                + " and cost, what went wrong, what came out, and what was wasted on failed workers.",
        footer = {"", "Example:", "  ./tac8 why gh-450%n"})
final class WhyCommand implements Callable<Integer> {
    /** SQLite takes no longer patterns than 50,000 bytes; nobody's message holds such an id as a word. */
    private static final int MOST_CHARACTERS = 1000;

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
            return task.isEmpty() ? null : ReadOptions.priced(new Answer()
                    .one("task", null, task.shown("task_id", "title", "status", "issue_number", "pr_number"))
                    .list("story", null, story(stores.ask("why", parameters("task", id, "word", word(id)))))
                    .one("totals", null, stores.ask("why-totals", parameters("task", id))), task);
        });
    }

    private Rows story(Rows all) {
        return read.isText() ? all.shown("timestamp", "what", "worker_id", "minutes", "calls", "cost_usd", "story") : all;
    }

    /** A GLOB pattern that finds an id where nothing stands beside it that could belong to it. */
    private static String word(String id) {
        return id.length() > MOST_CHARACTERS ? null : "*[^A-Za-z0-9_-]" + id.replaceAll("[*?\\[]", "[$0]") + "[^A-Za-z0-9_-]*";
    }
}
