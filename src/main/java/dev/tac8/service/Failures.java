package dev.tac8.service;

import dev.tac8.ingest.StoppedException;
import dev.tac8.store.Blame;
import dev.tac8.store.Reasons;
import dev.tac8.text.Printable;
import dev.tac8.text.Sparingly;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Pattern;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.SimpleEventNotifierSupport;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Reports a failure in one sentence, under the id of its route, and failures of one kind at most once a minute. They are of one kind if
 * their reasons differ only in the file that they name.
 *
 * <p>As Camel tells it of each exchange that has failed, it also reports those that no step has reported, of an operator's own routes say.
 */
@BindToRegistry("failures")
public final class Failures extends SimpleEventNotifierSupport {
    private static final String BEGUN = "begun";
    private static final String NOT_DONE = "The route ends there, and the steps behind it are not done";
    private static final Pattern PATH = Pattern.compile("(?<![\\w.])/\\S+");

    /**
     * What a route has begun by itself, and the reasons that were reported of it. The copies on which a split and {@code within:} work share it, and
     * fail for it. What Java sends to a route has none, and fails for Java.
     */
    private record Begun(String exchange, Set<String> said) {
    }

    private final Sparingly sparingly = new Sparingly();

    Failures() {
        setIgnoreExchangeEvents(false);
        setIgnoreExchangeCreatedEvent(false);
        setIgnoreExchangeFailedEvents(false);
    }

    /**
     * Reports the exchange's failure, if there is one: an open breaker does not even try. Its reason is the variable {@code reason} from here on.
     *
     * @param next the end of the sentence: what happens next, or null
     */
    public void say(Exchange exchange, @Variable("next") String next) {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, exchange.getException(), Exception.class);
        if (failure != null) {
            String reason = reason(exchange, failure);
            exchange.setVariable("reason", reason);
            Begun begun = exchange.getProperty(BEGUN, Begun.class);
            if (begun != null) {
                begun.said().add(reason);
            }
            say(exchange, failure, reason, next);
        }
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event.getType() == CamelEvent.Type.ExchangeCreated || event.getType() == CamelEvent.Type.ExchangeFailed;
    }

    @Override
    public void notify(CamelEvent event) {
        Exchange exchange = ((CamelEvent.ExchangeEvent) event).getExchange();
        if (event.getType() == CamelEvent.Type.ExchangeFailed) {
            sayUnlessHeardOf(exchange);
        } else if (!(exchange.getFromEndpoint() instanceof DirectEndpoint) && exchange.getProperty(Exchange.CORRELATION_ID) == null) {
            exchange.setProperty(BEGUN, new Begun(exchange.getExchangeId(), ConcurrentHashMap.newKeySet()));
        }
    }

    private void sayUnlessHeardOf(Exchange exchange) {
        Begun begun = exchange.getProperty(BEGUN, Begun.class);
        String reason = reason(exchange, exchange.getException());
        if (begun != null && begun.exchange().equals(exchange.getExchangeId()) && !begun.said().contains(reason)) {
            say(exchange, exchange.getException(), reason, NOT_DONE);
        }
    }

    /** Whether the process stops, and a step is therefore not tried again, not waited for, or not begun: that is no failure, and what it was at is kept. */
    private static boolean isCutOff(Exchange exchange, Exception failure) {
        return exchange.getContext().getStatus().isStopping() && (ObjectHelper.getException(RejectedExecutionException.class, failure) != null
                || ObjectHelper.getException(InterruptedException.class, failure) != null);
    }

    private static String reason(Exchange exchange, Exception failure) {
        return Blame.typed(failure, "", exchange.getProperty(Exchange.FAILURE_ENDPOINT, "", String.class)).getMessage();
    }

    private void say(Exchange exchange, Exception failure, String reason, String next) {
        Logger log = LoggerFactory.getLogger(exchange.getProperty(Exchange.FAILURE_ROUTE_ID, exchange.getFromRouteId(), String.class));
        if (failure instanceof StoppedException) {
            log.info(failure.getMessage());
            return;
        }
        if (isCutOff(exchange, failure)) {
            log.debug("cut off", failure);
            return;
        }
        sayOf(log, exchange.getMessage().getHeader(Exchange.FILE_NAME_ONLY, String.class), failure, reason, next);
    }

    /** Reports the failure of a file by itself. */
    void sayOf(Logger log, String file, Exception failure, String next) {
        sayOf(log, file, failure, Reasons.of(failure), next);
    }

    private void sayOf(Logger log, String file, Exception failure, String reason, String next) {
        String kind = PATH.matcher(file == null ? reason : reason.replace(file, "")).replaceAll("");
        String end = next == null ? "" : ". " + next;
        sparingly.say(log, Level.ERROR, kind + end, (file == null ? "" : Printable.of(file) + ": ") + reason + end);
        log.debug("in full", failure);
    }
}
