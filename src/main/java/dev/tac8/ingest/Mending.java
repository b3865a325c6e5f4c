package dev.tac8.ingest;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Separates the lines of a quarantine file that are records by now from those that are not yet, in bounded memory.
 *
 * <p>The lines that are records go out twice: without their headers, and with them to be kept. A record that a store had refused
 * gets the identity of its first place, if it has no id: its first file holds it as well, and rebuilding from both must find one record. The others stay below headers that say where
 * they stood at first and why they are still not records.
 */
final class Mending implements QuarantineFile.Visitor, AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final String hash;
    private final SpoolFile.Reading reading;
    private final OutputStream records;
    private final OutputStream mended;
    private final FileChannel restFile;
    private final OutputStream rest;

    private Quarantine.Entry entry;
    private byte[] header;
    private boolean headerIsMended;
    private boolean isEmpty;
    /** A header that was copied by hand must not make one record of two. */
    private final Set<Long> places = new HashSet<>();
    private long mendedLines;
    private long removedLines;
    private long restLines;
    private String firstReason;

    /** Only counts. */
    Mending(String hash, SpoolFile.Reading reading) {
        this(hash, reading, OutputStream.nullOutputStream(), OutputStream.nullOutputStream(), null);
    }

    /**
     * @param records  takes the lines that are records
     * @param mended   takes the same below their headers
     * @param restFile takes the lines that are not records
     */
    Mending(String hash, SpoolFile.Reading reading, OutputStream records, OutputStream mended, FileChannel restFile) {
        this.hash = hash;
        this.reading = reading;
        this.records = new BufferedOutputStream(records, BUFFER_BYTES);
        this.mended = new BufferedOutputStream(mended, BUFFER_BYTES);
        this.restFile = restFile;
        this.rest = restFile == null ? OutputStream.nullOutputStream() : new BufferedOutputStream(Channels.newOutputStream(restFile), BUFFER_BYTES);
    }

    /** Walks through a quarantine file. */
    Mending walk(Path file) throws IOException {
        QuarantineFile.walk(file, reading.maxLineBytes(), this);
        endEntry();
        for (OutputStream out : new OutputStream[] {records, mended, rest}) {
            out.flush();
        }
        return this;
    }

    /** Lines that are records. */
    long mendedLines() {
        return mendedLines;
    }

    /** Headers whose lines were deleted by hand. */
    long removedLines() {
        return removedLines;
    }

    /** Lines that are not records yet. */
    long restLines() {
        return restLines;
    }

    /** Why the first of the rest is not a record, and where it stood; null if there is no rest. */
    String firstReason() {
        return firstReason;
    }

    @Override
    public boolean header(Quarantine.Entry above, byte[] text) throws IOException {
        endEntry();
        entry = above;
        header = text;
        headerIsMended = false;
        isEmpty = true;
        return true;
    }

    @Override
    public void line(FileChannel file, LineReader line) throws IOException {
        RecordFormat.Checked[] found = {null};
        BadLine bad = reading.read(line, record -> found[0] = record);
        if (bad == null && found[0] == null) {
            return;
        }
        isEmpty = false;
        if (bad == null) {
            mendedLines++;
            putHeaderToMended();
            int end = line.start() + (int) line.length();
            byte[] id = {};
            if (isAsItWasRefused(line) && Chunk.isKnownByPlace(found[0]) && places.add(entry.offset())) {
                end = lastBrace(line);
                id = (",\"id\":\"" + Chunk.place(hash, entry.offset()) + "\"}").getBytes(StandardCharsets.US_ASCII);
            }
            for (OutputStream out : new OutputStream[] {records, mended}) {
                out.write(line.buffer(), line.start(), end - line.start());
                out.write(id);
                out.write('\n');
            }
        } else {
            stay(bad);
            if (line.isTooLong()) {
                copyToRest(file, line.offset(), line.length());
            } else {
                rest.write(line.buffer(), line.start(), (int) line.length());
                rest.write('\n');
            }
        }
    }

    @Override
    public void passed(FileChannel file, long offset, long length) throws IOException {
        isEmpty = false;
        stay(reading.tooLong(0, 0, length));
        copyToRest(file, offset, length);
    }

    @Override
    public void close() throws IOException {
        mended.close();
        rest.close();
    }

    /** One that was changed is another record, and a malformed one is none in its first file. */
    private boolean isAsItWasRefused(LineReader line) {
        return entry != null && entry.line() > 0 && entry.reason().startsWith(Quarantine.REFUSED) && entry.length() == line.length()
                && line.contentLength() + Chunk.PLACE_BYTES < reading.maxLineBytes();
    }

    /** Where its object ends: of an id that is given twice, an empty one and then another, the last counts. */
    private static int lastBrace(LineReader line) {
        int at = line.start() + line.contentLength() - 1;
        while (line.buffer()[at] != '}') {
            at--;
        }
        return at;
    }

    private void stay(BadLine bad) throws IOException {
        restLines++;
        if (firstReason == null) {
            firstReason = (entry == null || entry.line() == 0 ? "" : "line " + entry.line() + ": ") + bad.reason();
        }
        if (entry == null) {
            return;
        }
        // The header may have been edited so that it cannot be read: it stays as it is.
        if (entry.line() == 0) {
            rest.write(header);
            rest.write('\n');
        } else {
            rest.write(QuarantineFile.header(hash, new Quarantine.Entry(entry.file(), entry.line(), entry.offset(), bad.length(), bad.field(),
                    bad.reason())));
        }
    }

    private void endEntry() throws IOException {
        if (header != null && isEmpty) {
            removedLines++;
            putHeaderToMended();
        }
    }

    private void putHeaderToMended() throws IOException {
        if (header != null && !headerIsMended) {
            mended.write(header);
            mended.write('\n');
            headerIsMended = true;
        }
    }

    private void copyToRest(FileChannel file, long offset, long length) throws IOException {
        if (restFile != null) {
            rest.flush();
            Quarantine.copy(file, offset, length, restFile);
        }
        rest.write('\n');
    }
}
