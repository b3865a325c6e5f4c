package dev.tac8.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The product's statements with positional parameters, and which field of a record each parameter is. */
final class Layout {
    /** As the route runs them on records that are all new; it would join what is stored already. */
    private static final List<String> STATEMENTS = List.of("join-sessions", "join-tasks", "join-workers", "insert-events",
            "insert-api-calls");
    private static final Pattern PARAMETER = Pattern.compile(":#(\\w+)");

    private final List<String> sql = new ArrayList<>();
    private final List<int[]> parameters = new ArrayList<>();
    private final List<Map<String, Integer>> columns = new ArrayList<>();
    private final Map<String, Integer> slots = new HashMap<>();

    /** @param dir the product's {@code sql} folder */
    Layout(Path dir) throws IOException {
        for (String field : List.of("type", "timestamp", "id", "status")) {
            slots.put(field, slots.size());
        }
        for (String name : STATEMENTS) {
            Matcher parameter = PARAMETER.matcher(Files.readString(dir.resolve("ingest/" + name + ".sql")));
            List<Integer> order = new ArrayList<>();
            Map<String, Integer> column = new HashMap<>();
            while (parameter.find()) {
                column.put(parameter.group(1), order.size());
                order.add(slots.computeIfAbsent(parameter.group(1), absent -> slots.size()));
            }
            sql.add(parameter.replaceAll("?"));
            parameters.add(order.stream().mapToInt(Integer::intValue).toArray());
            columns.add(column);
        }
    }

    /** The statements, parents first. */
    List<String> statements() {
        return sql;
    }

    /** How many fields a record has. */
    int size() {
        return slots.size();
    }

    /** Where a record holds a field, or -1 for one that no table has. */
    int slot(String field) {
        Integer slot = slots.get(field);
        return slot == null ? -1 : slot;
    }

    /** A table's row out of a record. */
    Object[] row(int table, Object[] record) {
        int[] fields = parameters.get(table);
        Object[] row = new Object[fields.length];
        for (int i = 0; i < fields.length; i++) {
            row[i] = record[fields[i]];
        }
        return row;
    }

    /** A sparse row of a table, out of columns and their values. */
    Object[] row(int table, String... values) {
        Object[] row = new Object[parameters.get(table).length];
        for (int i = 0; i < values.length; i += 2) {
            row[columns.get(table).get(values[i])] = values[i + 1];
        }
        return row;
    }

    /** Sets a row's time where it has none or a later one; false where it has an earlier one. */
    boolean least(int table, Object[] row, String column, String time) {
        int index = columns.get(table).get(column);
        if (row[index] != null && ((String) row[index]).compareTo(time) <= 0) {
            return false;
        }
        row[index] = time;
        return true;
    }
}
