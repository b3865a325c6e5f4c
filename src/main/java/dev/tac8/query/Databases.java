package dev.tac8.query;

import dev.tac8.store.DatabaseUrl;
import dev.tac8.store.SchemaVersion;
import dev.tac8.store.SqliteCode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/** Databases that are only read. */
public final class Databases {
    /** The most that SQLite can attach to one. */
    static final int MOST_ATTACHED = 125;

    /** What the name of an empty table begins with that stands in for one of a store which an older tac8 made. */
    static final String NONE = "temp.no_";

    /** The largest value that a question may work with: no line that is taken in is longer. */
    private static final int MOST_BYTES = 300_000_000;

    /** The longest pattern of LIKE and GLOB: comparing calls itself for each wildcard, and a thread that asks has 512 KiB of stack. */
    private static final int MOST_PATTERN_BYTES = 1000;

    private Databases() {
    }

    /** Opens read-write but never creates: a journal that a crash left must be rolled back. {@code query_only} does the rest. */
    public static Connection openToRead(Path database, int busyMilliseconds) throws SQLException {
        return open(DatabaseUrl.of(database), busyMilliseconds);
    }

    /** The same, settled as {@code sql/open-store.sql} says: it may lie on a disk that people carry around. */
    static Connection openStore(Path database, int busyMilliseconds, Question settled) throws SQLException {
        return settle(openToRead(database, busyMilliseconds), settled);
    }

    /** An empty one in memory, settled likewise, to attach others to. */
    static Connection openEmpty(int busyMilliseconds, Question settled) throws SQLException {
        return settle(open("jdbc:sqlite::memory:", busyMilliseconds), settled);
    }

    /**
     * Lays an empty table, for this connection alone, into the place of each that a database lacks because an older tac8 made it.
     *
     * @param sql the folder of {@code schema.sql}
     */
    public static void complete(Connection connection, Path sql) throws SQLException {
        SchemaVersion versions = SchemaVersion.of(sql);
        if (!versions.added().tables().isEmpty()) {
            Rows shape = new Statements(sql).of("read/shape").to("main").ask(connection, Map.of());
            for (SchemaVersion.Table table : versions.lacking(shape.values("line")).tables()) {
                Tables.write(connection, table.emptyAs("temp." + table.name()));
            }
        }
    }

    /** By URI and read-write, as a plain name would create what is not there. */
    static void attach(Connection connection, String name, Path file) throws SQLException {
        execute(connection, "ATTACH '" + file.toUri().toString().replace("'", "''") + "?mode=rw' AS " + name);
    }

    static void execute(Connection connection, String command) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }

    /** Whether another process still holds the lock that was waited for. */
    static boolean isBusy(SQLException failure) {
        return SqliteCode.of(failure) == 5;
    }

    /** Whether the statement itself is at fault: SQLITE_ERROR. */
    static boolean isWrong(SQLException failure) {
        return SqliteCode.of(failure) == 1;
    }

    /** Whether a database, or the disk below it, could not be read: SQLITE_IOERR, CORRUPT, CANTOPEN, NOTADB. */
    static boolean isUnreadable(SQLException failure) {
        return switch (SqliteCode.of(failure)) {
            case 10, 11, 14, 26 -> true;
            default -> false;
        };
    }

    private static Connection open(String url, int busyMilliseconds) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(busyMilliseconds);
        config.setPragma(SQLiteConfig.Pragma.LIMIT_ATTACHED, String.valueOf(MOST_ATTACHED));
        config.setPragma(SQLiteConfig.Pragma.LIMIT_LENGTH, String.valueOf(MOST_BYTES));
        config.setPragma(SQLiteConfig.Pragma.LIMIT_LIKE_PATTERN_LENGTH, String.valueOf(MOST_PATTERN_BYTES));
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url);
        Connection connection = source.getConnection();
        try {
            execute(connection, "PRAGMA query_only = ON");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static Connection settle(Connection connection, Question settled) throws SQLException {
        try {
            for (String pragma : settled.sql(Map.of()).split(";\\s*")) {
                execute(connection, pragma);
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Closes what was only read; a failure of that changes no answer. */
    static void close(Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // It was only read.
        }
    }
}
