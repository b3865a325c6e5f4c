package dev.tac8.store;

/**
 * A store that must not be used: another schema, a script that is no SQL, a SQLite with a known fault; or a folder that is no place for
 * one. Waiting does not help.
 */
public final class RefusedException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /** @param message one sentence: what, and what to do */
    public RefusedException(String message) {
        this(message, "it is no database of this tac8");
    }

    /** @param reason the same in a few words, for a sentence of somebody else's */
    RefusedException(String message, String reason) {
        super(message);
        this.reason = reason;
    }

    /** The same in a few words that follow the name of the database. */
    public String reason() {
        return reason;
    }
}
