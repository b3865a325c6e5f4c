package dev.tac8.store;

import dev.tac8.text.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tries the statements that the routes run before any of them runs: some do so only on repeats or on the way home, months after they were
 * edited. Those of {@code sql/ingest} store rows made for this, in memory: an edit that SQLite accepts may still drop a column of every
 * record, and files would be acknowledged all the same. {@code rehearsal.txt} holds the right results; of a table or a column that records
 * fill and it does not name, the greater value is right, and of a record's timestamp the least. Columns that a user has added are not checked.
 */
public final class Rehearsal {
    /** The folders of the statements that may write. */
    private static final List<String> FOLDERS = List.of("archive", "ingest", "reconcile");
    private static final Pattern QUESTION = Pattern.compile("(?is)(\\s|--[^\n]*\n|/\\*.*?\\*/)*(SELECT|WITH|VALUES)\\b.*");
    /** Camel's other ways to write {@code :#name}. */
    private static final Pattern PARAMETER = Pattern.compile(":[#?](in:)?(?=[\\w$])");

    private static final Pattern NO_TABLE = Pattern.compile("no such table: (?:\\w+\\.)?(\\w+)");

    private final Path ingest;
    private final Connection memory;
    private final TableStatements made;
    private final Map<String, Table> tables = read();
    private final Map<String, Parameters> statements = new HashMap<>();
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** The columns of a table, its key first, and rows that meet: the rows given, and the one row that must come of them. */
    private record Table(String name, List<String> columns, List<Meeting> meetings) {
        String key() {
            return columns.get(0);
        }
    }

    /** Rows with their values written as in SQL: {@code 'text'}, {@code 12}, {@code 0.5}, {@code NULL}. */
    private record Meeting(List<Map<String, String>> given, Map<String, String> stored) {
    }

    private Rehearsal(Path ingest, TableStatements made, Connection memory) {
        this.ingest = ingest;
        this.made = made;
        this.memory = memory;
    }

    /**
     * Runs each statement that stores rows on rows of its own, in memory.
     *
     * @param sqlDir holds the statements and {@code schema.sql}
     * @param filled the columns that records fill, by table
     * @return one sentence for each that loses or changes something; a statement that cannot be run at all gets none
     */
    public static List<String> findLosing(Path sqlDir, Map<String, List<String>> filled) throws StoreException {
        return Schema.inMemory(sqlDir, memory -> {
            Rehearsal rehearsal = new Rehearsal(sqlDir.resolve("ingest"), TableStatements.read(sqlDir), memory);
            rehearsal.complete(filled);
            memory.setAutoCommit(false);
            rehearsal.run();
            return rehearsal.faults;
        });
    }

    /**
     * Prepares each statement on an empty database.
     *
     * @param sqlDir holds the statements and {@code schema.sql}
     * @return one sentence for each that cannot be run
     */
    public static List<String> findBad(Path sqlDir) throws StoreException {
        return Schema.inMemory(sqlDir, memory -> {
            List<String> bad = new ArrayList<>();
            TableStatements tables = TableStatements.read(sqlDir);
            try (Stream<Path> files = Files.walk(sqlDir, 2)) {
                for (Path file : files.filter(file -> file.toString().endsWith(".sql")
                        && FOLDERS.contains(sqlDir.relativize(file.getParent()).toString())).sorted().toList()) {
                    // An archive is written with the active store beside it; the tables are the same.
                    Parameters asked = Parameters.of(Files.readString(file));
                    if (asked.isEmpty()) {
                        bad.add(file + " cannot be run: it holds no statement");
                        continue;
                    }
                    String text = asked.sql().replace("active.", "main.");
                    try {
                        for (String statement : tables.each(text)) {
                            memory.prepareStatement(statement).close();
                        }
                    } catch (SQLException e) {
                        bad.add(file + " cannot be run: " + Reasons.of(e, file));
                    }
                }
            }
            return bad;
        });
    }

    /** Whether a file is one of those that {@link #findBad} tries, which alone may write. */
    public static boolean isTried(Path sqlDir, Path file) {
        Path relative = sqlDir.toAbsolutePath().normalize().relativize(file.toAbsolutePath().normalize());
        return relative.getNameCount() == 2 && FOLDERS.contains(relative.getName(0).toString());
    }

    /**
     * Looks at any other statement of a route, on an empty database.
     *
     * @param sqlDir   holds {@code schema.sql}
     * @param ofTables whether it is written as {@link TableStatements} says
     * @return the end of a sentence about it, or null if it can be run and only reads
     */
    public static String fault(Path sqlDir, String text, boolean ofTables) throws StoreException {
        String sql = Parameters.of(PARAMETER.matcher(text).replaceAll(":#")).sql().replace('#', '?').replace("active.", "main.");
        if (Parameters.of(sql).isEmpty()) {
            return "cannot be run: it holds no statement";
        }
        List<String> statements = ofTables ? TableStatements.read(sqlDir).each(sql) : List.of(sql);
        return Schema.inMemory(sqlDir, memory -> {
            for (String statement : statements) {
                try {
                    if (writes(memory, statement)) {
                        return "does more than read: only those in sql/" + String.join(", sql/", FOLDERS) + " may";
                    }
                } catch (SQLException e) {
                    Matcher table = NO_TABLE.matcher(String.valueOf(e.getMessage()));
                    boolean isUnknownTable = table.find();
                    String meant = isUnknownTable ? Nearest.to(table.group(1), read().keySet().stream()) : null;
                    if (!isUnknownTable || meant != null) {
                        return "cannot be run: " + Reasons.of(e) + (meant == null ? "" : "; did you mean " + meant + "?");
                    }
                    // Stores may have tables and views of the operator's own.
                }
            }
            return null;
        });
    }

    private static boolean writes(Connection memory, String sql) throws SQLException {
        try (Statement statement = memory.createStatement(); ResultSet steps = statement.executeQuery("EXPLAIN " + sql)) {
            boolean writes = !QUESTION.matcher(sql).matches();
            while (steps.next()) {
                // SQLite's own mark of what writes: WITH may begin a DELETE.
                writes |= steps.getString("opcode").equals("Transaction") && steps.getInt("p2") != 0;
            }
            return writes;
        }
    }

    private static Map<String, Table> read() {
        Map<String, Table> tables = new LinkedHashMap<>();
        try (InputStream file = Rehearsal.class.getResourceAsStream("rehearsal.txt")) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^#.*\n", "");
            for (String block : text.strip().split("\n\n")) {
                Table table = table(block.lines().map(line -> List.of(line.split(" *\\| *"))).toList());
                tables.put(table.name(), table);
            }
            return tables;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Table table(List<List<String>> lines) {
        List<String> heads = lines.get(0);
        Table table = new Table(heads.get(0), lines.stream().skip(1).map(line -> line.get(0)).collect(Collectors.toList()), new ArrayList<>());
        List<Map<String, String>> given = new ArrayList<>();
        for (int i = 1; i < heads.size(); i++) {
            Map<String, String> row = new LinkedHashMap<>();
            for (List<String> line : lines.subList(1, lines.size())) {
                row.put(line.get(0), line.get(i));
            }
            if (heads.get(i).equals("given")) {
                given.add(row);
            } else {
                table.meetings().add(new Meeting(given, row));
                given = new ArrayList<>();
            }
        }
        return table;
    }

    /** Rows of a table that the file does not name: on two parents, on one that comes to be known, and on a stand-in. */
    private Table plain(String name) {
        List<String> columns = made.keys(name);
        Table table = new Table(name, new ArrayList<>(columns), new ArrayList<>());
        for (List<String> parents : List.of(List.of("'a'", "'b'"), List.of("'unknown'", "'b'"), List.of("'unknown'", "'unknown'"))) {
            List<Map<String, String>> given = parents.stream().map(parent -> {
                Map<String, String> row = new LinkedHashMap<>(columns.stream().collect(Collectors.toMap(column -> column, column -> parent)));
                row.put(table.key(), "'" + parents.get(0).charAt(1) + parents.get(1).charAt(1) + "'");
                return row;
            }).toList();
            table.meetings().add(new Meeting(given, new LinkedHashMap<>(given.get(1))));
        }
        return table;
    }

    /** Adds the tables and columns that records fill and the file does not name. */
    private void complete(Map<String, List<String>> filled) throws SQLException {
        filled.keySet().stream().filter(made::has).forEach(name -> tables.computeIfAbsent(name, this::plain));
        for (Table table : tables.values()) {
            try (ResultSet columns = memory.getMetaData().getColumns(null, null, table.name(), null)) {
                while (columns.next()) {
                    String column = columns.getString("COLUMN_NAME");
                    if (!table.columns().contains(column) && filled.get(table.name()).contains(column)) {
                        boolean mayLack = columns.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls;
                        String none = mayLack ? "NULL" : "'a'";
                        add(table, column, none, columns.getString("TYPE_NAME").equals("TEXT") ? "'unknown'" : none);
                    }
                }
            }
        }
    }

    private static void add(Table table, String column, String none, String absent) {
        table.columns().add(column);
        List<String> lesser = List.of(none, "'a'", absent);
        for (int i = 0; i < table.meetings().size(); i++) {
            Meeting meeting = table.meetings().get(i);
            meeting.given().get(0).put(column, lesser.get(i % lesser.size()));
            meeting.given().get(meeting.given().size() - 1).put(column, "'b'");
            meeting.stored().put(column, meeting.given().get(column.equals("timestamp") ? 0 : meeting.given().size() - 1).get(column));
        }
    }

    private void run() throws IOException, SQLException {
        boolean complete = true;
        for (Table table : tables.values()) {
            String join = "join-" + dashed(table);
            String insert = "insert-" + dashed(table);
            boolean joins = prepare(join) && store(table, join, null);
            if (joins && Files.exists(file(insert)) && prepare(insert)) {
                store(table, join, insert);
            }
            complete = complete && joins;
        }
        if (complete && prepare("remove-unknown-task") && prepare("remove-unknown-session")) {
            memory.rollback();
            for (Table table : tables.values()) {
                for (Meeting meeting : table.meetings()) {
                    execute("join-" + dashed(table), meeting.stored());
                }
            }
            memory.commit();
            List<String> holds = Stream.of("sessions", "tasks").map(made::links).flatMap(List::stream).toList();
            boolean right = remove("", holds);
            for (int i = 0; right && i < holds.size(); i++) {
                right = remove(holds.get(i), holds);
            }
        }
    }

    private static String dashed(Table table) {
        return table.name().replace('_', '-');
    }

    /** Whether a statement can be run. One that cannot is reported elsewhere. */
    private boolean prepare(String name) throws IOException {
        Parameters statement = Parameters.of(made.of(Files.readString(file(name))));
        if (statement.isEmpty()) {
            return false;
        }
        try {
            prepared.put(name, memory.prepareStatement(statement.sql()));
            statements.put(name, statement);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private Path file(String name) {
        return ingest.resolve(name + ".sql");
    }

    // --- Rows that meet ---

    /** Whether the right row comes of each meeting, in either order. */
    private boolean store(Table table, String join, String insert) throws SQLException {
        String blamed = insert == null ? join : insert;
        try {
            for (boolean backwards : new boolean[] {false, true}) {
                memory.rollback();
                for (Meeting meeting : table.meetings()) {
                    List<Map<String, String>> rows = new ArrayList<>(meeting.given());
                    if (backwards) {
                        Collections.reverse(rows);
                    }
                    write(rows.get(0), join, insert);
                    // Before any other statement can make up for what an insert forgets.
                    boolean right = isRight(table, blamed, rows.get(0));
                    write(rows.get(rows.size() - 1), join, insert);
                    write(rows.get(0), join, insert);
                    if (!right || !isRight(table, blamed, meeting.stored())) {
                        return false;
                    }
                }
                for (Table each : tables.values()) {
                    if (rows(each).size() != (each == table ? table.meetings().size() : 0)) {
                        faults.add(file(blamed) + " writes or deletes rows of " + each.name() + " that nobody gave it");
                        return false;
                    }
                }
            }
            return true;
        } catch (SQLException e) {
            faults.add(file(blamed) + " refuses a row that is right: " + Reasons.of(e));
            return false;
        }
    }

    /** As the routes do: a row that an insert leaves out is joined. */
    private void write(Map<String, String> row, String join, String insert) throws SQLException {
        if (insert == null || execute(insert, row) < 1) {
            execute(join, row);
        }
    }

    private int execute(String name, Map<String, String> row) throws SQLException {
        PreparedStatement statement = prepared.get(name);
        int index = 0;
        for (String column : statements.get(name).names()) {
            if (!row.containsKey(column)) {
                throw new SQLException("it names :#" + column + ", which rows do not have");
            }
            statement.setObject(++index, value(row.get(column)));
        }
        return statement.executeUpdate();
    }

    private static Object value(String literal) {
        if (literal.equals("NULL")) {
            return null;
        }
        if (literal.startsWith("'")) {
            return literal.substring(1, literal.length() - 1);
        }
        return literal.contains(".") ? (Object) Double.valueOf(literal) : (Object) Long.valueOf(literal);
    }

    private boolean isRight(Table table, String blamed, Map<String, String> right) throws SQLException {
        List<String> stored = rows(table).get(right.get(table.key()));
        if (stored == null) {
            faults.add(file(blamed) + " does not store a row of " + table.name());
            return false;
        }
        for (int i = 0; i < table.columns().size(); i++) {
            String column = table.columns().get(i);
            if (!Objects.equals(stored.get(i), right.get(column))) {
                faults.add(file(blamed) + " stores the column " + column + " of " + table.name() + " wrongly: " + stored.get(i) + " where "
                        + right.get(column) + " is right");
                return false;
            }
        }
        return true;
    }

    /** The rows of a table by their key, their values as SQL writes them. */
    private Map<String, List<String>> rows(Table table) throws SQLException {
        String select = table.columns().stream().map(column -> "quote(" + column + ")").collect(Collectors.joining(", ", "SELECT ", " FROM "))
                + table.name();
        Map<String, List<String>> all = new TreeMap<>();
        try (Statement statement = memory.createStatement(); ResultSet rows = statement.executeQuery(select)) {
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= table.columns().size(); i++) {
                    row.add(rows.getString(i));
                }
                all.put(row.get(0), row);
            }
        }
        return all;
    }

    // --- Stand-ins ---

    /** Whether stand-ins go once nothing hangs on them, except where one row holds them, and nothing else goes with them. */
    private boolean remove(String hold, List<String> holds) throws SQLException {
        memory.rollback();
        for (String other : holds) {
            if (!other.equals(hold)) {
                String column = other.substring(other.indexOf('.') + 1);
                try (Statement statement = memory.createStatement()) {
                    statement.executeUpdate("UPDATE " + other.substring(0, other.indexOf('.')) + " SET " + column + " = 'known' WHERE " + column
                            + " = 'unknown'");
                }
            }
        }
        Map<String, Map<String, List<String>>> right = all();
        return removeOne("remove-unknown-task", "tasks", made.links("tasks").contains(hold), right)
                && removeOne("remove-unknown-session", "sessions", !hold.isEmpty() && !made.links("tasks").contains(hold), right);
    }

    private boolean removeOne(String name, String table, boolean stays, Map<String, Map<String, List<String>>> right) throws SQLException {
        if (!stays) {
            right.get(table).remove("'unknown'");
        }
        try {
            execute(name, Map.of());
        } catch (SQLException e) {
            faults.add(file(name) + " fails where there are rows: " + Reasons.of(e));
            return false;
        }
        Map<String, Map<String, List<String>>> found = all();
        for (Table each : tables.values()) {
            if (!found.get(each.name()).entrySet().containsAll(right.get(each.name()).entrySet())) {
                faults.add(file(name) + " deletes or changes rows of " + each.name() + " that have to stay");
                return false;
            }
        }
        if (!found.equals(right)) {
            faults.add(file(name) + " leaves a stand-in that nothing hangs on");
            return false;
        }
        return true;
    }

    private Map<String, Map<String, List<String>>> all() throws SQLException {
        Map<String, Map<String, List<String>>> all = new LinkedHashMap<>();
        for (Table table : tables.values()) {
            all.put(table.name(), rows(table));
        }
        return all;
    }
}
