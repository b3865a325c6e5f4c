package dev.tac8.page;

import dev.tac8.query.Sheet;
import java.util.Map;
import java.util.Set;

/** Where the cells of a table lead, and which of them are words that a mark stands before. */
public final class Links {
    /** What has a page of its own, by the column that holds its id. */
    private static final Map<String, String> PATHS = Map.of("task_id", "/task", "worker_id", "/worker", "session_id", "/session");
    /** Numbers that are made of API calls. */
    private static final Set<String> OF_CALLS = Set.of("cost_usd", "calls", "calls_without_cost", "tokens_total");
    /** Numbers that count things of a list. */
    private static final Map<String, String> COUNTS = Map.of("workers", "/workers", "tasks", "/tasks");
    private static final Set<String> MARKS = Set.of("status", "severity", "what", "exit_reason");
    private static final Set<String> KNOWN = Set.of("failed", "error", "warning", "active", "spawned", "completed", "detected", "info", "debug", "decision", "trigger", "normal");

    private Links() {
    }

    /** The URL behind a cell, or null. */
    public static String of(Sheet.Part part, int row, int column) {
        String name = part.columns().get(column).name();
        if (part.rows().get(row).get(column).isEmpty()) {
            return null;
        }
        if (name.equals("log_file") && part.value(row, "worker_id") != null) {
            return Request.link("/conversation", "worker", part.value(row, "worker_id"));
        }
        if (PATHS.containsKey(name)) {
            return page(name, part.value(row, name));
        }
        if (name.equals("context_id")) {
            return page(part.value(row, "context_type") + "_id", part.value(row, name));
        }
        String owner = part.columns().get(0).name();
        Object id = part.value(row, owner);
        if (!PATHS.containsKey(owner) || id == null || part.one() && !OF_CALLS.contains(name)) {
            return null;
        }
        return OF_CALLS.contains(name) ? Request.link("/calls", kind(owner), id)
                : COUNTS.containsKey(name) ? Request.link(COUNTS.get(name), kind(owner), id) : null;
    }

    /** Nobody has a page for what is not known. */
    private static String page(String column, Object id) {
        String path = PATHS.get(column);
        return path == null || id == null || id.equals("unknown") ? null : Request.link(path, "id", id);
    }

    private static String kind(String column) {
        return column.substring(0, column.length() - "_id".length());
    }

    /** What a link says: one that says nothing is no link for those who hear it. */
    public static String says(String text) {
        return text.isBlank() ? "(blank)" : text;
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
