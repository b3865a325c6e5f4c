package dev.tac8.conversation;

import java.time.Instant;

/** A worker's time: the lines of a shared file that are its own. */
record Window(Instant from, Instant to) {
    /**
     * @param spawned   when the worker began
     * @param completed when it ended, or null while it runs
     */
    static Window of(Instant spawned, Instant completed) {
        // The store cuts times to milliseconds; the last line may be a bit later than that.
        return new Window(spawned, completed == null ? Instant.MAX : completed.plusMillis(1));
    }

    boolean holds(Instant time) {
        return !time.isBefore(from) && time.isBefore(to);
    }
}
