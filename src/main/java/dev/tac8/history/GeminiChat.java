package dev.tac8.history;

import static dev.tac8.history.Values.count;
import static dev.tac8.history.Values.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.price.Tokens;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Gemini CLI: a session's chat, a line a message since April 2026, and one JSON document before. A message is written again when it grows, and without its
 * tokens when the session is resumed.
 */
final class GeminiChat implements Format {
    static final String AGENT = "gemini";
    private static final Set<String> TYPES = Set.of("user", "gemini", "info", "warning", "error", "tool", "help", "about", "stats", "compression", "quit");

    private final Found found;
    private final Set<String> untold = new HashSet<>();
    private final Set<String> told = new HashSet<>();
    private String session = "unknown";

    GeminiChat(Found found) {
        this.found = found;
    }

    /** Whether a line can only be of this format. */
    static boolean isMine(JsonNode line) {
        return line.has("projectHash") || line.has("$set") || line.has("$rewindTo") || line.has("messages") && line.has("sessionId") || line.path("tokens").isObject()
                && line.has("model");
    }

    @Override
    public void take(JsonNode line) {
        if (line.has("sessionId")) {
            session = text(line.path("sessionId")) == null ? session : text(line.path("sessionId"));
            hear(Values.time(line.path("startTime")));
        }
        line.path("messages").forEach(this::message);
        line.path("$set").path("messages").forEach(this::message);
        if (line.has("type")) {
            message(line);
        } else if (!line.has("sessionId") && !line.has("$set") && !line.has("$rewindTo")) {
            found.skip("unknown_type");
            found.wonder(AGENT, null, "a line without a type");
        }
    }

    private Instant hear(Instant time) {
        found.session(AGENT, session).hear(time, false);
        return found.hear(time);
    }

    private void message(JsonNode message) {
        String type = text(message.path("type"));
        Instant time = hear(Values.time(message.path("timestamp")));
        if (type == null || !TYPES.contains(type)) {
            found.skip("unknown_type");
            found.wonder(AGENT, null, type == null ? "a line without a type" : "type " + type);
        }
        if (!"gemini".equals(type)) {
            return;
        }
        String own = text(message.path("id"));
        String id = Values.id(AGENT + ":" + session + ":" + (own == null ? time : own));
        String model = text(message.path("model"));
        JsonNode tokens = message.path("tokens");
        if (model == null && !tokens.isObject()) {
            untold.add(id);
            return;
        }
        told.add(id);
        found.wonderAtNumbers(AGENT, null, tokens);
        found.add(new ModelCall(id, found.session(AGENT, session), time, model == null ? "unknown" : model, tokens.isObject() ? tokens(tokens) : null, 0, 0, Set.of()));
    }

    /** Input is with the cache, thoughts are beside output, and what tools sent is beside input. */
    private static Tokens tokens(JsonNode tokens) {
        long cached = count(tokens.path("cached"));
        return new Tokens(Math.max(0, count(tokens.path("input")) - cached) + count(tokens.path("tool")), count(tokens.path("output")) + count(tokens.path("thoughts")),
                cached, 0, 0);
    }

    @Override
    public void end() {
        untold.removeAll(told);
        untold.forEach(id -> found.skip("without_tokens"));
    }
}
