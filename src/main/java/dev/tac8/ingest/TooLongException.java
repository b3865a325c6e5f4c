package dev.tac8.ingest;

/** A field that is all right except for its length. */
public final class TooLongException extends BadLineException {
    private static final long serialVersionUID = 1L;

    private static final String RULE = "; what rows are found by has at most ";

    TooLongException(String field, int bytes, int mostBytes) {
        super(field, field + " is " + bytes + " bytes long in UTF-8" + RULE + mostBytes);
    }

    /** Whether this is why a line was set aside, by its field, or null, and the reason: an older tac8 has stored such a line. */
    public static boolean isWhy(String field, String reason) {
        return field != null && reason.startsWith(field + " is ") && reason.contains(RULE);
    }
}
