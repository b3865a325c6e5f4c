package dev.tac8.archive;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.files.OwnFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/**
 * How {@code tac8 archive} asks the running service for a run and follows it: by two small files in the spool, the request and the answer.
 * The service's side is {@code routes/archive-begin.camel.yaml} and {@code archive-answer.camel.yaml}.
 */
public final class Requests {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String REQUEST = "archive-request-";
    private static final String ANSWER = "archive-answer-";
    /** Longer than any answer, with a reason for each of many months. */
    private static final int MOST_BYTES = 1 << 20;

    private final OwnFolder folder;

    public Requests(Path spool) {
        this.folder = OwnFolder.of(spool);
    }

    /**
     * How a run goes.
     *
     * @param id      of the run's request; null if no answer is awaited
     * @param rows    how many rows are done
     * @param due     how many were due when it began
     * @param month   whose rows are being moved, or null
     * @param message how it ended, or null while it goes on
     * @param failed  whether it did not end well
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Answer(String id, long rows, long due, String month, String message, boolean failed) {
    }

    /** Asks the service for a run. */
    public String ask(int keepDays, boolean trustClock) throws IOException {
        String id = UUID.randomUUID().toString();
        folder.create();
        folder.write(REQUEST + id, JSON.writeValueAsString(Map.of("id", id, "keep_days", keepDays, "trust_clock", trustClock)) + "\n");
        return id;
    }

    /** Takes back what was asked for, if the service has not begun with it. */
    public void withdraw(String id) throws IOException {
        folder.delete(REQUEST + id);
    }

    /** What the service says of a run, or null if it has not begun with it. */
    public Answer read(String id) {
        try {
            String said = folder.read(ANSWER + id + ".json", MOST_BYTES);
            return said == null ? null : JSON.readValue(said, Answer.class);
        } catch (IOException e) {
            return null;
        }
    }

    /** Removes the answer to a request, which was heard. */
    public void forget(String id) throws IOException {
        folder.delete(ANSWER + id + ".json");
    }

    /** Removes the answers that were never heard, because the caller was killed. */
    public void forgetAll() throws IOException {
        for (String name : folder.oldestFirst(ANSWER)) {
            folder.delete(name);
        }
    }
}
