package dev.tac8.query;

import dev.tac8.text.Text;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a question found.
 *
 * @param columns their names; a unit stands last in them, as in {@code cost_usd}
 * @param rows    text, Integer, Long, Double, bytes or null; sums that are too great for these: BigInteger, BigDecimal
 */
public record Rows(List<String> columns, List<Object[]> rows) {

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** A value of the first row, or null if there is no row or the value is null. */
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

    /** The values of a column. */
    List<Object> values(String column) {
        int at = columns.indexOf(column);
        return rows.stream().map(row -> row[at]).toList();
    }

    /** The whole numbers of a column, added up. */
    public long sum(String column) {
        int at = columns.indexOf(column);
        return rows.stream().mapToLong(row -> row[at] instanceof Number number ? number.longValue() : 0).sum();
    }

    /** The same rows with only these columns, in this order; with all if none is named. */
    public Rows shown(List<String> names) {
        if (names.isEmpty()) {
            return this;
        }
        int[] kept = names.stream().mapToInt(columns::indexOf).toArray();
        return new Rows(names, rows.stream().map(row -> IntStream.of(kept).mapToObj(i -> row[i]).toArray()).toList());
    }

    /** If a column holds sums that SQLite cannot hold, and so has no order for: the same rows, the greatest first, then by the first column. */
    Rows greatestFirst(String column) {
        int at = columns.indexOf(column);
        if (at < 0 || rows.stream().noneMatch(row -> row[at] instanceof BigDecimal || row[at] instanceof BigInteger)) {
            return this;
        }
        Comparator<Object[]> byNumber = Comparator.comparing(row -> row[at] == null ? null : new BigDecimal(row[at].toString()),
                Comparator.nullsLast(Comparator.reverseOrder()));
        return new Rows(columns, rows.stream().sorted(byNumber.thenComparing(row -> String.valueOf(row[0]))).toList());
    }

    /**
     * The same rows by the values of a column, else in the order that they have; what is null comes last.
     *
     * @throws IllegalArgumentException if there is no such column, in words
     */
    Rows sorted(String column, boolean descending) {
        int at = columns.indexOf(column);
        if (at < 0) {
            throw new IllegalArgumentException("there is no column " + column + " to sort by; there are " + String.join(", ", columns));
        }
        Comparator<Object> byValue = Rows::compare;
        Comparator<Object> nullsLast = Comparator.nullsLast(descending ? byValue.reversed() : byValue);
        return new Rows(columns, rows.stream().sorted((one, other) -> nullsLast.compare(one[at], other[at])).toList());
    }

    private static int compare(Object one, Object other) {
        if (one instanceof Number number && other instanceof Number another) {
            boolean finite = Double.isFinite(number.doubleValue()) && Double.isFinite(another.doubleValue());
            return finite ? new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString())) : Double.compare(number.doubleValue(), another.doubleValue());
        }
        return Text.of(one).compareTo(Text.of(other));
    }

    /** The same rows the other way round. */
    Rows reversed() {
        List<Object[]> reversed = new ArrayList<>(rows);
        Collections.reverse(reversed);
        return new Rows(columns, reversed);
    }

    /** The same rows without a column. */
    public Rows without(String name) {
        return shown(columns.stream().filter(column -> !column.equals(name)).toList());
    }

    /** Whether a number left what a double holds. */
    boolean isInfinite() {
        return rows.stream().flatMap(Stream::of).anyMatch(value -> value instanceof Double number && number.isInfinite());
    }

    /** The same rows with other values in place of some, by column and value. */
    Rows with(BiFunction<String, Object, Object> change) {
        rows.forEach(row -> IntStream.range(0, row.length).forEach(i -> row[i] = change.apply(columns.get(i), row[i])));
        return this;
    }

    /** The same rows, the second column of a name called {@code name_2}, and so on. */
    public Rows withNamesOnce() {
        Set<String> taken = new HashSet<>(columns);
        if (taken.size() == columns.size()) {
            return this;
        }
        Set<String> seen = new HashSet<>();
        return new Rows(columns.stream().map(column -> seen.add(column) ? column
                : IntStream.iterate(2, i -> i + 1).mapToObj(i -> column + "_" + i).filter(taken::add).findFirst().orElseThrow()).toList(), rows);
    }

    /** Only the rows whose texts in two columns pass. */
    public Rows where(String one, String other, BiPredicate<String, String> test) {
        int first = columns.indexOf(one);
        int second = columns.indexOf(other);
        return new Rows(columns, rows.stream().filter(row -> test.test((String) row[first], (String) row[second])).toList());
    }
}
