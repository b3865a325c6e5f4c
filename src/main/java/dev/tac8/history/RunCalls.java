package dev.tac8.history;

import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.StoredCall;
import dev.tac8.price.Tokens;
import dev.tac8.query.Question;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The calls of sessions of agents, as {@code sql/query/run-calls.sql} tells them, added up. */
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
    private final CallSums sums;
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
        this.sums = new CallSums(totals);
    }

    @Override
    public void take(Object[] row) {
        String session = (String) row[SESSION];
        Instant time = Instant.parse((String) row[TIMESTAMP]);
        StoredCall call = new StoredCall(row);
        Quote quote = book == null ? null : call.price(book);
        BigDecimal cost = quote == null ? call.dollars() : quote.dollars();
        Tokens tokens = new Tokens(number(row[INPUT]), number(row[OUTPUT]), number(row[CACHE_READ]), number(row[WRITE_5M]), number(row[WRITE_1H]));
        sums.add(new Rest.Known(session, (String) row[MODEL], time, tokens, cost));
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

    /** The sums of the sessions of some totals; the time of each is between the same moments as those of all its calls. */
    List<Rest.Known> of(List<Total> totals) {
        return sums.of(totals.stream().map(Total::session).distinct().toList());
    }

    /** What the calls of a session are together. */
    Session of(String session) {
        return sessions.getOrDefault(session, new Session());
    }
}
