package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PricesCommandTest {
    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;

    @BeforeEach
    void open() {
        home = new Home(dir);
        reader = new Reader(dir);
    }

    private void own(String... lines) throws Exception {
        List<String> book = Files.readAllLines(dir.resolve("prices/book.csv"));
        Files.writeString(dir.resolve("prices/own.csv"), "# version 2026-12-01\n" + book.get(3) + "\n" + String.join("\n", lines) + "\n");
    }

    @Test
    void listsTheLinesThatAreInForce() throws Exception {
        own(",claude-opus-5,,,,4.5,25,0.5,6.25,10,10,2,0.5,1.1,contract");

        JsonNode found = reader.json("prices", "--model", "claude-opus-5[1m]");
        assertThat(found.get("prices")).hasSize(1);
        assertThat(found.get("prices").get(0).get("input").decimalValue()).isEqualByComparingTo("4.5");
        assertThat(found.get("prices").get(0).get("stands_in").asText()).isEqualTo("prices/own.csv, line 3");
        assertThat(found.get("remarks").get(0).asText()).startsWith("Version 2026-11-28+2026-12-01; list prices");
        assertThat(reader.json("prices", "--model", "claude-sonnet-4-5-20250929").get("prices").findValuesAsText("above")).containsExactly("null", "200000");
        assertThat(reader.ask("prices").out().lines().count()).isGreaterThan(80);
        assertThat(reader.ask("prices", "--csv").out().lines().findFirst()).hasValueSatisfying(head -> assertThat(head).startsWith("model,from,above,provider,match,input,output"));
        assertThat(reader.ask("prices", "--model", "claude-opus-50").code()).isEqualTo(1);
    }

    @Test
    void aBookThatIsGoneIsSaid() throws Exception {
        Files.delete(dir.resolve("prices/book.csv"));

        assertThat(reader.ask("prices").out()).isEqualTo("There are no prices: prices/book.csv belongs to tac8, put it back.\n");
        assertThat(reader.ask("prices", "check").out()).endsWith("There are no prices: prices/book.csv belongs to tac8, put it back.\n");
    }

    @Test
    void addsWhatAListSaysOtherwiseFromADayOn() throws Exception {
        Files.writeString(dir.resolve("pi.json"), "{\"messages\":{\"chat:a\":{\"id\":\"claude-opus-5\",\"cost\":{\"input\":4,\"output\":25,\"cacheRead\":0.5,\"cacheWrite\":6.25}},"
                + "\"chat:b\":{\"id\":\"new-1\",\"cost\":{\"input\":1,\"output\":2,\"cacheRead\":0,\"cacheWrite\":0,\"tiers\":[{\"inputTokensAbove\":1000,\"input\":3,\"output\":4,"
                + "\"cacheRead\":0,\"cacheWrite\":0}]}},\"c\":{\"id\":\"claude-sonnet-5\",\"cost\":{\"input\":2,\"output\":10,\"cacheRead\":0.2,\"cacheWrite\":2.5}}}}");
        Files.writeString(dir.resolve("genai.json"), "[{\"id\":\"anthropic\",\"models\":[{\"id\":\"claude-opus-5\",\"prices\":[{\"prices\":{\"input_mtok\":9}},{\"constraint\":{\"type\":"
                + "\"start_date\",\"start_date\":\"2026-12-05\"},\"prices\":{\"input_mtok\":{\"base\":3,\"tiers\":[{\"start\":271999,\"price\":6}]},\"output_mtok\":20,\"cache_read_mtok\":0.5,"
                + "\"cache_write_mtok\":6.25,\"web_searches_kcount\":10}}]}]}]");
        Path own = dir.resolve("prices/own.csv");

        assertThat(reader.ask("prices", "import", "pi.json", "--from", "2026-12-01", "--dry-run").out()).contains("2 lines would be added to prices/own.csv:",
                "+ anthropic,claude-opus-5,claude-opus-5-*,2026-12-01,,4,25,0.5,6.25,8,10,2,0.5,1.1,pi.json", "1 models of the file have no price so far");
        assertThat(own).doesNotExist();
        assertThat(reader.ask("prices", "import", "pi.json", "--from", "2026-12-01").code()).isZero();
        assertThat(reader.ask("prices", "import", "pi.json", "--from", "2026-12-01").code()).as("nothing differs any more").isEqualTo(1);
        assertThat(reader.ask("prices", "import", "pi.json", "--from", "2026-12-01", "--model", "new-1").code()).isZero();
        assertThat(reader.ask("prices", "import", "genai.json", "--from", "2026-12-05").code()).isZero();
        assertThat(reader.ask("prices", "import", "pi.json", "--from", "2026-12-05").err()).contains("prices/own.csv has a price of claude-opus-5 from 2026-12-05 on");
        assertThat(reader.ask("prices", "import", "pi.json", "--from", "2026-12-05", "--model", "x").err()).contains("holds no price of the model x");
        assertThat(reader.ask("prices", "import", "application.properties", "--from", "2026-12-05").err()).contains("is no JSON");

        List<String> lines = Files.readAllLines(own);
        assertThat(lines.get(0)).matches("# version \\d{4}-\\d\\d-\\d\\db");
        assertThat(lines.subList(2, lines.size())).satisfiesExactly(former -> assertThat(former).startsWith("anthropic,claude-opus-5,claude-opus-5-*,,,5,25,"),
                opus -> assertThat(opus).isEqualTo("anthropic,claude-opus-5,claude-opus-5-*,2026-12-01,,4,25,0.5,6.25,8,10,2,0.5,1.1,pi.json"),
                fresh -> assertThat(fresh).isEqualTo(",new-1,,2026-12-01,,1,2,0,,,,,,,pi.json"), tier -> assertThat(tier).isEqualTo(",new-1,,2026-12-01,1000,3,4,0,,,,,,,pi.json"),
                later -> assertThat(later).isEqualTo("anthropic,claude-opus-5,claude-opus-5-*,2026-12-05,,3,20,0.5,6.25,6,10,2,0.5,1.1,genai.json"),
                above -> assertThat(above).isEqualTo("anthropic,claude-opus-5,claude-opus-5-*,2026-12-05,272000,6,,,,12,10,2,0.5,1.1,genai.json"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none.json  | %NONE%                                                                                                   | none.json does not exist
            none.csv   | %NONE%                                                                                                   | none.csv does not exist
            a.json     | %FOLDER%                                                                                                 | a.json cannot be read: Is a directory
            a.csv      | %FOLDER%                                                                                                 | a.csv cannot be read: it is no regular file
            a.json     | ''                                                                                                       | a.json holds no prices
            a.csv      | ''                                                                                                       | a.csv, line 1: it must say the version
            a.csv      | # version 2026-12-01%n%HEAD%                                                                             | a.csv holds no prices
            a.csv      | # version 2026-12-01%nmodel,input%nclaude-opus-5,4                                                       | a.csv, line 2: the columns provider, match
            a.csv      | # version 2026-12-01%n%HEAD%%n,claude-opus-5,,,,-4,25,,,,,,,,s                                           | a.csv, line 3: input is -4, and must be a number
            a.csv      | # version 2026-12-01%n%HEAD%%n,claude-opus-5,,,,1e400,25,,,,,,,,s                                        | a.csv, line 3: input is 1e400, and must be a number
            a.csv      | # version 2026-12-01%n%HEAD%%n,claude-opus-5,,,,4,25,,,,,,,,s%n,claude-opus-5,,,,5,25,,,,,,,,s           | a.csv, line 4: another price of claude-opus-5
            a.json     | {%n"id":"claude-opus-5",                                                                                 | a.json, line 2: this is no JSON
            a.json     | {}%n{}                                                                                                   | a.json, line 2: this is no JSON
            a.json     | {"id":"claude-opus-5","cost":{"input":-4}}                                                               | a.json: input of claude-opus-5 is -4, and must be a number
            a.json     | {"id":"claude-opus-5","cost":{"input":1e400}}                                                            | a.json: input of claude-opus-5 is 1E+400, and must be a number
            a.json     | {"id":"claude-opus-5","cost":{"input":1e999999999}}                                                      | a.json: input of claude-opus-5 is 1E+999999999, and must
            a.json     | {"id":"claude-opus-5","cost":{"input":4,"output":1e-9}}                                                  | a.json: output of claude-opus-5 is 1E-9, and must be a number
            a.json     | {"id":"claude-opus-5","cost":{"input":"free"}}                                                           | a.json: input of claude-opus-5 is free, and must be a number
            a.json     | {"id":"claude-opus-5","cost":{"cacheWrite":"free"}}                                                      | a.json: cache_write_5m of claude-opus-5 is free, and must
            a.json     | {"id":"claude-opus-5","cost":{"tiers":[{"inputTokensAbove":-1,"input":4}]}}                              | a.json: input of claude-opus-5 is 4 above -1 tokens
            a.json     | [{"id":"claude-opus-5","cost":{"input":4}},{"id":"claude-opus-5","prices":{"input_mtok":5}}]             | a.json: input of claude-opus-5 is both 4 and 5: take one away
            """)
    void aListThatIsWrongIsNamedAndOwnPricesStayAsTheyAre(String name, String content, String says) throws Exception {
        own(",mine,,,,1,1,,,,,,,,contract");
        String before = Files.readString(dir.resolve("prices/own.csv"));
        Path file = dir.resolve(name);
        if (content.equals("%FOLDER%")) {
            Files.createDirectory(file);
        } else if (!content.equals("%NONE%")) {
            Files.writeString(file, content.replace("%HEAD%", Files.readAllLines(dir.resolve("prices/book.csv")).get(3)).replace("%n", "\n"));
        }

        Reader.Answered answer = reader.ask("prices", "import", name, "--from", "2026-12-01");

        assertThat(answer.code()).as("%s", answer).isEqualTo(2);
        assertThat(answer.err()).startsWith("tac8: " + dir + "/" + says).doesNotContain("Exception").hasLineCount(1);
        assertThat(dir.resolve("prices/own.csv")).hasContent(before);
        assertThat(dir.resolve("prices/.own.csv.part")).doesNotExist();
    }

    /** And a model that nobody has asked for may be wrong. */
    @Test
    void marksAndLineEndsOfOtherEditorsAreNoMistakes() throws Exception {
        String head = Files.readAllLines(dir.resolve("prices/book.csv")).get(3);
        Files.writeString(dir.resolve("prices/own.csv"), "\uFEFF# version 2026-12-01\r\n" + head + "\r\n,mine,,,,1,1,,,,,,,,contract\r\n");
        Files.writeString(dir.resolve("a.csv"), "\uFEFF# version 2026-12-01\r\n" + head + "\r\n,claude-opus-5,,,,4,25,0.5,6.25,10,10,2,0.5,1.1,s\r\n");
        Files.writeString(dir.resolve("a.json"), "\uFEFF[{\"id\":\"odd\",\"cost\":{\"input\":-1}},\r\n{\"id\":\"claude-sonnet-5\",\"cost\":{\"input\":2.5,\"output\":10.000000000}}]");

        assertThat(reader.ask("prices", "import", "a.csv", "--from", "2026-12-01").code()).isZero();
        assertThat(reader.ask("prices", "import", "a.json", "--from", "2026-12-01")).satisfies(answer -> assertThat(answer.code()).as("%s", answer).isZero());
        assertThat(reader.ask("prices", "import", "a.json", "--from", "2026-12-01", "--model", "odd").err()).contains("a.json: input of odd is -1, and must be a number");
        assertThat(reader.json("prices", "--model", "claude-opus-5").get("prices").findValuesAsText("input")).containsExactly("5", "4");
        assertThat(reader.json("prices", "--model", "mine").get("prices")).hasSize(1);
    }

    @Test
    void saysWhichStoredCallsHaveNoPriceAndWhereOwnPricesDiffer() throws Exception {
        own(",claude-opus-5,,,,4,25,0.5,6.25,10,10,2,0.5,1.1,contract", ",mine,,,,1,1,,,,,,,,contract");
        String call = "{\"type\":\"api_call\",\"timestamp\":\"2026-10-05T10:00:00Z\",\"worker_id\":\"w\",\"model\":\"%s\",\"id\":\"%s\"%s}";
        home.drop("a.jsonl", String.format(call, "mine", "a", ",\"tokens_input\":1"), String.format(call, "mine", "b", ",\"cache_read_tokens\":7"),
                String.format(call, "other", "c", ",\"tokens_input\":3"), String.format(call, "other", "d", ",\"tokens_input\":4"),
                String.format(call, "other", "e", ",\"tokens_input\":5,\"estimated_cost_usd\":1"), String.format(call, "other", "f", ""));
        home.drain();

        Reader.Answered checked = reader.ask("prices", "check", "--json");

        assertThat(checked.code()).isEqualTo(1);
        assertThat(checked.json().get("without_price").toString()).isEqualTo("[{\"model\":\"other\",\"calls\":2,\"tokens_total\":7,\"why\":\"no price for the model other\"},"
                + "{\"model\":\"mine\",\"calls\":1,\"tokens_total\":7,\"why\":\"no price for reading the cache of mine\"}]");
        assertThat(checked.json().get("differences").toString()).isEqualTo("[{\"model\":\"claude-opus-5\",\"from\":null,\"above\":null,\"column\":\"input\",\"book\":\"5\",\"own\":\"4\"}]");
        own(",mine,,,,free,1,,,,,,,,me");
        assertThat(reader.ask("prices", "check")).satisfies(broken -> {
            assertThat(broken.code()).isEqualTo(2);
            assertThat(broken.err()).contains("prices/own.csv, line 3: input is free, and must be a number");
        });
    }
}
