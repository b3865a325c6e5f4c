package dev.tac8.query;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.sqlite.Function;

/**
 * SQLite's sum() without its limits: that one ends a question if whole numbers leave 64 bits, and answers Infinity if others leave a
 * double. It is many times slower, so it adds up only what SQLite cannot: a question of such a sum is asked once more.
 */
final class ExactSum extends Function.Window {
    private static final int INTEGER = 1;
    private static final int NULL = 5;

    /** The sums that no number of SQLite's holds, by the text that stands for each on its way; one for all sums of a connection. */
    private final Map<String, Number> wide = new HashMap<>();
    private BigDecimal sum = BigDecimal.ZERO;
    private double infinite;
    private long values;
    private long fractions;

    /** A question that adds up. */
    interface Asked {
        Rows ask() throws SQLException;
    }

    /** Asks, and once more by exact sums if those of SQLite do not hold what comes of it. A connection keeps them then. */
    Rows ask(Connection connection, Asked asked) throws SQLException {
        try {
            Rows rows = asked.ask();
            if (!rows.isInfinite()) {
                return exact(rows);
            }
        } catch (SQLException e) {
            // SQLite has no code of its own for it.
            if (e.getMessage() == null || !e.getMessage().contains("integer overflow")) {
                throw e;
            }
        }
        Function.create(connection, "sum", this, 1, 0);
        return exact(asked.ask());
    }

    private Rows exact(Rows rows) {
        return wide.isEmpty() ? rows : rows.with((column, value) -> value instanceof String text && wide.containsKey(text)
                ? wide.get(text) : value);
    }

    @Override
    protected void xStep() throws SQLException {
        add(1);
    }

    @Override
    protected void xInverse() throws SQLException {
        add(-1);
    }

    private void add(int sign) throws SQLException {
        int type = value_type(0);
        if (type == NULL) {
            return;
        }
        values += sign;
        Number known = type == INTEGER ? null : wide.get(value_text(0));
        if (known != null) {
            fractions += known instanceof BigDecimal ? sign : 0;
            sum = sum.add(new BigDecimal(known.toString()).multiply(BigDecimal.valueOf(sign)));
        } else if (type == INTEGER) {
            sum = sum.add(BigDecimal.valueOf(value_long(0)).multiply(BigDecimal.valueOf(sign)));
        } else {
            double value = value_double(0) * sign;
            fractions += sign;
            if (Double.isInfinite(value)) {
                infinite += value;
            } else {
                sum = sum.add(new BigDecimal(value));
            }
        }
    }

    @Override
    protected void xFinal() throws SQLException {
        xValue();
    }

    @Override
    protected void xValue() throws SQLException {
        BigInteger whole = fractions == 0 ? sum.toBigInteger() : null;
        if (values == 0) {
            result();
        } else if (infinite != 0) {
            result(infinite);
        } else if (whole != null && whole.bitLength() < Long.SIZE) {
            result(whole.longValue());
        } else if (whole == null && Double.isFinite(sum.doubleValue())) {
            result(sum.doubleValue());
        } else {
            Number exact = whole != null ? whole : sum.round(MathContext.DECIMAL64).stripTrailingZeros();
            // As text SQLite still takes it for a number, though a rounded one, if the statement reckons on with it.
            wide.put(exact.toString(), exact);
            result(exact.toString());
        }
    }
}
