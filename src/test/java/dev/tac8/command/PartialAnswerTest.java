package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that lacks something says so to a person, to a script by its exit code, and in JSON. */
class PartialAnswerTest {
    private static final List<List<String>> FOUND = List.of(List.of("cost"), List.of("cost", "--by", "task"), List.of("cost", "--by", "day"),
            List.of("tasks"), List.of("task", "gh-1"), List.of("why", "gh-1"), List.of("worker", "w-1"), List.of("events"), List.of("sessions"),
            List.of("sql", "SELECT task_id FROM tasks"));
    private static final List<List<String>> NOTHING = List.of(List.of("cost", "--since", "2030-01-01", "--model", "none"),
            List.of("tasks", "--status", "failed"), List.of("task", "gh-2"), List.of("why", "gh-2"), List.of("worker", "w-2"), List.of("worker", "w-2", "--show-conversation"),
            List.of("events", "--type", "none"), List.of("sessions", "--since", "2030-01-01"), List.of("sql", "SELECT 1 FROM tasks WHERE 0"));

    @TempDir
    private Path dir;
    private Reader reader;

    @BeforeEach
    void makeStores() throws IOException {
        new Home(dir);
        Files.createDirectories(dir.resolve("var/spool"));
        for (String name : List.of("external", "local")) {
            Path store = Reader.store(dir.resolve("var").resolve(name));
            Files.writeString(dir.resolve("var/spool/." + name + "-volume"), "11111111-2222-3333-4444-555555555555\n");
            Reader.insert(store, "sessions", Map.of("session_id", "s-1", "started_at", "2026-11-22T09:00:00.000Z"));
            Reader.insert(store, "tasks", Map.of("task_id", "gh-1", "session_id", "s-1", "detected_at", "2026-11-22T09:00:00.000Z",
                    "status", "active"));
            Reader.insert(store, "workers", Map.of("worker_id", "w-1", "session_id", "s-1", "task_id", "gh-1",
                    "spawned_at", "2026-11-22T09:00:00.000Z", "status", "spawned", "log_file", "logs/w-1.jsonl"));
            Reader.insert(store, "events", Map.of("record_id", "e-" + name, "session_id", "s-1", "timestamp", "2026-11-22T09:00:00.000Z",
                    "event_type", "e", "severity", "info", "message", "m"));
            Reader.insert(store, "api_calls", Map.of("record_id", "c-" + name, "worker_id", "w-1", "timestamp", "2026-11-22T09:00:00.000Z",
                    "model", "m", "estimated_cost_usd", 1.0));
        }
        reader = new Reader(dir, "--zone", "UTC");
    }

    private void assertAll(int found, int nothing, String sentence) {
        for (List<String> question : FOUND) {
            assertAnswered(question, found, sentence);
        }
        for (List<String> question : NOTHING) {
            assertAnswered(question, nothing, sentence);
        }
    }

    private void assertAnswered(List<String> question, int code, String sentence) {
        for (String form : List.of(question.contains("--show-conversation") ? "" : question.contains("cost") ? "--csv" : "", "--json")) {
            Reader.Answered answered = reader.ask(Stream.concat(question.stream(), Stream.of(form)).filter(word -> !word.isEmpty())
                    .toArray(String[]::new));

            assertThat(answered.code()).as("%s %s: %s", question, form, answered).isEqualTo(code);
            if (form.equals("--json") && code != 3 && !question.contains("--show-conversation")) {
                assertThat(answered.out().isEmpty() ? "" : answered.json().get("missing").toString()).contains(sentence);
            } else {
                assertThat(answered.err()).contains(sentence);
            }
        }
    }

    @Test
    void allThereIsNotPartial() {
        assertAll(0, 1, "");
    }

    @Test
    void withoutTheExternalStoreEveryAnswerIsPartial() throws IOException {
        Files.move(dir.resolve("var/external"), dir.resolve("var/gone"));
        assertAll(4, 4, "the external store is not available, and what it holds is missing here");
    }

    @Test
    void withoutTheLocalStoreEveryAnswerIsPartial() throws IOException {
        Files.move(dir.resolve("var/local"), dir.resolve("var/gone"));
        assertAll(4, 4, "the local store is not available, and what it holds is missing here");
    }

    @ParameterizedTest
    @CsvSource({"external, empty, it has no bytes", "external, folder, it is a folder", "external, bare, has no tables", "local, empty, it has no bytes",
            "local, folder, it is a folder", "external, pipe, it is no regular file"})
    void whatLiesInThePlaceOfAStoreIsMissingAndTheOtherAnswers(String name, String what, String reason) throws Exception {
        Path store = dir.resolve("var").resolve(name).resolve("logs.db");
        Files.delete(store);
        switch (what) {
            case "empty" -> Files.createFile(store);
            case "folder" -> Files.createDirectory(store);
            case "pipe" -> assertThat(new ProcessBuilder("mkfifo", store.toString()).start().waitFor()).isZero();
            default -> {
                try (Connection connection = Reader.connect(store); Statement statement = connection.createStatement()) {
                    statement.execute("PRAGMA user_version = 1");
                }
            }
        }
        for (List<String> question : List.of(FOUND.get(0), NOTHING.get(0))) {
            assertAnswered(question, 4, store + " ");
            assertAnswered(question, 4, reason);
        }
        if (!what.equals("bare")) {
            assertStatus(new Reader(dir), 4, "the " + name + " store: " + store + " is no database, as " + reason);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"external", "local"})
    void asLongAsADamagedDatabaseLiesAsideEveryAnswerIsPartialAndSaysWhatToDo(String name) throws IOException {
        Path aside = dir.resolve("var").resolve(name).resolve("logs.db.damaged-20261122T090000Z");
        Files.writeString(aside, "this was a database");
        Files.writeString(aside.resolveSibling(aside.getFileName() + "-journal"), "and this its journal");
        String said = "what " + aside + " held is missing here, as it was set aside as damaged: bring it back by ./tac8 rebuild, then remove that file or move it away";

        assertAnswered(FOUND.get(0), 4, said);
        assertAnswered(NOTHING.get(0), 4, said);
        assertAnswered(List.of("sql", "--active-only", "SELECT 1"), 4, said);
        assertStatus(new Reader(dir), 4, "the " + name + " store: " + said);

        Files.move(aside, dir.resolve("aside"));
        assertAnswered(FOUND.get(0), 0, "");
        assertStatus(new Reader(dir), 0);
    }

    @Test
    void withoutBothThereIsNoAnswer() throws IOException {
        Files.move(dir.resolve("var/external"), dir.resolve("var/gone"));
        Files.move(dir.resolve("var/local"), dir.resolve("var/gone too"));
        assertAll(3, 3, "the local store is not available");
    }

    @Test
    void withAMonthThatCannotBeReadOnlyWhatNeedsItIsPartial() throws IOException {
        Files.createDirectories(dir.resolve("var/external/archive"));
        Files.writeString(dir.resolve("var/external/archive/logs-2026-05.db"), "this was a database ".repeat(500));

        assertAnswered(List.of("cost"), 4, "the archive of 2026-05");
        assertAnswered(List.of("task", "gh-2"), 4, "the archive of 2026-05");
        assertAnswered(List.of("sql", "SELECT 1"), 4, "the archive of 2026-05");
        assertAnswered(List.of("sql", "--active-only", "SELECT 1"), 0, "");
        assertAnswered(List.of("cost", "--since", "2026-11-01"), 0, "");
        assertAnswered(List.of("events", "--since", "2026-11-01", "--type", "none"), 1, "");
    }

    @Test
    void aConversationThatARecordNamesAndNobodyHasIsMissing() throws IOException {
        assertThat(reader.ask("worker", "w-1", "--show-conversation").code()).isEqualTo(4);
        assertThat(reader.ask("worker", "w-1", "--show-conversation", "--json").code()).isEqualTo(4);
        assertThat(reader.ask("worker", "w-1", "--show-conversation", "--raw").err()).contains("there is no conversation");

        Files.createDirectories(dir.resolve("logs"));
        Files.writeString(dir.resolve("logs/w-1.jsonl"), "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"hi\"}}\n");
        assertThat(reader.ask("worker", "w-1", "--show-conversation").code()).isZero();

        Files.move(dir.resolve("var/local"), dir.resolve("var/gone"));
        Reader.Answered answered = reader.ask("worker", "w-1", "--show-conversation");
        assertThat(answered.code()).isEqualTo(4);
        assertThat(answered.out()).contains("hi");
    }

    @Test
    void aWorkerWhoseRecordsNameNoConversationHasNone() {
        Reader.insert(dir.resolve("var/external/logs.db"), "workers", Map.of("worker_id", "w-9", "session_id", "s-1", "task_id", "gh-1",
                "spawned_at", "2026-11-22T09:00:00.000Z", "status", "spawned"));
        assertThat(reader.ask("worker", "w-9", "--show-conversation").code()).isEqualTo(1);
    }

    @Test
    void statusIsPartialAsWell() throws IOException {
        Reader plain = new Reader(dir);
        assertStatus(plain, 0);
        assertStatus(new Reader(dir, "-D", "tac8.spool.dir=" + dir.resolve("nowhere")), 4, "there is no folder " + dir.resolve("nowhere"));
        Files.writeString(dir.resolve("file"), "");
        assertThat(new Reader(dir, "-D", "tac8.spool.dir=" + dir.resolve("file")).ask("status").code()).isBetween(2, 4);

        Files.move(dir.resolve("var/external"), dir.resolve("var/gone"));
        assertStatus(plain, 4, "the external store: no tac8 volume is mounted");
        Files.move(dir.resolve("var/local"), dir.resolve("var/gone too"));
        assertStatus(plain, 3, "the external store: ", "the local store: ");
        Files.move(dir.resolve("var/gone"), dir.resolve("var/external"));
        assertStatus(plain, 4, "the local store: ");
    }

    private static void assertStatus(Reader asker, int code, String... missing) {
        Reader.Answered answered = asker.ask("status", "--json");
        assertThat(answered.code()).as("%s", answered).isEqualTo(code);
        JsonNode named = answered.json().get("missing");
        assertThat(named).hasSize(missing.length);
        for (int i = 0; i < missing.length; i++) {
            assertThat(named.get(i).asText()).contains(missing[i]);
        }
        assertThat(asker.ask("status").code()).isEqualTo(code);
    }

    @Test
    void columnsOfOneNameAreAllInJson() {
        assertThat(reader.json("sql", "SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a, 5 AS A").get("rows"))
                .hasToString("[{\"a\":1,\"a_3\":2,\"a_2\":3,\"a_4\":4,\"A\":5}]");
        assertThat(reader.ask("sql", "SELECT 1 AS a, 2 AS a", "--csv").out()).isEqualTo("a,a\r\n1,2\r\n");
    }
}
