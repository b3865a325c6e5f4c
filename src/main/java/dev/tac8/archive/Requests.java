package dev.tac8.archive;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.files.OwnFolder;
import dev.tac8.ingest.Pace;
import dev.tac8.store.Reasons;
import dev.tac8.text.Printable;
import dev.tac8.text.Sparingly;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.BindToRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How {@code tac8 archive} asks the running service for a run and follows it: by small files in the spool, one a request, and one that
 * says how the last few runs went.
 */
@BindToRegistry("archive-requests")
public final class Requests {
    private static final Logger LOG = LoggerFactory.getLogger("archive");
    private static final JsonMapper JSON = new JsonMapper();
    private static final String REQUEST = "archive-request-";
    private static final String ANSWER = "archive-answer.json";
    private static final String WRITING = ".new";
    /** Longer than any request of ours, and than {@value #MOST_ANSWERS} answers with a reason each. */
    private static final int MOST_BYTES = 1 << 20;

    /** What it costs to look at a request, in names that are passed over. */
    private static final long QUESTIONS = 10;
    /** So many answers are kept: a caller that was refused meanwhile must hear of it as well. */
    private static final int MOST_ANSWERS = 20;

    private final OwnFolder folder;
    private final Map<String, Answer> answers = new LinkedHashMap<>();
    private final Sparingly sparingly = new Sparingly();
    private final Pace pace = new Pace();

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
        write(REQUEST + id, Map.of("id", id, "keep_days", keepDays, "trust_clock", trustClock));
        return id;
    }

    /** Takes back what was asked for, if the service has not begun with it. */
    public void withdraw(String id) throws IOException {
        folder.delete(REQUEST + id);
    }

    /** The oldest request, which is given once; null if there is none. */
    public Request take() {
        if (!pace.isDue()) {
            return null;
        }
        List<String> names = inOrder();
        for (String name : names) {
            Request request = take(name);
            if (request != null) {
                return request;
            }
        }
        pace.foundNothing(QUESTIONS * names.size());
        return null;
    }

    private Request take(String name) {
        Path file = folder.path().resolve(name);
        try {
            String asked = folder.read(name, MOST_BYTES);
            folder.delete(name);
            if (asked == null) {
                // It was withdrawn just now.
                return null;
            }
            JsonNode json = JSON.readTree(asked);
            if (!json.path("id").isTextual() || !json.path("keep_days").isInt()) {
                sparingly.warn(LOG, "{} is not a valid request for a run, and was deleted: a request has an id and keep_days", Printable.of(file.toString()));
                return null;
            }
            return new Request(json.path("id").asText(), json.path("keep_days").asInt(), json.path("trust_clock").asBoolean(), true);
        } catch (JsonProcessingException e) {
            sparingly.warn(LOG, "{} is not a valid request for a run, and was deleted: it is not JSON", Printable.of(file.toString()));
            return null;
        } catch (IOException e) {
            sparingly.warn(LOG, "cannot take the request {}: {}. It is tried again", Printable.of(file.toString()), Reasons.of(e));
            return null;
        }
    }

    private List<String> inOrder() {
        try {
            return folder.list(REQUEST).entrySet().stream().filter(file -> !file.getKey().endsWith(WRITING)).sorted(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey).toList();
        } catch (IOException e) {
            sparingly.warn(LOG, "cannot read the requests in {}: {}. It is tried again", folder.path(), Reasons.of(e));
            return List.of();
        }
    }

    /** What the service says of a run, or null if it has not begun with it. */
    public Answer read(String id) {
        try {
            String all = folder.read(ANSWER, MOST_BYTES);
            return all == null ? null : JSON.readValue(all, new TypeReference<Map<String, Answer>>() { }).get(id);
        } catch (IOException e) {
            return null;
        }
    }

    synchronized void answer(Answer answer) {
        if (answer.id() == null) {
            return;
        }
        answers.remove(answer.id());
        answers.put(answer.id(), answer);
        if (answers.size() > MOST_ANSWERS) {
            answers.remove(answers.keySet().iterator().next());
        }
        try {
            write(ANSWER, answers);
        } catch (IOException e) {
            LOG.warn("cannot write {}, so ./tac8 archive does not see how the run goes: {}", folder.path().resolve(ANSWER), Reasons.of(e));
        }
    }

    private void write(String name, Object json) throws IOException {
        folder.write(name, JSON.writeValueAsString(json) + "\n");
    }
}
