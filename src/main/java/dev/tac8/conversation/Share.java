package dev.tac8.conversation;

import dev.tac8.query.Rows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A worker's share of a file that several write into.
 *
 * @param from     when it began
 * @param to       when it ended, the millisecond included, or null while it runs; if its end is not on record, it ended when the next one began
 * @param sentence what is shown, and whose words may be among it
 */
record Share(Instant from, Instant to, String sentence) {
    private static final int MOST_NAMED = 5;

    private record Worker(String id, Instant spawned, Instant completed, Instant end) {
    }

    /**
     * The share of one of some workers.
     *
     * @param rows the workers of a file, in order of time, as {@code sql/query/workers.sql} answers
     * @return null if it has the file for itself
     */
    static Share of(String id, Rows rows) {
        List<Worker> workers = workers(rows);
        Worker own = workers.stream().filter(worker -> worker.id.equals(id)).findFirst().orElse(null);
        if (own == null || workers.size() < 2) {
            return null;
        }
        List<String> meanwhile = workers.stream().filter(worker -> worker != own && (own.end == null || worker.spawned.isBefore(own.end))
                && (worker.end == null || own.spawned.isBefore(worker.end))).map(Worker::id).toList();
        String time = own.end == null ? "since " + own.spawned : "from " + own.spawned + " to " + own.end
                + (own.completed == null ? ", just before the next one began, as its end is not on record" : "");
        return new Share(own.spawned, own.end, workers.size() + " workers name this file, so only what was written in the time of " + id
                + " is shown: " + time + (meanwhile.isEmpty() ? "" : ". " + named(meanwhile)
                + " worked at the same time, and whose words are whose cannot be told"));
    }

    private static List<Worker> workers(Rows rows) {
        int id = rows.columns().indexOf("worker_id");
        int spawned = rows.columns().indexOf("spawned_at");
        int completed = rows.columns().indexOf("completed_at");
        List<Worker> workers = new ArrayList<>();
        Instant next = null;
        Instant last = null;
        for (int i = rows.rows().size() - 1; i >= 0; i--) {
            Object[] row = rows.rows().get(i);
            Instant began = Instant.parse((String) row[spawned]);
            if (last != null && began.isBefore(last)) {
                next = last;
            }
            Instant ended = row[completed] == null ? null : Instant.parse((String) row[completed]);
            workers.add(0, new Worker((String) row[id], began, ended, ended != null || next == null ? ended : next.minusMillis(1)));
            last = began;
        }
        return workers;
    }

    private static String named(List<String> ids) {
        return ids.size() <= MOST_NAMED ? String.join(", ", ids)
                : String.join(", ", ids.subList(0, MOST_NAMED)) + " and " + (ids.size() - MOST_NAMED) + " more";
    }
}
