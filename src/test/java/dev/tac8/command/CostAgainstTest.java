package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another tool's figures stand beside list prices, and what differs has its reason. */
class CostAgainstTest {
    @TempDir
    private static Path dir;
    private static Reader reader;

    @BeforeAll
    static void calls() throws Exception {
        AgentRuns runs = new AgentRuns(dir);
        String[] models = {"claude-opus-5", "claude-sonnet-5", "claude-haiku-4-5-20251001", "claude-sonnet-4-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6"};
        for (String model : models) {
            runs.call(model, "s-1", "w-1", "2026-10-05T23:30:00.000Z", model, 400_000, 10_000, model.equals("claude-opus-4-7") ? ",'cache_write_1h_tokens':100000" : "");
        }
        runs.call("own", "s-1", "w-1", "2026-10-06T10:00:00.000Z", "claude-opus-5", 400_000, 0, "").store();
        reader = new Reader(dir, "--zone", "UTC");
    }

    private static String model(String name, long input, long output, long write, String cost) {
        return "{\"modelName\":\"" + name + "\",\"inputTokens\":" + input + ",\"outputTokens\":" + output + ",\"cacheCreationTokens\":" + write
                + ",\"cacheReadTokens\":0,\"cost\":" + cost + "}";
    }

    private static Path said(String name, String period, String... models) throws Exception {
        return Files.writeString(dir.resolve(name + ".json"), "{\"" + name + "\":[{\"agent\":\"all\",\"period\":\"" + period + "\",\"modelBreakdowns\":[" + String.join(",", models)
                + "],\"totalCost\":1}],\"totals\":{}}");
    }

    private static Map<String, String> why(JsonNode answer) {
        Map<String, String> why = new TreeMap<>();
        answer.path("against").forEach(row -> why.put(row.path("day").asText() + " " + row.path("model").asText(), row.path("why").asText().replaceFirst(":.*", "")));
        return why;
    }

    @Test
    void whatDiffersHasItsReason() throws Exception {
        Path file = said("daily", "2026-10-05", model("claude-opus-5", 400_000, 10_000, 0, "2.25"), model("claude-sonnet-5", 800_000, 20_000, 0, "1.8"),
                model("claude-haiku-4-5", 400_000, 10, 0, "0.40005"), model("claude-sonnet-4-5", 400_000, 10_000, 0, "1.95"), model("claude-opus-4-8", 400_000, 10_000, 0, "0"),
                model("claude-opus-4-7", 400_000, 10_000, 100_000, "2.875"), model("claude-opus-4-6", 100_000, 1_000, 0, "0.5"), model("gpt-5", 10, 10, 0, "9"));

        JsonNode answer = reader.json(1, "cost", "--reconcile", "--against", file.toString());

        assertThat(why(answer)).containsExactlyInAnyOrderEntriesOf(new TreeMap<>(Map.of("2026-10-05 claude-opus-5", "null", "2026-10-05 claude-sonnet-5", "copies",
                "2026-10-05 claude-haiku-4-5", "placeholders", "2026-10-05 claude-sonnet-4-5", "price", "2026-10-05 claude-opus-4-8", "unknown model",
                "2026-10-05 claude-opus-4-7", "price", "2026-10-05 claude-opus-4-6", "calls missing there", "2026-10-05 gpt-5", "calls missing", "2026-10-06 claude-opus-5", "not there")));
        assertThat(answer.path("against").toString()).contains("calls above 200,000 tokens cost more", "an hour cost as those for five minutes there");
        assertThat(reader.ask("cost", "--reconcile", "--against", file.toString(), "--model", "claude-opus-5", "--until", "2026-10-05").code()).isZero();
    }

    @Test
    void sessionsAreComparedToo() throws Exception {
        Path file = said("session", "s-1", model("claude-opus-5", 800_000, 10_000, 0, "4.25"));

        assertThat(reader.json(0, "cost", "--reconcile", "--model", "claude-opus-5", "--against", file.toString()).at("/against/0/agent_session").asText()).isEqualTo("s-1");
    }

    @Test
    void aCostThatIsNotFiniteIsNone() throws Exception {
        Path file = said("session", "s-1", model("claude-opus-5", 800_000, 10_000, 0, "1e400"), model("claude-sonnet-5", 1, 1, 0, "-1e400"));
        Files.writeString(file, Files.readString(file).replace("800000", "9".repeat(900)).replace("\"inputTokens\":1,", "\"inputTokens\":-1e400,"));

        Reader.Answered answer = reader.ask("cost", "--reconcile", "--against", file.toString(), "--model", "claude-opus-5");
        assertThat(answer.out()).contains("no figure: a cost in session.json is no number").doesNotContain("Infinity");
        assertThat(answer.err()).isEmpty();
        JsonNode row = reader.json(1, "cost", "--reconcile", "--against", file.toString(), "--model", "claude-opus-5").at("/against/0");
        assertThat(row.path("there_usd").isNull()).isTrue();
        assertThat(row.path("priced_usd").decimalValue()).isEqualByComparingTo("4.25");
        Files.writeString(file, Files.readString(file).replace("-1e400", "NaN"));
        assertThat(reader.ask("cost", "--reconcile", "--against", file.toString()).err()).contains("session.json, line 1: this is no JSON");
    }

    @Test
    void anotherFileIsRefused() throws Exception {
        Path weekly = said("weekly", "2026-W41");
        Path torn = Files.writeString(dir.resolve("torn.json"), "{\n\"daily\":");

        assertThat(reader.ask("cost", "--reconcile", "--against", weekly.toString())).satisfies(answer -> assertThat(answer.err()).contains("weekly.json has neither daily nor session"))
                .satisfies(answer -> assertThat(answer.code()).isEqualTo(2));
        assertThat(reader.ask("cost", "--reconcile", "--against", torn.toString()).err()).contains("torn.json, line 2: this is no JSON");
        assertThat(reader.ask("cost", "--reconcile", "--against", "none.json").err()).contains("none.json").doesNotContain("Exception");
        assertThat(reader.ask("cost", "--against", "none.json").err()).contains("--against goes with --reconcile");
    }
}
