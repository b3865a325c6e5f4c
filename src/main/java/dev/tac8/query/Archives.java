package dev.tac8.query;

import dev.tac8.store.DatabaseFile;
import dev.tac8.store.Reasons;
import dev.tac8.store.SchemaVersion;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The months of the archive that a question needs, attached to the connection that asks. A file there is not trusted: one that cannot
 * be read, or is something else, is missing, and the others answer. What SQLite cannot attach at once is copied.
 */
final class Archives {
    /** Holds copies of the months that could not be attached. */
    private static final String SURPLUS = "surplus";
    /** Of each month: with the 2 MiB that SQLite takes, years of them would fill hundreds. Most questions read a page once. */
    private static final int MOST_CACHED_KIBIBYTES = 256;

    private final Connection connection;
    private final Path sql;
    private final SchemaVersion versions;
    private final Reach reach;
    private final SortedMap<String, Path> months;
    private final List<String> surplus;
    private final Map<String, String> missing = new TreeMap<>();
    private final List<String> counted = new ArrayList<>();
    private final List<String> others = new ArrayList<>();
    private final Map<String, SchemaVersion.Added> lacking = new HashMap<>();
    private final Statements statements;
    private final Rows expected;
    /** Years of months mostly look the same: by definition and version. */
    private final Map<String, Looks> known = new HashMap<>();

    /**
     * What a month looks like.
     *
     * @param fault   why it is no archive; null if it is one
     * @param lacking what it lacks because only an older tac8 has written to it
     */
    private record Looks(String fault, SchemaVersion.Added lacking) {
    }

    /**
     * @param sql    holds the statements, and the schema
     * @param months what is needed, each month with its file
     * @param most   how many can be attached
     */
    Archives(Connection connection, Path sql, Statements statements, SchemaVersion versions, Reach reach, SortedMap<String, Path> months, int most)
            throws SQLException, StoreException {
        this.connection = connection;
        this.sql = sql;
        this.statements = statements;
        this.versions = versions;
        this.reach = reach;
        this.months = months;
        this.surplus = List.copyOf(months.keySet()).subList(0, Math.max(0, months.size() - most));
        this.expected = months.isEmpty() ? null : expected();
    }

    /** How the archive of a month is called in statements. */
    static String name(String month) {
        return "archive_" + month.replace('-', '_');
    }

    /** Those whose events and API calls count. */
    List<String> counted() {
        return counted;
    }

    /** Those of which only the sessions, tasks and workers count. */
    List<String> others() {
        return others;
    }

    /** What months lack because only an older tac8 has written to them. */
    Map<String, SchemaVersion.Added> lacking() {
        return lacking;
    }

    /** Whether some months are read as they were when they were copied. */
    boolean isCopied() {
        return !surplus.isEmpty();
    }

    /** Those that are read. */
    List<Path> files() {
        return months.entrySet().stream().filter(month -> !missing.containsKey(month.getKey())).map(Map.Entry::getValue).toList();
    }

    /** The months that cannot be read, with the reasons. */
    Map<String, String> missing() {
        return missing;
    }

    /**
     * Attaches what can be, before the transaction begins, in which SQLite attaches nothing.
     *
     * @param patient whether a month that is locked fails all, so that it is tried anew; else it is missing
     */
    void attach(boolean patient) throws SQLException {
        if (!surplus.isEmpty()) {
            // Before the temporary tables go to memory, for which this may be too large.
            Databases.execute(connection, "ATTACH '' AS " + SURPLUS);
        }
        for (Map.Entry<String, Path> month : months.entrySet()) {
            findFault(month.getKey(), month.getValue());
            if (!surplus.contains(month.getKey()) && !missing.containsKey(month.getKey())) {
                tryOut(month.getKey(), patient, () -> attach(name(month.getKey()), month.getValue()));
            }
        }
    }

    private void attach(String name, Path file) throws SQLException {
        Databases.attach(connection, name, file);
        Databases.execute(connection, "PRAGMA " + name + ".cache_size = -" + MOST_CACHED_KIBIBYTES);
    }

    /** Whether a file is empty shows when it is locked: an older tac8 begins a month with an empty one. */
    private void findFault(String month, Path file) {
        try {
            String fault = DatabaseFile.faultOfArchive(file);
            if (fault != null && !fault.equals(DatabaseFile.EMPTY)) {
                missing.put(month, fault);
            }
        } catch (IOException e) {
            missing.put(month, Reasons.of(e));
        }
    }

    /** Reads of each month what it looks like. From then on no other process can commit to it until the transaction ends. */
    void look(boolean patient) throws SQLException {
        for (String month : months.keySet()) {
            if (!surplus.contains(month) && !missing.containsKey(month)) {
                tryOut(month, patient, () -> {
                    if (isWhole(month, connection, name(month))) {
                        (reach.counts(month) ? counted : others).add(name(month));
                    }
                });
            }
        }
    }

    /** Copies what could not be attached, over a connection of its own. No row can be taken away from the written stores meanwhile. */
    void copySurplus(int busyMilliseconds, boolean patient) throws SQLException, StoreException {
        if (surplus.isEmpty()) {
            return;
        }
        Databases.execute(connection, "PRAGMA query_only = OFF");
        for (Map.Entry<String, List<Object[]>> table : byTable().entrySet()) {
            Databases.execute(connection, "CREATE TABLE " + SURPLUS + "." + table.getKey() + " (" + table.getValue().stream()
                    .map(row -> row[1] + " " + row[2]).collect(Collectors.joining(", ")) + ")");
        }
        Question settled = statements.of("open-store");
        for (String month : surplus.stream().filter(month -> !missing.containsKey(month)).toList()) {
            tryOut(month, patient, () -> {
                try (Connection from = Databases.openStore(months.get(month), busyMilliseconds, settled)) {
                    from.setAutoCommit(false);
                    if (isWhole(month, from, "main")) {
                        copyWhole(from, month);
                    }
                }
            });
        }
        for (Map.Entry<String, List<Object[]>> table : byTable().entrySet()) {
            // Not unique: the same worker may be in several months.
            Object key = Records.TABLES.contains(table.getKey()) ? "record_id" : table.getValue().get(0)[1];
            Databases.execute(connection, "CREATE INDEX " + SURPLUS + ".surplus_" + table.getKey() + " ON " + table.getKey() + "(" + key + ")");
        }
        for (String index : schema("CREATE INDEX")) {
            Databases.execute(connection, index.replaceFirst("CREATE INDEX (IF NOT EXISTS )?", "CREATE INDEX " + SURPLUS + "."));
        }
        counted.add(SURPLUS);
        Databases.execute(connection, "PRAGMA query_only = ON");
    }

    /** The months that a check finds damaged, with what it says: a question has met damage, and only its file is to be missing. */
    Map<String, String> damaged() {
        Map<String, String> damaged = new TreeMap<>();
        // The quick one first: it leaves out what indexes hold, which takes several times as long.
        for (String check : List.of("quick_check", "integrity_check")) {
            for (String month : months.keySet()) {
                if (damaged.isEmpty() || check.equals("quick_check")) {
                    String said = surplus.contains(month) || missing.containsKey(month) ? "ok" : said(name(month) + "." + check + "(1)");
                    if (!said.equals("ok")) {
                        damaged.put(month, "it is damaged: " + said);
                    }
                }
            }
        }
        return damaged;
    }

    private String said(String check) {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("PRAGMA " + check)) {
            return row.next() ? row.getString(1).strip().replaceAll("\\s+", " ") : "the check says nothing";
        } catch (SQLException e) {
            return Reasons.of(e);
        }
    }

    private interface Attempt {
        void run() throws SQLException;
    }

    private void tryOut(String month, boolean patient, Attempt attempt) throws SQLException {
        try {
            attempt.run();
        } catch (SQLException e) {
            if (patient && Databases.isBusy(e)) {
                throw e;
            }
            missing.put(month, Reasons.of(e));
        }
    }

    /** Whether it has the tables of an archive; one that is begun has them all as soon as it is there. */
    private boolean isWhole(String month, Connection database, String store) throws SQLException {
        String definition = statements.of("read/definition").to(store).ask(database, Map.of()).text("text");
        if (definition == null && months.get(month).toFile().length() == 0) {
            missing.put(month, DatabaseFile.EMPTY);
            return false;
        }
        long made = statements.of("read/version").to(store).ask(database, Map.of()).number("user_version");
        Looks looks = known.get(made + definition);
        if (looks == null) {
            looks = versions.isNewer(made) ? new Looks(versions.says(made), SchemaVersion.Added.NOTHING)
                    : looks(statements.of("read/shape").to(store).ask(database, Map.of()));
            known.put(made + definition, looks);
        }
        if (looks.fault != null) {
            missing.put(month, looks.fault);
            return false;
        }
        lacking.put(name(month), looks.lacking);
        return true;
    }

    private Looks looks(Rows shape) {
        // Tables that a user has added beside ours do not matter.
        List<Object> tables = expected.values("table_name");
        List<Object> lines = shape.rows().stream().filter(row -> tables.contains(row[0])).map(row -> row[3])
                .collect(Collectors.toList());
        SchemaVersion.Added older = versions.lacking(lines);
        List<Object> whole = expected.rows().stream().filter(row -> !older.holds((String) row[0], row[3])).map(row -> row[3]).toList();
        if (lines.equals(whole)) {
            return new Looks(null, older);
        }
        List<Object> lacks = new ArrayList<>(whole);
        lacks.removeAll(lines);
        lines.removeAll(whole);
        return new Looks("it is not a database of this tac8 (" + (!lacks.isEmpty() ? "it lacks " + lacks.get(0)
                : !lines.isEmpty() ? "it has " + lines.get(0) : "its columns are in another order") + ")", SchemaVersion.Added.NOTHING);
    }

    /** What the schema makes. */
    private Rows expected() throws SQLException, StoreException {
        Question settled = statements.of("open-store");
        try (Connection pattern = Databases.openEmpty(0, settled)) {
            Databases.execute(pattern, "PRAGMA query_only = OFF");
            for (String table : schema("CREATE TABLE")) {
                Databases.execute(pattern, table);
            }
            return statements.of("read/shape").to("main").ask(pattern, Map.of());
        }
    }

    /** The statements of the schema that make something. */
    private List<String> schema(String making) throws StoreException {
        try {
            return Stream.of(Files.readString(sql.resolve("schema.sql")).replaceAll("(?m)--.*$", "").split(";"))
                    .filter(statement -> statement.contains(making)).toList();
        } catch (IOException e) {
            throw new StoreException("cannot read " + sql.resolve("schema.sql") + ": " + Reasons.of(e), e);
        }
    }

    private Map<String, List<Object[]>> byTable() {
        Map<String, List<Object[]>> tables = new LinkedHashMap<>();
        expected.rows().forEach(row -> tables.computeIfAbsent((String) row[0], name -> new ArrayList<>()).add(row));
        return tables;
    }

    /** Of a month that is missing no part is counted. */
    private void copyWhole(Connection from, String month) throws SQLException {
        Databases.execute(connection, "SAVEPOINT month");
        try {
            copy(from, month);
        } catch (SQLException e) {
            Databases.execute(connection, "ROLLBACK TO month");
            throw e;
        } finally {
            Databases.execute(connection, "RELEASE month");
        }
    }

    private void copy(Connection from, String month) throws SQLException {
        for (Map.Entry<String, List<Object[]>> table : byTable().entrySet()) {
            if (!reach.counts(month) && Records.TABLES.contains(table.getKey()) || lacking.get(name(month)).holds(table.getKey())) {
                continue;
            }
            int columns = table.getValue().size();
            try (Statement read = from.createStatement(); ResultSet rows = read.executeQuery("SELECT * FROM " + table.getKey());
                 PreparedStatement write = connection.prepareStatement("INSERT INTO " + SURPLUS + "." + table.getKey() + " VALUES (?"
                         + ", ?".repeat(columns - 1) + ")")) {
                int there = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    for (int i = 1; i <= columns; i++) {
                        write.setObject(i, i <= there ? rows.getObject(i) : null);
                    }
                    write.executeUpdate();
                }
            }
        }
    }
}
