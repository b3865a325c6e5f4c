package dev.tac8.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.conversation.Entry.Message;
import dev.tac8.conversation.Entry.Note;
import dev.tac8.text.Json;
import dev.tac8.text.Printable;
import dev.tac8.text.StoredTime;
import java.io.PrintWriter;
import java.util.function.Predicate;

/** A conversation for a program: a JSON object for each message and note, and one with the counts at the end. */
final class JsonPrinter implements Predicate<Entry> {
    private static final JsonMapper JSON = JsonMapper.builder(Json.withoutLimits()).build();

    private final PrintWriter out;

    JsonPrinter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public boolean test(Entry entry) {
        if (entry instanceof Message message) {
            print(toJson(message));
        } else if (entry instanceof Note note) {
            print(JSON.createObjectNode().put("type", "note").put("time", StoredTime.of(note.time())).put("name", note.name())
                    .put("text", note.text()).put("error", note.error()));
        }
        return !out.checkError();
    }

    private static ObjectNode toJson(Message message) {
        ObjectNode json = JSON.createObjectNode().put("type", "message").put("time", StoredTime.of(message.time())).put("role", message.role())
                .put("id", message.id()).put("model", message.model()).put("sub_agent", message.agent() != null)
                .put("agent", message.agent()).put("remark", message.remark()).put("error", message.error());
        ArrayNode parts = json.putArray("parts");
        message.parts().forEach(part -> parts.add(toJson(part)));
        json.set("tokens", message.role().equals("assistant") ? toJson(message.tokens()) : null);
        return json;
    }

    private static ObjectNode toJson(Part part) {
        ObjectNode json = JSON.createObjectNode();
        if (part instanceof Part.Text text) {
            return json.put("type", "text").put("text", text.text());
        } else if (part instanceof Part.Thinking thinking) {
            return json.put("type", "thinking").put("text", thinking.text());
        } else if (part instanceof Part.ToolCall call) {
            json.put("type", "tool_call").put("id", call.id()).put("name", call.name());
            return json.set("input", call.input().isMissingNode() ? null : call.input());
        } else if (part instanceof Part.ToolResult result) {
            return json.put("type", "tool_result").put("id", result.id()).put("name", result.name()).put("error", result.error())
                    .put("text", result.text()).put("attachments", result.attachments());
        } else if (part instanceof Part.Attachment attachment) {
            return json.put("type", "attachment").put("kind", attachment.kind()).put("media_type", attachment.mediaType())
                    .put("bytes", attachment.bytes() < 0 ? null : attachment.bytes());
        }
        return json.put("type", "unknown").put("kind", ((Part.Unknown) part).kind());
    }

    private static ObjectNode toJson(Tokens tokens) {
        return JSON.createObjectNode().put("input", tokens.input()).put("output", tokens.output()).put("cache_read", tokens.cacheRead())
                .put("cache_write", tokens.cacheWrite());
    }

    /** Prints the counts. */
    void end(Counts counts) {
        ObjectNode json = JSON.createObjectNode().put("type", "summary").put("lines", counts.lines)
                .put("user_messages", counts.userMessages).put("assistant_messages", counts.assistantMessages)
                .put("tool_calls", counts.toolCalls).put("errors", counts.errors);
        json.set("tokens", toJson(counts.tokens));
        ObjectNode notShown = json.putObject("not_shown");
        counts.notShown.forEach(notShown::put);
        print(json.put("bad_lines", counts.badLines).put("first_bad_line", counts.badLines == 0 ? null : counts.firstBadLine)
                .put("long_lines", counts.longLines).put("mended_lines", counts.mendedLines).put("other_lines", counts.otherLines)
                .put("torn", counts.torn).put("uncut", counts.uncut));
        out.flush();
    }

    /** In JSON every unprintable character stands inside a text, where its escape means the same. */
    private void print(ObjectNode json) {
        try {
            Printable.write(JSON.writeValueAsString(json), out);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
        out.print("\n");
    }
}
