package dev.tac8.query;

import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.sqlite.SQLiteConnection;

/**
 * Ends a question for which a writer waits. A rollback journal has no snapshots: no process can commit while another one reads. A writer that
 * waits for readers holds SQLite's pending lock, a byte of the database file, which is looked at twenty times a second.
 */
final class WriterWatch implements Closeable {
    private static final long LOOK_MILLISECONDS = 50;
    /** So many looks in a row a writer waits before it is given way: half a second, in which nearly every question ends. */
    private static final int PATIENT_LOOKS = 10;
    /** A question that may not take long is not asked again on copies if a store is large, and so is given two seconds: better than none of it. */
    private static final int LIMITED_PATIENT_LOOKS = 40;
    private static final long PENDING_BYTE = 0x40000000L;
    private static final int COPIED_BYTES = 8 << 20;
    private static final int HEADER_BYTES = 100;
    /** Where the number of commits stands in it. */
    private static final int COMMITS = 24;
    /**
     * Not closed while anything is read: when a process closes a file it loses all its locks on it, SQLite's too. By device and inode, which
     * stay the file's while it is open.
     */
    private static final Map<Object, FileChannel> CHANNELS = new HashMap<>();

    private final Connection reader;
    private final List<Path> stores;
    private final Thread thread = new Thread(this::watch, "watch-for-writers");
    /** No interrupt ends the thread: that would close the channel it is at, and with it every lock. */
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Duration limit;
    private final long beganNanos = System.nanoTime();
    private volatile boolean gaveWay;
    private volatile boolean tookTooLong;

    /**
     * Begins to watch.
     *
     * @param reader holds the read locks
     * @param stores the databases it has locked that others write to
     * @param limit  how long it may read; null for as long as it needs
     */
    WriterWatch(Connection reader, List<Path> stores, Duration limit) {
        this.reader = reader;
        this.stores = stores;
        this.limit = limit;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Looks whether it may go on.
     *
     * @throws GaveWayException if a writer has waited too long; all locks are to be given back at once
     * @throws StoreException   if it has taken too long itself
     */
    void check() throws StoreException {
        if (tookTooLong) {
            throw new StoreException("this question took longer than " + limit.toSeconds() + " s and was cut off: ask for less time, or for one task, worker or session");
        }
        if (gaveWay) {
            throw new GaveWayException();
        }
    }

    /**
     * Copies a database, which no process can change while its read lock is held.
     *
     * @throws GaveWayException if a writer has waited too long before the end of it
     */
    void copy(Path store, Path copy) throws StoreException {
        try (FileChannel to = FileChannel.open(copy, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            FileChannel from = channel(store);
            long size = from.size();
            for (long position = 0; position < size;) {
                check();
                position += from.transferTo(position, COPIED_BYTES, to);
            }
        } catch (IOException e) {
            throw new StoreException("cannot copy " + store + " to " + copy.getParent() + ", where a long question holds up no writer (TMPDIR"
                    + " names another folder): " + Reasons.of(e), e);
        }
    }

    /**
     * What tells a database, of which a read lock is held, from what it was before any commit and will be after it: SQLite counts the commits in the header, and a file
     * that was put into its place is another one.
     */
    static String state(Path database) throws IOException {
        synchronized (CHANNELS) {
            FileChannel channel = channel(database);
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            while (header.hasRemaining() && channel.read(header, header.position()) > 0) {
                // A disk may give less than it was asked for.
            }
            return Files.readAttributes(database, "unix:dev,ino,size,lastModifiedTime") + " " + header.getInt(COMMITS);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the files that were looked at. Only for a process that has no database open, which would lose its locks. */
    static void letGo() throws IOException {
        synchronized (CHANNELS) {
            for (FileChannel channel : CHANNELS.values()) {
                channel.close();
            }
            CHANNELS.clear();
        }
    }

    private void watch() {
        int waited = 0;
        try {
            while (!closed.await(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                waited = isWaitedFor() ? waited + 1 : 0;
                tookTooLong |= limit != null && System.nanoTime() - beganNanos > limit.toNanos();
                gaveWay |= waited >= (limit == null ? PATIENT_LOOKS : LIMITED_PATIENT_LOOKS);
                if (gaveWay || tookTooLong) {
                    // Again and again: between two statements there is nothing to interrupt.
                    reader.unwrap(SQLiteConnection.class).getDatabase().interrupt();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | SQLException e) {
            // The disk is going; the question itself says so.
        }
    }

    private boolean isWaitedFor() throws IOException {
        for (Path store : stores) {
            synchronized (CHANNELS) {
                try (FileLock mine = channel(store).tryLock(PENDING_BYTE, 1, true)) {
                    if (mine == null) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static FileChannel channel(Path store) throws IOException {
        synchronized (CHANNELS) {
            Object file = Files.getAttribute(store, "unix:dev") + ":" + Files.getAttribute(store, "unix:ino");
            FileChannel channel = CHANNELS.get(file);
            if (channel == null) {
                channel = FileChannel.open(store, StandardOpenOption.READ);
                CHANNELS.put(file, channel);
            }
            return channel;
        }
    }
}
