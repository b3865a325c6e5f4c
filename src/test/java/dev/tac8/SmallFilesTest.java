package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.component.file.GenericFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files that one transaction stores: what is wrong with one costs its neighbours nothing. */
class SmallFilesTest {
    private static final int FILES = 300;
    /** Where SQLite counts the transactions that changed a database, in its header. */
    private static final int CHANGE_COUNTER = 24;

    @TempDir
    private Path dir;
    private Home home;

    @AfterEach
    void close() {
        home.close();
    }

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
    }

    @Test
    void storesHundredsInAFewTransactions() throws Exception {
        home.drop("0.jsonl", event(FILES));
        home.drain();
        int before = transactions();
        dropAll();

        home.drain();

        assertThat(home.query("SELECT message FROM events ORDER BY event_id")).isEqualTo(IntStream.iterate(FILES, i -> (i + 1) % (FILES + 1)).limit(FILES + 1).mapToObj(i -> "event " + i).toList());
        assertThat(home.done()).hasSize(FILES + 1);
        assertThat(transactions() - before).isLessThan(FILES / 20);
    }

    @Test
    void storesNoMoreThanAChunkOfRecordsInOne() throws Exception {
        home.set("tac8.ingest.chunk-records", 100);
        home.drop("0.jsonl", event(FILES));
        home.drain();
        int before = transactions();
        dropAll();

        home.drain();

        assertThat(home.query("SELECT count(*) FROM events")).containsExactly(FILES + 1 + "");
        assertThat(transactions() - before).isBetween(FILES / 100, FILES / 20);
    }

    @Test
    void setsAsideTheBadLinesOfEachByItself() throws Exception {
        dropAll();
        home.drop("file-0007.jsonl", event(7), "no record", event(1007));
        home.drop("file-0123.jsonl", "neither this");

        home.drain();

        assertThat(home.query("SELECT count(*) FROM events")).containsExactly(FILES + "");
        assertThat(home.done()).hasSize(FILES);
        List<String> names = home.quarantined().stream().map(path -> path.getFileName().toString()).sorted().toList();
        assertThat(names).hasSize(2);
        assertThat(names.get(0)).startsWith("file-0007.jsonl.lines-1-");
        assertThat(names.get(1)).startsWith("file-0123.jsonl.lines-1-");
    }

    @Test
    @Tag("process")
    void setsAsideTheOneRecordThatTheStoreRefuses() throws Exception {
        home.close();
        home = new Home(dir.resolve("picky")).edit("sql/schema.sql", "message TEXT NOT NULL,",
                "message TEXT NOT NULL CHECK (message NOT IN ('event 42', 'event 43', 'event 217')),");
        dropAll();

        runUntilDrained();

        assertThat(home.query("SELECT count(*) FROM events")).containsExactly(FILES - 3 + "");
        assertThat(home.done()).hasSize(FILES);
        assertThat(home.quarantined().stream().map(path -> path.getFileName().toString().substring(0, 9)).sorted())
                .containsExactly("file-0042", "file-0043", "file-0217");
    }

    @Test
    void acknowledgesTheOthersIfOneChangedWhileItWasStored() throws Exception {
        String step = "        - bean: {id: publish-quarantine";
        home.edit("routes/ingest.camel.yaml", step, "        - bean: {beanType: " + Writer.class.getName() + ", method: write}\n" + step);
        dropAll();

        home.drain();

        // It was read again, a while later.
        assertThat(home.query("SELECT count(*) FROM events")).containsExactly(FILES + 1 + "");
        assertThat(home.done()).hasSize(FILES);
        assertThat(home.done().get(FILES - 1).getFileName().toString()).as("the last").endsWith("-file-0100.jsonl");
    }

    @Test
    void setsAsideTheSameBadLineOfSeveralFilesOnceWithTheFirstOfThem() throws Exception {
        for (String name : List.of("a", "b", "c-replayed-0123456789abcdef0123456789abcdef")) {
            home.drop(name + ".jsonl", event(1), "no record");
        }
        dropAll();

        home.drain();

        assertThat(home.query("SELECT count(*) FROM events")).containsExactly(FILES + "");
        assertThat(home.done()).hasSize(FILES + 3);
        assertThat(home.quarantined()).hasSize(2);
        for (Path file : home.quarantined()) {
            String name = file.getFileName().toString().replaceFirst("\\.lines-.*", "");
            assertThat(Files.readString(file)).contains(" {\"file\":\"" + name + "\",").endsWith("\nno record\n");
        }
    }

    @Test
    void keepsEachInDoneAlsoIfTheirLongNamesAreCutToTheSame() throws Exception {
        for (int i = 0; i < 50; i++) {
            home.drop("x".repeat(230) + i + ".jsonl", event(1));
        }

        home.drain();

        assertThat(home.done()).hasSize(50);
    }

    @Test
    @Tag("process")
    void storesTheOthersIfTheOneWithARefusedRecordGoesAway() throws Exception {
        home.close();
        home = new Home(dir.resolve("picky")).edit("sql/schema.sql", "message TEXT NOT NULL,", "message TEXT NOT NULL CHECK (message <> 'event 42'),");
        String step = "              - to: direct:hold-chunk";
        home.edit("routes/ingest.camel.yaml", step, "              - bean: {beanType: " + Remover.class.getName() + ", method: remove}\n" + step);
        dropAll();

        runUntilDrained();

        assertThat(home.query("SELECT count(*) FROM events")).containsExactly(FILES - 1 + "");
        assertThat(home.done()).hasSize(FILES - 1);
    }

    /** Somebody takes a file away that waits. */
    public static final class Remover {
        /** Removes one file. */
        public void remove(@ExchangeProperty(Exchange.FILE_EXCHANGE_FILE) GenericFile<File> first) throws IOException {
            Files.deleteIfExists(first.getFile().toPath().resolveSibling("file-0042.jsonl"));
        }
    }

    /** A coordinator that breaks the contract: it writes once to a file that waits. */
    public static final class Writer {
        /** Adds a line to the hundredth file. */
        public void write(@ExchangeProperty(Exchange.FILE_EXCHANGE_FILE) GenericFile<File> first) throws IOException {
            Path file = first.getFile().toPath().resolveSibling("file-0100.jsonl");
            if (first.getFileNameOnly().equals("file-0000.jsonl")) {
                Files.writeString(file, event(1100) + "\n", StandardOpenOption.APPEND);
            }
        }
    }

    private void runUntilDrained() throws IOException, InterruptedException {
        Process service = home.command(List.of("-Xmx256m"), "run").redirectErrorStream(true)
                .redirectOutput(home.path("output.log").toFile()).start();
        try {
            home.awaitDrained();
        } finally {
            service.destroy();
            service.waitFor();
        }
    }

    private void dropAll() {
        for (int i = 0; i < FILES; i++) {
            home.drop(String.format("file-%04d.jsonl", i), event(i));
        }
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"id\":\"e-" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"event_type\":\"trigger\",\"message\":\"event "
                + i + "\"}";
    }

    private int transactions() throws IOException {
        try (RandomAccessFile database = new RandomAccessFile(home.database().toFile(), "r")) {
            database.seek(CHANGE_COUNTER);
            return database.readInt();
        }
    }
}
