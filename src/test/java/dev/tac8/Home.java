package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.client.TacLogger;
import dev.tac8.service.Service;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A folder with routes, SQL and settings of its own, as a user has it, and the service on it: in this process or as one. */
public final class Home implements Closeable {
    private static final Path PROJECT = Path.of("").toAbsolutePath();
    public static final List<String> TABLES = List.copyOf(Tables.COLUMNS.keySet());
    /** Whether processes get their settings as the unit of systemd gives them: each of them, by the environment. */
    public static final boolean BY_ENVIRONMENT = "environment".equals(System.getProperty("tac8.test.settings"));

    private final Path dir;
    private final Map<String, String> overrides = new HashMap<>();
    private Path root = Path.of("/");
    private Path database;
    private Service service;
    private boolean byEnvironment = BY_ENVIRONMENT;
    private String classes = "";

    public Home(Path dir) {
        this.dir = dir;
        this.database = dir.resolve("var/external/logs.db");
        copy("routes");
        copy("sql");
        copy("prices");
        copy("application.properties");
        // Much of what tests deliver is old; those of the archive say when it runs.
        set("tac8.archive.cron", "0 0 3 1 1 ? 2099");
        // Many services run at once.
        set("tac8.http.port", 0);
    }

    /** A file of this home. */
    public Path path(String name) {
        return dir.resolve(name);
    }

    public Path spool() {
        return root.resolve(Path.of("/").relativize(dir.resolve("var/spool")));
    }

    public Path database() {
        return database;
    }

    /** Says where the root of the service's file system is, when that is not this process's own. */
    public Home seenThrough(Path root) {
        this.root = root;
        return this;
    }

    /** Says which database is asked, when that is not the external store at its place. */
    public Home ask(Path database) {
        this.database = database;
        return this;
    }

    public Path localDatabase() {
        return dir.resolve("var/local/logs.db");
    }

    /** Tables of which the local store has rows or, where SQLite numbers them, has ever had one; none while it has no tables. */
    public List<String> tablesStoredLocally() {
        boolean hasTables = !query(localDatabase(), "SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'").isEmpty();
        return hasTables ? query(localDatabase(), "SELECT name FROM sqlite_sequence UNION SELECT 'sessions' FROM sessions UNION SELECT 'tasks' FROM tasks"
                + " UNION SELECT 'workers' FROM workers") : List.of();
    }

    /** How many days to keep that of records of spring 2026 all are archived, and of those of its November none, whenever a test runs. */
    public static long keepDays() {
        return ChronoUnit.DAYS.between(LocalDate.parse("2026-07-01"), LocalDate.now(ZoneOffset.UTC));
    }

    /** Overrides a setting, as -D does. */
    public Home set(String key, Object value) {
        overrides.put(key, value.toString());
        return this;
    }

    /** Gives processes every setting by the environment, none by -D, also where the other tests do not. */
    public Home byEnvironment() {
        byEnvironment = true;
        return this;
    }

    /** Every setting of a home as environment variables: some of one's own, the rest by their defaults, the folders absolute. */
    public static Map<String, String> environment(Path home, Map<String, String> overrides) {
        Map<String, String> variables = new HashMap<>();
        for (Setting setting : Setting.values()) {
            boolean isFolder = setting.key().endsWith(".dir");
            variables.put(setting.variable(), isFolder ? home.resolve(setting.fallback()).toString() : setting.fallback());
        }
        overrides.forEach((key, value) -> variables.put(Setting.variable(key), value));
        return variables;
    }

    /** Has processes of this home find classes and resources in a folder before those of tac8. */
    Home inFrontOfClassPath(Path folder) {
        classes = folder + ":";
        return this;
    }

    /** Replaces text in a file of this home, as an operator would; it must be there. */
    public Home edit(String file, String from, String to) {
        try {
            String text = Files.readString(path(file));
            if (!text.contains(from)) {
                throw new IllegalArgumentException(file + " does not hold: " + from);
            }
            Files.writeString(path(file), text.replace(from, to));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Drops a file into the spool by the contract: written under another name, then renamed. */
    public Path drop(String name, byte[] content) {
        try {
            Files.createDirectories(spool());
            Path part = spool().resolve("." + name + ".part");
            Files.write(part, content);
            return Files.move(part, spool().resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A coordinator's logger on this home's spool, to be closed. */
    public TacLogger logger() {
        return new TacLogger(spool());
    }

    /** Drops a file of lines, each ended by LF. */
    public Path drop(String name, List<String> lines) {
        return drop(name, (String.join("\n", lines) + (lines.isEmpty() ? "" : "\n")).getBytes(StandardCharsets.UTF_8));
    }

    public Path drop(String name, String... lines) {
        return drop(name, List.of(lines));
    }

    /** Starts the service in this process. */
    public Service start() throws Exception {
        return start(Clock.systemUTC());
    }

    /** The same by another clock. */
    public Service start(Clock clock) throws Exception {
        service = Service.open(settings(), clock);
        service.start();
        return service;
    }

    /** The service of this process, or null. */
    Service service() {
        return service;
    }

    /** Opens the service in this process, to be started and closed by the caller. */
    public Service open() throws Exception {
        return Service.open(settings());
    }

    /** Its settings, for a service of this process. */
    public Settings settings() throws SettingsException {
        return Settings.load(dir, Map.of(), overrides);
    }

    /** Stops the service of this process. */
    public void stop() {
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            service = null;
        }
    }

    /** Waits until every *.jsonl file has left the spool. */
    public void awaitDrained() {
        awaitDrained(Duration.ofMinutes(3));
    }

    public void awaitDrained(Duration timeout) {
        Awaitility.await("the spool is drained").atMost(timeout).pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(waiting()).isEmpty());
    }

    /** Starts the service, waits until the spool is drained, and stops it. */
    public void drain() throws Exception {
        start();
        try {
            awaitDrained();
        } finally {
            stop();
        }
    }

    /** The *.jsonl files in the spool, in name order. */
    public List<Path> waiting() {
        return list(spool(), ".jsonl");
    }

    public List<Path> done() {
        return list(spool().resolve("done"), ".jsonl");
    }

    public List<Path> quarantined() {
        return list(spool().resolve("quarantine"), ".bad");
    }

    private static List<Path> list(Path folder, String suffix) {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> !path.getFileName().toString().startsWith(".")
                    && path.getFileName().toString().endsWith(suffix)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A command line of the real tac8 in a process of its own, on this home. Standard output and error are one. */
    public ProcessBuilder command(List<String> jvmOptions, String... args) {
        List<String> options = new ArrayList<>(Quick.START.options());
        options.addAll(jvmOptions);
        return processOf(options, classes + Quick.START.classPath(), args);
    }

    /** A command line that starts any class, of tac8 or of its tests, as quickly. */
    public static List<String> java(List<String> jvmOptions, Class<?> main, String... args) {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        line.addAll(Quick.START.options());
        line.addAll(jvmOptions);
        line.addAll(List.of("-cp", Quick.START.classPath(), main.getName()));
        line.addAll(List.of(args));
        return line;
    }

    /** Made when the first process starts, not before: many a test has none. */
    private static final class Quick {
        static final QuickStart START = QuickStart.make();
    }

    /** The same with no options of Java but these. */
    public ProcessBuilder plainCommand(List<String> jvmOptions, String... args) {
        return processOf(jvmOptions, System.getProperty("java.class.path"), args);
    }

    /** The same on a class path of its own. */
    ProcessBuilder processOf(List<String> jvmOptions, String classPath, String... args) {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        line.addAll(jvmOptions);
        line.add("-Dtac8.home=" + dir);
        line.add("-Dtac8.caller-dir=" + dir);
        line.addAll(List.of("-cp", classPath, "dev.tac8.command.Tac8"));
        line.addAll(List.of(args));
        ProcessBuilder command = new ProcessBuilder(line).directory(new File(dir.toString())).redirectErrorStream(true);
        // The caller's own settings are not this home's.
        command.environment().keySet().removeIf(variable -> variable.startsWith("TAC8_"));
        if (byEnvironment) {
            command.environment().putAll(environment(dir, overrides));
        } else {
            overrides.forEach((key, value) -> line.addAll(List.of("-D", key + "=" + value)));
        }
        return command;
    }

    /** What a finished process printed, and its exit code. */
    public record Finished(int exitCode, String output) {
    }

    /** Runs a command to its end. */
    public Finished run(String... args) throws IOException, InterruptedException {
        Path output = Files.createTempFile("tac8", ".out");
        try {
            Process process = command(List.of(), args).redirectOutput(output.toFile()).start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
            return new Finished(process.waitFor(), Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /** Rows of a query over the {@link #database}, each a line of quoted values. */
    public List<String> query(String sql) {
        return query(database(), sql);
    }

    /** Rows of a query over any database. */
    public static List<String> query(Path database, String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
             Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout=30000");
            try (ResultSet rows = statement.executeQuery(sql)) {
                List<String> lines = new ArrayList<>();
                while (rows.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        values.add(rows.getString(i));
                    }
                    lines.add(String.join("|", values.stream().map(String::valueOf).toList()));
                }
                return lines;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * All rows of a table in a fixed order, with types and all columns but the number that one database gives it, to compare byte by byte. What tac8
     * itself has recorded is left out.
     */
    public List<String> rows(String table) {
        List<String> columns = query("SELECT name FROM pragma_table_xinfo('" + table + "') WHERE NOT (pk AND type = 'INTEGER')");
        String row = String.join(" || '|' || ", columns.stream().map(c -> "typeof(" + c + ") || ':' || quote(" + c + ")").toList());
        String delivered = columns.contains("session_id") ? " WHERE session_id IS NOT 'tac8'" : "";
        return query("SELECT " + row + " AS r FROM " + table + delivered + " ORDER BY r");
    }

    /** All tables, as {@link #rows}. */
    public Map<String, List<String>> tables() {
        Map<String, List<String>> tables = new HashMap<>();
        TABLES.forEach(table -> tables.put(table, rows(table)));
        return tables;
    }

    /** Fails unless the database is sound: integrity_check says ok, foreign_key_check says nothing. */
    public void assertSound() {
        if (!query("PRAGMA integrity_check").equals(List.of("ok")) || !query("PRAGMA foreign_key_check").isEmpty()) {
            throw new AssertionError("the database is damaged: " + query("PRAGMA integrity_check")
                    + query("PRAGMA foreign_key_check"));
        }
    }

    @Override
    public void close() {
        stop();
    }

    private void copy(String name) {
        try (Stream<Path> paths = Files.walk(PROJECT.resolve(name))) {
            for (Path path : paths.toList()) {
                Path target = dir.resolve(PROJECT.relativize(path));
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
