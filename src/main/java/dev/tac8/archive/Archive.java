package dev.tac8.archive;

import dev.tac8.ingest.Spool;
import dev.tac8.settings.Settings;
import dev.tac8.store.ArchiveStore;
import dev.tac8.store.Months;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Begins and ends the runs of {@code routes/archive.camel.yaml}, one at a time in whatever process, and says how each went. */
public final class Archive {
    private static final Logger LOG = LoggerFactory.getLogger("archive");

    private final Settings settings;
    private final ArchiveStore store;
    private final Spool spool;
    private final Requests requests;
    private final Clock clock;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile Closeable lock;

    public Archive(Settings settings, ArchiveStore store, Spool spool, Requests requests, Clock clock) {
        this.settings = settings;
        this.store = store;
        this.spool = spool;
        this.requests = requests;
        this.clock = clock;
    }

    /**
     * Begins a run, which the variable {@code run} carries from here on. If one goes on already, a run without an id ends here: the
     * schedule and a run that was missed may come at the same time.
     *
     * @throws StoreException if one goes on already in this process, and this one has an id, for which its caller awaits an answer
     */
    public void begin(@Body Request wanted, Exchange exchange) throws StoreException {
        if (running.compareAndSet(false, true)) {
            ArchiveRun run = new ArchiveRun(wanted, clock.instant());
            exchange.setVariable("run", run);
            requests.answer(run.answer(null, false));
        } else if (wanted.id() == null) {
            LOG.info("a run of the archive goes on already, and none is begun beside it");
            exchange.setRouteStop(true);
        } else {
            StoreException busy = new StoreException("the archive is being written already; nothing else was begun");
            requests.answer(new Requests.Answer(wanted.id(), 0, 0, null, busy.getMessage(), true));
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
        Path folder = Months.folder(settings);
        store.makeFolder(folder);
        lock = ArchiveLock.take(folder);
        if (!running.get()) {
            // The disk hung for so long that the run has ended without it.
            lock.close();
            lock = null;
        }
        run.prepare((String) newest.get("timestamp"), Months.list(folder).keySet());
        return run.before();
    }

    /**
     * Says what was done, in the log and as an event of session {@code tac8}, which goes the way of all records.
     *
     * @param ofRows  why no further row could go, or null
     * @param ofFiles why no further file could go, or null
     * @throws Exception the first of the two, if there is one
     */
    public void report(@Variable("run") ArchiveRun run, @Variable("oldFiles") OldFiles.Done files, @Variable("rowsFailure") Exception ofRows,
                       @Variable("filesFailure") Exception ofFiles) throws Exception {
        run.files(files);
        Exception failure = ofRows == null ? ofFiles : ofRows;
        if (failure != null) {
            run.refused().values().forEach(LOG::error);
            String reason = run.withRefused(Reasons.of(failure));
            if (run.done() > 0) {
                publish(run, "Archived " + run.inWords() + ", and then failed: " + reason, "error");
            }
            requests.answer(run.answer((run.done() > 0 ? "archived " + run.inWords() + ", and then failed: " : "") + reason, true));
            throw failure;
        }
        boolean whole = run.refused().isEmpty();
        String message = run.message();
        LOG.atLevel(whole ? Level.INFO : Level.ERROR).log(message);
        if (run.isWanted() || run.done() > 0) {
            publish(run, message, whole ? "info" : "error");
        }
        requests.answer(run.answer(message, !whole));
    }

    private void publish(ArchiveRun run, String message, String severity) {
        try {
            byte[] line = run.event(clock.instant(), message, severity);
            spool.publish("archive.jsonl", (target, out) -> out.write(line));
        } catch (IOException e) {
            LOG.error("the event of this run cannot be dropped into the spool: {}. Nothing else is missing", Reasons.of(e));
        }
    }

    /** Whether a run goes on. One that does long after it was to stop hangs with its disk. */
    public boolean isRunning() {
        return running.get();
    }

    /** Gives the archives back. */
    public void end() throws IOException {
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
