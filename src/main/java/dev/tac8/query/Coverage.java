package dev.tac8.query;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** What an amount covers: how much of it was reported, how much was calculated, and whether there are calls of which nobody knows what they cost. */
final class Coverage {
    /** The two parts of an amount, and what is beyond it; none lacks anything by itself. */
    private static final Set<String> PARTS = Set.of("reported_usd", "calculated_usd");
    private static final String UNIT = "_usd";
    private static final String WITHOUT_COST = "calls_without_cost";
    /** Said in sentences. */
    private static final Set<String> SAID = Set.of("oldest_price_version", "newest_price_version", Beyond.UNKNOWN, Beyond.UNPRICED);
    private static final int MICRO_DIGITS = 6;

    private Coverage() {
    }

    /**
     * An amount that lacks what some calls cost.
     *
     * @param known in dollars; null if nothing is known
     */
    record AtLeast(Number known) {
    }

    /** The rows with a mark at each amount that lacks something; the parts of an amount only for the one row of a thing, and if some of it was calculated. */
    static Rows forPeople(Rows rows, boolean one, List<String> shown) {
        int columns = rows.columns().size();
        int[] lacking = IntStream.range(0, columns).map(column -> lacking(rows.columns(), rows.columns().get(column))).toArray();
        int rest = rows.columns().indexOf(Beyond.REST);
        List<Object[]> marked = rows.rows().stream().map(row -> IntStream.range(0, columns).mapToObj(column -> (lacks(rows.columns(), row, lacking[column])
                || column == rest && isUnpriced(rows.columns(), row))
                && (row[column] == null || row[column] instanceof Number) ? new AtLeast((Number) row[column]) : row[column]).toArray()).toList();
        boolean parts = one && isCalculated(rows);
        return new Rows(rows.columns(), marked).shown(!shown.isEmpty() ? shown : rows.columns().stream()
                .filter(column -> !column.endsWith("_" + WITHOUT_COST) && !SAID.contains(column) && (parts || !PARTS.contains(column))).toList());
    }

    /** The rows with two columns more behind each amount: it in whole micro-dollars, and whether it lacks something, if the row can tell. */
    static Rows forPrograms(Rows rows) {
        List<String> names = new ArrayList<>();
        for (String column : rows.columns()) {
            names.add(column);
            if (column.endsWith(UNIT)) {
                names.add(column + "_micros");
                if (lacking(rows.columns(), column) >= 0) {
                    names.add(column + "_is_partial");
                }
            }
        }
        return names.size() == rows.columns().size() ? rows : new Rows(names, rows.rows().stream().map(row -> withMicros(rows.columns(), row)).toList());
    }

    private static Object[] withMicros(List<String> columns, Object[] row) {
        List<Object> values = new ArrayList<>();
        for (int column = 0; column < row.length; column++) {
            values.add(row[column]);
            if (columns.get(column).endsWith(UNIT)) {
                values.add(micros(row[column]));
                int lacking = lacking(columns, columns.get(column));
                if (lacking >= 0) {
                    values.add(lacks(columns, row, lacking));
                }
            }
        }
        return values.toArray();
    }

    /** Null for what is no number of dollars. */
    private static Number micros(Object dollars) {
        return !(dollars instanceof Number) || dollars instanceof Double number && !Double.isFinite(number) ? null
                : new BigDecimal(dollars.toString()).movePointRight(MICRO_DIGITS).setScale(0, RoundingMode.HALF_UP).toBigInteger();
    }

    /** A sentence about where the amounts of these rows come from; null if none of them was calculated. */
    static String sentence(Rows rows) {
        return !isCalculated(rows) ? null : dollars(rows, "calculated_usd") + " of it was calculated from tokens by list prices" + version(rows) + ", "
                + dollars(rows, "reported_usd") + " was reported.";
    }

    private static boolean isCalculated(Rows rows) {
        return rows.columns().containsAll(PARTS) && rows.values("calculated_usd").stream().anyMatch(Number.class::isInstance);
    }

    private static String version(Rows rows) {
        String newest = rows.columns().contains("newest_price_version") ? rows.text("newest_price_version") : null;
        String oldest = newest == null ? null : rows.text("oldest_price_version");
        return newest == null ? "" : newest.equals(oldest) ? " of " + newest : " of " + oldest + " to " + newest;
    }

    private static String dollars(Rows rows, String column) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Object value : rows.values(column)) {
            if (value instanceof Double number && !Double.isFinite(number)) {
                return Table.dollars(number, 2);
            }
            sum = value == null ? sum : sum.add(new BigDecimal(value.toString()));
        }
        return Table.dollars(sum, sum.signum() > 0 && sum.compareTo(BigDecimal.ONE) < 0 ? 4 : 2);
    }

    /** Which column says how many calls an amount lacks: {@code wasted_calls_without_cost} for {@code wasted_usd}, if it is there; -1 for none. */
    private static int lacking(List<String> columns, String amount) {
        if (!amount.endsWith(UNIT) || PARTS.contains(amount) || amount.equals(Beyond.REST)) {
            return -1;
        }
        int own = columns.indexOf(amount.substring(0, amount.length() - UNIT.length() + 1) + WITHOUT_COST);
        return own >= 0 ? own : columns.indexOf(WITHOUT_COST);
    }

    /** Calls without a cost, or what is in no call, or may be. */
    private static boolean lacks(List<String> columns, Object[] row, int column) {
        int rest = columns.indexOf(Beyond.REST);
        return column >= 0 && (row[column] instanceof Number calls && calls.longValue() > 0 || rest >= 0 && (row[rest] != null || isUnpriced(columns, row)) || columns.contains(Beyond.UNKNOWN));
    }

    /** Whether of some of what is in no call nobody knows the price. */
    private static boolean isUnpriced(List<String> columns, Object[] row) {
        int unpriced = columns.indexOf(Beyond.UNPRICED);
        return unpriced >= 0 && row[unpriced] instanceof Number models && models.intValue() > 0;
    }
}
