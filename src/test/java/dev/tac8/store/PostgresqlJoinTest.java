package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.PostgresqlServer;
import dev.tac8.Tables;
import dev.tac8.fault.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * The statements in sql/postgresql join rows as those in sql/ingest do: random rows of few keys and few values go through both, in chunks, in
 * another order, and some of them twice; then the tables are compared row for row.
 */
class PostgresqlJoinTest {
    private static final Path SQLITE = Path.of("sql/ingest");
    private static final Path POSTGRESQL = Path.of("sql/postgresql");
    private static final String DATABASE = "joins";
    private static final int ROUNDS = 200;
    /** The rarest mistake is seen in one of some fifty rounds: of 10^34 runs one would miss it. */
    private static final int MOST_ROUNDS = 4_000;
    private static final int KEYS = 6;
    private static final int CHUNKS = 60;
    private static final int WRITERS = 4;
    /** In the order of a database whose texts are in a language's order, or in that of UTF-16, some stand the other way round. */
    private static final List<String> TEXTS = List.of("unknown", "a1", "B2", "é", "Z\t\\N\n\"\r", "\uFFFD wide", "😀 pair", "");
    private static final List<String> NAMES = List.of("unknown", "(claude a)", "(claude b)", "w-1", "W-2");
    private static final List<String> TIMES = List.of("2026-11-22T10:00:00.000Z", "2026-11-22T10:00:01.000Z", "2026-11-22T10:00:02.000Z");
    private static final List<String> USAGES = List.of("{\"since\":\"2026-11-22T10:00:00.000Z\"}", "{\"since\":\"2026-11-22T10:00:01.000Z\"}",
            "{\"since\":\"2026-11-22T10:00:00.000Z\",\"speed\":\"fast\"}", "{\"since\":7,\"a\":1}", "{\"since\":10}", "{\"since\":true}", "{\"since\":null,\"é\":1}",
            "{\"since\":[\"x\"]}", "{}", "no JSON");

    @TempDir
    private static Path dir;
    private static PostgresqlServer server;
    private static TableStatements made;

    private final Random random = Corpus.random(getClass());

    @BeforeAll
    static void start() throws Exception {
        server = PostgresqlServer.start(dir);
        server.create(DATABASE);
        made = TableStatements.read(Path.of("sql"));
        try (Connection connection = server.connect(DATABASE); Statement statement = connection.createStatement()) {
            statement.execute(Files.readString(POSTGRESQL.resolve("0001-five-tables.sql")));
        }
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void givesTheSameRowsAsSqliteInAnyOrderOfArrival() throws Exception {
        try (Pair pair = new Pair(Map.of())) {
            for (int round = 0; round < ROUNDS; round++) {
                Map<String, List<String>> expected = new TreeMap<>();
                assertThat(pair.round(expected)).as("round %d", round).isEqualTo(expected);
            }
        }
    }

    @Test
    void givesTheSameRowsAsSqliteWhereSomebodyElseWritesThemMeanwhile() throws Exception {
        try (Pair pair = new Pair(Map.of())) {
            int waited = 0;
            for (int round = 0; round < ROUNDS / 2; round++) {
                Map<String, List<String>> expected = new TreeMap<>();
                String table = new ArrayList<>(Tables.COLUMNS.keySet()).get(round % Tables.COLUMNS.size());
                Meeting meeting = pair.meet(table, expected);
                assertThat(meeting.rows()).as("round %d, %s", round, table).isEqualTo(expected);
                waited += meeting.waited() ? 1 : 0;
            }
            assertThat(waited).as("writers that waited for another").isGreaterThan(ROUNDS / 8);
            assertThat(pair.known).as("chunks whose records seemed to be new").hasPositiveValue();
        }
    }

    @Test
    void writersThatComeAtOnceNeitherWaitInACircleNorLoseAnything() throws Exception {
        try (Pair pair = new Pair(Map.of())) {
            Map<String, List<Row>> parents = pair.parents();
            List<Map<String, List<Row>>> chunks = Stream.generate(() -> pair.chunk(Tables.COLUMNS.keySet().toArray(String[]::new))).limit(CHUNKS).toList();
            pair.join(parents);
            for (Map<String, List<Row>> chunk : chunks) {
                pair.join(chunk);
            }
            pair.write(pair.writer, parents);
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                List<Map<String, List<Row>>> shuffled = new ArrayList<>(chunks);
                Collections.shuffle(shuffled, random);
                writers.add(CompletableFuture.runAsync(() -> pair.writeAll(shuffled)));
            }
            for (CompletableFuture<Void> writer : writers) {
                writer.get(2, TimeUnit.MINUTES);
            }
            assertThat(pair.rows(pair.observer)).isEqualTo(pair.rows(pair.sqlite));
        }
    }

    /** Each mistake is made twice: where a chunk meets itself and what was stored, and where it meets what somebody else stores meanwhile. */
    @ParameterizedTest(name = "{0}: {1} becomes {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            join-sessions | min(started_at) | max(started_at)
            join-sessions | NULLIF(git_commit, 'unknown') | git_commit
            join-sessions | , max(git_commit)) | , 'unknown')
            join-sessions | exit_reason ORDER BY ended_at DESC NULLS LAST, | exit_reason ORDER BY
            join-sessions | ended_at DESC NULLS LAST | ended_at DESC
            join-sessions | exit_reason DESC NULLS LAST | exit_reason NULLS LAST
            join-sessions | max(config) | max(config COLLATE "en-x-icu") COLLATE "C"
            join-sessions | max(ended_at) | min(ended_at)
            join-tasks | NULLIF(session_id, 'unknown') | session_id
            join-tasks | NULLIF(title, 'unknown') | title
            join-tasks | min(detected_at) | max(detected_at)
            join-tasks | WHEN max(failed_at) | WHEN min(failed_at)
            join-tasks | WHEN max(completed_at) THEN 'completed' | WHEN max(completed_at) THEN 'active'
            join-tasks | GREATEST(max(started_at), max(completed_at), max(failed_at)) | GREATEST(max(started_at), max(completed_at))
            join-tasks | max(pr_number) | min(pr_number)
            join-workers | max(NULLIF(session_id, 'unknown')) FILTER (WHERE turn = 1) | max(NULLIF(session_id, 'unknown'))
            join-workers | NULLIF(task_id, 'unknown') | task_id
            join-workers | CASE WHEN completed_at IS NOT NULL THEN status END | status
            join-workers | CASE WHEN completed_at IS NOT NULL THEN exit_code END | NULL::bigint
            join-workers | (array_agg(exit_code ORDER BY completed_at DESC NULLS LAST, | (array_agg(exit_code ORDER BY
            join-workers | (array_agg(status ORDER BY completed_at DESC NULLS LAST, status DESC, | (array_agg(status ORDER BY completed_at DESC NULLS LAST, status,
            join-workers | NULLIF(log_file, 'unknown') | log_file
            join-events | min(timestamp) | max(timestamp)
            join-events | NULLIF(severity, 'unknown') | severity
            join-events | max(details) | min(details)
            join-events | NULLIF(message, 'unknown') | message
            join-api-calls | worker_id NOT LIKE '(%' | worker_id <> ''
            join-api-calls | worker_id <> 'unknown' AND | true AND
            join-api-calls | max(worker_id) FILTER (WHERE usage_turn = 1) | max(worker_id)
            join-api-calls | ORDER BY since.number NULLS LAST, | ORDER BY
            join-api-calls | since.word NULLS LAST | since.word DESC NULLS LAST
            join-api-calls | usage DESC NULLS LAST | usage NULLS LAST
            join-api-calls | worker_id = 'unknown', worker_id DESC | worker_id DESC
            join-api-calls | cost_source DESC NULLS LAST, price_version | cost_source DESC, price_version
            join-api-calls | price_version DESC NULLS LAST | price_version NULLS LAST
            join-api-calls | max(price_version) FILTER (WHERE cost_turn = 1) | max(price_version)
            join-api-calls | max(estimated_cost_usd) FILTER (WHERE cost_turn = 1) | max(estimated_cost_usd)
            join-api-calls | max(tokens_total) | min(tokens_total)
            """)
    @Tag("thorough")
    void aMistakeInARuleIsSeen(String statement, String right, String wrong) throws Exception {
        String text = Files.readString(POSTGRESQL.resolve(statement + ".sql"));
        int update = text.indexOf("DO UPDATE SET");
        String first = text.substring(0, update).replace(right, wrong) + text.substring(update);
        String second = text.substring(0, update) + text.substring(update).replace(right, wrong);
        assertThat(List.of(first, second)).as("both rules hold %s", right).doesNotContain(text);
        String table = statement.substring("join-".length()).replace('-', '_');
        try (Pair pair = new Pair(Map.of(statement, first))) {
            assertThat(roundsUntil(() -> pair.isUnequal(null))).as("rounds until it is seen in a chunk").isLessThan(MOST_ROUNDS);
        }
        try (Pair pair = new Pair(Map.of(statement, second))) {
            assertThat(roundsUntil(() -> pair.isUnequal(table))).as("rounds until it is seen in what meets").isLessThan(MOST_ROUNDS);
        }
    }

    private interface Look {
        boolean sees() throws Exception;
    }

    private static int roundsUntil(Look look) throws Exception {
        int rounds = 0;
        while (rounds < MOST_ROUNDS && !look.sees()) {
            rounds++;
        }
        return rounds;
    }

    @Test
    void leavesAloneWhatAChunkDoesNotChange() throws Exception {
        try (Pair pair = new Pair(Map.of())) {
            Map<String, List<Row>> chunk = pair.chunk(Tables.COLUMNS.keySet().toArray(String[]::new));
            pair.write(pair.writer, chunk);
            List<String> before = pair.versions();
            pair.write(pair.writer, chunk);
            assertThat(pair.versions()).isEqualTo(before).isNotEmpty();
        }
    }

    /** What two writers gave of one table, and whether one of them had to wait for the other. */
    private record Meeting(Map<String, List<String>> rows, boolean waited) {
    }

    /** A database of each kind, and the statements of both. */
    private final class Pair implements AutoCloseable {
        private final Connection sqlite = DriverManager.getConnection("jdbc:sqlite::memory:");
        private final Connection writer = server.connect(DATABASE);
        private final Connection other = server.connect(DATABASE);
        private final Connection observer = server.connect(DATABASE);
        private final int otherPid;
        private final Map<String, String> edited;
        private final Map<String, String> statements = new ConcurrentHashMap<>();
        private final Map<String, PreparedStatement> prepared = new HashMap<>();
        private final Map<Connection, Map<String, PreparedStatement>> ofWriters = new ConcurrentHashMap<>();
        private final AtomicInteger known = new AtomicInteger();
        private final Map<String, Row.Columns> columns = new LinkedHashMap<>();

        Pair(Map<String, String> edited) throws SQLException, IOException {
            this.edited = edited;
            ScriptUtils.executeSqlScript(sqlite, new FileSystemResource("sql/schema.sql"));
            for (Connection connection : List.of(writer, other)) {
                try (Statement statement = connection.createStatement()) {
                    // The rows of a round hang on nothing.
                    statement.execute("SET session_replication_role = replica");
                }
                begin(connection);
            }
            try (Statement statement = other.createStatement(); ResultSet pid = statement.executeQuery("SELECT pg_backend_pid()")) {
                pid.next();
                otherPid = pid.getInt(1);
            }
            other.commit();
            Tables.COLUMNS.forEach((table, names) -> columns.put(table, new Row.Columns(table, names)));
            empty();
        }

        /** Chunks in some order into SQLite, and in another one, some of them twice, into PostgreSQL, whose rows it returns. */
        Map<String, List<String>> round(Map<String, List<String>> expected) throws SQLException, IOException {
            empty();
            List<Map<String, List<Row>>> chunks = new ArrayList<>(Stream.generate(() -> chunk(Tables.COLUMNS.keySet().toArray(String[]::new)))
                    .limit(1 + random.nextInt(3)).toList());
            for (Map<String, List<Row>> chunk : chunks) {
                join(chunk);
            }
            expected.putAll(rows(sqlite));
            if (random.nextInt(3) == 0) {
                chunks.add(chunks.get(0));
            }
            Collections.shuffle(chunks, random);
            for (Map<String, List<Row>> chunk : chunks) {
                write(writer, chunk);
            }
            return rows(observer);
        }

        /** One writer has written and not yet committed when the other comes with the same keys. */
        Meeting meet(String table, Map<String, List<String>> expected) throws Exception {
            empty();
            Map<String, List<Row>> stored = random.nextInt(3) == 0 && !Tables.OF_RECORDS.contains(table) ? Map.of() : chunk(table);
            Map<String, List<Row>> first = chunk(table);
            Map<String, List<Row>> second = chunk(table);
            for (Map<String, List<Row>> chunk : List.of(stored, first, second)) {
                join(chunk);
            }
            expected.putAll(rows(sqlite));
            write(writer, stored);
            writeOnly(writer, first);
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                try {
                    writeOnly(other, second);
                } catch (SQLException | IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            Awaitility.await("the second writer waits or is through").pollInterval(Duration.ofMillis(1)).atMost(Duration.ofSeconds(30))
                    .until(() -> writing.isDone() || waits());
            boolean waited = !writing.isDone();
            writer.commit();
            writing.get(30, TimeUnit.SECONDS);
            other.commit();
            return new Meeting(rows(observer), waited);
        }

        boolean isUnequal(String table) throws Exception {
            Map<String, List<String>> expected = new TreeMap<>();
            return !(table == null ? round(expected) : meet(table, expected).rows()).equals(expected);
        }

        private void begin(Connection connection) throws SQLException, IOException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(made.of(Files.readString(POSTGRESQL.resolve("new-rows.sql"))));
            }
            connection.setAutoCommit(false);
        }

        /** What rows of random chunks may hang on. */
        Map<String, List<Row>> parents() {
            Map<String, List<Row>> parents = new HashMap<>();
            for (String table : List.of("sessions", "tasks", "workers")) {
                parents.put(table, Stream.concat(Stream.concat(TEXTS.stream(), NAMES.stream()), IntStream.range(0, KEYS).mapToObj(i -> "key-" + i)).distinct().map(key -> {
                    Row row = row(table);
                    row.put(Tables.key(table), key);
                    return row;
                }).toList());
            }
            return parents;
        }

        /** Writes chunks as one more host does, on whose rows others may hang. */
        void writeAll(List<Map<String, List<Row>>> chunks) {
            try (Connection connection = server.connect(DATABASE)) {
                begin(connection);
                for (Map<String, List<Row>> chunk : chunks) {
                    write(connection, chunk);
                }
            } catch (SQLException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private boolean waits() throws SQLException {
            try (Statement statement = observer.createStatement();
                 ResultSet found = statement.executeQuery("SELECT 1 FROM pg_locks WHERE NOT granted AND pid = " + otherPid)) {
                return found.next();
            }
        }

        /** As the route write-postgresql does. */
        void write(Connection connection, Map<String, List<Row>> chunk) throws SQLException, IOException {
            writeOnly(connection, chunk);
            connection.commit();
        }

        private void writeOnly(Connection connection, Map<String, List<Row>> chunk) throws SQLException, IOException {
            Savepoint before = connection.setSavepoint();
            try {
                writeOnly(connection, chunk, true);
            } catch (SQLException e) {
                if (!"23505".equals(e.getSQLState())) {
                    throw e;
                }
                connection.rollback(before);
                known.incrementAndGet();
                writeOnly(connection, chunk, false);
            }
        }

        private void writeOnly(Connection connection, Map<String, List<Row>> chunk, boolean areNew) throws SQLException, IOException {
            for (String table : columns.keySet()) {
                if (chunk.containsKey(table)) {
                    boolean straight = areNew && Tables.OF_RECORDS.contains(table)
                            && chunk.get(table).stream().map(row -> row.get(Tables.key(table))).distinct().count() == chunk.get(table).size();
                    copy(connection, table, chunk.get(table), straight);
                    execute(connection, statement(POSTGRESQL, "join-" + table.replace('_', '-')));
                }
            }
        }

        private void copy(Connection connection, String table, List<Row> rows, boolean straight) throws SQLException, IOException {
            String copy = made.of(statement(POSTGRESQL, straight ? "copy-new" : "copy"), table).replaceAll("--.*\n", "");
            List<String> names = List.of(copy.substring(copy.indexOf('(') + 1, copy.indexOf(')')).split(", "));
            List<Row> sorted = rows.stream().sorted(Comparator.comparing(row -> (String) row.get(Tables.key(table)))).toList();
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy, new CopyRows(sorted, names, names.stream().map(name -> made.type(table, name)).toList()));
        }

        private int execute(Connection connection, String sql) throws SQLException {
            Map<String, PreparedStatement> known = ofWriters.computeIfAbsent(connection, none -> new HashMap<>());
            if (!known.containsKey(sql)) {
                known.put(sql, connection.prepareStatement(sql));
            }
            return known.get(sql).executeUpdate();
        }

        /** As the routes on SQLite do. */
        private void join(Map<String, List<Row>> chunk) throws SQLException, IOException {
            for (String table : columns.keySet()) {
                for (Row row : chunk.getOrDefault(table, List.of())) {
                    String name = table.replace('_', '-');
                    if (!Tables.OF_RECORDS.contains(table) || execute("insert-" + name, row) < 1) {
                        execute("join-" + name, row);
                    }
                }
            }
        }

        private int execute(String name, Row row) throws SQLException, IOException {
            Parameters parameters = Parameters.of(statement(SQLITE, name));
            if (!prepared.containsKey(name)) {
                prepared.put(name, sqlite.prepareStatement(parameters.sql()));
            }
            parameters.bind(prepared.get(name), row);
            return prepared.get(name).executeUpdate();
        }

        private String statement(Path folder, String name) throws IOException {
            if (folder == POSTGRESQL && edited.containsKey(name)) {
                return edited.get(name);
            }
            Path file = folder.resolve(name + ".sql");
            String known = statements.get(file.toString());
            if (known == null) {
                known = Files.readString(file);
                statements.put(file.toString(), known);
            }
            return known;
        }

        private void empty() throws SQLException {
            try (Statement ofSqlite = sqlite.createStatement(); Statement ofPostgresql = writer.createStatement()) {
                for (String table : columns.keySet()) {
                    ofSqlite.execute("DELETE FROM " + table);
                }
                // TRUNCATE would make a file anew for each table and index.
                ofPostgresql.execute("DELETE FROM " + String.join("; DELETE FROM ", columns.keySet()));
            }
            writer.commit();
        }

        private Map<String, List<String>> rows(Connection connection) throws SQLException {
            Map<String, List<String>> all = new TreeMap<>();
            for (String table : columns.keySet()) {
                List<String> rows = new ArrayList<>();
                try (Statement statement = connection.createStatement();
                     ResultSet found = statement.executeQuery("SELECT " + String.join(", ", columns.get(table).names()) + " FROM " + table)) {
                    while (found.next()) {
                        List<String> values = new ArrayList<>();
                        for (int i = 1; i <= columns.get(table).names().size(); i++) {
                            values.add(Objects.toString(found.getObject(i), "NULL"));
                        }
                        rows.add(String.join("|", values));
                    }
                }
                Collections.sort(rows);
                all.put(table, rows);
            }
            return all;
        }

        /** The rows with the transactions that have written them last. */
        List<String> versions() throws SQLException {
            String sql = columns.keySet().stream().map(table -> "SELECT '" + table + "', xmin::text, ctid::text FROM " + table)
                    .collect(Collectors.joining(" UNION ALL ", "SELECT t::text FROM (", ") AS t"));
            List<String> versions = new ArrayList<>();
            try (Statement statement = observer.createStatement(); ResultSet found = statement.executeQuery(sql)) {
                while (found.next()) {
                    versions.add(found.getString(1));
                }
            }
            Collections.sort(versions);
            return versions;
        }

        // --- Rows ---

        /** Rows of some tables, in no order. */
        Map<String, List<Row>> chunk(String... tables) {
            return Arrays.stream(tables).collect(Collectors.toMap(table -> table,
                    table -> Stream.generate(() -> row(table)).limit(1 + random.nextInt(8)).toList()));
        }

        private Row row(String table) {
            Row row = new Row(columns.get(table));
            String status = oneOf(List.of("detected", "active", "completed", "failed"));
            for (String column : columns.get(table).names()) {
                row.put(column, switch (column) {
                    case "timestamp", "started_at", "detected_at", "spawned_at" -> oneOf(TIMES);
                    case "ended_at" -> orNull(TIMES);
                    case "worker_id" -> oneOf(NAMES);
                    case "usage" -> orNull(USAGES);
                    case "cost_source" -> orNull(List.of("calculated", "reported"));
                    case "price_version" -> orNull(TIMES);
                    case "estimated_cost_usd", "duration_ms" -> random.nextInt(4) == 0 ? null : (Object) (random.nextInt(4) / 10.0);
                    case "session_id", "task_id", "message", "event_type", "model" -> oneOf(TEXTS);
                    case "success" -> random.nextInt(3) == 0 ? null : (Object) (long) random.nextInt(2);
                    case "issue_number", "pr_number", "pid", "exit_code" -> number();
                    default -> column.contains("tokens") ? number() : orNull(TEXTS);
                });
            }
            row.put(Tables.key(table), "key-" + random.nextInt(KEYS));
            if (table.equals("tasks")) {
                row.put("started_at", status.equals("active") ? oneOf(TIMES) : null);
                row.put("completed_at", status.equals("completed") ? oneOf(TIMES) : null);
                row.put("failed_at", status.equals("failed") ? oneOf(TIMES) : null);
                row.put("status", status);
            }
            if (table.equals("workers")) {
                boolean ended = random.nextBoolean();
                row.put("completed_at", ended ? oneOf(TIMES) : null);
                row.put("status", oneOf(ended ? List.of("completed", "failed") : List.of("spawned", "spawned", "failed")));
            }
            return row;
        }

        private Long number() {
            return random.nextInt(3) == 0 ? null : random.nextInt(10) == 0 ? Long.MAX_VALUE : (Long) (long) (random.nextInt(4) - 1);
        }

        private String orNull(List<String> values) {
            return random.nextInt(3) == 0 ? null : oneOf(values);
        }

        private String oneOf(List<String> values) {
            return values.get(random.nextInt(values.size()));
        }

        @Override
        public void close() throws SQLException {
            for (Connection connection : List.of(sqlite, writer, other, observer)) {
                connection.close();
            }
        }
    }
}
