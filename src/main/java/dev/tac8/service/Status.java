package dev.tac8.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.files.OwnFolder;
import dev.tac8.ingest.Spool;
import dev.tac8.store.Reasons;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the service alone knows of itself, in a file of the spool, for the process of {@code tac8 status}.
 *
 * <p>Nothing here touches a store or its volume: they may hang, and this must say so.
 */
public final class Status {
    private static final Logger LOG = LoggerFactory.getLogger("status");
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration WRITE_AFTER = Duration.ofSeconds(5);
    private static final String FILE = "status.json";
    private static final Set<String> BREAKER_STATES = Set.of("closed", "open", "half-open");
    private static final int MOST_BYTES = 1 << 16;

    private final Spool spool;
    private final OwnFolder folder;
    private final Breaker breaker;
    private final TimeLimit timeLimit;
    private ObjectNode written = JSON.createObjectNode();
    private long writtenNanos;
    private boolean failed;

    Status(Spool spool, Breaker breaker, TimeLimit timeLimit) {
        this.spool = spool;
        this.folder = OwnFolder.of(spool.dir());
        this.breaker = breaker;
        this.timeLimit = timeLimit;
    }

    /**
     * What a service said of itself.
     *
     * @param at           when
     * @param breaker      closed, open or half-open
     * @param breakerSince when chunks began to go where they go
     * @param stuckSince   when the external store was asked what it has not answered yet, or null
     */
    public record Said(long pid, Instant at, String breaker, Instant breakerSince, Instant stuckSince) {
    }

    /** Writes the file where it says something new, and every few seconds: an old file tells that the service hangs. */
    public synchronized void publish() {
        if (!spool.isReady() && !spool.isTaken()) {
            // Another folder is there now, and nobody who asks there is to hear of this service.
            return;
        }
        ObjectNode now = JSON.createObjectNode().put("pid", ProcessHandle.current().pid()).put("breaker", breaker.state())
                .put("breaker_since", breaker.since().toString());
        Duration stuck = timeLimit.stuckFor();
        now.put("stuck_since", stuck.isZero() ? null : Instant.now().minus(stuck).truncatedTo(ChronoUnit.SECONDS).toString());
        if (now.equals(written) && System.nanoTime() - writtenNanos < WRITE_AFTER.toNanos()) {
            return;
        }
        try {
            folder.write(FILE, JSON.writeValueAsString(now.deepCopy().put("at", Instant.now().toString())) + "\n");
            written = now;
            writtenNanos = System.nanoTime();
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                LOG.warn("cannot write {}, so ./tac8 status does not know how the service is: {}", folder.path().resolve(FILE),
                        Reasons.of(e));
            }
            failed = true;
        }
    }

    /** What the service on a spool said last, or null where it has said nothing that can be read. */
    public static Said read(Path spool) {
        try {
            String text = OwnFolder.of(spool).read(FILE, MOST_BYTES);
            if (text == null) {
                return null;
            }
            JsonNode json = JSON.readTree(text);
            if (!BREAKER_STATES.contains(json.path("breaker").asText())) {
                return null;
            }
            return new Said(json.path("pid").asLong(), Instant.parse(json.path("at").asText()), json.path("breaker").asText(),
                    Instant.parse(json.path("breaker_since").asText()),
                    json.path("stuck_since").isTextual() ? Instant.parse(json.path("stuck_since").asText()) : null);
        } catch (IOException | DateTimeParseException e) {
            return null;
        }
    }

    static void forget(Path spool) throws IOException {
        OwnFolder.of(spool).delete(FILE);
    }
}
