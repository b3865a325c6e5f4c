package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.fault.Corpus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
            assertThat(Home.query(edge.localDatabase(), "SELECT name FROM sqlite_sequence")).as("records that the edge has stored").isEmpty();
            assertThat(Home.query(join.localDatabase(), "SELECT name FROM sqlite_sequence")).as("records that needed the local store").isEmpty();
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
}
