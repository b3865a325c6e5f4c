package dev.tac8.command;

import dev.tac8.conversation.Conversation;
import dev.tac8.conversation.OfWorker;
import dev.tac8.query.About;
import dev.tac8.query.Output;
import dev.tac8.text.Pager;
import java.io.IOException;
import picocli.CommandLine.ParameterException;

/** {@code tac8 worker ID}: one worker. */
final class WorkerCommand extends Reading {
    private final Given<String> id = id("The worker.");
    private final Given<Boolean> showConversation = flag("--show-conversation",
            "Shows its conversation, from the file that its records name; with --json a message a line.");
    private final Given<Boolean> raw = flag("--raw", "With --show-conversation: the file's lines as they are.");

    WorkerCommand(Tac8 tac8) {
        super(tac8, "worker", "Shows a worker: how it ended, its calls, what they cost; or what it said.",
                "", "Examples:", "  ./tac8 worker w-abc123", "  ./tac8 worker w-abc123 --show-conversation",
                "  ./tac8 worker w-abc123 --show-conversation --raw | jq .type%n");
    }

    @Override
    public Integer call() throws Exception {
        if (raw.value() && !showConversation.value() || showConversation.value() && read.output().form() == Output.Form.CSV) {
            throw new ParameterException(spec.commandLine(), raw.value() && !showConversation.value() ? "--raw is for --show-conversation"
                    : "a conversation is not a table: --show-conversation goes with --json or --raw, not with --csv");
        }
        if (!showConversation.value()) {
            return read.print(About.ask(tac8.settings(), "worker", id.value(), About::worker));
        }
        Output output = read.output();
        try (OfWorker found = OfWorker.open(tac8.settings(), id.value())) {
            found.missing().forEach(output::say);
            if (found.worker().isEmpty()) {
                output.err().println(found.none());
                return ReadOptions.code(ExitCode.NOTHING_FOUND, found.missing());
            }
            if (found.conversation() == null) {
                output.err().println("tac8: " + found.none());
                // What no record names cannot be missing.
                return found.worker().text("log_file") == null ? ReadOptions.code(ExitCode.NOTHING_FOUND, found.missing()) : ExitCode.PARTIAL;
            }
            found.remarks().forEach(output::say);
            show(found.conversation(), output);
            return ReadOptions.code(ExitCode.DONE, found.missing());
        }
    }

    private void show(Conversation conversation, Output output) throws IOException {
        if (raw.value() && !output.terminal()) {
            conversation.writeRaw(tac8.caller().out());
            return;
        }
        Conversation.Look look = new Conversation.Look(output.zone(), output.width() > 0 ? output.width() : Output.DEFAULT_WIDTH,
                output.colour());
        Pager.show(out -> {
            if (raw.value()) {
                conversation.printRaw(out);
            } else if (output.form() == Output.Form.JSON) {
                conversation.printJson(out);
            } else {
                conversation.print(look, out);
            }
        }, output.out());
    }
}
