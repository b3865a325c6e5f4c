package dev.tac8.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.conversation.Conversation;
import dev.tac8.conversation.Conversations;
import dev.tac8.conversation.NoConversationException;
import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Reach;
import dev.tac8.query.Remarks;
import dev.tac8.query.Reused;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import dev.tac8.text.Pager;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.ParameterException;

/** {@code tac8 worker ID}: one worker. */
final class WorkerCommand extends Reading {
    private final Given<String> id = id("The worker.");
    private final Given<Boolean> showConversation = flag("--show-conversation",
            "Shows its conversation, from the file that its records name; with --json a message a line.");
    private final Given<Boolean> raw = flag("--raw", "With --show-conversation: the file's lines as they are.");

    private String nothing;
    private Rows worker;
    private String reused;
    private Set<String> logFiles = Set.of();

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
        Settings settings = tac8.settings();
        if (!showConversation.value()) {
            return read.answerAbout(settings, "worker", id.value(), (one, stores) -> Reused.show(Remarks.priced(new Answer().one("worker", null, one)
                    .list("models", "By model", stores.ask("cost-by-model", Map.of("worker", id.value()))), one), stores, id.value()));
        }
        Output output = read.output();
        List<String> missing = Stores.use(settings, Reach.of("worker", id.value()), stores -> {
            worker = stores.ask("workers", Map.of("worker", id.value()));
            if (!worker.isEmpty()) {
                logFiles = stores.ids("log_file");
                reused = Reused.ofConversation(stores, id.value());
            } else {
                nothing = Remarks.unknown(stores, "worker", id.value());
            }
            return stores.missing();
        });
        missing.forEach(output::say);
        if (worker.isEmpty()) {
            output.err().println(nothing);
            return ReadOptions.code(ExitCode.NOTHING_FOUND, missing);
        }
        Conversations conversations = Conversations.of(settings);
        try (Conversation conversation = conversations.open(worker.text("log_file"), Instant.parse(worker.text("spawned_at")))) {
            share(conversation, conversations.namesOf(conversation, logFiles), settings, output);
            if (reused != null) {
                output.say(reused);
            }
            if (conversation.note() != null) {
                output.err().println("tac8: " + conversation.note());
            }
            show(conversation, output);
            return ReadOptions.code(ExitCode.DONE, missing);
        } catch (NoConversationException e) {
            output.err().println("tac8: " + e.getMessage());
            // What no record names cannot be missing.
            return worker.text("log_file") == null ? ReadOptions.code(ExitCode.NOTHING_FOUND, missing) : ExitCode.PARTIAL;
        }
    }

    /** If others wrote into the same file, also under another name: only what was said while this one lived. */
    private void share(Conversation conversation, Set<String> names, Settings settings, Output output)
            throws StoreException, JsonProcessingException {
        Set<String> all = new TreeSet<>(names);
        all.add(worker.text("log_file"));
        String json = new JsonMapper().writeValueAsString(all);
        Rows workers = Stores.use(settings, Reach.of("log_files", json), stores ->
                stores.ask("workers", Map.of("log_files", json)));
        Turn turn = Turn.of(worker.text("worker_id"), workers);
        if (turn != null) {
            output.say(turn.sentence());
            conversation.cutTo(turn.from(), turn.to());
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
