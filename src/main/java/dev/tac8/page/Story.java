package dev.tac8.page;

import dev.tac8.query.Sheet;
import dev.tac8.text.StoredTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The story of a task, a line a thing that happened.
 *
 * @param lines those of this page
 * @param total how many there are in all
 * @param older the page before, or null
 * @param newer the page behind, or null
 */
public record Story(List<Line> lines, int total, String older, String newer) {
    /** Of its own row or of an attempt; everything else is an event. */
    private static final Set<String> OF_ROWS = Set.of("detected", "active", "completed", "failed");
    private static final Set<String> BEGINS = Set.of("spawned", "first call");
    private static final int MOST_LINES = 500;

    /**
     * A line.
     *
     * @param number     from 1
     * @param worker     as it is stored, or null
     * @param by         the same as it is shown
     * @param link       to the events at that time, or null if it is none
     * @param words      to what its worker said then, or null if its records name no conversation
     * @param isWasted   whether it is the end of an attempt that came to nothing
     */
    public record Line(int number, String time, String what, String severity, String worker, String by, String took, String calls, String cost, String text, String link, String words,
                       boolean isWasted) {
        /** Its anchor. */
        public String id() {
            return "s" + number;
        }
    }

    /** @param logs the workers whose records name a conversation */
    static Story of(Request request, Sheet.Part part, Set<String> logs, boolean isTaskFailed) {
        int from = request.number("from", 1, 100_000_000);
        List<Line> lines = new ArrayList<>();
        for (int row = from - 1; row < Math.min(part.rows().size(), from - 1 + MOST_LINES); row++) {
            Cells cells = new Cells(part, row);
            String worker = cells.word("worker_id");
            Instant time = cells.time("timestamp");
            boolean isEnd = cells.stored("calls") != null;
            lines.add(new Line(row + 1, cells.text("timestamp"), cells.text("what"), cells.word("severity"), worker, cells.text("worker_id"), cells.text("minutes"), cells.text("calls"),
                    cells.text("cost_usd"), cells.text("story"), isEvent(cells) && time != null ? events(cells.word("what"), time) : null,
                    worker != null && time != null && logs.contains(worker) ? words(worker, time) : null,
                    isEnd && (isTaskFailed || "failed".equals(cells.word("what")))));
        }
        return new Story(lines, part.rows().size(), from == 1 ? null : request.with("from", String.valueOf(Math.max(1, from - MOST_LINES))),
                from - 1 + MOST_LINES >= part.rows().size() ? null : request.with("from", String.valueOf(from + MOST_LINES)));
    }

    /** Where a line is to be read, which may be on another page. */
    static String linkTo(Request request, int number) {
        int from = request.number("from", 1, 100_000_000);
        return (number >= from && number < from + MOST_LINES ? "" : request.with("from", String.valueOf((number - 1) / MOST_LINES * MOST_LINES + 1))) + "#s" + number;
    }

    static boolean isEvent(Cells cells) {
        String what = cells.word("what");
        return cells.stored("severity") != null || cells.stored("calls") == null
                && !(cells.stored("worker_id") == null ? OF_ROWS.contains(what) : BEGINS.contains(what) || cells.stored("timestamp") == null);
    }

    private static String events(String type, Instant time) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("type", type);
        parameters.put("since", StoredTime.of(time));
        parameters.put("until", StoredTime.of(time.plus(1, ChronoUnit.MILLIS)));
        return Request.url("/events", parameters);
    }

    /** What a worker said at a time. */
    static String words(String worker, Instant time) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("worker", worker);
        parameters.put("at", StoredTime.of(time));
        return Request.url("/conversation", parameters);
    }
}
