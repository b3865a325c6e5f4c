package dev.tac8.bench;

import dev.tac8.Home;
import dev.tac8.PostgresqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** How fast a replica copies a database, and how far it is behind one that is being written. */
final class Replicas {
    private static final int FILES_A_SECOND = 10;

    private final Path dir;
    private final List<String> jvm;

    Replicas(Path dir, List<String> jvm) {
        this.dir = dir;
        this.jvm = jvm;
    }

    /**
     * Copies, follows, and compares row for row.
     *
     * @param records stored before
     * @param rate    records a second afterwards
     * @param seconds for so long
     */
    List<String> measure(Corpus corpus, long records, int rate, int seconds) throws Exception {
        List<String> lines = new ArrayList<>();
        Path first = dir.resolve("first.jsonl");
        corpus.write(first, records);
        try (PostgresqlServer server = PostgresqlServer.start(Files.createDirectories(dir.resolve("server")))) {
            server.create("replica");
            try (Home writer = server.use(new Home(Files.createDirectories(dir.resolve("writer"))), "replica").set("tac8.replica.follow", false).set("tac8.http.port", 0);
                 Home reader = server.use(new Home(Files.createDirectories(dir.resolve("reader"))), "replica").set("tac8.http.port", 0)) {
                run(writer, "ingest", first.toString());
                double before = server.cpuSeconds();
                long begin = System.nanoTime();
                run(reader, "replica", "--once");
                double took = (System.nanoTime() - begin) / 1e9;
                long rows = Home.TABLES.stream().mapToLong(table -> Long.parseLong(reader.query("SELECT count(*) FROM " + table).get(0))).sum();
                lines.add(String.format(Locale.ROOT, "a whole copy     %,9d rows in %.1f s, start included: %,.0f a second; the server took %.1f s of the processor", rows, took, rows / took,
                        server.cpuSeconds() - before));
                Process storing = running(writer, "run", "stop with Ctrl-C");
                Process following = running(reader, "replica", "stop with Ctrl-C");
                try {
                    double[] behind = follow(writer, reader, corpus, rate, seconds);
                    lines.add(String.format(Locale.ROOT, "behind           p50 %.2f s, p99 %.2f s, most %.2f s, at %,d records a second for %d s", behind[behind.length / 2],
                            behind[behind.length * 99 / 100], behind[behind.length - 1], rate, seconds));
                    begin = System.nanoTime();
                    lines.add(String.format(Locale.ROOT, "replica verify   %s", run(reader, "replica", "verify").strip()));
                } finally {
                    stop(storing);
                    stop(following);
                }
            }
        }
        return lines;
    }

    /** From the acknowledgement of a file to the row of its last record in the replica, in seconds, sorted. */
    private static double[] follow(Home writer, Home reader, Corpus corpus, int rate, int seconds) throws Exception {
        int files = seconds * FILES_A_SECOND;
        long[] acknowledged = new long[files];
        double[] behind = new double[files];
        int seen = 0;
        int waiting = 0;
        int written = 0;
        long begin = System.nanoTime();
        try (Connection replica = DriverManager.getConnection("jdbc:sqlite:" + reader.database());
             PreparedStatement look = replica.prepareStatement("SELECT count(*) FROM events WHERE record_id = ?")) {
            while (seen < files) {
                if (written < files && System.nanoTime() - begin >= written * TimeUnit.SECONDS.toNanos(1) / FILES_A_SECOND) {
                    Path part = writer.path("part");
                    corpus.write(part, rate / FILES_A_SECOND - 1);
                    Files.writeString(part, "{\"type\":\"event\",\"id\":\"last-" + written + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"bench\",\"event_type\":\"last\",\"message\":\"m\"}\n",
                            StandardOpenOption.APPEND);
                    Files.move(part, writer.spool().resolve(String.format(Locale.ROOT, "f-%06d.jsonl", written)), StandardCopyOption.ATOMIC_MOVE);
                    written++;
                }
                while (waiting < written && Files.notExists(writer.spool().resolve(String.format(Locale.ROOT, "f-%06d.jsonl", waiting)))) {
                    acknowledged[waiting++] = System.nanoTime();
                }
                if (seen < waiting) {
                    look.setString(1, "last-" + seen);
                    try (ResultSet found = look.executeQuery()) {
                        if (found.getInt(1) > 0) {
                            behind[seen] = (System.nanoTime() - acknowledged[seen]) / 1e9;
                            seen++;
                            continue;
                        }
                    }
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        }
        Arrays.sort(behind);
        return behind;
    }

    private Process running(Home home, String command, String said) throws IOException {
        Path output = home.path(command + ".log");
        Process process = home.plainCommand(jvm, command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        Awaitility.await(command).atMost(Duration.ofMinutes(1)).until(() -> Files.readString(output).contains(said));
        return process;
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        process.waitFor();
    }

    private String run(Home home, String... command) throws IOException, InterruptedException {
        Path output = home.path("output");
        int code = home.plainCommand(jvm, command).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
        if (code != 0) {
            throw new IllegalStateException(Files.readString(output));
        }
        return Files.readString(output);
    }
}
