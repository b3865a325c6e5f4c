package dev.tac8.command;

import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.StoredCall;
import dev.tac8.query.Question;
import dev.tac8.query.Rows;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What calls cost, by model, and what they would have cost as calls of another one: each by itself, as tiers and terms are a call's own. */
final class AsIf implements Question.Taker {
    private static final List<String> COLUMNS = List.of("calls", "cost_usd", "as_if_usd", "calls_without_cost", "as_if_calls_without_cost", "tokens_total");

    private final PriceBook book;
    private final String model;
    private final Map<String, Sums> models = new TreeMap<>();
    private final Lacking lacking = new Lacking();

    /** Of some calls. */
    private static final class Sums {
        private long calls;
        private BigDecimal cost;
        private BigDecimal asIf;
        private long withoutCost;
        private long withoutAsIf;
        /** No long holds what a thousand of the greatest calls have. */
        private BigInteger tokens = BigInteger.ZERO;

        private void add(Sums other) {
            calls += other.calls;
            cost = sum(cost, other.cost);
            asIf = sum(asIf, other.asIf);
            withoutCost += other.withoutCost;
            withoutAsIf += other.withoutAsIf;
            tokens = tokens.add(other.tokens);
        }

        private Object[] row() {
            return new Object[] {calls, cost, asIf, withoutCost, withoutAsIf, tokens};
        }
    }

    AsIf(PriceBook book, String model) {
        this.book = book;
        this.model = model;
    }

    private static BigDecimal sum(BigDecimal one, BigDecimal other) {
        return one == null ? other : other == null ? one : one.add(other);
    }

    @Override
    public void take(Object[] row) {
        StoredCall call = new StoredCall(row);
        Quote quote = call.price(book, model);
        if (quote.dollars() == null) {
            lacking.add(call, quote.why());
        }
        Sums one = new Sums();
        one.calls = 1;
        one.cost = call.dollars();
        one.asIf = quote.dollars();
        one.withoutCost = one.cost == null ? 1 : 0;
        one.withoutAsIf = one.asIf == null ? 1 : 0;
        one.tokens = BigInteger.valueOf(call.tokensTotal());
        models.computeIfAbsent(call.model(), name -> new Sums()).add(one);
    }

    boolean isEmpty() {
        return models.isEmpty();
    }

    /** The one row of all. */
    Rows all() {
        Sums all = new Sums();
        models.values().forEach(all::add);
        return new Rows(COLUMNS, List.<Object[]>of(all.row()));
    }

    /** A row a model, the dearest first. */
    Rows byModel() {
        Comparator<Map.Entry<String, Sums>> dearest = Comparator.comparing(entry -> entry.getValue().cost, Comparator.nullsLast(Comparator.reverseOrder()));
        return new Rows(List.of("model", "calls", "cost_usd", "as_if_usd", "calls_without_cost", "as_if_calls_without_cost", "tokens_total"),
                models.entrySet().stream().sorted(dearest.thenComparing(Map.Entry::getKey)).map(entry -> {
                    Sums sums = entry.getValue();
                    return new Object[] {entry.getKey(), sums.calls, sums.cost, sums.asIf, sums.withoutCost, sums.withoutAsIf, sums.tokens};
                }).toList());
    }

    /** The calls that the other model's prices cannot price. */
    Lacking lacking() {
        return lacking;
    }
}
