package dev.tac8.ingest;

import dev.tac8.text.StoredTime;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** Times as the tables hold them: UTC text with milliseconds, so that text order is time order. */
final class Timestamps {
    private static final String SHAPE = "0000-00-00T00:00:00.000Z";
    private static final int DATE_LENGTH = 10;
    private static final int SECONDS_END = 19;
    private static final int SAFE_DAY = 28;

    private Timestamps() {
    }

    /**
     * Whether a text is a stored time already, as the loggers write it. May be false for one that is (the 29th to the
     * 31st), but is never true for one that is not. It saves the common case the pattern and the conversion.
     */
    static boolean isStored(String text) {
        if (text.length() != SHAPE.length()) {
            return false;
        }
        for (int i = 0; i < SHAPE.length(); i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            if (SHAPE.charAt(i) == '0' ? !digit : c != SHAPE.charAt(i)) {
                return false;
            }
        }
        int month = number(text, 5);
        int day = number(text, 8);
        return month >= 1 && month <= 12 && day >= 1 && day <= SAFE_DAY
                && number(text, 11) <= 23 && number(text, 14) <= 59 && number(text, 17) <= 59;
    }

    /**
     * An RFC 3339 time as it is stored: in UTC, decimals cut to milliseconds. A leap second becomes the last millisecond of its
     * minute, so that it stays in its day.
     *
     * @param text has matched the schema's pattern
     * @return null if the time in UTC lies outside the years 0000 to 9999
     */
    static String toStored(String text) {
        int zone = text.length() - (text.endsWith("Z") || text.endsWith("z") ? 1 : 6);
        boolean leapSecond = text.charAt(SECONDS_END - 2) == '6';
        StringBuilder local = new StringBuilder(text.substring(0, SECONDS_END));
        local.setCharAt(DATE_LENGTH, 'T');
        if (leapSecond) {
            local.replace(SECONDS_END - 2, SECONDS_END, "59.999");
        } else {
            local.append(text, SECONDS_END, Math.min(zone, SECONDS_END + 4));
        }
        LocalDateTime time = LocalDateTime.parse(local).truncatedTo(ChronoUnit.MILLIS);
        if (zone == text.length() - 6) {
            int minutes = number(text, zone + 1) * 60 + number(text, zone + 4);
            time = text.charAt(zone) == '+' ? time.minusMinutes(minutes) : time.plusMinutes(minutes);
        }
        return time.getYear() < 0 || time.getYear() > 9999 ? null : StoredTime.of(time.toInstant(ZoneOffset.UTC));
    }

    private static int number(String text, int at) {
        return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
    }
}
