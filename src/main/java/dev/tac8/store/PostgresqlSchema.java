package dev.tac8.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The five tables in a PostgreSQL database, as the numbered files in {@code sql/postgresql} make them, one after the other. */
final class PostgresqlSchema {
    private static final Logger LOG = LoggerFactory.getLogger("store-external");
    /** Any number, the same for each tac8: who holds it makes the tables. */
    private static final long LOCK = 0x74616338L;
    private static final String NO_SUCH_TABLE = "42P01";
    private static final String TABLE_IS_THERE = "42P07";
    /** Types and functions. */
    private static final List<String> ANOTHER_IS_THERE = List.of("42710", "42723");
    private static final String NOT_ALLOWED = "42501";

    private final Path sql;
    private final TableStatements tables;
    private final String place;
    private final String user;
    /** What a database has that the files have just made; null until it was asked for. */
    private volatile List<Part> expected;

    /** A part of a table, or something else that acts on what is written to it. */
    private record Part(String table, String kind, String name, String line, boolean acts) {
        String called() {
            return kind.equals("constraint") ? "the constraint of " + line : "the " + kind + " " + name;
        }

        boolean isAnother(Part other) {
            return table.equals(other.table) && kind.equals(other.kind) && name.equals(other.name) && !line.equals(other.line);
        }
    }

    /**
     * @param sql   holds the files
     * @param place where the database is, for messages
     * @param user  who asks, for messages
     */
    PostgresqlSchema(Path sql, TableStatements tables, String place, String user) {
        this.sql = sql;
        this.tables = tables;
        this.place = place;
        this.user = user;
    }

    /**
     * Makes the tables, brings those of an older tac8 up to this one, or checks that they are there and nobody has changed them.
     *
     * @throws RefusedException if they are not ours
     * @throws StoreException   if the database takes nothing now, or something else acts on what is written there
     */
    void settle(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            lookWhetherItWrites(statement);
            SortedMap<Integer, String> steps = steps();
            connection.setAutoCommit(false);
            try {
                if (version(statement) != steps.lastKey()) {
                    make(statement, steps);
                    connection.commit();
                }
                check(statement, steps);
            } catch (SQLException e) {
                connection.rollback();
                throw refused(e);
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private void lookWhetherItWrites(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery(text("writable"))) {
            found.next();
            if (!found.getString("encoding").equals("UTF8")) {
                throw new RefusedException("the database " + place + " keeps texts in " + found.getString("encoding") + ", where not every text fits: make one with"
                        + " ENCODING 'UTF8'");
            }
            if (found.getBoolean("standby")) {
                throw new StoreException("the database " + place + " is a standby, which takes no writes until it is promoted: name its primary, or both and"
                        + " targetServerType=primary, in tac8.postgresql.url");
            }
            if (found.getBoolean("reads_only")) {
                throw new StoreException("the database " + place + " takes no writes from the user " + user + ": switch default_transaction_read_only off");
            }
        }
    }

    private void make(Statement statement, SortedMap<Integer, String> steps) throws SQLException {
        statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        int version = version(statement);
        if (version > steps.lastKey()) {
            throw new RefusedException("the database " + place + " was made by a newer tac8 (its tables are of version " + version + ", and this one knows "
                    + steps.lastKey() + "), and would lose what only that one knows: update tac8 here");
        }
        for (String step : steps.tailMap(version + 1).values()) {
            statement.execute(text(step));
            LOG.info("made the tables of {} in {}", step, place);
        }
    }

    private SQLException refused(SQLException failure) {
        String state = failure.getSQLState();
        return NOT_ALLOWED.equals(state) ? new RefusedException("the user " + user + " may not make or read the tables of " + place
                + ": let its owner run the files sql/postgresql/0*.sql, grant SELECT, INSERT and UPDATE on them, and let it make temporary tables")
                : TABLE_IS_THERE.equals(state) ? new RefusedException("the database " + place + " holds tables, and no row of tac8_schema says that they are"
                + " tac8's (" + Reasons.of(failure) + "): make a database for tac8 alone, or put back tac8_schema if they are")
                : ANOTHER_IS_THERE.contains(String.valueOf(state)) ? new RefusedException("the database " + place + " holds a type or a function that tac8 would make, and no row of tac8_schema"
                + " says that it is tac8's (" + Reasons.of(failure) + "): if it was left when tac8's tables were dropped, drop it, too; put back tac8_schema if they are there; or make a"
                + " database for tac8 alone") : failure;
    }

    /** The files that make the tables, by their numbers. */
    private SortedMap<Integer, String> steps() throws StoreException {
        SortedMap<Integer, String> steps = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(sql, "[0-9][0-9][0-9][0-9]-*.sql")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                steps.put(Integer.valueOf(name.substring(0, name.indexOf('-'))), name.replaceFirst("\\.sql$", ""));
            }
        } catch (IOException e) {
            throw new StoreException("cannot read the statements of PostgreSQL: " + Reasons.of(e), e);
        }
        if (steps.isEmpty()) {
            throw new StoreException(sql + " holds no tables: put back 0001-five-tables.sql");
        }
        return steps;
    }

    /** The number of the last file that was run; 0 if none was. */
    private int version(Statement statement) throws SQLException {
        statement.execute("SAVEPOINT version");
        try (ResultSet newest = statement.executeQuery(text("version"))) {
            newest.next();
            return newest.getInt(1);
        } catch (SQLException e) {
            if (!NO_SUCH_TABLE.equals(e.getSQLState())) {
                throw e;
            }
            statement.execute("ROLLBACK TO SAVEPOINT version");
            return 0;
        }
    }

    // --- Their shape ---

    private void check(Statement statement, SortedMap<Integer, String> steps) throws SQLException {
        List<Part> found = shape(statement);
        if (expected == null) {
            // As temporary tables, which whoever writes may make, and which are gone with the transaction.
            statement.execute("SET LOCAL search_path = pg_temp");
            for (String step : steps.values()) {
                statement.execute(text(step));
            }
            expected = shape(statement);
        }
        statement.getConnection().rollback();
        for (Part part : expected) {
            Part other = found.stream().filter(part::isAnother).findFirst().orElse(null);
            if (!found.contains(part)) {
                throw new RefusedException("the database " + place + " is not one of this tac8 (" + (other == null ? "it lacks " + part.called()
                        : part.called() + " is " + other.line() + ", not " + part.line()) + "): put that back as sql/postgresql/0*.sql have it");
            }
        }
        for (Part part : found) {
            if (part.acts() && !expected.contains(part)) {
                throw new StoreException("the database " + place + " has " + part.called() + " at its table " + part.table()
                        + ", which may change or refuse what is stored, so nothing is written there until it is gone");
            }
        }
    }

    private List<Part> shape(Statement statement) throws SQLException {
        List<Part> parts = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(tables.of(text("shape")))) {
            while (rows.next()) {
                parts.add(new Part(rows.getString("table_name"), rows.getString("kind"), rows.getString("name"), rows.getString("line"), rows.getBoolean("acts")));
            }
        }
        return parts;
    }

    private String text(String name) throws StoreException {
        return PostgresqlStore.text(sql, name);
    }
}
