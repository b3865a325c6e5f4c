package dev.tac8.store;

import org.apache.camel.Exchange;

/** Judges the writes to one store that failed; {@link Blame} says by what. */
public final class StoreGuard {
    private static final String HELD = "tac8.held-failure";
    private static final String LOOKED_AGAIN = "tac8.looked-again-";

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
            suspect(failure);
            throw failure;
        }
        String lookedAgain = LOOKED_AGAIN + store.name();
        if (blame == Blame.ROW && exchange.getProperty(lookedAgain) == null) {
            // A damaged index refuses rows as well. Once a file is enough: what follows goes record by record.
            exchange.setProperty(lookedAgain, true);
            store.lookAgain();
        }
        if (blame == Blame.STATEMENT) {
            exchange.setProperty(HELD, failure);
        }
        return blame == Blame.ROW;
    }

    /**
     * Holds the failure that one record of a chunk has met, until {@link #throwHeld}.
     *
     * @throws Exception the failure itself, where the store is to blame
     */
    public void hold(Exchange exchange) throws Exception {
        isRowRefused(exchange);
    }

    /** Has the store looked through before it is used again, if a failure says that it may be damaged. */
    public void suspect(Throwable failure) {
        if (Blame.isSuspicious(failure)) {
            store.suspect(failure);
        }
    }

    /** Throws what was held back, if anything was. */
    public static void throwHeld(Exchange exchange) throws Exception {
        Exception held = (Exception) exchange.removeProperty(HELD);
        if (held != null) {
            throw held;
        }
    }
}
