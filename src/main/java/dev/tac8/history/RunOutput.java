package dev.tac8.history;

import static dev.tac8.history.Values.text;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What {@code codex exec --json} and {@code gemini --output-format stream-json} print. Its figures are sums that the agents' own files tell call by call, so that it
 * says only which session it was.
 */
final class RunOutput implements Format {
    private final Found found;

    RunOutput(Found found) {
        this.found = found;
    }

    /** Whether a line can only be of this format. */
    static boolean isMine(JsonNode line) {
        String type = text(line.path("type"));
        return "thread.started".equals(type) && text(line.path("thread_id")) != null || "init".equals(type) && text(line.path("session_id")) != null;
    }

    @Override
    public void take(JsonNode line) {
        if (isMine(line)) {
            boolean isCodex = line.has("thread_id");
            found.session(isCodex ? CodexRollout.AGENT : GeminiChat.AGENT, text(line.path(isCodex ? "thread_id" : "session_id")))
                    .hear(found.hear(Values.time(line.path("timestamp"))), false);
        }
    }
}
