package dev.tac8.page;

import dev.tac8.history.Runs;
import dev.tac8.page.Spending.Line;
import dev.tac8.query.Period;
import dev.tac8.settings.Settings;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** What the overview is asked: how many days, what they are split by, and the day and the model that it is limited to. */
final class OverviewRequest {
    static final List<Integer> LENGTHS = List.of(7, 30, 90);
    static final int USUAL_LENGTH = 30;
    static final List<String> STACKS = List.of("model", "outcome", "task");
    static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEEE d MMMM", Locale.ENGLISH);
    static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("MMMM uuuu", Locale.ENGLISH);
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter WEEKDAY = DateTimeFormatter.ofPattern("EEEE HH:mm", Locale.ENGLISH);

    private final Request request;
    private final ZonedDateTime now;
    private final int length;
    private final String stack;
    private final LocalDate day;

    /**
     * Some days with the same ones of the time before, up to the same moment.
     *
     * @param words       which days they are
     * @param untilBefore the moment
     * @param before      which time before that is, in words
     */
    record Span(String name, String words, LocalDate first, LocalDate last, LocalDate firstBefore, ZonedDateTime untilBefore, String before) {
        /** Of this day only a part counts. */
        LocalDate lastBefore() {
            return untilBefore.toLocalDate();
        }
    }

    /** @throws IllegalArgumentException if it is asked wrongly, in words */
    OverviewRequest(Request request) {
        this.request = request;
        request.takesOnly("days", "stack", "day", "model");
        now = request.now().truncatedTo(ChronoUnit.MINUTES).atZone(request.zone());
        length = request.number("days", USUAL_LENGTH, LENGTHS.get(LENGTHS.size() - 1));
        stack = request.get("stack") == null ? STACKS.get(0) : request.get("stack");
        try {
            day = request.get("day") == null ? null : LocalDate.parse(request.get("day"));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("day must be a day such as " + today(), e);
        }
        if (!LENGTHS.contains(length) || !STACKS.contains(stack)) {
            throw new IllegalArgumentException(LENGTHS.contains(length) ? "stack must be model, outcome or task" : "days must be 7, 30 or 90");
        }
    }

    /** The URL of the calls of a task, a model or a worker in the time that is chosen. */
    String calls(String what, String name) {
        Map<String, String> parameters = new LinkedHashMap<>(request.parameters());
        parameters.keySet().retainAll(Set.of("model", "zone"));
        parameters.put(what, name);
        parameters.put("since", String.valueOf(day == null ? first() : day));
        parameters.put("until", String.valueOf(day == null ? today() : day));
        return Request.url("/calls", parameters);
    }

    Settings settings() {
        return request.settings();
    }

    ZoneId zone() {
        return request.zone();
    }

    /** This page with another value of a parameter; null takes it away. */
    String with(String name, String value) {
        return request.with(name, value);
    }

    /** The minute it is. */
    ZonedDateTime now() {
        return now;
    }

    /** The moment it is. */
    Instant moment() {
        return request.now();
    }

    LocalDate today() {
        return now.toLocalDate();
    }

    /** How many days the picture shows. */
    int length() {
        return length;
    }

    /** The first of them. */
    LocalDate first() {
        return today().minusDays(length - 1L);
    }

    String stack() {
        return stack;
    }

    /** What the picture is split by. */
    Function<Line, String> stacking() {
        return stack.equals("model") ? Line::model : stack.equals("task") ? Line::task : Line::outcome;
    }

    /** The day that is chosen, or null. */
    LocalDate day() {
        return day;
    }

    /** The model that is chosen, or null. */
    String model() {
        return request.get("model");
    }

    /** What tells this request from another one of the same time and zone. */
    List<Object> key() {
        return List.of(today(), length, stack, String.valueOf(day), String.valueOf(model()));
    }

    /** Whether a line is of the model that is chosen; agents call models by other names than calls do. */
    boolean isOfModel(Line line) {
        return model() == null || (line.amount().calls() == 0 ? Runs.model(line.model()).equals(Runs.model(model())) : line.model().equals(model()));
    }

    /** Whether a day is shown by the picture. */
    boolean isShown(LocalDate one) {
        return !one.isBefore(first()) && !one.isAfter(today());
    }

    /** Whether a day counts below the picture. */
    boolean isChosen(LocalDate one) {
        return day == null ? isShown(one) : one.equals(day);
    }

    /** The time that counts below the picture. */
    Period chosenPeriod() {
        return new Period(Spending.of(day == null ? first() : day, zone()).since(), Spending.of(day == null ? today() : day, zone()).until());
    }

    /** Today, this week and this month. */
    List<Span> spans() {
        LocalDate today = today();
        LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        LocalDate month = today.withDayOfMonth(1);
        return List.of(
                new Span("Today", DAY.format(today), today, today, today.minusDays(1), now.minusDays(1), "yesterday until " + CLOCK.format(now.minusDays(1))),
                new Span("This week", "since " + DAY.format(monday), monday, monday.plusDays(6), monday.minusWeeks(1), now.minusWeeks(1),
                        "last week until " + WEEKDAY.format(now.minusWeeks(1))),
                new Span("This month", MONTH.format(month), month, month.plusMonths(1).minusDays(1), month.minusMonths(1), now.minusMonths(1),
                        "last month until " + MOMENT.format(now.minusMonths(1))));
    }

    /** All days that have to be added up. */
    SortedSet<LocalDate> days() {
        SortedSet<LocalDate> days = new TreeSet<>();
        spans().forEach(span -> span.firstBefore().datesUntil(span.last().plusDays(1)).forEach(days::add));
        first().datesUntil(today().plusDays(1)).forEach(days::add);
        if (day != null) {
            days.add(day);
        }
        return days;
    }
}
