package dev.tac8.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.files.OwnFolder;
import dev.tac8.generation.InForce;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Set;

/**
 * What a service said of itself, in a file of its spool.
 *
 * @param at           when
 * @param breaker      closed, open or half-open
 * @param breakerSince when chunks began to go to the store they go to now
 * @param stuckSince   when the external store was asked a question that it has not answered yet, or null
 * @param generation   what is in force of the files that operators edit, and what is refused
 * @param broker       how the broker is, or null if there is none
 */
public record ServiceStatus(long pid, Instant at, String breaker, Instant breakerSince, Instant stuckSince, InForce.State generation, String broker) {
    /** The file, among tac8's own. */
    public static final String FILE = "status.json";
    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<String> BREAKER_STATES = Set.of("closed", "open", "half-open");
    private static final int MOST_BYTES = 1 << 18;

    /** What the service on a spool said last, or null if it has said nothing that can be read. */
    public static ServiceStatus read(Path spool) {
        try {
            String text = OwnFolder.of(spool).read(FILE, MOST_BYTES);
            if (text == null) {
                return null;
            }
            JsonNode json = JSON.readTree(text);
            if (!BREAKER_STATES.contains(json.path("breaker").asText())) {
                return null;
            }
            return new ServiceStatus(json.path("pid").asLong(), Instant.parse(json.path("at").asText()), json.path("breaker").asText(),
                    Instant.parse(json.path("breaker_since").asText()),
                    json.path("stuck_since").isTextual() ? Instant.parse(json.path("stuck_since").asText()) : null, InForce.State.of(json.path("generation")),
                    json.path("broker").textValue());
        } catch (IOException | DateTimeParseException e) {
            return null;
        }
    }

    /** Forgets what a former service said of itself: it no longer holds. */
    public static void forget(Path spool) throws IOException {
        OwnFolder.of(spool).delete(FILE);
    }
}
