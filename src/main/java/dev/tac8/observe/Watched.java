package dev.tac8.observe;

import dev.tac8.broker.Broker;
import dev.tac8.generation.InForce;
import dev.tac8.ingest.Counts;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;

/**
 * What is looked at.
 *
 * @param clock        tells for how long files wait
 * @param external     looks whether the external store is there, and gives up on a disk that hangs
 * @param local        looks whether the local store is there
 * @param breaker      closed, open or half-open
 * @param breakerSince since when chunks go where they go now
 * @param stuck        for how long the external store has not answered
 * @param broker       stands between files and stores; null if none does
 */
public record Watched(Settings settings, Clock clock, Spool spool, Counts counts, Look external, Look local, Supplier<String> breaker,
                      Supplier<Instant> breakerSince, Supplier<Duration> stuck, Supplier<CamelContext> context, InForce generation, Broker broker) {
    /** Looks at a store. */
    public interface Look {
        /** @throws Exception if it cannot be used, with a sentence */
        void look() throws Exception;
    }
}
