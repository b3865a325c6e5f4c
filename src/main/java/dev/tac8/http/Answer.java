package dev.tac8.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;

/**
 * What is said to a client.
 *
 * @param headers beside those that every answer has
 * @param body    all of it; null if it is streamed
 * @param stream  read and sent as it comes, and closed; null if there is a body
 */
record Answer(int status, Map<String, String> headers, byte[] body, InputStream stream) {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String LIVE = "text/event-stream";
    private static final int WORTH_PACKING = 1024;
    private static final int MOST_AT_ONCE = 65_536;
    private static final Set<String> PACKED = Set.of("text/html", "text/css", "text/javascript", "application/javascript", "application/json", "text/csv",
            "image/svg+xml", "text/plain");
    /** What keeps a page of others from showing, reading or guessing an answer, and an answer from being anything but what it is. */
    private static final Map<String, String> SAFE = Map.of(
            "Cross-Origin-Resource-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "X-Frame-Options", "DENY",
            "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
                    + " base-uri 'none'; frame-ancestors 'none'");

    static Answer of(int status, String sentence) {
        return new Answer(status, Map.of("Content-Type", TEXT, "Cache-Control", "no-store"), (sentence + "\n").getBytes(StandardCharsets.UTF_8), null);
    }

    /**
     * What a route says: its body, status, and these headers alone.
     *
     * @throws IllegalArgumentException if that cannot be said
     */
    static Answer of(Message message) throws IOException {
        if (!(message.getBody() instanceof InputStream stream) || stream instanceof StreamCache) {
            int status = status(message);
            boolean isEmpty = message.getBody() == null || status == 204 || status == 304;
            return new Answer(status, headers(message), isEmpty ? new byte[0] : bytes(message), null);
        }
        try {
            return new Answer(status(message), headers(message), null, stream);
        } catch (IllegalArgumentException e) {
            stream.close();
            throw e;
        }
    }

    private static byte[] bytes(Message message) {
        // Camel would take what this computer is set to, and is US-ASCII for many a service.
        byte[] bytes = message.getBody() instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : message.getBody(byte[].class);
        return bytes == null ? new byte[0] : bytes;
    }

    private static Map<String, String> headers(Message message) {
        Map<String, String> headers = new TreeMap<>(Map.of("Content-Type", message.getHeader(Exchange.CONTENT_TYPE, TEXT, String.class),
                "Cache-Control", message.getHeader("Cache-Control", "no-store", String.class)));
        String location = message.getHeader("Location", String.class);
        if (location != null) {
            if (!location.matches("/|/[^/\\\\].*")) {
                throw new IllegalArgumentException("the Location is no path of this server, which begins with one /");
            }
            headers.put("Location", location);
        }
        if (!String.join("", headers.values()).matches("[\\x20-\\x7e]*")) {
            throw new IllegalArgumentException("the headers are not printable ASCII");
        }
        return headers;
    }

    private static int status(Message message) {
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("there is no status " + status);
        }
        return status;
    }

    Answer with(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, body, stream);
    }

    /** Whether it goes on as long as somebody reads it. */
    boolean isLive() {
        return stream != null && type().equals(LIVE);
    }

    private String type() {
        return headers.get("Content-Type").replaceFirst("\\s*;.*", "").toLowerCase(Locale.ROOT);
    }

    /**
     * Sends it. If that fails half-way, the exchange must not be closed, which would end the answer as if it were whole.
     *
     * @throws IOException if the client has gone or does not read, or the stream fails
     */
    void send(HttpExchange asked, SlowReaders slow) throws IOException {
        boolean isHead = asked.getRequestMethod().equals("HEAD");
        boolean isPackable = PACKED.contains(type()) && (stream != null || body.length >= WORTH_PACKING);
        boolean isPacked = isPackable && takesGzip(asked.getRequestHeaders());
        Headers out = asked.getResponseHeaders();
        SAFE.forEach(out::set);
        headers.forEach(out::set);
        if (isPackable) {
            out.set("Vary", "Accept-Encoding");
        }
        if (isPacked) {
            out.set("Content-Encoding", "gzip");
        }
        OutputStream to = slow.watched(asked.getResponseBody());
        if (stream != null) {
            slow.watch(() -> asked.sendResponseHeaders(status, isHead ? -1 : 0));
            if (!isHead) {
                pump(isPacked, to);
            }
        } else {
            byte[] bytes = isPacked ? packed(body) : body;
            if (isHead) {
                out.set("Content-Length", Integer.toString(bytes.length));
            }
            slow.watch(() -> asked.sendResponseHeaders(status, isHead || bytes.length == 0 ? -1 : bytes.length));
            if (!isHead) {
                to.write(bytes);
            }
        }
        slow.watch(asked::close);
    }

    private void pump(boolean isPacked, OutputStream out) throws IOException {
        OutputStream to = isPacked ? new GZIPOutputStream(out, MOST_AT_ONCE, true) : out;
        // So the headers arrive before there is anything else.
        out.flush();
        byte[] bytes = new byte[MOST_AT_ONCE];
        for (int count = stream.read(bytes); count >= 0; count = stream.read(bytes)) {
            to.write(bytes, 0, count);
            if (stream.available() == 0) {
                to.flush();
            }
        }
        if (to instanceof GZIPOutputStream gzip) {
            gzip.finish();
        }
        out.flush();
    }

    private static byte[] packed(byte[] body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(body);
        }
        return packed.toByteArray();
    }

    private static boolean takesGzip(Headers asked) {
        return Arrays.stream(String.join(",", asked.getOrDefault("Accept-Encoding", List.of())).toLowerCase(Locale.ROOT).split(","))
                .map(one -> one.replaceAll("\\s", "")).anyMatch(one -> one.matches("(x-)?gzip(;.*)?") && !one.matches(".*;q=0(\\.0*)?"));
    }
}
