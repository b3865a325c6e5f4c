package dev.tac8.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpoolLookTest {
    @TempDir
    private Path dir;
    private Path folder;
    private Spool spool;

    @BeforeEach
    void makeSpool() throws IOException {
        spool = new Spool(dir.resolve("spool"), new SpoolFile.Reading(new RecordFormat(), 1000, 1000, 1000, Runnable::run, () -> false, false), new AtomicBoolean(), new AtomicBoolean());
        spool.create();
        folder = spool.dir();
    }

    @AfterEach
    void close() throws IOException {
        spool.unlock();
    }

    @Test
    void letsTheSpoolBeListedOnlyWhileAFileWaits() throws IOException {
        assertThat(isListed()).isFalse();

        Path file = Files.writeString(folder.resolve("a.jsonl"), "{}\n");
        Awaitility.await().until(this::isListed);
        assertThat(isListed()).isTrue();

        Files.move(file, folder.resolve("done/a.jsonl"));
        assertThat(isListed()).isFalse();
    }

    @Test
    void passesOverWhatIsNoSpoolFile() throws IOException {
        Files.createFile(folder.resolve(".a.jsonl"));
        Files.createFile(folder.resolve("a.txt"));
        Files.createDirectory(folder.resolve("b.jsonl"));
        Files.createSymbolicLink(folder.resolve("c.jsonl"), dir.resolve("outside"));

        assertThat(isListed()).isFalse();
    }

    @Test
    void passesOverANameThatIsNoTextAndSaysWhatIsWrongWithIt() throws Exception {
        assertThat(new ProcessBuilder("sh", "-c", "echo '{}' >\"$(printf 'a\\377.jsonl')\"").directory(folder.toFile()).start().waitFor()).isZero();

        assertThat(isListed()).isFalse();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(Files::isRegularFile).map(Spool::whyUnread)).containsExactly("a name must be valid UTF-8, and this one is not:"
                    + " rename it");
        }
    }

    @Test
    void hearsOfAFileThatComesAmongSoManyNamesThatTheyAreLookedAtSeldom() throws IOException {
        pileUp(2500);
        Awaitility.await().untilAsserted(() -> assertThat(isListed()).isFalse());
        for (int i = 0; i < 3; i++) {
            isListed();
        }

        Path part = Files.writeString(folder.resolve(".a.part"), "{}\n");
        Files.move(part, folder.resolve("a.jsonl"));

        Awaitility.await().until(this::isListed);
    }

    @Test
    void findsAFileThatCameBetweenTheLookAndTheListening() throws IOException {
        pileUp(2500);

        assertThat(isListed()).isFalse();
        Files.writeString(folder.resolve("a.jsonl"), "{}\n");

        assertThat(isListed()).isTrue();
    }

    @Test
    void listsNothingWhileTheSpoolIsAway() throws IOException {
        Files.writeString(folder.resolve("a.jsonl"), "{}\n");
        Files.move(folder, dir.resolve("away"));

        assertThat(isListed()).isFalse();

        Files.move(dir.resolve("away"), folder);
        Awaitility.await().until(this::isListed);
    }

    private boolean isListed() {
        return spool.look().begin(null, null);
    }

    private void pileUp(int names) throws IOException {
        for (int i = 0; i < names; i++) {
            Files.createFile(folder.resolve("." + i));
        }
    }
}
