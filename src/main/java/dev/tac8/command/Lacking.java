package dev.tac8.command;

import dev.tac8.price.StoredCall;
import dev.tac8.query.Rows;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The calls that no price is known for, by model and by what is missing. */
final class Lacking {
    /** How many calls and tokens, by model and reason. */
    private final Map<List<String>, long[]> sums = new HashMap<>();
    private long calls;

    /** @param why as a quote says it */
    void add(StoredCall call, String why) {
        calls++;
        long[] sum = sums.computeIfAbsent(List.of(call.model(), why), key -> new long[2]);
        sum[0]++;
        sum[1] = Math.max(sum[1], sum[1] + call.tokensTotal());
    }

    long calls() {
        return calls;
    }

    /** The most calls first. */
    Rows rows() {
        Comparator<Map.Entry<List<String>, long[]>> mostFirst = Comparator.comparing(entry -> -entry.getValue()[0]);
        List<Object[]> rows = sums.entrySet().stream().sorted(mostFirst.thenComparing(entry -> entry.getKey().toString())).map(entry -> new Object[] {
            entry.getKey().get(0), entry.getValue()[0], entry.getValue()[1], entry.getKey().get(1)}).toList();
        return new Rows(List.of("model", "calls", "tokens_total", "why"), rows);
    }
}
