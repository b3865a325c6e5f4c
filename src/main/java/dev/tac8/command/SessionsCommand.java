package dev.tac8.command;

import static dev.tac8.command.ReadOptions.parameters;

import dev.tac8.query.Answer;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.text.StoredTime;

/** {@code tac8 sessions}: the runs of the coordinator. */
final class SessionsCommand extends Reading {
    private final PeriodOptions time = new PeriodOptions(this);
    private final Given<Integer> limit = limit("The most to list; ${DEFAULT-VALUE} where none is given.");

    SessionsCommand(Tac8 tac8) {
        super(tac8, "sessions", "Lists the runs of the coordinator, the newest first.",
                "", "Examples:", "  ./tac8 sessions", "  ./tac8 sessions --last 7d --json%n");
    }

    @Override
    public Integer call() throws Exception {
        Period started = time.period(read.zone());
        return read.answer(tac8.settings(), Reach.those("started", started), "There is no such session.", stores -> {
            Rows sessions = stores.ask("sessions", parameters("since", StoredTime.of(started.since()),
                    "until", StoredTime.of(started.until()), "limit", limit.value()));
            return sessions.isEmpty() ? null : ReadOptions.limited(
                    ReadOptions.shared(ReadOptions.priced(new Answer().list("sessions", null, shown(sessions)), sessions), sessions), sessions,
                    limit.value());
        });
    }

    private Rows shown(Rows sessions) {
        return read.isText() ? sessions.without("reused_workers") : sessions;
    }
}
