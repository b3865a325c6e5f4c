package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.HangingFile;
import dev.tac8.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that hangs, so that whoever writes to it neither fails nor returns, and answers again later. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HangIT {
    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private Machine machine;
    private boolean frozen;
    private Process service;

    @AfterEach
    void end() throws Exception {
        if (service != null) {
            service.destroyForcibly().waitFor();
        }
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
        machine.home().set("tac8.store.busy-seconds", 5).set("tac8.store.answer-seconds", 6);
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
        assertThat(machine.log()).contains("its disk hangs, or another program keeps it locked. The chunk goes to the local store");
        thaw();

        machine.awaitHome();
        machine.check("the disk hangs in mid-batch and answers again", 1);
    }

    @Test
    void goesOnLocallyWhileTheDiskCannotEvenBeReadAlsoFromTheStartAndBringsEverythingHomeAfterwards() throws Exception {
        Home home = new Home(dir).set("tac8.store.busy-seconds", 5).set("tac8.store.answer-seconds", 6).set("tac8.reconcile.seconds", 1);
        Path log = dir.resolve("log");
        service = startAndAwait(home, log);
        home.drop("a.jsonl", event(1));
        home.awaitDrained();
        // Each look at the disk begins with its marker.
        HangingFile marker = HangingFile.of(dir.resolve("var/external/.tac8-volume"));

        home.drop("b.jsonl", event(2));
        home.awaitDrained(Duration.ofSeconds(20));
        home.drop("c.jsonl", event(3));
        home.awaitDrained(Duration.ofSeconds(5));
        assertThat(Files.readString(log)).contains("the external store has not answered for 6 s: its disk hangs, or another program keeps it locked. The chunk goes to the local store");
        assertThat(count(home.localDatabase())).isEqualTo("2");
        service.destroy();
        assertThat(service.waitFor(20, TimeUnit.SECONDS)).as("it stops").isTrue();
        service = startAndAwait(home, dir.resolve("second-log"));
        home.drop("d.jsonl", event(4));
        home.awaitDrained(Duration.ofSeconds(20));
        assertThat(count(home.localDatabase())).isEqualTo("3");

        marker.close();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> count(home.localDatabase()).equals("0"));
        assertThat(home.query("SELECT group_concat(record_id) FROM (SELECT record_id FROM events WHERE session_id <> 'tac8' ORDER BY 1)"))
                .containsExactly("e1,e2,e3,e4");
    }

    private static Process startAndAwait(Home home, Path log) throws Exception {
        Process process = home.command(List.of(), "run").redirectOutput(log.toFile()).start();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.readString(log).contains("tac8 is running"));
        return process;
    }

    private static String count(Path database) {
        return Home.query(database, "SELECT count(*) FROM events").get(0);
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"id\":\"e" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                + "\"event_type\":\"e\",\"message\":\"m\"}";
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
