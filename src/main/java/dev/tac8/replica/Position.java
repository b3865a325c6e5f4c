package dev.tac8.replica;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.files.OwnFolder;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How far a replica has read.
 *
 * @param history  of which database, as {@code sql/postgresql/moment.sql} tells it
 * @param snapshot all that this snapshot of PostgreSQL sees has been read
 */
record Position(String history, String snapshot) {
    /** Where no row is seen yet. */
    static final String NOTHING_READ = "1:1:";
    private static final Pattern SNAPSHOT = Pattern.compile("\\d+:\\d+:[\\d,]*");
    private static final String FILE = "replica-position.json";
    private static final int MOST_BYTES = 1 << 20;
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * The position of the file that carries this mark. A file that was begun anew, put back from a backup, or exchanged carries another one, or
     * none, and has everything read again: what was read once must not be believed to be in it.
     *
     * @param mark the file's {@code application_id}
     * @return null if nothing is known of it
     */
    static Position of(OwnFolder folder, int mark) throws IOException {
        String text = folder.read(FILE, MOST_BYTES);
        if (text == null || mark == 0) {
            return null;
        }
        try {
            JsonNode json = JSON.readTree(text).path(String.valueOf(mark));
            String snapshot = json.path("snapshot").asText();
            return SNAPSHOT.matcher(snapshot).matches() ? new Position(json.path("history").asText(), snapshot) : null;
        } catch (JsonProcessingException e) {
            // As if it were gone.
            return null;
        }
    }

    /** The transactions that ran when the snapshot was taken, as an array of PostgreSQL's. */
    String running() {
        return "{" + snapshot.substring(snapshot.lastIndexOf(':') + 1) + "}";
    }

    /** Remembers positions by marks, so that it outlives a power cut: the one that the file has still, and the one that it is about to get. */
    static void write(OwnFolder folder, Map<Integer, Position> positions) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        positions.forEach((mark, position) -> {
            if (position != null) {
                json.putObject(String.valueOf(mark)).put("history", position.history).put("snapshot", position.snapshot);
            }
        });
        folder.writeDurably(FILE, json + "\n");
    }
}
