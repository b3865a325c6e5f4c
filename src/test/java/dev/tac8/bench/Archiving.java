package dev.tac8.bench;

import dev.tac8.Home;
import dev.tac8.Tables;
import dev.tac8.archive.Requests;
import dev.tac8.store.Months;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * An archive run of the running service beside the script that one would write for sqlite3 instead: for each month ATTACH, INSERT ...
 * SELECT with the parents, read back once, DELETE; the same settings, foreign keys on.
 */
final class Archiving {
    private static final int DAYS = 360;
    private static final int KEEP_DAYS = 90;

    private final Path dir;
    private final Path sql;
    private final long rows;
    private final List<String> jvm;
    private final Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofDays(KEEP_DAYS));

    /** What a contender took: seconds, its process's greatest resident memory, and what it left. */
    record Run(Benchmark.Time time, long peakMebibytes, Map<String, String> rows) {
    }

    /** @param rows events and API calls, three in four of them due */
    Archiving(Path dir, Path sql, long rows, List<String> jvm) {
        this.dir = dir;
        this.sql = sql;
        this.rows = rows;
        this.jvm = jvm;
    }

    List<String> compare(int rounds) throws Exception {
        Path template = dir.resolve("full.db");
        fill(template);
        List<String> lines = new ArrayList<>();
        List<Run> ours = new ArrayList<>();
        List<Run> shells = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            Run shell = shell(template);
            Run our = service(template);
            if (!our.rows().equals(shell.rows())) {
                throw new IllegalStateException("the two archived other rows: " + our.rows() + " and " + shell.rows());
            }
            ours.add(our);
            shells.add(shell);
            System.err.printf(Locale.ROOT, "round %d: sqlite3 %.2f s, tac8 archive %.2f s%n", round + 1, shell.time().seconds(),
                    our.time().seconds());
        }
        lines.add(String.format(Locale.ROOT, "%,d events and API calls over %d days, older than %d days to %d months; both left the same rows",
                rows, DAYS, KEEP_DAYS, ours.get(0).rows().size() - 1));
        lines.add(String.format(Locale.ROOT, "%-36s %8s %8s %14s", "", "seconds", "CPU s", "most memory"));
        lines.add(line("sqlite3, ATTACH INSERT DELETE", shells));
        lines.add(line("tac8 archive, the running service", ours));
        lines.add("tac8 takes " + ratio(ours, shells, Benchmark.Time::seconds) + " as long, and " + ratio(ours, shells, Benchmark.Time::cpuSeconds)
                + " of the processor");
        return lines;
    }

    private static String line(String name, List<Run> runs) {
        return String.format(Locale.ROOT, "%-36s %8.2f %8.2f %10d MiB", name, median(runs, Benchmark.Time::seconds),
                median(runs, Benchmark.Time::cpuSeconds), runs.stream().mapToLong(Run::peakMebibytes).max().orElse(0));
    }

    private static double median(List<Run> runs, ToDoubleFunction<Benchmark.Time> part) {
        return runs.stream().map(Run::time).mapToDouble(part).sorted().toArray()[runs.size() / 2];
    }

    private static String ratio(List<Run> ours, List<Run> shells, ToDoubleFunction<Benchmark.Time> part) {
        double[] ratios = IntStream.range(0, ours.size()).mapToDouble(round -> part.applyAsDouble(ours.get(round).time())
                / part.applyAsDouble(shells.get(round).time())).sorted().toArray();
        return String.format(Locale.ROOT, "%.2f x (%.2f-%.2f)", ratios[ratios.length / 2], ratios[0], ratios[ratios.length - 1]);
    }

    /** Ingest while a run goes on: milliseconds from rename to visible. */
    List<String> latencies(Corpus corpus, Random random) throws Exception {
        Path home = Files.createDirectories(dir.resolve("home"));
        try (RunningRoute route = start(home)) {
            double[] alone = route.latencies(corpus, 100, 5, random);
            Requests requests = new Requests(home.resolve("var/spool"));
            String id = requests.ask(KEEP_DAYS, true);
            while (requests.read(id) == null || requests.read(id).rows() == 0) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            double[] meanwhile = route.latencies(corpus, 100, 5, random);
            boolean stillRuns = requests.read(id).message() == null;
            finish(requests, id);
            return List.of(String.format(Locale.ROOT, "From rename to visible, 100 small files before a run: p50 %.0f ms, most %.0f ms;"
                    + " during it%s: p50 %.0f ms, p90 %.0f ms, most %.0f ms", alone[50], alone[99], stillRuns ? "" : " (it ended before)",
                    meanwhile[50], meanwhile[90], meanwhile[99]));
        } finally {
            Benchmark.delete(home);
        }
    }

    /** A run with the heap collected whole at each tenth of it. */
    List<String> heap() throws Exception {
        Path home = Files.createDirectories(dir.resolve("home"));
        try (RunningRoute route = start(home)) {
            Requests requests = new Requests(home.resolve("var/spool"));
            String id = requests.ask(KEEP_DAYS, true);
            for (int tenth = 1; tenth < 10; tenth++) {
                Requests.Answer answer = null;
                while (answer == null || answer.message() == null && answer.rows() < Math.max(1, answer.due() * tenth / 10)) {
                    TimeUnit.MILLISECONDS.sleep(5);
                    answer = requests.read(id);
                }
                route.collect();
            }
            finish(requests, id);
            return List.of("Living heap at each tenth of a run, in MiB: "
                    + String.join(" ", route.heapCollected().stream().map(String::valueOf).toList()));
        } finally {
            Benchmark.delete(home);
        }
    }

    private RunningRoute start(Path home) throws IOException, InterruptedException {
        Path store = Files.createDirectories(home.resolve("var/external"));
        Files.copy(dir.resolve("full.db"), store.resolve("logs.db"), StandardCopyOption.REPLACE_EXISTING);
        sync();
        List<String> options = new ArrayList<>(jvm);
        options.add(RunningRoute.gcLog(home));
        return new RunningRoute(home, options);
    }

    private Run service(Path template) throws Exception {
        Path home = Files.createDirectories(dir.resolve("home"));
        try (RunningRoute route = start(home)) {
            TimeUnit.SECONDS.sleep(1);
            Requests requests = new Requests(home.resolve("var/spool"));
            long cpu = route.cpuNanos();
            long begin = System.nanoTime();
            String id = requests.ask(KEEP_DAYS, true);
            finish(requests, id);
            Benchmark.Time time = new Benchmark.Time((System.nanoTime() - begin) / 1e9, (route.cpuNanos() - cpu) / 1e9);
            return new Run(time, peak(route.pid()), left(home.resolve("var/external")));
        } finally {
            Benchmark.delete(home);
        }
    }

    private static void finish(Requests requests, String id) throws InterruptedException {
        Requests.Answer answer = null;
        while (answer == null || answer.message() == null) {
            TimeUnit.MILLISECONDS.sleep(2);
            answer = requests.read(id);
        }
        if (answer.failed()) {
            throw new IllegalStateException(answer.message());
        }
    }

    private Run shell(Path template) throws Exception {
        Path store = Files.createDirectories(dir.resolve("shell"));
        Files.copy(template, store.resolve("logs.db"), StandardCopyOption.REPLACE_EXISTING);
        sync();
        String begin = stored(before.minus(Duration.ofDays(DAYS - KEEP_DAYS)));
        StringBuilder script = new StringBuilder("PRAGMA foreign_keys = ON;\nPRAGMA journal_mode = TRUNCATE;\nPRAGMA synchronous = FULL;\n"
                + "PRAGMA cache_size = -65536;\n");
        Files.createDirectories(store.resolve("archive"));
        for (LocalDate month = LocalDate.parse(begin.substring(0, 10)).withDayOfMonth(1); stored(start(month)).compareTo(stored(before)) < 0;
                month = month.plusMonths(1)) {
            String until = stored(start(month.plusMonths(1)));
            script.append(month(store, month.toString().substring(0, 7), stored(start(month)),
                    until.compareTo(stored(before)) < 0 ? until : stored(before)));
        }
        script.append(rest());
        Path file = Files.writeString(dir.resolve("archive.sql"), script);
        long start = System.nanoTime();
        Process process = new ProcessBuilder("sqlite3", "-bail", store.resolve("logs.db").toString()).redirectErrorStream(true)
                .redirectInput(file.toFile()).redirectOutput(dir.resolve("output").toFile()).start();
        long peak = 0;
        Duration cpu = Duration.ZERO;
        while (!process.waitFor(5, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, peak(process.pid()));
            cpu = process.info().totalCpuDuration().orElse(cpu);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new IllegalStateException("sqlite3 failed: " + Files.readString(dir.resolve("output")));
        }
        Run run = new Run(new Benchmark.Time(seconds, cpu.toNanos() / 1e9), peak, left(store));
        Benchmark.delete(store);
        return run;
    }

    private String month(Path store, String month, String since, String until) throws IOException {
        String schema = Files.readString(sql.resolve("schema.sql")).replace("IF NOT EXISTS ", "IF NOT EXISTS a.");
        String in = "timestamp >= '" + since + "' AND timestamp < '" + until + "'";
        String workers = "SELECT worker_id FROM api_calls WHERE " + in;
        String calls = "worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd, duration_ms, success,"
                + " record_id, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_source, own_session_id,"
                + " own_task_id";
        String events = "session_id, timestamp, event_type, context_type, context_id, severity, message, details, record_id";
        return "ATTACH '" + Months.file(store.resolve("archive"), month) + "' AS a;\nPRAGMA a.journal_mode = TRUNCATE;\n"
                + "PRAGMA a.synchronous = FULL;\nPRAGMA a.cache_size = -65536;\nBEGIN;\n" + schema
                + "INSERT INTO a.sessions SELECT * FROM main.sessions WHERE session_id IN (SELECT session_id FROM main.events WHERE " + in
                + " UNION SELECT session_id FROM main.workers WHERE worker_id IN (" + workers + "));\n"
                + "INSERT INTO a.tasks SELECT * FROM main.tasks WHERE task_id IN (SELECT task_id FROM main.workers WHERE worker_id IN ("
                + workers + "));\nINSERT INTO a.workers SELECT * FROM main.workers WHERE worker_id IN (" + workers + ");\n"
                + "INSERT INTO a.events (" + events + ") SELECT " + events + " FROM main.events WHERE " + in + ";\n"
                + "INSERT INTO a.api_calls (" + calls + ") SELECT " + calls + " FROM main.api_calls WHERE " + in + ";\nCOMMIT;\n"
                + "SELECT count(*), sum(length(message) + length(details)) FROM a.events;\n"
                + "SELECT count(*), sum(estimated_cost_usd), sum(tokens_total) FROM a.api_calls;\nDETACH a;\n"
                + "BEGIN;\nDELETE FROM api_calls WHERE " + in + ";\nDELETE FROM events WHERE " + in + ";\nCOMMIT;\n";
    }

    /** The parents that are left without children; each was in the archive of its start before. */
    private String rest() {
        String old = stored(before);
        return "BEGIN;\nDELETE FROM workers WHERE spawned_at < '" + old + "' AND ifnull(completed_at, '') < '" + old
                + "' AND NOT EXISTS (SELECT 1 FROM api_calls AS c WHERE c.worker_id = workers.worker_id);\n"
                + "DELETE FROM tasks WHERE detected_at < '" + old + "' AND ifnull(completed_at, '') < '" + old
                + "' AND NOT EXISTS (SELECT 1 FROM workers AS w WHERE w.task_id = tasks.task_id);\n"
                + "DELETE FROM sessions WHERE started_at < '" + old + "' AND ifnull(ended_at, '') < '" + old
                + "' AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.session_id = sessions.session_id)"
                + " AND NOT EXISTS (SELECT 1 FROM tasks AS t WHERE t.session_id = sessions.session_id);\nCOMMIT;\n";
    }

    /** Days that are alike: a session of ten tasks of three workers, two fifths events, three fifths API calls. */
    private void fill(Path database) throws SQLException {
        long events = rows / DAYS * 2 / 5;
        long calls = rows / DAYS - events;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
             Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA synchronous = OFF");
            ScriptUtils.executeSqlScript(connection, new FileSystemResource(sql.resolve("schema.sql")));
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO sessions SELECT 's' || i, " + at("i") + ", " + at("i + 0.9")
                    + ", '4f2a9c1', 'normal', '{\"max_workers\":3}' FROM (" + numbers(DAYS) + ")");
            statement.execute("INSERT INTO tasks SELECT 'gh-' || i, 's' || (i / 10), i, 'Title ' || i, " + at("i / 10") + ", " + at("i / 10")
                    + ", " + at("i / 10 + 0.9") + ", NULL, 'completed', i FROM (" + numbers(DAYS * 10) + ")");
            statement.execute("INSERT INTO workers SELECT 'w-' || i, 's' || (i / 30), 'gh-' || (i / 3), " + at("i / 30") + ", "
                    + at("i / 30 + 0.9") + ", i, 'completed', 0, 'logs/gh-' || (i / 3) || '.jsonl' FROM (" + numbers(DAYS * 30) + ")");
            statement.execute("INSERT INTO events (session_id, timestamp, event_type, context_type, context_id, severity, message, details,"
                    + " record_id) SELECT 's' || (i / " + events + "), " + at("i / " + events + " + i % " + events + " * 0.9 / " + events)
                    + ", 'decision', 'task', 'gh-' || (i / " + events + " * 10 + i % 10), 'info', 'Preserved worktree - recent changes',"
                    + " '{\"file_age_minutes\":0.2,\"action\":\"preserve\",\"path\":\"/trees/gh-' || i || '\"}',"
                    + " printf('01900000-%08x-event', i) FROM (" + numbers(DAYS * events) + ")");
            statement.execute("INSERT INTO api_calls (worker_id, timestamp, model, tokens_input, tokens_output, tokens_total,"
                    + " estimated_cost_usd, duration_ms, success, record_id, cache_read_tokens, cost_source)"
                    + " SELECT 'w-' || (i / " + calls + " * 30 + i % 30), " + at("i / " + calls + " + i % " + calls + " * 0.9 / " + calls)
                    + ", 'claude-sonnet-4-5', i % 9000, i % 700, i % 9000 + i % 700, (i % 977) / 1e4, 1200.5, 1,"
                    + " printf('01900000-%08x-call', i), i % 50000, 'reported' FROM (" + numbers(DAYS * calls) + ")");
            connection.commit();
        }
    }

    private static String numbers(long count) {
        return "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " + (count - 1) + ") SELECT i FROM n";
    }

    /** The stored time so many days after the first one; none is so near to the limit that it passes it while the rivals run. */
    private String at(String days) {
        return "strftime('%Y-%m-%dT%H:%M:%fZ', julianday('" + stored(before.minus(Duration.ofDays(DAYS - KEEP_DAYS))) + "') + 0.05 + " + days + ")";
    }

    /** How many rows each database holds, and what they sum up to. */
    private static Map<String, String> left(Path store) throws IOException, SQLException {
        Map<String, Path> databases = new TreeMap<>(Months.list(store.resolve("archive")));
        databases.put("active", store.resolve("logs.db"));
        Map<String, String> found = new TreeMap<>();
        for (Map.Entry<String, Path> database : databases.entrySet()) {
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database.getValue());
                 Statement statement = connection.createStatement()) {
                StringBuilder sums = new StringBuilder();
                for (String table : Home.TABLES) {
                    String own = Tables.COLUMNS.get(table).contains("session_id") ? " WHERE session_id <> 'tac8'" : "";
                    try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table + own)) {
                        sums.append(row.getLong(1)).append(' ');
                    }
                }
                try (ResultSet row = statement.executeQuery("SELECT round(sum(estimated_cost_usd), 6) FROM api_calls")) {
                    found.put(database.getKey(), sums.append(row.getString(1)).toString());
                }
            }
        }
        return found;
    }

    static long peak(long pid) throws IOException {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
                }
            }
        } catch (IOException e) {
            // It has ended.
        }
        return 0;
    }

    /** What a contender finds in the page cache, and unwritten, is not the other's. */
    private static void sync() throws IOException, InterruptedException {
        new ProcessBuilder("sync").start().waitFor();
    }

    private static Instant start(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static String stored(Instant time) {
        return time.toString().replaceAll("(:\\d\\d)Z", "$1.000Z");
    }
}
