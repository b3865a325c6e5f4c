package dev.tac8.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * What each month of three years cost, as whole processes in turn: {@code ./tac8 cost --by month} over 36 months of the archive and the
 * active store, and the {@code sqlite3} shell over the 37 files one by one. And what the story of a task takes over the same.
 */
final class MonthsOfCosts {
    private static final int MONTHS = 36;
    private static final YearMonth FIRST = YearMonth.of(2023, 9);
    private static final int TASK = 5000;

    private final Path store;
    private final boolean idsGrow;
    private final List<Path> databases = new ArrayList<>();

    /** What a process took: seconds, and its greatest resident memory in MiB. */
    private record Run(double seconds, long peakMebibytes) {
    }

    /**
     * Makes the databases.
     *
     * @param rows    events and API calls of the archive, two fifths and three fifths
     * @param idsGrow whether the records' ids grow with time, as those of the loggers do; else they are random
     */
    MonthsOfCosts(Path dir, Path sql, long rows, boolean idsGrow) throws IOException, SQLException {
        this.store = Questions.marked(dir);
        this.idsGrow = idsGrow;
        Files.createDirectories(store.resolve("archive"));
        for (int month = 0; month <= MONTHS; month++) {
            databases.add(month == MONTHS ? store.resolve("logs.db") : store.resolve("archive/logs-" + FIRST.plusMonths(month) + ".db"));
            fill(databases.get(month), sql, month, rows / MONTHS);
        }
    }

    List<String> compare(int pairs) throws IOException, InterruptedException {
        List<Double> ours = new ArrayList<>();
        List<Double> shells = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        List<Double> stories = new ArrayList<>();
        long most = 0;
        long mostOfStory = 0;
        for (int pair = -1; pair < pairs; pair++) {
            double shell = 0;
            for (Path database : databases) {
                shell += run(List.of("sqlite3", database.toString(), "SELECT substr(timestamp, 1, 7), count(*), sum(estimated_cost_usd),"
                        + " count(*) - count(estimated_cost_usd), sum(tokens_total) FROM api_calls GROUP BY 1")).seconds();
            }
            Run our = tac8("cost", "--by", "month", "--zone", "UTC");
            Run story = tac8("why", "gh-" + TASK);
            if (pair >= 0) {
                shells.add(shell);
                ours.add(our.seconds());
                ratios.add(our.seconds() / shell);
                stories.add(story.seconds());
            }
            most = Math.max(most, our.peakMebibytes());
            mostOfStory = Math.max(mostOfStory, story.peakMebibytes());
        }
        return List.of(String.format(Locale.ROOT, "What each month cost, over %d databases, ids %s; %d pairs, medians", databases.size(),
                        idsGrow ? "that grow with time" : "at random", pairs),
                String.format(Locale.ROOT, "%-44s %8.2f s", "sqlite3, file by file", median(shells)),
                String.format(Locale.ROOT, "%-44s %8.2f s %6d MiB   %.2f x (%.2f-%.2f)", "./tac8 cost --by month", median(ours), most, median(ratios),
                        ratios.get(0), ratios.get(ratios.size() - 1)),
                String.format(Locale.ROOT, "%-44s %8.2f s %6d MiB", "./tac8 why", median(stories), mostOfStory));
    }

    private Run tac8(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of("tac8").toAbsolutePath().toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("-D", "tac8.external.dir=" + store, "-D", "tac8.local.dir=" + store.resolve("no-local"), "-D",
                "tac8.spool.dir=" + store.resolve("no-spool")));
        return run(command);
    }

    private Run run(List<String> command) throws IOException, InterruptedException {
        Path output = store.resolve("output");
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        long peak = 0;
        while (!process.waitFor(3, TimeUnit.MILLISECONDS)) {
            peak = Math.max(peak, Archiving.peak(process.pid()));
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(command + " failed: " + Files.readString(output));
        }
        return new Run((System.nanoTime() - start) / 1e9, peak);
    }

    /** Also sorts. */
    private static double median(List<Double> values) {
        values.sort(null);
        return values.get(values.size() / 2);
    }

    /** A session a month, ten tasks a day with three workers each; calls and events say whose they are. */
    private void fill(Path database, Path sql, int month, long rows) throws SQLException {
        int task = month * 300;
        String time = "strftime('%Y-%m-%dT%H:%M:%fZ', julianday('" + FIRST.plusMonths(month) + "-01') + 27.9 * i / " + rows + ")";
        String id = idsGrow ? "printf('0190%012x', " + month * rows + " + i)" : "lower(hex(randomblob(16)))";
        try (Connection made = DriverManager.getConnection("jdbc:sqlite:" + database); Statement statement = made.createStatement()) {
            statement.execute("PRAGMA synchronous = OFF");
            ScriptUtils.executeSqlScript(made, new FileSystemResource(sql.resolve("schema.sql")));
            made.setAutoCommit(false);
            statement.execute("INSERT INTO sessions (session_id, started_at) VALUES ('s" + month + "', '" + FIRST.plusMonths(month) + "-01T00:00:00.000Z')");
            statement.execute("INSERT INTO tasks (task_id, session_id, issue_number, title, detected_at, completed_at, status) SELECT 'gh-' || (" + task
                    + " + i), 's" + month + "', " + task + " + i, 'Title ' || i, " + time + ", " + time + ", 'completed' FROM (" + numbers(300) + ")");
            statement.execute("INSERT INTO workers (worker_id, session_id, task_id, spawned_at, completed_at, status) SELECT 'w-' || (" + 3 * task
                    + " + i), 's" + month + "', 'gh-' || (" + task + " + i / 3), " + time + ", " + time + ", 'completed' FROM (" + numbers(900) + ")");
            statement.execute("INSERT INTO events (session_id, timestamp, event_type, context_type, context_id, severity, message, details, record_id)"
                    + " SELECT 's" + month + "', " + time + ", iif(i % 50 = 0, 'trigger', 'decision'), 'task', 'gh-' || (" + task + " + i % 300), 'info',"
                    + " 'Preserved worktree - recent changes', '{\"action\":\"preserve\",\"path\":\"/trees/gh-' || i || '\"}', " + id
                    + " || 'e' FROM (" + numbers(rows) + ") WHERE i % 5 < 2");
            statement.execute("INSERT INTO api_calls (worker_id, timestamp, model, tokens_input, tokens_output, tokens_total, estimated_cost_usd,"
                    + " duration_ms, success, record_id, cost_source, own_session_id, own_task_id) SELECT 'w-' || (" + 3 * task + " + i % 900), " + time
                    + ", 'claude-sonnet-4-5', i % 9000, i % 700, i % 9000 + i % 700, (i % 977) / 1e4, 1200.5, 1, " + id + ", 'reported', 's" + month
                    + "', 'gh-' || (" + task + " + i % 900 / 3) FROM (" + numbers(rows) + ") WHERE i % 5 >= 2");
            made.commit();
        }
    }

    private static String numbers(long count) {
        return "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " + (count - 1) + ") SELECT i FROM n";
    }
}
