package dev.tac8.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.Closeable;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a file of lines that are known to be good as rows of the five tables, each an array in the order of its statement's
 * parameters. It shares nothing with the product's reader: no maps, no tree, no checks.
 */
final class Rows implements Closeable {
    private static final JsonFactory JSON = new JsonFactory();

    private record TaskKey(String task, String session) {
    }

    private record WorkerKey(String worker, String task, String session) {
    }

    /** A chunk's rows: sessions, tasks, workers, events, api_calls. */
    record Chunk(List<Collection<Object[]>> tables) {
    }

    private final Layout layout;
    private final JsonParser parser;
    private final Object[] record;
    private Map<String, Object[]> sessions;
    private Map<TaskKey, Object[]> tasks;
    private Map<WorkerKey, Object[]> workers;

    Rows(Path file, Layout layout) throws IOException {
        this.layout = layout;
        this.record = new Object[layout.size()];
        this.parser = JSON.createParser(Files.newInputStream(file));
    }

    /** Reads the next so many lines; null at the end of the file. */
    Chunk next(int records) throws IOException {
        sessions = new HashMap<>();
        tasks = new HashMap<>();
        workers = new HashMap<>();
        List<Object[]> ownSessions = new ArrayList<>();
        List<Object[]> ownTasks = new ArrayList<>();
        List<Object[]> ownWorkers = new ArrayList<>();
        List<Object[]> events = new ArrayList<>();
        List<Object[]> calls = new ArrayList<>();
        int count = 0;
        while (count < records && parser.nextToken() == JsonToken.START_OBJECT) {
            readRecord();
            count++;
            String type = (String) get("type");
            switch (type) {
                case "session" -> ownSessions.add(sessionRow());
                case "task" -> ownTasks.add(taskRow());
                case "worker" -> ownWorkers.add(workerRow());
                case "event" -> events.add(eventRow());
                case "api_call" -> calls.add(callRow());
                default -> throw new IOException("no such type: " + type);
            }
        }
        return count == 0 ? null : new Chunk(List.of(both(sessions.values(), ownSessions), both(tasks.values(), ownTasks),
                both(workers.values(), ownWorkers), events, calls));
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }

    private void readRecord() throws IOException {
        Arrays.fill(record, null);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            int slot = layout.slot(parser.currentName());
            Object value = switch (parser.nextToken()) {
                case VALUE_STRING -> parser.getText();
                case VALUE_NUMBER_INT -> parser.getLongValue();
                case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
                case VALUE_TRUE -> 1L;
                case VALUE_FALSE -> 0L;
                case START_OBJECT, START_ARRAY -> json();
                default -> null;
            };
            if (slot >= 0) {
                record[slot] = value;
            }
        }
    }

    private String json() throws IOException {
        StringWriter text = new StringWriter(128);
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            generator.copyCurrentStructure(parser);
        }
        return text.toString();
    }

    private Object[] sessionRow() {
        Object time = get("timestamp");
        set("started_at", time);
        set("ended_at", "ended".equals(get("status")) ? time : null);
        return layout.row(0, record);
    }

    private Object[] taskRow() {
        String time = (String) get("timestamp");
        Object status = get("status");
        nameSession((String) get("session_id"), time);
        set("detected_at", time);
        set("started_at", "active".equals(status) ? time : null);
        set("completed_at", "completed".equals(status) ? time : null);
        set("failed_at", "failed".equals(status) ? time : null);
        return layout.row(1, record);
    }

    private Object[] workerRow() {
        String time = (String) get("timestamp");
        nameTask((String) get("task_id"), (String) get("session_id"), time);
        set("spawned_at", time);
        set("completed_at", "spawned".equals(get("status")) ? null : time);
        return layout.row(2, record);
    }

    private Object[] eventRow() {
        nameSession((String) get("session_id"), (String) get("timestamp"));
        set("record_id", get("id"));
        if (get("severity") == null) {
            set("severity", "info");
        }
        return layout.row(3, record);
    }

    private Object[] callRow() {
        nameWorker((String) get("worker_id"), (String) get("task_id"), (String) get("session_id"), (String) get("timestamp"));
        set("record_id", get("id"));
        if (get("tokens_total") == null) {
            set("tokens_total", tokens("tokens_input") + tokens("tokens_output") + tokens("cache_read_tokens")
                    + tokens("cache_write_5m_tokens") + tokens("cache_write_1h_tokens"));
        }
        if (get("success") == null) {
            set("success", 1L);
        }
        set("own_session_id", get("session_id"));
        set("own_task_id", get("task_id"));
        set("cost_source", get("estimated_cost_usd") == null ? null : "reported");
        return layout.row(4, record);
    }

    /** Names a session: it gets a row in the chunk, with the least time at which it was named. */
    private void nameSession(String id, String time) {
        Object[] row = sessions.get(id);
        if (row == null) {
            row = layout.row(0, "session_id", id);
            sessions.put(id, row);
        }
        layout.least(0, row, "started_at", time);
    }

    private void nameTask(String id, String session, String time) {
        TaskKey key = new TaskKey(id, session);
        Object[] row = tasks.get(key);
        if (row == null) {
            row = layout.row(1, "task_id", id, "session_id", session, "status", "detected");
            tasks.put(key, row);
        }
        if (layout.least(1, row, "detected_at", time)) {
            nameSession(session, time);
        }
    }

    private void nameWorker(String id, String task, String session, String time) {
        WorkerKey key = new WorkerKey(id, task, session);
        Object[] row = workers.get(key);
        if (row == null) {
            row = layout.row(2, "worker_id", id, "task_id", task, "session_id", session, "status", "spawned");
            workers.put(key, row);
        }
        // A worker that the chunk named before, at this time or earlier, has named its task and session.
        if (layout.least(2, row, "spawned_at", time)) {
            nameTask(task, session, time);
        }
    }

    private long tokens(String field) {
        Object value = get(field);
        return value == null ? 0 : (Long) value;
    }

    private Object get(String field) {
        return record[layout.slot(field)];
    }

    private void set(String field, Object value) {
        record[layout.slot(field)] = value;
    }

    private static List<Object[]> both(Collection<Object[]> named, List<Object[]> own) {
        List<Object[]> rows = new ArrayList<>(named);
        rows.addAll(own);
        return rows;
    }
}
