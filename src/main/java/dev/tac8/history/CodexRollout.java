package dev.tac8.history;

import static dev.tac8.history.Values.count;
import static dev.tac8.history.Values.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.price.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Codex: rollouts. They tell a thread's running total, often several times in a row, so that a call is what the total has grown by.
 *
 * <p>A fork begins with its parent's history, under new times: turns that the parent has are the parent's calls.
 */
final class CodexRollout implements Format {
    static final String AGENT = "codex";
    /** A copied history is written at once; a model needs longer for an answer. */
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final Set<String> TYPES = Set.of("session_meta", "turn_context", "event_msg", "response_item", "compacted", "ghost_snapshot", "world_state",
            "inter_agent_communication");

    private final Found found;
    private final Threads threads;
    private final List<Growth> growths = new ArrayList<>();
    private final List<String> forebears = new ArrayList<>();
    private String thread;
    private String parent;
    private boolean isFork;
    private String version;
    private String turn;
    private String model;
    private Usage total = Usage.NONE;
    private long falls;
    private Instant before;
    /** How many growths came at once with the beginning of the file. */
    private int atOnce;
    private boolean isAtOnce = true;

    /** Running numbers; those of the cache are part of the input, thoughts of the output. */
    private record Usage(long input, long cacheRead, long cacheWrite, long output, long all) {
        private static final Usage NONE = new Usage(0, 0, 0, 0, 0);

        static Usage of(JsonNode told) {
            long input = count(told.path("input_tokens"));
            long output = count(told.path("output_tokens"));
            return new Usage(input, count(told.path("cached_input_tokens")), count(told.path("cache_write_input_tokens")), output,
                    Math.max(count(told.path("total_tokens")), input + output));
        }

        Usage minus(Usage other) {
            return new Usage(input - other.input, cacheRead - other.cacheRead, cacheWrite - other.cacheWrite, output - other.output, all - other.all);
        }

        boolean isPossible() {
            return input >= 0 && cacheRead >= 0 && cacheWrite >= 0 && output >= 0 && cacheRead + cacheWrite <= input;
        }

        Tokens tokens() {
            return new Tokens(Math.max(0, input - cacheRead - cacheWrite), output, cacheRead, cacheWrite, 0);
        }
    }

    private record Growth(String turn, String model, Instant time, long falls, long total, Usage usage, long largest) {
    }

    CodexRollout(Found found, Threads threads) {
        this.found = found;
        this.threads = threads;
    }

    /** Whether a line can only be of this format. */
    static boolean isMine(JsonNode line) {
        return line.path("payload").isObject() && text(line.path("type")) != null;
    }

    /** A running total as one number. */
    static long total(JsonNode usage) {
        return Usage.of(usage).all;
    }

    @Override
    public void take(JsonNode line) {
        String type = text(line.path("type"));
        JsonNode payload = line.path("payload");
        Instant told = Values.time(line.path("timestamp"));
        Instant time = found.hear(told);
        if (type == null || !TYPES.contains(type)) {
            found.skip("unknown_type");
            found.wonder(AGENT, version, type == null ? "a line without a type" : "type " + type);
            return;
        }
        isAtOnce &= before == null || time == null || Duration.between(before, time).compareTo(AT_ONCE) < 0;
        before = time == null ? before : time;
        if (thread != null) {
            session().hear(told, false);
        }
        if (type.equals("session_meta")) {
            meta(payload);
        } else if (type.equals("turn_context")) {
            turn = text(payload.path("turn_id"));
            model = text(payload.path("model")) == null ? model : text(payload.path("model"));
        } else if ("token_count".equals(text(payload.path("type"))) && payload.path("info").isObject()) {
            grow(payload.path("info"), time);
        }
    }

    private Session session() {
        return found.session(AGENT, thread);
    }

    private void meta(JsonNode payload) {
        String id = text(payload.path("id"));
        if (thread == null && id != null) {
            thread = id;
            version = text(payload.path("cli_version"));
            String forked = text(payload.path("forked_from_id"));
            String spawned = text(payload.path("source").path("subagent").path("thread_spawn").path("parent_thread_id"));
            isFork = forked != null;
            parent = forked != null ? forked : spawned;
            session().version(version);
            session().branch(text(payload.path("git").path("branch")));
            session().hear(found.hear(null), false);
        } else if (id != null && !id.equals(thread) && !forebears.contains(id)) {
            forebears.add(id);
        }
    }

    private void grow(JsonNode info, Instant time) {
        JsonNode told = info.path("last_token_usage");
        Usage last = told.isObject() ? Usage.of(told) : null;
        if (!info.path("total_token_usage").isObject()) {
            found.skip("no_total");
            return;
        }
        found.wonderAtNumbers(AGENT, version, info.path("total_token_usage"));
        Usage now = Usage.of(info.path("total_token_usage"));
        if (now.all == total.all) {
            return;
        }
        boolean isFall = now.all < total.all;
        falls += isFall ? 1 : 0;
        Usage grown = isFall ? now : now.minus(total);
        boolean isLastPlausible = last != null && last.all > 0 && last.all <= now.all && last.isPossible();
        if (isLastPlausible && (isFall || !grown.isPossible() || total == Usage.NONE && isFork)) {
            // Behind a fall or the beginning of a fork the total may hold more than this call.
            grown = last;
        }
        growths.add(new Growth(turn, model, time, falls, now.all, grown, isLastPlausible && last.input < grown.input ? last.input : 0));
        atOnce = isAtOnce ? growths.size() : atOnce;
        total = now;
    }

    @Override
    public void end() {
        if (thread == null) {
            growths.forEach(growth -> found.skip("no_session_meta"));
            return;
        }
        String forebear = parent != null ? parent : forebears.isEmpty() ? null : forebears.get(0);
        boolean isCopy = forebear != null && (isFork || !forebears.isEmpty());
        Threads.Turns theirs = forebear == null || growths.isEmpty() ? null : threads.turns(forebear);
        int copied = isCopy && theirs == null ? atOnce : 0;
        if (copied > 0) {
            found.remark("continued threads whose first part is taken for the calls of " + forebear + ", which is not here, at the time of the copy");
        }
        for (int i = 0; i < growths.size(); i++) {
            Growth growth = growths.get(i);
            if (theirs != null && theirs.have(growth.turn, growth.total)) {
                // They are told, with their own times, where they were made.
                continue;
            }
            Session session = i < copied ? found.session(AGENT, forebear) : session();
            session.hear(growth.time, false);
            found.add(new ModelCall(Values.id(AGENT + ":" + session.id() + ":" + growth.falls + "." + growth.total), session, growth.time,
                    growth.model == null ? "unknown" : growth.model, growth.usage.tokens(), growth.largest, 0, Set.of()));
        }
    }
}
