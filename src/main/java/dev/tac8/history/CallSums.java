package dev.tac8.history;

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
    private static final NavigableSet<Instant> NEVER = new TreeSet<>();

    private final Map<String, NavigableSet<Instant>> moments = new HashMap<>();
    private final Map<String, Map<List<Object>, Rest.Known>> sums = new HashMap<>();

    /** @param totals all of these sessions */
    CallSums(Collection<Total> totals) {
        Map<Instant, NavigableSet<Instant>> byStart = new HashMap<>();
        for (Total total : totals) {
            NavigableSet<Instant> its = moments.computeIfAbsent(total.session(), session -> new TreeSet<>());
            its.add(total.time());
            its.add(Rest.end(total));
            if (total.started() != null) {
                // Of sessions of one start, one may hold what another had used by then.
                byStart.computeIfAbsent(total.started(), start -> new TreeSet<>()).addAll(List.of(total.started(), total.since(), total.time()));
            }
        }
        totals.stream().filter(total -> total.started() != null).forEach(total -> moments.get(total.session()).addAll(byStart.get(total.started())));
    }

    /** Takes a call. */
    void add(Rest.Known call) {
        Instant before = moments.getOrDefault(call.session(), NEVER).floor(call.time());
        List<Object> key = Arrays.asList(call.model(), call.cost() == null, call.time().equals(before), before);
        sums.computeIfAbsent(call.session(), name -> new HashMap<>()).merge(key, call, Rest.Known::plus);
    }

    /** The sums of some sessions; the time of each is between the same moments as those of all its calls. */
    List<Rest.Known> of(Collection<String> sessions) {
        List<Rest.Known> its = new ArrayList<>();
        sessions.forEach(session -> its.addAll(sums.getOrDefault(session, Map.of()).values()));
        return its;
    }
}
