package dev.tac8.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;

/**
 * Makes the statements of all tables out of one text, so that a table, its columns and what hangs on it stand in {@code schema.sql} alone.
 *
 * <p>The lines between {@code $each} and {@code $end} stand once for each table, in the order in which rows leave a store: records, then
 * children before parents. What follows {@code $each} stands between them. {@code $each of records} or {@code of parents} are those tables,
 * and {@code $each of tasks} is that one. Elsewhere {@code $table} is what the body names:
 * {@code {"table": "events"}}. Of a table are
 * <ul>
 * <li>{@code $kind} the name of one row; {@code $turn} the place in that order, 1 for all records, then 2, 3, 4;
 * <li>{@code $key} what its rows are known by for life; {@code $id} by what one database tells them apart, of records a number of its own;
 * {@code $time} when they happened or began; {@code $columns} all columns but key and id; {@code $ids} and {@code $keys} the id or key, and
 * those of what it hangs on;
 * {@code $bytes} the size of a row's texts that are in no index; {@code here.$columns} means those of {@code here};
 * <li>{@code $indexed} a condition by which rows of a time are found if the index on the time begins with what they hang on, 1 for others;
 * {@code $along} the same for one of these, {@code root}, of all {@code $roots}, to find the first or last time of each: of others, the one root is all.
 * </ul>
 * A line stands once for each table that hangs on this one, {@code $child}, by its column {@code $link}; once for each further time,
 * {@code $later}; for records alone with {@code $serial}, which is their {@code $id}, and for the others alone with {@code $parent}, their key.
 */
@BindToRegistry("tables")
public final class TableStatements extends DefaultSqlPrepareStatementStrategy {
    private static final Pattern EACH = Pattern.compile("(?s)\\$each(?: of (\\w+))?([^\n]*)\n(.*?)\n\\s*\\$end\\b");
    private static final Pattern WORD = Pattern.compile("(\\w+\\.)?\\$(\\w+)");
    private static final String KEY_OF_RECORDS = "record_id";

    /** In the order in which rows leave. */
    private final Map<String, Table> tables = new LinkedHashMap<>();
    private final Map<List<String>, String> made = new ConcurrentHashMap<>();

    /** A column and its type, a column by which a table hangs on another and that one, or the columns of an index and its name. */
    private record Part(String table, String kind, String name, String more) {
    }

    /** Each start makes some hundred statements, of which each asks for the same few meanings: they are kept. */
    private record Table(String name, int turn, List<Part> parts, List<Part> children, Map<String, List<String>> meanings) {
        /** What is of a kind, or of a kind and a type. */
        List<String> named(String kind, String more) {
            return parts.stream().filter(part -> part.kind().equals(kind) && part.more().matches(more)).map(Part::name).toList();
        }

        boolean isRecord() {
            return named("column", ".*").contains(KEY_OF_RECORDS);
        }

        /** What a word stands for; nothing if it is none of ours. */
        List<String> meaning(String word) {
            return meanings.computeIfAbsent(word, absent -> find(word).toList());
        }

        private Stream<String> find(String word) {
            // The primary key comes first in each table.
            String id = named("column", ".*").get(0);
            String key = isRecord() ? KEY_OF_RECORDS : id;
            return switch (word) {
                case "kind" -> Stream.of(name.replaceFirst("s$", ""));
                case "turn" -> Stream.of(String.valueOf(turn));
                case "key" -> Stream.of(key);
                case "id" -> Stream.of(id);
                case "time" -> named("column", "TIMESTAMP").stream().limit(1);
                case "columns" -> named("column", ".*").stream().filter(column -> !column.equals(key) && !column.equals(id));
                case "ids" -> Stream.concat(Stream.of(id), named("link", ".*").stream());
                case "keys" -> Stream.concat(Stream.of(key), named("link", ".*").stream());
                case "bytes" -> named("column", "TEXT|JSON").stream().filter(column -> named("index", ".*").stream()
                        .noneMatch(index -> List.of(index.split(",")).contains(column)));
                case "indexed" -> Stream.of(before().map(link -> link.name() + " IN (SELECT " + link.name() + " FROM " + link.more() + ")").orElse("1"));
                case "along" -> Stream.of(before().map(link -> link.name() + " = root." + link.name()).orElse("1"));
                case "roots" -> Stream.of(before().map(Part::more).orElse("(SELECT 1)") + " AS root");
                default -> Stream.empty();
            };
        }

        /** What stands before the time in an index, if no index begins with the time. */
        private Optional<Part> before() {
            List<String> indexes = named("index", ".*");
            return named("column", "TIMESTAMP").stream().limit(1).filter(time -> !indexes.contains(time)).flatMap(time -> parts.stream()
                    .filter(part -> part.kind().equals("link") && indexes.contains(part.name() + "," + time))).findFirst();
        }

        /** Whether it is one of those between {@code $each of GROUP} and {@code $end}; no group means all. */
        boolean isOf(String group) {
            return group == null || group.equals(name) || group.equals(isRecord() ? "records" : "parents");
        }

        /** A line, as often as it stands for this table. */
        Stream<String> each(String line) {
            return line.contains("$link") ? children.stream().map(child -> line.replace("$child", child.table()).replace("$link", child.name()))
                    : line.contains("$later") ? named("column", "TIMESTAMP").stream().skip(1).map(time -> line.replace("$later", time))
                    : line.contains("$serial") && !isRecord() || line.contains("$parent") && isRecord() ? Stream.empty()
                    : Stream.of(line.replace("$serial", "$id").replace("$parent", "$key"));
        }

        String statement(String text) {
            String named = text.lines().flatMap(this::each).collect(Collectors.joining("\n")).replace("$table", name);
            return WORD.matcher(named).replaceAll(found -> {
                boolean summed = found.group(2).equals("bytes");
                String of = found.group(1) == null ? "" : found.group(1);
                Function<String, String> one = summed ? column -> "coalesce(octet_length(" + of + column + "), 0)" : of::concat;
                String meaning = meaning(found.group(2)).stream().map(one).collect(Collectors.joining(summed ? " + " : ", "));
                return Matcher.quoteReplacement(meaning.isEmpty() ? found.group() : meaning);
            });
        }
    }

    private TableStatements(List<Part> parts) {
        Map<Boolean, List<String>> names = parts.stream().map(Part::table).distinct().collect(Collectors.partitioningBy(
                table -> parts.stream().anyMatch(part -> part.table().equals(table) && part.name().equals(KEY_OF_RECORDS))));
        List<String> others = new ArrayList<>(names.get(false));
        Collections.reverse(others);
        Stream.concat(names.get(true).stream(), others.stream()).forEach(name -> tables.put(name, new Table(name, others.indexOf(name) + 2,
                parts.stream().filter(part -> part.table().equals(name)).toList(),
                parts.stream().filter(part -> part.kind().equals("link") && part.more().equals(name)).toList(), new ConcurrentHashMap<>())));
    }

    /**
     * Reads the tables.
     *
     * @param sqlDir holds {@code schema.sql}
     * @throws StoreException if the schema is not valid SQL
     */
    public static TableStatements read(Path sqlDir) throws StoreException {
        return Schema.inMemory(sqlDir, memory -> {
            List<Part> parts = new ArrayList<>();
            try (Statement statement = memory.createStatement();
                 ResultSet rows = statement.executeQuery(Files.readString(sqlDir.resolve("schema-tables.sql")))) {
                while (rows.next()) {
                    parts.add(new Part(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
                }
            }
            return new TableStatements(parts);
        });
    }

    /** The statements of a text: one, or one for each table if it is one table's. */
    List<String> each(String text) {
        String whole = of(text);
        return whole.contains("$table") ? tables.values().stream().map(table -> table.statement(whole)).toList() : List.of(whole);
    }

    /** The statement of a text that is not one table's. */
    public String of(String text) {
        return EACH.matcher(text).replaceAll(each -> Matcher.quoteReplacement(tables.values().stream().filter(table -> table.isOf(each.group(1)))
                .map(table -> table.statement(each.group(3))).collect(Collectors.joining(each.group(2) + "\n"))));
    }

    /** Whether a row of a table is one record. */
    boolean isRecords(String table) {
        return tables.get(table).isRecord();
    }

    boolean has(String table) {
        return tables.containsKey(table);
    }

    /** What rows of a table are known by for life, and the columns by which they hang on others. */
    public List<String> keys(String table) {
        return tables.get(table).meaning("keys");
    }

    /** The type of a column as {@code schema.sql} has it, such as {@code INTEGER}. */
    public String type(String table, String column) {
        return tables.get(table).parts().stream().filter(part -> part.kind().equals("column") && part.name().equals(column)).findFirst().orElseThrow().more();
    }

    /** Where rows hang on those of a table, such as {@code workers.task_id}. */
    public List<String> links(String table) {
        return tables.get(table).children().stream().map(child -> child.table() + "." + child.name()).toList();
    }

    /** The statement of a text, of the table that the body names. */
    private String of(String text, Exchange exchange) throws SQLException {
        return of(text, exchange.getMessage().getBody() instanceof Map<?, ?> body ? String.valueOf(body.get("table")) : "");
    }

    /** The statement of a text, of one table. */
    public String of(String text, String name) throws SQLException {
        String statement = made.computeIfAbsent(List.of(text, name), key -> tables.containsKey(name) ? tables.get(name).statement(of(text)) : of(text));
        if (statement.contains("$table")) {
            throw new SQLException("it names $table, so it belongs into a split over ${ref:parents-first} or ${ref:children-first}");
        }
        return statement;
    }

    @Override
    public String prepareQuery(String query, boolean allowNamedParameters, Exchange exchange) throws SQLException {
        return super.prepareQuery(of(query, exchange), allowNamedParameters, exchange);
    }

    @Override
    public Iterator<?> createPopulateIterator(String query, String preparedQuery, int expectedParams, Exchange exchange, Object value)
            throws SQLException {
        return super.createPopulateIterator(of(query, exchange), preparedQuery, expectedParams, exchange, value);
    }
}
