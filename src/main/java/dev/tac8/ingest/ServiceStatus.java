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
 * @param breaker      closed, open or half-open; null where no breaker says where what is read goes
 * @param breakerSince when chunks began to go to the store they go to now, or null
 * @param stuckSince   when the external store was asked a question that it has not answered yet, or null
 * @param generation   what is in force of the files that operators edit, and what is refused
 * @param held         why what is read or has come of the topic waits, or null
 * @param broker       how the broker is, or null if there is none
 * @param isBrokerAway whether it cannot be used
 */
public record ServiceStatus(long pid, Instant at, String breaker, Instant breakerSince, Instant stuckSince, InForce.State generation, Counts.Held held, String broker, boolean isBrokerAway) {
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
            String breaker = json.path("breaker").textValue();
            if (breaker != null && !BREAKER_STATES.contains(breaker)) {
                return null;
            }
            Instant held = time(json, "held_since");
            return new ServiceStatus(json.path("pid").asLong(), Instant.parse(json.path("at").asText()), breaker, time(json, "breaker_since"), time(json, "stuck_since"),
                    InForce.State.of(json.path("generation")), held == null ? null : new Counts.Held(held, json.path("held").asText()), json.path("broker").textValue(),
                    json.path("broker_away").asBoolean());
        } catch (IOException | DateTimeParseException e) {
            return null;
        }
    }

    private static Instant time(JsonNode json, String name) {
        return json.path(name).isTextual() ? Instant.parse(json.path(name).asText()) : null;
    }

    /** Forgets what a former service said of itself: it no longer holds. */
    public static void forget(Path spool) throws IOException {
        OwnFolder.of(spool).delete(FILE);
    }
}
