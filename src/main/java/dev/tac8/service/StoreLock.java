package dev.tac8.service;

import dev.tac8.files.LockFile;
import dev.tac8.files.UntrustedException;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lock that lies with the local store: one process at a time uses these stores, even if the spool and its lock are lost. */
final class StoreLock {
    private static final String FILE = ".lock";

    private StoreLock() {
    }

    /**
     * Takes the lock until it is closed. If the store is away, or takes no file, there is no lock.
     *
     * @param mayBeAway whether a missing folder is not made, because the store's disk may come back
     * @throws StoreException if another process has it
     */
    static Closeable take(Path localDir, boolean mayBeAway) throws StoreException, UntrustedException {
        try {
            if (!mayBeAway) {
                Files.createDirectories(localDir);
            }
            if (Files.isDirectory(localDir) && Files.isWritable(localDir)) {
                return LockFile.take(localDir.resolve(FILE));
            }
        } catch (UntrustedException e) {
            throw e;
        } catch (LockFile.HeldException e) {
            throw new StoreException("another tac8 uses the stores already, by another spool (it holds " + localDir.resolve(FILE)
                    + "): stop that one first, or set another tac8.local.dir");
        } catch (FileSystemException e) {
            // A disk without room for a file takes no rows either, as the store says.
        } catch (IOException e) {
            throw new StoreException("cannot lock " + localDir.resolve(FILE) + ": " + Reasons.of(e, localDir.resolve(FILE)), e);
        }
        return () -> { };
    }
}
