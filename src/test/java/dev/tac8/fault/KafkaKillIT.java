package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.KafkaSite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two edges and a joiner, each a process, and the broker, are killed while they work. What is stored in the end is what one tac8 alone makes of the same files. */
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
            List<Node> nodes = List.of(left, right, join);
            // Each of them and the broker as often as any other, in an order of chance.
            List<Integer> victims = new ArrayList<>(IntStream.range(0, KILLS).mapToObj(kill -> kill % (nodes.size() + 1)).toList());
            Collections.shuffle(victims, random);
            for (int kill = 0; kill < KILLS; kill++) {
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
                int victim = victims.get(kill);
                nodes.get(0).process.waitFor(random.nextInt(MOST_MILLISECONDS), TimeUnit.MILLISECONDS);
                if (victim == nodes.size()) {
                    kafka.broker().kill();
                    kafka.broker().start();
                } else {
                    nodes.get(victim).kill();
                }
            }
            System.out.printf("killed: the left edge %d times, the right one %d, the joiner %d, the broker %d%n",
                    IntStream.rangeClosed(0, nodes.size()).mapToObj(victim -> Collections.frequency(victims, victim)).toArray());
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
        return new Node(kafka.use(new Home(Files.createDirectories(dir.resolve(name))), role, TOPIC).set("tac8.ingest.chunk-records", CHUNK));
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

        void kill() throws Exception {
            assertThat(process.destroyForcibly().waitFor(1, TimeUnit.MINUTES)).isTrue();
        }
    }
}
