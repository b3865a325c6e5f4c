package dev.tac8.store;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;

/**
 * Makes the statements of several tables out of one text, so that a table's columns stand in {@code schema.sql} alone.
 *
 * <p>{@code $table} is the table's name, {@code $key} its records' identity for life, {@code $id} the column by which one database tells
 * its rows apart (for events and API calls a number of its own, for the others the key), and {@code $columns} all other columns.
 * {@code here.$columns} means those of {@code here}, and {@code $columns(events)} those of the table of that name.
 */
public final class TableStatements extends DefaultSqlPrepareStatementStrategy {
    private static final Pattern COLUMNS = Pattern.compile("(\\w+\\.)?\\$columns(?:\\((\\w+)\\))?");

    private final Map<String, Table> tables;
    private final List<Table> own;
    private final Map<String, String> made = new ConcurrentHashMap<>();

    private record Table(String name, String key, String id, List<String> columns) {
    }

    private TableStatements(Map<String, Table> tables, List<Table> own) {
        this.tables = tables;
        this.own = own;
    }

    /**
     * Reads the tables.
     *
     * @param sqlDir holds {@code schema.sql}
     * @return by each table's name, a strategy that makes the statement of that table; by the name {@code tables}, one that makes a
     *         statement for each and unites their rows
     * @throws StoreException if the schema is not valid SQL
     */
    public static Map<String, TableStatements> read(Path sqlDir) throws StoreException {
        return Schema.inMemory(sqlDir, memory -> {
            Map<String, List<String>> columns = new TreeMap<>();
            try (ResultSet rows = memory.getMetaData().getColumns(null, null, null, null)) {
                while (rows.next()) {
                    columns.computeIfAbsent(rows.getString("TABLE_NAME"), none -> new ArrayList<>()).add(rows.getString("COLUMN_NAME"));
                }
            }
            columns.keySet().removeIf(name -> name.startsWith("sqlite_"));
            Map<String, Table> tables = new TreeMap<>();
            columns.forEach((name, all) -> {
                // The primary key comes first in each table.
                String id = all.get(0);
                String key = all.contains("record_id") ? "record_id" : id;
                tables.put(name, new Table(name, key, id, all.stream().filter(column -> !column.equals(key) && !column.equals(id)).toList()));
            });
            Map<String, TableStatements> statements = new TreeMap<>();
            tables.forEach((name, table) -> statements.put(name, new TableStatements(tables, List.of(table))));
            statements.put("tables", new TableStatements(tables, List.copyOf(tables.values())));
            return statements;
        });
    }

    /** The statements of a text, one a table; one in all if it names no table by {@code $table}. */
    List<String> each(String text) {
        return text.contains("$table") ? own.stream().map(table -> of(text, table)).toList() : List.of(of(text, null));
    }

    /** The statement of a text. */
    String of(String text) {
        return made.computeIfAbsent(text, all -> String.join("\nUNION ALL\n", each(all)));
    }

    private String of(String text, Table table) {
        String named = table == null ? text
                : text.replace("$table", table.name()).replace("$key", table.key()).replaceAll("\\$id\\b", table.id());
        return COLUMNS.matcher(named).replaceAll(word -> {
            Table of = word.group(2) == null ? table : tables.get(word.group(2));
            return of == null ? Matcher.quoteReplacement(word.group()) : of.columns().stream().map(column -> (word.group(1) == null ? "" : word.group(1)) + column).collect(Collectors.joining(", "));
        });
    }

    @Override
    public String prepareQuery(String query, boolean allowNamedParameters, Exchange exchange) throws SQLException {
        return super.prepareQuery(of(query), allowNamedParameters, exchange);
    }

    @Override
    public Iterator<?> createPopulateIterator(String query, String preparedQuery, int expectedParams, Exchange exchange, Object value)
            throws SQLException {
        return super.createPopulateIterator(of(query), preparedQuery, expectedParams, exchange, value);
    }
}
