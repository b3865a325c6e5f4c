package dev.tac8.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.files.OwnFolder;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * How fresh the replica is, as the service that fills it has last said, in a file of its spool.
 *
 * @param asOf    all that the database had committed then is in the replica; null if nothing has been read of it yet
 * @param of      the database's address
 * @param copying whether a first copy has begun and is not complete
 * @param reason  why nothing could be read when that was tried last, a minute or so ago at most; or null
 * @param follows whether a service here keeps a replica
 * @param period  how often it is asked
 */
public record Freshness(Instant asOf, String of, boolean copying, String reason, boolean follows, Duration period) {
    /** The file, among tac8's own. */
    public static final String FILE = "replica.json";
    /** So much older than it would be is one that nobody fills, or that cannot be filled. */
    private static final Duration OLD = Duration.ofSeconds(10);
    /** A reason that is older is of a service that has ended, or reads again. */
    private static final Duration LATELY = Duration.ofMinutes(2);
    private static final int MOST_BYTES = 1 << 16;
    private static final JsonMapper JSON = new JsonMapper();

    /** What is said last; null where there is no replica, as the store is a file. */
    public static Freshness read(Settings settings) {
        if (!settings.isPostgresql()) {
            return null;
        }
        String of = settings.text(Setting.POSTGRESQL_URL).replaceFirst("\\?.*", "");
        boolean follows = settings.flag(Setting.REPLICA_FOLLOW);
        Duration period = Duration.ofMillis(settings.number(Setting.REPLICA_MILLISECONDS));
        try {
            JsonNode said = read(OwnFolder.of(settings.path(Setting.SPOOL_DIR)));
            Instant asOf = asOf(said, of);
            boolean copying = asOf == null && isOf(said, of) && said.path("copying").asBoolean(true);
            // Before the clock was set back, and how long before is not known.
            boolean isUnknown = asOf != null && asOf.isAfter(Instant.now().plus(OLD));
            return new Freshness(isUnknown ? null : asOf, of, copying, isOf(said, of) ? reason(said) : null, follows, period);
        } catch (IOException | DateTimeException e) {
            return new Freshness(null, of, false, null, follows, period);
        }
    }

    /** When a replica was last read of a database, as is said in a folder; null if that is not known, or a first copy is not complete. */
    public static Instant asOf(OwnFolder folder, String of) throws IOException {
        try {
            return asOf(read(folder), of);
        } catch (JsonProcessingException | DateTimeException e) {
            return null;
        }
    }

    private static Instant asOf(JsonNode said, String of) {
        return isOf(said, of) && said.path("as_of").isTextual() ? Instant.parse(said.path("as_of").asText()) : null;
    }

    /** What was read of another database says nothing of this one. */
    private static boolean isOf(JsonNode said, String of) {
        return said.path("of").asText().equals(of);
    }

    private static JsonNode read(OwnFolder folder) throws IOException {
        String text = folder.read(FILE, MOST_BYTES);
        return text == null ? MissingNode.getInstance() : JSON.readTree(text);
    }

    private static String reason(JsonNode said) {
        return said.path("failed_at").isTextual() && Instant.parse(said.path("failed_at").asText()).isAfter(Instant.now().minus(LATELY)) ? said.path("reason").textValue() : null;
    }

    /**
     * What a service writes to the file.
     *
     * @param asOf null while a first copy is not complete
     */
    public static String said(Instant asOf, String of) {
        return JsonNodeFactory.instance.objectNode().put("as_of", asOf == null ? null : asOf.toString()).put("of", of).toString();
    }

    /**
     * What a service writes to the file that could not read just now: what was said before, and why.
     *
     * @throws IOException if that cannot be read
     */
    public static String failed(OwnFolder folder, String of, String reason) throws IOException {
        JsonNode before = read(folder);
        ObjectNode said = before.path("of").asText().equals(of) ? (ObjectNode) before : JSON.createObjectNode().putNull("as_of").put("of", of).put("copying", false);
        return said.put("failed_at", Instant.now().toString()).put("reason", reason).toString();
    }

    /** How far behind it is; null if nothing has been read yet. */
    public Duration behind(Instant now) {
        // The clock may have been set back.
        return asOf == null ? null : now.isBefore(asOf) ? Duration.ZERO : Duration.between(asOf, now);
    }

    /** Whether what is new may be missing for longer than a reader would expect. */
    public boolean isOld(Instant now) {
        return asOf == null || behind(now).compareTo(OLD.plus(period)) > 0;
    }

    /** A sentence for an answer: how far behind it is. */
    public String remark(Instant now) {
        return "Of a replica that was " + inWords(behind(now)) + " behind the database.";
    }

    /** A sentence for an answer from one that is old: what is missing, and what to do. */
    public String missing() {
        if (!follows && asOf == null) {
            return "what is in " + of + " is missing here, as tac8.replica.follow is false: ask on another host, or have ./tac8 replica follow it";
        }
        String what = copying ? "what is in " + of + " is still being copied, and most of it is missing here: " : asOf == null ? "nothing has been read yet of " + of + ": "
                : "what was stored in " + of + " since " + asOf.truncatedTo(ChronoUnit.SECONDS) + " is missing here: ";
        if (reason != null) {
            return what + "./tac8 run or ./tac8 replica tries again by itself, and could not read it just now: " + reason;
        }
        return what + (copying ? "./tac8 run or ./tac8 replica goes on with that, and its log says if it cannot"
                : asOf == null ? "./tac8 run or ./tac8 replica does that"
                : "nothing has been read of it since, so start ./tac8 run or ./tac8 replica; if one runs, its log says why, or the database does not answer it just now");
    }

    /** How fresh it is, and why it is no fresher, for a line of status. */
    public String inWords(Instant now) {
        String fresh = asOf != null ? inWords(behind(now)) + " behind the database" : copying ? "the database is being copied for the first time"
                : follows ? "nothing has been read of the database yet" : "none here, as tac8.replica.follow is false";
        return reason == null ? fresh : fresh + ": " + reason;
    }

    /** A length of time in short. */
    public static String inWords(Duration length) {
        return length.compareTo(Duration.ofMinutes(1)) < 0 ? String.format(Locale.ROOT, "%.1f s", length.toMillis() / 1e3)
                : length.compareTo(Duration.ofHours(2)) < 0 ? length.toMinutes() + " min" : length.toHours() + " h";
    }
}
