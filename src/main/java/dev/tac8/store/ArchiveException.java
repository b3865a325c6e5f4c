package dev.tac8.store;

/** The archive of a month cannot be opened now. The active store is not affected. */
public class ArchiveException extends StoreException {
    private static final long serialVersionUID = 1L;

    ArchiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
