package dev.tac8.fault;

import dev.tac8.Tables;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The five tables that a list of records must give, by the design's rules (3.3) alone: each column is computed at once from all
 * records that name its row. Nothing here knows of chunks, sparse rows or statements.
 */
final class Expected {
    static final String UNKNOWN = "unknown";
    private static final String UNKNOWN_SINCE = "1970-01-01T00:00:00.000Z";
    private static final List<String> TOKENS = List.of("tokens_input", "tokens_output", "cache_read_tokens", "cache_write_5m_tokens",
            "cache_write_1h_tokens");
    private static final DateTimeFormatter STORED = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'");
    /** SQLite's order of text: by the bytes of UTF-8. */
    private static final Comparator<String> BINARY = Expected::compareBytes;
    static final Comparator<Object> NULLS_LEAST = Comparator.nullsFirst(Expected::compare);

    private Expected() {
    }

    /**
     * The tables, as {@code Home.tables()} shows those of a store.
     *
     * @param records what went in; events and calls with their {@code record_id}
     */
    static Map<String, List<String>> tables(Collection<Map<String, Object>> records) {
        List<Map<String, Object>> all = records.stream().map(Expected::withDefaults).toList();
        Map<String, List<Map<String, Object>>> rows = new HashMap<>();
        for (String table : Tables.OF_RECORDS) {
            rows.put(table, new ArrayList<>());
            by("record_id", ofType(table.replaceFirst("s$", ""), all)).forEach((id, same) -> rows.get(table).add(record(table, id, same)));
        }
        List<Map<String, Object>> workers = new ArrayList<>();
        by("worker_id", all).forEach((id, naming) -> workers.add(worker(id, naming)));
        rows.put("workers", workers);
        List<Map<String, Object>> tasks = new ArrayList<>();
        by("task_id", all).forEach((id, naming) -> tasks.add(task(id, naming)));
        tasks.removeIf(task -> task.get("task_id").equals(UNKNOWN));
        if (names("task_id", rows)) {
            tasks.add(row("task_id", UNKNOWN, "session_id", UNKNOWN, "detected_at", UNKNOWN_SINCE, "status", "detected"));
        }
        rows.put("tasks", tasks);
        List<Map<String, Object>> sessions = new ArrayList<>();
        by("session_id", all).forEach((id, naming) -> sessions.add(session(id, naming)));
        sessions.removeIf(session -> session.get("session_id").equals(UNKNOWN));
        if (names("session_id", rows)) {
            sessions.add(row("session_id", UNKNOWN, "started_at", UNKNOWN_SINCE));
        }
        rows.put("sessions", sessions);
        return print(rows);
    }

    /** Rows as {@code Home.tables()} shows those of a store. */
    static Map<String, List<String>> print(Map<String, List<Map<String, Object>>> rows) {
        return rows.keySet().stream().collect(Collectors.toMap(table -> table, table -> print(table, rows.get(table))));
    }

    /** A record with what its format says of absent fields, and its time as it is stored. */
    private static Map<String, Object> withDefaults(Map<String, Object> given) {
        Map<String, Object> record = new HashMap<>(given);
        OffsetDateTime time = OffsetDateTime.parse((String) record.get("timestamp"));
        record.put("timestamp", STORED.format(time.withOffsetSameInstant(ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS)));
        record.replaceAll((field, value) -> value instanceof Map<?, ?> ? Corpus.json(value) : value);
        if (record.get("type").equals("event") && record.get("severity") == null) {
            record.put("severity", "info");
        }
        if (record.get("type").equals("api_call")) {
            record.put("success", Boolean.FALSE.equals(record.get("success")) ? 0L : 1L);
            record.put("price_version", record.get("estimated_cost_usd") == null ? null : record.get("price_version"));
            record.put("cost_source", record.get("estimated_cost_usd") == null ? null : Objects.requireNonNullElse(record.get("cost_source"),
                    record.get("price_version") == null ? "reported" : "calculated"));
            if (record.get("tokens_total") == null && TOKENS.stream().anyMatch(field -> record.get(field) != null)) {
                record.put("tokens_total", TOKENS.stream().map(record::get).filter(Objects::nonNull).mapToLong(n -> (Long) n).sum());
            }
            for (String parent : List.of("session_id", "task_id")) {
                if (record.get(parent) == null || record.get(parent).equals("")) {
                    record.put(parent, UNKNOWN);
                }
            }
        }
        return record;
    }

    private static Map<String, Object> session(Object id, List<Map<String, Object>> naming) {
        List<Map<String, Object>> own = ofType("session", naming);
        List<Object> end = own.stream()
                .map(r -> Arrays.asList(r.get("status").equals("ended") ? r.get("timestamp") : null, r.get("exit_reason")))
                .max(Expected::compareTuples).orElse(Arrays.asList(null, null));
        return withRest("sessions", row("session_id", id, "started_at", least(naming), "ended_at", end.get(0), "exit_reason", end.get(1)), own);
    }

    private static Map<String, Object> task(Object id, List<Map<String, Object>> naming) {
        List<Map<String, Object>> own = ofType("task", naming);
        Object active = latest("active", own);
        Object completed = latest("completed", own);
        Object failed = latest("failed", own);
        String status = status(active, completed, failed);
        return withRest("tasks", row("task_id", id, "session_id", greatest("session_id", naming), "detected_at", least(naming),
                "started_at", active, "completed_at", completed, "failed_at", failed, "status", status), own);
    }

    static String status(Object active, Object completed, Object failed) {
        String status = "detected";
        Object last = null;
        // In a tie the one asked later wins: failed over completed over active.
        for (Map.Entry<String, Object> reached : Arrays.asList(entry("active", active), entry("completed", completed),
                entry("failed", failed))) {
            if (reached.getValue() != null && NULLS_LEAST.compare(reached.getValue(), last) >= 0) {
                status = reached.getKey();
                last = reached.getValue();
            }
        }
        return status;
    }

    private static Map<String, Object> worker(Object id, List<Map<String, Object>> naming) {
        List<Map<String, Object>> own = ofType("worker", naming);
        List<Object> end = naming.stream().map(Expected::end).max(Expected::compareTuples).orElseThrow();
        List<Map<String, Object>> ended = naming.stream().filter(r -> end.get(0) == null || compareTuples(end(r), end) == 0).toList();
        return withRest("workers", row("worker_id", id, "session_id", greatest("session_id", ended), "task_id", greatest("task_id", ended),
                "spawned_at", least(naming), "completed_at", end.get(0), "status", end.get(1), "exit_code", end.get(2)), own);
    }

    /** The end that a record tells of its worker; a call tells none. */
    private static List<Object> end(Map<String, Object> record) {
        return !record.get("type").equals("worker") ? Arrays.asList(null, "spawned", null)
                : Arrays.asList(record.get("status").equals("spawned") ? null : record.get("timestamp"), record.get("status"),
                record.get("exit_code"));
    }

    static Map<String, Object> record(String table, Object id, List<Map<String, Object>> same) {
        Map<String, Object> record = row("record_id", id, "timestamp", least(same));
        if (table.equals("api_calls")) {
            List<String> cost = List.of("cost_source", "price_version", "estimated_cost_usd");
            Map<String, Object> dearest = greatestOf(same, cost);
            cost.forEach(column -> record.put(column, dearest.get(column)));
            record.put("usage", usage(same));
            record.put("worker_id", worker(same));
        }
        for (String parent : table.equals("api_calls") ? List.of("session_id", "task_id") : List.<String>of()) {
            // The same of rows that are stored already.
            Object named = greatest(same.get(0).containsKey("own_" + parent) ? "own_" + parent : parent, same);
            // A call that names no session or task has no words of its own.
            record.put("own_" + parent, UNKNOWN.equals(named) ? null : named);
        }
        return withRest(table, record, same);
    }

    /** Of those that begin first the greater; one that does not say when it began is the last to count. */
    private static Object usage(List<Map<String, Object>> calls) {
        List<Object> all = calls.stream().map(call -> call.get("usage")).filter(Objects::nonNull).toList();
        Object first = all.stream().map(Expected::since).filter(Objects::nonNull).min(NULLS_LEAST).orElse(null);
        return all.stream().filter(usage -> Objects.equals(since(usage), first)).max(NULLS_LEAST).orElse(null);
    }

    private static Object since(Object usage) {
        return Corpus.parse((String) usage).get("since");
    }

    /** The greatest real name; if there is none, the stand-in of the usage that counts. */
    private static Object worker(List<Map<String, Object>> calls) {
        Object usage = usage(calls);
        return calls.stream().map(call -> call.get("worker_id")).filter(name -> !isStandIn(name)).max(NULLS_LEAST)
                .orElseGet(() -> greatest("worker_id", calls.stream().filter(call -> Objects.equals(call.get("usage"), usage)).toList()));
    }

    private static boolean isStandIn(Object worker) {
        return worker.equals(UNKNOWN) || ((String) worker).startsWith("(");
    }

    private static Map<String, Object> greatestOf(List<Map<String, Object>> records, List<String> columns) {
        return records.stream().max((a, b) -> compareTuples(columns.stream().map(a::get).toList(), columns.stream().map(b::get).toList())).orElseThrow();
    }

    /** A row with its other columns, for which the greater value counts. */
    static Map<String, Object> withRest(String table, Map<String, Object> row, List<Map<String, Object>> records) {
        for (String column : Tables.COLUMNS.get(table)) {
            if (!row.containsKey(column)) {
                row.put(column, greatest(column, records));
            }
        }
        return row;
    }

    private static Object least(List<Map<String, Object>> records) {
        return records.stream().map(r -> r.get("timestamp")).min(NULLS_LEAST).orElseThrow();
    }

    static Object latest(String status, List<Map<String, Object>> tasks) {
        return tasks.stream().filter(r -> r.get("status").equals(status)).map(r -> r.get("timestamp")).max(NULLS_LEAST).orElse(null);
    }

    /** The greater non-null value; 'unknown' only where there is no other. */
    static Object greatest(String column, List<Map<String, Object>> records) {
        List<Object> values = records.stream().map(r -> r.get(column)).filter(Objects::nonNull).toList();
        return values.stream().filter(value -> !value.equals(UNKNOWN)).max(NULLS_LEAST)
                .orElse(values.isEmpty() ? null : UNKNOWN);
    }

    /** Encodes the first two characters that differ, and all of it only where those say nothing: half a surrogate pair is a question mark. */
    private static int compareBytes(String a, String b) {
        int from = 0;
        while (from < a.length() && from < b.length() && a.charAt(from) == b.charAt(from)) {
            from++;
        }
        if (from > 0 && Character.isHighSurrogate(a.charAt(from - 1))) {
            from--;
        }
        int order = Arrays.compareUnsigned(bytes(a, from, from + 2), bytes(b, from, from + 2));
        return order != 0 ? order : Arrays.compareUnsigned(bytes(a, from, a.length()), bytes(b, from, b.length()));
    }

    private static byte[] bytes(String text, int from, int to) {
        return text.substring(from, Math.min(to, text.length())).getBytes(StandardCharsets.UTF_8);
    }

    private static int compare(Object a, Object b) {
        if (a instanceof String text) {
            return BINARY.compare(text, (String) b);
        }
        return a instanceof Long number ? number.compareTo((Long) b) : ((Double) a).compareTo((Double) b);
    }

    static int compareTuples(List<Object> a, List<Object> b) {
        return IntStream.range(0, a.size()).map(i -> NULLS_LEAST.compare(a.get(i), b.get(i))).filter(order -> order != 0)
                .findFirst().orElse(0);
    }

    private static Map.Entry<String, Object> entry(String key, Object value) {
        return new SimpleEntry<>(key, value);
    }

    static Map<String, Object> row(Object... columns) {
        Map<String, Object> row = new HashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put((String) columns[i], columns[i + 1]);
        }
        return row;
    }

    private static List<Map<String, Object>> ofType(String type, List<Map<String, Object>> records) {
        return records.stream().filter(r -> r.get("type").equals(type)).toList();
    }

    /** Records by a field that they have. */
    static Map<Object, List<Map<String, Object>>> by(String field, List<Map<String, Object>> records) {
        return records.stream().filter(r -> r.get(field) != null)
                .collect(Collectors.groupingBy(r -> r.get(field), LinkedHashMap::new, Collectors.toList()));
    }

    /** Whether any row of these tables hangs on the stand-in 'unknown'. */
    static boolean names(String column, Map<String, List<Map<String, Object>>> rows) {
        return rows.values().stream().flatMap(List::stream).anyMatch(row -> UNKNOWN.equals(row.get(column)));
    }

    /** Rows as SQLite itself prints their values, in its order. */
    static List<String> print(String table, List<Map<String, Object>> rows) {
        List<String> columns = Tables.COLUMNS.get(table);
        String row = IntStream.rangeClosed(1, columns.size()).mapToObj(i -> "typeof(?" + i + ") || ':' || quote(?" + i + ")")
                .collect(Collectors.joining(" || '|' || ", "SELECT ", ""));
        List<String> lines = new ArrayList<>();
        try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:");
             PreparedStatement select = memory.prepareStatement(row)) {
            for (Map<String, Object> values : rows) {
                for (int i = 0; i < columns.size(); i++) {
                    select.setObject(i + 1, values.get(columns.get(i)));
                }
                try (ResultSet line = select.executeQuery()) {
                    lines.add(line.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        lines.sort(BINARY);
        return lines;
    }
}
