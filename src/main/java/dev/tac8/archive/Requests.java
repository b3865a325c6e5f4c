package dev.tac8.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.store.Reasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How {@code tac8 archive} asks the running service for a run and follows it: by two small files in the spool. */
public final class Requests {
    private static final Logger LOG = LoggerFactory.getLogger("archive");
    private static final JsonMapper JSON = new JsonMapper();
    private static final String REQUEST = ".archive-request.json";
    private static final String ANSWER = ".archive-answer.json";

    private final Path spool;

    public Requests(Path spool) {
        this.spool = spool;
    }

    /**
     * How a run goes.
     *
     * @param id      of the run's request
     * @param rows    how many rows are done
     * @param due     how many were due when it began
     * @param month   whose rows are being moved, or null
     * @param message how it ended, or null while it goes on
     * @param failed  whether it did not end well
     */
    public record Answer(String id, long rows, long due, String month, String message, boolean failed) {
    }

    /** Asks the service for a run. */
    public String ask(int keepDays, boolean trustClock) throws IOException {
        String id = UUID.randomUUID().toString();
        write(REQUEST, JSON.createObjectNode().put("id", id).put("keep_days", keepDays).put("trust_clock", trustClock));
        return id;
    }

    /** Takes back what was asked for, if the service has not begun with it. */
    public void withdraw() throws IOException {
        Files.deleteIfExists(spool.resolve(REQUEST));
    }

    /** What somebody asked for, once; null where nobody did. */
    public Request take() {
        Path file = spool.resolve(REQUEST);
        try {
            JsonNode asked = JSON.readTree(Files.readString(file));
            Files.delete(file);
            return new Request(asked.path("id").asText(), asked.path("keep_days").asInt(Integer.MAX_VALUE), asked.path("trust_clock").asBoolean(),
                    true);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.warn("cannot take the request {}: {}. It is tried again", file, Reasons.of(e));
            return null;
        }
    }

    /** What the service says of a run, or null where it has not begun with it. */
    public Answer read(String id) {
        try {
            JsonNode said = JSON.readTree(Files.readString(spool.resolve(ANSWER)));
            return !id.equals(said.path("id").asText()) ? null : new Answer(id, said.path("rows").asLong(), said.path("due").asLong(),
                    said.path("month").asText(null), said.path("message").asText(null), said.path("failed").asBoolean());
        } catch (IOException e) {
            return null;
        }
    }

    void answer(Answer answer) {
        try {
            write(ANSWER, JSON.createObjectNode().put("id", answer.id()).put("rows", answer.rows()).put("due", answer.due())
                    .put("month", answer.month()).put("message", answer.message()).put("failed", answer.failed()));
        } catch (IOException e) {
            LOG.warn("cannot write {}, so ./tac8 archive does not see how the run goes: {}", spool.resolve(ANSWER), Reasons.of(e));
        }
    }

    private void write(String name, ObjectNode json) throws IOException {
        Path part = spool.resolve(name + ".new");
        Files.writeString(part, JSON.writeValueAsString(json) + "\n");
        Files.move(part, spool.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
