package dev.tac8.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A lock that one process has at a time, until it closes it or ends: that of a file whose content is never touched. */
public final class LockFile implements Closeable {
    /** The files that this process has locked: closing any other handle of one would drop its lock. */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final Object key;
    private final FileChannel channel;

    /** The lock is taken. */
    public static final class HeldException extends IOException {
        private static final long serialVersionUID = 1L;
        private final boolean here;

        private HeldException(Path file, boolean here) {
            super(file + " is locked");
            this.here = here;
        }

        /** Whether this very process has it. */
        public boolean isHere() {
            return here;
        }
    }

    private LockFile(Object key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /**
     * Takes the lock, and makes the file if it is missing.
     *
     * @throws HeldException      if it is taken
     * @throws UntrustedException if the file is a link, a folder or anything but a regular file
     */
    public static LockFile take(Path file) throws IOException {
        Object key = key(file);
        if (!HELD.add(key)) {
            throw new HeldException(file, true);
        }
        LockFile lock = null;
        try {
            // To read and write: opening a pipe this way does not block.
            lock = new LockFile(key, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
            if (lock.channel.tryLock() != null) {
                return lock;
            }
            throw new HeldException(file, false);
        } catch (IOException | RuntimeException e) {
            if (lock != null) {
                lock.channel.close();
            }
            HELD.remove(key);
            throw e;
        }
    }

    private static Object key(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw new UntrustedException(file, file + " must be a regular file, as it is only locked: remove it, and see who put it there");
            }
            return attributes.fileKey();
        } catch (NoSuchFileException e) {
            try {
                Files.createFile(file);
            } catch (FileAlreadyExistsException other) {
                // Another process was quicker.
            }
            return key(file);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD.remove(key);
    }
}
