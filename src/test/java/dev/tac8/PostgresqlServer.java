package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.opentest4j.TestAbortedException;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * A real PostgreSQL of a test's own: Debian's where it is installed, or else the one that Maven has downloaded. Its texts are not in the
 * order of their bytes, unless it cannot be had otherwise: tac8 must not rely on that.
 */
public final class PostgresqlServer implements Closeable {
    public static final String USER = "tac8";
    public static final String PASSWORD = "p'ä ss";

    private final Path dir;
    private final Path bin;
    private final int port;
    private final String host;
    private final List<String> namespace;
    private Process process;

    private PostgresqlServer(Path dir, Path bin, int port, String host, List<String> namespace) {
        this.dir = dir;
        this.bin = bin;
        this.port = port;
        this.host = host;
        this.namespace = namespace;
    }

    /**
     * Makes one and starts it. Skips the test, and says why, where there is no PostgreSQL.
     *
     * @param dir for its data and, if it has to be unpacked, itself
     */
    public static PostgresqlServer start(Path dir) throws IOException, InterruptedException {
        return start(dir, "127.0.0.1", List.of());
    }

    /**
     * The same on another computer, as it were.
     *
     * @param host where it listens
     * @param namespace what stands before its command line, such as {@code ip netns exec NAME}
     */
    public static PostgresqlServer start(Path dir, String host, List<String> namespace) throws IOException, InterruptedException {
        PostgresqlServer server = new PostgresqlServer(dir.toAbsolutePath(), bin(dir), FreePort.take(), host, namespace);
        server.initialise();
        Files.writeString(server.data().resolve("pg_hba.conf"), "host all all samenet scram-sha-256\n", StandardOpenOption.APPEND);
        server.start();
        return server;
    }

    private static Path bin(Path dir) throws IOException, InterruptedException {
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian) && !Boolean.getBoolean("tac8.test.postgresql-of-maven")) {
            try (Stream<Path> versions = Files.list(debian)) {
                List<Path> found = versions.map(version -> version.resolve("bin")).filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                        .sorted(Comparator.comparingInt(bin -> Integer.parseInt(bin.getParent().getFileName().toString()))).toList();
                if (!found.isEmpty()) {
                    return found.get(found.size() - 1);
                }
            }
        }
        try (InputStream packed = PostgresqlServer.class.getResourceAsStream("/postgres-linux-x86_64.txz")) {
            boolean fits = System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");
            if (packed == null || !fits) {
                throw skipped("there is no server for this computer: install Debian's package postgresql");
            }
            Files.copy(packed, dir.resolve("server.txz"));
        }
        Path unpacked = Files.createDirectories(dir.resolve("server"));
        int code = run(dir, List.of("tar", "-xJf", dir.resolve("server.txz").toString(), "-C", unpacked.toString()));
        if (code != 0) {
            throw skipped("the server could not be unpacked, as tar or xz is missing: " + Files.readString(dir.resolve("log")));
        }
        return unpacked.resolve("bin");
    }

    private static TestAbortedException skipped(String why) {
        System.out.println("Skipped, as a test needs PostgreSQL: " + why);
        return new TestAbortedException(why);
    }

    private void initialise() throws IOException, InterruptedException {
        Path password = Files.writeString(dir.resolve("password"), PASSWORD + "\n");
        List<String> line = List.of("initdb", "-D", data().toString(), "-U", USER, "--auth=scram-sha-256", "--pwfile=" + password, "-E", "UTF8", "--no-sync");
        if (run(dir, tool(with(line, "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"))) != 0) {
            assertThat(run(dir, tool(with(line, "--locale=C.UTF-8")))).as("initdb, which says %s", Files.readString(dir.resolve("log"))).isZero();
        }
    }

    private static List<String> with(List<String> line, String... more) {
        return Stream.concat(line.stream(), Arrays.stream(more)).toList();
    }

    /** PostgreSQL does not run as root; in a namespace of its own nobody is root. */
    private List<String> tool(List<String> line) {
        List<String> whole = new ArrayList<>(namespace);
        whole.addAll(System.getProperty("user.name").equals("root") ? List.of("unshare", "--user") : List.of());
        whole.add(bin.resolve(line.get(0)).toString());
        whole.addAll(line.subList(1, line.size()));
        return whole;
    }

    private static int run(Path dir, List<String> line) throws IOException, InterruptedException {
        return new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(dir.resolve("log").toFile()).start().waitFor();
    }

    private Path data() {
        return dir.resolve("data");
    }

    /**
     * Makes an asynchronous standby of it, and starts both.
     *
     * @param folder for its data
     */
    public PostgresqlServer standby(Path folder) throws IOException, InterruptedException {
        stop();
        PostgresqlServer standby = new PostgresqlServer(folder.toAbsolutePath(), bin, FreePort.take(), host, namespace);
        Files.createDirectories(standby.dir);
        assertThat(run(standby.dir, List.of("cp", "-a", data().toString(), standby.data().toString()))).as("cp -a").isZero();
        Files.writeString(standby.dir.resolve("password"), PASSWORD + "\n");
        Files.createFile(standby.data().resolve("standby.signal"));
        Files.writeString(standby.data().resolve("postgresql.auto.conf"), "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=" + USER + " password=''"
                + PASSWORD.replace("'", "\\\\''") + "'''\n", StandardOpenOption.APPEND);
        start();
        standby.start();
        return standby;
    }

    /** Makes a primary of a standby. */
    public void promote() throws SQLException {
        try (Connection connection = connect("postgres"); Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_promote()");
        }
    }

    /** Has it take connections by TLS only from now on. */
    public void encrypt(Path certificate, Path key) throws IOException, InterruptedException {
        Files.writeString(data().resolve("postgresql.auto.conf"), "ssl = on\nssl_cert_file = '" + certificate + "'\nssl_key_file = '" + key + "'\n", StandardOpenOption.APPEND);
        stop();
        start();
    }

    /** Starts it again, after a crash too. */
    public void start() throws IOException {
        process = new ProcessBuilder(tool(List.of("postgres", "-D", data().toString(), "-p", String.valueOf(port), "-k", "", "-c", "listen_addresses=" + host,
                "-c", "fsync=off"))).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve("log").toFile())).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        Awaitility.await("PostgreSQL is up").atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20)).ignoreExceptions()
                .until(() -> {
                    connect("postgres").close();
                    return true;
                });
    }

    /** The processor's seconds that it and its connections have taken since it was started. */
    public double cpuSeconds() throws IOException {
        long ticks = 0;
        for (ProcessHandle one : Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList()) {
            Path stat = Path.of("/proc", String.valueOf(one.pid()), "stat");
            if (Files.exists(stat)) {
                String[] fields = Files.readString(stat).replaceFirst(".*\\) ", "").split(" ");
                // Of those that have ended it knows the time itself.
                int last = one.pid() == process.pid() ? 15 : 13;
                for (int i = 11; i < last; i++) {
                    ticks += Long.parseLong(fields[i]);
                }
            }
        }
        return ticks / 100.0;
    }

    /** Stops it, with all its connections, as a crash does: what it has said to have committed is there when it starts again. */
    public void crash() throws IOException, InterruptedException {
        signal("QUIT");
    }

    /** Whether it has not been stopped. */
    public boolean isRunning() {
        return process.isAlive();
    }

    /** Stops it, with all its connections. */
    public void stop() throws IOException, InterruptedException {
        signal("INT");
    }

    /** Has it answer nobody, as a computer that hangs does not; connections stay open, and new ones are taken by the system. */
    public void freeze() throws IOException, InterruptedException {
        toAll("STOP");
    }

    /** Lets it go on. */
    public void thaw() throws IOException, InterruptedException {
        toAll("CONT");
    }

    /** Has it note, of a database, whoever waits for another's lock for longer than so many milliseconds. */
    public void noteLockWaits(String database, int milliseconds) throws SQLException {
        try (Connection connection = connect("postgres"); Statement statement = connection.createStatement()) {
            statement.execute("ALTER DATABASE " + database + " SET log_lock_waits = on");
            statement.execute("ALTER DATABASE " + database + " SET deadlock_timeout = '" + milliseconds + "ms'");
        }
    }

    /** What it has noted so far. */
    public List<String> log() throws IOException {
        return Files.readAllLines(dir.resolve("log"));
    }

    /** Who has waited so far. */
    public List<String> lockWaits() throws IOException {
        return log().stream().filter(line -> line.contains("still waiting for")).toList();
    }

    /** Its process, and one for each connection. */
    public List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    }

    private void toAll(String name) throws IOException, InterruptedException {
        for (ProcessHandle one : processes()) {
            new ProcessBuilder("kill", "-" + name, String.valueOf(one.pid())).start().waitFor();
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor()).isZero();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("PostgreSQL ends").isTrue();
    }

    /** Makes a database. */
    public void create(String database) throws SQLException {
        try (Connection connection = connect("postgres"); Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + database);
        }
    }

    /** Has a home write to a database. */
    public Home use(Home home, String database) {
        return home.set("tac8.store", "postgresql").set("tac8.postgresql.url", url(database)).set("tac8.postgresql.user", USER)
                .set("tac8.postgresql.password-file", dir.resolve("password"));
    }

    public String url(String database) {
        return "jdbc:postgresql://" + host() + "/" + database;
    }

    /** Its address and port. */
    public String host() {
        return host + ":" + port;
    }

    public Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", PASSWORD);
        return DriverManager.getConnection(url(database), properties);
    }

    /** All rows as SQLite would hold them, where stand-ins go once nothing hangs on them, so that {@link Home#ask} can look at them. */
    public Path copy(String database, Path file) throws SQLException, IOException {
        Files.deleteIfExists(file);
        try (Connection from = connect(database); Connection to = DriverManager.getConnection("jdbc:sqlite:" + file); Statement statement = to.createStatement()) {
            ScriptUtils.executeSqlScript(to, new FileSystemResource("sql/schema.sql"));
            to.setAutoCommit(false);
            for (Map.Entry<String, List<String>> table : Tables.COLUMNS.entrySet()) {
                String columns = String.join(", ", table.getValue());
                String marks = String.join(", ", Collections.nCopies(table.getValue().size(), "?"));
                try (Statement asked = from.createStatement(); ResultSet rows = asked.executeQuery("SELECT " + columns + " FROM " + table.getKey());
                     PreparedStatement insert = to.prepareStatement("INSERT INTO " + table.getKey() + " (" + columns + ") VALUES (" + marks + ")")) {
                    while (rows.next()) {
                        for (int i = 1; i <= table.getValue().size(); i++) {
                            insert.setObject(i, rows.getObject(i));
                        }
                        insert.executeUpdate();
                    }
                }
            }
            for (String table : List.of("tasks", "sessions")) {
                String key = Tables.key(table);
                String held = Tables.COLUMNS.entrySet().stream().filter(child -> !child.getKey().equals(table) && child.getValue().contains(key))
                        .map(child -> " AND NOT EXISTS (SELECT 1 FROM " + child.getKey() + " WHERE " + key + " = 'unknown')").collect(Collectors.joining());
                statement.executeUpdate("DELETE FROM " + table + " WHERE " + key + " = 'unknown'" + held);
            }
            to.commit();
        }
        return file;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            // With connections that are open it would wait for their end.
            signal("INT");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (AssertionError e) {
            process.destroyForcibly();
        }
    }
}
