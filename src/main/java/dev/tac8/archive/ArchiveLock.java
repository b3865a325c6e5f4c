package dev.tac8.archive;

import dev.tac8.files.LockFile;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The archive's lock: whoever moves rows into it or back, or must see all of it at rest, has it alone, in whatever process. */
public final class ArchiveLock implements Closeable {
    private final FileChannel channel;

    private ArchiveLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock. Where there is no archive, or one that nobody can write, there is nothing to be locked.
     *
     * @throws StoreException where somebody else has it
     */
    public static ArchiveLock take(Path folder) throws StoreException {
        if (!Files.isWritable(folder)) {
            return new ArchiveLock(null);
        }
        FileChannel channel = null;
        try {
            channel = LockFile.open(folder.resolve(".lock"));
            if (channel.tryLock() != null) {
                return new ArchiveLock(channel);
            }
            channel.close();
            throw new StoreException("another process writes the archive " + folder + ", or backs it up, at the moment; nothing was begun");
        } catch (OverlappingFileLockException e) {
            close(channel);
            throw new StoreException("the archive " + folder + " is being written already; nothing else was begun", e);
        } catch (IOException e) {
            close(channel);
            throw new StoreException("cannot lock the archive " + folder + ": " + Reasons.of(e, folder), e);
        }
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It was never locked.
        }
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
