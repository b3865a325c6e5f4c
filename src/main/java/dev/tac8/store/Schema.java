package dev.tac8.store;

import dev.tac8.text.Printable;
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
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
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
    private final List<Part> expected;
    private final Set<String> tables;

    /** A part of a table, or what else acts on what is written to it. */
    private record Part(String table, String kind, String line) {
    }

    /**
     * @param sqlDir holds {@code schema.sql}, {@code schema-shape.sql} and {@code open-store.sql}
     * @throws RefusedException where one of them is not valid SQL, or not there
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
            tables = expected.stream().map(Part::table).collect(Collectors.toSet());
        } catch (StoreException e) {
            throw e;
        } catch (IOException | SQLException e) {
            throw new RefusedException(shapeFile + " cannot be used: " + Reasons.of(e));
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
            if (!shape(database).isEmpty()) {
                check(database, file);
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
     * Looks whether the tables are ours, and creates nothing. What somebody has laid beside them, tables and views and indexes, is
     * nobody's business.
     *
     * @throws RefusedException where they are not
     * @throws StoreException   where they are, but for something that acts on what is written to them
     */
    public void check(Connection database, Path file) throws SQLException {
        List<Part> found = shape(database).stream().filter(part -> tables.contains(part.table())).toList();
        List<Part> missing = new ArrayList<>(expected);
        missing.removeAll(found);
        List<Part> unknown = new ArrayList<>(found);
        unknown.removeAll(expected);
        if (!missing.isEmpty()) {
            throw refused(file, "it lacks " + missing.get(0).line());
        }
        for (Part part : unknown) {
            if (part.kind().equals("table")) {
                throw refused(file, "it has " + Printable.of(part.line()));
            }
            String name = Printable.of(part.line());
            throw new StoreException(file + " has the " + (part.kind().equals("index") ? "unique index " : "trigger ") + name + " on "
                    + part.table() + ", which may change or refuse what is stored, so nothing is written there until it is gone: DROP "
                    + part.kind().toUpperCase(Locale.ROOT) + " \"" + name + "\"");
        }
    }

    private static RefusedException refused(Path file, String reason) {
        return new RefusedException(file + " is not a database of this tac8 (" + reason
                + "): move it away, and a new one is made at the next start");
    }

    private static void run(Connection database, Path script) {
        ScriptUtils.executeSqlScript(database, new FileSystemResource(script));
    }

    /** Runs a script where only the script itself can be to blame. */
    static void tryOut(Connection memory, Path script) throws StoreException {
        try {
            run(memory, script);
        } catch (ScriptException e) {
            throw new RefusedException(script + " is not valid SQL: " + Reasons.of(e));
        }
    }

    private List<Part> shape(Connection database) throws SQLException {
        List<Part> parts = new ArrayList<>();
        try (Statement statement = database.createStatement(); ResultSet rows = statement.executeQuery(shapeSql)) {
            while (rows.next()) {
                parts.add(new Part(rows.getString("table_name"), rows.getString("kind"), rows.getString("line")));
            }
        }
        return parts;
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
