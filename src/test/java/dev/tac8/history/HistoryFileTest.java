package dev.tac8.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of an agent is read as far as it can be, whatever is in it, in little memory. */
class HistoryFileTest {
    private static final String CALL = "{\"type\":\"assistant\",\"uuid\":\"u-%1$s\",\"sessionId\":\"s\",\"timestamp\":\"2026-10-05T10:00:0%1$s.000Z\",\"message\":{\"id\":\"m%1$s\","
            + "\"model\":\"claude-opus-5\",\"content\":[{\"type\":\"text\",\"text\":\"%2$s\"}],\"usage\":{\"input_tokens\":%1$s,\"output_tokens\":1}}}";

    @TempDir
    private Path dir;

    private static String call(int number) {
        return CALL.formatted(number, "ok");
    }

    private Found read(String content) throws IOException {
        return read(Files.writeString(dir.resolve("file.jsonl"), content));
    }

    private static Found read(Path file) throws IOException {
        return HistoryFile.read(file, thread -> null, bytes -> { });
    }

    @Test
    void aLineOfAHundredMegabytesIsPassedOverInLittleMemory() throws IOException {
        Path file = dir.resolve("file.jsonl");
        byte[] much = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            String[] around = CALL.formatted(1, "|").split("\\|");
            out.write(around[0].getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 100; i++) {
                out.write(much);
            }
            out.write((around[1] + "\n" + call(2)).getBytes(StandardCharsets.US_ASCII));
        }
        com.sun.management.ThreadMXBean thread = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();

        Found found = read(file);

        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
        assertThat(found.calls()).extracting(ModelCall::id).containsExactly("claude:m1", "claude:m2");
        assertThat(found.skipped()).isEmpty();
    }

    @Test
    void linesAcrossTheEndOfTheBufferAreWhole() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            lines.append(CALL.formatted(i % 10, "y".repeat(i % 700)).replace("\"id\":\"m", "\"id\":\"n" + i + "-")).append(i % 3 == 0 ? "\r\n" : "\n");
        }
        assertThat(read(lines.toString()).calls()).hasSize(3000).allSatisfy(call -> assertThat(call.tokens().output()).isOne());
    }

    @Test
    void numbersOfTokensThatAreNoneAreSaid() throws IOException {
        assertThat(read("{\"type\":\"assistant\",\"sessionId\":\"s\",\"uuid\":\"u\",\"version\":\"2.1\",\"message\":{\"id\":\"m\",\"model\":\"claude-opus-5\",\"usage\":{\"input_tokens\":1e400,"
                + "\"output_tokens\":\"12\",\"cache_read_input_tokens\":-5,\"cache_creation_input_tokens\":null,\"service_tier\":\"standard\"}}}\n").strange())
                .containsOnlyKeys("claude 2.1: input_tokens that is no number of tokens", "claude 2.1: output_tokens that is no number of tokens",
                        "claude 2.1: cache_read_input_tokens that is no number of tokens");
    }

    @Test
    void dollarsOfABillionDigitsAreNone() throws IOException {
        Found found = read(call(1) + "\n{\"type\":\"cost-state\",\"sessionId\":\"s\",\"totalCostUSD\":1e-999999999,\"startTime\":1,\"modelUsage\":{\"m\":{\"costUSD\":1e-999999999},"
                + "\"n\":{\"costUSD\":1e999999999}}}\n" + call(2));

        assertThat(found.calls()).hasSize(2);
        assertThat(found.totals()).singleElement().satisfies(total -> {
            assertThat(total.cost()).isNull();
            assertThat(total.models().values()).extracting(Total.Model::cost).containsOnlyNulls();
        });
    }

    /** What an agent makes up for a model without a price is no cost: of that model alone if it says which it is, else of all that it does not say it of. */
    @Test
    void aCostThatAnAgentMadeUpIsNone() throws IOException {
        String state = "{\"type\":\"cost-state\",\"sessionId\":\"s\",\"totalCostUSD\":3,\"startTime\":%d,\"hasUnknownModelCost\":%b,\"modelUsage\":{\"m\":{\"outputTokens\":1,\"costUSD\":1%s},"
                + "\"n\":{\"outputTokens\":1,\"costUSD\":2%s}}}\n";
        String list = ",\"costBasis\":\"list\"";
        String unknown = ",\"costBasis\":\"unknown\"";
        Found found = read(call(1) + "\n" + state.formatted(1, false, "", "") + state.formatted(2, true, "", "") + state.formatted(3, true, list, unknown) + state.formatted(4, true, list, "")
                + state.formatted(5, false, unknown, ""));

        assertThat(found.totals()).extracting(total -> total.cost() + " " + total.models().get("m").cost() + " " + total.models().get("n").cost())
                .containsExactlyInAnyOrder("3 1 2", "null null null", "1 1 null", "1 1 null", "2 null 2");
    }

    @Test
    void whatIsBrokenIsCountedAndTheRestIsRead() throws IOException {
        Found found = read("\uFEFF" + call(1) + "\n\n   \n{\"a\":\n[]\n7\nnull\n\"x\"\n{} x\n" + "[".repeat(5000) + "\n{\"type\":\"user\",\"sessionId\":\"s\",\"x\":" + "[".repeat(2000)
                + "\n{\"type\":\"assistant\",\"sessionId\":\"s\",\"message\":7}\n{\"type\":\"assistant\",\"sessionId\":{\"a\":1},\"uuid\":[],\"message\":{\"usage\":[1],\"id\":3,\"model\":{}}}\n" + call(2));

        assertThat(found.calls()).extracting(ModelCall::id).contains("claude:m1", "claude:m2");
        assertThat(found.skipped()).isEqualTo(Map.of("not_json", 4L, "not_an_object", 4L, "unknown_type", 1L));
    }

    @Test
    void nonsenseIsNoNumber() throws IOException {
        Found found = read(call(1).replace("\"input_tokens\":1", "\"input_tokens\":-5,\"cache_read_input_tokens\":1e400,\"cache_creation_input_tokens\":\"12\"")
                .replace("\"output_tokens\":1", "\"output_tokens\":5.0"));

        assertThat(found.calls()).singleElement().extracting(ModelCall::tokens).isEqualTo(new dev.tac8.price.Tokens(0, 5, 0, 0, 0));
    }

    @Test
    void aFieldOfUsageThatNobodyKnowsIsSaidByVersion() throws IOException {
        Found found = read(call(1).replace("\"sessionId\"", "\"version\":\"9.1\",\"sessionId\"").replace("\"input_tokens\"", "\"thoughts_of_tomorrow\":1,\"input_tokens\"") + "\n"
                + "{\"type\":\"dream\"}");

        assertThat(found.strange()).isEqualTo(Map.of("claude 9.1: usage.thoughts_of_tomorrow", 1L, "claude 9.1: type dream", 1L));
        assertThat(found.skipped()).isEqualTo(Map.of("unknown_type", 1L));
    }

    @Test
    void aFileOfNoAgentHasNothingButIsCounted() throws IOException {
        Found found = read("# Notes\n\nSome words.\n{\"name\":\"x\",\"version\":\"1\"}\n");

        assertThat(found.sessions()).isEmpty();
        assertThat(found.skipped()).isEmpty();
    }

    @Test
    void recordsOfTac8AreOfNoAgent() throws IOException {
        assertThat(read("{\"type\":\"event\",\"session_id\":\"run-7\",\"message\":\"m\"}\n").sessions()).isEmpty();
    }

    @Test
    void textThatNoRecordCanHoldIsMended() throws IOException {
        Found found = read(call(1).replace("claude-opus-5", "claude\\ud800").replace("\"id\":\"m1\"", "\"id\":\"" + "m".repeat(300) + "\""));

        assertThat(found.calls()).singleElement().satisfies(call -> {
            assertThat(call.model()).isEqualTo("claude\uFFFD");
            assertThat(call.id()).startsWith("claude:#").hasSizeLessThanOrEqualTo(128);
        });
    }

    @Test
    void aForkOfWhichOnlyThisFileIsLeftBeginsWhereItsOwnLinesDo() throws IOException {
        Found found = read(call(1) + "\n" + call(2) + "\n{\"type\":\"mode\",\"sessionId\":\"s\"}\n" + call(5));

        assertThat(found.sessions()).singleElement().extracting(Session::since).isEqualTo(Instant.parse("2026-10-05T10:00:05Z"));
    }
}
