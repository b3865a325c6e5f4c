package dev.tac8.store;

import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A row as a map from column to value, in an array: a fifth of a HashMap's memory, and {@link NamedParameters} binds it without
 * looking each column up.
 */
public final class Row extends AbstractMap<String, Object> {
    private final Columns columns;
    private final Object[] values;
    private Receipt receipt;

    /** The columns that rows of one kind have. */
    public static final class Columns {
        private final String table;
        private final List<String> names;
        private final Map<String, Integer> indexes = new HashMap<>();

        /**
         * @param table the table that such rows belong to
         * @param names the columns, each once
         */
        public Columns(String table, List<String> names) {
            this.table = table;
            this.names = List.copyOf(names);
            for (String name : this.names) {
                indexes.put(name, indexes.size());
            }
        }

        /** The columns, each once. */
        public List<String> names() {
            return names;
        }

        /** The table that such rows belong to. */
        public String table() {
            return table;
        }

        /** Where a row holds a column, or -1 if it has none of that name. */
        int index(String name) {
            return indexes.getOrDefault(name, -1);
        }
    }

    /** A row of nulls. */
    public Row(Columns columns) {
        this.columns = columns;
        this.values = new Object[columns.names.size()];
    }

    Columns columns() {
        return columns;
    }

    /** The table that it belongs to. */
    public String table() {
        return columns.table;
    }

    /** What this row counts for, or null. */
    Receipt receipt() {
        return receipt;
    }

    void countFor(Receipt one) {
        receipt = one;
    }

    Object value(int index) {
        return values[index];
    }

    /** Sets the column at a place in {@link Columns}. */
    public void set(int index, Object value) {
        values[index] = value;
    }

    @Override
    public Object get(Object name) {
        Integer index = columns.indexes.get(name);
        return index == null ? null : values[index];
    }

    @Override
    public boolean containsKey(Object name) {
        return columns.indexes.containsKey(name);
    }

    /** @throws IllegalArgumentException if rows of this kind have no such column */
    @Override
    public Object put(String name, Object value) {
        int index = columns.index(name);
        if (index < 0) {
            throw new IllegalArgumentException("rows of this kind have no column " + name);
        }
        Object previous = values[index];
        values[index] = value;
        return previous;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        Set<Entry<String, Object>> entries = new LinkedHashSet<>();
        for (String name : columns.names) {
            entries.add(new SimpleImmutableEntry<>(name, get(name)));
        }
        return entries;
    }
}
