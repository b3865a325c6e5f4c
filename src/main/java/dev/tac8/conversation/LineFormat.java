package dev.tac8.conversation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.conversation.Entry.Message;
import dev.tac8.conversation.Entry.Note;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * What a line of an agent's JSONL says. Two formats are known, transcripts (camelCase) and the output of a run (snake_case); they
 * differ in the names of a few fields, and neither has a published schema. So every field may be missing, or be of any kind.
 */
final class LineFormat {
    /** Java knows times that no calendar prints, and no zone can shift. */
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-30T00:00:00Z");
    private static final Set<String> RESULTS = Set.of("tool_result", "server_tool_result", "mcp_tool_result", "web_search_tool_result",
            "web_fetch_tool_result", "code_execution_tool_result", "bash_code_execution_tool_result",
            "text_editor_code_execution_tool_result");
    private static final Set<String> CALLS = Set.of("tool_use", "server_tool_use", "mcp_tool_use");
    private static final Set<String> ATTACHMENTS = Set.of("image", "document", "container_upload");
    /** Lines that become a note, and the fields that say most about them; the first that is there is shown. */
    private static final Map<String, List<String>> NOTES = Map.ofEntries(
            Map.entry("summary", List.of("/summary")),
            Map.entry("pr-link", List.of("/prUrl", "/url", "/prNumber")),
            Map.entry("attachment", List.of("/attachment/filename", "/attachment/displayPath", "/attachment/type")),
            Map.entry("conversation_reset", List.of("/reason")),
            Map.entry("system/compact_boundary", List.of("/content")),
            Map.entry("system/local_command", List.of("/content")),
            Map.entry("system/away_summary", List.of("/content")),
            Map.entry("system/informational", List.of("/content")),
            Map.entry("system/api_error", List.of("/error/message", "/error/error/message", "/content", "/error")),
            Map.entry("system/api_retry", List.of("/error", "/error_status")),
            Map.entry("system/permission_denied", List.of("/tool_name", "/message")),
            Map.entry("system/task_started", List.of("/description")),
            Map.entry("system/task_notification", List.of("/summary", "/status")),
            Map.entry("system/worker_shutting_down", List.of("/reason")));
    private static final Set<String> ERRORS = Set.of("system/api_error", "system/api_retry", "system/permission_denied");

    private LineFormat() {
    }

    /** The kind of a line, for the count of those that are not shown. */
    static String kindOf(JsonNode line) {
        String type = text(line, "type");
        String subtype = text(line, "subtype");
        return type == null ? "without a type" : type.equals("system") && subtype != null ? "system/" + subtype : type;
    }

    /** When a line was written, or null. */
    static Instant timeOf(JsonNode line) {
        String text = text(line, "timestamp");
        try {
            Instant time = text == null ? null : Instant.parse(text);
            return time == null || time.isBefore(FIRST) || time.isAfter(LAST) ? null : time;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** What a line says, or null if its kind is not shown. */
    static Entry read(JsonNode line) {
        String kind = kindOf(line);
        switch (kind) {
            case "user":
            case "assistant":
                return message(line, kind);
            case "result":
                return result(line);
            case "system/init":
                return new Note(timeOf(line), "started", join("  ", text(line, "model"), text(line, "cwd"), version(line)), false);
            case "rate_limit_event":
                String status = string(line.at("/rate_limit_info/status"));
                return status == null || status.equals("allowed") ? null
                        : new Note(timeOf(line), "rate limit", status, status.equals("rejected"));
            default:
                List<String> fields = NOTES.get(kind);
                if (fields == null) {
                    return null;
                }
                String text = fields.stream().map(line::at).filter(node -> !node.isMissingNode() && !node.isNull()).findFirst()
                        .map(node -> node.isValueNode() ? node.asText() : node.toString()).orElse("");
                return new Note(timeOf(line), kind.replace("system/", "")
                        .replace('_', ' ').replace('-', ' '), text, ERRORS.contains(kind));
        }
    }

    private static Message message(JsonNode line, String kind) {
        JsonNode message = line.path("message");
        List<Part> parts = parts(message.isObject() ? message.path("content") : message);
        boolean onlyResults = !parts.isEmpty() && parts.stream().allMatch(Part.ToolResult.class::isInstance);
        boolean failed = line.path("isApiErrorMessage").asBoolean() || kind.equals("assistant") && line.hasNonNull("error");
        String request = id(line, "requestId");
        return new Message(timeOf(line), id(message, "id"), request == null ? id(line, "request_id") : request, id(line, "uuid"),
                onlyResults && kind.equals("user") ? "tool" : kind, text(message, "model"), agent(line), remark(line, message), failed, parts,
                kind.equals("assistant") ? Tokens.of(message.path("usage")) : Tokens.NONE);
    }

    /** An identity, or null: an empty or blank text identifies nothing. */
    private static String id(JsonNode node, String field) {
        JsonNode id = node.path(field);
        return !id.isTextual() && !id.isNumber() || id.asText().isBlank() ? null : id.asText();
    }

    private static String agent(JsonNode line) {
        if (!line.path("isSidechain").asBoolean() && !line.hasNonNull("parent_tool_use_id")) {
            return null;
        }
        String name = text(line, "subagent_type");
        return name != null ? name : text(line, "agentId") != null ? text(line, "agentId") : "";
    }

    private static String remark(JsonNode line, JsonNode message) {
        if (line.path("isCompactSummary").asBoolean()) {
            return "summary of what came before";
        }
        if (line.path("isMeta").asBoolean()) {
            return "put in by the agent's program";
        }
        String stop = text(message, "stop_reason");
        return "max_tokens".equals(stop) || "refusal".equals(stop) ? stop : null;
    }

    private static List<Part> parts(JsonNode content) {
        List<Part> parts = new ArrayList<>();
        if (content.isTextual()) {
            parts.add(new Part.Text(content.textValue()));
        } else if (content.isObject()) {
            parts.add(part(content));
        } else {
            content.forEach(block -> parts.add(part(block)));
        }
        return parts;
    }

    private static Part part(JsonNode block) {
        if (block.isTextual()) {
            return new Part.Text(block.textValue());
        }
        String type = text(block, "type");
        if (type == null) {
            return new Part.Unknown("without a type");
        } else if (type.equals("text") && block.path("text").isTextual()) {
            return new Part.Text(text(block, "text"));
        } else if (type.equals("thinking") || type.equals("redacted_thinking")) {
            String thought = text(block, "thinking");
            return new Part.Thinking(thought == null || thought.isBlank() ? null : thought);
        } else if (CALLS.contains(type)) {
            String name = text(block, "name");
            return new Part.ToolCall(id(block, "id"), name == null ? "?" : name, block.path("input"));
        } else if (RESULTS.contains(type)) {
            return toolResult(block);
        } else if (ATTACHMENTS.contains(type)) {
            // Base64: four characters for three bytes.
            JsonNode data = block.at("/source/data");
            return new Part.Attachment(type, string(block.at("/source/media_type")), data.isTextual() ? data.textValue().length() / 4 * 3L : -1);
        }
        return new Part.Unknown(type);
    }

    private static Part toolResult(JsonNode block) {
        StringJoiner texts = new StringJoiner("\n");
        int attachments = 0;
        JsonNode content = block.path("content");
        for (Part part : parts(content)) {
            if (part instanceof Part.Text text) {
                texts.add(text.text());
            } else if (part instanceof Part.Attachment) {
                attachments++;
            } else {
                // Web search and the like have a structure of their own, which is still a result.
                texts.add(content.toString());
                break;
            }
        }
        boolean error = block.path("is_error").asBoolean() || String.valueOf(string(content.path("type"))).endsWith("_error");
        return new Part.ToolResult(id(block, "tool_use_id"), null, error, texts.toString(), attachments);
    }

    /** The last line of a run. "success" with is_error is real: an outage, or no login. */
    private static Note result(JsonNode line) {
        boolean error = line.path("is_error").asBoolean() || !"success".equals(text(line, "subtype"));
        StringJoiner said = new StringJoiner(", ");
        said.add(String.valueOf(text(line, "subtype")));
        if (line.path("num_turns").canConvertToInt() && line.path("num_turns").isNumber()) {
            said.add(TextPrinter.count(line.path("num_turns").asInt(), "turn"));
        }
        if (line.path("duration_ms").isNumber()) {
            said.add(String.format(Locale.ROOT, "%.1f s", line.path("duration_ms").asDouble() / 1000));
        }
        JsonNode cost = line.has("total_cost_usd") ? line.path("total_cost_usd") : line.path("total_cost");
        if (cost.isNumber()) {
            said.add(String.format(Locale.ROOT, "$%.4f", cost.asDouble()));
        }
        Tokens own = Tokens.of(line.path("usage"));
        if (!own.isNone()) {
            said.add("by its own count " + TextPrinter.inWords(own));
        }
        String text = text(line, "result");
        return new Note(timeOf(line), "ended", error && text != null ? said + ": " + text : said.toString(), error);
    }

    private static String version(JsonNode line) {
        String version = text(line, "claude_code_version");
        return version == null ? null : "version " + version;
    }

    private static String join(String between, String... texts) {
        StringJoiner joined = new StringJoiner(between);
        for (String text : texts) {
            if (text != null) {
                joined.add(text);
            }
        }
        return joined.toString();
    }

    private static String text(JsonNode node, String field) {
        return string(node.path(field));
    }

    private static String string(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }
}
