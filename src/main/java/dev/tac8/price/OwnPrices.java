package dev.tac8.price;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.tac8.files.Durable;
import dev.tac8.store.Reasons;
import dev.tac8.store.RefusedException;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;

/** Lines that are added to {@code own.csv}: the prices of another list, from a day on, of models whose prices in force differ from them. */
public final class OwnPrices {
    private final Path home;
    private final PriceBook book;
    private final LocalDate day;
    private final List<PriceBook.Difference> changes = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private final StringWriter lines = new StringWriter();
    private final CsvWriter csv = CsvWriter.builder().bufferSize(0).lineDelimiter(LineDelimiter.LF).build(lines);

    private OwnPrices(Path home, PriceBook book, LocalDate day) {
        this.home = home;
        this.book = book;
        this.day = day;
    }

    /**
     * Compares a list with the prices that are in force on a day. What it does not know of a model, such as factors, stays as it is in force; a write for an hour
     * stays twice the input if it is.
     *
     * @param file JSON of one of two packages of npm, or another book
     * @param only the one model to look at, which need not have had a price; null for all that have one
     * @throws RefusedException in one sentence, if the list or the books are not valid, or own.csv has a price of that day already
     */
    public static OwnPrices compare(Path home, Path file, LocalDate day, String only) throws RefusedException {
        OwnPrices own = new OwnPrices(home, PriceBook.read(home), day);
        String source = file.getFileName().toString();
        PriceList list = PriceList.read(file, day);
        if (only != null && !list.models().containsKey(only)) {
            throw new RefusedException(file + " holds no price of the model " + only);
        }
        for (Map.Entry<String, SortedMap<Long, Map<String, BigDecimal>>> model : list.models().entrySet()) {
            if (only == null || only.equals(model.getKey())) {
                if (list.fault(model.getKey()) != null && (only != null || own.isKnown(model.getKey()))) {
                    throw new RefusedException(file + ": " + list.fault(model.getKey()) + "; nothing was changed");
                }
                own.compare(model.getKey(), model.getValue(), source, only != null);
            }
        }
        return own;
    }

    private boolean isKnown(String model) {
        return book.prices().stream().anyMatch(price -> price.model().equals(model));
    }

    private void compare(String model, SortedMap<Long, Map<String, BigDecimal>> offered, String source, boolean isNamed) throws RefusedException {
        List<Price> known = book.prices().stream().filter(price -> price.model().equals(model)).toList();
        if (known.isEmpty() && !isNamed) {
            unknown.add(model);
            return;
        }
        SortedMap<Long, Price> inForce = book.inForce(model, day);
        int before = changes.size();
        Map<Price, Map<String, BigDecimal>> added = new LinkedHashMap<>();
        offered.forEach((above, figures) -> {
            Price like = inForce.getOrDefault(above, inForce.isEmpty() ? null : inForce.get(inForce.firstKey()));
            Price price = new Price(null, like == null ? "" : like.provider(), model, like == null ? List.of() : like.match(), day, above,
                    Map.of(), null, Map.of(), source);
            added.put(price, with(figures, like == null ? Map.of() : like.figures()));
            change(model, above, inForce.get(above), added.get(price));
        });
        inForce.keySet().stream().filter(above -> !offered.containsKey(above)).forEach(above -> change(model, above, inForce.get(above), Map.of()));
        if (changes.size() > before) {
            boolean isOwn = known.stream().anyMatch(price -> price.place().startsWith(PriceBook.OWN));
            if (isOwn && known.stream().anyMatch(price -> day.equals(price.from()))) {
                throw new RefusedException(PriceBook.OWN + " has a price of " + model + " from " + day + " on, so nothing was changed: take its line away first");
            }
            // A model of own.csv is priced by it alone: its other days come along.
            known.stream().filter(price -> !isOwn && !day.equals(price.from())).forEach(price -> line(price, price.figures()));
            added.forEach(this::line);
        }
    }

    private void change(String model, long above, Price inForce, Map<String, BigDecimal> figures) {
        Map<String, BigDecimal> former = inForce == null ? Map.of() : inForce.figures();
        Stream.concat(former.keySet().stream(), figures.keySet().stream()).distinct().filter(column -> !Objects.equals(former.get(column), figures.get(column)))
                .forEach(column -> changes.add(new PriceBook.Difference(model, day, above, column, former.get(column), figures.get(column))));
    }

    /** What a list says, and of the rest what is in force. */
    private static Map<String, BigDecimal> with(Map<String, BigDecimal> offered, Map<String, BigDecimal> inForce) {
        Map<String, BigDecimal> figures = new LinkedHashMap<>(offered);
        for (String column : List.of("web_per_1000", "fast", "batch", "us")) {
            if (inForce.containsKey(column)) {
                figures.putIfAbsent(column, inForce.get(column));
            }
        }
        BigDecimal hour = inForce.get(Kind.CACHE_WRITE_1H.column());
        BigDecimal two = BigDecimal.valueOf(2);
        if (hour != null && inForce.containsKey("input") && hour.compareTo(inForce.get("input").multiply(two)) == 0 && offered.containsKey("input")) {
            figures.putIfAbsent(Kind.CACHE_WRITE_1H.column(), Price.plain(offered.get("input").multiply(two)));
        }
        return figures;
    }

    private void line(Price price, Map<String, BigDecimal> figures) {
        List<String> fields = new ArrayList<>(List.of(price.provider(), price.model(), String.join(" ", price.match()),
                price.from() == null ? "" : price.from().toString(), price.above() == 0 ? "" : String.valueOf(price.above())));
        BookFile.COLUMNS.subList(fields.size(), BookFile.COLUMNS.size() - 1)
                .forEach(column -> fields.add(figures.containsKey(column) ? figures.get(column).toPlainString() : ""));
        fields.add(price.source());
        csv.writeRecord(fields);
    }

    /** What changes, by model, size and column; the own figure is the list's. */
    public List<PriceBook.Difference> changes() {
        return changes;
    }

    /** The models of the list that have no price so far, and that were not asked for. */
    public List<String> unknown() {
        return unknown;
    }

    /** The lines to be added, each ended by LF. */
    public String lines() {
        return lines.toString();
    }

    /**
     * Adds the lines, and says a later version in the first line of the file.
     *
     * @param today of which the version is
     * @throws RefusedException if the file cannot be written, or would not be valid; then it is as it was
     */
    public void add(LocalDate today) throws RefusedException {
        Path file = home.resolve(PriceBook.OWN);
        Path part = file.resolveSibling(".own.csv.part");
        try {
            String before = Files.exists(file) ? Files.readString(file).replaceFirst("^\uFEFF", "") : "# version\n" + String.join(",", BookFile.COLUMNS) + "\n";
            if (!before.lines().filter(line -> !line.startsWith("#")).findFirst().orElse("").equals(String.join(",", BookFile.COLUMNS))) {
                throw new RefusedException(file + " has its columns in another order than " + PriceBook.BOOK + ", so nothing was changed: put them in that order");
            }
            String version = "# version " + next(BookFile.read(file, PriceBook.OWN).version(), today);
            Files.writeString(part, before.replaceFirst("# version[^\n]*", version) + (before.endsWith("\n") ? "" : "\n") + lines);
            List<String> faults = BookFile.read(part, PriceBook.OWN).faults();
            if (!faults.isEmpty()) {
                throw new RefusedException("with the new lines " + faults.get(0) + "; nothing was changed");
            }
            Durable.force(part);
            Durable.rename(part, file);
        } catch (IOException e) {
            throw new RefusedException(file + " cannot be written, so nothing was changed: " + Reasons.of(e, file));
        } finally {
            part.toFile().delete();
        }
    }

    /** A version that is later than the former one. */
    private static String next(String former, LocalDate today) {
        String plain = today.toString();
        for (char letter = 'a' - 1; letter <= 'z'; letter++) {
            String version = letter < 'a' ? plain : plain + letter;
            if (version.compareTo(former) > 0) {
                return version;
            }
        }
        return former.substring(0, plain.length()).compareTo(plain) < 0 ? plain : LocalDate.parse(former.substring(0, plain.length())).plusDays(1).toString();
    }
}
