package dev.tac8.witness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.price.Call;
import dev.tac8.price.PriceBook;
import dev.tac8.price.Tokens;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What OpenTelemetry says that sessions of agents have used: a file of OTLP as JSON, one request after another, as the collector's file exporter writes it. Of
 * Claude Code the metrics {@code claude_code.cost.usage} and {@code claude_code.token.usage} and the event {@code api_request}, of Gemini CLI the metric
 * {@code gemini_cli.token.usage}. All else is passed over.
 */
public final class Telemetry {
    private static final String COST = "claude_code.cost.usage";
    private static final String TOKENS = "claude_code.token.usage";
    private static final String GEMINI = "gemini_cli.token.usage";
    private static final long NANOS = 1_000_000_000L;

    private final SortedMap<String, Session> sessions = new TreeMap<>();
    private final Map<List<String>, BigDecimal> running = new HashMap<>();
    private String torn;

    /** What is told of a session. */
    private static final class Session {
        private String agent;
        private BigDecimal metric;
        private BigDecimal logged;
        /** By day and model: input, output, read, written for five minutes, for an hour. */
        private final Map<List<Object>, long[]> tokens = new HashMap<>();

        private long[] of(LocalDate day, String model) {
            return tokens.computeIfAbsent(List.of(day, model), key -> new long[5]);
        }
    }

    private Telemetry() {
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     */
    public static Telemetry read(Path file) throws IOException {
        Telemetry telemetry = new Telemetry();
        try (MappingIterator<JsonNode> requests = new JsonMapper().readerFor(JsonNode.class).readValues(file.toFile())) {
            try {
                while (requests.hasNextValue()) {
                    telemetry.add(requests.nextValue());
                }
            } catch (JsonProcessingException e) {
                // The last line of a file that is being written, or what is no JSON.
                telemetry.torn = file + ", line " + e.getLocation().getLineNr() + " is not whole, and was not read, nor was what follows";
            }
        }
        return telemetry;
    }

    /** A sentence about where the file ends before its end; null if it does not. */
    public String torn() {
        return torn;
    }

    /** The sessions that it tells of. */
    public SortedSet<String> sessions() {
        return new TreeSet<>(sessions.keySet());
    }

    /** Whose session it is. */
    public String agent(String session) {
        return sessions.get(session).agent;
    }

    /** What a session has cost: as the metric or the events say, or else by list price of the tokens; null if neither is known. */
    public BigDecimal dollars(String session, PriceBook book) {
        Session its = sessions.get(session);
        if (its == null) {
            return null;
        }
        if (its.metric != null || its.logged != null) {
            return its.metric == null ? its.logged : its.logged == null ? its.metric : its.metric.max(its.logged);
        }
        BigDecimal sum = null;
        for (Map.Entry<List<Object>, long[]> one : its.tokens.entrySet()) {
            long[] used = one.getValue();
            BigDecimal dollars = book.price(new Call((String) one.getKey().get(1), (LocalDate) one.getKey().get(0), new Tokens(Math.max(0, used[0]), used[1], used[2], used[3], used[4])))
                    .dollars();
            sum = sum == null ? dollars : dollars == null ? sum : sum.add(dollars);
        }
        return sum;
    }

    private void add(JsonNode request) {
        for (JsonNode resource : request.path("resourceMetrics")) {
            Map<String, JsonNode> common = attributes(resource.path("resource"));
            for (JsonNode scope : resource.path("scopeMetrics")) {
                scope.path("metrics").forEach(metric -> addMetric(metric, common));
            }
        }
        for (JsonNode resource : request.path("resourceLogs")) {
            Map<String, JsonNode> common = attributes(resource.path("resource"));
            for (JsonNode scope : resource.path("scopeLogs")) {
                scope.path("logRecords").forEach(log -> addLog(log, common));
            }
        }
    }

    private void addMetric(JsonNode metric, Map<String, JsonNode> common) {
        String name = metric.path("name").asText();
        if (!name.equals(COST) && !name.equals(TOKENS) && !name.equals(GEMINI)) {
            return;
        }
        JsonNode temporality = metric.at("/sum/aggregationTemporality");
        boolean isRunning = temporality.asInt() == 2 || temporality.asText().endsWith("CUMULATIVE");
        for (JsonNode point : metric.at("/sum/dataPoints")) {
            Map<String, JsonNode> attributes = new HashMap<>(common);
            attributes.putAll(attributes(point));
            BigDecimal value = number(point.has("asDouble") ? point.path("asDouble") : point.path("asInt"));
            String id = text(attributes, "session.id");
            if (value == null || id == null) {
                continue;
            }
            if (isRunning) {
                // Of one start the greatest is all of it.
                List<String> key = new ArrayList<>(List.of(name, point.path("startTimeUnixNano").asText()));
                attributes.keySet().stream().sorted().forEach(attribute -> key.add(attribute + "=" + attributes.get(attribute)));
                BigDecimal before = running.getOrDefault(key, BigDecimal.ZERO);
                running.put(key, value.max(before));
                value = value.subtract(before).max(BigDecimal.ZERO);
            }
            Session session = session(id, name.equals(GEMINI) ? "gemini" : "claude");
            if (name.equals(COST)) {
                session.metric = session.metric == null ? value : session.metric.add(value);
            } else {
                addTokens(session.of(day(point), text(attributes, "model", "")), text(attributes, "type", ""), value.longValue(), name.equals(GEMINI));
            }
        }
    }

    /** What the cache held is part of Gemini's input; thoughts and tools are beside output and input. */
    private static void addTokens(long[] used, String type, long tokens, boolean isGemini) {
        switch (type.toLowerCase(Locale.ROOT).replace("_", "")) {
            case "input", "tool" -> used[0] += tokens;
            case "output", "thought" -> used[1] += tokens;
            case "cacheread", "cache" -> {
                used[2] += tokens;
                used[0] -= isGemini ? tokens : 0;
            }
            case "cachecreation", "cachewrite" -> used[3] += tokens;
            default -> { }
        }
    }

    private void addLog(JsonNode log, Map<String, JsonNode> common) {
        Map<String, JsonNode> attributes = new HashMap<>(common);
        attributes.putAll(attributes(log));
        String event = text(attributes, "event.name", log.path("eventName").asText() + log.at("/body/stringValue").asText());
        String id = text(attributes, "session.id");
        if (id == null || !event.equals("api_request") && !event.endsWith("claude_code.api_request")) {
            return;
        }
        Session session = session(id, "claude");
        BigDecimal micros = number(attributes.get("cost_usd_micros"));
        BigDecimal dollars = micros != null ? micros.movePointLeft(6) : number(attributes.get("cost_usd"));
        session.logged = session.logged == null ? dollars : dollars == null ? session.logged : session.logged.add(dollars);
    }

    private Session session(String id, String agent) {
        Session session = sessions.computeIfAbsent(id, name -> new Session());
        session.agent = agent;
        return session;
    }

    private static LocalDate day(JsonNode point) {
        return Instant.ofEpochSecond(point.path("timeUnixNano").asLong() / NANOS).atZone(ZoneOffset.UTC).toLocalDate();
    }

    private static Map<String, JsonNode> attributes(JsonNode of) {
        Map<String, JsonNode> attributes = new HashMap<>();
        // The value is an object of one field that names its type.
        of.path("attributes").forEach(attribute -> attribute.path("value").forEach(value -> attributes.put(attribute.path("key").asText(), value)));
        return attributes;
    }

    private static String text(Map<String, JsonNode> attributes, String name) {
        return text(attributes, name, null);
    }

    private static String text(Map<String, JsonNode> attributes, String name, String otherwise) {
        JsonNode value = attributes.get(name);
        return value == null || value.asText().isBlank() ? otherwise : value.asText();
    }

    /** Whole numbers are text in OTLP's JSON. */
    private static BigDecimal number(JsonNode value) {
        try {
            BigDecimal number = value == null ? null : new BigDecimal(value.asText());
            return number == null || number.signum() < 0 || number.precision() - number.scale() > 18 ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
