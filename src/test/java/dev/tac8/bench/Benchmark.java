package dev.tac8.bench;

import dev.tac8.Home;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compares the running route with what one would write instead, on the same records, and shows its latency and its heap:
 * {@code mvn -Pbench test-compile exec:exec@bench}. It prints figures and asserts none; it fails only where two rivals did not
 * store the same rows.
 *
 * <p>Options, each as {@code -Dbench.NAME=VALUE}:
 * <ul>
 * <li>{@code records} (1000000): the records that are timed. {@code files} (10): in so many files of equal length.
 * <li>{@code warm-up-records} (20000): in a file before these, which every rival stores untimed, in the same process.
 * <li>{@code rounds} (3): every rival runs once a round, in turn; medians are shown, those of the ratios
 *     being taken within each round.
 * <li>{@code seed} (20261122): the records are the same for the same seed.
 * <li>{@code parts} (throughput,latency,small,cold,edits,questions,page,heap,logger,archive,months,import,recost,postgresql,kafka,replica): what is measured.
 * <li>{@code latency-files} (1000): the small files, of 5 records. {@code small-files} (20000): those of one record, which wait at once.
 * <li>{@code edits} (60): the edits of a route that are timed, after 20 others.
 * <li>{@code logger-calls} (20000): the log calls that are timed; {@code logger-events} (100): those that are followed to their row.
 * <li>{@code heap-records} (1000000): the records of the one big file; 10000000 is the long run.
 * <li>{@code page-rows} (1000000): the rows that the page is looked at over.
 * <li>{@code archive-rows} (2000000): the rows of a year, of which the older three quarters are archived;
 *     for {@code months} (1300000) those of three years.
 * <li>{@code postgresql-records} (240000): those of one file that go into SQLite, into PostgreSQL, and by a topic into PostgreSQL.
 *     For {@code replica} they are copied, and followed while as many as {@code replica-rate} (2000) a second come, for {@code replica-seconds} (30).
 * <li>{@code import-megabytes} (500): the transcripts that are imported. {@code recost-calls} (200000): the calls that are priced anew.
 * <li>{@code jvm} (-Xmx256m -Xmn140m -XX:SurvivorRatio=3 -XX:+UseParallelGC): JVM options of the service and the Java rivals, separated by spaces.
 * <li>{@code python} (python3), {@code sqlite-utils} (sqlite-utils): the programs; a rival whose program is missing is left out.
 * <li>{@code dir} (target): all files lie in its folder {@code bench}, which is emptied first. {@code keep} (false): leaves them there.
 * </ul>
 */
public final class Benchmark {
    private static final int SMALL_FILE_LINES = 5;
    private static final int HEAP_SAMPLES = 9;
    /** More files than this are named by their folder: a command line has an end. */
    private static final int MOST_ARGUMENTS = 100;
    /** As long as the database keeps them. */
    private static final Duration QUESTIONED = Duration.ofDays(90);
    private static final String ROUTE = "tac8 route, spool to done/";
    private static final String PYTHON = "Python sqlite3, 1,000 a batch";
    private static final String LEAN = "the same, lean: WAL, NORMAL";
    private static final String ROWS = "SQLite alone, ready-made rows";
    private static final String ROWS_SEED_INDEXES = "  the same, first design's indexes";

    private final Path dir = Path.of(option("dir", "target")).resolve("bench").toAbsolutePath();
    private final Path sql = Path.of("sql").toAbsolutePath();
    private final long seed = Long.parseLong(option("seed", "20261122"));
    private final long records = Long.parseLong(option("records", "1000000"));
    private final long warmUpRecords = Long.parseLong(option("warm-up-records", "20000"));
    private final int rounds = Integer.parseInt(option("rounds", "3"));
    private final List<String> jvm = List.of(option("jvm", "-Xmx256m -Xmn140m -XX:SurvivorRatio=3 -XX:+UseParallelGC").split(" "));
    private final List<Path> files = new ArrayList<>();
    private Path warmUp;
    private String expected;

    /** Wall-clock and processor seconds. */
    record Time(double seconds, double cpuSeconds) {
    }

    /** Something that stores the files into a fresh database. */
    private interface Rival {
        Time run(Path home) throws Exception;
    }

    private Benchmark() {
    }

    /** Runs the parts that are asked for. */
    public static void main(String[] args) throws Exception {
        new Benchmark().run(List.of(option("parts", "throughput,latency,small,cold,edits,questions,page,heap,logger,archive,months,import,recost,postgresql,kafka,replica").split(",")));
    }

    private void run(List<String> parts) throws Exception {
        delete(dir);
        Files.createDirectories(dir);
        if (parts.contains("throughput") || parts.contains("latency")) {
            writeCorpus(new Corpus(seed));
        }
        if (parts.contains("throughput")) {
            compare();
        }
        if (parts.contains("latency")) {
            latency();
        }
        if (parts.contains("small")) {
            small(Integer.parseInt(option("small-files", "20000")));
        }
        if (parts.contains("cold")) {
            writeCorpus(new Corpus(seed));
            cold();
        }
        if (parts.contains("edits")) {
            writeCorpus(new Corpus(seed));
            unwatched();
            edits(Integer.parseInt(option("edits", "60")));
        }
        if (parts.contains("questions")) {
            questions();
        }
        if (parts.contains("page")) {
            long rows = Long.parseLong(option("page-rows", "1000000"));
            say("The page over %,d rows", rows);
            new PageSpeed(Files.createDirectories(dir.resolve("page")), rows, seed, option("python", "python3")).measure().forEach(line -> say("%s", line));
            say("");
        }
        if (parts.contains("heap")) {
            heap(Long.parseLong(option("heap-records", "1000000")));
        }
        if (parts.contains("logger")) {
            logger(option("logger-calls", "20000"), option("logger-events", "100"));
        }
        if (parts.contains("archive")) {
            archive(Long.parseLong(option("archive-rows", "2000000")));
        }
        if (parts.contains("months")) {
            months(Long.parseLong(option("archive-rows", "1300000")));
        }
        Imports imports = new Imports(dir);
        if (parts.contains("import")) {
            imports.imports(Integer.parseInt(option("import-megabytes", "500")), rounds).forEach(line -> say("%s", line));
        }
        if (parts.contains("recost")) {
            imports.recost(Long.parseLong(option("recost-calls", "200000")), rounds).forEach(line -> say("%s", line));
        }
        if (parts.contains("postgresql")) {
            imports.postgresql(new Corpus(seed), Long.parseLong(option("postgresql-records", "240000")), rounds).forEach(line -> say("%s", line));
        }
        if (parts.contains("kafka")) {
            imports.kafka(new Corpus(seed), Long.parseLong(option("postgresql-records", "240000")), rounds).forEach(line -> say("%s", line));
        }
        if (parts.contains("replica")) {
            say("A replica of PostgreSQL");
            new Replicas(Files.createDirectories(dir.resolve("replica")), jvm).measure(new Corpus(seed), Long.parseLong(option("postgresql-records", "240000")),
                    Integer.parseInt(option("replica-rate", "2000")), Integer.parseInt(option("replica-seconds", "30"))).forEach(line -> say("%s", line));
            say("");
        }
        if (!Boolean.parseBoolean(option("keep", "false"))) {
            delete(dir);
        }
    }

    private void writeCorpus(Corpus corpus) throws IOException {
        files.clear();
        warmUp = dir.resolve("records-00.jsonl");
        corpus.write(warmUp, warmUpRecords);
        int count = Integer.parseInt(option("files", "10"));
        long bytes = 0;
        for (int i = 1; i <= count; i++) {
            Path file = dir.resolve(String.format("records-%02d.jsonl", i));
            corpus.write(file, records * i / count - records * (i - 1) / count);
            bytes += Files.size(file);
            files.add(file);
        }
        FileStore store = Files.getFileStore(dir);
        say("%,d records, %d bytes a line on average, in %d files; seed %d; %d rounds, medians", records, bytes / records, count, seed,
                rounds);
        say("%d processors, %s; Java %s %s; file system %s", Runtime.getRuntime().availableProcessors(), System.getProperty("os.arch"),
                Runtime.version().feature(), String.join(" ", jvm), store.type());
        say("every rival first stores %,d further records untimed in the same process and database", warmUpRecords);
        say("");
    }

    // --- Throughput ---

    private void compare() throws Exception {
        Map<String, Rival> rivals = rivals();
        rivals.put("plain JDBC loop, one thread", home -> java(home, "loop", "all"));
        if (answers(option("python", "python3"), "--version")) {
            rivals.putAll(rivals(PYTHON, LEAN));
        }
        if (answers(option("sqlite-utils", "sqlite-utils"), "--version")) {
            rivals.put("sqlite-utils insert --nl (1)", this::sqliteUtils);
        }
        rivals.put(ROWS, home -> java(home, "rows", "all"));
        rivals.put(ROWS_SEED_INDEXES, home -> java(home, "rows", "seed"));
        print(inTurn(rivals));
    }

    private Map<String, Rival> rivals(String... pythons) {
        Map<String, Rival> rivals = new LinkedHashMap<>();
        rivals.put(ROUTE, home -> route(home));
        for (String python : pythons) {
            rivals.put(python, home -> python(home, python.equals(LEAN) ? "lean" : "same"));
        }
        return rivals;
    }

    private Map<String, List<Time>> inTurn(Map<String, Rival> rivals) throws Exception {
        expected = null;
        Map<String, List<Time>> times = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (Map.Entry<String, Rival> rival : rivals.entrySet()) {
                Path home = Files.createDirectories(dir.resolve("home"));
                readIntoPageCache();
                Time time = rival.getValue().run(home);
                System.err.printf(Locale.ROOT, "round %d: %-36s %6.2f s%n", round, rival.getKey().strip(), time.seconds());
                times.computeIfAbsent(rival.getKey(), absent -> new ArrayList<>()).add(time);
                delete(home);
            }
        }
        return times;
    }

    /** A service that has just started, its compiler included, beside Python, which has nothing to warm up. */
    private void cold() throws Exception {
        warmUp = null;
        say("The same from a cold start: nothing is stored before");
        table(records, inTurn(rivals(LEAN)));
        say("");
    }

    /** Files of one record each, which all wait at once. */
    private void small(int count) throws Exception {
        Corpus corpus = new Corpus(seed);
        writeCorpus(corpus);
        Path folder = Files.createDirectories(dir.resolve("small"));
        files.clear();
        for (int i = 0; i < count; i++) {
            files.add(folder.resolve(String.format("small-%06d.jsonl", i)));
            corpus.write(files.get(i), 1);
        }
        say("%,d files of one record; Python commits each", count);
        table(count, inTurn(rivals(PYTHON, LEAN)));
        say("");
    }

    private void readIntoPageCache() throws IOException {
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
        }
    }

    private void table(long stored, Map<String, List<Time>> times) {
        say("%-36s %8s %10s %8s   %s", "", "seconds", "records/s", "CPU s", "route is faster by (least-most of a round)");
        times.forEach((name, all) -> {
            double seconds = median(seconds(all));
            double[] ratios = ratios(all, times.get(ROUTE));
            say("%-36s %8.2f %10s %8.2f   %s", name, seconds, String.format(Locale.ROOT, "%,.0f", stored / seconds),
                    median(all.stream().mapToDouble(Time::cpuSeconds).sorted().toArray()), name.equals(ROUTE) ? ""
                            : String.format(Locale.ROOT, "%.2f x (%.2f-%.2f)", median(ratios), ratios[0], ratios[ratios.length - 1]));
        });
    }

    private void print(Map<String, List<Time>> times) {
        table(records, times);
        say("");
        double[] indexes = ratios(times.get(ROWS), times.get(ROWS_SEED_INDEXES));
        say("SQLite alone takes %.2f x (%.2f-%.2f) as long with the four indexes beyond the first design's.", median(indexes),
                indexes[0], indexes[indexes.length - 1]);
        say(expected);
        if (times.keySet().stream().anyMatch(name -> name.contains("(1)"))) {
            say("(1) one table of all fields, an insert a record: no five tables, no parents, no foreign keys, no indexes but the key,");
            say("    no joining of what comes twice, and synchronous as SQLite has it by default.");
        } else {
            say("sqlite-utils is left out: it is not installed.");
        }
        say("");
    }

    private Time route(Path home, String... settings) throws Exception {
        Time time;
        Path database;
        try (RunningRoute route = new RunningRoute(home, jvm, settings)) {
            if (warmUp != null) {
                route.warmUp(warmUp);
            }
            time = route.store(files);
            database = route.database();
        }
        checkRows(ROUTE, database);
        return time;
    }

    private Time java(Path home, String mode, String indexes) throws Exception {
        Path database = home.resolve("logs.db");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), JdbcRival.class.getName(), mode, indexes,
                sql.toString(), database.toString(), warmUp.toString()));
        files.forEach(file -> command.add(file.toString()));
        Time time = time(command);
        checkRows("the JDBC " + mode, database);
        return time;
    }

    private Time python(Path home, String mode) throws Exception {
        Path database = home.resolve("logs.db");
        List<String> command = new ArrayList<>(List.of(option("python", "python3"),
                Path.of("src/test/python/rival.py").toAbsolutePath().toString(), mode, sql.toString(), database.toString(),
                warmUp == null ? "-" : warmUp.toString()));
        if (files.size() > MOST_ARGUMENTS) {
            command.add(files.get(0).getParent().toString());
        } else {
            files.forEach(file -> command.add(file.toString()));
        }
        Time time = time(command);
        checkRows("Python", database);
        return time;
    }

    /** Its own start, some tenths of a second for each file, is in the time. */
    private Time sqliteUtils(Path home) throws Exception {
        double seconds = 0;
        double cpuSeconds = 0;
        for (Path file : Stream.concat(Stream.of(warmUp), files.stream()).toList()) {
            long start = System.nanoTime();
            Process process = start(List.of(option("sqlite-utils", "sqlite-utils"), "insert", home.resolve("logs.db").toString(), "records",
                    file.toString(), "--nl", "--pk", "id", "--alter", "--batch-size", "1000"));
            long cpu = 0;
            while (process.isAlive()) {
                cpu = process.info().totalCpuDuration().map(duration -> duration.toNanos()).orElse(cpu);
                Thread.sleep(5);
            }
            finish(process);
            if (file != warmUp) {
                seconds += (System.nanoTime() - start) / 1e9;
                cpuSeconds += cpu / 1e9;
            }
        }
        return new Time(seconds, cpuSeconds);
    }

    private Time time(List<String> command) throws IOException, InterruptedException {
        Process process = start(command);
        String output = finish(process);
        String[] parts = output.strip().split("[= ]");
        return new Time(Double.parseDouble(parts[1]), Double.parseDouble(parts[3]));
    }

    private Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(dir.resolve("output").toFile()).start();
    }

    private String finish(Process process) throws IOException, InterruptedException {
        int exitCode = process.waitFor();
        String output = Files.readString(dir.resolve("output"));
        if (exitCode != 0) {
            throw new IllegalStateException("a rival failed: " + output);
        }
        return output;
    }

    private boolean answers(String... command) throws InterruptedException {
        try {
            return start(List.of(command)).waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Fails unless the five tables hold the rows that the rivals before stored, event_id and call_id aside. */
    private void checkRows(String who, Path database) throws Exception {
        StringBuilder found = new StringBuilder("All stored the same rows:");
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
             Statement statement = connection.createStatement()) {
            for (String table : Home.TABLES) {
                List<String> columns = new ArrayList<>();
                try (ResultSet names = statement.executeQuery("SELECT name FROM pragma_table_info('" + table + "')"
                        + " WHERE NOT (pk AND type = 'INTEGER')")) {
                    while (names.next()) {
                        columns.add("quote(" + names.getString(1) + ")");
                    }
                }
                String key = columns.contains("quote(record_id)") ? "record_id" : columns.get(0);
                long count = 0;
                try (ResultSet rows = statement.executeQuery("SELECT " + String.join(" || ',' || ", columns) + " FROM " + table
                        + " ORDER BY " + key)) {
                    while (rows.next()) {
                        digest.update(rows.getString(1).getBytes(StandardCharsets.UTF_8));
                        count++;
                    }
                }
                found.append(String.format(Locale.ROOT, " %,d %s,", count, table));
            }
        }
        found.append(" checksum ").append(HexFormat.of().formatHex(digest.digest(), 0, 8)).append('.');
        if (expected != null && !expected.contentEquals(found)) {
            throw new IllegalStateException(who + " stored other rows. " + found + " Before: " + expected);
        }
        expected = found.toString();
    }

    // --- Latency and heap ---

    private void latency() throws Exception {
        int count = Integer.parseInt(option("latency-files", "1000"));
        Path home = dir.resolve("home");
        double[] sorted;
        try (RunningRoute route = new RunningRoute(home, jvm)) {
            route.warmUp(warmUp);
            sorted = route.latencies(new Corpus(seed + 1), count, SMALL_FILE_LINES, new Random(seed));
        }
        say("From the rename of a file of %d records to its rows being visible to another process, %,d files:", SMALL_FILE_LINES, count);
        say("p50 %.0f ms, p99 %.0f ms, most %.0f ms", sorted[count / 2], sorted[count * 99 / 100], sorted[count - 1]);
        say("");
        delete(home);
    }

    /** What it costs to look for edits. */
    private void unwatched() throws Exception {
        Map<String, Rival> rivals = rivals();
        rivals.put("the same, without a look for edits", home -> route(home, "tac8.reload.watch", "false"));
        say("%,d records while edits are looked for, and while they are not", records);
        table(records, inTurn(rivals));
        say("");
    }

    private void edits(int count) throws Exception {
        Path home = dir.resolve("home");
        double[] quiet;
        double[] busy;
        try (RunningRoute route = new RunningRoute(home, jvm)) {
            // Java compiles what looks at them.
            route.edits(20, null);
            quiet = route.edits(count, null);
            busy = route.edits(count, files.get(0));
        }
        say("From the save of a route until it is in force, %,d times", count);
        say("idle          p50 %.2f s, p99 %.2f s, most %.2f s", quiet[count / 2], quiet[count * 99 / 100], quiet[count - 1]);
        say("while storing p50 %.2f s, p99 %.2f s, most %.2f s", busy[count / 2], busy[count * 99 / 100], busy[count - 1]);
        say("");
        delete(home);
    }

    private void questions() throws Exception {
        writeCorpus(new Corpus(seed, (int) Math.max(1, QUESTIONED.toMillis() / records)));
        Path home = Questions.marked(dir.resolve("home"));
        java(home, "loop", "all");
        String day;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("logs.db"));
             Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("SELECT date(max(timestamp), '-1 day') FROM api_calls")) {
            day = row.getString(1);
        }
        say("What %s cost, of %,d records of %d days; each a process of its own, in turn", day, records, QUESTIONED.toDays());
        new Questions(home, day, option("python", "python3")).compare().forEach(line -> say("%s", line));
        say("");
        delete(home);
    }

    private void heap(long heapRecords) throws Exception {
        Path file = dir.resolve("one-big-file.jsonl");
        Path small = dir.resolve("one-small-file.jsonl");
        Corpus corpus = new Corpus(seed + 2);
        corpus.write(small, SMALL_FILE_LINES);
        corpus.write(file, heapRecords);
        Path home = dir.resolve("home");
        List<String> options = new ArrayList<>(jvm);
        options.add(RunningRoute.gcLog(home));
        try (RunningRoute route = new RunningRoute(home, options)) {
            // So that the database is there to be asked how far the big file is.
            route.warmUp(small);
            List<Integer> live = route.liveHeap(file, heapRecords, HEAP_SAMPLES);
            say("One file of %,d records, %,d MB, with %s. Living heap at each tenth of it, in MiB:", heapRecords,
                    Files.size(file) / 1_000_000, String.join(" ", jvm));
            say("%s; most in use after an ordinary collection: %d", String.join(" ", live.stream().map(String::valueOf).toList()),
                    route.heapAfter("Young").stream().max(Comparator.naturalOrder()).orElse(0));
            say("");
        }
        delete(home);
    }

    // --- Loggers ---

    private void logger(String calls, String events) throws Exception {
        Path home = Files.createDirectories(dir.resolve("home"));
        say("What a log call costs, in microseconds; %s calls each, those into SQLite a tenth of that; load %.2f", calls,
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        say("%-60s %10s %10s %10s", "", "p50", "p99", "most");
        cost("Java logger", List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), LoggerCost.class.getName(), home.resolve("java").toString(), calls));
        if (answers(option("python", "python3"), "--version")) {
            String tenth = "" + Integer.parseInt(calls) / 10;
            cost("Python logger", python("logger", home.resolve("python"), calls));
            cost("Python sqlite3, insert and commit (DELETE, synchronous FULL)", python("sqlite", home.resolve("a.db"), tenth));
            cost("Python sqlite3, insert and commit (WAL, synchronous NORMAL)", python("sqlite-wal", home.resolve("b.db"), tenth));
            try (RunningRoute route = new RunningRoute(dir.resolve("service"), jvm)) {
                cost("Python logger, until the row is visible to another process", python("visible", route.database(), events));
            }
            delete(dir.resolve("service"));
        }
        say("");
        delete(home);
    }

    private List<String> python(String what, Path where, String calls) {
        // An assignment before the program: env sets it, and the loggers' default is another spool.
        return List.of("env", "PYTHONPATH=" + Path.of("clients").toAbsolutePath(), "PYTHONDONTWRITEBYTECODE=1",
                "TAC8_SPOOL_DIR=" + dir.resolve("service/var/spool"), option("python", "python3"),
                Path.of("src/test/python/logger_bench.py").toAbsolutePath().toString(), what, where.toString(), calls);
    }

    private void cost(String name, List<String> command) throws IOException, InterruptedException {
        String[] values = finish(start(command)).strip().split(" ");
        say("%-60s %10.1f %10.1f %10.1f", name, Double.parseDouble(values[0]), Double.parseDouble(values[1]), Double.parseDouble(values[2]));
    }

    private void archive(long rows) throws Exception {
        Archiving archiving = new Archiving(dir, sql, rows, jvm);
        archiving.compare(rounds).forEach(line -> say("%s", line));
        archiving.latencies(new Corpus(seed + 3), new Random(seed)).forEach(line -> say("%s", line));
        archiving.heap().forEach(line -> say("%s", line));
        say("");
    }

    private void months(long rows) throws Exception {
        for (boolean growing : List.of(true, false)) {
            MonthsOfCosts months = new MonthsOfCosts(dir.resolve(growing ? "growing" : "random"), sql, rows, growing);
            months.compare(Math.max(rounds, 5)).forEach(line -> say("%s", line));
        }
        say("");
    }

    // --- Small things ---

    private static String option(String name, String fallback) {
        String value = System.getProperty("bench." + name);
        // Maven leaves a property that nobody set as it stands in the POM.
        return value == null || value.isEmpty() || value.startsWith("${") ? fallback : value;
    }

    private static double[] seconds(List<Time> times) {
        return times.stream().mapToDouble(Time::seconds).sorted().toArray();
    }

    /** How many times as long the ones took as the others in the same round, sorted: a noisy minute hits both. */
    private static double[] ratios(List<Time> ones, List<Time> others) {
        return IntStream.range(0, ones.size()).mapToDouble(i -> ones.get(i).seconds() / others.get(i).seconds()).sorted().toArray();
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void say(String format, Object... values) {
        System.out.println(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
    }

    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(path)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
