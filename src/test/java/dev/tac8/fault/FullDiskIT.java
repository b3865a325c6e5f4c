package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where there is no room, work goes on elsewhere or waits, and goes on by itself when there is room again. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskIT {
    private static final String SIZE = "size=24m";
    private static final String INODES = "size=24m,nr_inodes=100";
    /** Some pages more or less, so that it is now one step and now another that finds no room. */
    private static final int MOST_BYTES_LEFT = 200_000;
    /** No statement has room for its journal. */
    private static final int NOTHING_LEFT = 0;
    private static final String STANDS_STILL = "Reading stands still";

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

    @ParameterizedTest(name = "to the last byte: {0}")
    @ValueSource(booleans = {true, false})
    void takesTheLocalStoreWhileTheExternalOneIsFull(boolean toTheLastByte) throws Exception {
        machine = new Machine(dir, random);
        machine.shrinkExternal(SIZE);
        machine.start();
        machine.drop(1);
        machine.awaitHome();
        List<Path> ballast = machine.mounts().fill(machine.external(),
                toTheLastByte ? NOTHING_LEFT : random.nextInt(MOST_BYTES_LEFT));
        machine.drop(5);
        machine.awaitLocalTakesOver();
        machine.keepBusy();
        empty(ballast);
        machine.awaitHome();
        machine.check("the external store's disk is full" + (toTheLastByte ? " to the last byte" : ""), 1);
    }

    @Test
    void takesTheLocalStoreWhileTheExternalOneHasNoInodeLeft() throws Exception {
        machine = new Machine(dir, random);
        machine.shrinkExternal(INODES);
        List<Path> ballast = machine.mounts().fillInodes(machine.external());
        machine.start();
        machine.drop(3);
        machine.awaitLocalTakesOver();
        machine.awaitAcknowledged();

        empty(ballast);
        machine.awaitHome();
        machine.check("the external store's disk is out of inodes", 1);
    }

    @Test
    void standsStillWhileTheExternalStoreIsAwayAndTheLocalOneFull() throws Exception {
        machine = new Machine(dir, random);
        machine.shrinkLocal(SIZE);
        machine.start();
        machine.drop(1);
        machine.awaitHome();
        machine.pullOut();
        machine.drop(2);
        machine.awaitAcknowledged();
        List<Path> ballast = fill(machine.local());
        machine.drop(5);
        machine.awaitLog(STANDS_STILL);
        assertThat(machine.home().waiting()).isNotEmpty();

        // The local store cannot be emptied yet: that, too, takes room.
        machine.plugIn();
        machine.awaitResumed();
        machine.drop(1);
        machine.awaitAcknowledged();
        empty(ballast);
        machine.awaitHome();
        machine.check("the external store is away, the local store's disk is full", 1);
    }

    @Test
    void standsStillWhileTheExternalStoreIsAwayAndTheLocalOneHasNoInodeLeft() throws Exception {
        machine = new Machine(dir, random);
        machine.shrinkLocal(INODES);
        List<Path> ballast = machine.mounts().fillInodes(machine.local());
        machine.pullOut();
        machine.begin();
        machine.drop(3);
        machine.awaitLog(STANDS_STILL);
        assertThat(machine.home().waiting()).hasSize(3);

        empty(ballast);
        machine.awaitResumed();
        assertThat(machine.localRows()).isPositive();
        machine.plugIn();
        machine.awaitHome();
        machine.check("the external store is away, the local store's disk is out of inodes", 1);
    }

    @ParameterizedTest(name = "room in the external store first: {0}")
    @ValueSource(booleans = {true, false})
    void standsStillWhileBothAreFull(boolean externalFirst) throws Exception {
        machine = new Machine(dir, random);
        machine.shrinkExternal(SIZE);
        machine.shrinkLocal(SIZE);
        machine.start();
        machine.drop(1);
        machine.awaitHome();
        Map<Boolean, List<Path>> ballast = Map.of(true, fill(machine.external()), false, fill(machine.local()));
        machine.drop(8);
        machine.awaitLog(STANDS_STILL);
        assertThat(machine.home().waiting()).isNotEmpty();

        empty(ballast.get(externalFirst));
        machine.awaitResumed();
        empty(ballast.get(!externalFirst));
        machine.awaitHome();
        machine.check("the disks of both stores are full; room in the " + (externalFirst ? "external" : "local") + " one first", 1);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {SIZE, INODES})
    void leavesAFileInAFullSpoolUntilItsBadLinesFindRoom(String limit) throws Exception {
        machine = new Machine(dir, random);
        machine.shrinkSpool(limit);
        machine.start();
        machine.drop(1);
        machine.awaitHome();
        machine.pullOut();
        machine.drop(1);
        machine.awaitAcknowledged();
        Path quarantine = machine.home().spool().resolve("quarantine");
        List<Path> ballast = new ArrayList<>();
        machine.whileFrozen(() -> {
            machine.drop(2);
            machine.drop(Delivery.of(Corpus.records(random, Machine.FILE_RECORDS, true)));
            ballast.addAll(limit.equals(SIZE) ? machine.mounts().fill(machine.home().path("var/spool"), 0)
                    : machine.mounts().fillInodes(machine.home().path("var/spool")));
        });
        // done/ needs no room: a rename takes none.
        machine.await("the file without bad lines is acknowledged", () -> machine.acknowledged() == machine.dropped() - 2);
        assertThat(machine.home().waiting()).hasSize(2);
        // The way home ends with a record in the spool, which finds no room either.
        machine.plugIn();
        machine.await("the local store is empty", () -> machine.localRows() == 0);
        assertThat(quarantine.toFile().list((folder, name) -> name.endsWith(".bad"))).hasSize(2);

        empty(ballast);
        machine.awaitHome();
        machine.check("the spool's disk " + (limit.equals(SIZE) ? "is full" : "is out of inodes"), 1);
    }

    @Test
    void anEditIsInForceThoughTheSpoolHasNoRoomToKeepIt() throws Exception {
        machine = new Machine(dir, random);
        machine.shrinkSpool(SIZE);
        machine.start();
        machine.drop(1);
        machine.awaitHome();
        List<Path> ballast = machine.mounts().fill(machine.home().path("var/spool"), NOTHING_LEFT);

        machine.home().edit("routes/store.camel.yaml", "description: Holds", "description: Still holds");

        machine.awaitLog("It is in force all the same");
        machine.awaitLog("an edit is in force: routes/store.camel.yaml; routes replaced: hold-chunk");
        empty(ballast);
        machine.awaitLog("generation 2 is kept now");
        machine.home().edit("routes/store.camel.yaml", "description: Still holds", "description: Now holds");
        machine.awaitLog("generation 3 is in force: routes/store.camel.yaml");
        machine.check("an edit while the spool's disk is full", 1);
    }

    private List<Path> fill(Path folder) throws IOException {
        return machine.mounts().fill(folder, random.nextInt(MOST_BYTES_LEFT));
    }

    private static void empty(List<Path> ballast) throws IOException {
        for (Path file : ballast) {
            Files.delete(file);
        }
    }
}
