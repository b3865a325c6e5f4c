package dev.tac8.command;

import dev.tac8.query.Period;
import java.time.Instant;
import java.time.ZoneId;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which time a command looks at. */
final class PeriodOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;
    @Option(names = "--today", description = "Only today.")
    private boolean today;
    @Option(names = "--last", paramLabel = "LENGTH", description = "From so long ago on: 30m, 24h, 7d or 2w.")
    private String last;
    @Option(names = "--since", paramLabel = "TIME",
            description = "From a day or time on: 2026-11-22, today, yesterday, 2026-11-22T10:15, 2026-11-22T10:15Z.")
    private String since;
    @Option(names = "--until", paramLabel = "TIME", description = "Up to a time, or to the end of a day.")
    private String until;

    /** The time that was asked for, all where none was. */
    Period period(ZoneId zone) {
        if ((today ? 1 : 0) + (last != null ? 1 : 0) + (since != null || until != null ? 1 : 0) > 1) {
            throw new ParameterException(commandLine(), "--today, --last, and --since with --until, are three ways to say a time: use one");
        }
        Instant now = Tac8.now(spec);
        if (today) {
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
