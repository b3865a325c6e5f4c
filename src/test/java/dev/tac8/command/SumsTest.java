package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import dev.tac8.fault.Corpus;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums are numbers, and exact, however many calls there are and however great what each says. */
class SumsTest {
    private static final long MOST = 9007199254740991L;
    private static final int MANY = 1030;
    /** More than SQLite's own sum holds. */
    private static final BigInteger SUM = BigInteger.valueOf(MOST).multiply(BigInteger.valueOf(MANY));

    private static final List<String> OF_CALLS = List.of("cost", "cost --by task", "cost --by model", "cost --by worker", "cost --by session", "cost --by day",
            "cost --by month", "cost --by outcome", "cost --task gh-1", "cost --worker w-1", "cost --session s-1", "tasks", "sessions", "task gh-1", "worker w-1",
            "why gh-1");

    @TempDir
    private Path dir;
    private Home home;
    private Path store;
    private Reader reader;

    @BeforeEach
    void makeStore() {
        home = new Home(dir);
        store = Reader.store(dir.resolve("var/external"));
        parents(store);
        reader = new Reader(dir, "--zone", "UTC");
    }

    private static void parents(Path store) {
        Reader.insert(store, "sessions", Map.of("session_id", "s-1", "started_at", "2026-11-22T09:00:00.000Z"));
        Reader.insert(store, "tasks", Map.of("task_id", "gh-1", "session_id", "s-1", "detected_at", "2026-11-22T09:00:00.000Z",
                "status", "completed", "pr_number", 7));
        Reader.insert(store, "workers", Map.of("worker_id", "w-1", "session_id", "s-1", "task_id", "gh-1",
                "spawned_at", "2026-11-22T09:00:00.000Z", "status", "completed"));
    }

    private static void calls(Path store, String name, int count, Long tokens, List<Double> costs) throws Exception {
        try (Connection connection = Reader.connect(store); PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO api_calls (worker_id, timestamp, model, tokens_input, tokens_total, estimated_cost_usd, record_id)"
                + " VALUES ('w-1', '2026-11-22T09:10:00.000Z', 'm', ?1, ?1, ?2, ?3)")) {
            connection.setAutoCommit(false);
            for (int i = 0; i < count; i++) {
                insert.setObject(1, tokens);
                insert.setObject(2, costs.isEmpty() ? null : costs.get(i % costs.size()));
                insert.setString(3, name + i);
                insert.executeUpdate();
            }
            connection.commit();
        }
    }

    @Test
    void tokensAreAddedUpBeyondSixtyFourBits() throws Exception {
        calls(store, "c", MANY, MOST, List.of(0.5));

        for (String question : List.of("cost", "cost --by task", "cost --by model", "cost --by worker", "cost --by session", "cost --by day",
                "cost --by week", "cost --by month", "cost --by outcome", "task gh-1", "worker w-1")) {
            assertThat(reader.json(question.split(" ")).findValues("tokens_total")).as(question).isNotEmpty().allSatisfy(sum -> {
                assertThat(sum.isIntegralNumber()).isTrue();
                assertThat(sum.bigIntegerValue()).isEqualTo(SUM);
            });
            assertThat(reader.ask(question.split(" ")).out()).contains("9,277,415,232,383,220,730");
        }
        assertThat(reader.ask("cost", "--by", "task", "--csv").out()).contains("," + SUM + "\r\n");
    }

    @Test
    void tokensOfBothStoresAndTheArchiveAreAddedUpBeyondSixtyFourBits() throws Exception {
        Path local = Reader.store(dir.resolve("var/local"));
        Path archive = Reader.archive(dir, "2026-11");
        for (Path other : List.of(local, archive)) {
            parents(other);
        }
        calls(store, "c", 400, MOST, List.of());
        calls(local, "l", 400, MOST, List.of());
        calls(archive, "a", 230, MOST, List.of());

        for (List<String> question : List.of(List.of("cost"), List.of("cost", "--by", "outcome"), List.of("worker", "w-1"),
                List.of("sql", "SELECT sum(tokens_total) AS tokens_total FROM api_calls"))) {
            assertThat(reader.json(question.toArray(String[]::new)).findValues("tokens_total")).as("%s", question).isNotEmpty()
                    .allSatisfy(sum -> assertThat(sum.bigIntegerValue()).isEqualTo(SUM));
        }
    }

    @Test
    void everyQuestionAddsUpCallsThatHaveTheMostOfEachKind() throws Exception {
        int count = 205;
        greatest(store, "c", count);
        assertEachAddsUp(count);
        Path local = Reader.store(dir.resolve("var/local"));
        Path archive = Reader.archive(dir, "2026-11");
        for (Path other : List.of(local, archive)) {
            parents(other);
            greatest(other, other == local ? "l" : "a", count);
        }
        assertEachAddsUp(3 * count);
    }

    @Test
    void soDoesWhatPricesCallsOneByOne() throws Exception {
        int count = 410;
        greatest(store, "c", count);
        try (Connection connection = Reader.connect(store); Statement statement = connection.createStatement()) {
            statement.execute("UPDATE api_calls SET model = 'without-a-price', estimated_cost_usd = NULL, cost_source = NULL");
        }
        BigInteger tokens = BigInteger.valueOf(5 * MOST).multiply(BigInteger.valueOf(count));

        Reader anyZone = new Reader(dir);
        for (List<String> question : List.of(List.of("cost", "--as-if", "claude-opus-5"), List.of("prices", "check"))) {
            assertThat(anyZone.ask(question.toArray(String[]::new)).out()).as("%s", question).contains(String.format(Locale.ROOT, "%,d", tokens));
        }
    }

    /** Of each witness: calls, telemetry, another tool, and the agent itself. */
    @Test
    void soDoesWhatSetsFiguresSideBySide() throws Exception {
        calls(store, "c", MANY, MOST, List.of());
        try (Connection connection = Reader.connect(store); Statement statement = connection.createStatement()) {
            statement.execute("UPDATE api_calls SET model = 'claude-opus-5', usage = '{\"agent\":\"claude\",\"agent_session\":\"a\"}'");
        }
        String point = "{\"asInt\":\"" + MOST + "\",\"timeUnixNano\":\"1795338600000000000\",\"attributes\":[{\"key\":\"session.id\",\"value\":{\"stringValue\":\"a\"}},"
                + "{\"key\":\"model\",\"value\":{\"stringValue\":\"claude-opus-5\"}},{\"key\":\"type\",\"value\":{\"stringValue\":\"input\"}}]}";
        Path otel = Files.writeString(dir.resolve("otel.jsonl"), "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"claude_code.token.usage\",\"sum\":"
                + "{\"aggregationTemporality\":1,\"dataPoints\":[" + String.join(",", Collections.nCopies(MANY, point)) + "]}}]}]}]}\n");
        Path peer = Files.writeString(dir.resolve("peer.json"), "{\"session\":[{\"period\":\"a\",\"modelBreakdowns\":[" + String.join(",", Collections.nCopies(2 * MANY,
                "{\"modelName\":\"claude-opus-5\",\"inputTokens\":" + MOST + ",\"cost\":1}")) + "]}]}");
        // Five dollars a million.
        BigDecimal dollars = new BigDecimal(SUM).multiply(new BigDecimal("0.000005"));

        JsonNode told = reader.json(0, "cost", "--reconcile", "--otel", otel.toString()).at("/reconcile/0");
        assertThat(told.path("priced_usd").decimalValue()).isEqualByComparingTo(dollars);
        assertThat(told.path("telemetry_usd").decimalValue()).isEqualByComparingTo(dollars);
        assertThat(reader.json(1, "cost", "--reconcile", "--against", peer.toString()).at("/against/0/why").asText()).startsWith("copies: 9,277,415,232,383,220,730 tokens more there");

        new AgentRuns(dir).total("a", "2026-11-22T10:00:00.000Z", "2", AgentRuns.used("claude-opus-5", 1_000_000, 1_000_000, "2")).store();
        JsonNode rest = reader.json("cost").at("/rest/0");
        assertThat(rest.path("tokens_input").isIntegralNumber()).isTrue();
        assertThat(rest.path("tokens_input").intValue()).isZero();
        assertThat(rest.path("tokens_output").intValue()).isEqualTo(1_000_000);
    }

    @Test
    @Tag("process")
    void topAddsUpAsFar() throws Exception {
        greatest(store, "c", 205);
        try (Connection connection = Reader.connect(store); Statement statement = connection.createStatement()) {
            statement.execute("UPDATE api_calls SET timestamp = strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), estimated_cost_usd = iif(call_id < 3, 1e308, 0)");
        }

        assertThat(home.run("top", "--once", "--every", "1").output()).contains("today       $2E+308, 205 calls, 9,232,379,236,109,515,775 tokens\n");
    }

    private static void greatest(Path store, String name, int count) throws Exception {
        calls(store, name, count, 5 * MOST, List.of(0.5));
        try (Connection connection = Reader.connect(store); Statement statement = connection.createStatement()) {
            statement.execute("UPDATE api_calls SET tokens_input = " + MOST + ", tokens_output = " + MOST + ", cache_read_tokens = " + MOST
                    + ", cache_write_5m_tokens = " + MOST + ", cache_write_1h_tokens = " + MOST);
        }
    }

    private void assertEachAddsUp(int count) {
        BigInteger total = BigInteger.valueOf(5 * MOST).multiply(BigInteger.valueOf(count));
        for (String question : OF_CALLS) {
            Reader.Answered answered = reader.ask((question + " --json").split(" "));
            assertThat(answered.err()).as(question).isEmpty();
            assertThat(answered.code()).as(question).isZero();
            assertThat(answered.json().findValues("tokens_total")).as(question).allSatisfy(sum -> assertThat(sum.bigIntegerValue()).isEqualTo(total));
        }
        JsonNode cost = reader.json("cost").get("cost");
        for (String kind : List.of("tokens_input", "tokens_output", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")) {
            assertThat(cost.get(kind).bigIntegerValue()).as(kind).isEqualTo(BigInteger.valueOf(MOST).multiply(BigInteger.valueOf(count)));
        }
    }

    @Test
    void aFreeQuestionAddsUpAsFar() throws Exception {
        calls(store, "c", MANY, MOST, List.of(0.5));

        JsonNode rows = reader.json("sql", "SELECT sum(tokens_total) AS all_of_them, sum(DISTINCT tokens_total) AS one, sum(NULL) AS none,"
                + " sum(tokens_total) FILTER (WHERE tokens_total < 5) AS too_few, sum(success) AS unset, total(tokens_total) AS rough,"
                + " '9277415232383220731' AS text FROM api_calls").get("rows");

        assertThat(rows.toString()).isEqualTo("[{\"all_of_them\":" + SUM + ",\"one\":9007199254740991,\"none\":null,\"too_few\":null,"
                + "\"unset\":null,\"rough\":9.27741523238322E+18,\"text\":\"9277415232383220731\"}]");
        JsonNode running = reader.json("sql", "SELECT sum(tokens_total) OVER (ORDER BY call_id ROWS 1029 PRECEDING) AS s FROM api_calls"
                + " ORDER BY call_id DESC LIMIT 1");
        assertThat(running.get("rows").get(0).get("s").bigIntegerValue()).isEqualTo(SUM);
    }

    @Test
    void costsThatNoDoubleHoldsTheSumOfAreStillANumber() throws Exception {
        calls(store, "c", 2, null, List.of(1e308));

        for (String question : List.of("cost", "cost --by task", "cost --by model", "task gh-1", "worker w-1", "why gh-1", "tasks",
                "sessions")) {
            Reader.Answered answered = reader.ask((question + " --json").split(" "));
            assertThat(answered.out()).doesNotContainIgnoringCase("Infinity").doesNotContain("\"2E");
            assertThat(answered.json().findValues("cost_usd")).isNotEmpty().allSatisfy(sum ->
                    assertThat(sum.isNull() ? null : sum.decimalValue()).isIn(null, new BigDecimal("2E+308")));
            assertThat(reader.ask(question.split(" ")).out()).contains("$2E+308").doesNotContain("Infinity");
        }
    }

    @Test
    void theDearestIsFirstAlsoBeyondWhatADoubleHolds() throws Exception {
        Reader.insert(store, "workers", Map.of("worker_id", "w-2", "session_id", "s-1", "task_id", "gh-1", "spawned_at", "2026-11-22T09:00:00.000Z",
                "status", "spawned"));
        calls(store, "c", 9, null, List.of(1e308));
        try (Connection connection = Reader.connect(store); PreparedStatement call = connection.prepareStatement("INSERT INTO api_calls (record_id,"
                + " worker_id, timestamp, model, estimated_cost_usd) VALUES (?, 'w-2', '2026-11-22T09:00:00.000Z', 'm', 1e308)")) {
            for (int i = 0; i < 10; i++) {
                call.setString(1, "d" + i);
                call.execute();
            }
        }

        assertThat(reader.json("cost", "--by", "worker").get("cost").findValuesAsText("worker_id")).containsExactly("w-2", "w-1");
    }

    @ParameterizedTest
    @CsvSource({"9e999, false", "-9e999, false", "9e999, true"})
    void aCostThatAnotherProgramStoredAndIsNotFiniteIsNone(String infinite, boolean also) throws Exception {
        calls(store, "c", 2, 10L, List.of(0.5));
        Path other = also ? Reader.archive(dir, "2026-11") : store;
        if (also) {
            parents(other);
            calls(other, "a", 1, 10L, List.of(0.25));
        }
        try (Connection connection = Reader.connect(other); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO api_calls (worker_id, timestamp, model, estimated_cost_usd, record_id)"
                    + " VALUES ('w-1', '2026-11-22T09:10:00.000Z', 'm', " + infinite + ", 'infinite')");
        }

        for (String question : OF_CALLS) {
            Reader.Answered answered = reader.ask((question + " --json").split(" "));
            assertThat(answered.out()).as(question).doesNotContain("9.0e+999");
            assertThat(answered.json().findValues("calls_without_cost")).as(question).anySatisfy(calls -> assertThat(calls.intValue()).isEqualTo(1));
            assertThat(answered.json().findValues("cost_usd")).as(question).isNotEmpty().allSatisfy(cost ->
                    assertThat(cost.doubleValue()).isIn(0.0, also ? 1.25 : 1.0));
            assertThat(reader.ask(question.split(" ")).out() + reader.ask((question + " --csv").split(" ")).out()).as(question).doesNotContain("Infinity");
        }
        Path peer = Files.writeString(dir.resolve("peer.json"), "{\"daily\":[]}");
        for (String question : List.of("recost --dry-run", "prices check", "cost --as-if claude-opus-5", "cost --audit", "cost --reconcile",
                "cost --reconcile --against " + peer)) {
            Reader.Answered answered = new Reader(dir).ask(question.split(" "));
            assertThat(answered.out() + answered.err()).as(question).doesNotContain("Infinity", "NumberFormat");
            assertThat(answered.code()).as("%s", answered).isLessThan(2);
        }
        assertThat(reader.ask("sql", "SELECT max(abs(estimated_cost_usd)) AS most_usd FROM api_calls", "--json").out()).contains("9.0e+999");
    }

    @Test
    void whatIsInfiniteInAFreeQuestionIsANumberInJson() {
        assertThat(reader.ask("sql", "SELECT 9e999 AS a, -9e999 AS b", "--json").out()).contains("\"a\" : 9.0e+999", "\"b\" : -9.0e+999");
    }

    @Test
    void moneyIsTheSumOfTheDecimalsThatWereGivenToFifteenDigits() throws Exception {
        calls(store, "c", 2, null, List.of(0.1, 0.2));
        assertThat(reader.ask("cost", "--json").out()).contains("\"cost_usd\" : 0.3,");
        Random random = Corpus.random(SumsTest.class);
        for (int round = 0; round < 5; round++) {
            List<Double> costs = new ArrayList<>();
            BigDecimal sum = new BigDecimal("0.3");
            for (int i = 0; i < 500; i++) {
                BigDecimal cost = BigDecimal.valueOf(random.nextInt(10_000_000), 2 + random.nextInt(5));
                costs.add(cost.doubleValue());
                sum = sum.add(cost);
            }
            try (Connection connection = Reader.connect(store); Statement statement = connection.createStatement()) {
                statement.execute("DELETE FROM api_calls WHERE record_id LIKE 'r%'");
            }
            calls(store, "r", costs.size(), null, costs);

            for (JsonNode row : reader.json("cost", "--by", "outcome").get("cost")) {
                assertThat(row.get("cost_usd").decimalValue()).isEqualByComparingTo(sum);
            }
        }
    }
}
