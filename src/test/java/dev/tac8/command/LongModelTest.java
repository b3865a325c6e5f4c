package dev.tac8.command;

import static dev.tac8.command.AgentRuns.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.text.Text;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model may be called anything: on a terminal its name is cut where there is no room for it, and in a document it never is. */
class LongModelTest {
    private static final String LONG = "m".repeat(600);
    @TempDir
    private static Path dir;

    @BeforeAll
    static void calls() throws Exception {
        new AgentRuns(dir).worker("w-1", "gh-1").call("a", "s-1", "w-1", "2026-10-05T10:00:00.000Z", LONG, 10, 1, "")
                .call("b", "s-1", "w-1", "2026-10-05T10:00:00.000Z", "2" + LONG, 10, 1, ",'estimated_cost_usd':0.5")
                .total("s-1", "2026-10-05T11:00:00.000Z", "1.5", used(LONG, 20, 5, "1.5")).store();
        Files.writeString(dir.resolve("peer.json"), "{\"session\":[{\"period\":\"s-1\",\"modelBreakdowns\":[{\"modelName\":\"" + LONG + "\",\"inputTokens\":5,\"cost\":1}]}]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cost --by model", "cost --audit", "cost --reconcile", "cost --reconcile --by session", "cost --reconcile --against peer.json", "prices check",
            "recost --dry-run", "cost --as-if claude-opus-5 --by model", "calls", "worker w-1"})
    void isCutOnATerminalAlone(String question) {
        Reader reader = new Reader(dir);
        assertThat(reader.ask((question + " --json").split(" ")).out()).as("its JSON").contains(LONG).doesNotContain("…");
        if (!question.startsWith("recost")) {
            assertThat(reader.ask((question + " --csv").split(" ")).out()).as("its CSV").contains(LONG).doesNotContain("…");
        }
        assertFits(reader.atTerminal(80).ask(question.split(" ")));
    }

    @Test
    void soItIsWhereFilesAreImported(@TempDir Path other) throws Exception {
        try (Home home = new Home(other)) {
            home.start();
            String call = "{\"type\":\"assistant\",\"uuid\":\"u\",\"timestamp\":\"2026-10-05T10:00:00.000Z\",\"sessionId\":\"s-1\",\"version\":\"2.1.0\",\"message\":{\"id\":\"msg_1\","
                    + "\"model\":\"%s\",\"role\":\"assistant\",\"usage\":{\"input_tokens\":10,\"output_tokens\":5}}}\n";
            String total = "{\"type\":\"cost-state\",\"sessionId\":\"s-1\",\"totalCostUSD\":1.5,\"startTime\":1759658400000,\"modelUsage\":{\"%s\":{\"inputTokens\":20,\"outputTokens\":5,"
                    + "\"cacheReadInputTokens\":0,\"cacheCreationInputTokens\":0,\"webSearchRequests\":0,\"costUSD\":1.5}}}\n";
            Path file = Files.writeString(other.resolve("s-1.jsonl"), call.formatted(LONG) + total.formatted(LONG));

            assertThat(new Reader(other).ask("import", file.toString(), "--dry-run", "--json").out()).contains(LONG).doesNotContain("…");
            Reader.Answered answer = new Reader(other).atTerminal(80).ask("import", file.toString());
            assertFits(answer);
            assertThat(answer.out()).contains("without price", "beyond calls", "…: 1\n", "… at no known price\n");
        }
    }

    private static void assertFits(Reader.Answered answer) {
        assertThat(answer.code()).as("%s", answer).isLessThan(2);
        assertThat(answer.out()).contains("mmm", "…");
        assertThat(answer.out().lines().filter(line -> line.contains("mmm"))).as("%s", answer).allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(80));
    }
}
