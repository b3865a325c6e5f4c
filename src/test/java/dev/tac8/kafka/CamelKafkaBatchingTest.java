package dev.tac8.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.KafkaBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What docs/scaling.md says of camel-kafka's batching, without a route of tac8: which of its configurations lose records when a batch fails once,
 * or the consumer stops, or a poll fails. When a newer version does otherwise, the table and the routes are to be looked at again.
 */
@Tag("thorough")
class CamelKafkaBatchingTest {
    private static final int RECORDS = 4000;
    private static final int BATCH = 500;
    private static final String BY_HAND = "autoCommitEnable=false&allowManualCommit=true&kafkaManualCommitFactory=#commits&breakOnFirstError=true";

    private static final String COUNTED = "&valueDeserializer=" + Taken.class.getName();
    private static final AtomicInteger TOPICS = new AtomicInteger();

    @TempDir
    private static Path dir;
    private static KafkaBroker broker;

    private final Set<String> stored = new HashSet<>();
    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicInteger records = new AtomicInteger();
    private final List<DefaultCamelContext> contexts = new ArrayList<>();
    private String topic;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start(dir);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void createTopic(TestInfo test) {
        Taken.count.set(0);
        Taken.refused.set(0);
        topic = test.getTestMethod().orElseThrow().getName() + "-" + TOPICS.incrementAndGet();
        broker.createTopic(topic, 2, Map.of());
    }

    @AfterEach
    void close() {
        contexts.forEach(DefaultCamelContext::stop);
    }

    @Test
    void losesTheBatchThatFailedWithAutomaticCommit() throws Exception {
        failOnce("");

        assertThat(stored).hasSize(RECORDS - BATCH);
    }

    @Test
    void losesTheBatchThatFailedWithCommitsByHandThatGoOnBehindIt() throws Exception {
        failOnce("allowManualCommit=true&breakOnFirstError=false");

        assertThat(stored).hasSize(RECORDS - BATCH);
    }

    @Test
    void losesTheBatchThatFailedWithAutomaticCommitThatBreaks() throws Exception {
        failOnce("breakOnFirstError=true");

        assertThat(stored).hasSizeLessThanOrEqualTo(RECORDS - BATCH);
    }

    @Test
    void losesTheBatchThatFailedWithCommitsByHandThatBreakBesideAutomaticOnes() throws Exception {
        failOnce("allowManualCommit=true&kafkaManualCommitFactory=#commits&breakOnFirstError=true");

        assertThat(stored).hasSizeLessThanOrEqualTo(RECORDS - BATCH);
    }

    @Test
    void losesNothingWithCommitsByHandAloneThatBreak() throws Exception {
        failOnce(BY_HAND);

        assertThat(stored).hasSize(RECORDS);
    }

    @Test
    void tac8sOwnRouteLosesNothing() throws Exception {
        failOnce(own());

        assertThat(stored).hasSize(RECORDS);
    }

    @Test
    void tac8sOwnRouteLosesNothingWhenAPollFails() throws Exception {
        pollFailsOnce(own());

        Awaitility.await().untilAsserted(() -> assertThat(broker.lag(topic, topic)).isZero());
        assertThat(stored).hasSize(10 + 1 + 10);
    }

    /** What the route of the joiner says, but for what these tests decide by themselves. */
    private static String own() throws IOException {
        Object routes = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(Path.of("routes/join-kafka.camel.yaml")));
        Map<?, ?> from = (Map<?, ?>) ((Map<?, ?>) ((Map<?, ?>) ((List<?>) routes).get(0)).get("route")).get("from");
        Set<String> decided = Set.of("brokers", "groupId", "consumersCount", "batching", "autoOffsetReset", "maxPollRecords", "pollTimeoutMs", "batchingIntervalMs",
                "keyDeserializer", "valueDeserializer");
        return ((Map<?, ?>) from.get("parameters")).entrySet().stream().filter(one -> !decided.contains(one.getKey()))
                .map(one -> one.getKey() + "=" + one.getValue()).collect(Collectors.joining("&"));
    }

    /** Some batch fails once; at the end the group has no lag. */
    private void failOnce(String options) throws Exception {
        fill(RECORDS);
        read(options, BATCH, 500, 3);
        Awaitility.await("no lag is shown").until(() -> broker.lag(topic, topic) == 0);
        contexts.get(0).stop();
    }

    private void fill(int count) {
        for (int partition : List.of(0, 1)) {
            broker.send(topic, partition, IntStream.range(0, count / 2).mapToObj((partition + "-%05d")::formatted).toList());
        }
    }

    /** A route that stores batches and commits where it may, and fails at one of them. */
    private DefaultCamelContext read(String options, int batch, int pollMilliseconds, int failing) throws Exception {
        return read(options, batch, pollMilliseconds, exchange -> {
            if (batches.incrementAndGet() == failing) {
                throw new IllegalStateException("the database is away");
            }
            store(exchange);
            lastOfEachPartition(exchange).forEach(KafkaManualCommit::commit);
        });
    }

    private DefaultCamelContext read(String options, int batch, int pollMilliseconds, Processor step) throws Exception {
        DefaultCamelContext camel = new DefaultCamelContext();
        contexts.add(camel);
        camel.getRegistry().bind("commits", new DefaultKafkaManualCommitFactory());
        // What makes the clients of the route that tac8 has also looks at the topic, which is of no account here.
        camel.getRegistry().bind("kafka-topic", new DefaultKafkaClientFactory());
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("kafka:" + topic + "?brokers=" + broker.bootstrap() + "&groupId=" + topic + "&autoOffsetReset=earliest&batching=true&maxPollRecords=" + batch
                        + "&pollTimeoutMs=" + pollMilliseconds + (options.isEmpty() ? "" : "&" + options)).process(step);
            }
        });
        camel.start();
        return camel;
    }

    private synchronized void store(Exchange exchange) {
        for (Object one : exchange.getMessage().getBody(List.class)) {
            stored.add(((Exchange) one).getMessage().getBody(String.class));
            records.incrementAndGet();
        }
    }

    private static Iterable<KafkaManualCommit> lastOfEachPartition(Exchange exchange) {
        Map<Object, KafkaManualCommit> last = new LinkedHashMap<>();
        for (Object one : exchange.getMessage().getBody(List.class)) {
            Message message = ((Exchange) one).getMessage();
            KafkaManualCommit commit = message.getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class);
            if (commit != null) {
                last.put(message.getHeader(KafkaConstants.PARTITION), commit);
            }
        }
        return last.values();
    }

    /** The factory of commits is not needed: what is in the header commits as well. */
    @Test
    void losesNothingWithCommitsByHandWithoutTheirFactory() throws Exception {
        failOnce("autoCommitEnable=false&allowManualCommit=true&breakOnFirstError=true");

        assertThat(stored).hasSize(RECORDS);
    }

    @Test
    void commitsOnePartitionOnlyByTheHeaderOfTheBatch() throws Exception {
        fill(100);
        read(BY_HAND, 100, 500, exchange -> {
            store(exchange);
            exchange.getMessage().getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class).commit();
        });

        Awaitility.await().until(() -> !broker.committed(topic).isEmpty());
        assertThat(stored).hasSize(100);
        assertThat(broker.lag(topic, topic)).isEqualTo(50);
    }

    /** The poll that fills a batch begins the next one, and the commit goes behind both. */
    @Test
    void losesAnUnfinishedBatchWhenItStopsInOrderWithAutomaticCommit() throws Exception {
        long committed = stopInTheSecondBatch("autoCommitEnable=true");

        assertThat(stored).hasSize(100);
        assertThat(committed).isGreaterThan(100);
    }

    @Test
    void keepsAnUnfinishedBatchWhenItStopsInOrderWithCommitsByHandAlone() throws Exception {
        long committed = stopInTheSecondBatch(BY_HAND);

        assertThat(stored).hasSize(100);
        assertThat(committed).isEqualTo(100);
    }

    private long stopInTheSecondBatch(String options) throws Exception {
        broker.send(topic, 0, IntStream.range(0, 60).mapToObj("0-%05d"::formatted).toList());
        DefaultCamelContext camel = read(options + COUNTED, 100, 8000, 0);
        Awaitility.await().until(() -> Taken.count.get() == 60);
        broker.send(topic, 0, IntStream.range(60, 140).mapToObj("0-%05d"::formatted).toList());
        Awaitility.await().until(() -> Taken.count.get() == 140 && !broker.committed(topic).isEmpty());
        stopWhileRecordsCome(camel);
        return broker.committed(topic).get(new TopicPartition(topic, 0));
    }

    /** Without a further record it would wait for one as long as pollTimeoutMs says, and then store what it has. */
    private void stopWhileRecordsCome(DefaultCamelContext camel) throws Exception {
        Thread stopping = new Thread(camel::stop);
        stopping.start();
        Awaitility.await().until(((ServiceSupport) camel.getRoutes().get(0).getConsumer())::isStoppingOrStopped);
        broker.send(topic, 0, List.of("one more"));
        stopping.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ERROR_HANDLER", "DISCARD"})
    void losesAnUnfinishedBatchWhenAPollFailsEvenWithCommitsByHand(String pollOnError) throws Exception {
        pollFailsOnce(BY_HAND + "&pollOnError=" + pollOnError);

        Awaitility.await().untilAsserted(() -> assertThat(broker.lag(topic, topic)).isZero());
        assertThat(stored).hasSize(10).doesNotContain("0-00000");
    }

    @Test
    void losesNothingWhenAPollFailsAndItConnectsAgain() throws Exception {
        pollFailsOnce(BY_HAND + "&pollOnError=RECONNECT");

        Awaitility.await().untilAsserted(() -> assertThat(broker.lag(topic, topic)).isZero());
        assertThat(stored).hasSize(10 + 1 + 10).contains("0-00000");
    }

    /** Ten records are taken, but no batch; then the next one cannot be read for a while, and ten more follow. */
    private void pollFailsOnce(String options) throws Exception {
        Taken.refuse.set(true);
        broker.send(topic, 0, IntStream.range(0, 10).mapToObj("0-%05d"::formatted).toList());
        read(options + COUNTED, 1000, 3000, 0);
        Awaitility.await().until(() -> Taken.count.get() >= 10);
        broker.send(topic, 0, Stream.concat(Stream.of("poison"), IntStream.range(10, 20).mapToObj("0-%05d"::formatted)).toList());
        Awaitility.await().until(() -> Taken.refused.get() > 0);
        // Skipped by now, if it is to be; else it comes again.
        Awaitility.await().until(() -> Taken.count.get() > 10 || Taken.refused.get() > 3);
        Taken.refuse.set(false);
    }

    @Test
    void readsTwiceWhatABatchHoldsWhenItsPartitionIsGivenToAnother() throws Exception {
        takeWithoutFinishing(BY_HAND + "&heartbeatIntervalMs=500", 100);
        read(BY_HAND + "&heartbeatIntervalMs=500", 1000, 500, 0);

        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(broker.lag(topic, topic)).isZero());
        assertThat(stored).hasSize(100);
        assertThat(records).hasValueGreaterThan(100);
    }

    /** A reader that has taken records, but no complete batch of them, and waits for more. */
    private DefaultCamelContext takeWithoutFinishing(String options, int count) throws Exception {
        fill(count);
        DefaultCamelContext camel = read(options + COUNTED, 1000, 8000, 0);
        Awaitility.await().until(() -> Taken.count.get() == count);
        return camel;
    }

    @Test
    void sendsAListWithoutTheHeadersOfEach() throws Exception {
        DefaultCamelContext camel = new DefaultCamelContext();
        contexts.add(camel);
        camel.start();
        for (String option : List.of("", "&batchWithIndividualHeaders=true")) {
            List<Exchange> list = List.of(exchange(camel, "a"), exchange(camel, "b"));
            camel.createProducerTemplate().sendBodyAndHeader("kafka:" + topic + "?brokers=" + broker.bootstrap() + option, list, "id", "of the list");
        }

        assertThat(broker.lines(topic)).extracting(line -> line.key() + ": " + line.headers()).containsExactlyInAnyOrder(
                "a: {id=of the list}", "b: {id=of the list}", "a: {id=a}", "b: {id=b}");
    }

    private static Exchange exchange(DefaultCamelContext camel, String name) {
        Exchange exchange = new DefaultExchange(camel);
        exchange.getMessage().setBody("value " + name);
        exchange.getMessage().setHeader(KafkaConstants.KEY, name);
        exchange.getMessage().setHeader("id", name);
        return exchange;
    }

    /** Reads text, counts it, and refuses one of them while it is to. */
    public static final class Taken implements Deserializer<String> {
        private static final AtomicInteger count = new AtomicInteger();
        private static final AtomicInteger refused = new AtomicInteger();
        private static final AtomicBoolean refuse = new AtomicBoolean();

        @Override
        public String deserialize(String topic, byte[] data) {
            String value = new String(data, StandardCharsets.UTF_8);
            if (value.equals("poison") && refuse.get()) {
                refused.incrementAndGet();
                throw new SerializationException("cannot be read for now");
            }
            count.incrementAndGet();
            return value;
        }
    }
}
