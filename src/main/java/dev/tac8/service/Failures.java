package dev.tac8.service;

import dev.tac8.ingest.StoppedException;
import dev.tac8.store.Blame;
import dev.tac8.store.Reasons;
import dev.tac8.text.Printable;
import dev.tac8.text.Sparingly;
import java.util.regex.Pattern;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Reports a failure in one sentence, under the id of its route, and failures of one kind at most once a minute. They are of one kind if
 * their reasons differ only in the file that they name.
 */
@BindToRegistry("failures")
public final class Failures {
    private static final Pattern PATH = Pattern.compile("(?<![\\w.])/\\S+");

    private final Sparingly sparingly = new Sparingly();

    /**
     * Reports the exchange's failure, if there is one: an open breaker does not even try. Its reason is the variable {@code reason} from here on.
     *
     * @param next the end of the sentence: what happens next, or null
     */
    public void say(Exchange exchange, @Variable("next") String next) {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, exchange.getException(), Exception.class);
        if (failure == null) {
            return;
        }
        String reason = Blame.typed(failure, "", exchange.getProperty(Exchange.FAILURE_ENDPOINT, "", String.class)).getMessage();
        exchange.setVariable("reason", reason);
        Logger log = LoggerFactory.getLogger(exchange.getProperty(Exchange.FAILURE_ROUTE_ID, exchange.getFromRouteId(), String.class));
        if (failure instanceof StoppedException) {
            log.info(failure.getMessage());
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
