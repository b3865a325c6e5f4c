package dev.tac8.service;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.files.OwnFolder;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.ingest.Spool;
import dev.tac8.store.Reasons;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.camel.BindToRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what only the service knows about itself, its {@link ServiceStatus}, for the process of {@code tac8 status}.
 *
 * <p>Nothing here touches a store or its volume: they may hang, and the status must then say so.
 */
@BindToRegistry("status")
public final class Status {
    private static final Logger LOG = LoggerFactory.getLogger("status");
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration WRITE_AFTER = Duration.ofSeconds(5);

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

    /** Writes the file if it says something new, and every few seconds: an old file tells that the service hangs. */
    public synchronized void publish() {
        if (!spool.isReady() && !spool.isTaken()) {
            // Another folder is there now, and its readers must not hear of this service.
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
            folder.write(ServiceStatus.FILE, JSON.writeValueAsString(now.deepCopy().put("at", Instant.now().toString())) + "\n");
            written = now;
            writtenNanos = System.nanoTime();
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                LOG.warn("cannot write {}, so ./tac8 status does not know how the service is: {}", folder.path().resolve(ServiceStatus.FILE),
                        Reasons.of(e));
            }
            failed = true;
        }
    }
}
