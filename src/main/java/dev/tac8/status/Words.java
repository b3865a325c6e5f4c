package dev.tac8.status;

import dev.tac8.ingest.ServiceStatus;
import dev.tac8.query.Table;
import dev.tac8.settings.Settings;
import dev.tac8.text.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How states, sizes and lengths of time are said. */
public final class Words {
    private static final Duration SILENT_AFTER = Duration.ofSeconds(15);
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    /** How many files are named. */
    private static final int FEW = 3;
    private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB");

    private Words() {
    }

    /** A number of things, such as {@code 2 files}. */
    public static String count(long number, String thing) {
        return Table.whole(number) + " " + thing + (number == 1 ? "" : "s");
    }

    /** Bytes in the greatest unit. */
    public static String size(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < UNITS.size() - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, UNITS.get(unit));
    }

    /** How long ago a time is. */
    public static Duration age(Instant time, Instant now) {
        Duration age = Duration.between(time, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    /** A time, and how long ago it is. */
    public static String ago(Instant time, Instant now) {
        return time(time) + (time.isAfter(now.plus(CLOCKS_DIFFER)) ? ", later than this computer's clock says it is"
                : ", " + length(age(time, now)) + " ago");
    }

    /** A time to the second. */
    public static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** A length of time in one unit. */
    public static String length(Duration duration) {
        Map<String, Long> parts = Map.of("days", duration.toDays(), "h", duration.toHours(), "min", duration.toMinutes());
        for (String unit : List.of("days", "h", "min")) {
            if (parts.get(unit) >= 2) {
                return parts.get(unit) + " " + unit;
            }
        }
        return duration.toSeconds() + " s";
    }

    /** A few of the names, and how many more there are. */
    public static String files(List<String> names) {
        String first = names.stream().limit(FEW).map(Printable::of).collect(Collectors.joining(", "));
        return names.size() <= FEW ? first : first + " and " + Table.whole(names.size() - FEW) + " more";
    }

    /**
     * Whether a service runs, and says how it is.
     *
     * @param holder the process that holds the spool; negative if it is not known which, 0 for none
     */
    public static String service(long holder, ServiceStatus said, Instant now) {
        if (holder == 0) {
            return "does not run";
        }
        String runs = holder > 0 ? "runs, process " + holder : "runs";
        if (said == null) {
            return runs + ", but has not said yet how it is";
        }
        Duration silent = age(said.at(), now);
        return silent.compareTo(SILENT_AFTER) < 0 ? runs : runs + ", but has not said how it is for " + length(silent);
    }

    /** How the breaker is, and where chunks go if they go anywhere. */
    public static String breaker(ServiceStatus said, Instant now) {
        return said.breaker() + " for " + length(age(said.breakerSince(), now))
                + (said.held() != null ? "" : ": chunks go to the " + (said.breaker().equals("closed") ? "external" : "local") + " store");
    }

    /** For how long nothing is stored or sent, and why. */
    public static String held(ServiceStatus said, Instant now) {
        return "for " + length(age(said.held().since(), now)) + ", and all of it is kept: " + said.held().reason();
    }

    /** How the broker is that a service uses; null if there is none, or no service. */
    public static String broker(Settings settings, long holder, ServiceStatus said) {
        return !settings.isKafka() || holder == 0 ? null : said == null || said.broker() == null ? "not looked at yet" : said.broker();
    }

    /** For how long the external store has not answered. */
    public static String stuck(ServiceStatus said, Instant now) {
        return said.stuckSince() == null ? "nothing" : "the external store has not answered for " + length(age(said.stuckSince(), now));
    }

    /** What waits to be brought home. */
    public static String backlog(StoreView.Seen local) {
        Long rows = local.backlog();
        if (rows == null) {
            return "not known, as the local store cannot be read";
        }
        return rows == 0 ? "nothing" : count(rows, "row") + " in the local store: " + StoreView.inWords(local.rows());
    }
}
