package dev.tac8.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
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
 * @param follows whether a service here keeps a replica
 * @param period  how often it is asked
 */
public record Freshness(Instant asOf, String of, boolean copying, boolean follows, Duration period) {
    /** The file, among tac8's own. */
    public static final String FILE = "replica.json";
    /** So much older than it would be is one that nobody fills, or that cannot be filled. */
    private static final Duration OLD = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 1 << 16;

    /** What is said last; null where there is no replica, as the store is a file. */
    public static Freshness read(Settings settings) {
        if (!settings.isPostgresql()) {
            return null;
        }
        String of = settings.text(Setting.POSTGRESQL_URL).replaceFirst("\\?.*", "");
        boolean follows = settings.flag(Setting.REPLICA_FOLLOW);
        Duration period = Duration.ofMillis(settings.number(Setting.REPLICA_MILLISECONDS));
        try {
            String text = OwnFolder.of(settings.path(Setting.SPOOL_DIR)).read(FILE, MOST_BYTES);
            JsonNode said = text == null ? MissingNode.getInstance() : new JsonMapper().readTree(text);
            // What was read of another database says nothing of this one.
            boolean isOfIt = said.path("of").asText().equals(of);
            Instant asOf = isOfIt && said.path("as_of").isTextual() ? Instant.parse(said.path("as_of").asText()) : null;
            return new Freshness(asOf, of, isOfIt && asOf == null, follows, period);
        } catch (IOException | DateTimeException e) {
            return new Freshness(null, of, false, follows, period);
        }
    }

    /**
     * What a service writes to the file.
     *
     * @param asOf null while a first copy is not complete
     */
    public static String said(Instant asOf, String of) {
        return JsonNodeFactory.instance.objectNode().put("as_of", asOf == null ? null : asOf.toString()).put("of", of).toString();
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
        return copying ? "what is in " + of + " is still being copied, and most of it is missing here: ./tac8 run or ./tac8 replica goes on with that, and its log says if it cannot"
                : asOf == null ? "nothing has been read yet of " + of + ": ./tac8 run or ./tac8 replica does that"
                : "what other hosts have stored in " + of + " since " + asOf.truncatedTo(ChronoUnit.SECONDS) + " is missing here: nothing has been read of it since, so start"
                + " ./tac8 run or ./tac8 replica; if one runs, its log says why, or the database does not answer it just now";
    }

    /** Why there is nothing to say of how fresh it is, in a few words. */
    public String inWords() {
        return copying ? "the database is being copied for the first time" : follows ? "nothing has been read of the database yet" : "none here, as tac8.replica.follow is false";
    }

    /** A length of time in short. */
    public static String inWords(Duration length) {
        return length.compareTo(Duration.ofMinutes(1)) < 0 ? String.format(Locale.ROOT, "%.1f s", length.toMillis() / 1e3)
                : length.compareTo(Duration.ofHours(2)) < 0 ? length.toMinutes() + " min" : length.toHours() + " h";
    }
}
