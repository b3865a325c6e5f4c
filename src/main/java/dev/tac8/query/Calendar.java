package dev.tac8.query;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.tac8.text.StoredTime;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Splits time into the reader's days, weeks or months: SQL knows no time zones. */
enum Calendar {
    DAY(ChronoUnit.DAYS) {
        @Override
        LocalDate first(LocalDate day) {
            return day;
        }

        @Override
        String name(LocalDate first) {
            return first.toString();
        }
    },
    WEEK(ChronoUnit.WEEKS) {
        @Override
        LocalDate first(LocalDate day) {
            return day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        }

        @Override
        String name(LocalDate first) {
            return without(2, DateTimeFormatter.ISO_WEEK_DATE.format(first));
        }
    },
    MONTH(ChronoUnit.MONTHS) {
        @Override
        LocalDate first(LocalDate day) {
            return day.withDayOfMonth(1);
        }

        @Override
        String name(LocalDate first) {
            return without(3, first.toString());
        }
    };

    private final ChronoUnit step;

    Calendar(ChronoUnit step) {
        this.step = step;
    }

    /** By {@code day}, {@code week} or {@code month}; null for anything else. */
    static Calendar of(String name) {
        return switch (name) {
            case "day" -> DAY;
            case "week" -> WEEK;
            case "month" -> MONTH;
            default -> null;
        };
    }

    /** The first day of the one that a day is in. */
    abstract LocalDate first(LocalDate day);

    /** How it is called. */
    abstract String name(LocalDate first);

    /**
     * Those that may have a record, each cut to the time asked for.
     *
     * @param utcDays one a row, in the first column
     * @return a JSON array of {name, since, until}
     */
    String periods(Rows utcDays, Period asked, ZoneId zone) {
        SortedSet<LocalDate> all = new TreeSet<>();
        for (Object[] row : utcDays.rows()) {
            LocalDate day = LocalDate.parse((String) row[0]);
            // Wherever the reader lives, a day in UTC is part of no others than these.
            all.addAll(List.of(first(day.minusDays(1)), first(day), first(day.plusDays(1))));
        }
        ArrayNode periods = JsonMapper.builder().build().createArrayNode();
        for (LocalDate first : all) {
            Instant start = start(first, zone);
            Instant end = start(first.plus(1, step), zone);
            periods.addObject().put("name", name(first))
                    .put("since", StoredTime.of(asked.since() != null && asked.since().isAfter(start) ? asked.since() : start))
                    .put("until", StoredTime.of(asked.until() != null && asked.until().isBefore(end) ? asked.until() : end));
        }
        return periods.toString();
    }

    /** A year may have a sign and more than four digits: the first and the last day of the store in another zone. */
    private static String without(int last, String text) {
        return text.substring(0, text.length() - last);
    }

    private static Instant start(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toInstant();
    }
}
