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
