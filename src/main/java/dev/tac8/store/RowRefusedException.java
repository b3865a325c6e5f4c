package dev.tac8.store;

import java.sql.SQLException;
import org.apache.camel.util.ObjectHelper;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A store that is there refuses a row: another one may take its place, and the others of its chunk go without it. */
public final class RowRefusedException extends SQLException implements Typed {
    private static final long serialVersionUID = 1L;

    private final String store;
    private final String reason;

    RowRefusedException(String store, String statement, String reason, Throwable cause) {
        super(statement + reason, cause);
        this.store = store;
        this.reason = reason;
    }

    /** The name of the store. */
    public String store() {
        return store;
    }

    /** Why, without the statement that was refused. */
    public String reason() {
        return reason;
    }

    /**
     * Makes sure that a record, whose rows were all to be written at once, is to blame itself.
     *
     * @throws StatementException if rows that the record hangs on were not written
     */
    public void requireParents() throws StatementException {
        SQLiteException said = SqliteCode.said(this);
        SQLException other = ObjectHelper.getException(SQLException.class, getCause());
        boolean lacksParent = said != null ? said.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_FOREIGNKEY
                : other != null && "23503".equals(other.getSQLState());
        if (lacksParent) {
            throw new StatementException("the session, task or worker of a record was not written before it: a step of"
                    + " routes/write.camel.yaml was changed or is missing");
        }
    }
}
