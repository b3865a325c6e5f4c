package dev.tac8.query;

import dev.tac8.store.StoreException;

/** A question was given up because a writer waited for it to end; on copies of the stores it can take its time. */
public final class GaveWayException extends StoreException {
    private static final long serialVersionUID = 1L;

    GaveWayException() {
        super("the question takes longer than a writer can wait, and the stores could not be copied between two of its commits: ask again when"
                + " less arrives, or ask a backup (./tac8 backup DIR)", null);
    }
}
