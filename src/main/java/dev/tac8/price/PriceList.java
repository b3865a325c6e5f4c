package dev.tac8.price;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.store.Reasons;
import dev.tac8.store.RefusedException;
import dev.tac8.text.Text;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a public list of prices, or another book, says of models on a day: by model, and for each by the size of calls, the figures that it knows.
 * Public lists are JSON as the npm packages {@code @pydantic/genai-prices} ({@code prices}) and {@code @earendil-works/pi-ai} ({@code cost}) have it.
 */
final class PriceList {
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Map<Kind, String> OF_PRICES = new EnumMap<>(Map.of(Kind.INPUT, "input_mtok", Kind.OUTPUT, "output_mtok", Kind.CACHE_READ, "cache_read_mtok",
            Kind.CACHE_WRITE_5M, "cache_write_mtok", Kind.CACHE_WRITE_1H, "cache_write_1h_mtok"));
    private static final Map<Kind, String> OF_COST = new EnumMap<>(Map.of(Kind.INPUT, "input", Kind.OUTPUT, "output", Kind.CACHE_READ, "cacheRead",
            Kind.CACHE_WRITE_5M, "cacheWrite"));
    private static final int THOUSAND = 1000;
    private static final int MOST_CHARACTERS = 40;

    private final LocalDate day;
    private final Map<String, SortedMap<Long, Map<String, BigDecimal>>> models = new LinkedHashMap<>();
    private final Map<String, String> faults = new HashMap<>();

    private PriceList(LocalDate day) {
        this.day = day;
    }

    /** @throws RefusedException if the file is none of these */
    static PriceList read(Path file, LocalDate day) throws RefusedException {
        PriceList list = new PriceList(day);
        if (!Files.exists(file)) {
            throw new RefusedException(file + " does not exist");
        }
        try {
            if (file.toString().endsWith(".csv")) {
                BookFile book = BookFile.read(file, file.toString());
                if (!book.faults().isEmpty()) {
                    throw new RefusedException(book.faults().get(0));
                }
                book.inForce(day).forEach((model, sizes) -> sizes.forEach((above, price) -> list.sizes(model).put(above, price.figures())));
            } else {
                list.collect(JSON.readTree(Files.readString(file).replaceFirst("^\uFEFF", "")));
            }
        } catch (JsonProcessingException e) {
            throw new RefusedException(file + ", line " + e.getLocation().getLineNr() + ": this is no JSON: " + Reasons.of(e));
        } catch (IOException e) {
            throw new RefusedException(file + " cannot be read: " + Reasons.of(e, file));
        }
        if (list.models.isEmpty()) {
            throw new RefusedException(file + " holds no prices: it must be a list of @pydantic/genai-prices or @earendil-works/pi-ai, or a book such as " + PriceBook.BOOK);
        }
        return list;
    }

    /** What it says of each model. */
    Map<String, SortedMap<Long, Map<String, BigDecimal>>> models() {
        return models;
    }

    /** What is wrong with a model's prices, as a sentence; null if nothing is. There may be any number of models that nobody asks for. */
    String fault(String model) {
        return faults.get(model);
    }

    private SortedMap<Long, Map<String, BigDecimal>> sizes(String model) {
        return models.computeIfAbsent(model, name -> new TreeMap<>());
    }

    /** Finds models wherever they stand. */
    private void collect(JsonNode node) {
        String id = node.path("id").textValue();
        if (id != null && node.has("prices")) {
            addPrices(id, inForce(node.get("prices")));
        } else if (id != null && node.path("cost").isObject() && !node.path("type").asText().equals("classifier")) {
            addCost(id, node.get("cost"));
        } else {
            node.forEach(this::collect);
        }
    }

    /** Of several, the last that has begun by then. */
    private JsonNode inForce(JsonNode prices) {
        JsonNode last = prices.isArray() ? JSON.createObjectNode() : prices;
        for (JsonNode one : prices.isArray() ? prices : JSON.createArrayNode()) {
            JsonNode constraint = one.path("constraint");
            if (constraint.isMissingNode() || constraint.path("type").asText().equals("start_date") && constraint.path("start_date").asText().compareTo(day.toString()) <= 0) {
                last = one.path("prices");
            }
        }
        return last;
    }

    private void addPrices(String id, JsonNode prices) {
        OF_PRICES.forEach((kind, name) -> {
            JsonNode price = prices.path(name);
            put(id, 0, kind.column(), price.isObject() ? price.path("base") : price);
            // A start of 271999 is to mean 272,000 and more, where the vendor says more than 272,000.
            price.path("tiers").forEach(tier -> put(id, (tier.path("start").asLong() + 1) / THOUSAND * THOUSAND, kind.column(), tier.path("price")));
        });
        sizesWith(id, "web_per_1000", prices.path("web_searches_kcount"));
    }

    private void addCost(String id, JsonNode cost) {
        OF_COST.forEach((kind, name) -> {
            putUnlessFree(id, 0, kind, cost.path(name));
            cost.path("tiers").forEach(tier -> putUnlessFree(id, tier.path("inputTokensAbove").asLong(), kind, tier.path(name)));
        });
    }

    /** There a 0 for writing to the cache means that nobody is asked for it. */
    private void putUnlessFree(String id, long above, Kind kind, JsonNode price) {
        if (kind != Kind.CACHE_WRITE_5M || !price.isNumber() || price.decimalValue().signum() != 0) {
            put(id, above, kind.column(), price);
        }
    }

    private void sizesWith(String id, String column, JsonNode price) {
        if (models.containsKey(id)) {
            sizes(id).keySet().forEach(above -> put(id, above, column, price));
        }
    }

    private void put(String id, long above, String column, JsonNode price) {
        if (price.isMissingNode() || price.isNull()) {
            return;
        }
        Map<String, BigDecimal> figures = sizes(id).computeIfAbsent(above, size -> new LinkedHashMap<>());
        if (!price.isNumber() || !BookFile.isFigure(price.decimalValue()) || above < 0) {
            faults.putIfAbsent(id, column + " of " + id + " is " + Text.cut(price.asText(), MOST_CHARACTERS) + (above == 0 ? "" : " above " + above + " tokens") + ", and must be "
                    + BookFile.FIGURE);
            return;
        }
        BigDecimal before = figures.put(column, Price.plain(price.decimalValue()));
        if (before != null && before.compareTo(price.decimalValue()) != 0) {
            faults.putIfAbsent(id, column + " of " + id + " is both " + before.toPlainString() + " and " + price.asText() + ": take one away");
        }
    }
}
