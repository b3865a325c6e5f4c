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
import dev.tac8.text.StoredTime;
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

/** {@code tac8 cost}: what it cost. */
final class CostCommand extends Reading {
    /** Calls whose own task or session is not that of their worker's row; no figure to be shown. */
    private static final String REUSED = "calls_of_reused_workers";

    private final PeriodOptions time = new PeriodOptions(this);
    private final Given<By> by = option("--by", "WHAT", By.class,
            "Splits it by ${COMPLETION-CANDIDATES}. outcome: what completed tasks, open ones and failures cost.");
    private final Given<String> task = option("--task", "ID", String.class, "Only the calls of a task.");
    private final Given<String> session = option("--session", "ID", String.class, "Only the calls of a session.");
    private final Given<String> worker = option("--worker", "ID", String.class, "Only the calls of a worker.");
    private final Given<String> model = option("--model", "NAME", String.class, "Only the calls of a model.");

    /** The ways to split a cost; written as people type them. */
    enum By { task, model, worker, session, day, week, month, outcome }

    CostCommand(Tac8 tac8) {
        super(tac8, "cost", "Says what API calls cost. A call without a cost is counted and said, never taken for nothing.",
                "", "Examples:", "  ./tac8 cost --today", "  ./tac8 cost --by task --last 7d",
                "  ./tac8 cost --by outcome --since 2026-11-01 --until 2026-11-30%n");
    }

    @Override
    public Integer call() throws Exception {
        Period period = time.period(read.zone());
        String[] nothing = new String[1];
        return read.answer(tac8.settings(), reach(period), () -> nothing[0], stores -> {
            Answer answer = ask(stores, period);
            if (answer != null && read.isText() && (!period.isAlways() || by.value() == By.day || by.value() == By.week || by.value() == By.month)) {
                answer.remark("Days are those of " + read.zone().getId() + ".");
            }
            String such = task.value() == null && session.value() == null && worker.value() == null && model.value() == null ? "" : "such ";
            nothing[0] = answer != null ? null : ReadOptions.nothing(stores, "There is no " + such + "API call" + (period.isAlways() ? "."
                    : " in that time."), "task", task.value(), "session", session.value(), "worker", worker.value());
            return answer;
        });
    }

    /** A worker is known to its calls; tasks and sessions may only be known to workers, wherever their rows are. */
    private Reach reach(Period period) {
        By split = by.value();
        boolean joined = split == By.task || split == By.session || split == By.worker || split == By.outcome;
        if (task.value() == null && session.value() == null && !joined) {
            return Reach.records(period);
        }
        return task.value() != null ? Reach.of("task", task.value(), period)
                : session.value() != null ? Reach.of("session", session.value(), period)
                : worker.value() != null ? Reach.of("worker", worker.value(), period) : Reach.calls(period);
    }

    private Answer ask(Stores stores, Period period) throws StoreException {
        Map<String, Object> filter = parameters("since", StoredTime.of(period.since()), "until", StoredTime.of(period.until()),
                "task", task.value(), "session", session.value(), "worker", worker.value(), "model", model.value());
        if (by.value() == null) {
            Rows cost = stores.ask("cost", filter);
            return cost.number("calls") == 0 ? null : reused(ReadOptions.priced(new Answer().one("cost", null, cost), cost), stores, filter);
        }
        Rows rows;
        switch (by.value()) {
            case day, week, month -> {
                filter.put("periods", periods(stores.ask("call-days", filter), period));
                rows = stores.ask("cost-by-period", filter);
            }
            case outcome -> rows = stores.ask("cost-by-outcome", filter);
            default -> rows = stores.ask("cost-by-" + by.value(), filter).greatestFirst("cost_usd");
        }
        if (rows.isEmpty()) {
            return null;
        }
        boolean split = rows.columns().contains(REUSED);
        boolean reused = split && rows.sum(REUSED) > 0;
        rows = split ? rows.without(REUSED) : rows;
        Answer answer = new Answer().list("cost", null, rows);
        if (by.value() == By.outcome) {
            Rows results = stores.ask("cost-per-result", parameters("costs", stores.ask("task-costs", filter).first("costs")));
            answer.list("per_result", null, results.shown("result", "count", "total_usd", "each_usd", "calls_without_cost"));
            long doubtful = results.sum("doubtful");
            if (doubtful > 0) {
                answer.remark(Tac8.count(doubtful) + (doubtful == 1 ? " task has" : " tasks have") + " the number of a pull request that"
                        + " another task has too, and no record says of which repository: there may be more or fewer pull requests.");
            }
        }
        ReadOptions.priced(answer, rows);
        return reused ? Reused.say(answer, stores, filter) : reused(answer, stores, filter);
    }

    /** A sum of one task, session or worker is of an id that may stand for several. */
    private Answer reused(Answer answer, Stores stores, Map<String, Object> filter) throws StoreException {
        return task.value() == null && session.value() == null && worker.value() == null ? answer : Reused.say(answer, stores, filter);
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
        ChronoUnit step = by.value() == By.week ? ChronoUnit.WEEKS : by.value() == By.month ? ChronoUnit.MONTHS : ChronoUnit.DAYS;
        ArrayNode all = JsonMapper.builder().build().createArrayNode();
        for (LocalDate day : first) {
            Instant end = start(day.plus(1, step), zone);
            all.addObject().put("name", name(day)).put("since", StoredTime.of(later(start(day, zone), asked.since())))
                    .put("until", StoredTime.of(asked.until() != null && asked.until().isBefore(end) ? asked.until() : end));
        }
        return all.toString();
    }

    /** The day that a day's week or month begins with. */
    private LocalDate firstDay(LocalDate day) {
        return by.value() == By.week ? day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                : by.value() == By.month ? day.withDayOfMonth(1) : day;
    }

    private String name(LocalDate day) {
        return switch (by.value()) {
            // A year may have a sign and more than four digits: the first and the last day of the store in another zone.
            case week -> without(2, DateTimeFormatter.ISO_WEEK_DATE.format(day));
            case month -> without(3, day.toString());
            default -> day.toString();
        };
    }

    private static String without(int last, String text) {
        return text.substring(0, text.length() - last);
    }

    private static Instant later(Instant a, Instant b) {
        return b != null && b.isAfter(a) ? b : a;
    }

    private static Instant start(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant();
    }
}
