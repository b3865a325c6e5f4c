package dev.tac8.query;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time from {@code since} up to, but without, {@code until}.
 *
 * @param since or null for the beginning
 * @param until or null for the end
 */
public record Period(Instant since, Instant until) {
    /** Everything. */
    public static final Period ALWAYS = new Period(null, null);

    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern LENGTH = Pattern.compile("([1-9]\\d{0,5})([mhdw])");
    private static final String FORMS = "a day (2026-11-22, today, yesterday) or a time (2026-11-22T10:15, with Z or an offset for"
            + " another zone)";

    /** Whether it is everything. */
    public boolean isAlways() {
        return since == null && until == null;
    }

    /** The day that a moment is in, as a zone has it: 23 or 25 hours long if the clocks change in it. */
    public static Period day(Instant moment, ZoneId zone) {
        return day(LocalDate.ofInstant(moment, zone), zone);
    }

    /**
     * The moment at which what a person calls by this text begins.
     *
     * @throws IllegalArgumentException if the text is not a time, in words
     */
    public static Instant beginOf(String text, Instant now, ZoneId zone) {
        return parse(text, now, zone).since;
    }

    /**
     * The moment at which it ends: a day counts whole, a time is just that.
     *
     * @throws IllegalArgumentException if the text is not a time, in words
     */
    public static Instant endOf(String text, Instant now, ZoneId zone) {
        return parse(text, now, zone).until;
    }

    /**
     * The moment that lies a length of time back: {@code 30m}, {@code 24h}, {@code 7d} or {@code 2w}; days as the zone has them.
     *
     * @throws IllegalArgumentException if the text is not a length of time, in words
     */
    public static Instant ago(String text, Instant now, ZoneId zone) {
        Matcher length = LENGTH.matcher(text.strip());
        if (!length.matches()) {
            throw new IllegalArgumentException("it must be a length of time such as 30m, 24h, 7d or 2w");
        }
        int number = Integer.parseInt(length.group(1));
        ZonedDateTime from = now.atZone(zone);
        return (switch (length.group(2)) {
            case "m" -> from.minusMinutes(number);
            case "h" -> from.minusHours(number);
            case "d" -> from.minusDays(number);
            default -> from.minusWeeks(number);
        }).toInstant();
    }

    /**
     * The time that the options {@code today}, {@code last}, {@code since} and {@code until} say; everything if none does.
     *
     * @throws IllegalArgumentException if they contradict each other or are not times, in words
     */
    static Period of(Map<String, String> given, Instant now, ZoneId zone) {
        boolean today = given.get("today") != null;
        String last = given.get("last");
        String since = given.get("since");
        String until = given.get("until");
        if ((today ? 1 : 0) + (last != null ? 1 : 0) + (since != null || until != null ? 1 : 0) > 1) {
            throw new IllegalArgumentException("--today, --last, and --since with --until, are three ways to say a time: use one");
        }
        if (today) {
            return day(now, zone);
        }
        if (last != null) {
            return new Period(said("--last", last, text -> ago(text, now, zone)), null);
        }
        Period period = new Period(said("--since", since, text -> beginOf(text, now, zone)), said("--until", until, text -> endOf(text, now, zone)));
        if (period.since != null && period.until != null && !period.since.isBefore(period.until)) {
            throw new IllegalArgumentException("--since " + since + " is not before --until " + until);
        }
        return period;
    }

    private static Instant said(String option, String text, Function<String, Instant> read) {
        try {
            return text == null ? null : read.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + " is \"" + text + "\"; " + e.getMessage(), e);
        }
    }

    private static Period parse(String given, Instant now, ZoneId zone) {
        String text = given.strip();
        try {
            switch (text) {
                case "now":
                    return new Period(now, now);
                case "today":
                    return day(now, zone);
                case "yesterday":
                    return day(start(LocalDate.ofInstant(now, zone), zone).minus(1, ChronoUnit.SECONDS), zone);
                default:
                    if (DAY.matcher(text).matches()) {
                        return day(LocalDate.parse(text), zone);
                    }
                    Instant moment = moment(text.replace(' ', 'T'), zone);
                    return new Period(moment, moment);
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("it must be " + FORMS, e);
        }
    }

    private static Instant moment(String text, ZoneId zone) {
        boolean own = text.endsWith("Z") || text.lastIndexOf('+') > 0 || text.lastIndexOf('-') > text.indexOf('T');
        return own ? OffsetDateTime.parse(text).toInstant() : LocalDateTime.parse(text).atZone(zone).toInstant();
    }

    /** Of no length if the zone left the day out. */
    private static Period day(LocalDate day, ZoneId zone) {
        return new Period(start(day, zone), start(day.plusDays(1), zone));
    }

    private static Instant start(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant();
    }
}
