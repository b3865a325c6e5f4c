package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import dev.tac8.Home;
import dev.tac8.text.Json;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is stored at the limits of the format can be printed, with what stands beside it. */
class DeepDetailsTest {
    private static final int DEEPEST = 999;
    private static final String DIGITS = "1234567890".repeat(100);

    @TempDir
    private static Path dir;
    private static Reader reader;

    @BeforeAll
    static void ingest() throws Exception {
        String event = "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"t\",\"message\":\"%s\",\"details\":%s}";
        Home home = new Home(dir);
        home.drop("a.jsonl", event.formatted("deep", "{\"a\":".repeat(DEEPEST - 1) + "{}" + "}".repeat(DEEPEST - 1)),
                event.formatted("list", "{\"a\":" + "[".repeat(DEEPEST - 1) + "]".repeat(DEEPEST - 1) + "}"),
                event.formatted("digits", "{\"whole\":" + DIGITS + ",\"fraction\":0." + DIGITS.substring(1) + ",\"small\":1e-400}"),
                event.formatted("neighbour", "{}"));
        home.drain();
        assertThat(home.quarantined()).isEmpty();
        reader = new Reader(dir);
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "sql SELECT+event_id,message,details+FROM+events"})
    void printsTheDeepestEventWithItsNeighbours(String question) throws IOException {
        String[] words = (question + " --json").split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].replace('+', ' ');
        }
        Reader.Answered answered = reader.ask(words);

        assertThat(answered.err()).doesNotContain("a fault of tac8");
        assertThat(answered.code()).isZero();
        assertThat(depth(answered.out())).isEqualTo(DEEPEST + 3);
        assertThat(answered.out()).contains("\"neighbour\"");
    }

    @Test
    void printsEachNumberAsItWasWritten() {
        assertThat(reader.ask("events", "--json").out()).contains(" : " + DIGITS + ",", ": 0." + DIGITS.substring(1), "E-400");
    }

    /** How deep a whole document is nested. */
    private static int depth(String document) throws IOException {
        int deepest = 0;
        int depth = 0;
        try (JsonParser parser = Json.withoutLimits().createParser(document)) {
            while (parser.nextToken() != null) {
                depth += parser.currentToken().isStructStart() ? 1 : parser.currentToken().isStructEnd() ? -1 : 0;
                deepest = Math.max(deepest, depth);
            }
        }
        assertThat(depth).isZero();
        return deepest;
    }
}
