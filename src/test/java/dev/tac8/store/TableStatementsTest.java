package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that sql/schema.sql gets is in the statements of all tables, which no file names. */
class TableStatementsTest {
    @TempDir
    private Path sql;

    @BeforeEach
    void aTableOfRemarks() throws Exception {
        Files.copy(Path.of("sql/schema-tables.sql"), sql.resolve("schema-tables.sql"));
        Files.writeString(sql.resolve("schema.sql"), Files.readString(Path.of("sql/schema.sql")) + """
                CREATE TABLE IF NOT EXISTS remarks (
                    remark_id INTEGER PRIMARY KEY AUTOINCREMENT,
                    task_id TEXT NOT NULL,
                    timestamp TIMESTAMP NOT NULL,
                    verdict TEXT NOT NULL,
                    record_id TEXT NOT NULL UNIQUE,
                    FOREIGN KEY (task_id) REFERENCES tasks(task_id)
                );
                CREATE INDEX IF NOT EXISTS idx_remarks_task ON remarks(task_id, timestamp);
                """);
    }

    @Test
    void countsTheFirstAndTheLastOfItAndWhatIsDue() throws Exception {
        assertThat(ask("archive/oldest.sql", "timestamp")).containsExactly("2026-01-02");
        assertThat(ask("archive/newest.sql", "timestamp || ' ' || remarks")).containsExactly("2026-03-04 2");
        assertThat(ask("archive/due.sql", "turn || ' ' || name || ' ' || month || ' ' || row_count"))
                .containsExactly("1 remarks 2026-01 1", "3 tasks 2026-01 1");
        assertThat(ask("archive/count.sql", "remarks || ' ' || strangers")).containsExactly("2 1");
    }

    @Test
    void keepsTheStandInThatItHangsOn() throws Exception {
        assertThat(ask("ingest/remove-unknown-task.sql", null)).containsExactly("done", "late", "unknown");
    }

    /** What a statement says, or the tasks that it leaves: one is done and has a remark, one has a late one, and nothing else hangs on a stand-in. */
    private List<String> ask(String file, String columns) throws Exception {
        String made = TableStatements.read(sql).of(Files.readString(Path.of("sql").resolve(file)).replaceAll("(?m)^--.*\n", ""))
                .replace(":#before", "'2026-02-01'").replace(":month", "'2026-01'").replaceAll(":#[$][{]variable[.]newest[^}]*}", "9")
                .replaceAll(":#[$][{][^}]*}", "'[]'");
        return Schema.inMemory(sql, memory -> {
            run(memory, "INSERT INTO sessions (session_id, started_at) VALUES ('s1', '2026-01-01')");
            run(memory, "INSERT INTO tasks (task_id, session_id, detected_at, status) SELECT value, 's1', '2026-01-01', 'active'"
                    + " FROM json_each('[\"done\", \"late\", \"unknown\"]')");
            run(memory, "INSERT INTO remarks VALUES (1, 'done', '2026-01-02', 'good', 'r1'), (2, 'late', '2026-03-04', 'good', 'r2')");
            if (columns == null) {
                run(memory, "UPDATE remarks SET task_id = 'unknown' WHERE record_id = 'r2'");
                run(memory, made);
            }
            List<String> answers = new ArrayList<>();
            try (Statement statement = memory.createStatement(); ResultSet rows = statement.executeQuery(
                    columns == null ? "SELECT task_id FROM tasks ORDER BY 1" : "SELECT " + columns + " FROM (" + made + ")")) {
                while (rows.next()) {
                    answers.add(rows.getString(1));
                }
            }
            return answers;
        });
    }

    private static void run(Connection memory, String command) throws SQLException {
        try (Statement statement = memory.createStatement()) {
            statement.execute(command);
        }
    }
}
