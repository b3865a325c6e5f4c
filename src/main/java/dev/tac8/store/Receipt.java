package dev.tac8.store;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Proves that rows are stored: one transaction of a store was handed every one of them, and its commit counts. The proof comes from
 * the transaction and not from a step of a route, so no edit of a route can make rows count that were never written.
 */
public final class Receipt {
    private final Map<String, Integer> rows = new HashMap<>();
    private final Set<String> stores = ConcurrentHashMap.newKeySet();

    /** Makes a row one of those that are stored only together. */
    public void add(Row row) {
        row.countFor(this);
        rows.merge(row.table(), 1, Integer::sum);
    }

    /** Whether any store has all of the rows. */
    public boolean isStored() {
        return rows.isEmpty() || !stores.isEmpty();
    }

    /** Whether the store of a name has all of the rows. */
    public boolean isStoredIn(String store) {
        return rows.isEmpty() || stores.contains(store);
    }

    /** A transaction that was handed this many rows of each table has committed. */
    void committed(String store, Map<String, Integer> handed) {
        if (rows.entrySet().stream().allMatch(table -> handed.getOrDefault(table.getKey(), 0) >= table.getValue())) {
            stores.add(store);
        }
    }
}
