package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tac8.files.OwnFolder;
import dev.tac8.settings.SettingsException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody else who may write to the spool can leave there. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NeighbourTest {
    private static final String MARKER = "SECRET-7f3a";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path dir;
    private Home home;
    private Path canary;

    @BeforeEach
    void makeHome() throws IOException {
        home = new Home(dir.resolve("home"));
        canary = Files.writeString(dir.resolve("canary"), "{\"type\":\"" + MARKER + "\"}\n");
        Files.createDirectories(home.spool());
    }

    @AfterEach
    void stop() throws IOException {
        home.close();
        assertThat(Files.readString(canary)).isEqualTo("{\"type\":\"" + MARKER + "\"}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {".lock", ".status.json", ".status.json.new", ".external-volume", ".external-volume.part", ".local-volume.part",
            ".archive-answer.json.new", ".20261122T100000000Z-logger-1-aaaaaaaa-000001.part", "x.jsonl"})
    void aLinkUnderANameThatTac8HasOrHadIsNotFollowed(String name) throws Exception {
        Path link = Files.createSymbolicLink(home.spool().resolve(name), canary);
        home.drop("a.jsonl", event(1));

        home.start();
        await().atMost(SOON).until(() -> home.done().size() == 1);

        assertThat(home.query("SELECT message FROM events")).containsExactly("1");
        assertThat(link).isSymbolicLink();
    }

    @ParameterizedTest
    @ValueSource(strings = {"done", "quarantine", "quarantine/replayed", ".tac8"})
    @Tag("process")
    void aLinkInThePlaceOfAFolderOfTac8sOwnIsRefusedInOneSentence(String name) throws Exception {
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        Files.createDirectories(home.spool().resolve(name).getParent());
        Files.createSymbolicLink(home.spool().resolve(name), elsewhere);
        home.drop("a.jsonl", event(1));

        assertThatThrownBy(home::open).isInstanceOf(SettingsException.class)
                .hasMessageContaining(home.spool().resolve(name) + " must be a folder of tac8's own, and is a link or no folder: remove it");

        Home.Finished run = home.run("ingest", canary.toString());
        assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
        assertThat(run.output().lines()).as(run.output()).hasSize(1);
        assertThat(elsewhere).isEmptyDirectory();
        assertThat(home.waiting()).hasSize(1);
    }

    @Test
    void aLinkInThePlaceOfAFileOfTac8sOwnIsRefusedInOneSentenceToo() throws Exception {
        OwnFolder.of(home.spool()).create();
        Path lock = Files.createSymbolicLink(home.spool().resolve(".tac8/lock"), canary);
        Path memory = Files.createSymbolicLink(home.spool().resolve(".tac8/external-volume"), canary);

        Home.Finished run = home.run("run");
        assertThat(run.output()).isEqualTo("tac8: " + lock + " must be a file of tac8's own, and is a link or no file: remove it, and see who put"
                + " it there\n");
        assertThat(run.exitCode()).isEqualTo(2);
        Files.createDirectories(home.path("var/external"));
        Home.Finished init = home.run("volume", "init", "var/external");
        assertThat(init.output()).containsOnlyOnce(memory.toString()).contains("is a link or no file").doesNotContain("Too many levels");
        assertThat(init.exitCode()).isEqualTo(2);
    }

    @Test
    void whatNoFurtherTryMendsEndsWithTwoWhicheverCommandMeetsIt() throws Exception {
        Files.createSymbolicLink(home.spool().resolve(".tac8"), Files.createDirectory(dir.resolve("elsewhere")));
        Files.createDirectories(home.path("var/external"));

        for (String[] command : new String[][] {{"run"}, {"volume", "init", "var/external"}}) {
            Home.Finished finished = home.run(command);
            assertThat(finished.exitCode()).as(finished.output()).isEqualTo(2);
            assertThat(finished.output()).containsOnlyOnce(home.spool().resolve(".tac8").toString());
        }
    }

    @Test
    void aLinkThatTakesThePlaceOfDoneAtRunStopsReadingUntilItIsGone() throws Exception {
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        home.start();
        Files.move(home.spool().resolve("done"), dir.resolve("kept"));
        Files.createSymbolicLink(home.spool().resolve("done"), elsewhere);
        await().atMost(SOON).until(() -> !home.service().spool().isReady());
        home.drop("a.jsonl", event(1));
        await().during(Duration.ofMillis(500)).until(() -> home.waiting().size() == 1);
        assertThat(home.database()).doesNotExist();
        assertThat(elsewhere).isEmptyDirectory();

        Files.delete(home.spool().resolve("done"));
        Files.move(dir.resolve("kept"), home.spool().resolve("done"));
        home.awaitDrained();
        assertThat(home.done()).hasSize(1);
    }

    @Test
    void whatOthersMayWriteToIsNotTrusted() throws Exception {
        OwnFolder.of(home.spool()).create();
        Path own = home.spool().resolve(OwnFolder.NAME);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own))).isEqualTo("rwx------");
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwx---"));

        assertThatThrownBy(home::open).isInstanceOf(SettingsException.class).hasMessageContaining("chmod 700 " + own);
    }

    @Test
    void aPipeAFolderAndAFileOfHolesAreLeftWhereTheyAreAndTheirNeighboursGoOn() throws Exception {
        Path pipe = home.spool().resolve("1.jsonl");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        Path folder = Files.createDirectory(home.spool().resolve("2.jsonl"));
        Path holes = home.spool().resolve("3.jsonl");
        try (RandomAccessFile file = new RandomAccessFile(holes.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        Path named = Files.createLink(home.spool().resolve("4.jsonl"), canary);
        home.drop("5.jsonl", event(1));

        home.start();
        await().atMost(SOON).until(() -> home.done().size() == 1);
        home.stop();

        assertThat(home.query("SELECT message FROM events")).containsExactly("1");
        assertThat(home.quarantined()).isEmpty();
        for (Path left : new Path[] {pipe, folder, holes, named}) {
            assertThat(Files.exists(left, LinkOption.NOFOLLOW_LINKS)).as("%s", left).isTrue();
        }
    }

    @Test
    void aLoggersFileThatIsAnotherNameOfOneOfTac8sOwnIsNeitherCutNorPublished() throws Exception {
        Path torn = Files.writeString(dir.resolve("torn"), "no whole line");
        Path part = Files.createLink(home.spool().resolve(".20261122T100000000Z-logger-1-aaaaaaaa-000001.part"), torn);
        home.drop("a.jsonl", event(1));
        home.drain();

        assertThat(torn).hasContent("no whole line");
        assertThat(part).exists();
    }

    @Test
    @Tag("process")
    void aServiceOfTheFormerVersionThatStillRunsKeepsTheSpool() throws Exception {
        Path former = Files.writeString(home.spool().resolve(".lock"), "4711\n");
        try (FileChannel channel = FileChannel.open(former, StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
            assertThat(home.run("status").output()).contains("service     runs, process 4711");
            Home.Finished run = home.run("run");
            assertThat(run.output()).contains("is being read by process 4711 already");
            assertThat(run.exitCode()).isEqualTo(3);
        }
        assertThat(home.run("status").output()).contains("does not run");
        assertThat(former).hasContent("4711");
        home.drop("a.jsonl", event(1));
        home.drain();
        assertThat(former).doesNotExist();
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"" + i + "\"}";
    }
}
