package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that hangs, so that whoever writes to it neither fails nor returns, and answers again later. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HangIT {
    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private Machine machine;
    private boolean frozen;

    @AfterEach
    void end() throws Exception {
        if (machine != null) {
            // Nobody can end a process that waits for a disk.
            thaw();
            machine.close();
        }
    }

    @Test
    void goesOnLocallyWhileTheDiskHangsAndBringsEverythingHomeAfterwards() throws Exception {
        machine = new Machine(dir, random);
        machine.makeExternalFreezable();
        machine.home().set("tac8.store.answer-seconds", 6);
        machine.start();
        machine.drop(2);
        machine.awaitAcknowledged();

        freeze();
        machine.drop(3);
        machine.awaitLog("the external store has not answered for 5 s");
        machine.awaitLocalTakesOver();
        machine.awaitAcknowledged();
        machine.drop(3);
        machine.awaitAcknowledged();
        assertThat(machine.log()).contains("its disk hangs. The chunk goes to the local store");
        thaw();

        machine.awaitHome();
        machine.check("the disk hangs in mid-batch and answers again", 1);
    }

    private void freeze() throws Exception {
        machine.mounts().run("fsfreeze", "-f", machine.mountPoint());
        frozen = true;
    }

    private void thaw() throws Exception {
        if (frozen) {
            machine.mounts().run("fsfreeze", "-u", machine.mountPoint());
            frozen = false;
        }
    }
}
