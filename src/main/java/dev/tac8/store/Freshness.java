package dev.tac8.store;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.files.OwnFolder;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * How fresh the replica is, as the service that fills it has last said, in a file of its spool.
 *
 * @param asOf all that the database had committed then is in the replica; null if nothing has been read of it yet
 * @param of   the database's address
 */
public record Freshness(Instant asOf, String of) {
    /** The file, among tac8's own. */
    public static final String FILE = "replica.json";
    /** So old is one that nobody fills, or that cannot be filled. */
    private static final Duration OLD = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 1 << 16;

    /** What is said last; null where there is no replica, as the store is a file. */
    public static Freshness read(Settings settings) {
        if (!settings.isPostgresql()) {
            return null;
        }
        return new Freshness(asOf(settings.path(Setting.SPOOL_DIR)), settings.text(Setting.POSTGRESQL_URL).replaceFirst("\\?.*", ""));
    }

    private static Instant asOf(Path spool) {
        try {
            String text = OwnFolder.of(spool).read(FILE, MOST_BYTES);
            return text == null ? null : Instant.parse(new JsonMapper().readTree(text).path("as_of").asText());
        } catch (IOException | DateTimeException e) {
            return null;
        }
    }

    /** How far behind it is; null if nothing has been read yet. */
    public Duration behind(Instant now) {
        // The clock may have been set back.
        return asOf == null ? null : now.isBefore(asOf) ? Duration.ZERO : Duration.between(asOf, now);
    }

    /** Whether what is new may be missing for longer than a reader would expect. */
    public boolean isOld(Instant now) {
        return asOf == null || behind(now).compareTo(OLD) > 0;
    }

    /** A sentence for an answer: how far behind it is. */
    public String remark(Instant now) {
        return "Of a replica that was " + inWords(behind(now)) + " behind the database.";
    }

    /** A sentence for an answer from one that is old: what is missing, and what to do. */
    public String missing() {
        return asOf == null ? "nothing has been read yet of " + of + ": ./tac8 run or ./tac8 replica does that"
                : "what other hosts have stored in " + of + " since " + asOf.truncatedTo(ChronoUnit.SECONDS) + " is missing here: nothing has followed it since, so start"
                + " ./tac8 run or ./tac8 replica, or look into its log";
    }

    /** A length of time in short. */
    public static String inWords(Duration length) {
        return length.compareTo(Duration.ofMinutes(1)) < 0 ? String.format(Locale.ROOT, "%.1f s", length.toMillis() / 1e3)
                : length.compareTo(Duration.ofHours(2)) < 0 ? length.toMinutes() + " min" : length.toHours() + " h";
    }
}
