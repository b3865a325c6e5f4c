package dev.tac8;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/** The tables of {@code sql/schema.sql}. */
public final class Tables {
    /** The columns of each table, parents first, but for the number that one database gives its rows. */
    public static final Map<String, List<String>> COLUMNS = columns();
    /** Those that hold records each of which counts by itself. */
    public static final List<String> OF_RECORDS = COLUMNS.keySet().stream().filter(table -> key(table).equals("record_id")).toList();

    private Tables() {
    }

    /** What a row is known by for life. */
    public static String key(String table) {
        return COLUMNS.get(table).contains("record_id") ? "record_id" : COLUMNS.get(table).get(0);
    }

    private static Map<String, List<String>> columns() {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            ScriptUtils.executeSqlScript(memory, new FileSystemResource("sql/schema.sql"));
            try (Statement statement = memory.createStatement(); ResultSet found = statement.executeQuery("SELECT t.name, c.name"
                    + " FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
                    + " AND NOT (c.pk AND c.type = 'INTEGER') ORDER BY t.rowid, c.cid")) {
                while (found.next()) {
                    columns.computeIfAbsent(found.getString(1), none -> new ArrayList<>()).add(found.getString(2));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return columns;
    }
}
