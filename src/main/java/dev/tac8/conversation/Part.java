package dev.tac8.conversation;

import com.fasterxml.jackson.databind.JsonNode;

/** A piece of what was said. */
sealed interface Part {
    /** Text that was said. */
    record Text(String text) implements Part {
    }

    /** A thought; null if it is hidden. */
    record Thinking(String text) implements Part {
    }

    /** A call of a tool. */
    record ToolCall(String id, String name, JsonNode input) implements Part {
    }

    /** The result of a tool, with the tool's name, or null if the call was not seen. */
    record ToolResult(String id, String name, boolean error, String text, int attachments) implements Part {
    }

    /** An image or a document: its media type, or null, and about how many bytes it has, or -1. */
    record Attachment(String kind, String mediaType, long bytes) implements Part {
    }

    /** Something that this version of tac8 does not know. */
    record Unknown(String kind) implements Part {
    }
}
