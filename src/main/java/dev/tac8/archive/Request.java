package dev.tac8.archive;

/**
 * A run of the archive that somebody wants.
 *
 * @param id         to tell it from others, or null where nobody waits for an answer
 * @param keepDays   rows older than so many days leave
 * @param trustClock whether to go on although rows are newer than this computer's clock
 * @param wanted     whether it is reported even where nothing was due
 */
public record Request(String id, int keepDays, boolean trustClock, boolean wanted) {
}
