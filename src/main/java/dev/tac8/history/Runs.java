package dev.tac8.history;

import dev.tac8.price.PriceBook;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * What runs of agents have used and cost: by their calls, and by what the agents say themselves. A run is a session of an agent that says what it has used;
 * it counts as a whole, at the time when it said so last, where its last call counts.
 */
public final class Runs {
    /** So that memory has a bound. */
    private static final int MOST_AT_ONCE = 10_000;

    private final Settings settings;
    private final PriceBook book;

    /** @param book by its prices that is priced for which an agent has none */
    public Runs(Settings settings, PriceBook book) {
        this.settings = settings;
        this.book = book;
    }

    /** Whose something is; null for what nobody knows. */
    public record Place(String worker, String task, String session) {
    }

    /**
     * What a run's agent says beyond its calls.
     *
     * @param dollars null if nobody knows
     */
    public record Beyond(String model, BigInteger input, BigInteger output, BigInteger cacheRead, BigInteger cacheWrite, BigInteger searches, BigDecimal dollars) {
        /** Whether nothing but output is more. */
        public boolean isOutputAlone() {
            return input.signum() == 0 && cacheRead.signum() == 0 && cacheWrite.signum() == 0 && searches.signum() == 0;
        }
    }

    /**
     * A run.
     *
     * @param session     the agent's own name for it
     * @param said        when its agent said last what it has used
     * @param priced      what its calls cost by list price
     * @param unpriced    how many of them have none, by what is missing
     * @param reported    what it has cost by its agent; null if it does not say
     * @param beyond      what the agent says beyond the calls, by model
     * @param differences what costs something else by its agent than by list price, though the tokens are the same
     * @param special     what of the list prices of these models is not everybody's, such as a tier
     */
    public record Run(String agent, String session, Place place, Instant said, long calls, BigDecimal priced, Map<String, Long> unpriced, BigDecimal reported,
                      List<Beyond> beyond, List<Rest.Difference> differences, Map<String, SortedSet<String>> special) {
    }

    /**
     * Finds which runs there are to be looked at: their sessions, each with the time since when it has used something, as text in UTC.
     *
     * @param parameters those of {@code sql/query/chosen-calls.sql}; the period is when the runs have last said what they used
     */
    public static Map<String, String> find(Stores stores, Map<String, Object> parameters) throws StoreException {
        Map<String, Object> asked = new HashMap<>();
        asked.put("since", parameters.get("since"));
        asked.put("until", parameters.get("until"));
        if (isFiltered(parameters)) {
            asked.put("sessions", Known.json(new TreeSet<>(chosen(stores, parameters))));
        }
        Map<String, String> found = new LinkedHashMap<>();
        stores.ask("agent-runs", asked).rows().forEach(row -> found.put((String) row[0], (String) row[1]));
        return found;
    }

    private static boolean isFiltered(Map<String, Object> parameters) {
        return parameters.get("task") != null || parameters.get("session") != null || parameters.get("worker") != null;
    }

    private static List<String> chosen(Stores stores, Map<String, Object> parameters) throws StoreException {
        Map<String, Object> filter = new HashMap<>(parameters);
        filter.keySet().retainAll(List.of("task", "session", "worker"));
        return stores.ask("chosen-sessions", filter).rows().stream().map(row -> (String) row[0]).toList();
    }

    /**
     * Works them out, from all that is stored of them.
     *
     * @param sessions   what {@link #find} has found
     * @param parameters as there: runs that are not of that are left out
     * @param prices     whether each call counts with its list price, and not with what is stored of it
     */
    public List<Run> of(Map<String, String> sessions, Map<String, Object> parameters, boolean prices) throws StoreException {
        List<String> names = List.copyOf(sessions.keySet());
        List<Run> runs = new ArrayList<>();
        for (int from = 0; from < names.size(); from += MOST_AT_ONCE) {
            List<String> some = names.subList(from, Math.min(from + MOST_AT_ONCE, names.size()));
            runs.addAll(read(some, instant(sessions.get(some.get(0))), prices));
        }
        return runs.stream().filter(run -> isOf(run, parameters)).sorted(Comparator.comparing(Run::said).thenComparing(Run::session)).toList();
    }

    /** @param since when the first of them has begun; that earlier months are needed may turn out only when they are read */
    private List<Run> read(Collection<String> sessions, Instant since, boolean prices) throws StoreException {
        AtomicReference<Instant> least = new AtomicReference<>(since);
        List<Run> runs = null;
        while (runs == null) {
            Instant asked = least.get();
            runs = Stores.use(settings, Reach.calls(new Period(asked, null)), stores -> {
                Totals totals = Totals.of(stores, sessions);
                if (asked != null && !totals.all().isEmpty() && totals.since().isBefore(asked)) {
                    least.set(totals.since());
                    return null;
                }
                return totals.all().isEmpty() ? List.of() : read(stores, Set.copyOf(sessions), totals, prices);
            });
        }
        return runs;
    }

    private List<Run> read(Stores stores, Set<String> sessions, Totals totals, boolean prices) throws StoreException {
        RunCalls calls = new RunCalls(totals.all());
        stores.each(prices ? "run-calls" : "run-costs", Map.of("sessions", Known.json(totals.sessions()), "since", StoredTime.of(totals.since()),
                "until", StoredTime.of(totals.until())), prices ? calls.priced(book) : calls.stored());
        Map<String, Place> places = places(stores, sessions, totals, calls);
        List<Run> all = new ArrayList<>();
        for (List<Total> lineage : lineages(totals.all())) {
            all.addAll(runs(lineage, calls, places));
        }
        return all;
    }

    /** A run counts where its last call does; one without a call where its worker does, or what stands for it. */
    private static Map<String, Place> places(Stores stores, Set<String> sessions, Totals totals, RunCalls calls) throws StoreException {
        Map<String, String> workers = new HashMap<>();
        for (String session : sessions) {
            String last = calls.of(session).worker();
            workers.put(session, last != null ? last : totals.worker(session));
        }
        Map<String, Object[]> known = new HashMap<>();
        stores.ask("run-workers", Map.of("workers", Known.json(workers.values().stream().filter(Objects::nonNull).distinct().toList()))).rows()
                .forEach(row -> known.put((String) row[0], row));
        Map<String, Place> places = new HashMap<>();
        workers.forEach((session, worker) -> {
            RunCalls.Session its = calls.of(session);
            Object[] of = known.getOrDefault(worker, new Object[3]);
            places.put(session, new Place(worker, its.task() != null ? its.task() : (String) of[1], its.session() != null ? its.session() : (String) of[2]));
        });
        return places;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Totals of sessions that have a start or their first call in common, and of no others. */
    private static Collection<List<Total>> lineages(List<Total> totals) {
        Map<Object, List<Total>> byName = new HashMap<>();
        Set<List<Total>> all = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Total total : totals) {
            List<Total> one = byName.computeIfAbsent(total.session(), name -> new ArrayList<>());
            one.add(total);
            for (Object name : new Object[] {total.started(), total.first()}) {
                List<Total> its = byName.get(total.session());
                List<Total> other = name == null ? its : byName.putIfAbsent(name, its);
                if (other != null && other != its) {
                    other.addAll(its);
                    byName.replaceAll((any, old) -> old == its ? other : old);
                }
            }
        }
        all.addAll(byName.values());
        return all;
    }

    private List<Run> runs(List<Total> lineage, RunCalls calls, Map<String, Place> places) {
        Rest rest = Rest.of(calls.of(lineage), lineage);
        Map<String, Instant> said = new TreeMap<>();
        Map<String, String> agents = new HashMap<>();
        for (Total total : lineage) {
            said.merge(total.session(), total.time(), (one, other) -> one.isAfter(other) ? one : other);
            agents.put(total.session(), total.agent());
        }
        return said.keySet().stream().filter(places::containsKey).map(session -> {
            RunCalls.Session its = calls.of(session);
            String agent = agents.get(session);
            Place place = places.get(session);
            List<Rest.Difference> differences = rest.differences().stream().filter(difference -> difference.session().equals(session)).toList();
            return new Run(agent, session, place.worker() != null ? place : new Place(Workers.standIn(agent, session), place.task(), place.session()), said.get(session),
                    its.calls(), its.priced(), its.unpriced(), rest.reported().get(session),
                    rest.rows().stream().filter(row -> row.session().equals(session)).map(row -> beyond(row, said.get(session))).toList(),
                    differences, differences.stream().map(Rest.Difference::model).distinct().collect(Collectors.toMap(model -> model, its::special)));
        }).toList();
    }

    private Beyond beyond(Rest.Row row, Instant said) {
        Total.Model used = row.used();
        return new Beyond(row.model(), used.input(), used.output(), used.cacheRead(), used.cacheWrite(), used.searches(),
                row.dollars(book, said.atZone(ZoneOffset.UTC).toLocalDate()));
    }

    private static boolean isOf(Run run, Map<String, Object> parameters) {
        String said = StoredTime.of(run.said());
        return is(parameters.get("task"), run.place().task()) && is(parameters.get("session"), run.place().session()) && is(parameters.get("worker"), run.place().worker())
                && (parameters.get("since") == null || said.compareTo((String) parameters.get("since")) >= 0)
                && (parameters.get("until") == null || said.compareTo((String) parameters.get("until")) < 0);
    }

    /** A model's name without a date or the like. */
    public static String model(String name) {
        return Models.plain(name);
    }

    private static boolean is(Object asked, String found) {
        return asked == null || asked.equals(found);
    }
}
