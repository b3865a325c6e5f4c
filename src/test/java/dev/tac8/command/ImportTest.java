package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import dev.tac8.history.Vector;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents' own files come into the stores: each call once, whatever is imported how often and in which order, and nothing of the files is changed. */
class ImportTest {
    private static final String ROWS = "SELECT record_id || ' ' || timestamp || ' ' || worker_id || ' ' || model || ' ' || ifnull(tokens_input, 'null') || ' ' ||"
            + " ifnull(tokens_output, 'null') || ' ' || ifnull(cache_read_tokens, 'null') || ' ' || ifnull(cache_write_5m_tokens, 'null') || ' ' ||"
            + " ifnull(cache_write_1h_tokens, 'null') || ' ' || ifnull(tokens_total, 'null') || ' ' || iif(estimated_cost_usd IS NULL, 'null', printf('%.9f', estimated_cost_usd)) || ' ' ||"
            + " ifnull(cost_source, 'null') || ' ' || success FROM api_calls WHERE record_id LIKE '%:%' ORDER BY timestamp, record_id";

    private static final String SESSION = "11111111-1111-4111-8111-111111111111";

    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;

    @BeforeEach
    void makeHome() throws Exception {
        home = new Home(dir.resolve("home"));
        Files.createDirectories(home.path("prices"));
        Files.copy(Vector.ALL.resolve("book.csv"), home.path("prices/book.csv"), StandardCopyOption.REPLACE_EXISTING);
        reader = new Reader(dir.resolve("home"), "-D", "tac8.http.port=0");
    }

    @AfterEach
    void close() {
        home.close();
    }

    @Test
    void allTrapsAtOnceAndAgainAndRebuiltGiveTheRowsThatAreRight() throws Exception {
        home.start();
        List<Vector> vectors = Vector.all().toList();
        Path agents = dir.resolve("agents");
        for (Vector vector : vectors) {
            vector.layApart(agents.resolve(vector.toString()));
        }
        dropLive(vectors);

        assertRight(vectors, reader.json("import", agents.toString()));
        assertRight(vectors, reader.json("import", "--again", agents.toString()));
        JsonNode third = reader.json("import", agents.toString());
        assertThat(third.at("/files/read").asInt()).isZero();
        assertThat(third.at("/files/unchanged").asInt()).isEqualTo(files(agents).size());

        home.stop();
        Reader.Answered checked = reader.ask("rebuild", "--check");
        assertThat(checked.code()).as("%s", checked).isZero();
    }

    @Test
    void fileByFileInTheOtherOrderGivesTheSame() throws Exception {
        home.start();
        List<Vector> vectors = Vector.all().toList();
        List<List<Path>> turns = new ArrayList<>();
        for (Vector vector : vectors) {
            List<Path> files = vector.layApart(dir.resolve("agents").resolve(vector.toString()));
            Collections.reverse(files);
            for (int turn = 0; turn < files.size(); turn++) {
                if (turn == turns.size()) {
                    turns.add(new ArrayList<>());
                }
                turns.get(turn).add(files.get(turn));
            }
        }
        for (List<Path> turn : turns) {
            assertThat(reader.ask(Stream.concat(Stream.of("import"), turn.stream().map(Path::toString)).toArray(String[]::new)).code()).isZero();
        }
        dropLive(vectors);
        home.awaitDrained();

        assertRight(vectors, reader.json("import", "--again", dir.resolve("agents").toString()));
    }

    /** A worker, as its coordinator logs it. */
    private void dropWorker(String worker, String logFile) {
        home.drop("workers.jsonl", List.of("{\"type\":\"worker\",\"timestamp\":\"2026-10-05T09:59:00Z\",\"session_id\":\"run-1\",\"worker_id\":\"" + worker
                + "\",\"task_id\":\"gh-1\",\"status\":\"spawned\",\"log_file\":\"" + logFile + "\"}"));
        home.awaitDrained();
    }

    private static String link(String worker) {
        return "{\"type\":\"event\",\"timestamp\":\"2026-10-05T09:59:00Z\",\"session_id\":\"run-1\",\"event_type\":\"agent_session\",\"message\":\"m\","
                + "\"context_type\":\"worker\",\"context_id\":\"" + worker + "\",\"details\":{\"agent\":\"claude\",\"agent_session\":\"" + SESSION + "\"}}";
    }

    private Path transcript() throws Exception {
        Path file = dir.resolve("agents/" + SESSION + ".jsonl");
        Files.createDirectories(file.getParent());
        return Files.copy(Vector.ALL.resolve("01-repeated-message-id/input.jsonl"), file);
    }

    @Test
    void aWorkerThatBecomesKnownLaterGetsTheCallsOfAFileThatHasNotChanged() throws Exception {
        home.start();
        String file = transcript().toString();
        assertThat(reader.ask("import", file).code()).isZero();
        assertThat(home.query("SELECT worker_id FROM api_calls")).containsExactly("(claude " + SESSION + ")");
        assertThat(reader.json("import", file).at("/files/read").asInt()).isZero();

        home.drop("link.jsonl", List.of(link("w-1")));
        home.awaitDrained();
        JsonNode said = reader.json("import", file);

        assertThat(said.at("/files/read").asInt()).isOne();
        assertThat(said.at("/calls/known").asInt()).isOne();
        assertThat(home.query("SELECT worker_id || ' ' || count(*) FROM api_calls GROUP BY worker_id")).containsExactly("w-1 1");
        assertThat(reader.json("import", file).at("/files/read").asInt()).isZero();
    }

    @Test
    void theFileThatAWorkersRecordNamesIsImportedOnScheduleAsThatWorkers() throws Exception {
        home.set("tac8.import.cron", "* * * * * ?").start();
        Path log = home.path("logs/gh-1.jsonl");
        Files.createDirectories(log.getParent());
        Files.copy(Vector.ALL.resolve("06-stream-hidden-second-model/input.jsonl"), log);
        dropWorker("w-2", "logs/gh-1.jsonl");

        await().atMost(Duration.ofSeconds(30)).until(() -> home.query("SELECT count(*) FROM api_calls").contains("1"));

        assertThat(home.query("SELECT worker_id || ' ' || record_id FROM api_calls")).containsExactly("w-2 claude:msg_06A");
        assertThat(home.query("SELECT context_id || ' ' || session_id || ' ' || (details ->> '$.agent_session') FROM events WHERE event_type = 'agent_session'"))
                .containsExactly("w-2 run-1 " + SESSION);
    }

    @Test
    void aSessionWhoseWorkerHasLoggedCallsWithoutIdsIsLeftOutAndThatIsSaid() throws Exception {
        home.start();
        home.drop("live.jsonl", List.of(link("w-3"), "{\"type\":\"api_call\",\"timestamp\":\"2026-10-05T10:00:01Z\",\"worker_id\":\"w-3\",\"model\":\"claude-sonnet-5\","
                + "\"tokens_input\":3,\"estimated_cost_usd\":0.01}"));
        home.awaitDrained();

        JsonNode said = reader.json("import", transcript().toString());

        assertThat(said.at("/left_out").toString()).isEqualTo("{\"claude:" + SESSION + "\":1}");
        assertThat(home.query("SELECT count(*) FROM api_calls")).containsExactly("1");
    }

    @Test
    void whatIsOlderOrOnlyLookedAtIsNotStoredAndWhatCannotBeReadIsNamed() throws Exception {
        home.start();
        dropWorker("w-9", "logs/none.jsonl");
        String file = transcript().toString();
        JsonNode dry = reader.json("import", "--dry-run", file);
        assertThat(dry.at("/totals/usd").asText()).isEqualTo("0.008156");
        assertThat(dry.at("/totals/calls").asInt()).isOne();
        assertThat(reader.json("import", "--since", "2026-10-06", file).at("/totals/calls").asInt()).isZero();
        assertThat(home.query("SELECT count(*) FROM api_calls")).containsExactly("0");

        Path foreign = Files.writeString(dir.resolve("agents/notes.jsonl"), "Just words.\n");
        Reader.Answered text = reader.ask("import", "claude", dir.resolve("agents").toString());
        assertThat(text.code()).isZero();
        assertThat(text.out()).contains("files         2 read, 1 of no agent\n", "calls         1 new, 0 known\n", "cost          $0.008156 by list price\n",
                "skipped       not_json: 1\n", "of no agent   " + foreign + "\n");
        assertThat(reader.ask("import", "codex", "--again", file).out()).contains("calls         0 new, 0 known");
        assertThat(reader.ask("import", "nowhere").err()).startsWith("tac8: there is no file and no folder " + home.path("nowhere") + "; nothing was imported\n");
    }

    @Test
    void aWorkerThatIsSaidOnTheCommandLineIsThatOfAllSessions() throws Exception {
        home.start();
        assertThat(reader.ask("import", "--worker", "w-4", transcript().toString()).code()).isZero();

        assertThat(home.query("SELECT worker_id FROM api_calls")).containsExactly("w-4");
        assertThat(home.query("SELECT context_id FROM events WHERE event_type = 'agent_session'")).containsExactly("w-4");
    }

    private void dropLive(List<Vector> vectors) throws Exception {
        for (Vector vector : vectors) {
            if (vector.live() != null) {
                home.drop("live.jsonl", vector.liveApart());
                home.awaitDrained();
            }
        }
    }

    private void assertRight(List<Vector> vectors, JsonNode said) throws Exception {
        List<String> calls = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        Map<String, Long> skipped = new TreeMap<>();
        BigDecimal dollars = BigDecimal.ZERO;
        BigDecimal reported = BigDecimal.ZERO;
        int errors = 0;
        for (Vector vector : vectors) {
            JsonNode expect = vector.expectApart();
            for (JsonNode call : expect.path("api_calls")) {
                calls.add(row(call));
                dollars = dollars.add(amount(call.path("estimated_cost_usd")));
            }
            for (JsonNode row : expect.path("rest")) {
                rest.add(rest(row));
                dollars = dollars.add(amount(row.path("estimated_cost_usd")));
            }
            reported = reported.add(amount(expect.path("reported_usd")));
            expect.path("skipped").properties().forEach(reason -> skipped.merge(reason.getKey(), reason.getValue().asLong(), Long::sum));
            errors += expect.path("events").size();
        }
        assertThat(home.query(ROWS)).containsExactlyInAnyOrderElementsOf(calls);
        List<String> restSaid = new ArrayList<>();
        said.path("rest").forEach(row -> restSaid.add(rest(row)));
        assertThat(restSaid).containsExactlyInAnyOrderElementsOf(rest);
        assertThat(new BigDecimal(said.at("/totals/usd").asText()).subtract(dollars).abs()).isLessThan(new BigDecimal("0.000000001"));
        assertThat(new BigDecimal(said.path("reported_usd").asText()).subtract(reported).abs()).isLessThan(new BigDecimal("0.000000001"));
        Map<String, Long> skippedSaid = new TreeMap<>();
        said.path("skipped").properties().forEach(reason -> skippedSaid.put(reason.getKey(), reason.getValue().asLong()));
        assertThat(skippedSaid).isEqualTo(skipped);
        assertThat(home.query("SELECT count(*) FROM events WHERE event_type = 'api_error' AND severity = 'error'")).containsExactly(String.valueOf(errors));
    }

    private static BigDecimal amount(JsonNode dollars) {
        return dollars.isNull() ? BigDecimal.ZERO : new BigDecimal(dollars.asText());
    }

    private static String rest(JsonNode row) {
        return row.path("agent_session").asText() + " " + row.path("model").asText() + " " + row.path("tokens_input") + " " + row.path("tokens_output") + " "
                + row.path("cache_read_tokens") + " " + row.path("cache_write_5m_tokens") + " " + amount(row.path("estimated_cost_usd")).stripTrailingZeros().toPlainString();
    }

    private static String row(JsonNode call) {
        String worker = call.path("worker_id").isNull() ? "(" + call.path("agent").asText() + " " + call.path("agent_session").asText() + ")"
                : call.path("worker_id").asText();
        String cost = call.path("estimated_cost_usd").isNull() ? "null" : String.format(java.util.Locale.ROOT, "%.9f", amount(call.path("estimated_cost_usd")));
        return call.path("id").asText() + " " + call.path("timestamp").asText() + " " + worker + " " + call.path("model").asText() + " " + call.path("tokens_input") + " "
                + call.path("tokens_output") + " " + call.path("cache_read_tokens") + " " + call.path("cache_write_5m_tokens") + " "
                + call.path("cache_write_1h_tokens") + " " + call.path("tokens_total") + " " + cost + " " + call.path("cost_source").asText() + " 1";
    }

    private static List<Path> files(Path below) throws Exception {
        try (var all = Files.walk(below)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
