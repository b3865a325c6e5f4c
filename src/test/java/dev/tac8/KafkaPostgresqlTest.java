package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.fault.Corpus;
import dev.tac8.ingest.Counts;
import dev.tac8.service.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Joiners of a topic store in PostgreSQL, which they share. */
class KafkaPostgresqlTest {
    @TempDir
    private static Path servers;
    private static KafkaSite kafka;
    private static PostgresqlServer postgresql;

    @TempDir
    private Path dir;
    @RegisterExtension
    private final StandardError said = new StandardError();

    @BeforeAll
    static void start() throws Exception {
        postgresql = PostgresqlServer.start(Files.createDirectory(servers.resolve("postgresql")));
        kafka = new KafkaSite(servers.resolve("kafka"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (kafka != null) {
            kafka.close();
        }
        if (postgresql != null) {
            postgresql.close();
        }
    }

    private Home home(String folder, String role, String name) {
        return postgresql.use(kafka.use(new Home(dir.resolve(folder)), role, name), name);
    }

    private static String event(String id, String context) {
        return "{\"type\":\"event\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"trigger\",\"message\":\"m\",\"context_id\":\""
                + context + "\"}";
    }

    private static long joined(Service service) {
        return service.context().getRegistry().lookupByNameAndType("counts", Counts.class).records();
    }

    @Test
    @Tag("thorough")
    void joinersThatComeAndGoStoreEachRecordOnceWhileTheDatabaseCrashes() throws Exception {
        postgresql.create("shared");
        kafka.topics("shared", 4);
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 1500, true);
        List<String> lines = records.stream().map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList();
        try (Home edge = home("edge", "edge", "shared"); Home one = home("one", "join", "shared").set("tac8.ingest.chunk-records", 20).set("tac8.kafka.consumers", 2);
             Home two = home("two", "join", "shared").set("tac8.ingest.chunk-records", 20)) {
            edge.start();
            edge.drop("a.jsonl", lines.subList(0, 500));
            Service first = one.start();
            Awaitility.await("one has some").atMost(Duration.ofMinutes(1)).until(() -> joined(first) > 0);
            Service second = two.start();
            AtomicInteger files = new AtomicInteger();
            Awaitility.await("both have some").atMost(Duration.ofMinutes(1)).until(() -> {
                edge.drop("b" + files.get() + ".jsonl", lines.subList(400 + files.get() % 30 * 20, 430 + files.getAndIncrement() % 30 * 20));
                return joined(second) > 0;
            });
            postgresql.crash();
            edge.drop("c.jsonl", lines.subList(500, lines.size()));
            edge.awaitDrained();
            postgresql.start();
            one.stop();
            kafka.awaitJoined("shared");
            two.stop();

            Corpus.assertSame(two.ask(postgresql.copy("shared", dir.resolve("copy.db"))).tables(), Corpus.tables(records));
        }
    }

    @Test
    @Tag("thorough")
    void aJoinerThatHangsForLongerThanItsSessionLosesItsPartToTheOthersAndStoresNothingTwiceWhenItGoesOn() throws Exception {
        postgresql.create("hangs");
        kafka.topics("hangs", 4);
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 1500, true);
        List<String> lines = records.stream().map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList();
        try (Home edge = home("edge", "edge", "hangs"); Home one = hasty("one"); Home two = hasty("two")) {
            edge.start();
            Path said = dir.resolve("one/said");
            Process hangs = one.command(List.of(), "run").redirectOutput(said.toFile()).start();
            Runtime.getRuntime().addShutdownHook(new Thread(hangs::destroyForcibly));
            edge.drop("a.jsonl", lines.subList(0, 1000));
            Awaitility.await("one has told the broker of some").atMost(Duration.ofMinutes(1)).until(() -> !kafka.broker().committed("hangs").isEmpty());
            signal(hangs, "STOP");
            edge.drop("b.jsonl", lines.subList(1000, 1400));
            edge.awaitDrained();
            assertThat(kafka.broker().lag("hangs", "hangs")).as("what it has not stored yet").isPositive();

            two.start();
            kafka.awaitJoined("hangs");
            signal(hangs, "CONT");
            Awaitility.await("it is back").atMost(Duration.ofMinutes(2)).until(() -> kafka.broker().members("hangs") == 2);
            edge.drop("c.jsonl", lines.subList(1400, lines.size()));
            edge.awaitDrained();
            kafka.awaitJoined("hangs");
            two.stop();
            hangs.destroy();
            assertThat(hangs.waitFor(1, TimeUnit.MINUTES)).isTrue();

            Corpus.assertSame(two.ask(postgresql.copy("hangs", dir.resolve("copy.db"))).tables(), Corpus.tables(records));
            assertThat(said).content().doesNotContain("Exception", "\tat ");
        }
    }

    private static boolean waits(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet locks = statement.executeQuery("SELECT FROM pg_locks WHERE NOT granted")) {
            return locks.next();
        }
    }

    /** It would try the batch again for three minutes, and the broker could not be told of it even then. */
    @Test
    void aJoinerWhosePartWasGivenToOthersGoesOnAtOnce() throws Exception {
        postgresql.create("given");
        kafka.topics("given", 2);
        try (Home edge = home("edge", "edge", "given"); Home join = home("join", "join", "given"); Connection connection = postgresql.connect("given");
             Statement statement = connection.createStatement()) {
            edge.start();
            join.start();
            edge.drop("a.jsonl", event("1", "a"));
            Awaitility.await("it is a member, and the tables are made").atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> kafka.broker().lag("given", "given") == 0);
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE events");
            edge.drop("b.jsonl", event("2", "a"), event("3", "b"));
            Awaitility.await("it stores").atMost(Duration.ofMinutes(1)).until(() -> waits(connection));
            kafka.broker().removeMembers("given");
            connection.commit();
            kafka.awaitJoined("given");
            join.stop();

            assertThat(join.ask(postgresql.copy("given", dir.resolve("copy.db"))).query("SELECT record_id FROM events ORDER BY record_id")).containsExactly("1", "2", "3");
            assertThat(said.text()).containsOnlyOnce("others have taken over this joiner's part of the topic").doesNotContain("ERROR join-batch");
        }
    }

    /** A joiner that is taken for dead soon. */
    private Home hasty(String folder) throws IOException {
        Home home = home(folder, "join", "hangs").set("tac8.ingest.chunk-records", 20).set("tac8.store.busy-seconds", 2).set("tac8.store.answer-seconds", 6);
        home.edit("application.properties", "tac8.kafka.consumers=1", "tac8.kafka.consumers=1\ncamel.component.kafka.session-timeout-ms=6000\n"
                + "camel.component.kafka.heartbeat-interval-ms=1500");
        return home;
    }

    private static void signal(Process process, String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor()).isZero();
    }

    @Test
    void aLineThatTheDatabaseCannotStoreGoesToATopicOfItsOwnAndItsNeighboursAreStored() throws Exception {
        postgresql.create("refuses");
        kafka.topics("refuses", 1);
        // Of random text, as equal letters would be packed; for an index that somebody has added.
        String tooLong = new Random(1).ints(6000, 'a', 'z').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        String refusedLine = event("2", "a").replace("\"m\"", "\"" + tooLong + "\"");
        try (Home edge = home("edge", "edge", "refuses"); Home join = home("join", "join", "refuses")) {
            join.drain();
            try (Connection connection = postgresql.connect("refuses"); Statement statement = connection.createStatement()) {
                statement.execute("CREATE INDEX ON events (message)");
            }
            edge.drop("a.jsonl", event("1", "a"), refusedLine, event("3", "a\\u0000b"));
            edge.drain();
            join.start();
            kafka.awaitJoined("refuses");
            join.stop();

            join.ask(postgresql.copy("refuses", dir.resolve("copy.db")));
            assertThat(join.query("SELECT record_id FROM events WHERE session_id = 's' ORDER BY record_id")).containsExactly("1", "3");
            List<KafkaBroker.Line> refused = kafka.broker().lines("refuses-refused");
            assertThat(refused).extracting(KafkaBroker.Line::value).containsExactly(refusedLine);
            assertThat(refused.get(0).key()).isEqualTo("s");
            assertThat(refused.get(0).headers()).containsEntry("tac8-format", "1").hasEntrySatisfying("tac8-reason", reason -> assertThat(reason)
                    .startsWith("the store refuses it: ").contains("index row size"));
            assertThat(join.query("SELECT context_id FROM events WHERE record_id = '3'")).containsExactly("a␀b");
        }
    }

    @Test
    void aLineOfAnEdgeOfBeforeThatIsTooLongGoesToTheSameTopicAndHoldsNothingUp() throws Exception {
        postgresql.create("before");
        kafka.topics("before", 1);
        String tooLong = event("2", "x".repeat(801));
        kafka.broker().send("before", 0, List.of(tooLong), Map.of("tac8-format", "1"));
        kafka.broker().send("before", 0, List.of(event("1", "a"), tooLong.replace("\"2\"", "\"4\""), event("3", "a")), Map.of("tac8-format", "1"));
        try (Home join = home("join", "join", "before")) {
            join.start();
            kafka.awaitJoined("before");
            join.stop();

            join.ask(postgresql.copy("before", dir.resolve("copy.db")));
            assertThat(join.query("SELECT record_id FROM events WHERE session_id = 's' ORDER BY record_id")).containsExactly("1", "3");
            List<KafkaBroker.Line> refused = kafka.broker().lines("before-refused");
            assertThat(refused).extracting(KafkaBroker.Line::value).containsExactly(tooLong, tooLong.replace("\"2\"", "\"4\""));
            assertThat(refused.get(0).headers()).containsEntry("tac8-format", "1")
                    .containsEntry("tac8-reason", "context_id is 801 bytes long in UTF-8; what rows are found by has at most 800");
        }
    }
}
