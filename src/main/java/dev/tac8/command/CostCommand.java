package dev.tac8.command;

import static dev.tac8.command.ReadOptions.parameters;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tac8.query.Answer;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.store.StoreException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code tac8 cost}: what it cost. */
@Command(name = "cost", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Says what API calls cost. A call without a cost is counted and said, never taken for nothing.",
        footer = {"", "Examples:", "  ./tac8 cost --today", "  ./tac8 cost --by task --last 7d",
                "  ./tac8 cost --by outcome --since 2026-11-01 --until 2026-11-30%n"})
final class CostCommand implements Callable<Integer> {
    @ParentCommand
    private Tac8 tac8;
    @Mixin
    private ReadOptions read;
    @Mixin
    private PeriodOptions time;
    @Option(names = "--by", paramLabel = "WHAT",
            description = "Splits it by ${COMPLETION-CANDIDATES}. outcome: what completed tasks, open ones and failures cost.")
    private By by;
    @Option(names = "--task", paramLabel = "ID", description = "Only the calls of a task's workers.")
    private String task;
    @Option(names = "--session", paramLabel = "ID", description = "Only the calls of a session's workers.")
    private String session;
    @Option(names = "--worker", paramLabel = "ID", description = "Only the calls of a worker.")
    private String worker;
    @Option(names = "--model", paramLabel = "NAME", description = "Only the calls of a model.")
    private String model;

    /** The ways to split a cost; written as people type them. */
    enum By { task, model, worker, session, day, week, month, outcome }

    @Override
    public Integer call() throws Exception {
        Period period = time.period(read.zone());
        String[] nothing = new String[1];
        return read.answer(tac8.settings(), reach(period), () -> nothing[0], stores -> {
            Answer answer = ask(stores, period);
            String such = task == null && session == null && worker == null && model == null ? "" : "such ";
            nothing[0] = answer != null ? null : ReadOptions.nothing(stores, "There is no " + such + "API call" + (period.isAlways() ? "."
                    : " in that time."), "task", task, "session", session, "worker", worker);
            return answer;
        });
    }

    /** A worker is known to its calls; tasks and sessions only to workers, wherever their rows are. */
    private Reach reach(Period period) {
        boolean split = by == By.task || by == By.session || by == By.worker || by == By.outcome;
        if (task == null && session == null && !split) {
            return Reach.records(period);
        }
        return task != null ? Reach.of("task", task, period) : session != null ? Reach.of("session", session, period)
                : worker != null ? Reach.of("worker", worker, period) : Reach.calls(period);
    }

    private Answer ask(Stores stores, Period period) throws StoreException {
        Map<String, Object> filter = parameters("since", Period.stored(period.since()), "until", Period.stored(period.until()),
                "task", task, "session", session, "worker", worker, "model", model);
        if (by == null) {
            Rows cost = stores.ask("cost", filter);
            return cost.number("calls") == 0 ? null : ReadOptions.priced(new Answer().one("cost", null, cost), cost);
        }
        Rows rows;
        switch (by) {
            case day, week, month -> {
                filter.put("periods", periods(stores.ask("call-days", filter), period));
                rows = stores.ask("cost-by-period", filter);
            }
            default -> rows = stores.ask("cost-by-" + by, filter);
        }
        if (rows.isEmpty()) {
            return null;
        }
        Answer answer = new Answer().list("cost", null, rows);
        if (by == By.outcome) {
            answer.list("per_result", null, stores.ask("cost-per-result", filter));
        }
        return ReadOptions.priced(answer, rows);
    }

    /** The days, weeks or months that may have a call, each cut to the time asked for. */
    private String periods(Rows utcDays, Period asked) {
        SortedSet<LocalDate> first = new TreeSet<>();
        for (Object[] row : utcDays.rows()) {
            LocalDate day = LocalDate.parse((String) row[0]);
            // Wherever the reader lives, a day in UTC is part of no others than these.
            first.addAll(List.of(firstDay(day.minusDays(1)), firstDay(day), firstDay(day.plusDays(1))));
        }
        ZoneId zone = read.zone();
        ChronoUnit step = by == By.week ? ChronoUnit.WEEKS : by == By.month ? ChronoUnit.MONTHS : ChronoUnit.DAYS;
        ArrayNode all = JsonMapper.builder().build().createArrayNode();
        for (LocalDate day : first) {
            Instant end = start(day.plus(1, step), zone);
            all.addObject().put("name", name(day)).put("since", Period.stored(later(start(day, zone), asked.since())))
                    .put("until", Period.stored(asked.until() != null && asked.until().isBefore(end) ? asked.until() : end));
        }
        return all.toString();
    }

    /** The day that a day's week or month begins with. */
    private LocalDate firstDay(LocalDate day) {
        return by == By.week ? day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)) : by == By.month ? day.withDayOfMonth(1) : day;
    }

    private String name(LocalDate day) {
        return switch (by) {
            case week -> DateTimeFormatter.ISO_WEEK_DATE.format(day).substring(0, "2026-W47".length());
            case month -> day.toString().substring(0, "2026-11".length());
            default -> day.toString();
        };
    }

    private static Instant later(Instant a, Instant b) {
        return b != null && b.isAfter(a) ? b : a;
    }

    private static Instant start(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant();
    }
}
