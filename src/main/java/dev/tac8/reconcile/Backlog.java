package dev.tac8.reconcile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tac8.store.Receipt;
import dev.tac8.store.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Some thousand stored rows on their way to another store, parents included. The write route takes them like a chunk of a file. */
public final class Backlog {
    private final Receipt receipt = new Receipt();
    private final List<Row> sessions;
    private final List<Row> tasks;
    private final List<Row> workers;
    private final List<Row> events;
    private final List<Row> apiCalls;

    /** Made of rows as they were read, from column to value; all rows of a table have the same columns. */
    public Backlog(List<Map<String, Object>> sessions, List<Map<String, Object>> tasks, List<Map<String, Object>> workers,
                   List<Map<String, Object>> events, List<Map<String, Object>> apiCalls) {
        this.sessions = rows("sessions", sessions);
        this.tasks = rows("tasks", tasks);
        this.workers = rows("workers", workers);
        this.events = rows("events", events);
        this.apiCalls = rows("api_calls", apiCalls);
    }

    private List<Row> rows(String table, List<Map<String, Object>> read) {
        List<Row> rows = new ArrayList<>(read.size());
        Row.Columns columns = read.isEmpty() ? null : new Row.Columns(table, List.copyOf(read.get(0).keySet()));
        for (Map<String, Object> values : read) {
            Row row = new Row(columns);
            values.forEach(row::put);
            receipt.add(row);
            rows.add(row);
        }
        return rows;
    }

    public List<Row> sessions() {
        return sessions;
    }

    public List<Row> tasks() {
        return tasks;
    }

    public List<Row> workers() {
        return workers;
    }

    public List<Row> events() {
        return events;
    }

    public List<Row> apiCalls() {
        return apiCalls;
    }

    /** How many events there are. Camel would hash them all to find the size of the list by itself. */
    public int eventCount() {
        return events.size();
    }

    public int apiCallCount() {
        return apiCalls.size();
    }

    /** Whether a transaction that counts has written all of it to the external store. */
    public boolean isHome() {
        return receipt.isStoredIn("external");
    }

    /** How many rows there are without the stand-ins {@code unknown}, which are not records. */
    int records() {
        return (int) Stream.concat(sessions.stream().map(row -> row.get("session_id")), tasks.stream().map(row -> row.get("task_id")))
                .filter(id -> !"unknown".equals(id)).count() + workers.size() + events.size() + apiCalls.size();
    }

    /** What tells its rows apart, for each table a JSON array. */
    Map<String, String> keys() {
        return Map.of("sessions", keys("session_id", sessions), "tasks", keys("task_id", tasks), "workers", keys("worker_id", workers),
                "events", keys("record_id", events), "api_calls", keys("record_id", apiCalls));
    }

    private static String keys(String key, List<Row> rows) {
        ArrayNode keys = JsonNodeFactory.instance.arrayNode(rows.size());
        rows.forEach(row -> keys.add((String) row.get(key)));
        return keys.toString();
    }

    /** The first row that nothing else in here hangs on, as its type and identity. */
    String first() {
        if (!events.isEmpty()) {
            return "event " + events.get(0).get("record_id");
        }
        if (!apiCalls.isEmpty()) {
            return "api_call " + apiCalls.get(0).get("record_id");
        }
        if (!workers.isEmpty()) {
            return "worker " + workers.get(0).get("worker_id");
        }
        return tasks.isEmpty() ? "session " + sessions.get(0).get("session_id") : "task " + tasks.get(0).get("task_id");
    }
}
