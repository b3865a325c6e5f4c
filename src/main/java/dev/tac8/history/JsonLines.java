package dev.tac8.history;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.files.RegularFile;
import java.io.BufferedInputStream;
import java.io.CharConversionException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * A file of JSON objects, usually one a line. It is read as a stream of values, so that no line has to be found, or fit into memory, before it is read; where that
 * fails, reading goes on at the next line. A file that has only broken lines at its beginning is given up.
 */
final class JsonLines implements Closeable {
    /** Text that is wanted is never that long; what is not wanted may be of any length. */
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int BUFFER_BYTES = 1 << 17;
    private static final int MOST_BROKEN_LINES = 1000;
    private static final int[] BYTE_ORDER_MARK = {0xEF, 0xBB, 0xBF};
    private static final int FIRST_BYTES = 4;
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};
    private static final QuickParser.Factory JSON = new QuickParser.Factory(MOST_CHARACTERS);

    private final FileChannel channel;
    private final Shape shape;
    private final LongConsumer progress;
    /** Where the last value ended, or where reading went on behind a broken line. */
    private long after;

    /** Takes what a file holds. */
    interface Reader {
        /** An object, with the fields that are wanted; false if that is enough. */
        boolean take(JsonNode object);

        /** A line that is no JSON, or no object. */
        void skip(String reason);
    }

    /**
     * Opens a file.
     *
     * @param shape    the fields that are wanted
     * @param progress is told now and then how many bytes have been read
     */
    JsonLines(Path path, Shape shape, LongConsumer progress) throws IOException {
        channel = RegularFile.open(path);
        this.shape = shape;
        this.progress = progress;
        ByteBuffer first = ByteBuffer.allocate(GZIP.length);
        channel.read(first, 0);
        if (Arrays.equals(first.array(), GZIP)) {
            channel.close();
            throw new IOException("it is compressed: unpack it with gunzip, and import what comes out");
        }
    }

    /** Reads it to its end, or until that is enough. */
    void read(Reader reader) throws IOException {
        boolean isAny = false;
        long marked = -1;
        for (int broken = 0; isAny || broken < MOST_BROKEN_LINES; ) {
            long from = after;
            try (JsonParser values = parser(from)) {
                for (JsonToken token = values.nextToken(); token != null; token = values.nextToken()) {
                    if (token == JsonToken.START_OBJECT) {
                        isAny = true;
                        if (!reader.take(shape.read(values))) {
                            return;
                        }
                    } else {
                        values.skipChildren();
                        reader.skip("not_an_object");
                    }
                    after = from + values.currentLocation().getByteOffset();
                    progress.accept(after);
                }
                return;
            } catch (JsonProcessingException | CharConversionException e) {
                long line = begin(after);
                if (line != marked && isMark(line)) {
                    // Files are joined with cat, and each may begin with a mark: behind it all may be well.
                    marked = line;
                    after = line;
                } else {
                    reader.skip("not_json");
                    broken++;
                    after = end(line);
                }
            }
        }
    }

    /** A mark or a zero at the beginning shows Jackson which encoding it is, if it is not UTF-8. */
    private JsonParser parser(long position) throws IOException {
        ByteBuffer first = ByteBuffer.allocate(FIRST_BYTES);
        channel.read(first, position);
        boolean isPlain = !first.hasRemaining();
        for (byte one : first.array()) {
            isPlain &= one > 0;
        }
        return isPlain ? JSON.createQuickParser(Channels.newInputStream(channel.position(position))) : JSON.createParser(from(position));
    }

    private InputStream from(long position) throws IOException {
        return new BufferedInputStream(Channels.newInputStream(channel.position(position)), BUFFER_BYTES);
    }

    /** Where the next line begins that is not blank. */
    private long begin(long position) throws IOException {
        long at = position;
        InputStream in = from(position);
        for (int c = in.read(); c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = in.read()) {
            at++;
        }
        return at;
    }

    /** Where a line ends, with its LF. */
    private long end(long position) throws IOException {
        long at = position;
        InputStream in = from(position);
        for (int c = in.read(); c >= 0; c = in.read()) {
            at++;
            if (c == '\n') {
                break;
            }
        }
        return at;
    }

    private boolean isMark(long position) throws IOException {
        InputStream in = from(position);
        for (int c : BYTE_ORDER_MARK) {
            if (in.read() != c) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
