package dev.tac8.store;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A database on a volume that may go away: a commit counts only once the volume is known to be there still. */
public interface VerifiedDataSource extends DataSource {
    /** Its name in messages and receipts. */
    String name();

    /**
     * Checks that what a connection has just committed is in the file that is there now. Another one may have been opened meanwhile.
     *
     * @throws StoreException in one sentence
     */
    void verify(Connection used) throws StoreException;

    @Override
    default Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    /**
     * Is told that rows are about to be committed: if the database is ever gone, they are gone too.
     *
     * @throws StoreException if that cannot be remembered
     */
    default void holdsRows() throws StoreException {
    }

    /**
     * Is asked before rows are committed that a connection has written.
     *
     * @throws SQLException if they must not be
     */
    default void beforeCommit(Connection used) throws SQLException {
    }

    /** Whether the database is there, on its own volume. */
    default boolean isThere() {
        return true;
    }

    /** Is told of the failure of a use: if it says that the database may be damaged, the next use looks it through first. */
    default void suspect(Throwable failure) {
    }

    /** Makes the next use look the database through first, if that takes about a second. */
    default void lookAgain() {
    }

    /** Closes the connection, so that the next use opens the database anew. */
    void evict();
}
