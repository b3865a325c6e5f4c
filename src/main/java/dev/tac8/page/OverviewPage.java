package dev.tac8.page;

import dev.tac8.page.Overview.Choice;
import dev.tac8.page.Overview.Share;
import dev.tac8.page.OverviewRequest.Span;
import dev.tac8.query.Answer;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Rows;
import dev.tac8.query.Sheet;
import dev.tac8.status.Condition;
import dev.tac8.status.Words;
import dev.tac8.text.StoredTime;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The overview in words and pictures. */
final class OverviewPage {
    /** Of tasks, models and workers. */
    static final int SHARES = 8;
    static final List<String> OUTCOMES = List.of("completed", "open", "wasted");
    private static final Map<String, String> STYLES = Map.of("completed", "good", "open", "open", "wasted", "wasted");
    private static final int RUNNERS = 12;
    private static final Duration SILENT_AFTER = Duration.ofMinutes(15);
    private static final DateTimeFormatter SHORT_DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);
    private static final int MOST_PERCENT = 999;
    private static final Overview.Running NOTHING = new Overview.Running(List.of(), 0, 0);

    private final OverviewRequest request;
    private final Spent spent;
    private final List<String> missing;

    /** @param spent null if nothing could be read */
    OverviewPage(OverviewRequest request, Spent spent, List<String> missing) {
        this.request = request;
        this.spent = spent;
        this.missing = missing;
    }

    /** All of it, beside how everything is. */
    Overview overview(Condition seen) {
        String usual = Integer.toString(OverviewRequest.USUAL_LENGTH);
        List<Choice> lengths = OverviewRequest.LENGTHS.stream().map(Object::toString)
                .map(days -> new Choice(days + " days", request.with("days", days.equals(usual) ? null : days), days.equals(Integer.toString(request.length())))).toList();
        List<Choice> stacks = OverviewRequest.STACKS.stream()
                .map(stack -> new Choice(stack, request.with("stack", stack.equals(OverviewRequest.STACKS.get(0)) ? null : stack), stack.equals(request.stack()))).toList();
        List<Choice> chosen = new ArrayList<>();
        if (request.day() != null) {
            chosen.add(new Choice(OverviewRequest.DAY.format(request.day()), request.with("day", null), true));
        }
        if (request.model() != null) {
            chosen.add(new Choice(request.model(), request.with("model", null), true));
        }
        String range = "the last " + request.length() + " days";
        String where = request.day() == null ? range : OverviewRequest.DAY.format(request.day());
        boolean isKnown = spent != null;
        return new Overview(StateLine.of(seen, request.zone(), missing), isKnown ? times() : List.of(), range, where, chosen, lengths, stacks, request.stack(), isKnown ? chart() : null,
                isKnown ? shares() : List.of(), isKnown ? outcomes() : List.of(), isKnown ? results() : List.of(), isKnown ? tasks() : NOTHING, isKnown ? workers() : NOTHING,
                command(), missing, isKnown ? spent.remarks(request.zone()) : List.of());
    }

    private String command() {
        LocalDate first = request.day() == null ? request.first() : request.day();
        LocalDate last = request.day() == null ? request.today() : request.day();
        return "./tac8 cost --by task --since " + first + " --until " + last + (request.model() == null ? "" : " --model " + request.model()) + " --zone " + request.zone().getId();
    }

    // --- So far ---

    private List<Overview.Time> times() {
        return request.spans().stream().map(span -> new Overview.Time(span.name(), span.words(), spent.sums().times().get(span.name()), before(span))).toList();
    }

    /** Both must be whole to be compared, and what lies before must have been recorded from its beginning. */
    private String before(Span span) {
        Amount sum = spent.sums().times().get(span.name());
        Amount before = spent.before(span);
        if (before.calls() == 0) {
            return "no call " + span.before();
        }
        boolean isWhole = spent.firstCall().compareTo(StoredTime.of(Spending.of(span.firstBefore(), request.zone()).since())) < 0;
        boolean isComparable = !before.isPartial() && !sum.isPartial() && before.cost() != null && before.cost().signum() > 0 && sum.cost() != null;
        return before.text() + " " + span.before() + (!isWhole ? ", on record since " + SHORT_DAY.format(Instant.parse(spent.firstCall()).atZone(request.zone()))
                : isComparable ? difference(sum.cost(), before.cost()) : "");
    }

    private static String difference(BigDecimal sum, BigDecimal before) {
        BigDecimal percent = sum.subtract(before).movePointRight(2).divide(before, 0, RoundingMode.HALF_UP);
        return percent.signum() == 0 ? ": the same" : percent.abs().compareTo(BigDecimal.valueOf(MOST_PERCENT)) > 0 ? ""
                : ": " + percent.abs().toPlainString() + " % " + (percent.signum() > 0 ? "more now" : "less now");
    }

    // --- Day by day ---

    private DayChart chart() {
        if (spent.sums().days().isEmpty()) {
            return null;
        }
        Map<DayChart.Series, Map<LocalDate, Amount>> series = new LinkedHashMap<>();
        int colour = 0;
        for (Map.Entry<String, Map<LocalDate, Amount>> one : spent.sums().stacked().entrySet()) {
            String name = one.getKey();
            String style = name == null ? "other" : request.stack().equals("outcome") ? STYLES.get(name) : Integer.toString(colour++);
            if (!one.getValue().isEmpty()) {
                boolean isChosen = request.stack().equals("model") && name != null && name.equals(request.model());
                series.put(new DayChart.Series(name == null ? "other " + request.stack() + "s" : name, style, one.getValue().values().stream().reduce(Amount.NOTHING, Amount::plus),
                        name == null ? null : link(name, isChosen), isChosen), one.getValue());
            }
        }
        return DayChart.of(request.first().datesUntil(request.today().plusDays(1)).toList(), series, spent.sums().days(), request.today(), request.day(),
                day -> request.with("day", day.equals(request.day()) ? null : day.toString()));
    }

    private String link(String name, boolean isChosen) {
        return switch (request.stack()) {
            case "model" -> request.with("model", isChosen ? null : name);
            case "task" -> Request.link("/task", "id", name);
            default -> null;
        };
    }

    // --- Where the money goes ---

    private List<Overview.Shares> shares() {
        Map<String, Object[]> names = new HashMap<>();
        spent.names().rows().forEach(row -> names.put(row[0] + " " + row[1], row));
        return List.of(
                shares("By task", "task", spent.sums().tasks(), "/tasks", id -> {
                    Object[] task = names.get("task " + id);
                    return task == null ? null : (String) task[2];
                }, id -> Request.link("/task", "id", id)),
                shares("By model", "model", spent.sums().models(), null, id -> null, id -> request.with("model", id.equals(request.model()) ? null : id)),
                shares("By worker", "worker", spent.sums().workers(), "/workers", id -> {
                    Object[] worker = names.get("worker " + id);
                    return worker == null ? null : "of " + worker[2] + (worker[3].equals("failed") ? ", failed" : "");
                }, id -> Request.link("/worker", "id", id)));
    }

    private Overview.Shares shares(String title, String what, Map<String, Amount> sums, String list, Function<String, String> says, Function<String, String> link) {
        int decimals = Amount.decimals(sums.values().stream().map(Amount::cost).filter(Objects::nonNull).max(BigDecimal::compareTo).orElse(null));
        double most = sums.values().stream().mapToDouble(Amount::size).max().orElse(0);
        List<Share> shown = sums.entrySet().stream().limit(SHARES).map(one -> share(one.getKey(), says.apply(one.getKey()), link.apply(one.getKey()),
                request.calls(what, one.getKey()), one.getValue(), decimals, spent.sums().chosen().cost(), most, "0")).toList();
        int others = sums.size() - shown.size();
        return new Overview.Shares(title, shown, others == 0 ? null : "and " + Words.count(others, "more " + what), list,
                others == 0 ? null : sums.values().stream().skip(SHARES).reduce(Amount.NOTHING, Amount::plus).text(decimals));
    }

    private static Share share(String name, String says, String link, String made, Amount amount, int decimals, BigDecimal all, double most, String style) {
        return new Share(name, says, link, made, amount.text(decimals), percent(amount.cost(), all), DayChart.percent(most > 0 ? 100 * amount.size() / most : 0), style);
    }

    private static String percent(BigDecimal part, BigDecimal all) {
        if (part == null || all == null || all.signum() <= 0) {
            return null;
        }
        BigDecimal percent = part.movePointRight(2).divide(all, 0, RoundingMode.HALF_UP);
        return percent.signum() == 0 && part.signum() > 0 ? "<1 %" : percent.toPlainString() + " %";
    }

    private List<Share> outcomes() {
        Map<String, Amount> sums = spent.sums().outcomes();
        Amount all = sums.values().stream().reduce(Amount.NOTHING, Amount::plus);
        int decimals = Amount.decimals(sums.values().stream().map(Amount::cost).filter(Objects::nonNull).max(BigDecimal::compareTo).orElse(null));
        return OUTCOMES.stream().filter(sums::containsKey).map(outcome -> share(outcome, null, null, null, sums.get(outcome), decimals, all.cost(), all.size(), STYLES.get(outcome))).toList();
    }

    private List<Overview.Result> results() {
        Sheet.Part part = part("per_result", spent.results());
        return part.rows().stream().map(row -> new Overview.Result(cell(part, row, "result"), cell(part, row, "each_usd"), cell(part, row, "total_usd") + " for " + cell(part, row, "count")))
                .toList();
    }

    // --- Now ---

    private Overview.Running tasks() {
        Sheet.Part part = part("tasks", spent.tasks());
        List<Overview.Runner> runners = new ArrayList<>();
        for (int i = 0; i < Math.min(RUNNERS, part.rows().size()); i++) {
            String id = (String) part.value(i, "task_id");
            Object started = part.value(i, "started_at");
            Instant since = Instant.parse((String) (started == null ? part.value(i, "detected_at") : started));
            runners.add(new Overview.Runner(id, Request.link("/task", "id", id), (String) part.value(i, "title"), null, moment(since), age(since),
                    cell(part, part.rows().get(i), "workers"), cell(part, part.rows().get(i), "cost_usd"), null));
        }
        return new Overview.Running(runners, part.rows().size() - runners.size(), part.rows().size());
    }

    private Overview.Running workers() {
        Sheet.Part part = part("workers", spent.workers());
        List<Overview.Runner> runners = new ArrayList<>();
        for (int i = 0; i < Math.min(RUNNERS, part.rows().size()); i++) {
            String id = (String) part.value(i, "worker_id");
            String task = (String) part.value(i, "task_id");
            Instant since = Instant.parse((String) part.value(i, "spawned_at"));
            Duration silence = Words.age(Instant.parse((String) part.value(i, "heard_of_at")), request.moment());
            runners.add(new Overview.Runner(id, Request.link("/worker", "id", id), task, Request.link("/task", "id", task), moment(since), age(since),
                    cell(part, part.rows().get(i), "calls"), cell(part, part.rows().get(i), "cost_usd"),
                    silence.compareTo(SILENT_AFTER) < 0 ? null : "not heard of for " + Words.length(silence)));
        }
        return new Overview.Running(runners, part.rows().size() - runners.size(), part.rows().size());
    }

    private Sheet.Part part(String name, Rows rows) {
        return Sheet.of(new Answered(new Answer().list(name, null, rows), null, List.of()), request.zone()).part(name);
    }

    private static String cell(Sheet.Part part, List<String> row, String column) {
        return row.get(part.columns().stream().map(Sheet.Column::name).toList().indexOf(column));
    }

    private String moment(Instant time) {
        return OverviewRequest.MOMENT.format(time.atZone(request.zone()));
    }

    private String age(Instant since) {
        return Words.length(Words.age(since, request.moment()));
    }
}
