package dev.tac8.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The statements that the routes run. Some of them run only on repeats or on the way home, months after they were edited. */
public final class Statements {
    private static final List<String> FOLDERS = List.of("ingest", "reconcile", "archive");
    private static final Pattern PARAMETER = Pattern.compile(":#(\\w+|\\$\\{[^}]+})");

    private Statements() {
    }

    /**
     * Prepares each statement on an empty database.
     *
     * @param sqlDir holds the statements and {@code schema.sql}
     * @return one sentence for each that cannot be run
     */
    public static List<String> findBad(Path sqlDir) throws StoreException {
        List<String> bad = new ArrayList<>();
        try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            Schema.tryOut(memory, sqlDir.resolve("schema.sql"));
            TableStatements tables = TableStatements.read(sqlDir).get("tables");
            for (String folder : FOLDERS) {
                for (Path file : files(sqlDir.resolve(folder))) {
                    // An archive is written with the active store beside it; the tables are the same.
                    String text = PARAMETER.matcher(Files.readString(file)).replaceAll("?").replace("active.", "main.");
                    for (String statement : tables.each(text)) {
                        try {
                            memory.prepareStatement(statement).close();
                        } catch (SQLException e) {
                            bad.add(file + " cannot be run: " + Reasons.of(e, file));
                            break;
                        }
                    }
                }
            }
        } catch (StoreException e) {
            throw e;
        } catch (IOException | SQLException e) {
            throw new RefusedException("cannot check the statements in " + sqlDir + ": " + Reasons.of(e, sqlDir));
        }
        return bad;
    }

    /**
     * Runs each statement that stores rows on rows of its own, in memory.
     *
     * @param sqlDir holds the statements and {@code schema.sql}
     * @param filled the columns that records fill, by table
     * @return one sentence for each that can be run, and would lose or change what is stored
     */
    public static List<String> findLosing(Path sqlDir, Map<String, List<String>> filled) throws StoreException {
        return Rehearsal.faults(sqlDir, filled);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
        }
    }
}
