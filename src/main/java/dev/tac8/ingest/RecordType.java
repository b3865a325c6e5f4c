package dev.tac8.ingest;

import java.util.Locale;

/** The five types of record, in the order of their tables: parents first. */
public enum RecordType {
    SESSION("sessions"), TASK("tasks"), WORKER("workers"), EVENT("events"), API_CALL("api_calls");

    private final String table;

    RecordType(String table) {
        this.table = table;
    }

    /** The table that holds records of this type. */
    public String table() {
        return table;
    }

    static RecordType of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
