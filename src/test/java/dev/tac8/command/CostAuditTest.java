package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sum is explained down to records, files and lines. */
class CostAuditTest {
    @TempDir
    private static Path dir;
    private static Reader reader;

    /** Four calls: one of two records, one without an id, one without a price, and one of which a dearer price was reported. */
    @BeforeAll
    static void calls() throws Exception {
        AgentRuns runs = new AgentRuns(dir).worker("w-1", "gh-1")
                .call("a", "s-1", "w-1", "2026-10-05T10:00:00.000Z", "claude-opus-5", 100_000, 10_000, ",'estimated_cost_usd':0.75,'price_version':'2026-11-01'")
                .line("{'type':'api_call','timestamp':'2026-10-05T10:00:00.000Z','worker_id':'w-1','model':'claude-opus-5','tokens_input':1000,'estimated_cost_usd':0.005}")
                .call("b", "s-1", "w-1", "2026-10-05T10:00:00.000Z", "claude-opus-50", 10, 0, "")
                .call("c", "s-1", "w-1", "2026-10-05T10:00:00.000Z", "claude-sonnet-4-5", 300_000, 0, ",'estimated_cost_usd':2.5").store();
        runs.again().call("a", "s-1", "w-1", "2026-10-05T10:00:00.000Z", "claude-opus-5", 100_000, 10_000, "").store();
        reader = new Reader(dir, "--zone", "UTC");
    }

    @Test
    void eachCallHasItsPriceItsArithmeticAndItsLines() throws Exception {
        JsonNode calls = reader.json("cost", "--audit").path("audit");

        assertThat(calls.findValuesAsText("cost_usd")).containsExactly("2.5", "0.75", "0.005", "null");
        assertThat(calls.findValuesAsText("list_usd")).containsExactly("1.8", "0.75", "0.005", "null");
        assertThat(calls.findValuesAsText("arithmetic")).containsExactly("300000 input x 6 / 1000000", "(100000 input x 5 + 10000 output x 25) / 1000000",
                "1000 input x 5 / 1000000", "null");
        assertThat(calls.get(0).path("price").asText()).matches("prices/book.csv, line \\d+");
        List<String> book = Files.readAllLines(dir.resolve("prices/book.csv"));
        assertThat(book.get(Integer.parseInt(calls.get(0).path("price").asText().replaceAll(".* ", "")) - 1)).contains("claude-sonnet-4-5", "200000");
        assertThat(calls.get(3).path("price").asText()).isEqualTo("no price for the model claude-opus-50");
        for (JsonNode call : calls) {
            for (String place : call.path("stands_in").asText().split("; ")) {
                String line = Files.readAllLines(Path.of(place.replaceFirst(", line \\d+$", ""))).get(Integer.parseInt(place.replaceAll(".* ", "")) - 1);
                assertThat(line).contains(call.path("record_id").asText().startsWith("claude:") ? call.path("record_id").asText() : "\"tokens_input\":1000");
            }
        }
        assertThat(Stream.of(calls.get(1).path("stands_in").asText().split("; "))).hasSize(2);
    }

    @Test
    void whatIsLeftOutIsSaid() {
        assertThat(reader.ask("cost", "--audit", "--limit", "2").out()).contains("$3.255 is the sum of 4 calls, of which 1 has no cost; these are the dearest 2, $3.25, and --limit shows more.");
        assertThat(reader.json("cost", "--audit", "--model", "claude-opus-50").path("audit")).hasSize(1);
        assertThat(reader.ask("cost", "--audit", "--today").code()).isEqualTo(1);
        assertThat(reader.ask("cost", "--audit", "--by", "task").err()).contains("--audit explains one sum");
        assertThat(reader.ask("cost", "--audit", "--reconcile").err()).contains("questions of their own");
    }
}
