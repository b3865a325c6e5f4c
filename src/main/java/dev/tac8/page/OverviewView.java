package dev.tac8.page;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tac8.page.OverviewRequest.Span;
import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Period;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.status.Condition;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;

/** The overview: what today, this week and this month cost, each day of the last ones, where the money went, and what runs now. */
final class OverviewView implements View {
    /** Of tasks and workers in a document. */
    private static final int MOST_ROWS = 100;

    private final PastDays past = new PastDays();
    private final Kept kept = new Kept();

    /**
     * What the stores have answered.
     *
     * @param state     of the stores; null if it is not known
     * @param missing   what could not be read, a sentence each
     * @param recent    what today cost, and days to come, which clocks that are wrong bring about
     * @param all       the days before as well, if something was missing; else null
     * @param before    what the last part of a day cost that each span is compared with
     * @param firstCall when the first call was
     */
    private record Read(String state, List<String> missing, Spending recent, Spending all, Map<String, Amount> before, String firstCall) {
    }

    /** What runs now. */
    private record Running(Rows tasks, Rows workers) {
    }

    @Override
    public Shown answer(Request asked) throws StoreException {
        OverviewRequest request = new OverviewRequest(asked);
        boolean isPage = asked.form() == Output.Form.TEXT;
        Condition.Begun look = isPage ? begin(asked.settings()) : null;
        Spent spent = null;
        List<String> missing = new ArrayList<>();
        try {
            spent = spent(request, missing);
        } catch (StoreException e) {
            if (!isPage) {
                throw e;
            }
            missing.add(e.getMessage());
        }
        return isPage ? new Shown("Overview", "overview", Map.of("overview", new OverviewPage(request, spent, missing).overview(await(look))), null)
                : new Shown("Overview", "overview", Map.of(), new Answered(document(request, spent), null, missing));
    }

    private static Condition.Begun begin(Settings settings) throws StoreException {
        try {
            return Condition.beginQuickly(settings);
        } catch (IOException e) {
            throw new StoreException("a statement of sql/status cannot be read: " + Reasons.of(e), e);
        }
    }

    private static Condition await(Condition.Begun look) {
        try {
            return look.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // --- Asking ---

    private Spent spent(OverviewRequest request, List<String> missing) throws StoreException {
        Settings settings = request.settings();
        SortedSet<LocalDate> days = request.days();
        SortedSet<LocalDate> before = days.headSet(request.today());
        SortedSet<LocalDate> recent = days.tailSet(request.today());
        Read read = Stores.use(settings, Spending.reach(days, request.zone()), stores -> read(stores, request, before, recent));
        missing.addAll(read.missing());
        PastDays.Found found = read.all() != null ? new PastDays.Found(read.all(), null) : past.ask(settings, read.state(), before, request.zone());
        List<Object> key = List.of(settings, request.zone(), request.key(), String.valueOf(found.asOf()));
        Spent.Sums sums = kept.get(read.state(), with("sums", key), () -> Spent.Sums.of(Spending.together(List.of(found.spending(), read.recent())), request));
        Rows names = kept.get(read.state(), with("names", key), () -> ask(settings, Reach.calls(request.chosenPeriod()), "names-of-spending",
                Map.of("task_ids", json(dearest(sums.tasks())), "worker_ids", json(dearest(sums.workers())))));
        Rows results = kept.get(read.state(), with("results", key), () -> ask(settings, Reach.calls(request.chosenPeriod()), "cost-per-result", Map.of("costs", costs(sums.tasks()))));
        Running running = kept.get(read.state(), List.of("running", settings), () -> Stores.use(settings, Reach.of("status", "active"),
                stores -> new Running(stores.ask("tasks", Map.of("status", "active")), stores.ask("running-workers", Map.of()))));
        return new Spent(sums, read.before(), read.firstCall(), found.asOf(), names, results, running.tasks(), running.workers());
    }

    private Read read(Stores stores, OverviewRequest request, SortedSet<LocalDate> before, SortedSet<LocalDate> recent) throws StoreException {
        String state = stores.state();
        Settings settings = request.settings();
        List<String> missing = List.copyOf(stores.missing());
        Spending now = kept.get(state, List.of("recent", recent, request.zone(), settings), () -> Spending.ask(stores, settings, recent, request.zone()));
        // A disk that hangs is waited for once.
        Spending all = missing.isEmpty() ? null : kept.get(state, List.of("all", before, request.zone(), settings), () -> Spending.ask(stores, settings, before, request.zone()));
        Map<String, Amount> rest = kept.get(state, List.of("before", request.now(), settings), () -> {
            Map<String, Amount> parts = new HashMap<>();
            for (Span span : request.spans()) {
                parts.put(span.name(), Spending.cost(stores, new Period(Spending.of(span.lastBefore(), request.zone()).since(), span.untilBefore().toInstant())));
            }
            return parts;
        });
        String firstCall = kept.get(state, List.of("first-call", settings), () -> String.valueOf(stores.ask("first-call", Map.of()).first("timestamp")));
        return new Read(state, missing, now, all, rest, firstCall);
    }

    private static List<Object> with(String name, List<Object> key) {
        List<Object> all = new ArrayList<>(key);
        all.add(name);
        return all;
    }

    private static Rows ask(Settings settings, Reach reach, String question, Map<String, ?> parameters) throws StoreException {
        return Stores.use(settings, reach, stores -> stores.ask(question, parameters));
    }

    private static Collection<String> dearest(Map<String, Amount> sums) {
        return sums.keySet().stream().limit(OverviewPage.SHARES).toList();
    }

    private static String costs(Map<String, Amount> tasks) {
        ArrayNode costs = JsonMapper.builder().build().createArrayNode();
        tasks.forEach((task, amount) -> {
            if (amount.calls() > 0) {
                costs.addArray().add(task).add(amount.cost() == null ? null : new BigDecimal(amount.number().toString())).add(amount.withoutCost());
            }
        });
        return costs.toString();
    }

    private static String json(Collection<String> texts) {
        ArrayNode array = JsonMapper.builder().build().createArrayNode();
        texts.forEach(array::add);
        return array.toString();
    }

    // --- As a document ---

    private static Answer document(OverviewRequest request, Spent spent) {
        Answer answer = new Answer();
        for (Span span : request.spans()) {
            Amount sum = spent.sums().times().get(span.name());
            Amount before = spent.before(span);
            answer.one(span.name().toLowerCase(Locale.ROOT).replace(' ', '_'), span.name(), new Rows(
                    List.of("first_day", "last_day", "calls", "cost_usd", "rest_usd", "reported_usd", "calculated_usd", "calls_without_cost", "before_since", "before_until",
                            "before_calls", "before_usd", "before_calls_without_cost"),
                    List.<Object[]>of(new Object[] {span.first().toString(), span.last().toString(), sum.calls(), sum.number(), Amount.number(sum.rest()), Amount.number(sum.reported()),
                        Amount.number(sum.calculated()), sum.withoutCost(), StoredTime.of(Spending.of(span.firstBefore(), request.zone()).since()),
                        StoredTime.of(span.untilBefore().toInstant()), before.calls(), before.number(), before.withoutCost()})));
        }
        Map<String, Amount> days = new LinkedHashMap<>();
        spent.sums().days().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(day -> days.put(day.getKey().toString(), day.getValue()));
        answer.list("days", null, rows("period", days));
        answer.list("tasks", null, rows("task_id", spent.sums().tasks()));
        answer.list("models", null, rows("model", spent.sums().models()));
        answer.list("workers", null, rows("worker_id", spent.sums().workers()));
        answer.list("outcomes", null, rows("outcome", spent.sums().outcomes()));
        answer.list("per_result", null, spent.results().without("doubtful"));
        answer.list("running_tasks", null, spent.tasks());
        answer.list("running_workers", null, spent.workers());
        if (Math.max(spent.sums().tasks().size(), spent.sums().workers().size()) > MOST_ROWS) {
            answer.remark("Of tasks and workers these are the dearest " + MOST_ROWS + "; ./tac8 cost --by task, and --by worker, has all.");
        }
        spent.remarks(request.zone()).forEach(answer::remark);
        return answer;
    }

    private static Rows rows(String key, Map<String, Amount> sums) {
        return new Rows(List.of(key, "calls", "cost_usd", "rest_usd", "reported_usd", "calculated_usd", "calls_without_cost"), sums.entrySet().stream()
                .limit(key.equals("period") ? Integer.MAX_VALUE : MOST_ROWS)
                .map(entry -> new Object[] {entry.getKey(), entry.getValue().calls(), entry.getValue().number(), Amount.number(entry.getValue().rest()),
                    Amount.number(entry.getValue().reported()), Amount.number(entry.getValue().calculated()), entry.getValue().withoutCost()}).toList());
    }
}
