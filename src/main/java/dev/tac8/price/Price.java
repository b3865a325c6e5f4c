package dev.tac8.price;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line of a book: the prices of a model from a day on, of calls of a size.
 *
 * @param place       where it stands, as in {@code prices/book.csv, line 7}
 * @param provider    who sells the model
 * @param model       its name
 * @param match       further names; one that ends in {@code -*} or {@code @*} stands for those with a date in that place
 * @param from        the first day, in UTC; null if it is the first price that is known
 * @param above       it counts for calls whose largest request sent more tokens than this; 0 for those that send fewer than any other line says
 * @param rates       dollars a million tokens; a kind that is not there has no price
 * @param webSearches dollars a thousand searches, or null
 * @param factors     what multiplies the price of the tokens; terms that are not there have none
 * @param source      where the prices come from, and of which day that was
 */
public record Price(String place, String provider, String model, List<String> match, LocalDate from, long above, Map<Kind, BigDecimal> rates,
        BigDecimal webSearches, Map<Terms, BigDecimal> factors, String source) {
    private static final int DECIMALS = 12;

    /** All figures, by their columns; one that nobody knows is not among them. */
    public Map<String, BigDecimal> figures() {
        Map<String, BigDecimal> figures = new LinkedHashMap<>();
        rates.forEach((kind, rate) -> figures.put(kind.column(), rate));
        if (webSearches != null) {
            figures.put("web_per_1000", webSearches);
        }
        factors.forEach((terms, factor) -> figures.put(terms.column(), factor));
        return figures;
    }

    Quote of(Call call) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Kind kind : Kind.values()) {
            long tokens = kind.of(call.tokens());
            BigDecimal rate = rates.get(kind);
            if (tokens != 0 && rate == null) {
                return Quote.missing("no price for " + kind.words() + " of " + model);
            } else if (tokens != 0) {
                sum = sum.add(rate.multiply(BigDecimal.valueOf(tokens)));
            }
        }
        sum = sum.movePointLeft(6);
        for (Terms terms : call.terms()) {
            BigDecimal factor = factors.get(terms);
            if (factor == null) {
                return Quote.missing("no price for " + model + " with " + terms.column());
            }
            sum = sum.multiply(factor);
        }
        if (call.webSearches() != 0) {
            if (webSearches == null) {
                return Quote.missing("no price for web searches of " + model);
            }
            sum = sum.add(webSearches.multiply(BigDecimal.valueOf(call.webSearches())).movePointLeft(3));
        }
        return new Quote(plain(sum.setScale(DECIMALS, RoundingMode.HALF_EVEN)), null, this);
    }

    /** How it makes dollars of a call, for a person to do it again. */
    String arithmetic(Call call) {
        List<String> parts = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (kind.of(call.tokens()) != 0 && rates.containsKey(kind)) {
                parts.add(kind.of(call.tokens()) + " " + kind.column() + " x " + rates.get(kind).toPlainString());
            }
        }
        String tokens = parts.isEmpty() ? "" : parts.size() == 1 ? parts.get(0) + " / 1000000" : "(" + String.join(" + ", parts) + ") / 1000000";
        for (Terms terms : call.terms()) {
            tokens += factors.containsKey(terms) ? " x " + factors.get(terms).toPlainString() + " " + terms.column() : "";
        }
        String searches = call.webSearches() == 0 || webSearches == null ? "" : call.webSearches() + " web searches x " + webSearches.toPlainString() + " / 1000";
        return tokens.isEmpty() || searches.isEmpty() ? tokens + searches : tokens + " + " + searches;
    }

    /** Without zeros at the end, and 10 as 10, not as 1E+1. */
    static BigDecimal plain(BigDecimal number) {
        BigDecimal plain = number.stripTrailingZeros();
        return plain.scale() < 0 ? plain.setScale(0) : plain;
    }
}
