package dev.tac8.query;

import dev.tac8.text.Text;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Rows as people read them: aligned, with units, in their own time, not wider than their terminal. The column's name tells its unit.
 *
 * <p>What a narrow terminal has no room for is first broken at places that do no harm (headings, texts, a long last text below its row),
 * and in the end each row becomes a list of its values; a number is never broken.
 */
public final class Table {
    private static final int TEXT_WIDTH = 24;
    private static final int LEAST_TEXT_WIDTH = 12;
    /** "59 min", "365 d". */
    private static final int LEAST_DURATION_WIDTH = 6;
    /** The date of a time, with the time of day below it. */
    private static final int LEAST_TIME_WIDTH = 10;
    /** A longer text is cut; it stands whole in JSON and CSV. */
    private static final int MAX_CELL_LINES = 6;
    private static final int MOST_DIGITS = 30;
    /** Without a terminal a text is never cut, and one that is longer stands out of its column: no other row is padded for it. */
    private static final int MOST_PADDED = 200;
    private static final String GAP = "  ";
    private static final String BELOW = "    ";
    private static final Pattern UNIT = Pattern.compile("_(usd|at|number|ms)$");
    /** Numbers that name something and are not counted. */
    private static final Set<String> NAMES = Set.of("issue_number", "pr_number", "pid", "exit_code");
    /** Whose values are of different calls in each row, so that they can be added up. */
    private static final Pattern SUMMED = Pattern.compile("(cost|reported|calculated)_usd|(failed_)?calls(_without_cost)?|tokens_\\w+|cache_\\w+_tokens");
    private static final Map<String, String> COLOURS = Map.of("failed", "31", "error", "31", "warning", "33", "active", "36",
            "spawned", "36", "completed", "32");
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ').append(DateTimeFormatter.ISO_LOCAL_TIME).toFormatter(Locale.ROOT);

    private final ZoneId zone;
    private final int width;
    private final boolean colour;
    private final boolean asIs;
    private final List<String> heads = new ArrayList<>();
    private final List<String[]> cells = new ArrayList<>();
    private final boolean[] numbers;
    private final boolean[] times;
    /** The greatest number of a column. */
    private final double[] mosts;
    /** How wide the cells are, without the heading. */
    private final int[] cellWidths;
    /** How narrow a column may become, when it must. */
    private final int[] least;
    private final int[] widths;
    /** Whether the last column stands below the others. */
    private boolean below;

    /** @param asIs whether names and values are shown as they are stored, without a unit */
    Table(Rows rows, ZoneId zone, int width, boolean colour, boolean asIs) {
        this.asIs = asIs;
        this.zone = zone;
        this.width = width;
        this.colour = colour;
        int columns = rows.columns().size();
        numbers = new boolean[columns];
        times = new boolean[columns];
        mosts = new double[columns];
        cellWidths = new int[columns];
        least = new int[columns];
        widths = new int[columns];
        rows.rows().forEach(row -> cells.add(new String[columns]));
        for (int column = 0; column < columns; column++) {
            fill(column, rows);
        }
    }

    /** The same cells for another medium. */
    Sheet.Part part(Answer.Part part, Rows shown) {
        List<Sheet.Column> columns = IntStream.range(0, heads.size())
                .mapToObj(i -> new Sheet.Column(shown.columns().get(i), heads.get(i), numbers[i], times[i], isSize(shown.columns().get(i)) ? mosts[i] : 0)).toList();
        return new Sheet.Part(part.name(), part.title(), part.one(), columns, cells.stream().map(List::of).toList(), part.rows(), sums(shown));
    }

    private boolean isSize(String name) {
        return !asIs && (name.endsWith("_usd") || name.endsWith("minutes") || name.endsWith("_ms") || name.equals("tokens_total"));
    }

    /** The sums of the columns that are counts or amounts of different things in each row. */
    private List<String> sums(Rows rows) {
        List<String> sums = IntStream.range(0, heads.size()).mapToObj(i -> !asIs && numbers[i] && SUMMED.matcher(rows.columns().get(i)).matches() ? sum(rows, i) : "").toList();
        return cells.size() < 2 || sums.stream().allMatch(String::isEmpty) ? List.of() : sums;
    }

    private String sum(Rows rows, int column) {
        BigDecimal sum = null;
        boolean partial = false;
        for (Object[] row : rows.rows()) {
            partial |= row[column] instanceof Coverage.AtLeast;
            Object value = row[column] instanceof Coverage.AtLeast amount ? amount.known() : row[column];
            if (value instanceof Double number && !Double.isFinite(number)) {
                return "";
            }
            sum = value == null ? sum : new BigDecimal(value.toString()).add(sum == null ? BigDecimal.ZERO : sum);
        }
        Number exact = sum == null ? null : sum.scale() <= 0 ? sum.toBigInteger() : sum;
        return cell(rows.columns().get(column), partial ? new Coverage.AtLeast(exact) : exact, mosts[column]);
    }

    /** Prints a line a row, below a heading if there is to be one. */
    void print(PrintWriter out, boolean heading) {
        if (!fit()) {
            for (int i = 0; i < cells.size(); i++) {
                out.print(i > 0 ? "\n" : "");
                printCard(out, i);
            }
            return;
        }
        if (heading) {
            row(heads.toArray(String[]::new), line -> out.println(paint(line, "1")), false);
        }
        cells.forEach(row -> row(row, out::println, true));
    }

    /** Prints the first row, a line a column; what is not known is left out. */
    void printCard(PrintWriter out) {
        if (!cells.isEmpty()) {
            printCard(out, 0);
        }
    }

    private void printCard(PrintWriter out, int row) {
        int longest = heads.stream().mapToInt(Text::width).max().orElse(0);
        for (int i = 0; i < heads.size(); i++) {
            String cell = cells.get(row)[i];
            if (!cell.isEmpty()) {
                out.println(paint(heads.get(i), "1") + " ".repeat(longest - Text.width(heads.get(i))) + GAP
                        + paint(width > 0 && isText(i) ? Text.cut(cell, Math.max(LEAST_TEXT_WIDTH, width - longest - GAP.length()))
                                : cell, COLOURS.get(cell)));
            }
        }
    }

    private void row(String[] row, Consumer<String> out, boolean painted) {
        String[] rest = row.clone();
        String last = below ? rest[rest.length - 1] : "";
        if (below) {
            rest[rest.length - 1] = "";
        }
        for (int line = 1; rest != null; line++) {
            String[] next = width > 0 && line < MAX_CELL_LINES ? wrap(rest) : null;
            out.accept(line(rest, painted));
            rest = next;
        }
        for (int line = 1; !last.isEmpty(); line++) {
            int room = width - BELOW.length();
            int end = line < MAX_CELL_LINES ? Text.lineEnd(last, 0, room) : last.length();
            out.accept(BELOW + Text.cut(last.substring(0, end).stripTrailing(), room));
            last = last.substring(end).stripLeading();
        }
    }

    private void fill(int column, Rows rows) {
        String name = rows.columns().get(column);
        heads.add(Text.printable(asIs ? name : name.equals("minutes") ? "took" : UNIT.matcher(name).replaceFirst("").replace('_', ' ')));
        double most = 0;
        numbers[column] = true;
        times[column] = !asIs && isTime(name);
        for (Object[] row : rows.rows()) {
            Object value = row[column] instanceof Coverage.AtLeast amount ? amount.known() : row[column];
            numbers[column] &= value == null || value instanceof Number;
            most = value instanceof Number number ? Math.max(most, Math.abs(number.doubleValue())) : most;
        }
        mosts[column] = most;
        for (int i = 0; i < cells.size(); i++) {
            String cell = cell(name, rows.rows().get(i)[column], most);
            cells.get(i)[column] = cell;
            cellWidths[column] = Math.max(cellWidths[column], Math.min(Text.width(cell), width > 0 ? width + 1 : MOST_PADDED));
        }
        widths[column] = Math.max(Text.width(heads.get(column)), cellWidths[column]);
        boolean duration = !asIs && (name.endsWith("minutes") || name.endsWith("_ms"));
        least[column] = times[column] ? LEAST_TIME_WIDTH : !numbers[column] ? LEAST_TEXT_WIDTH
                : duration ? LEAST_DURATION_WIDTH : cellWidths[column];
    }

    private String cell(String name, Object value, double most) {
        if (value == null) {
            return "";
        }
        if (value instanceof Coverage.AtLeast amount) {
            return atLeast(amount.known() == null ? null : cell(name, amount.known(), most));
        }
        if (!(value instanceof Number number)) {
            String text = width > 0 ? Text.beginning(value, 2 * MAX_CELL_LINES * width) : Text.of(value);
            return !asIs && isTime(name) ? time(text) : Text.printable(text);
        }
        if (asIs) {
            return Text.of(number);
        }
        if (name.endsWith("_usd")) {
            return dollars(number, most >= 1 ? 2 : 4);
        }
        if (name.endsWith("minutes")) {
            return duration(number.doubleValue() * 60);
        }
        if (name.endsWith("_ms")) {
            return duration(number.doubleValue() / 1000);
        }
        if (NAMES.contains(name)) {
            return number.toString();
        }
        boolean whole = number instanceof Integer || number instanceof Long || number instanceof BigInteger;
        return whole ? grouped(number.toString()) : number.toString();
    }

    private static boolean isTime(String name) {
        return name.endsWith("_at") || name.equals("timestamp");
    }

    private String time(String stored) {
        try {
            return TIME.format(Instant.parse(stored).truncatedTo(ChronoUnit.SECONDS).atZone(zone));
        } catch (DateTimeParseException e) {
            return Text.printable(stored);
        }
    }

    // Numbers are written by hand: String.format would load half a second's worth of locales into a command that is over in a tenth.

    /** A whole number for people. */
    public static String whole(Number number) {
        return grouped(number.toString());
    }

    private static String grouped(String digits) {
        StringBuilder text = new StringBuilder(digits);
        for (int i = text.length() - 3; i > (digits.startsWith("-") ? 1 : 0); i -= 3) {
            text.insert(i, ',');
        }
        return text.toString();
    }

    /** An amount; one that is not nothing is never shown as nothing. */
    public static String dollars(Number given, int decimals) {
        if (given instanceof Double number && !Double.isFinite(number)) {
            return "not finite";
        }
        BigDecimal amount = new BigDecimal(given.toString());
        if (amount.precision() - amount.scale() > MOST_DIGITS) {
            // No reader counts hundreds of digits.
            return "$" + amount;
        }
        BigDecimal rounded = amount.setScale(decimals, RoundingMode.HALF_UP);
        if (amount.signum() > 0 && rounded.signum() == 0) {
            return "<$" + BigDecimal.ONE.movePointLeft(decimals).toPlainString();
        }
        String text = rounded.toPlainString();
        int point = text.indexOf('.');
        return "$" + grouped(text.substring(0, point)) + text.substring(point);
    }

    /** An amount that lacks something; null if nothing of it is known. */
    public static String atLeast(String known) {
        return known == null ? "unknown" : "≥ " + known;
    }

    /** An amount as exactly as it is known. */
    public static String exact(BigDecimal amount) {
        return "$" + (amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString());
    }

    /** A length of time in its two greatest units. */
    public static String duration(double seconds) {
        if (seconds < 10 && !Double.isInfinite(seconds)) {
            return BigDecimal.valueOf(seconds).setScale(1, RoundingMode.HALF_UP) + " s";
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        long minutes = whole / 60;
        if (minutes < 60) {
            return minutes + " min " + whole % 60 + " s";
        }
        long hours = minutes / 60;
        return hours < 48 ? hours + " h " + minutes % 60 + " min" : hours / 24 + " d " + hours % 24 + " h";
    }

    /** Makes the columns so narrow that the lines fit; false if they cannot. */
    private boolean fit() {
        if (width == 0 || total() <= width) {
            return true;
        }
        for (int i = 0; i < widths.length; i++) {
            int word = Stream.of(heads.get(i).split(" ")).mapToInt(Text::width).max().orElse(0);
            widths[i] = Math.max(word, cellWidths[i]);
            least[i] = Math.min(widths[i], isText(i) ? least[i] : Math.max(least[i], word));
        }
        int last = widths.length - 1;
        squeeze(i -> isText(i) ? TEXT_WIDTH : widths[i]);
        if (total() > width && isText(last) && last > 0) {
            below = true;
            widths[last] = 0;
            least[last] = 0;
        }
        squeeze(i -> numbers[i] ? least[i] : widths[i]);
        squeeze(i -> isText(i) ? widths[i] : least[i]);
        squeeze(i -> least[i]);
        return total() <= width;
    }

    private boolean isText(int column) {
        return !numbers[column] && !times[column];
    }

    private int total() {
        return IntStream.of(widths).sum() + GAP.length() * (widths.length - (below ? 2 : 1));
    }

    /** Takes from the widest column that may be narrower, again and again, as long as the lines are too wide. */
    private void squeeze(IntUnaryOperator narrowest) {
        for (int over = total() - width; over > 0; over--) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (widths[i] > narrowest.applyAsInt(i) && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    /** Leaves in each cell what fits its column, and returns what does not; null if all does. */
    private String[] wrap(String[] row) {
        String[] rest = null;
        for (int i = 0; i < row.length; i++) {
            if (Text.width(row[i]) > widths[i]) {
                int end = Text.lineEnd(row[i], 0, widths[i]);
                rest = rest == null ? emptyCells() : rest;
                rest[i] = row[i].substring(end).stripLeading();
                row[i] = row[i].substring(0, end).stripTrailing();
            }
        }
        return rest;
    }

    private String[] emptyCells() {
        String[] cells = new String[widths.length];
        Arrays.fill(cells, "");
        return cells;
    }

    private String line(String[] values, boolean painted) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < values.length - (below ? 1 : 0); i++) {
            String value = width > 0 ? Text.cut(values[i], widths[i]) : values[i];
            String gap = " ".repeat(Math.max(0, widths[i] - Text.width(value)));
            String shown = painted ? paint(value, COLOURS.get(value)) : value;
            line.append(i == 0 ? "" : GAP).append(numbers[i] ? gap + shown : shown + gap);
        }
        return line.toString().stripTrailing();
    }

    private String paint(String text, String code) {
        return colour && code != null ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
