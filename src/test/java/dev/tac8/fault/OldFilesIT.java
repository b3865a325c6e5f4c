package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.archive.OldHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old files move to a disk that fills up and to one that is pulled out meanwhile. */
@Tag("thorough")
class OldFilesIT {
    private static final Instant OLD = Instant.parse("2026-02-03T04:05:06Z");
    private static final int FILES = 300;
    private static final int FILE_BYTES = 10_000;

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private final Map<String, Set<String>> expected = new TreeMap<>();
    private Mounts mounts;
    private Path home;
    private Path external;

    @BeforeEach
    void writeFiles() throws Exception {
        mounts = Mounts.open();
        home = dir.toRealPath().resolve("home");
        OldHome old = new OldHome(home);
        external = home.resolve("var/external");
        for (int i = 0; i < FILES; i++) {
            // What does not shrink.
            byte[] bytes = new byte[FILE_BYTES];
            random.nextBytes(bytes);
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            String name = i % 5 == 4 ? "var/spool/done/" + i + ".jsonl" : "logs/" + i + ".jsonl";
            old.write(name, text, OLD);
            expected.put(name, new TreeSet<>(Set.of(OldHome.sha256(text.getBytes(StandardCharsets.UTF_8)))));
        }
    }

    @AfterEach
    void close() {
        mounts.close();
    }

    @Test
    void aFullDiskIsSaidAndLosesNothingAndTheNextRunGoesOn() throws Exception {
        for (String limit : List.of("size=1m", "size=2m,nr_inodes=120")) {
            Path marker = external.resolve(".tac8-volume");
            mounts.mountSmall(limit, external);
            mounts.run("sh", "-c", "printf '%s' \"$0\" > \"$1\"", Files.readString(marker), marker);

            String said = run();
            System.out.println(limit + ": " + said.strip());

            assertThat(said).contains("old files cannot be moved to " + external).contains("No space left on device");
            assertThat(originals()).isBetween(1, FILES - 1);
            assertKept();
            assertThat(OldHome.files(mounts.seen(external))).noneMatch(file -> file.toString().endsWith(".part"));

            mounts.run("mount", "-o", "remount,size=20m,nr_inodes=10000", external);
            assertThat(run()).contains("kept=0");
            assertThat(originals()).isZero();
            assertKept();

            // The same once more with the next disk.
            for (Path file : OldHome.files(mounts.seen(external))) {
                if (file.toString().endsWith(".gz")) {
                    restore(file);
                }
            }
            mounts.detach(external);
        }
    }

    @Test
    void aDiskThatIsPulledOutTakesNothingWithIt() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        Files.copy(external.resolve(".tac8-volume"), disk.resolve(".tac8-volume"));
        Files.delete(external.resolve(".tac8-volume"));
        int pulled = 0;
        // The first time too early for all of them to have moved, whatever a computer does in that time, and ever later until all have.
        for (int patience = 20; originals() > 0; patience *= 2) {
            mounts.mount(disk, external);
            Process process = mounts.start(command());
            assertThat(process.inputReader().readLine()).isEqualTo("begun");
            Awaitility.await().pollDelay(Duration.ofMillis(1 + random.nextInt(patience))).until(() -> true);
            mounts.detach(external);
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            pulled += process.waitFor() == 3 ? 1 : 0;
            System.out.println("pulled out: " + said.strip());
            // What went to the empty folder below the mount point, while nobody could know, must not be all there is.
            assertThat(contents(disk)).isEqualTo(expected);
        }
        assertThat(pulled).isPositive();

        mounts.mount(disk, external);
        assertThat(run()).contains("kept=0");
        assertThat(originals()).isZero();
        assertThat(contents(disk)).isEqualTo(expected);
    }

    private ProcessBuilder command() {
        return new ProcessBuilder(OldHome.command(home, "none", 0)).redirectErrorStream(true);
    }

    private String run() throws IOException, InterruptedException {
        Process process = mounts.start(command());
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private int originals() throws IOException {
        return OldHome.files(home.resolve("logs")).size() + OldHome.files(home.resolve("var/spool/done")).size();
    }

    private void assertKept() throws Exception {
        assertThat(contents(mounts.seen(external))).isEqualTo(expected);
    }

    private Map<String, Set<String>> contents(Path archive) throws Exception {
        return OldHome.contents(home, archive);
    }

    /** Brings an original back by what its manifest says. */
    private void restore(Path gzip) throws Exception {
        try (Stream<String> lines = Files.lines(gzip.resolveSibling("manifest.jsonl"))) {
            String line = lines.filter(one -> one.contains(gzip.getFileName().toString())).findFirst().orElseThrow();
            Path original = Path.of(line.replaceFirst(".*\"path\":\"([^\"]*)\".*", "$1"));
            Files.write(original, OldHome.zcat(gzip));
            OldHome.touch(original, OLD);
        }
    }
}
