package dev.tac8.store;

import dev.tac8.text.Printable;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
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
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptException;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * The five tables, as {@code sql/schema.sql} defines them, and how those of an older tac8 become these: by one script of
 * {@code sql/upgrade} for each version, which adds columns and tables, and drops indexes that {@code sql/schema.sql} then makes anew. What a
 * database has tells which scripts it needs: see {@link SchemaVersion}.
 */
public final class Schema {
    private static final Logger LOG = LoggerFactory.getLogger("store");
    /** In older versions two connections in WAL mode can corrupt a database (SQLite's release notes, 3.51.3). */
    private static final Version LEAST_SQLITE = Version.parse("3.51.3");

    private final Path schemaSql;
    private final Path openSql;
    private final String shapeSql;
    private final List<Part> expected;
    private final Set<String> tables;
    private final SchemaVersion versions;

    /** A part of a table, or something else that acts on what is written to it. */
    private record Part(String table, String kind, String line) {
    }

    /**
     * @param sqlDir holds {@code schema.sql}, {@code schema-shape.sql}, {@code open-store.sql} and the folder {@code upgrade}
     * @throws RefusedException if one of them is not valid SQL, or is missing
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
            versions = SchemaVersion.of(sqlDir);
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
     * Creates the tables in an empty database; in one of ours, adds indexes, and the columns and tables that it lacks because an older
     * tac8 made it. All of it, or nothing.
     *
     * @throws RefusedException if the tables are not ours
     */
    void prepare(Connection database, Path file) throws SQLException {
        // In one transaction: a half-made schema would be refused for ever as not ours.
        database.setAutoCommit(false);
        boolean upgraded = false;
        try {
            List<Part> shape = shape(database);
            if (!shape.isEmpty()) {
                check(database, file);
                for (SchemaVersion.Step step : versions.steps()) {
                    if (!step.adds().isIn(lines(shape))) {
                        run(database, step.script());
                        upgraded = true;
                    }
                }
            }
            run(database, schemaSql);
            if (upgraded) {
                checkUpgrade(shape(database), file);
            }
            setVersion(database);
            database.commit();
        } catch (SQLException | RuntimeException e) {
            try {
                database.rollback();
            } catch (SQLException alreadyRolledBack) {
                // On a full disk SQLite has rolled back by itself. The second failure must not hide the first.
                e.addSuppressed(alreadyRolledBack);
            }
            throw e;
        }
        database.setAutoCommit(true);
        if (upgraded) {
            LOG.info("{} was made by an older tac8: its tables are those of this one now", file);
        }
    }

    /**
     * Checks that the tables are ours, or those of an older tac8, and creates nothing. Tables, views and indexes that users have added
     * beside them are left alone.
     *
     * @throws RefusedException if they are neither
     * @throws StoreException   if they are, but something else acts on what is written to them, or has the name of a table to be added
     */
    public void check(Connection database, Path file) throws SQLException {
        List<Part> found = shape(database).stream().filter(part -> tables.contains(part.table())).toList();
        int version = version(database);
        if (versions.isNewer(version)) {
            throw new RefusedException(versions.says(file, version), "it was made by a newer tac8");
        }
        List<Part> missing = new ArrayList<>(expected);
        missing.removeAll(found);
        SchemaVersion.Added older = versions.lacking(lines(found));
        missing.removeIf(part -> older.holds(part.table(), part.line()));
        List<Part> unknown = new ArrayList<>(found);
        unknown.removeAll(expected);
        for (SchemaVersion.Table table : versions.since(version).tables()) {
            if (Stream.concat(missing.stream(), unknown.stream()).anyMatch(part -> part.table().equals(table.name()))) {
                throw new StoreException(file + " has a table " + table.name() + " that tac8 did not make, and this tac8 has one of that name, so"
                        + " nothing is written there until it has another: ALTER TABLE " + table.name() + " RENAME TO other_" + table.name());
            }
        }
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

    /** A database that would be refused at the next start is not made. */
    private void checkUpgrade(List<Part> shape, Path file) throws StoreException {
        List<Part> missing = new ArrayList<>(expected);
        missing.removeAll(shape);
        List<Part> more = new ArrayList<>(shape);
        more.removeIf(part -> !tables.contains(part.table()) || expected.contains(part));
        if (!missing.isEmpty() || !more.isEmpty()) {
            throw new StoreException(file + " was made by an older tac8 and stays as it is: sql/upgrade does not make of it what sql/schema.sql"
                    + " says, but " + (missing.isEmpty() ? "adds " + more.get(0).line() : "leaves out " + missing.get(0).line()));
        }
    }

    private static List<String> lines(List<Part> parts) {
        return parts.stream().map(Part::line).toList();
    }

    private static RefusedException refused(Path file, String reason) {
        return new RefusedException(file + " is not a database of this tac8 (" + reason
                + "): move it away, and a new one is made at the next start", "it is not a database of this tac8: " + reason);
    }

    private static int version(Connection database) throws SQLException {
        try (Statement statement = database.createStatement(); ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.getInt(1);
        }
    }

    private void setVersion(Connection database) throws SQLException {
        // Only when needed: otherwise it would write a page of a store that is only opened.
        if (version(database) != versions.ours()) {
            try (Statement statement = database.createStatement()) {
                statement.execute("PRAGMA user_version = " + versions.ours());
            }
        }
    }

    private static void run(Connection database, Path script) {
        ScriptUtils.executeSqlScript(database, new FileSystemResource(script));
    }

    /** What an empty database is asked. */
    public interface Question<T> {
        /** The answer. */
        T ask(Connection memory) throws IOException, SQLException;
    }

    /**
     * Asks an empty database with the five tables, in memory.
     *
     * @throws RefusedException if the schema is not valid SQL, or the question fails
     */
    public static <T> T inMemory(Path sqlDir, Question<T> question) throws StoreException {
        try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            tryOut(memory, sqlDir.resolve("schema.sql"));
            return question.ask(memory);
        } catch (StoreException e) {
            throw e;
        } catch (IOException | SQLException e) {
            throw new RefusedException("cannot try out the statements in " + sqlDir + ": " + Reasons.of(e, sqlDir));
        }
    }

    /** Runs a script in a place where only the script itself can be to blame. */
    static void tryOut(Connection memory, Path script) throws StoreException {
        if (Files.notExists(script)) {
            throw new RefusedException(script + " is missing: it belongs to tac8, put it back");
        }
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
        if (Version.parse(version).compareTo(LEAST_SQLITE) < 0) {
            throw new RefusedException("SQLite " + version + " can corrupt a database: tac8 needs 3.51.3 or later, in"
                    + " sqlite-jdbc 3.51.3.0 or later");
        }
    }
}
