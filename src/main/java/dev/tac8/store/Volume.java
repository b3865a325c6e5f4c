package dev.tac8.store;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The disk that a store lies on, known by a marker file with a UUID: a mount point without its disk has none, and yesterday's
 * backup disk has another.
 */
public final class Volume {
    /** The marker's name, at the top of a store's folder. */
    public static final String MARKER = ".tac8-volume";

    private final Path dir;
    private final Path memory;
    private final boolean marksItself;

    /**
     * @param dir    the store's folder
     * @param memory the file, on another disk, that remembers which volume is ours
     */
    public Volume(Path dir, Path memory) {
        this(dir, memory, false);
    }

    private Volume(Path dir, Path memory, boolean marksItself) {
        this.dir = dir;
        this.memory = memory;
        this.marksItself = marksItself;
    }

    /** A folder as the volume of the external or the local store, remembered in the spool, without which nothing works anyway. */
    public static Volume of(Settings settings, String store, Path dir) {
        return new Volume(dir, settings.path(Setting.SPOOL_DIR).resolve("." + store + "-volume"));
    }

    /** The same volume, but marked by the first check as long as none is ours. */
    public Volume markingItself() {
        return new Volume(dir, memory, true);
    }

    /**
     * Checks that our volume is there.
     *
     * @throws StoreException where it is not, in one sentence
     */
    public void check() throws StoreException {
        String ours = read(memory);
        find(ours == null ? takeFirst() : ours);
    }

    /**
     * Checks the same, and writes nothing: for whoever only looks.
     *
     * @throws StoreException where our volume is not there, in one sentence
     */
    public void look() throws StoreException {
        find(read(memory));
    }

    private String find(String ours) throws StoreException {
        String found = read(dir.resolve(MARKER));
        if (found == null) {
            throw new StoreException("no tac8 volume is mounted at " + dir + " (there is no " + MARKER
                    + "): mount it, or make one with ./tac8 volume init " + dir);
        }
        if (ours != null && !ours.equals(found)) {
            throw new StoreException("the volume at " + dir + " is another one (" + found + ", not " + ours
                    + "): mount the right one, or take this one with ./tac8 volume init " + dir);
        }
        return found;
    }

    /**
     * Writes the marker where there is none.
     *
     * @return the volume's UUID
     */
    public String mark() throws StoreException {
        String id = read(dir.resolve(MARKER));
        if (id != null) {
            return id;
        }
        String created = UUID.randomUUID().toString();
        try {
            write(dir.resolve(MARKER), created);
        } catch (IOException e) {
            throw new StoreException("cannot write " + dir.resolve(MARKER) + ": " + Reasons.of(e), e);
        }
        return created;
    }

    /** Makes the volume that is there ours; by one thread only, or two would mark it with two UUIDs. */
    private synchronized String takeFirst() throws StoreException {
        String ours = read(memory);
        if (ours != null) {
            return ours;
        }
        if (marksItself) {
            try {
                Files.createDirectories(dir);
            } catch (IOException e) {
                throw new StoreException("cannot make " + dir + ": " + Reasons.of(e), e);
            }
            mark();
        }
        String found = find(null);
        remember(found);
        return found;
    }

    /** Makes a volume ours: from now on only it is taken. */
    public void remember(String id) throws StoreException {
        try {
            Files.createDirectories(memory.getParent());
            write(memory, id);
        } catch (IOException e) {
            throw new StoreException("cannot remember the volume in " + memory + ": " + Reasons.of(e), e);
        }
    }

    /** Whether a volume is ours already. */
    public boolean isRemembered() {
        return Files.exists(memory);
    }

    private static void write(Path file, String id) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            out.write(ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.US_ASCII)));
            out.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String read(Path file) throws StoreException {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new StoreException("cannot read " + file + ": " + Reasons.of(e), e);
        }
    }
}
