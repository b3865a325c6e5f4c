package dev.tac8.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.ingest.Spool;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    private final BooleanSupplier external;
    private final Spool spool;
    private boolean goesOn;
    private long beganNanos;
    private long events;
    private long apiCalls;
    private final Set<Object> workers = new LinkedHashSet<>();
    private final Set<Object> tasks = new LinkedHashSet<>();
    private final Set<Object> sessions = new LinkedHashSet<>();

    /** @param external whether the external store is there */
    public Reconcile(BooleanSupplier external, Spool spool) {
        this.external = external;
        this.spool = spool;
    }

    /** Begins a round, which is over at once while the external store is away. */
    public void begin() {
        goesOn = external.getAsBoolean();
    }

    /** Whether another chunk may be brought home now. */
    public boolean goesOn() {
        return goesOn && !spool.isStopping();
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
    public static Backlog backlog(Exchange exchange) throws JsonProcessingException {
        Backlog backlog = new Backlog(rows(exchange, "sessions"), rows(exchange, "tasks"), rows(exchange, "workers"),
                rows(exchange, "events"), rows(exchange, "apiCalls"));
        // From here on all rows of the chunk: the proof is about them.
        exchange.setVariable("sessionIds", ids("session_id", backlog.sessions()));
        exchange.setVariable("taskIds", ids("task_id", backlog.tasks()));
        exchange.setVariable("workerIds", ids("worker_id", backlog.workers()));
        exchange.setVariable("eventIds", ids("record_id", backlog.events()));
        exchange.setVariable("apiCallIds", ids("record_id", backlog.apiCalls()));
        return backlog;
    }

    /**
     * Fails unless a chunk that was joined twice had nothing to add the second time.
     *
     * @throws StoreException where it had; nothing may be deleted then
     */
    public static void prove(Exchange exchange) throws StoreException {
        if (!rows(exchange, "storedBefore").equals(rows(exchange, "storedAfter"))) {
            throw new StoreException("the external store does not hold what was brought home just now, so the local one keeps it");
        }
    }

    /** Counts a chunk that is home. */
    public void count(Backlog backlog) {
        if (backlog.isEmpty()) {
            goesOn = false;
            return;
        }
        if (beganNanos == 0) {
            beganNanos = System.nanoTime();
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
        if (beganNanos == 0 || goesOn) {
            return;
        }
        double seconds = (System.nanoTime() - beganNanos) / 1e9;
        String message = String.format(Locale.ROOT, "Home again: %,d events, %,d API calls, %,d workers, %,d tasks, %,d sessions in %.1f s;"
                + " joining them once more changed no row, and the local store is empty", events, apiCalls, workers.size(), tasks.size(),
                sessions.size(), seconds);
        ObjectNode event = JSON.createObjectNode().put("type", "event").put("id", UUID.randomUUID().toString())
                .put("timestamp", Instant.now().toString()).put("session_id", "tac8").put("event_type", "failback").put("message", message);
        event.putObject("details").put("events", events).put("api_calls", apiCalls).put("workers", workers.size())
                .put("tasks", tasks.size()).put("sessions", sessions.size()).put("changed_by_joining_again", 0).put("seconds", seconds);
        byte[] line = (JSON.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8);
        spool.publish("failback.jsonl", out -> out.write(line));
        LOG.info(message);
        beganNanos = 0;
        events = 0;
        apiCalls = 0;
        workers.clear();
        tasks.clear();
        sessions.clear();
    }

    @SafeVarargs
    private static String ids(String column, List<Map<String, Object>>... rows) throws JsonProcessingException {
        Set<Object> ids = new LinkedHashSet<>();
        for (List<Map<String, Object>> list : rows) {
            list.forEach(row -> ids.add(row.get(column)));
        }
        return JSON.writeValueAsString(ids);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Exchange exchange, String variable) {
        return (List<Map<String, Object>>) exchange.getVariable(variable);
    }
}
