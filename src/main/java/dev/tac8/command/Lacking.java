package dev.tac8.command;

import dev.tac8.price.StoredCall;
import dev.tac8.query.Rows;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The calls that no price is known for, by model and by what is missing. */
final class Lacking {
    /** By model and reason. */
    private final Map<List<String>, Sum> sums = new HashMap<>();
    private long calls;

    private record Sum(long calls, BigInteger tokens) {
        private Sum plus(Sum other) {
            return new Sum(calls + other.calls, tokens.add(other.tokens));
        }
    }

    /** @param why as a quote says it */
    void add(StoredCall call, String why) {
        calls++;
        sums.merge(List.of(call.model(), why), new Sum(1, BigInteger.valueOf(call.tokensTotal())), Sum::plus);
    }

    long calls() {
        return calls;
    }

    /** The most calls first. */
    Rows rows() {
        Comparator<Map.Entry<List<String>, Sum>> mostFirst = Comparator.comparing(entry -> -entry.getValue().calls());
        List<Object[]> rows = sums.entrySet().stream().sorted(mostFirst.thenComparing(entry -> entry.getKey().toString())).map(entry -> new Object[] {
            entry.getKey().get(0), entry.getValue().calls(), entry.getValue().tokens(), entry.getKey().get(1)}).toList();
        return new Rows(List.of("model", "calls", "tokens_total", "why"), rows);
    }
}
