package dev.tac8.status;

import dev.tac8.files.Daemon;
import dev.tac8.ingest.RecordType;
import dev.tac8.query.Databases;
import dev.tac8.query.Question;
import dev.tac8.query.Rows;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.DatabaseFile;
import dev.tac8.store.Reasons;
import dev.tac8.store.PostgresqlStore;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteJDBCLoader;

/**
 * What can be seen of a store without changing anything. Its disk may hang: a thread of its own asks, and a caller waits no longer than
 * two seconds for the next answer.
 */
public final class StoreView {
    private static final long ANSWER_SECONDS = 2;
    private static final int BUSY_MILLISECONDS = 1000;
    private static final String ROWS = "rows";
    /** The statement that tells how many rows are stored a second. */
    public static final String NEWEST_ROWS = "newest-rows";

    private final String name;
    private final Path file;
    /** Null if the store is a file. */
    private final PostgresqlStore.Server server;
    private final Volume volume;
    private final boolean marksItself;
    private final Path sql;
    private final String reportsSql;
    private final Map<String, String> asked = new LinkedHashMap<>();
    private final BlockingQueue<Runnable> answers = new LinkedBlockingQueue<>();
    private final Map<String, Rows> found = new HashMap<>();
    private boolean done;
    private boolean available;
    private boolean untouched;
    private String reason;
    private Long bytes;
    private Instant lastWrite;
    private List<Path> damaged = List.of();
    private final Map<String, Report> reports = new HashMap<>();

    /** What the service did last, and when. */
    public record Report(String time, String message) {
    }

    /**
     * What was seen of a store.
     *
     * @param place     the database's file, or its address
     * @param available whether it can be read
     * @param untouched whether nothing has ever been stored there
     * @param reason    why it cannot be read, or not all of it, in words that follow the store's name and a colon; or null
     * @param rows      of each table, or null if not all could be counted
     * @param bytes     the size of the database, or null
     * @param lastWrite when the database was written last, or null
     * @param damaged   databases that were set aside because they are damaged, oldest first
     * @param reports   the last of each kind, {@code failback} or {@code archive}, that this store knows of
     * @param found     the answers to the statements that were asked, by their names; one that was not answered is missing
     */
    public record Seen(String name, String place, boolean available, boolean untouched, String reason, Map<String, Long> rows, Long bytes,
                Instant lastWrite, List<Path> damaged, Map<String, Report> reports, Map<String, Rows> found) {
        /** The rows of all tables, or null. */
        public Long rowCount() {
            return rows == null ? null : rows.values().stream().mapToLong(Long::longValue).sum();
        }

        /** The rows of a local store, which wait to be brought home, or null if they are not known. */
        public Long backlog() {
            return untouched ? Long.valueOf(0) : rowCount();
        }
    }

    private StoreView(Settings settings, String name, Setting dir, boolean marksItself, String... statements) throws IOException {
        this.name = name;
        this.server = dir == Setting.EXTERNAL_DIR && settings.isPostgresql() ? server(settings) : null;
        this.file = settings.path(dir).resolve("logs.db");
        this.volume = Volume.of(settings, name, settings.path(dir));
        this.marksItself = marksItself;
        this.sql = settings.sql();
        this.reportsSql = Files.readString(sql.resolve("status/last-reports.sql"));
        for (String statement : statements) {
            String folder = server != null && statement.equals(NEWEST_ROWS) ? "postgresql/" : "status/";
            String text = Files.readString(sql.resolve(folder + statement + ".sql"));
            asked.put(statement, text.contains("$table") ? RecordType.ofEach(text) : text);
        }
    }

    private static PostgresqlStore.Server server(Settings settings) throws IOException {
        try {
            return PostgresqlStore.Server.of(settings);
        } catch (SettingsException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Begins to look at the external store, and to count its rows. */
    public static StoreView external(Settings settings) throws IOException {
        return external(settings, ROWS);
    }

    /** Begins to look at the external store, and to ask it statements of {@code sql/status}. */
    public static StoreView external(Settings settings, String... statements) throws IOException {
        return new StoreView(settings, "external", Setting.EXTERNAL_DIR, settings.isDefault(Setting.EXTERNAL_DIR), statements).begin();
    }

    /** Begins to look at the local store, and to count its rows. */
    public static StoreView local(Settings settings) throws IOException {
        return local(settings, ROWS);
    }

    /** Begins to look at the local store, and to ask it statements of {@code sql/status}. */
    public static StoreView local(Settings settings, String... statements) throws IOException {
        return new StoreView(settings, "local", Setting.LOCAL_DIR, true, statements).begin();
    }

    private StoreView begin() {
        try {
            // Here, as no time limit runs yet.
            SQLiteJDBCLoader.initialize();
            if (server != null) {
                server.loadDriver();
            }
        } catch (StoreException e) {
            // The look meets it again, and says so.
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        Daemon.threads("look-" + name).newThread(this::look).start();
        return this;
    }

    /** Whether all that came has been awaited; if not, its disk has been slow, and {@link #await} may be called again. */
    public boolean isDone() {
        return done;
    }

    /** Waits for the answers. */
    public Seen await() throws InterruptedException {
        while (!done) {
            Runnable answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (answer == null) {
                String slow = (server == null ? "its disk" : "the server or the network") + " is slow or hangs";
                reason = available ? "its rows could not be counted, as " + slow : "it does not answer, so " + slow;
                break;
            }
            answer.run();
        }
        return new Seen(name, server == null ? file.toString() : server.place(), available, untouched, reason, found.containsKey(ROWS) ? numbers(found.get(ROWS)) : null, bytes, lastWrite, damaged, reports,
                Map.copyOf(found));
    }

    /** A number for each table, parents first, of rows that name one first; PostgreSQL answers in an order of its own. */
    public static Map<String, Long> numbers(Rows rows) {
        Map<String, Long> found = new LinkedHashMap<>();
        rows.rows().forEach(row -> found.put((String) row[0], ((Number) row[1]).longValue()));
        Map<String, Long> numbers = new LinkedHashMap<>();
        RecordType.tables().stream().filter(found::containsKey).forEach(table -> numbers.put(table, found.get(table)));
        found.forEach(numbers::putIfAbsent);
        return numbers;
    }

    /** Rows by table in a sentence. */
    public static String inWords(Map<String, Long> rows) {
        return rows.entrySet().stream().filter(table -> table.getValue() > 0)
                .map(table -> Words.count(table.getValue(), table.getKey().replaceFirst("s$", ""))).collect(Collectors.joining(", "));
    }

    private void look() {
        try {
            if (server == null) {
                lookAtFiles();
                lookInside();
            } else {
                lookAtServer();
            }
        } catch (StoreException e) {
            answers.add(() -> reason = e.getMessage());
        } catch (SQLException e) {
            boolean busy = e instanceof SQLiteException said && said.getResultCode() == SQLiteErrorCode.SQLITE_BUSY;
            answers.add(() -> {
                available = busy;
                reason = busy ? "a writer holds it just now, so its rows were not counted" : "it cannot be read: " + Reasons.of(e);
            });
        } catch (IOException | RuntimeException e) {
            answers.add(() -> reason = "it cannot be read: " + Reasons.of(e));
        } finally {
            answers.add(() -> done = true);
        }
    }

    /** Looks at the attributes of files only: any handle on a database, closed again, would drop SQLite's locks on it. */
    private void lookAtFiles() throws IOException, StoreException {
        if (marksItself && !volume.isRemembered() && !Files.exists(file)) {
            throw nothingThere();
        }
        volume.look();
        List<Path> found = DatabaseFile.setAside(file);
        answers.add(() -> damaged = found);
        volume.lookForDatabase();
        DatabaseFile.check(file, volume.remedy());
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            answers.add(() -> {
                bytes = attributes.size();
                lastWrite = attributes.lastModifiedTime().toInstant();
            });
        } catch (NoSuchFileException e) {
            throw nothingThere();
        }
    }

    private StoreException nothingThere() {
        answers.add(() -> untouched = true);
        return new StoreException("there is no database yet: ./tac8 run makes it");
    }

    private void lookAtServer() throws SQLException {
        try (Connection connection = server.connect(); Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT pg_database_size(current_database()), to_regclass('tac8_schema') IS NULL")) {
                row.next();
                long size = row.getLong(1);
                if (row.getBoolean(2)) {
                    answers.add(() -> untouched = true);
                    throw new StoreException("there are no tables yet: ./tac8 run makes them");
                }
                answers.add(() -> {
                    available = true;
                    bytes = size;
                });
            }
            for (Map.Entry<String, String> one : asked.entrySet()) {
                Rows rows = Question.askAsItIs(connection, one.getValue());
                answers.add(() -> found.put(one.getKey(), rows));
            }
        }
    }

    private void lookAtReports(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(reportsSql)) {
            while (row.next()) {
                String kind = row.getString("event_type");
                Report report = new Report(row.getString("timestamp"), row.getString("message"));
                answers.add(() -> reports.put(kind, report));
            }
        }
    }

    private void lookInside() throws SQLException {
        try (Connection connection = Databases.openToRead(file, BUSY_MILLISECONDS);
             Statement statement = connection.createStatement()) {
            lookAtReports(statement);
            answers.add(() -> available = true);
            Databases.complete(connection, sql);
            for (Map.Entry<String, String> one : asked.entrySet()) {
                Rows rows = Question.askAsItIs(connection, one.getValue());
                answers.add(() -> found.put(one.getKey(), rows));
            }
        }
    }
}
