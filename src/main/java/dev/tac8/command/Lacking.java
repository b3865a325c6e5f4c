package dev.tac8.command;

import dev.tac8.price.StoredCall;
import dev.tac8.query.Rows;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The calls that no price is known for, by model and by what is missing. */
final class Lacking {
    private final Map<String, long[]> sums = new TreeMap<>();
    private long calls;

    /** @param why as a quote says it */
    void add(StoredCall call, String why) {
        calls++;
        long[] sum = sums.computeIfAbsent(call.model() + '\0' + why, key -> new long[2]);
        sum[0]++;
        sum[1] = Math.max(sum[1], sum[1] + call.tokensTotal());
    }

    long calls() {
        return calls;
    }

    /** The most calls first. */
    Rows rows() {
        List<Object[]> rows = sums.entrySet().stream().sorted(Comparator.comparing((Map.Entry<String, long[]> entry) -> -entry.getValue()[0]).thenComparing(Map.Entry::getKey))
                .map(entry -> new Object[] {entry.getKey().split("\0")[0], entry.getValue()[0], entry.getValue()[1], entry.getKey().split("\0")[1]}).toList();
        return new Rows(List.of("model", "calls", "tokens_total", "why"), rows);
    }
}
