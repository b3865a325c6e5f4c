package dev.tac8.history;

import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.StoredCall;
import dev.tac8.price.Tokens;
import dev.tac8.query.Question;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The calls of sessions of agents, added up, and where each session counts. */
final class RunCalls {
    private static final SortedSet<String> NOTHING = Collections.emptySortedSet();

    private final CallSums sums;
    private final Map<String, Session> sessions = new HashMap<>();

    /** What the calls of a session are together. */
    static final class Session {
        private String last = "";
        private String worker;
        private String task;
        private String session;
        private long calls;
        private BigDecimal priced = BigDecimal.ZERO;
        private final SortedMap<String, Long> unpriced = new TreeMap<>();
        private final Map<String, SortedSet<String>> special = new HashMap<>();

        /** The worker of the last of them; null if there is none. */
        String worker() {
            return worker;
        }

        /** The task that the last of them names, or null. */
        String task() {
            return task;
        }

        /** The session that the last of them names, or null. */
        String session() {
            return session;
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

        /** What of the list prices of a model's calls is not everybody's, as words; empty for nothing. */
        SortedSet<String> special(String model) {
            return special.getOrDefault(Models.plain(model), NOTHING);
        }

        private void add(String time, Object ofWorker, Object ownTask, Object ownSession) {
            calls++;
            if (last.compareTo(time) <= 0) {
                last = time;
                worker = (String) ofWorker;
                task = (String) ownTask;
                session = (String) ownSession;
            }
        }
    }

    /** @param totals all of these sessions */
    RunCalls(List<Total> totals) {
        sums = new CallSums(totals);
    }

    /** Takes the rows of {@code sql/query/run-costs.sql}, which count with the costs that are stored. */
    Question.Taker stored() {
        return row -> {
            Tokens tokens = new Tokens(number(row[3]), number(row[4]), number(row[5]), number(row[6]), number(row[7]));
            BigDecimal cost = row[8] instanceof Number dollars && Double.isFinite(dollars.doubleValue()) ? new BigDecimal(dollars.toString()) : null;
            keep((String) row[0], (String) row[2], (String) row[1], tokens, cost);
            of((String) row[0]).add((String) row[1], row[9], row[10], row[11]);
        };
    }

    /** Takes the rows of {@code sql/query/run-calls.sql}, which count with their list prices. */
    Question.Taker priced(PriceBook book) {
        return row -> {
            StoredCall call = new StoredCall(row);
            Quote quote = call.price(book);
            Tokens tokens = new Tokens(number(row[4]), number(row[5]), number(row[7]), number(row[8]), number(row[9]));
            keep((String) row[18], call.model(), (String) row[1], tokens, quote.dollars());
            Session its = of((String) row[18]);
            its.add((String) row[1], row[2], row[17], row[16]);
            its.priced = quote.dollars() == null ? its.priced : its.priced.add(quote.dollars());
            if (quote.dollars() == null) {
                its.unpriced.merge(quote.why(), 1L, Long::sum);
            } else {
                call.special(quote.by()).forEach(what -> its.special.computeIfAbsent(Models.plain(call.model()), model -> new TreeSet<>()).add(what));
            }
        };
    }

    private void keep(String session, String model, String time, Tokens tokens, BigDecimal cost) {
        sums.add(Rest.Known.of(session, model, Instant.parse(time), tokens, cost));
    }

    private static long number(Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    /** The sums of the sessions of some totals; the time of each is in the same part of the session's time as those of all its calls. */
    List<Rest.Known> of(List<Total> totals) {
        return sums.of(totals.stream().map(Total::session).distinct().toList());
    }

    /** What the calls of a session are together. */
    Session of(String session) {
        return sessions.computeIfAbsent(session, name -> new Session());
    }
}
