package dev.tac8.history;

import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is stored of what agents say that some sessions have used, and those sessions that began at the same start or with the same call: a fork holds what its
 * parent has used.
 */
final class Totals {
    private final List<Total> all = new ArrayList<>();
    private final Map<String, String> workers = new HashMap<>();
    private final Set<String> ids = new HashSet<>();

    private Totals() {
    }

    /** Asks for them. */
    static Totals of(Stores stores, Collection<String> sessions) throws StoreException {
        Totals totals = new Totals();
        totals.add(stores.ask("agent-totals", Map.of("sessions", Known.json(sessions))));
        if (!totals.all.isEmpty()) {
            // What one of a lineage has said before all of these began is of no use to them.
            totals.add(stores.ask("agent-lineages", Map.of("since", StoredTime.of(totals.since()), "started", totals.texts(total -> StoredTime.of(total.started())),
                    "first", totals.texts(Total::first))));
        }
        totals.all.sort(Comparator.comparing(Total::time).thenComparing(Total::id));
        return totals;
    }

    private void add(Rows rows) {
        for (Object[] row : rows.rows()) {
            if (ids.add((String) row[0])) {
                Total total = Money.total((String) row[0], Instant.parse((String) row[1]), String.valueOf(row[2]));
                all.add(total);
                workers.put(total.session(), (String) row[3]);
            }
        }
    }

    private String texts(Function<Total, String> of) {
        return Known.json(all.stream().map(of).filter(Objects::nonNull).distinct().toList());
    }

    /** The first to be said first. */
    List<Total> all() {
        return all;
    }

    /** Their sessions. */
    Set<String> sessions() {
        return all.stream().map(Total::session).collect(Collectors.toSet());
    }

    /** The worker that a session's totals name, or null. */
    String worker(String session) {
        return workers.get(session);
    }

    /** When the first of these sessions began, as far as they say so; null if there is none. */
    Instant since() {
        return all.stream().flatMap(total -> Stream.of(total.since(), total.time(), total.started())).filter(Objects::nonNull).min(Comparator.naturalOrder()).orElse(null);
    }

    /** A moment that is behind all that they cover; null if there is none. */
    Instant until() {
        return all.stream().flatMap(total -> Stream.of(total.time().plusMillis(1), Rest.end(total))).max(Comparator.naturalOrder()).orElse(null);
    }
}
