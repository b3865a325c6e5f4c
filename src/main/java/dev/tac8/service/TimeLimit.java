package dev.tac8.service;

import dev.tac8.files.Daemon;
import dev.tac8.store.Blame;
import dev.tac8.store.StoreException;
import dev.tac8.text.Sparingly;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.ExchangeHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the external store on a thread of its own and goes on without it if it does not answer: a disk that hangs neither fails
 * nor returns. A stuck call may still commit, days later; the rows then join with themselves.
 *
 * <p>The breaker's own time limit would let the stuck call write into the exchange that the fallback works on.
 */
public final class TimeLimit {
    private static final Logger LOG = LoggerFactory.getLogger("store-external");
    private static final Duration SAY_AFTER = Duration.ofSeconds(5);

    private final Duration limit;
    private final Duration sayAfter;
    private final String mayBe;
    private final ExecutorService threads;
    private final Map<Future<?>, Long> calls = new ConcurrentHashMap<>();
    /** Each call that waits would say it. */
    private final Sparingly sparingly = new Sparingly();
    private volatile ProducerTemplate template;

    /**
     * @param limit how long to wait for an answer
     * @param mayBe what may be the reason if none comes
     */
    TimeLimit(Duration limit, String mayBe) {
        this(limit, SAY_AFTER, mayBe);
    }

    TimeLimit(Duration limit, Duration sayAfter, String mayBe) {
        this.limit = limit;
        this.mayBe = mayBe;
        this.sayAfter = sayAfter;
        this.threads = Executors.newCachedThreadPool(Daemon.threads("external"));
    }

    void setTemplate(ProducerTemplate template) {
        this.template = template;
    }

    /**
     * Sends the exchange to a route that uses the external store.
     *
     * @throws StoreException if the store does not answer in time, or has not yet answered another caller
     */
    public void send(Exchange exchange, String route) throws Exception {
        // A copy with a unit of work of its own: on the original's, camel-sql would not see the transaction, and would commit each batch.
        Exchange copy = ExchangeHelper.createCorrelatedCopy(exchange, false);
        ExchangeHelper.copyResults(exchange, call(() -> template.send(route, copy)));
        if (exchange.getException() != null) {
            // Whatever wraps it, a split say, the breaker's fallback has to know what is to blame.
            exchange.setException(Blame.typed(exchange, "external"));
        }
    }

    /**
     * Asks the external store anything.
     *
     * @throws StoreException if it does not answer in time
     */
    <T> T call(Callable<T> question) throws Exception {
        if (oldest().compareTo(limit) >= 0) {
            // Always the same sentence, so that it is logged once a minute; status tells since when.
            throw new StoreException("the external store still does not answer: " + mayBe);
        }
        Future<T> call = threads.submit(question);
        calls.put(call, System.nanoTime());
        try {
            return await(call);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            calls.keySet().removeIf(Future::isDone);
        }
    }

    /** How long the oldest call has been without an answer; zero if none is stuck. */
    public Duration stuckFor() {
        Duration oldest = oldest();
        return oldest.compareTo(sayAfter) < 0 ? Duration.ZERO : oldest;
    }

    private Duration oldest() {
        calls.keySet().removeIf(Future::isDone);
        long now = System.nanoTime();
        return Duration.ofNanos(calls.values().stream().mapToLong(began -> now - began).max().orElse(0));
    }

    private <T> T await(Future<T> call) throws Exception {
        try {
            return call.get(sayAfter.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            sparingly.warn(LOG, "the external store has not answered for {} s; after {} s its answer is waited for no longer",
                    sayAfter.toSeconds(), limit.toSeconds());
        }
        try {
            return call.get(limit.minus(sayAfter).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StoreException("the external store has not answered for " + limit.toSeconds() + " s: " + mayBe);
        }
    }
}
