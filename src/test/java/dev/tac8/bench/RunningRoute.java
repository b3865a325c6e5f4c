package dev.tac8.bench;

import dev.tac8.Home;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteOpenMode;

/** The product as its users run it: {@code tac8 run} in a process of its own, on a folder of its own. */
final class RunningRoute implements Closeable {
    private static final Duration START = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofHours(2);
    /** What the launcher asks of Java's compiler for a service; its rivals keep the defaults. */
    private static final List<String> COMPILER = List.of("-XX:FreqInlineSize=80", "-XX:CompileThresholdScaling=4");

    private final Home home;
    private final Process process;
    private final Path log;
    private int measured;
    private int edits;

    /**
     * Starts the service and waits until it says that it runs.
     *
     * @param settings in pairs, a key of {@code application.properties} and its value
     */
    RunningRoute(Path dir, List<String> jvmOptions, String... settings) throws IOException, InterruptedException {
        home = new Home(Files.createDirectories(dir));
        for (int i = 0; i < settings.length; i += 2) {
            home.set(settings[i], settings[i + 1]);
        }
        log = dir.resolve("service.log");
        process = home.plainCommand(Stream.concat(COMPILER.stream(), jvmOptions.stream()).toList(), "run").redirectOutput(log.toFile()).start();
        await(() -> said("tac8 is running"), START, 20);
    }

    /** The service's process. */
    long pid() {
        return process.pid();
    }

    /** The database that the service writes. */
    Path database() {
        return home.database();
    }

    /** Stores files one after the other and waits: none of it is timed. */
    void warmUp(Path file) throws IOException, InterruptedException {
        stage(file).publish();
        awaitDone(1);
        TimeUnit.SECONDS.sleep(1);
    }

    /** Renames files into the spool; the seconds from the first rename until the last file is in done/, and the processor's. */
    Benchmark.Time store(List<Path> files) throws IOException, InterruptedException {
        List<Staged> staged = new ArrayList<>();
        for (Path file : files) {
            staged.add(stage(file));
        }
        long before = done();
        long cpu = cpuNanos();
        long start = System.nanoTime();
        for (Staged file : staged) {
            file.publish();
        }
        awaitDone(before + files.size());
        return new Benchmark.Time((System.nanoTime() - start) / 1e9, (cpuNanos() - cpu) / 1e9);
    }

    /**
     * Renames small files into the spool, each a random while after the one before was seen, and asks for its last row on a
     * connection of another process, once a millisecond.
     *
     * @return milliseconds from rename to visible, sorted
     */
    double[] latencies(Corpus corpus, int files, int lines, Random random) throws Exception {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(30_000);
        double[] milliseconds = new double[files];
        try (Connection reader = config.createConnection("jdbc:sqlite:" + database());
             PreparedStatement ask = reader.prepareStatement("SELECT 1 FROM events WHERE record_id = ?")) {
            queryOnly(reader);
            for (int i = 0; i < files; i++) {
                String id = "latency-" + measured++;
                Path file = home.path("latency.jsonl");
                try (var out = Files.newBufferedWriter(file)) {
                    for (int line = 1; line < lines; line++) {
                        out.write(corpus.next() + "\n");
                    }
                    out.write("{\"type\":\"event\",\"timestamp\":\"2026-11-02T08:00:00.000Z\",\"id\":\"" + id
                            + "\",\"session_id\":\"latency\",\"event_type\":\"trigger\",\"message\":\"A small file\"}\n");
                }
                Staged staged = stage(file, String.format("latency-%06d.jsonl", measured));
                TimeUnit.MICROSECONDS.sleep(random.nextInt(60_000));
                ask.setString(1, id);
                long start = System.nanoTime();
                staged.publish();
                while (!visible(ask)) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                milliseconds[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(milliseconds);
        return milliseconds;
    }

    /**
     * Edits a route again and again.
     *
     * @param meanwhile a file that is stored all the time, or null
     * @return the seconds from each save until it is in force, sorted
     */
    double[] edits(int count, Path meanwhile) throws IOException, InterruptedException {
        double[] seconds = new double[count];
        for (int i = 0; i < count; i++) {
            if (meanwhile != null && !isWaiting()) {
                stage(meanwhile, "meanwhile-" + ++measured + ".jsonl").publish();
            }
            // As people do, one edit after the other.
            TimeUnit.MILLISECONDS.sleep(500);
            String inForce = "generation " + (++edits + 1) + " is in force";
            long start = System.nanoTime();
            home.edit("routes/status.camel.yaml", "description: ", "description: Again. ");
            await(() -> said(inForce), START, 1);
            seconds[i] = (System.nanoTime() - start) / 1e9;
        }
        awaitDone(done() + (isWaiting() ? 1 : 0));
        Arrays.sort(seconds);
        return seconds;
    }

    private boolean isWaiting() throws IOException {
        try (Stream<Path> files = Files.list(home.spool())) {
            return files.anyMatch(file -> file.toString().endsWith(".jsonl"));
        }
    }

    /**
     * Stores one big file and has the heap collected whole several times on the way.
     *
     * @return what lived, in MiB, at each of these times
     */
    List<Integer> liveHeap(Path file, long records, int samples) throws Exception {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(30_000);
        Staged staged = stage(file);
        long before = done();
        staged.publish();
        try (Connection reader = config.createConnection("jdbc:sqlite:" + database());
             PreparedStatement ask = reader.prepareStatement(
                     "SELECT ifnull((SELECT max(event_id) FROM events), 0) + ifnull((SELECT max(call_id) FROM api_calls), 0)")) {
            queryOnly(reader);
            for (int i = 1; i <= samples; i++) {
                // Nine in ten records are events or calls; the last sample comes before the end.
                long rows = records * 9 / 10 * i / (samples + 1);
                await(() -> number(ask) >= rows, PATIENCE, 50);
                collect();
            }
        }
        awaitDone(before + 1);
        return heapCollected();
    }

    /** What lived at each {@link #collect}, in MiB. */
    List<Integer> heapCollected() throws IOException {
        return heapAfter("Full (Diagnostic Command)");
    }

    /** What was in use after every collection of the kind, in MiB, as the JVM's log of collections says. */
    List<Integer> heapAfter(String kind) throws IOException {
        Pattern afterwards = Pattern.compile("Pause " + Pattern.quote(kind) + ".* \\d+M->(\\d+)M\\(");
        List<Integer> sizes = new ArrayList<>();
        for (String line : Files.readAllLines(home.path("gc.log"))) {
            Matcher pause = afterwards.matcher(line);
            if (pause.find()) {
                sizes.add(Integer.valueOf(pause.group(1)));
            }
        }
        return sizes;
    }

    /** The option that {@link #heapAfter} needs. */
    static String gcLog(Path dir) {
        return "-Xlog:gc:file=" + dir.resolve("gc.log");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** A file that is complete in the spool under its hidden name, on the disk and in the page cache. */
    private record Staged(Path part, Path target) {
        void publish() throws IOException {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private Staged stage(Path file) throws IOException {
        return stage(file, file.getFileName().toString());
    }

    private Staged stage(Path file, String name) throws IOException {
        Path part = home.spool().resolve("." + name + ".part");
        Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        return new Staged(part, home.spool().resolve(name));
    }

    /** Has the heap collected whole. */
    void collect() throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()), "GC.run").redirectErrorStream(true).start();
        jcmd.getInputStream().readAllBytes();
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd GC.run failed");
        }
    }

    private void awaitDone(long files) throws InterruptedException {
        await(() -> done() >= files, PATIENCE, Math.max(2, files / 500));
    }

    private long done() {
        try (Stream<Path> paths = Files.list(home.spool().resolve("done"))) {
            return paths.count();
        } catch (IOException e) {
            return 0;
        }
    }

    private void await(BooleanSupplier condition, Duration atMost, long everyMilliseconds) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("the service ended or did not get on; see " + log);
            }
            TimeUnit.MILLISECONDS.sleep(everyMilliseconds);
        }
    }

    private boolean said(String words) {
        try {
            return Files.readString(log, StandardCharsets.UTF_8).contains(words);
        } catch (IOException e) {
            return false;
        }
    }

    /** What its process has taken of the processor. */
    long cpuNanos() {
        return process.info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static void queryOnly(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = ON");
        }
    }

    private static boolean visible(PreparedStatement ask) throws SQLException {
        try (ResultSet rows = ask.executeQuery()) {
            return rows.next();
        }
    }

    private static long number(PreparedStatement ask) {
        try (ResultSet rows = ask.executeQuery()) {
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
