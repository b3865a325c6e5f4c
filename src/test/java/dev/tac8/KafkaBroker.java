package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.springframework.util.FileSystemUtils;

/**
 * A real Kafka of a test's own: one broker, or some that replicate, each a process. Maven has put its libraries into a folder of their own, as they
 * are not those of the client that tac8 has. What is asked here is asked by a client beside tac8's.
 */
public final class KafkaBroker implements Closeable {
    static final Path LIBRARIES = Path.of("target/kafka-server").toAbsolutePath();
    private static final Duration LONGEST_START = Duration.ofMinutes(3);

    private final Path dir;
    private final String host;
    private final int port;
    private final int controllerPort;
    private final List<String> namespace;
    private List<String> options = List.of();
    private Map<String, String> settings;
    private String cluster;
    private Process process;

    private KafkaBroker(Path dir, String host, List<String> namespace) throws IOException {
        this.dir = Files.createDirectories(dir.toAbsolutePath());
        this.host = host;
        this.namespace = namespace;
        port = FreePort.take();
        controllerPort = FreePort.take();
    }

    /** Starts one in a folder of its own. */
    public static KafkaBroker start(Path dir) {
        return start(dir, Map.of());
    }

    /** Starts one with further settings, or others. */
    public static KafkaBroker start(Path dir, Map<String, String> more) {
        return start(dir, 1, more).get(0);
    }

    /** Starts some that are one cluster. */
    public static List<KafkaBroker> start(Path dir, int nodes, Map<String, String> more) {
        return start(dir, nodes, "127.0.0.1", List.of(), more);
    }

    /**
     * Starts some that are one cluster.
     *
     * @param host where they listen
     * @param namespace what stands before their command line, such as {@code ip netns exec NAME}
     */
    public static List<KafkaBroker> start(Path dir, int nodes, String host, List<String> namespace, Map<String, String> more) {
        try {
            List<String> quick = Archive.OPTIONS;
            List<KafkaBroker> brokers = new ArrayList<>();
            for (int node = 1; node <= nodes; node++) {
                brokers.add(new KafkaBroker(nodes == 1 ? dir : dir.resolve("broker-" + node), host, namespace));
            }
            String voters = IntStream.range(0, nodes).mapToObj(i -> i + 1 + "@" + host + ":" + brokers.get(i).controllerPort).collect(Collectors.joining(","));
            String cluster = Uuid.randomUuid().toString();
            for (int i = 0; i < nodes; i++) {
                brokers.get(i).cluster = cluster;
                brokers.get(i).settings = brokers.get(i).settings(i + 1, nodes, voters, more);
                brokers.get(i).options = quick;
            }
            for (KafkaBroker broker : brokers) {
                broker.launch();
            }
            for (KafkaBroker broker : brokers) {
                broker.awaitStart();
            }
            return brokers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> settings(int node, int nodes, String voters, Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", String.valueOf(node));
        all.put("controller.quorum.voters", voters);
        String listeners = "PLAINTEXT://" + host + ":" + port + ",CONTROLLER://" + host + ":" + controllerPort;
        all.put("listeners", listeners);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
        all.put("log.dirs", data().toString());
        all.put("auto.create.topics.enable", "false");
        String copies = String.valueOf(Math.min(nodes, 3));
        all.put("default.replication.factor", copies);
        all.put("min.insync.replicas", nodes < 3 ? "1" : "2");
        all.put("offsets.topic.replication.factor", copies);
        all.put("offsets.topic.num.partitions", "2");
        all.put("transaction.state.log.replication.factor", copies);
        all.put("transaction.state.log.num.partitions", "2");
        // A group begins at once, and who has died or hangs is noticed soon: tests wait for both.
        all.put("group.initial.rebalance.delay.ms", "0");
        all.put("group.min.session.timeout.ms", "500");
        all.put("broker.session.timeout.ms", "3000");
        all.put("broker.heartbeat.interval.ms", "500");
        all.put("controller.socket.timeout.ms", "2000");
        all.put("replica.socket.timeout.ms", "2000");
        // A small process on a small computer.
        all.put("num.network.threads", "2");
        all.put("num.io.threads", "2");
        all.put("background.threads", "2");
        all.put("log.cleaner.dedupe.buffer.size", "2097152");
        all.putAll(more);
        // One that listens elsewhere, too.
        all.computeIfPresent("listeners", (key, value) -> value.replace("{listeners}", listeners));
        return all;
    }

    /** Gives it further settings, or others, at its next start. */
    public void set(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        more.forEach((key, value) -> all.put(key, key.equals("listeners") ? all.get(key) : value));
        settings = all;
    }

    private Path data() {
        return dir.resolve("data");
    }

    /** Starts it again with the same data at the same place, after a crash too. */
    public void start() {
        try {
            launch();
            awaitStart();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch() throws IOException {
        if (!Files.isDirectory(LIBRARIES)) {
            throw new IllegalStateException("There is no Kafka in " + LIBRARIES + ": Maven puts it there before the tests, with: mvn generate-test-resources");
        }
        format();
        process = process("kafka.Kafka", file().toString());
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** Writes its settings, and makes its folder if there is none. */
    private void format() throws IOException {
        Files.write(file(), settings.entrySet().stream().map(one -> one.getKey() + "=" + one.getValue().replace("\\", "\\\\")).toList());
        if (Files.notExists(data())) {
            int code = await(process("kafka.tools.StorageTool", "format", "-t", cluster, "-c", file().toString()));
            assertThat(code).as(() -> "Kafka makes its folder. It says: " + log()).isZero();
        }
    }

    private Path file() {
        return dir.resolve("server.properties");
    }

    private Process process(String program, String... args) throws IOException {
        List<String> line = new ArrayList<>(namespace);
        line.addAll(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                "-Dorg.apache.logging.log4j.level=WARN"));
        line.addAll(options);
        line.addAll(List.of("-cp", LIBRARIES + "/*", program));
        line.addAll(List.of(args));
        return new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile())).start();
    }

    private void awaitStart() {
        Awaitility.await("Kafka is up").atMost(LONGEST_START).pollInterval(Duration.ofMillis(50)).until(() -> {
            assertThat(process.isAlive()).as(() -> "Kafka runs. It says: " + log()).isTrue();
            return isUp();
        });
    }

    private boolean isUp() throws InterruptedException {
        // A client that tries in vain fills the log with warnings.
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 1000);
        } catch (IOException e) {
            return false;
        }
        try (Admin admin = admin()) {
            String self = settings.get("node.id");
            return admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).stream().anyMatch(node -> node.idString().equals(self));
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private String log() {
        try {
            List<String> lines = Files.readAllLines(dir.resolve("log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a client finds it. */
    public String bootstrap() {
        return host + ":" + port;
    }

    /** Where a client finds the cluster that some are. */
    public static String bootstrap(List<KafkaBroker> brokers) {
        return brokers.stream().map(KafkaBroker::bootstrap).collect(Collectors.joining(","));
    }

    /** Ends it as an operator does. */
    public void stop() {
        process.destroy();
        await(process);
    }

    /** Ends it as {@code kill -9} does: what it has acknowledged may be in no file yet but the system's own memory, and survives. */
    public void kill() {
        process.destroyForcibly();
        await(process);
    }

    /** Takes all that it has stored, when it has ended. */
    public void loseDisk() {
        assertThat(process.isAlive()).as("Kafka has ended").isFalse();
        try {
            FileSystemUtils.deleteRecursively(data());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has it answer nobody, as a computer that hangs does not; connections stay open, and new ones are taken by the system. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets it go on. */
    public void thaw() {
        signal("CONT");
    }

    /** Its process. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    private void signal(String name) {
        try {
            assertThat(await(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start())).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int await(Process process) {
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("The process ends").isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A client that asks and orders; to be closed. */
    public Admin admin() {
        return Admin.create(client());
    }

    private Map<String, Object> client() {
        return Map.of("bootstrap.servers", bootstrap(), "default.api.timeout.ms", 30_000, "request.timeout.ms", 3000);
    }

    /** Makes a topic, with as many replicas as there are brokers, three at most. */
    public void createTopic(String name, int partitions, Map<String, String> configs) {
        try (Admin admin = admin()) {
            get(admin.createTopics(List.of(new NewTopic(name, partitions, Short.parseShort(settings.get("default.replication.factor"))).configs(configs))).all());
        }
        // A broker hears of it a little later.
        Awaitility.await("the topic is there").ignoreExceptions().until(() -> ends(name).size() == partitions);
    }

    /** Deletes a topic, which the broker does a little later. */
    public void deleteTopic(String name) {
        try (Admin admin = admin()) {
            get(admin.deleteTopics(List.of(name)).all());
        }
    }

    /** Sends values without keys to a partition, and is back when the broker has them. */
    public void send(String topic, int partition, List<String> values) {
        send(topic, partition, values, Map.of());
    }

    /** The same, each with these headers. */
    public void send(String topic, int partition, List<String> values, Map<String, String> headers) {
        List<Header> all = headers.entrySet().stream().map(one -> (Header) new RecordHeader(one.getKey(), one.getValue().getBytes(StandardCharsets.UTF_8))).toList();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(client(Map.of("acks", "all")), new ByteArraySerializer(), new ByteArraySerializer())) {
            var answers = values.stream().map(value -> producer.send(new ProducerRecord<byte[], byte[]>(topic, partition, (byte[]) null, value.getBytes(StandardCharsets.UTF_8), all))).toList();
            producer.flush();
            answers.forEach(KafkaBroker::get);
        }
    }

    /** What is in a topic: one partition after the other, each in its order. */
    public List<Line> lines(String topic) {
        Map<TopicPartition, Long> ends = ends(topic);
        List<Line> lines = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(client(Map.of("isolation.level", "read_committed", "enable.auto.commit", "false")),
                new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (TopicPartition partition : ends.keySet()) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                while (consumer.position(partition) < ends.get(partition)) {
                    consumer.poll(Duration.ofMillis(200)).forEach(record -> lines.add(Line.of(record)));
                }
            }
        }
        return lines;
    }

    /** Up to where each partition of a topic is filled. */
    public Map<TopicPartition, Long> ends(String topic) {
        try (Admin admin = admin()) {
            Map<TopicPartition, OffsetSpec> asked = new LinkedHashMap<>();
            get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions()
                    .forEach(partition -> asked.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
            Map<TopicPartition, Long> ends = new LinkedHashMap<>();
            var answers = get(admin.listOffsets(asked).all());
            asked.keySet().forEach(partition -> ends.put(partition, answers.get(partition).offset()));
            return ends;
        }
    }

    /** Who of a cluster takes what is sent to a partition. */
    public static KafkaBroker leader(List<KafkaBroker> brokers, String topic, int partition) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap(brokers)))) {
            String leader = get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().get(partition).leader().idString();
            return brokers.stream().filter(broker -> broker.settings.get("node.id").equals(leader)).findFirst().orElseThrow();
        }
    }

    /** How many brokers at least have all of each partition of a topic. */
    public int copies(String topic) {
        try (Admin admin = admin()) {
            return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().stream().mapToInt(partition -> partition.isr().size()).min().orElseThrow();
        }
    }

    /** What it has of a partition on its own disk, acknowledged or not. */
    public long bytes(String topic, int partition) throws IOException {
        return Files.size(data().resolve(topic + "-" + partition).resolve("00000000000000000000.log"));
    }

    /** Up to where a group has committed each partition of which it has. */
    public Map<TopicPartition, Long> committed(String group) {
        try (Admin admin = admin()) {
            return get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).entrySet().stream().filter(one -> one.getValue() != null)
                    .collect(Collectors.toMap(Map.Entry::getKey, one -> one.getValue().offset()));
        }
    }

    /** How many records of a topic a group has not committed. */
    public long lag(String group, String topic) {
        Map<TopicPartition, Long> committed = committed(group);
        return ends(topic).entrySet().stream().mapToLong(end -> end.getValue() - committed.getOrDefault(end.getKey(), 0L)).sum();
    }

    /** How many members a group has that the broker has heard of lately. */
    public int members(String group) {
        try (Admin admin = admin()) {
            return get(admin.describeConsumerGroups(List.of(group)).all()).get(group).members().size();
        }
    }

    /** Has a group go on without the members that it has. */
    public void removeMembers(String group) {
        try (Admin admin = admin()) {
            get(admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all());
        }
    }

    /** Has a group that nobody is a member of begin again at an offset of each partition. */
    public void rewind(String group, String topic, long offset) {
        try (Admin admin = admin()) {
            get(admin.alterConsumerGroupOffsets(group, ends(topic).keySet().stream()
                    .collect(Collectors.toMap(partition -> partition, partition -> new OffsetAndMetadata(offset)))).all());
        }
    }

    /** Deletes what is before an offset of each partition, as retention does. */
    public void forget(String topic, long offset) {
        try (Admin admin = admin()) {
            get(admin.deleteRecords(ends(topic).keySet().stream().collect(Collectors.toMap(partition -> partition, partition -> RecordsToDelete.beforeOffset(offset)))).all());
        }
    }

    private Map<String, Object> client(Map<String, String> more) {
        Map<String, Object> all = new LinkedHashMap<>(client());
        all.putAll(more);
        return all;
    }

    private static <T> T get(Future<T> answer) {
        try {
            return answer.get(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("Kafka has not answered for a minute", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        await(process);
    }

    /** The classes that a broker loads, written down by one that is started for that, once a build: each takes half of the processor then. */
    private static final class Archive {
        static final List<String> OPTIONS = options();

        private static List<String> options() {
            if (!Files.isDirectory(LIBRARIES)) {
                // As a start says.
                return List.of();
            }
            try {
                Path folder = Files.createDirectories(LIBRARIES.resolveSibling("quick-start"));
                Path archive = folder.resolve("kafka.jsa");
                try (FileChannel channel = FileChannel.open(folder.resolve("kafka.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                     FileLock lock = channel.lock()) {
                    if (Files.notExists(archive) || Files.getLastModifiedTime(archive).compareTo(newest()) < 0) {
                        make(archive);
                    }
                }
                // Nothing printed about an archive that does not fit.
                return Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable") : List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static FileTime newest() throws IOException {
            FileTime newest = FileTime.fromMillis(0);
            try (Stream<Path> jars = Files.list(LIBRARIES)) {
                for (Path jar : jars.toList()) {
                    FileTime time = Files.getLastModifiedTime(jar);
                    newest = time.compareTo(newest) > 0 ? time : newest;
                }
            }
            return newest;
        }

        private static void make(Path archive) throws IOException, InterruptedException {
            Path dir = Files.createTempDirectory("tac8-kafka");
            Path part = archive.resolveSibling("kafka.part");
            try (KafkaBroker broker = new KafkaBroker(dir, "127.0.0.1", List.of())) {
                broker.cluster = Uuid.randomUuid().toString();
                broker.settings = broker.settings(1, 1, "1@127.0.0.1:" + broker.controllerPort, Map.of());
                broker.format();
                broker.options = List.of("-XX:ArchiveClassesAtExit=" + part);
                broker.start();
                broker.process.destroy();
                // Java writes the archive before it ends.
                if (broker.process.waitFor(3, TimeUnit.MINUTES) && Files.exists(part)) {
                    Files.move(part, archive, StandardCopyOption.REPLACE_EXISTING);
                }
            } finally {
                FileSystemUtils.deleteRecursively(dir);
            }
        }
    }

    /** A record of a topic; the key and a header may be null. */
    public record Line(int partition, long offset, String key, String value, Map<String, String> headers) {
        private static Line of(ConsumerRecord<byte[], byte[]> record) {
            Map<String, String> headers = new LinkedHashMap<>();
            record.headers().forEach(header -> headers.put(header.key(), text(header.value())));
            return new Line(record.partition(), record.offset(), text(record.key()), text(record.value()), headers);
        }

        private static String text(byte[] bytes) {
            return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
