package dev.tac8.history;

import static dev.tac8.history.Values.count;
import static dev.tac8.history.Values.dollars;
import static dev.tac8.history.Values.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.price.Terms;
import dev.tac8.price.Tokens;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Claude Code: transcripts (camelCase), and what a run with {@code --output-format stream-json} prints (snake_case). Neither has a published schema.
 *
 * <p>A response is several lines of one {@code message.id}; a fork of a session repeats lines under its own name, and request ids differ between copies.
 * So the id of the message alone tells calls apart.
 */
final class ClaudeLines implements Format {
    static final String AGENT = "claude";
    /** What Claude Code says of itself in the place of a model. */
    private static final String SYNTHETIC = "<synthetic>";
    private static final String ADVISER = "advisor_message";
    private static final String MESSAGE = "message";
    private static final Set<String> TYPES = Set.of("user", "assistant", "system", "summary", "attachment", "file-history-snapshot", "file-history-delta",
            "queue-operation", "progress", "custom-title", "ai-title", "agent-name", "agent-color", "agent-setting", "tag", "permission-mode", "mode", "last-prompt",
            "pr-link", "worktree-state", "continued-in", "cost-state", "api-request", "api-request-shape", "api-request-blob", "tools-used",
            "atis-latch", "task-summary", "content-replacement", "speculation-accept", "result", "stream_event", "rate_limit_event", "tool_progress",
            "tool_use_summary", "conversation_reset", "control_request", "control_response", "control_cancel_request", "auth_status", "keep_alive");
    private static final Set<String> USAGE = Set.of("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation",
            "server_tool_use", "service_tier", "speed", "inference_geo", "iterations", "output_tokens_details", "cache_miss_reason");

    private static final Tokens NONE = new Tokens(0, 0, 0, 0, 0);

    private final Found found;
    private long line;
    private String version;

    ClaudeLines(Found found) {
        this.found = found;
    }

    /** Whether a line can only be of this format. */
    static boolean isMine(JsonNode line) {
        String type = text(line.path("type"));
        return type != null && (text(line.path("sessionId")) != null || TYPES.contains(type) && text(line.path("session_id")) != null || line.path("message").has("usage"));
    }

    @Override
    public void take(JsonNode line) {
        this.line++;
        String type = text(line.path("type"));
        Instant told = Values.time(line.path("timestamp"));
        Instant time = found.hear(told);
        String name = text(line.path("sessionId"));
        boolean isTranscript = name != null;
        name = name == null ? text(line.path("session_id")) : name;
        Session session = name == null && !"assistant".equals(type) ? null : found.session(AGENT, name == null ? "unknown" : name);
        if (session != null) {
            session.branch(text(line.path("gitBranch")));
            session.version(text(line.path(isTranscript ? "version" : "claude_code_version")));
            version = session.version() == null ? version : session.version();
        }
        if (type == null || !TYPES.contains(type)) {
            found.skip("unknown_type");
            found.wonder(AGENT, version, type == null ? "a line without a type" : "type " + type);
        }
        if (session == null) {
            return;
        }
        // A fork copies what has a uuid, and nothing else.
        session.hear(told, isTranscript && text(line.path("uuid")) == null);
        if ("assistant".equals(type)) {
            assistant(line, session, time);
        } else if ("system".equals(type) && Set.of("api_error", "api_retry").contains(line.path("subtype").asText())) {
            error(line, session, time);
        } else if ("cost-state".equals(type)) {
            total(line, session, Total.How.STATE, line.path("modelUsage"), line.path("totalCostUSD"));
        } else if ("result".equals(type)) {
            JsonNode part = line.path("model_usage_since_last_result");
            JsonNode cost = line.path("total_cost_usd");
            total(line, session, part.isObject() ? Total.How.PART : Total.How.RUNNING, part.isObject() ? part : line.path("modelUsage"),
                    cost.isNumber() ? cost : line.path("total_cost"));
        }
    }

    private void assistant(JsonNode line, Session session, Instant time) {
        JsonNode message = line.path("message");
        JsonNode usage = message.path("usage");
        String model = text(message.path("model"));
        boolean failed = line.path("isApiErrorMessage").asBoolean();
        if (SYNTHETIC.equals(model)) {
            found.skip("synthetic");
            failed |= line.hasNonNull("error");
        }
        if (failed) {
            error(line, session, time);
        }
        if (SYNTHETIC.equals(model) || failed && tokens(usage).equals(NONE)) {
            return;
        }
        usage.fieldNames().forEachRemaining(field -> {
            if (!USAGE.contains(field)) {
                found.wonder(AGENT, session.version(), "usage." + field);
            }
        });
        found.wonderAtNumbers(AGENT, session.version(), usage);
        String response = text(message.path("id"));
        String uuid = text(line.path("uuid"));
        String id = AGENT + ":" + (response != null ? response : "line:" + (uuid != null ? uuid : session.id() + ":" + (time == null ? this.line : time)));
        session.call(id);
        Set<Terms> terms = terms(usage);
        long searches = count(usage.path("server_tool_use").path("web_search_requests"));
        boolean isKnown = usage.isObject();
        Tokens tokens = isKnown ? tokens(usage) : null;
        found.add(new ModelCall(Values.id(id), session, time, name(model), tokens, isKnown ? largest(usage) : 0, searches, terms, said(line)));
        int index = 0;
        for (JsonNode iteration : usage.path("iterations")) {
            if (isApart(iteration, usage)) {
                terms = terms(usage);
                terms.remove(Terms.FAST);
                String own = text(iteration.path("model"));
                found.add(new ModelCall(Values.id(id + ":" + index), session, time, name(own == null ? model : own), tokens(iteration), 0, 0, terms));
            }
            index++;
        }
    }

    /** Programs of before mid-2025 wrote beside each response what it cost; nothing at all is what they wrote of prices that they did not know. */
    private static BigDecimal said(JsonNode line) {
        BigDecimal dollars = dollars(line.path("costUSD"));
        return dollars == null || dollars.signum() == 0 ? null : dollars;
    }

    /** Input is without the cache. Writes: those for an hour as their part says, the others for five minutes, as the API has it by default. */
    private static Tokens tokens(JsonNode usage) {
        JsonNode writes = usage.path("cache_creation");
        long hour = count(writes.path("ephemeral_1h_input_tokens"));
        long all = Math.max(count(usage.path("cache_creation_input_tokens")), hour + count(writes.path("ephemeral_5m_input_tokens")));
        return new Tokens(count(usage.path("input_tokens")), count(usage.path("output_tokens")), count(usage.path("cache_read_input_tokens")), all - hour,
                hour);
    }

    private static long sent(JsonNode usage) {
        Tokens tokens = tokens(usage);
        return tokens.input() + tokens.cacheRead() + tokens.cacheWrite5m() + tokens.cacheWrite1h();
    }

    /** An adviser is another model, and in no sum; of other steps it depends on whether the sum above has room for them. */
    private static boolean isApart(JsonNode iteration, JsonNode usage) {
        String type = iteration.path("type").asText();
        if (type.equals(ADVISER) || type.equals(MESSAGE) || type.isEmpty()) {
            return type.equals(ADVISER);
        }
        long steps = 0;
        for (JsonNode step : usage.path("iterations")) {
            steps += step.path("type").asText().equals(ADVISER) ? 0 : sent(step) + count(step.path("output_tokens"));
        }
        return steps > sent(usage) + count(usage.path("output_tokens"));
    }

    /** What the largest of several requests sent; 0 if there was one. */
    private static long largest(JsonNode usage) {
        long largest = 0;
        int requests = 0;
        for (JsonNode iteration : usage.path("iterations")) {
            if (!isApart(iteration, usage)) {
                largest = Math.max(largest, sent(iteration));
                requests++;
            }
        }
        return requests > 1 ? largest : 0;
    }

    private static Set<Terms> terms(JsonNode usage) {
        Set<Terms> terms = EnumSet.noneOf(Terms.class);
        if ("fast".equals(text(usage.path("speed")))) {
            terms.add(Terms.FAST);
        }
        if ("batch".equals(text(usage.path("service_tier")))) {
            terms.add(Terms.BATCH);
        }
        if ("us".equals(text(usage.path("inference_geo")))) {
            terms.add(Terms.US);
        }
        return terms;
    }

    private void error(JsonNode line, Session session, Instant time) {
        String uuid = text(line.path("uuid"));
        JsonNode status = line.path("error").path("status");
        JsonNode attempt = line.path("retryAttempt");
        String id = Values.id(AGENT + ":error:" + (uuid != null ? uuid : session.id() + ":" + (time == null ? this.line : time)));
        Long code = number(status.isNumber() ? status : line.path("error_status"));
        Long tried = number(attempt.isNumber() ? attempt : line.path("attempt"));
        found.add(session, (since, when, next) -> new ApiError(id, AGENT, session.id(), when, code, tried));
    }

    private static Long number(JsonNode value) {
        return value.isNumber() && value.canConvertToLong() ? value.asLong() : null;
    }

    private void total(JsonNode line, Session session, Total.How how, JsonNode usage, JsonNode said) {
        boolean isMadeUp = line.path("hasUnknownModelCost").asBoolean();
        SortedMap<String, Total.Model> models = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : usage.properties()) {
            JsonNode told = field.getValue();
            String canonical = text(told.path("canonicalModel"));
            // The price of a model that the agent does not know is made up. A state may not say which one that is.
            String basis = text(told.path("costBasis"));
            BigDecimal cost = (basis == null ? isMadeUp : basis.equals("unknown")) ? null : dollars(told.path("costUSD"));
            models.merge(canonical == null ? Models.withoutBracket(Values.whole(field.getKey())) : canonical,
                    Total.Model.of(count(told.path("inputTokens")), count(told.path("outputTokens")), count(told.path("cacheReadInputTokens")),
                            count(told.path("cacheCreationInputTokens")), count(told.path("webSearchRequests")), cost), Total.Model::plus);
        }
        BigDecimal dollars = dollars(said);
        BigDecimal cost = how == Total.How.PART || isMadeUp || models.values().stream().anyMatch(model -> model.cost() == null) ? cost(models, how) : dollars;
        Instant started = Values.time(line.path("startTime"));
        String uuid = text(line.path("uuid"));
        String own = how != Total.How.STATE && uuid != null ? uuid : line.path("startTime").asText("") + "+" + (dollars == null ? "" : dollars.toPlainString());
        String id = Values.id(AGENT + ":total:" + session.id() + ":" + own);
        long order = this.line;
        found.add(session, (since, time, next) -> new Total(id, AGENT, session.id(), how, session.firstCall(), since, started, time, next, order, models, cost));
    }

    /** The dollars of those models whose prices the agent knew; null if there is none. What was used since the last result may be nothing, at no cost. */
    private static BigDecimal cost(SortedMap<String, Total.Model> models, Total.How how) {
        BigDecimal nothing = how == Total.How.PART && models.isEmpty() ? BigDecimal.ZERO : null;
        return models.values().stream().map(Total.Model::cost).filter(Objects::nonNull).reduce(BigDecimal::add).orElse(nothing);
    }

    private static String name(String model) {
        return model == null ? "unknown" : model;
    }
}
