package dev.tac8;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/** A broker with topics as tac8 asks for them, and the homes of edges and joiners on it. */
public final class KafkaSite implements AutoCloseable {
    /** What a topic must have that a broker does not give it by itself. */
    public static final Map<String, String> SOUND = Map.of("max.message.bytes", "8388608", "message.timestamp.type", "LogAppendTime");

    private final KafkaBroker broker;

    public KafkaSite(Path dir) {
        this(dir, Map.of());
    }

    /** With further settings of the broker. */
    public KafkaSite(Path dir, Map<String, String> more) {
        this(KafkaBroker.start(dir, more));
    }

    public KafkaSite(KafkaBroker broker) {
        this.broker = broker;
    }

    public KafkaBroker broker() {
        return broker;
    }

    /** Makes the topic of records and that of refused lines. */
    public KafkaSite topics(String topic, int partitions) {
        broker.createTopic(topic, partitions, SOUND);
        broker.createTopic(topic + "-refused", 1, SOUND);
        return this;
    }

    /** Has a home play a role on the broker; the group is called as the topic is. */
    public Home use(Home home, String role, String topic) {
        return home.set("tac8.broker", "kafka").set("tac8.kafka.role", role).set("tac8.kafka.brokers", broker.bootstrap()).set("tac8.kafka.topic", topic)
                .set("tac8.kafka.group", topic).set("tac8.kafka.replicas", 1);
    }

    /** Waits until the group has stored all there is. */
    public void awaitJoined(String topic) {
        Awaitility.await("all is stored").atMost(Duration.ofMinutes(2)).ignoreExceptions().until(() -> broker.lag(topic, topic) == 0);
    }

    @Override
    public void close() {
        broker.close();
    }
}
