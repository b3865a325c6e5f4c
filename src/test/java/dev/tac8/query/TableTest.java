package dev.tac8.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jline.utils.WCWidth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables for people, wide and narrow, and their figures. A record may hold any cost that is finite, and no such record may cost the whole answer. */
class TableTest {
    private static final List<String> COLUMNS = List.of("task_id", "title", "status", "workers", "detected_at", "minutes", "cost_usd",
            "calls_without_cost", "tokens_total", "log_file");
    private static final Pattern NUMBERS = Pattern.compile("\\$1,234\\.57|9,007,199,254,740,991|2026-11-22|09:12:40|49 min|59 s");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0 | $0.00", "0.001 | <$0.01", "1234.5 | $1,234.50", "-1234.5 | $-1,234.50", "-0.5 | $-0.50",
        "1e19 | $10,000,000,000,000,000,000.00", "Infinity | not finite"})
    void anAmountIsShownHoweverLargeItIs(double amount, String shown) {
        assertThat(Table.dollars(amount, 2)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"0.25", "1e300", "Infinity", "-Infinity"})
    void aLengthOfTimeIsShownHoweverLongItIs(double seconds) {
        assertThat(Table.duration(seconds)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {48, 60, 72, 80, 100, 120, 160, 200, 250})
    void fitsItsTerminalAndBreaksNoNumber(int width) {
        String text = text(rows(3, "Übersetzung der Fehlermeldungen 日本語の題名 🚀 e\u0301e\u0301 – déjà vu"), width);

        assertThat(text.lines()).allSatisfy(line -> assertThat(columns(line)).as(line).isLessThanOrEqualTo(width));
        assertThat(NUMBERS.matcher(text).results()).hasSize(3 * 6);
        assertThat(text.replaceAll("\\s", "")).contains(width < 72 ? "Übersetzung" : "日本語の題名");
    }

    @Test
    void aWideTextIsCutAtATerminalWithDotsAtItsEnd() {
        String text = text(rows(1, "x".repeat(50_000)), 80);

        assertThat(text).contains("…").hasSizeLessThan(3_000);
        assertThat(text.lines()).allSatisfy(line -> assertThat(columns(line)).isLessThanOrEqualTo(80));
    }

    @Test
    void oneWideTextMakesNoOtherRowWide() {
        List<Object[]> rows = new ArrayList<>(Collections.nCopies(1_000, new Object[] {"a", 1}));
        rows.add(new Object[] {"w".repeat(1_000_000), 2});
        long[] written = new long[1];

        new Table(new Rows(List.of("message", "number"), rows), ZoneOffset.UTC, 0, false, false).print(new PrintWriter(new Writer() {
            @Override
            public void write(char[] text, int offset, int length) {
                written[0] += length;
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        }), true);

        assertThat(written[0]).isBetween(1_000_000L, 1_500_000L);
    }

    @Test
    void whatIsWideIsWholeWhereNoTerminalCutsIt() {
        String title = IntStream.range(0, 3_000).mapToObj(String::valueOf).reduce("", String::concat);

        assertThat(text(rows(2, title), 0)).contains(title, "log/w.jsonl");
    }

    private static Rows rows(int count, String title) {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Object[] {"gh-" + i, title, "completed", 2, "2026-11-22T09:12:40.000Z", 49.99, 1234.567, 1, (1L << 53) - 1,
                    "log/w.jsonl"});
        }
        return new Rows(COLUMNS, rows);
    }

    private static String text(Rows rows, int width) {
        StringWriter text = new StringWriter();
        new Table(rows, ZoneOffset.UTC, width, false, false).print(new PrintWriter(text), true);
        return text.toString();
    }

    private static int columns(String line) {
        return line.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
    }
}
