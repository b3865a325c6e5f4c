package dev.tac8.ingest;

import dev.tac8.files.RegularFile;
import dev.tac8.files.Sha256;
import dev.tac8.store.Row;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One file of the spool, to be walked a {@link Chunk} at a time. While a chunk is being stored the next one is read and checked
 * on another thread. Each walk begins at line 1.
 *
 * <p>Neither it nor its walk is a {@code Closeable}: Camel's splitter closes those as soon as it has taken the last chunk, which may still have
 * to be halved.
 */
public final class SpoolFile implements Iterable<Chunk>, Origin, AutoCloseable {
    /** 128 bits of SHA-256: enough that no two files share one, and half as long in every record_id of a line without an id. */
    private static final int HASH_CHARACTERS = 32;
    /**
     * The first chunk of a file is small, because storing waits for it, and each is at most twice as large as the one before: so reading
     * keeps ahead.
     */
    private static final int FIRST_CHUNK_RECORDS = 1000;

    private final Path path;
    private final BasicFileAttributes attributes;
    private final FutureTask<String> hash;
    private final Reading reading;
    private Chunks chunks;
    /** What {@link #whole} has read, from then on, or null. */
    private byte[] content;
    private final Map<RecordType, Long> counts = new EnumMap<>(RecordType.class);
    private final long openedNanos = System.nanoTime();
    private long badLines;
    private long quarantineBytes;
    private long publishedBytes;
    private volatile long storedBytes;

    /**
     * How to read.
     *
     * @param maxLineBytes  a longer line is bad
     * @param maxRecords    the most records, and the most bad lines, of a chunk
     * @param maxChunkBytes a chunk ends with the line that reaches this
     * @param readAhead     reads the next chunk while one is being stored
     * @param stopping      once true, no further chunk is begun
     * @param toSend        whether records are sent to another tac8 instead of being stored here
     */
    record Reading(RecordFormat format, int maxLineBytes, int maxRecords, long maxChunkBytes, Executor readAhead,
                   BooleanSupplier stopping, boolean toSend) {

        /** Reads a line. Why it is not a record, or null if it is one or is blank. */
        BadLine read(LineReader lines, Consumer<RecordFormat.Checked> record) {
            if (lines.isTooLong() || lines.contentLength() > maxLineBytes) {
                return tooLong(lines.number(), lines.offset(), lines.length());
            }
            if (SpoolFile.isBlank(lines)) {
                return null;
            }
            try {
                int marks = lines.markLength();
                record.accept(format.read(lines.buffer(), lines.start() + marks, lines.contentLength() - marks));
                return null;
            } catch (BadLineException e) {
                return new BadLine(lines.number(), lines.offset(), lines.length(), e.field, e.getMessage());
            }
        }

        BadLine tooLong(long number, long offset, long length) {
            return new BadLine(number, offset, length, null, "the line has " + length + " bytes, over the limit of " + maxLineBytes
                    + " (tac8.ingest.max-line-bytes)");
        }
    }

    /** @throws IOException if the file is not there */
    SpoolFile(Path path, Reading reading) throws IOException {
        this.path = path;
        this.reading = reading;
        this.attributes = attributes(path);
        this.hash = new FutureTask<>(() -> {
            String found;
            try (InputStream in = content(0)) {
                found = Sha256.of(in).substring(0, HASH_CHARACTERS);
            }
            if (hasChanged(path)) {
                // Lines of one file must not get the identity of lines of another.
                throw new IOException("the file changed while it was read");
            }
            return found;
        });
    }

    /** The file's name in the spool. */
    @Override
    public String name() {
        return path.getFileName().toString();
    }

    /**
     * The content's hash, in hexadecimal digits; with a line's offset it is the identity of a line without an id. It is computed
     * while a chunk is being stored, or when it is first asked for, if that is earlier.
     *
     * @throws UncheckedIOException if the file cannot be read
     */
    public String hash() {
        hash.run();
        return result(hash);
    }

    Path path() {
        return path;
    }

    @Override
    public String place(long offset) {
        return Chunk.place(hash(), offset);
    }

    @Override
    public Row row(String table) {
        return reading.format().row(table);
    }

    /** Bytes. */
    public long size() {
        return attributes.size();
    }

    /** Bytes whose records are stored. */
    public long storedBytes() {
        return storedBytes;
    }

    /** Records stored so far, by type. */
    public Map<RecordType, Long> counts() {
        return counts;
    }

    /** Lines in quarantine so far. */
    public long badLines() {
        return badLines;
    }

    /** Seconds since the file was opened. */
    public double seconds() {
        return (System.nanoTime() - openedNanos) / 1e9;
    }

    @Override
    public Iterator<Chunk> iterator() {
        if (isLeft()) {
            chunks.goOn();
            return chunks;
        }
        close();
        counts.clear();
        badLines = 0;
        quarantineBytes = 0;
        publishedBytes = 0;
        storedBytes = 0;
        try {
            chunks = new Chunks();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return chunks;
    }

    /**
     * Reads all of a small file as one chunk.
     *
     * @return null if that has more lines than a chunk may have
     * @throws IOException if the file cannot be read, or changed meanwhile
     */
    Chunk whole() throws IOException {
        try (FileChannel file = open()) {
            content = Channels.newInputStream(file).readNBytes((int) size());
        }
        LineReader lines = new LineReader(content, reading.maxLineBytes());
        Chunk chunk = new Chunk(this, 0, 1, false, reading.toSend());
        int records = 0;
        try {
            while (records <= reading.maxRecords() && lines.next()) {
                if (readLine(lines, chunk)) {
                    records++;
                }
            }
            hash();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        chunk.endsAt(lines.position());
        return records > reading.maxRecords() ? null : chunk;
    }

    /**
     * Counts a chunk that is stored, its bad lines in quarantine.
     *
     * @throws IOException if it is not stored, or does not follow directly on what was counted before
     */
    void completed(Chunk chunk) throws IOException {
        if (!chunk.isStored() || chunk.beginOffset() != storedBytes) {
            throw new IOException("no store has confirmed all records of lines " + chunk.beginLine() + " and following, so they do not count:"
                    + " a step of routes/ingest, store or write.camel.yaml was changed or is missing");
        }
        chunk.counts().forEach((type, count) -> counts.merge(type, count, Long::sum));
        badLines += chunk.badLines().size();
        storedBytes = chunk.endOffset();
    }

    /** Reads the records of a chunk again, into two chunks from the first record to the last; the bad lines among them are known. */
    @Override
    public List<Chunk> halves(Chunk chunk) throws IOException {
        List<Chunk> halves = new ArrayList<>();
        try (LineReader lines = again(chunk)) {
            Chunk half = null;
            while (lines.position() < chunk.endOffset() && lines.next()) {
                Chunk into = half == null ? new Chunk(this, lines.offset(), lines.number(), true, reading.toSend()) : half;
                int before = into.size();
                readLine(lines, into);
                if (into.size() > before) {
                    into.endsAt(lines.offset() + lines.length());
                    if (half == null) {
                        halves.add(into);
                    }
                    half = into.size() < (chunk.size() + 1) / 2 ? into : null;
                }
            }
        }
        return halves;
    }

    private LineReader again(Chunk chunk) throws IOException {
        Chunks walked = chunks;
        InputStream in = walked == null ? content(chunk.beginOffset()) : new Section(walked.file, chunk.beginOffset());
        return new LineReader(in, reading.maxLineBytes(), chunk.beginOffset(), chunk.beginLine() - 1);
    }

    private Line line(LineReader lines, RecordFormat.Checked record) {
        byte[] text = Arrays.copyOfRange(lines.buffer(), lines.start() + lines.markLength(), lines.start() + lines.contentLength());
        return new Line(text, (String) record.row().get("session_id"), (String) record.row().get("worker_id"),
                Chunk.isKnownByPlace(record) ? place(lines.offset()) : null);
    }

    /** How much of the quarantine file is certainly written; anything behind it is from a try that failed. */
    long quarantineBytes() {
        return quarantineBytes;
    }

    void quarantineBytes(long bytes) {
        quarantineBytes = bytes;
    }

    /** All bad lines that were set aside so far are published. */
    void published() {
        publishedBytes = quarantineBytes;
    }

    /**
     * Fails unless every line is stored, or is in quarantine and published there.
     *
     * @throws IOException if not; the file must not be acknowledged then
     */
    void requireWhole() throws IOException {
        if (storedBytes < size()) {
            throw new IOException("what stands behind byte " + storedBytes + " is neither stored nor set aside, so the file cannot be"
                    + " acknowledged: a step of routes/ingest.camel.yaml was changed or is missing");
        }
        if (publishedBytes != quarantineBytes) {
            throw new IOException("its bad lines are not published in quarantine, so the file cannot be acknowledged: the step"
                    + " publish-quarantine of routes/ingest.camel.yaml was changed or is missing");
        }
    }

    /** Whether the path now leads to another file than the one that is read here, or the file has been written to. */
    boolean hasChanged(Path now) throws IOException {
        return hasChanged(attributes(now));
    }

    /** The same for a file that has been looked at. */
    boolean hasChanged(BasicFileAttributes found) {
        return found.size() != attributes.size() || !found.lastModifiedTime().equals(attributes.lastModifiedTime())
                || !Objects.equals(found.fileKey(), attributes.fileKey());
    }

    /** Whether reading ended between two chunks, and may go on there. */
    boolean isLeft() {
        return chunks != null && chunks.left && (chunks.handedOut == storedBytes || chunks.last.beginOffset() == storedBytes);
    }

    @Override
    public void close() {
        if (chunks != null) {
            chunks.close();
            chunks = null;
        }
    }

    /** What another thread reads from the file. */
    private <T> T result(Future<T> task) {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException(name());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw new UncheckedIOException(io);
            }
            if (e.getCause() instanceof UncheckedIOException io) {
                throw io;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private InputStream content(long offset) throws IOException {
        if (content != null) {
            return new ByteArrayInputStream(content, (int) offset, content.length - (int) offset);
        }
        FileChannel file = open();
        return new Section(file, offset) {
            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    /** Opens the file, unless another one took its place since it was looked at: that one may be of any length. */
    private FileChannel open() throws IOException {
        FileChannel file = RegularFile.open(path);
        if (file.size() != size()) {
            file.close();
            throw new IOException("the file changed while it was read");
        }
        return file;
    }

    /**
     * What stands behind an offset of an open file, up to where the file ended when it was looked at: its writer may lengthen it without end
     * while it is read. The file stays open.
     */
    private class Section extends InputStream {
        private final FileChannel file;
        private long at;

        Section(FileChannel file, long offset) {
            this.file = file;
            at = offset;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = at == size() ? -1 : file.read(ByteBuffer.wrap(buffer, offset, (int) Math.min(length, size() - at)), at);
            at += Math.max(read, 0);
            return read;
        }
    }

    /** Walks the file; `next` hands out the chunk that was read ahead and starts reading the one after it. */
    private final class Chunks implements Iterator<Chunk> {
        /** Stays open, so that a chunk can be halved whatever becomes of the file's name. */
        private final FileChannel file = open();
        private final LineReader lines;
        private FutureTask<Chunk> ahead;
        private int chunkRecords = Math.min(FIRST_CHUNK_RECORDS, reading.maxRecords());
        private boolean failed;
        private boolean left;
        private boolean again;
        private Chunk last;
        private long handedOut;

        Chunks() throws IOException {
            lines = new LineReader(new Section(file, 0), reading.maxLineBytes(), 0, 0);
            readAhead();
        }

        @Override
        public boolean hasNext() {
            if (failed) {
                // Camel asks again while it tidies up.
                return false;
            }
            failed = true;
            if (reading.stopping().getAsBoolean()) {
                left = true;
                throw new StoppedException(name());
            }
            failed = false;
            // Do not wait for the next chunk: Camel asks before it stores the last one, so waiting would undo the reading ahead.
            return again || handedOut < size();
        }

        @Override
        public Chunk next() {
            if (again) {
                again = false;
                return last;
            }
            failed = true;
            Chunk chunk = result(ahead);
            if (chunk == null) {
                throw new UncheckedIOException(new IOException("the file became shorter while it was read"));
            }
            failed = false;
            handedOut = chunk.endOffset();
            last = chunk;
            chunkRecords = Math.min(2 * chunkRecords, reading.maxRecords());
            readAhead();
            if (handedOut >= size() || chunkRecords == reading.maxRecords()) {
                // After the next chunk is read, if the one that is being stored is large enough to leave time for both.
                reading.readAhead().execute(hash);
            }
            return chunk;
        }

        /** Hands out the next chunk after all: the last one if Camel has not had it stored, since it asks for the next one before that. */
        void goOn() {
            failed = false;
            left = false;
            again = handedOut > storedBytes;
        }

        void close() {
            try {
                // The reading thread must be out of the file before it is closed.
                ahead.get();
            } catch (ExecutionException e) {
                // The caller that walked the file was told.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void readAhead() {
            int limit = chunkRecords;
            ahead = new FutureTask<>(() -> read(limit));
            reading.readAhead().execute(ahead);
        }

        /** Reads and checks the next chunk; null at the end of the file. A rest of blank lines is also a chunk, an empty one. */
        private Chunk read(int limit) throws IOException {
            long begin = lines.position();
            Chunk chunk = new Chunk(SpoolFile.this, begin, lines.number() + 1, false, reading.toSend());
            int records = 0;
            while (records < limit && lines.position() - begin < reading.maxChunkBytes() && lines.next()) {
                if (readLine(lines, chunk)) {
                    records++;
                }
            }
            if (lines.position() == begin) {
                return null;
            }
            chunk.endsAt(lines.position());
            return chunk;
        }
    }

    /** Reads one line into the chunk; false if the line is blank. */
    private boolean readLine(LineReader lines, Chunk chunk) {
        BadLine bad = reading.read(lines, record -> {
            if (reading.toSend()) {
                chunk.add(record.type(), line(lines, record));
            } else {
                chunk.add(record, lines.offset());
            }
        });
        if (bad != null) {
            chunk.add(bad);
        }
        return bad != null || !isBlank(lines);
    }

    /** Whether a line, not too long, is blank: white space, perhaps behind byte order marks. */
    static boolean isBlank(LineReader lines) {
        for (int i = lines.start() + lines.markLength(); i < lines.start() + lines.contentLength(); i++) {
            if (!Character.isWhitespace(lines.buffer()[i])) {
                return false;
            }
        }
        return true;
    }
}
