package dev.tac8.command;

/** How a command ends: the table in docs/operating.md, which scripts and systemd go by. */
final class ExitCode {
    /** Done, or found, and whole. */
    static final int DONE = 0;
    /** Nothing was found, and nothing is missing that could have held it. */
    static final int NOTHING_FOUND = 1;
    /** Wrong use, or anything else that no further try mends: settings, routes, statements, a foreign database, rights. */
    static final int WRONG_USE = 2;
    /** Something is not available now: a store, the spool or a disk is away, locked or full. A further try may help. */
    static final int UNAVAILABLE = 3;
    /** A partial answer: something that was asked for is missing, also if what is left holds nothing. */
    static final int PARTIAL = 4;
    /** Whoever read the output has closed it: 128 and the number of SIGPIPE, as shells say it. */
    static final int PIPE_CLOSED = 141;

    private ExitCode() {
    }
}
