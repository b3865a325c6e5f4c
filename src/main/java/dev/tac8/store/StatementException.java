package dev.tac8.store;

import java.sql.SQLException;

/** A statement in {@code sql/}, or a route, was edited so that nothing can be written: everything waits until it is mended. */
public final class StatementException extends SQLException implements Typed {
    private static final long serialVersionUID = 1L;

    /** @param message one sentence that begins with the statement's file */
    public StatementException(String message) {
        super(message);
    }

    StatementException(String message, Throwable cause) {
        super(message, cause);
    }
}
