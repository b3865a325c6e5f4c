package dev.tac8.command;

import dev.tac8.files.UntrustedException;
import dev.tac8.service.RoutesException;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.RefusedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

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

    /** How a command ends that failed: what no further try mends, or what one may. */
    static int of(Exception failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (failure instanceof SettingsException || failure instanceof RefusedException || cause instanceof UntrustedException) {
            return WRONG_USE;
        }
        if (failure instanceof RoutesException) {
            // A file that cannot be read just now need not be a bad one.
            return cause instanceof IOException && !isLasting(cause) ? UNAVAILABLE : WRONG_USE;
        }
        return failure instanceof IOException && isLasting(cause) ? WRONG_USE : UNAVAILABLE;
    }

    private static boolean isLasting(Throwable cause) {
        return cause instanceof AccessDeniedException || cause instanceof NoSuchFileException || cause instanceof FileNotFoundException
                || cause instanceof CharacterCodingException;
    }
}
