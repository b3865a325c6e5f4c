package dev.tac8.service;

import java.nio.file.Path;

/** Another process holds the spool. */
public final class SpoolTakenException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String holder;

    SpoolTakenException(Path spool, long pid) {
        this(spool, pid > 0 ? "process " + pid : "another process");
    }

    private SpoolTakenException(Path spool, String holder) {
        super("the spool " + spool + " is being read by " + holder + " already: stop that one first, or set another tac8.spool.dir");
        this.holder = holder;
    }

    /** Which process that is, in a sentence. */
    public String holder() {
        return holder;
    }
}
