package dev.tac8.ingest;

/** Why one line cannot be a record. The message is the reason, in words for the person who mends the line. */
public class BadLineException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The field at fault, or null if the line as a whole is. */
    final transient String field;

    BadLineException(String field, String reason) {
        // No stack trace: a bad line is expected, and a file may hold millions.
        super(reason, null, false, false);
        this.field = field;
    }

    /** The field at fault, or null if the line as a whole is. */
    public String field() {
        return field;
    }
}
