package dev.tac8.command;

import dev.tac8.query.Period;
import java.time.Instant;
import java.time.ZoneId;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Which time a command looks at. */
final class PeriodOptions {
    private final CommandSpec spec;
    private final Given<Boolean> today;
    private final Given<String> last;
    private final Given<String> since;
    private final Given<String> until;

    PeriodOptions(Reading command) {
        spec = command.spec;
        today = command.flag("--today", "Only today.");
        last = command.option("--last", "LENGTH", String.class, "From so long ago on: 30m, 24h, 7d or 2w.");
        since = command.option("--since", "TIME", String.class,
                "From a day or time on: 2026-11-22, today, yesterday, 2026-11-22T10:15, 2026-11-22T10:15Z.");
        until = command.option("--until", "TIME", String.class, "Up to a time, or to the end of a day.");
    }

    /** The time that was asked for, all where none was. */
    Period period(ZoneId zone) {
        return period(zone, last.value(), since.value(), until.value());
    }

    private Period period(ZoneId zone, String last, String since, String until) {
        if ((today.value() ? 1 : 0) + (last != null ? 1 : 0) + (since != null || until != null ? 1 : 0) > 1) {
            throw new ParameterException(commandLine(), "--today, --last, and --since with --until, are three ways to say a time: use one");
        }
        Instant now = Tac8.now(spec);
        if (today.value()) {
            return today(zone);
        }
        if (last != null) {
            return new Period(convert("--last", last, () -> Period.ago(last, now, zone)), null);
        }
        Period period = new Period(since == null ? null : convert("--since", since, () -> Period.beginOf(since, now, zone)),
                until == null ? null : convert("--until", until, () -> Period.endOf(until, now, zone)));
        if (period.since() != null && period.until() != null && !period.since().isBefore(period.until())) {
            throw new ParameterException(commandLine(), "--since " + since + " is not before --until " + until);
        }
        return period;
    }

    /** Whether it is today that was asked for. */
    boolean isToday() {
        return today.value();
    }

    private interface Conversion {
        Instant run();
    }

    private Instant convert(String option, String text, Conversion conversion) {
        try {
            return conversion.run();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(commandLine(), option + " is \"" + text + "\"; " + e.getMessage(), e);
        }
    }

    /** The reader's day that it is now. */
    Period today(ZoneId zone) {
        return Period.day(Tac8.now(spec), zone);
    }

    private CommandLine commandLine() {
        return spec.commandLine();
    }
}
