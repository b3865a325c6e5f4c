package dev.tac8.conversation;

/**
 * A piece of a turn, as text that is fit for a page: line ends and tabs are kept, colours dropped, and what could make it look like other text is an escape.
 *
 * @param number     in its turn, from 1
 * @param id         of the call of a tool, which its result has too; or null
 * @param name       of the tool, or what else it is; or null
 * @param text       of it, or its beginning
 * @param characters how many it has
 * @param hits       how often what is looked for is in it
 * @param around     the text around the first of them; null if there is none
 */
public record Piece(int number, Kind kind, String id, String name, String text, long characters, boolean isError, boolean isCut, long hits, String around) {

    /** What a piece is. */
    public enum Kind { TEXT, THOUGHT, CALL, RESULT, OTHER }
}
