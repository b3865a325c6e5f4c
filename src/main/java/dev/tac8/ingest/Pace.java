package dev.tac8.ingest;

import java.time.Duration;

/**
 * How often a folder is looked at in which there is nothing to do: the more names are in it, the more seldom, so that foreign files without
 * number cost no more than half a percent of a processor.
 *
 * <p>By the number of names and not by the time that the look took, which on a busy computer or a slow disk says nothing.
 */
public final class Pace {
    /** To pass over a name takes about a microsecond. */
    private static final long NANOS_A_NAME = 200_000;
    private static final long MOST_NANOS = Duration.ofMinutes(1).toNanos();

    private long lookedNanos;
    private long pauseNanos;

    /** Whether it is time to look. */
    public boolean isDue() {
        return pauseNanos == 0 || System.nanoTime() - lookedNanos >= pauseNanos;
    }

    /**
     * Notes a look that found nothing to do.
     *
     * @param names how many names it passed over, each that needed a question to the disk as several
     */
    public void foundNothing(long names) {
        lookedNanos = System.nanoTime();
        pauseNanos = Math.min(names * NANOS_A_NAME, MOST_NANOS);
    }

    /** Notes that there was something to do, so that the next look may come at once. */
    public void foundWork() {
        pauseNanos = 0;
    }
}
