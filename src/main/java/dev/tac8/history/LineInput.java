package dev.tac8.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;

/** A file line by line, each of them as a stream of its own: a line may be longer than the memory there is. */
final class LineInput extends InputStream {
    private static final int BUFFER_BYTES = 1 << 18;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int end;
    private boolean inLine;
    private long read;

    LineInput(InputStream in) {
        this.in = in;
    }

    /** How many bytes of the file have been read. */
    long bytes() {
        return read;
    }

    /** The next line, whatever is left of the last one; null at the end of the file. */
    JsonParser next(JsonFactory json) throws IOException {
        while (inLine && read() >= 0) {
            position = Math.max(position, lineEnd());
        }
        int lf = lineEnd();
        if (lf == end) {
            System.arraycopy(buffer, position, buffer, 0, end - position);
            end -= position;
            position = 0;
            lf = end;
            while (lf == end && end < buffer.length && fill()) {
                lf = lineEnd(lf);
            }
            if (end == 0) {
                return null;
            }
        }
        if (lf < end || end < buffer.length) {
            JsonParser line = json.createParser(buffer, position, lf - position);
            position = Math.min(lf + 1, end);
            return line;
        }
        inLine = true;
        return json.createParser(this);
    }

    /** All of the file as one value. */
    JsonParser whole(JsonFactory json) throws IOException {
        return json.createParser(new InputStream() {
            @Override
            public int read() throws IOException {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int got = in.read(bytes, offset, length);
                read += Math.max(got, 0);
                return got;
            }
        });
    }

    private int lineEnd() {
        return lineEnd(position);
    }

    /** Where the line ends, or what has been read of it. */
    private int lineEnd(int from) {
        int i = from;
        while (i < end && buffer[i] != '\n') {
            i++;
        }
        return i;
    }

    /** Reads more behind what is there; false at the end of the file. */
    private boolean fill() throws IOException {
        int got = in.read(buffer, end, buffer.length - end);
        end += Math.max(got, 0);
        read += Math.max(got, 0);
        return got > 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (inLine && position == end) {
            position = 0;
            end = 0;
            inLine = fill();
        }
        if (!inLine) {
            return -1;
        }
        if (buffer[position] == '\n') {
            position++;
            inLine = false;
            return -1;
        }
        int lf = Math.min(lineEnd(), position + length);
        int got = lf - position;
        System.arraycopy(buffer, position, bytes, offset, got);
        position = lf;
        return got;
    }
}
