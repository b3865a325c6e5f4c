package dev.tac8.ingest;

import dev.tac8.files.OpenFolder;
import dev.tac8.files.OwnFolder;
import dev.tac8.files.RegularFile;
import dev.tac8.files.UntrustedException;
import dev.tac8.store.Reasons;
import dev.tac8.text.NameTime;
import dev.tac8.text.Printable;
import dev.tac8.text.Sparingly;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The spool folder: coordinators rename their files into it, and a file stays there until all of it is stored.
 *
 * <p>{@code .NAME.part} is being written, {@code NAME.jsonl} waits, {@code done/} is acknowledged, {@code quarantine/} holds bad
 * lines. All of it is on one file system, so that every step is a rename.
 */
@BindToRegistry("spool")
public final class Spool implements GenericFileFilter<File> {
    private static final Logger LOG = LoggerFactory.getLogger("ingest-spool");
    static final String EXTENSION = ".jsonl";
    /** Why most files that stay are not read. */
    static final String ONLY = "only regular files named *" + EXTENSION + " are read";
    private static final String DONE = "done";
    /** As long as what a name in done/ begins with: the time, the content's hash and two hyphens. */
    private static final String DONE_HEAD = "-".repeat(53);
    private static final String LOCK = "lock";
    /** Where the lock was up to version 0.1, within the reach of other users. */
    private static final String FORMER_LOCK = ".lock";
    /**
     * Hashing a larger one, or setting a bad line of it aside, would hold its neighbours up for minutes, and a file of holes costs its
     * maker nothing.
     */
    private static final long MOST_FILE_BYTES = 4L << 30;
    private static final String TOO_LARGE = "it has more than " + (MOST_FILE_BYTES >> 30) + " GiB: split it (split -C 1G), or remove it";
    /** Larger files are walked by themselves, while reading keeps ahead. */
    private static final long SMALL_BYTES = 256 << 10;
    /** This many at most are stored together: more save nothing, and each is read again if tac8 is killed. */
    private static final int MOST_TOGETHER = 1000;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int LOCK_TRIES = 5;
    private static final long LOCK_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A file that failed by itself is not tried at each poll: its neighbours go first. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Those that this process holds. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path dir;
    private final OwnFolder own;
    private final Quarantine quarantine;
    private final SpoolFile.Reading reading;
    private final AtomicBoolean stopping;
    private final AtomicBoolean leaving;
    private final Map<String, Long> postponedUntilNanos = new ConcurrentHashMap<>();
    /** Files that could not be stored with others, and are tried by themselves. */
    private final Set<String> alone = ConcurrentHashMap.newKeySet();
    private final Sparingly sparingly = new Sparingly();
    private final SpoolLook look = new SpoolLook(this, Set.of(DONE, Quarantine.FOLDER));
    private final AtomicLong published = new AtomicLong();
    private Consumer<SpoolFile> onAcknowledged = file -> { };
    private BiConsumer<SpoolFile, IOException> onFailed = (file, failure) -> { };
    private volatile SpoolFile current;
    /** The file that was left in its midst. */
    private SpoolFile left;
    /** Which folder the spool was when it was taken. */
    private volatile Object taken;
    private String trouble;
    private long lookedNanos;
    private FileChannel lockChannel;

    Spool(Path dir, SpoolFile.Reading reading, AtomicBoolean stopping, AtomicBoolean leaving) {
        this.dir = dir;
        this.own = OwnFolder.of(dir);
        this.quarantine = new Quarantine(dir.resolve(Quarantine.FOLDER), reading);
        this.reading = reading;
        this.stopping = stopping;
        this.leaving = leaving;
    }

    public Path dir() {
        return dir;
    }

    public Quarantine quarantine() {
        return quarantine;
    }

    /**
     * Creates the folders that are missing.
     *
     * @throws UntrustedException if one of them is a link, or belongs to another user
     */
    public void create() throws IOException {
        Files.createDirectories(dir);
        own.create();
        makeFolders();
    }

    private void makeFolders() throws IOException {
        Names.make(dir.resolve(DONE));
        try (OpenFolder spool = OpenFolder.open(dir)) {
            spool.own(DONE).close();
        }
        quarantine.create();
    }

    /**
     * Takes the spool for this process, until it ends.
     *
     * @return 0, or the id of the process that holds it (-1 if it does not say)
     */
    public long lock() throws IOException {
        long former = formerHolder(true);
        if (former != 0) {
            return former;
        }
        // The file is never opened elsewhere in this process: closing any handle of it would drop the lock.
        lockChannel = own.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = tryLock();
        for (int i = 0; lock == null && i < LOCK_TRIES; i++) {
            // A process that only looks has the lock for an instant.
            LockSupport.parkNanos(LOCK_RETRY_NANOS);
            lock = tryLock();
        }
        if (lock == null) {
            long holder = readHolder(lockChannel);
            lockChannel.close();
            return holder;
        }
        HELD.add(dir);
        lockChannel.truncate(0);
        lockChannel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        try (OpenFolder spool = OpenFolder.open(dir)) {
            taken = spool.key();
        }
        return 0;
    }

    /**
     * Which process holds the spool the way version 0.1 did: tac8 must not be updated under a service that runs.
     *
     * @param ends whether that way of holding it ends here, and its file is removed
     */
    private long formerHolder(boolean ends) throws IOException {
        Path former = dir.resolve(FORMER_LOCK);
        if (!RegularFile.isOwn(former)) {
            return 0;
        }
        Set<StandardOpenOption> options = ends ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE) : Set.of(StandardOpenOption.READ);
        try (FileChannel channel = RegularFile.open(former, options)) {
            try (FileLock lock = channel.tryLock(0, Long.MAX_VALUE, !ends)) {
                if (lock == null) {
                    return readHolder(channel);
                }
            }
            if (ends) {
                Files.deleteIfExists(former);
            }
            return 0;
        }
    }

    /**
     * Which process holds the spool, without taking it.
     *
     * @return 0 if none does, or the id of the process (-1 if it does not say)
     */
    public long holder() throws IOException {
        if (HELD.contains(dir)) {
            // To look at the lock would lose it.
            return ProcessHandle.current().pid();
        }
        try (FileChannel channel = own.open(LOCK, StandardOpenOption.READ)) {
            try (FileLock lock = channel.tryLock(0, 1, true)) {
                if (lock == null) {
                    return readHolder(channel);
                }
            }
        } catch (NoSuchFileException e) {
            // No service of this version ever ran here.
        }
        return formerHolder(false);
    }

    /** Makes no further chunk begin: the file that is being read stays in the spool. */
    public void stopReading() {
        stopping.set(true);
    }

    /** Whether no further chunk may begin. */
    public boolean isStopping() {
        return stopping.get();
    }

    /**
     * Whether the file that is being read is left behind the chunk that is being stored, so that the route that reads it can be replaced. The next
     * one that opens the file goes on from there.
     */
    public void leave(boolean leaves) {
        leaving.set(leaves);
    }

    /** Gives the spool back. */
    public void unlock() throws IOException {
        if (left != null) {
            left.close();
        }
        look.close();
        if (taken != null) {
            HELD.remove(dir);
        }
        if (lockChannel != null) {
            lockChannel.close();
        }
    }

    private FileLock tryLock() throws IOException {
        try {
            return lockChannel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static long readHolder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(32);
        channel.read(pid, 0);
        try {
            return Long.parseLong(new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Is told of each file that is acknowledged. */
    public void onAcknowledged(Consumer<SpoolFile> listener) {
        onAcknowledged = listener;
    }

    /** Is told of each file that fails while others, which it was read with, go on. */
    public void onFailed(BiConsumer<SpoolFile, IOException> listener) {
        onFailed = listener;
    }

    /** The file that is being read, or null if none is, or several small ones are. */
    public SpoolFile current() {
        return current;
    }

    /** Which files the consumer takes: regular files named *.jsonl, not links, and only while they can be acknowledged. */
    @Override
    public boolean accept(GenericFile<File> candidate) {
        Path path = candidate.getFile().toPath();
        return isSpoolFile(path) && !isPostponed(path.getFileName().toString());
    }

    /** When the consumer lists the spool. */
    public SpoolLook look() {
        return look;
    }

    /** Whether a file failed by itself a moment ago, so that its neighbours go first. */
    boolean isPostponed(String name) {
        Long until = postponedUntilNanos.get(name);
        return until != null && System.nanoTime() - until < 0;
    }

    /** The files that wait, including the one that is being read. */
    public List<Path> waiting() throws IOException {
        if (!Files.isDirectory(dir)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(dir)) {
            return paths.filter(path -> !path.getFileName().toString().startsWith(".") && isSpoolFile(path)).toList();
        }
    }

    /** What is named as a file of the spool, without asking the disk about each. */
    public List<Path> named() throws IOException {
        try (Stream<Path> paths = Files.list(dir)) {
            return paths.filter(path -> !path.getFileName().toString().startsWith(".") && isNamedAsSpoolFile(path.getFileName().toString())).toList();
        }
    }

    static boolean isSpoolFile(Path path) {
        return whyUnread(path) == null;
    }

    static boolean isNamedAsSpoolFile(String name) {
        return name.endsWith(EXTENSION);
    }

    /** Why a file is not read, in words that follow its name; null if it is. */
    static String whyUnread(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!isNamedAsSpoolFile(path.getFileName().toString()) || !attributes.isRegularFile()) {
                return ONLY;
            }
            // Camel knows names as text only, and so would never find the file.
            if (!RegularFile.isText(path)) {
                return "a name must be valid UTF-8, and this one is not: rename it";
            }
            if (attributes.size() > MOST_FILE_BYTES) {
                return TOO_LARGE;
            }
            return RegularFile.mayBeAnothersName(path) ? "it has more than one name, so it may be a file that is no coordinator's: put a copy in"
                    + " its place" : null;
        } catch (IOException e) {
            return Reasons.of(e);
        }
    }

    /**
     * Whether files can be acknowledged once they are read; if not, says why, once a minute. Nothing is read meanwhile: it would be stored
     * again and again.
     */
    public synchronized boolean isReady() {
        long now = System.nanoTime();
        if (lookedNanos == 0 || now - lookedNanos > LOOK_NANOS) {
            String found = trouble();
            if (found != null) {
                sparingly.say(LOG, Level.ERROR, found, found + ". Nothing is read, and the spool keeps everything, until that is mended; it goes"
                        + " on by itself");
            } else if (found == null && trouble != null) {
                LOG.info("the spool {} can be read again", dir);
            }
            trouble = found;
            lookedNanos = now;
        }
        return trouble == null;
    }

    /** Why nothing was read when it was last looked at, a sentence; or null. */
    public synchronized String standstill() {
        return trouble;
    }

    /** Whether the spool is still the folder that was taken. */
    public boolean isTaken() {
        try (OpenFolder spool = OpenFolder.open(dir)) {
            checkTaken(spool);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String trouble() {
        try (OpenFolder spool = OpenFolder.open(dir)) {
            checkTaken(spool);
            makeFolders();
            for (String name : List.of(DONE, Quarantine.FOLDER)) {
                if (!Files.isWritable(dir.resolve(name))) {
                    return dir.resolve(name) + " may not be written by tac8: give it back the rights (chown, chmod), or see why its disk takes"
                            + " nothing";
                }
                if (!Files.getAttribute(dir.resolve(name), "unix:dev").equals(Files.getAttribute(dir, "unix:dev"))) {
                    return dir.resolve(name) + " is on another disk than " + dir + ", so no file can be renamed into it: make it a plain folder"
                            + " of the spool";
                }
            }
            return null;
        } catch (NoSuchFileException e) {
            return "the spool " + dir + " is not there any more: put it back, or restart tac8 to have it made anew";
        } catch (IOException e) {
            return Reasons.of(e);
        }
    }

    private void checkTaken(OpenFolder spool) throws IOException {
        if (taken != null && !taken.equals(spool.key())) {
            throw new IOException("the spool " + dir + " is another folder than when tac8 started, as if it had been renamed or a disk were"
                    + " mounted over it: put the former one back, or restart tac8 to use this one");
        }
    }

    /**
     * Opens a file for the route, and with a small one those that wait behind it. What is opened is closed when the exchange is done, however
     * that ends.
     *
     * @return a {@link SpoolFile}, or {@link SmallFiles}
     */
    public Iterable<?> open(GenericFile<File> file, Exchange exchange) throws IOException {
        if (!isReady()) {
            // It has changed since the spool was listed.
            throw new IOException(trouble);
        }
        Path first = file.getFile().toPath();
        // If a poll takes more files than one, each of them comes by itself.
        boolean isOnly = exchange.getProperty(Exchange.BATCH_SIZE, 1, Integer.class) == 1;
        List<Chunk> together = isOnly && !reading.stopping().getAsBoolean() ? together(first) : List.of();
        if (together.size() > 1) {
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onFailure(Exchange done) {
                    together.forEach(one -> alone.add(one.file().name()));
                }
            });
            return new SmallFiles(together, this::failed);
        }
        SpoolFile opened = leftOr(first);
        current = opened;
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                current = null;
                if (opened.isLeft()) {
                    left = opened;
                } else {
                    opened.close();
                }
            }
        });
        return opened;
    }

    private SpoolFile leftOr(Path path) throws IOException {
        SpoolFile file = left;
        left = null;
        if (file != null) {
            if (file.path().equals(path) && !file.hasChanged(path)) {
                return file;
            }
            file.close();
        }
        return accepted(path);
    }

    /** A file and those behind it, in name order, which are small enough to be stored together; fewer than two if it is not. */
    private List<Chunk> together(Path first) throws IOException {
        List<Chunk> together = new ArrayList<>();
        Set<String> hashes = new HashSet<>();
        long bytes = 0;
        long records = 0;
        List<Path> waiting = waitingFrom(first);
        // One alone is read once, by itself.
        for (Path path : waiting.size() > 1 ? waiting : List.<Path>of()) {
            try {
                SpoolFile file = accepted(path);
                if (file.size() > SMALL_BYTES) {
                    break;
                }
                bytes += file.size();
                Chunk whole = bytes > reading.maxChunkBytes() ? null : file.whole();
                records += whole == null ? 0 : whole.size() + whole.badLines().size();
                // Bad lines of the same content are set aside once, and by one file at a time.
                if (whole == null || records > reading.maxRecords() || !hashes.add(file.hash())) {
                    break;
                }
                together.add(whole);
            } catch (IOException e) {
                // Its own turn tells why.
                LOG.debug("{} is not read with others", path, e);
                break;
            }
        }
        return together;
    }

    private List<Path> waitingFrom(Path first) throws IOException {
        String firstName = first.getFileName().toString();
        if (alone.contains(firstName) || Files.size(first) > SMALL_BYTES) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(dir)) {
            return paths.map(path -> path.getFileName().toString()).filter(name -> name.compareTo(firstName) >= 0 && !name.startsWith(".")
                    && isNamedAsSpoolFile(name) && !alone.contains(name) && !isPostponed(name)).sorted().map(dir::resolve).filter(Spool::isSpoolFile).limit(MOST_TOGETHER).toList();
        }
    }

    /** Looks once more at a file that was accepted: another may have taken its place. */
    private SpoolFile accepted(Path path) throws IOException {
        SpoolFile file = read(path);
        if (file.size() > MOST_FILE_BYTES) {
            throw new IOException(TOO_LARGE);
        }
        return file;
    }

    private void failed(SpoolFile file, IOException failure) {
        alone.add(file.name());
        postpone(file.name());
        onFailed.accept(file, failure);
    }

    /** Opens any file of records, in the spool or not. */
    public SpoolFile read(Path path) throws IOException {
        return new SpoolFile(path, reading);
    }

    /**
     * Acknowledges a file: all of it is stored or set aside, and it moves to {@code done/}. The new name carries time and
     * content hash, so that no file replaces another.
     *
     * @throws IOException if any part of it is not stored, even if the route says that it is, or it cannot move; it then stays in the spool
     */
    public void acknowledge(SpoolFile file) throws IOException {
        try (OpenFolder spool = OpenFolder.open(dir); OpenFolder acknowledged = spool.own(DONE)) {
            checkTaken(spool);
            acknowledge(file, spool, acknowledged);
        }
    }

    /** Acknowledges each of some files; one that fails stays in the spool. */
    public void acknowledge(SmallFiles files) throws IOException {
        try (OpenFolder spool = OpenFolder.open(dir); OpenFolder acknowledged = spool.own(DONE)) {
            checkTaken(spool);
            files.each(file -> acknowledge(file.file(), spool, acknowledged));
        }
    }

    private void acknowledge(SpoolFile file, OpenFolder spool, OpenFolder acknowledged) throws IOException {
        file.requireWhole();
        if (file.hasChanged(file.path())) {
            throw changed();
        }
        file.close();
        Path target;
        do {
            target = Path.of(doneName(NameTime.of(Instant.now()) + "-" + file.hash() + "-", file.name()));
            // Long names with the same beginning may be cut to the same, within one millisecond.
        } while (acknowledged.has(target));
        spool.move(file.path().getFileName(), acknowledged, target);
        if (file.hasChanged(acknowledged.attributes(target))) {
            // Another file of that name was put in its place at the last moment, and it has not been read.
            acknowledged.move(target, spool, Path.of(unique(file.name())));
            throw changed();
        }
        alone.remove(file.name());
        postponedUntilNanos.remove(file.name());
        if (file.badLines() > 0) {
            sparingly.warn(LOG, "{}: {} of its lines went to quarantine; ./tac8 quarantine list says why", Printable.of(file.name()), file.badLines());
        }
        LOG.debug("{} is stored: {} in {} s", Printable.of(file.name()), file.counts(), file.seconds());
        onAcknowledged.accept(file);
    }

    private static String doneName(String head, String name) {
        return Names.fitting(head, stem(name), EXTENSION);
    }

    /**
     * Which of some files that were dropped into the spool are not acknowledged: they wait still, or somebody has moved them away.
     *
     * @throws IOException if done/ cannot be looked into
     */
    public List<Path> unacknowledged(Collection<Path> files) throws IOException {
        try (OpenFolder spool = OpenFolder.open(dir); OpenFolder acknowledged = spool.own(DONE)) {
            Set<String> tails = acknowledged.names().stream().map(Path::toString).filter(name -> name.length() > DONE_HEAD.length())
                    .map(name -> name.substring(DONE_HEAD.length())).collect(Collectors.toSet());
            return files.stream().filter(file -> !tails.contains(doneName(DONE_HEAD, file.getFileName().toString())
                    .substring(DONE_HEAD.length()))).toList();
        }
    }

    private static IOException changed() {
        return new IOException("the file changed while it was read: a writer must rename it into the spool when it is complete, and by"
                + " a name of its own. It is read again");
    }

    /** Makes a file that failed by itself wait, so that its neighbours go on. */
    public void postpone(Exchange exchange) {
        postpone(exchange.getProperty(Exchange.FILE_EXCHANGE_FILE, GenericFile.class).getFileNameOnly());
    }

    private void postpone(String name) {
        postponedUntilNanos.put(name, System.nanoTime() + RETRY_AFTER.toNanos());
    }

    /** Writes what a spool file holds. */
    public interface Content {
        /** @param target where the file will wait */
        void writeTo(Path target, OutputStream out) throws IOException;
    }

    /** A file that was dropped: where it waits, unless it is stored already, and its size. */
    public record Dropped(Path path, long bytes) {
    }

    /** Drops a file into the spool by the contract: written as {@code .tac8-NAME.part} under a lock, forced to disk, renamed. */
    public Dropped publish(String name, Content content) throws IOException {
        while (true) {
            Path target = target(name);
            try (OwnPart part = OwnPart.create(target)) {
                if (part != null) {
                    content.writeTo(target, part.out());
                    return new Dropped(target, part.publish());
                }
            }
        }
    }

    /** Drops a copy of a file into the spool. */
    public Dropped publish(Path file) throws IOException {
        return publish(file.getFileName().toString(), (target, out) -> {
            try (InputStream in = Files.newInputStream(file)) {
                in.transferTo(out);
            }
        });
    }

    /** Where a file of that name would wait, under a name that is still free. */
    Path target(String name) {
        return dir.resolve(unique(name));
    }

    private String unique(String name) {
        return Names.fitting(NameTime.of(Instant.now()) + "-" + ProcessHandle.current().pid() + "-" + published.incrementAndGet() + "-", stem(name), EXTENSION);
    }

    private static String stem(String name) {
        String stem = name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
        return stem.startsWith(".") ? "_" + stem : stem;
    }
}
