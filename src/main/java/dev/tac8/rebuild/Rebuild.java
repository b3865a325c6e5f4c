package dev.tac8.rebuild;

import dev.tac8.archive.ArchiveLock;
import dev.tac8.backup.DatabaseCopy;
import dev.tac8.files.Durable;
import dev.tac8.files.LockFile;
import dev.tac8.ingest.Tally;
import dev.tac8.service.RoutesException;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.Months;
import dev.tac8.store.RefusedException;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * Makes the databases again, from the files alone, by the routes that made them. All of it happens in a folder that is removed at the
 * end; the service may run meanwhile.
 *
 * <p>To compare, the stores are copied first, each as it is at one moment. Files that are acknowledged after that, or that wait and
 * may be half stored, go into the copies as well as into the rebuilt database: joining a record twice changes nothing, so both then
 * hold all of it.
 */
public final class Rebuild implements Closeable {
    private static final String WORK = ".rebuild";
    private static final String DATABASE = "logs.db";

    private final Settings settings;
    private final Deliveries deliveries;
    private final Path dir;
    private final boolean keeps;
    private final Path work;
    private final LockFile lock;
    private Replay rebuilt;
    private Replay stored;
    private boolean kept;
    private int recent;
    private LeftOut leftOut;

    private Rebuild(Settings settings, Deliveries deliveries, Path dir, boolean keeps, LockFile lock) {
        this.settings = settings;
        this.deliveries = deliveries;
        this.dir = dir;
        this.keeps = keeps;
        this.work = dir.resolve(WORK);
        this.lock = lock;
    }

    /** Prepares to rebuild into a folder, which must be new or empty. */
    public static Rebuild into(Path dir, Settings settings, Deliveries deliveries) throws IOException, StoreException {
        if (Files.exists(dir)) {
            if (!Files.isDirectory(dir)) {
                throw new RefusedException(dir + " is no folder, so nothing is rebuilt into it: name a new one");
            }
            try (Stream<Path> there = Files.list(dir)) {
                if (there.findAny().isPresent()) {
                    throw new RefusedException(dir + " is not empty, so nothing is rebuilt into it: name a new folder");
                }
            }
        }
        Rebuild rebuild = new Rebuild(settings, deliveries, dir, true, null);
        Files.createDirectories(rebuild.work);
        return rebuild;
    }

    /** Prepares to rebuild only to compare: in a folder of the local store, where there is room and no other process writes. */
    public static Rebuild toCompare(Settings settings, Deliveries deliveries) throws IOException, StoreException {
        Path local = settings.path(Setting.LOCAL_DIR);
        Files.createDirectories(local);
        LockFile lock;
        try {
            lock = LockFile.take(local.resolve(WORK + ".lock"));
        } catch (LockFile.HeldException e) {
            throw new StoreException("another rebuild --check is running in " + local + ": wait for it");
        }
        Rebuild rebuild = new Rebuild(settings, deliveries, local, false, lock);
        // Left behind by a run that was killed.
        FileSystemUtils.deleteRecursively(rebuild.work);
        Files.createDirectories(rebuild.work);
        return rebuild;
    }

    /**
     * Rebuilds.
     *
     * @param progress is told now and then how many bytes of the files are stored
     * @return what was stored
     */
    public Tally run(LongConsumer progress) throws IOException, StoreException, RoutesException, SettingsException, InterruptedException {
        rebuilt = Replay.start(Replay.settings(settings, work.resolve("rebuilt")), progress);
        deliveries.each(null, (name, isRecent, content) -> put(rebuilt, name, content));
        rebuilt.finish();
        rebuilt.close();
        leftOut = LeftOut.of(rebuilt.quarantine(), deliveries);
        return rebuilt.tally();
    }

    /**
     * Rebuilds, and compares with what is stored.
     *
     * @param most the most differences to list
     */
    public Comparison compare(int most, LongConsumer progress) throws IOException, StoreException, RoutesException, SettingsException,
            InterruptedException {
        // An archive run also takes rows back from the archive: between the copies such a row could be missed in both places.
        try (Closeable held = ArchiveLock.take(Months.folder(settings))) {
            return compareAtRest(most, progress);
        }
    }

    private Comparison compareAtRest(int most, LongConsumer progress) throws IOException, StoreException, RoutesException, SettingsException,
            InterruptedException {
        Set<String> known = deliveries.known();
        Settings copies = Replay.settings(settings, work.resolve("stored"));
        copyStores(copies);
        rebuilt = Replay.start(Replay.settings(settings, work.resolve("rebuilt")), progress);
        stored = Replay.start(copies, bytes -> { });
        Deliveries.Receiver both = (name, isRecent, content) -> {
            put(rebuilt, name, content);
            if (isRecent) {
                put(stored, name, content);
            }
        };
        recent = deliveries.eachWaiting(both);
        recent += deliveries.each(known, both);
        for (Replay replay : new Replay[] {rebuilt, stored}) {
            replay.finish();
            replay.close();
        }
        leftOut = LeftOut.of(rebuilt.quarantine(), deliveries);
        return Comparison.of(settings.sql().resolve("rebuild"), copies, rebuilt.database(), most);
    }

    /** What was stored; for {@link #compare}. */
    public Tally tally() {
        return rebuilt.tally();
    }

    /** What an older tac8 has stored and this one refuses, so that it is not in the rebuilt database. */
    public LeftOut leftOut() {
        return leftOut;
    }

    /** How many files were waiting or were acknowledged meanwhile, so that their stored rows were not compared. */
    public int recent() {
        return recent;
    }

    /** Puts the rebuilt database in its place, as the last step. */
    public Path keep() throws IOException {
        Path database = rebuilt.database();
        Files.move(database.resolveSibling(Volume.MARKER), dir.resolve(Volume.MARKER), StandardCopyOption.ATOMIC_MOVE);
        Files.move(database, dir.resolve(DATABASE), StandardCopyOption.ATOMIC_MOVE);
        Durable.force(dir);
        kept = true;
        return dir.resolve(DATABASE);
    }

    /**
     * The local store first, the external one next, the archive where it lies: rows move that way, and are copied before they are deleted.
     */
    private void copyStores(Settings copies) throws IOException, StoreException {
        copyStore("local", Setting.LOCAL_DIR, copies);
        copyStore("external", Setting.EXTERNAL_DIR, copies);
        if (Files.isDirectory(Months.folder(settings))) {
            Files.createDirectories(Months.folder(copies).getParent());
            Files.createSymbolicLink(Months.folder(copies), Months.folder(settings));
        }
    }

    private void copyStore(String name, Setting dir, Settings copies) throws IOException, StoreException {
        Path database = settings.path(dir).resolve(DATABASE);
        Volume volume = Volume.of(settings, name, settings.path(dir));
        if (volume.isRemembered()) {
            volume.lookForDatabase();
        }
        if (Files.exists(database)) {
            volume.look();
            Path to = copies.path(dir).resolve(DATABASE);
            Files.createDirectories(to.getParent());
            new DatabaseCopy(settings.sql()).copy(database, to);
        }
    }

    private static void put(Replay replay, String name, Deliveries.Content content) throws IOException, StoreException {
        try {
            replay.put(name, content.open());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted, so nothing is rebuilt", e);
        }
    }

    /** Stops, and removes everything except what was kept. */
    @Override
    public synchronized void close() throws IOException {
        for (Replay replay : new Replay[] {rebuilt, stored}) {
            if (replay != null) {
                replay.close();
            }
        }
        FileSystemUtils.deleteRecursively(work);
        if (keeps && !kept) {
            Files.deleteIfExists(dir);
        }
        if (lock != null) {
            lock.close();
        }
    }
}
