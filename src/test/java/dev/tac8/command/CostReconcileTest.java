package dev.tac8.command;

import static dev.tac8.command.AgentRuns.used;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** List prices, agents and telemetry say what the same calls cost; what differs has its reason. */
class CostReconcileTest {
    @TempDir
    private static Path dir;
    private static Reader reader;

    @BeforeAll
    static void runs() throws Exception {
        AgentRuns runs = new AgentRuns(dir);
        // Each is a dollar of 200,000 tokens of input by list price, and something else by its agent.
        for (String session : new String[] {"same", "missing", "placeholders", "dearer", "free", "killed"}) {
            runs.call(session, session, "w-" + session, "2026-10-05T10:00:00.000Z", "claude-opus-5", 200_000, 0, "");
        }
        String opus = used("claude-opus-5", 200_000, 0, "1.0");
        runs.total("same", "2026-10-05T11:00:00.000Z", "1.0000000000000002", opus)
                .total("missing", "2026-10-05T11:00:00.000Z", "1.5", opus + "," + used("claude-haiku-4-5-20251001", 500_000, 0, "0.5"))
                .total("placeholders", "2026-10-05T11:00:00.000Z", "1.25", used("claude-opus-5", 200_000, 10_000, "1.25"))
                .total("dearer", "2026-10-05T11:00:00.000Z", "2", used("claude-opus-5", 200_000, 0, "2"))
                .total("free", "2026-10-05T11:00:00.000Z", "0", used("claude-opus-5", 200_000, 0, "0"))
                .total("killed", "2026-10-05T11:00:00.000Z", "0.4", used("claude-opus-5", 80_000, 0, "0.4"))
                .call("unknown", "unknown", "w-unknown", "2026-10-05T10:00:00.000Z", "claude-opus-50", 10, 0, "")
                .total("unknown", "2026-10-05T11:00:00.000Z", "0.04", used("claude-opus-50", 10, 0, "0.04"))
                .call("live", "live", "w-live", "2026-10-05T10:00:00.000Z", "claude-opus-5", 20_000, 0, ",'estimated_cost_usd':0.05")
                .call("nobody", "nobody", "w-nobody", "2026-10-05T10:00:00.000Z", "claude-opus-5", 20_000, 0, "").store();
        reader = new Reader(dir, "--zone", "UTC");
    }

    private static Map<String, String> why(JsonNode answer) {
        Map<String, String> why = new TreeMap<>();
        answer.path("reconcile").forEach(row -> why.put(row.path("worker_id").asText(), row.path("differs_usd").asText() + " " + row.path("why").asText()));
        return why;
    }

    @Test
    void whatDiffersHasItsReason() {
        assertThat(why(reader.json(1, "cost", "--reconcile"))).containsExactlyInAnyOrderEntriesOf(Map.of(
                "w-same", "2E-16 null",
                "w-missing", "0.5 calls missing: claude-haiku-4-5-20251001 has used more than its calls say, $0.5",
                "w-placeholders", "0.25 placeholders: 10,000 tokens that claude-opus-5 answered are not in its calls, $0.25",
                "w-dearer", "1 price: claude-opus-5 costs $2 by its agent, and $1 by list price, for the same tokens",
                "w-free", "1 subscription: the agent says that it cost nothing",
                "w-killed", "0.6 calls missing: its total lacks calls that are known, $0.6, as of a run that was killed, or two at once",
                "w-unknown", "0.04 unknown model: no price for the model claude-opus-50",
                "w-live", "0.05 price: calls of claude-opus-5 were reported with another cost than by list price"));
        assertThat(reader.ask("cost", "--reconcile").out()).contains("7 of 8 differ by more than $0.01.", "1 call is not among these");
    }

    @Test
    void itIsRightWithinTheTolerance() {
        assertThat(reader.ask("cost", "--reconcile", "--tolerance", "1").code()).isZero();
        // 1.0000000000000002 is a dollar in binary floating point.
        assertThat(reader.ask("cost", "--reconcile", "--worker", "w-same", "--tolerance", "0").code()).isZero();
        assertThat(reader.ask("cost", "--reconcile", "--worker", "w-dearer").code()).isEqualTo(1);
        assertThat(reader.ask("cost", "--reconcile", "--worker", "w-nobody").err()).startsWith("There is nothing to be compared");
        assertThat(reader.json(0, "cost", "--reconcile", "--by", "session", "--worker", "w-same").at("/reconcile/0/agent_session").asText()).isEqualTo("same");
        assertThat(reader.ask("cost", "--reconcile", "--by", "day").err()).contains("a row a worker or session, not a day");
        assertThat(reader.ask("cost", "--reconcile", "--tolerance", "-1").code()).isEqualTo(2);
    }

    @Test
    void telemetryIsTheThird() throws Exception {
        String metric = "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[]},\"scopeMetrics\":[{\"metrics\":[{\"name\":\"%s\",\"sum\":{\"aggregationTemporality\":%s,"
                + "\"dataPoints\":[%s]}}]}]}]}\n";
        String cost = "{\"asDouble\":%s,\"timeUnixNano\":\"1791194400000000000\",\"startTimeUnixNano\":\"1\",\"attributes\":[{\"key\":\"session.id\",\"value\":{\"stringValue\":\"%s\"}},"
                + "{\"key\":\"model\",\"value\":{\"stringValue\":\"claude-opus-5\"}}%s]}";
        String type = ",{\"key\":\"type\",\"value\":{\"stringValue\":\"%s\"}}";
        String log = "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"body\":{\"stringValue\":\"claude_code.api_request\"},\"attributes\":[{\"key\":\"session.id\",\"value\":"
                + "{\"stringValue\":\"live\"}},{\"key\":\"cost_usd_micros\",\"value\":{\"intValue\":\"50000\"}}]}]}]}]}\n";
        Path file = dir.resolve("telemetry.jsonl");
        Files.writeString(file, metric.formatted("claude_code.cost.usage", "1", cost.formatted("0.5", "same", "") + "," + cost.formatted("0.5", "same", ""))
                + metric.formatted("claude_code.cost.usage", "\"AGGREGATION_TEMPORALITY_CUMULATIVE\"", cost.formatted("0.4", "missing", "") + "," + cost.formatted("1.0", "missing", ""))
                // Both spellings, and no cost: a dollar of tokens written to the cache.
                + metric.formatted("claude_code.token.usage", "1", cost.formatted("80000", "nobody", type.formatted("cacheCreation")) + ","
                + cost.formatted("80000", "nobody", type.formatted("cache_creation")))
                + metric.formatted("gemini_cli.token.usage", "2", cost.formatted("300000", "alone", type.formatted("input")) + ","
                + cost.formatted("100000", "alone", type.formatted("cache")) + "," + cost.formatted("2000", "alone", type.formatted("thought")))
                + log + "{\"resourceMetrics\":[{\"resou");

        JsonNode answer = reader.json(1, "cost", "--reconcile", "--otel", file.toString());
        Map<String, String> said = new TreeMap<>();
        answer.path("reconcile").forEach(row -> said.put(row.path("worker_id").asText(), row.path("telemetry_usd").asText()));
        assertThat(said).containsEntry("w-same", "1").containsEntry("w-missing", "1").containsEntry("w-live", "0.05").containsEntry("w-nobody", "1")
                .containsEntry("(gemini alone)", "1.1").containsEntry("w-free", "null");
        assertThat(why(answer)).containsEntry("w-same", "2E-16 null").containsEntry("(gemini alone)", "null null");
        assertThat(why(answer).get("w-missing")).contains("telemetry has $0.5 less than the agent's totals");
        assertThat(why(answer).get("w-nobody")).contains("telemetry has $0.9 more than list price makes of the calls");
        assertThat(answer.path("remarks").toString()).contains("telemetry.jsonl, line 6 is not whole");
        assertThat(reader.ask("cost", "--otel", file.toString()).err()).contains("--otel goes with --reconcile");
        assertThat(reader.ask("cost", "--reconcile", "--otel", "none.jsonl").err()).contains("none.jsonl").doesNotContain("Exception");
    }

    /** An agent knows neither; where it names them of a call, they are why. */
    @Test
    void aTierAndABatchAreNamedWhereCallsSayThem(@TempDir Path other) throws Exception {
        new AgentRuns(other).call("t", "tier", "w-tier", "2026-10-05T10:00:00.000Z", "claude-sonnet-4-5-20250929", 250_000, 0, "")
                .total("tier", "2026-10-05T11:00:00.000Z", "0.75", used("claude-sonnet-4-5", 250_000, 0, "0.75"))
                .call("b", "batch", "w-batch", "2026-10-05T10:00:00.000Z", "claude-opus-5", 200_000, 0, ",'usage':{'agent':'claude','agent_session':'batch','batch':true,'geo':'us'}")
                .total("batch", "2026-10-05T11:00:00.000Z", "1.0", used("claude-opus-5", 200_000, 0, "1.0"))
                .call("l", "live", "w-live", "2026-10-05T10:00:00.000Z", "claude-opus-5", 200_000, 0, ",'estimated_cost_usd':1,'usage':{'agent_session':'live','batch':true}").store();

        assertThat(why(new Reader(other, "--zone", "UTC").json(1, "cost", "--reconcile"))).containsExactlyInAnyOrderEntriesOf(Map.of(
                "w-tier", "0.75 price: tier above 200,000 tokens: claude-sonnet-4-5 costs $0.75 by its agent, and $1.5 by list price, for the same tokens",
                "w-batch", "0.45 price: batch, us: claude-opus-5 costs $1 by its agent, and $0.55 by list price, for the same tokens",
                "w-live", "0.5 price: batch: calls of claude-opus-5 were reported with another cost than by list price"));
    }

    /** Also what no computer has the room to write out is passed over, and what is behind it counts. */
    @Test
    void whatIsNotFiniteInTelemetryIsNone() throws Exception {
        String cost = "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"claude_code.cost.usage\",\"sum\":{\"aggregationTemporality\":1,\"dataPoints\":[{\"asDouble\":%s,"
                + "\"attributes\":[{\"key\":\"session.id\",\"value\":{\"stringValue\":\"same\"}}]}]}}]}]}]}\n";
        Path file = dir.resolve("endless.jsonl");
        StringBuilder lines = new StringBuilder();
        for (String value : new String[] {"1e400", "-1e400", "\"Infinity\"", "\"NaN\"", "\"1e2147483647\"", "\"1e-2147483647\"", "\"" + "9".repeat(100_000) + "\"", "1.0"}) {
            lines.append(cost.formatted(value));
        }
        Files.writeString(file, lines + cost.formatted("NaN"));

        Reader.Answered answer = reader.ask("cost", "--reconcile", "--worker", "w-same", "--otel", file.toString());
        assertThat(answer.out()).contains("endless.jsonl, line 9 is not whole").doesNotContain("Infinity");
        assertThat(answer.code()).as("%s", answer).isZero();
        assertThat(reader.json("cost", "--reconcile", "--worker", "w-same", "--otel", file.toString()).at("/reconcile/0/telemetry_usd").decimalValue()).isEqualByComparingTo("1");
    }
}
