package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tac8.Home;
import dev.tac8.settings.Settings;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("process")
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServiceTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** What the service itself records is left out. */
    private static final String EVENTS = "SELECT record_id FROM events WHERE session_id <> 'tac8' ORDER BY record_id";

    @TempDir
    private Path dir;
    private Home home;
    private Path log;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home"));
        log = dir.resolve("log");
    }

    @AfterEach
    void stopAll() {
        home.close();
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void refusesASecondServiceOnTheSameSpoolAtOnceAndNamesTheFirst() throws Exception {
        Process first = start();
        awaitLog("tac8 is running, process " + first.pid());
        Duration anyCommand = time(() -> assertThat(home.run("--version").exitCode()).isZero());

        Path secondLog = dir.resolve("second-log");
        Duration refusal = time(() -> {
            Process second = start("run", secondLog);
            assertThat(second.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(second.exitValue()).isEqualTo(3);
        });

        assertThat(Files.readString(secondLog)).isEqualTo("tac8: the spool " + home.spool() + " is being read by process "
                + first.pid() + " already: stop that one first, or set another tac8.spool.dir\n");
        assertThat(refusal).isLessThan(anyCommand.plusSeconds(10));
        assertThat(first.isAlive()).isTrue();
    }

    @Test
    void refusesASecondServiceInTheSameProcess() throws Exception {
        home.start();

        assertThatThrownBy(() -> Service.open(Settings.load(home.path(""), Map.of(), Map.of()))).isInstanceOf(SpoolTakenException.class)
                .hasMessageContaining("process " + ProcessHandle.current().pid());
    }

    @Test
    void marksTheDefaultVolumeOnItsFirstStartAndRemembersIt() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();

        String id = Files.readString(home.path("var/external/" + Volume.MARKER));
        assertThat(Files.readString(home.path("var/spool/.tac8/external-volume"))).isEqualTo(id.strip() + " in-use\n");
        home.drop("b.jsonl", event(2));
        home.drain();
        assertThat(home.rows("events")).hasSize(2);
        assertThat(Files.readString(home.path("var/external/" + Volume.MARKER))).isEqualTo(id);
    }

    @Test
    void writesNothingToAnUnmarkedVolumeAndGoesOnByItselfOnceItIsMarked() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        home.set("tac8.external.dir", disk);
        home.drop("a.jsonl", event(1));
        Process process = start();
        awaitLog("no tac8 volume is mounted at " + disk);
        home.awaitDrained();
        assertThat(disk).isEmptyDirectory();
        assertThat(localEvents()).containsExactly("e1");

        Files.writeString(disk.resolve(Volume.MARKER), "11111111-2222-3333-4444-555555555555\n");

        await().atMost(SOON).until(() -> localEvents().isEmpty());
        assertThat(process.isAlive()).isTrue();
        assertThat(Home.query(disk.resolve("logs.db"), EVENTS)).containsExactly("e1");
    }

    @Test
    void refusesAnotherVolumeThanTheOneItKnowsAndWritesLocally() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();
        Path disk = home.path("var/external");
        Files.move(disk, home.path("var/ours"));
        Files.createDirectories(disk);
        Files.writeString(disk.resolve(Volume.MARKER), "11111111-2222-3333-4444-555555555555\n");
        home.drop("b.jsonl", event(2));

        start();
        awaitLog("the volume at " + disk + " is another one (11111111-2222-3333-4444-555555555555");
        home.awaitDrained();

        assertThat(disk.resolve("logs.db")).doesNotExist();
        assertThat(localEvents()).containsExactly("e2");
        Files.delete(disk.resolve(Volume.MARKER));
        Files.delete(disk);
        Files.move(home.path("var/ours"), disk);
        await().atMost(SOON).until(() -> localEvents().isEmpty());
        assertThat(home.query(EVENTS)).containsExactly("e1", "e2");
    }

    @Test
    void losesNothingWhenTheDatabaseIsRenamedAwayAndCopiedBack() throws Exception {
        home.start();
        home.drop("a.jsonl", event(1));
        home.awaitDrained();
        Path old = home.database().resolveSibling("old.db");
        Files.move(home.database(), old);
        Files.copy(old, home.database());

        home.drop("b.jsonl", event(2));
        home.awaitDrained();

        await().atMost(SOON).untilAsserted(() ->
                assertThat(home.query(EVENTS)).containsExactly("e1", "e2"));
        home.assertSound();
    }

    @Test
    void stopsInTheMiddleOfAFileWithinTenSecondsAndTheNextRunCompletesIt() throws Exception {
        List<String> lines = IntStream.range(0, 20_000).mapToObj(ServiceTest::mixed).toList();
        Home reference = new Home(dir.resolve("reference"));
        reference.drop("big.jsonl", lines);
        reference.drain();
        home.drop("big.jsonl", lines);
        home.set("tac8.ingest.chunk-records", 20);
        Process process = start();
        await().atMost(SOON).until(() -> Files.exists(home.database()) && Files.size(home.database()) > 200_000);

        Duration stop = time(() -> {
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        });

        assertThat(stop).isLessThan(Duration.ofSeconds(10));
        assertThat(home.waiting()).as("the file stays in the spool").hasSize(1);
        assertThat(home.done()).isEmpty();
        assertThat(home.rows("events")).hasSizeBetween(1, reference.rows("events").size() - 1);
        assertThat(log()).contains("stopped in the middle of big.jsonl");
        home.set("tac8.ingest.chunk-records", 5000);
        home.drain();
        assertThat(home.tables()).isEqualTo(reference.tables());
        home.assertSound();
    }

    @Test
    void keepsTheSpoolAndNamesTheFileWhenAStatementIsMisspelt() throws Exception {
        home.edit("sql/ingest/insert-events.sql", "context_type", "contekst_type");
        home.drop("a.jsonl", event(1), "no record");
        home.drop("b.jsonl", event(2));

        start();
        awaitLog("Reading stands still");

        assertThat(log()).contains("contekst_type").contains("a.jsonl: sql/ingest/insert-events.sql: ").doesNotContain("\tat ");
        assertThat(home.waiting()).hasSize(2);
        assertThat(home.quarantined()).isEmpty();
        assertThat(home.done()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"sql/ingest/join-api-calls.sql, api_calls.model AS model, api_calls.modell AS model", "sql/archive/nameless.sql, there.task_id, there.task_idd"})
    void namesAStatementThatIsMisspeltAtTheStartAlthoughNothingNeedsItYet(String file, String right, String wrong) throws Exception {
        home.edit(file, right, wrong);
        home.drop("a.jsonl", event(1));

        start();
        awaitLog("tac8 is running");
        home.awaitDrained();

        assertThat(log().lines().filter(line -> line.contains("ERROR sql"))).singleElement().asString()
                .contains(file + " cannot be run: ").contains("no such column: " + wrong.replaceAll(" .*", ""))
                .endsWith(". Whatever needs it waits, and nothing is lost, until it is mended and tac8 started again");
        assertThat(home.query(EVENTS)).containsExactly("e1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sql/open-store.sql", "sql/schema.sql", "sql/schema-shape.sql"})
    void namesAScriptForTheStoresThatIsMisspeltInOneSentenceAndEnds(String file) throws Exception {
        Files.writeString(home.path(file), "MISSPELT;\n");

        Home.Finished run = home.run("run");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).startsWith("tac8: " + home.path(file)).contains("MISSPELT").containsOnlyOnce("\n");
    }

    @Test
    void namesARouteFileThatCannotBeReadInOneSentenceAndEnds() throws Exception {
        home.edit("routes/ingest.camel.yaml", "      steps:", "     steps:");

        Home.Finished run = home.run("run");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.output()).startsWith("tac8: the routes cannot be loaded, so nothing was started: ").contains("ingest.camel.yaml")
                .containsOnlyOnce("\n");
    }

    @Test
    void namesARouteFileWithAStepThatIsNoneInOneSentenceAndEnds() throws Exception {
        home.edit("routes/store.camel.yaml", "- doTry:", "- dotry:");

        Home.Finished run = home.run("run");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.output()).startsWith("tac8: the routes cannot be loaded").contains("store.camel.yaml").containsOnlyOnce("\n");
    }

    @Test
    void refusesAnUnknownSettingBeforeAnythingStarts() throws Exception {
        home.edit("application.properties", "tac8.spool.dir=", "tac8.spool.folder=");

        Home.Finished run = home.run("run");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output()).isEqualTo("tac8: there is no setting tac8.spool.folder (in application.properties); did you mean"
                + " tac8.spool.dir? application.properties lists all there are\n");
        assertThat(home.path("var")).doesNotExist();
    }

    @Test
    void leavesEverythingButRegularJsonlFilesAloneAndReadsTheNeighbours() throws Exception {
        Path outside = Files.writeString(dir.resolve("outside.jsonl"), event(7) + "\n");
        home.drop("a.jsonl", event(1));
        home.drop("z.jsonl", event(2));
        List<Path> others = new ArrayList<>();
        others.add(Files.createSymbolicLink(home.spool().resolve("link.jsonl"), outside));
        others.add(Files.createSymbolicLink(home.spool().resolve("dangling.jsonl"), dir.resolve("nowhere")));
        others.add(home.spool().resolve("fifo.jsonl"));
        assertThat(new ProcessBuilder("mkfifo", others.get(2).toString()).start().waitFor()).isZero();
        others.add(Files.createDirectory(home.spool().resolve("folder.jsonl")));
        Files.writeString(others.get(3).resolve("inside.jsonl"), event(8) + "\n");
        for (String name : List.of("notes.txt", "noextension", "b.jsonl.gz", "c.JSONL", ".d.jsonl", ".e.jsonl.part", "f.json")) {
            others.add(Files.writeString(home.spool().resolve(name), event(9) + "\n"));
        }

        home.start();
        await().atMost(SOON).until(() -> home.done().size() == 2);
        home.drop("later.jsonl", event(3));
        await().atMost(SOON).until(() -> home.done().size() == 3);
        home.stop();

        assertThat(home.query("SELECT record_id FROM events ORDER BY record_id")).containsExactly("e1", "e2", "e3");
        assertThat(others).allMatch(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS));
        assertThat(Files.readString(outside)).isEqualTo(event(7) + "\n");
    }

    @Test
    void takesFilesOfAnyName() throws Exception {
        List<String> names = List.of("with space.jsonl", " lead.jsonl", "%20.jsonl", "%.jsonl", "a#b.jsonl", "a?b=c&d.jsonl", "back\\slash.jsonl",
                "new\nline.jsonl", "tab\t.jsonl", "${body}.jsonl", "{{tac8.spool.dir}}.jsonl", "#{x}.jsonl", "quote\"'`.jsonl",
                "-rf.jsonl", "~.jsonl", "*.jsonl", "[a].jsonl", "a:b|c<d>.jsonl", "$simple{date:now}.jsonl", "日本語😀.jsonl",
                "e\u0301.jsonl", "\u001b[31m.jsonl", "a".repeat(249) + ".jsonl",
                "ä".repeat(124) + ".jsonl");
        for (int i = 0; i < names.size(); i++) {
            plainDrop(names.get(i), event(i) + "\nno record " + i + "\n");
        }

        home.drain();

        int files = names.size();
        assertThat(home.waiting()).isEmpty();
        assertThat(home.done()).hasSize(files);
        assertThat(home.quarantined()).hasSize(files);
        assertThat(home.query("SELECT count(*) FROM events")).containsExactly("" + files);
        assertThat(home.done()).anyMatch(path -> path.toString().endsWith("-new\nline.jsonl"))
                .anyMatch(path -> path.toString().endsWith("-${body}.jsonl")).anyMatch(path -> path.toString().endsWith("-%20.jsonl"));
    }

    private List<String> localEvents() {
        return Home.query(home.localDatabase(), EVENTS);
    }

    private interface Step {
        void run() throws Exception;
    }

    private static Duration time(Step step) throws Exception {
        long begin = System.nanoTime();
        step.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Starts the service as a process of its own, its output in the log. */
    private Process start() throws IOException {
        return start("run", log);
    }

    private Process start(String command, Path output) throws IOException {
        Process process = home.command(List.of(), command).redirectOutput(output.toFile()).start();
        processes.add(process);
        return process;
    }

    private void awaitLog(String text) {
        await("the log says: " + text).atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> log().contains(text));
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names as long as can be leave no room for the name of a part. */
    private void plainDrop(String name, String content) throws IOException {
        Files.createDirectories(home.spool());
        Path part = Files.write(home.spool().resolve(".part"), content.getBytes(StandardCharsets.UTF_8));
        Files.move(part, home.spool().resolve(name));
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"id\":\"e" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"event_type\":\"e\","
                + "\"message\":\"m\"}";
    }

    private static String mixed(int i) {
        String time = String.format("\"timestamp\":\"2026-11-22T10:%02d:%02dZ\"", i / 60 % 60, i % 60);
        return switch (i % 4) {
            case 0 -> "{\"type\":\"task\"," + time + ",\"session_id\":\"s1\",\"task_id\":\"gh-" + i % 101 + "\",\"status\":\"active\"}";
            case 1 -> "{\"type\":\"worker\"," + time + ",\"session_id\":\"s1\",\"task_id\":\"gh-" + i % 101 + "\",\"worker_id\":\"w-" + i % 203
                    + "\",\"status\":\"spawned\"}";
            case 2 -> "{\"type\":\"api_call\"," + time + ",\"worker_id\":\"w-" + i % 307 + "\",\"model\":\"m\",\"estimated_cost_usd\":0.01}";
            default -> "{\"type\":\"event\"," + time + ",\"session_id\":\"s1\",\"event_type\":\"e\",\"message\":\"number " + i + "\"}";
        };
    }
}
