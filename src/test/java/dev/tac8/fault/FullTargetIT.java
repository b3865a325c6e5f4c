package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.files.OpenFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is too small for a backup, or for a rebuilt database, is said to be, and nothing half made is left on it. */
@Tag("once")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullTargetIT {
    private static final int RECORDS = 6000;

    @TempDir
    private Path dir;
    private Home home;
    private Mounts mounts;
    private Path target;

    @BeforeEach
    void store() throws Exception {
        mounts = Mounts.open();
        home = new Home(dir.resolve("home"));
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (Map<String, Object> record : Corpus.records(Corpus.random(getClass()), RECORDS, false)) {
            file.writeBytes(Corpus.line(record));
            file.write('\n');
        }
        home.drop("a.jsonl", file.toByteArray());
        home.drain();
        target = Files.createDirectory(dir.resolve("target"));
    }

    @AfterEach
    void close() {
        if (mounts != null) {
            mounts.close();
        }
    }

    @Test
    void aBackupThatFindsNoRoomLeavesNothing() throws Exception {
        mounts.mountSmall("size=1m", target);

        Home.Finished finished = run("backup", target.toString());

        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(3);
        assertThat(finished.output().lines().reduce((first, last) -> last)).hasValueSatisfying(line -> assertThat(line)
                .startsWith("tac8: nothing was backed up into " + target + ": cannot copy ").endsWith("(SQLITE_FULL)"));
        assertThat(left()).containsExactly(".tac8-backup.lock");
    }

    @Test
    void aRebuildThatFindsNoRoomLeavesNothing() throws Exception {
        mounts.mountSmall("size=2m", target);

        Home.Finished finished = run("rebuild", target.resolve("new").toString());

        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(3);
        assertThat(finished.output().lines().reduce((first, last) -> last)).hasValueSatisfying(line -> assertThat(line)
                .startsWith("tac8: ").containsAnyOf("there is no room left for " + target, "No space left on device"));
        assertThat(left()).isEmpty();
    }

    @Test
    void aFolderThatTakesNoNewFileIsNotSaidToLackIt() throws Exception {
        mounts.mountSmall("size=1m", target);
        Files.writeString(mounts.seen(target).resolve("taken"), "");
        mounts.run("mount", "-o", "remount,ro", target);
        Path caller = Files.createDirectory(dir.resolve("caller"));

        Process process = mounts.start(new ProcessBuilder("java", "-cp", System.getProperty("java.class.path"), FullTargetIT.class.getName(), target.toString())
                .redirectErrorStream(true).redirectOutput(caller.resolve("out").toFile()));
        process.waitFor();

        assertThat(Files.readString(caller.resolve("out"))).contains("Read-only file system").doesNotContain("NoSuchFile");
    }

    /** Opens a new file in a folder, as a process of its own that sees the mounts. */
    public static void main(String[] args) {
        try (OpenFolder folder = OpenFolder.open(Path.of(args[0]))) {
            folder.open(Path.of("new"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
        } catch (IOException e) {
            System.out.println(e);
        }
    }

    private Home.Finished run(String... args) throws IOException, InterruptedException {
        Path output = dir.resolve("out");
        Process process = mounts.start(home.command(List.of(), args).redirectOutput(output.toFile()));
        return new Home.Finished(process.waitFor(), Files.readString(output));
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(mounts.seen(target))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
