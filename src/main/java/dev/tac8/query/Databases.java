package dev.tac8.query;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/** Databases that are only read. */
public final class Databases {
    private Databases() {
    }

    /** Opens read-write but never creates: a journal that a crash left must be rolled back. {@code query_only} does the rest. */
    public static Connection openToRead(Path database, int busyMilliseconds) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(busyMilliseconds);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + database);
        Connection connection = source.getConnection();
        try (Statement pragma = connection.createStatement()) {
            pragma.execute("PRAGMA query_only = ON");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }
}
