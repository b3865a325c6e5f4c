package dev.tac8.page;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** What the service and its page process say to each other on a connection: a line of JSON each, behind which the answer's body follows up to the end. */
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
}
