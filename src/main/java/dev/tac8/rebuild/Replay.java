package dev.tac8.rebuild;

import dev.tac8.backup.DatabaseCopy;
import dev.tac8.ingest.Names;
import dev.tac8.ingest.Quarantine;
import dev.tac8.ingest.Spool;
import dev.tac8.ingest.SpoolFile;
import dev.tac8.ingest.Tally;
import dev.tac8.service.RoutesException;
import dev.tac8.service.Service;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * The routes of the service on stores and a spool of their own, in a folder that is thrown away: files go in one after the other, a few
 * at a time, and the rows are in {@link #database}.
 */
final class Replay implements Closeable {
    private static final int MOST_FILES = 200;
    private static final long MOST_BYTES = 64 << 20;
    private static final long LOOK_MILLISECONDS = 250;
    /** Routes that store nothing for this long have a reason, which the log says. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** If a disk is full the routes wait for room; we need not wait for them. */
    private static final long FULL_AFTER_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** A chunk and its journal need more room than this. */
    private static final long LEAST_ROOM_BYTES = 4 << 20;

    private final Settings settings;
    private final Path spoolDir;
    private final Tally tally = new Tally();
    private final LongConsumer progress;
    private final AtomicBoolean closed = new AtomicBoolean();
    private Service service;
    private CamelContext routes;
    private int waitingFiles;
    private long waitingBytes;
    private long storedBytes;
    private long number;

    private Replay(Settings settings, LongConsumer progress) {
        this.settings = settings;
        this.progress = progress;
        this.spoolDir = settings.path(Setting.SPOOL_DIR);
    }

    /** The settings of stores and a spool in a folder. */
    static Settings settings(Settings settings, Path dir) {
        return settings.with(Map.of(Setting.STORE, Setting.STORE.fallback(), Setting.BROKER, Setting.BROKER.fallback(),
                Setting.SPOOL_DIR, dir.resolve("spool"), Setting.EXTERNAL_DIR, dir.resolve("external"),
                Setting.LOCAL_DIR, dir.resolve("local")));
    }

    /**
     * Starts the routes.
     *
     * @param settings of {@link #settings}; where there are databases already, they are added to
     * @param progress is told now and then how many bytes are stored
     */
    static Replay start(Settings settings, LongConsumer progress) throws IOException, StoreException, RoutesException,
            SettingsException {
        Path external = settings.path(Setting.EXTERNAL_DIR);
        Files.createDirectories(external);
        Volume volume = Volume.of(settings, "external", external);
        volume.remember(volume.mark());
        // Copied stores may be there, whose volumes are unknown in this spool.
        Path local = settings.path(Setting.LOCAL_DIR);
        Files.createDirectories(local);
        Volume localVolume = Volume.of(settings, "local", local);
        localVolume.remember(localVolume.mark());
        Replay replay = new Replay(settings, progress);
        try {
            replay.service = Service.open(settings);
            List<String> away = replay.service.checkStores();
            if (!away.isEmpty()) {
                throw new StoreException(String.join("; ", away));
            }
            replay.service.spool().onAcknowledged(replay::acknowledged);
            replay.routes = replay.service.startOnly("ingest");
            return replay;
        } catch (SpoolTakenException e) {
            throw new StoreException(e.getMessage(), e);
        } finally {
            if (replay.routes == null && replay.service != null) {
                replay.service.close();
            }
        }
    }

    /** What was stored. */
    Tally tally() {
        return tally;
    }

    /** What was set aside. */
    Quarantine quarantine() {
        return service.spool().quarantine();
    }

    /** The database that holds it. */
    Path database() {
        return settings.path(Setting.EXTERNAL_DIR).resolve("logs.db");
    }

    /** Bytes whose records are stored. */
    synchronized long storedBytes() {
        SpoolFile file = service.spool().current();
        return storedBytes + (file == null ? 0 : file.storedBytes());
    }

    /** Puts a file into the spool as soon as there is room for it. It need not survive this process, and so nothing is forced to disk. */
    void put(String name, InputStream content) throws IOException, StoreException, InterruptedException {
        awaitRoom(MOST_FILES, MOST_BYTES);
        Path part = spoolDir.resolve(".part");
        long bytes;
        try (content) {
            bytes = Files.copy(content, part, StandardCopyOption.REPLACE_EXISTING);
        }
        String stem = name.endsWith(".jsonl") ? name.substring(0, name.length() - ".jsonl".length()) : name;
        synchronized (this) {
            waitingFiles++;
            waitingBytes += bytes;
        }
        Files.move(part, spoolDir.resolve(Names.fitting(String.format(Locale.ROOT, "%09d-", ++number), stem, ".jsonl")),
                StandardCopyOption.ATOMIC_MOVE);
    }

    /** Waits until everything is stored, in the one database. */
    void finish() throws IOException, StoreException, InterruptedException {
        awaitRoom(1, Long.MAX_VALUE);
        Path local = settings.path(Setting.LOCAL_DIR).resolve("logs.db");
        DatabaseCopy databases = new DatabaseCopy(settings.sql());
        if (rows(databases, local) > 0) {
            // Something went wrong for a moment, and the circuit breaker sent a few chunks there; or the copied store held them already.
            stopReading();
            try (ProducerTemplate template = routes.createProducerTemplate()) {
                Exchange round = template.send("direct:bring-all-home", exchange -> { });
                if (round.getException() != null) {
                    throw new StoreException("the rows of the local store cannot be joined with the others: "
                            + Reasons.of(round.getException()), round.getException());
                }
            }
            if (rows(databases, local) > 0) {
                throw new StoreException("not all rows can be joined in one database; the log says why");
            }
        }
    }

    /** The report on bringing rows home is a record like any other, but was never in an acknowledged file. */
    private void stopReading() throws StoreException {
        try {
            routes.getRouteController().stopRoute("ingest-spool");
        } catch (Exception e) {
            throw new StoreException("the routes cannot be stopped: " + Reasons.of(e), e);
        }
    }

    private static long rows(DatabaseCopy databases, Path database) throws StoreException {
        return Files.exists(database) ? databases.rows(database).values().stream().mapToLong(Long::longValue).sum() : 0;
    }

    private boolean hasNoRoom() throws StoreException {
        try {
            return Files.getFileStore(database().getParent()).getUsableSpace() < LEAST_ROOM_BYTES;
        } catch (IOException e) {
            throw new StoreException("cannot look at the disk of " + database() + ": " + Reasons.of(e, database()), e);
        }
    }

    private synchronized void awaitRoom(int files, long bytes) throws StoreException, InterruptedException {
        long progressNanos = System.nanoTime();
        long stored = storedBytes();
        int left = waitingFiles;
        while (waitingFiles >= files || waitingBytes >= bytes) {
            wait(LOOK_MILLISECONDS);
            progress.accept(storedBytes());
            if (waitingFiles != left || storedBytes() != stored) {
                left = waitingFiles;
                stored = storedBytes();
                progressNanos = System.nanoTime();
                continue;
            }
            long still = System.nanoTime() - progressNanos;
            if (still > FULL_AFTER_NANOS && hasNoRoom()) {
                throw new StoreException("there is no room left for " + database() + ", so nothing is rebuilt: make room, or name a folder on"
                        + " another disk");
            }
            if (still > PATIENCE_NANOS) {
                throw new StoreException("nothing was stored for 60 s, so nothing is rebuilt; the log says why");
            }
        }
    }

    private synchronized void acknowledged(SpoolFile file) {
        tally.addStored(file);
        waitingFiles--;
        waitingBytes -= file.size();
        storedBytes += file.size();
        try (DirectoryStream<Path> done = Files.newDirectoryStream(spoolDir.resolve("done"))) {
            for (Path copy : done) {
                Files.delete(copy);
            }
        } catch (IOException e) {
            // If that fails, it takes room until the end.
        }
        notifyAll();
    }

    @Override
    public void close() throws IOException {
        if (!closed.getAndSet(true)) {
            service.close();
        }
    }
}
