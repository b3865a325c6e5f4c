package dev.tac8.price;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.tac8.store.Reasons;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One file of prices: its lines, how models find them, and what is wrong with it. */
final class BookFile {
    /** The columns, in any order. */
    static final List<String> COLUMNS = List.of("provider", "model", "match", "from", "above", "input", "output", "cache_read", "cache_write_5m",
            "cache_write_1h", "web_per_1000", "fast", "batch", "us", "source");

    private static final Pattern VERSION_LINE = Pattern.compile("# version (\\d{4}-\\d{2}-\\d{2}[a-z]?)\\s*");
    private static final Pattern BRACKET = Pattern.compile("\\[[^\\[\\]]*]$");
    private static final Pattern DATED = Pattern.compile("(.+[-@])(?:20\\d{6}|20\\d{2}-\\d{2}-\\d{2})");
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000);
    private static final int MOST_DECIMALS = 6;
    /** What a price must be. */
    static final String FIGURE = "a number from 0 to " + MOST + " with at most " + MOST_DECIMALS + " decimals";
    /** Before any day. */
    private static final LocalDate ALWAYS = LocalDate.MIN;

    /** The lines of a model, by their first day and then by the size of calls. */
    private static final class Model {
        private final NavigableMap<LocalDate, NavigableMap<Long, Price>> days = new TreeMap<>();
    }

    private final String file;
    private final List<String> faults = new ArrayList<>();
    private final List<Price> prices = new ArrayList<>();
    private final Map<String, Model> models = new LinkedHashMap<>();
    /** The names that are found, and the beginnings of those that end in a date; and the model of each. */
    private final Map<String, String> names = new HashMap<>();
    private final Map<String, String> beginnings = new HashMap<>();
    private String version = "";

    private BookFile(String file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @param name for messages, as in {@code prices/book.csv}
     * @return an empty one if it is not there
     */
    static BookFile read(Path path, String name) {
        BookFile book = new BookFile(name);
        try {
            // Who opens a pipe to read it waits for its writer, for ever.
            if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
                throw new IOException("it is no regular file");
            }
            book.parse(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            // Then it has no prices.
        } catch (IOException e) {
            book.faults.add(name + " cannot be read: " + Reasons.of(e));
        }
        return book;
    }

    private void parse(byte[] bytes) {
        ByteBuffer read = ByteBuffer.wrap(bytes);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        if (StandardCharsets.UTF_8.newDecoder().decode(read, text, true).isError()) {
            long line = 1 + new String(bytes, 0, read.position(), StandardCharsets.UTF_8).chars().filter(c -> c == '\n').count();
            fault(line, "a character that is not UTF-8: have your editor save the file in UTF-8");
            return;
        }
        String content = text.flip().toString().replaceFirst("^\uFEFF", "");
        Matcher first = VERSION_LINE.matcher(content.lines().findFirst().orElse(""));
        if (first.matches()) {
            version = first.group(1);
            checkDay(version);
        }
        try (CsvReader<CsvRecord> records = CsvReader.builder().commentStrategy(CommentStrategy.SKIP).skipEmptyLines(true).allowExtraFields(true)
                .allowMissingFields(true).ofCsvRecord(content)) {
            List<String> header = null;
            for (CsvRecord row : records) {
                List<String> fields = row.getFields().stream().map(String::strip).toList();
                if (header == null) {
                    header = fields;
                    check(header, row.getStartingLineNumber());
                } else if (faults.isEmpty() || header.containsAll(COLUMNS)) {
                    add(header, fields, row.getStartingLineNumber());
                }
            }
            if (version.isEmpty()) {
                fault(1, "it must say the version of the prices, # version and a date and perhaps a small letter, such as # version 2026-11-28b");
            }
        } catch (CsvParseException | IOException e) {
            // The line is in the message, and what is wrong there in its cause.
            faults.add(file + " is not valid CSV: " + e.getMessage() + (e.getCause() == null ? "" : ": " + Reasons.of(e)));
        }
        checkModels();
    }

    private void checkDay(String told) {
        try {
            LocalDate.parse(told.replaceFirst("[a-z]$", ""));
        } catch (DateTimeException e) {
            fault(1, "version " + told + " begins with no day that there is");
        }
    }

    private void check(List<String> header, long line) {
        Set<String> lacking = new LinkedHashSet<>(COLUMNS);
        header.forEach(lacking::remove);
        if (!lacking.isEmpty()) {
            fault(line, "the column" + (lacking.size() == 1 ? " " : "s ") + String.join(", ", lacking) + " must be there");
        }
        header.stream().filter(column -> !COLUMNS.contains(column)).findFirst().ifPresent(column -> fault(line, "a book has no column "
                + (column.isEmpty() ? "without a name" : column)));
        if (new LinkedHashSet<>(header).size() < header.size()) {
            fault(line, "a column stands there twice");
        }
    }

    private void add(List<String> header, List<String> fields, long line) {
        int before = faults.size();
        if (fields.size() != header.size()) {
            fault(line, "it has " + fields.size() + " fields, and the columns are " + header.size());
            return;
        }
        Map<String, String> row = new HashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).indexOf('\n') >= 0) {
                fault(line, "a quotation mark in " + header.get(i) + " is not closed on this line");
                return;
            }
            row.put(header.get(i), fields.get(i));
        }
        String model = row.get("model");
        if (model.isEmpty() || !isName(model)) {
            fault(line, "model must be the name of a model, without blanks, * and brackets");
        }
        if (row.get("source").isEmpty()) {
            fault(line, "source must say where the prices come from, and when they stood there");
        }
        Map<Kind, BigDecimal> rates = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            put(rates, kind, number(row, kind.column(), line));
        }
        Map<Terms, BigDecimal> factors = new EnumMap<>(Terms.class);
        for (Terms terms : Terms.values()) {
            put(factors, terms, number(row, terms.column(), line));
        }
        List<String> match = row.get("match").isEmpty() ? List.of() : List.of(row.get("match").split("\\s+"));
        match.stream().filter(name -> !isName(name.replaceFirst("[-@]\\*$", ""))).forEach(name -> fault(line, "match holds " + name
                + ", and must hold names that are parted by blanks and may end in -* or @* for any date"));
        Price price = new Price(file + ", line " + line, row.get("provider"), model, match, day(row.get("from"), line), above(row.get("above"), line), rates,
                number(row, "web_per_1000", line), factors, row.get("source"));
        if (faults.size() == before) {
            prices.add(price);
            add(price, line);
        }
    }

    private void add(Price price, long line) {
        Price former = models.computeIfAbsent(price.model(), name -> new Model()).days.computeIfAbsent(price.from() == null ? ALWAYS : price.from(),
                day -> new TreeMap<>()).putIfAbsent(price.above(), price);
        if (former != null) {
            fault(line, "another price of " + price.model() + " from the same day on and above as many tokens stands in line "
                    + former.place().replaceFirst(".* ", ""));
        }
        Stream.concat(Stream.of(price.model()), price.match().stream()).forEach(name -> {
            boolean anyDate = name.endsWith("*");
            String other = (anyDate ? beginnings : names).putIfAbsent(anyDate ? name.substring(0, name.length() - 1) : name, price.model());
            if (other != null && !other.equals(price.model())) {
                fault(line, name + " is a name of " + price.model() + " here, and of " + other + " in another line");
            }
        });
    }

    /** What only all lines together say. */
    private void checkModels() {
        models.forEach((name, model) -> model.days.forEach((day, sizes) -> {
            if (!sizes.containsKey(0L)) {
                faults.add(sizes.firstEntry().getValue().place() + ": " + name + " has prices above " + sizes.firstKey()
                        + " tokens only: the same day needs a line whose above is empty");
            }
        }));
        names.forEach((name, model) -> {
            String other = byBeginning(name);
            if (other != null && !other.equals(model)) {
                faults.add(models.get(model).days.firstEntry().getValue().firstEntry().getValue().place() + ": " + name + " is a name of " + model + ", and "
                        + other + " has names with any date that are the same");
            }
        });
    }

    private static boolean isName(String name) {
        return name.matches("[^\\s*\\[\\]]+");
    }

    private static <K> void put(Map<K, BigDecimal> map, K key, BigDecimal value) {
        if (value != null) {
            map.put(key, value);
        }
    }

    private BigDecimal number(Map<String, String> row, String column, long line) {
        String text = row.get(column);
        if (text.isEmpty()) {
            return null;
        }
        if (text.matches("[0-9]{1,7}(\\.[0-9]+)?")) {
            BigDecimal number = Price.plain(new BigDecimal(text));
            if (isFigure(number)) {
                return number;
            }
        }
        fault(line, column + " is " + text + ", and must be " + FIGURE + ", or empty if nobody knows it");
        return null;
    }

    static boolean isFigure(BigDecimal number) {
        return number.signum() >= 0 && number.compareTo(MOST) <= 0 && number.stripTrailingZeros().scale() <= MOST_DECIMALS;
    }

    private LocalDate day(String text, long line) {
        try {
            return text.isEmpty() ? null : LocalDate.parse(text);
        } catch (DateTimeException e) {
            fault(line, "from is " + text + ", and must be a day such as 2026-11-28, or empty if these are the first prices");
            return null;
        }
    }

    private long above(String text, long line) {
        if (!text.isEmpty() && !text.matches("[1-9][0-9]{0,14}")) {
            fault(line, "above is " + text + ", and must be a number of tokens, or empty");
            return 0;
        }
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    private void fault(long line, String fault) {
        faults.add(file + ", line " + line + ": " + fault);
    }

    /** What is wrong with it, a sentence each that begins with file and line. */
    List<String> faults() {
        return faults;
    }

    /** The version that its first line says; empty if there is no file. */
    String version() {
        return version;
    }

    /** Its lines, in their order. */
    List<Price> prices() {
        return prices;
    }

    /** The model that a call means; null if it is not in this file. */
    String model(String called) {
        String name = BRACKET.matcher(called).replaceFirst("");
        String model = names.get(name);
        return model != null ? model : byBeginning(name);
    }

    private String byBeginning(String name) {
        Matcher dated = DATED.matcher(name);
        return dated.matches() ? beginnings.get(dated.group(1)) : null;
    }

    /** The lines of each model that has a price on a day, by the size of calls. */
    Map<String, SortedMap<Long, Price>> inForce(LocalDate day) {
        Map<String, SortedMap<Long, Price>> inForce = new LinkedHashMap<>();
        models.forEach((name, model) -> {
            if (model.days.floorEntry(day) != null) {
                inForce.put(name, model.days.floorEntry(day).getValue());
            }
        });
        return inForce;
    }

    /** The price of a call of one of its models. */
    Quote price(String model, Call call) {
        NavigableMap<LocalDate, NavigableMap<Long, Price>> days = models.get(model).days;
        Map.Entry<LocalDate, NavigableMap<Long, Price>> day = days.floorEntry(call.day());
        if (day == null) {
            return Quote.missing("no price for " + model + " before " + days.firstKey());
        }
        Map.Entry<Long, Price> size = day.getValue().lowerEntry(call.largestRequest() == 0 ? call.tokens().sent() : call.largestRequest());
        return (size == null ? day.getValue().firstEntry() : size).getValue().of(call);
    }
}
