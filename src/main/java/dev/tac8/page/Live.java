package dev.tac8.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.apache.camel.BindToRegistry;

/**
 * Tells pages that are open in which state everything is, and so when they are out of date: as soon as something is stored, then less often while more and more is. Nothing
 * is asked for while nothing changes. Only a page that somebody sees keeps its stream: a browser has no more than six connections to one address, for all of its tabs together.
 */
@BindToRegistry("live")
public final class Live {
    private static final long LOOK_MILLISECONDS = 100;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** A page that is filled by a hundred files a second is looked at by somebody who reads, and what is asked for it takes time from ingest. */
    private static final long MOST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(8);
    /** Whoever has gone is found out by writing to him, and each page that is left has one of a few streams until then. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Of all time, one part in so many is spent on what open pages ask again. */
    private static final int SHARE = 5;

    private final LongAdder spent = new LongAdder();
    private final String start = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    private final Supplier<Object> what;

    /** @param what something that is not equal to what it was before as soon as a page would show something else; it is asked for often */
    public Live(Supplier<Object> what) {
        this.what = what;
    }

    /** A word for how everything is now; another one as soon as a page would show something else, also after a restart. */
    String state() {
        return start + "-" + Integer.toHexString(what.get().hashCode());
    }

    /** Takes note that so much time was spent on an answer. */
    void spent(long nanos) {
        spent.add(nanos);
    }

    /** The states from now on, for as long as they are read: {@code text/event-stream}. */
    public InputStream stream() {
        return new Messages();
    }

    private final class Messages extends InputStream {
        private String said = "";
        private byte[] message = new byte[0];
        private int at;
        private long lastNanos = System.nanoTime() - MOST_PAUSE_NANOS;
        private long pauseNanos = PAUSE_NANOS;
        private long spentNanos = spent.sum();
        private volatile boolean closed;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (at == message.length) {
                message = next();
                at = 0;
            }
            int count = Math.min(length, message.length - at);
            System.arraycopy(message, at, bytes, offset, count);
            at += count;
            return closed ? -1 : count;
        }

        private byte[] next() throws IOException {
            try {
                while (!closed) {
                    long nanos = System.nanoTime() - lastNanos;
                    String now = state();
                    if (nanos >= Math.max(pauseNanos, SHARE * (spent.sum() - spentNanos)) && !now.equals(said)) {
                        pauseNanos = nanos > 2 * pauseNanos ? PAUSE_NANOS : Math.min(2 * pauseNanos, MOST_PAUSE_NANOS);
                        said = now;
                        spentNanos = spent.sum();
                        return say("event: state\ndata: " + now + "\n\n");
                    } else if (nanos >= SILENCE_NANOS) {
                        return say(":\n\n");
                    }
                    Thread.sleep(LOOK_MILLISECONDS);
                }
                return new byte[] {'\n'};
            } catch (InterruptedException e) {
                throw new IOException("the stream is being ended", e);
            }
        }

        private byte[] say(String message) {
            lastNanos = System.nanoTime();
            return message.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
