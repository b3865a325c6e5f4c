package dev.tac8.rebuild;

import dev.tac8.ingest.RecordType;
import dev.tac8.query.Question;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.SchemaVersion;
import dev.tac8.store.StoreException;
import dev.tac8.text.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares what all stores together hold with a rebuilt database: every row, and every column except the two that belong to one file. */
public final class Comparison {
    /** Tables whose row 'unknown' stands in for a record that has not come yet. */
    private static final List<String> STAND_INS = List.of("sessions", "tasks");
    /**
     * A value with U+2400 in the place of U+0000, as an older tac8 has stored it otherwise; SQLite's {@code replace} cannot look for that, so it is made an escape of
     * JSON, and pairs of backslashes are out of the way meanwhile.
     */
    private static final String SHOWN = "CASE WHEN instr($value, char(0)) > 0 THEN replace(replace(replace(json_quote($value), '\\\\', char(1)), '\\u0000', char(9216)),"
            + " char(1), '\\\\') ->> '$' ELSE $value END";
    /** The beginning of a long text is enough to find it. */
    private static final int MOST_CHARACTERS = 60;

    private final Path sql;
    private final Stores stores;
    private final int most;
    private final Map<String, Long> rows = new LinkedHashMap<>();
    private final List<String> differences = new ArrayList<>();
    private long count;
    private final Map<String, Long> lacking = new LinkedHashMap<>();

    private Comparison(Path sql, Stores stores, int most) {
        this.sql = sql;
        this.stores = stores;
        this.most = most;
    }

    /**
     * Compares.
     *
     * @param sql      the statements
     * @param settings of stores that are not being written to
     * @param most     the most differences to list
     */
    static Comparison of(Path sql, Settings settings, Path rebuilt, int most) throws StoreException {
        try (Stores stores = Stores.open(settings, Reach.EVERYTHING)) {
            if (!stores.missing().isEmpty()) {
                throw new StoreException("cannot compare: " + String.join("; ", stores.missing()));
            }
            stores.attach("rebuilt", rebuilt);
            Comparison comparison = new Comparison(sql, stores, most);
            List<SchemaVersion.Added> parts = SchemaVersion.of(sql.getParent()).parts();
            for (String table : RecordType.tables()) {
                comparison.compare(table, parts.stream().map(part -> part.columns().stream().filter(column -> column.table().equals(table))
                        .map(SchemaVersion.Column::name).toList()).filter(columns -> !columns.isEmpty()).toList());
            }
            return comparison;
        }
    }

    /** The rows of each table in the rebuilt database, stand-ins not counted. */
    public Map<String, Long> rows() {
        return rows;
    }

    /** The first differences, a sentence each. */
    public List<String> differences() {
        return differences;
    }

    /** How many rows differ. */
    public long count() {
        return count;
    }

    /** How many rows of a table are null, because an older tac8 stored them, where their lines have a value; by the table and the columns. */
    public Map<String, Long> lacking() {
        return lacking;
    }

    /**
     * Compares a table.
     *
     * @param added the columns that older versions lack, by the step that brought them: a row that is null in all columns of a step was stored before it, which
     *              is reported once, and not as a difference of each row
     */
    private void compare(String table, List<List<String>> added) throws StoreException {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("table", table);
        words.put("stand_in", STAND_INS.contains(table) ? "'unknown'" : "NULL");
        words.put("limit", "-1");
        List<String> columns = ask("columns", words).rows().stream().map(row -> (String) row[0]).toList();
        words.put("key", columns.get(0));
        words.put("shown_key", shown("here." + columns.get(0)));
        words.put("both", columns.stream().map(column -> "here." + column + ", there." + column).collect(Collectors.joining(", ")));
        words.put("differs", columns.stream().map(column -> "here." + column + " IS NOT there." + column + " AND (here." + column + " IS NULL OR "
                + shown("here." + column) + " IS NOT there." + column + ")" + added.stream().filter(part -> part.contains(column))
                .map(part -> " AND NOT (" + isOlder(part) + ")").collect(Collectors.joining())).collect(Collectors.joining(" OR ")));
        Rows counts = ask("row-counts", words);
        rows.put(table, counts.number("rebuilt"));
        words.put("lacks", added.stream().map(part -> isOlder(part) + " AND coalesce(" + part.stream().map(column -> "there." + column).collect(Collectors.joining(", "))
                + ", NULL) IS NOT NULL").collect(Collectors.joining(" OR ")));
        long lack = added.isEmpty() ? 0 : ask("lacking-rows", words).number("lacking");
        if (lack > 0) {
            lacking.put(table + " (" + added.stream().flatMap(List::stream).collect(Collectors.joining(", ")) + ")", lack);
        }
        long before = count;
        list("differing-rows", words, row -> describe(table, columns, row));
        list("missing-rows", words, row -> table + " " + shown(row[0]) + ": a file holds it, but no store");
        if (count > before || counts.number("stored") != counts.number("rebuilt")) {
            list("doubled-rows", words, row -> table + " " + shown(row[0]) + ": stored more than once");
        }
    }

    private static String shown(String value) {
        return SHOWN.replace("$value", value);
    }

    private static String isOlder(List<String> part) {
        return part.stream().map(column -> "here." + column + " IS NULL").collect(Collectors.joining(" AND "));
    }

    private static String describe(String table, List<String> columns, Object[] row) {
        String what = table + " " + shown(row[0]) + ": ";
        if (((Number) row[1]).intValue() == 0) {
            return what + "stored, but no file holds it";
        }
        List<String> differing = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Object here = row[2 + 2 * i];
            Object there = row[3 + 2 * i];
            if (!Objects.equals(here, there)) {
                differing.add(columns.get(i) + " is " + shown(here) + ", and by the files " + shown(there));
            }
        }
        return what + String.join("; ", differing);
    }

    private static String shown(Object value) {
        return value instanceof String text ? "\"" + Text.cut(Text.printable(text), MOST_CHARACTERS) + "\"" : String.valueOf(value);
    }

    private void list(String name, Map<String, String> words, Function<Object[], String> description) throws StoreException {
        Map<String, String> limited = new LinkedHashMap<>(words);
        limited.put("limit", String.valueOf(most + 1));
        Rows found = ask(name, limited);
        for (Object[] row : found.rows()) {
            if (differences.size() < most) {
                differences.add(description.apply(row));
            }
        }
        count += found.rows().size() <= most ? found.rows().size()
                : ask("count-differences", Map.of("rows", statement(name, words))).number("differences");
    }

    private Rows ask(String name, Map<String, String> words) throws StoreException {
        try {
            return stores.askFreely(statement(name, words));
        } catch (SQLException e) {
            throw StoreException.of(e, "sql/rebuild/" + name + ".sql failed: " + Reasons.of(e));
        }
    }

    private String statement(String name, Map<String, String> words) throws StoreException {
        Path file = sql.resolve(name + ".sql");
        try {
            String text = Question.unfiltered(file);
            for (Map.Entry<String, String> word : words.entrySet()) {
                text = text.replace("$" + word.getKey(), word.getValue());
            }
            return text;
        } catch (IOException e) {
            throw new StoreException("cannot read the statement " + file + ": " + Reasons.of(e, file), e);
        }
    }
}
