package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.archive.OldFiles;
import dev.tac8.archive.Request;
import dev.tac8.archive.Requests;
import dev.tac8.service.Service;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** routes/archive-files.camel.yaml, with real stores. */
class ArchiveFilesRouteTest {
    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() throws Exception {
        home = new Home(dir).set("tac8.store.busy-seconds", 1);
        for (String name : List.of("external", "local", "long-ago", "nobody")) {
            write("logs/" + name + ".jsonl");
        }
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    @Tag("process")
    void movesAllButTheConversationsThatLateWorkersNameInEitherStore() throws Exception {
        home.set("tac8.conversations.dir", dir.resolve("logs"));
        drop("external", Instant.now().minus(Duration.ofDays(80)), dir.resolve("logs/external.jsonl"));
        drop("long-ago", Instant.now().minus(Duration.ofDays(100)), Path.of("logs/long-ago.jsonl"));
        home.drain();
        // The next worker comes while the external store is away.
        Files.move(home.path("var/external"), home.path("var/away"));
        drop("local", Instant.now().minus(Duration.ofDays(1)), Path.of("local.jsonl"));
        home.drain();
        Files.move(home.path("var/away"), home.path("var/external"));
        home.set("tac8.reconcile.seconds", 3600);
        assertThat(Home.query(home.localDatabase(), "SELECT worker_id FROM workers")).containsExactly("local");

        Exchange done = archive();

        OldFiles.Done moved = done.getVariable("oldFiles", OldFiles.Done.class);
        assertThat(moved).extracting(OldFiles.Done::conversations, OldFiles.Done::doneFiles, OldFiles.Done::kept,
                OldFiles.Done::conversationsWait).containsExactly(2L, 0L, 2L, false);
        assertThat(done.getMessage().getBody()).isEqualTo(moved);
        try (var left = Files.list(home.path("logs"))) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("external.jsonl", "local.jsonl");
        }
        Home.Finished shown = home.run("worker", "long-ago", "--show-conversation", "--raw");
        assertThat(shown.exitCode()).isZero();
        assertThat(shown.output()).matches("(?s)(.*\n)?tac8: this conversation was archived on [-0-9]+, and is read from "
                + home.path("var/external/conversations") + "/[^\n]*\nlogs/long-ago.jsonl");
    }

    @Test
    void conversationsWaitWhileAStoreCannotSayWhoNamesThemAndDoneFilesDoNot() throws Exception {
        drop("external", Instant.now(), Path.of("logs/external.jsonl"));
        home.drain();
        Path done = home.done().get(0);
        Files.move(done, done.resolveSibling("by-hand.jsonl"));
        Files.setLastModifiedTime(done.resolveSibling("by-hand.jsonl"), FileTime.from(Instant.now().minus(Duration.ofDays(31))));
        home.path("var/local").toFile().mkdirs();
        for (Path locked : List.of(home.database(), home.localDatabase())) {
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + locked); Statement statement = other.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");

                OldFiles.Done moved = archive().getVariable("oldFiles", OldFiles.Done.class);

                assertThat(moved.conversationsWait()).isTrue();
                assertThat(moved.conversations()).isZero();
                assertThat(moved.doneFiles()).isEqualTo(locked.equals(home.database()) ? 1 : 0);
            }
        }
        assertThat(archive().getVariable("oldFiles", OldFiles.Done.class).conversations()).isEqualTo(3);
    }

    @Test
    void saysInOneSentenceThatTheVolumeIsAway() throws Exception {
        home.drain();
        Files.move(home.path("var/external"), home.path("var/away"));

        Exchange failed = archive();

        assertThat(failed.getException()).isInstanceOf(StoreException.class).hasMessageContaining("no tac8 volume is mounted");
        assertThat(failed.getVariable("oldFiles", OldFiles.Done.class).conversations()).isZero();
        assertThat(home.path("logs/nobody.jsonl")).exists();
    }

    @Test
    void filesGoAlsoWhereRowsCannot() throws Exception {
        home.drop("a.jsonl", "{\"type\":\"event\",\"timestamp\":\"" + Instant.now().plus(Duration.ofDays(3))
                + "\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"of the future\"}");
        home.drain();

        Exchange failed;
        try (Service service = home.open(); ProducerTemplate template = service.startOnly().createProducerTemplate()) {
            failed = template.send("direct:archive", exchange -> exchange.getMessage().setBody(new Request("r", 90, false, true)));
        }

        assertThat(failed.getException()).hasMessageStartingWith("nothing is archived, because the newest row is of ");
        assertThat(home.path("logs/nobody.jsonl")).doesNotExist();
    }

    @Test
    void aReportThatCannotBeDroppedCostsNothingElse() throws Exception {
        Exchange run;
        try (Service service = home.open(); ProducerTemplate template = service.startOnly().createProducerTemplate()) {
            AdviceWith.adviceWith(service.context(), "archive-report", route -> route.weaveByToUri("drop:archive.jsonl").replace()
                    .throwException(new IOException("there is no room")));
            run = template.send("direct:archive", exchange -> exchange.getMessage().setBody(new Request("r", 90, false, true)));
        }

        assertThat(run.getException()).isNull();
        assertThat(run.getVariable("reason")).isEqualTo("there is no room");
        assertThat(new Requests(home.spool()).read("r").message()).startsWith("Archived ");
    }

    @Test
    void anAnswerThatCannotBeWrittenEndsNoRun() throws Exception {
        Exchange run;
        Path inTheWay = home.spool().resolve(".tac8/archive-answer-r.json.new/x");
        try (Service service = home.open(); ProducerTemplate template = service.startOnly().createProducerTemplate()) {
            Files.createDirectories(inTheWay);
            run = template.send("direct:archive", exchange -> exchange.getMessage().setBody(new Request("r", 90, false, true)));
        }

        assertThat(run.getException()).isNull();
        assertThat(run.getVariable("reason", String.class)).startsWith("cannot write " + inTheWay.getParent().resolveSibling("archive-answer-r.json"));
        assertThat(home.waiting()).as("the event of the run").hasSize(1);
    }

    @Test
    void whatStatusSaysCannotBeWrittenAndTheEventOfTheRunIsThere() throws Exception {
        Exchange run;
        try (Service service = home.open(); ProducerTemplate template = service.startOnly().createProducerTemplate()) {
            Files.createDirectories(home.spool().resolve(".tac8/last-archive.json.new/x"));
            run = template.send("direct:archive", exchange -> exchange.getMessage().setBody(new Request("r", 90, false, true)));
        }

        assertThat(run.getException()).isNull();
        assertThat(run.getVariable("reason", String.class)).startsWith("cannot write " + home.spool().resolve(".tac8/last-archive.json"));
        assertThat(home.waiting()).as("the event of the run").hasSize(1);
    }

    @Test
    void aRunThatIsStoppedLeavesRowsAndFilesAndSaysSo() throws Exception {
        drop("long-ago", Instant.now().minus(Duration.ofDays(100)), Path.of("logs/long-ago.jsonl"));
        home.drain();

        try (Service service = home.open(); ProducerTemplate template = service.startOnly().createProducerTemplate()) {
            service.spool().stopReading();
            template.send("direct:archive", exchange -> exchange.getMessage().setBody(new Request("r", 90, false, true)));
        }

        assertThat(new Requests(home.spool()).read("r").message()).isEqualTo("Nothing was archived, and then the service was stopped");
        assertThat(home.rows("workers")).hasSize(1);
        assertThat(home.path("logs/nobody.jsonl")).exists();
    }

    private Exchange archive() throws Exception {
        try (Service service = home.open(); ProducerTemplate template = service.startOnly().createProducerTemplate()) {
            return template.send("direct:archive-files", exchange -> { });
        }
    }

    private void drop(String worker, Instant spawned, Path logFile) throws IOException {
        home.drop(worker + ".jsonl", "{\"type\":\"worker\",\"status\":\"spawned\",\"session_id\":\"s\",\"task_id\":\"t\",\"worker_id\":\""
                + worker + "\",\"timestamp\":\"" + spawned + "\",\"log_file\":\"" + logFile + "\"}");
    }

    private void write(String name) throws IOException {
        Files.createDirectories(home.path(name).getParent());
        Files.writeString(home.path(name), name);
        Files.setLastModifiedTime(home.path(name), FileTime.from(Instant.now().minus(Duration.ofDays(40))));
    }
}
