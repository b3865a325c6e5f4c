package dev.tac8.archive;

import dev.tac8.ingest.Spool;
import dev.tac8.settings.Settings;
import dev.tac8.store.ArchiveException;
import dev.tac8.store.ArchiveRefusedException;
import dev.tac8.store.ArchiveStore;
import dev.tac8.store.Months;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.StoreGuard;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The turns of a run of the archive, a table and a month each, and what becomes of a month whose archive fails. */
public final class Turns {
    private static final Logger LOG = LoggerFactory.getLogger("archive");

    private final Path folder;
    private final ArchiveStore store;
    private final Spool spool;
    private final Requests requests;

    public Turns(Settings settings, ArchiveStore store, Spool spool, Requests requests) {
        this.folder = Months.folder(settings);
        this.store = store;
        this.spool = spool;
        this.requests = requests;
    }

    /**
     * The turns of a round.
     *
     * @param due rows of {@code sql/archive/due.sql}
     * @return those of months that are not passed by
     */
    public List<Map<String, Object>> of(@Variable("run") ArchiveRun run, @Variable("before") String before,
                                        @Variable("due") List<Map<String, Object>> due) {
        List<Map<String, Object>> turns = due.stream().filter(turn -> !run.refused().containsKey((String) turn.get("month"))).toList();
        long rows = turns.stream().mapToLong(turn -> ((Number) turn.get("row_count")).longValue()).sum();
        run.due(rows);
        if (rows > 0) {
            LOG.info(String.format(Locale.ROOT, "%,d rows from before %s leave for %s", rows, before, folder));
        }
        return turns;
    }

    /** Whether another chunk of a month may be chosen now. */
    public boolean goesOn(@Variable("run") ArchiveRun run, @Variable("month") String month, @Variable("rowsLeft") Long rowsLeft) {
        if (rowsLeft == 0 || run.refused().containsKey(month)) {
            return false;
        }
        if (spool.isStopping()) {
            run.stop();
            return false;
        }
        run.begin(month);
        return true;
    }

    /**
     * Counts a chunk that has left.
     *
     * @param leaving its row of {@code sql/archive/still-leaving.sql}
     * @throws StoreException if nothing has proved that it is archived: it has not left, and would be chosen again and again
     */
    public void count(@Variable("run") ArchiveRun run, @Variable("leaving") Map<String, Object> leaving) throws StoreException {
        if (!Proof.isArchived(leaving)) {
            throw new StoreException("nothing has proved that a chunk is archived, so the active store keeps it: put the routes of the archive back");
        }
        run.count(leaving);
        requests.answer(run.answer(null, false));
    }

    /**
     * Has a chunk tried again, or passes by a month whose archive cannot be used.
     *
     * @throws Exception the failure itself if no further try helps
     */
    public void retry(@Variable("run") ArchiveRun run, @Variable("month") String month, Exchange exchange) throws Exception {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        boolean isOfArchive = StoreGuard.failedOn(exchange, store.name()) || ObjectHelper.getException(ArchiveException.class, failure) != null;
        // Camel keeps the endpoint of the first failure, and the next one may be another's.
        exchange.removeProperty(Exchange.FAILURE_ENDPOINT);
        store.abandon();
        boolean mayTryAgain = run.mayTryAgain();
        boolean refused = ObjectHelper.getException(ArchiveRefusedException.class, failure) != null;
        if (mayTryAgain && !refused) {
            return;
        }
        String sentence = isOfArchive ? store.saysOfIt(failure) : null;
        if (sentence == null) {
            throw failure;
        }
        run.refuse(month, sentence);
    }

    /**
     * Passes by an archive that is damaged, or none of ours.
     *
     * @throws Exception the failure itself if it is of anything else: an archive that is locked, or out of reach, will be back with what it
     *                   holds, which would be in two archives then
     */
    public void passBy(@Variable("run") ArchiveRun run, @Variable("month") String month, Exchange exchange) throws Exception {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        exchange.removeProperty(Exchange.FAILURE_ENDPOINT);
        boolean unusable = store.isUnusable(failure);
        store.abandon();
        if (!unusable) {
            throw failure;
        }
        String sentence = store.saysOfIt(failure);
        run.refuse(month, sentence == null ? Reasons.of(failure) : sentence);
    }
}
