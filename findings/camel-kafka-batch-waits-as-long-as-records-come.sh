#!/usr/bin/env bash
# A batch that its timeout should end waits for as long as records come.
#
# Package:   org.apache.camel:camel-kafka 4.18.0, with a broker of org.apache.kafka:kafka_2.13 4.4.0
# Expected:  batching=true with maxPollRecords=500 and pollTimeoutMs=1000: a batch is handed over when it has 500 records, or after a second.
# Seen:      the second is counted from the last batch, but looked at only when a poll came back empty. With a record each 200 ms none does: after 50 of them, ten seconds, nothing
#            has been handed over. With a pause of more than a second it comes at once. batchingIntervalMs, which is off by default, ends a batch in time.
# Matters:   the slower the traffic, the later a record arrives: 500 records at five a second wait for 100 seconds; and what waits has not been committed.
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
cat >Waiting.java <<'JAVA'
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.consumer.*;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

public class Waiting {
    static final int PARTITIONS = 1;

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

    public static void main(String[] args) throws Exception {
        CLIENT.put("bootstrap.servers", "127.0.0.1:" + args[0]);
        try (Admin admin = Admin.create(CLIENT)) {
            for (String options : List.of("", "&batchingIntervalMs=1000")) {
                String topic = UUID.randomUUID().toString();
                admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
                AtomicInteger stored = new AtomicInteger();
                try (var camel = new DefaultCamelContext()) {
                    camel.addRoutes(new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("kafka:" + topic + "?brokers=127.0.0.1:" + args[0] + "&groupId=" + topic + "&autoOffsetReset=earliest&batching=true&maxPollRecords=500&pollTimeoutMs=1000"
                                    + options).process(exchange -> stored.addAndGet(exchange.getMessage().getBody(List.class).size()));
                        }
                    });
                    camel.start();
                    try (var producer = new KafkaProducer<>(CLIENT, new StringSerializer(), new StringSerializer())) {
                        for (int i = 0; i < 50; i++) {
                            producer.send(new ProducerRecord<>(topic, "x"));
                            Thread.sleep(200);
                        }
                    }
                    int meanwhile = stored.get();
                    until(() -> stored.get() == 50);
                    System.out.println("pollTimeoutMs=1000" + options + ": " + (meanwhile == 0 ? "none" : meanwhile > 30 ? "most" : "some")
                            + " of 50 handed over after ten seconds, " + stored + " after a pause");
                }
            }
        }
    }
}
JAVA
javac -cp "lib/*" Waiting.java
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "lib/*:." Waiting $port | tee seen
diff seen - <<'SEEN'
pollTimeoutMs=1000: none of 50 handed over after ten seconds, 50 after a pause
pollTimeoutMs=1000&batchingIntervalMs=1000: most of 50 handed over after ten seconds, 50 after a pause
SEEN
