package dev.tac8.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tac8.files.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The format of a quarantine file, and a walk through one in bounded memory.
 *
 * <p>A bad line stands there byte for byte as it came, under a line {@code #HASH {"file":...,"line":...,"offset":...,
 * "length":...,"field":...,"reason":...}}. HASH is that of the spool file. No line inside that file can hold it by chance, so the two kinds
 * of line are never mistaken for each other.
 */
final class QuarantineFile {
    private static final JsonMapper JSON = new JsonMapper();
    /** Longer than any header. */
    private static final int LONGEST_HEADER_BYTES = 1 << 16;

    private QuarantineFile() {
    }

    /** Is shown what a quarantine file holds, in its order. */
    interface Visitor {
        /**
         * Says why the lines behind it are bad.
         *
         * @param text as it stands in the file
         * @return whether to go on
         */
        boolean header(Quarantine.Entry entry, byte[] text) throws IOException;

        /** A line, perhaps mended; see {@link LineReader#isTooLong()}. */
        default void line(FileChannel file, LineReader line) throws IOException {
        }

        /** A line longer than the limit, unchanged or at least of unchanged length, that was not read. */
        default void passed(FileChannel file, long offset, long length) throws IOException {
        }
    }

    /** Walks through a file. Lines over the limit are never held, and not even read if their headers still tell how long they are. */
    static void walk(Path path, int maxLineBytes, Visitor visitor) throws IOException {
        int most = Math.max(maxLineBytes, LONGEST_HEADER_BYTES);
        byte[] marker = marker(Quarantine.hashOf(path));
        try (FileChannel file = RegularFile.open(path)) {
            LineReader lines = reader(file, 0, most);
            while (lines.next()) {
                if (!isHeader(lines, marker)) {
                    visitor.line(file, lines);
                    continue;
                }
                byte[] text = Arrays.copyOfRange(lines.buffer(), lines.start(), lines.start() + (int) lines.length());
                Quarantine.Entry entry = entry(new String(text, marker.length, text.length - marker.length, StandardCharsets.UTF_8));
                if (!visitor.header(entry, text)) {
                    return;
                }
                long begin = lines.position();
                // One more than the limit: the length counts a CR, the limit does not.
                if (entry.length() > maxLineBytes + 1L && isLineEnd(file, begin, entry.length(), marker)) {
                    visitor.passed(file, begin, entry.length());
                    lines = reader(file, begin + entry.length() + 1, most);
                }
            }
        }
    }

    /** What stands above a line, with its LF. */
    static byte[] header(String hash, Quarantine.Entry entry) throws JsonProcessingException {
        return ("#" + hash + " " + JSON.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] marker(String hash) {
        return ("#" + hash + " ").getBytes(StandardCharsets.US_ASCII);
    }

    private static Quarantine.Entry entry(String header) {
        JsonNode json;
        try {
            json = JSON.readTree(header);
        } catch (JsonProcessingException e) {
            json = MissingNode.getInstance();
        }
        // Without its place a header tells nothing.
        long line = json.path("offset").isIntegralNumber() && json.path("length").isIntegralNumber() ? json.path("line").asLong() : 0;
        return new Quarantine.Entry(json.path("file").asText(), line, json.path("offset").asLong(),
                json.path("length").asLong(), json.path("field").asText(null),
                json.path("reason").asText("the line that said why was edited and cannot be read"));
    }

    private static LineReader reader(FileChannel file, long offset, int maxLineBytes) throws IOException {
        file.position(offset);
        InputStream in = Channels.newInputStream(file);
        return new LineReader(in, maxLineBytes, offset, 0);
    }

    private static boolean isHeader(LineReader line, byte[] marker) {
        int at = line.start();
        return !line.isTooLong() && line.length() >= marker.length
                && Arrays.equals(line.buffer(), at, at + marker.length, marker, 0, marker.length);
    }

    /** Whether a line of that length ends there, with the next header or the end of the file behind it. */
    private static boolean isLineEnd(FileChannel file, long begin, long length, byte[] marker) throws IOException {
        if (length > file.size() - begin - 1) {
            return false;
        }
        byte[] expected = new byte[marker.length + 1];
        expected[0] = '\n';
        System.arraycopy(marker, 0, expected, 1, marker.length);
        byte[] found = read(file, begin + length, expected.length);
        return Arrays.equals(found, found.length == 1 ? new byte[] {'\n'} : expected);
    }

    private static byte[] read(FileChannel file, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) >= 0) {
            continue;
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
