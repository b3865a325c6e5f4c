package dev.tac8.service;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The circuit breaker around the external store, and what it has to say. */
public final class Breaker {
    private static final Logger LOG = LoggerFactory.getLogger("store-external");

    /** If the clock and the computer's own count of time differ by more than this, the clock must have been set. */
    private static final Duration DRIFT = Duration.ofSeconds(2);

    private final CircuitBreaker breaker;
    private final int retrySeconds;
    private final Clock clock;
    private volatile long sinceNanos = System.nanoTime();
    private volatile Instant since;

    Breaker(Settings settings, Clock clock) {
        this.clock = clock;
        since = clock.instant();
        retrySeconds = settings.number(Setting.BREAKER_RETRY_SECONDS);
        int failures = settings.number(Setting.BREAKER_FAILURES);
        // Camel's defaults wait for a hundred calls: at a chunk a second they would never come.
        breaker = CircuitBreaker.of("external", CircuitBreakerConfig.custom()
                .slidingWindowSize(failures)
                .minimumNumberOfCalls(failures)
                .failureRateThreshold(100)
                .waitDurationInOpenState(Duration.ofSeconds(retrySeconds))
                .permittedNumberOfCallsInHalfOpenState(1)
                // Set here such a failure is not counted, and Camel runs the fallback; set in the route, it would be a success.
                .ignoreException(failure -> ObjectHelper.getException(StoreException.class, failure) == null)
                .build());
        breaker.getEventPublisher().onStateTransition(event -> onTransition(event.getStateTransition()));
    }

    /** The route asks this. */
    CircuitBreaker circuitBreaker() {
        return breaker;
    }

    /** Whether chunks go to the external store. */
    public boolean isClosed() {
        return breaker.getState() == CircuitBreaker.State.CLOSED;
    }

    /** {@code closed}: chunks go to the external store; {@code open} or {@code half-open}: to the local one. */
    public String state() {
        return breaker.getState().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** When chunks began to go where they go now, by the clock as it is now: it may have been set since. */
    public Instant since() {
        Instant real = clock.instant().minusNanos(System.nanoTime() - sinceNanos);
        if (Duration.between(since, real).abs().compareTo(DRIFT) > 0) {
            since = real;
        }
        return since;
    }

    private void begin() {
        sinceNanos = System.nanoTime();
        since = clock.instant();
    }

    /** Closes it, because the external store has just worked for another caller. */
    public void close() {
        if (!isClosed()) {
            breaker.transitionToClosedState();
        }
    }

    private void onTransition(CircuitBreaker.StateTransition transition) {
        switch (transition) {
            case CLOSED_TO_OPEN -> {
                begin();
                LOG.warn("chunks go to the local store from now on; the external one is tried again every {} s", retrySeconds);
            }
            case HALF_OPEN_TO_CLOSED, OPEN_TO_CLOSED -> {
                LOG.info("the external store works again, after {} s", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNanos));
                begin();
            }
            default -> {
                // A try that failed, or that has just begun.
            }
        }
    }
}
