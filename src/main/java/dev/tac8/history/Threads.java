package dev.tac8.history;

import java.util.Set;

/** Finds the threads of Codex that others continue. */
interface Threads {
    /** What a thread's file holds. */
    record Turns(Set<String> ids, Set<Long> totals) {
        /** Whether a call is one of its, by its turn, or where turns have no names by the running total. */
        boolean have(String turn, long total) {
            return turn == null ? totals.contains(total) : ids.contains(turn);
        }
    }

    /** The turns of a thread, or null if its file is not there. */
    Turns turns(String thread);
}
