package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a spool may hold by the thousand: names that are no spool files, and files of which every line is bad. */
@Tag("once")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadIT {
    private static final int FILES = Integer.getInteger("tac8.test.load-files", 600);
    private static final String EVENT = "{\"type\":\"event\",\"id\":\"e\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
            + "\"event_type\":\"trigger\",\"message\":\"m\"}";

    @TempDir
    private Path dir;
    private Home home;
    private Process service;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home"));
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (service != null) {
            service.destroyForcibly().waitFor();
        }
        home.close();
    }

    @Test
    void saysOnceHowManyForeignNamesThereAreAndStoresWhatComesAmongThem() throws Exception {
        Files.createDirectories(home.spool());
        for (int i = 0; i < FILES; i++) {
            Files.createFile(home.spool().resolve("notes-" + i + ".txt"));
            Files.createFile(home.spool().resolve(".hidden-" + i));
            Files.createDirectory(home.spool().resolve("folder-" + i + ".jsonl"));
        }

        start();
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> warnings().size() > 0);
        for (int i = 1; i <= 3; i++) {
            home.drop(i + ".jsonl", EVENT);
            int stored = i;
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> home.done().size() == stored);
        }

        assertThat(warnings()).hasSize(1).first().asString()
                .contains(String.format("and %,d more stay in the spool unread: only regular files named *.jsonl are read", 2 * FILES - 1));
    }

    @Test
    void saysOfEachKindOfForeignNameHowManyThereAre() throws Exception {
        Files.createDirectories(home.spool());
        Files.createFile(home.spool().resolve("notes.txt"));
        assertThat(new ProcessBuilder("sh", "-c", "for name in 1 2 3; do : >\"$(printf \"$name\\377.jsonl\")\"; done").directory(home.spool().toFile())
                .start().waitFor()).isZero();

        start();
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> warnings().size() == 2);

        assertThat(warnings()).anyMatch(line -> line.endsWith("notes.txt stays in the spool unread: only regular files named *.jsonl are read"))
                .anyMatch(line -> line.endsWith(".jsonl and 2 more stay in the spool unread: a name must be valid UTF-8, and this one is not: rename it"));
    }

    @Test
    void saysFewLinesOfManyFilesWithBadLines() throws Exception {
        for (int i = 0; i < FILES; i++) {
            home.drop("bad-" + i + ".jsonl", "no record " + i);
        }

        start();
        home.awaitDrained(Duration.ofMinutes(5));

        assertThat(home.quarantined()).hasSize(FILES);
        assertThat(warnings()).as("one of them, and one a minute of the others").hasSizeBetween(1, 9)
                .allMatch(line -> line.contains("of its lines went to quarantine"));
    }

    private void start() throws IOException {
        service = home.command(List.of("-Xmx256m"), "run").redirectOutput(dir.resolve("log").toFile()).start();
    }

    private List<String> warnings() throws IOException {
        return Files.readAllLines(dir.resolve("log")).stream().filter(line -> line.contains(" WARN ") || line.contains(" ERROR ")).toList();
    }
}
