#!/usr/bin/env bash
# A consumer that is stopped in order, and never fails, loses records.
#
# Package:   org.apache.camel:camel-kafka 4.18.0, with a broker of org.apache.kafka:kafka_2.13 4.4.0
# Expected:  batching=true with automatic commits, stopped while records come: what has not been handed to the route is read by the next start.
# Seen:      a poll that fills a batch begins the next one with what is left of it, and the commit after the batch goes behind both. On a stop what has been begun is dropped: the next start
#            goes on behind it. Here a batch is 100 records, 140 come before the stop, and 1 while it stops; the second start stores that one alone.
# Matters:   each restart under load costs up to a batch of records, with no failure, no warning, and no lag.
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
cat >Stopped.java <<'JAVA'
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.consumer.*;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

public class Stopped {
    static final int PARTITIONS = 1;
    static final Set<Object> stored = ConcurrentHashMap.newKeySet();
    static final AtomicInteger read = new AtomicInteger();

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

    public static class Counted implements Deserializer<String> {
        @Override
        public String deserialize(String topic, byte[] data) {
            read.incrementAndGet();
            return new String(data);
        }
    }

    static DefaultCamelContext start(String broker, String topic) throws Exception {
        var camel = new DefaultCamelContext();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("kafka:" + topic + "?brokers=" + broker + "&groupId=" + topic + "&autoOffsetReset=earliest&batching=true&maxPollRecords=100&pollTimeoutMs=8000&valueDeserializer="
                        + Counted.class.getName()).process(exchange -> {
                    List<?> batch = exchange.getMessage().getBody(List.class);
                    batch.forEach(one -> stored.add(((Exchange) one).getMessage().getBody()));
                });
            }
        });
        camel.start();
        return camel;
    }

    public static void main(String[] args) throws Exception {
        CLIENT.put("bootstrap.servers", "127.0.0.1:" + args[0]);
        String topic = "records";
        try (Admin admin = Admin.create(CLIENT)) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
            var camel = start("127.0.0.1:" + args[0], topic);
            send(topic, 0, 0, 60);
            until(() -> read.get() == 60);
            send(topic, 0, 60, 140);
            until(() -> read.get() == 140 && lag(admin, topic) < 140);
            Thread stopping = new Thread(camel::stop);
            stopping.start();
            var consumer = (ServiceSupport) camel.getRoutes().get(0).getConsumer();
            until(consumer::isStoppingOrStopped);
            send(topic, 0, 140, 141);
            stopping.join();
            System.out.println("sent 141, stored " + stored.size() + ", lag " + lag(admin, topic));
            camel = start("127.0.0.1:" + args[0], topic);
            until(() -> lag(admin, topic) == 0);
            camel.stop();
            System.out.println("after another start: stored " + stored.size() + ", lag " + lag(admin, topic));
        }
    }
}
JAVA
javac -cp "lib/*" Stopped.java
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "lib/*:." Stopped $port | tee seen
diff seen - <<'SEEN'
sent 141, stored 100, lag 1
after another start: stored 101, lag 0
SEEN
