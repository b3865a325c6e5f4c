package dev.tac8.ingest;

/** A field that is all right except for its length. */
public final class TooLongException extends BadLineException {
    private static final long serialVersionUID = 1L;

    private final int mostBytes;

    TooLongException(String field, String reason, int mostBytes) {
        super(field, reason);
        this.mostBytes = mostBytes;
    }

    /** The most bytes of UTF-8 that the field holds. */
    public int mostBytes() {
        return mostBytes;
    }
}
