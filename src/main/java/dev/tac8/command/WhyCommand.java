package dev.tac8.command;

import dev.tac8.query.About;

/** {@code tac8 why ID}: the story of a task. */
final class WhyCommand extends Reading {
    private final Given<String> id = id("The task.");

    WhyCommand(Tac8 tac8) {
        super(tac8, "why",
                "Tells the story of a task in order of time: what triggered it, what was decided and why, each attempt with its calls"
                + " and cost, what went wrong, what came out, and what was wasted on failed workers.",
                "", "Example:", "  ./tac8 why gh-450%n");
    }

    @Override
    public Integer call() throws Exception {
        return read.print(About.ask(tac8.settings(), "task", id.value(), About::story));
    }
}
