package dev.tac8.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptException;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/** The five tables, as {@code sql/schema.sql} says them. */
public final class Schema {
    /** Below it two connections in WAL mode can corrupt a database (SQLite's release notes, 3.51.3). */
    private static final List<Integer> LEAST_SQLITE = List.of(3, 51, 3);

    private final Path schemaSql;
    private final Path openSql;
    private final String shapeSql;
    private final List<String> expected;

    /**
     * @param sqlDir holds {@code schema.sql}, {@code schema-shape.sql} and {@code open-store.sql}
     * @throws StoreException where one of them is not valid SQL, or not there
     */
    public Schema(Path sqlDir) throws StoreException {
        schemaSql = sqlDir.resolve("schema.sql");
        openSql = sqlDir.resolve("open-store.sql");
        Path shapeFile = sqlDir.resolve("schema-shape.sql");
        try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            checkVersion(memory);
            tryOut(memory, openSql);
            tryOut(memory, schemaSql);
            shapeSql = Files.readString(shapeFile);
            expected = shape(memory);
        } catch (StoreException e) {
            throw e;
        } catch (IOException | SQLException e) {
            throw new StoreException(shapeFile + " cannot be used: " + Reasons.of(e), e);
        }
    }

    /** Sets what the driver cannot, before anything is read. */
    public void settle(Connection database) {
        run(database, openSql);
    }

    /**
     * Creates the tables in an empty database, missing indexes in one of ours.
     *
     * @throws RefusedException where the tables are not ours
     */
    void prepare(Connection database, Path file) throws SQLException {
        // In one transaction: a half-made schema would be refused for ever as somebody else's.
        database.setAutoCommit(false);
        try {
            List<String> shape = shape(database);
            if (!shape.isEmpty()) {
                check(shape, file);
            }
            run(database, schemaSql);
            database.commit();
        } catch (SQLException | RuntimeException e) {
            try {
                database.rollback();
            } catch (SQLException alreadyRolledBack) {
                // On a full disk SQLite does so by itself. That must not take the place of the failure.
                e.addSuppressed(alreadyRolledBack);
            }
            throw e;
        }
        database.setAutoCommit(true);
    }

    /**
     * Looks whether the tables are ours, and creates nothing.
     *
     * @throws RefusedException where they are not
     */
    public void check(Connection database, Path file) throws SQLException {
        check(shape(database), file);
    }

    private void check(List<String> shape, Path file) throws RefusedException {
        List<String> missing = new ArrayList<>(expected);
        missing.removeAll(shape);
        List<String> unknown = new ArrayList<>(shape);
        unknown.removeAll(expected);
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            throw new RefusedException(file + " is not a database of this tac8 ("
                    + (missing.isEmpty() ? "it has " + unknown.get(0) : "it lacks " + missing.get(0))
                    + "): move it away, and a new one is made at the next start");
        }
    }

    private static void run(Connection database, Path script) {
        ScriptUtils.executeSqlScript(database, new FileSystemResource(script));
    }

    /** Runs a script where only the script itself can be to blame. */
    static void tryOut(Connection memory, Path script) throws StoreException {
        try {
            run(memory, script);
        } catch (ScriptException e) {
            throw new StoreException(script + " is not valid SQL: " + Reasons.of(e), e);
        }
    }

    private List<String> shape(Connection database) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = database.createStatement(); ResultSet rows = statement.executeQuery(shapeSql)) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return lines;
    }

    private static void checkVersion(Connection database) throws SQLException {
        String version = database.getMetaData().getDatabaseProductVersion();
        String[] parts = version.split("\\.");
        for (int i = 0; i < LEAST_SQLITE.size(); i++) {
            int difference = Integer.parseInt(parts[i]) - LEAST_SQLITE.get(i);
            if (difference < 0) {
                throw new RefusedException("SQLite " + version + " can corrupt a database: tac8 needs 3.51.3 or later, in"
                        + " sqlite-jdbc 3.51.3.0 or later");
            }
            if (difference > 0) {
                return;
            }
        }
    }
}
