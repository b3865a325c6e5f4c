package dev.tac8.http;

import dev.tac8.files.Daemon;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Cuts off whoever does not read what is being written to him. The server's own limit is for a whole answer, and would end each long one and each stream,
 * however well they are read.
 */
final class SlowReaders implements Closeable {
    private static final int MOST_BYTES = 65_536;
    /** How long a write lasts at least before it gives way to others. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Duration most;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, Daemon.threads("http-slow"));
    private final Set<Write> writes = new LinkedHashSet<>();

    /** @param most how long a write of at most 64 KiB may take */
    SlowReaders(Duration most) {
        this.most = most;
        timer.setRemoveOnCancelPolicy(true);
    }

    /** What writes. */
    interface Step {
        void run() throws IOException;
    }

    /** Something is being written by a thread. */
    private final class Write {
        private final Thread thread = Thread.currentThread();
        private final long beganNanos = System.nanoTime();
        private boolean cut;

        void cut() {
            synchronized (writes) {
                if (writes.remove(this)) {
                    cut = true;
                    // Closes the connection.
                    thread.interrupt();
                }
            }
        }
    }

    /**
     * Writes, for so long at most.
     *
     * @throws IOException if that takes too long; the connection is closed
     */
    void watch(Step step) throws IOException {
        Write write = new Write();
        synchronized (writes) {
            writes.add(write);
        }
        Future<?> end = timer.schedule(write::cut, most.toNanos(), TimeUnit.NANOSECONDS);
        try {
            step.run();
        } finally {
            end.cancel(false);
            synchronized (writes) {
                writes.remove(write);
            }
            if (write.cut) {
                Thread.interrupted();
            }
        }
        if (write.cut) {
            throw new IOException("it is not being read");
        }
    }

    /** The same for all that is written to a stream, however much at once. Closing it does not close what is below. */
    OutputStream watched(OutputStream below) {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                for (int i = 0; i < length; i += MOST_BYTES) {
                    int at = offset + i;
                    int count = Math.min(MOST_BYTES, length - i);
                    watch(() -> below.write(bytes, at, count));
                }
            }

            @Override
            public void flush() throws IOException {
                watch(below::flush);
            }
        };
    }

    /** Others wait for a thread: the write that has lasted longest ends. */
    void giveWay() {
        synchronized (writes) {
            writes.stream().findFirst().filter(oldest -> System.nanoTime() - oldest.beganNanos > PATIENCE_NANOS).ifPresent(Write::cut);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
