package dev.tac8.store;

import java.sql.SQLException;

/** A statement in {@code sql/} asks for something that does not exist. */
final class StatementException extends SQLException {
    private static final long serialVersionUID = 1L;

    StatementException(String message) {
        super(message);
    }
}
