package dev.tac8.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.sqlite.SQLiteConnection;

/** The rows that a transaction was handed, kept until it ends, for the {@link Receipt}s of those rows. */
final class Written {
    private final Connection connection;
    private final Map<Receipt, Map<String, Integer>> handed = new IdentityHashMap<>();
    private NamedParameters.Compiled statement;
    /** How many rows the statement was handed of each receipt before the present one: all of them may be one batch. */
    private final Map<Receipt, Integer> pass = new IdentityHashMap<>();
    private Receipt receipt;
    private int rows;
    private boolean any;
    private long changesBefore;
    private final long beganNanos = System.nanoTime();

    private Written(Connection connection) {
        this.connection = connection;
    }

    /** Begins with a transaction of this thread. */
    static void begin(Connection connection) {
        TransactionSynchronizationManager.bindResource(connection, new Written(connection));
    }

    /** What the transaction that runs on a connection was handed; null if none runs. */
    static Written of(Connection connection) {
        return (Written) TransactionSynchronizationManager.getResource(connection);
    }

    /** Ends with the transaction. */
    static Written end(Connection connection) {
        return (Written) TransactionSynchronizationManager.unbindResourceIfPossible(connection);
    }

    /** A row is handed to a statement. */
    void add(NamedParameters.Compiled to, Row row) throws SQLException {
        any = true;
        if (to != statement) {
            endPass();
            statement = to;
            changesBefore = changes();
        }
        if (row.receipt() != receipt) {
            endReceipt();
            receipt = row.receipt();
        }
        if (row.table().equals(to.table())) {
            rows++;
        }
    }

    /** A row is copied to where a statement takes it from; that it did is seen before the commit. */
    void copied(Row row) {
        any = true;
        if (row.receipt() != null) {
            handed.computeIfAbsent(row.receipt(), none -> new HashMap<>()).merge(row.table(), 1, Integer::sum);
        }
    }

    private void endReceipt() {
        if (receipt != null && rows > 0) {
            pass.merge(receipt, rows, Integer::sum);
        }
        receipt = null;
        rows = 0;
    }

    /** The rows that a statement was handed count as a whole, or not at all. */
    void endPass() throws SQLException {
        endReceipt();
        // A statement that skips existing rows has stored all of its rows only if each was a change.
        if (!pass.isEmpty() && (statement.joins() || changes() - changesBefore >= pass.values().stream().mapToInt(Integer::intValue).sum())) {
            pass.forEach((of, given) -> handed.computeIfAbsent(of, none -> new HashMap<>()).merge(statement.table(), given, Math::max));
        }
        pass.clear();
        statement = null;
    }

    /** When the transaction began, by the computer's own count of time. */
    long beganNanos() {
        return beganNanos;
    }

    /** Whether any row was handed to a statement. */
    boolean isAny() {
        return any;
    }

    /** The transaction has committed, and its store is still there. */
    void committed(String store) {
        handed.forEach((of, rowsOfTables) -> of.committed(store, rowsOfTables));
    }

    private long changes() throws SQLException {
        return connection.unwrap(SQLiteConnection.class).getDatabase().total_changes();
    }
}
