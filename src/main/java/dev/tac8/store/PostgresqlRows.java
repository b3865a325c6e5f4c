package dev.tac8.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.util.List;
import java.util.Map;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Variable;
import org.springframework.jdbc.datasource.DataSourceUtils;

/** Takes a chunk's rows to PostgreSQL, into the tables from which statements join them with what is stored. */
@BindToRegistry("postgresql-rows")
public final class PostgresqlRows {
    private final PostgresqlStore store;

    public PostgresqlRows(PostgresqlStore store) {
        this.store = store;
    }

    /** Copies all of them, on the connection of the transaction that runs. */
    public void copy(@Variable("chunk") TableRows chunk) throws SQLException, IOException {
        Connection connection = DataSourceUtils.getConnection(store);
        try {
            Written written = Written.of(connection);
            if (written == null) {
                throw new SQLSyntaxErrorException("the route writes to PostgreSQL in no transaction of it");
            }
            for (Map.Entry<String, List<Row>> table : chunk.rows().entrySet()) {
                if (!table.getValue().isEmpty()) {
                    copy(connection, table.getKey(), table.getValue(), written);
                }
            }
        } finally {
            DataSourceUtils.releaseConnection(connection, store);
        }
    }

    private void copy(Connection connection, String table, List<Row> rows, Written written) throws SQLException, IOException {
        String statement = store.copyOf(table);
        List<String> columns = List.of(statement.substring(statement.indexOf('(') + 1, statement.indexOf(')')).split(", "));
        if (PostgresqlDriver.get().copy(connection, statement, new CopyRows(rows, columns, store.typesOf(table, columns))) != rows.size()) {
            throw new SQLException("PostgreSQL has not taken each row of " + table);
        }
        for (Row row : rows) {
            written.copied(row);
        }
    }
}
