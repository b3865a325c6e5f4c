package dev.tac8.store;

import org.sqlite.SQLiteException;

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html. */
public final class SqliteCode {
    private SqliteCode() {
    }

    /** What SQLite said of a failure; 0 if it did not cause it. */
    public static int of(Throwable failure) {
        SQLiteException said = said(failure);
        return said == null ? 0 : said.getResultCode().code & 0xff;
    }

    /** The first failure of SQLite's own among the causes of a failure, or null. */
    static SQLiteException said(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof SQLiteException)) {
            cause = cause.getCause();
        }
        return (SQLiteException) cause;
    }
}
