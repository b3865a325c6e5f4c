package dev.tac8.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.SqlPrepareStatementStrategy;

/**
 * Binds rows, maps from column to value, to statements with {@code :#column} parameters. Camel's own strategy searches the
 * statement by a regular expression for each row, which takes more time than SQLite itself; this one does so once a statement.
 */
public final class NamedParameters implements SqlPrepareStatementStrategy {
    private static final Pattern PARAMETER = Pattern.compile(":#(\\w+)");

    private final Map<String, Compiled> statements = new ConcurrentHashMap<>();

    private record Compiled(String sql, List<String> columns) {
        static Compiled of(String statement) {
            List<String> columns = new ArrayList<>();
            Matcher parameter = PARAMETER.matcher(statement);
            while (parameter.find()) {
                columns.add(parameter.group(1));
            }
            return new Compiled(parameter.replaceAll("?"), List.copyOf(columns));
        }
    }

    /** A row and the columns to bind, handed from one method of the strategy to the next. */
    private record Binding(List<String> columns, Map<?, ?> row) implements Iterator<Object> {
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
        return statements.computeIfAbsent(query, Compiled::of).sql();
    }

    @Override
    public Iterator<?> createPopulateIterator(String query, String preparedQuery, int expectedParams, Exchange exchange,
                                              Object value) {
        List<String> columns = statements.computeIfAbsent(query, Compiled::of).columns();
        return columns.isEmpty() ? Collections.emptyIterator() : new Binding(columns, (Map<?, ?>) value);
    }

    @Override
    public void populateStatement(PreparedStatement statement, Iterator<?> iterator, int expectedParams) throws SQLException {
        if (!(iterator instanceof Binding binding)) {
            return;
        }
        int index = 0;
        for (String column : binding.columns()) {
            Object value = binding.row().get(column);
            index++;
            if (value instanceof String text) {
                statement.setString(index, text);
            } else if (value instanceof Long number) {
                statement.setLong(index, number);
            } else if (value instanceof Double number) {
                statement.setDouble(index, number);
            } else if (value == null && binding.row().containsKey(column)) {
                statement.setNull(index, Types.NULL);
            } else {
                throw new SQLException("the statement names :#" + column + ", which rows do not have");
            }
        }
    }
}
