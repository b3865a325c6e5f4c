package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tac8 reconcile}, with and without a service that runs. */
@Tag("process")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReconcileCommandTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final String REPORT = "\\{\"type\":\"event\",\"id\":\"[0-9a-f-]{36}\",\"timestamp\":\"[0-9T:.-]+Z\",\"session_id\":\"tac8\","
            + "\"event_type\":\"failback\",\"message\":\"Home again: 2 events, [^\"]+\",\"details\":\\{\"events\":2,\"api_calls\":0,\"workers\":0,"
            + "\"tasks\":0,\"sessions\":1,\"changed_by_joining_again\":0,\"seconds\":\\d+\\.\\d+}}\n";
    private static final String FAILBACKS = "SELECT details ->> 'events' FROM events WHERE event_type = 'failback'";

    @TempDir
    private Path dir;
    private Home home;
    private Process service;
    private Process command;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home")).set("tac8.breaker.retry-seconds", 1).set("tac8.reconcile.seconds", 1);
    }

    @AfterEach
    void stop() throws InterruptedException {
        home.close();
        for (Process process : new Process[] {service, command}) {
            if (process != null) {
                process.destroyForcibly().waitFor();
            }
        }
    }

    @Test
    void whereNothingHasEverRunThereIsNothingToBringHome() throws Exception {
        Home.Finished finished = home.run("reconcile");

        assertThat(finished).isEqualTo(new Home.Finished(1, "Nothing is to be brought home: the local store is empty.\n"));
        assertThat(home.path("var")).doesNotExist();
    }

    @Test
    void bringsHomeByItselfAndReadsNoFileOfTheSpool() throws Exception {
        fillLocalStore();
        home.stop();
        bringBack();
        home.drop("later.jsonl", event(9));

        Home.Finished finished = home.run("reconcile");

        assertThat(finished.exitCode()).as(finished.output()).isZero();
        assertThat(finished.output()).endsWith("Brought home: 1 session, 2 events. The local store is empty.\n");
        assertThat(local()).isEqualTo("0");
        assertThat(home.query("SELECT message FROM events ORDER BY 1")).containsExactly("number 1", "number 2", "number 3");
        assertThat(home.waiting()).as("the file that was dropped and the event of the failback").hasSize(2)
                .anySatisfy(file -> assertThat(file).content().matches(REPORT));
        assertThat(home.run("reconcile").exitCode()).isEqualTo(1);
        home.drain();
        assertThat(home.query(FAILBACKS)).containsExactly("2");
        assertThat(home.query("SELECT count(*) FROM events")).containsExactly("5");
        home.assertSound();
    }

    @Test
    void saysWhyTheExternalStoreIsNotAvailableAndLeavesTheRowsWhereTheyAre() throws Exception {
        fillLocalStore();
        assertThat(home.run("reconcile")).as("with a service").isEqualTo(notAvailable());
        home.stop();

        assertThat(home.run("reconcile")).as("without one").isEqualTo(notAvailable());

        assertThat(local()).isEqualTo("2");
        assertThat(home.path("var/external")).doesNotExist();
    }

    @Test
    void whatTheLocalStoreRefusesIsNotSaidOfTheExternalOne() throws Exception {
        fillLocalStore();
        home.stop();
        bringBack();
        home.edit("sql/reconcile/delete.sql", "DELETE FROM $table", "UPDATE $table SET $key = NULL");

        Home.Finished finished = home.run("reconcile");

        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(3);
        assertThat(finished.output()).contains("NOT NULL constraint failed").doesNotContain("external store refuses");
        assertThat(local()).isEqualTo("2");
    }

    @Test
    void aFailureInAStatementIsOneSentenceAndLosesNothing() throws Exception {
        fillLocalStore();
        home.stop();
        bringBack();
        home.edit("sql/reconcile/delete.sql", "$key", "event_idd");

        Home.Finished finished = home.run("reconcile");

        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(3);
        assertThat(finished.output()).contains("tac8: bringing home failed, and the local store keeps what is not home: ")
                .contains("event_idd").doesNotContain("\tat ");
        assertThat(local()).isEqualTo("2");
    }

    @Test
    void waitsForTheServiceThatRuns() throws Exception {
        startService();
        fillWhileAway();
        try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + home.localDatabase());
             Statement statement = writer.createStatement()) {
            // The service cannot begin meanwhile, but everybody can read.
            statement.execute("PRAGMA busy_timeout = 30000");
            statement.execute("BEGIN IMMEDIATE");
            bringBack();
            startCommand();
            await().atMost(SOON).until(() -> read("out").contains("Waiting"));
            assertThat(read("out")).startsWith("The service, process " + service.pid() + ", brings home what the local store holds:"
                    + " 1 session, 2 events. Waiting until that is done...");
            assertThat(command.isAlive()).isTrue();
            statement.execute("ROLLBACK");
        }

        assertThat(command.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(command.exitValue()).as(read("out")).isZero();
        assertThat(read("out")).endsWith("Brought home: 1 session, 2 events. The local store is empty.\n");
        assertThat(local()).isEqualTo("0");
    }

    @Test
    void aServiceThatIsKilledMeanwhileIsNotWaitedFor() throws Exception {
        startService();
        fillWhileAway();
        try (Connection writer = DriverManager.getConnection("jdbc:sqlite:" + home.localDatabase());
             Statement statement = writer.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 30000");
            statement.execute("BEGIN IMMEDIATE");
            bringBack();
            startCommand();
            await().atMost(SOON).until(() -> read("out").contains("Waiting"));
            service.destroyForcibly();
            assertThat(command.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        assertThat(command.exitValue()).isEqualTo(3);
        assertThat(read("out")).endsWith("tac8: the service stopped; ./tac8 reconcile brings home what is left\n");
        assertThat(local()).isEqualTo("2");
    }

    /** Leaves a service in this process running that has one event in the external store and two in the local one. */
    private void fillLocalStore() throws Exception {
        home.start();
        fillWhileAway();
    }

    private void fillWhileAway() throws IOException {
        home.drop("a.jsonl", event(1));
        home.awaitDrained();
        Files.move(home.path("var/external"), home.path("var/gone"));
        home.drop("b.jsonl", event(2), event(3));
        home.awaitDrained();
        assertThat(local()).isEqualTo("2");
    }

    private void bringBack() throws IOException {
        Files.move(home.path("var/gone"), home.path("var/external"));
    }

    private void startService() throws IOException {
        service = home.command(List.of(), "run").redirectOutput(dir.resolve("log").toFile()).start();
        await().atMost(SOON).until(() -> read("log").contains("tac8 is running"));
    }

    private void startCommand() throws IOException {
        command = home.command(List.of(), "reconcile").redirectOutput(dir.resolve("out").toFile()).start();
    }

    private Home.Finished notAvailable() {
        return new Home.Finished(3, "tac8: nothing can be brought home to the external store: no tac8 volume is mounted at "
                + home.path("var/external") + " (there is no .tac8-volume): mount it, or make one with ./tac8 volume init "
                + home.path("var/external") + "\n");
    }

    private String local() {
        return Home.query(home.localDatabase(), "SELECT count(*) FROM events").get(0);
    }

    private String read(String name) {
        try {
            return Files.readString(dir.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"id\":\"e" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\","
                + "\"event_type\":\"e\",\"message\":\"number " + i + "\"}";
    }
}
