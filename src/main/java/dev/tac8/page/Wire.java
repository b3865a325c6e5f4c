package dev.tac8.page;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** What the service and its page process say to each other on a connection: a line of JSON each, behind which the answer's body follows. */
final class Wire {
    private static final int MOST_BYTES = 1 << 16;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Wire() {
    }

    /**
     * A request.
     *
     * @param view   its name
     * @param path   of the URL
     * @param query  of the URL, as it came; or null
     * @param cookie as it came; or null
     * @param state  how everything was before the question was asked, as {@link Live} says it
     */
    record Asked(String view, String path, String query, String cookie, String state) {
    }

    /**
     * What stands before a body.
     *
     * @param status of HTTP
     * @param type   of the body, with its character set
     */
    record Head(int status, String type) {
    }

    static void write(OutputStream out, Object line) throws IOException {
        byte[] bytes = MAPPER.writeValueAsBytes(line);
        ByteArrayOutputStream whole = new ByteArrayOutputStream(bytes.length + 1);
        whole.write(bytes);
        whole.write('\n');
        whole.writeTo(out);
        out.flush();
    }

    /** @throws EOFException if there is no whole line */
    static <T> T read(InputStream in, Class<T> type) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.size() == MOST_BYTES) {
                throw new EOFException("the other process has gone");
            }
            line.write(b);
        }
        return MAPPER.readValue(line.toByteArray(), type);
    }

    /** Where a body is written to, in parts that say how long they are: one that is cut off is not taken for a whole one. To close it ends the body, and not the connection. */
    static OutputStream body(OutputStream out) {
        DataOutputStream parts = new DataOutputStream(out);
        return new BufferedOutputStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (length > 0) {
                    parts.writeInt(length);
                    parts.write(bytes, offset, length);
                }
            }

            @Override
            public void flush() throws IOException {
                parts.flush();
            }

            @Override
            public void close() throws IOException {
                parts.writeInt(0);
                parts.flush();
            }
        }, MOST_BYTES);
    }

    /** What was written so. It fails if it was cut off. */
    static InputStream body(InputStream in) {
        DataInputStream parts = new DataInputStream(in);
        return new InputStream() {
            private int left;
            private boolean ended;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (left == 0 && !ended) {
                    left = parts.readInt();
                    ended = left == 0;
                }
                if (ended) {
                    return -1;
                }
                int count = parts.read(bytes, offset, Math.min(length, left));
                if (count < 0) {
                    throw new EOFException("the page's process has ended in the middle of an answer");
                }
                left -= count;
                return count;
            }
        };
    }
}
