package dev.tac8.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.BindToRegistry;

/**
 * Tells pages that are open in which state everything is, and so when they are out of date: as soon as something is stored, and after that as often as what they then ask is a
 * small part of the time, so that ingest, which cannot commit while one of them is answered, goes on. All are told at the same moment. Nothing is asked for while nothing
 * changes. Only a page that somebody sees keeps its stream: a browser has no more than six connections to one address, for all of its tabs together.
 */
@BindToRegistry("live")
public final class Live {
    private static final long LOOK_MILLISECONDS = 100;
    private static final long LEAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** However long it takes to answer them, somebody who looks at a page sees what was stored a minute ago. */
    private static final long MOST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Whoever has gone is found out by writing to him, twice at most, and each page that is left has one of a few streams until then: one leafs through ten a second. */
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Of all time, one part in so many is spent on what open pages ask again. */
    private static final int SHARE = 15;

    private final String start = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    private final Supplier<Object> what;
    private final LongSupplier nanos;
    private String told;
    private long toldNanos;
    private int answering;
    private long answeringSinceNanos;
    /** How long one page or more was answered since they were told of a state. */
    private long spentNanos;

    /** @param what something that is not equal to what it was before as soon as a page would show something else; it is asked for often */
    public Live(Supplier<Object> what) {
        this(what, System::nanoTime);
    }

    Live(Supplier<Object> what, LongSupplier nanos) {
        this.what = what;
        this.nanos = nanos;
    }

    /** The state that pages are told of: a word for how everything is now, or was a little while ago; another one after a restart, too. */
    synchronized String state() {
        long now = nanos.getAsLong();
        long spent = spentNanos + (answering == 0 ? 0 : now - answeringSinceNanos);
        if (told == null || now - toldNanos >= Math.max(LEAST_PAUSE_NANOS, Math.min(SHARE * spent, MOST_PAUSE_NANOS))) {
            String state = start + "-" + Integer.toHexString(what.get().hashCode());
            if (!state.equals(told)) {
                told = state;
                toldNanos = now;
                spentNanos = 0;
                answeringSinceNanos = now;
            }
        }
        return told;
    }

    /** A page that was told of a state asks again; {@link #answered} follows. */
    synchronized void asked() {
        if (answering++ == 0) {
            answeringSinceNanos = nanos.getAsLong();
        }
    }

    /** What a page has asked again is answered. */
    synchronized void answered() {
        if (--answering == 0) {
            spentNanos += nanos.getAsLong() - answeringSinceNanos;
        }
    }

    /** The states from now on, for as long as they are read: {@code text/event-stream}. */
    public InputStream stream() {
        return new Messages();
    }

    private final class Messages extends InputStream {
        private String said = "";
        private byte[] message = new byte[0];
        private int at;
        private long saidNanos;
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
                    String now = state();
                    if (!now.equals(said)) {
                        said = now;
                        return say("event: state\ndata: " + now + "\n\n");
                    } else if (System.nanoTime() - saidNanos >= SILENCE_NANOS) {
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
            saidNanos = System.nanoTime();
            return message.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
