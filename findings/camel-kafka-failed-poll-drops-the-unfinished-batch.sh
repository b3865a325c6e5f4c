#!/usr/bin/env bash
# A poll that fails takes records with it that were read before, although offsets are committed by hand.
#
# Package:   org.apache.camel:camel-kafka 4.18.0, with a broker of org.apache.kafka:kafka_2.13 4.4.0
# Expected:  pollOnError=ERROR_HANDLER, the default, as it is described: "use Camel's error handler to process the exception, and afterwards continue to poll next message".
#            One record that cannot be read for a while is passed by; those around it are stored.
# Seen:      with batching=true the ten records that had been polled for a batch that was not full are thrown away as well, and reading goes on behind them. The next commit, by
#            hand and by the last record that was stored, makes that final: no lag. With pollOnError=RECONNECT nothing is lost.
# Matters:   of batches with commits by hand alone it is said that they lose nothing. They need RECONNECT, too.
set -euo pipefail
work=$(mktemp -d)
broker=
trap 'kill -9 $broker 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-kafka</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-core-model</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-core-languages</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-core-engine</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>2.0.17</version></dependency>
</dependencies></project>
POM
cat >broker.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>broker</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.4.0</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
mvn -q -B -f broker.xml org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=broker

port=$((20000 + RANDOM % 10000))
cat >server.properties <<SERVER
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
controller.listener.names=CONTROLLER
log.dirs=$work/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
SERVER
java -cp "broker/*" kafka.tools.StorageTool format -t MkU3OEVBNTcwNTJENDM2Qg -c server.properties >broker.log 2>&1
java -Xmx256m -cp "broker/*" kafka.Kafka server.properties >>broker.log 2>&1 &
broker=$!
disown
cat >Polled.java <<'JAVA'
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.*;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.*;

public class Polled {
    static final int PARTITIONS = 1;
    static final AtomicInteger read = new AtomicInteger();
    static final AtomicBoolean unreadable = new AtomicBoolean();

    static final Properties CLIENT = new Properties();

    static void send(String topic, int partition, int from, int to) throws Exception {
        try (var producer = new KafkaProducer<>(CLIENT, new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(topic, partition, null, partition + "-" + i));
            }
        }
    }

    static long lag(Admin admin, String topic) throws Exception {
        var committed = admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        long lag = 0;
        for (var end : admin.listOffsets(latest).all().get().entrySet()) {
            lag += end.getValue().offset() - (committed.get(end.getKey()) == null ? 0 : committed.get(end.getKey()).offset());
        }
        return lag;
    }

    static void until(Callable<Boolean> condition) throws Exception {
        for (int i = 0; i < 600 && !condition.call(); i++) {
            Thread.sleep(50);
        }
    }

    /** A schema registry that does not know one record for a while, say. */
    public static class Sometimes implements Deserializer<String> {
        @Override
        public String deserialize(String topic, byte[] data) {
            String value = new String(data);
            if (value.equals("0-10") && unreadable.get()) {
                throw new SerializationException("cannot be read for now");
            }
            read.incrementAndGet();
            return value;
        }
    }

    public static void main(String[] args) throws Exception {
        CLIENT.put("bootstrap.servers", "127.0.0.1:" + args[0]);
        try (Admin admin = Admin.create(CLIENT)) {
            for (String options : List.of("batching=true&maxPollRecords=1000&pollTimeoutMs=3000", "batching=true&maxPollRecords=1000&pollTimeoutMs=3000&pollOnError=RECONNECT")) {
                String topic = UUID.randomUUID().toString();
                admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
                read.set(0);
                unreadable.set(true);
                List<String> stored = Collections.synchronizedList(new ArrayList<>());
                send(topic, 0, 0, 10);
                try (var camel = new DefaultCamelContext()) {
                    camel.getRegistry().bind("commits", new DefaultKafkaManualCommitFactory());
                    camel.addRoutes(new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("kafka:" + topic + "?brokers=127.0.0.1:" + args[0] + "&groupId=" + topic + "&autoOffsetReset=earliest&valueDeserializer=" + Sometimes.class.getName()
                                    + "&autoCommitEnable=false&allowManualCommit=true&kafkaManualCommitFactory=#commits&breakOnFirstError=true&" + options).process(exchange -> {
                                Map<Object, Object> last = new HashMap<>();
                                for (Object one : exchange.getMessage().getBody(List.class)) {
                                    var message = ((Exchange) one).getMessage();
                                    stored.add(message.getBody(String.class));
                                    last.put(message.getHeader(KafkaConstants.PARTITION), message.getHeader(KafkaConstants.MANUAL_COMMIT));
                                }
                                last.values().forEach(commit -> ((KafkaManualCommit) commit).commit());
                            });
                        }
                    });
                    camel.start();
                    until(() -> read.get() == 10);
                    send(topic, 0, 10, 20);
                    Thread.sleep(1500);
                    unreadable.set(false);
                    until(() -> lag(admin, topic) == 0);
                    camel.stop();
                }
                System.out.println(options + ": lag " + lag(admin, topic) + ", lost " + lost(stored));
            }
        }
    }

    static List<String> lost(List<String> stored) {
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            if (!stored.contains("0-" + i)) {
                lost.add("0-" + i);
            }
        }
        return lost;
    }
}
JAVA
javac -cp "lib/*" Polled.java
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "lib/*:." Polled $port | tee seen
diff seen - <<'SEEN'
batching=true&maxPollRecords=1000&pollTimeoutMs=3000: lag 0, lost [0-0, 0-1, 0-2, 0-3, 0-4, 0-5, 0-6, 0-7, 0-8, 0-9, 0-10]
batching=true&maxPollRecords=1000&pollTimeoutMs=3000&pollOnError=RECONNECT: lag 0, lost []
SEEN
