package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kill in the middle of the very first start leaves must not stop the second. */
class FirstStartTest {
    private static final String LINE = "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
            + "\"event_type\":\"trigger\",\"message\":\"hello\"}";

    @TempDir
    private Path dir;

    @Test
    void goesOnWhereTheFirstStartLeftAFolderWithoutItsMarker() throws Exception {
        Home home = new Home(dir);
        Files.createDirectories(home.path("var/external"));

        home.drop("a.jsonl", LINE);
        home.drain();

        assertThat(home.rows("events")).hasSize(1);
    }

    @Test
    @Tag("process")
    void makesAllTablesOrNone() throws Exception {
        Home home = new Home(dir);
        // A statement in the middle that fails in a file only, as a kill there would leave the rest undone.
        home.edit("sql/schema.sql", "-- Worker lifecycle.", "SELECT iif(file = '', 0, abs(-9223372036854775807 - 1))"
                + " FROM pragma_database_list WHERE name = 'main';");

        assertThat(home.run("ingest", home.path("application.properties").toString()).exitCode()).isNotZero();

        assertThat(tables(home.database())).isZero();
    }

    private static int tables(Path database) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
             Statement statement = connection.createStatement()) {
            return statement.executeQuery("SELECT count(*) FROM sqlite_schema").getInt(1);
        }
    }
}
