package dev.tac8.ingest;

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
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileFilter;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spool folder: where coordinators rename their files to, and where a file stays until all of it is stored.
 *
 * <p>{@code .NAME.part} is being written, {@code NAME.jsonl} waits, {@code done/} is acknowledged, {@code quarantine/} holds bad
 * lines. All of it is on one file system, so that every step is a rename.
 */
public final class Spool implements GenericFileFilter<File> {
    private static final Logger LOG = LoggerFactory.getLogger("ingest-spool");
    private static final DateTimeFormatter NAME_TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'");
    static final String EXTENSION = ".jsonl";
    private static final String DONE = "done";
    private static final String QUARANTINE = "quarantine";
    private static final String LOCK = ".lock";
    private static final int LOCK_TRIES = 5;
    private static final long LOCK_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A file that failed by itself is not tried at each poll: its neighbours go first. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Path dir;
    private final Path done;
    private final Quarantine quarantine;
    private final SpoolFile.Reading reading;
    private final Runnable stop;
    private final Map<String, Long> postponedUntilNanos = new ConcurrentHashMap<>();
    private final Sparingly sparingly = new Sparingly();
    private final SpoolLook look = new SpoolLook(this, Set.of(DONE, QUARANTINE));
    private final AtomicLong published = new AtomicLong();
    private Consumer<SpoolFile> onAcknowledged = file -> { };
    private volatile SpoolFile current;
    private FileChannel lockChannel;

    Spool(Path dir, SpoolFile.Reading reading, Runnable stop) {
        this.dir = dir;
        this.done = dir.resolve(DONE);
        this.quarantine = new Quarantine(dir.resolve(QUARANTINE), reading);
        this.reading = reading;
        this.stop = stop;
    }

    public Path dir() {
        return dir;
    }

    public Quarantine quarantine() {
        return quarantine;
    }

    /** Creates the folders where they are missing. */
    public void create() throws IOException {
        Files.createDirectories(done);
        quarantine.create();
    }

    /**
     * Takes the spool for this process, until it ends.
     *
     * @return 0, or the id of the process that holds it (-1 where it does not say)
     */
    public long lock() throws IOException {
        // Never opened elsewhere in this process: closing any handle of the file would drop the lock.
        lockChannel = FileChannel.open(dir.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock lock = tryLock();
        for (int i = 0; lock == null && i < LOCK_TRIES; i++) {
            // Somebody who only looks has it for an instant.
            LockSupport.parkNanos(LOCK_RETRY_NANOS);
            lock = tryLock();
        }
        if (lock == null) {
            long holder = readHolder(lockChannel);
            lockChannel.close();
            return holder;
        }
        lockChannel.truncate(0);
        lockChannel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        return 0;
    }

    /**
     * Who holds the spool, without taking it. Not to be asked by a process that holds it itself: it would lose it.
     *
     * @return 0 where nobody does, or the id of the process (-1 where it does not say)
     */
    public long holder() throws IOException {
        try (FileChannel channel = FileChannel.open(dir.resolve(LOCK), StandardOpenOption.READ)) {
            try (FileLock lock = channel.tryLock(0, 1, true)) {
                return lock == null ? readHolder(channel) : 0;
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** Begins no further chunk: the file that is being read stays in the spool. */
    public void stopReading() {
        stop.run();
    }

    /** Whether no further chunk shall be begun. */
    public boolean isStopping() {
        return reading.stopping().getAsBoolean();
    }

    /** Gives the spool back. */
    public void unlock() throws IOException {
        look.close();
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

    /** Who is told of each file that is acknowledged. */
    public void onAcknowledged(Consumer<SpoolFile> listener) {
        onAcknowledged = listener;
    }

    /** The file that is being read, or null. */
    public SpoolFile current() {
        return current;
    }

    /** Which files the consumer takes: regular ones named *.jsonl, and none of them by a link. */
    @Override
    public boolean accept(GenericFile<File> candidate) {
        if (candidate.isDirectory()) {
            return false;
        }
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

    /** The files that wait, the one that is being read included. */
    public List<Path> waiting() throws IOException {
        if (!Files.isDirectory(dir)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(dir)) {
            return paths.filter(path -> !path.getFileName().toString().startsWith(".") && isSpoolFile(path)).toList();
        }
    }

    static boolean isSpoolFile(Path path) {
        return isNamedAsSpoolFile(path.getFileName().toString()) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    static boolean isNamedAsSpoolFile(String name) {
        return name.endsWith(EXTENSION);
    }

    /** Opens a file for the route. It is closed when the exchange is done, however that ends. */
    public SpoolFile open(GenericFile<File> file, Exchange exchange) throws IOException {
        SpoolFile opened = read(file.getFile().toPath());
        current = opened;
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                opened.close();
                current = null;
            }
        });
        return opened;
    }

    /** Opens any file of records, in the spool or not. */
    public SpoolFile read(Path path) throws IOException {
        return new SpoolFile(path, reading);
    }

    /**
     * Acknowledges a file: all of it is stored or set aside, and it moves to {@code done/}. The new name carries time and
     * content hash, so that no file replaces another.
     *
     * @throws IOException if anything of it is missing, whatever the route says, or it cannot move; it stays in the spool then
     */
    public void acknowledge(SpoolFile file) throws IOException {
        file.requireWhole();
        if (file.hasChanged(file.path())) {
            throw changed();
        }
        file.close();
        Path target = done.resolve(Names.fitting(time() + "-" + file.hash() + "-", stem(file.name()), EXTENSION));
        Files.move(file.path(), target, StandardCopyOption.ATOMIC_MOVE);
        if (file.hasChanged(target)) {
            // Somebody has put another file of that name in its place at the last moment, and this one nobody has read.
            Files.move(target, dir.resolve(unique(file.name())), StandardCopyOption.ATOMIC_MOVE);
            throw changed();
        }
        postponedUntilNanos.remove(file.name());
        if (file.badLines() > 0) {
            sparingly.warn(LOG, "{}: {} of its lines went to quarantine; ./tac8 quarantine list says why", printable(file.name()), file.badLines());
        }
        LOG.debug("{} is stored: {} in {} s", printable(file.name()), file.counts(), file.seconds());
        onAcknowledged.accept(file);
    }

    private static IOException changed() {
        return new IOException("the file changed while it was read: a writer must rename it into the spool when it is complete, and by"
                + " a name of its own. It is read again");
    }

    /** Lets a file that failed by itself wait, so that its neighbours go on. */
    public void postpone(Exchange exchange) {
        GenericFile<?> file = exchange.getProperty(Exchange.FILE_EXCHANGE_FILE, GenericFile.class);
        postponedUntilNanos.put(file.getFileNameOnly(), System.nanoTime() + RETRY_AFTER.toNanos());
    }

    /** Writes what a spool file holds. */
    public interface Content {
        /** @param target where the file will wait */
        void writeTo(Path target, OutputStream out) throws IOException;
    }

    /**
     * Drops a file into the spool by the contract: written as {@code .NAME.part} under a lock, forced to disk, renamed.
     *
     * @return where it waits
     */
    public Path publish(String name, Content content) throws IOException {
        Path target = target(name);
        Path part = dir.resolve(Names.fitting(".", target.getFileName().toString(), ".part"));
        try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
             FileLock held = out.lock()) {
            content.writeTo(target, Channels.newOutputStream(out));
            out.force(true);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Names.force(dir);
        return target;
    }

    /** Drops a copy of a file into the spool. */
    public Path publish(Path file) throws IOException {
        return publish(file.getFileName().toString(), (target, out) -> {
            try (InputStream in = Files.newInputStream(file)) {
                in.transferTo(out);
            }
        });
    }

    /** Where a file of that name would wait, by a name of its own. */
    Path target(String name) {
        return dir.resolve(unique(name));
    }

    private String unique(String name) {
        return Names.fitting(time() + "-" + ProcessHandle.current().pid() + "-" + published.incrementAndGet() + "-", stem(name), EXTENSION);
    }

    private static String stem(String name) {
        String stem = name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
        return stem.startsWith(".") ? "_" + stem : stem;
    }

    private static String time() {
        return NAME_TIME.format(LocalDateTime.now(ZoneOffset.UTC));
    }

    /** A file's name may hold anything; a log line must not. */
    public static String printable(String name) {
        return Printable.of(name);
    }
}
