package dev.tac8.store;

import java.sql.SQLException;

/** A store cannot be used now, or not at all. The message is one sentence for the person who has to act. */
public class StoreException extends SQLException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A failure as it is if a store has said it already, and otherwise with this message. */
    public static StoreException of(Exception failure, String message) {
        return failure instanceof StoreException said ? said : new StoreException(message, failure);
    }
}
