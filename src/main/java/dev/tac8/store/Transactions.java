package dev.tac8.store;

import java.util.concurrent.atomic.LongAdder;

/** How many transactions have written to a store, and how long they took. */
public final class Transactions {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder commitNanos = new LongAdder();

    void add(long transactionNanos, long lastNanos) {
        count.increment();
        nanos.add(transactionNanos);
        commitNanos.add(lastNanos);
    }

    public long count() {
        return count.sum();
    }

    /** All of their time, in nanoseconds, from begin to commit. */
    public long nanos() {
        return nanos.sum();
    }

    /** The time of their commits alone: the disk's. */
    public long commitNanos() {
        return commitNanos.sum();
    }
}
