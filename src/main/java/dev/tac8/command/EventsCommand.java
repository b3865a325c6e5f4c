package dev.tac8.command;

import static dev.tac8.command.ReadOptions.parameters;

import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.query.Text;
import dev.tac8.store.StoreException;
import dev.tac8.text.StandardOutput;
import dev.tac8.text.StoredTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ParameterException;

/** {@code tac8 events}: what happened. */
final class EventsCommand extends Reading {
    private static final long POLL_MILLISECONDS = 500;
    /** How late an event may arrive and still be shown by {@code --follow}. */
    private static final Duration LATE = Duration.ofMinutes(10);

    private final PeriodOptions time = new PeriodOptions(this);
    private final Given<String> type = option("--type", "TYPE", String.class, "Only those of a type, such as trigger, decision or error.");
    private final Given<Severity> severity = option("--severity", "SEVERITY", Severity.class, "Only ${COMPLETION-CANDIDATES}.");
    private final Given<String> context = option("--context", "ID", String.class,
            "Only those of a task, worker or whatever else they are about.");
    private final Given<String> session = option("--session", "ID", String.class, "Only those of a session.");
    private final Given<Integer> limit = limit("The most to list, the newest; ${DEFAULT-VALUE} where none is given.");
    private final Given<Boolean> follow = flag("--follow", "Goes on with what arrives, up to ten minutes late, until Ctrl-C.");

    /** As the record format has them; written as people type them. */
    enum Severity { debug, info, warning, error }

    EventsCommand(Tac8 tac8) {
        super(tac8, "events",
                "Lists events in order of time: triggers, decisions, errors, worktree operations and whatever else was logged.",
                "", "Examples:", "  ./tac8 events --type decision --last 24h", "  ./tac8 events --severity error --context gh-450",
                "  ./tac8 events --follow%n");
    }

    @Override
    public Integer call() throws Exception {
        Period period = time.period(read.zone());
        if (follow.value()) {
            if (period.until() != null && !time.isToday()) {
                throw new ParameterException(spec.commandLine(), "--follow goes on with what arrives, so it takes no --until");
            }
            return follow(period);
        }
        String[] nothing = new String[1];
        return read.answer(tac8.settings(), Reach.records(period), () -> nothing[0], stores -> {
            Rows events = ask(stores, StoredTime.of(period.since()), StoredTime.of(period.until()), limit.value());
            if (events.isEmpty()) {
                nothing[0] = ReadOptions.nothing(stores, "There is no such event.", "session", session.value());
                return null;
            }
            return ReadOptions.limited(new Answer().list("events", null, read.isText() ? shown(events) : events),
                    events, limit.value());
        });
    }

    private Rows ask(Stores stores, String since, String until, Integer most) throws StoreException {
        return stores.ask("events", parameters("since", since, "until", until, "type", type.value(),
                "severity", severity.text(), "context", context.value(), "session", session.value(), "limit", most));
    }

    private static Rows shown(Rows events) {
        return events.shown("timestamp", "severity", "event_type", "context_id", "message");
    }

    /** Looks again and again, on stores opened anew: a disk may come and go meanwhile. */
    private int follow(Period period) throws Exception {
        Output output = read.output();
        StandardOutput reader = new StandardOutput();
        if (read.isJson() && read.doubt() != null) {
            output.err().println("tac8: " + Text.printable(read.doubt()));
        }
        boolean headed = output.form() != Output.Form.CSV;
        Map<String, String> seen = new HashMap<>();
        Set<String> said = new HashSet<>();
        String since = StoredTime.of(period.since() == null ? Instant.now().minus(LATE) : period.since());
        boolean quiet = period.since() == null;
        // What arrives from now on is in no archive.
        Reach reach = quiet ? Reach.ACTIVE : Reach.records(period);
        while (true) {
            List<String> missing = new ArrayList<>();
            Rows fresh = null;
            try {
                String begin = since;
                // Without a limit: whoever follows a burst misses none of it.
                Rows events = Stores.use(tac8.settings(), reach, stores -> {
                    // Also past the midnight that today ends with.
                    Rows all = ask(stores, begin, null, null);
                    missing.addAll(stores.missing());
                    return all;
                });
                fresh = events.where("record_id", "timestamp", (id, time) -> seen.putIfAbsent(id, time) == null);
                reach = Reach.ACTIVE;
                String late = StoredTime.of(Instant.now().minus(LATE));
                String from = since.compareTo(late) > 0 ? since : late;
                // Not by what is there: while a store is away its events are seen all the same.
                seen.values().removeIf(time -> time.compareTo(from) < 0);
                since = from;
            } catch (StoreException e) {
                // Nothing was read: what is not told yet is told when it can be.
                missing.add(e.getMessage());
            }
            // Not before the stores are closed: whoever reads slowly must not hold up a writer.
            if (fresh != null && !headed) {
                output.heading(fresh);
                headed = true;
            }
            if (fresh != null && !fresh.isEmpty() && !quiet) {
                output.lines(read.isText() ? shown(fresh) : fresh);
            }
            quiet = false;
            said.retainAll(missing);
            missing.stream().filter(said::add).forEach(sentence -> output.err().println("tac8: " + Text.printable(sentence)));
            output.err().flush();
            output.out().flush();
            reader.checkReader();
            TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
        }
    }
}
