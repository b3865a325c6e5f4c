package dev.tac8.command;

import dev.tac8.query.About;

/** {@code tac8 task ID}: one task. */
final class TaskCommand extends Reading {
    private final Given<String> id = id("The task.");

    TaskCommand(Tac8 tac8) {
        super(tac8, "task", "Shows a task: how it stands, its workers, what they cost. ./tac8 why ID tells its story.",
                "", "Example:", "  ./tac8 task gh-450%n");
    }

    @Override
    public Integer call() throws Exception {
        return read.print(About.ask(tac8.settings(), "task", id.value(), About::task));
    }
}
