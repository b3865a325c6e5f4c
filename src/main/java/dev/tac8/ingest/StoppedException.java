package dev.tac8.ingest;

/** Reading ends in the middle of a file, which stays in the spool: the service stops, or the route that reads it is replaced. */
public final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException(String file) {
        super("stopped in the middle of " + file + "; it stays in the spool and is read on, or at the next start again", null, false, false);
    }
}
