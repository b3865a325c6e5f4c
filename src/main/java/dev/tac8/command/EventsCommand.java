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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code tac8 events}: what happened. */
@Command(name = "events", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Lists events in order of time: triggers, decisions, errors, worktree operations and whatever else was logged.",
        footer = {"", "Examples:", "  ./tac8 events --type decision --last 24h", "  ./tac8 events --severity error --context gh-450",
                "  ./tac8 events --follow%n"})
final class EventsCommand implements Callable<Integer> {
    private static final long POLL_MILLISECONDS = 500;
    /** How late an event may arrive and still be shown by {@code --follow}. */
    private static final Duration LATE = Duration.ofMinutes(10);

    @ParentCommand
    private Tac8 tac8;
    @Mixin
    private ReadOptions read;
    @Mixin
    private PeriodOptions time;
    @Option(names = "--type", paramLabel = "TYPE", description = "Only those of a type, such as trigger, decision or error.")
    private String type;
    @Option(names = "--severity", paramLabel = "SEVERITY", description = "Only ${COMPLETION-CANDIDATES}.")
    private Severity severity;
    @Option(names = "--context", paramLabel = "ID", description = "Only those of a task, worker or whatever else they are about.")
    private String context;
    @Option(names = "--session", paramLabel = "ID", description = "Only those of a session.")
    private String session;
    @Option(names = "--limit", paramLabel = "N", defaultValue = "1000", converter = ReadOptions.Positive.class,
            description = "The most to list, the newest; ${DEFAULT-VALUE} where"
            + " none is given.")
    private int limit;
    @Option(names = "--follow", description = "Goes on with what arrives, up to ten minutes late, until Ctrl-C.")
    private boolean follow;

    /** As the record format has them; written as people type them. */
    enum Severity { debug, info, warning, error }

    @Override
    public Integer call() throws Exception {
        Period period = time.period(read.zone());
        if (follow) {
            return follow(period);
        }
        String[] nothing = new String[1];
        return read.answer(tac8.settings(), Reach.records(period), () -> nothing[0], stores -> {
            Rows events = ask(stores, Period.stored(period.since()), Period.stored(period.until()), limit);
            if (events.isEmpty()) {
                nothing[0] = ReadOptions.nothing(stores, "There is no such event.", "session", session);
                return null;
            }
            return ReadOptions.limited(new Answer().list("events", null, read.isText() ? shown(events) : events),
                    events, limit);
        });
    }

    private Rows ask(Stores stores, String since, String until, Integer most) throws StoreException {
        return stores.ask("events", parameters("since", since, "until", until, "type", type,
                "severity", severity == null ? null : severity.name(), "context", context, "session", session, "limit", most));
    }

    private static Rows shown(Rows events) {
        return events.shown("timestamp", "severity", "event_type", "context_id", "message");
    }

    /** Looks again and again, on stores opened anew: a disk may come and go meanwhile. */
    private int follow(Period period) throws Exception {
        Output output = read.output();
        Map<String, String> seen = new HashMap<>();
        Set<String> said = new HashSet<>();
        String since = Period.stored(period.since() == null ? Instant.now().minus(LATE) : period.since());
        boolean quiet = period.since() == null;
        // What arrives from now on is in no archive.
        Reach reach = quiet ? Reach.ACTIVE : Reach.records(period);
        while (true) {
            List<String> missing = new ArrayList<>();
            Rows fresh = null;
            try {
                String begin = since;
                // Without a limit: whoever follows a burst misses none of it.
                Rows events = ReadOptions.use(tac8.settings(), reach, stores -> {
                    Rows all = ask(stores, begin, Period.stored(period.until()), null);
                    missing.addAll(stores.missing());
                    return all;
                });
                fresh = events.where("record_id", "timestamp", (id, time) -> seen.putIfAbsent(id, time) == null);
                reach = Reach.ACTIVE;
                String late = Period.stored(Instant.now().minus(LATE));
                String from = since.compareTo(late) > 0 ? since : late;
                // Not by what is there: while a store is away its events are seen all the same.
                seen.values().removeIf(time -> time.compareTo(from) < 0);
                since = from;
            } catch (StoreException e) {
                // Nothing was read: what is not told yet is told when it can be.
                missing.add(e.getMessage());
            }
            // Not before the stores are closed: whoever reads slowly must not hold up a writer.
            if (fresh != null && !fresh.isEmpty() && !quiet) {
                output.lines(read.isText() ? shown(fresh) : fresh);
            }
            quiet = false;
            said.retainAll(missing);
            missing.stream().filter(said::add).forEach(sentence -> output.err().println("tac8: " + Text.printable(sentence)));
            output.err().flush();
            if (output.out().checkError()) {
                return 0;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
        }
    }
}
