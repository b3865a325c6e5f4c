package dev.tac8.bench;

import dev.tac8.store.TableStatements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.sqlite.SQLiteConfig;

/**
 * What a competent engineer would write instead of the route: one thread, prepared statements, streaming JSON, 5,000 records a
 * transaction, on the same driver, schema and settings. In mode {@code rows} only the database's own share is timed.
 *
 * <p>Arguments: mode ({@code loop} or {@code rows}), indexes ({@code all} or {@code seed}), the product's sql folder, the
 * database, a file that is stored untimed, the files that are timed.
 */
final class JdbcRival {
    private static final int CHUNK_RECORDS = 5000;
    /** The indexes that tac8 has beyond those of its first design. */
    private static final List<String> FURTHER_INDEXES = List.of("idx_events_context", "idx_tasks_session", "idx_workers_session",
            "idx_workers_task");

    private final Connection connection;
    private final Layout layout;
    private final List<PreparedStatement> joins = new ArrayList<>();
    private final List<PreparedStatement> removals = new ArrayList<>();

    private JdbcRival(Path sql, Path database, boolean seedIndexes) throws SQLException, IOException {
        SQLiteConfig config = new SQLiteConfig();
        config.enforceForeignKeys(true);
        config.setJournalMode(SQLiteConfig.JournalMode.TRUNCATE);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setCacheSize(-64 * 1024);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        connection = config.createConnection("jdbc:sqlite:" + database);
        try (Statement statement = connection.createStatement()) {
            for (String script : List.of("open-store.sql", "schema.sql")) {
                for (String command : Files.readString(sql.resolve(script)).replaceAll("--[^\n]*", "").split(";")) {
                    if (!command.isBlank()) {
                        statement.execute(command);
                    }
                }
            }
            for (String index : seedIndexes ? FURTHER_INDEXES : List.<String>of()) {
                statement.executeUpdate("DROP INDEX " + index);
            }
        }
        connection.setAutoCommit(false);
        layout = new Layout(sql);
        for (String join : layout.statements()) {
            joins.add(connection.prepareStatement(join));
        }
        TableStatements statements = TableStatements.read(sql);
        for (String removal : List.of("remove-unknown-task", "remove-unknown-session")) {
            removals.add(connection.prepareStatement(statements.of(Files.readString(sql.resolve("ingest/" + removal + ".sql")))));
        }
    }

    /** Prints the seconds that the files took, and the processor's. */
    public static void main(String[] args) throws Exception {
        boolean rowsOnly = args[0].equals("rows");
        JdbcRival rival = new JdbcRival(Path.of(args[2]), Path.of(args[3]), args[1].equals("seed"));
        rival.store(Path.of(args[4]));
        long cpu = cpuNanos();
        long start = System.nanoTime();
        long storing = 0;
        for (int i = 5; i < args.length; i++) {
            storing += rival.store(Path.of(args[i]));
        }
        long taken = System.nanoTime() - start;
        System.out.println("seconds=" + (rowsOnly ? storing : taken) / 1e9 + " cpu=" + (cpuNanos() - cpu) / 1e9);
        rival.connection.close();
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Stores a file; the nanoseconds of it that were binding, stepping and committing. */
    private long store(Path file) throws IOException, SQLException {
        long storing = 0;
        try (Rows rows = new Rows(file, layout)) {
            for (Rows.Chunk chunk = rows.next(CHUNK_RECORDS); chunk != null; chunk = rows.next(CHUNK_RECORDS)) {
                long start = System.nanoTime();
                store(chunk);
                storing += System.nanoTime() - start;
            }
        }
        return storing;
    }

    private void store(Rows.Chunk chunk) throws SQLException {
        for (int table = 0; table < joins.size(); table++) {
            join(joins.get(table), chunk.tables().get(table));
        }
        for (PreparedStatement removal : removals) {
            removal.executeUpdate();
        }
        connection.commit();
    }

    private static void join(PreparedStatement statement, Collection<Object[]> rows) throws SQLException {
        for (Object[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                Object value = row[i];
                if (value instanceof String text) {
                    statement.setString(i + 1, text);
                } else if (value instanceof Long number) {
                    statement.setLong(i + 1, number);
                } else if (value instanceof Double number) {
                    statement.setDouble(i + 1, number);
                } else {
                    statement.setNull(i + 1, Types.NULL);
                }
            }
            statement.addBatch();
        }
        statement.executeBatch();
    }
}
