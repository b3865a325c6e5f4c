package dev.tac8.history;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What one file tells. A time that a line lacks is that of the line before it, or else the first one, or else that of the file. */
final class Found {
    /** Of all agents: Gemini has plain words. */
    private static final Set<String> TOKENS = Set.of("input", "output", "cached", "thoughts", "tool");
    private static final String OF_TOKENS = "_tokens";

    private final Instant modified;
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final Map<Session, Map<String, ModelCall>> calls = new LinkedHashMap<>();
    private final List<Pending> pending = new ArrayList<>();
    private final SortedMap<String, Long> skipped = new TreeMap<>();
    private final SortedMap<String, Long> strange = new TreeMap<>();
    private final SortedMap<String, Long> remarks = new TreeMap<>();
    private final List<Total> totals = new ArrayList<>();
    private final List<ApiError> errors = new ArrayList<>();
    private Instant first;
    private Instant last;
    /** How many of those that are made at the end know which time came after them. */
    private int followed;

    /** Makes what needs to know when a session begins. */
    interface Made {
        /**
         * Makes it.
         *
         * @param since when the session begins
         * @param time  when it was written
         * @param next  when the next line that has a time was written, or null
         */
        Object of(Instant since, Instant time, Instant next);
    }

    private record Pending(Session session, Instant time, Instant next, Made made) {
    }

    /** @param modified when the file was changed last */
    Found(Instant modified) {
        this.modified = modified;
    }

    /** The session of that name. */
    Session session(String agent, String id) {
        return sessions.computeIfAbsent(id, name -> new Session(agent, name));
    }

    Collection<Session> sessions() {
        return sessions.values();
    }

    /**
     * Takes the time of a line.
     *
     * @param time null if it has none
     * @return that time, or that of the line before; null if there was none yet
     */
    Instant hear(Instant time) {
        first = first == null ? time : first;
        last = time == null ? last : time;
        for (; time != null && followed < pending.size(); followed++) {
            Pending one = pending.get(followed);
            pending.set(followed, new Pending(one.session, one.time, time, one.made));
        }
        return last;
    }

    /** Takes a call, which may be known already. */
    void add(ModelCall call) {
        calls.computeIfAbsent(call.session(), session -> new LinkedHashMap<>()).merge(call.id(), call, ModelCall::with);
    }

    /** Takes a {@link Total} or an {@link ApiError}. */
    void add(Session session, Made made) {
        pending.add(new Pending(session, last, null, made));
    }

    /** Counts a line that tells nothing, by reason. */
    void skip(String reason) {
        skipped.merge(reason, 1L, Long::sum);
    }

    /** Counts what this reader does not know, such as a field, by what wrote it: formats change without notice. */
    void wonder(String agent, String version, String what) {
        strange.merge(agent + (version == null ? "" : " " + version) + ": " + what, 1L, Long::sum);
    }

    /** Counts numbers of tokens that are none, and so count as 0: what they stand for would be missing without a word. */
    void wonderAtNumbers(String agent, String version, JsonNode usage) {
        for (Map.Entry<String, JsonNode> field : usage.properties()) {
            if (!Values.isCount(field.getValue()) && (field.getKey().endsWith(OF_TOKENS) || TOKENS.contains(field.getKey()))) {
                wonder(agent, version, field.getKey() + " that is no number of tokens");
            }
        }
    }

    /** Counts what whoever reads the answer should know, a part of a sentence. */
    void remark(String remark) {
        remarks.merge(remark, 1L, Long::sum);
    }

    /** Takes that the file is of no agent: nobody has skipped its lines. */
    void isForeign() {
        skipped.clear();
    }

    /** Takes the end of the file. */
    void end() {
        sessions.values().forEach(session -> session.end(modified));
        Instant fallback = first == null ? modified : first;
        calls.values().forEach(some -> some.replaceAll((id, call) -> call.time() == null ? call.at(fallback) : call));
        for (Pending one : pending) {
            Object made = one.made.of(one.session.since(), one.time == null ? fallback : one.time, one.next);
            if (made instanceof Total total) {
                totals.add(total);
            } else {
                errors.add((ApiError) made);
            }
        }
        pending.clear();
    }

    Stream<ModelCall> calls() {
        return calls.values().stream().flatMap(some -> some.values().stream());
    }

    List<Total> totals() {
        return totals;
    }

    List<ApiError> errors() {
        return errors;
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
