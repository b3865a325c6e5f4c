package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./tac8 test}, and the tests in {@code tests/}. */
class TestCommandTest {
    private static final String EVENT = "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:0%d.000Z\",\"session_id\":\"s-1\",\"event_type\":\"e\",\"message\":\"%s\"}\n";

    @TempDir
    private Path dir;

    @Test
    void everyTestThatIsDeliveredPasses() {
        Reader.Answered answered = new Reader(Path.of("").toAbsolutePath()).ask("test");

        assertThat(answered.out()).as("%s", answered).doesNotContain("FAILED").endsWith("14 passed, 0 failed\n");
        assertThat(answered.code()).isZero();
    }

    @Test
    void saysWhatIsMissingWhatIsDifferentAndWhatIsTooMuch() throws IOException {
        test("mine", "given/1.jsonl", EVENT.formatted(1, "one") + EVENT.formatted(2, "two") + "no record\n");
        test("mine", "expected/events.jsonl", "{\"message\": \"one\", \"severity\": \"error\"}\n{\"message\": \"two\", \"mood\": \"fine\"}\n{\"message\": \"three\"}\n");
        test("mine", "expected/sessions.jsonl", "");
        test("mine", "expected/quarantine.jsonl", "{\"file\": \"1.jsonl\", \"line\": 3}\n");

        Reader.Answered answered = reader().ask("test");

        assertThat(answered.out()).startsWith("""
                FAILED  mine
                        events: severity is "info" and should be "error" in the row {"message": "one", "severity": "error"} (expected/events.jsonl, line 1)
                        events: mood is no column and should be "fine" in the row {"message": "two", "mood": "fine"} (expected/events.jsonl, line 2)
                        events: missing row {"message": "three"} (expected/events.jsonl, line 3)
                        sessions: unexpected row {"session_id":"s-1",""");
        assertThat(answered.out()).endsWith("\n0 passed, 1 failed\n");
        assertThat(answered.code()).isEqualTo(2);
        assertThat(dir.resolve("var")).doesNotExist();
    }

    @Test
    void aRowThatIsNotThereIsNotTakenForAnotherOne() throws IOException {
        String event = EVENT.formatted(1, "one");
        test("mine", "given/1.jsonl", event + EVENT.formatted(2, "two") + """
                {"type":"task","timestamp":"2026-11-22T10:00:03.000Z","session_id":"s-1","task_id":"gh-1","status":"active"}
                {"type":"worker","timestamp":"2026-11-22T10:00:04.000Z","session_id":"s-1","task_id":"gh-1","worker_id":"w-1","status":"spawned"}
                {"type":"api_call","timestamp":"2026-11-22T10:00:05.000Z","worker_id":"w-1","model":"m"}
                """);
        test("mine", "expected/events.jsonl", "{\"message\": \"three\"}\n{\"message\": \"one\"}\n{\"message\": \"two\"}\n");
        test("mine", "expected/tasks.jsonl", "{\"task_id\": \"gh-2\", \"status\": \"active\"}\n{\"task_id\": \"gh-1\"}\n");
        test("mine", "expected/workers.jsonl", "{\"worker_id\": \"w-1\", \"task_id\": \"gh-2\"}\n");
        test("mine", "expected/api_calls.jsonl", "{\"worker_id\": \"w-2\", \"model\": \"m\"}\n");

        assertThat(reader().ask("test").out()).startsWith("FAILED  mine\n        api_calls: missing row {\"worker_id\": \"w-2\", \"model\": \"m\"}"
                + " (expected/api_calls.jsonl, line 1)\n        api_calls: unexpected row {\"call_id\":1,\"worker_id\":\"w-1\",")
                .contains("\n        events: missing row {\"message\": \"three\"} (expected/events.jsonl, line 1)\n        tasks: missing row"
                        + " {\"task_id\": \"gh-2\", \"status\": \"active\"} (expected/tasks.jsonl, line 1)\n        workers: task_id is \"gh-1\" and should be"
                        + " \"gh-2\" in the row {\"worker_id\": \"w-1\", \"task_id\": \"gh-2\"} (expected/workers.jsonl, line 1)\n0 passed, 1 failed\n");
    }

    @Test
    void runsThoseThatAreNamed() throws IOException {
        for (String name : new String[] {"a", "b"}) {
            test(name, "given/1.jsonl", EVENT.formatted(1, name));
            test(name, "expected/events.jsonl", "{\"message\": \"b\"}\n");
        }

        assertThat(reader().ask("test", "b").out()).isEqualTo("ok      b\n1 passed, 0 failed\n");
        assertThat(reader().ask("test", "c").err()).contains("there is no test tests/c");
    }

    @Test
    void saysWhatIsNoTest() throws IOException {
        assertThat(reader().ask("test")).isEqualTo(new Reader.Answered(1, "There are no tests in tests/.\n", ""));
        test("empty", "given/1.jsonl", "");
        assertThat(reader().ask("test").out()).contains("FAILED  empty\n        expected/ holds no file *.jsonl that says what must come of given/\n");
        test("empty", "expected/event.jsonl", "");
        test("empty", "expected/tasks.jsonl", "{\"task_id\":\n");
        test("nothing", "expected/tasks.jsonl", "");

        assertThat(reader().ask("test").out()).contains("expected/event.jsonl: there is no table event; it may be quarantine or one of sessions,")
                .contains("expected/tasks.jsonl, line 1: this is not a JSON object")
                .contains("FAILED  nothing\n        given/ holds no file *.jsonl to drop\n");
    }

    @Test
    void aFileOfATestThatCannotBeReadFailsThatTestAlone() throws IOException {
        for (String name : new String[] {"a", "b", "c"}) {
            test(name, "given/1.jsonl", EVENT.formatted(1, name));
            test(name, "expected/events.jsonl", "{\"message\": \"c\"}\n");
        }
        Files.writeString(dir.resolve("tests/a/expected/events.jsonl"), "null\n");
        Files.write(dir.resolve("tests/b/expected/events.jsonl"), new byte[] {'{', (byte) 0xC3, '}'});
        Files.createDirectory(dir.resolve("tests/c/expected/tasks.jsonl"));

        assertThat(reader().ask("test").out()).contains("expected/events.jsonl, line 1: this is not a JSON object", "FAILED  b\n        its files cannot be read: ",
                "ok      c\n1 passed, 2 failed\n");
    }

    private Reader reader() {
        return new Reader(new Home(dir).path(""));
    }

    private void test(String name, String file, String text) throws IOException {
        Path path = dir.resolve("tests").resolve(name).resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
