package dev.tac8.text;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** A moment in the name of a file: UTC, such as {@code 20261122T101530123Z}, so that the order of names is that of time. */
public final class NameTime {
    private static final DateTimeFormatter MILLISECONDS = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int CHARACTERS = "20261122T101530123Z".length();

    private NameTime() {
    }

    /** To the millisecond. */
    public static String of(Instant moment) {
        return MILLISECONDS.format(moment);
    }

    /** To the second. */
    public static String ofSecond(Instant moment) {
        return SECONDS.format(moment);
    }

    /** The moment, to the millisecond, that a name begins with; null if it begins with anything else. */
    public static Instant in(String name) {
        try {
            return MILLISECONDS.parse(name.substring(0, Math.min(name.length(), CHARACTERS)), Instant::from);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
