package dev.tac8.files;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Threads that keep no process alive: what they wait for may never come, such as the answer of a disk that hangs. */
public final class Daemon {
    private static final ExecutorService ASKING = Executors.newCachedThreadPool(threads("ask-disk"));

    /** What a disk is asked. */
    public interface Question<T, E extends Exception> {
        T ask() throws E;
    }

    private Daemon() {
    }

    /** Makes such threads, all of one name. */
    public static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Asks a disk that may hang; an interrupt waits until it has answered, or the time is over.
     *
     * @throws TimeoutException if it does not answer in so many seconds; then the question is left to itself
     */
    @SuppressWarnings("unchecked") // A question throws its own kind of exception only.
    public static <T, E extends Exception> T ask(long seconds, Question<T, E> question) throws E, TimeoutException {
        Future<T> answer = ASKING.submit(question::ask);
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return answer.get(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (E) e.getCause();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
