package dev.tac8.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.store.StoreException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What agents say of their own runs beyond the calls of an answer: it is in none of its sums. */
public interface Beyond {
    /** What the rows are: whose run it was, when its agent said so, and what of which model is in no call; the cost is null if nobody knows it. */
    List<String> COLUMNS = List.of("agent", "agent_session", "worker_id", "task_id", "session_id", "said_at", "model", "tokens_input", "tokens_output",
            "cache_read_tokens", "cache_write_tokens", "web_searches", "cost_usd");
    /** The column of an answer that has it. */
    String REST = "rest_usd";
    /** The column of an answer that says of how many models of runs nobody knows the price; it is there if there are any. */
    String UNPRICED = "rest_without_price";
    /** The column of an answer that says that it was not looked for: 1. */
    String UNKNOWN = "rest_is_unknown";
    /** What answers are split by that it is known of. */
    Set<String> KEYS = Set.of("worker_id", "task_id", "session_id", "model");

    /**
     * Finds it.
     *
     * @param parameters of the question
     * @return rows of {@link #COLUMNS}
     */
    Rows of(Stores stores, Map<String, Object> parameters) throws StoreException;

    /** A sentence that it was not looked for, and why, once it was asked for; null if it was. */
    default String left() {
        return null;
    }

    /**
     * The rows of an answer with what is beyond each, where it can be said of which row it is.
     *
     * @param periods what the answer is split by in time, as JSON; null if it is not
     */
    static Rows beside(Rows found, Rows rest, boolean one, Object periods) {
        String key = found.columns().get(0);
        int cost = found.columns().indexOf("cost_usd");
        if (rest.isEmpty() || cost < 0 || !one && !KEYS.contains(key) && periods == null) {
            return found;
        }
        Map<Object, Sum> sums = new LinkedHashMap<>();
        for (Object[] row : rest.rows()) {
            Object of = one ? null : periods == null ? row[COLUMNS.indexOf(key)] : period(String.valueOf(row[COLUMNS.indexOf("said_at")]), String.valueOf(periods));
            sums.merge(of == null ? "" : of, Sum.of(row[row.length - 1]), Sum::plus);
        }
        List<String> columns = new ArrayList<>(found.columns());
        columns.add(cost + 1, REST);
        boolean isUnpriced = sums.values().stream().anyMatch(sum -> sum.unpriced() > 0);
        if (isUnpriced) {
            columns.add(UNPRICED);
        }
        List<Object[]> rows = new ArrayList<>();
        for (Object[] row : found.rows()) {
            rows.add(with(row, cost, sums.remove(one || row[0] == null ? "" : row[0]), isUnpriced));
        }
        // A run without a known call has no row of its own.
        sums.forEach((of, sum) -> {
            Object[] row = new Object[found.columns().size()];
            row[0] = of.equals("") ? null : of;
            row[found.columns().indexOf("calls")] = 0;
            rows.add(with(row, cost, sum, isUnpriced));
        });
        return new Rows(columns, rows);
    }

    /** The rows of an answer if nobody has looked what is beyond them. */
    static Rows notLookedFor(Rows found) {
        List<String> columns = new ArrayList<>(found.columns());
        columns.add(UNKNOWN);
        return new Rows(columns, found.rows().stream().map(row -> {
            Object[] longer = Arrays.copyOf(row, row.length + 1);
            longer[row.length] = 1;
            return longer;
        }).toList());
    }

    private static Object[] with(Object[] row, int cost, Sum sum, boolean isUnpriced) {
        List<Object> values = new ArrayList<>(Arrays.asList(row));
        values.add(cost + 1, sum == null ? null : sum.known());
        if (isUnpriced) {
            values.add(sum == null ? 0 : sum.unpriced());
        }
        return values.toArray();
    }

    /**
     * What is beyond a row.
     *
     * @param known    in dollars; null if nobody knows any of it
     * @param unpriced of how many models nobody knows it
     */
    record Sum(BigDecimal known, int unpriced) {
        static Sum of(Object dollars) {
            return dollars instanceof BigDecimal known ? new Sum(known, 0) : new Sum(null, 1);
        }

        Sum plus(Sum other) {
            return new Sum(known == null ? other.known : other.known == null ? known : known.add(other.known), unpriced + other.unpriced);
        }
    }

    private static BigDecimal amount(Object[] row) {
        return row[row.length - 1] instanceof BigDecimal cost ? cost : BigDecimal.ZERO;
    }

    private static String period(String time, String periods) {
        try {
            for (JsonNode period : new JsonMapper().readTree(periods)) {
                if (time.compareTo(period.path("since").asText()) >= 0 && time.compareTo(period.path("until").asText()) < 0) {
                    return period.path("name").asText();
                }
            }
            return null;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A sentence about it. */
    static String sentence(Rows rest) {
        BigDecimal sum = rest.rows().stream().map(Beyond::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
        long unknown = rest.rows().stream().filter(row -> row[row.length - 1] == null).count();
        return (sum.signum() == 0 && unknown > 0 ? "What nobody knows the price of is" : Table.dollars(sum, sum.compareTo(BigDecimal.ONE) < 0 ? 4 : 2)
                + (unknown > 0 ? ", and more that nobody knows the price of, is" : " is")) + " in no call, by what agents say of their own runs, and not in the sums: ./tac8 cost --reconcile"
                + " says of which.";
    }
}
