package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.fault.Corpus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands do with tac8.broker=kafka, as processes. */
@Tag("process")
class KafkaCommandTest {
    private static final String EVENT = "{\"type\":\"event\",\"id\":\"1\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"trigger\",\"message\":\"m\"}\n";

    @TempDir
    private static Path server;
    private static KafkaSite kafka;

    @TempDir
    private Path dir;

    @BeforeAll
    static void start() {
        kafka = new KafkaSite(server);
    }

    @AfterAll
    static void stop() {
        if (kafka != null) {
            kafka.close();
        }
    }

    /** A process on the jar alone, as the launcher starts it; which classes it opens is in the file {@code classes} of the folder. */
    private Process ofTheJar(Path folder, Home home, String... args) throws Exception {
        return home.processOf(List.of("-Xlog:class+load:file=" + folder.resolve("classes")), Path.of("target/tac8.jar").toAbsolutePath().toString(), args)
                .redirectOutput(folder.resolve("said").toFile()).start();
    }

    private void ends(Process process, Path folder) throws Exception {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(folder.resolve("said"))).isZero();
    }

    private Path record() throws Exception {
        return Files.writeString(dir.resolve("a.jsonl"), EVENT);
    }

    @Test
    void sendsAndStoresByTheLibrariesBesideTheOthers() throws Exception {
        kafka.topics("by-the-jar", 1);
        Path edgeDir = dir.resolve("edge");
        Path joinDir = dir.resolve("join");
        Home edge = kafka.use(new Home(edgeDir), "edge", "by-the-jar");
        Home join = kafka.use(new Home(joinDir), "join", "by-the-jar");

        ends(ofTheJar(edgeDir, edge, "ingest", record().toString()), edgeDir);
        Process run = ofTheJar(joinDir, join, "run");
        kafka.awaitJoined("by-the-jar");
        run.destroy();
        run.waitFor();

        assertThat(Files.readString(edgeDir.resolve("said"))).contains("records      1");
        assertThat(edge.run("cost").output()).contains("what this host has sent to the topic by-the-jar is missing here: ask where a joiner stores it");
        assertThat(join.query("SELECT record_id FROM events WHERE session_id = 's'")).containsExactly("1");
        assertThat(Files.readString(edgeDir.resolve("classes"), StandardCharsets.UTF_8)).contains("org.apache.kafka.clients.producer.KafkaProducer");
    }

    @Test
    void withoutTheSettingNoLibraryOfTheBrokerIsOpened() throws Exception {
        ends(ofTheJar(dir, new Home(dir), "ingest", record().toString()), dir);

        assertThat(Files.readString(dir.resolve("classes"))).contains("org.sqlite.core.NativeDB").doesNotContain("org.apache.kafka", "camel.component.kafka", "dev.tac8.kafka");
    }

    @Test
    void aStartOnATopicThatLosesRecordsIsRefusedInOneSentence() throws Exception {
        Home.Finished finished = kafka.use(new Home(dir), "edge", "nowhere").run("run");

        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(2);
        assertThat(finished.output()).matches("tac8: the broker " + kafka.broker().bootstrap() + " has no topic nowhere, which this makes: examples/cluster/topics.sh " + kafka.broker().bootstrap() + " nowhere 1\n");
    }

    @Test
    @Tag("thorough")
    void statusHealthAndFiguresKnowTheTopicAndTheListOfBadLinesKnowsWhatIsRefused() throws Exception {
        kafka.topics("known", 2);
        int port = FreePort.take();
        Home join = vigilant(kafka.use(new Home(dir), "join", "known").set("tac8.http.port", port));
        kafka.broker().send("known-refused", 0, List.of("{}"));
        assertThat(join.run("quarantine", "list").output()).isEqualTo("topic known-refused, partition 0\n  offset 0: \n");
        assertThat(join.run("quarantine", "list", "--json").output()).contains("\"begins\" : \"{}\"");

        Process run = join.command(List.of(), "run").redirectOutput(dir.resolve("said").toFile()).start();
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> join.run("status").output().contains("broker      the topic is there, 2 partitions, and all of it is stored"));
        kafka.broker().send("known", 0, List.of("{}"));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> join.run("status", "--json").output().contains("and 1 record of it waits to be stored"));
        assertThat(get(port, "/observe/metrics")).contains("tac8_broker_up 1.0", "tac8_broker_lag 1.0", "tac8_health_up{check=\"broker\"} 1.0");
        Home.Finished holds = join.run("status");
        assertThat(holds.exitCode()).as(holds.output()).isZero();
        assertThat(holds.output()).containsPattern("held        for \\d+ s, and all of it is kept: offset 0 of partition 0 of known has no header tac8-format").doesNotContain("breaker", "chunks go to");
        kafka.broker().stop();
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> join.run("status").output().matches("(?s).*broker      not used since \\S+Z, and what waits is kept: the broker "
                + kafka.broker().bootstrap() + " cannot be used: it does not answer within 5 s\n.*"));
        assertThat(get(port, "/observe/metrics")).contains("tac8_broker_up 0.0", "tac8_broker_lag NaN");
        assertThat(get(port, "/observe/health")).containsPattern("\"name\":\"broker\",\"status\":\"DOWN\",\"message\":\"not used since ");
        Home.Finished list = join.run("quarantine", "list");
        assertThat(list.exitCode()).isEqualTo(4);
        assertThat(list.output()).contains("tac8: the lines that the store refuses of the topic are missing here: the broker " + kafka.broker().bootstrap() + " cannot be used: ");
        kafka.broker().start();
        run.destroy();
        run.waitFor();

        assertThat(Files.readString(dir.resolve("said"))).as("what the service logs").doesNotContain("org.apache", "Exception", "\tat ");
    }

    @Test
    @Tag("thorough")
    void aBrokerThatHangsForLongerThanASendMayTakeLosesAndDoublesNothingAndIsSeen() throws Exception {
        kafka.topics("hangs", 2);
        int port = FreePort.take();
        Path edgeDir = dir.resolve("edge");
        Home edge = vigilant(kafka.use(new Home(edgeDir), "edge", "hangs")).set("tac8.http.port", port).set("tac8.ingest.chunk-records", 20)
                .edit("routes/edge-kafka.camel.yaml", "deliveryTimeoutMs: 30000", "deliveryTimeoutMs: 4000").edit("routes/edge-kafka.camel.yaml", "requestTimeoutMs: 10000", "requestTimeoutMs: 2000");
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 2000, true);
        try (Home join = kafka.use(new Home(dir.resolve("join")), "join", "hangs")) {
            Process run = edge.command(List.of(), "run").redirectOutput(edgeDir.resolve("said").toFile()).start();
            Runtime.getRuntime().addShutdownHook(new Thread(run::destroyForcibly));
            edge.drop("a.jsonl", records.stream().map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList());
            Awaitility.await("some are sent").atMost(Duration.ofMinutes(1)).until(() -> kafka.broker().ends("hangs").values().stream().anyMatch(end -> end > 0));
            kafka.broker().freeze();
            assertThat(edge.waiting()).as("what is being sent").hasSize(1);

            Awaitility.await("a send is given up").atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(edgeDir.resolve("said")).content()
                    .containsPattern("ERROR store-chunk - a.jsonl: the broker has not acknowledged within \\d+ s what was sent to it. What waits is kept, and goes on by itself"));
            Awaitility.await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertThat(edge.run("status").output()).containsPattern("broker      not used since \\S+Z, and what waits is kept: the broker "
                    + kafka.broker().bootstrap() + " cannot be used: it does not answer within 5 s\n"));
            assertThat(get(port, "/observe/health")).containsPattern("\"name\":\"broker\",\"status\":\"DOWN\",\"message\":\"not used since ");
            assertThat(get(port, "/")).as("the page of an edge").contains("Spool").doesNotContain("Breaker", "External store", "the local store takes");
            assertThat(get(port, "/stores")).contains("Quarantine").doesNotContain("Breaker");
            assertThat(edge.waiting()).as("what is not acknowledged").hasSize(1);
            kafka.broker().thaw();
            edge.awaitDrained();
            assertThat(edgeDir.resolve("said")).content().containsPattern("INFO ingest-spool - what waited has gone through, after \\d+ s");
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> get(port, "/observe/health").contains("\"name\":\"broker\",\"status\":\"UP\""));
            join.start();
            kafka.awaitJoined("hangs");
            join.stop();
            run.destroy();
            assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();

            Corpus.assertSame(join.tables(), Corpus.tables(records));
            assertThat(edgeDir.resolve("said")).content().doesNotContain("org.apache", "Exception", "\tat ");
        }
    }

    @Test
    void anEdgeNamesItsTopicAtTheStartAndInStatusAndATopicThatIsGoneIsAPartialAnswer() throws Exception {
        kafka.topics("goes-away-some-day", 1);
        Home edge = vigilant(kafka.use(new Home(dir), "edge", "goes-away-some-day"));
        Path said = dir.resolve("said");
        Process run = edge.command(List.of(), "run").redirectOutput(said.toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(run::destroyForcibly));
        Awaitility.await("a service").atMost(Duration.ofMinutes(1)).until(() -> edge.run("status").output().contains("runs, process"));
        assertThat(edge.run("status").output()).as("a status at any time").contains("\nbroker      ");
        awaitSaid(said, "  topic           goes-away-some-day of " + kafka.broker().bootstrap() + "  (records go there)\n  stop with");

        kafka.broker().deleteTopic("goes-away-some-day");

        Awaitility.await("it is missed").atMost(Duration.ofMinutes(1)).until(() -> edge.run("status").exitCode() == 4);
        assertThat(edge.run("status", "--json").output()).containsPattern("\"missing\":\\[\"not used since \\S+Z, and what waits is kept: the broker \\S+ has no"
                + " topic goes-away-some-day, which this makes: ");
        List<String> narrow = ended(edge.command(List.of("-Dtac8.output-terminal=true", "-Dtac8.columns=80"), "status"));
        assertThat(narrow).contains("            examples/cluster/topics.sh " + kafka.broker().bootstrap() + " goes-away-some-day 1").allMatch(line -> line.length() <= 80);
        run.destroy();
        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    private List<String> ended(ProcessBuilder command) throws Exception {
        Path out = dir.resolve("out");
        assertThat(command.redirectOutput(out.toFile()).start().waitFor(1, TimeUnit.MINUTES)).isTrue();
        return Files.readAllLines(out);
    }

    @ParameterizedTest
    @ValueSource(strings = {"edge", "join"})
    @Tag("thorough")
    void aStopWhileSomethingIsHeldSaysNothingOfWhatItCutsOff(String role) throws Exception {
        String topic = "stops-" + role;
        kafka.topics(topic, 1);
        Home home = vigilant(kafka.use(new Home(dir), role, topic)).set("camel.main.shutdownTimeout", 2)
                .edit("routes/errors.camel.yaml", "redeliveryDelay: \"1000\"", "redeliveryDelay: \"20000\"");
        Path said = dir.resolve("said");
        Process run = home.command(List.of(), "run").redirectOutput(said.toFile()).start();
        Runtime.getRuntime().addShutdownHook(new Thread(run::destroyForcibly));
        if (role.equals("edge")) {
            home.drop("a.jsonl", EVENT.strip());
            home.awaitDrained();
            kafka.broker().freeze();
            home.drop("b.jsonl", EVENT.strip());
            awaitSaid(said, "ERROR watch-kafka - the broker");
        } else {
            kafka.broker().send(topic, 0, List.of(EVENT.strip()));
            awaitSaid(said, "ERROR join-batch - offset 0");
        }

        run.destroy();
        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        kafka.broker().thaw();

        assertThat(said).content().doesNotContain("Exception", "org.apache", "being stopped", "Redelivery");
        assertThat(home.waiting()).hasSize(role.equals("edge") ? 1 : 0);
    }

    private static void awaitSaid(Path said, String what) {
        Awaitility.await(what).atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(said).content().contains(what));
    }

    @Test
    @Tag("thorough")
    void saysThatTheTopicHasForgottenWhatWasNotStored() throws Exception {
        kafka.topics("forgets", 1);
        Path edgeDir = dir.resolve("edge");
        Path joinDir = dir.resolve("join");
        Home edge = kafka.use(new Home(edgeDir), "edge", "forgets");
        Home join = kafka.use(new Home(joinDir), "join", "forgets");
        edge.drop("a.jsonl", IntStream.range(0, 5).mapToObj(i -> EVENT.strip().replace("\"1\"", "\"" + i + "\"")).toList());
        edge.drain();
        kafka.broker().rewind("forgets", "forgets", 1);
        kafka.broker().forget("forgets", 4);

        assertThat(joined(join, joinDir.resolve("said"), "forgets")).containsOnlyOnce("ERROR join-topic - the topic forgets has forgotten 3 records that the group forgets had not stored, as they were"
                + " older than its retention.ms: on each edge, ./tac8 ingest spool/done/*.jsonl sends again what is there");
        assertThat(join.query("SELECT record_id FROM events WHERE session_id = 's'")).containsExactly("4");

        join.set("tac8.kafka.group", "unknown");
        assertThat(joined(join, joinDir.resolve("of-another"), "unknown")).containsOnlyOnce("ERROR join-topic - the topic forgets has forgotten 4 records of which the brokers do not know, or no"
                + " longer, whether the group unknown had stored them: if it had not, on each edge, ./tac8 ingest spool/done/*.jsonl sends again what is there");
    }

    /** What a joiner says until it has stored all that is in the topic. */
    private static String joined(Home join, Path said, String group) throws Exception {
        Process run = join.command(List.of(), "run").redirectOutput(said.toFile()).start();
        Awaitility.await("it runs, and all is stored").atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> Files.readString(said).contains("tac8 is running")
                && kafka.broker().lag(group, "forgets") == 0);
        run.destroy();
        run.waitFor();
        return Files.readString(said);
    }

    /** One that looks at the broker and at its own health all the time. */
    private static Home vigilant(Home home) {
        return home.edit("routes/watch-kafka.camel.yaml", "period: 5000, delay: 5000", "period: 500, delay: 500").edit("routes/observe.camel.yaml", "period: 5000", "period: 500");
    }

    private static String get(int port, String what) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + what)).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }
}
