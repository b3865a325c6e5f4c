package dev.tac8.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** One file of an agent, of any of the formats, read from its beginning to its end; what is broken in it is counted, and the rest is read. */
final class HistoryFile implements JsonLines.Reader {
    private static final int MOST_UNNAMED_LINES = 1000;
    private static final Shape SHAPE = Shape.of("type", "subtype", "uuid", "sessionId", "session_id", "timestamp", "version", "claude_code_version",
            "isApiErrorMessage", "error.status", "error_status", "retryAttempt", "attempt", "message.id", "message.model", "message.usage",
            "costUSD", "totalCostUSD", "total_cost_usd", "total_cost", "startTime", "hasUnknownModelCost", "modelUsage", "model_usage_since_last_result",
            "payload.type", "payload.id", "payload.forked_from_id", "payload.cli_version", "payload.turn_id", "payload.model",
            "payload.git.branch", "gitBranch", "thread_id",
            "payload.source.subagent.thread_spawn.parent_thread_id", "payload.info.total_token_usage", "payload.info.last_token_usage",
            "projectHash", "id", "model", "tokens", "messages.id", "messages.timestamp", "messages.type", "messages.model", "messages.tokens",
            "$rewindTo", "$set.messages.id", "$set.messages.timestamp", "$set.messages.type", "$set.messages.model", "$set.messages.tokens");

    private final Threads threads;
    private final Found found;
    private final List<JsonNode> unnamed = new ArrayList<>();
    private Format format;

    private HistoryFile(Threads threads, Found found) {
        this.threads = threads;
        this.found = found;
    }

    /**
     * Reads a file.
     *
     * @param progress is told now and then how many bytes have been read
     */
    static Found read(Path path, Threads threads, LongConsumer progress) throws IOException {
        Found found = new Found(Files.getLastModifiedTime(path).toInstant());
        HistoryFile file = new HistoryFile(threads, found);
        try (JsonLines lines = new JsonLines(path, SHAPE, progress)) {
            lines.read(file);
        }
        file.end();
        return found;
    }

    /** Gives the objects of a file to a reader until it has enough. */
    static void objects(Path path, Predicate<JsonNode> reader) throws IOException {
        try (JsonLines lines = new JsonLines(path, SHAPE, bytes -> { })) {
            lines.read(new JsonLines.Reader() {
                @Override
                public boolean take(JsonNode object) {
                    return reader.test(object);
                }

                @Override
                public void skip(String reason) {
                    // It is counted where the file is read.
                }
            });
        }
    }

    @Override
    public void skip(String reason) {
        found.skip(reason);
    }

    /** Lines before the first that only one format can have wait for it; if it does not come soon, the file is of no agent. */
    @Override
    public boolean take(JsonNode line) {
        if (format == null) {
            format = CodexRollout.isMine(line) ? new CodexRollout(found, threads) : GeminiChat.isMine(line) ? new GeminiChat(found)
                    : RunOutput.isMine(line) ? new RunOutput(found) : ClaudeLines.isMine(line) ? new ClaudeLines(found) : null;
            if (format == null) {
                unnamed.add(line);
                return unnamed.size() < MOST_UNNAMED_LINES;
            }
            unnamed.forEach(format::take);
            unnamed.clear();
        }
        format.take(line);
        return true;
    }

    private void end() {
        if (format == null) {
            found.isForeign();
        } else {
            format.end();
            found.end();
        }
    }
}
