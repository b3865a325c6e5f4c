package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.service.Service;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was there and is gone: a database, the memory of which disk is ours, the spool itself, the right to write into it. */
@Tag("process")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GoneTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String EVENTS = "SELECT record_id FROM events WHERE session_id <> 'tac8' ORDER BY 1";

    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home")).set("tac8.reconcile.seconds", 1);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void aDatabaseThatIsGoneIsAnOutageUntilItIsBackAndNothingIsLostOrDoubled() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();
        Path kept = Files.move(home.database(), dir.resolve("kept.db"));
        home.drop("b.jsonl", event(2));

        home.drain();

        assertThat(home.database()).doesNotExist();
        assertThat(Home.query(home.localDatabase(), EVENTS)).containsExactly("e2");
        Home.Finished status = home.run("status");
        assertThat(status.output()).contains("external    the database " + home.database() + " is gone, and nothing is begun in its place")
                .contains("./tac8 volume init --empty " + home.path("var/external"));
        assertThat(home.run("events").output()).contains("the external store is not available, and what it holds is missing here");

        home.start();
        Files.move(kept, home.database(), StandardCopyOption.ATOMIC_MOVE);
        await().atMost(SOON).until(() -> home.query(EVENTS).equals(List.of("e1", "e2")));
    }

    @Test
    void anEmptyDatabaseIsBegunWhereSomebodySaysSo() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();
        Files.delete(home.database());

        assertThat(home.run("volume", "init", "--empty", "var/external").exitCode()).isZero();
        home.drop("b.jsonl", event(2));
        home.drain();

        assertThat(home.query(EVENTS)).containsExactly("e2");
    }

    @Test
    void aLocalDatabaseThatHeldNothingIsBegunAnew() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();
        Path away = Files.move(home.path("var/external"), dir.resolve("away"));
        home.drop("b.jsonl", event(2));
        home.drain();
        Files.move(away, home.path("var/external"));
        home.start();
        await().atMost(SOON).until(() -> home.query(EVENTS).equals(List.of("e1", "e2")));
        await().atMost(SOON).until(() -> !Files.readString(home.spool().resolve(".tac8/local-volume")).contains("in-use"));
        home.stop();
        Files.delete(home.localDatabase());
        Files.move(home.path("var/external"), away);

        home.drop("c.jsonl", event(3));
        home.drain();

        assertThat(Home.query(home.localDatabase(), EVENTS)).containsExactly("e3");
    }

    @Test
    void aDiskIsNotTakenForOursOnceItWasKnownWhichOneIs() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();
        Path ours = Files.move(home.path("var/external"), dir.resolve("ours"));
        Path foreign = Files.createDirectory(home.path("var/external"));
        Files.writeString(foreign.resolve(".tac8-volume"), "99999999-2222-3333-4444-555555555555\n");
        Files.delete(home.spool().resolve(".tac8/external-volume"));
        home.drop("b.jsonl", event(2));

        home.drain();

        assertThat(foreign.resolve("logs.db")).doesNotExist();
        assertThat(Home.query(home.localDatabase(), EVENTS)).containsExactly("e2");
        Files.delete(foreign.resolve(".tac8-volume"));
        Files.delete(foreign);
        Files.move(ours, foreign);
        assertThat(home.run("volume", "init", "var/external").exitCode()).isZero();
        home.start();
        await().atMost(SOON).until(() -> home.query(EVENTS).equals(List.of("e1", "e2")));
    }

    @Test
    void aSpoolThatIsRenamedIsSaidAndNothingIsReadUntilItIsBack() throws Exception {
        home.drop("a.jsonl", event(1));
        Process service = home.command(List.of(), "run").redirectOutput(dir.resolve("log").toFile()).start();
        try {
            await().atMost(SOON).until(() -> log().contains("tac8 is running"));
            home.awaitDrained();
            Path away = Files.move(home.spool(), dir.resolve("away"));
            await().atMost(SOON).until(() -> log().contains("the spool " + home.spool() + " is not there any more"));
            Files.createDirectory(home.spool());
            home.drop("b.jsonl", event(2));
            await().atMost(SOON).until(() -> log().contains("is another folder than when tac8 started"));
            assertThat(home.waiting()).hasSize(1);

            Home.Finished second = home.run("run");
            assertThat(second.output()).contains("another tac8 uses the stores already, by another spool");
            assertThat(second.exitCode()).isEqualTo(3);

            Files.move(home.spool(), dir.resolve("new"));
            Files.move(away, home.spool());
            Files.move(dir.resolve("new/b.jsonl"), home.spool().resolve("b.jsonl"));
            await().atMost(SOON).until(() -> home.query(EVENTS).equals(List.of("e1", "e2")));
            assertThat(log()).doesNotContain("does not exist");
        } finally {
            service.destroyForcibly().waitFor();
        }
    }

    @Test
    void anIngestWhoseFileIsMovedAwayDoesNotSayThatItIsStored() throws Exception {
        Files.writeString(dir.resolve("home/e1.jsonl"), event(1) + "\n");
        try (Service idle = home.open()) {
            Process ingest = home.command(List.of(), "ingest", "e1.jsonl").start();
            try {
                await().atMost(SOON).until(() -> home.waiting().size() == 1);
                Path moved = Files.move(home.waiting().get(0), dir.resolve("moved.jsonl"));
                String said = new String(ingest.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

                assertThat(said).contains("-e1.jsonl left the spool " + home.spool() + ", but is not in done/").doesNotContain("records");
                assertThat(ingest.waitFor()).isEqualTo(3);

                Files.move(moved, home.spool().resolve("again.jsonl"));
            } finally {
                ingest.destroyForcibly().waitFor();
            }
        }
        home.drain();
        assertThat(home.query(EVENTS)).containsExactly("e1");
    }

    @Test
    void aDoneThatIsGoneIsMadeAnewAndWhatWaitsIsStoredOnce() throws Exception {
        home.start();
        home.drop("a.jsonl", event(1));
        home.awaitDrained();
        Files.move(home.spool().resolve("done"), dir.resolve("done-of-yesterday"));
        home.drop("b.jsonl", event(2));

        home.awaitDrained();

        assertThat(home.done()).hasSize(1);
        assertThat(home.query(EVENTS)).containsExactly("e1", "e2");
    }

    private String log() throws Exception {
        return Files.readString(dir.resolve("log"));
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"id\":\"e" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\","
                + "\"message\":\"m\"}";
    }
}
