package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.store.Months;
import dev.tac8.text.StoredTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/** Questions while rows go from the local store to the external one and from there, month by month, to the archive. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadingWhileArchivingTest {
    private static final int MONTHS = 8;
    private static final int CALLS = 384;
    private static final int CHUNK = 10;

    @TempDir
    private Path dir;
    private Settings settings;
    private Path external;
    private Path local;

    /** Half of the calls in each store; call i in month i / 16 % 8 + 1, by worker i % 16 of task i % 4. */
    @BeforeEach
    void fill() throws Exception {
        new Home(dir);
        settings = Settings.load(dir, Map.of(), Map.of());
        Files.createDirectories(dir.resolve("var/external/archive"));
        Files.createDirectories(dir.resolve("var/local"));
        Files.createDirectories(dir.resolve("var/spool"));
        for (String store : List.of("external", "local")) {
            Files.writeString(dir.resolve("var/" + store + "/.tac8-volume"), "11111111-2222-3333-4444-555555555555\n");
            Files.writeString(dir.resolve("var/spool/." + store + "-volume"), "11111111-2222-3333-4444-555555555555\n");
        }
        external = make(dir.resolve("var/external/logs.db"));
        local = make(dir.resolve("var/local/logs.db"));
        for (int half = 0; half < 2; half++) {
            try (Connection connection = open(half == 0 ? external : local); Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                String numbers = "WITH RECURSIVE n(i) AS (SELECT " + half + " UNION ALL SELECT i + 2 FROM n WHERE i + 2 < " + CALLS + ")";
                statement.execute("INSERT INTO sessions (session_id, started_at) VALUES ('s', '2026-01-01T00:00:00.000Z')");
                statement.execute(numbers + " INSERT OR IGNORE INTO tasks (task_id, session_id, detected_at, status) SELECT 'gh-' || (i % 4), 's',"
                        + " '2026-01-01T00:00:00.000Z', 'detected' FROM n");
                statement.execute(numbers + " INSERT OR IGNORE INTO workers (worker_id, session_id, task_id, spawned_at, status) SELECT 'w-' || (i % 16),"
                        + " 's', 'gh-' || (i % 4), '2026-01-01T00:00:00.000Z', 'spawned' FROM n");
                statement.execute(numbers + " INSERT INTO api_calls (worker_id, timestamp, model, estimated_cost_usd, record_id) SELECT 'w-' || (i % 16),"
                        + " '2026-0' || (i / 16 % 8 + 1) || '-01T00:00:00.000Z', 'm', 1, 'call-' || i FROM n");
                connection.commit();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void noAnswerMissesACallOrCountsOneTwice(int question) throws Exception {
        CompletableFuture<Integer> moving = CompletableFuture.supplyAsync(this::moveAll);
        List<Long> answers = new ArrayList<>();
        do {
            answers.add(ask(question));
        } while (!moving.isDone());
        answers.add(ask(question));

        assertThat(moving.get()).isEqualTo(CALLS);
        assertThat(answers).hasSizeGreaterThan(1).containsOnly(List.of((long) CALLS, CALLS / 4L, CALLS / 8L, (long) CALLS).get(question));
        assertThat(Home.query(external, "SELECT count(*) FROM api_calls")).containsExactly("0");
        assertThat(Months.list(Months.folder(settings))).hasSize(MONTHS);
    }

    private long ask(int question) throws SQLException {
        Period march = new Period(Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-04-01T00:00:00Z"));
        return switch (question) {
            case 0 -> ask(Reach.records(Period.ALWAYS), "cost", Map.of()).number("calls");
            case 1 -> ask(Reach.of("task", "gh-1"), "cost", Map.of("task", "gh-1")).number("calls");
            case 2 -> ask(Reach.calls(march), "cost-by-session", Map.of("since", StoredTime.of(march.since()), "until",
                    StoredTime.of(march.until()))).number("calls");
            default -> ask(Reach.EVERYTHING, "workers", Map.of()).sum("calls");
        };
    }

    private Rows ask(Reach reach, String question, Map<String, ?> parameters) throws SQLException {
        try (Stores stores = Stores.open(settings, reach)) {
            assertThat(stores.missing()).isEmpty();
            return stores.ask(question, parameters);
        }
    }

    /** As failback and archive do it: each chunk is copied, committed there, and only then deleted here. */
    private int moveAll() {
        int moved = 0;
        try {
            for (int month = 1; month <= MONTHS; month++) {
                while (move(local, external, month) > 0) {
                    continue;
                }
                Path archive = Months.file(Months.folder(settings), "2026-0" + month);
                make(archive);
                for (int chunk = 1; chunk > 0; moved += chunk) {
                    chunk = move(external, archive, month);
                }
            }
            return moved;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int move(Path from, Path to, int month) throws SQLException {
        String chunk = "SELECT record_id FROM api_calls WHERE timestamp LIKE '2026-0" + month + "%' ORDER BY record_id LIMIT " + CHUNK;
        try (Connection connection = open(from); Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            List<String> ids = new ArrayList<>();
            try (var rows = statement.executeQuery(chunk)) {
                while (rows.next()) {
                    ids.add("'" + rows.getString(1) + "'");
                }
            }
            String chosen = "(" + String.join(", ", ids) + ")";
            try (Connection other = open(to); Statement there = other.createStatement()) {
                there.execute("ATTACH '" + from + "' AS source");
                there.execute("BEGIN");
                for (String parent : List.of("sessions", "tasks", "workers")) {
                    there.execute("INSERT OR IGNORE INTO main." + parent + " SELECT * FROM source." + parent);
                }
                there.execute("CREATE TEMP TABLE leaving AS SELECT * FROM source.api_calls WHERE record_id IN " + chosen);
                there.execute("UPDATE leaving SET call_id = NULL");
                there.execute("INSERT INTO main.api_calls SELECT * FROM leaving");
                there.execute("COMMIT");
            }
            int moved = statement.executeUpdate("DELETE FROM api_calls WHERE record_id IN " + chosen);
            statement.execute("COMMIT");
            return moved;
        }
    }

    /** Under another name until it is whole, as the archive does. */
    private static Path make(Path file) throws SQLException {
        Path fresh = file.resolveSibling(".new.db");
        try (Connection store = open(fresh)) {
            ScriptUtils.executeSqlScript(store, new FileSystemResource("sql/schema.sql"));
        }
        try {
            Files.deleteIfExists(file.resolveSibling(".new.db-journal"));
            return Files.move(fresh, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Connection open(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file + "?journal_mode=TRUNCATE&synchronous=OFF");
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 60000");
        }
        return connection;
    }
}
