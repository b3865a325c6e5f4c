package dev.tac8.history;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.files.Sha256;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;

/** Fields of lines without a published schema: each may be missing, or of any kind. */
final class Values {
    private static final int MOST_ID_CHARACTERS = 128;
    /** The most tokens that a call can have; a larger number is nonsense and would only spoil the sum. */
    private static final long MOST = 1_000_000_000_000L;
    private static final BigDecimal MOST_DOLLARS = BigDecimal.valueOf(1_000_000_000L);
    /** More than any binary floating point number of a sensible size has; 1e-999999999 would be a sum of a billion digits. */
    private static final int MOST_DECIMALS = 40;
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-30T00:00:00Z");

    private static final String USUAL = "0000-00-00T00:00:00.000Z";
    private static final long SECONDS_OF_DAY = 86_400;

    private Values() {
    }

    /** Text that is not blank, or null. Half of a pair of surrogates is no text that a record can hold. */
    static String text(JsonNode value) {
        return value.isTextual() && !value.textValue().isBlank() ? whole(value.textValue()) : null;
    }

    /** Text that a record can hold. */
    static String whole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return withoutHalves(text);
            }
        }
        return text;
    }

    private static String withoutHalves(String text) {
        return text.codePoints().map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '\uFFFD' : c).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** A number of tokens or the like; what is missing or nonsense is 0. */
    static long count(JsonNode value) {
        long count = value.isNumber() && value.canConvertToLong() ? value.asLong() : 0;
        return count < 0 || count > MOST ? 0 : count;
    }

    /** Whether a number of tokens is one, or is missing. */
    static boolean isCount(JsonNode value) {
        return value.isMissingNode() || value.isNull() || value.isNumber() && value.canConvertToLong() && value.asLong() >= 0 && value.asLong() <= MOST;
    }

    /** Dollars, or null. */
    static BigDecimal dollars(JsonNode value) {
        BigDecimal dollars = value.isNumber() ? value.decimalValue() : null;
        return dollars == null || Math.abs(dollars.scale()) > MOST_DECIMALS || dollars.signum() < 0 || dollars.compareTo(MOST_DOLLARS) > 0 ? null : dollars;
    }

    /** A time as text with any offset, or as milliseconds since 1970; else null. */
    static Instant time(JsonNode value) {
        try {
            Instant time = value.isTextual() ? instant(value.textValue())
                    : value.isIntegralNumber() && value.canConvertToLong() ? Instant.ofEpochMilli(value.asLong()) : null;
            return time == null || time.isBefore(FIRST) || time.isAfter(LAST) ? null : Instant.ofEpochMilli(time.toEpochMilli());
        } catch (DateTimeException | ArithmeticException e) {
            return null;
        }
    }

    private static Instant instant(String text) {
        if (isUsual(text)) {
            long day = LocalDate.of(1000 * digit(text, 0) + 100 * digit(text, 1) + digits(text, 2), digits(text, 5), digits(text, 8)).toEpochDay();
            long seconds = day * SECONDS_OF_DAY + digits(text, 11) * 3600 + digits(text, 14) * 60 + digits(text, 17);
            return Instant.ofEpochMilli(seconds * 1000 + 100 * digit(text, 20) + digits(text, 21));
        }
        return text.endsWith("Z") ? Instant.parse(text) : OffsetDateTime.parse(text).toInstant();
    }

    /** Whether a time is written as agents write it nearly always: that is read in a tenth of the time. May be false for one that is. */
    private static boolean isUsual(String text) {
        if (text.length() != USUAL.length()) {
            return false;
        }
        for (int i = 0; i < USUAL.length(); i++) {
            char shape = USUAL.charAt(i);
            char c = text.charAt(i);
            if (shape == '0' ? c < '0' || c > '9' : c != shape) {
                return false;
            }
        }
        return digit(text, 0) > 0 && digits(text, 11) < 24 && digits(text, 14) < 60 && digits(text, 17) < 60;
    }

    private static int digits(String text, int at) {
        return 10 * digit(text, at) + digit(text, at + 1);
    }

    private static int digit(String text, int at) {
        return text.charAt(at) - '0';
    }

    /** An identity that is not too long for a record. */
    static String id(String id) {
        return id.length() <= MOST_ID_CHARACTERS ? id : id.substring(0, id.indexOf(':') + 1) + "#" + hash(id);
    }

    private static String hash(String text) {
        MessageDigest digest = Sha256.begin();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return Sha256.end(digest);
    }
}
