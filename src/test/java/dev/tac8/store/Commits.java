package dev.tac8.store;

import java.util.Map;

/** A commit for tests of what comes behind it. */
public final class Commits {
    private Commits() {
    }

    /** Has all rows of a receipt count as stored. */
    public static void of(Receipt receipt) {
        receipt.committed("external", Map.of("sessions", Integer.MAX_VALUE, "tasks", Integer.MAX_VALUE, "workers", Integer.MAX_VALUE,
                "events", Integer.MAX_VALUE, "api_calls", Integer.MAX_VALUE));
    }
}
