package dev.tac8.store;

/** What a store is to blame for: its disk is away, full, read-only, damaged, or locked for too long. */
final class StoreFailureException extends StoreException implements Typed {
    private static final long serialVersionUID = 1L;

    StoreFailureException(String message, Throwable cause) {
        super(message, cause);
    }
}
