package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import dev.tac8.archive.ArchiveLock;
import dev.tac8.fault.Corpus;
import dev.tac8.files.LockFile;
import dev.tac8.status.Words;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** A backup is whole, sound and of one moment, whoever writes meanwhile; and it can be put back. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BackupTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Instant NOW = Instant.parse("2026-11-22T10:15:30.5Z");

    @TempDir
    private Path dir;
    private Home home;
    private Path target;
    private Reader reader;

    @BeforeEach
    void makeHome() throws IOException {
        home = new Home(dir.resolve("home")).set("tac8.breaker.retry-seconds", 1).set("tac8.reconcile.seconds", 1)
                .set("tac8.ingest.chunk-records", 50);
        target = Files.createDirectory(dir.resolve("target"));
        reader = new Reader(dir.resolve("home")).at(Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void holdsEveryDatabaseAndSaysWhatIsInIt() throws Exception {
        store(200);
        month("2026-08", 3);

        Reader.Answered answer = backUp();

        Path backup = target.resolve("tac8-20261122T101530Z");
        assertThat(answer.code()).as("%s", answer).isZero();
        assertThat(answer.out()).startsWith("local/logs.db  ").contains("\nexternal/archive/logs-2026-08.db  ", "  1 session, 3 events\n")
                .endsWith("Backed up and verified: " + backup + "\n");
        JsonNode manifest = JSON.readTree(backup.resolve("backup.json").toFile());
        assertThat(manifest.path("at").asText()).isEqualTo("2026-11-22T10:15:30Z");
        assertThat(manifest.path("missing")).isEmpty();
        assertThat(manifest.path("databases").findValuesAsText("file")).containsExactly("local/logs.db", "external/logs.db",
                "external/archive/logs-2026-08.db");
        for (JsonNode database : manifest.path("databases")) {
            Path copy = backup.resolve(database.path("file").asText());
            byte[] bytes = Files.readAllBytes(copy);
            assertThat(database.path("bytes").asLong()).isEqualTo(bytes.length);
            assertThat(database.path("sha256").asText()).isEqualTo(
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
            for (String table : Home.TABLES) {
                assertThat(database.path("rows").path(table).asText()).isEqualTo(Home.query(copy, "SELECT count(*) FROM " + table).get(0));
            }
        }
        Map<String, List<String>> stored = home.tables();
        Corpus.assertSame(home.ask(backup.resolve("external/logs.db")).tables(), stored);
        assertThat(names(target)).containsExactly(".tac8-backup.lock", "tac8-20261122T101530Z");
    }

    @Test
    @Tag("process")
    void whatWasAcknowledgedBeforeItBeganIsInItOnceWhileRowsAreStoredAndComeHome() throws Exception {
        AtomicInteger dropped = new AtomicInteger();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        home.start();
        Thread writer = new Thread(() -> {
            while (goesOn.get()) {
                int from = dropped.get() * 100;
                home.drop(dropped.incrementAndGet() + ".jsonl", IntStream.range(from, from + 100).mapToObj(BackupTest::event).toList());
                await().atMost(SOON).until(() -> home.waiting().isEmpty());
            }
        });
        await().atMost(SOON).until(() -> Files.isDirectory(home.spool().resolve("done")));
        writer.start();
        int backups = 0;
        try {
            for (int outage = 0; outage < 2; outage++) {
                // A store has a database from its first write on.
                await().atMost(SOON).until(() -> Files.exists(home.database()));
                Files.move(home.path("var/external"), home.path("var/gone"));
                int before = home.done().size();
                await().atMost(SOON).until(() -> home.done().size() > before + 3);
                Files.move(home.path("var/gone"), home.path("var/external"));
                for (boolean home = false; !home; backups++) {
                    home = checkBackup(backups);
                }
            }
        } finally {
            goesOn.set(false);
            writer.join();
        }
        assertThat(backups).isGreaterThanOrEqualTo(2);
    }

    /** Backs up in a process of its own; whether no row waited in the local store. */
    private boolean checkBackup(int number) throws Exception {
        Set<String> acknowledged = new HashSet<>();
        for (Path file : home.done()) {
            for (String line : Files.readAllLines(file)) {
                acknowledged.add(JSON.readTree(line).path("id").asText());
            }
        }
        Path here = Files.createDirectory(target.resolve(String.valueOf(number)));
        Home.Finished finished = home.run("backup", here.toString());
        assertThat(finished.exitCode()).as(finished.output()).isZero();
        Path backup = here.resolve(names(here).get(1));
        List<String> local = Home.query(backup.resolve("local/logs.db"), "SELECT record_id FROM events");
        List<String> external = Home.query(backup.resolve("external/logs.db"), "SELECT record_id FROM events");
        Set<String> all = new HashSet<>(local);
        all.addAll(external);
        assertThat(all).containsAll(acknowledged);
        return local.isEmpty();
    }

    @Test
    void nothingIsBackedUpWhileARunMovesRows() throws Exception {
        store(10);
        Path archive = Files.createDirectories(home.path("var/external/archive"));
        try (Closeable held = ArchiveLock.take(archive)) {
            assertThat(reader.ask("backup", target.toString())).isEqualTo(new Reader.Answered(3, "", "tac8: the archive " + archive
                    + " is being written already; nothing else was begun\n"));
        }
        assertThat(names(target)).containsExactly(".tac8-backup.lock");
    }

    @Test
    void aBackupPutBackIsWhatTheFilesHold() throws Exception {
        store(300);
        Files.move(home.path("var/external"), home.path("var/gone"));
        store(100);
        Files.move(home.path("var/gone"), home.path("var/external"));
        backUp();
        FileSystemUtils.deleteRecursively(home.path("var/external"));
        FileSystemUtils.deleteRecursively(home.path("var/local"));
        Path backup = target.resolve("tac8-20261122T101530Z");

        // As docs/operating.md says it.
        FileSystemUtils.copyRecursively(backup.resolve("external"), home.path("var/external"));
        FileSystemUtils.copyRecursively(backup.resolve("local"), home.path("var/local"));
        for (String store : List.of("external", "local")) {
            assertThat(reader.ask("volume", "init", home.path("var/" + store).toString()).code()).isZero();
        }
        Reader.Answered answer = reader.ask("rebuild", "--check");

        assertThat(answer.code()).as("%s", answer).isZero();
        home.drop("more.jsonl", event(-1));
        home.drain();
        assertThat(home.query("SELECT count(*) FROM events WHERE record_id = 'e-1'")).containsExactly("1");
        home.assertSound();
    }

    @Test
    void withoutTheExternalVolumeItIsRefusedUnlessWhatIsThereWillDo() throws Exception {
        store(20);
        Files.move(home.path("var/external"), home.path("var/gone"));
        String reason = "no tac8 volume is mounted at " + home.path("var/external") + " (there is no .tac8-volume): mount it, or make one"
                + " with ./tac8 volume init " + home.path("var/external");

        assertThat(backUp()).isEqualTo(new Reader.Answered(3, "local/logs.db  " + size("var/local/logs.db") + "  no rows\n",
                "tac8: nothing was backed up, as the external store and the archive cannot be: " + reason + "; --what-is-there backs up the"
                        + " rest\n"));
        assertThat(names(target)).containsExactly(".tac8-backup.lock");
        Reader.Answered answer = backUp("--what-is-there");
        assertThat(answer.code()).isZero();
        assertThat(answer.err()).isEqualTo("tac8: this backup is without the external store and the archive: " + reason + "\n");
        assertThat(JSON.readTree(target.resolve("tac8-20261122T101530Z/backup.json").toFile()).path("missing")).hasSize(1);
    }

    @Test
    void aDamagedDatabaseIsNoBackup() throws Exception {
        store(2000);
        Path month = month("2026-08", 3000);
        try (RandomAccessFile file = new RandomAccessFile(month.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(new byte[8192]);
        }

        Reader.Answered answer = backUp();

        assertThat(answer.code()).isEqualTo(3);
        assertThat(answer.err()).startsWith("tac8: nothing was backed up, as the archive (" + month + ") cannot be: it is damaged: ");
        assertThat(names(target)).containsExactly(".tac8-backup.lock");
        assertThat(backUp("--what-is-there").out()).contains("\nexternal/logs.db  ").doesNotContain("logs-2026-08");
    }

    @Test
    void whatAKilledBackupHasLeftIsRemovedAndTwoAtOnceAreNot() throws Exception {
        store(20);
        Files.createDirectories(target.resolve(".tac8-20261122T101500Z.part/local"));
        Files.writeString(target.resolve(".tac8-20261122T101500Z.part/local/logs.db"), "half");

        try (LockFile held = LockFile.take(target.resolve(".tac8-backup.lock"))) {
            assertThat(backUp()).isEqualTo(new Reader.Answered(3, "", "tac8: another backup into " + target
                    + " is running; nothing was backed up\n"));
            assertThat(names(target)).hasSize(2);
        }
        assertThat(backUp().code()).isZero();

        assertThat(names(target)).containsExactly(".tac8-backup.lock", "tac8-20261122T101530Z");
        assertThat(backUp()).as("a second one of the same second").satisfies(answer -> assertThat(answer.code()).isEqualTo(3));
        assertThat(names(target)).containsExactly(".tac8-backup.lock", "tac8-20261122T101530Z");
    }

    @Test
    void saysWhereThereIsNothingToBackUpOrNowhereToPutIt() throws Exception {
        assertThat(backUp()).isEqualTo(new Reader.Answered(1, "Nothing was backed up: there is no database yet.\n", ""));
        assertThat(reader.ask("backup", dir.resolve("nowhere").toString())).isEqualTo(new Reader.Answered(3, "", "tac8: there is no folder "
                + dir.resolve("nowhere") + ", so nothing was backed up: make it, or mount the disk that it lies on\n"));
    }

    @Test
    void isMadeInNoFolderThatTac8UsesHoweverItIsReached() throws Exception {
        store(20);
        Files.createSymbolicLink(dir.resolve("link"), home.path("var/external"));
        for (Path inside : List.of(home.spool(), home.spool().resolve("done"), home.path("var/external"), home.path("var/local"), dir.resolve("link"))) {
            Reader.Answered answer = reader.ask("backup", inside.toString());

            assertThat(answer.code()).as("%s: %s", inside, answer).isEqualTo(2);
            assertThat(answer.err()).startsWith("tac8: the folder of the backup (" + inside + ") is ").containsOnlyOnce("\n")
                    .endsWith("; what befalls that folder must not befall its backup: name another folder\n");
            assertThat(inside.resolve(".tac8-backup.lock")).doesNotExist();
        }
    }

    @Test
    void noFolderThatServesSomethingElseBecomesAVolume() throws Exception {
        store(20);
        for (Path inside : List.of(home.spool(), home.spool().resolve("done"), Files.createDirectories(home.path("var/local/below")))) {
            Reader.Answered answer = reader.ask("volume", "init", inside.toString());

            assertThat(answer.code()).as("%s: %s", inside, answer).isEqualTo(2);
            assertThat(answer.err()).startsWith("tac8: the folder of the volume (" + inside + ") is ").endsWith(": name another folder\n");
            assertThat(inside.resolve(".tac8-volume")).doesNotExist();
        }
    }

    private Reader.Answered backUp(String... options) {
        List<String> line = new ArrayList<>(List.of("backup", target.toString()));
        line.addAll(List.of(options));
        return reader.ask(line.toArray(String[]::new));
    }

    private void store(int records) throws Exception {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (Map<String, Object> record : Corpus.records(Corpus.random(getClass()), records, false)) {
            file.writeBytes(Corpus.line(record));
            file.write('\n');
        }
        home.drop("records.jsonl", file.toByteArray());
        home.drain();
    }

    /** A database of the archive. */
    private Path month(String month, int events) throws IOException {
        Path folder = home.path("var/external/archive");
        Path file = Files.move(Reader.store(folder), folder.resolve("logs-" + month + ".db"));
        Files.delete(folder.resolve(".tac8-volume"));
        Reader.insert(file, "sessions", Map.of("session_id", "s", "started_at", month + "-01T00:00:00.000Z"));
        Home.query(file, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + events + ") INSERT INTO events"
                + " (session_id, timestamp, event_type, message, record_id) SELECT 's', '" + month + "-02T00:00:00.000Z', 'e', 'm', 'old-' || i"
                + " FROM n RETURNING record_id");
        return file;
    }

    private String size(String file) throws IOException {
        return Words.size(Files.size(home.path(file)));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"id\":\"e" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                + "\"event_type\":\"e\",\"message\":\"number " + i + "\"}";
    }
}
