package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real service, killed while rows change their store, and again while it recovers from that. */
@Tag("thorough")
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailoverKillIT {
    private static final int KILLS = Integer.getInteger("tac8.test.failover-kills", 10);
    private static final int LATEST_MILLISECONDS = 60;
    private static final int LATEST_RECOVERY_MILLISECONDS = 400;

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private Machine machine;
    private boolean out;
    private int inTransaction;

    @AfterEach
    void end() {
        if (machine != null) {
            machine.close();
        }
    }

    @Test
    void losesAndDoublesNothingWhenKilledWhileRowsChangeTheirStore() throws Exception {
        machine = new Machine(dir, random);
        int kills = 0;
        while (kills < KILLS) {
            killDuringFailover();
            kills++;
            for (; kills < KILLS && random.nextBoolean(); kills++) {
                killDuringRecovery();
            }
            if (kills < KILLS) {
                killDuringReconcile();
                kills++;
            }
            for (; kills < KILLS && random.nextBoolean(); kills++) {
                killDuringRecovery();
            }
        }
        comeBack();
        machine.start();
        machine.awaitHome();
        machine.check("kill -9 during failover, reconcile and recovery (" + inTransaction + " inside a transaction)", kills);
    }

    private void killDuringFailover() throws Exception {
        machine.start();
        comeBack();
        machine.drop(4);
        long before = machine.acknowledged();
        machine.await("a file is acknowledged", () -> machine.acknowledged() > before);
        goAway();
        String local = state(machine.local());
        machine.drop(1);
        machine.await("the local store is written", () -> !state(machine.local()).equals(local));
        killWithin(LATEST_MILLISECONDS);
    }

    private void killDuringReconcile() throws Exception {
        machine.start();
        machine.drop(2);
        machine.awaitAcknowledged();
        goAway();
        machine.drop(6);
        machine.awaitAcknowledged();
        assertThat(machine.localRows()).isPositive();
        String before = stores();
        comeBack();
        // Nothing waits in the spool: what is written now are rows on their way home.
        machine.await("rows come home", () -> !stores().equals(before));
        killWithin(LATEST_MILLISECONDS);
    }

    /** Whether the volume is there is left to chance, and it may change in the middle. */
    private void killDuringRecovery() throws Exception {
        if (random.nextBoolean()) {
            comeBack();
        }
        machine.drop(1);
        String before = stores() + state(machine.home().spool().resolve("done"));
        machine.begin();
        machine.await("the service does something",
                () -> !(stores() + state(machine.home().spool().resolve("done"))).equals(before));
        if (random.nextBoolean()) {
            goAway();
        }
        killWithin(LATEST_RECOVERY_MILLISECONDS);
    }

    private void killWithin(int milliseconds) throws InterruptedException, IOException {
        // Not a wait for anything: the moment of the kill is what is random.
        Thread.sleep(random.nextInt(milliseconds));
        machine.kill();
        for (Path store : new Path[] {machine.local(), machine.onDisk().getParent()}) {
            Path journal = store.resolve("logs.db-journal");
            inTransaction += Files.exists(journal) && Files.size(journal) > 0 ? 1 : 0;
        }
    }

    private void goAway() throws IOException, InterruptedException {
        if (!out) {
            machine.pullOut();
            out = true;
        }
    }

    private void comeBack() throws IOException, InterruptedException {
        if (out) {
            machine.plugIn();
            out = false;
        }
    }

    private String stores() {
        return state(machine.local()) + state(machine.onDisk().getParent());
    }

    /** Changes with whatever is written in a folder. */
    private static String state(Path folder) {
        if (!Files.exists(folder)) {
            return "none";
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().map(file -> file.getFileName() + " " + modified(file)).collect(Collectors.joining(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toString();
        } catch (IOException e) {
            return "gone";
        }
    }
}
