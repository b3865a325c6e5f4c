package dev.tac8.store;

import org.apache.camel.Exchange;

/** Judges the writes to one store that failed; {@link Blame} says by what. */
public final class StoreGuard {
    private static final String HELD = "tac8.held-failure";

    private final Store store;

    public StoreGuard(Store store) {
        this.store = store;
    }

    /**
     * Judges the failure that a route has caught.
     *
     * @return true where a healthy store refuses a row: the chunk has to go record by record. False where the statement is to
     *         blame; the failure is then held until {@link #throwHeld}, because the store, and its breaker, have no part in it
     * @throws Exception the failure itself, where the store is to blame
     */
    public boolean isRowRefused(Exchange exchange) throws Exception {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Blame blame = Blame.of(failure);
        if (blame == Blame.STORE || !store.isThere()) {
            if (Blame.isSuspicious(failure)) {
                store.suspect();
            }
            throw failure;
        }
        if (blame == Blame.STATEMENT) {
            exchange.setProperty(HELD, failure);
        }
        return blame == Blame.ROW;
    }

    /** Throws what was held back, if anything was. */
    public static void throwHeld(Exchange exchange) throws Exception {
        Exception held = (Exception) exchange.removeProperty(HELD);
        if (held != null) {
            throw held;
        }
    }
}
