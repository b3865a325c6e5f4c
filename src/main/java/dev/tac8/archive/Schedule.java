package dev.tac8.archive;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import java.text.ParseException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import java.util.function.Supplier;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Variable;
import org.quartz.CronExpression;

/** When a run takes place by itself: at the times of {@code tac8.archive.cron}. */
@BindToRegistry("archive-schedule")
public final class Schedule {
    /** How far back is looked for the last run on schedule, the nearest first: Quartz only knows the next one. */
    private static final List<Duration> BACK = List.of(Duration.ofHours(1), Duration.ofDays(2), Duration.ofDays(40), Duration.ofDays(800));

    private final Supplier<Settings> settings;
    private final Clock clock;

    /**
     * @param settings those of the moment
     * @throws SettingsException if the expression or the zone is invalid
     */
    public Schedule(Supplier<Settings> settings, Clock clock) throws SettingsException {
        this.settings = settings;
        this.clock = clock;
        check(settings.get(), Setting.ARCHIVE_CRON);
    }

    /**
     * Looks at an expression that says when something begins by itself.
     *
     * @throws SettingsException if it or the zone is invalid
     */
    public static void check(Settings settings, Setting setting) throws SettingsException {
        cron(settings, setting);
    }

    /**
     * When the next run begins by itself.
     *
     * @throws SettingsException if the expression or the zone is invalid
     */
    public static Instant next(Settings settings, Instant now) throws SettingsException {
        return cron(settings, Setting.ARCHIVE_CRON).getNextValidTimeAfter(Date.from(now)).toInstant();
    }

    private static CronExpression cron(Settings settings, Setting setting) throws SettingsException {
        CronExpression cron;
        String expression = settings.text(setting);
        try {
            cron = new CronExpression(expression);
        } catch (ParseException e) {
            throw new SettingsException(setting.key() + " is \"" + expression + "\"; it must be a Quartz cron expression such as"
                    + " 0 0 3 1 * ? (" + e.getMessage() + ")");
        }
        String zone = settings.text(Setting.ARCHIVE_ZONE);
        try {
            cron.setTimeZone(TimeZone.getTimeZone(ZoneId.of(zone)));
        } catch (DateTimeException e) {
            throw new SettingsException(Setting.ARCHIVE_ZONE.key() + " is \"" + zone + "\"; it must be a time zone such as UTC or"
                    + " Europe/Berlin");
        }
        if (cron.getNextValidTimeAfter(new Date()) == null) {
            throw new SettingsException(setting.key() + " is \"" + expression + "\", which is never again; for that say"
                    + " 0 0 3 1 1 ? 2099");
        }
        return cron;
    }

    /**
     * The run that makes up for the last one on schedule; null if that has left nothing behind.
     *
     * @param oldest when the oldest row happened, as it is stored, or null
     */
    public Request missed(@Variable("oldest") String oldest) throws SettingsException {
        Settings now = settings.get();
        int keepDays = now.number(Setting.ARCHIVE_KEEP_DAYS);
        Instant last = last(cron(now, Setting.ARCHIVE_CRON), clock.instant());
        return last == null || oldest == null || oldest.compareTo(Archive.before(last, keepDays)) >= 0 ? null
                : new Request(null, keepDays, false, false);
    }

    /** The last time before this one, or null if there was none in the last two years. */
    private static Instant last(CronExpression cron, Instant now) {
        for (Duration back : BACK) {
            Date last = null;
            Date next = cron.getNextValidTimeAfter(Date.from(now.minus(back)));
            while (next != null && !next.toInstant().isAfter(now)) {
                last = next;
                next = cron.getNextValidTimeAfter(next);
            }
            if (last != null) {
                return last.toInstant();
            }
        }
        return null;
    }
}
