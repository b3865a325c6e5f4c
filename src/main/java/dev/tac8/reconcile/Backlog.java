package dev.tac8.reconcile;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Some thousand rows of the local store on their way home, parents included. The write route takes it like a chunk of a file. */
public record Backlog(List<Map<String, Object>> sessions, List<Map<String, Object>> tasks, List<Map<String, Object>> workers,
                      List<Map<String, Object>> events, List<Map<String, Object>> apiCalls) {

    /** How many events there are. Camel would hash them all to find the size of the list by itself. */
    public int eventCount() {
        return events.size();
    }

    public int apiCallCount() {
        return apiCalls.size();
    }

    /** Whether the local store holds nothing any more. */
    public boolean isEmpty() {
        return sessions.isEmpty() && tasks.isEmpty() && workers.isEmpty() && events.isEmpty() && apiCalls.isEmpty();
    }

    /** How many rows there are but for the stand-ins {@code unknown}, which are no records. */
    int records() {
        return (int) Stream.concat(sessions.stream().map(row -> row.get("session_id")), tasks.stream().map(row -> row.get("task_id")))
                .filter(id -> !"unknown".equals(id)).count() + workers.size() + events.size() + apiCalls.size();
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
