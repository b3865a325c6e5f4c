package dev.tac8.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.Home;
import dev.tac8.settings.Settings;
import dev.tac8.store.Commits;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator that uses one name for all its files, and so puts a file in the place of one that is being read. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpoolTest {
    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void doesNotAcknowledgeAFileOfTheSameSizeAndTimeInThePlaceOfTheOneThatWasRead() throws Exception {
        Spool spool = spool();
        Path path = home.drop("a.jsonl", event(1));
        try (SpoolFile file = spool.read(path)) {
            storeAll(file);
            FileTime time = Files.getLastModifiedTime(path);
            home.drop("a.jsonl", event(2));
            Files.setLastModifiedTime(path, time);

            assertThatThrownBy(() -> spool.acknowledge(file)).isInstanceOf(IOException.class).hasMessageContaining("a name of its own");
        }
        assertThat(home.waiting()).hasSize(1);
        assertThat(home.done()).isEmpty();
    }

    @Test
    void givesNoLineTheIdentityOfALineOfTheFileThatTookItsPlace() throws Exception {
        Path path = home.drop("a.jsonl", event(1));
        try (SpoolFile file = spool().read(path)) {
            home.drop("a.jsonl", event(20));

            assertThatThrownBy(file::hash).hasMessageContaining("changed while it was read");
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void doesNotReadAFileOfHolesThatTookThePlaceOfTheOneThatItLookedAt() throws Exception {
        Path path = home.drop("a.jsonl", event(1));
        try (SpoolFile file = spool().read(path)) {
            makeHoles(path);

            assertThatThrownBy(file::iterator).hasMessageContaining("changed while it was read");
            assertThatThrownBy(file::hash).hasMessageContaining("changed while it was read");
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void doesNotBeginAFileOfHolesThatTookThePlaceOfTheOneThatWasAccepted() throws Exception {
        Spool spool = spool();
        Path path = home.drop("a.jsonl", event(1));
        GenericFile<File> accepted = new GenericFile<>();
        accepted.setFile(path.toFile());
        assertThat(spool.accept(accepted)).isTrue();
        makeHoles(path);

        try (CamelContext context = new DefaultCamelContext()) {
            assertThatThrownBy(() -> spool.open(accepted, new DefaultExchange(context))).hasMessageContaining("it has more than 4 GiB: split it");
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void readsNoFurtherThanAFileReachedWhenItWasLookedAt() throws Exception {
        Path path = home.drop("a.jsonl", IntStream.range(0, 1500).mapToObj(SpoolTest::event).toArray(String[]::new));
        long bytes = Files.size(path);
        SpoolFile.Reading reading = new SpoolFile.Reading(new RecordFormat(), 100_000, 1000, 1 << 20, Runnable::run, () -> false, false);
        try (SpoolFile file = new SpoolFile(path, reading)) {
            Iterator<Chunk> chunks = file.iterator();
            makeHoles(path);

            assertThat(chunks.next().size()).isEqualTo(1000);
            Chunk last = chunks.next();
            assertThat(last.size()).isEqualTo(500);
            assertThat(last.endOffset()).isEqualTo(bytes);
            assertThat(chunks.hasNext()).isFalse();
        }
    }

    @Test
    void acknowledgesNoFileThatItHasNotReadAtWhateverMomentItComes() throws Exception {
        long seed = System.nanoTime();
        System.out.println("SpoolTest seed " + seed);
        Random random = new Random(seed);
        Spool spool = spool();
        ExecutorService coordinator = Executors.newSingleThreadExecutor();
        int replaced = 0;
        // About as long as a file takes here, so that both are common.
        int mostPause = 200_000;
        for (int i = 0; i < 500; i++) {
            Path path = home.drop("a.jsonl", event(2 * i));
            Path next = home.drop("b", event(2 * i + 1));
            long pause = random.nextInt(mostPause);
            try (SpoolFile file = spool.read(path)) {
                file.hash();
                storeAll(file);
                Future<?> move = coordinator.submit(() -> {
                    for (long begin = System.nanoTime(); System.nanoTime() - begin < pause;) {
                        Thread.onSpinWait();
                    }
                    return Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
                });
                try {
                    spool.acknowledge(file);
                    mostPause = Math.max(mostPause * 9 / 10, 1_000);
                } catch (IOException e) {
                    replaced++;
                    mostPause = Math.min(mostPause * 10 / 9, 1_000_000_000);
                }
                move.get();
            }
            for (Path done : home.done()) {
                assertThat(Files.readString(done)).as("seed %d, file %d", seed, i).isEqualTo(event(2 * i) + "\n");
                Files.delete(done);
            }
            assertThat(home.waiting()).as("seed %d, file %d", seed, i).hasSize(1);
            Path waiting = home.waiting().get(0);
            assertThat(Files.readString(waiting)).as("seed %d, file %d", seed, i).isEqualTo(event(2 * i + 1) + "\n");
            Files.delete(waiting);
        }
        coordinator.shutdown();
        assertThat(replaced).as("files replaced in time to be noticed").isBetween(1, 499);
    }

    /** By a service that is quicker than whoever drops it. */
    @Test
    void whoDropsAFileIsToldItsSizeAlsoIfItIsGoneAtOnce() throws Exception {
        Spool spool = spool();
        String line = event(1) + "\n";
        AtomicBoolean ends = new AtomicBoolean();
        ExecutorService service = Executors.newSingleThreadExecutor();
        Future<?> taking = service.submit(() -> {
            while (!ends.get()) {
                for (Path waiting : spool.waiting()) {
                    Files.delete(waiting);
                }
            }
            return null;
        });
        try {
            for (int i = 0; i < 200; i++) {
                assertThat(spool.publish("a", (target, out) -> out.write(line.getBytes(StandardCharsets.US_ASCII))).bytes()).isEqualTo(line.length());
            }
        } finally {
            ends.set(true);
            service.shutdown();
        }
        taking.get();
    }

    /** Makes it a tebibyte long, which takes an hour to read and no room. */
    private static void makeHoles(Path path) throws IOException {
        try (RandomAccessFile holes = new RandomAccessFile(path.toFile(), "rw")) {
            holes.setLength(1L << 40);
        }
    }

    /** Has all records of a file count as stored. */
    private static void storeAll(SpoolFile file) throws IOException {
        for (Chunk chunk : file) {
            Commits.of(chunk.receipt());
            chunk.complete();
        }
    }

    private Spool spool() throws Exception {
        Spool spool = Ingest.spool(Settings.load(dir, Map.of(), Map.of()));
        spool.create();
        return spool;
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"" + i
                + "\"}";
    }
}
