package dev.tac8.observe;

import dev.tac8.files.Daemon;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a disk on a thread of its own, as it may hang, and does not ask again before it has answered. */
final class Patience {
    private static final int SECONDS = 2;

    private FutureTask<?> asked;

    /** @throws TimeoutException if it has not answered in time, this question or the one before */
    void ask(Callable<?> question) throws Exception {
        if (asked != null && !asked.isDone()) {
            throw new TimeoutException();
        }
        asked = new FutureTask<>(question);
        Daemon.threads("observe").newThread(asked).start();
        try {
            asked.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
