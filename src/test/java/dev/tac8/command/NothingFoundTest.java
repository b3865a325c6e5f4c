package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where nothing is found, a sentence says so, and names the id that was meant. */
class NothingFoundTest {
    @TempDir
    private Path dir;
    private Reader reader;

    @BeforeEach
    void makeStore() {
        new Home(dir);
        Path store = Reader.store(dir.resolve("var/external"));
        Reader.insert(store, "sessions", Map.of("session_id", "s-20261122", "started_at", "2026-11-22T09:00:00.000Z"));
        for (String id : new String[] {"gh-450", "gh-4511", "other"}) {
            Reader.insert(store, "tasks", Map.of("task_id", id, "session_id", "s-20261122", "detected_at", "2026-11-22T09:00:00.000Z",
                    "status", "detected"));
            Reader.insert(store, "workers", Map.of("worker_id", "w-" + id, "session_id", "s-20261122", "task_id", id,
                    "spawned_at", "2026-11-22T09:00:00.000Z", "status", "spawned"));
        }
        reader = new Reader(dir);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "task gh-45 | There is no task gh-45; did you mean gh-450?", "why gh-451 | There is no task gh-451; did you mean gh-4511?",
            "task gh_4511 | There is no task gh_4511; did you mean gh-4511?", "worker w-gh-459 | There is no worker w-gh-459; did you mean w-gh-450?",
            "worker w-gh-459 --show-conversation | There is no worker w-gh-459; did you mean w-gh-450?",
            "cost --task gh-45 | There is no task gh-45; did you mean gh-450?",
            "cost --by day --worker w-othre | There is no worker w-othre; did you mean w-other?",
            "tasks --session s-20261121 | There is no session s-20261121; did you mean s-20261122?",
            "events --session s-2026112 | There is no session s-2026112; did you mean s-20261122?",
            "worker w-o | There is no worker w-o; did you mean w-other?", "task gh | There is no task gh; did you mean gh-450?",
            "task nothing-like-it | There is no task nothing-like-it."})
    void anUnknownIdBringsTheNearest(String command, String sentence) {
        Reader.Answered answered = reader.ask(command.split(" "));

        assertThat(answered.err().strip()).isEqualTo(sentence);
        assertThat(answered.code()).isEqualTo(1);
        assertThat(answered.out()).isEmpty();
    }

    @Test
    void anIdOfNothingIsShownAndBringsNoOther() {
        Reader.insert(dir.resolve("var/external/logs.db"), "tasks", Map.of("task_id", "x", "session_id", "s-20261122", "detected_at",
                "2026-11-22T09:00:00.000Z", "status", "detected"));

        assertThat(reader.ask("task", "").err()).isEqualTo("There is no task \"\".\n");
        assertThat(reader.ask("cost", "--task", " ").err()).isEqualTo("There is no task \" \".\n");
        assertThat(reader.ask("task", "y").err()).isEqualTo("There is no task y.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cost", "cost --task gh-450", "cost --by outcome", "cost --by month", "events", "events --type decision",
            "tasks --status failed", "tasks --completed-today", "sessions --since 2027-01-01"})
    void aKnownIdWithNothingToItBringsNoOther(String command) {
        Reader.Answered answered = reader.ask(command.split(" "));

        assertThat(answered.code()).isEqualTo(1);
        assertThat(answered.err()).matches("There is no [^;]*\\.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker w-other --raw", "worker w-other --show-conversation --csv"})
    void whatAConversationIsNotIsRefused(String command) {
        Reader.Answered answered = reader.ask(command.split(" "));

        assertThat(answered.code()).isEqualTo(2);
        assertThat(answered.err()).contains("--show-conversation");
    }

    @Test
    void jsonAndCsvAreTwoForms() {
        for (String command : List.of("tasks", "quarantine list")) {
            Reader.Answered answered = reader.askPlainly((command + " --json --csv").split(" "));

            assertThat(answered.code()).isEqualTo(2);
            assertThat(answered.err()).contains("--json and --csv exclude each other: use one");
        }
    }
}
