package dev.tac8.service;

import java.nio.file.Path;

/** Another process holds the spool. */
public final class SpoolTakenException extends Exception {
    private static final long serialVersionUID = 1L;

    SpoolTakenException(Path spool, long holder) {
        super("the spool " + spool + " is being read by " + (holder > 0 ? "process " + holder : "another process")
                + " already: stop that one first, or set another tac8.spool.dir");
    }
}
