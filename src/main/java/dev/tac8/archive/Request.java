package dev.tac8.archive;

/**
 * A run of the archive that is asked for.
 *
 * @param id         to tell it from others, or null if no answer is awaited
 * @param keepDays   rows older than so many days leave
 * @param trustClock whether to go on although rows are newer than this computer's clock
 * @param wanted     whether it is reported even if nothing was due
 */
public record Request(String id, int keepDays, boolean trustClock, boolean wanted) {
}
