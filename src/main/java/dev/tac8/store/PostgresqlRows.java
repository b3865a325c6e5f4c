package dev.tac8.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Variable;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * Takes a chunk's rows to PostgreSQL, on the connection of the transaction that runs: beside the tables, from where statements join them with
 * what is stored, or, if they are records that are new, straight into them, which takes the server half the time.
 */
@BindToRegistry("postgresql-rows")
public final class PostgresqlRows {
    /** Where one record is known, as in a topic that is read again, others are: so many chunks after it are joined at once. */
    private static final int JOINED_AFTER_KNOWN = 8;
    private static final String UNIQUE_VIOLATION = "23505";

    private final PostgresqlStore store;
    private final AtomicInteger toJoin = new AtomicInteger();

    public PostgresqlRows(PostgresqlStore store) {
        this.store = store;
    }

    /** Copies sessions, tasks and workers to where they are joined. */
    public void copyParents(@Variable("chunk") TableRows chunk) throws SQLException, IOException {
        copy(chunk, false, false);
    }

    /**
     * Copies events and calls.
     *
     * @param known whether they are known to be stored, so that they are joined; null means no
     * @throws ConflictException if one was taken for new and is stored; the next time they are joined
     */
    public void copyRecords(@Variable("chunk") TableRows chunk, @Variable("known") Boolean known) throws SQLException, IOException {
        copy(chunk, true, !Boolean.TRUE.equals(known) && toJoin.getAndUpdate(left -> Math.max(0, left - 1)) == 0);
    }

    private void copy(TableRows chunk, boolean records, boolean straight) throws SQLException, IOException {
        Connection connection = DataSourceUtils.getConnection(store);
        try {
            Written written = Written.of(connection);
            if (written == null) {
                throw new SQLSyntaxErrorException("the route writes to PostgreSQL in no transaction of it");
            }
            for (Map.Entry<String, List<Row>> table : chunk.rows().entrySet()) {
                if (store.isRecords(table.getKey()) == records && !table.getValue().isEmpty()) {
                    copy(connection, table.getKey(), table.getValue(), straight);
                    table.getValue().forEach(written::copied);
                }
            }
        } finally {
            DataSourceUtils.releaseConnection(connection, store);
        }
    }

    private void copy(Connection connection, String table, List<Row> rows, boolean straight) throws SQLException, IOException {
        List<Row> sorted = straight ? sorted(rows, store.keyOf(table)) : rows;
        boolean isNew = straight && areDifferent(sorted, store.keyOf(table));
        String statement = store.copyOf(table, isNew);
        List<String> columns = List.of(statement.substring(statement.indexOf('(') + 1, statement.indexOf(')')).split(", "));
        long copied;
        try {
            copied = PostgresqlDriver.get().copy(connection, statement, new CopyRows(sorted, columns, store.typesOf(table, columns)));
        } catch (SQLException e) {
            if (isNew && UNIQUE_VIOLATION.equals(e.getSQLState())) {
                toJoin.set(JOINED_AFTER_KNOWN);
                throw new ConflictException("some rows of " + table + " are stored already: " + Reasons.of(e), e);
            }
            throw e;
        }
        if (copied != rows.size()) {
            throw new SQLException("PostgreSQL has not taken each row of " + table);
        }
    }

    /** In one order for all hosts, or two of them could each wait for what the other has written. */
    private static List<Row> sorted(List<Row> rows, String key) {
        return rows.stream().sorted(Comparator.comparing(row -> String.valueOf(row.get(key)))).toList();
    }

    private static boolean areDifferent(List<Row> sorted, String key) {
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).get(key).equals(sorted.get(i - 1).get(key))) {
                return false;
            }
        }
        return true;
    }
}
