package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.fault.Corpus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers, of which one loses its disk or hangs. */
@Tag("thorough")
class KafkaClusterTest {
    private static final int FILE_RECORDS = 4;
    private static final int MILLISECONDS_A_FILE = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private static Path servers;
    private static List<KafkaBroker> brokers;

    @TempDir
    private Path dir;

    @BeforeAll
    static void start() {
        brokers = KafkaBroker.start(servers, 3, Map.of());
    }

    @AfterAll
    static void stop() {
        if (brokers != null) {
            brokers.forEach(KafkaBroker::close);
        }
    }

    private static KafkaSite topics(String topic, int partitions) {
        return new KafkaSite(brokers.get(0)).topics(topic, partitions);
    }

    private Home home(KafkaSite kafka, String folder, String role, String topic) {
        return kafka.use(new Home(dir.resolve(folder)), role, topic).set("tac8.kafka.brokers", KafkaBroker.bootstrap(brokers)).set("tac8.kafka.replicas", brokers.size());
    }

    @Test
    @Tag("long")
    void nothingIsLostOrDoubledWhileTwoLoseTheirDisksOneAfterTheOtherAndOneHangs() throws Exception {
        KafkaSite kafka = topics("disks", 3);
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 600, true);
        try (Home left = home(kafka, "left", "edge", "disks"); Home right = home(kafka, "right", "edge", "disks"); Home join = home(kafka, "join", "join", "disks")) {
            List<Home> edges = List.of(left, right);
            for (Home home : List.of(left, right, join)) {
                home.start();
            }
            AtomicInteger dropped = new AtomicInteger();
            ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
            clock.scheduleAtFixedRate(() -> drop(edges, records, dropped.getAndIncrement()), 0, MILLISECONDS_A_FILE, TimeUnit.MILLISECONDS);
            awaitMoreSent(edges);
            for (int fault = 0; fault < 3; fault++) {
                // Those that have failed before lead nothing since.
                KafkaBroker broker = KafkaBroker.leader(brokers, "disks", fault);
                if (fault == 2) {
                    broker.freeze();
                    awaitMoreSent(edges);
                    broker.thaw();
                } else {
                    broker.kill();
                    broker.loseDisk();
                    awaitMoreSent(edges);
                    broker.start();
                }
                awaitCopies("disks");
            }
            clock.shutdown();
            assertThat(clock.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            for (int file = dropped.get(); file < files(records); file++) {
                drop(edges, records, file);
            }
            for (Home edge : edges) {
                edge.awaitDrained(PATIENCE);
                assertThat(edge.quarantined()).isEmpty();
            }
            kafka.awaitJoined("disks");
            join.stop();

            Corpus.assertSame(join.tables(), Corpus.tables(records));
            assertThat(brokers.get(0).lines("disks-refused")).isEmpty();
        }
    }

    @Test
    void whatOnlyOneBrokerHasIsNotAcknowledgedAndSentAgainWhenThatLosesItsDisk() throws Exception {
        KafkaSite kafka = topics("alone", 1);
        List<Map<String, Object>> records = Corpus.records(Corpus.random(getClass()), 60, true);
        try (Home edge = home(kafka, "edge", "edge", "alone"); Home join = home(kafka, "join", "join", "alone")) {
            edge.start();
            drop(List.of(edge), records, 0);
            edge.awaitDrained();
            KafkaBroker leader = KafkaBroker.leader(brokers, "alone", 0);
            List<KafkaBroker> others = brokers.stream().filter(broker -> broker != leader).toList();
            long before = leader.bytes("alone", 0);

            others.forEach(KafkaBroker::freeze);
            for (int file = 1; file < files(records); file++) {
                drop(List.of(edge), records, file);
            }
            Awaitility.await("the leader has it").atMost(PATIENCE).until(() -> leader.bytes("alone", 0) > before);
            assertThat(edge.done()).as("files that are acknowledged").hasSize(1);
            leader.kill();
            leader.loseDisk();
            others.forEach(KafkaBroker::thaw);
            // Of Kafka, one that comes back empty before the others have agreed on a leader may end at once.
            edge.awaitDrained(PATIENCE);
            leader.start();
            join.start();
            kafka.awaitJoined("alone");
            join.stop();

            Corpus.assertSame(join.tables(), Corpus.tables(records));
            awaitCopies("alone");
        }
    }

    /** A few records to one of them; after the last ones the first come again. */
    private static void drop(List<Home> edges, List<Map<String, Object>> records, int file) {
        int begin = file % files(records) * FILE_RECORDS;
        edges.get(file % edges.size()).drop(String.format("%06d.jsonl", file), records.subList(begin, Math.min(begin + FILE_RECORDS, records.size())).stream()
                .map(record -> new String(Corpus.line(record), StandardCharsets.UTF_8)).toList());
    }

    private static int files(List<Map<String, Object>> records) {
        return (records.size() + FILE_RECORDS - 1) / FILE_RECORDS;
    }

    /** Waits until each edge has had something acknowledged that comes from now on. */
    private static void awaitMoreSent(List<Home> edges) {
        for (Home edge : edges) {
            int before = edge.done().size() + edge.waiting().size();
            Awaitility.await("more is acknowledged").atMost(PATIENCE).until(() -> edge.done().size() > before);
        }
    }

    private static void awaitCopies(String topic) {
        Awaitility.await("each broker has all").atMost(PATIENCE).ignoreExceptions().until(() -> brokers.get(0).copies(topic) == brokers.size());
    }
}
