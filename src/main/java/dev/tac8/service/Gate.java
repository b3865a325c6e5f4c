package dev.tac8.service;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.component.direct.DirectProducer;
import org.apache.camel.util.StringHelper;

/**
 * Camel's direct component, by which routes call each other, with a gate before each call: while a route is replaced, whoever wants to call it, or
 * another one that leads to it, waits. What has been called already calls on without waiting, to its end.
 *
 * <p>A call lasts as long as the route that it calls. Those of some routes last for a whole file, a whole way home, a whole run of the archive:
 * {@link #LONG}. They pass the gate freely, and each call that they make has a gate of its own.
 */
final class Gate extends DirectComponent {
    /** Where routes begin that call others again and again, chunk after chunk, or try again until a store is there. */
    static final Set<String> LONG = Set.of("direct:hold-chunk", "direct:bring-all-home", "direct:archive-or-say", "direct:archive", "direct:archive-rows",
            "direct:archive-recall", "direct:archive-month", "direct:archive-files");
    /** Where an exchange says that it has passed. */
    private static final String PASSED = "tac8.passed";

    private final Map<String, Integer> inside = new HashMap<>();
    private final Set<String> closed = new HashSet<>();

    /**
     * Closes gates one after the other, and waits until nobody is behind them.
     *
     * @param routes where these begin, as in {@code direct:store-chunk}; those at whose gate the wait should be shortest come last
     * @return whether nobody is; if somebody still is after the time, they are open again
     */
    synchronized boolean close(List<String> routes, Duration most) throws InterruptedException {
        long until = System.nanoTime() + most.toNanos();
        for (String route : routes) {
            closed.add(route);
            while (inside.getOrDefault(route, 0) > 0) {
                long left = until - System.nanoTime();
                if (left <= 0) {
                    open(routes);
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        }
        return true;
    }

    /** Opens gates again. */
    synchronized void open(Collection<String> routes) {
        closed.removeAll(routes);
        notifyAll();
    }

    private synchronized void enter(String route) throws InterruptedException {
        while (closed.contains(route)) {
            wait();
        }
        inside.merge(route, 1, Integer::sum);
    }

    private synchronized void leave(String route) {
        inside.computeIfPresent(route, (name, calls) -> calls == 1 ? null : calls - 1);
        notifyAll();
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        String route = "direct:" + remaining;
        String key = StringHelper.before(uri, "?", uri);
        DirectEndpoint endpoint = new DirectEndpoint(uri, this) {
            @Override
            public Producer createProducer() {
                return LONG.contains(route) ? new DirectProducer(this, key) : new Caller(this, key, route);
            }
        };
        setProperties(endpoint, parameters);
        return endpoint;
    }

    private final class Caller extends DirectProducer {
        private final String route;

        Caller(DirectEndpoint endpoint, String key, String route) {
            super(endpoint, key);
            this.route = route;
        }

        @Override
        public void process(Exchange exchange) throws Exception {
            if (exchange.getProperty(PASSED) != null) {
                super.process(exchange);
                return;
            }
            begin(exchange);
            try {
                super.process(exchange);
            } finally {
                end(exchange);
            }
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            if (exchange.getProperty(PASSED) != null) {
                return super.process(exchange, callback);
            }
            try {
                begin(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                exchange.setException(e);
                callback.done(true);
                return true;
            }
            return super.process(exchange, synchronously -> {
                end(exchange);
                callback.done(synchronously);
            });
        }

        private void begin(Exchange exchange) throws InterruptedException {
            enter(route);
            exchange.setProperty(PASSED, true);
        }

        private void end(Exchange exchange) {
            exchange.removeProperty(PASSED);
            leave(route);
        }
    }
}
