package dev.tac8.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What all files together tell: each call once, whichever of them tell it. */
final class Ledger {
    private final Map<String, ModelCall> calls = new LinkedHashMap<>();
    private final Map<String, Total> totals = new LinkedHashMap<>();
    private final Map<String, ApiError> errors = new LinkedHashMap<>();
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final SortedMap<String, Long> skipped = new TreeMap<>();
    private final SortedMap<String, Long> strange = new TreeMap<>();
    private final SortedMap<String, Long> remarks = new TreeMap<>();

    /** Takes what a file tells. */
    void add(Found found) {
        found.calls().forEach(call -> calls.merge(call.id(), call, ModelCall::with));
        found.totals().forEach(total -> totals.merge(total.id(), total, (one, other) -> one.time().isAfter(other.time()) ? other : one));
        addWithoutCalls(found);
    }

    /** Takes what a file tells, but neither calls nor totals: there may be very many. */
    void addWithoutCalls(Found found) {
        found.errors().forEach(error -> errors.merge(error.id(), error, (one, other) -> one.time().isAfter(other.time()) ? other : one));
        found.sessions().forEach(session -> sessions.merge(session.name(), session, (one, other) -> one.owns(other) ? one : other));
        add(found.skipped(), skipped);
        add(found.strange(), strange);
        add(found.remarks(), remarks);
    }

    private static void add(Map<String, Long> some, Map<String, Long> to) {
        some.forEach((name, count) -> to.merge(name, count, Long::sum));
    }

    Collection<ModelCall> calls() {
        return calls.values();
    }

    Collection<Total> totals() {
        return totals.values();
    }

    Collection<ApiError> errors() {
        return errors.values();
    }

    Collection<Session> sessions() {
        return sessions.values();
    }

    SortedMap<String, Long> skipped() {
        return skipped;
    }

    SortedMap<String, Long> strange() {
        return strange;
    }

    SortedMap<String, Long> remarks() {
        return remarks;
    }
}
