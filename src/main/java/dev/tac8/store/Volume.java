package dev.tac8.store;

import dev.tac8.files.Durable;
import dev.tac8.files.OwnFolder;
import dev.tac8.files.RegularFile;
import dev.tac8.files.UntrustedException;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The disk that a store lies on, known by a marker file with a UUID: a mount point without its disk has none, and yesterday's
 * backup disk has another.
 */
public final class Volume {
    /** The marker's name, at the top of a store's folder. */
    public static final String MARKER = ".tac8-volume";
    private static final String DATABASE = "logs.db";

    private static final int MARK_CHARACTERS = 36;
    private static final Pattern MARK = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    /** The memory's note behind the mark: its database holds rows, so if it is missing it is gone. */
    private static final String IN_USE = " in-use";
    /** The memory's note instead of a mark: none was ever seen, and the first one that comes is taken. */
    private static final String NONE = "none";

    private final Path dir;
    private final OwnFolder folder;
    private final String name;
    private final Path formerMemory;
    private final boolean marksItself;
    private final boolean isReplica;
    private volatile boolean forgotten;
    /** The memory as last read: the spool may go away while a service runs, and what the memory said stays true. */
    private volatile Memory last;

    /** What is remembered of a volume; the mark is null if no volume is ours yet. */
    private record Memory(String mark, boolean isInUse) {
    }

    /**
     * @param dir    the store's folder
     * @param memory the file, on another disk, that remembers which volume is ours
     */
    public Volume(Path dir, Path memory) {
        this(dir, new OwnFolder(memory.getParent()), memory.getFileName().toString(), null, false, false);
    }

    private Volume(Path dir, OwnFolder folder, String name, Path formerMemory, boolean marksItself, boolean isReplica) {
        this.dir = dir;
        this.folder = folder;
        this.name = name;
        this.formerMemory = formerMemory;
        this.marksItself = marksItself;
        this.isReplica = isReplica;
    }

    /** A folder as the volume of the external or the local store. The memory is in the spool, without which nothing works anyway. */
    public static Volume of(Settings settings, String store, Path dir) {
        Path spool = settings.path(Setting.SPOOL_DIR);
        // Up to version 0.1 others could write there.
        return new Volume(dir, OwnFolder.of(spool), store + "-volume", spool.resolve("." + store + "-volume"), false,
                store.equals("external") && settings.isPostgresql());
    }

    /** The same volume, but the first check marks it if no volume is ours yet. */
    public Volume markingItself() {
        return new Volume(dir, folder, name, formerMemory, true, isReplica);
    }

    /**
     * Says at the start of a service what it means if no volume is remembered.
     *
     * @param wasUsed whether a service ran here before; then the memory is lost, and no volume is taken for ours just because it is there
     */
    public void begin(boolean wasUsed) throws StoreException {
        if (memory() == null) {
            forgotten = wasUsed;
            if (!wasUsed) {
                write(NONE);
                memory();
            }
        }
    }

    /**
     * Checks that our volume is there, with its database if that holds rows.
     *
     * @throws StoreException if it is not, in one sentence
     */
    public void check() throws StoreException {
        Memory ours = memory();
        ours = ours == null ? last : ours;
        ours = ours == null || ours.mark() == null ? takeFirst() : ours;
        find(ours);
        findDatabase(ours);
    }

    /**
     * Checks that our volume is there, and writes nothing: for a caller that only looks.
     *
     * @throws StoreException if it is not, in one sentence
     */
    public void look() throws StoreException {
        find(memoryOrNothing());
    }

    /**
     * Checks the same, and that its database is there if it held rows.
     *
     * @throws StoreException if one of them is not, in one sentence
     */
    public void lookForDatabase() throws StoreException {
        Memory ours = memoryOrNothing();
        find(ours);
        findDatabase(ours);
    }

    private Memory memoryOrNothing() throws StoreException {
        Memory ours = memory();
        return ours == null ? new Memory(null, false) : ours;
    }

    private String find(Memory ours) throws StoreException {
        String found = readMark(dir.resolve(MARKER));
        if (found == null) {
            throw new StoreException("no tac8 volume is mounted at " + dir + " (there is no " + MARKER
                    + "): mount it, or make one with ./tac8 volume init " + dir);
        }
        if (ours.mark() != null && !ours.mark().equals(found)) {
            throw new StoreException("the volume at " + dir + " is another one (" + found + ", not " + ours.mark()
                    + "): mount the right one, or take this one with ./tac8 volume init " + dir);
        }
        return found;
    }

    private void findDatabase(Memory ours) throws StoreException {
        if (ours.isInUse() && Files.notExists(dir.resolve(DATABASE), LinkOption.NOFOLLOW_LINKS)) {
            throw new StoreException("the database " + dir.resolve(DATABASE) + " is gone, and nothing is begun in its place: "
                    + remedy() + (isReplica ? "" : ", or begin an empty one with ./tac8 volume init --empty " + dir));
        }
    }

    /** Whether the database is only what was read of PostgreSQL. */
    public boolean isReplica() {
        return isReplica;
    }

    /** What to do if its database is gone or is none, as the end of a sentence. */
    public String remedy() {
        return isReplica ? "it is only a replica, so move away what is left of it and begin an empty one with ./tac8 volume init --empty " + dir + ", which ./tac8 run or ./tac8 replica fills"
                + " again by itself" : "put it back, from a backup or by ./tac8 rebuild";
    }

    /**
     * Writes the marker if there is none.
     *
     * @return the volume's UUID
     */
    public String mark() throws StoreException {
        String id = readMark(dir.resolve(MARKER));
        if (id != null) {
            return id;
        }
        String created = UUID.randomUUID().toString();
        try {
            writeMark(dir.resolve(MARKER), created);
        } catch (IOException e) {
            throw new StoreException("cannot write " + dir.resolve(MARKER) + ": " + Reasons.of(e), e);
        }
        return created;
    }

    /** Makes the volume that is there ours; on one thread at a time, or two would mark it with two UUIDs. */
    private synchronized Memory takeFirst() throws StoreException {
        Memory ours = memory();
        if (ours != null && ours.mark() != null) {
            return ours;
        }
        if (forgotten) {
            throw new StoreException("nothing says any more which volume at " + dir + " is ours, as " + folder.path().resolve(name)
                    + " is gone: if it is the one that is there now, take it with ./tac8 volume init " + dir);
        }
        if (marksItself) {
            try {
                Files.createDirectories(dir);
            } catch (IOException e) {
                throw new StoreException("cannot make " + dir + ": " + Reasons.of(e, dir), e);
            }
            mark();
        }
        String found = find(new Memory(null, false));
        remember(found);
        return new Memory(found, false);
    }

    /** Makes a volume ours: from now on no other is taken. */
    public void remember(String id) throws StoreException {
        Memory ours = memory();
        write(id + (ours != null && ours.isInUse() && id.equals(ours.mark()) ? IN_USE : ""));
    }

    /** Remembers that the database on the volume holds rows: from now on no new one is begun in its place automatically. */
    void rememberUse() throws StoreException {
        Memory ours = memory();
        if (ours != null && ours.mark() != null && !ours.isInUse()) {
            write(ours.mark() + IN_USE);
        }
    }

    /** Forgets that, because the database no longer holds rows, or the operator wants an empty one begun. */
    public void forgetUse() throws StoreException {
        Memory ours = memory();
        if (ours != null && ours.isInUse()) {
            write(ours.mark());
        }
    }

    /** Whether a volume is ours already. */
    public boolean isRemembered() throws StoreException {
        Memory ours = memory();
        return ours != null && ours.mark() != null;
    }

    /** Whether the folder was used as a volume, ours or not: a database that was only put there has no mark beside it. */
    public boolean isMarkedWithDatabase() {
        return Files.exists(dir.resolve(MARKER), LinkOption.NOFOLLOW_LINKS) && Files.exists(dir.resolve(DATABASE), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether there is a memory at all, even an empty one. */
    public boolean isKnown() throws StoreException {
        return memory() != null;
    }

    /** Whether the database on the volume that is ours holds rows. */
    boolean isInUse() throws StoreException {
        return memoryOrNothing().isInUse();
    }

    private Memory memory() throws StoreException {
        Memory found = read();
        last = found == null ? last : found;
        return found;
    }

    private Memory read() throws StoreException {
        Path file = folder.path().resolve(name);
        try {
            String said = folder.read(name, MARK_CHARACTERS + IN_USE.length() + 2);
            if (said != null) {
                String mark = said.strip().replace(IN_USE, "");
                if (mark.equals(NONE)) {
                    return new Memory(null, false);
                }
                checkMark(mark, file);
                return new Memory(mark, said.contains(IN_USE));
            }
            String former = formerMemory != null && RegularFile.isOwn(formerMemory) ? readMark(formerMemory) : null;
            return former == null ? null : new Memory(former, false);
        } catch (AccessDeniedException e) {
            // A reader of the stores need not know.
            return null;
        } catch (UntrustedException e) {
            throw new StoreException(e.getMessage(), e);
        } catch (IOException e) {
            throw new StoreException("cannot read " + file + ": " + Reasons.of(e, file), e);
        }
    }

    private void write(String said) throws StoreException {
        try {
            // Writing the memory must not create anew a spool that went away.
            if (last == null || Files.isDirectory(folder.path().getParent())) {
                folder.create();
            }
            folder.writeDurably(name, said + "\n");
            if (formerMemory != null && RegularFile.isOwn(formerMemory)) {
                Files.deleteIfExists(formerMemory);
            }
        } catch (IOException e) {
            throw new StoreException(e instanceof UntrustedException ? e.getMessage()
                    : "cannot remember the volume in " + folder.path().resolve(name) + ": " + Reasons.of(e), e);
        }
    }

    private static void writeMark(Path file, String id) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        // The path may hold a link to anything.
        Files.deleteIfExists(part);
        Files.writeString(part, id + "\n", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Durable.force(part);
        Durable.rename(part, file);
    }

    /** The mark in a file, which anyone may have written; null if there is no file. */
    private static String readMark(Path file) throws StoreException {
        try {
            if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isRegularFile()) {
                throw new StoreException(file + " is no regular file, so it marks no volume: remove it, and see who put it there");
            }
            String mark;
            try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
                mark = new String(in.readNBytes(MARK_CHARACTERS + 2), StandardCharsets.ISO_8859_1).strip();
            }
            checkMark(mark, file);
            return mark;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new StoreException("cannot read " + file + ": " + Reasons.of(e, file), e);
        }
    }

    /** A text that is not a mark is not shown either: it may be anything. */
    private static void checkMark(String mark, Path file) throws StoreException {
        if (!MARK.matcher(mark).matches()) {
            throw new StoreException(file + " is no mark of a tac8 volume, which is a UUID and nothing else: put the right one back, or, where"
                    + " this is the right disk, remove the file and run ./tac8 volume init");
        }
    }
}
