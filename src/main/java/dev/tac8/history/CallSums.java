package dev.tac8.history;

import dev.tac8.price.Tokens;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Calls of sessions of agents, added up: those of one session and model between two moments that totals speak of are one, as no total tells them apart, so
 * that memory grows with the sessions and not with the calls.
 */
final class CallSums {
    private static final Tokens NONE = new Tokens(0, 0, 0, 0, 0);
    private static final NavigableSet<Instant> NEVER = new TreeSet<>();

    private final Map<String, NavigableSet<Instant>> moments = new HashMap<>();
    private final Map<String, Map<List<Object>, Rest.Known>> sums = new HashMap<>();

    /** @param totals all of these sessions */
    CallSums(Collection<Total> totals) {
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

    /** Takes a call; tokens that nobody knows count as none. */
    void add(Rest.Known call) {
        Instant before = moments.getOrDefault(call.session(), NEVER).floor(call.time());
        List<Object> key = Arrays.asList(call.model(), call.cost() == null, call.time().equals(before), before);
        Rest.Known one = call.tokens() != null ? call : new Rest.Known(call.session(), call.model(), call.time(), NONE, call.cost());
        sums.computeIfAbsent(call.session(), name -> new HashMap<>()).merge(key, one, CallSums::together);
    }

    private static Rest.Known together(Rest.Known one, Rest.Known other) {
        Tokens a = one.tokens();
        Tokens b = other.tokens();
        return new Rest.Known(one.session(), one.model(), one.time(), new Tokens(a.input() + b.input(), a.output() + b.output(), a.cacheRead() + b.cacheRead(),
                a.cacheWrite5m() + b.cacheWrite5m(), a.cacheWrite1h() + b.cacheWrite1h()), one.cost() == null ? null : one.cost().add(other.cost()));
    }

    /** The sums of some sessions; the time of each is between the same moments as those of all its calls. */
    List<Rest.Known> of(Collection<String> sessions) {
        List<Rest.Known> its = new ArrayList<>();
        sessions.forEach(session -> its.addAll(sums.getOrDefault(session, Map.of()).values()));
        return its;
    }
}
