package dev.tac8.service;

import dev.tac8.files.LockFile;
import dev.tac8.files.UntrustedException;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lock that lies with the local store: one process at a time uses these stores, even if the spool and its lock are lost. */
final class StoreLock implements Closeable {
    private static final String FILE = ".lock";

    private final FileChannel channel;

    private StoreLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock. If the store is away, or takes no file, there is no lock.
     *
     * @param mayBeAway whether a missing folder is not made, because the store's disk may come back
     * @throws StoreException if another process has it
     */
    static StoreLock take(Path localDir, boolean mayBeAway) throws StoreException, IOException {
        if (!mayBeAway) {
            try {
                Files.createDirectories(localDir);
            } catch (IOException e) {
                // The store says so.
            }
        }
        if (!Files.isDirectory(localDir) || !Files.isWritable(localDir)) {
            return new StoreLock(null);
        }
        FileChannel channel;
        try {
            channel = LockFile.open(localDir.resolve(FILE));
        } catch (UntrustedException e) {
            throw e;
        } catch (IOException e) {
            // A disk without room for a file takes no rows either, as the store says.
            return new StoreLock(null);
        }
        try {
            if (channel.tryLock() != null) {
                return new StoreLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // This process has it.
        } catch (IOException e) {
            channel.close();
            throw new StoreException("cannot lock " + localDir.resolve(FILE) + ": " + Reasons.of(e, localDir.resolve(FILE)), e);
        }
        channel.close();
        throw new StoreException("another tac8 uses the stores already, by another spool (it holds " + localDir.resolve(FILE)
                + "): stop that one first, or set another tac8.local.dir");
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
