package dev.tac8.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.ingest.Spool;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.StoreGuard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes of {@code reconcile.camel.yaml} cannot say: which parents a chunk needs, whether it is home, what was done. */
public final class Reconcile {
    private static final Logger LOG = LoggerFactory.getLogger("reconcile");
    private static final JsonMapper JSON = new JsonMapper();

    /** The most rows of a chunk, parents not counted. */
    private static final int MOST_ROWS = 10_000;
    /** Long enough not to fill the log. */
    private static final Duration TRY_AGAIN_AFTER = Duration.ofMinutes(1);

    private final BooleanSupplier external;
    private final Judge judge;
    private final Runnable empty;
    private final Spool spool;
    private boolean goesOn;
    private boolean nothingLeft;
    private int mostRows;
    private Backlog chosen;
    /** Rows that the external store has just refused, each as its type and identity, and how many of them the log has told. */
    private final Set<String> refused = new LinkedHashSet<>();
    private String firstReason;
    private long refusedNanos;
    private int refusedSaid;
    private long roundNanos;
    private long beganNanos;
    private long events;
    private long apiCalls;
    private final Set<Object> workers = new LinkedHashSet<>();
    private final Set<Object> tasks = new LinkedHashSet<>();
    private final Set<Object> sessions = new LinkedHashSet<>();

    /** Decides what is to blame for a chunk that did not come home. */
    public interface Judge {
        /**
         * Whether it is a row, which a healthy external store refuses.
         *
         * @throws Exception the failure itself, if it is anything else
         */
        boolean isRowRefused(Exchange exchange) throws Exception;
    }

    /**
     * @param external whether the external store is there
     * @param empty    is told, inside its transaction, that the local store holds no row
     */
    public Reconcile(BooleanSupplier external, Judge judge, Runnable empty, Spool spool) {
        this.external = external;
        this.judge = judge;
        this.empty = empty;
        this.spool = spool;
    }

    /** Begins a round, which is over at once while the external store is away. */
    public void begin() {
        goesOn = external.getAsBoolean();
        nothingLeft = false;
        mostRows = MOST_ROWS;
        if (System.nanoTime() - refusedNanos > TRY_AGAIN_AFTER.toNanos()) {
            refused.clear();
            refusedSaid = 0;
        }
        roundNanos = System.nanoTime();
    }

    /** Whether another chunk may be brought home now. */
    public boolean goesOn() {
        return goesOn && !spool.isStopping();
    }

    /** The most rows of the next chunk. */
    public int mostRows() {
        return mostRows;
    }

    /** The rows that are not tried now, because the external store has just refused them, as a JSON array. */
    public String refused() throws JsonProcessingException {
        return JSON.writeValueAsString(refused);
    }

    /** The chosen events, as a JSON array. */
    public static String eventIds(Exchange exchange) throws JsonProcessingException {
        return ids("record_id", rows(exchange, "events"));
    }

    /** The workers of the chosen API calls, as a JSON array. */
    public static String workerIds(Exchange exchange) throws JsonProcessingException {
        return ids("worker_id", rows(exchange, "apiCalls"));
    }

    /** The tasks of the chosen workers, as a JSON array. */
    public static String taskIds(Exchange exchange) throws JsonProcessingException {
        return ids("task_id", rows(exchange, "workers"));
    }

    /** The sessions of all chosen rows, as a JSON array. */
    public static String sessionIds(Exchange exchange) throws JsonProcessingException {
        return ids("session_id", rows(exchange, "events"), rows(exchange, "workers"), rows(exchange, "tasks"));
    }

    /** The chosen rows as a chunk. */
    public Backlog backlog(Exchange exchange) throws JsonProcessingException {
        Backlog backlog = new Backlog(rows(exchange, "sessions"), rows(exchange, "tasks"), rows(exchange, "workers"),
                rows(exchange, "events"), rows(exchange, "apiCalls"));
        chosen = backlog;
        if (backlog.isEmpty() && refused.isEmpty()) {
            empty.run();
        }
        List.of("homeEventIds", "homeApiCallIds", "home").forEach(exchange::removeVariable);
        // From here on these are all rows of the chunk: the proof is about them.
        exchange.setVariable("sessionIds", ids("session_id", backlog.sessions()));
        exchange.setVariable("taskIds", ids("task_id", backlog.tasks()));
        exchange.setVariable("workerIds", ids("worker_id", backlog.workers()));
        exchange.setVariable("eventIds", ids("record_id", backlog.events()));
        exchange.setVariable("apiCallIds", ids("record_id", backlog.apiCalls()));
        return backlog;
    }

    /**
     * Fails unless all of a chunk was written to the external store, is there, and had nothing to add when it was joined for the second
     * time. Hands over what may be deleted: the statements that delete see nothing else.
     *
     * @throws StoreException if not; then nothing is deleted
     */
    public void prove(Exchange exchange) throws StoreException, JsonProcessingException {
        List<Map<String, Object>> stored = rows(exchange, "storedAfter");
        if (!chosen.isHome() || stored == null || !stored.equals(rows(exchange, "storedBefore")) || stored.size() != chosen.records()) {
            throw new StoreException("the external store does not hold what was brought home just now, so the local one keeps it");
        }
        exchange.setVariable("home", chosen);
        exchange.setVariable("homeEventIds", ids("record_id", chosen.events()));
        exchange.setVariable("homeApiCallIds", ids("record_id", chosen.apiCalls()));
    }

    /**
     * Looks for the row that the external store refuses, by ever smaller chunks; once found, it does not hold up the others.
     *
     * @throws Exception the failure itself, if no row is to blame
     */
    public void narrow(Exchange exchange) throws Exception {
        if (!judge.isRowRefused(exchange)) {
            StoreGuard.throwHeld(exchange);
        }
        if (mostRows > 1) {
            mostRows /= 2;
            return;
        }
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (refused.isEmpty()) {
            firstReason = Reasons.of(failure);
        }
        if (!refused.add(chosen.first())) {
            // The statements were edited so that they choose it again and again.
            throw failure;
        }
        refusedNanos = System.nanoTime();
    }

    /** Counts a chunk that is home. */
    public void count(Backlog backlog) {
        if (backlog.isEmpty()) {
            goesOn = false;
            nothingLeft = true;
            return;
        }
        mostRows = Math.min(MOST_ROWS, 2 * mostRows);
        if (beganNanos == 0) {
            beganNanos = roundNanos;
            LOG.info("the external store is there: bringing home what the local one holds");
        }
        events += backlog.eventCount();
        apiCalls += backlog.apiCallCount();
        backlog.workers().forEach(row -> workers.add(row.get("worker_id")));
        backlog.tasks().forEach(row -> tasks.add(row.get("task_id")));
        backlog.sessions().forEach(row -> sessions.add(row.get("session_id")));
    }

    /** Says what was brought home, in the log and as an event of session {@code tac8}, which goes the way of all records. */
    public void report() throws IOException {
        if (!nothingLeft) {
            // The round was cut short; the next one goes on.
            return;
        }
        if (refused.size() != refusedSaid) {
            LOG.error("the external store refuses rows that wait in the local one ({}), so these stay there and are tried again every minute;"
                    + " the first is the {}: {}", refused.size(), Spool.printable(refused.iterator().next()), firstReason);
            refusedSaid = refused.size();
        }
        if (beganNanos == 0) {
            return;
        }
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        String message = String.format(Locale.ROOT, "Home again: %,d events, %,d API calls, %,d workers, %,d tasks, %,d sessions in %.1f s;"
                + " joining them once more changed no row, and the local store %s", events, apiCalls, workers.size(), tasks.size(),
                sessions.size(), seconds, refused.isEmpty() ? "is empty" : "keeps what the external one refuses");
        ObjectNode event = JSON.createObjectNode().put("type", "event").put("id", UUID.randomUUID().toString())
                .put("timestamp", Instant.now().toString()).put("session_id", "tac8").put("event_type", "failback").put("message", message);
        event.putObject("details").put("events", events).put("api_calls", apiCalls).put("workers", workers.size())
                .put("tasks", tasks.size()).put("sessions", sessions.size()).put("changed_by_joining_again", 0).put("seconds", seconds);
        byte[] line = (JSON.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8);
        spool.publish("failback.jsonl", (target, out) -> out.write(line));
        LOG.info(message);
        beganNanos = 0;
        events = 0;
        apiCalls = 0;
        workers.clear();
        tasks.clear();
        sessions.clear();
    }

    @SafeVarargs
    private static String ids(String column, List<? extends Map<String, Object>>... rows) throws JsonProcessingException {
        Set<Object> ids = new LinkedHashSet<>();
        for (List<? extends Map<String, Object>> list : rows) {
            list.forEach(row -> ids.add(row.get(column)));
        }
        return JSON.writeValueAsString(ids);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Exchange exchange, String variable) {
        return (List<Map<String, Object>>) exchange.getVariable(variable);
    }
}
