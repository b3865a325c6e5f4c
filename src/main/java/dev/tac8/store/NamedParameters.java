package dev.tac8.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Types;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.SqlPrepareStatementStrategy;

/**
 * Binds rows, maps from column to value, to statements with {@code :#column} parameters. Camel's own strategy searches the
 * statement by a regular expression for each row, which takes more time than SQLite itself; this one does so once for each statement.
 */
@BindToRegistry("named-parameters")
public final class NamedParameters implements SqlPrepareStatementStrategy {
    private static final Pattern INSERT = Pattern.compile("\\s*INSERT\\s+INTO\\s+(\\w+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern JOIN = Pattern.compile("\\bDO\\s+UPDATE\\b", Pattern.CASE_INSENSITIVE);

    private final Map<String, Compiled> statements = new ConcurrentHashMap<>();

    /** A statement, the columns it names in order, and their places in the kind of row seen last. */
    static final class Compiled {
        private final Parameters parameters;
        private final String table;
        private final boolean joins;
        private Row.Columns kind;
        private int[] indexes;

        Compiled(String statement) {
            parameters = Parameters.of(statement);
            Matcher insert = INSERT.matcher(statement);
            table = insert.lookingAt() ? insert.group(1) : "";
            joins = JOIN.matcher(statement).find();
        }

        /** Each parameter is a column. */
        Parameters parameters() {
            return parameters;
        }

        /** The table that the statement inserts into; empty if it does anything else. */
        String table() {
            return table;
        }

        /** Whether the statement joins a row with one that is there already. */
        boolean joins() {
            return joins;
        }

        synchronized int[] indexes(Row row) {
            if (row.columns() != kind) {
                indexes = parameters.names().stream().mapToInt(row.columns()::index).toArray();
                kind = row.columns();
            }
            return indexes;
        }
    }

    /** A row and the statement to bind it to, handed from one method of the strategy to the next. */
    private record Binding(Compiled statement, Map<?, ?> row) implements Iterator<Object> {
        @Override
        public boolean hasNext() {
            return false;
        }

        @Override
        public Object next() {
            throw new UnsupportedOperationException("bound as a whole");
        }
    }

    @Override
    public String prepareQuery(String query, boolean allowNamedParameters, Exchange exchange) {
        return statements.computeIfAbsent(query, Compiled::new).parameters.sql();
    }

    @Override
    public Iterator<?> createPopulateIterator(String query, String preparedQuery, int expectedParams, Exchange exchange,
                                              Object value) throws SQLException {
        if (!exchange.isTransacted()) {
            throw new SQLSyntaxErrorException("the route writes outside a transaction, where camel-sql commits each statement by itself");
        }
        Compiled statement = statements.computeIfAbsent(query, Compiled::new);
        return statement.parameters.names().isEmpty() ? Collections.emptyIterator() : new Binding(statement, (Map<?, ?>) value);
    }

    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> iterator, int expectedParams) throws SQLException {
        if (!(iterator instanceof Binding binding)) {
            return;
        }
        Written written = Written.of(statement.getConnection());
        if (written == null) {
            throw new SQLSyntaxErrorException("the route writes to a store in whose transaction it is not");
        }
        List<String> columns = binding.statement().parameters.names();
        int[] indexes = binding.row() instanceof Row row ? binding.statement().indexes(row) : null;
        for (int i = 0; i < columns.size(); i++) {
            String column = columns.get(i);
            boolean known = indexes == null ? binding.row().containsKey(column) : indexes[i] >= 0;
            if (!known) {
                throw new SQLSyntaxErrorException("the statement names :#" + column + ", which rows do not have");
            }
            bind(statement, i + 1, indexes == null ? binding.row().get(column) : ((Row) binding.row()).value(indexes[i]));
        }
        if (binding.row() instanceof Row row) {
            written.add(binding.statement(), row);
        }
    }

    private static void bind(PreparedStatement statement, int index, Object value) throws SQLException {
        if (value instanceof String text) {
            statement.setString(index, text);
        } else if (value instanceof Long || value instanceof Double || value instanceof Integer) {
            // setLong would have the driver make a second Long of it.
            statement.setObject(index, value);
        } else if (value == null) {
            statement.setNull(index, Types.NULL);
        } else {
            throw new SQLException("a row holds a " + value.getClass().getSimpleName() + "; it must be text, a whole number, a Double or null");
        }
    }
}
