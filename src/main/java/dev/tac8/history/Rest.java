package dev.tac8.history;

import dev.tac8.history.Total.How;
import dev.tac8.history.Total.Model;
import dev.tac8.price.Call;
import dev.tac8.price.PriceBook;
import dev.tac8.price.Tokens;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What agents' own totals say beyond the calls that are known, by session and model: calls for titles, compaction, web searches and the like stand in no
 * line. It is never stored, as a call that becomes known later makes it less.
 *
 * <p>A session has up to two witnesses, the results of its runs and the states at their ends; of each model the one that says more counts.
 */
public final class Rest {
    /** A price that differs by less is a matter of binary floating point. */
    private static final BigDecimal TOLERANCE = new BigDecimal("0.000001");
    private static final Duration LONGEST_END = Duration.ofDays(1);
    /** One model may be told under several names; the first that is heard stands for it. */
    private static final Comparator<String> BY_MODEL = Comparator.comparing(Models::plain);

    private final List<Row> rows = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private final SortedMap<String, BigDecimal> reported = new TreeMap<>();

    /**
     * A call that is known, or several that no total tells apart.
     *
     * @param used       its cost is null if nobody knows it
     * @param hourWrites what of its writes to the cache is for an hour
     */
    record Known(String session, String model, Instant time, Model used, BigInteger hourWrites) {
        /** One call; null stands for tokens or a cost that nobody knows. */
        static Known of(String session, String model, Instant time, Tokens tokens, BigDecimal cost) {
            Tokens its = tokens == null ? new Tokens(0, 0, 0, 0, 0) : tokens;
            Model used = Model.of(its.input(), its.output(), its.cacheRead(), its.cacheWrite5m(), 0, cost).plus(Model.of(0, 0, 0, its.cacheWrite1h(), 0, BigDecimal.ZERO));
            return new Known(session, model, time, used, BigInteger.valueOf(its.cacheWrite1h()));
        }

        BigDecimal cost() {
            return used.cost();
        }

        Known plus(Known other) {
            return new Known(session, model, time, used.plus(other.used), hourWrites.add(other.hourWrites));
        }
    }

    /** What a session's totals say beyond its calls; the cost is null if nobody knows it. */
    record Row(String agent, String session, String model, Model used) {
        /** What that costs: by its agent, or by list price where the agent says nothing, or $0 for tokens, as it knows no price; null if nobody knows. */
        BigDecimal dollars(PriceBook book, LocalDate day) {
            if (used.cost() != null && used.cost().signum() > 0) {
                return used.cost();
            }
            if (Stream.of(used.input(), used.output(), used.cacheRead(), used.cacheWrite(), used.searches()).anyMatch(count -> count.bitLength() >= Long.SIZE)) {
                return null;
            }
            // How large its requests were nobody says; where that makes another price, nobody knows it.
            BigDecimal asOne = price(book, day, 0);
            BigDecimal asMany = price(book, day, 1);
            return asOne != null && asMany != null && asOne.compareTo(asMany) == 0 ? asOne : null;
        }

        private BigDecimal price(PriceBook book, LocalDate day, long largestRequest) {
            return book.price(new Call(model, day, new Tokens(used.input().longValue(), used.output().longValue(), used.cacheRead().longValue(), used.cacheWrite().longValue(), 0),
                    largestRequest, used.searches().longValue(), Set.of())).dollars();
        }
    }

    /** A model of a session whose calls cost something else by list price than by the agent, though their tokens are the same. */
    public record Difference(String session, String model, BigDecimal reported, BigDecimal calculated) {
    }

    /** What of a session's calls one witness covers, and what it says of them. */
    private record Part(SortedMap<String, Model> models, BigDecimal cost, Predicate<Known> covers) {
    }

    private Rest() {
    }

    /**
     * Computes it.
     *
     * @param calls  all calls of the sessions that have totals; others do not matter
     * @param totals all that is known of these sessions
     */
    public static Rest of(Collection<Known> calls, Collection<Total> totals) {
        Map<String, List<Known>> bySession = calls.stream().collect(Collectors.groupingBy(Known::session));
        Map<String, List<Total>> said = totals.stream().collect(Collectors.groupingBy(Total::session, TreeMap::new, Collectors.toList()));
        Rest rest = new Rest();
        said.forEach((session, its) -> rest.add(session, its, totals, bySession));
        return rest;
    }

    /** By session and model. */
    public List<Row> rows() {
        return rows;
    }

    /** By session and model. */
    public List<Difference> differences() {
        return differences;
    }

    /** What each session has cost by its agent, where it says so. */
    public SortedMap<String, BigDecimal> reported() {
        return reported;
    }

    /** That of some sessions alone. */
    Rest only(Set<String> sessions) {
        rows.removeIf(row -> !sessions.contains(row.session()));
        differences.removeIf(difference -> !sessions.contains(difference.session()));
        reported.keySet().retainAll(sessions);
        return this;
    }

    private void add(String session, List<Total> its, Collection<Total> all, Map<String, List<Known>> calls) {
        List<Known> known = calls.getOrDefault(session, List.of());
        List<List<Part>> witnesses = List.of(states(session, its, all, calls), results(its));
        SortedMap<String, Model> most = new TreeMap<>(BY_MODEL);
        Map<String, Difference> differ = new TreeMap<>(BY_MODEL);
        for (List<Part> witness : witnesses) {
            SortedMap<String, Model> rest = new TreeMap<>(BY_MODEL);
            for (Part part : witness) {
                beyond(session, part, known.stream().filter(part.covers()).toList(), differ).forEach((model, used) -> rest.merge(model, used, Model::plus));
            }
            rest.forEach((model, used) -> most.merge(model, used, Rest::more));
            witness.stream().map(Part::cost).filter(Objects::nonNull).reduce(BigDecimal::add)
                    .ifPresent(cost -> reported.merge(session, cost, BigDecimal::max));
        }
        most.forEach((model, used) -> {
            if (!used.isNothing()) {
                differ.remove(model);
                rows.add(new Row(its.get(0).agent(), session, model, used));
            }
        });
        differences.addAll(differ.values());
    }

    private static Model more(Model one, Model other) {
        Comparator<Model> order = Comparator.comparing(Rest::dollars).thenComparing(Model::tokens);
        return order.compare(one, other) >= 0 ? one : other;
    }

    /** Results of runs tell what was used since the last one; of older programs, a running total. */
    private static List<Part> results(List<Total> its) {
        List<Total> results = its.stream().filter(total -> total.how() != How.STATE)
                .sorted(Comparator.comparing(Total::time).thenComparing(Total::order).thenComparing(Total::id)).toList();
        if (results.isEmpty()) {
            return List.of();
        }
        SortedMap<String, Model> models = new TreeMap<>(BY_MODEL);
        BigDecimal cost = null;
        Total before = null;
        for (Total result : results) {
            Total base = result.how() == How.RUNNING && before != null && !isFall(before, result) ? before : null;
            grown(result, base).forEach((model, used) -> models.merge(model, used, Model::plus));
            BigDecimal grown = result.cost() == null ? null : base == null || base.cost() == null ? result.cost() : result.cost().subtract(base.cost());
            cost = cost == null ? grown : grown == null ? cost : cost.add(grown);
            before = result.how() == How.RUNNING ? result : before;
        }
        Instant last = results.get(results.size() - 1).time();
        return List.of(new Part(models, cost, call -> !call.time().isAfter(last)));
    }

    private static boolean isFall(Total before, Total now) {
        SortedMap<String, Model> models = byModel(now);
        return before.cost() != null && now.cost() != null && now.cost().compareTo(before.cost()) < 0
                || byModel(before).entrySet().stream().anyMatch(model -> models.getOrDefault(model.getKey(), Model.NONE).isBelow(model.getValue()));
    }

    private static SortedMap<String, Model> grown(Total total, Total base) {
        SortedMap<String, Model> grown = byModel(total);
        if (base != null) {
            Map<String, Model> before = byModel(base);
            grown.replaceAll((model, used) -> used.beyond(before.getOrDefault(model, Model.NONE)));
        }
        return grown;
    }

    private static SortedMap<String, Model> byModel(Total total) {
        SortedMap<String, Model> models = new TreeMap<>(BY_MODEL);
        total.models().forEach((model, used) -> models.merge(model, used, Model::plus));
        return models;
    }

    /**
     * A state covers what came since the start that it names. The last of a start counts: it is the greatest. A fork has its parent's start, and holds what
     * the parent had used by then.
     */
    private static List<Part> states(String session, List<Total> its, Collection<Total> all, Map<String, List<Known>> calls) {
        Map<Instant, Total> last = new LinkedHashMap<>();
        its.stream().filter(total -> total.how() == How.STATE).sorted(Comparator.comparing(Rest::started))
                .forEach(state -> last.merge(started(state), state, Rest::greater));
        List<Part> parts = new ArrayList<>();
        for (Total state : last.values()) {
            Instant from = started(state);
            Total base = base(state, all, calls);
            BigDecimal cost = state.cost() == null || base == null || base.cost() == null ? state.cost()
                    : state.cost().subtract(base.cost()).max(BigDecimal.ZERO);
            parts.add(new Part(grown(state, base), cost, call -> !call.time().isBefore(from) && (!call.time().isAfter(state.time()) || call.time().isBefore(end(state)))));
        }
        return parts;
    }

    /**
     * What a state covers is before this: its own time is that of the line before it, after which sub-agents may have gone on in files of theirs. Of the last
     * line of a file nobody knows how long; a session that goes on days later has another state then.
     */
    static Instant end(Total state) {
        return state.until() == null ? state.time().plus(LONGEST_END) : state.until();
    }

    private static Instant started(Total state) {
        return state.started() == null ? Instant.MIN : state.started();
    }

    private static Total greater(Total one, Total other) {
        Comparator<Total> order = Comparator.comparing((Total total) -> total.cost() == null ? BigDecimal.ZERO : total.cost())
                .thenComparing(total -> total.models().values().stream().map(Model::tokens).reduce(BigInteger.ZERO, BigInteger::add)).thenComparing(Total::time);
        return order.compare(one, other) >= 0 ? one : other;
    }

    /** What the session that this one was forked from had used by then: as it said itself, or else its calls. Null if this one was not forked. */
    private static Total base(Total fork, Collection<Total> all, Map<String, List<Known>> calls) {
        List<Total> lineage = fork.started() == null ? List.of() : all.stream().filter(total -> Objects.equals(fork.first(), total.first())
                && !total.session().equals(fork.session()) && total.since().isBefore(fork.since())).toList();
        List<Total> earlier = lineage.stream().filter(total -> total.how() == How.STATE && fork.started().equals(total.started())).toList();
        if (earlier.isEmpty()) {
            // Of the other session there may be what its runs printed alone.
            List<Part> printed = fork.first() == null ? List.of()
                    : results(lineage.stream().filter(total -> !total.time().isBefore(fork.started()) && !total.time().isAfter(fork.since())).toList());
            return printed.isEmpty() ? null : before(fork, printed.get(0).models(), printed.get(0).cost());
        }
        // What holds more than the fork is another fork of the same session.
        return earlier.stream().filter(total -> !total.time().isAfter(fork.since()) && !isFall(total, fork)).reduce(Rest::greater).orElseGet(() -> {
            SortedMap<String, Model> models = new TreeMap<>();
            BigDecimal cost = BigDecimal.ZERO;
            for (String session : new TreeSet<>(earlier.stream().map(Total::session).toList())) {
                for (Known call : calls.getOrDefault(session, List.of())) {
                    if (call.time().isBefore(fork.since()) && !call.time().isBefore(fork.started())) {
                        models.merge(call.model(), call.used(), Model::plus);
                        cost = call.cost() == null ? cost : cost.add(call.cost());
                    }
                }
            }
            return before(fork, models, cost);
        });
    }

    private static Total before(Total fork, SortedMap<String, Model> models, BigDecimal cost) {
        return new Total("", fork.agent(), "", How.STATE, fork.first(), fork.since(), fork.started(), fork.since(), null, 0, models, cost);
    }

    /** By the name that the agent has for a model. */
    private static SortedMap<String, Model> beyond(String session, Part part, List<Known> calls, Map<String, Difference> differ) {
        Map<String, Model> used = new HashMap<>();
        calls.forEach(call -> used.merge(Models.plain(call.model()), call.used(), Model::plus));
        SortedMap<String, Model> rest = new TreeMap<>(BY_MODEL);
        List<String> unmatched = new ArrayList<>();
        List<String> matched = new ArrayList<>();
        part.models().forEach((name, told) -> {
            Model its = used.remove(Models.plain(name));
            (its == null ? unmatched : matched).add(name);
            if (its != null) {
                compare(session, name, told, its, differ);
            }
            rest.put(name, told.beyond(its == null ? Model.NONE : its));
        });
        // The model that answered may be another than the one that was asked, whose name the total has: that is the same money. It is looked for where it
        // fits, first among the names that no call has; what fits nowhere is taken from these.
        Comparator<String> dearest = Comparator.comparing(name -> dollars(rest.get(name)), Comparator.reverseOrder());
        unmatched.sort(dearest);
        matched.sort(dearest);
        Model others = Model.NONE;
        for (Model its : used.values().stream().sorted(Comparator.comparing(Model::tokens).reversed()).toList()) {
            String asked = Stream.concat(unmatched.stream(), matched.stream()).filter(name -> !rest.get(name).isBelow(its)).findFirst().orElse(null);
            if (asked == null) {
                others = others.plus(its);
            } else {
                rest.compute(asked, (name, told) -> told.beyond(its));
            }
        }
        for (String name : unmatched) {
            Model told = rest.get(name);
            rest.put(name, told.beyond(others));
            others = others.beyond(told);
        }
        return rest;
    }

    private static BigDecimal dollars(Model model) {
        return model.cost() == null ? BigDecimal.ZERO : model.cost();
    }

    private static void compare(String session, String model, Model told, Model calls, Map<String, Difference> differ) {
        if (told.cost() != null && calls.cost() != null && told.tokens().equals(calls.tokens())
                && told.cost().subtract(calls.cost()).abs().compareTo(TOLERANCE) > 0) {
            differ.put(model, new Difference(session, model, told.cost(), calls.cost()));
        }
    }
}
