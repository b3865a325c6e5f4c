package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that get every setting by the environment, as the unit of systemd gives them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SettingsByEnvironmentTest {
    private static final String MESSAGES = "SELECT message FROM events WHERE session_id <> 'tac8' ORDER BY message";

    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home")).byEnvironment();
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void aRebuildReadsNoFileThatWaitsInTheSpool() throws Exception {
        Home.Finished ingest = home.run("ingest", Files.writeString(dir.resolve("a.jsonl"), event("stored", "2026-11-20")).toString());
        assertThat(ingest.exitCode()).as(ingest.output()).isZero();
        Path waiting = home.drop("waiting.jsonl", event("waiting", "2026-11-20"));

        Home.Finished check = home.run("rebuild", "--check");
        Home.Finished rebuild = home.run("rebuild", dir.resolve("rebuilt").toString());

        assertThat(check.exitCode()).as(check.output()).isZero();
        assertThat(check.output()).contains("\nNot compared: what is in 1 file that waits").contains("\nEqual: all stores together hold");
        assertThat(rebuild.exitCode()).as(rebuild.output()).isZero();
        assertThat(Home.query(dir.resolve("rebuilt/logs.db"), MESSAGES)).containsExactly("stored");
        assertThat(waiting).exists();
        assertThat(home.done()).hasSize(1);
    }

    @Test
    void whatTheCommandLineSaysGoesBeforeTheEnvironmentForEveryReader() throws Exception {
        Path other = home.drop("other.jsonl", event("of the environment", "2020-01-02"));
        Path spool = dir.resolve("spool of the command line");
        Path file = Files.writeString(dir.resolve("a.jsonl"), event("of the command line", "2020-01-02"));

        Home.Finished ingest = home.run("ingest", file.toString(), "-D", "tac8.spool.dir=" + spool);
        Home.Finished archive = home.run("archive", "-D", "tac8.spool.dir=" + spool);
        Home.Finished reconcile = home.run("reconcile", "-D", "tac8.spool.dir=" + spool);

        assertThat(ingest.exitCode()).as(ingest.output()).isZero();
        assertThat(ingest.output()).contains("records      1  (1 event)");
        assertThat(archive.exitCode()).as(archive.output()).isZero();
        assertThat(archive.output()).contains("Archived 1 event");
        assertThat(reconcile.exitCode()).as(reconcile.output()).isEqualTo(1);
        assertThat(Home.query(home.path("var/external/archive/logs-2020-01.db"), MESSAGES)).containsExactly("of the command line");
        assertThat(spool.resolve("done")).isDirectoryContaining("glob:**a.jsonl");
        assertThat(other).exists();
        assertThat(other.resolveSibling("done")).doesNotExist();
    }

    @Test
    void aRouteThatReadsAnotherFolderThanTheSpoolIsRefusedBeforeAnythingStarts() throws Exception {
        home.drop("stored.jsonl", event("stored", "2026-11-20"));
        home.drain();
        Path waiting = home.drop("waiting.jsonl", event("waiting", "2026-11-20"));
        home.edit("routes/ingest.camel.yaml", "uri: spool:waiting\n      parameters:", "uri: file\n      parameters:\n        directoryName: "
                + home.spool());

        Home.Finished check = home.run("rebuild", "--check");

        assertThat(check.output()).isEqualTo("tac8: the routes cannot keep what they promise, so nothing was started: routes/ingest.camel.yaml: the"
                + " route ingest-spool must read the spool with \"uri: spool:waiting\"\n");
        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(waiting).exists();
    }

    @Test
    void camelTakesNothingFromTheEnvironmentNorFromSystemProperties() throws Exception {
        Files.writeString(dir.resolve("other.properties"), "tac8.reconcile.seconds=no number\ncamel.main.bogus=x\n");
        home.edit("routes/reconcile.camel.yaml", "delay: 0", "delay: \"{{path:0}}\"");
        ProcessBuilder command = home.command(List.of("-Dtac8.reconcile.seconds=no number", "-Dcamel.main.bogus=x", "-Dpath=no number",
                "-Dcamel.main.override-properties-location=file:" + dir.resolve("other.properties")), "ingest",
                Files.writeString(dir.resolve("a.jsonl"), event("stored", "2026-11-20")).toString());
        command.environment().putAll(Map.of("CAMEL_MAIN_BOGUS", "x", "CAMEL_COMPONENT_FILE_BOGUS", "x", "CAMEL_MAIN_CLOUDPROPERTIESLOCATION",
                dir.toString(), "CAMEL_MAIN_PROPERTYPLACEHOLDERLOCATION", "file:" + dir.resolve("other.properties")));
        Path output = dir.resolve("output");

        Process ingest = command.redirectOutput(output.toFile()).start();

        assertThat(ingest.waitFor()).as(Files.readString(output)).isZero();
        assertThat(home.query(MESSAGES)).containsExactly("stored");
    }

    private static String event(String message, String day) {
        return "{\"type\":\"event\",\"id\":\"" + message + "\",\"timestamp\":\"" + day + "T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"t\","
                + "\"message\":\"" + message + "\"}\n";
    }
}
