package dev.tac8.query;

import dev.tac8.ingest.RecordType;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The events and API calls of several stores as if they were one's, each record once: as views, or store by store. Rows of a month are
 * looked up in the stores that are written only if their ids lie among those that are there.
 */
final class Records {
    /** The tables that are not joined: a record of theirs stays as it is in one place. */
    static final List<String> TABLES = RecordType.records();
    /** What a question asks of each store by itself, as SQLite reads a union row by row before it adds anything up. */
    private static final Pattern EACH = Pattern.compile("\\( -- of each store\n(.*?)\n *\\) -- together", Pattern.DOTALL);

    /** What a question finds first, as SQLite compiles what a CTE stands for anew for each store that it meets. */
    private static final Pattern FIRST = Pattern.compile("(\\w+) AS MATERIALIZED \\( -- found first\n.*?\n *\\) -- and kept", Pattern.DOTALL);

    /** Text in a statement: a name of a table in it is none. */
    private static final String TEXT = "'[^']*+'";

    private static final String CALLS = "api_calls";
    private static final String COST = "\"estimated_cost_usd\"";

    private final Connection connection;
    private final Statements statements;
    private final List<String> active;
    private final List<String> months;
    private final boolean all;
    private final Map<String, SchemaVersion.Added> lacking;
    /** By table: the months of which a written store may have a record too. */
    private final Map<String, List<String>> meeting = new HashMap<>();
    /** By table: what is believed before these months if all of their rows are read. */
    private final Map<String, List<String>> doubled = new HashMap<>();
    private final Set<String> laid = new HashSet<>();
    /** By store: its calls, if some cost was found not to be finite. */
    private final Map<String, String> finiteCalls = new HashMap<>();
    /** How many tables hold what was found first. */
    private int found;

    /**
     * @param statements those of {@code sql}
     * @param active  the names of the stores that are written, in the order in which they are believed
     * @param months  those of the archives that count
     * @param all     whether a question may read all rows, and not only those of a task or the like
     * @param lacking what each lacks because an older tac8 made it
     */
    Records(Connection connection, Statements statements, List<String> active, List<String> months, boolean all,
            Map<String, SchemaVersion.Added> lacking) {
        this.connection = connection;
        this.statements = statements;
        this.active = active;
        this.months = months;
        this.all = all;
        this.lacking = lacking;
    }

    /** A store's table, with every column that it has by now; an empty one if the store lacks it. */
    String rows(String store, String table) {
        if (table.equals(CALLS) && finiteCalls.containsKey(store)) {
            return finiteCalls.get(store);
        }
        String there = lacks(store, table) ? Databases.NONE + table : store + "." + table;
        String nulls = lacking(store).columns().stream().filter(column -> column.table().equals(table))
                .map(column -> ", NULL AS " + column.name()).collect(Collectors.joining());
        return nulls.isEmpty() ? there : "(SELECT *" + nulls + " FROM " + there + ")";
    }

    /** Reads a cost that is not finite as none. Whether it was read otherwise before. */
    boolean leaveOutInfiniteCosts() throws SQLException, StoreException {
        if (!finiteCalls.isEmpty() || stores().isEmpty()) {
            return false;
        }
        Map<String, String> calls = new HashMap<>();
        for (String store : stores()) {
            String rows = rows(store, CALLS);
            calls.put(store, columns(rows).stream().map(column -> '"' + column + '"').map(column -> column.equals(COST)
                    ? "iif(abs(" + COST + ") < 9e999, " + COST + ", NULL) AS " + COST : column).collect(Collectors.joining(", ", "(SELECT ", " FROM " + rows + ")")));
        }
        finiteCalls.putAll(calls);
        Tables.write(connection, "DROP VIEW IF EXISTS temp." + CALLS);
        laid.remove(CALLS);
        return true;
    }

    private boolean lacks(String store, String table) {
        return lacking(store).holds(table);
    }

    private SchemaVersion.Added lacking(String store) {
        return lacking.getOrDefault(store, SchemaVersion.Added.NOTHING);
    }

    /** Lays views for the tables that a statement names and that have none yet. A table that {@code main} alone holds is as good as one. */
    void lay(String statement, String noRowsOf) throws SQLException, StoreException {
        String text = statement.toLowerCase(Locale.ROOT);
        for (String table : TABLES) {
            if (text.contains(table) && !isMainAlone(table) && laid.add(table)) {
                // If only parents are left to be read, there is no record of the time asked for.
                Tables.write(connection, "CREATE TEMP VIEW " + table + " AS " + (active.isEmpty() && months.isEmpty()
                        ? statements.of("read/no-rows").to(rows(noRowsOf, table)).sql(Map.of()) : union(table)));
            }
        }
    }

    /** The same question, with what it asks of each store in the place of what it asks of all. */
    Question ofEach(Question question) throws SQLException, StoreException {
        String text = String.join("\n", question.lines());
        Matcher each = EACH.matcher(text);
        if (active.isEmpty() && months.isEmpty() || !each.find()) {
            return question;
        }
        StringBuilder spread = new StringBuilder();
        do {
            List<String> answers = new ArrayList<>();
            for (String store : stores()) {
                String part = each.group(1);
                for (String table : TABLES) {
                    if (part.contains(table) && !isMainAlone(table)) {
                        String rows = once(store, table);
                        part = Pattern.compile(TEXT + "|\\b" + table + "\\b").matcher(part)
                                .replaceAll(found -> Matcher.quoteReplacement(found.group().equals(table) ? rows : found.group()));
                    }
                }
                answers.add(part);
            }
            each.appendReplacement(spread, Matcher.quoteReplacement(Question.together(answers)));
        } while (each.find());
        return Question.of(each.appendTail(spread).toString());
    }

    /** The same question, in whose text is found already, and kept in tables of its own, what it says is to be found first. */
    Question foundFirst(Question question, Map<String, ?> parameters) throws SQLException {
        String text = question.sql(parameters).strip();
        Matcher first = FIRST.matcher(text);
        if (stores().size() < 2 || !text.startsWith("WITH")) {
            return question;
        }
        while (first.find()) {
            if (isWithin(text.substring(0, first.start()))) {
                continue;
            }
            String name = first.group(1);
            String kept = "temp.found_" + ++found;
            Question its = Question.of("CREATE TABLE " + kept + " AS\n" + text.substring(0, first.end()) + "\nSELECT * FROM " + name);
            Tables.writing(connection, () -> its.run(connection, parameters));
            text = text.substring(0, first.start()) + name + " AS (SELECT * FROM " + kept + ")" + text.substring(first.end());
            first.reset(text);
        }
        return Question.of(text);
    }

    /** Whether what comes next is part of another statement, whose WITH does not stand at the beginning. */
    private static boolean isWithin(String before) {
        String bare = before.replaceAll(TEXT, "");
        return bare.replace("(", "").length() != bare.replace(")", "").length();
    }

    private List<String> stores() {
        List<String> stores = new ArrayList<>(active);
        stores.addAll(months);
        return stores;
    }

    private boolean isMainAlone(String table) {
        return stores().equals(List.of("main")) && rows("main", table).equals("main." + table);
    }

    /** One SELECT a store that is written, one for all months of which these may have a record too, and one for all others. */
    private String union(String table) throws SQLException, StoreException {
        List<String> selects = new ArrayList<>();
        // Each month's are those of schema.sql and in their order, or it would not count. Somebody may have added one to a store that is written.
        List<String> order = new ArrayList<>(columns(rows(months.isEmpty() ? active.get(0) : months.get(0), table)));
        for (String store : active) {
            order.retainAll(columns(rows(store, table)));
        }
        for (String store : active) {
            String rows = rows(store, table);
            String ordered = columns(rows).equals(order) ? rows
                    : order.stream().map(column -> '"' + column + '"').collect(Collectors.joining(", ", "(SELECT ", " FROM " + rows + ")"));
            selects.add(select(ordered, before(store, table)));
        }
        List<String> meeting = meeting(table);
        List<String> others = new ArrayList<>(months);
        others.removeAll(meeting);
        for (List<String> some : List.of(others, meeting)) {
            if (!some.isEmpty()) {
                selects.add(select(some.stream().map(month -> "SELECT * FROM " + rows(month, table))
                        .collect(Collectors.joining(" UNION ALL ", "(", ")")), some == others ? List.of() : before(null, table)));
            }
        }
        return String.join(" UNION ALL ", selects);
    }

    private List<String> columns(String rows) throws SQLException, StoreException {
        return statements.of("read/no-rows").to(rows).ask(connection, Map.of()).columns();
    }

    /** The rows of one store that no store before it has. */
    private String once(String store, String table) throws SQLException, StoreException {
        List<String> earlier = active.contains(store) ? before(store, table)
                : !meeting(table).contains(store) ? List.of() : all ? doubled(table) : before(null, table);
        return earlier.isEmpty() ? rows(store, table) : "(" + select(rows(store, table), earlier) + ")";
    }

    private List<String> before(String store, String table) {
        return active.subList(0, store == null ? active.size() : active.indexOf(store)).stream().filter(other -> !lacks(other, table))
                .map(other -> other + "." + table).toList();
    }

    private String select(String rows, List<String> earlier) throws StoreException {
        StringBuilder select = new StringBuilder();
        for (String line : statements.of("read/records").sql(Map.of()).split("\n")) {
            for (String other : line.contains("$earlier") ? earlier : List.of("")) {
                select.append(line.strip().replace("$earlier", other).replace("$rows", rows)).append(' ');
            }
        }
        return select.toString();
    }

    private List<String> meeting(String table) throws SQLException, StoreException {
        List<String> known = meeting.get(table);
        if (known == null) {
            Question meets = statements.of("read/meets");
            List<String> each = new ArrayList<>();
            for (String month : months) {
                for (String other : lacks(month, table) ? List.<String>of() : before(null, table)) {
                    each.add(meets.with("$month", month + "." + table).with("$earlier", other).sql(Map.of()));
                }
            }
            List<Object> met = each.isEmpty() ? List.of() : Question.of(String.join("UNION ALL\n", each)).ask(connection, Map.of()).values("month");
            known = months.stream().filter(month -> met.contains(month + "." + table)).toList();
            meeting.put(table, known);
        }
        return known;
    }

    /** Finds what is in two places: of all rows of a month, that takes less time than to look each up as it comes. */
    private List<String> doubled(String table) throws SQLException, StoreException {
        List<String> known = doubled.get(table);
        if (known == null) {
            String found = "temp.doubled_" + table;
            Tables.write(connection, "CREATE TABLE " + found + " (record_id TEXT PRIMARY KEY) WITHOUT ROWID");
            Question both = statements.of("read/doubled").with("$table", table);
            List<String> meeting = meeting(table);
            Tables.writing(connection, () -> {
                for (String month : meeting) {
                    for (String other : before(null, table)) {
                        both.with("$month", month + "." + table).with("$earlier", other).run(connection, Map.of());
                    }
                }
            });
            boolean isAny = !statements.of("read/no-rows").to(found).with("WHERE 0", "LIMIT 1").ask(connection, Map.of()).isEmpty();
            known = isAny ? List.of(found) : List.of();
            doubled.put(table, known);
        }
        return known;
    }
}
