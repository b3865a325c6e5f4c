package dev.tac8.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.price.PriceBook;
import dev.tac8.price.Tokens;
import dev.tac8.settings.Settings;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each trap of agents' files gives the calls, dollars, rest, errors and skipped lines that are right, whichever file is read first. */
class VectorsTest {
    @TempDir
    private Path dir;

    static Stream<Vector> vectors() {
        return Vector.all();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void whatFilesTellIsCountedOnce(Vector vector) throws Exception {
        Files.createDirectories(dir.resolve("prices"));
        Files.copy(Path.of(Settings.FILE), dir.resolve(Settings.FILE));
        Files.copy(Vector.ALL.resolve("book.csv"), dir.resolve("prices/book.csv"));
        Settings settings = Settings.load(dir, Map.of(), Map.of());
        List<Path> files = new ArrayList<>(vector.lay(dir.resolve("agents")));
        check(vector, settings, files);
        Collections.reverse(files);
        check(vector, settings, files);
    }

    private void check(Vector vector, Settings settings, List<Path> files) throws Exception {
        Imported imported = new Import(settings, Map.of("HOME", dir.toString())).begin(new Import.Options(Import.AGENTS, files, null, null, false), Import.Progress.NONE);
        imported.next(Integer.MAX_VALUE);
        JsonNode expect = vector.expect();

        List<String> calls = imported.calls().stream().sorted(Comparator.comparing((Imported.Priced one) -> one.call().time()).thenComparing(one -> one.call().id()))
                .map(VectorsTest::text).toList();
        List<String> expected = new ArrayList<>();
        expect.path("api_calls").forEach(call -> expected.add(text(call)));
        assertThat(calls).isEqualTo(expected);
        List<String> rest = new ArrayList<>();
        expect.path("rest").forEach(row -> rest.add(row.path("agent_session").asText() + " " + row.path("model").asText() + " " + row.path("tokens_input") + " "
                + row.path("tokens_output") + " " + row.path("cache_read_tokens") + " " + row.path("cache_write_5m_tokens") + " " + dollars(row)));
        assertThat(imported.told().rest().rows()).extracting(row -> row.session() + " " + row.model() + " " + row.used().input() + " " + row.used().output() + " "
                + row.used().cacheRead() + " " + row.used().cacheWrite() + " " + plain(row.used().cost())).isEqualTo(rest);
        assertThat(imported.told().rest().reported().values().stream().reduce(BigDecimal::add).map(VectorsTest::plain).orElse(null))
                .isEqualTo(expect.path("reported_usd").isNull() ? null : plain(new BigDecimal(expect.path("reported_usd").asText())));
        Map<String, Long> skipped = new TreeMap<>();
        expect.path("skipped").properties().forEach(reason -> skipped.put(reason.getKey(), reason.getValue().asLong()));
        assertThat(imported.ledger().skipped()).isEqualTo(skipped);
        List<String> errors = new ArrayList<>();
        expect.path("events").forEach(event -> errors.add(event.path("timestamp").asText()));
        assertThat(imported.ledger().errors()).extracting(error -> dev.tac8.text.StoredTime.of(error.time())).containsExactlyInAnyOrderElementsOf(errors);
    }

    private static String text(Imported.Priced one) {
        ModelCall call = one.call();
        Tokens tokens = call.tokens();
        return call.id() + " " + dev.tac8.text.StoredTime.of(call.time()) + " " + call.session().agent() + " " + call.session().id() + " " + call.model() + " "
                + (tokens == null ? "null null null null null" : tokens.input() + " " + tokens.output() + " " + tokens.cacheRead() + " " + tokens.cacheWrite5m() + " "
                + tokens.cacheWrite1h()) + " " + plain(one.cost());
    }

    private static String text(JsonNode call) {
        String cost = "reported".equals(call.path("cost_source").asText()) ? "0.03001" : dollars(call);
        return call.path("id").asText() + " " + call.path("timestamp").asText() + " " + call.path("agent").asText() + " " + call.path("agent_session").asText() + " "
                + call.path("model").asText() + " " + call.path("tokens_input") + " " + call.path("tokens_output") + " " + call.path("cache_read_tokens") + " "
                + call.path("cache_write_5m_tokens") + " " + call.path("cache_write_1h_tokens") + " " + cost;
    }

    private static String dollars(JsonNode row) {
        return row.path("estimated_cost_usd").isNull() ? "null" : plain(new BigDecimal(row.path("estimated_cost_usd").asText()));
    }

    private static String plain(BigDecimal dollars) {
        return dollars == null ? "null" : dollars.signum() == 0 ? "0" : dollars.stripTrailingZeros().toPlainString();
    }

    @Test
    void theParentOfAForkOfCodexIsFoundBesideIt() throws Exception {
        Path folder = Vector.ALL.resolve("16-codex-fork-replays-history");
        Path fork = folder.resolve("input-2.jsonl");

        Found found = HistoryFile.read(fork, new Rollouts(List.of(fork)), bytes -> { });

        assertThat(found.calls()).extracting(ModelCall::id).containsExactly("codex:019c8a71-0000-7000-8000-000000000002:0.35350");
    }
}
