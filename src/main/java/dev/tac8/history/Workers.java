package dev.tac8.history;

import dev.tac8.ingest.FittingId;
import java.time.Instant;
import java.util.Comparator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which worker a session of an agent was, as far as that is known. */
final class Workers {
    private static final String UNKNOWN = "unknown";

    private final Map<String, List<Link>> links = new HashMap<>();

    /**
     * A worker that ran a session.
     *
     * @param worker  as a record can hold it, unless an older tac8 has stored a longer one
     * @param since   from when on; several workers may go on with one session
     * @param session tac8's own session
     */
    record Link(String worker, String session, Instant since) {
    }

    /**
     * Takes what an event or a worker's own file says.
     *
     * @param session its name among those of all agents
     */
    void add(String session, Link link) {
        List<Link> its = links.computeIfAbsent(session, name -> new ArrayList<>());
        if (its.stream().noneMatch(known -> known.worker().equals(link.worker()))) {
            its.add(link);
        }
        its.sort(Comparator.comparing(Link::since).thenComparing(Link::worker));
    }

    /** The worker that ran a session at a time, or null. */
    Link of(String agent, String session, Instant time) {
        Link at = null;
        for (Link link : links.getOrDefault(agent + ":" + session, List.of())) {
            at = at == null || !link.since().isAfter(time) ? link : at;
        }
        return at;
    }

    /** All workers of a session. */
    List<String> namesOf(String session) {
        return links.getOrDefault(session, List.of()).stream().map(Link::worker).toList();
    }

    /** A name that sorts below every real one, so that the real one counts when it becomes known. */
    static String standIn(String agent, String session) {
        return FittingId.of("(" + agent + " " + session + ")");
    }

    /** tac8's session of a link, which may be missing. */
    static String session(Link link) {
        return link == null || link.session() == null ? UNKNOWN : FittingId.of(link.session());
    }
}
