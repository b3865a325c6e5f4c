package dev.tac8.backup;

import dev.tac8.files.Durable;
import dev.tac8.ingest.RecordType;
import dev.tac8.query.Databases;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/**
 * Copies a database as it is at one moment, while others write to it: all its pages within one read transaction. Until that ends no
 * writer can commit; docs/adr/0015 has the times.
 */
public final class DatabaseCopy {
    /** A writer holds a database for as long as a chunk takes. */
    private static final int BUSY_MILLISECONDS = 30_000;
    private static final int ALL_PAGES = -1;
    private static final int BUSY_SLEEP_MILLISECONDS = 100;
    private static final int BUSY_TRIES = 100;

    private final Path sql;
    private final String rowsSql;

    /** @param sqlDir holds the statements */
    public DatabaseCopy(Path sqlDir) throws StoreException {
        sql = sqlDir;
        Path rows = sqlDir.resolve("status/rows.sql");
        try {
            rowsSql = RecordType.ofEach(Files.readString(rows));
        } catch (IOException e) {
            throw new StoreException("cannot read the statement " + rows + ": " + Reasons.of(e, rows), e);
        }
    }

    /**
     * Copies a database.
     *
     * @param to a file that is not there yet
     * @return the rows of each table at the same moment
     * @throws StoreException if it cannot be read
     * @throws IOException    if the copy cannot be written
     */
    public Map<String, Long> copy(Path database, Path to) throws StoreException, IOException {
        try (Connection connection = open(database)) {
            connection.setAutoCommit(false);
            Map<String, Long> rows = rows(connection);
            int result = connection.unwrap(SQLiteConnection.class).getDatabase().backup("main", to.toString(), null,
                    BUSY_SLEEP_MILLISECONDS, BUSY_TRIES, ALL_PAGES);
            SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(result);
            String failure = "cannot copy " + database + " to " + to + ": " + code.message + " (" + code.name() + ")";
            switch (result & 0xff) {
                case 0 -> connection.commit();
                // SQLITE_BUSY, IOERR, CORRUPT, NOTADB: https://www.sqlite.org/rescode.html
                case 5, 10, 11, 26 -> throw new StoreException(failure);
                default -> throw new IOException(failure);
            }
            return rows;
        } catch (SQLException e) {
            throw StoreException.of(e, "cannot read " + database + ": " + Reasons.of(e, database));
        }
    }

    /**
     * Looks a copy through, and waits until it is on the disk.
     *
     * @param expected the rows that it must hold
     * @throws StoreException if it is not sound, or not whole
     * @throws IOException    if it cannot be written
     */
    public void verify(Path copy, Map<String, Long> expected) throws StoreException, IOException {
        try (Connection connection = open(copy); Statement statement = connection.createStatement()) {
            // A CHECK that was added by hand may be broken by older rows.
            statement.execute("PRAGMA ignore_check_constraints = ON");
            String damage = first(statement, "PRAGMA integrity_check(1)");
            if (!"ok".equals(damage)) {
                throw new StoreException("it is damaged: " + damage);
            }
            Map<String, Long> rows = rows(connection);
            for (String table : expected.keySet()) {
                if (first(statement, "PRAGMA foreign_key_check(" + table + ")") != null) {
                    throw new StoreException("it is damaged: rows of " + table + " name parents that are not there");
                }
            }
            if (!rows.equals(expected)) {
                throw new StoreException("its copy holds " + rows + " rows instead of " + expected);
            }
        } catch (SQLException e) {
            throw StoreException.of(e, "its copy cannot be read: " + Reasons.of(e));
        }
        Durable.force(copy);
        Durable.force(copy.getParent());
    }

    /** The rows of each table of a database. */
    public Map<String, Long> rows(Path database) throws StoreException {
        try (Connection connection = open(database)) {
            return rows(connection);
        } catch (SQLException e) {
            throw StoreException.of(e, "cannot read " + database + ": " + Reasons.of(e, database));
        }
    }

    private Connection open(Path database) throws SQLException {
        Connection connection = Databases.openToRead(database, BUSY_MILLISECONDS);
        try {
            ScriptUtils.executeSqlScript(connection, new FileSystemResource(sql.resolve("open-store.sql")));
            return connection;
        } catch (RuntimeException e) {
            connection.close();
            throw new StoreException("cannot open " + database + ": " + Reasons.of(e, database), e);
        }
    }

    private Map<String, Long> rows(Connection connection) throws SQLException {
        Databases.complete(connection, sql);
        Map<String, Long> rows = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(rowsSql)) {
            while (found.next()) {
                rows.put(found.getString("name"), found.getLong("row_count"));
            }
        }
        return rows;
    }

    private static String first(Statement statement, String pragma) throws SQLException {
        try (ResultSet found = statement.executeQuery(pragma)) {
            return found.next() ? found.getString(1) : null;
        }
    }
}
