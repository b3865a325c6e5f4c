package dev.tac8.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads lines as bytes, with their offsets, in bounded memory.
 *
 * <p>Camel's own tokenizer decodes strictly and takes an invalid byte for the end of the file, and {@code BufferedReader} holds
 * a line whole and forgets its offset. Here a line longer than the limit is counted to its end, but never held.
 */
public final class LineReader implements Closeable {
    private static final int FIRST_BUFFER_BYTES = 1 << 16;
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final int maxLineBytes;
    private byte[] buffer;
    private int from;
    private int to;
    private long bufferOffset;
    private boolean atEnd;

    private long number;
    private long offset;
    private long length;
    private int start;
    private boolean tooLong;

    /**
     * @param in           the file's bytes; closed with this reader
     * @param maxLineBytes a longer line is {@link #isTooLong() too long}; line ends do not count
     * @param offset       the offset of the first byte in the file
     * @param number       the number of the line before it
     */
    public LineReader(InputStream in, int maxLineBytes, long offset, long number) {
        this.in = in;
        this.bufferOffset = offset;
        this.number = number;
        this.maxLineBytes = maxLineBytes;
        this.buffer = new byte[Math.min(FIRST_BUFFER_BYTES, maxLineBytes + 2)];
    }

    /** Reads content that is in memory. */
    LineReader(byte[] content, int maxLineBytes) {
        this.in = InputStream.nullInputStream();
        this.maxLineBytes = maxLineBytes;
        this.buffer = content;
        this.to = content.length;
        this.atEnd = true;
    }

    /** Goes to the next line; false at the end of the file. A last line without LF counts, an empty rest does not. */
    public boolean next() throws IOException {
        offset = bufferOffset + from;
        number++;
        tooLong = false;
        int scanned = 0;
        while (true) {
            int lineFeed = indexOfLineFeed(from + scanned);
            if (lineFeed >= 0) {
                start = from;
                length = lineFeed - from;
                from = lineFeed + 1;
                break;
            }
            scanned = to - from;
            if (scanned > maxLineBytes + 1) {
                skipToLineEnd();
                return true;
            }
            if (!fill()) {
                start = from;
                length = scanned;
                from = to;
                if (length == 0) {
                    return false;
                }
                break;
            }
        }
        tooLong = contentLength() > maxLineBytes;
        return true;
    }

    /** The line's number, from 1. */
    public long number() {
        return number;
    }

    /** Where the line starts in the file, in bytes. */
    public long offset() {
        return offset;
    }

    /** The line's bytes without LF, with a CR before it. */
    public long length() {
        return length;
    }

    /** Whether the line is over the limit; its bytes are then not in the {@link #buffer()}. */
    public boolean isTooLong() {
        return tooLong;
    }

    /** Holds the line from {@link #start()} until the next call of {@link #next()}. */
    public byte[] buffer() {
        return buffer;
    }

    public int start() {
        return start;
    }

    /** The line's bytes without CR and LF. */
    public int contentLength() {
        int end = (int) length;
        return end > 0 && buffer[start + end - 1] == '\r' ? end - 1 : end;
    }

    /**
     * The bytes of the byte order marks that the line begins with: some programs begin each file with one, and files are joined. They
     * are not part of what the line says.
     */
    public int markLength() {
        int marks = 0;
        while (contentLength() - marks >= MARK.length && Arrays.equals(buffer, start + marks, start + marks + MARK.length, MARK, 0, MARK.length)) {
            marks += MARK.length;
        }
        return marks;
    }

    /** How far the file has been read, in bytes. */
    public long position() {
        return bufferOffset + from;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private int indexOfLineFeed(int begin) {
        for (int i = begin; i < to; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Moves what is left to the front, grows the buffer if it is full, and reads more; false at the end of the file. */
    private boolean fill() throws IOException {
        if (atEnd) {
            return false;
        }
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            bufferOffset += from;
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            // Two more than the limit: a CR, and the byte that shows that the line is too long.
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, maxLineBytes + 2L));
        }
        int read = in.read(buffer, to, buffer.length - to);
        atEnd = read < 0;
        to += Math.max(read, 0);
        return !atEnd;
    }

    private void skipToLineEnd() throws IOException {
        tooLong = true;
        while (true) {
            bufferOffset += to;
            from = 0;
            to = 0;
            if (!fill()) {
                length = bufferOffset - offset;
                return;
            }
            int lineFeed = indexOfLineFeed(0);
            if (lineFeed >= 0) {
                length = bufferOffset + lineFeed - offset;
                from = lineFeed + 1;
                return;
            }
        }
    }
}
