package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.Generation;
import dev.tac8.generation.Generations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** A service starts with files on disk that are not good: with those that last worked, and says so. */
@Tag("process")
@Tag("thorough")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BadFileAtStartTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int RESTARTS = Integer.getInteger("tac8.test.restarts", 8);
    private static final int KILLS = Integer.getInteger("tac8.test.edit-kills", 3);
    private static final String OWN = "routes/own.camel.yaml";
    private static final int LATEST_MILLISECONDS = 1200;

    @TempDir
    private Path dir;
    private Home home;
    private Path log;
    private Process process;

    /** Makes a mistake in the files of the home. */
    private interface Mistake {
        void make() throws IOException;
    }

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home"));
        log = dir.resolve("log");
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void startsWithWhatLastWorkedWhateverIsWrongAndSaysSo() throws Exception {
        EditedFiles whole = startOnce();
        List<Map.Entry<String, Mistake>> mistakes = List.copyOf(mistakes().entrySet());
        int starts = 0;
        for (int i = 0; i < RESTARTS; i++) {
            Map.Entry<String, Mistake> mistake = mistakes.get(i % mistakes.size());
            mistake.getValue().make();

            start();

            assertThat(said()).contains(mistake.getKey()).contains("The edit is not taken, and generation 1, which last worked, runs, until that is mended");
            home.drop("r" + i + ".jsonl", event("r" + i));
            awaitNot(home.spool().resolve("r" + i + ".jsonl"));
            starts++;
            end();
            put(whole);
        }
        assertThat(home.query("SELECT count(*) FROM events WHERE session_id = 's'")).containsExactly("" + RESTARTS);
        System.out.println("restarts with a bad file on disk: " + RESTARTS + " restarts, " + starts + " starts");
    }

    @Test
    void isMendedWhileItRunsWithWhatLastWorked() throws Exception {
        EditedFiles whole = startOnce();
        home.edit("application.properties", "keep-days=90", "keep-days=many");
        start();

        put(whole);

        awaitSaid("the files are those of generation 1 again, which is in force");
    }

    @Test
    void anUpdateOfTac8KnowsOfNoneThatWorked() throws Exception {
        startOnce();
        Generation kept = Generations.of(home.spool()).latest().orElseThrow();
        Path about = kept.folder().resolve("generation.json");
        Files.writeString(about, Files.readString(about).replace(kept.build(), "0".repeat(kept.build().length())));
        home.edit("routes/status.camel.yaml", "steps:", "stepz:");

        Home.Finished run = home.run("run");

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.output()).contains("routes/status.camel.yaml, line 9: stepz is not a name that can stand here").doesNotContain("which last worked");
    }

    @Test
    @Tag("thorough")
    void startsAfterItWasKilledAtAnyMomentOfAnEdit() throws Exception {
        long seed = Long.getLong("tac8.test.seed", System.nanoTime());
        System.out.println("BadFileAtStartTest: -Dtac8.test.seed=" + seed);
        Random random = new Random(seed);
        startOnce();
        for (int i = 0; i < KILLS; i++) {
            start();
            home.drop("r" + i + ".jsonl", event("r" + i));
            home.edit("routes/ingest.camel.yaml", "description: ", "description: Again. ").edit("routes/write.camel.yaml", "description: Joins", "description: Joins, joins");
            // Not a wait for anything: the moment is what is random.
            Thread.sleep(random.nextInt(LATEST_MILLISECONDS));
            process.destroyForcibly().waitFor();
        }

        home.edit("routes/status.camel.yaml", "steps:", "stepz:");
        start();

        assertThat(said()).contains(", which last worked, runs, until that is mended");
        for (int i = 0; i < KILLS; i++) {
            awaitNot(home.spool().resolve("r" + i + ".jsonl"));
        }
        assertThat(home.query("SELECT count(*) FROM events WHERE session_id = 's'")).containsExactly("" + KILLS);
    }

    /** Each with words of its sentence. */
    private Map<String, Mistake> mistakes() {
        Map<String, Mistake> mistakes = new LinkedHashMap<>();
        mistakes.put("routes/status.camel.yaml, line 9: stepz is not a name that can stand here", () -> home.edit("routes/status.camel.yaml", "steps:", "stepz:"));
        mistakes.put("routes does not exist", () -> FileSystemUtils.deleteRecursively(home.path("routes")));
        mistakes.put("tac8.archive.keep-days is many", () -> home.edit("application.properties", "keep-days=90", "keep-days=many"));
        mistakes.put("application.properties is not there", () -> Files.delete(home.path("application.properties")));
        mistakes.put("sql", () -> FileSystemUtils.deleteRecursively(home.path("sql")));
        mistakes.put("sql/ingest/join-tasks.sql cannot be run: table tasks has no column named titel", () -> home.edit("sql/ingest/join-tasks.sql", "title", "titel"));
        mistakes.put("routes/own.camel.yaml: the route own cannot be started", () -> Files.writeString(home.path(OWN),
                "- route: {id: own, from: {uri: 'quartz:own?cron=0+0+0+1+1+?+2020', steps: [{log: own}]}}\n"));
        mistakes.put("routes/store.camel.yaml is missing", () -> Files.delete(home.path("routes/store.camel.yaml")));
        mistakes.put("cannot read ", () -> home.edit("application.properties", "tac8.archive.zone=UTC", "tac8.archive.zone=\\u00"));
        mistakes.put("sql/schema.sql is not valid SQL", () -> home.edit("sql/schema.sql", "CREATE TABLE IF NOT EXISTS events", "CREATE TABEL events"));
        mistakes.put("timer: has no option delai; did you mean delay?", () -> home.edit("routes/status.camel.yaml", "delay: 0", "delai: 0"));
        return mistakes;
    }

    private EditedFiles startOnce() throws Exception {
        EditedFiles whole = EditedFiles.read(home.path(""));
        start();
        end();
        return whole;
    }

    private void put(EditedFiles whole) throws IOException {
        whole.writeTo(home.path(""));
        Files.deleteIfExists(home.path(OWN));
    }

    private void start() throws IOException {
        Files.deleteIfExists(log);
        process = home.command(List.of(), "run").redirectOutput(log.toFile()).start();
        awaitSaid("tac8 is running, process " + process.pid());
    }

    private void end() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private void awaitSaid(String text) {
        await(text).atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> {
            assertThat(process.isAlive()).as(said()).isTrue();
            return said().contains(text);
        });
    }

    private void awaitNot(Path file) {
        await(file + " leaves").atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> !Files.exists(file));
    }

    private String said() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private static String event(String id) {
        return "{\"type\":\"event\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"m\"}";
    }
}
