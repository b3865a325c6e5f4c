package dev.tac8.page;

import dev.tac8.query.Header;
import dev.tac8.query.Option;
import dev.tac8.query.Sheet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A list that can be filtered, sorted and looked through, as its page shows it.
 *
 * @param about   what the list is of, a sentence or several
 * @param fields  what it can be filtered by
 * @param times   links to lengths of time; empty if it has none
 * @param chosen  what it is filtered by, with links that take each away
 * @param problem what was asked wrongly, a sentence; or null
 * @param from    the number of the first row that is shown, from 1
 * @param total   how many rows there are
 * @param newer   the URL of the rows before those shown, or null
 * @param older   the URL of the rows behind them, or null
 */
public record Listing(Request request, String about, List<Field> fields, List<Link> times, List<Link> chosen, String problem, int from, int total, String newer, String older) {
    /** Rows of a page: what a browser shows at once, and a reader reads. So many are asked for unless a reader asks for more. */
    static final int ROWS = 200;
    static final String PAGE = "page";
    static final String SORT = "sort";
    private static final Set<String> WINDOWS = Set.of("before", "after");
    private static final Set<String> TIMES = Set.of("today", "last", "since", "until");
    private static final Map<String, String> LENGTHS = lengths();

    private static Map<String, String> lengths() {
        Map<String, String> lengths = new LinkedHashMap<>();
        lengths.put("1h", "1 hour");
        lengths.put("24h", "24 hours");
        lengths.put("7d", "7 days");
        lengths.put("30d", "30 days");
        return lengths;
    }

    /**
     * A control of the form.
     *
     * @param kind    {@code flag}, {@code choice}, {@code number} or {@code text}
     * @param choices the only values of a choice
     * @param value   what was given, or an empty text
     * @param example what could be given; shown while nothing is
     * @param hint    a sentence
     */
    public record Field(String name, String label, String kind, List<String> choices, String value, String example, String hint) {
    }

    /**
     * A link with a text.
     *
     * @param current whether it leads to what is shown
     */
    public record Link(String text, String url, boolean current) {
    }

    /** The same with another sentence above it. */
    Listing about(String other) {
        return new Listing(request, other, fields, times, chosen, problem, from, total, newer, older);
    }

    /** The same without controls of some names. */
    Listing without(String... names) {
        return new Listing(request, about, fields.stream().filter(field -> !List.of(names).contains(field.name())).toList(), times, chosen, problem, from, total, newer, older);
    }

    /** The same with another window of its rows. */
    Listing window(int from, int total, String newer, String older) {
        return new Listing(request, about, fields, times, chosen, problem, from, total, newer, older);
    }

    /** A list of all that a question takes. */
    static Listing of(Request request, Header header, String problem) {
        List<Field> fields = new ArrayList<>();
        boolean hasTimes = false;
        for (Option option : header.options()) {
            String name = option.parameter();
            if (name.equals("today") || name.equals("last")) {
                hasTimes |= name.equals("last");
            } else {
                fields.add(field(option, request.get(name)));
            }
        }
        fields.sort(Comparator.comparing(field -> field.name().equals("limit")));
        List<Link> chosen = new ArrayList<>();
        for (Option option : header.options()) {
            String value = request.get(option.parameter());
            if (value != null && !WINDOWS.contains(option.name())) {
                chosen.add(new Link(label(option.name()) + (option.isFlag() ? "" : ": " + LENGTHS.getOrDefault(value, value)),
                        request.without(option.parameter(), PAGE, "before", "after"), true));
            }
        }
        return new Listing(request, about(header), fields, hasTimes ? times(request) : List.of(), chosen, problem, 1, 0, null, null);
    }

    /** A command lists what a page has. */
    private static String about(Header header) {
        String about = header.description();
        int first = "Lists ".length();
        return about.startsWith("Lists ") ? about.substring(first, first + 1).toUpperCase(Locale.ROOT) + about.substring(first + 1) : about;
    }

    private static List<Link> times(Request request) {
        List<Link> times = new ArrayList<>();
        boolean any = TIMES.stream().allMatch(name -> request.get(name) == null);
        times.add(new Link("Any time", request.without("today", "last", "since", "until", PAGE, "before", "after"), any));
        times.add(new Link("Today", request.at("today", "true"), request.get("today") != null));
        LENGTHS.forEach((length, words) -> times.add(new Link(words, request.at("last", length), length.equals(request.get("last")))));
        return times;
    }

    private static Field field(Option option, String value) {
        String hint = option.description().replace("${COMPLETION-CANDIDATES}", String.join(", ", option.values()))
                .replace("${DEFAULT-VALUE}", String.valueOf(option.fallback()));
        String kind = option.isFlag() ? "flag" : !option.values().isEmpty() ? "choice" : "N".equals(option.label()) ? "number" : "text";
        String example = option.name().equals("limit") ? "" : option.fallback() != null ? option.fallback() : TIMES.contains(option.name()) ? "2026-11-22" : "";
        return new Field(option.parameter(), label(option.name()), kind, option.values(), value == null ? "" : value, example, hint);
    }

    /** An option's name as the label of a control: {@code completed-today} is "Completed today". */
    private static String label(String name) {
        return switch (name) {
            case "since" -> "From";
            default -> name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1).replace('-', ' ');
        };
    }

    /** What the form must not lose although it has no control for it. */
    public Map<String, String> kept() {
        Map<String, String> kept = new LinkedHashMap<>(request.parameters());
        fields.forEach(field -> kept.remove(field.name()));
        List.of(PAGE, "before", "after").forEach(kept::remove);
        return kept;
    }

    /** The URL of the list by the values of a column, and the other way round the next time. */
    public String sorted(Sheet.Column column) {
        String name = column.name();
        String now = request.get(SORT);
        boolean greatestFirst = ("-" + name).equals(now) ? false : name.equals(now) || column.isNumber() || column.isTime();
        return request.instead(SORT, (greatestFirst ? "-" : "") + name, PAGE, "before", "after");
    }

    /** How the list is sorted by a column, as {@code aria-sort} has it; null if it is not. */
    public String order(Sheet.Column column) {
        String now = request.get(SORT);
        return column.name().equals(now) ? "ascending" : ("-" + column.name()).equals(now) ? "descending" : null;
    }

    /** The number of the last row that is shown. */
    public int to() {
        return Math.min(total, from + ROWS - 1);
    }
}
