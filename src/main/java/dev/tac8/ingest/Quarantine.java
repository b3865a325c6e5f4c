package dev.tac8.ingest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tac8.files.Durable;
import dev.tac8.files.OpenFolder;
import dev.tac8.files.RegularFile;
import dev.tac8.store.RowRefusedException;
import dev.tac8.store.StatementException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.BindToRegistry;
import org.apache.camel.ExchangeException;

/**
 * The folder of lines that are not records: one file for each spool file with bad lines, to be read and mended with any editor.
 *
 * <p>{@link QuarantineFile} says what is in a file. Its name, {@code NAME.lines-N-HASH.bad}, tells how many lines it holds, so that the
 * file need not be read to know, and the hash of the spool file: the same content is set aside once, even if it is delivered again under
 * any name or read again after a crash. Files of earlier versions have no count in their names.
 */
@BindToRegistry("quarantine")
public final class Quarantine {
    /** Its name in the spool. */
    static final String FOLDER = "quarantine";
    /** How the reason begins for which a record is set aside. */
    static final String REFUSED = "the store refuses it: ";
    private static final String REPLAYED_FOLDER = "replayed";
    private static final String SUFFIX = ".bad";
    /** The end of a name; each part of it has few forms, so that even a long name that does not match is rejected at once. */
    private static final Pattern END = Pattern.compile("(?:\\.lines-(?<lines>\\d{1,18}))?-(?<hash>[0-9a-f]{32})\\.bad");
    /** The longest end; what stands before it is the spool file's name. */
    private static final int LONGEST_END = ".lines-".length() + 18 + 1 + 32 + SUFFIX.length();
    private static final String REPLAYED = "replayed-";
    private static final Pattern REPLAYED_NAME = Pattern.compile("(?s).*-" + REPLAYED + "[0-9a-f]{32}\\.jsonl");
    /** Passing over a longer line by its header takes less time than reading it. */
    private static final int LONG_LINE_BYTES = 1 << 16;

    private final Path dir;
    private final Path replayed;
    private final SpoolFile.Reading reading;
    private Map<String, String> names;

    /**
     * @param dir     on the spool's file system
     * @param reading tells what a record is
     */
    Quarantine(Path dir, SpoolFile.Reading reading) {
        this.dir = dir;
        this.replayed = dir.resolve(REPLAYED_FOLDER);
        this.reading = reading;
    }

    /** Creates the folders that are missing. */
    void create() throws IOException {
        Names.make(dir);
        try (OpenFolder folder = open()) {
            Names.make(replayed);
            folder.own(REPLAYED_FOLDER).close();
        }
    }

    private OpenFolder open() throws IOException {
        try (OpenFolder spool = OpenFolder.open(dir.getParent())) {
            return spool.own(dir.getFileName().toString());
        }
    }

    /**
     * Sets a chunk's bad lines aside, and counts the chunk. They count once {@link #publish} has run; until then a repeat overwrites them.
     *
     * @throws IOException if they cannot be written, or the chunk is not stored; a repeat is safe
     */
    public void append(Chunk chunk) throws IOException {
        SpoolFile file = chunk.file();
        chunk.settle();
        if (!chunk.badLines().isEmpty()) {
            try (FileChannel in = RegularFile.open(file.path());
                 OpenFolder folder = open();
                 FileChannel out = folder.open(part(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                out.truncate(file.quarantineBytes());
                out.position(file.quarantineBytes());
                OutputStream text = Channels.newOutputStream(out);
                for (Entry line : chunk.badLines()) {
                    text.write(QuarantineFile.header(file.hash(), line));
                    copy(in, line.offset(), line.length(), out);
                    text.write('\n');
                }
                file.quarantineBytes(out.position());
            }
        }
        chunk.complete();
    }

    /** The same for each of some files; one that fails stays in the spool. */
    public void append(SmallFiles files) {
        files.each(this::append);
    }

    /**
     * Notes that the store refuses the one record of a chunk, which becomes a bad line unless another store takes it.
     *
     * @throws StatementException if it is more than one, no store refuses it, or only because what it hangs on is not there
     */
    public void refuse(Chunk record, @ExchangeException RowRefusedException refusal) throws StatementException {
        if (refusal == null || !record.isRecord()) {
            throw new StatementException("only a record that a store refuses by itself is set aside: a step of routes/store.camel.yaml was changed");
        }
        refusal.requireParents();
        record.refuse(REFUSED + refusal.reason());
    }

    /**
     * Publishes a file's bad lines, all of which have been {@link #append appended}. If the same content was set aside
     * before, that file stays: it may be being mended.
     */
    public void publish(SpoolFile file) throws IOException {
        try (OpenFolder folder = open()) {
            publish(file, folder);
        }
    }

    /** The same for each of some files; one that fails stays in the spool. */
    public void publish(SmallFiles files) throws IOException {
        try (OpenFolder folder = open()) {
            files.each(chunk -> publish(chunk.file(), folder));
        }
    }

    private synchronized void publish(SpoolFile file, OpenFolder folder) throws IOException {
        Path part = part(file);
        Path target = dir.resolve(name(file.name(), file.badLines(), file.hash()));
        if (file.quarantineBytes() == 0 || isKnown(file, target)) {
            folder.deleteIfExists(part);
            file.published();
            return;
        }
        try (FileChannel written = folder.open(part, StandardOpenOption.WRITE)) {
            if (written.size() != file.quarantineBytes()) {
                throw new IOException("its bad lines are no longer all in " + part + ", where they were set aside: another process has changed it");
            }
            written.force(true);
        }
        folder.move(part, folder, target.getFileName());
        folder.force();
        names().put(file.hash(), target.getFileName().toString());
        file.published();
    }

    /** The quarantine files, in name order. */
    public List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : namesIn(dir)) {
            if (hashOf(name) != null) {
                files.add(dir.resolve(name));
            }
        }
        Collections.sort(files);
        return files;
    }

    /**
     * How much is in quarantine.
     *
     * @param files quarantine files
     * @param lines what they hold together
     */
    public record Count(long files, long lines) {
    }

    /** Counts in one pass over the names; only files without a count in their names are read. */
    public Count count() throws IOException {
        long files = 0;
        long lines = 0;
        for (String name : namesIn(dir)) {
            Matcher end = end(name);
            if (end != null) {
                files++;
                lines += lines(name, end);
            }
        }
        return new Count(files, lines);
    }

    /** How many lines a quarantine file holds: by its name, or else by reading it. */
    public long lines(Path file) throws IOException {
        String name = file.getFileName().toString();
        return lines(name, end(name));
    }

    private long lines(String name, Matcher end) throws IOException {
        if (end != null && end.group("lines") != null) {
            return Long.parseLong(end.group("lines"));
        }
        return linesIn(dir.resolve(name));
    }

    private long linesIn(Path file) throws IOException {
        long[] lines = {0};
        try {
            readEntries(file, entry -> ++lines[0] > 0);
        } catch (NoSuchFileException e) {
            // It was replayed meanwhile.
            return 0;
        }
        return lines[0];
    }

    /**
     * What stands above a line in a quarantine file.
     *
     * @param file   the spool file it came with
     * @param line   its number there, from 1; 0 if the header cannot be read
     * @param offset where it began there, in bytes
     * @param length its bytes, without LF
     * @param field  the field at fault, or null
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Entry(String file, long line, long offset, long length, String field, String reason) {
    }

    /**
     * Reads the headers of a quarantine file, passing over the lines themselves in bounded memory.
     *
     * @param entries says whether to go on
     */
    public void readEntries(Path file, Predicate<Entry> entries) throws IOException {
        QuarantineFile.walk(file, LONG_LINE_BYTES, (entry, text) -> entries.test(entry));
    }

    /** Is shown the lines of a quarantine file. */
    public interface Lines {
        /**
         * Says whether to go on.
         *
         * @param beginning of the line, as text; what is not UTF-8 in it is replaced
         */
        boolean line(Entry entry, String beginning);
    }

    /** Reads the headers of a quarantine file and of each line so many bytes at most, in bounded memory. */
    public void readBeginnings(Path file, int most, Lines lines) throws IOException {
        Beginnings beginnings = new Beginnings(most, lines);
        QuarantineFile.walk(file, LONG_LINE_BYTES, beginnings);
        beginnings.end();
    }

    /** Waits for the line below a header; there is none if somebody took it away. */
    private static final class Beginnings implements QuarantineFile.Visitor {
        private final int most;
        private final Lines lines;
        private Entry above;
        private boolean goesOn = true;

        Beginnings(int most, Lines lines) {
            this.most = most;
            this.lines = lines;
        }

        @Override
        public boolean header(Entry entry, byte[] text) {
            end();
            above = entry;
            return goesOn;
        }

        @Override
        public void line(FileChannel file, LineReader line) {
            say(new String(line.buffer(), line.start(), Math.min(most, line.contentLength()), StandardCharsets.UTF_8));
        }

        @Override
        public void passed(FileChannel file, long offset, long length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(most, length));
            while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) >= 0) {
                continue;
            }
            say(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8));
        }

        private void say(String beginning) {
            if (above != null && goesOn) {
                goesOn = lines.line(above, beginning);
            }
            above = null;
        }

        void end() {
            say("");
        }
    }

    /**
     * What a replay has done.
     *
     * @param mended      lines that wait in the spool
     * @param waiting     the file they wait in, or null if there is none
     * @param left        lines that are still not records and stay in quarantine
     * @param firstReason where the first of them stood and why it is not a record, or null
     * @param isChanged   whether the quarantine file is another one now, or gone
     */
    public record Replay(long mended, Path waiting, long left, String firstReason, boolean isChanged) {
    }

    /**
     * Gives those lines of a quarantine file that are records by now back to the spool. The others stay, below headers that tell where they
     * stood at first. What is given back is kept in {@code replayed/}.
     *
     * <p>A crash on the way leaves the file as it was. The lines that are in the spool already are then given to it again, which makes no
     * second record of them.
     */
    public Replay replay(Path file, Spool spool) throws IOException {
        create();
        String hash = hashOf(file);
        Mending found;
        try (Mending mending = new Mending(hash, reading)) {
            found = mending.walk(file);
        }
        if (found.mendedLines() + found.removedLines() == 0 && found.restLines() > 0) {
            return new Replay(0, null, found.restLines(), found.firstReason(), false);
        }
        Path rest = dir.resolve("." + hash + ".rest.part");
        try {
            Path[] waiting = {null};
            Mending[] done = {null};
            Spool.Content content = (target, out) -> done[0] = mend(file, target, out, rest);
            if (found.mendedLines() > 0) {
                waiting[0] = spool.publish(REPLAYED + hash, content).path();
            } else {
                content.writeTo(spool.target(REPLAYED + hash), OutputStream.nullOutputStream());
            }
            Path left = dir.resolve(name(nameOf(file), done[0].restLines(), hash));
            if (done[0].restLines() > 0) {
                Files.move(rest, left, StandardCopyOption.ATOMIC_MOVE);
            }
            if (done[0].restLines() == 0 || !left.equals(file)) {
                Files.deleteIfExists(file);
            }
            Durable.force(dir);
            return new Replay(done[0].mendedLines(), waiting[0], done[0].restLines(), done[0].firstReason(), true);
        } finally {
            Files.deleteIfExists(rest);
        }
    }

    /** Writes three files: what goes to the spool, the same with its headers to keep, and what stays. */
    private Mending mend(Path file, Path target, OutputStream records, Path rest) throws IOException {
        String hash = hashOf(file);
        Path kept = replayed.resolve(target.getFileName().toString().replace(Spool.EXTENSION, SUFFIX));
        Path keptPart = replayed.resolve("." + kept.getFileName() + ".part");
        try (FileChannel mended = create(keptPart);
             FileChannel stays = create(rest);
             Mending mending = new Mending(hash, reading, records, Channels.newOutputStream(mended), stays)) {
            mending.walk(file);
            mended.force(true);
            stays.force(true);
            Durable.rename(keptPart, kept);
            return mending;
        } finally {
            Files.deleteIfExists(keptPart);
        }
    }

    private static FileChannel create(Path path) throws IOException {
        Files.deleteIfExists(path);
        return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /**
     * Whether a file's bad lines are in quarantine, or were replayed. Bad lines of a file that itself came from a replay count only if they
     * were set aside from that very file: an earlier delivery may have brought the same content.
     */
    private boolean isKnown(SpoolFile file, Path target) throws IOException {
        if (REPLAYED_NAME.matcher(file.name()).matches()) {
            return Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        }
        if (isThere(names().get(file.hash()))) {
            return true;
        }
        if (names.containsKey(file.hash())) {
            // It was replayed in part, or deleted by hand.
            names = null;
            return names().containsKey(file.hash());
        }
        return false;
    }

    private boolean isThere(String name) {
        return name != null && (Files.exists(dir.resolve(name), LinkOption.NOFOLLOW_LINKS)
                || Files.exists(replayed.resolve(name), LinkOption.NOFOLLOW_LINKS));
    }

    /**
     * The names of everything that was ever set aside, by hash: a folder of many files is listed once and not for each file with bad lines.
     */
    private Map<String, String> names() throws IOException {
        if (names == null) {
            Map<String, String> found = new HashMap<>();
            for (Path folder : List.of(replayed, dir)) {
                for (String name : namesIn(folder)) {
                    String hash = hashOf(name);
                    if (hash != null) {
                        found.put(hash, name);
                    }
                }
            }
            names = found;
        }
        return names;
    }

    private List<String> namesIn(Path folder) throws IOException {
        try (OpenFolder quarantine = open(); OpenFolder mended = folder.equals(dir) ? null : quarantine.own(REPLAYED_FOLDER)) {
            return (mended == null ? quarantine : mended).names().stream().map(Path::toString).toList();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NoSuchFileException e) {
            // Nothing was ever set aside.
            return List.of();
        }
    }

    /** Where the lines of a spool file began that are in quarantine or were replayed, in bytes; of the file with this hash. */
    public Set<Long> everSetAside(String hash) throws IOException {
        Set<Long> offsets = new HashSet<>();
        // What is replayed meanwhile is kept before it goes.
        for (Path folder : List.of(dir, replayed)) {
            for (String name : namesIn(folder)) {
                if (hash.equals(hashOf(name))) {
                    try {
                        readEntries(folder.resolve(name), entry -> offsets.add(entry.offset()) || true);
                    } catch (NoSuchFileException e) {
                        // It was replayed just now.
                    }
                }
            }
        }
        return offsets;
    }

    /** The spool file's hash in the name of its quarantine file, or null if the name is not that of a quarantine file. */
    public static String hashOf(Path path) {
        return hashOf(path.getFileName().toString());
    }

    private static String hashOf(String name) {
        Matcher end = end(name);
        return end == null ? null : end.group("hash");
    }

    private static Matcher end(String name) {
        if (!name.endsWith(SUFFIX) || name.startsWith(".")) {
            return null;
        }
        Matcher end = END.matcher(name).region(Math.max(0, name.length() - LONGEST_END), name.length());
        while (end.find()) {
            if (end.end() == name.length()) {
                return end;
            }
        }
        return null;
    }

    private static String name(String name, long lines, String hash) {
        return Names.fitting("", name, ".lines-" + lines + "-" + hash + SUFFIX);
    }

    /** The spool file's name, taken from that of its quarantine file. */
    private static String nameOf(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, end(name).start());
    }

    private Path part(SpoolFile file) {
        return Path.of("." + file.hash() + ".part");
    }

    static void copy(FileChannel in, long offset, long length, FileChannel out) throws IOException {
        long copied = 0;
        while (copied < length) {
            long step = in.transferTo(offset + copied, length - copied, out);
            if (step <= 0) {
                throw new IOException("the file became shorter while it was read");
            }
            copied += step;
        }
    }
}
