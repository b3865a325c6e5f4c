package dev.tac8.store;

/** Somebody else writes the same rows, and the database has undone this transaction so that the other one can go on. The same once more may well work. */
public final class ConflictException extends StoreException implements Typed {
    private static final long serialVersionUID = 1L;

    ConflictException(String message, Throwable cause) {
        super(message, cause);
    }
}
