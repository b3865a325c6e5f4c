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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    private static final int OUTAGE_FILES = 60;
    private static final int LOCK_MILLISECONDS = 200;
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
            database.noteLockWaits(topic, LOCK_MILLISECONDS);
            Node joiner = node(topic, "join");
            List<Node> all = IntStream.range(0, edges).mapToObj(edge -> node(topic, "edge")).toList();
            warmUp(all, topic);

            List<ProcessHandle> edgeProcesses = all.stream().map(edge -> edge.process.toHandle()).toList();
            List<ProcessHandle> joinerProcess = List.of(joiner.process.toHandle());
            List<ProcessHandle> brokerProcess = List.of(kafka.broker().process());
            long[] before = {ticks(edgeProcesses), ticks(joinerProcess), ticks(brokerProcess), ticks(database.processes())};
            long began = System.nanoTime();
            drop(all, WARM_FILES, FILES, new HashMap<>());
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
            assertThat(database.lockWaits()).isEmpty();
            for (Node node : List.copyOf(nodes)) {
                node.kill();
            }
            nodes.clear();
        }
    }

    /** Two joiners write at once. */
    @Test
    void showsHowLongARecordTakesAndHowSoonIsStoredWhatCameInAMinuteWithoutTheDatabase() throws Exception {
        String topic = "delay";
        kafka.topics(topic, 12);
        database.create(topic);
        database.noteLockWaits(topic, LOCK_MILLISECONDS);
        node(topic, "join");
        node(topic, "join");
        Node reader = node(topic, "read");
        List<Node> edges = IntStream.range(0, EDGES).mapToObj(edge -> node(topic, "edge")).toList();
        warmUp(edges, topic);

        Map<String, Long> dropped = new ConcurrentHashMap<>();
        ExecutorService watchers = Executors.newFixedThreadPool(2);
        Future<List<Long>> stored = watchers.submit(() -> delays(dropped, () -> database.connect(topic)));
        Future<List<Long>> replicated = watchers.submit(() -> delays(dropped, () -> DriverManager.getConnection("jdbc:sqlite:" + reader.home.database())));
        drop(edges, WARM_FILES, FILES, dropped);
        print("to PostgreSQL", stored.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        print("to a replica", replicated.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        watchers.shutdown();
        awaitStored(edges, topic);
        assertThat(database.lockWaits()).as("who waits for longer than %s ms", LOCK_MILLISECONDS).isEmpty();

        databaseComputer.pullCable();
        drop(edges, WARM_FILES + FILES, OUTAGE_FILES, new HashMap<>());
        edges.forEach(edge -> edge.home.awaitDrained(PATIENCE));
        long waiting = kafka.broker().lag(topic, topic);
        databaseComputer.plugIn();
        long back = System.nanoTime();
        Awaitility.await("it is used again").atMost(PATIENCE).ignoreExceptions().until(() -> kafka.broker().lag(topic, topic) < waiting);
        long again = System.nanoTime();
        awaitStored(edges, topic);
        System.out.printf("%d records had waited: used again after %.1f s, all stored %.1f s later; %d waits for a lock over %d ms%n", waiting, (again - back) / 1e9,
                (System.nanoTime() - again) / 1e9, database.lockWaits().size(), LOCK_MILLISECONDS);
        assertThat(rows(topic)).isEqualTo((long) EDGES * (WARM_FILES + FILES + OUTAGE_FILES) * FILE_RECORDS);
    }

    private static void print(String where, List<Long> delays) {
        System.out.printf("a file %s: p50 %d ms, p99 %d ms, longest %d ms, of %d%n", where, delays.get(delays.size() / 2), delays.get(delays.size() * 99 / 100),
                delays.get(delays.size() - 1), delays.size());
    }

    /** How many milliseconds each file's last record took from the spool to a database, shortest first. */
    private static List<Long> delays(Map<String, Long> dropped, Callable<Connection> database) throws Exception {
        List<Long> delays = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        try (Connection connection = database.call(); PreparedStatement question = connection.prepareStatement("SELECT 1 FROM api_calls WHERE record_id = ?")) {
            Awaitility.await("each was seen").atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> {
                for (String id : Set.copyOf(dropped.keySet())) {
                    question.setString(1, id);
                    if (!seen.contains(id) && isThere(question)) {
                        seen.add(id);
                        delays.add((System.nanoTime() - dropped.get(id)) / 1_000_000);
                    }
                }
                return delays.size() == EDGES * FILES;
            });
        }
        delays.sort(null);
        return delays;
    }

    private static boolean isThere(PreparedStatement question) throws SQLException {
        try (ResultSet found = question.executeQuery()) {
            return found.next();
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
            boolean reads = role.equals("read");
            if (!role.equals("edge")) {
                database.use(home, topic).set("tac8.store.busy-seconds", 4).set("tac8.store.answer-seconds", 6).set("tac8.replica.follow", reads);
            }
            Node node = new Node(reads ? home : kafka.use(home, role, topic), network.computer(), reads ? "replica" : "run");
            nodes.add(node);
            node.start();
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a service learns of itself in its first seconds is not counted. */
    private void warmUp(List<Node> edges, String topic) {
        for (Node edge : edges) {
            for (int file = 0; file < WARM_FILES; file++) {
                edge.home.drop("warm-" + file + ".jsonl", file(edge, file));
            }
        }
        awaitStored(edges, topic);
    }

    /** Calls and events of a few sessions of an edge's name, as a fleet logs them, a file a second. */
    private static byte[] file(Node edge, int file) {
        String name = edge.name();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < FILE_RECORDS; i++) {
            int number = file * FILE_RECORDS + i;
            String ids = "\"session_id\":\"" + name + "-" + file / 10 + "\",\"task_id\":\"" + name + "-" + number / 200 + "\",\"worker_id\":\"" + name + "-" + number / 100 + "\"";
            lines.append(i % 5 == 0
                    ? "{\"type\":\"event\",\"id\":\"" + name + "-" + number + "\",\"timestamp\":\"2026-11-22T10:00:00.000Z\"," + ids + ",\"event_type\":\"progress\",\"message\":\"step " + i + "\"}\n"
                    : "{\"type\":\"api_call\",\"id\":\"" + name + "-" + number + "\",\"timestamp\":\"2026-11-22T10:00:00.000Z\"," + ids
                            + ",\"model\":\"some-model\",\"tokens_input\":1200,\"tokens_output\":300,\"cache_read_tokens\":7414,\"estimated_cost_usd\":0.01,\"duration_ms\":2500}\n");
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Each edge gets a file a second; when, is kept by the id of its last record. */
    private static void drop(List<Node> edges, int from, int files, Map<String, Long> dropped) throws Exception {
        AtomicInteger second = new AtomicInteger(from);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        clock.scheduleAtFixedRate(() -> {
            int file = second.get();
            for (Node edge : file < from + files ? edges : List.<Node>of()) {
                byte[] lines = file(edge, file);
                dropped.put(edge.name() + "-" + ((file + 1) * FILE_RECORDS - 1), System.nanoTime());
                edge.home.drop(file + ".jsonl", lines);
            }
            second.incrementAndGet();
        }, 0, 1, TimeUnit.SECONDS);
        Awaitility.await("all are dropped").atMost(PATIENCE).until(() -> second.get() >= from + files);
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
        private final String command;
        private Process process;

        Node(Home home, Network.Computer computer, String command) {
            this.home = home;
            this.computer = computer;
            this.command = command;
        }

        String name() {
            return home.path("").getFileName().toString();
        }

        void start() throws IOException {
            ProcessBuilder command = home.command(List.of("-Xmx128m"), this.command).redirectOutput(ProcessBuilder.Redirect.appendTo(home.path("log").toFile()));
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
