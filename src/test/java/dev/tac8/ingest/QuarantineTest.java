package dev.tac8.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import dev.tac8.service.Service;
import dev.tac8.store.Commits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.model.SplitDefinition;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class QuarantineTest {
    private static final String GOOD =
            "{\"type\":\"task\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"task_id\":\"gh-450\",\"status\":\"active\"}";
    private static final String WORD =
            "{\"type\":\"task\",\"timestamp\":\"2026-11-22T11:00:00Z\",\"session_id\":\"s1\",\"task_id\":\"gh-451\",\"status\":\"begun\"}";
    private static final String NO_RECORD = "no record";
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path dir;
    private Quarantine quarantine;
    private Home home;

    /** A bad line as it stands in a quarantine file, by this test's own reading. */
    private record Kept(JsonNode header, byte[] line) {
    }

    @BeforeEach
    void makeFolders() throws IOException {
        quarantine = new Quarantine(dir.resolve("quarantine"), reading(1000));
        quarantine.create();
        home = new Home(dir.resolve("home"));
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void keepsTheBytesOfABadLineWhateverTheyAre() throws IOException {
        long seed = System.nanoTime();
        System.out.println("QuarantineTest seed " + seed);
        Random random = new Random(seed);
        List<byte[]> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            byte[] line = new byte[1 + random.nextInt(3000)];
            random.nextBytes(line);
            for (int j = 0; j < line.length; j++) {
                line[j] = line[j] == '\n' ? (byte) '\r' : line[j];
            }
            line[0] = (byte) (i % 2 == 0 ? '#' : 0xff);
            lines.add(line);
        }
        Path path = write("bytes.jsonl", lines);

        Path kept = quarantined(path, 7);

        List<Kept> entries = entries(kept);
        assertThat(entries).as("seed " + seed).hasSize(lines.size());
        long offset = 0;
        for (int i = 0; i < lines.size(); i++) {
            JsonNode header = entries.get(i).header();
            assertThat(entries.get(i).line()).as("seed " + seed + ", line " + i).isEqualTo(lines.get(i));
            assertThat(header.get("file").textValue()).isEqualTo("bytes.jsonl");
            assertThat(header.get("line").longValue()).isEqualTo(i + 1);
            assertThat(header.get("offset").longValue()).isEqualTo(offset);
            assertThat(header.get("length").longValue()).isEqualTo(lines.get(i).length);
            assertThat(header.get("reason").textValue()).isNotEmpty();
            offset += lines.get(i).length + 1;
        }
        assertThat(copied(kept)).as("seed " + seed).isEqualTo(Files.readAllBytes(path));
    }

    @Test
    void keepsALineOverTheLimitWhole() throws IOException {
        byte[] huge = "x".repeat(500_000).getBytes(StandardCharsets.US_ASCII);

        Path kept = quarantined(write("huge.jsonl", List.of(huge)), 1000);

        assertThat(entries(kept)).hasSize(1);
        assertThat(entries(kept).get(0).line()).isEqualTo(huge);
    }

    @Test
    void listsFileLineOffsetFieldAndReason() throws IOException {
        Path kept = quarantined(write("a.jsonl", GOOD, NO_RECORD, GOOD, WORD), 1000);

        List<Quarantine.Entry> entries = new ArrayList<>();
        quarantine.readEntries(kept, entries::add);

        assertThat(quarantine.files()).containsExactly(kept);
        assertThat(entries).hasSize(2);
        assertThat(entries.get(0)).extracting(Quarantine.Entry::file, Quarantine.Entry::line, Quarantine.Entry::offset,
                Quarantine.Entry::length, Quarantine.Entry::field)
                .containsExactly("a.jsonl", 2L, GOOD.length() + 1L, (long) NO_RECORD.length(), null);
        assertThat(entries.get(0).reason()).startsWith("the line is not valid JSON");
        assertThat(entries.get(1)).isEqualTo(new Quarantine.Entry("a.jsonl", 4, 2L * GOOD.length() + NO_RECORD.length() + 3, WORD.length(),
                "status", "status is \"begun\"; it must be detected, active, completed or failed"));
    }

    @Test
    void givesBackTheLinesAsSomebodyHasMendedThem() throws IOException {
        Path kept = quarantined(write("a.jsonl", NO_RECORD, WORD), 1000);

        String mended = Files.readString(kept).replace("begun", "completed").replace("no record\n", "");
        Files.writeString(kept, mended);

        Quarantine.Replay replay = quarantine.replay(kept, spool());

        assertThat(Files.readString(replay.waiting())).isEqualTo(WORD.replace("begun", "completed") + "\n");
        assertThat(replay.left()).isZero();
        assertThat(quarantine.files()).isEmpty();
    }

    @Test
    void takesALineThatLooksLikeAHeaderOfAnotherFileForALine() throws IOException {
        byte[] first = Files.readAllBytes(quarantined(write("a.jsonl", NO_RECORD), 1000));
        Path copy = dir.resolve("b.jsonl");
        Files.write(copy, first);

        Path kept = quarantined(copy, 1000);

        assertThat(entries(kept)).hasSize(2);
        assertThat(copied(kept)).isEqualTo(first);
    }

    @Test
    void doublesNothingWhenAFileIsReadAgainAfterAFailureBeforePublish() throws IOException {
        Path path = write("a.jsonl", NO_RECORD, GOOD, WORD, GOOD, NO_RECORD, WORD);
        Path again = write("other/a.jsonl", NO_RECORD, GOOD, WORD, GOOD, NO_RECORD, WORD);
        byte[] once = Files.readAllBytes(quarantined(again, 2));
        Files.delete(quarantine.files().get(0));

        for (int chunks = 1; chunks <= 3; chunks++) {
            try (SpoolFile crashed = open(path, 2)) {
                Iterator<Chunk> some = crashed.iterator();
                for (int i = 0; i < chunks; i++) {
                    append(some.next());
                }
            }
        }
        try (SpoolFile file = open(path, 3)) {
            for (Chunk chunk : file) {
                append(chunk);
            }
            // The same file is walked again after a failure that was no crash.
            for (Chunk chunk : file) {
                append(chunk);
            }
            quarantine.publish(file);
        }

        assertThat(Files.readAllBytes(quarantine.files().get(0))).isEqualTo(once);
        assertThat(partsLeft()).isEmpty();
    }

    @Test
    void setsTheSameContentAsideOnceUnderTwoNames() throws IOException {
        Path first = quarantined(write("a.jsonl", NO_RECORD), 1000);
        quarantined(write("b.jsonl", NO_RECORD), 1000);

        assertThat(quarantine.files()).containsExactly(first);
        assertThat(entries(first)).hasSize(1);
        assertThat(partsLeft()).isEmpty();
    }

    @Test
    void leavesAFileThatIsBeingMendedAloneWhenItsContentComesAgain() throws IOException {
        Path kept = quarantined(write("a.jsonl", NO_RECORD, WORD), 1000);
        String mended = Files.readString(kept).replace("begun", "completed");
        Files.writeString(kept, mended);

        quarantined(write("b.jsonl", NO_RECORD, WORD), 1000);

        assertThat(quarantine.files()).containsExactly(kept);
        assertThat(Files.readString(kept)).isEqualTo(mended);
    }

    @Test
    void leavesWhatIsNotMendedBelowWhereItStoodAndLetsNoNameGrowHoweverOftenItIsReplayed() throws IOException {
        Path kept = quarantined(write("a.jsonl", GOOD, WORD, NO_RECORD, GOOD, WORD.replace("451", "453"), "{\"a\":1}"), 1000);
        String name = kept.getFileName().toString();
        Files.writeString(kept, Files.readString(kept).replaceFirst("\"status\":\"begun\"", "\"status\":\"completed\""));

        Quarantine.Replay replay = quarantine.replay(kept, spool());

        assertThat(replay.mended()).isEqualTo(1);
        assertThat(replay.left()).isEqualTo(3);
        assertThat(replay.firstReason()).startsWith("line 3: the line is not valid JSON");
        assertThat(Files.readString(replay.waiting())).isEqualTo(WORD.replace("begun", "completed") + "\n");
        for (int round = 0; round < 5; round++) {
            Path left = quarantine.files().get(0);
            Files.writeString(left, Files.readString(left).replace("no record", "no record, again"));
            assertThat(quarantine.replay(left, spool()).isChanged()).isFalse();
        }
        Path left = quarantine.files().get(0);
        Files.writeString(left, Files.readString(left).replaceFirst("\"status\":\"begun\"", "\"status\":\"failed\""));
        quarantine.replay(left, spool());

        assertThat(quarantine.files()).hasSize(1);
        left = quarantine.files().get(0);
        assertThat(left.getFileName().toString()).isEqualTo(name.replace("lines-4", "lines-2"));
        assertThat(entries(left)).extracting(still -> still.header().get("file").textValue() + " " + still.header().get("line") + " "
                + still.header().get("offset") + " " + new String(still.line(), StandardCharsets.UTF_8)).containsExactly(
                "a.jsonl 3 " + (GOOD.length() + WORD.length() + 2) + " no record, again, again, again, again, again",
                "a.jsonl 6 " + (2 * GOOD.length() + 2 * WORD.length() + NO_RECORD.length() + 5) + " {\"a\":1}");
        assertThat(quarantined(write("b.jsonl", GOOD, WORD, NO_RECORD, GOOD, WORD.replace("451", "453"), "{\"a\":1}"), 1000)).isEqualTo(left);
        assertThat(entries(left)).hasSize(2);
        assertThat(partsLeft()).isEmpty();
    }

    @Test
    void keepsWhatWasGivenBackWithItsHeaders() throws IOException {
        Path kept = quarantined(write("a.jsonl", WORD, NO_RECORD), 1000);
        Files.writeString(kept, Files.readString(kept).replaceFirst("\"status\":\"begun\"", "\"status\":\"completed\""));

        Path waiting = quarantine.replay(kept, spool()).waiting();

        Path copy = dir.resolve("quarantine/replayed").resolve(waiting.getFileName().toString().replace(".jsonl", ".bad"));
        assertThat(Files.readAllLines(copy)).hasSize(2).last().isEqualTo(WORD.replace("begun", "completed"));
        assertThat(Files.readString(copy)).contains("\"file\":\"a.jsonl\",\"line\":1");
    }

    @Test
    void setsAsideAgainWhatComesBackFromAReplayedFileEvenIfThatIsTheFirstContent() throws IOException {
        Path kept = quarantined(write("a.jsonl", WORD), 1000);
        String hash = Quarantine.hashOf(kept);
        String replayed = "20261122T101530123Z-1-1-replayed-" + hash;

        Path again = dir.resolve("quarantine").resolve(replayed + ".jsonl.lines-1-" + hash + ".bad");
        quarantined(write(replayed + ".jsonl", WORD), 1000);
        quarantined(write(replayed + ".jsonl", WORD), 1000);

        assertThat(quarantine.files()).containsExactly(again, kept);
    }

    @Test
    void setsAsideAgainWhatSomebodyHasDeletedFromQuarantine() throws IOException {
        Files.delete(quarantined(write("a.jsonl", NO_RECORD), 1000));

        assertThat(quarantined(write("b.jsonl", NO_RECORD), 1000)).isNotNull();
    }

    @Test
    void givesBackNothingOfALineOverTheLimitButKeepsItWhole() throws IOException {
        byte[] huge = ("{" + " ".repeat(300_000) + "}").getBytes(StandardCharsets.US_ASCII);
        Path kept = quarantined(write("a.jsonl", List.of(huge, WORD.getBytes(StandardCharsets.UTF_8), huge)), 1000);
        Files.writeString(kept, Files.readString(kept).replaceFirst("\"status\":\"begun\"", "\"status\":\"completed\""));

        Quarantine.Replay replay = quarantine.replay(kept, spool());

        assertThat(replay.mended()).isEqualTo(1);
        assertThat(replay.left()).isEqualTo(2);
        assertThat(replay.firstReason()).isEqualTo("line 1: the line has 300002 bytes, over the limit of 100000 (tac8.ingest.max-line-bytes)");
        assertThat(entries(quarantine.files().get(0))).extracting(Kept::line).containsExactly(huge, huge);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void passesOverALineOfAnyLengthWithoutReadingIt() throws IOException {
        long length = 1L << 40;
        Path kept = dir.resolve("quarantine/a.jsonl-0123456789abcdef0123456789abcdef.bad");
        String header = "#0123456789abcdef0123456789abcdef {\"file\":\"a.jsonl\",\"line\":%d,\"offset\":0,\"length\":%d,\"reason\":\"bad\"}\n";
        Files.writeString(kept, String.format(header, 1, length));
        try (FileChannel file = FileChannel.open(kept, StandardOpenOption.WRITE)) {
            // A hole in the file: it takes no room, and an hour to read.
            file.position(file.size() + length);
            file.write(StandardCharsets.US_ASCII.encode("\n" + String.format(header, 2, 3) + "bad\n"));
        }

        List<Long> lines = new ArrayList<>();
        quarantine.readEntries(kept, entry -> lines.add(entry.line()));

        assertThat(lines).containsExactly(1L, 2L);
        assertThat(quarantine.lines(kept)).isEqualTo(2);
        assertThat(quarantine.replay(kept, spool()).left()).isEqualTo(2);
    }

    @Test
    void readsAFileInWhichSomebodyHasShortenedALongLine() throws IOException {
        byte[] huge = "x".repeat(300_000).getBytes(StandardCharsets.US_ASCII);
        Path kept = quarantined(write("a.jsonl", List.of(huge, NO_RECORD.getBytes(StandardCharsets.UTF_8))), 1000);
        Files.writeString(kept, Files.readString(kept).replaceFirst("x{300000}", GOOD));

        List<Long> lines = new ArrayList<>();
        quarantine.readEntries(kept, entry -> lines.add(entry.line()));
        Quarantine.Replay replay = quarantine.replay(kept, spool());

        assertThat(lines).containsExactly(1L, 2L);
        assertThat(Files.readString(replay.waiting())).isEqualTo(GOOD + "\n");
        assertThat(replay.left()).isEqualTo(1);
    }

    @Test
    void countsByTheNameAndReadsFilesOfEarlierVersionsWithoutACountInIt() throws IOException {
        Path kept = quarantined(write("a.jsonl", NO_RECORD, WORD), 1000);
        assertThat(kept.getFileName().toString()).startsWith("a.jsonl.lines-2-");
        Path old = Files.move(kept, kept.resolveSibling(kept.getFileName().toString().replace(".lines-2", "")));

        assertThat(quarantine.lines(kept)).as("without reading it").isEqualTo(2);
        assertThat(quarantine.lines(old)).isEqualTo(2);
        assertThat(quarantine.files()).containsExactly(old);
        Files.writeString(old, Files.readString(old).replaceFirst("\"status\":\"begun\"", "\"status\":\"completed\""));
        assertThat(quarantine.replay(old, spool()).left()).isEqualTo(1);
        assertThat(quarantine.files()).hasSize(1).first().asString().contains("a.jsonl.lines-1-");
    }

    @Test
    void knowsItsOwnFilesByTheirNames() throws IOException {
        String hash = "0123456789abcdef0123456789abcdef";
        for (String name : List.of("." + hash + ".part", "a-" + hash + ".bad.swp", ".a-" + hash + ".bad", "a-1-" + hash.substring(1) + ".bad",
                "a" + hash + ".bad", "a.bad", "a.lines-2.bad", "-".repeat(200) + ".bad")) {
            Files.createFile(dir.resolve("quarantine").resolve(name));
        }
        assertThat(quarantine.files()).isEmpty();

        for (String name : List.of("a.lines-3-" + hash + ".bad", "b-" + hash + ".bad-" + hash + ".bad", "c.lines-9.lines-2-" + hash + ".bad",
                "d.lines-99999999999999999999-" + hash + ".bad")) {
            Files.createFile(dir.resolve("quarantine").resolve(name));
        }
        assertThat(quarantine.files()).hasSize(4).allMatch(file -> hash.equals(Quarantine.hashOf(file)));
        List<Long> lines = new ArrayList<>();
        for (Path file : quarantine.files()) {
            lines.add(quarantine.lines(file));
        }
        assertThat(lines).containsExactly(3L, 0L, 2L, 0L);
        assertThat(quarantine.count()).isEqualTo(new Quarantine.Count(4, 5));
    }

    @Test
    void knowsContentWhoseBadLinesWereReplayed() throws IOException {
        Path kept = quarantined(write("a.jsonl", GOOD, NO_RECORD), 1000);
        Files.writeString(kept, Files.readString(kept).replace(NO_RECORD, GOOD));
        quarantine.replay(kept, spool());

        quarantined(write("b.jsonl", GOOD, NO_RECORD), 1000);

        assertThat(quarantine.files()).isEmpty();
    }

    @Test
    void keepsNothingOfAFileWithoutBadLines() throws IOException {
        quarantined(write("a.jsonl", GOOD), 1000);

        assertThat(quarantine.files()).isEmpty();
        assertThat(partsLeft()).isEmpty();
    }

    @Test
    void fitsTheNameOfAFileWhoseNameIsAsLongAsCanBe() throws IOException {
        Path kept = quarantined(write("ä".repeat(124) + "x.jsonl", NO_RECORD), 1000);

        assertThat(kept.getFileName().toString().getBytes(StandardCharsets.UTF_8).length).isBetween(250, 255);
        assertThat(Quarantine.hashOf(kept)).hasSize(32);
    }

    @Test
    void storesTheNeighboursOfBadLinesAndSetsThoseAsideOnce() throws Exception {
        home.set("tac8.ingest.chunk-records", 2);
        for (String name : List.of("a.jsonl", "b.jsonl")) {
            home.drop(name, NO_RECORD, GOOD, WORD, "", NO_RECORD, NO_RECORD, GOOD.replace("gh-450", "gh-452"));
        }

        home.drain();

        assertThat(home.query("SELECT task_id FROM tasks ORDER BY task_id")).containsExactly("gh-450", "gh-452");
        assertThat(home.done()).hasSize(2);
        assertThat(home.quarantined()).hasSize(1);
        assertThat(entries(home.quarantined().get(0))).extracting(kept -> kept.header().get("line").intValue())
                .containsExactly(1, 3, 5, 6);
    }

    @Test
    @Tag("process")
    void aFileOfBadLinesThatNobodyHasMendedStaysWhereItIs() throws Exception {
        home.drop("a.jsonl", NO_RECORD);
        home.drain();

        Home.Finished replay = home.run("quarantine", "replay", "--all");

        assertThat(replay.exitCode()).isEqualTo(1);
        assertThat(replay.output()).contains("stays in quarantine: its lines are as they came");
        assertThat(home.quarantined()).hasSize(1);
        assertThat(home.waiting()).isEmpty();
    }

    @Test
    @Tag("process")
    void showsReplaysAndStoresMendedLinesAndTakesBackWhatIsStillBad() throws Exception {
        home.drop("a.jsonl", GOOD, NO_RECORD, WORD);
        home.drain();
        Path kept = home.quarantined().get(0);
        Files.writeString(kept, Files.readString(kept).replace("begun", "completed"));

        Home.Finished list = home.run("quarantine", "list");
        Home.Finished replay = home.run("quarantine", "replay", kept.getFileName().toString());
        home.drain();

        assertThat(list.exitCode()).isZero();
        assertThat(list.output()).contains(kept.toString())
                .contains("line 2, byte " + (GOOD.length() + 1) + ": the line is not valid JSON")
                .contains("line 3, byte " + (GOOD.length() + NO_RECORD.length() + 2) + ": status is");
        assertThat(replay.exitCode()).isZero();
        assertThat(home.query("SELECT task_id, status FROM tasks ORDER BY task_id")).containsExactly("gh-450|active", "gh-451|completed");
        assertThat(home.quarantined()).hasSize(1).doesNotContain(kept);
        assertThat(entries(home.quarantined().get(0))).extracting(still -> new String(still.line(), StandardCharsets.UTF_8))
                .containsExactly(NO_RECORD);
    }

    @Test
    void recordsThatAreGoneWhenAChunkIsHalvedDoNotCountAsStored() throws IOException {
        for (int left = 0; left <= 2; left++) {
            Path path = write(left + ".jsonl", GOOD, GOOD);
            try (SpoolFile file = open(path, 10)) {
                Chunk chunk = file.iterator().next();
                Files.writeString(path, (GOOD + "\n").repeat(left) + "\n".repeat((2 - left) * (GOOD.length() + 1)));

                chunk.halves().forEach(half -> Commits.of(half.receipt()));

                assertThat(chunk.isStored()).as("%d of 2 records", left).isEqualTo(left == 2);
            }
        }
    }

    @Test
    void aChunkIsHalvedWhateverBecomesOfTheNameOfItsFile() throws IOException {
        Path path = write("taken-away.jsonl", GOOD, GOOD);
        try (SpoolFile file = open(path, 10)) {
            Chunk chunk = file.iterator().next();
            Files.move(path, dir.resolve("elsewhere"));
            assertThat(chunk.halves()).extracting(Chunk::size).containsExactly(1, 1);

            Files.writeString(path, "another, longer file of the same name\n".repeat(100));
            assertThat(chunk.halves()).extracting(Chunk::size).containsExactly(1, 1);
        }
    }

    @Test
    void aFileThatGoesAwayWhileARecordIsRefusedHoldsUpNothing() throws Exception {
        home.drop("a.jsonl", GOOD);
        home.drain();
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + home.database()); Statement statement = database.createStatement()) {
            statement.execute("PRAGMA writable_schema = ON");
            statement.executeUpdate("UPDATE sqlite_schema SET sql = replace(sql, 'task_id TEXT PRIMARY KEY', 'task_id TEXT PRIMARY KEY CHECK (task_id <> ''gh-2'')')");
        }
        try (Service service = home.open()) {
            service.start();
            AdviceWith.adviceWith(service.context(), "store-external", route -> route.weaveByType(SplitDefinition.class).before()
                    .process(refused -> Files.deleteIfExists(home.spool().resolve("b.jsonl"))));
            home.drop("b.jsonl", GOOD.replace("gh-450", "gh-1"), GOOD.replace("gh-450", "gh-2"), GOOD.replace("gh-450", "gh-3"));
            home.awaitDrained();
            home.drop("c.jsonl", GOOD.replace("gh-450", "gh-4"));
            home.awaitDrained();
        }
        assertThat(home.query("SELECT task_id FROM tasks ORDER BY 1")).containsExactly("gh-1", "gh-3", "gh-4", "gh-450");
    }

    @Test
    void whatTwoStoresRefuseIsSetAsideAndNothingElseWhereverTheFirstOneFails() throws Exception {
        long seed = Long.getLong("tac8.test.seed", System.nanoTime());
        System.out.println("QuarantineTest: -Dtac8.test.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            String what = "seed " + seed + ", round " + round;
            List<String> lines = new ArrayList<>();
            Set<Long> bad = new HashSet<>();
            Set<Long> refused = new HashSet<>();
            for (long number = 1; number <= 1 + random.nextInt(40); number++) {
                int kind = random.nextInt(6);
                lines.add(kind == 0 ? NO_RECORD : kind == 1 ? "" : GOOD.replace("gh-450", "gh-" + round + "-" + number));
                if (kind == 0) {
                    bad.add(number);
                } else if (kind == 2) {
                    refused.add(number);
                }
            }
            Path path = write("round-" + round + ".jsonl", lines.toArray(String[]::new));
            try (SpoolFile file = open(path, 100)) {
                Chunk chunk = file.iterator().next();
                Set<Long> taken = new HashSet<>();
                int[] writes = {random.nextInt(60)};
                boolean whole = store(chunk, refused, taken, writes);
                // The other store takes some of what the first one refuses.
                Set<Long> stillRefused = refused.stream().filter(number -> random.nextInt(3) > 0).collect(Collectors.toSet());
                if (!whole) {
                    // Of no records at all, none is missing.
                    assertThat(chunk.isStored()).as(what).isEqualTo(chunk.size() == 0);
                    store(chunk, stillRefused, taken, new int[] {Integer.MAX_VALUE});
                }
                quarantine.append(chunk);
                quarantine.publish(file);

                Set<Long> expected = new HashSet<>(whole ? refused : stillRefused);
                expected.removeAll(taken);
                expected.addAll(bad);
                List<Path> kept = quarantine.files().stream().filter(one -> file.hash().equals(Quarantine.hashOf(one))).toList();
                assertThat(kept.isEmpty() ? List.of() : entries(kept.get(0)).stream().map(entry -> entry.header().get("line").longValue()).toList())
                        .as(what).isEqualTo(expected.stream().sorted().toList());
                for (Kept entry : kept.isEmpty() ? List.<Kept>of() : entries(kept.get(0))) {
                    assertThat(new String(entry.line(), StandardCharsets.UTF_8)).as(what)
                            .isEqualTo(lines.get(entry.header().get("line").intValue() - 1));
                }
                assertThat(file.counts().getOrDefault(RecordType.TASK, 0L)).as(what)
                        .isEqualTo(lines.stream().filter(line -> !line.isEmpty()).count() - expected.size());
            }
        }
    }

    /**
     * Writes a chunk as the routes do, to a store that refuses some lines.
     *
     * @param taken  gets the lines that it takes
     * @param writes how many times it can be written to before it fails
     * @return whether it did not fail
     */
    private static boolean store(Chunk chunk, Set<Long> refused, Set<Long> taken, int[] writes) throws IOException {
        if (writes[0]-- == 0) {
            return false;
        }
        Set<Long> numbers = chunk.rows().get("tasks").stream().map(row -> (String) row.get("task_id")).map(id -> Long.valueOf(id.substring(id.lastIndexOf('-') + 1)))
                .collect(Collectors.toSet());
        if (Collections.disjoint(numbers, refused)) {
            Commits.of(chunk.receipt());
            taken.addAll(numbers);
            return true;
        }
        if (chunk.isRecord()) {
            chunk.refuse("the store refuses it: a reason");
            return true;
        }
        for (Chunk half : chunk.halves()) {
            if (!store(half, refused, taken, writes)) {
                return false;
            }
        }
        return true;
    }

    @Test
    void aRefusedRecordIsSetAsideOnceEvenIfEachHalfIsStoredTwice() throws Exception {
        Path path = write("twice.jsonl", IntStream.rangeClosed(1, 20).mapToObj(i -> GOOD.replace("gh-450", "gh-" + i)).toArray(String[]::new));
        try (SpoolFile file = open(path, 100)) {
            Chunk chunk = file.iterator().next();
            for (Chunk half : chunk.halves()) {
                for (int time = 0; time < 2; time++) {
                    store(half, Set.of(8L, 14L), new HashSet<>(), new int[] {Integer.MAX_VALUE});
                }
            }
            quarantine.append(chunk);
            quarantine.publish(file);

            assertThat(entries(quarantine.files().get(0))).extracting(entry -> entry.header().get("line").intValue()).containsExactly(8, 14);
            assertThat(file.counts()).containsEntry(RecordType.TASK, 18L);
        }
    }

    @Test
    void theOneRefusedRecordOfThousandsIsFoundByFewWrites() throws IOException {
        Path path = write("many.jsonl", IntStream.rangeClosed(1, 1000).mapToObj(i -> GOOD.replace("gh-450", "gh-" + i)).toArray(String[]::new));
        try (SpoolFile file = open(path, 1000)) {
            int[] writes = {Integer.MAX_VALUE};
            assertThat(store(file.iterator().next(), Set.of(700L), new HashSet<>(), writes)).isTrue();

            // The whole, and two halves of each of the ten that hold it.
            assertThat(Integer.MAX_VALUE - writes[0]).isLessThanOrEqualTo(1 + 2 * 10);
        }
    }

    private Spool spool() {
        return new Spool(dir, reading(1000), new AtomicBoolean(), new AtomicBoolean());
    }

    private SpoolFile open(Path path, int chunkRecords) throws IOException {
        return new SpoolFile(path, reading(chunkRecords));
    }

    private static SpoolFile.Reading reading(int chunkRecords) {
        return new SpoolFile.Reading(new RecordFormat(), 100_000, chunkRecords, 1 << 20, Runnable::run, () -> false, false);
    }

    /** Appends as the route does, behind the commit. */
    private void append(Chunk chunk) throws IOException {
        Commits.of(chunk.receipt());
        quarantine.append(chunk);
    }

    /** Takes a file through quarantine as the route does; the newest quarantine file, or null. */
    private Path quarantined(Path path, int chunkRecords) throws IOException {
        try (SpoolFile file = open(path, chunkRecords)) {
            for (Chunk chunk : file) {
                append(chunk);
            }
            quarantine.publish(file);
            return quarantine.files().stream().filter(kept -> file.hash().equals(Quarantine.hashOf(kept))).findFirst().orElse(null);
        }
    }

    private Path write(String name, String... lines) throws IOException {
        return write(name, Arrays.stream(lines).map(line -> line.getBytes(StandardCharsets.UTF_8)).toList());
    }

    private Path write(String name, List<byte[]> lines) throws IOException {
        Path path = dir.resolve("in").resolve(name);
        Files.createDirectories(path.getParent());
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] line : lines) {
            content.writeBytes(line);
            content.write('\n');
        }
        return Files.write(path, content.toByteArray());
    }

    private byte[] copied(Path kept) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Kept entry : entries(kept)) {
            lines.writeBytes(entry.line());
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    private List<Path> partsLeft() throws IOException {
        try (var paths = Files.list(dir.resolve("quarantine"))) {
            return paths.filter(path -> path.toString().endsWith(".part")).toList();
        }
    }

    /** By the lengths in the headers alone. */
    private static List<Kept> entries(Path kept) throws IOException {
        byte[] bytes = Files.readAllBytes(kept);
        String marker = "#" + Quarantine.hashOf(kept) + " ";
        List<Kept> entries = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int end = at;
            while (bytes[end] != '\n') {
                end++;
            }
            String header = new String(bytes, at, end - at, StandardCharsets.UTF_8);
            assertThat(header).startsWith(marker);
            JsonNode json = JSON.readTree(header.substring(marker.length()));
            int length = json.get("length").intValue();
            entries.add(new Kept(json, Arrays.copyOfRange(bytes, end + 1, end + 1 + length)));
            at = end + 1 + length;
            assertThat(bytes[at++]).isEqualTo((byte) '\n');
        }
        return entries;
    }
}
