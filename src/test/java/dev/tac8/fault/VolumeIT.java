package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The external volume vanishes, comes back, is another one or turns read-only at any moment: nothing is lost or doubled. */
@Tag("thorough")
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VolumeIT {
    private static final int CYCLES = Integer.getInteger("tac8.test.volume-cycles", 10);
    private static final int BACKLOG_ROWS = Integer.getInteger("tac8.test.backlog-rows", 100_000);
    private static final Duration BACKLOG_HOME = Duration.ofSeconds(60);
    private static final int LATEST_MILLISECONDS = 150;
    private static final String TIME = "2026-11-22T10:00:00Z";

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private Machine machine;

    @AfterEach
    void end() {
        if (machine != null) {
            machine.close();
        }
    }

    @Test
    void losesAndDoublesNothingWhileTheVolumeComesAndGoes() throws Exception {
        machine = new Machine(dir, random);
        machine.start();
        Duration slowest = Duration.ZERO;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            machine.drop(4);
            long before = machine.acknowledged();
            machine.await("the first file of a cycle is acknowledged", () -> machine.acknowledged() > before);
            // Not a wait for anything: the moment is what is random.
            Thread.sleep(random.nextInt(LATEST_MILLISECONDS));
            boolean rename = cycle % 2 == 1;
            if (rename) {
                machine.renameAway();
            } else if (random.nextBoolean()) {
                machine.pullOut();
            } else {
                machine.detach();
            }
            Duration takeover = takeover();
            slowest = takeover.compareTo(slowest) > 0 ? takeover : slowest;
            if (random.nextBoolean()) {
                machine.awaitAcknowledged();
            }
            if (rename) {
                machine.renameBack();
            } else {
                machine.plugIn();
            }
            // Every other time it goes away again with rows on their way home.
            if (random.nextBoolean()) {
                machine.awaitHome();
            }
        }
        machine.awaitHome();
        machine.check("the volume vanishes in mid-batch and comes back (the local store had taken over after at most "
                + slowest.toMillis() + " ms)", CYCLES);
    }

    /** How long it takes from now until something is stored. */
    private Duration takeover() throws IOException, InterruptedException {
        long gone = System.nanoTime();
        long rows = machine.localRows();
        long acknowledged = machine.acknowledged();
        machine.drop(1);
        machine.await("something is stored while the volume is away",
                () -> machine.localRows() != rows || machine.acknowledged() > acknowledged);
        return Duration.ofNanos(System.nanoTime() - gone);
    }

    @Test
    void bringsABacklogHome() throws Exception {
        machine = new Machine(dir, random);
        machine.home().set("tac8.ingest.chunk-records", 10_000);
        machine.pullOut();
        machine.start();
        List<Map<String, Object>> records = Corpus.records(random, 4 * BACKLOG_ROWS / 3, true);
        for (int from = 0; from < records.size(); from += 20_000) {
            machine.drop(Delivery.of(records.subList(from, Math.min(records.size(), from + 20_000))));
        }
        machine.awaitAcknowledged();
        long rows = machine.localRows();
        assertThat(rows).isGreaterThanOrEqualTo(BACKLOG_ROWS);

        machine.plugIn();
        long back = System.nanoTime();
        machine.drop(1);
        Awaitility.await("the backlog is home").atMost(BACKLOG_HOME).until(() -> machine.localRows() == 0);

        Duration took = Duration.ofNanos(System.nanoTime() - back);
        machine.awaitHome();
        machine.check(String.format("a backlog of %,d rows comes home (in %.1f s)", rows, took.toMillis() / 1e3), 1);
    }

    @Test
    void bringsHomeACallOfAWorkerThatTheExternalStoreKnowsBetter() throws Exception {
        // Locally the call hangs on session and task `unknown`: which they are only the external store knows.
        bringsHome(Map.of("type", "worker", "timestamp", TIME, "session_id", "s", "task_id", "t", "worker_id", "w",
                        "status", "spawned"),
                Map.of("type", "api_call", "timestamp", TIME, "worker_id", "w", "model", "m", "id", "c"));
        machine.check("only the external store knows the worker of a call", 1);
    }

    @Test
    void bringsHomeARecordThatAddsNothingToTheOneOfItsId() throws Exception {
        bringsHome(Map.of("type", "event", "timestamp", TIME, "session_id", "s", "event_type", "e", "message", "b", "id", "e"),
                Map.of("type", "event", "timestamp", TIME, "session_id", "s", "event_type", "e", "message", "a", "id", "e"));
        machine.check("two contents of one id, one in each store", 1);
    }

    private void bringsHome(Map<String, Object> toTheExternalStore, Map<String, Object> toTheLocalOne) throws Exception {
        machine = new Machine(dir, random);
        machine.start();
        machine.drop(Delivery.of(List.of(toTheExternalStore)));
        machine.awaitHome();
        machine.pullOut();
        machine.drop(Delivery.of(List.of(toTheLocalOne)));
        machine.awaitAcknowledged();
        assertThat(machine.localRows()).isPositive();
        machine.plugIn();
        machine.awaitHome();
    }

    @ParameterizedTest(name = "store at \"{0}\" of the disk, seen before: {1}")
    @CsvSource({"'', false", "tac8, true"})
    void createsNothingBelowAMountPointWhoseDiskIsAbsentAtTheStart(String folder, boolean seenBefore) throws Exception {
        machine = new Machine(dir, random, folder);
        if (seenBefore) {
            machine.start();
            machine.drop(1);
            machine.awaitAcknowledged();
            machine.stop();
        }
        machine.pullOut();
        machine.start();
        machine.drop(3);
        machine.awaitAcknowledged();
        assertThat(machine.mountPoint()).isEmptyDirectory();
        assertThat(machine.localRows()).isPositive();

        machine.plugIn();
        machine.awaitHome();
        machine.check("the disk is absent at the start" + (seenBefore ? "" : ", the first one"), 1);
    }

    @ParameterizedTest(name = "back at once: {0}")
    @ValueSource(booleans = {false, true})
    void noticesThatAnOpenDatabaseIsOnADetachedDisk(boolean backAtOnce) throws Exception {
        machine = new Machine(dir, random);
        machine.start();
        machine.drop(1);
        machine.awaitHome();
        machine.pullOut();
        if (backAtOnce) {
            machine.plugIn();
        }
        machine.drop(2);
        machine.awaitAcknowledged();
        if (!backAtOnce) {
            assertThat(machine.localRows()).isPositive();
            machine.plugIn();
        }
        machine.awaitHome();
        machine.check("the database is open on a disk that was pulled out" + (backAtOnce ? " and put back" : ""), 1);
    }

    /** What stands where in a transaction. */
    private enum Moment {
        BEFORE_THE_COMMIT("here"), AFTER_THE_COMMIT("afterCommit");

        private static final String STEP = "          - setBody: {simple: \"${variable.chunk}\"}\n";
        private final String edited;

        Moment(String method) {
            edited = "          - bean: {beanType: dev.tac8.fault.Pause, method: " + method + "}\n" + STEP;
        }
    }

    @ParameterizedTest(name = "{0}, back at once: {1}")
    @CsvSource({"BEFORE_THE_COMMIT, false", "BEFORE_THE_COMMIT, true", "AFTER_THE_COMMIT, false", "AFTER_THE_COMMIT, true"})
    void countsACommitOnlyIfTheVolumeIsThereAfterIt(Moment moment, boolean backAtOnce) throws Exception {
        machine = new Machine(dir, random);
        machine.home().edit("routes/write.camel.yaml", Moment.STEP, moment.edited);
        machine.drop(2);
        machine.start();
        Path home = machine.home().path("");
        machine.await("a transaction stands still", () -> Files.exists(Pause.paused(home)));
        machine.pullOut();
        if (backAtOnce) {
            machine.plugIn();
        }
        Files.createFile(Pause.goOn(home));
        machine.awaitAcknowledged();
        if (!backAtOnce) {
            assertThat(machine.localRows()).isPositive();
            machine.plugIn();
        }
        machine.awaitHome();
        machine.check("the volume vanishes " + moment.name().toLowerCase().replace('_', ' ')
                + (backAtOnce ? " and is back at once" : ""), 1);
    }

    @Test
    void takesTheLocalStoreWhileTheVolumeIsMountedReadOnly() throws Exception {
        machine = new Machine(dir, random);
        machine.start();
        machine.drop(1);
        machine.awaitHome();
        machine.detach();
        machine.plugIn();
        machine.mounts().run("mount", "-o", "remount,bind,ro", machine.mountPoint());
        machine.drop(2);
        machine.awaitAcknowledged();
        assertThat(machine.localRows()).isPositive();

        machine.mounts().run("mount", "-o", "remount,bind,rw", machine.mountPoint());
        machine.awaitHome();
        machine.check("the volume comes back read-only, then writable", 1);
    }

    @Test
    void takesTheLocalStoreWhenTheKernelTurnsTheVolumeReadOnlyInTheMiddle() throws Exception {
        machine = new Machine(dir, random);
        Path image = dir.resolve("image");
        machine.detach();
        String said = machine.mounts().tryToRun("sh", "-c",
                "truncate -s 32M \"$0\" && mkfs.ext4 -q -F \"$0\" && mount -o loop \"$0\" \"$1\"", image, machine.mountPoint());
        if (!said.isEmpty()) {
            System.out.println("skipped, as it takes a loop device: " + said);
            Assumptions.abort(said);
        }
        machine.mark(machine.external());
        machine.start();
        machine.drop(4);
        machine.await("the first file is acknowledged", () -> machine.acknowledged() > 0);
        // What the kernel does to a file system with errors.
        machine.mounts().run("mount", "-o", "remount,abort", machine.mountPoint());
        machine.keepBusy();
        assertThat(machine.localRows()).isPositive();

        // Which also shows that nothing of the failed disk is held open.
        machine.await("the disk can be unmounted", () -> machine.mounts().tryToRun("umount", machine.mountPoint()).isEmpty());
        machine.mounts().run("mount", "-o", "loop", image, machine.mountPoint());
        machine.awaitHome();
        machine.check("the kernel turns the volume read-only in mid-batch; repaired", 1);
    }

    /** What stands in the place of our disk. */
    private enum OtherDisk { EMPTY, COPY }

    @ParameterizedTest
    @EnumSource
    void writesNothingToAnotherVolumeInThePlaceOfOurs(OtherDisk kind) throws Exception {
        machine = new Machine(dir, random);
        machine.start();
        machine.drop(1);
        machine.awaitHome();
        machine.pullOut();
        Path yesterday = dir.resolve("yesterday");
        if (kind == OtherDisk.COPY) {
            machine.mounts().run("cp", "-a", machine.onDisk().getParent().getParent(), yesterday);
        } else {
            Files.createDirectory(yesterday);
        }
        machine.mounts().mount(yesterday, machine.mountPoint());
        machine.mark(machine.external());
        Map<String, String> before = contents(yesterday);
        machine.drop(2);
        machine.awaitAcknowledged();
        machine.awaitLog("is another one");
        assertThat(machine.localRows()).isPositive();
        assertThat(contents(yesterday)).isEqualTo(before);

        machine.detach();
        machine.plugIn();
        machine.awaitHome();
        assertThat(contents(yesterday)).isEqualTo(before);
        machine.check(kind == OtherDisk.COPY ? "yesterday's copy in the place of the volume" : "another volume in its place", 1);
    }

    /** The hashes of all files of a disk. */
    private static Map<String, String> contents(Path disk) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(disk)) {
            for (Path path : paths.toList()) {
                contents.put(path.toString(), Files.isDirectory(path) ? "" : Delivery.hash(Files.readAllBytes(path)));
            }
        }
        return contents;
    }
}
