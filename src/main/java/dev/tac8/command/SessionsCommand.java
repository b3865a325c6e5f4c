package dev.tac8.command;

import static dev.tac8.command.ReadOptions.parameters;

import dev.tac8.query.Answer;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code tac8 sessions}: the runs of the coordinator. */
@Command(name = "sessions", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Lists the runs of the coordinator, the newest first.",
        footer = {"", "Examples:", "  ./tac8 sessions", "  ./tac8 sessions --last 7d --json%n"})
final class SessionsCommand implements Callable<Integer> {
    @ParentCommand
    private Tac8 tac8;
    @Mixin
    private ReadOptions read;
    @Mixin
    private PeriodOptions time;
    @Option(names = "--limit", paramLabel = "N", defaultValue = "1000", converter = ReadOptions.Positive.class,
            description = "The most to list; ${DEFAULT-VALUE} where none is given.")
    private int limit;

    @Override
    public Integer call() throws Exception {
        Period started = time.period(read.zone());
        return read.answer(tac8.settings(), Reach.those("started", started), "There is no such session.", stores -> {
            Rows sessions = stores.ask("sessions", parameters("since", Period.stored(started.since()),
                    "until", Period.stored(started.until()), "limit", limit));
            return sessions.isEmpty() ? null : ReadOptions.limited(
                    ReadOptions.priced(new Answer().list("sessions", null, sessions), sessions), sessions, limit);
        });
    }
}
