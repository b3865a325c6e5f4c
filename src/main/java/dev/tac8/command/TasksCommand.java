package dev.tac8.command;

import static dev.tac8.command.ReadOptions.parameters;

import dev.tac8.query.Answer;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.text.StoredTime;
import picocli.CommandLine.ParameterException;

/** {@code tac8 tasks}: the tasks and how they stand. */
final class TasksCommand extends Reading {
    private final PeriodOptions time = new PeriodOptions(this);
    private final Given<Status> status = option("--status", "STATUS", Status.class, "Only those that are ${COMPLETION-CANDIDATES}.");
    private final Given<Boolean> completedToday = flag("--completed-today", "Only those that were completed today.");
    private final Given<String> session = option("--session", "ID", String.class, "Only those of a session.");
    private final Given<Integer> limit = limit("The most to list; ${DEFAULT-VALUE} where none is given.");

    /** As the record format has them; written as people type them. */
    enum Status { detected, active, completed, failed }

    TasksCommand(Tac8 tac8) {
        super(tac8, "tasks",
                "Lists the tasks, the newest first: how each stands, how long it took since its last start, and what it cost.",
                "", "Examples:", "  ./tac8 tasks --status active", "  ./tac8 tasks --completed-today%n");
    }

    @Override
    public Integer call() throws Exception {
        if (completedToday.value() && status.value() != null && status.value() != Status.completed) {
            throw new ParameterException(spec.commandLine(), "--completed-today are completed tasks: --status " + status.value()
                    + " are others");
        }
        Period detected = time.period(read.zone());
        Period completed = completedToday.value() ? time.today(read.zone()) : Period.ALWAYS;
        String[] nothing = new String[1];
        return read.answer(tac8.settings(), reach(detected, completed), () -> nothing[0], stores -> {
            Rows tasks = stores.ask("tasks", parameters("status", completedToday.value() ? "completed" : status.text(),
                    "since", StoredTime.of(detected.since()), "until", StoredTime.of(detected.until()),
                    "completed_since", StoredTime.of(completed.since()), "completed_until", StoredTime.of(completed.until()),
                    "session", session.value(), "limit", limit.value()));
            if (tasks.isEmpty()) {
                nothing[0] = ReadOptions.nothing(stores, "There is no such task.", "session", session.value());
                return null;
            }
            return ReadOptions.limited(ReadOptions.shared(ReadOptions.priced(new Answer().list("tasks", null, shown(tasks)), tasks), tasks),
                    tasks, limit.value());
        });
    }

    /** By one of the filters, that which leaves least. Its calls may have been at any time, so every month counts. */
    private Reach reach(Period detected, Period completed) {
        if (session.value() != null) {
            return Reach.of("session", session.value());
        }
        if (!completed.isAlways()) {
            return Reach.those("completed", completed);
        }
        // A task is detected where no store's row has gone further.
        return !detected.isAlways() || status.value() == null || status.value() == Status.detected ? Reach.those("detected", detected)
                : Reach.of("status", status.text());
    }

    private Rows shown(Rows tasks) {
        return read.isText() ? tasks.shown("task_id", "status", "issue_number", "pr_number", "detected_at", "minutes", "workers", "cost_usd",
                "title") : tasks;
    }
}
