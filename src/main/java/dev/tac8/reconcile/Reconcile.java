package dev.tac8.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.ingest.RecordType;
import dev.tac8.ingest.Report;
import dev.tac8.ingest.Spool;
import dev.tac8.status.Words;
import dev.tac8.store.RowRefusedException;
import dev.tac8.store.StoreException;
import dev.tac8.text.Printable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes of {@code reconcile.camel.yaml} cannot say: which parents a chunk needs, whether it is home, what was done. */
@BindToRegistry("reconcile")
public final class Reconcile {
    private static final Logger LOG = LoggerFactory.getLogger("reconcile");
    private static final JsonMapper JSON = new JsonMapper();

    /** The most rows of a chunk, parents not counted. */
    private static final int MOST_ROWS = 10_000;
    /** A chunk that takes so long is large enough. */
    private static final Duration SLOW = Duration.ofSeconds(2);
    /** Long enough not to fill the log. */
    private static final Duration TRY_AGAIN_AFTER = Duration.ofMinutes(1);

    private final BooleanSupplier external;
    private final Runnable works;
    private final Runnable empty;
    private final Spool spool;
    private volatile boolean leaving;
    /** Rows that the external store has just refused, each as its type and identity, and how many of them the log has told. */
    private final Set<String> refused = new LinkedHashSet<>();
    private String firstReason;
    private long refusedNanos;
    private int refusedSaid;
    /** The last look: what it could not bring, the next one tries in smaller chunks. */
    private Round last;
    /** What has come home since the local store was last empty; null if nothing has. */
    private Homecoming homecoming;

    /**
     * @param external whether the external store is there
     * @param works    is told that the external store works
     * @param empty    is told, inside its transaction, that the local store holds no row
     */
    public Reconcile(BooleanSupplier external, Runnable works, Runnable empty, Spool spool) {
        this.external = external;
        this.works = works;
        this.empty = empty;
        this.spool = spool;
    }

    /** Whether the way home ends behind the chunk that is being brought, so that its routes can be replaced; the next round goes on. */
    public void leave(boolean leaves) {
        leaving = leaves;
    }

    /** One look at the local store, until it is empty or something stands in the way. */
    public final class Round {
        private final long beganNanos = System.nanoTime();
        private boolean goesOn = external.getAsBoolean();
        private boolean nothingLeft;
        private int mostRows;
        /** Rows that are neither home nor refused; null between two chunks. */
        private Backlog chosen;
        private long chosenNanos;
        private Report report;
        /** Whether {@link #prove} has seen the chosen rows at home. */
        boolean isProved;

        private Round(int mostRows) {
            this.mostRows = mostRows;
        }

        /** Whether another chunk may be brought home now. */
        public boolean goesOn() {
            return goesOn && !leaving && !spool.isStopping();
        }

        /** The most rows of a table in the next chunk. */
        public int mostRows() {
            return mostRows;
        }

        /** What has come home, now that nothing is left; null if there is nothing to report. */
        public Report report() {
            return report;
        }

        /** The rows that are not tried now, because the external store has just refused them, as a JSON array. */
        public String refused() throws JsonProcessingException {
            return JSON.writeValueAsString(refused);
        }
    }

    /**
     * Begins a round, which is over at once while the external store is away. A chunk that has failed may have been too much for the time that an answer
     * may take, on a slow line or disk: half of it comes next.
     */
    public Round begin() {
        if (System.nanoTime() - refusedNanos > TRY_AGAIN_AFTER.toNanos()) {
            refused.clear();
            refusedSaid = 0;
        }
        last = new Round(last == null ? MOST_ROWS : last.chosen != null ? Math.max(1, last.mostRows / 2) : last.mostRows);
        return last;
    }

    /**
     * The chosen rows as a chunk.
     *
     * @param rows of each table, parents first
     * @throws StoreException if the local store does not find them
     */
    public Backlog backlog(@Variable("round") Round round, @Body List<List<Map<String, Object>>> rows) throws StoreException {
        Backlog chosen = new Backlog(rows);
        if (chosen.keys("sessions").isEmpty()) {
            throw new StoreException("sql/reconcile/rows.sql does not find what next-chunk.sql has chosen, so the local store keeps it");
        }
        round.isProved = false;
        round.chosenNanos = System.nanoTime();
        round.chosen = chosen;
        return round.chosen;
    }

    /** Ends a round that found the local store empty, except for what the external one refuses. The round's report says so. */
    public void nothingLeft(@Variable("round") Round round) {
        round.goesOn = false;
        round.nothingLeft = true;
        round.report = homecoming == null ? null : homecoming.report(refused.isEmpty());
        if (refused.isEmpty()) {
            empty.run();
        }
        if (refused.size() != refusedSaid) {
            LOG.error("the external store refuses rows that wait in the local one ({}), so these stay there and are tried again every minute;"
                    + " the first is the {}: {}", refused.size(), Printable.of(refused.iterator().next()), firstReason);
            refusedSaid = refused.size();
        }
    }

    /**
     * Fails unless all of a chunk was written to the external store, is there, and had nothing to add when it was joined for the second
     * time. Hands over what may be deleted, as the variable {@code home}: the statements that delete see nothing else.
     *
     * @throws StoreException if not; then nothing is deleted
     */
    public void prove(@Variable("round") Round round, Exchange exchange) throws StoreException {
        // Once for all: they say nothing of the next chunk.
        Set<Object> before = texts(exchange.removeVariable("storedBefore"));
        Set<Object> after = texts(exchange.removeVariable("storedAfter"));
        if (!round.chosen.isStoredIn("external") || after == null || !after.equals(before) || after.size() < round.chosen.records()) {
            throw new StoreException("the external store does not hold what was brought home just now, so the local one keeps it");
        }
        round.isProved = true;
        exchange.setVariable("home", round.chosen.keys());
    }

    /**
     * Goes on to the next chunk: counts one that is home, or, if the external store refuses a row of it, looks for that row by ever smaller
     * chunks. Once found, it does not hold up the others. If nothing is left, what came home is reported by now.
     *
     * @param refusal why a chunk is not home, or null
     * @throws RowRefusedException the refusal, if it is not the external store's, or of a row that was to wait
     * @throws StoreException      if nothing has proved that the chunk is home
     */
    public void next(@Variable("round") Round round, @Variable("backlog") Backlog backlog, @Variable("refusal") RowRefusedException refusal,
                     Exchange exchange) throws RowRefusedException, StoreException {
        exchange.removeVariable("refusal");
        if (refusal == null) {
            count(round, backlog);
        } else if (refusal.store().equals("external")) {
            narrow(round, refusal);
        } else {
            throw refusal;
        }
        round.chosen = null;
    }

    private void narrow(Round round, RowRefusedException refusal) throws RowRefusedException {
        if (round.mostRows > 1) {
            round.mostRows /= 2;
            return;
        }
        if (refused.isEmpty()) {
            firstReason = refusal.reason();
        }
        if (!refused.add(round.chosen.first())) {
            // The statements were edited so that they choose it again and again.
            throw refusal;
        }
        refusedNanos = System.nanoTime();
    }

    void count(Round round, Backlog backlog) throws StoreException {
        if (round.nothingLeft) {
            homecoming = null;
            return;
        }
        if (!round.isProved) {
            throw new StoreException("nothing has proved that what was brought home is there, so the local store keeps it: a step of"
                    + " routes/reconcile or prove.camel.yaml was changed or is missing");
        }
        round.mostRows = System.nanoTime() - round.chosenNanos > SLOW.toNanos() ? round.mostRows : Math.min(MOST_ROWS, 2 * round.mostRows);
        if (homecoming == null) {
            homecoming = new Homecoming(round.beganNanos);
            LOG.info("the external store is there: bringing home what the local one holds");
        }
        homecoming.add(backlog);
        works.run();
    }

    /** The rows that a statement has answered with, each as its one text; null if it was not asked. */
    @SuppressWarnings("unchecked")
    private static Set<Object> texts(Object rows) {
        return rows == null ? null : ((List<Map<String, Object>>) rows).stream().map(row -> row.get("stored")).collect(Collectors.toSet());
    }

    /** What has come home, in one round or several, until the local store was empty. */
    private static final class Homecoming {
        private final long beganNanos;
        /** Parents come with each chunk of their children, records once. */
        private final Map<String, Set<String>> parents = new HashMap<>();
        private final Map<String, Long> rows = new LinkedHashMap<>();

        Homecoming(long beganNanos) {
            this.beganNanos = beganNanos;
        }

        void add(Backlog backlog) {
            for (String table : RecordType.leaving()) {
                if (RecordType.records().contains(table)) {
                    rows.merge(table, (long) backlog.keys(table).size(), Long::sum);
                } else {
                    Set<String> known = parents.computeIfAbsent(table, none -> new HashSet<>());
                    known.addAll(backlog.keys(table));
                    rows.put(table, (long) known.size());
                }
            }
        }

        Report report(boolean isEmpty) {
            double seconds = (System.nanoTime() - beganNanos) / 1e9;
            String counts = rows.entrySet().stream().map(table -> Words.count(table.getValue(), RecordType.words(table.getKey()).replaceFirst("s$", "")))
                    .collect(Collectors.joining(", "));
            Report report = new Report("failback", Instant.now(), null, String.format(Locale.ROOT, "Home again: %s in %.1f s; joining them once more"
                    + " changed no row, and the local store %s", counts, seconds, isEmpty ? "is empty" : "keeps what the external one refuses"));
            rows.forEach(report::with);
            return report.with("changed_by_joining_again", 0).with("seconds", seconds);
        }
    }
}
