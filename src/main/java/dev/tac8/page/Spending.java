package dev.tac8.page;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tac8.history.RestOfRuns;
import dev.tac8.query.Beyond;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the calls of some days cost: read once, a line a day, model, worker and task, from which everything else is added up, exactly.
 *
 * @param lines in no order
 * @param left  a sentence that it was not looked what agents say beyond the calls, or null
 */
record Spending(List<Line> lines, String left) {
    /** The dearest first, as the commands have it. */
    private static final Comparator<Map.Entry<String, Amount>> ORDER = Comparator
            .comparing((Map.Entry<String, Amount> entry) -> entry.getValue().cost(), Comparator.nullsLast(Comparator.reverseOrder())).thenComparing(Map.Entry::getKey);

    /**
     * Some calls of a day.
     *
     * @param worker  or null, like the task and the outcome, for what is known of no call
     */
    record Line(LocalDate day, String model, String worker, String task, String outcome, Amount amount) {
        Line doubted() {
            return new Line(day, model, worker, task, outcome, amount.plus(new Amount(0, 0, 0, null, null, null, BigDecimal.ZERO)));
        }
    }

    /** The time of a day. */
    static Period of(LocalDate day, ZoneId zone) {
        return new Period(day.atStartOfDay(zone).toInstant(), day.plusDays(1).atStartOfDay(zone).toInstant());
    }

    /** What a question about these days has to reach. */
    static Reach reach(SortedSet<LocalDate> days, ZoneId zone) {
        return Reach.calls(new Period(of(days.first(), zone).since(), of(days.last(), zone).until()));
    }

    /** Asks. */
    static Spending ask(Stores stores, Settings settings, SortedSet<LocalDate> days, ZoneId zone) throws StoreException {
        List<LocalDate> all = List.copyOf(days);
        List<Line> lines = new ArrayList<>();
        Map<String, String> known = new HashMap<>();
        for (Object[] row : stores.ask("spending", Map.of("periods", periods(all, zone))).rows()) {
            lines.add(new Line(all.get(((Number) row[0]).intValue()), once(known, row[1]), once(known, row[2]), once(known, row[3]), once(known, row[4]),
                    new Amount(((Number) row[5]).longValue(), ((Number) row[9]).longValue(), ((Number) row[10]).longValue(), Amount.exact(row[6]), Amount.exact(row[7]),
                            Amount.exact(row[8]), null)));
        }
        Beyond beyond = new RestOfRuns(settings);
        Rows rest = beyond.of(stores, Map.of("since", StoredTime.of(of(all.get(0), zone).since()), "until", StoredTime.of(of(all.get(all.size() - 1), zone).until())));
        for (Object[] row : rest.rows()) {
            LocalDate day = LocalDate.ofInstant(Instant.parse((String) row[Beyond.COLUMNS.indexOf("said_at")]), zone);
            if (days.contains(day)) {
                BigDecimal dollars = (BigDecimal) row[Beyond.COLUMNS.indexOf("cost_usd")];
                lines.add(new Line(day, (String) row[Beyond.COLUMNS.indexOf("model")], (String) row[Beyond.COLUMNS.indexOf("worker_id")],
                        (String) row[Beyond.COLUMNS.indexOf("task_id")], null, new Amount(0, 0, 0, null, null, null, dollars == null ? BigDecimal.ZERO : dollars)));
            }
        }
        // If that was not looked for, it may be of any call.
        return new Spending(beyond.left() == null ? lines : lines.stream().map(Line::doubted).toList(), beyond.left());
    }

    /** What different days cost, together. */
    static Spending together(List<Spending> some) {
        return new Spending(some.stream().flatMap(one -> one.lines().stream()).toList(), some.stream().map(Spending::left).filter(Objects::nonNull).findFirst().orElse(null));
    }

    /** Thousands of lines name the same few hundred things. */
    private static String once(Map<String, String> known, Object text) {
        return text == null ? null : known.computeIfAbsent((String) text, same -> same);
    }

    private static String periods(Collection<LocalDate> days, ZoneId zone) {
        ArrayNode periods = JsonMapper.builder().build().createArrayNode();
        for (LocalDate day : days) {
            Period period = of(day, zone);
            periods.addObject().put("since", StoredTime.of(period.since())).put("until", StoredTime.of(period.until()));
        }
        return periods.toString();
    }

    /** What a time cost that is no whole day. */
    static Amount cost(Stores stores, Period period) throws StoreException {
        Rows rows = stores.ask("cost", Map.of("since", StoredTime.of(period.since()), "until", StoredTime.of(period.until())));
        return rows.isEmpty() ? Amount.NOTHING : new Amount(rows.number("calls"), rows.number("calls_without_cost"), 0, Amount.exact(rows.first("cost_usd")),
                Amount.exact(rows.first("reported_usd")), Amount.exact(rows.first("calculated_usd")), null);
    }

    /** Only some lines. */
    Spending where(Predicate<Line> which) {
        return new Spending(lines.stream().filter(which).toList(), left);
    }

    /** All of it. */
    Amount sum() {
        return lines.stream().map(Line::amount).reduce(Amount.NOTHING, Amount::plus);
    }

    /** By day, those that have a call. */
    Map<LocalDate, Amount> byDay() {
        Map<LocalDate, Amount> days = new HashMap<>();
        lines.forEach(line -> days.merge(line.day(), line.amount(), Amount::plus));
        return days;
    }

    /** By something, the dearest first; without what has no such thing. */
    Map<String, Amount> by(Function<Line, String> key) {
        Map<String, Amount> sums = new HashMap<>();
        for (Line line : lines) {
            if (key.apply(line) != null) {
                sums.merge(key.apply(line), line.amount(), Amount::plus);
            }
        }
        Map<String, Amount> sorted = new LinkedHashMap<>();
        sums.entrySet().stream().sorted(ORDER).forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }
}
