package dev.tac8.bench;

import dev.tac8.KafkaBroker;
import dev.tac8.KafkaSite;
import dev.tac8.PostgresqlServer;
import dev.tac8.settings.Setting;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Agents' files: {@code ./tac8 import} and {@code cost --by day} beside what ccusage makes of the same files, {@code recost} beside the
 * ingest of the same calls, and {@code ./tac8 ingest} into PostgreSQL, and by a topic of Kafka, beside that into SQLite.
 * Each is a process of its own, as its users start it, without a running service, below {@code time}.
 */
final class Imports {
    private static final String CCUSAGE = "ccusage@20.0.24";
    private static final String SQLITE = "SQLite";
    private static final Path TIME = Path.of("/usr/bin/time");

    private final Path dir;
    private final Map<String, List<Used>> used = new LinkedHashMap<>();

    /** Processor seconds and peak resident memory of a process. */
    private record Used(double seconds, double cpuSeconds, double mebibytes) {
    }

    Imports(Path dir) {
        this.dir = dir;
    }

    /** A first import, a second one and a question, beside ccusage if npm can install it. */
    List<String> imports(int megabytes, int rounds) throws IOException, InterruptedException {
        Path agents = dir.resolve("agents");
        Transcripts.main(new String[] {agents.resolve(".claude").toString(), String.valueOf(megabytes)});
        List<String> rival = rival();
        for (int round = 0; round < rounds; round++) {
            Path home = home("import-" + round);
            run("first import", home, agents, "./tac8", "import");
            run("second import", home, agents, "./tac8", "import");
            run("cost --by day", home, agents, "./tac8", "cost", "--by", "day");
            if (rival != null) {
                run(CCUSAGE + " daily", home, agents, rival.toArray(String[]::new));
            }
            Benchmark.delete(home);
        }
        List<String> lines = table(String.format(Locale.ROOT, "%d MB of transcripts; %d rounds, medians; the processor's seconds beside those of ccusage", megabytes, rounds), CCUSAGE + " daily");
        if (rival == null) {
            lines.add("ccusage is left out: npm is not there, or cannot install it.");
        }
        return lines;
    }

    /** Calls without a cost are ingested, and then priced. */
    List<String> recost(long calls, int rounds) throws IOException, InterruptedException {
        used.clear();
        Path file = dir.resolve("calls.jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            Instant begin = Instant.parse("2026-10-01T00:00:00Z");
            for (long i = 0; i < calls; i++) {
                out.write(String.format(Locale.ROOT, "{\"type\":\"api_call\",\"id\":\"call-%08d\",\"timestamp\":\"%s\",\"worker_id\":\"w-%d\",\"model\":\"claude-opus-5\",\"tokens_input\":%d,"
                        + "\"tokens_output\":%d,\"cache_read_tokens\":%d}%n", i, begin.plusSeconds(i), i / 100, i % 1000, i % 777, i % 99_999));
            }
        }
        for (int round = 0; round < rounds; round++) {
            Path home = home("recost-" + round);
            run("ingest", home, dir, "./tac8", "ingest", file.toString());
            run("recost", home, dir, "./tac8", "recost");
            Benchmark.delete(home);
        }
        return table(String.format(Locale.ROOT, "%,d calls; %d rounds, medians; the processor's seconds beside those of their ingest", calls, rounds), "ingest");
    }

    /** The same file into SQLite and into PostgreSQL, whose server's processor time counts, too. */
    List<String> postgresql(Corpus corpus, long records, int rounds) throws IOException, InterruptedException, SQLException {
        used.clear();
        Path file = dir.resolve("records.jsonl");
        corpus.write(file, records);
        List<String> lines;
        try (PostgresqlServer server = PostgresqlServer.start(Files.createDirectories(dir.resolve("server")))) {
            for (int round = 0; round < rounds; round++) {
                Path home = home("sqlite-" + round);
                run(SQLITE, home, dir, "./tac8", "ingest", file.toString());
                String stored = rows(DriverManager.getConnection("jdbc:sqlite:" + home.resolve("external/logs.db")));
                Benchmark.delete(home);
                String database = "round_" + round;
                server.create(database);
                double before = server.cpuSeconds();
                Path other = home("postgresql-" + round);
                set(other, onPostgresql(server, database));
                run("PostgreSQL, this side", other, dir, "./tac8", "ingest", file.toString());
                Used ours = used.get("PostgreSQL, this side").get(round);
                double cpu = server.cpuSeconds() - before;
                used.computeIfAbsent("PostgreSQL, the server", absent -> new ArrayList<>()).add(new Used(ours.seconds(), cpu, 0));
                used.computeIfAbsent("PostgreSQL, both", absent -> new ArrayList<>()).add(new Used(ours.seconds(), ours.cpuSeconds() + cpu, 0));
                System.err.printf(Locale.ROOT, "%-24s %6.2f s%n", "its server", cpu);
                if (!rows(server.connect(database)).equals(stored)) {
                    throw new IllegalStateException("the databases hold other rows");
                }
                Benchmark.delete(other);
            }
            lines = table(String.format(Locale.ROOT, "%,d records of one file, start included; %d rounds, medians; the processor's seconds beside SQLite", records, rounds), SQLITE);
        }
        return lines;
    }

    /** The same file from an edge to a topic and from there, by a joiner, to PostgreSQL, beside one tac8 with SQLite. */
    List<String> kafka(Corpus corpus, long records, int rounds) throws Exception {
        used.clear();
        Path file = dir.resolve("records.jsonl");
        corpus.write(file, records);
        try (PostgresqlServer server = PostgresqlServer.start(Files.createDirectories(dir.resolve("database")));
             KafkaBroker broker = KafkaBroker.start(dir.resolve("broker"))) {
            for (int round = 0; round < rounds; round++) {
                Path home = home("sqlite-" + round);
                run(SQLITE, home, dir, "./tac8", "ingest", file.toString());
                String stored = rows(DriverManager.getConnection("jdbc:sqlite:" + home.resolve("external/logs.db")));
                Benchmark.delete(home);
                String name = "kafka_" + round;
                server.create(name);
                broker.createTopic(name, 4, KafkaSite.SOUND);
                broker.createTopic(name + "-refused", 1, KafkaSite.SOUND);
                double ofServer = server.cpuSeconds();
                double ofBroker = seconds(broker.process());
                Map<Setting, String> topic = Map.of(Setting.BROKER, "kafka", Setting.KAFKA_BROKERS, broker.bootstrap(), Setting.KAFKA_TOPIC, name, Setting.KAFKA_GROUP, name,
                        Setting.KAFKA_REPLICAS, "1", Setting.HTTP_PORT, "0");
                Path edge = home("edge-" + round);
                set(edge, topic);
                set(edge, Map.of(Setting.KAFKA_ROLE, "edge"));
                run("the edge", edge, dir, "./tac8", "ingest", file.toString());
                Path joiner = home("joiner-" + round);
                set(joiner, topic);
                set(joiner, onPostgresql(server, name));
                set(joiner, Map.of(Setting.KAFKA_ROLE, "join", Setting.REPLICA_FOLLOW, "false"));
                long begin = System.nanoTime();
                Process process = start(joiner, dir, List.of("./tac8", "run"));
                Awaitility.await("all is joined").atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(200)).ignoreExceptions()
                        .until(() -> !process.isAlive() || broker.lag(name, name) == 0 && rows(server.connect(name)).equals(stored));
                double[] took = {seconds(process.toHandle()), (System.nanoTime() - begin) / 1e9};
                if (!process.isAlive()) {
                    finish(process, joiner);
                }
                process.destroy();
                process.waitFor();
                add("the joiner", took[1], took[0]);
                add("the database", took[1], server.cpuSeconds() - ofServer);
                add("the broker", took[1], seconds(broker.process()) - ofBroker);
                double[] all = new double[2];
                for (String part : List.of("the edge", "the joiner", "the database", "the broker")) {
                    Used its = used.get(part).get(round);
                    all[1] += its.cpuSeconds();
                    all[0] += part.startsWith("the edge") || part.startsWith("the joiner") ? its.seconds() : 0;
                }
                add("all", all[0], all[1]);
                Benchmark.delete(edge);
                Benchmark.delete(joiner);
            }
            return table(String.format(Locale.ROOT, "%,d records of one file by a topic of four partitions, starts included; %d rounds, medians; the processor's seconds beside SQLite", records, rounds),
                    SQLITE);
        }
    }

    private void add(String name, double seconds, double cpuSeconds) {
        used.computeIfAbsent(name, absent -> new ArrayList<>()).add(new Used(seconds, cpuSeconds, 0));
        System.err.printf(Locale.ROOT, "%-24s %6.2f s%n", name, cpuSeconds);
    }

    /** The processor's seconds of a process and those that it has started. */
    private static double seconds(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).mapToDouble(one -> one.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9).sum();
    }

    private static Map<Setting, String> onPostgresql(PostgresqlServer server, String database) {
        return Map.of(Setting.STORE, "postgresql", Setting.POSTGRESQL_URL, server.url(database), Setting.POSTGRESQL_USER, PostgresqlServer.USER);
    }

    /** Settings that a home is started with. */
    private static void set(Path home, Map<Setting, String> settings) throws IOException {
        Files.write(home.resolve("settings"), settings.entrySet().stream().map(one -> one.getKey().variable() + "=" + one.getValue()).toList(), StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static String rows(Connection connection) throws SQLException {
        try (connection; Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT (SELECT count(*) FROM sessions WHERE session_id <> 'unknown'),"
                + " (SELECT count(*) FROM tasks WHERE task_id <> 'unknown'), (SELECT count(*) FROM workers), (SELECT count(*) FROM events), (SELECT count(*) FROM api_calls)")) {
            rows.next();
            return rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3) + " " + rows.getString(4) + " " + rows.getString(5);
        }
    }

    private List<String> rival() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(dir.resolve("ccusage"));
        try {
            Process npm = new ProcessBuilder("npm", "install", "--no-audit", "--no-fund", "--prefix", folder.toString(), CCUSAGE).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("npm.log").toFile()).start();
            return npm.waitFor() == 0 ? List.of(folder.resolve("node_modules/.bin/ccusage").toString(), "claude", "daily", "--offline") : null;
        } catch (IOException e) {
            return null;
        }
    }

    private Path home(String name) throws IOException, InterruptedException {
        Path home = Files.createDirectories(dir.resolve(name));
        Path external = Files.createDirectories(home.resolve("external"));
        finish(start(home, dir, List.of("./tac8", "volume", "init", external.toString())), home);
        return home;
    }

    private void run(String name, Path home, Path agents, String... command) throws IOException, InterruptedException {
        Path times = home.resolve("times");
        List<String> line = Stream.concat(Stream.of(TIME.toString(), "-o", times.toString(), "-f", "%e %U %S %M"), Stream.of(command)).toList();
        finish(start(home, agents, line), home);
        String[] values = Files.readString(times).strip().split(" ");
        Used its = new Used(Double.parseDouble(values[0]), Double.parseDouble(values[1]) + Double.parseDouble(values[2]), Double.parseDouble(values[3]) / 1024);
        System.err.printf(Locale.ROOT, "%-24s %6.2f s%n", name, its.cpuSeconds());
        used.computeIfAbsent(name, absent -> new ArrayList<>()).add(its);
    }

    private static Process start(Path home, Path agents, List<String> line) throws IOException {
        ProcessBuilder command = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(home.resolve("output").toFile());
        command.environment().keySet().removeIf(variable -> variable.startsWith("TAC8_"));
        command.environment().put("HOME", agents.toString());
        Map.of(Setting.SPOOL_DIR, "spool", Setting.EXTERNAL_DIR, "external", Setting.LOCAL_DIR, "local")
                .forEach((setting, folder) -> command.environment().put(setting.variable(), home.resolve(folder).toString()));
        if (Files.exists(home.resolve("settings"))) {
            Files.readAllLines(home.resolve("settings")).forEach(one -> command.environment().put(one.split("=", 2)[0], one.split("=", 2)[1]));
            command.environment().put("TAC8_POSTGRESQL_PASSWORD", PostgresqlServer.PASSWORD);
        }
        return command.start();
    }

    private static void finish(Process process, Path home) throws IOException, InterruptedException {
        if (process.waitFor() != 0) {
            throw new IllegalStateException("a command failed: " + Files.readString(home.resolve("output")));
        }
    }

    private List<String> table(String title, String beside) {
        List<String> lines = new ArrayList<>(List.of(title, String.format(Locale.ROOT, "%-36s %8s %8s %12s   %s", "", "seconds", "CPU s", "most memory", "CPU ratio (least-most of a round)")));
        List<Used> others = used.get(beside);
        used.forEach((name, its) -> {
            double[] ratios = new double[its.size()];
            for (int i = 0; others != null && i < ratios.length; i++) {
                ratios[i] = its.get(i).cpuSeconds() / others.get(i).cpuSeconds();
            }
            java.util.Arrays.sort(ratios);
            lines.add(String.format(Locale.ROOT, "%-36s %8.2f %8.2f %8.0f MiB   %s", name, median(its.stream().mapToDouble(Used::seconds)), median(its.stream().mapToDouble(Used::cpuSeconds)),
                    median(its.stream().mapToDouble(Used::mebibytes)), others == null || name.equals(beside) ? ""
                            : String.format(Locale.ROOT, "%.2f x (%.2f-%.2f)", ratios[ratios.length / 2], ratios[0], ratios[ratios.length - 1])));
        });
        return lines;
    }

    private static double median(java.util.stream.DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
