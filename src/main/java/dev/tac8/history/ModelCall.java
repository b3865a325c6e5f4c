package dev.tac8.history;

import dev.tac8.price.Terms;
import dev.tac8.price.Tokens;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/**
 * A call of a model, as one file or several tell of it.
 *
 * @param id       its identity, the same wherever it is told
 * @param session  whose it is
 * @param time     when it was answered; null if the file has not said so yet
 * @param model    as the answer names it
 * @param tokens   null if nobody knows
 * @param largest  what its largest single request sent, if its tokens are the sum of several requests; else 0
 * @param searches how often it searched the web
 * @param terms    what multiplies its price
 * @param said     what its agent says that it cost; null if it does not say so of single calls
 */
record ModelCall(String id, Session session, Instant time, String model, Tokens tokens, long largest, long searches, Set<Terms> terms, BigDecimal said) {
    /** A call of which the agent does not say what it cost. */
    ModelCall(String id, Session session, Instant time, String model, Tokens tokens, long largest, long searches, Set<Terms> terms) {
        this(id, session, time, model, tokens, largest, searches, terms, null);
    }

    /** The same of another time. */
    ModelCall at(Instant other) {
        return new ModelCall(id, session, other, model, tokens, largest, searches, terms, said);
    }

    /** The same of another session. */
    ModelCall of(Session other) {
        return new ModelCall(id, other, time, model, tokens, largest, searches, terms, said);
    }

    /** What two lines or files say of one call: the greatest numbers, the earliest time, and the session whose own lines begin first. */
    ModelCall with(ModelCall other) {
        Set<Terms> all = terms.containsAll(other.terms) ? terms : other.terms;
        if (!all.containsAll(terms)) {
            all = EnumSet.copyOf(terms);
            all.addAll(other.terms);
        }
        return new ModelCall(id, session == other.session || session.owns(other.session) ? session : other.session, earliest(time, other.time),
                model.compareTo(other.model) >= 0 ? model : other.model, greatest(tokens, other.tokens), Math.max(largest, other.largest),
                Math.max(searches, other.searches), all, said == null || other.said != null && other.said.compareTo(said) > 0 ? other.said : said);
    }

    private static Instant earliest(Instant one, Instant other) {
        return one == null || other != null && other.isBefore(one) ? other : one;
    }

    /** What was written to the cache is one number of two parts, and stays together. */
    private static Tokens greatest(Tokens one, Tokens other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        long difference = writes(one) - writes(other);
        Tokens writes = difference > 0 || difference == 0 && one.cacheWrite1h() >= other.cacheWrite1h() ? one : other;
        return new Tokens(Math.max(one.input(), other.input()), Math.max(one.output(), other.output()), Math.max(one.cacheRead(), other.cacheRead()),
                writes.cacheWrite5m(), writes.cacheWrite1h());
    }

    private static long writes(Tokens tokens) {
        return tokens.cacheWrite5m() + tokens.cacheWrite1h();
    }
}
