package dev.tac8.http;

import dev.tac8.files.Daemon;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reads and answers requests, each on a thread. If none is left, the oldest request that has not been read to its end gives way, or else the client who has
 * not read for longest: whoever sends halves of requests and waits, or asks and does not listen, keeps nobody else from being answered.
 */
final class Threads extends ThreadPoolExecutor {
    static final int MOST = 64;
    private static final int IDLE_SECONDS = 10;

    private final Set<Thread> reading = new LinkedHashSet<>();
    private final SlowReaders slow;

    Threads(SlowReaders slow) {
        super(0, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), Daemon.threads("http"), (request, all) -> ((Threads) all).makeRoom(request));
        this.slow = slow;
    }

    @Override
    protected void beforeExecute(Thread thread, Runnable request) {
        synchronized (reading) {
            reading.add(thread);
        }
    }

    @Override
    protected void afterExecute(Runnable request, Throwable failure) {
        hasRead();
    }

    /** This thread has read its request; false if that gives way. */
    boolean hasRead() {
        synchronized (reading) {
            return reading.remove(Thread.currentThread());
        }
    }

    private void makeRoom(Runnable request) {
        if (!endOldestRead()) {
            slow.giveWay();
        }
        try {
            if (isShutdown() || !getQueue().offer(request, 1, TimeUnit.SECONDS)) {
                // The server closes the connection.
                throw new RejectedExecutionException("all threads answer");
            }
        } catch (InterruptedException e) {
            throw new RejectedExecutionException(e);
        }
    }

    private boolean endOldestRead() {
        synchronized (reading) {
            Iterator<Thread> oldest = reading.iterator();
            if (!oldest.hasNext()) {
                return false;
            }
            Thread thread = oldest.next();
            oldest.remove();
            // Closes its connection.
            thread.interrupt();
            return true;
        }
    }
}
