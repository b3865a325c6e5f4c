package dev.tac8.history;

import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.StoredCall;
import dev.tac8.price.Tokens;
import dev.tac8.query.Question;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The calls of sessions of agents, as {@code sql/query/run-calls.sql} tells them, added up: those of one session and model between two moments that
 * totals speak of are one, as no total tells them apart, so that memory grows with the sessions and not with the calls.
 */
final class RunCalls implements Question.Taker {
    private static final int TIMESTAMP = 1;
    private static final int WORKER = 2;
    private static final int MODEL = 3;
    private static final int INPUT = 4;
    private static final int OUTPUT = 5;
    private static final int CACHE_READ = 7;
    private static final int WRITE_5M = 8;
    private static final int WRITE_1H = 9;
    private static final int SESSION = 18;
    private static final int TASK = 19;
    private static final int OWN_SESSION = 20;

    private final PriceBook book;
    private final Map<String, NavigableSet<Instant>> moments;
    private final Map<String, Map<List<Object>, Rest.Known>> sums = new HashMap<>();
    private final Map<String, Session> sessions = new HashMap<>();

    /** What the calls of a session are together. */
    static final class Session {
        private String last = "";
        private Runs.Place place;
        private long calls;
        private BigDecimal priced = BigDecimal.ZERO;
        private final SortedMap<String, Long> unpriced = new TreeMap<>();

        /** Where the last of them counts. */
        Runs.Place place() {
            return place;
        }

        long calls() {
            return calls;
        }

        /** By list price. */
        BigDecimal priced() {
            return priced;
        }

        /** How many have no list price, by what is missing. */
        SortedMap<String, Long> unpriced() {
            return unpriced;
        }
    }

    /**
     * @param book   by which each call is priced; null if what is stored with it counts
     * @param totals all of these sessions
     */
    RunCalls(PriceBook book, List<Total> totals) {
        this.book = book;
        this.moments = new HashMap<>();
        Map<Instant, NavigableSet<Instant>> byStart = new HashMap<>();
        for (Total total : totals) {
            NavigableSet<Instant> its = moments.computeIfAbsent(total.session(), session -> new TreeSet<>());
            its.add(total.time());
            if (total.until() != null) {
                its.add(total.until());
            }
            if (total.started() != null) {
                // Of sessions of one start, one may hold what another had used by then.
                byStart.computeIfAbsent(total.started(), start -> new TreeSet<>()).addAll(List.of(total.started(), total.since(), total.time()));
            }
        }
        totals.stream().filter(total -> total.started() != null).forEach(total -> moments.get(total.session()).addAll(byStart.get(total.started())));
    }

    @Override
    public void take(Object[] row) {
        String session = (String) row[SESSION];
        Instant time = Instant.parse((String) row[TIMESTAMP]);
        StoredCall call = new StoredCall(row);
        Quote quote = book == null ? null : call.price(book);
        BigDecimal cost = quote == null ? call.dollars() : quote.dollars();
        Tokens tokens = new Tokens(number(row[INPUT]), number(row[OUTPUT]), number(row[CACHE_READ]), number(row[WRITE_5M]), number(row[WRITE_1H]));
        Instant before = moments.getOrDefault(session, new TreeSet<>()).floor(time);
        List<Object> key = Arrays.asList(row[MODEL], cost == null, time.equals(before), before);
        sums.computeIfAbsent(session, name -> new HashMap<>()).merge(key, new Rest.Known(session, (String) row[MODEL], time, tokens, cost), RunCalls::together);
        Session its = sessions.computeIfAbsent(session, name -> new Session());
        its.calls++;
        if (its.last.compareTo((String) row[TIMESTAMP]) <= 0) {
            its.last = (String) row[TIMESTAMP];
            its.place = new Runs.Place((String) row[WORKER], (String) row[TASK], (String) row[OWN_SESSION]);
        }
        if (quote != null) {
            its.priced = quote.dollars() == null ? its.priced : its.priced.add(quote.dollars());
            if (quote.dollars() == null) {
                its.unpriced.merge(quote.why(), 1L, Long::sum);
            }
        }
    }

    private static long number(Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private static Rest.Known together(Rest.Known one, Rest.Known other) {
        Tokens a = one.tokens();
        Tokens b = other.tokens();
        return new Rest.Known(one.session(), one.model(), one.time(), new Tokens(a.input() + b.input(), a.output() + b.output(), a.cacheRead() + b.cacheRead(),
                a.cacheWrite5m() + b.cacheWrite5m(), a.cacheWrite1h() + b.cacheWrite1h()), one.cost() == null ? null : one.cost().add(other.cost()));
    }

    /** The sums of the sessions of some totals; the time of each is between the same moments as those of all its calls. */
    List<Rest.Known> of(List<Total> totals) {
        return totals.stream().map(Total::session).distinct().flatMap(session -> sums.getOrDefault(session, Map.of()).values().stream()).toList();
    }

    /** What the calls of a session are together. */
    Session of(String session) {
        return sessions.getOrDefault(session, new Session());
    }
}
