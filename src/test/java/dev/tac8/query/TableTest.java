package dev.tac8.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures for people. A record may hold any cost that is finite, and no such record may cost the whole answer. */
class TableTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0 | $0.00", "0.001 | <$0.01", "1234.5 | $1,234.50", "-1234.5 | $-1,234.50", "-0.5 | $-0.50",
        "1e19 | $10,000,000,000,000,000,000.00", "Infinity | $Infinity"})
    void anAmountIsShownHoweverLargeItIs(double amount, String shown) {
        assertThat(Table.dollars(amount, 2)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"0.25", "1e300", "Infinity", "-Infinity"})
    void aLengthOfTimeIsShownHoweverLongItIs(double seconds) {
        assertThat(Table.duration(seconds)).isNotEmpty();
    }
}
