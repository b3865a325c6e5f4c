package dev.tac8.ingest;

/** The service stops in the middle of a file, which stays in the spool and is read again at the next start. */
public final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException(String file) {
        super("stopped in the middle of " + file + "; it stays in the spool and is read again at the next start", null, false, false);
    }
}
