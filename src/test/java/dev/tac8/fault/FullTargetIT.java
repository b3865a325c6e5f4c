package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is too small for a backup, or for a rebuilt database, is said to be, and nothing half made is left on it. */
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
