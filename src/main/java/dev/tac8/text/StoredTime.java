package dev.tac8.text;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/** A moment as the tables hold it: UTC text with milliseconds, such as {@code 2026-11-22T10:00:00.000Z}, so that text order is time order. */
public final class StoredTime {
    // Not made from a pattern, which would load many locales.
    private static final DateTimeFormatter STORED = new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);
    /** Every stored time lies before it: in the order of text a year of five digits would not sort behind one of four. */
    private static final Instant AFTER_ALL = Instant.parse("9999-12-31T23:59:59.999Z").plusMillis(1);

    private StoredTime() {
    }

    /** That text, or null for null; for a moment after the year 9999, a text that sorts behind all stored times. */
    public static String of(Instant moment) {
        return moment == null ? null : moment.isBefore(AFTER_ALL) ? STORED.format(moment) : "9999-12-31T24:00:00.000Z";
    }
}
