package dev.tac8.store;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * A PostgreSQL database in the place of the external store. What it says to have committed is committed, so there is no volume to look at;
 * connections are kept open, as the tables that chunks are copied into live as long as one.
 */
public final class PostgresqlStore extends AbstractDataSource implements ChunkStore {
    /** What may be the reason if a server does not answer. */
    public static final String MAY_BE = "the server or the network hangs, or another session keeps rows locked, as its pg_stat_activity shows";

    private static final Logger LOG = LoggerFactory.getLogger("store-external");
    /** One that has just been used is there still, or the next statement says that it is not. */
    private static final Duration FRESH = Duration.ofMillis(500);
    private static final int CONNECT_SECONDS = 5;
    private static final Pattern FILE_OF_URL = Pattern.compile("([?&](?:sslrootcert|sslcert|sslkey)=)([^&]+)");
    private static final Pattern OPTIONS_OF_URL = Pattern.compile("[?&]options=[^&]*");

    private final Server server;
    private final Path sql;
    private final TableStatements tables;
    private final PostgresqlSchema schema;
    private final Deque<Idle> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger generation = new AtomicInteger();
    private volatile boolean closed;

    private record Idle(Connection connection, int generation, long sinceNanos) {
        boolean isFresh() {
            return System.nanoTime() - sinceNanos < FRESH.toNanos();
        }
    }

    /**
     * Where the database is.
     *
     * @param password      may be empty, if the server asks for none
     * @param busySeconds   how long another's lock is waited for
     * @param answerSeconds how long an answer may take
     */
    public record Server(String url, String user, String password, int busySeconds, int answerSeconds) {
        /** @throws SettingsException if the file of the password cannot be read */
        public static Server of(Settings settings) throws SettingsException {
            return new Server(fromHome(settings.text(Setting.POSTGRESQL_URL), settings.home()), settings.text(Setting.POSTGRESQL_USER), settings.postgresqlPassword(),
                    settings.number(Setting.STORE_BUSY_SECONDS), settings.number(Setting.STORE_ANSWER_SECONDS));
        }

        /** Files that an address names are, as all others, those of the folder of the settings. */
        private static String fromHome(String url, Path home) {
            return FILE_OF_URL.matcher(url).replaceAll(found -> Matcher.quoteReplacement(found.group(1)
                    + URLEncoder.encode(home.resolve(URLDecoder.decode(found.group(2), StandardCharsets.UTF_8)).toString(), StandardCharsets.UTF_8)));
        }

        /** Has the driver ready for {@link #connect}. */
        public void loadDriver() throws StoreException {
            PostgresqlDriver.get();
        }

        /** Opens it. */
        public Connection connect() throws SQLException {
            Properties properties = new Properties();
            properties.setProperty("user", user);
            properties.setProperty("password", password);
            properties.setProperty("ApplicationName", "tac8");
            properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
            properties.setProperty("loginTimeout", String.valueOf(CONNECT_SECONDS));
            // Whoever waits for an answer no longer says so first, and in better words.
            properties.setProperty("socketTimeout", String.valueOf(answerSeconds + 2));
            properties.setProperty("tcpKeepAlive", "true");
            // Of a host that has stopped in the middle of a transaction nobody waits for the rows. A chunk's statements are over before they would
            // have been compiled, and a tenth of a second a chunk is what that costs where a database has grown.
            // Whatever is set for the database or the user, statements mean what they say, and numbers come to their last digit.
            String options = "-c lock_timeout=" + busySeconds + "s -c idle_in_transaction_session_timeout=" + answerSeconds
                    + "s -c client_min_messages=warning -c jit=off -c standard_conforming_strings=on -c extra_float_digits=3";
            properties.setProperty("options", options);
            // The driver would take those of an address instead of these.
            String both = OPTIONS_OF_URL.matcher(url).replaceFirst(found -> Matcher.quoteReplacement(found.group() + URLEncoder.encode(" " + options, StandardCharsets.UTF_8)));
            return PostgresqlDriver.get().connect(both, properties);
        }

        /** The same for answers that may take longer. */
        public Server patient(int seconds) {
            return new Server(url, user, password, busySeconds, seconds);
        }

        /** The address without what stands behind a question mark, for messages. */
        public String place() {
            return url.replaceFirst("\\?.*", "");
        }
    }

    /**
     * Prepares it, and opens nothing.
     *
     * @param sqlDir holds {@code postgresql/}
     * @throws StoreException if {@code schema.sql} is not valid
     */
    public PostgresqlStore(Server server, Path sqlDir) throws StoreException {
        this.server = server;
        this.sql = sqlDir.resolve("postgresql");
        this.tables = TableStatements.read(sqlDir);
        this.schema = new PostgresqlSchema(sql, tables, place(), server.user());
    }

    @Override
    public String name() {
        return "external";
    }

    @Override
    public String place() {
        return server.place();
    }

    @Override
    public String mayBe() {
        return MAY_BE;
    }

    @Override
    public void check() throws StoreException {
        try (Connection connection = getConnection()) {
            LOG.debug("opened {}", connection);
        } catch (SQLException e) {
            throw away(e);
        }
    }

    @Override
    public void verify() throws StoreException {
        check();
    }

    @Override
    public void verify(Connection used) {
        // It has said that it has committed.
    }

    @Override
    public boolean isThere() {
        try {
            check();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    @Override
    public void beforeCommit(Connection used) throws SQLException {
        try (Statement statement = used.createStatement(); ResultSet rows = statement.executeQuery(tables.of(text("not-stored")))) {
            if (rows.next()) {
                throw new StatementException("the statements in sql/postgresql have not stored " + rows.getLong(2) + " of the rows of " + rows.getString(1)
                        + " that were copied, or that these hang on, so nothing was committed: put back what tac8 was delivered with");
            }
        }
    }

    /** The statement that copies rows of a table beside it, or into it if they are new, and its columns between brackets. */
    String copyOf(String table, boolean areNew) throws SQLException {
        return tables.of(text(areNew ? "copy-new" : "copy"), table).replaceAll("--.*\n", "");
    }

    /** What rows of a table are known by for life. */
    String keyOf(String table) {
        return tables.keys(table).get(0);
    }

    /** Whether rows of a table are records, on which no others hang. */
    boolean isRecords(String table) {
        return tables.isRecords(table);
    }

    /** What {@code sql/schema.sql} says that columns hold. */
    List<String> typesOf(String table, List<String> columns) {
        return columns.stream().map(column -> tables.type(table, column)).toList();
    }

    @Override
    public void evict() {
        generation.incrementAndGet();
        for (Idle one = idle.poll(); one != null; one = idle.poll()) {
            quietly(one.connection());
        }
    }

    @Override
    public void close() {
        closed = true;
        evict();
    }

    /** A connection that is known to work, or a new one. */
    @Override
    public Connection getConnection() throws SQLException {
        for (Idle one = idle.poll(); one != null; one = idle.poll()) {
            if (one.isFresh() || one.connection().isValid(CONNECT_SECONDS)) {
                return lent(one.connection(), one.generation());
            }
            quietly(one.connection());
        }
        int now = generation.get();
        Connection connection;
        try {
            connection = server.connect();
        } catch (SQLException e) {
            throw away(e);
        }
        try {
            schema.settle(connection);
            try (Statement statement = connection.createStatement()) {
                statement.execute(text("durably"));
                statement.execute(tables.of(text("new-rows")));
            }
            return lent(connection, now);
        } catch (SQLException e) {
            quietly(connection);
            throw away(e);
        }
    }

    /** A connection that is kept when it is closed, unless something was wrong since it was opened. */
    private Connection lent(Connection connection, int of) {
        boolean[] given = {false};
        return (Connection) Proxy.newProxyInstance(PostgresqlStore.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "close" -> {
                    if (!given[0]) {
                        given[0] = true;
                        takeBack(connection, of);
                    }
                    return null;
                }
                case "isClosed" -> {
                    return given[0] || connection.isClosed();
                }
                case "equals" -> {
                    return proxy == arguments[0];
                }
                case "hashCode" -> {
                    return System.identityHashCode(proxy);
                }
                default -> {
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }
            }
        });
    }

    private void takeBack(Connection connection, int of) throws SQLException {
        if (closed || of != generation.get() || connection.isClosed() || !connection.getAutoCommit()) {
            quietly(connection);
        } else {
            idle.push(new Idle(connection, of, System.nanoTime()));
        }
    }

    private static void quietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection that nobody uses did not close", e);
        }
    }

    private StoreException away(SQLException failure) {
        return StoreException.of(failure, "the external store " + place() + " cannot be used: " + Reasons.of(failure));
    }

    private String text(String name) throws StoreException {
        return text(sql, name);
    }

    /**
     * A statement of the folder of PostgreSQL's.
     *
     * @throws StoreException if it cannot be read
     */
    public static String text(Path sql, String name) throws StoreException {
        try {
            return Files.readString(sql.resolve(name + ".sql"));
        } catch (IOException e) {
            throw new StoreException("cannot read the statement of PostgreSQL: " + Reasons.of(e), e);
        }
    }
}
