package dev.tac8.price;

import dev.tac8.store.RefusedException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The list prices of models: {@code prices/book.csv}, as tac8 is delivered with it, and {@code prices/own.csv}, an operator's own. A model that the
 * latter has is priced by it alone. Never changes once it is read.
 */
public final class PriceBook {
    /** The folder of the books. */
    public static final String FOLDER = "prices";
    /** The delivered one. */
    public static final String BOOK = FOLDER + "/book.csv";
    /** The operator's own. */
    public static final String OWN = FOLDER + "/own.csv";

    private final BookFile book;
    private final BookFile own;

    private PriceBook(BookFile book, BookFile own) {
        this.book = book;
        this.own = own;
    }

    /**
     * Reads the two files; one that is missing has no prices.
     *
     * @param home the folder of {@code prices/}
     * @throws RefusedException in one sentence with file and line, if one is not valid
     */
    public static PriceBook read(Path home) throws RefusedException {
        PriceBook read = open(home);
        List<String> faults = read.faults();
        if (!faults.isEmpty()) {
            throw new RefusedException(faults.get(0) + (faults.size() == 1 ? "" : " (and " + (faults.size() - 1) + " more; ./tac8 validate lists them)"));
        }
        return read;
    }

    private static PriceBook open(Path home) {
        return new PriceBook(BookFile.read(home.resolve(BOOK), BOOK), BookFile.read(home.resolve(OWN), OWN));
    }

    /** What is wrong with the two files, a sentence each with file and line. */
    public static List<String> faults(Path home) {
        return open(home).faults();
    }

    private List<String> faults() {
        return Stream.concat(book.faults().stream(), own.faults().stream()).toList();
    }

    /**
     * The version of the prices, of which the later is the greater as text: that of the book, and behind a {@code +} that of the own prices, if there are
     * any. Empty if there is no book.
     */
    public String version() {
        return book.version() + (own.prices().isEmpty() ? "" : "+" + own.version());
    }

    /**
     * What a call costs: the tokens of each kind times the price of its UTC day and size, times the factors of its terms, and its web searches; exactly, and
     * rounded once, to 12 decimals. No price of another model, day or kind is ever taken instead of a missing one.
     */
    public Quote price(Call call) {
        String model = own.model(call.model());
        if (model != null) {
            return own.price(model, call);
        }
        model = book.model(call.model());
        return model == null ? Quote.missing("no price for the model " + call.model()) : book.price(model, call);
    }

    /** The model that a call by this name is of; null if the book has none. */
    public String model(String called) {
        String model = own.model(called);
        return model != null ? model : book.model(called);
    }

    /** A figure that is another one in own.csv than in the book, for a model that both have; null where there is none. */
    public record Difference(String model, LocalDate from, long above, String column, BigDecimal book, BigDecimal own) {
    }

    /** Where the own prices differ from the book. */
    public List<Difference> differences() {
        List<Difference> differences = new ArrayList<>();
        Map<List<Object>, Price[]> pairs = new LinkedHashMap<>();
        for (BookFile file : List.of(book, own)) {
            file.prices().stream().filter(price -> isOwn(price.model()) && book.model(price.model()) != null).forEach(price ->
                    pairs.computeIfAbsent(Arrays.asList(price.model(), price.from(), price.above()), key -> new Price[2])[file == book ? 0 : 1] = price);
        }
        for (Price[] pair : pairs.values()) {
            Price any = pair[0] == null ? pair[1] : pair[0];
            Map<String, BigDecimal> before = pair[0] == null ? Map.of() : pair[0].figures();
            Map<String, BigDecimal> after = pair[1] == null ? Map.of() : pair[1].figures();
            Stream.concat(before.keySet().stream(), after.keySet().stream()).distinct().filter(column -> !Objects.equals(before.get(column), after.get(column)))
                    .forEach(column -> differences.add(new Difference(any.model(), any.from(), any.above(), column, before.get(column), after.get(column))));
        }
        return differences;
    }

    /** The lines that are in force: the own ones, and those of the models that own.csv does not have. */
    public List<Price> prices() {
        return Stream.concat(own.prices().stream(), book.prices().stream().filter(price -> !isOwn(price.model()))).toList();
    }

    /** The lines of a model on a day, by the size of calls; empty if it has no price then. */
    SortedMap<Long, Price> inForce(String model, LocalDate day) {
        return (isOwn(model) ? own : book).inForce(day).getOrDefault(model, new TreeMap<>());
    }

    private boolean isOwn(String model) {
        return own.prices().stream().anyMatch(price -> price.model().equals(model));
    }
}
