package dev.tac8.store;

import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What is to blame for a write that failed; this alone decides what happens to the chunk. */
public enum Blame {
    /** The store: its disk is away, full, read-only, damaged, or locked for too long. The chunk goes to the other store. */
    STORE,
    /** One of the rows, which a healthy store refuses. The chunk is sent again record by record, and that record goes to quarantine. */
    ROW,
    /** The statement: it was edited. Everything waits until it is mended. */
    STATEMENT;

    /** The blame for a failure. An unknown failure is blamed on the statement, because waiting loses nothing. */
    static Blame of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StatementException) {
                return STATEMENT;
            }
            if (cause instanceof SQLiteException) {
                return of(SqliteCode.of(cause));
            }
            if (cause instanceof StoreException) {
                return STORE;
            }
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.sql.SQLException) {
                // The pool's or the driver's own: no connection, a connection that was closed.
                return STORE;
            }
        }
        return STATEMENT;
    }

    /**
     * Makes sure that a record, whose rows were all to be written at once, is to blame before it is set aside.
     *
     * @throws Exception if it is not: the failure itself, or, if rows that the record hangs on were not written, that a statement is
     *                   missing
     */
    public static void requireRow(Exception failure) throws Exception {
        if (of(failure) != ROW) {
            throw failure;
        }
        SQLiteException sqlite = SqliteCode.said(failure);
        if (sqlite != null && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_FOREIGNKEY) {
            throw new StatementException("the session, task or worker of a record was not written before it: a step of"
                    + " routes/write.camel.yaml was changed or is missing");
        }
    }

    /** Whether the database may be damaged: it is looked through before it is used again. */
    static boolean isSuspicious(Throwable failure) {
        return switch (SqliteCode.of(failure)) {
            case 8, 10, 11, 26 -> true;     // SQLITE_READONLY, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB
            default -> false;
        };
    }

    /** Whether the database could not be written: its disk is read-only, or its header asks for a version of SQLite that does not exist. */
    static boolean isReadOnly(Throwable failure) {
        return SqliteCode.of(failure) == 8;
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
