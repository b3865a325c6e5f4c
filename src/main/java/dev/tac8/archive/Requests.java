package dev.tac8.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How {@code tac8 archive} asks the running service for a run and follows it: by small files in the spool, one for each who asks, and
 * one that says how the last few runs went.
 */
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
    /** So many answers are kept: whoever was refused meanwhile must hear of it as well. */
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
     * @param id      of the run's request; null where nobody waits for an answer
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
        folder.create();
        write(REQUEST + id, JSON.createObjectNode().put("id", id).put("keep_days", keepDays).put("trust_clock", trustClock));
        return id;
    }

    /** Takes back what was asked for, if the service has not begun with it. */
    public void withdraw(String id) throws IOException {
        folder.delete(REQUEST + id);
    }

    /** What somebody asked for, once, and whoever asked first first; null where nobody did. */
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
                sparingly.warn(LOG, "{} asked for no run that there is, and was deleted: it takes an id and keep_days", Printable.of(file.toString()));
                return null;
            }
            return new Request(json.path("id").asText(), json.path("keep_days").asInt(), json.path("trust_clock").asBoolean(), true);
        } catch (JsonProcessingException e) {
            sparingly.warn(LOG, "{} asked for no run that there is, and was deleted: it is no JSON", Printable.of(file.toString()));
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

    /** What the service says of a run, or null where it has not begun with it. */
    public Answer read(String id) {
        try {
            String all = folder.read(ANSWER, MOST_BYTES);
            JsonNode said = all == null ? MissingNode.getInstance() : JSON.readTree(all).path(id);
            return said.isMissingNode() ? null : new Answer(id, said.path("rows").asLong(), said.path("due").asLong(),
                    said.path("month").asText(null), said.path("message").asText(null), said.path("failed").asBoolean());
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
        ObjectNode all = JSON.createObjectNode();
        answers.values().forEach(one -> all.putObject(one.id()).put("rows", one.rows()).put("due", one.due()).put("month", one.month())
                .put("message", one.message()).put("failed", one.failed()));
        try {
            write(ANSWER, all);
        } catch (IOException e) {
            LOG.warn("cannot write {}, so ./tac8 archive does not see how the run goes: {}", folder.path().resolve(ANSWER), Reasons.of(e));
        }
    }

    private void write(String name, ObjectNode json) throws IOException {
        folder.write(name, JSON.writeValueAsString(json) + "\n");
    }
}
