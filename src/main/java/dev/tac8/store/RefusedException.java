package dev.tac8.store;

/** A store that must not be used: another schema, a script that is no SQL, a SQLite with a known fault. Waiting does not help. */
public final class RefusedException extends StoreException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        super(message);
    }
}
