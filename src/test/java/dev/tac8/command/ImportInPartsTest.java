package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files of more calls than are held at once: a part after the other comes to the same as all at once, also if the import is killed in its midst. */
@Tag("process")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ImportInPartsTest {
    private static final int SESSIONS = 48;
    private static final int CALLS = 500;
    private static final Instant BEGIN = Instant.parse("2026-10-05T10:00:00Z");
    private static final List<String> MODELS = List.of("claude-opus-5", "claude-sonnet-5", "nobody-knows-1");

    @TempDir
    private Path dir;
    private Path agents;
    private Home home;
    private final long seed = Long.getLong("tac8.test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @BeforeEach
    void writeFiles() throws IOException {
        System.out.println("-Dtac8.test.seed=" + seed);
        home = new Home(dir.resolve("home")).set("tac8.http.port", 0);
        agents = Files.createDirectories(dir.resolve("agents/projects/p"));
        List<List<String>> all = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            String session = new UUID(random.nextLong(), random.nextLong()).toString();
            List<String> lines = new ArrayList<>();
            if (i > 0 && random.nextInt(4) == 0) {
                // A fork begins with the lines of another session, whose file may come before or after it.
                all.get(random.nextInt(all.size())).stream().limit(CALLS / 2).filter(line -> line.contains("\"uuid\""))
                        .forEach(line -> lines.add(line.replaceFirst("\"sessionId\":\"[^\"]*\"", "\"sessionId\":\"" + session + "\"")));
            }
            lines.add("{\"type\":\"mode\",\"sessionId\":\"" + session + "\",\"timestamp\":\"" + BEGIN.plusSeconds(i * 10_000L) + "\"}");
            for (int call = 0; call < CALLS; call++) {
                lines.add(call(session, BEGIN.plusSeconds(i * 10_000L + call), "m" + i + "-" + call));
            }
            if (random.nextInt(3) == 0) {
                lines.add("{\"type\":\"cost-state\",\"sessionId\":\"" + session + "\",\"startTime\":" + BEGIN.plusSeconds(i * 10_000L).toEpochMilli()
                        + ",\"totalCostUSD\":99,\"modelUsage\":{\"claude-opus-5\":{\"inputTokens\":" + random.nextInt(1 << 20) + ",\"outputTokens\":9,\"costUSD\":99}}}");
            }
            lines.add("not JSON");
            Files.write(agents.resolve(session + ".jsonl"), lines);
            if (random.nextInt(3) == 0) {
                Path sub = Files.createDirectories(agents.resolve(session).resolve("subagents")).resolve("agent-1.jsonl");
                Files.write(sub, List.of(call(session, BEGIN.plusSeconds(i * 10_000L), "s" + i), lines.get(lines.size() / 2)));
            }
            all.add(lines);
        }
    }

    private String call(String session, Instant time, String id) {
        return "{\"type\":\"assistant\",\"sessionId\":\"" + session + "\",\"uuid\":\"u-" + id + "\",\"version\":\"2.1\",\"timestamp\":\"" + time + "\",\"message\":{\"id\":\"" + id
                + "\",\"model\":\"" + MODELS.get(random.nextInt(MODELS.size())) + "\",\"usage\":{\"input_tokens\":" + random.nextInt(100) + ",\"output_tokens\":" + random.nextInt(1000)
                + ",\"cache_read_input_tokens\":" + random.nextInt(100_000) + (random.nextInt(1000) == 0 ? ",\"dreams\":1" : "") + "}}}";
    }

    @AfterEach
    void close() {
        home.close();
    }

    @Test
    void inPartsTheSameIsSaidAsAllAtOnce() {
        Reader reader = new Reader(dir.resolve("home"), "-D", "tac8.http.port=0");

        JsonNode atOnce = reader.json("import", "--dry-run", agents.toString());
        JsonNode inParts = reader.json("import", agents.toString());

        assertThat(inParts).isEqualTo(atOnce);
        assertThat(inParts.at("/calls/new").asInt()).isGreaterThan(SESSIONS * CALLS);
        assertThat(inParts.at("/rest")).isNotEmpty();
        JsonNode again = reader.json("import", "--again", agents.toString());
        assertThat(again.at("/calls/known")).isEqualTo(inParts.at("/calls/new"));
        ((ObjectNode) again).set("calls", inParts.get("calls"));
        assertThat(again).isEqualTo(inParts);
    }

    @Test
    @Tag("thorough")
    void killedBetweenPartsItLosesNothingAndDoublesNothing() throws Exception {
        Home undisturbed = new Home(dir.resolve("undisturbed")).set("tac8.http.port", 0);
        assertThat(undisturbed.run("import", agents.toString()).exitCode()).isZero();
        int parts = undisturbed.done().size();
        assertThat(parts).isGreaterThan(2);

        for (int kill = 0; kill < 3; kill++) {
            int published = 1 + random.nextInt(parts);
            boolean isInMidst = random.nextBoolean();
            Process process = home.command(List.of(), "import", agents.toString()).redirectOutput(dir.resolve("killed.out").toFile()).start();
            int before = Files.exists(home.spool()) ? home.waiting().size() + home.done().size() : 0;
            await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(1))
                    .until(() -> !process.isAlive() || !isInMidst && Files.exists(home.spool().resolve("done")) && home.waiting().size() + home.done().size() - before >= published || isInMidst && isThere(name -> name.endsWith("-import.jsonl.part")));
            process.destroyForcibly().waitFor();
        }
        assertThat(home.run("import", agents.toString())).satisfies(last -> assertThat(last.exitCode()).as(last.output()).isZero());

        assertThat(home.tables()).isEqualTo(undisturbed.tables());
        assertThat(home.waiting()).isEmpty();
        assertThat(home.run("rebuild", "--check").exitCode()).isZero();
        assertThat(home.run("import", agents.toString()).output()).contains("calls         0 new, 0 known");
    }

    private boolean isThere(Predicate<String> name) throws IOException {
        if (!Files.exists(home.spool())) {
            return false;
        }
        try (Stream<Path> files = Files.list(home.spool())) {
            return files.anyMatch(file -> name.test(file.getFileName().toString()));
        }
    }
}
