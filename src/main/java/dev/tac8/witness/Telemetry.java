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
import java.util.Set;
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
    private static final int MOST_CHARACTERS = 400;

    private final PriceBook book;
    private final SortedMap<String, Session> sessions = new TreeMap<>();
    private final Map<List<String>, BigDecimal> running = new HashMap<>();
    private String torn;

    /** What is told of a session. */
    private static final class Session {
        private String agent;
        private BigDecimal metric;
        private BigDecimal logged;
        /** What its tokens cost by list price; null if no price is known. */
        private BigDecimal priced;
    }

    private Telemetry(PriceBook book) {
        this.book = book;
    }

    /**
     * Reads a file.
     *
     * @param book by its prices tokens count where no cost is told
     * @throws IOException if it cannot be read
     */
    public static Telemetry read(Path file, PriceBook book) throws IOException {
        Telemetry telemetry = new Telemetry(book);
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
    public BigDecimal dollars(String session) {
        Session its = sessions.get(session);
        if (its == null) {
            return null;
        }
        if (its.metric != null || its.logged != null) {
            return its.metric == null ? its.logged : its.logged == null ? its.metric : its.metric.max(its.logged);
        }
        return its.priced == null ? null : its.priced.max(BigDecimal.ZERO);
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
                Tokens tokens = tokens(text(attributes, "type", ""), value.longValue(), name.equals(GEMINI));
                // A point may be of many requests, and does not tell how great each was: it has no tier.
                BigDecimal dollars = book.price(new Call(text(attributes, "model", ""), day(point), tokens, 1, 0, Set.of())).dollars();
                session.priced = session.priced == null ? dollars : dollars == null ? session.priced : session.priced.add(dollars);
            }
        }
    }

    /** What the cache held is part of Gemini's input, and so is taken from it; thoughts and tools are beside output and input. */
    private static Tokens tokens(String type, long tokens, boolean isGemini) {
        return switch (type.toLowerCase(Locale.ROOT).replace("_", "")) {
            case "input", "tool" -> new Tokens(tokens, 0, 0, 0, 0);
            case "output", "thought" -> new Tokens(0, tokens, 0, 0, 0);
            case "cacheread", "cache" -> new Tokens(isGemini ? -tokens : 0, 0, tokens, 0, 0);
            case "cachecreation", "cachewrite" -> new Tokens(0, 0, 0, tokens, 0);
            default -> new Tokens(0, 0, 0, 0, 0);
        };
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

    /** Whole numbers are text in OTLP's JSON. What no double would hold is none, and is not added up digit by digit. */
    private static BigDecimal number(JsonNode value) {
        try {
            String text = value == null ? "" : value.asText();
            BigDecimal number = text.length() > MOST_CHARACTERS ? null : new BigDecimal(text);
            return number == null || number.signum() < 0 || number.scale() > MOST_CHARACTERS || (long) number.precision() - number.scale() > 18 ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
