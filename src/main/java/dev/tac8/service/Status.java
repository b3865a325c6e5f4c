package dev.tac8.service;

import dev.tac8.broker.Broker;
import dev.tac8.generation.InForce;
import dev.tac8.ingest.Counts;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.ingest.Spool;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.BindToRegistry;

/**
 * What only the service knows about itself, its {@link ServiceStatus}, for the process of {@code tac8 status}.
 *
 * <p>Nothing here touches a store or its volume: they may hang, and the status must then say so.
 */
@BindToRegistry("status")
public final class Status {
    private static final Duration SAY_AFTER = Duration.ofSeconds(5);

    private final Spool spool;
    private final Breaker breaker;
    private final TimeLimit timeLimit;
    private final InForce inForce;
    private final Counts counts;
    /** Null if there is none. */
    private final Broker broker;
    /** Whether the breaker says where all goes that is read. */
    private boolean hasBreaker = true;
    private Map<String, Object> said = Map.of();
    private long saidNanos;

    Status(Spool spool, Breaker breaker, TimeLimit timeLimit, InForce inForce, Counts counts, Broker broker) {
        this.spool = spool;
        this.breaker = breaker;
        this.timeLimit = timeLimit;
        this.inForce = inForce;
        this.counts = counts;
        this.broker = broker;
    }

    /** Nothing is read here, or it goes elsewhere, or waits in a topic. */
    synchronized void withoutBreaker() {
        hasBreaker = false;
    }

    /** How the service is if that is new, and every few seconds, since an old file tells that the service hangs; null otherwise. */
    public synchronized Map<String, Object> news() {
        if (!spool.isReady() && !spool.isTaken()) {
            // Another folder is there now, and its readers must not hear of this service.
            return null;
        }
        Map<String, Object> now = new LinkedHashMap<>();
        now.put("pid", ProcessHandle.current().pid());
        if (hasBreaker) {
            now.put("breaker", breaker.state());
            now.put("breaker_since", breaker.since().toString());
        }
        Duration stuck = timeLimit.stuckFor();
        now.put("stuck_since", stuck.isZero() ? null : Instant.now().minus(stuck).truncatedTo(ChronoUnit.SECONDS).toString());
        now.put("generation", inForce.now().toMap());
        if (broker != null) {
            Broker.Seen seen = broker.seen();
            now.put("broker", seen == null ? "not looked at yet" : seen.sentence());
            now.put("broker_away", seen != null && seen.awaySince() != null);
        }
        Counts.Held held = counts.held();
        if (held != null) {
            now.put("held_since", held.since().toString());
            now.put("held", held.reason());
        }
        if (now.equals(said) && System.nanoTime() - saidNanos < SAY_AFTER.toNanos()) {
            return null;
        }
        said = new LinkedHashMap<>(now);
        saidNanos = System.nanoTime();
        now.put("at", Instant.now().toString());
        return now;
    }
}
