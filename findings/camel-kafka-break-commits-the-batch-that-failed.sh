#!/usr/bin/env bash
# "Break on first error" commits the batch that failed, and the group has no lag.
#
# Package:   org.apache.camel:camel-kafka 4.18.0, with a broker of org.apache.kafka:kafka_2.13 4.4.0
# Expected:  as the option says: "the consumer will seek back to the offset of the message that caused a failure, and then re-attempt to process this message".
# Seen:      with batching=true and automatic commits the batch is committed, and the consumer goes on behind it. So it is with commits by hand and the
#            option false, and with commits by hand and the option true, as long as autoCommitEnable is true, which it is by default: the manager of commits by hand then
#            commits, too. Only without automatic commits is the batch read again.
# Matters:   a database that is away for a moment costs a batch of records for good, and no figure of the broker shows it.
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
cat >Broken.java <<'JAVA'
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
import org.apache.kafka.common.serialization.*;

public class Broken {
    static final int PARTITIONS = 1;
    static final int RECORDS = 400;

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
        String byHand = "&allowManualCommit=true&kafkaManualCommitFactory=#commits";
        try (Admin admin = Admin.create(CLIENT)) {
            for (String options : List.of("", "&breakOnFirstError=true", byHand + "&breakOnFirstError=false", byHand + "&breakOnFirstError=true",
                    byHand + "&breakOnFirstError=true&autoCommitEnable=false")) {
                String topic = UUID.randomUUID().toString();
                admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
                send(topic, 0, 0, RECORDS);
                Set<Object> stored = ConcurrentHashMap.newKeySet();
                AtomicInteger batches = new AtomicInteger();
                try (var camel = new DefaultCamelContext()) {
                    camel.getRegistry().bind("commits", new DefaultKafkaManualCommitFactory());
                    camel.addRoutes(new RouteBuilder() {
                        @Override
                        public void configure() {
                            from("kafka:" + topic + "?brokers=127.0.0.1:" + args[0] + "&groupId=" + topic + "&autoOffsetReset=earliest&batching=true&maxPollRecords=100" + options)
                                    .process(exchange -> {
                                        if (batches.incrementAndGet() == 2) {
                                            throw new IllegalStateException("the database is away");
                                        }
                                        List<?> batch = exchange.getMessage().getBody(List.class);
                                        batch.forEach(one -> stored.add(((Exchange) one).getMessage().getBody()));
                                        Object commit = exchange.getMessage().getHeader(KafkaConstants.MANUAL_COMMIT);
                                        if (commit != null) {
                                            ((KafkaManualCommit) commit).commit();
                                        }
                                    });
                        }
                    });
                    camel.start();
                    until(() -> lag(admin, topic) == 0);
                    camel.stop();
                    System.out.println(stored.size() + " of " + RECORDS + " stored, lag " + lag(admin, topic) + ": batching=true" + options);
                }
            }
        }
    }
}
JAVA
javac -cp "lib/*" Broken.java
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "lib/*:." Broken $port | tee seen
diff seen - <<'SEEN'
300 of 400 stored, lag 0: batching=true
300 of 400 stored, lag 0: batching=true&breakOnFirstError=true
300 of 400 stored, lag 0: batching=true&allowManualCommit=true&kafkaManualCommitFactory=#commits&breakOnFirstError=false
300 of 400 stored, lag 0: batching=true&allowManualCommit=true&kafkaManualCommitFactory=#commits&breakOnFirstError=true
400 of 400 stored, lag 0: batching=true&allowManualCommit=true&kafkaManualCommitFactory=#commits&breakOnFirstError=true&autoCommitEnable=false
SEEN
