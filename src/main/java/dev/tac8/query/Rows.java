package dev.tac8.query;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a question found.
 *
 * @param columns their names; a unit stands last in them, as in {@code cost_usd}
 * @param rows    text, Integer, Long, Double, bytes or null
 */
public record Rows(List<String> columns, List<Object[]> rows) {

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** A value of the first row, or null where there is no row or the value is null. */
    public Object first(String column) {
        return isEmpty() ? null : rows.get(0)[columns.indexOf(column)];
    }

    /** A text of the first row, or null. */
    public String text(String column) {
        Object value = first(column);
        return value == null ? null : value.toString();
    }

    /** A whole number of the first row; 0 for null. */
    public long number(String column) {
        return first(column) instanceof Number number ? number.longValue() : 0;
    }

    /** The same rows with only these columns, in this order. */
    public Rows shown(String... names) {
        int[] kept = Stream.of(names).mapToInt(columns::indexOf).toArray();
        return new Rows(List.of(names), rows.stream().map(row -> IntStream.of(kept).mapToObj(i -> row[i]).toArray()).toList());
    }

    /** Only the rows whose value of a column passes. */
    public Rows where(String column, Predicate<Object> test) {
        int at = columns.indexOf(column);
        return new Rows(columns, rows.stream().filter(row -> test.test(row[at])).toList());
    }
}
