package dev.tac8.store;

import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.util.ObjectHelper;
import org.sqlite.SQLiteException;

/** What is to blame for a write that failed; this alone decides what happens to the chunk. */
public enum Blame {
    /** The store: its disk is away, full, read-only, damaged, or locked for too long. The chunk goes to the other store. */
    STORE,
    /** One of the rows, which a healthy store refuses. The chunk is sent again in halves, and that record goes to quarantine. */
    ROW,
    /** The statement: it was edited. Everything waits until it is mended. */
    STATEMENT;

    private static final Pattern STATEMENT_FILE = Pattern.compile("sql:(?://)?file:([^?]+)");

    /**
     * The failure of an exchange as the exception that says what is to blame, taken out of whatever wraps it.
     *
     * @param store the name of the store that may be to blame
     * @return a {@link StoreException}, a {@link RowRefusedException}, or a {@link StatementException}; its message is one sentence
     */
    public static SQLException typed(Exchange exchange, String store) {
        return typed(exchange.getException(), store, exchange.getProperty(Exchange.TO_ENDPOINT, "", String.class));
    }

    /**
     * A failure as that exception.
     *
     * @param endpoint where it was met, which may be a statement's
     */
    public static SQLException typed(Exception failure, String store, String endpoint) {
        if (isTyped(failure)) {
            return (SQLException) ObjectHelper.getException(Typed.class, failure);
        }
        String reason = Reasons.of(failure);
        Matcher file = STATEMENT_FILE.matcher(endpoint);
        String statement = file.find() ? file.group(1) + ": " : "";
        return switch (of(failure)) {
            case STORE -> ofStore(store, reason, failure);
            case ROW -> new RowRefusedException(store, statement, reason, failure);
            case STATEMENT -> new StatementException(statement + reason, failure);
        };
    }

    /** Whether a failure is caused by an exception that says what is to blame. */
    static boolean isTyped(Throwable failure) {
        return ObjectHelper.getException(Typed.class, failure) != null;
    }

    /** The blame for a failure. An unknown failure is blamed on the statement, because waiting loses nothing. */
    static Blame of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (PostgresqlDriver.isItsOwn(cause)) {
                return ofState(String.valueOf(((SQLException) cause).getSQLState()));
            }
            if (cause instanceof SQLSyntaxErrorException) {
                return STATEMENT;
            }
            if (cause instanceof SQLDataException) {
                return ROW;
            }
            if (cause instanceof SQLiteException) {
                return of(SqliteCode.of(cause));
            }
            if (cause instanceof StoreException) {
                return STORE;
            }
        }
        if (ObjectHelper.getException(SQLException.class, failure) != null) {
            // The pool's or the driver's own: no connection, a connection that was closed.
            return STORE;
        }
        return STATEMENT;
    }

    /** Whether the database may be damaged: it is looked through before it is used again. */
    static boolean isSuspicious(Throwable failure) {
        return switch (SqliteCode.of(failure)) {
            case 8, 10, 11, 26 -> true;     // SQLITE_READONLY, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB
            default -> false;
        };
    }

    private static StoreException ofStore(String store, String reason, Exception failure) {
        return switch (stateOf(failure)) {
            // Undone so that another one can go on.
            case "40001", "40P01" -> new ConflictException("others write the same rows: " + reason, failure);
            // Who has waited as long as the settings allow would only wait once more.
            case "55P03" -> new StoreFailureException("another session has kept rows locked for tac8.store.busy-seconds: " + reason, failure);
            case "" -> new StoreFailureException(ofFile(store, failure) + reason, failure);
            // All other keys join.
            case "23505" -> new StoreFailureException("numbers of rows are given again, as where tables were copied without their sequences: " + reason, failure);
            default -> new StoreFailureException((ObjectHelper.getException(StoreException.class, failure) == null ? "PostgreSQL: " : "") + reason, failure);
        };
    }

    /** Which file it was, as SQLite does not say that; empty if it was none. */
    private static String ofFile(String store, Exception failure) {
        if (store.isEmpty() || SqliteCode.of(failure) == 0) {
            return "";
        }
        return "the " + store + (List.of("external", "local").contains(store) ? " store: " : ": ");
    }

    /** What PostgreSQL has said, as a code; empty if it was another one. */
    private static String stateOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (PostgresqlDriver.isItsOwn(cause)) {
                return String.valueOf(((SQLException) cause).getSQLState());
            }
        }
        return "";
    }

    /** Whether the database could not be written: its disk is read-only, or its header asks for a version of SQLite that does not exist. */
    static boolean isReadOnly(Throwable failure) {
        return SqliteCode.of(failure) == 8;
    }

    /** What PostgreSQL has said, by the class of its code: https://www.postgresql.org/docs/current/errcodes-appendix.html. */
    private static Blame ofState(String state) {
        // A right that was taken away may be given back.
        return state.equals("42501") ? STORE : switch (state.substring(0, 2)) {
            case "22", "54" -> ROW;         // a value that cannot be stored, a limit
            case "0A", "42" -> STATEMENT;   // what there is not
            default -> STORE;               // no connection, no room, a lock; a constraint, as rows fulfil those that tac8 has made
        };
    }

    private static Blame of(int code) {
        return switch (code) {
            case 18, 19, 20 -> ROW;             // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH
            case 3, 5, 6, 7, 8, 10, 11, 13, 14, 15, 22, 23, 26 ->
                // SQLITE_PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, PROTOCOL, NOLFS, AUTH, NOTADB
                STORE;
            default -> STATEMENT;
        };
    }
}
