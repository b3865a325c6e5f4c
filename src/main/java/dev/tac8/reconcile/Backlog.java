package dev.tac8.reconcile;

import java.util.List;
import java.util.Map;

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
}
