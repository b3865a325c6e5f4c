#!/usr/bin/env bash
# The endpoint's key is not the key of a list's records.
#
# Package:   org.apache.camel:camel-kafka 4.18.0, with a broker of org.apache.kafka:kafka_2.13 4.4.0
# Expected:  key=session-1 as it is described: "the record key (or null if no key is specified). If this option has been configured then it takes precedence over header KEY".
# Seen:      so it is for a single body. Of a list, each element of which becomes a record, plain elements have no key at all; messages have the option's if they have a header KEY
#            of their own, which says something else, and none if they have no such header. The header KEY of the message that holds the list counts for none of them.
#            Headers are the other way round: each has those of the list, and loses its own, unless batchWithIndividualHeaders is true.
# Matters:   records without a key are spread over the partitions: whoever sends lists instead of single bodies, for speed, loses the order of a key without an error.
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
cat >Keys.java <<'JAVA'
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.*;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

public class Keys {
    static final int PARTITIONS = 1;
    static final Properties CLIENT = new Properties();

    public static void main(String[] args) throws Exception {
        CLIENT.put("bootstrap.servers", "127.0.0.1:" + args[0]);
        CLIENT.put("auto.offset.reset", "earliest");
        String topic = "keys";
        try (Admin admin = Admin.create(CLIENT); var camel = new DefaultCamelContext()) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
            camel.start();
            var producer = camel.createProducerTemplate();
            String uri = "kafka:" + topic + "?brokers=127.0.0.1:" + args[0] + "&key=session-1";
            producer.sendBodyAndHeader(uri, "a single body", "id", "of the message");
            Exchange with = new DefaultExchange(camel);
            with.getMessage().setBody("a message with a key in a list");
            with.getMessage().setHeader(KafkaConstants.KEY, "session-2");
            with.getMessage().setHeader("id", "its own");
            Exchange without = new DefaultExchange(camel);
            without.getMessage().setBody("a message without a key in a list");
            producer.sendBodyAndHeaders(uri, List.of("a plain element of a list", with, without), Map.of("id", "of the list", KafkaConstants.KEY, "session-3"));
            try (var consumer = new org.apache.kafka.clients.consumer.KafkaConsumer<>(CLIENT, new StringDeserializer(), new StringDeserializer())) {
                consumer.assign(List.of(new TopicPartition(topic, 0)));
                for (int seen = 0; seen < 4;) {
                    for (var record : consumer.poll(java.time.Duration.ofSeconds(1))) {
                        System.out.println(record.value() + ": key " + record.key() + ", id " + new String(record.headers().lastHeader("id").value()));
                        seen++;
                    }
                }
            }
        }
    }
}
JAVA
javac -cp "lib/*" Keys.java
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "lib/*:." Keys $port | tee seen
diff seen - <<'SEEN'
a single body: key session-1, id of the message
a plain element of a list: key null, id of the list
a message with a key in a list: key session-1, id of the list
a message without a key in a list: key null, id of the list
SEEN
