package dev.tac8.store;

import java.sql.SQLException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Transactions of routes on one store. A failure leaves them as an exception that says what is to blame: a {@link StoreException}, a
 * {@link RowRefusedException}, or a {@link StatementException}.
 */
public final class StoreTransaction extends SpringTransactionPolicy {
    private static final String LOOKED_AGAIN = "tac8.looked-again-";

    private final VerifiedDataSource store;
    private final String bean;

    public StoreTransaction(VerifiedDataSource store) {
        this(store, store.name(), new Transactions());
    }

    /**
     * @param bean    what routes call the store
     * @param commits counts them
     */
    public StoreTransaction(VerifiedDataSource store, String bean, Transactions commits) {
        super(new StoreTransactionManager(store, commits));
        setPropagationBehaviorName("PROPAGATION_REQUIRED");
        this.store = store;
        this.bean = bean;
    }

    @Override
    public Processor wrap(Route route, Processor processor) {
        ErrorHandlerFactory handler = route.getErrorHandlerFactory();
        Processor transaction = super.wrap(route, processor);
        // Camel 4.18 has set one that would put a second transaction around what is returned here, and its commit would fail unjudged.
        route.setErrorHandlerFactory(handler);
        return new DelegateAsyncProcessor(transaction) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                return super.process(exchange, inSync -> {
                    if (exchange.getException() != null) {
                        exchange.setException(judge(exchange));
                        if (exchange.getException() instanceof ConflictException) {
                            // To Camel a failed transaction has been tried enough.
                            exchange.getExchangeExtension().setFailureHandled(false);
                        }
                    }
                    callback.done(inSync);
                });
            }
        };
    }

    private SQLException judge(Exchange exchange) {
        Exception failure = exchange.getException();
        SQLException blamed = Blame.typed(exchange, store.name());
        if (Blame.isTyped(failure) || isOfAnother(exchange.getProperty(Exchange.TO_ENDPOINT, "", String.class))) {
            return blamed;
        }
        store.suspect(failure);
        if (!(blamed instanceof StoreException) && !store.isThere()) {
            return new StoreFailureException(Reasons.of(failure), failure);
        }
        String lookedAgain = LOOKED_AGAIN + store.name();
        if (blamed instanceof RowRefusedException && exchange.getProperty(lookedAgain) == null) {
            // A damaged index refuses rows as well. One check for each chunk is enough: its halves come here as well.
            exchange.setProperty(lookedAgain, true);
            store.lookAgain();
        }
        return blamed;
    }

    private boolean isOfAnother(String endpoint) {
        return endpoint.contains(dataSource("")) && !endpoint.contains(dataSource(bean));
    }

    /** Whether the endpoint that failed is a statement on the store of a name. */
    public static boolean failedOn(String endpoint, String store) {
        return endpoint != null && endpoint.contains(dataSource(store));
    }

    /** Camel 4.18 writes the # of a bean's name in this way. */
    private static String dataSource(String store) {
        return "dataSource=%23" + store;
    }
}
