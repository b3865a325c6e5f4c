package dev.tac8.client;

import dev.tac8.files.Durable;
import dev.tac8.text.NameTime;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * A file of the spool that a logger is writing: hidden, and locked for as long as it is open.
 *
 * <p>It is written without a channel: an interrupt of the caller's thread would close that, and release the lock.
 */
final class Part implements Closeable {
    /** Only files with this name may be published by a process other than their writer: the name says that a lock guards them. */
    static final Pattern FILE = Pattern.compile("\\.(\\d{8}T\\d{9}Z-logger-[A-Za-z0-9-]+)\\.part");
    static final String EXTENSION = ".jsonl";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AtomicLong MADE = new AtomicLong();
    /** The parts of this process: opening and closing such a file would drop its lock. */
    private static final Set<String> OPEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final RandomAccessFile file;
    private long size;
    private boolean torn;

    private Part(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    static Part create(Path spool) throws IOException {
        Files.createDirectories(spool);
        while (true) {
            // Without a locale: in some, digits are other characters, and the file would not be recognized as a logger's.
            Path path = spool.resolve("." + String.format(Locale.ROOT, "%s-logger-%d-%08x-%06d",
                    NameTime.of(Instant.now()), ProcessHandle.current().pid(), RANDOM.nextInt(),
                    MADE.incrementAndGet()) + ".part");
            OPEN.add(name(path));
            Part part = null;
            try {
                Files.createFile(path);
                Object key = key(path);
                part = new Part(path, new RandomAccessFile(path.toFile(), "rw"));
                FileLock lock = part.file.getChannel().tryLock();
                // A process that looks for abandoned parts may have come between the two steps; then the file is theirs.
                if (lock != null && key != null && key.equals(key(path))) {
                    return part;
                }
                part.close();
            } catch (IOException e) {
                if (part != null) {
                    part.close();
                }
                OPEN.remove(name(path));
                throw e;
            }
        }
    }

    /** Whether a logger of this process is writing a part. */
    static boolean isOpen(Path path) {
        return OPEN.contains(name(path));
    }

    long size() {
        return size;
    }

    /** Appends whole lines, in one system call, so that a kill cannot tear them. */
    void write(byte[] lines) throws IOException {
        mend();
        try {
            torn = true;
            file.write(lines);
            torn = false;
            size += lines.length;
        } catch (IOException e) {
            mend();
            throw e;
        }
    }

    /** Cuts off what a failed write has left, so that the next line does not begin behind half a line. */
    private void mend() throws IOException {
        if (torn) {
            file.setLength(size);
            file.seek(size);
            torn = false;
        }
    }

    /** Gives the file to the service; an empty one is removed. */
    void publish() throws IOException {
        if (size == 0) {
            Files.deleteIfExists(path);
        } else {
            mend();
            file.getFD().sync();
            try {
                Files.move(path, target(path), StandardCopyOption.ATOMIC_MOVE);
            } catch (NoSuchFileException e) {
                // Another process has taken it, and later lines have not been read. Each record has its id, so all of them may come twice.
                writeAgain();
            }
            try {
                Durable.force(path.getParent());
            } catch (IOException e) {
                // Not every file system supports this; the file has its name already.
            }
        }
        close();
    }

    private void writeAgain() throws IOException {
        byte[] content = new byte[Math.toIntExact(size)];
        file.seek(0);
        file.readFully(content);
        try (Part other = create(path.getParent())) {
            other.write(content);
            other.publish();
        }
    }

    /** Lets go of the file, and of its lock. */
    @Override
    public void close() throws IOException {
        file.close();
        OPEN.remove(name(path));
    }

    /** Where the file of a part goes. */
    static Path target(Path part) {
        String name = name(part);
        return part.resolveSibling(name.substring(1, name.length() - ".part".length()) + EXTENSION);
    }

    /** A key that tells a file from a later one at the same path; null if there is none. */
    static Object key(Path path) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes.fileKey() : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
