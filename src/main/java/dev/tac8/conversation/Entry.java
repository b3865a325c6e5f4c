package dev.tac8.conversation;

import java.time.Instant;
import java.util.List;

/** The pieces of a conversation that are shown, one after the other. */
sealed interface Entry {
    /** When it was written, or null if the line does not say. */
    Instant time();

    /**
     * Who said what.
     *
     * @param id      the message's own id, or null
     * @param request the id of the request it answers, or null
     * @param uuid    the line's own id, which a copy of the line shares, or null
     * @param role    {@code user}, {@code assistant}, or {@code tool} for an entry that only brings results
     * @param model   or null
     * @param remark  what is special about it, or null
     * @param agent   the kind of the sub-agent, empty if it has none, or null if it is the worker itself
     */
    record Message(Instant time, String id, String request, String uuid, String role, String model, String agent, String remark,
                   boolean error, List<Part> parts, Tokens tokens) implements Entry {
        Message with(List<Part> newParts, Tokens newTokens) {
            return new Message(time, id, request, uuid, role, model, agent, remark, error, newParts, newTokens);
        }

        /** The same, marked as more of a message that was interrupted, for instance by the result of a tool. */
        Message continued() {
            return new Message(time, id, request, uuid, role, model, agent, remark == null ? "continued" : remark, error, parts, tokens);
        }
    }

    /** Something that happened. */
    record Note(Instant time, String name, String text, boolean error) implements Entry {
    }
}
