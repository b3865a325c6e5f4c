package dev.tac8.ingest;

import java.time.Duration;

/**
 * How often a folder is looked at while there is nothing to do: the more names are in it, the less often, so that any number of foreign
 * files costs a small part of a processor: some tenths of a percent.
 *
 * <p>It counts names instead of the time that the look took, which says nothing on a busy computer or a slow disk.
 */
public final class Pace {
    /** Passing over a name takes one to three microseconds. */
    private static final long NANOS_A_NAME = 1_000_000;
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
     * @param names how many names it passed over; a name that needed a question to the disk counts as several
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
