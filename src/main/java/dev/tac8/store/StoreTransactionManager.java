package dev.tac8.store;

import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Transactions on one store. A commit counts only if the volume is still there after it: on a disk that was unmounted midway
 * SQLite reports success for rows that will never be found again.
 */
public final class StoreTransactionManager extends DataSourceTransactionManager {
    private static final long serialVersionUID = 1L;

    private final transient VerifiedDataSource store;
    private final transient Transactions commits;

    /** @param commits counts them */
    public StoreTransactionManager(VerifiedDataSource store, Transactions commits) {
        super(store);
        this.store = store;
        this.commits = commits;
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
        super.doBegin(transaction, definition);
        Written.begin(connection());
    }

    @Override
    protected void doCleanupAfterCompletion(Object transaction) {
        Written.end(connection());
        super.doCleanupAfterCompletion(transaction);
    }

    /** The connection of the transaction that runs. */
    private Connection connection() {
        return ((ConnectionHolder) TransactionSynchronizationManager.getResource(store)).getConnection();
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        try {
            Connection used = connection();
            Written written = Written.of(used);
            written.endPass();
            if (written.isAny()) {
                store.holdsRows();
                store.beforeCommit(used);
            }
            long beginNanos = System.nanoTime();
            super.doCommit(status);
            store.verify(used);
            written.committed(store.name());
            if (written.isAny()) {
                long endNanos = System.nanoTime();
                commits.add(endNanos - written.beganNanos(), endNanos - beginNanos);
            }
        } catch (SQLException e) {
            throw new TransactionSystemException(e.getMessage(), e);
        } catch (RuntimeException e) {
            // Whether it committed is unknown, and this connection will not tell.
            store.evict();
            throw e;
        }
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
        try {
            super.doRollback(status);
        } catch (TransactionSystemException e) {
            // After a full disk, an I/O error or damage SQLite has rolled back by itself, and says so here. If this were thrown on, it
            // would hide the failure itself, and be blamed on the statement.
            logger.debug("not rolled back by hand; closing the connection does", e);
        } finally {
            // The connection may be what failed. Opening another takes milliseconds, and rollbacks are rare.
            store.evict();
        }
    }
}
