package dev.tac8.store;

import org.apache.camel.Exchange;

/** Judges failed writes to one store by the rules of {@link Blame}. */
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
     * @return true if a healthy store refuses a row: the chunk has to go record by record. False if the statement is to blame;
     *         the failure is then held until {@link #throwHeld}, because it says nothing about the store and must not open its breaker
     * @throws Exception the failure itself, if the store is to blame
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
            // A damaged index refuses rows as well. One check for each file is enough: the rest of it goes record by record.
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
     * @throws Exception the failure itself, if the store is to blame
     */
    public void hold(Exchange exchange) throws Exception {
        isRowRefused(exchange);
    }

    /** Makes the next use look the store through first, if a failure says that it may be damaged. */
    public void suspect(Throwable failure) {
        if (Blame.isSuspicious(failure)) {
            store.suspect(failure);
        }
    }

    /** Whether it was a statement on the store of a name that failed. */
    public static boolean failedOn(Exchange exchange, String store) {
        // Camel 4.18 writes the # of a bean's name in this way.
        return exchange.getProperty(Exchange.FAILURE_ENDPOINT, "", String.class).contains("dataSource=%23" + store);
    }

    /** Throws the failure that was held back, if there is one. */
    public static void throwHeld(Exchange exchange) throws Exception {
        Exception held = (Exception) exchange.removeProperty(HELD);
        if (held != null) {
            throw held;
        }
    }
}
