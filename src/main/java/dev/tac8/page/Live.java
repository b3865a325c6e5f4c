package dev.tac8.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.camel.BindToRegistry;

/** Tells pages that are open when they are out of date: as soon as something is stored, and then once in a while. Nothing is asked for while nothing changes. */
@BindToRegistry("live")
public final class Live {
    private static final long LOOK_MILLISECONDS = 100;
    /** Between two messages: a page that is filled by a hundred files a second is looked at by somebody who reads. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Whoever has gone is found out by writing to him. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Supplier<Object> state;

    /** @param state something that is not equal to what it was before as soon as a page would show something else; it is asked for often */
    public Live(Supplier<Object> state) {
        this.state = state;
    }

    /** An answer that goes on as long as it is read: {@code text/event-stream}. */
    public InputStream stream() {
        return new Messages();
    }

    private final class Messages extends InputStream {
        private Object shown = state.get();
        private byte[] message = "retry: 2000\n\n".getBytes(StandardCharsets.UTF_8);
        private int at;
        private long lastNanos = System.nanoTime() - PAUSE_NANOS;
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
                    Object now = state.get();
                    if (nanos >= PAUSE_NANOS && !now.equals(shown)) {
                        shown = now;
                        return say("event: changed\ndata: " + Integer.toHexString(now.hashCode()) + "\n\n");
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
