package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostAsIfTest {
    @TempDir
    private Path dir;
    private Reader reader;

    @BeforeEach
    void store() throws Exception {
        Home home = new Home(dir);
        reader = new Reader(dir, "--zone", "UTC");
        // Above 200,000 tokens claude-sonnet-4-5 costs twice as much; two calls together are not one.
        home.drop("a.jsonl", call("a", "claude-opus-5", "\"tokens_input\":150000,\"estimated_cost_usd\":0.75"), call("b", "claude-opus-5", "\"tokens_input\":150000"),
                call("c", "claude-haiku-4-5", "\"tokens_input\":200001,\"estimated_cost_usd\":0.2"),
                call("d", "claude-haiku-4-5", "\"tokens_input\":1,\"usage\":{\"speed\":\"fast\"}"));
        home.drain();
    }

    private static String call(String id, String model, String rest) {
        return "{\"type\":\"api_call\",\"timestamp\":\"2026-10-05T10:00:00Z\",\"worker_id\":\"w\",\"task_id\":\"t-" + id + "\",\"id\":\"" + id + "\",\"model\":\"" + model + "\"," + rest + "}";
    }

    @Test
    void eachCallIsPricedByItselfAndWhatCannotBeIsMarkedAndSaid() {
        JsonNode cost = reader.json("cost", "--as-if", "claude-sonnet-4-5[1m]");

        assertThat(cost.get("cost").toString()).isEqualTo("{\"calls\":4,\"cost_usd\":0.95,\"cost_usd_micros\":950000,\"cost_usd_is_partial\":true,\"as_if_usd\":2.100006,"
                + "\"as_if_usd_micros\":2100006,\"as_if_usd_is_partial\":true,\"calls_without_cost\":2,\"as_if_calls_without_cost\":1,\"tokens_total\":500002}");
        assertThat(cost.get("as_if_without_price").toString()).isEqualTo("[{\"model\":\"claude-haiku-4-5\",\"calls\":1,\"tokens_total\":1,\"why\":\"no price for"
                + " claude-sonnet-4-5 with fast\"}]");
        assertThat(reader.ask("cost", "--as-if", "claude-sonnet-4-5", "--by", "model").out()).contains("claude-opus-5         2  ≥ $0.7500    $0.90",
                "claude-haiku-4-5      2  ≥ $0.2000  ≥ $1.20", "1 call has none: no price for claude-sonnet-4-5 with fast.");
    }

    @Test
    void theOptionsOfCostChooseTheCallsAndOthersAreRefused() {
        assertThat(reader.json("cost", "--as-if", "claude-opus-5", "--task", "t-c", "--since", "2026-10-05").get("cost").get("as_if_usd").decimalValue()).isEqualByComparingTo("1.000005");
        assertThat(reader.ask("cost", "--as-if", "claude-opus-5", "--today").code()).isEqualTo(1);
        assertThat(reader.ask("cost", "--as-if", "claude-opus-50").err()).contains("there is no price for the model claude-opus-50");
        assertThat(reader.ask("cost", "--as-if", "claude-opus-5", "--by", "task").err()).contains("by model only, not by task");
    }
}
