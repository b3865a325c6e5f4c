package dev.tac8.archive;

import dev.tac8.ingest.Spool;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.ArchiveException;
import dev.tac8.store.ArchiveRefusedException;
import dev.tac8.store.ArchiveStore;
import dev.tac8.store.Months;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.StoreTransaction;
import dev.tac8.text.StoredTime;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Begins and ends the runs of {@code routes/archive.camel.yaml}, one at a time in all processes; says how each goes, and what becomes of a
 * month whose archive fails.
 */
@BindToRegistry("archive-run")
public final class Archive {
    private static final Logger LOG = LoggerFactory.getLogger("archive");

    private final Supplier<Settings> settings;
    private final ArchiveStore store;
    private final AutoCloseable closing;
    private final Consumer<Exception> suspect;
    private final Spool spool;
    private final Clock clock;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile Closeable lock;

    /**
     * @param settings those of the moment
     * @param closing closes the store, or fails if its disk hangs in closing as well
     * @param suspect is told of a failure that may mean that the active store is damaged; that is looked at when it is next opened
     */
    public Archive(Supplier<Settings> settings, ArchiveStore store, AutoCloseable closing, Consumer<Exception> suspect, Spool spool,
                   Clock clock) {
        this.settings = settings;
        this.store = store;
        this.closing = closing;
        this.suspect = suspect;
        this.spool = spool;
        this.clock = clock;
    }

    /**
     * Begins a run, which the variable {@code run} carries from here on. If one goes on already, a run without an id ends here: the
     * schedule and a run that was missed may come at the same time.
     *
     * @param asked null for the run on schedule
     * @throws StoreException if one goes on already in this process, and this one has an id, for which its caller awaits an answer
     */
    public void begin(@Body Request asked, Exchange exchange) throws StoreException {
        Request wanted = asked == null ? new Request(null, settings.get().number(Setting.ARCHIVE_KEEP_DAYS), false, true) : asked;
        ArchiveRun run = new ArchiveRun(wanted, clock.instant(), spool::isStopping);
        exchange.setVariable("run", run);
        if (running.compareAndSet(false, true)) {
            return;
        }
        if (wanted.id() == null) {
            LOG.info("a run of the archive goes on already, and none is begun beside it");
            exchange.setRouteStop(true);
        } else {
            StoreException busy = new StoreException("the archive is being written already; nothing else was begun");
            run.ends(busy.getMessage(), true);
            throw busy;
        }
    }

    /**
     * Takes the archive for this process, and looks whether the clock can be right.
     *
     * @param newest the row of {@code sql/archive/newest.sql}
     * @return up to when rows are due, as stores have times
     * @throws StoreException if another process has the archive, or if the clock cannot be right
     */
    public String prepare(@Variable("run") ArchiveRun run, @Variable("newest") Map<String, Object> newest) throws IOException, StoreException {
        Path folder = Months.folder(settings.get());
        store.makeFolder(folder);
        lock = ArchiveLock.take(folder);
        if (!running.get()) {
            // The disk hung for so long that the run has ended without it.
            lock.close();
            lock = null;
        }
        run.prepare((String) newest.get("timestamp"), folder);
        return run.before();
    }

    /**
     * Turns to the archive of a month.
     *
     * @throws StoreException if the volume is not there
     */
    public void open(@Variable("run") ArchiveRun run, @Variable("month") String month) throws StoreException {
        run.begin(month);
        store.turnTo(month);
    }

    /**
     * Goes on to the next chunk: counts one that has left; has one that has not tried again, or passes by a month whose archive cannot be used.
     *
     * @param rowsLeft how many rows were chosen
     * @param turn     the month's row of {@code sql/archive/due.sql}
     * @param before   how many rows had left when that was asked
     * @param failure  why they have not left, or null
     * @param endpoint where that was met, or null
     * @throws Exception the failure itself if no further try helps, or if nothing has proved that they are archived: they would be chosen for ever
     */
    public void next(@Variable("run") ArchiveRun run, @Variable("month") String month, @Variable("rowsLeft") long rowsLeft,
                     @Variable("turn") Map<String, Object> turn, @Variable("movedBefore") long before,
                     @Variable("failure") Exception failure, @Variable("failedAt") String endpoint, Exchange exchange) throws Exception {
        // Removed, since they say nothing about the next chunk.
        exchange.removeVariable("failure");
        @SuppressWarnings("unchecked")
        Map<String, Object> leaving = (Map<String, Object>) exchange.removeVariable("leaving");
        if (failure != null) {
            abandon(exchange);
            retry(run, month, failure, StoreTransaction.failedOn(endpoint, store.name()));
        } else if (rowsLeft > 0) {
            if (leaving == null || !Proof.isArchived(leaving)) {
                throw new StoreException("nothing has proved that a chunk is archived, so the active store keeps it: put the routes of the archive back");
            }
            run.count(leaving, before + ((Number) turn.get("rows_due")).longValue());
        }
    }

    private void retry(ArchiveRun run, String month, Exception failure, boolean failedOnArchive) throws Exception {
        suspect.accept(failure);
        boolean refused = ObjectHelper.getException(ArchiveRefusedException.class, failure) != null;
        if (run.mayTryAgain() && !refused) {
            return;
        }
        boolean isOfArchive = failedOnArchive || ObjectHelper.getException(ArchiveException.class, failure) != null;
        String sentence = isOfArchive ? store.saysOfIt(failure) : null;
        if (sentence == null) {
            throw failure;
        }
        run.refuse(month, sentence);
    }

    /**
     * Passes by an archive that is damaged or not ours.
     *
     * @throws Exception the failure itself if it is anything else: an archive that is locked, or out of reach, will be back with what it
     *                   holds, which would be in two archives then
     */
    public void passBy(@Variable("run") ArchiveRun run, @Variable("month") String month, Exchange exchange) throws Exception {
        Exception failure = abandon(exchange);
        if (!store.isUnusable(failure)) {
            throw failure;
        }
        String sentence = store.saysOfIt(failure);
        run.refuse(month, sentence == null ? Reasons.of(failure) : sentence);
    }

    /** Has the archive opened anew after a failure, which is returned. */
    private Exception abandon(Exchange exchange) {
        // Camel keeps the endpoint of the first failure, and the next one may be another's.
        exchange.removeProperty(Exchange.FAILURE_ENDPOINT);
        store.abandon();
        return exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    }

    /**
     * Says what was done, and gives the archives back.
     *
     * @param failure why no further row or file could go, or null
     */
    public void end(@Variable("run") ArchiveRun run, @Variable("oldFiles") OldFiles.Done files,
                    @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Exception failure) throws IOException {
        run.files(files);
        try {
            report(run, failure);
        } finally {
            release();
        }
    }

    /** Says what was done, in the log, as the run's report, and as the answer to its caller. */
    private void report(ArchiveRun run, Exception failure) {
        if (failure != null) {
            run.refused().values().forEach(LOG::error);
            String reason = run.withRefused(Reasons.of(failure));
            if (run.done() > 0) {
                run.reports(clock.instant(), "Archived " + run.inWords() + ", and then failed: " + reason, "error");
            }
            run.ends((run.done() > 0 ? "archived " + run.inWords() + ", and then failed: " : "") + reason, true);
            return;
        }
        boolean whole = run.refused().isEmpty();
        String message = run.message();
        LOG.atLevel(whole ? Level.INFO : Level.ERROR).log(message);
        if (run.isWanted() || run.done() > 0) {
            run.reports(clock.instant(), message, whole ? "info" : "error");
        }
        run.ends(message, !whole);
    }

    /** Whether a run goes on. One that does long after it was to stop hangs with its disk. */
    public boolean isRunning() {
        return running.get();
    }

    private void release() throws IOException {
        try {
            closing.close();
        } catch (Exception e) {
            LOG.debug("the archive stays open until the next run", e);
        }
        store.abandon();
        try {
            if (lock != null) {
                lock.close();
            }
        } finally {
            lock = null;
            running.set(false);
        }
    }

    /** The moment before which rows are older than so many days, as it is stored. */
    public static String before(Instant now, int keepDays) {
        return StoredTime.of(now.minus(Duration.ofDays(keepDays)));
    }
}
