package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.Tables;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables of several databases as one, joined by the design's rules (3.3) alone and not by any statement of the product: what the
 * active store and the archives hold together.
 */
public final class Joined {
    private final Map<String, List<Map<String, Object>>> rows = new HashMap<>();

    private Joined(List<Path> databases) {
        Home.TABLES.forEach(table -> rows.put(table, new ArrayList<>()));
        databases.forEach(this::read);
    }

    /** The tables of databases at rest, in which each event and API call must be in one of them only. */
    public static Map<String, List<String>> atRest(List<Path> databases) {
        Joined joined = new Joined(databases);
        for (String table : Tables.OF_RECORDS) {
            Expected.by("record_id", joined.rows.get(table)).forEach((id, same) -> assertThat(same).as("%s %s", table, id).hasSize(1));
        }
        return joined.tables();
    }

    /** The tables of databases while a run is in progress or was cut short, or before one: an event may be in two of them, and joins. */
    public static Map<String, List<String>> amidRun(List<Path> databases) {
        Joined joined = new Joined(databases);
        for (String table : Tables.OF_RECORDS) {
            List<Map<String, Object>> records = new ArrayList<>();
            Expected.by("record_id", joined.rows.get(table)).forEach((id, same) -> records.add(Expected.record(table, id, same)));
            joined.rows.put(table, records);
        }
        return joined.tables();
    }

    private void read(Path database) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
             Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout=30000");
            for (String table : Home.TABLES) {
                String delivered = Tables.COLUMNS.get(table).contains("session_id") ? " WHERE session_id <> 'tac8'" : "";
                try (ResultSet found = statement.executeQuery("SELECT * FROM " + table + delivered)) {
                    while (found.next()) {
                        Map<String, Object> row = new LinkedHashMap<>();
                        for (String column : Tables.COLUMNS.get(table)) {
                            Object value = found.getObject(column);
                            row.put(column, value instanceof Integer number ? Long.valueOf(number) : value);
                        }
                        rows.get(table).add(row);
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(database.toString(), e);
        }
    }

    private Map<String, List<String>> tables() {
        List<Map<String, Object>> workers = new ArrayList<>();
        Expected.by("worker_id", rows.get("workers")).forEach((id, same) -> workers.add(worker(id, same)));
        List<Map<String, Object>> tasks = new ArrayList<>();
        Expected.by("task_id", rows.get("tasks")).forEach((id, same) -> tasks.add(task(id, same)));
        List<Map<String, Object>> sessions = new ArrayList<>();
        Expected.by("session_id", rows.get("sessions")).forEach((id, same) -> sessions.add(session(id, same)));
        Map<String, List<Map<String, Object>>> all = new HashMap<>(rows);
        all.put("workers", workers);
        // An archive keeps the stand-in that was copied along, although all that hung on it has found its place.
        all.put("tasks", List.of());
        tasks.removeIf(task -> task.get("task_id").equals(Expected.UNKNOWN) && !Expected.names("task_id", all));
        all.put("tasks", tasks);
        all.put("sessions", List.of());
        sessions.removeIf(session -> session.get("session_id").equals(Expected.UNKNOWN) && !Expected.names("session_id", all));
        all.put("sessions", sessions);
        return Expected.print(all);
    }

    private static Map<String, Object> session(Object id, List<Map<String, Object>> same) {
        List<Object> end = greatestTuple(same, "ended_at", "exit_reason");
        return Expected.withRest("sessions", Expected.row("session_id", id, "started_at", least("started_at", same), "ended_at", end.get(0),
                "exit_reason", end.get(1)), same);
    }

    private static Map<String, Object> task(Object id, List<Map<String, Object>> same) {
        Object active = Expected.greatest("started_at", same);
        Object completed = Expected.greatest("completed_at", same);
        Object failed = Expected.greatest("failed_at", same);
        return Expected.withRest("tasks", Expected.row("task_id", id, "detected_at", least("detected_at", same),
                "status", Expected.status(active, completed, failed)), same);
    }

    private static Map<String, Object> worker(Object id, List<Map<String, Object>> same) {
        List<Object> end = greatestTuple(same, "completed_at", "status", "exit_code");
        List<Map<String, Object>> ended = same.stream().filter(row -> end.get(0) == null || Arrays.asList(row.get("completed_at"), row.get("status"),
                row.get("exit_code")).equals(end)).toList();
        return Expected.withRest("workers", Expected.row("worker_id", id, "session_id", Expected.greatest("session_id", ended), "task_id", Expected.greatest("task_id", ended),
                "spawned_at", least("spawned_at", same), "completed_at", end.get(0), "status", end.get(1), "exit_code", end.get(2)), same);
    }

    private static Object least(String column, List<Map<String, Object>> same) {
        return same.stream().map(row -> row.get(column)).min(Expected.NULLS_LEAST).orElseThrow();
    }

    private static List<Object> greatestTuple(List<Map<String, Object>> same, String... columns) {
        return same.stream().map(row -> Arrays.asList(Arrays.stream(columns).map(row::get).toArray())).max(Expected::compareTuples).orElseThrow();
    }
}
