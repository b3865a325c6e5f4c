package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.HangingFile;
import dev.tac8.Home;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.Generations;
import dev.tac8.service.Service;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code tac8 top} shows, on a terminal that util-linux's script plays and as one picture. */
@EnabledOnOs(OS.LINUX)
@Tag("process")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TopTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern ESCAPE = Pattern.compile("\033(\\[[?0-9;]*[A-Za-z]|[=>]|\\(B)");

    @TempDir
    private Path dir;
    private Home home;
    private Process terminal;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home")).set("tac8.breaker.retry-seconds", 1);
    }

    @AfterEach
    void end() throws InterruptedException {
        if (terminal != null) {
            terminal.destroyForcibly().waitFor();
        }
    }

    @Test
    void onePictureSaysWhatIsThereAndNothingInItSteersATerminal() throws Exception {
        home.drop("a.jsonl", call(0.25, "w1"), call(0.5, "w2"), event("plain\\u001b[2Jtext"), "no record", "nor this\u001b[2J");
        home.drain();
        home.drop("b.jsonl", event("waits"));

        Home.Finished once = home.run("top", "--once", "--every", "1");

        assertThat(once.exitCode()).as(once.output()).isZero();
        assertThat(once.output()).contains("service     does not run\n").contains("waiting     1 file in the spool, the oldest for ")
                .contains("backlog     nothing\n").contains("quarantine  2 lines in 1 file\n").contains("today       $0.75, 2 calls, 30 tokens\n")
                .containsPattern("\nexternal( +0){5} +[0-9.]+ KiB  \\d+ s ago\n").contains("a.jsonl, line 4: ")
                .contains("info     decision    gh-1      plain\\u001b[2Jtext\n").doesNotContain("\033", "waits");
    }

    @Test
    void aPictureThatIsNoTerminalsIsOneWithoutBeingAsked() throws Exception {
        Home.Finished piped = home.run("top", "--every", "1");

        assertThat(piped.exitCode()).as(piped.output()).isEqualTo(3);
        assertThat(piped.output()).startsWith("tac8 top  ").contains("service     does not run\nwaiting     nothing\n").contains("external    there is no database yet").doesNotContain("\033");
        assertThat(home.path("var")).doesNotExist();
    }

    @Test
    void withoutAKeyboardItSaysWhatToDoInstead() throws Exception {
        Process top = home.command(List.of("-Dtac8.output-terminal=true"), "top").redirectInput(new File("/dev/null")).start();

        assertThat(new String(top.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .startsWith("tac8: top reads keys from a terminal, and standard input is none: --once prints one picture\n").doesNotContain("\tat ");
        assertThat(top.waitFor()).isEqualTo(2);
    }

    @Test
    void aSpoolThatIsAwayIsSaid() throws Exception {
        home.drop("a.jsonl", event("one"));
        home.drain();
        Files.move(home.spool(), home.path("var/gone"));

        Home.Finished once = home.run("top", "--once", "--every", "1");

        assertThat(once.exitCode()).as(once.output()).isEqualTo(4);
        assertThat(once.output()).contains("waiting     not known: there is no folder " + home.spool());
    }

    @Test
    void saysHowManyRowsASecondEachStoreTakes() throws Exception {
        home.start();
        try {
            home.drop("first.jsonl", event("first"));
            home.awaitDrained();
            Process top = home.command(List.of(), "top", "--once", "--every", "2").redirectOutput(dir.resolve("out").toFile()).start();
            for (int i = 0; top.isAlive(); i++) {
                home.drop(i + ".jsonl", event("number " + i));
                home.awaitDrained();
            }

            assertThat(Files.readString(dir.resolve("out"))).containsPattern("service     runs, process \\d+\n").contains("breaker     closed for ")
                    .containsPattern("\nexternal( +0){3} +[1-9][0-9.,]* +0 ");
        } finally {
            home.stop();
        }
    }

    @Test
    void aDiskThatIsAwayAndAnEditThatIsRefusedAreSaidAndTheAnswerIsPartial() throws Exception {
        home.drop("a.jsonl", call(1, "w1"));
        home.drain();
        Files.move(home.path("var/external"), home.path("var/gone"));
        Files.createDirectory(home.path("var/external"));
        try (Service running = home.start()) {
            home.drop("b.jsonl", call(2, "w2"));
            home.awaitDrained();
            running.inForce().use(Generations.of(home.spool()).keep(EditedFiles.read(home.path("")), "start"));
            running.inForce().refuse("routes/own.camel.yaml, line 3: stepz is not a name that can stand here");
            await().atMost(SOON).until(() -> Files.readString(home.spool().resolve(".tac8/status.json")).contains("stepz"));

            Home.Finished once = home.run("top", "--once", "--every", "1");

            assertThat(once.exitCode()).as(once.output()).isEqualTo(4);
            assertThat(once.output()).containsPattern("breaker     (open|half-open) for .*: chunks go to the local store")
                    .containsPattern("generation  \\d+, since ").contains("refused     routes/own.camel.yaml, line 3: stepz")
                    .contains("external    no tac8 volume is mounted at").containsPattern("\nlocal ").containsPattern("backlog     \\d rows in the local store")
                    .contains("today       $2.00, 1 call, 15 tokens; without what cannot be read");
        }
    }

    @ParameterizedTest
    @CsvSource({"80, 113", "200, 81", "80, 3"}) // q, Q and Ctrl-C
    void drawsInTheWidthOfTheTerminalAndLeavesItAsItWas(int columns, int key) throws Exception {
        home.drop("a.jsonl", event("x".repeat(300)), "no record " + "y".repeat(300));
        home.drain();
        top(columns, "xterm", true, 1);
        await().atMost(SOON).until(() -> shown().contains("\033[?1049h") && shown().contains("decision"));
        await("it is drawn again").atMost(SOON).until(() -> shown().split("tac8 top", -1).length > 2);

        type(key);

        assertThat(terminal.waitFor(20, TimeUnit.SECONDS)).isTrue();
        String all = shown();
        List<MatchResult> settings = Pattern.compile("settings=(\\S+)").matcher(all).results().toList();
        assertThat(all).contains("\033[?1049l").contains("ended with 0").contains("\033[31m");
        assertThat(settings).hasSize(2);
        assertThat(settings.get(1).group(1)).isEqualTo(settings.get(0).group(1));
        assertThat(all.substring(all.lastIndexOf("\033[?1049l"))).as("the cursor is shown again, or was before").doesNotContain("\033[?25l");
        List<Integer> widths = lines(all).stream().map(String::length).toList();
        assertThat(widths).allMatch(width -> width <= columns).contains(columns);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xterm", "dumb"})
    void isWithoutColourWhereNoneIsWantedAndWorksOnADumbTerminal(String type) throws Exception {
        home.drop("a.jsonl", event("one"), "no record");
        home.drain();
        top(80, type, false, 1);
        await().atMost(SOON).until(() -> shown().contains("decision"));

        type('q');

        assertThat(terminal.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(shown()).doesNotContain("\033[31m", "\033[1m").contains("ended with 0");
        if (type.equals("dumb")) {
            assertThat(shown()).doesNotContain("\033");
        }
    }

    @Test
    void followsTheTerminalToAnotherWidth() throws Exception {
        home.drop("a.jsonl", event("x".repeat(300)));
        home.drain();
        top(80, "xterm", true, 600);
        await().atMost(SOON).until(() -> shown().contains("decision"));
        String device = Pattern.compile("device=(\\S+)").matcher(shown()).results().findFirst().orElseThrow().group(1);

        new ProcessBuilder("stty", "-F", device, "cols", "120").start().waitFor();

        await().atMost(SOON).until(() -> lines(shown()).stream().anyMatch(line -> line.length() == 120));
    }

    @Test
    void aDiskThatHangsIsSaidAndQEndsItAllTheSame() throws Exception {
        home.drop("a.jsonl", event("one"));
        home.drain();
        try (HangingFile marker = HangingFile.of(home.path("var/external/.tac8-volume"))) {
            top(80, "xterm", true, 1);
            await().atMost(SOON).until(() -> shown().contains("external    it does not answer, so its disk is slow or hangs"));

            type('q');

            assertThat(terminal.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(shown()).contains("ended with 0");
        }
    }

    /** Runs it on a terminal of 24 lines, and says before and after how that is set. */
    private void top(int columns, String type, boolean colour, int every) throws IOException {
        List<String> words = new ArrayList<>();
        home.command(List.of("-Dtac8.output-terminal=true", "-Dpicocli.ansi=" + colour), "top", "--every", String.valueOf(every)).command().forEach(word -> words.add("'" + word + "'"));
        String line = "stty cols " + columns + " rows 24; echo device=$(tty); echo settings=$(stty -g); " + String.join(" ", words)
                + "; echo ended with $?; echo settings=$(stty -g)";
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", line, "/dev/null").directory(dir.toFile()).redirectErrorStream(true)
                .redirectOutput(dir.resolve("shown").toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("TAC8_"));
        builder.environment().putAll(Map.of("TERM", type, "SHELL", "/bin/sh"));
        terminal = builder.start();
    }

    private void type(int key) throws IOException {
        terminal.getOutputStream().write(key);
        terminal.getOutputStream().flush();
    }

    private String shown() {
        try {
            return Files.readString(dir.resolve("shown"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stood in the lines of the pictures. */
    private static List<String> lines(String shown) {
        int begin = shown.indexOf("\033[?1049h");
        return ESCAPE.matcher(shown.substring(begin).replaceFirst("(?s)\033\\[\\?1049l.*", "").replace("\033[H", "\n")).replaceAll("").lines().toList();
    }

    private static String call(double cost, String worker) {
        return "{\"type\":\"api_call\",\"timestamp\":\"" + Instant.now() + "\",\"worker_id\":\"" + worker + "\",\"model\":\"m\",\"tokens_input\":10,"
                + "\"tokens_output\":5,\"estimated_cost_usd\":" + cost + "}";
    }

    private static String event(String message) {
        return "{\"type\":\"event\",\"timestamp\":\"" + Instant.now() + "\",\"session_id\":\"s\",\"event_type\":\"decision\",\"context_id\":\"gh-1\",\"severity\":\"info\","
                + "\"message\":\"" + message + "\"}";
    }
}
