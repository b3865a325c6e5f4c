package dev.tac8.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.store.RefusedException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceBookTest {
    private static final LocalDate DAY = LocalDate.of(2026, 10, 5);
    private static final String HEAD = "# version 2026-11-28\n" + String.join(",", BookFile.COLUMNS) + "\n";
    /** A model with all there is. */
    private static final String FULL = "p,m-1,m-1-* alias,,,2,10,0.2,2.5,4,10,6,0.5,1.1,somebody\n";

    @TempDir
    Path home;

    private PriceBook book(String text) throws IOException, RefusedException {
        write(PriceBook.BOOK, text);
        return PriceBook.read(home);
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(home.resolve(PriceBook.FOLDER));
        Files.writeString(home.resolve(name), text);
    }

    private static Tokens sent(long tokens) {
        return new Tokens(tokens, 0, 0, 0, 0);
    }

    private static String dollars(PriceBook book, Call call) {
        BigDecimal dollars = book.price(call).dollars();
        return dollars == null ? null : dollars.toPlainString();
    }

    @Test
    void theDeliveredBookPricesEachCallWhosePriceIsKnown() throws IOException, RefusedException {
        PriceBook book = PriceBook.read(Path.of(""));
        List<String[]> calls = Files.readAllLines(Path.of("src/test/resources/dev/tac8/price/calls.csv")).stream().skip(1)
                .map(line -> line.split(",", -1)).toList();

        assertThat(calls).hasSizeGreaterThan(50).allSatisfy(call -> {
            long[] tokens = Stream.of(call).skip(3).limit(5).mapToLong(Long::parseLong).toArray();
            Quote quote = book.price(new Call(call[1], LocalDate.parse(call[2]), new Tokens(tokens[0], tokens[1], tokens[2], tokens[3], tokens[4])));

            assertThat(quote.dollars() == null ? "" : quote.dollars().toPlainString()).as("%s, %s", Arrays.toString(call), quote.why()).isEqualTo(call[9]);
        });
    }

    @Test
    void aModelIsFoundByItsNamesAndDatesAndByNoOther() throws IOException, RefusedException {
        PriceBook book = book(HEAD + FULL + "p,m-1-5,,,,4,20,,,,,,,,somebody\n");

        assertThat(Stream.of("m-1", "m-1[1m]", "alias", "m-1-20260801", "m-1-2026-08-01", "m-1-20260801[1m]")
                .map(name -> dollars(book, new Call(name, DAY, sent(1_000_000))))).containsOnly("2");
        assertThat(dollars(book, new Call("m-1-5", DAY, sent(1_000_000)))).isEqualTo("4");
        assertThat(Stream.of("m", "m-10", "m-1-50", "m-1-", "m-1-latest", "m-1-99999999", "m-1-5-20260801", "M-1", "", "[1m]", "x/m-1")
                .map(name -> book.price(new Call(name, DAY, sent(1))))).allSatisfy(quote -> {
                    assertThat(quote.dollars()).isNull();
                    assertThat(quote.why()).startsWith("no price for the model");
                });
    }

    @Test
    void theLargestRequestChoosesTheTierAndAllOfTheCallHasIt() throws IOException, RefusedException {
        PriceBook book = book(HEAD + "p,m,,,,1,10,1,1,1,,,,,s\np,m,,,100,2,20,2,2,2,,,,,s\np,m,,,1000,3,30,3,3,3,,,,,s\n");

        assertThat(dollars(book, new Call("m", DAY, new Tokens(40, 1000, 30, 20, 10)))).isEqualTo("0.0101");
        assertThat(dollars(book, new Call("m", DAY, new Tokens(40, 1000, 30, 20, 11)))).isEqualTo("0.020202");
        assertThat(dollars(book, new Call("m", DAY, sent(1001)))).isEqualTo("0.003003");
        // Ten requests of at most a hundred each.
        assertThat(dollars(book, new Call("m", DAY, sent(1000), 100, 0, Set.of()))).isEqualTo("0.001");
        assertThat(dollars(book, new Call("m", DAY, sent(0)))).isEqualTo("0");
    }

    @Test
    void thePriceIsThatOfTheDay() throws IOException, RefusedException {
        PriceBook book = book(HEAD + "p,old,,2026-10-05,,3,1,,,,,,,,s\np,m,,,,1,1,,,,,,,,s\np,m,,2026-10-05,,2,1,,,,,,,,s\n");

        assertThat(dollars(book, new Call("m", DAY.minusDays(1), sent(1_000_000)))).isEqualTo("1");
        assertThat(dollars(book, new Call("m", DAY, sent(1_000_000)))).isEqualTo("2");
        assertThat(dollars(book, new Call("old", DAY, sent(1_000_000)))).isEqualTo("3");
        assertThat(book.price(new Call("old", DAY.minusDays(1), sent(1))).why()).isEqualTo("no price for old before 2026-10-05");
    }

    @Test
    void factorsMultiplyTheTokensAndWebSearchesAreAdded() throws IOException, RefusedException {
        PriceBook book = book(HEAD + FULL + "p,plain,,,,1,1,,,,,,,,s\n");
        Tokens million = sent(1_000_000);

        assertThat(dollars(book, new Call("m-1", DAY, million, 0, 3, Set.of(Terms.values())))).isEqualTo("6.63");
        assertThat(book.price(new Call("plain", DAY, million, 0, 0, Set.of(Terms.FAST))).why()).isEqualTo("no price for plain with fast");
        assertThat(book.price(new Call("plain", DAY, million, 0, 1, Set.of())).why()).isEqualTo("no price for web searches of plain");
        assertThat(book.price(new Call("plain", DAY, new Tokens(1, 0, 0, 0, 1))).why()).isEqualTo("no price for writing to the cache for an hour of plain");
    }

    @Test
    void noFigureIsRoundedBeforeItsEnd() throws IOException, RefusedException {
        PriceBook book = book(HEAD + "p,m,,,,0.000001,0.000003,,,,,1.1,0.5,,s\n");

        assertThat(dollars(book, new Call("m", DAY, new Tokens(1, 1, 0, 0, 0)))).isEqualTo("0.000000000004");
        // 2.2e-12, and not 1.1e-12 twice rounded.
        assertThat(dollars(book, new Call("m", DAY, new Tokens(1, 1, 0, 0, 0), 0, 0, Set.of(Terms.FAST, Terms.BATCH)))).isEqualTo("0.000000000002");
        assertThat(dollars(book, new Call("m", DAY, sent(Long.MAX_VALUE)))).isEqualTo("9223372.036854775807");
    }

    @Test
    void aModelOfOnesOwnIsPricedByItAlone() throws IOException, RefusedException {
        write(PriceBook.OWN, "# version 2026-12-01b\n" + String.join(",", BookFile.COLUMNS) + "\n,m-1,,2026-10-05,,1,1,,,,,,,,contract\n");
        PriceBook book = book(HEAD + FULL + "p,other,,,,7,1,,,,,,,,s\n");

        assertThat(book.version()).isEqualTo("2026-11-28+2026-12-01b").isGreaterThan("2026-11-28").isLessThan("2026-11-28b").isLessThan("2026-11-29");
        assertThat(dollars(book, new Call("m-1", DAY, sent(1_000_000)))).isEqualTo("1");
        assertThat(book.price(new Call("m-1", DAY.minusDays(1), sent(1))).dollars()).isNull();
        assertThat(dollars(book, new Call("other", DAY, sent(1_000_000)))).isEqualTo("7");
        assertThat(book.prices()).extracting(Price::place).containsExactly("prices/own.csv, line 3", "prices/book.csv, line 4");
    }

    @Test
    void withoutFilesThereIsNoPriceAndNoVersion() throws RefusedException {
        PriceBook book = PriceBook.read(home);

        assertThat(book.version()).isEmpty();
        assertThat(book.price(new Call("m", DAY, sent(1))).why()).isEqualTo("no price for the model m");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            p,m,,,,x,1,,,,,,,,s           | 3 | input is x, and must be a number
            p,m,,,,-1,1,,,,,,,,s          | 3 | input is -1, and must be a number
            p,m,,,,1e3,1,,,,,,,,s         | 3 | input is 1e3, and must be a number
            p,m,,,,1.0000001,1,,,,,,,,s   | 3 | input is 1.0000001, and must be a number
            p,m,,,,1,2000000,,,,,,,,s     | 3 | output is 2000000, and must be a number
            p,m,,,1.5,1,1,,,,,,,,s        | 3 | above is 1.5, and must be a number of tokens
            p,m,,2026-02-30,,1,1,,,,,,,,s | 3 | from is 2026-02-30, and must be a day
            p,,,,,1,1,,,,,,,,s            | 3 | model must be the name of a model
            p,m*,,,,1,1,,,,,,,,s          | 3 | model must be the name of a model
            p,m,m*,,,1,1,,,,,,,,s         | 3 | match holds m*
            p,m,,,,1,1,,,,,,,,            | 3 | source must say
            p,m,,,,1,1,,,,,,s             | 3 | it has 13 fields, and the columns are 15
            p,m,,,9,1,1,,,,,,,,s          | 3 | m has prices above 9 tokens only
            "p,m,,,,1,1,,,,,,,,s          | 3 | 1 fields
            """)
    void aLineThatIsWrongIsNamedAndNothingIsTaken(String line, int number, String says) {
        assertThatThrownBy(() -> book(HEAD + line.strip() + "\n")).isInstanceOf(RefusedException.class).hasMessageStartingWith("prices/book.csv, line " + number + ": ")
                .hasMessageContaining(says);
    }

    @Test
    void linesThatContradictEachOtherAreNamed() {
        String one = "p,m,,,,1,1,,,,,,,,s\n";
        assertThatThrownBy(() -> book(HEAD + one + one)).hasMessage("prices/book.csv, line 4: another price of m from the same day on and above as many tokens"
                + " stands in line 3");
        assertThatThrownBy(() -> book(HEAD + one + "p,n,m,,,1,1,,,,,,,,s\n")).hasMessage("prices/book.csv, line 4: m is a name of n here, and of m in another line");
        assertThatThrownBy(() -> book(HEAD + "p,m,m-*,,,1,1,,,,,,,,s\np,m-20260801,,,,1,1,,,,,,,,s\n")).hasMessage("prices/book.csv, line 4: m-20260801 is a name of"
                + " m-20260801, and m has names with any date that are the same");
    }

    @Test
    void aFileThatIsNoBookIsNamed() throws IOException {
        assertThatThrownBy(() -> book(HEAD.replace("# version 2026-11-28", "# prices"))).hasMessageStartingWith("prices/book.csv, line 1: it must say the version");
        assertThatThrownBy(() -> book(HEAD.replace(",us", ""))).hasMessage("prices/book.csv, line 2: the column us must be there");
        assertThatThrownBy(() -> book(HEAD.replace("fast", "quick"))).hasMessageStartingWith("prices/book.csv, line 2: the column fast must be there (and 1 more");
        assertThatThrownBy(() -> book(HEAD.replace("# version 2026-11-28", "# version 2026-02-30b")))
                .hasMessage("prices/book.csv, line 1: version 2026-02-30b begins with no day that there is");
        assertThatThrownBy(() -> book("")).as("an editor or a full disk has cut it off").hasMessageStartingWith("prices/book.csv, line 1: it must say the version");
        assertThatThrownBy(() -> book(HEAD + "p,m,,,,1,1,,,,,,,,\"so\"me\n")).hasMessageStartingWith("prices/book.csv is not valid CSV: ").hasMessageContaining("line 3")
                .hasMessageContaining("quot");
        Files.write(home.resolve(PriceBook.BOOK), new byte[] {'#', '\n', 'a', (byte) 0xff});
        assertThatThrownBy(() -> PriceBook.read(home)).hasMessage("prices/book.csv, line 2: a character that is not UTF-8: have your editor save the file in UTF-8");
    }

    @Test
    void aPipeWithoutAWriterIsNotWaitedFor() throws Exception {
        write(PriceBook.BOOK, HEAD + FULL);
        assertThat(new ProcessBuilder("mkfifo", home.resolve(PriceBook.OWN).toString()).start().waitFor()).isZero();

        assertThatThrownBy(() -> PriceBook.read(home)).hasMessage("prices/own.csv cannot be read: it is no regular file");
    }

    /** Against sums in whole numbers. */
    @Test
    void randomCallsCostWhatWholeNumbersSay() throws IOException, RefusedException {
        long seed = Long.getLong("tac8.test.seed", System.nanoTime());
        System.out.println("PriceBookTest: -Dtac8.test.seed=" + seed);
        Random random = new Random(seed);
        long[] rates = random.longs(5, 0, 100_000_000).toArray();
        PriceBook book = book(HEAD + "p,m,,,," + String.join(",", Arrays.stream(rates).mapToObj(rate -> BigDecimal.valueOf(rate, 6).toPlainString()).toList())
                + ",,,,,s\n");
        for (int i = 0; i < 1000; i++) {
            long[] tokens = random.longs(5, 0, 10_000_000).toArray();
            long sum = 0;
            for (int kind = 0; kind < rates.length; kind++) {
                sum += rates[kind] * tokens[kind];
            }
            assertThat(book.price(new Call("m", DAY, new Tokens(tokens[0], tokens[1], tokens[2], tokens[3], tokens[4]))).dollars())
                    .isEqualByComparingTo(BigDecimal.valueOf(sum, 12));
        }
    }
}
