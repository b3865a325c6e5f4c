package dev.tac8.price;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A row of {@code sql/query/priced-calls.sql}: an API call as it is stored. */
public final class StoredCall {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> TOKENS = List.of("tokens_input", "tokens_output", "tokens_total", "cache_read_tokens", "cache_write_5m_tokens",
            "cache_write_1h_tokens");
    private static final int DAY_CHARACTERS = 10;
    // Where they stand in the row.
    private static final int RECORD_ID = 0;
    private static final int TIMESTAMP = 1;
    private static final int WORKER_ID = 2;
    private static final int MODEL = 3;
    private static final int INPUT = 4;
    private static final int OUTPUT = 5;
    private static final int TOTAL = 6;
    private static final int CACHE_READ = 7;
    private static final int CACHE_WRITE_5M = 8;
    private static final int CACHE_WRITE_1H = 9;
    private static final int COST = 10;
    private static final int COST_SOURCE = 11;
    private static final int PRICE_VERSION = 12;
    private static final int USAGE = 13;
    private static final int DURATION_MS = 14;
    private static final int SUCCESS = 15;
    private static final int SESSION_ID = 16;
    private static final int TASK_ID = 17;

    private final Object[] row;
    private final JsonNode usage;

    /** @param row in the order of the statement's columns; it must not change while this is used */
    public StoredCall(Object[] row) {
        this.row = row;
        this.usage = row[USAGE] == null ? NullNode.instance : read((String) row[USAGE]);
    }

    private static JsonNode read(String usage) {
        try {
            return JSON.readTree(usage);
        } catch (JsonProcessingException e) {
            // Somebody has written into the store; then nothing special is known of the call.
            return NullNode.instance;
        }
    }

    /** The model as the call names it. */
    public String model() {
        return (String) row[MODEL];
    }

    /** Its worker. */
    public String worker() {
        return (String) row[WORKER_ID];
    }

    /** The agent that made it, such as {@code claude}; null if that is not known. */
    public String agent() {
        return usage.path("agent").textValue();
    }

    /** The agent's own name for the session in which it was made; null if that is not known. */
    public String agentSession() {
        return usage.path("agent_session").textValue();
    }

    /** What it cost, in dollars, or null if nobody has said; also if another program has stored what is not finite. */
    public BigDecimal dollars() {
        return row[COST] instanceof Number cost && Double.isFinite(cost.doubleValue()) ? new BigDecimal(cost.toString()) : null;
    }

    /** Whether its cost is somebody's own figure, and not one of a price book. */
    public boolean isReported() {
        return row[COST] != null && !"calculated".equals(row[COST_SOURCE]);
    }

    /** The version of the prices by which its cost was calculated; empty if none is known. */
    public String priceVersion() {
        return row[COST] == null || row[PRICE_VERSION] == null ? "" : (String) row[PRICE_VERSION];
    }

    /** All of its tokens; 0 if none are known. */
    public long tokensTotal() {
        return tokens(TOTAL);
    }

    /** Whether it says how many tokens it had, by kind. */
    public boolean hasTokens() {
        return row[INPUT] != null || row[OUTPUT] != null || row[CACHE_READ] != null || row[CACHE_WRITE_5M] != null || row[CACHE_WRITE_1H] != null;
    }

    private long tokens(int column) {
        return row[column] instanceof Number number ? number.longValue() : 0;
    }

    /** What it costs by a book. */
    public Quote price(PriceBook book) {
        return price(book, model());
    }

    /** What the same would cost as a call of another model. */
    public Quote price(PriceBook book, String asModel) {
        if (!hasTokens()) {
            return Quote.missing("no tokens known by kind");
        }
        Set<Terms> terms = EnumSet.noneOf(Terms.class);
        String unknown = term("speed", "fast", Terms.FAST, terms) + term("geo", "us", Terms.US, terms);
        if (usage.path("batch").asBoolean()) {
            terms.add(Terms.BATCH);
        }
        if (!unknown.isEmpty()) {
            return Quote.missing("no price for " + asModel + " with" + unknown);
        }
        return book.price(call(asModel, terms));
    }

    /** What of its price is not everybody's, as tools and agents differ in it: a tier, and terms such as {@code batch}; each as words. */
    public List<String> special(Price by) {
        List<String> special = new ArrayList<>();
        if (by.above() > 0) {
            special.add(String.format(Locale.ROOT, "tier above %,d tokens", by.above()));
        }
        terms().forEach(one -> special.add(one.column()));
        return special;
    }

    /** How a line of the book makes dollars of it, for a person to do it again. */
    public String arithmetic(Price by) {
        return by.arithmetic(call(model(), terms()));
    }

    /** Those that have a factor. */
    private Set<Terms> terms() {
        Set<Terms> terms = EnumSet.noneOf(Terms.class);
        term("speed", "fast", Terms.FAST, terms);
        term("geo", "us", Terms.US, terms);
        if (usage.path("batch").asBoolean()) {
            terms.add(Terms.BATCH);
        }
        return terms;
    }

    private Call call(String asModel, Set<Terms> terms) {
        return new Call(asModel, LocalDate.parse(((String) row[TIMESTAMP]).substring(0, DAY_CHARACTERS)), new Tokens(tokens(INPUT), tokens(OUTPUT),
                tokens(CACHE_READ), tokens(CACHE_WRITE_5M), tokens(CACHE_WRITE_1H)), usage.path("largest_request").asLong(), usage.path("web_search").asLong(), terms);
    }

    /** Adds a term if it is the one that has a factor; otherwise what it is, for a sentence. */
    private String term(String key, String known, Terms one, Set<Terms> terms) {
        JsonNode value = usage.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (value.asText().equals(known)) {
            terms.add(one);
            return "";
        }
        return " " + key + " " + value;
    }

    /**
     * Writes it as a record with the same id and another cost: with all that it says, so that it stands for the call also where the record that it joins
     * is in another place, such as an archive.
     */
    public void writeTo(JsonGenerator out, BigDecimal dollars, String version) throws IOException {
        out.writeStartObject();
        out.writeStringField("type", "api_call");
        text(out, "id", RECORD_ID);
        text(out, "timestamp", TIMESTAMP);
        text(out, "worker_id", WORKER_ID);
        text(out, "model", MODEL);
        for (int i = 0; i < TOKENS.size(); i++) {
            if (row[INPUT + i] != null) {
                out.writeNumberField(TOKENS.get(i), tokens(INPUT + i));
            }
        }
        out.writeFieldName("estimated_cost_usd");
        out.writeNumber(dollars.toPlainString());
        out.writeStringField("price_version", version);
        if (!usage.isNull()) {
            out.writeFieldName("usage");
            out.writeRawValue((String) row[USAGE]);
        }
        if (row[DURATION_MS] != null) {
            out.writeFieldName("duration_ms");
            out.writeNumber(row[DURATION_MS].toString());
        }
        if (row[SUCCESS] != null) {
            out.writeBooleanField("success", tokens(SUCCESS) != 0);
        }
        text(out, "session_id", SESSION_ID);
        text(out, "task_id", TASK_ID);
        out.writeEndObject();
    }

    private void text(JsonGenerator out, String name, int column) throws IOException {
        if (row[column] != null) {
            out.writeStringField(name, (String) row[column]);
        }
    }
}
