package dev.tac8.page;

import dev.tac8.query.Sheet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the cells of a table lead, and which of them are words that a mark stands before. */
public final class Links {
    private static final Map<String, String> PATHS = Map.of("task_id", "/task", "worker_id", "/worker", "session_id", "/session");
    private static final Set<String> MARKS = Set.of("status", "severity", "what", "exit_reason");
    private static final Set<String> KNOWN = Set.of("failed", "error", "warning", "active", "spawned", "completed", "detected", "info", "debug", "decision", "trigger", "normal");

    private Links() {
    }

    /** The URL behind a cell, or null. */
    public static String of(Sheet.Part part, int row, int column) {
        String path = PATHS.get(part.columns().get(column).name());
        String text = part.rows().get(row).get(column);
        if (part.columns().get(column).name().equals("log_file") && !text.isEmpty() && part.all().columns().contains("worker_id")) {
            return Request.link("/conversation", "worker", stored(part, row, "worker_id"));
        }
        return path == null || text.isEmpty() ? null : Request.link(path, "id", stored(part, row, part.columns().get(column).name()));
    }

    /** The value behind a cell, as it is stored. */
    static Object stored(Sheet.Part part, int row, String column) {
        List<String> columns = part.all().columns();
        return part.all().rows().get(row)[columns.indexOf(column)];
    }

    /** Whether a column holds such words. */
    public static boolean isMark(String column) {
        return MARKS.contains(column);
    }

    /** The class of a word's mark. */
    public static String mark(String word) {
        return KNOWN.contains(word) ? word : "other";
    }
}
