package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.KafkaSite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two edges and a joiner, each a process, and the broker, are killed while they work, the joiner also while it holds a batch that it cannot store. What is stored in the end
 * is what one tac8 alone makes of the same files.
 */
@Tag("thorough")
class KafkaKillIT {
    private static final String TOPIC = "kills";
    private static final int KILLS = Math.max(10, Integer.getInteger("tac8.test.kills", 10));
    private static final int RECORDS = 100;
    /** Few, so that a kill comes between two batches, or amid one. */
    private static final int CHUNK = 20;
    /** Longer than a start takes. */
    private static final int MOST_MILLISECONDS = 6000;
    private static final int MOST_WAITING = 5;
    private static final Pattern CANNOT_STORE = Pattern.compile("ERROR join-batch - .*database is locked");
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    private Path dir;

    @Test
    void losesAndDoublesNothingWhileEdgesJoinerAndBrokerAreKilled() throws Exception {
        Random random = Corpus.random(getClass());
        List<Map<String, Object>> records = Corpus.records(random, KILLS * RECORDS, false);
        try (KafkaSite kafka = new KafkaSite(Files.createDirectories(dir.resolve("server"))).topics(TOPIC, 3);
             Home alone = new Home(Files.createDirectories(dir.resolve("alone")))) {
            Node left = node(kafka, "left", "edge");
            Node right = node(kafka, "right", "edge");
            Node join = node(kafka, "join", "join");
            // One that is killed is taken for dead soon, so that the next one has something to do.
            join.home.edit("application.properties", "tac8.kafka.consumers=1", "tac8.kafka.consumers=1\ncamel.component.kafka.session-timeout-ms=3000\n"
                    + "camel.component.kafka.heartbeat-interval-ms=500");
            List<Node> nodes = List.of(left, right, join);
            int broker = nodes.size();
            int holding = broker + 1;
            // Each of them, the broker and the joiner that holds a batch as often as any other, in an order of chance.
            List<Integer> victims = new ArrayList<>(IntStream.range(0, KILLS).mapToObj(kill -> kill % (holding + 1)).toList());
            Collections.shuffle(victims, random);
            for (int kill = 0; kill < KILLS; kill++) {
                int victim = victims.get(kill);
                join.start();
                Connection writer = victim == holding ? writer(join.home) : null;
                String before = join.said();
                List<String> lines = new ArrayList<>(List.of("no record " + kill));
                records.subList(kill * records.size() / KILLS, (kill + 1) * records.size() / KILLS)
                        .forEach(record -> lines.add(new String(Corpus.line(record), StandardCharsets.UTF_8)));
                alone.drop(kill + ".jsonl", lines);
                // Some files come to both.
                if (kill % 2 == 0) {
                    left.home.drop(kill + ".jsonl", lines);
                }
                if (kill % 3 != 0 || kill % 2 != 0) {
                    right.home.drop("again-" + kill + ".jsonl", lines);
                }
                for (Node node : nodes) {
                    node.start();
                }
                // On a computer with much else to do kills come faster than records are sent, and would soon meet nothing but starts.
                for (Node edge : kill == 0 ? List.<Node>of() : List.of(left, right)) {
                    Awaitility.await("little waits").atMost(PATIENCE).until(() -> edge.home.waiting().size() <= MOST_WAITING);
                }
                if (victim == holding) {
                    Awaitility.await("it holds a batch").atMost(PATIENCE).until(() -> CANNOT_STORE.matcher(join.said().substring(before.length())).find());
                    join.kill();
                    writer.close();
                    continue;
                }
                nodes.get(0).process.waitFor(random.nextInt(MOST_MILLISECONDS), TimeUnit.MILLISECONDS);
                if (victim == broker) {
                    kafka.broker().kill();
                    kafka.broker().start();
                } else {
                    nodes.get(victim).kill();
                }
            }
            System.out.printf("killed: the left edge %d times, the right one %d, the joiner %d, the broker %d, the joiner with a batch %d%n",
                    IntStream.rangeClosed(0, holding).mapToObj(victim -> Collections.frequency(victims, victim)).toArray());
            for (Node node : nodes) {
                node.start();
            }
            left.home.awaitDrained(PATIENCE);
            right.home.awaitDrained(PATIENCE);
            kafka.awaitJoined(TOPIC);
            for (Node node : nodes) {
                node.kill();
            }
            alone.drain();

            assertThat(kafka.broker().lines(TOPIC)).hasSizeGreaterThanOrEqualTo(records.size());
            assertThat(kafka.broker().lines(TOPIC + "-refused")).isEmpty();
            Corpus.assertSame(join.home.tables(), alone.tables());
            join.home.assertSound();
        }
    }

    private Node node(KafkaSite kafka, String name, String role) throws Exception {
        return new Node(kafka.use(new Home(Files.createDirectories(dir.resolve(name))), role, TOPIC).set("tac8.ingest.chunk-records", CHUNK).set("tac8.store.busy-seconds", 1));
    }

    /** Somebody else's transaction on the store: until it is closed the joiner cannot store what it holds, and would lose it if it had told the broker before. */
    private static Connection writer(Home home) throws Exception {
        Awaitility.await("there is a store").atMost(PATIENCE).until(() -> Files.exists(home.database()));
        Connection connection = DriverManager.getConnection("jdbc:sqlite:file:" + home.database() + "?mode=rw&busy_timeout=60000");
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
        }
        return connection;
    }

    private static final class Node {
        private final Home home;
        private Process process;

        Node(Home home) {
            this.home = home;
        }

        void start() throws Exception {
            if (process == null || !process.isAlive()) {
                process = home.command(List.of(), "run").redirectOutput(ProcessBuilder.Redirect.appendTo(home.path("log").toFile())).start();
                Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            }
        }

        String said() throws Exception {
            return Files.readString(home.path("log"));
        }

        void kill() throws Exception {
            assertThat(process.destroyForcibly().waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }
}
