package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.PostgresqlServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts, each a service as a process, with one PostgreSQL: they are killed, and it crashes, while both store much the same records. */
@Tag("thorough")
class PostgresqlIT {
    private static final int FILES = 4;
    private static final int ROUNDS = Math.max(1, Integer.getInteger("tac8.test.kills", FILES) / FILES);
    private static final int RECORDS = 800;
    /** Few, so that a kill comes between two commits, or amid one. */
    private static final int CHUNK = 20;
    /** Longer than a start takes. */
    private static final int MOST_MILLISECONDS = 5000;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    private Path dir;

    @Test
    void losesAndDoublesNothingWhileHostsAreKilledAndTheDatabaseCrashes() throws Exception {
        Random random = Corpus.random(getClass());
        List<Map<String, Object>> all = new ArrayList<>();
        int restarts = 0;
        try (PostgresqlServer server = PostgresqlServer.start(Files.createDirectories(dir.resolve("server")))) {
            server.create("shared");
            List<Host> hosts = new ArrayList<>();
            for (String name : List.of("one", "two")) {
                hosts.add(new Host(server.use(new Home(Files.createDirectories(dir.resolve(name))), "shared").set("tac8.ingest.chunk-records", CHUNK)));
            }
            for (int round = 0; round < ROUNDS; round++) {
                List<Map<String, Object>> records = Corpus.records(random, RECORDS, true);
                int of = round;
                records.replaceAll(record -> of(record, of));
                all.addAll(records);
                for (Host host : hosts) {
                    host.start();
                    // On a computer with much else to do kills come faster than records are stored, and would soon meet nothing but starts.
                    Awaitility.await("little waits").atMost(PATIENCE).until(() -> Files.notExists(host.home.spool()) || host.home.waiting().size() <= 2 * FILES);
                }
                for (int file = 0; file < FILES; file++) {
                    for (int host = 0; host < hosts.size(); host++) {
                        // Each gets two thirds of them, and so much comes twice.
                        int left = host;
                        List<Map<String, Object>> part = records.subList(file * records.size() / FILES, (file + 1) * records.size() / FILES);
                        hosts.get(host).home.drop(round + "-" + file + ".jsonl", IntStream.range(0, part.size()).filter(i -> i % 3 != left)
                                .mapToObj(i -> new String(Corpus.line(part.get(i)), StandardCharsets.UTF_8)).toList());
                    }
                    boolean atOnce = random.nextBoolean();
                    if (file == 1) {
                        server.crash();
                        // It is there again before anybody has noticed, or away for some seconds.
                        if (atOnce) {
                            server.start();
                            restarts++;
                        }
                    } else if (file == 2 && !server.isRunning()) {
                        server.start();
                    }
                    hosts.get(random.nextInt(hosts.size())).kill(random.nextInt(MOST_MILLISECONDS));
                    for (Host host : hosts) {
                        host.start();
                    }
                }
            }
            System.out.printf("killed: hosts %d times, the database %d times, of which it came back at once %d times%n", ROUNDS * FILES, ROUNDS, restarts);
            for (Host host : hosts) {
                host.start();
                host.home.awaitDrained(PATIENCE);
                host.awaitHome();
                host.kill(0);
                assertThat(host.home.quarantined()).isEmpty();
            }

            Home home = hosts.get(0).home;
            for (Host host : hosts) {
                Home.Finished read = host.home.run("replica", "--once");
                assertThat(read.exitCode()).as(read.output()).isZero();
                Corpus.assertSame(host.home.tables(), Corpus.tables(all));
                host.home.assertSound();
            }
            Corpus.assertSame(home.ask(server.copy("shared", dir.resolve("copy.db"))).tables(), Corpus.tables(all));
        }
    }

    /** The same record with ids of its round's own: those of one round know nothing of another. */
    private static Map<String, Object> of(Map<String, Object> record, int round) {
        Map<String, Object> own = new LinkedHashMap<>(record);
        for (String id : List.of("id", "session_id", "task_id", "worker_id")) {
            own.computeIfPresent(id, (key, value) -> value.equals("unknown") || value.equals("") ? value : value + "-" + round);
        }
        return own;
    }

    private static final class Host {
        private final Home home;
        private Process process;

        Host(Home home) {
            this.home = home;
        }

        void start() throws Exception {
            if (process == null || !process.isAlive()) {
                process = home.command(List.of(), "run").redirectOutput(ProcessBuilder.Redirect.appendTo(home.path("log").toFile())).start();
                Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            }
        }

        /** Kills it after some time. */
        void kill(int milliseconds) throws Exception {
            process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
        }

        void awaitHome() {
            Awaitility.await("all is home").atMost(PATIENCE).until(() -> Home.query(home.localDatabase(),
                    "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM events) + (SELECT count(*) FROM api_calls)").equals(List.of("0")));
        }
    }
}
