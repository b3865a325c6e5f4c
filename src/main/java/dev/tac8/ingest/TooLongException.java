package dev.tac8.ingest;

/** A field that is all right except for its length. */
public final class TooLongException extends BadLineException {
    private static final long serialVersionUID = 1L;

    private static final String RULE = "; what rows are found by has at most ";

    TooLongException(String field, int bytes, int mostBytes) {
        super(field, field + " is " + bytes + " bytes long in UTF-8" + RULE + mostBytes);
    }

    /** Whether this is why a line was set aside: an older tac8 has stored such a line. */
    public static boolean isWhy(Quarantine.Entry line) {
        return line.field() != null && line.reason().startsWith(line.field() + " is ") && line.reason().contains(RULE);
    }
}
