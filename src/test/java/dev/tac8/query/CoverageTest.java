package dev.tac8.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An amount that lacks something says so at the number, for people and for programs. */
class CoverageTest {
    private static final List<String> COLUMNS = List.of("task_id", "calls", "cost_usd", "reported_usd", "calculated_usd", "calls_without_cost",
            "wasted_usd", "wasted_calls_without_cost");

    private final StringWriter text = new StringWriter();

    @Test
    void anAmountThatLacksACallIsMarkedAndOneThatLacksNoneIsNot() {
        List<String> lines = shown(new Object[] {"a", 3, 12.4, 12.0, 0.4, 1, 2.5, 0}, new Object[] {"b", 1, 0.5, 0.5, null, 0, 0.5, 1},
                new Object[] {"c", 2, null, null, null, 2, null, 0});

        assertThat(lines.stream().map(line -> line.replaceAll(" {2,}", "|"))).containsExactly("task id|calls|cost|calls without cost|wasted",
                "a|3|≥ $12.40|1|$2.50", "b|1|$0.50|0|≥ $0.50", "c|2|unknown|2");
        assertThat(lines.get(1).indexOf("1", 20)).as("amounts stand below each other").isEqualTo(lines.get(2).indexOf("0", 25));
    }

    @Test
    void oneThingShowsItsPartsIfSomeOfItWasCalculated() {
        assertThat(card(12.0, 0.4)).contains("cost                ≥ $12.40", "reported            $12.00", "calculated          $0.4000");
        assertThat(card(12.4, null)).contains("cost                ≥ $12.40").noneMatch(line -> line.contains("reported"));
    }

    @Test
    void belowAListStandsHowMuchWasCalculated() {
        Answer answer = Remarks.priced(new Answer(), rows(new Object[] {"a", 3, 12.4, 12.0, 0.4, 0, null, 0},
                new Object[] {"b", 3, 0.1, null, 0.1, 0, null, 0}));

        assertThat(answer.remarks()).containsExactly("$0.5000 of it was calculated from tokens by list prices, $12.00 was reported.");
        assertThat(Remarks.priced(new Answer(), rows(new Object[] {"a", 3, 12.4, 12.4, null, 0, null, 0})).remarks()).isEmpty();
    }

    @Test
    void theVersionsOfThePricesAreSaid() {
        List<String> columns = List.of("reported_usd", "calculated_usd", "oldest_price_version", "newest_price_version");

        assertThat(Coverage.sentence(new Rows(columns, Collections.singletonList(new Object[] {null, 1.5, "2026-10-01", "2026-11-28"}))))
                .isEqualTo("$1.50 of it was calculated from tokens by list prices of 2026-10-01 to 2026-11-28, $0.00 was reported.");
        assertThat(Coverage.sentence(new Rows(columns, Collections.singletonList(new Object[] {2.0, 1.5, "2026-11-28", "2026-11-28"}))))
                .isEqualTo("$1.50 of it was calculated from tokens by list prices of 2026-11-28, $2.00 was reported.");
    }

    @Test
    void programsGetWholeMicroDollarsAndWhetherTheyAreAllOfIt() {
        Rows rows = Coverage.forPrograms(rows(new Object[] {"a", 3, 0.1234565, null, new BigDecimal("1e20"), 1, Double.POSITIVE_INFINITY, 0}));

        assertThat(rows.columns()).containsExactly("task_id", "calls", "cost_usd", "cost_usd_micros", "cost_usd_is_partial", "reported_usd",
                "reported_usd_micros", "calculated_usd", "calculated_usd_micros", "calls_without_cost", "wasted_usd", "wasted_usd_micros",
                "wasted_usd_is_partial", "wasted_calls_without_cost");
        assertThat(rows.first("cost_usd_micros")).isEqualTo(BigInteger.valueOf(123_457));
        assertThat(rows.first("cost_usd_is_partial")).isEqualTo(true);
        assertThat(rows.first("calculated_usd_micros")).isEqualTo(BigInteger.TEN.pow(26));
        assertThat(rows.first("wasted_usd_micros")).isNull();
        assertThat(rows.first("wasted_usd_is_partial")).isEqualTo(false);
    }

    private static Rows rows(Object[]... rows) {
        return new Rows(COLUMNS, Arrays.asList(rows));
    }

    private List<String> shown(Object[]... rows) {
        print(new Answer().list("tasks", null, rows(rows)));
        return text.toString().lines().toList();
    }

    private List<String> card(Object reported, Object calculated) {
        text.getBuffer().setLength(0);
        print(new Answer().one("task", null, rows(new Object[] {"a", 3, 12.4, reported, calculated, 1, 2.5, 0})));
        return text.toString().lines().toList();
    }

    private void print(Answer answer) {
        PrintWriter out = new PrintWriter(text);
        new Output(Output.Form.TEXT, ZoneOffset.UTC, false, 0, false, out, out).print(answer, Collections.emptyList());
    }
}
