package dev.tac8.kafka;

import dev.tac8.broker.Broker;
import dev.tac8.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What is in the topic of lines that the store refuses, read by nobody's group. */
final class RefusedLines {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int BEGINNING_BYTES = 300;

    private final Topic topic;
    private final String name;

    RefusedLines(Topic topic, String name) {
        this.topic = topic;
        this.name = name;
    }

    /** The first lines of each partition, so many at most. */
    List<Broker.Refused> read(Properties client, int limit) throws StoreException {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Topic.ANSWER_MILLISECONDS);
        List<Broker.Refused> lines = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = Topic.amongItsClasses(() -> new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()))) {
            List<PartitionInfo> partitions = consumer.partitionsFor(name);
            for (PartitionInfo one : partitions == null ? List.<PartitionInfo>of() : partitions) {
                TopicPartition partition = new TopicPartition(name, one.partition());
                long end = consumer.endOffsets(List.of(partition)).get(partition);
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                while (lines.size() < limit && consumer.position(partition) < end) {
                    consumer.poll(POLL).records(partition).stream().limit(limit - lines.size()).map(RefusedLines::of).forEach(lines::add);
                }
            }
            return lines;
        } catch (RuntimeException e) {
            throw topic.away(e, Topic.ANSWER_MILLISECONDS);
        }
    }

    private static Broker.Refused of(ConsumerRecord<byte[], byte[]> line) {
        Header reason = line.headers().lastHeader(Join.REASON);
        byte[] text = line.value() == null ? new byte[0] : line.value();
        return new Broker.Refused(line.topic(), line.partition(), line.offset(), reason == null ? "" : new String(reason.value(), StandardCharsets.UTF_8),
                new String(Arrays.copyOf(text, Math.min(text.length, BEGINNING_BYTES)), StandardCharsets.UTF_8));
    }
}
