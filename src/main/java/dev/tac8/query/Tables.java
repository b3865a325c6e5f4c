package dev.tac8.query;

import dev.tac8.store.RefusedException;
import dev.tac8.store.SchemaVersion;
import dev.tac8.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables of several stores as if they were one's: views over events and API calls, and sessions, tasks and workers joined into
 * tables of their own, each when the first question asks for it. Joined once: as a view they would be joined anew for each call that
 * asks for its worker.
 */
final class Tables {
    private static final String CALLS = "api_calls";
    private static final Pattern COLUMNS = Pattern.compile("INSERT INTO \\w+ \\(([^)]+)\\)");
    private static final String RULE = "\nON CONFLICT ";
    /** The tables that are not joined: a record of theirs stays as it is in one place. */
    static final List<String> RECORDS = List.of("events", CALLS);
    /** What questions find the rows of each table by, its key first. */
    static final Map<String, List<String>> FOUND_BY = Map.of("sessions", List.of("session_id"),
            "tasks", List.of("task_id", "session_id"), "workers", List.of("worker_id", "task_id", "session_id"),
            "events", List.of("record_id", "session_id", "event_type", "severity", "context_id"),
            CALLS, List.of("record_id", "worker_id", "timestamp"));
    private static final List<String> CONCERNED = List.of("concerned-sessions", "concerned-tasks", "concerned-workers",
            "concerned-parents", "concerned-issues", "concerned-rivals");

    private final Connection connection;
    private final Path sql;
    private final Reach reach;
    private final List<String> active;
    private final List<String> counted;
    private final List<String> all;
    private final Map<String, List<SchemaVersion.Column>> lacking;
    private final Set<String> joined = new HashSet<>();
    private boolean narrowed;

    /**
     * @param sql     holds the statements
     * @param active  the names of the stores that are written, in the order in which they are believed
     * @param counted those of the archives whose events and API calls count
     * @param others  those of the archives of which only sessions, tasks and workers count
     * @param lacking the columns that each lacks because an older tac8 made it
     */
    Tables(Connection connection, Path sql, Reach reach, List<String> active, List<String> counted, List<String> others,
           Map<String, List<SchemaVersion.Column>> lacking) {
        this.connection = connection;
        this.sql = sql;
        this.reach = reach;
        this.active = active;
        this.counted = new ArrayList<>(active);
        this.counted.addAll(counted);
        this.all = new ArrayList<>(this.counted);
        this.all.addAll(others);
        this.lacking = lacking;
    }

    /** Lays the views. If the opened store alone holds all that counts, its tables are as good, and nothing is laid. */
    void layViews() throws SQLException, StoreException {
        for (String table : RECORDS) {
            if (isMain(counted) && isWhole("main", table)) {
                continue;
            }
            // If only parents are left to be read, there is no record of the time asked for.
            write("CREATE TEMP VIEW " + table + " AS " + (counted.isEmpty() ? noRows(table) : union(table, read("records").sql(Map.of()))));
        }
    }

    /** Joins the tables that a statement names and that are not joined yet. */
    void join(String statement) throws SQLException, StoreException {
        String text = statement.toLowerCase(Locale.ROOT);
        for (String table : FOUND_BY.keySet()) {
            if (!RECORDS.contains(table) && text.contains(table) && !(isMain(all) && isWhole("main", table)) && joined.add(table)) {
                join(table, FOUND_BY.get(table));
            }
        }
    }

    /** All ids of a kind, also of those that the questions are not about. */
    Set<String> ids(String kind) throws SQLException, StoreException {
        Set<String> ids = new TreeSet<>();
        for (String store : all) {
            read("ids").to(store).ask(connection, Map.of("kind", kind)).rows().forEach(row -> ids.add((String) row[0]));
        }
        return ids;
    }

    private static boolean isMain(List<String> stores) {
        return stores.equals(List.of("main"));
    }

    private void join(String table, List<String> keys) throws SQLException, StoreException {
        Map<String, Object> parameters = new HashMap<>();
        if (!reach.about().isEmpty()) {
            narrow();
            parameters.put("concerned", true);
        }
        write("CREATE TEMP TABLE " + table + " AS " + noRows(table));
        write("CREATE UNIQUE INDEX temp." + table + "_id ON " + table + "(" + keys.get(0) + ")");
        Question joined = joined(table, keys.get(0));
        for (String store : all) {
            run(joined.with("$rows", rows(store, table)), parameters);
        }
        // Not before: a row at a time into an index takes longer than all at once.
        for (String key : keys.subList(1, keys.size())) {
            write("CREATE INDEX temp." + table + "_" + key + " ON " + table + "(" + key + ")");
        }
    }

    /** Rows join as ingest joins them. */
    private Question joined(String table, String key) throws StoreException {
        Path file = sql.resolve("ingest").resolve("join-" + table + ".sql");
        String ingest = Question.read(file).sql(Map.of());
        Matcher columns = COLUMNS.matcher(ingest);
        int rule = ingest.indexOf(RULE);
        if (rule < 0 || !columns.find()) {
            throw new RefusedException(file + " does not say by which rule rows join: it must name its columns behind INSERT INTO, and have a line"
                    + " that begins with ON CONFLICT; put it back");
        }
        return read("joined").with("$table", table).with("$key", key).with("$kind", key.replace("_id", ""))
                .with("$columns", columns.group(1)).followedBy(ingest.substring(rule));
    }

    /** Finds whom the questions are about: to join all would take seconds if there are years of them. */
    private void narrow() throws SQLException, StoreException {
        if (narrowed) {
            return;
        }
        narrowed = true;
        write("CREATE TEMP TABLE concerned (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID");
        for (String step : CONCERNED) {
            for (String store : all) {
                Map<String, Object> parameters = new HashMap<>(reach.about());
                if (!counted.contains(store)) {
                    // It holds no call of that time.
                    parameters.remove("calls_since");
                } else {
                    parameters.put("words_since", parameters.getOrDefault("calls_since", Reach.FIRST));
                    parameters.put("words_until", parameters.getOrDefault("calls_until", Reach.LAST));
                }
                run(read(step).with("$calls", rows(store, CALLS)).to(store), parameters);
            }
        }
    }

    /** One SELECT a store that is written, and one for all months. */
    private String union(String table, String template) {
        List<String> selects = new ArrayList<>();
        for (int i = 0; i < active.size(); i++) {
            selects.add(select(template, rows(active.get(i), table), table, active.subList(0, i)));
        }
        List<String> months = new ArrayList<>();
        counted.subList(active.size(), counted.size()).forEach(store -> months.add("SELECT * FROM " + rows(store, table)));
        if (!months.isEmpty()) {
            selects.add(select(template, "(" + String.join(" UNION ALL ", months) + ")", table, active));
        }
        return String.join(" UNION ALL ", selects);
    }

    private static String select(String template, String rows, String table, List<String> earlier) {
        StringBuilder select = new StringBuilder();
        for (String line : template.split("\n")) {
            for (String other : line.contains("$earlier") ? earlier : List.of("")) {
                select.append(line.replace("$earlier", other + "." + table).replace("$rows", rows)).append('\n');
            }
        }
        return select.toString();
    }

    private String noRows(String table) throws StoreException {
        return read("no-rows").to(rows(all.get(0), table)).sql(Map.of());
    }

    private boolean isWhole(String store, String table) {
        return rows(store, table).equals(store + "." + table);
    }

    /** A store's table, with every column that it has by now. */
    private String rows(String store, String table) {
        StringBuilder nulls = new StringBuilder();
        for (SchemaVersion.Column column : lacking.getOrDefault(store, List.of())) {
            nulls.append(column.table().equals(table) ? ", NULL AS " + column.name() : "");
        }
        return nulls.isEmpty() ? store + "." + table : "(SELECT *" + nulls + " FROM " + store + "." + table + ")";
    }

    private Question read(String name) throws StoreException {
        return Question.read(sql.resolve("read").resolve(name + ".sql"));
    }

    /** A view or a table of its own is something written, though only into memory. */
    private void write(String command) throws SQLException {
        Databases.execute(connection, "PRAGMA query_only = OFF");
        Databases.execute(connection, command);
        Databases.execute(connection, "PRAGMA query_only = ON");
    }

    private void run(Question statement, Map<String, ?> parameters) throws SQLException {
        Databases.execute(connection, "PRAGMA query_only = OFF");
        statement.run(connection, parameters);
        Databases.execute(connection, "PRAGMA query_only = ON");
    }
}
