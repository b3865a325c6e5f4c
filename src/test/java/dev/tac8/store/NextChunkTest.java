package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code sql/archive/next-chunk.sql} chooses: as many rows as are asked for, and of large ones only some MiB, but one at least. */
class NextChunkTest {
    private static final Path SQL = Path.of("sql");
    private static final int MEBIBYTE = 1 << 20;

    @Test
    void takesAsManySmallRowsAsAreAskedFor() throws Exception {
        assertThat(chosen(3, 100)).isEqualTo("[1,2,3] [\"s1\"] 3");
        assertThat(chosen(10, 100)).isEqualTo("[1,2,3,4,5] [\"s1\"] 5");
    }

    @Test
    void takesLargeRowsUntilTheyAreSomeMebibytes() throws Exception {
        assertThat(chosen(10, 7 * MEBIBYTE)).isEqualTo("[1,2,3] [\"s1\"] 3");
    }

    @Test
    void takesOneRowHoweverLargeItIs() throws Exception {
        assertThat(chosen(10, 17 * MEBIBYTE)).isEqualTo("[1] [\"s1\"] 1");
    }

    /** The events that are chosen of five of a month, the sessions that go along, and how many rows leave. */
    private static String chosen(int mostRows, int bytes) throws Exception {
        Map<String, Object> values = new HashMap<>(Map.of("before", "2026-02", "${variable.turn[turn]}", 1,
                "${variable.turn[month]}", "2026-01", "${variable.turn[until]}", "2026-01~", "${variable.run.mostRows}", mostRows));
        String text = TableStatements.read(SQL).of(Files.readString(SQL.resolve("archive/next-chunk.sql")));
        Parameters next = Parameters.of(text.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n")));
        next.names().stream().filter(name -> name.startsWith("${variable.newest[")).forEach(name -> values.put(name, 9));
        return Schema.inMemory(SQL, memory -> {
            fill(memory, bytes);
            try (PreparedStatement statement = memory.prepareStatement(next.sql())) {
                next.bind(statement, values);
                try (ResultSet row = statement.executeQuery()) {
                    return row.getString("events") + " " + row.getString("sessions") + " " + row.getLong("row_count");
                }
            }
        });
    }

    private static void fill(Connection memory, int bytes) throws SQLException {
        try (Statement statement = memory.createStatement()) {
            statement.executeUpdate("INSERT INTO sessions (session_id, started_at) VALUES ('s1', '2026-01-01')");
            statement.executeUpdate("INSERT INTO events (session_id, timestamp, event_type, message, record_id)"
                    + " SELECT 's1', '2026-01-0' || value, 'error', printf('%.*c', " + bytes + ", 'x'), value FROM json_each('[1,2,3,4,5]')");
        }
    }
}
