package dev.tac8.ingest;

import dev.tac8.text.Sparingly;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.slf4j.LoggerFactory;

/** What was stored since the start, and what holds it up. A file that is read again counts again. */
@BindToRegistry("counts")
public final class Counts {
    private final Map<RecordType, LongAdder> records = new EnumMap<>(RecordType.class);
    private final LongAdder badLines = new LongAdder();
    private final LongAdder chunks = new LongAdder();
    private final Sparingly sparingly = new Sparingly();
    private volatile Held held;
    private volatile long lastNanos = System.nanoTime();

    /**
     * Why no store takes a chunk.
     *
     * @param reason a sentence
     */
    public record Held(Instant since, String reason) {
    }

    public Counts() {
        for (RecordType type : RecordType.values()) {
            records.put(type, new LongAdder());
        }
    }

    /** Counts a chunk that a store has taken, its bad lines as set aside, and says so if it was held. Anything else that a route has made of it is not counted. */
    public void stored(@Body Object chunk, Exchange exchange) {
        Held before = held;
        held = null;
        if (before != null) {
            sparingly.info(LoggerFactory.getLogger(exchange.getFromRouteId()), "what waited has gone through, after {} s",
                    Duration.between(before.since(), Instant.now()).toSeconds());
        }
        lastNanos = System.nanoTime();
        if (chunk instanceof SmallFiles files) {
            files.each(this::add);
            chunks.increment();
        } else if (chunk instanceof Chunk one) {
            add(one);
            chunks.increment();
        }
    }

    private void add(Chunk chunk) {
        chunk.counts().forEach((type, count) -> records.get(type).add(count));
        badLines.add(chunk.badLines().size());
    }

    /** Notes why neither store takes the chunk that is at its turn; it is tried again. */
    public void held(@Variable("reason") String reason) {
        lastNanos = System.nanoTime();
        Held before = held;
        held = new Held(before == null ? Instant.now() : before.since(), reason);
    }

    /** Why nothing is stored just now, or null. */
    public Held held() {
        return held;
    }

    /** Records of a type. */
    public long records(RecordType type) {
        return records.get(type).sum();
    }

    /** Records of all types. */
    public long records() {
        return records.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Lines that were set aside. */
    public long badLines() {
        return badLines.sum();
    }

    /** Transactions that stored records. */
    public long chunks() {
        return chunks.sum();
    }

    /** For how long no chunk was stored, or tried in vain. */
    public Duration silence() {
        return Duration.ofNanos(System.nanoTime() - lastNanos);
    }
}
