package dev.tac8.command;

import dev.tac8.query.Asked;
import dev.tac8.query.Header;
import dev.tac8.query.Output;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
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

/** {@code tac8 events}: what happened, and what goes on happening. */
final class EventsCommand extends QuestionCommand {
    private static final long POLL_MILLISECONDS = 500;
    /** How late an event may arrive and still be shown by {@code --follow}. */
    private static final Duration LATE = Duration.ofMinutes(10);

    private final Given<Boolean> follow = flag("--follow", "Goes on with what arrives, up to ten minutes late, until Ctrl-C.");

    EventsCommand(Tac8 tac8, Header header) {
        super(tac8, header);
    }

    @Override
    public Integer call() throws Exception {
        if (!follow.value()) {
            return super.call();
        }
        Asked asked = asked(tac8.settings());
        if (asked.period().until() != null && !asked.isToday()) {
            throw new ParameterException(spec.commandLine(), "--follow goes on with what arrives, so it takes no --until");
        }
        return follow(asked.period(), asked.parameters());
    }

    private Rows ask(Stores stores, Map<String, Object> parameters, String since) throws StoreException {
        parameters.put("since", since);
        // Also past the midnight that today ends with, and without a limit: a burst is shown whole.
        parameters.put("until", null);
        parameters.put("limit", null);
        return stores.ask(header.name(), parameters);
    }

    /** Looks again and again, on stores opened anew: a disk may come and go meanwhile. */
    private int follow(Period period, Map<String, Object> parameters) throws Exception {
        Output output = read.output();
        StandardOutput reader = new StandardOutput();
        if (read.isJson() && read.doubt() != null) {
            output.say(read.doubt());
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
                Rows events = Stores.use(tac8.settings(), reach, stores -> {
                    Rows all = ask(stores, parameters, begin);
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
            // Not before the stores are closed: a slow reader must not hold up a writer.
            if (fresh != null && !headed) {
                output.heading(fresh);
                headed = true;
            }
            if (fresh != null && !fresh.isEmpty() && !quiet) {
                output.lines(read.isText() ? fresh.shown(header.shown()) : fresh);
            }
            quiet = false;
            said.retainAll(missing);
            missing.stream().filter(said::add).forEach(output::say);
            output.err().flush();
            output.out().flush();
            reader.checkReader();
            TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
        }
    }
}
