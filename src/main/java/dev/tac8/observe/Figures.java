package dev.tac8.observe;

import dev.tac8.status.Words;
import dev.tac8.text.Printable;
import dev.tac8.text.StoredTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Variable;

/** What the stores were found to hold last. */
@BindToRegistry("figures")
public final class Figures {
    /** Ingest waits while a store is asked, so that may take one part in so many of the time. */
    private static final int SHARE = 500;
    private static final Duration MOST_MISSED = Duration.ofHours(2);
    private static final Duration MOST_BACKLOG = Duration.ofMinutes(10);

    private final Path spool;
    private final Supplier<String> breaker;
    private final boolean hasExternal;
    private final Map<String, Today> today = new ConcurrentHashMap<>();
    private volatile Map<String, Report> reports = Map.of();
    private volatile long backlog;
    private volatile Instant backlogSince;
    private volatile Instant missedSince;
    private long askedNanos;
    private long restNanos;

    /** The calls of a day in one store. */
    private record Today(String midnight, Map<String, Object> sums) {
    }

    /**
     * What the service reported.
     *
     * @param at  when
     * @param isError whether it was of a failure
     */
    record Report(Instant at, String message, boolean isError) {
    }

    /**
     * @param spool       where the service keeps what it has reported last
     * @param breaker     closed, open or half-open
     * @param hasExternal whether there is an external store: what an edge of a broker reads is not stored here
     */
    public Figures(Path spool, Supplier<String> breaker, boolean hasExternal) {
        this.spool = spool;
        this.hasExternal = hasExternal;
        this.breaker = breaker;
    }

    /** Whether the stores are to be asked again. */
    public boolean isDue() {
        long now = System.nanoTime();
        if (askedNanos != 0 && now - askedNanos < restNanos) {
            return false;
        }
        askedNanos = now;
        return true;
    }

    /** When today began where this computer is, as stores have times. */
    public String midnight() {
        return StoredTime.of(LocalDate.now().atStartOfDay(ZoneId.systemDefault()).toInstant());
    }

    /** Takes the answers of the local store. */
    public void local(@Variable("midnight") String midnight, @Variable("today") Map<String, Object> sums, @Variable("backlog") long rows) {
        today.put("local", new Today(midnight, sums));
        backlog = rows;
        backlogSince = rows == 0 || !asksExternal() ? null : backlogSince == null ? Instant.now() : backlogSince;
        restNanos = SHARE * (System.nanoTime() - askedNanos);
    }

    /** Whether the external store can be asked; if not, it holds what it held. */
    public boolean asksExternal() {
        return hasExternal && breaker.get().equals("closed");
    }

    /** What this host has reported last of each kind, as rows: the external store has the reports of all hosts. */
    public List<Map<String, Object>> ownReports() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (String kind : List.of("failback", "archive")) {
            var last = dev.tac8.ingest.Report.last(spool, kind);
            if (last != null) {
                rows.add(Map.of("event_type", kind, "timestamp", last.timestamp(), "message", last.message(), "severity", String.valueOf(last.severity())));
            }
        }
        return rows;
    }

    /** Takes the answers of the external store. */
    public void external(@Variable("midnight") String midnight, @Variable("today") Map<String, Object> sums, @Variable("reports") List<Map<String, Object>> rows,
                         @Variable("missed") Object missed) {
        today.put("external", new Today(midnight, sums));
        Map<String, Report> read = new ConcurrentHashMap<>();
        rows.forEach(row -> read.put((String) row.get("event_type"), new Report(Instant.parse((String) row.get("timestamp")), (String) row.get("message"),
                "error".equals(row.get("severity")))));
        reports = read;
        missedSince = missed == null ? null : missedSince == null ? Instant.now() : missedSince;
        restNanos = SHARE * (System.nanoTime() - askedNanos);
    }

    /** A sum over today's calls in one store: 0 if it was not asked today. */
    double today(String store, String sum) {
        Today known = today.get(store);
        return known == null || !known.midnight().equals(midnight()) ? 0 : ((Number) known.sums().get(sum)).doubleValue();
    }

    /** Rows that wait to go home. */
    long backlog() {
        return backlog;
    }

    /** The last report of a kind, {@code failback} or {@code archive}, or null. */
    Report report(String kind) {
        return reports.get(kind);
    }

    Finding failback() {
        return failback(backlog, backlogSince, Instant.now(), report("failback"));
    }

    static Finding failback(long backlog, Instant since, Instant now, Report last) {
        return since != null && Duration.between(since, now).compareTo(MOST_BACKLOG) > 0
                ? Finding.trouble(Words.count(backlog, "row") + (backlog == 1 ? " stays" : " stay") + " in the local store, although the external one works since " + since + ": the log of reconcile says why")
                : Finding.well((backlog == 0 ? "nothing waits" : Words.count(backlog, "row") + " on the way home from the local store") + says(last));
    }

    Finding archive() {
        return archive(missedSince, Instant.now(), report("archive"));
    }

    static Finding archive(Instant missed, Instant now, Report last) {
        if (last != null && last.isError()) {
            return Finding.trouble("the last run did not do all" + says(last) + ". The next run goes on; ./tac8 archive does it now");
        }
        return missed != null && Duration.between(missed, now).compareTo(MOST_MISSED) > 0
                ? Finding.trouble("rows are older than tac8.archive.keep-days allows since " + missed + ", and no run has moved them: the log says why, and"
                        + " ./tac8 archive does it now" + says(last))
                : Finding.well("nothing is overdue" + says(last));
    }

    private static String says(Report last) {
        return last == null ? "" : "; " + last.at() + ": " + Printable.of(last.message());
    }
}
