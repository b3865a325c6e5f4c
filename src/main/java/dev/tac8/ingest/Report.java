package dev.tac8.ingest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** An event of session {@code tac8} by which the service reports its own work: a line of JSON that goes the way of all records. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(String type, String id, String timestamp, @JsonProperty("session_id") String session,
                     @JsonProperty("event_type") String eventType, String severity, String message, Map<String, Object> details) {
    /** @param severity or null */
    public Report(String eventType, Instant at, String severity, String message) {
        this("event", UUID.randomUUID().toString(), at.toString(), "tac8", eventType, severity, message, new LinkedHashMap<>());
    }

    /** Adds a detail. */
    public Report with(String name, Object value) {
        details.put(name, value);
        return this;
    }
}
