package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.fault.Corpus;
import dev.tac8.ingest.Counts;
import dev.tac8.observe.Health;
import dev.tac8.service.LiveEdits;
import dev.tac8.service.Service;
import dev.tac8.store.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.camel.Consumer;
import org.apache.camel.component.kafka.KafkaConsumer;
import org.apache.camel.health.HealthCheck;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With tac8.broker=kafka an edge sends records to a topic, and a joiner stores what is in it. */
class KafkaRouteTest {
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

    private Home home(String role, String topic) {
        return home(role, role, topic);
    }

    private Home home(String folder, String role, String topic) {
        return kafka.use(new Home(dir.resolve(folder)), role, topic);
    }

    private static List<String> lines(List<Map<String, Object>> records) {
        return records.stream().map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList();
    }

    private static String event(String id) {
        return "{\"type\":\"event\"" + (id == null ? "" : ",\"id\":\"" + id + "\"") + ",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"trigger\","
                + "\"message\":\"m\"}";
    }

    @Test
    void anEdgeHasNoHealthOfTheStoreThatItDoesNotHave() throws Exception {
        kafka.topics("health", 1);
        try (Home edge = home("edge", "health"); Home join = home("join", "health")) {
            assertThat(checks(edge)).contains("spool", "local-store", "broker").doesNotContain("external-store", "breaker");
            Awaitility.await("what it says of itself").atMost(Duration.ofMinutes(1)).until(() -> edge.run("status").output().contains("broker      "));
            assertThat(edge.run("status").output()).doesNotContain("breaker", "external");
            assertThat(checks(join)).contains("external-store", "breaker", "broker");
        }
    }

    private static List<String> checks(Home home) throws Exception {
        Health health = home.start().context().getRegistry().lookupByNameAndType("health", Health.class);
        return health.checks().stream().map(HealthCheck::getId).toList();
    }

    @Test
    void storesWhatTheRecordsSay() throws Exception {
        kafka.topics("stores", 3);
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 300, true);
        try (Home edge = home("edge", "stores").set("tac8.ingest.chunk-records", 50); Home join = home("join", "stores").set("tac8.ingest.chunk-records", 50)) {
            edge.drop("a.jsonl", lines(records));
            edge.drop("b.jsonl", lines(records.subList(0, 60)));
            edge.drain();
            join.start();
            kafka.awaitJoined("stores");
            join.stop();

            Corpus.assertSame(join.tables(), Corpus.tables(records));
            assertThat(kafka.broker().lines("stores")).hasSize(records.size() + 60);
            assertThat(kafka.broker().lines("stores-refused")).isEmpty();
            assertThat(edge.quarantined()).isEmpty();
            assertThat(edge.tablesStoredLocally()).as("records that the edge has stored").isEmpty();
            assertThat(join.tablesStoredLocally()).as("records that needed the local store").isEmpty();
        }
    }

    @Test
    void aLineIsSentAsItIsWithItsSessionForAKeyAndItsPlaceForAnId() throws Exception {
        kafka.topics("sends", 1);
        String worker = "{\"type\":\"worker\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"worker_id\":\"w\",\"task_id\":\"t\",\"status\":\"spawned\"}";
        String call = "{ \"type\":\"api_call\", \"timestamp\":\"2026-11-22T10:00:00+01:00\",\"worker_id\":\"w\",\"model\":\"m\", \"unknown\": [1] }";
        try (Home edge = home("edge", "sends")) {
            edge.drop("a.jsonl", worker, "no record", event("1"), event(null) + "\r", "", call, call.replace("\"w\"", "\"x\""));
            edge.drain();

            List<KafkaBroker.Line> sent = kafka.broker().lines("sends");
            assertThat(sent).extracting(KafkaBroker.Line::value).containsExactly(worker, event("1"), event(null), call, call.replace("\"w\"", "\"x\""));
            assertThat(sent).extracting(KafkaBroker.Line::key).containsExactly("s", "s", "s", "s", "x");
            assertThat(sent).extracting(line -> line.headers().get("tac8-format")).containsOnly("1");
            long offset = worker.length() + "no record".length() + event("1").length() + 3;
            assertThat(sent).extracting(line -> new HashMap<>(line.headers()).remove("tac8-id")).satisfies(ids -> {
                assertThat(ids.subList(0, 2)).containsOnlyNulls();
                assertThat(ids.get(2)).matches("[0-9a-f]{32}\\+" + offset);
                assertThat(ids.subList(3, 5)).doesNotContainNull().doesNotHaveDuplicates();
            });
            assertThat(edge.quarantined()).hasSize(1);
        }
    }

    private static Counts counts(Service service) {
        return service.context().getRegistry().lookupByNameAndType("counts", Counts.class);
    }

    private static String awaitHeld(Service service) {
        Awaitility.await("a chunk is held").atMost(Duration.ofMinutes(1)).until(() -> counts(service).held() != null);
        return counts(service).held().reason();
    }

    private static void away(Home home) throws IOException {
        Files.move(home.path("var/external"), home.path("var/gone"));
    }

    private static void back(Home home) throws IOException {
        Files.move(home.path("var/gone"), home.path("var/external"));
    }

    @Test
    @Tag("thorough")
    void anEdgeStartsWithoutTheBrokerAndKeepsEverythingUntilItComes() throws Exception {
        kafka.topics("comes", 1);
        kafka.broker().stop();
        try (Home edge = home("edge", "comes")) {
            Service service = edge.open();
            service.start();
            edge.drop("a.jsonl", event("1"));

            assertThat(awaitHeld(service)).contains("the broker " + kafka.broker().bootstrap() + " cannot be used: it does not answer within 5 s");
            assertThat(edge.waiting()).hasSize(1);
            kafka.broker().start();
            edge.awaitDrained();
            kafka.broker().kill();
            edge.drop("b.jsonl", event("2"));
            kafka.broker().start();
            edge.awaitDrained();
            service.close();

            assertThat(kafka.broker().lines("comes")).extracting(KafkaBroker.Line::value).contains(event("1"), event("2"));
        }
    }

    @Test
    void anEdgeStartsWhenNotEvenTheNameOfTheBrokerIsKnown() throws Exception {
        try (Home edge = home("edge", "unknown").set("tac8.kafka.brokers", "kafka.invalid:9092")) {
            Service service = edge.open();
            service.start();
            edge.drop("a.jsonl", event("1"));

            assertThat(awaitHeld(service)).contains("the broker kafka.invalid:9092 cannot be used: No resolvable bootstrap urls given in bootstrap.servers");
            assertThat(edge.waiting()).hasSize(1);
            service.close();
        }
    }

    @Test
    @Tag("thorough")
    void aJoinerThatStartsWithoutTheBrokerStoresWhenItComes() throws Exception {
        kafka.topics("later", 1);
        try (Home edge = home("edge", "later"); Home join = home("join", "later")) {
            edge.drop("a.jsonl", event("1"));
            edge.drain();
            kafka.broker().stop();
            join.start();
            kafka.broker().start();
            kafka.awaitJoined("later");
            join.stop();

            assertThat(join.query("SELECT record_id FROM events WHERE session_id = 's'")).containsExactly("1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "0"})
    void whatComesWhileTheStoreIsAwayIsStoredOnceWhenItIsBack(String tries) throws Exception {
        String topic = "away-" + tries;
        kafka.topics(topic, 3);
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 300, true);
        int half = records.size() / 2;
        try (Home edge = home("edge", topic); Home join = home("join", topic).set("tac8.ingest.chunk-records", 20)
                .edit("routes/errors.camel.yaml", "maximumRedeliveries: 10", "maximumRedeliveries: " + tries)) {
            edge.drop("a.jsonl", lines(records.subList(0, half)));
            edge.drain();
            Service service = join.start();
            kafka.awaitJoined(topic);
            away(join);
            edge.drop("b.jsonl", lines(records.subList(half / 2, records.size())));
            edge.drain();
            awaitHeld(service);
            back(join);
            kafka.awaitJoined(topic);
            join.stop();

            Corpus.assertSame(join.tables(), Corpus.tables(records));
            assertThat(join.tablesStoredLocally()).as("records that needed the local store").isEmpty();
        }
    }

    @Test
    @Tag("thorough")
    void aTopicThatIsDeletedAndMadeAgainWhileABatchIsHeldIsReadFromItsBeginning() throws Exception {
        kafka.topics("anew", 1);
        try (Home edge = home("edge", "anew"); Home join = home("join", "anew")) {
            edge.drop("a.jsonl", event("a-1"), event("a-2"));
            edge.drain();
            Service service = join.start();
            kafka.awaitJoined("anew");
            Consumer consumer = service.context().getRoute("join-topic").getConsumer();
            away(join);
            edge.drop("b.jsonl", event("b-1"), event("b-2"));
            edge.drain();
            awaitHeld(service);
            kafka.broker().deleteTopic("anew");
            Awaitility.await("Kafka has deleted it").ignoreExceptions().atMost(Duration.ofMinutes(1)).until(() -> {
                kafka.broker().createTopic("anew", 1, KafkaSite.SOUND);
                return true;
            });
            edge.drop("c.jsonl", IntStream.range(0, 9).mapToObj(i -> event("c-" + i)).toList());
            edge.drain();
            Awaitility.await("another consumer").atMost(Duration.ofMinutes(1)).until(() -> service.context().getRouteController().getRouteStatus("join-topic").isStarted()
                    && service.context().getRoute("join-topic").getConsumer() != consumer);
            back(join);
            kafka.awaitJoined("anew");
            join.stop();

            assertThat(join.query("SELECT count(*) FROM events WHERE record_id LIKE 'c-%'")).containsExactly("9");
        }
    }

    /** As where one of two joiners lacks the setting tac8.store. */
    @Test
    void aJoinerTakesNothingWhileAnotherOfItsGroupStoresElsewhere() throws Exception {
        kafka.topics("elsewhere", 2);
        List<String> lines = IntStream.range(0, 40).mapToObj(i -> event("e-" + i).replace("\"s\"", "\"s" + i + "\"")).toList();
        try (Home edge = home("edge", "elsewhere"); Home join = home("join", "elsewhere"); Home other = home("other", "join", "elsewhere")) {
            edge.drop("a.jsonl", lines.subList(0, 20));
            edge.drain();
            join.start();
            kafka.awaitJoined("elsewhere");
            other.start();
            Awaitility.await("it says why").atMost(Duration.ofMinutes(1)).until(() -> other.run("status").output().replaceAll("\\s+", " ").contains(
                    "a joiner of the group elsewhere at /127.0.0.1 stores elsewhere (sqlite."));
            edge.drop("b.jsonl", lines.subList(20, 40));
            edge.drain();
            kafka.awaitJoined("elsewhere");
            assertThat(join.query("SELECT count(*) FROM events WHERE record_id LIKE 'e-%'")).containsExactly("40");

            join.stop();
            edge.drop("c.jsonl", event("later"));
            edge.drain();
            kafka.awaitJoined("elsewhere");
            assertThat(other.query("SELECT record_id FROM events WHERE event_type = 'trigger'")).containsExactly("later");
        }
    }

    @Test
    void aLineWithoutAnIdThatComesTwiceIsStoredOnce() throws Exception {
        kafka.topics("twice", 3);
        try (Home edge = home("edge", "twice"); Home join = home("join", "twice")) {
            for (String name : List.of("a.jsonl", "b.jsonl")) {
                edge.drop(name, event(null), event(null));
                edge.drain();
            }
            join.start();
            kafka.awaitJoined("twice");
            join.stop();

            assertThat(kafka.broker().lines("twice")).hasSize(4);
            assertThat(join.query("SELECT count(*) FROM events WHERE session_id = 's'")).containsExactly("2");
        }
    }

    @Test
    void aLineOfThreeMegabytesGoesThrough() throws Exception {
        kafka.topics("long", 1);
        String text = new Random(1).ints(3_000_000, ' ' + 3, '~').filter(letter -> letter != '\\').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        try (Home edge = home("edge", "long"); Home join = home("join", "long")) {
            edge.drop("a.jsonl", event("0"), event("1").replace("\"m\"}", "\"m\",\"details\":{\"text\":\"" + text + "\"}}"), event("2"));
            edge.drain();
            join.start();
            kafka.awaitJoined("long");
            join.stop();

            assertThat(join.query("SELECT record_id, length(details) > 2900000 FROM events WHERE session_id = 's' ORDER BY record_id")).containsExactly("0|null", "1|1", "2|null");
        }
    }

    @Test
    @Tag("thorough")
    void aLineThatNoTac8OfThisVersionHasSentStopsTheJoinerAndNothingIsPassedOver() throws Exception {
        kafka.topics("newer", 1);
        try (Home edge = home("edge", "newer"); Home join = home("join", "newer").set("tac8.ingest.chunk-records", 1)) {
            edge.drop("a.jsonl", event("1"));
            edge.drain();
            kafka.broker().send("newer", 0, List.of("{}"));
            edge.drop("b.jsonl", event("2"));
            edge.drain();

            Service service = join.start();
            assertThat(awaitHeld(service)).startsWith("offset 1 of partition 0 of newer has no header tac8-format, which this tac8 does not know, so nothing behind it is stored");
            join.stop();
            assertThat(kafka.broker().committed("newer").values()).containsExactly(1L);
            assertThat(join.query("SELECT record_id FROM events WHERE session_id = 's'")).containsExactly("1");

            kafka.broker().rewind("newer", "newer", 2);
            join.start();
            kafka.awaitJoined("newer");
            join.stop();
            assertThat(join.query("SELECT record_id FROM events WHERE session_id = 's' ORDER BY record_id")).containsExactly("1", "2");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "cleanup.policy=compact | keeps one record a session (cleanup.policy=compact): set cleanup.policy=delete",
        "cleanup.policy=compact,delete | keeps one record a session (cleanup.policy=compact,delete)",
        "retention.ms=3600000 | forgets what nobody has stored within 3600000 ms: set retention.ms to a day or more",
        "retention.bytes=1000000 | forgets what nobody has stored when there is much of it (retention.bytes=1000000): set retention.bytes=-1",
        "max.message.bytes=8388607 | does not take the longest line (max.message.bytes=8388607): set max.message.bytes=8388608, twice tac8.ingest.max-line-bytes",
        "message.timestamp.type=CreateTime | takes a host's clock for the age of a record",
        "unclean.leader.election.enable=true | goes on without what it has acknowledged when brokers fail: set unclean.leader.election.enable=false"})
    @Tag("thorough")
    void aTopicThatWouldLoseRecordsIsRefused(String config, String sentence) throws Exception {
        String topic = "bad-" + Integer.toHexString(config.hashCode());
        Map<String, String> configs = new HashMap<>(KafkaSite.SOUND);
        configs.put(config.split("=")[0], config.split("=")[1]);
        kafka.broker().createTopic(topic, 1, configs);

        try (Home edge = home("edge", topic); Service service = edge.open()) {
            assertThatThrownBy(service::checkStores).isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith("the topic " + topic + " of the broker " + kafka.broker().bootstrap() + " " + sentence);
            service.start();
            edge.drop("a.jsonl", event("1"));
            assertThat(awaitHeld(service)).contains(sentence);
            assertThat(edge.waiting()).hasSize(1);
        }
    }

    @Test
    void aTopicThatIsNotThereOrHasTooFewCopiesIsRefused() throws Exception {
        kafka.broker().createTopic("few", 1, KafkaSite.SOUND);
        try (Service service = home("edge", "none").open()) {
            assertThatThrownBy(service::checkStores).isInstanceOf(RefusedException.class).hasMessageContaining("has no topic none, which this makes: examples/cluster/topics.sh "
                    + kafka.broker().bootstrap() + " none 1");
        }
        try (Service service = home("edge", "few").set("tac8.kafka.replicas", 2).open()) {
            assertThatThrownBy(service::checkStores).isInstanceOf(RefusedException.class)
                    .hasMessageContaining("has a partition with 1 copy, and tac8.kafka.replicas asks for 2: give it more, or ask for fewer; and it acknowledges what only one broker"
                            + " has (min.insync.replicas=1): set min.insync.replicas=2");
        }
        try (Service service = home("join", "few").open()) {
            assertThatThrownBy(service::checkStores).isInstanceOf(RefusedException.class).hasMessageEndingWith("has no topic few-refused, which this makes: examples/cluster/topics.sh "
                    + kafka.broker().bootstrap() + " few 1");
        }
    }

    @Test
    @Tag("thorough")
    void oneTac8CanBeBothAndAnEditOfTheJoinerTakesEffectWhileItRuns() throws Exception {
        kafka.topics("both", 2);
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 200, true);
        try (Home both = home("both", "both"); LiveEdits edits = LiveEdits.open(both.settings(), null, (settings, changed) -> Service.faultsOfRoutes(settings))) {
            edits.start();
            both.drop("a.jsonl", lines(records.subList(0, 100)));
            both.awaitDrained();
            both.edit("routes/join-kafka.camel.yaml", "pollTimeoutMs: 100", "pollTimeoutMs: 120");
            Awaitility.await("the edit is in force").atMost(Duration.ofMinutes(1)).until(() -> edits.service().inForce().now().number() == 2);
            both.edit("routes/join-kafka.camel.yaml", "breakOnFirstError: true", "breakOnFirstError: false");
            Awaitility.await("the edit is refused").atMost(Duration.ofMinutes(1)).until(() -> edits.service().inForce().now().refused() != null);
            both.drop("b.jsonl", lines(records.subList(80, records.size())));
            both.awaitDrained();
            kafka.awaitJoined("both");

            assertThat(edits.service().inForce().now().refused()).contains("the route join-topic must have \"breakOnFirstError: true\"");
            Corpus.assertSame(both.tables(), Corpus.tables(records));
        }
    }

    @Test
    void aSettingOfCamelThatWouldLoseRecordsIsNotTaken() throws Exception {
        kafka.topics("options", 1);
        try (Home edge = home("edge", "options").set("camel.component.kafka.additional-properties[acks]", "1");
             Home join = home("join", "options").set("camel.component.kafka.additional-properties[auto.offset.reset]", "latest")) {
            edge.drop("a.jsonl", event("1"));
            assertThat(awaitHeld(edge.start())).startsWith("acks is 1 for Kafka, and must be all, or records are lost: ");
            assertThat(edge.waiting()).hasSize(1);

            KafkaConsumer consumer = (KafkaConsumer) join.start().context().getRoute("join-topic").getConsumer();
            Awaitility.await("the consumer is refused").atMost(Duration.ofMinutes(1)).until(() -> consumer.healthStates().get(0).getLastError() != null);
            assertThat(consumer.healthStates().get(0).getLastError()).hasMessageStartingWith("auto.offset.reset is latest for Kafka, and must be earliest, or records are lost: ");
        }
        try (Home join = home("seeks", "join", "options").set("camel.component.kafka.seek-to", "end")) {
            assertThatThrownBy(join::open).hasMessageContaining("the settings camel.component.kafka.* cannot be used: seek-to and offset-repository have a start pass over what is not stored");
        }
    }
}
