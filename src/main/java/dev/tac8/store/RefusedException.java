package dev.tac8.store;

/**
 * A store must not be used: it has another schema, a script is not valid SQL, SQLite has a known fault, or the folder is not fit for a
 * store. Waiting does not help.
 */
public final class RefusedException extends StoreException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /** @param message one sentence: what, and what to do */
    public RefusedException(String message) {
        this(message, "it is no database of this tac8");
    }

    /** @param reason the same in a few words, to be part of another sentence */
    RefusedException(String message, String reason) {
        super(message);
        this.reason = reason;
    }

    /** The same in a few words that follow the name of the database. */
    public String reason() {
        return reason;
    }
}
