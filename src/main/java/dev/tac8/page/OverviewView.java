package dev.tac8.page;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tac8.history.Runs;
import dev.tac8.page.Overview.Choice;
import dev.tac8.page.Overview.Share;
import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Period;
import dev.tac8.query.Questions;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Sheet;
import dev.tac8.query.Stores;
import dev.tac8.query.Table;
import dev.tac8.settings.Settings;
import dev.tac8.status.Condition;
import dev.tac8.status.Words;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** The overview: what today, this week and this month cost, each day of the last ones, where the money went, and what runs now. */
final class OverviewView implements View {
    private static final Set<String> PARAMETERS = Set.of("days", "stack", "day", "model");
    private static final List<Integer> SPANS = List.of(7, 30, 90);
    private static final List<String> STACKS = List.of("model", "outcome", "task");
    private static final Map<String, String> OUTCOMES = Map.of("completed", "good", "open", "open", "wasted", "wasted");
    /** More colours nobody can tell from each other. */
    private static final int SERIES = 5;
    private static final int SHARES = 8;
    private static final int RUNNERS = 12;
    private static final Duration SILENT_AFTER = Duration.ofMinutes(15);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEEE d MMMM", Locale.ENGLISH);
    private static final DateTimeFormatter SHORT_DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("MMMM uuuu", Locale.ENGLISH);
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter SINCE = DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH);

    private final Kept kept = new Kept();

    @Override
    public Shown answer(Request request) throws StoreException {
        return new Asked(request).answer();
    }

    /** Days with those before them, up to the same moment. */
    private record Span(String name, String days, LocalDate first, LocalDate last, LocalDate firstBefore, ZonedDateTime untilBefore, String before) {
    }

    /** What was found in the stores. */
    private record Found(Spending all, Map<Span, Amount> before, String firstCall, Rows names, Rows results) {
    }

    private final class Asked {
        private final Request request;
        private final Settings settings;
        private final ZonedDateTime now;
        private final LocalDate today;
        private final int days;
        private final String stack;
        private final LocalDate day;
        private final String model;
        private final LocalDate first;
        private final List<String> missing = new ArrayList<>();
        private final List<String> remarks = new ArrayList<>();

        Asked(Request request) {
            this.request = request;
            for (String name : request.parameters().keySet()) {
                if (!PARAMETERS.contains(name) && !Views.OF_EVERY_VIEW.contains(name)) {
                    throw new IllegalArgumentException("the overview has no parameter " + name + "; it has days, stack, day and model");
                }
            }
            settings = request.settings();
            now = request.now().truncatedTo(ChronoUnit.MINUTES).atZone(request.zone());
            today = now.toLocalDate();
            days = request.number("days", SPANS.get(1), SPANS.get(2));
            stack = request.get("stack") == null ? STACKS.get(0) : request.get("stack");
            model = request.get("model");
            try {
                day = request.get("day") == null ? null : LocalDate.parse(request.get("day"));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("day must be a day such as " + today, e);
            }
            if (!SPANS.contains(days) || !STACKS.contains(stack)) {
                throw new IllegalArgumentException(SPANS.contains(days) ? "stack must be model, outcome or task" : "days must be 7, 30 or 90");
            }
            first = today.minusDays(days - 1L);
        }

        Shown answer() throws StoreException {
            Condition.Begun look = begin();
            Found found = null;
            try {
                found = Stores.use(settings, Spending.reach(needed(), request.zone()), this::find);
            } catch (StoreException e) {
                if (request.form() != Output.Form.TEXT) {
                    throw e;
                }
                missing.add(e.getMessage());
            }
            Rows tasks = found == null ? nothing() : tasks();
            Rows workers = found == null ? nothing() : kept("running-workers", Reach.ACTIVE);
            Condition seen = look == null ? null : await(look);
            Answer answer = found == null ? null : document(found, tasks, workers);
            Answered answered = new Answered(answer, null, missing);
            return new Shown("Overview", "overview", Map.of("overview", overview(found, seen, answered, tasks, workers)), answered);
        }

        private Condition.Begun begin() throws StoreException {
            if (request.form() != Output.Form.TEXT) {
                return null;
            }
            try {
                return Condition.beginQuickly(settings);
            } catch (IOException e) {
                throw new StoreException("a statement of sql/status cannot be read: " + Reasons.of(e), e);
            }
        }

        private Condition await(Condition.Begun look) {
            try {
                return look.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private Rows nothing() {
            return new Rows(List.of(), List.of());
        }

        // --- Asking ---

        /** All days that are added up. */
        private SortedSet<LocalDate> needed() {
            SortedSet<LocalDate> needed = new TreeSet<>();
            spans().forEach(span -> add(needed, span.firstBefore(), span.last()));
            add(needed, first, today);
            if (day != null) {
                needed.add(day);
            }
            return needed;
        }

        private void add(SortedSet<LocalDate> days, LocalDate from, LocalDate to) {
            from.datesUntil(to.plusDays(1)).forEach(days::add);
        }

        private List<Span> spans() {
            LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            LocalDate month = today.withDayOfMonth(1);
            return List.of(
                    new Span("Today", DAY.format(today), today, today, today.minusDays(1), now.minusDays(1), "yesterday until " + CLOCK.format(now.minusDays(1))),
                    new Span("This week", "since " + DAY.format(monday), monday, monday.plusDays(6), monday.minusWeeks(1), now.minusWeeks(1),
                            "last week until " + DateTimeFormatter.ofPattern("EEEE HH:mm", Locale.ENGLISH).format(now.minusWeeks(1))),
                    new Span("This month", MONTH.format(month), month, month.plusMonths(1).minusDays(1), month.minusMonths(1), now.minusMonths(1),
                            "last month until " + SINCE.format(now.minusMonths(1))));
        }

        private Found find(Stores stores) throws StoreException {
            String state = stores.state();
            SortedSet<LocalDate> needed = needed();
            Spending all = kept.get(state, List.of("spending", needed, request.zone(), settings), () -> Spending.ask(stores, settings, needed, request.zone()));
            Map<Span, Amount> before = kept.get(state, List.of("before", now, settings), () -> before(stores, all));
            String firstCall = kept.get(state, List.of("first-call", settings), () -> String.valueOf(stores.ask("first-call", Map.of()).first("timestamp")));
            Spending chosen = chosen(all);
            Rows names = kept.get(state, List.of("names", needed, request.zone(), days, String.valueOf(day), String.valueOf(model), settings), () -> stores.ask("names-of-spending", Map.of(
                    "task_ids", json(dearest(chosen.by(Spending.Line::task))), "worker_ids", json(dearest(chosen.by(Spending.Line::worker))))));
            Rows results = kept.get(state, List.of("results", needed, request.zone(), days, String.valueOf(day), String.valueOf(model), settings),
                    () -> stores.ask("cost-per-result", Map.of("costs", costs(chosen))));
            missing.clear();
            missing.addAll(stores.missing());
            return new Found(all, before, firstCall, names, results);
        }

        private Collection<String> dearest(Map<String, Amount> sums) {
            return sums.keySet().stream().limit(SHARES).toList();
        }

        /** What the same part of the time before cost: whole days that are known already, and the rest of one. */
        private Map<Span, Amount> before(Stores stores, Spending all) throws StoreException {
            Map<Span, Amount> before = new HashMap<>();
            for (Span span : spans()) {
                LocalDate last = span.untilBefore().toLocalDate();
                before.put(span, all.of(span.firstBefore(), last.minusDays(1)).sum()
                        .plus(Spending.cost(stores, new Period(Spending.of(last, request.zone()).since(), span.untilBefore().toInstant()))));
            }
            return before;
        }

        /** What the picture shows, with the chosen day alone if there is one. */
        private Spending chosen(Spending all) {
            Spending ofModel = ofModel(all);
            return day == null ? ofModel.of(first, today) : ofModel.of(day, day);
        }

        private Spending ofModel(Spending all) {
            return model == null ? all : all.where(line -> line.amount().calls() == 0 ? Runs.model(line.model()).equals(Runs.model(model)) : line.model().equals(model));
        }

        private String costs(Spending chosen) {
            ArrayNode costs = JsonMapper.builder().build().createArrayNode();
            chosen.by(Spending.Line::task).forEach((task, amount) -> {
                if (amount.calls() > 0) {
                    costs.addArray().add(task).add(amount.cost() == null ? null : BigDecimal.valueOf(amount.number().doubleValue())).add(amount.withoutCost());
                }
            });
            return costs.toString();
        }

        private String json(Collection<String> texts) {
            ArrayNode array = JsonMapper.builder().build().createArrayNode();
            texts.forEach(array::add);
            return array.toString();
        }

        private Rows tasks() throws StoreException {
            return Stores.use(settings, Reach.of("status", "active"), stores -> kept.get(stores.state(), List.of("tasks", settings),
                    () -> stores.ask("tasks", Map.of("status", "active"))));
        }

        private Rows kept(String question, Reach reach) throws StoreException {
            return Stores.use(settings, reach, stores -> kept.get(stores.state(), List.of(question, settings), () -> stores.ask(question, Map.of())));
        }

        // --- As a document ---

        private Answer document(Found found, Rows tasks, Rows workers) {
            Answer answer = new Answer();
            Spending chosen = chosen(found.all());
            Map<Span, Amount> sums = new LinkedHashMap<>();
            spans().forEach(span -> sums.put(span, found.all().of(span.first(), span.last()).sum()));
            sums.forEach((span, sum) -> {
                Amount before = found.before().get(span);
                answer.one(span.name().toLowerCase(Locale.ROOT).replace(' ', '_'), span.name(), new Rows(
                        List.of("first_day", "last_day", "calls", "cost_usd", "reported_usd", "calculated_usd", "calls_without_cost", "before_since", "before_until", "before_calls",
                                "before_usd", "before_calls_without_cost"),
                        List.<Object[]>of(new Object[] {span.first().toString(), span.last().toString(), sum.calls(), sum.number(), Amount.number(sum.reported()),
                            Amount.number(sum.calculated()), sum.withoutCost(), StoredTime.of(Spending.of(span.firstBefore(), request.zone()).since()),
                            StoredTime.of(span.untilBefore().toInstant()), before.calls(), before.number(), before.withoutCost()})));
            });
            Map<LocalDate, Amount> byDay = ofModel(found.all()).of(first, today).byDay();
            answer.list("days", null, rows("period", byDay.entrySet().stream().sorted(Map.Entry.comparingByKey())
                    .collect(LinkedHashMap::new, (map, entry) -> map.put(entry.getKey().toString(), entry.getValue()), Map::putAll)));
            answer.list("tasks", null, rows("task_id", chosen.by(Spending.Line::task)));
            answer.list("models", null, rows("model", chosen.by(Spending.Line::model)));
            answer.list("workers", null, rows("worker_id", chosen.by(Spending.Line::worker)));
            answer.list("outcomes", null, rows("outcome", chosen.by(Spending.Line::outcome)));
            answer.list("per_result", null, found.results().without("doubtful"));
            answer.list("running_tasks", null, tasks);
            answer.list("running_workers", null, workers);
            say(answer, found);
            return answer;
        }

        private void say(Answer answer, Found found) {
            if (found.all().left() != null) {
                remarks.add(found.all().left());
            }
            if (found.all().sum().rest() != null) {
                remarks.add("Sums marked ≥ without a call that lacks its cost miss what agents say of their own runs beyond their calls: ./tac8 cost --reconcile says of which.");
            }
            long doubtful = found.results().sum("doubtful");
            if (doubtful > 0) {
                remarks.add(Words.count(doubtful, "task") + (doubtful == 1 ? " has" : " have") + " the number of a pull request that another task has too, and no record says of which"
                        + " repository: there may be more or fewer pull requests.");
            }
            remarks.forEach(answer::remark);
        }

        private Rows rows(String key, Map<String, Amount> sums) {
            return new Rows(List.of(key, "calls", "cost_usd", "reported_usd", "calculated_usd", "calls_without_cost", "rest_usd"), sums.entrySet().stream()
                    .map(entry -> new Object[] {entry.getKey(), entry.getValue().calls(), entry.getValue().number(), Amount.number(entry.getValue().reported()),
                        Amount.number(entry.getValue().calculated()), entry.getValue().withoutCost(), Amount.number(entry.getValue().rest())}).toList());
        }

        // --- As a page ---

        private Overview overview(Found found, Condition seen, Answered answered, Rows tasks, Rows workers) {
            List<Overview.State> state = seen == null ? List.of() : StateLine.of(seen, request.zone());
            List<Choice> spans = SPANS.stream().map(span -> new Choice(span + " days", request.with("days", span.equals(SPANS.get(1)) ? null : span.toString()), span == days)).toList();
            List<Choice> stacks = STACKS.stream().map(one -> new Choice(one, request.with("stack", one.equals(STACKS.get(0)) ? null : one), one.equals(stack))).toList();
            List<Choice> limits = new ArrayList<>();
            if (day != null) {
                limits.add(new Choice(DAY.format(day), request.with("day", null), true));
            }
            if (model != null) {
                limits.add(new Choice(model, request.with("model", null), true));
            }
            String range = "the last " + days + " days";
            String where = day == null ? range : DAY.format(day);
            String command = "./tac8 cost --by task " + (day == null ? "--since " + first + " --until " + today : "--since " + day + " --until " + day)
                    + (model == null ? "" : " --model " + model) + " --zone " + request.zone().getId();
            if (found == null) {
                return new Overview(state, List.of(), range, where, limits, spans, stacks, stack, null, List.of(), List.of(), List.of(), new Overview.Running(List.of(), 0, 0, null),
                        new Overview.Running(List.of(), 0, 0, null), command, missing, remarks);
            }
            Spending chosen = chosen(found.all());
            Sheet sheet = Sheet.of(answered, request.zone());
            return new Overview(state, times(found), range, where, limits, spans, stacks, stack, chart(found), shares(chosen, names(found)), outcomes(chosen), results(found, sheet),
                    runningTasks(tasks, sheet.part("running_tasks")), runningWorkers(workers, sheet.part("running_workers")), command, missing, remarks);
        }

        private List<Overview.Time> times(Found found) {
            return spans().stream().map(span -> {
                Amount sum = found.all().of(span.first(), span.last()).sum();
                return new Overview.Time(span.name(), span.days(), sum, before(span, sum, found), null);
            }).toList();
        }

        /** Both must be whole to be compared, and what lies before must have been recorded from its beginning. */
        private String before(Span span, Amount sum, Found found) {
            Amount before = found.before().get(span);
            Instant since = Spending.of(span.firstBefore(), request.zone()).since();
            if (before.calls() == 0) {
                return "no call " + span.before();
            }
            boolean isWhole = found.firstCall().compareTo(StoredTime.of(since)) < 0;
            String more = !isWhole ? ", on record since " + SHORT_DAY.format(Instant.parse(found.firstCall()).atZone(request.zone()))
                    : before.isPartial() || sum.isPartial() || before.cost() == null || before.cost().signum() <= 0 || sum.cost() == null ? "" : difference(sum.cost(), before.cost());
            return before.text() + " " + span.before() + more;
        }

        private String difference(BigDecimal sum, BigDecimal before) {
            BigDecimal percent = sum.subtract(before).movePointRight(2).divide(before, 0, RoundingMode.HALF_UP);
            return percent.signum() == 0 ? ": the same" : percent.abs().compareTo(BigDecimal.valueOf(999)) > 0 ? ""
                    : ": " + percent.abs().toPlainString() + " % " + (percent.signum() > 0 ? "more now" : "less now");
        }

        private Map<String, Object[]> names(Found found) {
            Map<String, Object[]> names = new HashMap<>();
            found.names().rows().forEach(row -> names.put(row[0] + " " + row[1], row));
            return names;
        }

        private Function<Spending.Line, String> stacking() {
            return stack.equals("model") ? Spending.Line::model : stack.equals("task") ? Spending.Line::task : Spending.Line::outcome;
        }

        /** What has a colour of its own, whatever is chosen: the dearest of all days. */
        private List<String> ranked(Spending all) {
            return stack.equals("outcome") ? List.of("completed", "open", "wasted") : all.of(first, today).by(stacking()).keySet().stream().limit(SERIES).toList();
        }

        private DayChart chart(Found found) {
            Spending shown = ofModel(found.all()).of(first, today);
            if (shown.lines().isEmpty()) {
                return null;
            }
            List<String> ranked = ranked(found.all());
            Map<String, Map<LocalDate, Amount>> amounts = new LinkedHashMap<>();
            ranked.forEach(one -> amounts.put(one, new HashMap<>()));
            String others = "other " + stack + "s";
            amounts.put(others, new HashMap<>());
            for (Spending.Line line : shown.lines()) {
                String key = stacking().apply(line);
                amounts.get(key == null || !ranked.contains(key) ? others : key).merge(line.day(), line.amount(), Amount::plus);
            }
            Map<DayChart.Series, Map<LocalDate, Amount>> series = DayChart.none();
            amounts.forEach((name, byDay) -> {
                if (!byDay.isEmpty()) {
                    boolean isOther = name.equals(others);
                    String style = isOther ? "other" : stack.equals("outcome") ? OUTCOMES.get(name) : String.valueOf(ranked.indexOf(name));
                    boolean isChosen = stack.equals("model") && name.equals(model);
                    series.put(new DayChart.Series(name, style, byDay.values().stream().reduce(Amount.NOTHING, Amount::plus), isOther ? null : stack.equals("model")
                            ? request.with("model", isChosen ? null : name) : stack.equals("task") ? Request.link("/task", "id", name) : null, isChosen), byDay);
                }
            });
            return DayChart.of(first.datesUntil(today.plusDays(1)).toList(), series, shown.byDay(), today, day,
                    one -> request.with("day", one.equals(day) ? null : one.toString()));
        }

        private List<Overview.Shares> shares(Spending chosen, Map<String, Object[]> names) {
            BigDecimal all = chosen.sum().cost();
            return List.of(
                    shares("By task", chosen.by(Spending.Line::task), all, "task", "/tasks", id -> {
                        Object[] task = names.get("task " + id);
                        return task == null || task[2] == null ? null : (String) task[2];
                    }, id -> Request.link("/task", "id", id)),
                    shares("By model", chosen.by(Spending.Line::model), all, "model", null, id -> null, id -> request.with("model", id.equals(model) ? null : id)),
                    shares("By worker", chosen.by(Spending.Line::worker), all, "worker", "/workers", id -> {
                        Object[] worker = names.get("worker " + id);
                        return worker == null ? null : "of " + worker[2] + (worker[3].equals("failed") ? ", failed" : "");
                    }, id -> Request.link("/worker", "id", id)));
        }

        private Overview.Shares shares(String title, Map<String, Amount> sums, BigDecimal all, String what, String list, Function<String, String> says, Function<String, String> link) {
            int decimals = Amount.decimals(sums.values().stream().map(Amount::cost).filter(cost -> cost != null).max(BigDecimal::compareTo).orElse(null));
            double most = sums.values().stream().mapToDouble(Amount::size).max().orElse(0);
            List<Share> shown = sums.entrySet().stream().limit(SHARES).map(entry -> share(entry.getKey(), says.apply(entry.getKey()), link.apply(entry.getKey()), entry.getValue(),
                    decimals, all, most, "0")).toList();
            Amount rest = sums.values().stream().skip(SHARES).reduce(Amount.NOTHING, Amount::plus);
            int others = sums.size() - shown.size();
            return new Overview.Shares(title, shown, others == 0 ? null : "and " + Words.count(others, "more " + what), list, others == 0 ? null : rest.text(decimals));
        }

        private Share share(String name, String says, String link, Amount amount, int decimals, BigDecimal all, double most, String style) {
            return new Share(name, says, link, amount, amount.text(decimals), percent(amount.cost(), all), DayChart.percent(most > 0 ? 100 * amount.size() / most : 0), style);
        }

        private String percent(BigDecimal part, BigDecimal all) {
            if (part == null || all == null || all.signum() <= 0) {
                return null;
            }
            BigDecimal percent = part.movePointRight(2).divide(all, 0, RoundingMode.HALF_UP);
            return percent.signum() == 0 && part.signum() > 0 ? "<1 %" : percent.toPlainString() + " %";
        }

        private List<Share> outcomes(Spending chosen) {
            Map<String, Amount> sums = chosen.by(Spending.Line::outcome);
            BigDecimal all = sums.values().stream().map(Amount::cost).filter(cost -> cost != null).reduce(BigDecimal.ZERO, BigDecimal::add);
            int decimals = Amount.decimals(all);
            return List.of("completed", "open", "wasted").stream().filter(sums::containsKey).map(outcome -> share(outcome, null, null, sums.get(outcome), decimals, all,
                    all.doubleValue(), OUTCOMES.get(outcome))).toList();
        }

        private List<Overview.Result> results(Found found, Sheet sheet) {
            Sheet.Part part = sheet.part("per_result");
            List<String> heads = part.columns().stream().map(Sheet.Column::name).toList();
            return part.rows().stream().map(row -> new Overview.Result(row.get(heads.indexOf("result")), row.get(heads.indexOf("each_usd")),
                    row.get(heads.indexOf("total_usd")) + " for " + row.get(heads.indexOf("count")))).toList();
        }

        private Overview.Running runningTasks(Rows rows, Sheet.Part part) {
            List<Overview.Runner> runners = new ArrayList<>();
            for (int i = 0; i < Math.min(RUNNERS, rows.rows().size()); i++) {
                String id = (String) Links.stored(part, i, "task_id");
                Object started = Links.stored(part, i, "started_at");
                Instant since = Instant.parse((String) (started == null ? Links.stored(part, i, "detected_at") : started));
                runners.add(new Overview.Runner(id, Request.link("/task", "id", id), (String) Links.stored(part, i, "title"), null, SINCE.format(since.atZone(request.zone())), age(since),
                        cell(part, i, "cost_usd"), null, cell(part, i, "workers")));
            }
            return new Overview.Running(runners, rows.rows().size() - runners.size(), rows.rows().size(), part);
        }

        private Overview.Running runningWorkers(Rows rows, Sheet.Part part) {
            List<Overview.Runner> runners = new ArrayList<>();
            for (int i = 0; i < Math.min(RUNNERS, rows.rows().size()); i++) {
                String id = (String) Links.stored(part, i, "worker_id");
                String task = (String) Links.stored(part, i, "task_id");
                Instant since = Instant.parse((String) Links.stored(part, i, "spawned_at"));
                Duration silence = Words.age(Instant.parse((String) Links.stored(part, i, "heard_of_at")), request.now());
                runners.add(new Overview.Runner(id, Request.link("/worker", "id", id), task, Request.link("/task", "id", task), SINCE.format(since.atZone(request.zone())), age(since),
                        cell(part, i, "cost_usd"), silence.compareTo(SILENT_AFTER) < 0 ? null : "not heard of for " + Words.length(silence), cell(part, i, "calls")));
            }
            return new Overview.Running(runners, rows.rows().size() - runners.size(), rows.rows().size(), part);
        }

        private String cell(Sheet.Part part, int row, String column) {
            List<String> columns = part.columns().stream().map(Sheet.Column::name).toList();
            return part.rows().get(row).get(columns.indexOf(column));
        }

        private String age(Instant since) {
            return Words.length(Words.age(since, request.now()));
        }
    }
}
