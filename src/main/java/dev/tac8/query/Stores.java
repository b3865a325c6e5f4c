package dev.tac8.query;

import dev.tac8.service.Status;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.sqlite.SQLiteException;

/**
 * Everything that is stored and can be reached, to be read as if it were one database: where more than one store holds rows, views
 * of the tables' own names lie over them, and every statement runs unchanged.
 */
public final class Stores implements AutoCloseable {
    private static final List<String> TABLES = List.of("sessions", "tasks", "workers", "events", "api_calls");
    private static final Map<String, List<String>> KEYS = Map.of("sessions", List.of("session_id"), "tasks", List.of("task_id", "session_id"),
            "workers", List.of("worker_id", "task_id", "session_id"));
    /** Less than a disk may take: a store that is locked is said to be, not that its disk does not answer. */
    private static final int BUSY_MILLISECONDS = 4000;
    /** A disk that hangs is missing. */
    private static final int ANSWER_SECONDS = 5;

    private final Settings settings;
    private final Path sql;
    private final List<String> missing = new ArrayList<>();
    private final Connection connection;

    private Stores(Settings settings) throws StoreException {
        this.settings = settings;
        this.sql = settings.home().resolve("sql");
        Connection external = open("external", Setting.EXTERNAL_DIR, settings.isDefault(Setting.EXTERNAL_DIR));
        Connection local = open("local", Setting.LOCAL_DIR, true);
        try {
            if (external == null && local == null) {
                throw new StoreException(missing.isEmpty() ? "nothing is stored yet: ./tac8 run or ./tac8 ingest begins"
                        : String.join("; ", missing));
            }
            if (external != null && local != null) {
                if (read("holds-rows").ask(local, Map.of()).number("holds_rows") > 0) {
                    attach(external, "local", file(Setting.LOCAL_DIR));
                    layViews(external, List.of("main", "local"));
                }
                close(local);
            }
            connection = external != null ? external : local;
            if (external == null && !missing.isEmpty()) {
                sayWhatIsThere();
            }
            execute(connection, "PRAGMA query_only = ON");
            if (connection.getAutoCommit()) {
                connection.setAutoCommit(false);
            }
        } catch (SQLException e) {
            close(external);
            close(local);
            throw e instanceof StoreException said ? said : new StoreException("the stores cannot be read: " + Reasons.of(e), e);
        }
    }

    /**
     * Opens what can be reached.
     *
     * @throws StoreException where nothing can
     */
    public static Stores open(Settings settings) throws StoreException {
        return new Stores(settings);
    }

    /** What is not there, and so is missing from every answer, a sentence each; empty where all is there. */
    public List<String> missing() {
        return missing;
    }

    /**
     * Asks the question of {@code sql/query/NAME.sql}.
     *
     * @param parameters what stands for {@code :name}; a filter whose parameter is null is not asked for
     * @throws StoreException where the stores cannot answer
     */
    public Rows ask(String name, Map<String, ?> parameters) throws StoreException {
        Question question = Question.read(sql.resolve("query").resolve(name + ".sql"));
        try {
            return question.ask(connection, parameters);
        } catch (SQLException e) {
            throw new StoreException("sql/query/" + name + ".sql failed: " + Reasons.of(e), e);
        }
    }

    /**
     * Asks any statement, as it is, which can change nothing.
     *
     * @throws SQLException where it is wrong
     * @throws StoreException where the stores cannot answer
     */
    public Rows askFreely(String statement) throws SQLException, StoreException {
        try {
            return Question.askAsItIs(connection, statement);
        } catch (SQLiteException e) {
            throw switch (e.getResultCode().code & 0xff) {
                // SQLITE_BUSY, IOERR, CORRUPT, CANTOPEN, NOTADB: https://www.sqlite.org/rescode.html
                case 5, 10, 11, 14, 26 -> new StoreException("the stores cannot answer: " + Reasons.of(e), e);
                default -> e;
            };
        }
    }

    /** Lays another database beside the stores, to be compared with them: {@code NAME.events}. Only for stores that nobody writes to. */
    public void attach(String name, Path database) throws StoreException {
        try {
            // Nothing can be attached in a transaction.
            connection.setAutoCommit(true);
            attach(connection, name, database);
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw new StoreException("cannot read " + database + ": " + Reasons.of(e), e);
        }
    }

    @Override
    public void close() {
        close(connection);
    }

    private Path file(Setting dir) {
        return settings.path(dir).resolve("logs.db");
    }

    /** Opens a store, or says why it is missing; null where it is, or has never been begun. */
    private Connection open(String name, Setting dir, boolean marksItself) throws StoreException {
        Volume volume = Volume.of(settings, name, settings.path(dir));
        if (marksItself && !volume.isRemembered() && !Files.exists(file(dir))) {
            return null;
        }
        Question settled = Question.read(sql.resolve("open-store.sql"));
        Question firstLook = read("first-look");
        FutureTask<Connection> opening = new FutureTask<>(() -> openFile(volume, file(dir), settled, firstLook));
        Thread thread = new Thread(opening, "open-" + name);
        thread.setDaemon(true);
        thread.start();
        String reason;
        try {
            return opening.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            reason = e.getCause() instanceof StoreException ? e.getCause().getMessage() : Reasons.of(e);
        } catch (TimeoutException e) {
            reason = "its disk does not answer";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = "interrupted";
        }
        missing.add("the " + name + " store is not available, and what it holds is missing here" + since(name) + ": " + reason);
        return null;
    }

    private static Connection openFile(Volume volume, Path file, Question settled, Question firstLook) throws StoreException, SQLException {
        volume.look();
        if (!Files.exists(file)) {
            return null;
        }
        Connection connection = Databases.openToRead(file, BUSY_MILLISECONDS);
        try {
            for (String pragma : settled.sql(Map.of()).split(";\\s*")) {
                execute(connection, pragma);
            }
            firstLook.ask(connection, Map.of());
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private String since(String name) {
        Status.Said said = name.equals("external") ? Status.read(settings.path(Setting.SPOOL_DIR)) : null;
        return said == null || said.breaker().equals("closed") ? "" : " since " + said.breakerSince();
    }

    /** With the external store away, whoever reads wants to know how far back the local one goes. */
    private void sayWhatIsThere() throws SQLException, StoreException {
        Object from = read("oldest-record").ask(connection, Map.of()).first("timestamp");
        missing.add(from == null ? "the local store holds no events and no API calls"
                : "the local store holds events and API calls from " + from + " on");
    }

    private Question read(String name) throws StoreException {
        return Question.read(sql.resolve("read").resolve(name + ".sql"));
    }

    /** By URI and read-write, as a plain name would create what is not there. */
    private static void attach(Connection connection, String name, Path file) throws SQLException {
        String uri = file.toUri().toString().replace("'", "''");
        execute(connection, "ATTACH '" + uri + "?mode=rw' AS " + name);
    }

    private void layViews(Connection connection, List<String> stores) throws SQLException, StoreException {
        // A view is something written, though only into memory.
        execute(connection, "PRAGMA query_only = OFF");
        execute(connection, "PRAGMA temp_store = MEMORY");
        // All answers of one command, and these tables, are of one moment.
        connection.setAutoCommit(false);
        for (String table : TABLES) {
            String text = read(table).sql(Map.of());
            if (text.contains("$rows")) {
                // Joined once: as a view it would be joined anew for each call that asks for its worker.
                execute(connection, "CREATE TEMP TABLE " + table + " AS " + text.replace("$rows", rowsOf(table, stores)));
                for (String key : KEYS.get(table)) {
                    execute(connection, "CREATE INDEX temp." + table + "_" + key + " ON " + table + "(" + key + ")");
                }
            } else {
                execute(connection, "CREATE TEMP VIEW " + table + " AS " + union(text, stores));
            }
        }
    }

    private static String rowsOf(String table, List<String> stores) {
        List<String> all = new ArrayList<>();
        stores.forEach(store -> all.add("SELECT * FROM " + store + "." + table));
        return "(" + String.join(" UNION ALL ", all) + ")";
    }

    /** One SELECT a store; in each the line that names an earlier store stands once for every one of them. */
    private static String union(String template, List<String> stores) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < stores.size(); i++) {
            StringBuilder one = new StringBuilder();
            for (String line : template.split("\n")) {
                for (String earlier : line.contains("$earlier") ? stores.subList(0, i) : List.of("")) {
                    one.append(line.replace("$earlier", earlier).replace("$store", stores.get(i))).append('\n');
                }
            }
            all.add(one.toString());
        }
        return String.join(" UNION ALL ", all);
    }

    private static void execute(Connection connection, String command) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    private static void close(Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // It was only read.
        }
    }
}
