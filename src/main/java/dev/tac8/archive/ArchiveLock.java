package dev.tac8.archive;

import dev.tac8.files.LockFile;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The archive's lock: a process that moves rows into it or back, or must see all of it at rest, has it alone. */
public final class ArchiveLock {
    private ArchiveLock() {
    }

    /**
     * Takes the lock until it is closed. If there is no archive, or it cannot be written, there is nothing to be locked.
     *
     * @throws StoreException if it is taken
     */
    public static Closeable take(Path folder) throws StoreException {
        if (!Files.isWritable(folder)) {
            return () -> { };
        }
        try {
            return LockFile.take(folder.resolve(".lock"));
        } catch (LockFile.HeldException e) {
            throw new StoreException(e.isHere() ? "the archive " + folder + " is being written already; nothing else was begun"
                    : "another process writes the archive " + folder + ", or backs it up, at the moment; nothing was begun");
        } catch (IOException e) {
            throw new StoreException("cannot lock the archive " + folder + ": " + Reasons.of(e, folder), e);
        }
    }
}
