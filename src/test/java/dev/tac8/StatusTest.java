package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.files.OwnFolder;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.Generations;
import dev.tac8.service.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tac8 status} says of a service in good and bad times. */
@Tag("process")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StatusTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final JsonMapper JSON = new JsonMapper();

    private static final String NO_DATABASE = "there is no database yet: ./tac8 run makes it";

    @TempDir
    private Path dir;
    private Home home;
    private Process service;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home")).set("tac8.breaker.retry-seconds", 1).set("tac8.reconcile.seconds", 1);
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (service != null) {
            service.destroyForcibly().waitFor();
        }
    }

    @Test
    void whereNothingHasEverRunItSaysSoAndMakesNothing() throws Exception {
        List<Path> before = files();

        Home.Finished finished = home.run("status", "--json");

        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(3);
        JsonNode status = JSON.readTree(finished.output());
        assertThat(status.at("/service/running")).hasToString("false");
        assertThat(status.get("breaker").isNull()).isTrue();
        for (String store : List.of("external", "local")) {
            assertThat(status.at("/stores/" + store + "/available")).hasToString("false");
            assertThat(status.at("/stores/" + store + "/reason").asText()).isEqualTo(NO_DATABASE);
        }
        assertThat(status.get("backlog_rows").asText()).isEqualTo("0");
        assertThat(home.run("status").output()).contains("does not run").doesNotContain("breaker");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void anEdgeHasNoExternalStoreAndMissesNone() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();
        home.set("tac8.broker", "kafka").set("tac8.kafka.brokers", "localhost:9").set("tac8.kafka.role", "edge");
        JsonNode before = status();
        assertThat(before.at("/stores/external/rows/events").asLong()).as("of an earlier role").isEqualTo(1);
        assertThat(before.has("breaker")).isFalse();
        assertThat(before.has("stuck")).isFalse();

        Files.writeString(home.database(), "no database");

        Home.Finished finished = home.run("status", "--json");
        assertThat(finished.exitCode()).as(finished.output()).isZero();
        assertThat(finished.output()).doesNotContain("\"external\"", "breaker", "stuck").contains("\"missing\":[]");
        assertThat(home.run("status").output()).contains("local").doesNotContain("external", "breaker", "stuck");
    }

    @Test
    void aMarkedDiskThatNobodyHasUsedYetIsLeftAsItIs() throws Exception {
        Path disk = Files.createDirectory(dir.resolve("disk"));
        Files.writeString(disk.resolve(".tac8-volume"), "11111111-2222-3333-4444-555555555555\n");
        home.set("tac8.external.dir", disk);
        Files.createDirectories(home.spool());
        List<Path> before = files();

        assertThat(home.run("status").output()).contains("external    " + NO_DATABASE);

        assertThat(files()).isEqualTo(before);
    }

    @Test
    void followsTheExternalStoreAwayAndBack() throws Exception {
        start();
        home.drop("a.jsonl", event(1), event(2), "no record");
        home.awaitDrained();
        JsonNode inUse = status();
        assertThat(inUse.at("/service/pid").asLong()).isEqualTo(service.pid());
        assertThat(inUse.at("/breaker/state").asText()).isEqualTo("closed");
        assertThat(inUse.get("stuck").isNull()).isTrue();
        JsonNode rows = inUse.at("/stores/external/rows");
        assertThat(rows.fieldNames()).toIterable().containsExactlyElementsOf(Home.TABLES);
        assertThat(Home.TABLES.stream().filter(table -> rows.get(table).asLong() != 0).map(table -> rows.get(table) + " " + table))
                .containsExactly("1 sessions", "2 events");
        assertThat(inUse.at("/stores/external/bytes").asLong()).isEqualTo(Files.size(home.database()));
        assertThat(Instant.parse(inUse.at("/stores/external/last_write").asText())).isAfter(Instant.now().minusSeconds(60));
        assertThat(inUse.get("quarantine")).hasToString("{\"files\":1,\"lines\":1}");
        assertThat(inUse.get("last_failback").isNull()).isTrue();

        Files.move(home.path("var/external"), home.path("var/gone"));
        Files.createDirectory(home.path("var/external"));
        home.drop("b.jsonl", event(3));
        home.awaitDrained();
        await().atMost(SOON).until(() -> !status().at("/breaker/state").asText().equals("closed"));
        JsonNode away = status();
        assertThat(away.at("/breaker/state").asText()).isIn("open", "half-open");
        assertThat(away.at("/stores/external/available")).hasToString("false");
        assertThat(away.at("/stores/external/reason").asText()).startsWith("no tac8 volume is mounted at "
                + home.path("var/external"));
        assertThat(away.get("backlog_rows").asLong()).isEqualTo(2);
        assertThat(home.run("status").output()).contains("chunks go to the local store")
                .contains("backlog     2 rows in the local store: 1 session, 1 event");
        assertThat(home.path("var/external")).isEmptyDirectory();

        Files.delete(home.path("var/external"));
        Files.move(home.path("var/gone"), home.path("var/external"));
        await().atMost(SOON).until(() -> !status().get("last_failback").isNull());
        await().atMost(SOON).until(() -> status().at("/breaker/state").asText().equals("closed"));
        JsonNode back = status();
        assertThat(back.at("/last_failback/message").asText()).startsWith("Home again: 1 event");
        assertThat(back.get("backlog_rows").asLong()).isZero();
        assertThat(home.run("status").output()).contains("runs, process " + service.pid()).contains("backlog     nothing")
                .contains("quarantine  1 line in 1 file").contains("Home again: 1 event");
    }

    @Test
    void countsWhatWaitsAndWhatWasSetAsideWhileNoServiceRuns() throws Exception {
        // Something to store: a service that is stopped as soon as it has started may not have made its stores yet.
        home.drop("0.jsonl", event(0));
        home.drain();
        Files.setLastModifiedTime(home.drop("a.jsonl", event(1)), FileTime.from(Instant.now().minusSeconds(3600)));
        home.drop("b.jsonl", event(2));
        Files.createFile(home.spool().resolve(".c.jsonl.part"));
        Path older = Files.createFile(home.path("var/external/logs.db.damaged-2"));
        Files.setLastModifiedTime(older, FileTime.from(Instant.now().minusSeconds(3600)));
        Path newer = Files.createFile(home.path("var/external/logs.db.damaged-1"));
        Files.createFile(home.path("var/external/logs.db.damaged-1-journal"));

        JsonNode status = status();

        assertThat(status.at("/service/running")).hasToString("false");
        assertThat(status.at("/spool/waiting_files").asInt()).isEqualTo(2);
        assertThat(status.at("/spool/oldest_seconds").asInt()).isBetween(3600, 3700);
        assertThat(status.at("/stores/external/damaged/count").asInt()).isEqualTo(2);
        assertThat(status.at("/stores/external/damaged/newest").asText()).isEqualTo(newer.toString());
        assertThat(status.at("/stores/local/damaged/count").asInt()).isZero();
        assertThat(home.run("status").output()).contains("2 files in the spool, the oldest for 60 min")
                .contains("2 databases set aside, the newest is " + newer);
    }

    @Test
    void aDiskThatHangsHoldsItUpForAFewSecondsOnlyAndWhatIsStuckIsSaid() throws Exception {
        start();
        try (HangingFile marker = HangingFile.of(home.path("var/external/.tac8-volume"))) {
            home.drop("a.jsonl", event(1));

            await().atMost(SOON).until(() -> !status().get("stuck").isNull());

            JsonNode status = status();
            assertThat(status.at("/stuck/what").asText()).isEqualTo("external store");
            assertThat(status.at("/stuck/seconds").asInt()).isBetween(5, 60);
            assertThat(status.at("/stores/external/available")).hasToString("false");
            assertThat(status.at("/stores/external/reason").asText()).startsWith("it does not answer");
            assertThat(status.at("/stores/local/available")).hasToString("true");
            assertThat(home.run("status").output()).contains("the external store has not answered for ");
        }
    }

    @Test
    void saysWhichGenerationIsInForceAndWhatIsRefused() throws Exception {
        try (Service running = home.start()) {
            assertThat(status().at("/generation/refused").isNull()).isTrue();
            Generations generations = Generations.of(home.spool());
            generations.keep(EditedFiles.read(home.path("")), "start");
            home.edit("sql/query/cost.sql", "SELECT", "select");
            running.inForce().use(generations.keep(EditedFiles.read(home.path("")), "edit"));
            await().atMost(SOON).until(() -> status().at("/generation/number").asInt() == 2);
            assertThat(home.run("status").output()).containsPattern("generation  2, since \\S+Z, \\d+ s ago \\(sql/query/cost.sql\\)").doesNotContain("refused");

            running.inForce().refuse("routes/own.camel.yaml, line 3: stepz is not a name that can stand here");
            await().atMost(SOON).until(() -> !status().at("/generation/refused").isNull());

            assertThat(status().get("missing").get(0).asText()).isEqualTo("an edit is refused: routes/own.camel.yaml, line 3: stepz is not a name that can stand here");
            Home.Finished finished = home.run("status");
            assertThat(finished.exitCode()).isEqualTo(4);
            assertThat(finished.output()).contains("refused     routes/own.camel.yaml, line 3: stepz is not a name that can stand here");
        }
    }

    @Test
    void aServiceThatWasKilledDoesNotRunAndItsBreakerIsNoLongerKnown() throws Exception {
        start();
        await().atMost(SOON).until(() -> !status().get("breaker").isNull());
        assertThat(home.run("run").output()).as("asking has not taken the spool away").contains("process " + service.pid());
        service.destroyForcibly().waitFor();

        JsonNode status = status();

        assertThat(home.spool().resolve(".tac8/status.json")).exists();
        assertThat(status.get("service")).hasToString("{\"running\":false,\"pid\":null,\"reported_at\":null}");
        assertThat(status.get("breaker").isNull()).isTrue();
    }

    @Test
    void aSpoolThatTakesNoStatusFileCostsOneLineInTheLog() throws Exception {
        Path inTheWay = home.spool().resolve(".tac8/status.json.new/x");
        OwnFolder.of(home.spool()).create();
        Files.createDirectories(inTheWay);
        start();
        await().atMost(SOON).until(() -> log().contains("cannot write"));

        await().atMost(SOON).during(Duration.ofSeconds(3)).until(() -> log().split("cannot write", -1).length == 2);

        assertThat(status().at("/service/running")).hasToString("true");
        assertThat(home.run("status").output()).contains("has not said yet how it is");
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        await().atMost(SOON).until(() -> !status().get("breaker").isNull());
    }

    private void start() throws IOException {
        service = home.command(List.of(), "run").redirectOutput(dir.resolve("log").toFile()).start();
        await().atMost(SOON).until(() -> log().contains("tac8 is running"));
    }

    /** What the command says, which must not take long whatever hangs. */
    private JsonNode status() throws Exception {
        long begin = System.nanoTime();
        Home.Finished finished = home.run("status", "--json");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
        JsonNode status = JSON.readTree(finished.output());
        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(status.get("missing").isEmpty() ? 0 : 4);
        return status;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> paths = Files.walk(dir)) {
            return paths.sorted().toList();
        }
    }

    private String log() {
        try {
            return Files.readString(dir.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"id\":\"e" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\","
                + "\"event_type\":\"e\",\"message\":\"number " + i + "\"}";
    }
}
