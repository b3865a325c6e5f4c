package dev.tac8.command;

import static dev.tac8.command.ReadOptions.parameters;

import dev.tac8.query.Answer;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code tac8 tasks}: the tasks and how they stand. */
@Command(name = "tasks", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Lists the tasks, the newest first: how each stands, how long it took since its last start, and what it cost.",
        footer = {"", "Examples:", "  ./tac8 tasks --status active", "  ./tac8 tasks --completed-today%n"})
final class TasksCommand implements Callable<Integer> {
    @ParentCommand
    private Tac8 tac8;
    @Spec
    private CommandSpec spec;
    @Mixin
    private ReadOptions read;
    @Mixin
    private PeriodOptions time;
    @Option(names = "--status", paramLabel = "STATUS", description = "Only those that are ${COMPLETION-CANDIDATES}.")
    private Status status;
    @Option(names = "--completed-today", description = "Only those that were completed today.")
    private boolean completedToday;
    @Option(names = "--session", paramLabel = "ID", description = "Only those of a session.")
    private String session;
    @Option(names = "--limit", paramLabel = "N", defaultValue = "1000", converter = ReadOptions.Positive.class,
            description = "The most to list; ${DEFAULT-VALUE} where none is given.")
    private int limit;

    /** As the record format has them; written as people type them. */
    enum Status { detected, active, completed, failed }

    @Override
    public Integer call() throws Exception {
        if (completedToday && status != null && status != Status.completed) {
            throw new ParameterException(spec.commandLine(), "--completed-today are completed tasks: --status " + status + " are others");
        }
        Period detected = time.period(read.zone());
        Period completed = completedToday ? time.today(read.zone()) : Period.ALWAYS;
        String[] nothing = new String[1];
        return read.answer(tac8.settings(), reach(detected, completed), () -> nothing[0], stores -> {
            Rows tasks = stores.ask("tasks", parameters("status", completedToday ? "completed" : status == null ? null : status.name(),
                    "since", Period.stored(detected.since()), "until", Period.stored(detected.until()),
                    "completed_since", Period.stored(completed.since()), "completed_until", Period.stored(completed.until()),
                    "session", session, "limit", limit));
            if (tasks.isEmpty()) {
                nothing[0] = ReadOptions.nothing(stores, "There is no such task.", "session", session);
                return null;
            }
            return ReadOptions.limited(ReadOptions.priced(new Answer().list("tasks", null, shown(tasks)), tasks),
                    tasks, limit);
        });
    }

    /** By one of the filters, that which leaves least. Its calls may have been at any time, so every month counts. */
    private Reach reach(Period detected, Period completed) {
        if (session != null) {
            return Reach.of("session", session);
        }
        if (!completed.isAlways()) {
            return Reach.those("completed", completed);
        }
        // A task is detected where no store's row has gone further.
        return !detected.isAlways() || status == null || status == Status.detected ? Reach.those("detected", detected)
                : Reach.of("status", status.name());
    }

    private Rows shown(Rows tasks) {
        return read.isText() ? tasks.shown("task_id", "status", "issue_number", "pr_number", "detected_at", "minutes", "workers", "cost_usd",
                "title") : tasks;
    }
}
