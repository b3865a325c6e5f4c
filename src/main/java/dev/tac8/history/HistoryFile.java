package dev.tac8.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.files.RegularFile;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/** One file of an agent, of any of the formats, read from its beginning to its end; what is broken in it is counted, and the rest is read. */
final class HistoryFile {
    /** Text that is wanted is never that long; what is not wanted may be of any length. */
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_UNNAMED_LINES = 1000;
    private static final JsonFactory JSON = JsonFactory.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(MOST_CHARACTERS).build()).build();
    private static final Shape SHAPE = Shape.of("type", "subtype", "uuid", "sessionId", "session_id", "timestamp", "version", "claude_code_version",
            "isApiErrorMessage", "error.status", "error_status", "retryAttempt", "attempt", "message.id", "message.model", "message.usage",
            "totalCostUSD", "total_cost_usd", "total_cost", "startTime", "hasUnknownModelCost", "modelUsage", "model_usage_since_last_result",
            "payload.type", "payload.id", "payload.forked_from_id", "payload.cli_version", "payload.turn_id", "payload.model",
            "payload.source.subagent.thread_spawn.parent_thread_id", "payload.info.total_token_usage", "payload.info.last_token_usage",
            "projectHash", "id", "model", "tokens", "messages.id", "messages.timestamp", "messages.type", "messages.model", "messages.tokens",
            "$rewindTo", "$set.messages.id", "$set.messages.timestamp", "$set.messages.type", "$set.messages.model", "$set.messages.tokens");

    private final Path path;
    private final Threads threads;
    private final Found found;
    private final List<JsonNode> unnamed = new ArrayList<>();
    private Format format;

    private HistoryFile(Path path, Threads threads, Found found) {
        this.path = path;
        this.threads = threads;
        this.found = found;
    }

    /**
     * Reads a file.
     *
     * @param progress is told how many bytes have been read
     */
    static Found read(Path path, Threads threads, LongConsumer progress) throws IOException {
        Found found = new Found(Files.getLastModifiedTime(path).toInstant());
        HistoryFile file = new HistoryFile(path, threads, found);
        try (FileChannel channel = RegularFile.open(path); InputStream in = Channels.newInputStream(channel)) {
            file.read(new LineInput(in), progress);
        }
        return found;
    }

    /** Gives the lines of a file that are objects to a reader until it has enough. */
    static void lines(Path path, Predicate<JsonNode> reader) throws IOException {
        try (FileChannel channel = RegularFile.open(path); InputStream in = Channels.newInputStream(channel)) {
            LineInput lines = new LineInput(in);
            for (boolean more = true; more; ) {
                try (JsonParser line = lines.next(JSON)) {
                    more = line != null && (line.nextToken() != JsonToken.START_OBJECT || reader.test(SHAPE.read(line, name -> { })));
                } catch (JsonProcessingException | CharConversionException e) {
                    // It is counted where the file is read.
                }
            }
        }
    }

    private void read(LineInput in, LongConsumer progress) throws IOException {
        if (path.toString().endsWith(".json")) {
            line(in.whole(JSON));
        } else {
            long before = 0;
            for (JsonParser line = in.next(JSON); line != null; line = in.next(JSON)) {
                line(line);
                if (in.bytes() != before) {
                    before = in.bytes();
                    progress.accept(before);
                }
            }
        }
        progress.accept(in.bytes());
        if (format == null) {
            // Of no format at all.
            unnamed.forEach(line -> found.skip("unknown_type"));
        } else {
            format.end();
        }
        found.end();
    }

    private void line(JsonParser line) throws IOException {
        try (line) {
            JsonToken first = line.nextToken();
            if (first == null) {
                return;
            }
            if (first != JsonToken.START_OBJECT) {
                line.skipChildren();
                found.skip(line.nextToken() == null ? "not_an_object" : "not_json");
                return;
            }
            JsonNode node = SHAPE.read(line, name -> { });
            if (line.nextToken() != null) {
                found.skip("not_json");
                return;
            }
            take(node);
        } catch (JsonProcessingException | CharConversionException e) {
            found.skip("not_json");
        }
    }

    /** Lines before the first that only one format can have wait for it. */
    private void take(JsonNode line) {
        if (format == null) {
            format = CodexRollout.isMine(line) ? new CodexRollout(found, threads) : GeminiChat.isMine(line) ? new GeminiChat(found)
                    : ClaudeLines.isMine(line) ? new ClaudeLines(found) : null;
            if (format == null) {
                if (unnamed.size() < MOST_UNNAMED_LINES) {
                    unnamed.add(line);
                } else {
                    found.skip("unknown_type");
                }
                return;
            }
            unnamed.forEach(format::take);
            unnamed.clear();
        }
        format.take(line);
    }
}
