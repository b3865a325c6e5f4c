package dev.tac8.generation;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.StampedLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What a service says of its generation. Whoever looks for edits writes it, the status and the health read it. */
public final class InForce {
    /** The most of a sentence that is told: it may name many files. */
    private static final int MOST_CHARACTERS = 4000;

    /** Far more than it takes: then a route that is missing is a fault. */
    private static final Duration MOST_EXCHANGE = Duration.ofSeconds(10);

    private final LongSupplier nanos;
    /** Written to while routes are exchanged. */
    private final StampedLock exchange = new StampedLock();
    private volatile long exchangeNanos;
    private State state = new State(0, null, List.of(), null, null, List.of());

    /** Of what happens now. */
    public InForce() {
        this(System::nanoTime);
    }

    InForce(LongSupplier nanos) {
        this.nanos = nanos;
        exchangeNanos = nanos.getAsLong();
    }

    /** What takes routes away and puts others in their place. */
    public interface Exchange<E extends Exception> {
        /** @throws E if it fails */
        void make() throws E;
    }

    /**
     * How things stand at one moment.
     *
     * @param number    the number of the generation in force, 0 if there is none yet, or none could be kept
     * @param since     since when, or null
     * @param changed   the files that it changed
     * @param refused   one sentence, why the files on disk are not taken, or null
     * @param waits     one sentence, why a good edit is not in force yet, or null
     * @param nextStart the files or settings whose edit takes effect at the next start
     */
    public record State(int number, Instant since, List<String> changed, String refused, String waits, List<String> nextStart) {
        /** A copy, so that it stays as it is. */
        public State {
            changed = List.copyOf(changed);
            nextStart = List.copyOf(nextStart);
            refused = cut(refused);
            waits = cut(waits);
        }

        private static String cut(String sentence) {
            return sentence == null || sentence.length() <= MOST_CHARACTERS ? sentence : sentence.substring(0, MOST_CHARACTERS) + "...";
        }

        /** As the service writes it down. */
        public Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("number", number);
            map.put("since", since == null ? null : since.toString());
            map.put("changed", changed);
            map.put("refused", refused);
            map.put("waits", waits);
            map.put("next_start", nextStart);
            return map;
        }

        /**
         * What was written down.
         *
         * @param json may be missing: an older tac8 has no generations
         * @throws java.time.format.DateTimeParseException if it is not what {@link #toMap} makes
         */
        public static State of(JsonNode json) {
            return new State(json.path("number").asInt(), json.path("since").isTextual() ? Instant.parse(json.path("since").asText()) : null,
                    texts(json.path("changed")), json.path("refused").textValue(), json.path("waits").textValue(), texts(json.path("next_start")));
        }

        private static List<String> texts(JsonNode array) {
            List<String> texts = new ArrayList<>();
            array.forEach(text -> texts.add(text.asText()));
            return texts;
        }
    }

    /** Exchanges routes: one that is not there meanwhile is no fault. */
    public <E extends Exception> void exchange(Exchange<E> step) throws E {
        long stamp = exchange.writeLock();
        exchangeNanos = nanos.getAsLong();
        try {
            step.make();
        } finally {
            exchange.unlockWrite(stamp);
        }
    }

    /**
     * Looks whether routes run.
     *
     * @return what was found; nothing if routes were exchanged meanwhile, and have not been for too long
     */
    public <T> Optional<T> look(Supplier<T> routes) {
        long stamp = exchange.tryOptimisticRead();
        T found = routes.get();
        return exchange.validate(stamp) || nanos.getAsLong() - exchangeNanos > MOST_EXCHANGE.toNanos() ? Optional.of(found) : Optional.empty();
    }

    /** How things stand. */
    public synchronized State now() {
        return state;
    }

    /** Another generation is in force: nothing is refused any more, and nothing waits. */
    public synchronized void use(Generation generation) {
        state = new State(generation.number(), generation.since(), generation.changed(), null, null, state.nextStart());
    }

    /** Something is in force that could not be kept, and so has no number: nothing is refused any more, and nothing waits. */
    public synchronized void useUnkept(Collection<String> changed) {
        state = new State(0, Instant.now(), List.copyOf(changed), null, null, state.nextStart());
    }

    /** What is in force is kept after all; the files on disk may be others. */
    public synchronized void keep(Generation generation) {
        state = new State(generation.number(), generation.since(), generation.changed(), state.refused(), state.waits(), state.nextStart());
    }

    /** @param sentence why the files on disk are not taken; null if they are */
    public synchronized void refuse(String sentence) {
        state = new State(state.number(), state.since(), state.changed(), sentence, state.waits(), state.nextStart());
    }

    /** @param sentence why a good edit is not in force yet; null if it is */
    public synchronized void hold(String sentence) {
        state = new State(state.number(), state.since(), state.changed(), state.refused(), sentence, state.nextStart());
    }

    /** @param names the files or settings whose edit takes effect at the next start */
    public synchronized void leaveToNextStart(Collection<String> names) {
        state = new State(state.number(), state.since(), state.changed(), state.refused(), state.waits(), List.copyOf(names));
    }
}
