package dev.tac8.command;

import static dev.tac8.command.AgentRuns.used;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sum of calls says what it lacks by what agents say of their own runs. */
class CostRestTest {
    @TempDir
    private static Path dir;
    private static Reader reader;

    /** Of the run of w-1 half a dollar is in no call; so is all that another says; of that of w-2 nothing is, and w-3 is no agent that says anything. */
    @BeforeAll
    static void runs() throws Exception {
        new AgentRuns(dir).worker("w-1", "gh-1").worker("w-2", "gh-2")
                .call("a", "s-1", "w-1", "2026-10-05T23:00:00.000Z", "claude-opus-5", 100_000, 0, ",'estimated_cost_usd':0.5")
                .total("s-1", "2026-10-06T00:30:00.000Z", "1.0", used("claude-opus-5", 100_000, 0, "0.5") + "," + used("claude-haiku-4-5-20251001", 500_000, 0, "0.5"))
                .call("b", "s-2", "w-2", "2026-10-06T10:00:00.000Z", "claude-opus-5", 200_000, 0, ",'estimated_cost_usd':1.0")
                .total("s-2", "2026-10-06T10:30:00.000Z", "1.0", used("claude-opus-5[1m]", 200_000, 0, "1.0"))
                .total("s-3", "2026-10-07T10:00:00.000Z", "0.25", used("claude-opus-5", 50_000, 0, "0.25"))
                .line("{'type':'api_call','timestamp':'2026-10-06T09:00:00.000Z','worker_id':'w-3','task_id':'gh-3','model':'m','estimated_cost_usd':4}").store();
        reader = new Reader(dir, "--zone", "UTC");
    }

    @Test
    void theSumIsMarkedAndWhatItLacksIsSaid() {
        JsonNode all = reader.json("cost");

        assertThat(all.at("/cost/rest_usd_micros").asInt()).isEqualTo(750_000);
        assertThat(all.at("/cost/cost_usd_micros").asInt()).isEqualTo(5_500_000);
        assertThat(all.at("/cost/cost_usd_is_partial").asBoolean()).isTrue();
        assertThat(all.path("rest")).hasToString("[{\"agent\":\"claude\",\"agent_session\":\"s-1\",\"worker_id\":\"w-1\",\"task_id\":\"gh-1\",\"session_id\":\"run-1\","
                + "\"said_at\":\"2026-10-06T00:30:00.000Z\",\"model\":\"claude-haiku-4-5-20251001\",\"tokens_input\":500000,\"tokens_output\":0,\"cache_read_tokens\":0,"
                + "\"cache_write_tokens\":0,\"web_searches\":0,\"cost_usd\":0.5,\"cost_usd_micros\":500000},{\"agent\":\"claude\",\"agent_session\":\"s-3\","
                + "\"worker_id\":\"(claude s-3)\",\"task_id\":null,\"session_id\":null,\"said_at\":\"2026-10-07T10:00:00.000Z\",\"model\":\"claude-opus-5\",\"tokens_input\":50000,"
                + "\"tokens_output\":0,\"cache_read_tokens\":0,\"cache_write_tokens\":0,\"web_searches\":0,\"cost_usd\":0.25,\"cost_usd_micros\":250000}]");
        assertThat(reader.ask("cost").out()).contains("≥ $5.50").containsPattern("rest +\\$0.7500")
                .contains("$0.7500 is in no call, by what agents say of their own runs, and not in the sums: ./tac8 cost --reconcile says of which.");
    }

    @Test
    void itStandsBesideTheRowWhoseItIs() {
        assertThat(reader.ask("cost", "--by", "worker").out()).containsPattern("w-3 .* {2}\\$4.00").containsPattern("w-2 .* {2}\\$1.00")
                .containsPattern("w-1 .*≥ \\$0.50 +\\$0.5000").containsPattern("\\(claude s-3\\) .*unknown +\\$0.2500");
        assertThat(reader.ask("cost", "--by", "task").out()).containsPattern("gh-1 .*≥ \\$0.50 +\\$0.5000").containsPattern("gh-2 .* {2}\\$1.00");
        assertThat(reader.ask("cost", "--by", "model").out()).containsPattern("claude-opus-5 +2 +≥ \\$1.50 +\\$0.2500").containsPattern("claude-haiku-4-5-20251001 +0 +unknown +\\$0.5000");
        // A run counts when its agent has said last what it has used.
        assertThat(reader.ask("cost", "--by", "day").out()).containsPattern("2026-10-05 +1 +\\$0.50 ").containsPattern("2026-10-06 +2 +≥ \\$5.00 +\\$0.5000");
        assertThat(reader.ask("cost", "--by", "outcome").out()).contains("$0.7500 is in no call");
    }

    @Test
    void onlyWhatTheQuestionIsAboutCounts() {
        assertThat(rest("--task", "gh-1")).isEqualTo(500_000);
        assertThat(rest("--worker", "w-1")).isEqualTo(500_000);
        assertThat(rest("--session", "run-1")).isEqualTo(500_000);
        assertThat(rest("--worker", "w-2")).isZero();
        assertThat(rest("--worker", "w-3")).isZero();
        assertThat(rest("--model", "claude-opus-5")).isEqualTo(250_000);
        assertThat(rest("--until", "2026-10-05")).isZero();
        assertThat(rest("--since", "2026-10-06", "--until", "2026-10-06")).isEqualTo(500_000);
        Reader.Answered none = reader.ask("cost", "--since", "2026-10-07");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).startsWith("There is no API call in that time. $0.2500 is in no call");
    }

    @Test
    void manyRunsAreLookedAt(@TempDir Path other) throws Exception {
        AgentRuns runs = new AgentRuns(other).worker("w-1", "gh-1").call("a", "many-7", "w-1", "2026-10-05T23:00:00.000Z", "claude-opus-5", 20_000, 0, ",'estimated_cost_usd':0.1");
        for (int run = 0; run < 1200; run++) {
            runs.total("many-" + run, "2026-10-06T10:00:00.000Z", "0.25", used("claude-opus-5", 50_000, 0, "0.25"));
        }
        runs.store();

        JsonNode all = new Reader(other, "--zone", "UTC").json("cost");

        assertThat(all.at("/cost/rest_usd").decimalValue()).isEqualByComparingTo("299.9");
        assertThat(all.path("rest")).hasSize(1200);
    }

    @Test
    void ofAnAbsurdNumberOfRunsTheSumIsMarkedAndThatIsSaid(@TempDir Path other) throws Exception {
        new AgentRuns(other).worker("w-1", "gh-1").call("a", "s-1", "w-1", "2026-10-05T23:00:00.000Z", "claude-opus-5", 100_000, 0, ",'estimated_cost_usd':0.5").store();
        try (Connection connection = Reader.connect(other.resolve("var/external/logs.db")); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO events (session_id, timestamp, event_type, message, details, record_id) SELECT 'unknown', '2026-10-06T10:00:00.000Z', 'agent_total', 'm',"
                    + " json_object('agent_session', 's' || value), 'e' || value FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value <= 100000)"
                    + " SELECT value FROM n)");
        }
        Reader many = new Reader(other, "--zone", "UTC");

        assertThat(many.ask("cost").out()).contains("≥ $0.50", "of their own 100,001 runs beyond these calls was not looked at").doesNotContain("rest is unknown");
        assertThat(many.ask("cost", "--by", "task").out()).containsPattern("gh-1 .*≥ \\$0.50");
        assertThat(many.json("cost").at("/cost/cost_usd_is_partial").asBoolean()).isTrue();
        assertThat(many.json("cost").at("/cost/rest_is_unknown").asInt()).isEqualTo(1);
    }

    /** What each run has printed is known by itself; asked for the day of the last one, the calls of the first count, too. */
    @Test
    void aRunThatGoesOnDaysLaterCountsAsAWhole(@TempDir Path other) throws Exception {
        AgentRuns runs = new AgentRuns(other);
        for (String day : new String[] {"05", "08"}) {
            runs.call("c" + day, "s-1", "w-1", "2026-10-" + day + "T10:00:00.000Z", "claude-opus-5", 100_000, 0, ",'estimated_cost_usd':0.5")
                    .line("{'type':'event','id':'claude:total:s-1:%s','timestamp':'2026-10-%sT11:00:00.000Z','session_id':'unknown','event_type':'agent_total','message':'said','details':"
                            + "{'agent':'claude','agent_session':'s-1','cost_usd':0.6,'how':'since the last result','models':{%s},'order':1,'since':'2026-10-%sT10:00:00.000Z','until':''}}",
                            day, day, used("claude-opus-5", 120_000, 0, "0.6"), day);
        }
        runs.store();
        Reader later = new Reader(other, "--zone", "UTC");

        assertThat(later.json("cost", "--since", "2026-10-08").at("/cost/rest_usd").decimalValue()).isEqualByComparingTo("0.2");
        assertThat(later.json("cost").at("/cost/rest_usd").decimalValue()).isEqualByComparingTo("0.2");
    }

    /** A sub-agent's file may end after its parent's last line that has a time; what the session does another day is of another total. */
    @Test
    void aTotalCoversCallsThatComeSoonBehindIt(@TempDir Path other) throws Exception {
        new AgentRuns(other).call("a", "s-1", "w-1", "2026-10-05T10:00:00.000Z", "claude-opus-5", 100_000, 0, ",'estimated_cost_usd':0.5")
                .total("s-1", "2026-10-05T11:00:00.000Z", "1.5", used("claude-opus-5", 300_000, 0, "1.5"))
                .call("b", "s-1", "w-1", "2026-10-05T11:30:00.000Z", "claude-opus-5", 100_000, 0, ",'estimated_cost_usd':0.5")
                .call("c", "s-1", "w-1", "2026-10-07T11:30:00.000Z", "claude-opus-5", 100_000, 0, ",'estimated_cost_usd':0.5").store();

        assertThat(new Reader(other, "--zone", "UTC").json("cost").at("/cost/rest_usd").decimalValue()).isEqualByComparingTo("0.5");
    }

    @Test
    void whatNobodyKnowsThePriceOfIsNotNothing(@TempDir Path other) throws Exception {
        AgentRuns runs = new AgentRuns(other).worker("w-1", "gh-1").worker("w-2", "gh-2").worker("w-3", "gh-3");
        for (String worker : new String[] {"w-1", "w-2", "w-3"}) {
            runs.call(worker, "s-" + worker, worker, "2026-10-05T10:00:00.000Z", "claude-opus-5", 1, 0, ",'estimated_cost_usd':0.5");
        }
        String known = used("claude-opus-5", 100_001, 0, "1.0");
        String unknown = used("no-such-model", 5, 5, "null");
        runs.total("s-w-1", "2026-10-05T11:00:00.000Z", "1.0", known).total("s-w-2", "2026-10-05T11:00:00.000Z", "1.0", known + "," + unknown)
                .total("s-w-3", "2026-10-05T11:00:00.000Z", "null", unknown).store();
        Reader some = new Reader(other, "--zone", "UTC");

        assertThat(some.ask("cost", "--by", "worker").out()).containsPattern("w-1 .* {2}\\$0.5000").containsPattern("w-2 .* ≥ \\$0.5000 +0").containsPattern("w-3 .* unknown +0");
        JsonNode rows = some.json("cost", "--by", "worker").path("cost");
        assertThat(rows).allSatisfy(row -> assertThat(row.path("rest_usd").toString() + row.path("rest_usd_micros") + row.path("rest_without_price") + row.path("cost_usd_is_partial"))
                .isEqualTo(switch (row.path("worker_id").asText()) {
                    case "w-1" -> "0.55000000true";
                    case "w-2" -> "0.55000001true";
                    default -> "nullnull1true";
                }));
        assertThat(some.ask("cost").out()).containsPattern("rest +≥ \\$1.00").contains("$1.00, and more that nobody knows the price of, is in no call");
        assertThat(some.ask("cost", "--csv").out()).contains("cost_usd,rest_usd,", ",rest_without_price\r\n1.5,1.0,");
        assertThat(some.ask("cost", "--worker", "w-3").out()).containsPattern("rest +unknown");
    }

    /** Above 100,000 tokens a request of this model costs five times as much, and a total does not say how many requests it is of. */
    @Test
    void whatCostsMoreInALargeRequestIsUnknownWhereNobodySaysHowLargeTheyWere(@TempDir Path other) throws Exception {
        AgentRuns runs = new AgentRuns(other).worker("w-1", "gh-1").worker("w-2", "gh-2");
        for (String worker : new String[] {"w-1", "w-2"}) {
            runs.call(worker, "s-" + worker, worker, "2026-10-05T10:00:00.000Z", "claude-opus-5", 1, 0, ",'estimated_cost_usd':0.5");
        }
        runs.total("s-w-1", "2026-10-05T11:00:00.000Z", "null", used("claude-haiku-5-5", 100_001, 0, "null"))
                .total("s-w-2", "2026-10-05T11:00:00.000Z", "null", used("claude-haiku-5-5", 100_002, 0, "null")).store();

        assertThat(new Reader(other, "--zone", "UTC").ask("cost", "--by", "worker").out()).containsPattern("w-1 .* {2}\\$0.0100").containsPattern("w-2 .* unknown +0");
    }

    private static int rest(String... options) {
        String[] line = new String[options.length + 1];
        line[0] = "cost";
        System.arraycopy(options, 0, line, 1, options.length);
        return reader.json(line).at("/cost/rest_usd_micros").asInt();
    }
}
