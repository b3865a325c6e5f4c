package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where commands write to: a full disk, a pipe that nobody reads any more, one that is read slowly. */
@EnabledOnOs(OS.LINUX)
@Tag("process")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StandardOutputTest {
    /** So many of the commands below are run, from the first on. */
    private static final int COMMANDS = Integer.getInteger("tac8.test.output-commands", 5);

    @TempDir
    private static Path dir;
    private static Home home;
    private Process process;

    static Stream<String> commands() {
        return Stream.of("--version", "status", "quarantine list", "worker w --show-conversation --raw", "cost --by day --json", "--help",
                "completion", "why t", "tasks", "task t", "worker w", "worker w --show-conversation", "events --csv", "sessions --json",
                "cost --by task", "cost --today --help", "sql VALUES(1)", "sql --csv VALUES(1)", "status --json", "reconcile",
                "archive --dry-run", "archive verify", "backup .", "rebuild --check", "quarantine replay --all", "ingest a.jsonl",
                "volume init logs", "top --every 1", "routes", "routes --json").limit(COMMANDS);
    }

    @BeforeAll
    static void storeSomething() throws Exception {
        home = new Home(dir);
        Files.writeString(Files.createDirectories(dir.resolve("logs")).resolve("w.jsonl"),
                "{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"hello\"}}\n".repeat(50_000));
        Files.writeString(dir.resolve("a.jsonl"), """
                {"type":"worker","timestamp":"%1$s","session_id":"s","worker_id":"w","task_id":"t","status":"spawned","log_file":"w.jsonl"}
                {"type":"api_call","timestamp":"%1$s","worker_id":"w","model":"m","estimated_cost_usd":1}
                {"type":"event","timestamp":"%1$s","session_id":"s","event_type":"decision","context_id":"t","message":"m"}
                """.formatted(Instant.now()));
        home.drop("a.jsonl", Files.readString(dir.resolve("a.jsonl")), "no record");
        home.drain();
    }

    @AfterEach
    void end() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void anAnswerThatCannotBeWrittenIsSaidAndIsNoSuccess(String command) throws Exception {
        start(command, Redirect.to(new File("/dev/full")));

        assertThat(errors()).endsWith("tac8: cannot write the answer: No space left on device\n").doesNotContain("\tat ");
        assertThat(process.waitFor()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aReaderWhoLeavesEndsACommandQuietly(String command) throws Exception {
        start(command, Redirect.PIPE);
        process.getInputStream().close();

        assertThat(errors()).doesNotContain("tac8: cannot", "\tat ");
        assertThat(process.waitFor()).isEqualTo(141);
    }

    @Test
    void aLongConversationIsNotReadToItsEndForOneWhoHasSeenEnough() throws Exception {
        start("worker w --show-conversation", Redirect.PIPE);
        try (BufferedReader reader = process.inputReader()) {
            reader.readLine();
        }

        assertThat(errors()).isEmpty();
        assertThat(process.waitFor()).isEqualTo(141);
    }

    @Test
    void followEndsWhenItsReaderHasLeftThoughNothingArrivesAnyMore() throws Exception {
        start("events --follow --last 1h", Redirect.PIPE);
        try (BufferedReader reader = process.inputReader()) {
            assertThat(reader.readLine()).contains("decision");
        }

        assertThat(errors()).isEmpty();
        assertThat(process.waitFor()).isEqualTo(141);
    }

    @Test
    void aCsvThatIsFollowedBeginsWithItsHeaderAlsoIfNothingHasArrived() throws Exception {
        start("events --follow --csv", Redirect.PIPE);
        try (BufferedReader reader = process.inputReader()) {
            assertThat(reader.readLine()).isEqualTo("timestamp,severity,event_type,context_type,context_id,message,details,session_id,record_id");
        }

        assertThat(process.waitFor()).isEqualTo(141);
    }

    @Test
    void aReaderWhoIsSlowGetsAllOfIt() throws Exception {
        start("worker w --show-conversation --json", Redirect.PIPE);
        long bytes = 0;
        String end = "";
        try (InputStream in = process.getInputStream()) {
            byte[] some = new byte[997];
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                bytes += read;
                end = new String(some, 0, read, StandardCharsets.UTF_8);
                Thread.yield();
            }
        }

        assertThat(bytes).isGreaterThan(5_000_000);
        assertThat(end).endsWith("}\n");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aServiceRunsOnThoughItsGreetingCannotBeWritten() throws Exception {
        home = new Home(Files.createDirectories(dir.resolve("service")));
        start("run", Redirect.to(new File("/dev/full")));
        try (BufferedReader reader = process.errorReader()) {
            assertThat(reader.lines().filter(line -> line.contains("the service runs all the same")).findFirst()).isPresent();
        }
        home.drop("a.jsonl", "no record");
        home.awaitDrained();

        assertThat(process.isAlive()).isTrue();
        home = new Home(dir);
    }

    private void start(String command, Redirect output) throws IOException {
        process = home.command(List.of(), command.split(" ")).redirectErrorStream(false).redirectOutput(output).start();
    }

    private String errors() throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
