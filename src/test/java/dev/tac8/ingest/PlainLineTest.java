package dev.tac8.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is read without the parser, beside what the parser reads. */
class PlainLineTest {
    private static final RecordFormat FORMAT = new RecordFormat();
    private static final List<String> NAMES = List.of("type", "timestamp", "id", "session_id", "task_id", "worker_id", "status", "event_type", "message",
            "severity", "details", "config", "model", "tokens_input", "tokens_total", "estimated_cost_usd", "duration_ms", "success", "exit_code", "other",
            "", "typ\\u0065", "mess\\nage", "größe");
    private static final List<String> KEYS = List.of("a", "b", "c", "long name", "\\\"", "é", "d", "e");
    private static final List<String> TEXTS = List.of("", "gh-450", "api_call", "event", "2026-11-22T10:00:00.123Z", "2026-02-29t23:59:60+01:00", "a \\\"quoted\\\" word",
            "line\\nline\\ttab\\r\\b\\f\\\\", "a\\/b", "caf\\u00e9", "\\ud83d\\ude00", "\\ud83d", "Grüße – 😀", "\u0000", "\u001f", "\u007f", "\\x", "\\", "{\\\"a\\\":1}", "info");
    private static final List<String> NUMBERS = List.of("0", "-0", "-0.0", "5", "-5", "007", "123456789012345678", "1234567890123456789", "9007199254740993", "5.0", "0.1",
            "12.50", "0.0000001", "0.000001", "0.123456", "0.1234567", "1e5", "1E-7", "-1.5", "9007199254740993.5", "900719925474099.25", "123456789.123456789",
            "0.000000000000000001", "1.", ".5", "+1", "1.5.5", "NaN", "1e400", "3.0000000000000000001");
    private static final String BLANKS = "\t \r ";
    private static final byte[] BYTES = "{}[]\",:\\/u0123456789.-+eE \t\r\ntruefalsnul\0\u001f\u007fé–".getBytes(StandardCharsets.UTF_8);

    @Test
    void readsWhatTheParserReads() {
        compare(150_000);
    }

    @Test
    @Tag("long")
    void readsWhatTheParserReadsOfTenMillionLines() {
        compare(10_000_000);
    }

    private static void compare(int lines) {
        long seed = Long.getLong("tac8.test.seed", System.nanoTime());
        System.out.println("PlainLineTest: -Dtac8.test.seed=" + seed);
        Random random = new Random(seed);
        int plain = 0;
        for (int i = 0; i < lines; i++) {
            byte[] line = mutated(object(random, 0, NAMES).getBytes(StandardCharsets.UTF_8), random);
            // Something else before and behind it: the line is a part of a buffer.
            byte[] buffer = new byte[line.length + 7];
            Arrays.fill(buffer, (byte) "}\",0\n{\\".charAt(random.nextInt(7)));
            System.arraycopy(line, 0, buffer, 3, line.length);

            PlainLine reader = FORMAT.plain(buffer, 3, line.length);
            Object[] values = new Object[50];
            if (reader.read(values)) {
                plain++;
                assertThat(values).as("seed %d, line %d: %s", seed, i, new String(line, StandardCharsets.UTF_8)).startsWith(parsed(line, reader.isAscii(), values));
            }
        }
        assertThat(plain).as("plain lines and others are both common, seed " + seed).isBetween(lines / 10, lines * 9 / 10);
    }

    /** What the parser reads; if it refuses the line for bytes that are no UTF-8, which is left to the caller, the same again. */
    private static Object[] parsed(byte[] line, boolean isAscii, Object[] values) {
        try {
            return FORMAT.parsed(line, 0, line.length);
        } catch (BadLineException e) {
            return !isAscii && e.getMessage().startsWith("the line is not valid UTF-8") ? values : new Object[] {e.getMessage()};
        }
    }

    private static String object(Random random, int depth, List<String> names) {
        StringBuilder text = new StringBuilder(blanks(random)).append('{');
        int fields = random.nextInt(depth == 0 ? 9 : 4);
        for (int i = 0; i < fields; i++) {
            String name = any(names, random);
            text.append(i == 0 ? "" : ",").append(blanks(random)).append('"').append(name).append('"').append(blanks(random)).append(':')
                    .append(blanks(random)).append(random.nextInt(4) > 0 ? fitting(name, random, depth) : value(random, depth)).append(blanks(random));
        }
        return text.append(blanks(random)).append('}').append(blanks(random)).toString();
    }

    /** A value of the kind that the field has, so that many lines are plain. */
    private static String fitting(String name, Random random, int depth) {
        switch (name) {
            case "details", "config":
                return object(random, depth + 1, KEYS);
            case "tokens_input", "tokens_total", "exit_code", "estimated_cost_usd", "duration_ms", "a", "b":
                return any(NUMBERS, random);
            case "success":
                return "true";
            default:
                return "\"" + any(TEXTS, random) + "\"";
        }
    }

    private static String value(Random random, int depth) {
        switch (random.nextInt(depth < 3 ? 9 : 7)) {
            case 0:
                return any(NUMBERS, random);
            case 1:
                return "\"" + any(TEXTS, random) + "\"";
            case 2:
                return String.valueOf(random.nextInt(100_000));
            case 3:
                return random.nextInt(1000) + "." + random.nextInt(100_000);
            case 4:
                return any(List.of("true", "false", "null"), random);
            case 5, 6:
                return "null";
            case 7:
                return object(random, depth + 1, KEYS);
            default:
                return "[" + blanks(random) + (random.nextBoolean() ? "" : value(random, depth + 1) + "," + value(random, depth + 1)) + "]";
        }
    }

    private static byte[] mutated(byte[] line, Random random) {
        byte[] bytes = line;
        for (int times = random.nextInt(5) - 2; times > 0; times--) {
            int at = random.nextInt(bytes.length);
            byte[] longer = new byte[bytes.length + 1];
            System.arraycopy(bytes, 0, longer, 0, at);
            System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
            longer[at] = BYTES[random.nextInt(BYTES.length)];
            // One byte more, another one, or one less.
            int kind = random.nextInt(3);
            bytes = kind == 0 ? longer : kind == 1 ? without(longer, at + 1) : without(bytes, at);
            if (bytes.length == 0) {
                return new byte[] {' '};
            }
        }
        return bytes;
    }

    private static byte[] without(byte[] bytes, int at) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - 1);
        System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
        return shorter;
    }

    private static String blanks(Random random) {
        return random.nextInt(4) > 0 ? "" : BLANKS.substring(random.nextInt(BLANKS.length()));
    }

    private static <T> T any(List<T> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }
}
