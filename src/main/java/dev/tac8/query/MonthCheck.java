package dev.tac8.query;

import dev.tac8.ingest.RecordType;
import dev.tac8.settings.Settings;
import dev.tac8.store.DatabaseFile;
import dev.tac8.store.Reasons;
import dev.tac8.store.RefusedException;
import dev.tac8.store.Schema;
import dev.tac8.store.StoreException;
import dev.tac8.store.TableStatements;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks an archive through, every page of it, and changes nothing. */
public final class MonthCheck {
    private static final int BUSY_MILLISECONDS = 5000;
    /** Children first, as they leave. */
    public static final List<String> TABLES = RecordType.leaving();

    private final Path sql;
    private final Schema schema;
    private final Question count;

    /** @throws StoreException if the schema cannot be read */
    public MonthCheck(Settings settings) throws StoreException {
        this.sql = settings.sql();
        this.schema = new Schema(sql);
        this.count = Question.of(TableStatements.read(sql).of(Question.read(sql.resolve("archive/count.sql")).sql(Map.of())));
    }

    /**
     * What an archive holds.
     *
     * @param rows   by table
     * @param faults what is wrong with it, a sentence each; empty if it is sound
     */
    public record Found(Map<String, Long> rows, List<String> faults) {
    }

    /** Looks one archive through. */
    public Found look(String month, Path archive) {
        Map<String, Long> rows = new LinkedHashMap<>();
        List<String> faults = new ArrayList<>();
        try {
            String fault = DatabaseFile.faultOfArchive(archive);
            if (fault != null) {
                return new Found(rows, List.of(fault));
            }
        } catch (IOException e) {
            return new Found(rows, List.of("it cannot be read: " + Reasons.of(e)));
        }
        try (Connection connection = Databases.openToRead(archive, BUSY_MILLISECONDS)) {
            schema.settle(connection);
            ask(connection, "PRAGMA integrity_check(3)").stream().filter(said -> !said.equals("ok"))
                    .forEach(said -> faults.add("it is damaged: " + said.strip().replaceAll("\\s+", " ")));
            if (!faults.isEmpty()) {
                return new Found(rows, faults);
            }
            schema.check(connection, archive);
            Databases.complete(connection, sql);
            int orphans = 0;
            for (String table : TABLES) {
                orphans += ask(connection, "PRAGMA foreign_key_check(" + table + ")").size();
            }
            if (orphans > 0) {
                faults.add(orphans + " of its rows hang on rows that it does not hold");
            }
            Rows counted = count.ask(connection, Map.of("month", month));
            TABLES.forEach(table -> rows.put(table, counted.number(table)));
            if (counted.number("strangers") > 0) {
                faults.add(counted.number("strangers") + " of its events and API calls belong to another month");
            }
        } catch (RefusedException e) {
            // The whole sentence is of a store that is written, in whose place a new one is begun.
            faults.add(e.reason());
        } catch (StoreException e) {
            faults.add(e.getMessage().replace(archive + " has ", "it has "));
        } catch (SQLException e) {
            faults.add("it cannot be read: " + Reasons.of(e));
        }
        return new Found(rows, faults);
    }

    private static List<String> ask(Connection connection, String pragma) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(pragma)) {
            while (found.next()) {
                lines.add(found.getString(1));
            }
        }
        return lines;
    }
}
