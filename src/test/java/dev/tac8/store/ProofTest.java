package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Before a row is deleted it is compared with its copy: in every column that its table has, also one that was added today. */
class ProofTest {
    @Test
    void anArchivesRowsAreEqualOnlyIfEveryColumnIs() throws Exception {
        try (Connection archive = archive()) {
            for (String table : Home.TABLES) {
                for (String column : Tables.COLUMNS.get(table)) {
                    fill(archive, table);
                    assertThat(unequal(archive, table)).as(table).isEqualTo("0");
                    execute(archive, "UPDATE " + table + " SET " + column + " = 'other'");
                    assertThat(unequal(archive, table)).as("%s.%s", table, column).isEqualTo("1");
                    execute(archive, "UPDATE " + table + " SET " + column + " = NULL");
                    assertThat(unequal(archive, table)).as("%s.%s, null", table, column).isEqualTo("1");
                }
            }
        }
    }

    @Test
    void whatAnArchiveKnowsOtherwiseIsFoundInEveryColumn() throws Exception {
        try (Connection archive = archive()) {
            for (String table : Home.TABLES) {
                String known = "SELECT " + table + ", row_count FROM (" + statement("archive/known.sql", table) + ")";
                String rows = statement("archive/known-rows.sql", table);
                for (String column : Tables.COLUMNS.get(table)) {
                    fill(archive, table);
                    assertThat(query(archive, known)).as(table).containsExactly("[]|0");
                    if (!column.equals(Tables.key(table))) {
                        execute(archive, "UPDATE " + table + " SET " + column + " = 'other'");
                        assertThat(query(archive, known)).as("%s.%s", table, column).containsExactly("[\"same\"]|1");
                        assertThat(query(archive, rows)).as("%s.%s", table, column).hasSize(1).first().asString().contains("other");
                    }
                }
            }
        }
    }

    @Test
    void aRowIsHomeOnlyIfEveryColumnIs() throws Exception {
        try (Connection store = archive()) {
            String stored = statement("reconcile/as-stored.sql", "none");
            for (String table : Home.TABLES) {
                for (String column : Tables.COLUMNS.get(table)) {
                    fill(store, table);
                    List<String> before = query(store, stored);
                    assertThat(before).as(table).hasSize(1);
                    execute(store, "UPDATE " + table + " SET " + column + " = 'other'");
                    assertThat(query(store, stored)).as("%s.%s", table, column).isNotEqualTo(before);
                }
            }
        }
    }

    /** An archive with the active store beside it; no constraint keeps a test from putting anything anywhere. */
    private static Connection archive() throws Exception {
        Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        execute(connection, "ATTACH ':memory:' AS active");
        try (Connection schema = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            for (String statement : Files.readString(Path.of("sql/schema.sql")).replaceAll("(?m)--.*$", "").split(";")) {
                if (statement.contains("CREATE TABLE")) {
                    execute(schema, statement);
                }
            }
            for (String table : Home.TABLES) {
                String columns = String.join(", ", query(schema, "SELECT name FROM pragma_table_info('" + table + "')"));
                execute(connection, "CREATE TABLE main." + table + " (" + columns + ")");
                execute(connection, "CREATE TABLE active." + table + " (" + columns + ")");
            }
        }
        return connection;
    }

    /** One row, the same in both, and none elsewhere. */
    private static void fill(Connection connection, String filled) throws SQLException {
        for (String store : List.of("main", "active")) {
            for (String table : Home.TABLES) {
                execute(connection, "DELETE FROM " + store + "." + table);
            }
            List<String> columns = query(connection, "SELECT name FROM pragma_table_info('" + filled + "', '" + store + "')");
            execute(connection, "INSERT INTO " + store + "." + filled + " VALUES (" + String.join(", ", columns.stream()
                    .map(column -> column.equals("timestamp") ? "'2026-05-01'" : "'same'").toList()) + ")");
        }
    }

    private static String unequal(Connection connection, String table) throws Exception {
        return query(connection, "SELECT row_count FROM (" + statement("archive/unequal.sql", table) + ") WHERE name = '" + table + "'").get(0);
    }

    private static String statement(String file, String table) throws Exception {
        String text = Files.readString(Path.of("sql").resolve(file)).replaceAll("(?m)^--.*\n", "");
        return TableStatements.read(Path.of("sql")).of(text, table).replaceAll(":#(\\w+|\\$\\{[^}]+})", "'[\"same\"]'");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> query(Connection connection, String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    line.append(i == 1 ? "" : "|").append(rows.getString(i));
                }
                lines.add(line.toString());
            }
        }
        return lines;
    }
}
