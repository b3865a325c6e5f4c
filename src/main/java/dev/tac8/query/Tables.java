package dev.tac8.query;

import dev.tac8.store.RefusedException;
import dev.tac8.store.SchemaVersion;
import dev.tac8.store.StoreException;
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
 * The tables of several stores as if they were one's, each when the first question asks for it: views over events and API calls, and
 * sessions, tasks and workers joined into tables of their own. Joined once: as a view they would be joined anew for each call that
 * asks for its worker.
 */
final class Tables {
    private static final String CALLS = "api_calls";
    private static final Pattern COLUMNS = Pattern.compile("INSERT INTO \\w+ \\(([^)]+)\\)");
    private static final String RULE = "\nON CONFLICT ";
    /** What questions find the rows of a joined table by, its key first. */
    private static final Map<String, List<String>> JOINED = Map.of("sessions", List.of("session_id"),
            "tasks", List.of("task_id", "session_id"), "workers", List.of("worker_id", "task_id", "session_id"));
    private static final List<String> CONCERNED = List.of("concerned-sessions", "concerned-tasks", "concerned-workers",
            "concerned-parents", "concerned-issues", "concerned-rivals");

    private final Connection connection;
    private final Statements statements;
    private final Reach reach;
    private final List<String> counted;
    private final List<String> all;
    private final Records records;
    private final Set<String> joined = new HashSet<>();
    private boolean narrowed;

    /**
     * @param statements those of {@code sql}
     * @param active  the names of the stores that are written, in the order in which they are believed
     * @param counted those of the archives whose events and API calls count
     * @param others  those of the archives of which only sessions, tasks and workers count
     * @param lacking what each lacks because an older tac8 made it
     */
    Tables(Connection connection, Statements statements, Reach reach, List<String> active, List<String> counted, List<String> others,
           Map<String, SchemaVersion.Added> lacking) {
        this.connection = connection;
        this.statements = statements;
        this.reach = reach;
        this.counted = new ArrayList<>(active);
        this.counted.addAll(counted);
        this.all = new ArrayList<>(this.counted);
        this.all.addAll(others);
        // Of a time all calls are read, of a task few.
        this.records = new Records(connection, statements, active, counted, reach.about().isEmpty() || reach.about().containsKey("calls_since"), lacking);
    }

    /** Lays and joins the tables that a statement names, if that is not done yet. */
    void make(String statement) throws SQLException, StoreException {
        records.lay(statement, all.isEmpty() ? null : all.get(0));
        String text = statement.toLowerCase(Locale.ROOT);
        for (String table : JOINED.keySet()) {
            if (text.contains(table) && !isMainAlone(table) && joined.add(table)) {
                join(table, JOINED.get(table));
            }
        }
    }

    /** From now on a cost that is not finite, which only another program can have stored, is none. Whether that is new. */
    boolean leaveOutInfiniteCosts() throws SQLException, StoreException {
        return records.leaveOutInfiniteCosts();
    }

    /** The same question, store by store as far as it says so. */
    Question ofEach(Question question) throws SQLException, StoreException {
        return records.ofEach(question);
    }

    /** The same question, with what it finds first found already. */
    Question foundFirst(Question question, Map<String, ?> parameters) throws SQLException {
        return records.foundFirst(question, parameters);
    }

    /** A store's table, as it is read. */
    String rows(String store, String table) {
        return records.rows(store, table);
    }

    /** All ids of a kind, also of those that the questions are not about. */
    Set<String> ids(String kind) throws SQLException, StoreException {
        Set<String> ids = new TreeSet<>();
        for (String store : all) {
            statements.of("read/ids").to(store).ask(connection, Map.of("kind", kind)).rows().forEach(row -> ids.add((String) row[0]));
        }
        return ids;
    }

    private boolean isMainAlone(String table) {
        return all.equals(List.of("main")) && records.rows("main", table).equals("main." + table);
    }

    private void join(String table, List<String> keys) throws SQLException, StoreException {
        Map<String, Object> parameters = new HashMap<>();
        if (!reach.about().isEmpty()) {
            narrow();
            parameters.put("concerned", true);
        }
        write(connection, "CREATE TEMP TABLE " + table + " AS " + noRows(table));
        write(connection, "CREATE UNIQUE INDEX temp." + table + "_id ON " + table + "(" + keys.get(0) + ")");
        String columns = columns(table);
        run(joined(table, keys.get(0), columns).given(parameters).with("$rows", Question.together(all.stream()
                .map(store -> "SELECT " + columns + " FROM " + records.rows(store, table)).toList())), parameters);
        // Not before: a row at a time into an index takes longer than all at once.
        for (String key : keys.subList(1, keys.size())) {
            write(connection, "CREATE INDEX temp." + table + "_" + key + " ON " + table + "(" + key + ")");
        }
    }

    /** Rows join as ingest joins them. */
    private Question joined(String table, String key, String columns) throws StoreException {
        String ingest = statements.of("ingest/join-" + table).sql(Map.of());
        int rule = ingest.indexOf(RULE);
        if (rule < 0) {
            throw noRule(table);
        }
        return statements.of("read/joined").with("$table", table).with("$key", key).with("$kind", key.replace("_id", ""))
                .with("$columns", columns).followedBy(ingest.substring(rule));
    }

    /** The columns that ingest fills, by name: a store may have them in another order. */
    private String columns(String table) throws StoreException {
        Matcher columns = COLUMNS.matcher(statements.of("ingest/join-" + table).sql(Map.of()));
        if (!columns.find()) {
            throw noRule(table);
        }
        return columns.group(1);
    }

    private RefusedException noRule(String table) {
        return new RefusedException(statements.file("ingest/join-" + table) + " does not say by which rule rows join: it must name its columns behind INSERT INTO, and have a line"
                + " that begins with ON CONFLICT; put it back");
    }

    /** Finds whom the questions are about: to join all would take seconds if there are years of them. */
    private void narrow() throws SQLException, StoreException {
        if (narrowed) {
            return;
        }
        narrowed = true;
        write(connection, "CREATE TEMP TABLE concerned (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID");
        Map<String, Object> parameters = new HashMap<>(reach.about());
        parameters.put("words_since", parameters.getOrDefault("calls_since", Reach.FIRST));
        parameters.put("words_until", parameters.getOrDefault("calls_until", Reach.LAST));
        // The others hold no call of that time.
        Map<String, Object> ofOthers = new HashMap<>(reach.about());
        ofOthers.remove("calls_since");
        for (String step : CONCERNED) {
            narrow(step, counted, parameters);
            narrow(step, all.subList(counted.size(), all.size()), ofOthers);
        }
    }

    private void narrow(String step, List<String> stores, Map<String, Object> parameters) throws SQLException, StoreException {
        if (!stores.isEmpty()) {
            Question concerned = statements.of("read/" + step).given(parameters);
            run(statements.of("read/concerned").given(parameters).with("$found", Question.together(stores.stream()
                    .map(store -> concerned.with("$calls", records.rows(store, CALLS)).to(store).sql(parameters)).toList())), parameters);
        }
    }

    private String noRows(String table) throws StoreException {
        return statements.of("read/no-rows").to(records.rows(all.get(0), table)).sql(Map.of());
    }

    /** What is written into tables of our own, in memory. */
    interface Writing {
        void run() throws SQLException;
    }

    /** A view or a table of its own is something written, though only into memory. */
    static void write(Connection connection, String command) throws SQLException {
        writing(connection, () -> Databases.execute(connection, command));
    }

    private void run(Question statement, Map<String, ?> parameters) throws SQLException {
        writing(connection, () -> statement.run(connection, parameters));
    }

    static void writing(Connection connection, Writing writing) throws SQLException {
        Databases.execute(connection, "PRAGMA query_only = OFF");
        writing.run();
        Databases.execute(connection, "PRAGMA query_only = ON");
    }
}
