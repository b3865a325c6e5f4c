package dev.tac8.ingest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tac8.files.OwnFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** An event of session {@code tac8} by which the service reports its own work: a line of JSON that goes the way of all records. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(String type, String id, String timestamp, @JsonProperty("session_id") String session,
                     @JsonProperty("event_type") String eventType, String severity, String message, Map<String, Object> details) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_BYTES = 1 << 20;

    /** @param severity or null */
    public Report(String eventType, Instant at, String severity, String message) {
        this("event", UUID.randomUUID().toString(), at.toString(), "tac8", eventType, severity, message, new LinkedHashMap<>());
    }

    /**
     * What the service on a spool has reported last of a kind: the events of several hosts that store together do not tell whose they are.
     *
     * @return null if none is on record there
     */
    public static Report last(Path spool, String kind) {
        try {
            String text = OwnFolder.of(spool).read("last-" + kind + ".json", MOST_BYTES);
            JsonNode said = text == null ? MissingNode.getInstance() : JSON.readTree(text);
            return !said.path("message").isTextual() ? null : new Report(kind, Instant.parse(said.path("timestamp").asText()), said.path("severity").textValue(), said.path("message").textValue());
        } catch (IOException | DateTimeParseException e) {
            return null;
        }
    }

    /** Adds a detail. */
    public Report with(String name, Object value) {
        details.put(name, value);
        return this;
    }
}
