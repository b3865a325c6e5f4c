package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.KafkaBroker;
import dev.tac8.KafkaSite;
import dev.tac8.PostgresqlServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster on one computer: ten edges, a joiner, a broker and PostgreSQL, each a process or two on a network of their own. docs/scaling.md has what the
 * first test prints.
 */
@Tag("long")
class ClusterIT {
    private static final int EDGES = 10;
    private static final int FILE_RECORDS = 500;
    private static final int WARM_FILES = 20;
    private static final int FILES = 30;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double MICROSECONDS_A_TICK = 1e6 / 100;

    @TempDir
    private Path dir;
    private final List<Node> nodes = new ArrayList<>();
    private Network network;
    private Network.Computer databaseComputer;
    private PostgresqlServer database;
    private KafkaSite kafka;

    @BeforeEach
    void start() throws Exception {
        network = Network.open();
        databaseComputer = network.computer();
        database = PostgresqlServer.start(Files.createDirectories(dir.resolve("database")), databaseComputer.address(), databaseComputer.runs());
        Network.Computer computer = network.computer();
        kafka = new KafkaSite(KafkaBroker.start(dir.resolve("broker"), 1, computer.address(), computer.runs(), Map.of()).get(0));
    }

    @AfterEach
    void stop() throws Exception {
        for (Node node : nodes) {
            node.kill();
        }
        if (kafka != null) {
            kafka.close();
        }
        if (database != null) {
            databaseComputer.plugIn();
            database.close();
        }
        if (network != null) {
            network.close();
        }
    }

    /** Each edge gets a file of 500 records a second: ten of them 5,000 records a second. */
    @Test
    void showsTheProcessorTimeOfARecordByTheNumberOfEdges() throws Exception {
        System.out.println("edges  records  us a record: edges  joiner  broker  PostgreSQL  all");
        for (int edges : List.of(1, 2, 5, 10)) {
            String topic = "with" + edges;
            kafka.topics(topic, 12);
            database.create(topic);
            Node joiner = node(topic, "join");
            List<Node> all = IntStream.range(0, edges).mapToObj(edge -> node(topic, "edge")).toList();
            List<List<byte[]>> files = all.stream().map(edge -> files(topic + nodes.indexOf(edge))).toList();
            // What a service learns of itself in its first seconds is not counted.
            for (int edge = 0; edge < edges; edge++) {
                for (int file = 0; file < WARM_FILES; file++) {
                    all.get(edge).home.drop("warm-" + file + ".jsonl", files.get(edge).get(file));
                }
            }
            awaitStored(all, topic);

            List<ProcessHandle> edgeProcesses = all.stream().map(edge -> edge.process.toHandle()).toList();
            List<ProcessHandle> joinerProcess = List.of(joiner.process.toHandle());
            List<ProcessHandle> brokerProcess = List.of(kafka.broker().process());
            long[] before = {ticks(edgeProcesses), ticks(joinerProcess), ticks(brokerProcess), ticks(database.processes())};
            long began = System.nanoTime();
            drop(all, files);
            awaitStored(all, topic);
            double seconds = (System.nanoTime() - began) / 1e9;
            long[] after = {ticks(edgeProcesses), ticks(joinerProcess), ticks(brokerProcess), ticks(database.processes())};

            int records = edges * FILES * FILE_RECORDS;
            StringBuilder line = new StringBuilder(String.format("%5d  %7d", edges, records));
            double sum = 0;
            for (int i = 0; i < before.length; i++) {
                double each = (after[i] - before[i]) * MICROSECONDS_A_TICK / records;
                sum += each;
                line.append(String.format("  %6.1f", each));
            }
            System.out.printf("%s  %6.1f   (%.0f records/s)%n", line, sum, records / seconds);
            assertThat(rows(topic)).isEqualTo((long) edges * (WARM_FILES + FILES) * FILE_RECORDS);
            for (Node node : List.copyOf(nodes)) {
                node.kill();
            }
            nodes.clear();
        }
    }

    @Test
    void losesAndDoublesNothingWhileEdgesAndTheDatabaseAreCutOff() throws Exception {
        String topic = "cut";
        kafka.topics(topic, 12);
        database.create(topic);
        Random random = Corpus.random(getClass());
        List<Map<String, Object>> records = Corpus.records(random, 200 * EDGES, true);
        Node joiner = node(topic, "join");
        List<Node> edges = IntStream.range(0, EDGES).mapToObj(edge -> node(topic, "edge")).toList();

        deliver(edges, records, 0);
        Awaitility.await("something is stored").atMost(PATIENCE).ignoreExceptions().until(() -> rows(topic) > 0);

        edges.get(1).computer.pullCable();
        edges.get(2).computer.pullCable();
        deliver(edges, records, 1);
        edges.get(1).awaitSays("cannot be used");
        edges.get(3).kill();
        edges.get(3).start();

        databaseComputer.pullCable();
        deliver(edges, records, 2);
        joiner.awaitSays("The topic keeps everything");
        joiner.kill();
        joiner.start();
        assertThat(edges.get(1).home.waiting()).as("what an edge without its cable has not sent").isNotEmpty();

        databaseComputer.plugIn();
        edges.get(1).computer.plugIn();
        edges.get(2).computer.plugIn();
        deliver(edges, records, 3);
        awaitStored(edges, topic);

        Corpus.assertSame(joiner.home.ask(database.copy(topic, dir.resolve("copy.db"))).tables(), Corpus.tables(records));
    }

    /** A quarter of them, each record to one edge, and one in three to another as well. */
    private static void deliver(List<Node> edges, List<Map<String, Object>> records, int quarter) {
        List<Map<String, Object>> part = records.subList(quarter * records.size() / 4, (quarter + 1) * records.size() / 4);
        for (int edge = 0; edge < edges.size(); edge++) {
            int to = edge;
            edges.get(edge).home.drop(quarter + ".jsonl", IntStream.range(0, part.size())
                    .filter(i -> i % edges.size() == to || i % 3 == 0 && (i + 1) % edges.size() == to)
                    .mapToObj(i -> new String(Corpus.line(part.get(i)), StandardCharsets.UTF_8)).toList());
        }
    }

    private Node node(String topic, String role) {
        try {
            Home home = new Home(Files.createDirectories(dir.resolve(topic + nodes.size())));
            if (role.equals("join")) {
                database.use(home, topic).set("tac8.store.busy-seconds", 4).set("tac8.store.answer-seconds", 6).set("tac8.replica.follow", false);
            }
            Node node = new Node(kafka.use(home, role, topic), network.computer());
            nodes.add(node);
            node.start();
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls and events of a few sessions of this name, as a fleet logs them, a file a second. */
    private static List<byte[]> files(String name) {
        List<byte[]> files = new ArrayList<>();
        for (int file = 0; file < WARM_FILES + FILES; file++) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < FILE_RECORDS; i++) {
                int number = file * FILE_RECORDS + i;
                String ids = "\"session_id\":\"" + name + "-" + file / 10 + "\",\"task_id\":\"" + name + "-" + number / 200 + "\",\"worker_id\":\"" + name + "-" + number / 100 + "\"";
                lines.append(i % 5 == 0
                        ? "{\"type\":\"event\",\"id\":\"" + name + "-" + number + "\",\"timestamp\":\"2026-11-22T10:00:00.000Z\"," + ids + ",\"event_type\":\"progress\",\"message\":\"step " + i + "\"}\n"
                        : "{\"type\":\"api_call\",\"id\":\"" + name + "-" + number + "\",\"timestamp\":\"2026-11-22T10:00:00.000Z\"," + ids
                                + ",\"model\":\"some-model\",\"tokens_input\":1200,\"tokens_output\":300,\"cache_read_tokens\":7414,\"estimated_cost_usd\":0.01,\"duration_ms\":2500}\n");
            }
            files.add(lines.toString().getBytes(StandardCharsets.UTF_8));
        }
        return files;
    }

    private static void drop(List<Node> edges, List<List<byte[]>> files) throws Exception {
        AtomicInteger second = new AtomicInteger(WARM_FILES);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        clock.scheduleAtFixedRate(() -> {
            int file = second.getAndIncrement();
            for (int edge = 0; edge < edges.size() && file < WARM_FILES + FILES; edge++) {
                edges.get(edge).home.drop(file + ".jsonl", files.get(edge).get(file));
            }
        }, 0, 1, TimeUnit.SECONDS);
        Awaitility.await("all are dropped").atMost(PATIENCE).until(() -> second.get() >= WARM_FILES + FILES);
        clock.shutdownNow();
        assertThat(clock.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    private void awaitStored(List<Node> edges, String topic) {
        for (Node edge : edges) {
            Awaitility.await("the service has made its spool").atMost(PATIENCE).until(() -> Files.isDirectory(edge.home.spool()));
            edge.home.awaitDrained(PATIENCE);
        }
        Awaitility.await("all is stored").atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).ignoreExceptions()
                .until(() -> kafka.broker().lag(topic, topic) == 0);
    }

    private long rows(String topic) throws Exception {
        try (var connection = database.connect(topic); var statement = connection.createStatement();
             var rows = statement.executeQuery("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM api_calls)")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** The processor time of processes so far, and of their children that have ended, in hundredths of a second. */
    private static long ticks(List<ProcessHandle> processes) {
        long ticks = 0;
        for (ProcessHandle process : processes) {
            try {
                String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                for (int field = 11; field <= 14; field++) {
                    ticks += Long.parseLong(fields[field]);
                }
            } catch (IOException e) {
                // It has ended, and its parent has the time.
            }
        }
        return ticks;
    }

    private static final class Node {
        private final Home home;
        private final Network.Computer computer;
        private Process process;

        Node(Home home, Network.Computer computer) {
            this.home = home;
            this.computer = computer;
        }

        void start() throws IOException {
            ProcessBuilder command = home.command(List.of("-Xmx128m"), "run").redirectOutput(ProcessBuilder.Redirect.appendTo(home.path("log").toFile()));
            List<String> line = new ArrayList<>(computer.runs());
            line.addAll(command.command());
            process = command.command(line).start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        }

        void kill() throws InterruptedException {
            assertThat(process.destroyForcibly().waitFor(1, TimeUnit.MINUTES)).isTrue();
        }

        void awaitSays(String words) {
            Awaitility.await().atMost(Duration.ofSeconds(80)).untilAsserted(() -> assertThat(home.path("log")).content().contains(words));
        }
    }
}
