package dev.tac8.ingest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The types of record, in the order of their tables: parents first. More than one may become rows of the same table. */
public enum RecordType {
    SESSION("sessions", "started_at", "ended_at"),
    TASK("tasks", "detected_at", "started_at", "completed_at", "failed_at"),
    WORKER("workers", "spawned_at", "completed_at"),
    EVENT("events", "record_id"),
    API_CALL("api_calls", "record_id", "own_session_id", "own_task_id");

    /** A constant: each chunk asks for it. */
    private static final List<String> TABLES = Stream.of(values()).map(RecordType::table).distinct().toList();

    private final String table;
    private final List<String> furtherColumns;

    RecordType(String table, String... furtherColumns) {
        this.table = table;
        this.furtherColumns = List.of(furtherColumns);
    }

    /** The columns of its table that are not fields of the record but follow from them. Types of one table share all of its columns. */
    List<String> furtherColumns() {
        return furtherColumns;
    }

    /** The table that holds records of this type. */
    public String table() {
        return table;
    }

    /** Each table that holds records, once, parents first. */
    public static List<String> tables() {
        return TABLES;
    }

    /** Those of records that are counted each by itself, as events are. */
    public static List<String> records() {
        return Stream.of(values()).filter(type -> type.furtherColumns.contains("record_id")).map(RecordType::table).distinct().toList();
    }

    /** Each table once, in the order in which rows leave a store: records first, parents behind their children. */
    public static List<String> leaving() {
        List<String> order = new ArrayList<>(tables());
        order.removeAll(records());
        Collections.reverse(order);
        return Stream.concat(records().stream(), order.stream()).toList();
    }

    /** The rows of a table in a sentence. */
    public static String words(String table) {
        return table.replace("api_calls", "API calls");
    }

    /** A statement about {@code $table} as one about each table, parents first. */
    public static String ofEach(String statement) {
        return tables().stream().map(table -> statement.replace("$table", table)).collect(Collectors.joining("\nUNION ALL\n"));
    }

    static RecordType of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
