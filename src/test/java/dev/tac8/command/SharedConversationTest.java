package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A conversation file that several workers name, each in its own spelling, gives each worker its own words. */
class SharedConversationTest {
    private static final String LINE = "{\"type\":\"assistant\",\"timestamp\":\"2026-11-20T%s:01Z\",\"message\":{\"id\":\"m%2$s\",\"content\":"
            + "\"worker %s speaks\",\"usage\":{\"input_tokens\":10,\"output_tokens\":5}}}\n";

    @TempDir
    private Path dir;
    private Path store;
    private Reader reader;

    @BeforeEach
    void makeStore() throws IOException {
        dir = dir.toRealPath();
        new Home(dir);
        store = Reader.store(dir.resolve("var/external"));
        Reader.insert(store, "sessions", Map.of("session_id", "s", "started_at", "2026-11-20T09:00:00.000Z"));
        Reader.insert(store, "tasks", Map.of("task_id", "t", "session_id", "s", "detected_at", "2026-11-20T09:00:00.000Z", "status", "detected"));
        Files.createDirectories(dir.resolve("logs"));
        Files.createSymbolicLink(dir.resolve("logs/latest.jsonl"), Path.of("x.jsonl"));
        Files.writeString(dir.resolve("logs/x.jsonl"), String.format(LINE, "10:00", 0) + String.format(LINE, "11:00", 1));
        reader = new Reader(dir);
    }

    @ParameterizedTest
    @ValueSource(strings = {"./x.jsonl", "latest.jsonl"})
    void eachWorkerShowsItsOwnWordsHoweverTheFileIsSpelt(String other) {
        worker("w-0", "10:00", "10:30", "logs/x.jsonl");
        worker("w-1", "11:00", "11:30", other);

        Reader.Answered answered = reader.ask("worker", "w-0", "--show-conversation", "--json");

        assertThat(answered.code()).isZero();
        assertThat(answered.out()).contains("worker 0 speaks").doesNotContain("worker 1 speaks").contains("\"tokens\":{\"input\":10,\"output\":5,");
        assertThat(answered.err()).isEqualTo("tac8: 2 workers name this file, so only what was written in the time of w-0 is shown: from"
                + " 2026-11-20T10:00:00Z to 2026-11-20T10:30:00Z\n");
    }

    @Test
    void anotherFileIsNobodysBusiness() {
        worker("w-0", "10:00", "10:30", "logs/x.jsonl");
        worker("w-1", "11:00", "11:30", "a/x.jsonl");

        Reader.Answered answered = reader.ask("worker", "w-0", "--show-conversation", "--json");

        assertThat(answered.out()).contains("worker 0 speaks", "worker 1 speaks");
        assertThat(answered.err()).isEmpty();
    }

    @Test
    void aWorkerWhoseEndIsNotOnRecordHasEndedWhenTheNextOneBegan() {
        worker("w-0", "10:00", null, "x.jsonl");
        worker("w-1", "11:00", null, "logs/x.jsonl");

        Reader.Answered first = reader.ask("worker", "w-0", "--show-conversation", "--json");
        Reader.Answered second = reader.ask("worker", "w-1", "--show-conversation", "--json");

        assertThat(first.out()).contains("worker 0 speaks").doesNotContain("worker 1 speaks");
        assertThat(first.err()).contains("to 2026-11-20T10:59:59.999Z, just before the next one began, as its end is not on record");
        assertThat(second.out()).contains("worker 1 speaks").doesNotContain("worker 0 speaks");
        assertThat(second.err()).contains("shown: since 2026-11-20T11:00:00Z\n");
    }

    @Test
    void saysWhoseWordsCannotBeToldApart() {
        worker("w-0", "10:00", "11:30", "x.jsonl");
        worker("w-1", "10:10", "11:10", "logs/x.jsonl");
        worker("w-2", "09:00", "10:00", "./x.jsonl");

        Reader.Answered answered = reader.ask("worker", "w-0", "--show-conversation", "--json");

        assertThat(answered.out()).contains("worker 0 speaks", "worker 1 speaks");
        assertThat(answered.err()).startsWith("tac8: 3 workers name this file").endsWith("to 2026-11-20T11:30:00Z. w-1 worked at the same time, and"
                + " whose words are whose cannot be told\n");
    }

    private void worker(String id, String spawned, String completed, String logFile) {
        Map<String, Object> row = new LinkedHashMap<>(Map.of("worker_id", id, "session_id", "s", "task_id", "t", "status", "spawned",
                "spawned_at", "2026-11-20T" + spawned + ":00.000Z", "log_file", logFile));
        if (completed != null) {
            row.put("completed_at", "2026-11-20T" + completed + ":00.000Z");
        }
        Reader.insert(store, "workers", row);
    }
}
