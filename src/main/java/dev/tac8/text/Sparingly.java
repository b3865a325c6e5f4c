package dev.tac8.text;

import dev.tac8.files.Daemon;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.helpers.MessageFormatter;

/**
 * Logs one sentence of a kind a minute, for any number of files or lines with that cause.
 *
 * <p>The first is logged at once. Sentences within the minute are counted; when it is over, the last of them is logged with that count and how
 * long ago it was, as what it tells of may be over by then. That begins the next minute. Memory is bounded: kinds beyond the fiftieth of a minute are one kind.
 */
public final class Sparingly {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** A sentence that is logged so much later says so. */
    private static final Duration LATE = Duration.ofSeconds(5);
    private static final int MOST_KINDS = 50;
    private static final String OTHERS = "";
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(Daemon.threads("log"));

    private final Duration pause;
    private final Duration late;
    private final LongSupplier clock;
    private final Map<String, Held> kinds = new HashMap<>();

    /** The sentences that came since one of their kind was logged. */
    private static final class Held {
        private String said;
        private long count;
        private long lastNanos;
    }

    public Sparingly() {
        this(MINUTE, LATE, System::nanoTime);
    }

    Sparingly(Duration pause, Duration late, LongSupplier clock) {
        this.pause = pause;
        this.late = late;
        this.clock = clock;
    }

    /** Logs a warning; all with this pattern are of one kind. */
    public void warn(Logger log, String pattern, Object... values) {
        say(log, Level.WARN, pattern, MessageFormatter.arrayFormat(pattern, values).getMessage());
    }

    /** Logs an information; all with this pattern are of one kind. */
    public void info(Logger log, String pattern, Object... values) {
        say(log, Level.INFO, pattern, MessageFormatter.arrayFormat(pattern, values).getMessage());
    }

    /**
     * Logs a sentence unless one of its kind was logged within the last minute. The very same sentence is not counted either: it says nothing new but that it is still so.
     *
     * @param kind what sentences of the same cause have in common
     */
    public synchronized void say(Logger log, Level level, String kind, String sentence) {
        String known = kinds.containsKey(kind) || kinds.size() < MOST_KINDS ? kind : OTHERS;
        Held held = kinds.get(known);
        if (held == null) {
            sayNow(log, level, known, sentence);
        } else {
            if (!sentence.equals(held.said)) {
                held.said = sentence;
                held.count++;
            }
            held.lastNanos = clock.getAsLong();
        }
    }

    private void sayNow(Logger log, Level level, String kind, String sentence) {
        Held held = new Held();
        held.said = sentence;
        kinds.put(kind, held);
        log.atLevel(level).log(sentence);
        CLOCK.schedule(() -> endPause(log, level, kind), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void endPause(Logger log, Level level, String kind) {
        Held held = kinds.remove(kind);
        if (held.count > 0) {
            Duration ago = Duration.ofNanos(clock.getAsLong() - held.lastNanos);
            List<String> more = new ArrayList<>();
            if (ago.compareTo(late) >= 0) {
                more.add(ago.toSeconds() + " s ago");
            }
            if (held.count > 1) {
                more.add(String.format(Locale.ROOT, "and %,d more like this since the last such line", held.count - 1));
            }
            sayNow(log, level, kind, held.said + (more.isEmpty() ? "" : " (" + String.join(", ", more) + ")"));
        }
    }
}
