package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import dev.tac8.history.Vector;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
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

    @Test
    void whateverStandsWhereReadFilesAreRememberedEverythingIsReadAgain() throws Exception {
        home.start();
        Vector vector = Vector.all().findFirst().orElseThrow();
        Path agents = dir.resolve("agents");
        int files = vector.layApart(agents).size();
        reader.json("import", agents.toString());
        Path kept = home.path("var/spool/.tac8/imported.json");
        for (String text : List.of("", "{", "null", "[]", "7", "{\"FILE\":null}", "{\"FILE\":{}}", "{\"FILE\":{\"end\":\"\"}}", "{\"FILE\":{\"end\":\"\",\"workers\":{\"s\":null}}}")) {
            Files.writeString(kept, text.replace("FILE", vector.layApart(agents).get(0).toString()));
            assertThat(reader.json("import", agents.toString()).at("/files/read").asInt()).as(text).isEqualTo(files);
        }
        assertThat(reader.json("import", agents.toString()).at("/files/unchanged").asInt()).isEqualTo(files);
    }

    @Test
    void aFolderInThePlaceOfWhatIsRememberedIsSaidAndNothingIsStoredTwice() throws Exception {
        home.start();
        Path agents = dir.resolve("agents");
        int files = Vector.all().findFirst().orElseThrow().layApart(agents).size();
        Path kept = Files.createDirectories(home.path("var/spool/.tac8/imported.json/folder")).getParent();

        Reader.Answered said = reader.ask("import", agents.toString());

        assertThat(said.err()).isEqualTo("tac8: which files were imported cannot be kept: " + kept + " is a folder and should be a file: remove it. They are read again next time,"
                + " and nothing is stored twice\n");
        assertThat(said.code()).isZero();
        assertThat(reader.json("import", agents.toString()).at("/files/read").asInt()).isEqualTo(files);
    }

    @Test
    void aBookThatIsGoneIsWhyNoCallGetsACost() throws Exception {
        home.start();
        Path agents = dir.resolve("agents");
        Vector.all().findFirst().orElseThrow().layApart(agents);
        Files.delete(home.path("prices/book.csv"));

        Reader.Answered said = reader.ask("import", agents.toString());

        assertThat(said.err()).isEqualTo("tac8: there are no prices, so no call gets a cost: prices/book.csv belongs to tac8, put it back, and ./tac8 recost prices what is stored by then\n");
        assertThat(home.query("SELECT count(*) FROM api_calls WHERE estimated_cost_usd IS NOT NULL")).containsExactly("0");
    }

    /** Of two lines of one response, and a copy in another session, the greatest counts; $0 is what was written of a price that was not known. */
    @Test
    void whatAnOldClaudeWroteBesideEachResponseIsAReportedCost() throws Exception {
        home.start();
        String line = "{\"type\":\"assistant\",\"sessionId\":\"%s\",\"uuid\":\"%s\",\"version\":\"0.2.40\",\"timestamp\":\"2026-10-05T10:00:00.000Z\",\"costUSD\":%s,\"message\":{\"id\":\"%s\","
                + "\"model\":\"%s\",\"usage\":{\"input_tokens\":100000,\"output_tokens\":%d}}}\n";
        Path one = Files.writeString(dir.resolve("s-1.jsonl"), line.formatted("s-1", "a", "0.125", "m1", "claude-opus-5", 1) + line.formatted("s-1", "b", "0.25", "m1", "claude-opus-5", 20)
                + line.formatted("s-1", "c", "0.5", "m2", "no-such-model", 1) + line.formatted("s-1", "d", "0", "m3", "claude-opus-5", 0)
                + line.formatted("s-1", "e", "1e400", "m4", "claude-opus-5", 0) + line.formatted("s-1", "f", "\"0.7\"", "m5", "claude-opus-5", 0));
        Path copy = Files.writeString(dir.resolve("s-2.jsonl"), line.formatted("s-2", "a", "0.125", "m1", "claude-opus-5", 1));

        JsonNode said = reader.json("import", copy.toString(), one.toString());
        reader.ask("import", "--again", copy.toString());

        assertThat(said.path("without_price")).isEmpty();
        assertThat(home.query("SELECT record_id, estimated_cost_usd, cost_source, price_version FROM api_calls ORDER BY record_id")).containsExactly("claude:m1|0.25|reported|null",
                "claude:m2|0.5|reported|null", "claude:m3|0.5|calculated|2026-11-28", "claude:m4|0.5|calculated|2026-11-28", "claude:m5|0.5|calculated|2026-11-28");
        assertThat(reader.ask("recost").code()).isEqualTo(1);
    }

    @Test
    void anAgentsSessionWithAnEndlessNameIsAWorkerOfItsOwn() throws Exception {
        home.start();
        String line = "{\"type\":\"assistant\",\"sessionId\":\"%s\",\"uuid\":\"a\",\"version\":\"2.0.1\",\"timestamp\":\"2026-10-05T10:00:00.000Z\",\"message\":{\"id\":\"%s\","
                + "\"model\":\"claude-opus-5\",\"usage\":{\"input_tokens\":100000,\"output_tokens\":1}}}\n";
        Path one = Files.writeString(dir.resolve("one.jsonl"), line.formatted("s".repeat(900), "m1"));
        Path other = Files.writeString(dir.resolve("other.jsonl"), line.formatted("s".repeat(899) + "t", "m2"));
        Path given = Files.writeString(dir.resolve("given.jsonl"), line.formatted("s", "m3"));

        assertThat(reader.json("import", one.toString(), other.toString()).at("/files/read").asInt()).isEqualTo(2);
        assertThat(reader.ask("import", "--worker", "x".repeat(801), given.toString()).code()).isZero();
        home.awaitDrained();

        assertThat(home.quarantined()).isEmpty();
        assertThat(home.query("SELECT worker_id FROM api_calls ORDER BY record_id")).containsExactly(
                "(claude " + "s".repeat(772) + "... 7ee6a48d98bf23ca", "(claude " + "s".repeat(772) + "... 79033fd26c34a46c", "x".repeat(780) + "... 55e803dee4d0581d");
        assertThat(home.query("SELECT context_id FROM events WHERE event_type = 'agent_session'")).containsExactly("x".repeat(780) + "... 55e803dee4d0581d");
    }

    /** Given by name, or as the log of a worker; the rest is read. */
    @Test
    void aFileThatIsCompressedIsNamedAndNotTakenForOneOfNoAgent() throws Exception {
        home.start();
        Vector.all().findFirst().orElseThrow().layApart(dir.resolve("agents"));
        List<Path> packed = List.of(dir.resolve("agents/s-1.jsonl.gz"), Files.createDirectories(home.path("logs")).resolve("log.jsonl"), dir.resolve("one.gz"));
        for (Path file : packed) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
                out.write("{\"type\":\"user\",\"sessionId\":\"s-1\"}\n".repeat(1000).getBytes(StandardCharsets.UTF_8));
            }
        }
        Files.write(dir.resolve("short.jsonl"), new byte[] {0x1F});
        String why = ": it is compressed: unpack it with gunzip, and import what comes out";

        Reader.Answered said = reader.ask("import", dir.resolve("agents").toString(), packed.get(0).toString(), packed.get(2).toString(), dir.resolve("short.jsonl").toString());
        assertThat(said.out()).contains(", 2 unreadable", "unreadable    " + packed.get(0) + why + "\n", "unreadable    " + packed.get(2) + why + "\n", "calls         1 new",
                "of no agent   " + dir.resolve("short.jsonl") + "\n").doesNotContain("skipped");
        home.drop("worker.jsonl", "{\"type\":\"worker\",\"timestamp\":\"2026-10-05T10:00:00Z\",\"session_id\":\"s\",\"task_id\":\"t\",\"worker_id\":\"w\",\"status\":\"spawned\",\"log_file\":\""
                + "log.jsonl\"}");
        home.awaitDrained();
        assertThat(reader.ask("import", "claude", "--json").json().at("/files/unreadable").path(packed.get(1).toString()).asText()).isEqualTo(why.substring(2));
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
        List<String> restOfCost = new ArrayList<>();
        reader.json("cost").path("rest").forEach(row -> restOfCost.add(rest(row)));
        assertThat(restOfCost).as("what cost says").containsExactlyInAnyOrderElementsOf(rest);
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
                + row.path("cache_read_tokens") + " " + row.path(row.has("cache_write_tokens") ? "cache_write_tokens" : "cache_write_5m_tokens") + " "
                + amount(row.path(row.has("cost_usd") ? "cost_usd" : "estimated_cost_usd")).stripTrailingZeros().toPlainString();
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
