package dev.tac8.conversation;

import java.time.Instant;
import java.util.List;

/**
 * What one side said, with what its tools answered; or something that happened.
 *
 * @param number  in the conversation, from 1: as the file only grows, it stays the same turn's
 * @param time    or null
 * @param role    {@code user}, {@code assistant}, {@code tool} for results that follow no call, or {@code note}
 * @param model   or null
 * @param agent   the kind of the sub-agent, empty if it has none; null if it is the worker itself
 * @param remark  what is special about it, or null
 * @param isError whether it failed as a whole
 * @param message its id, or null
 * @param line    the id of its first line, or null
 * @param tokens  in words, or null
 * @param pieces  empty before the first turn that is wanted
 */
public record Turn(long number, Instant time, String role, String model, String agent, String remark, boolean isError, String message, String line,
                   String tokens, List<Piece> pieces) {

    /** The result of a tool's call, if it is in this turn; or null. */
    public Piece resultOf(Piece call) {
        return call.kind() != Piece.Kind.CALL || call.id() == null ? null : pieces.stream()
                .filter(piece -> piece.kind() == Piece.Kind.RESULT && call.id().equals(piece.id())).findFirst().orElse(null);
    }

    /** Whether a piece is the result of a call that is in this turn. */
    public boolean isShownWithItsCall(Piece piece) {
        return piece.kind() == Piece.Kind.RESULT && pieces.stream().anyMatch(call -> resultOf(call) == piece);
    }

    /** How often what is looked for is in it. */
    public long hits() {
        return pieces.stream().mapToLong(Piece::hits).sum();
    }
}
