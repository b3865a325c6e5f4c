package dev.tac8.query;

import dev.tac8.store.StoreException;
import dev.tac8.text.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says that one worker id stands for more than one task or session: what is on record of the worker itself is of one of them only. */
public final class Reused {
    private static final int MOST_IDS = 100;
    private static final int MOST_MEANINGS = 3;
    private static final int MOST_CHARACTERS = 60;

    private static final String LOG_FILE = "Its log file and pid may be those of another of its runs than the rest: of several on record the greatest"
            + " is kept.";

    private Reused() {
    }

    /**
     * Adds to an answer which ids do, and what for: for programs a list, for people a sentence.
     *
     * @param filter the parameters of {@code sql/query/reused-workers.sql}
     */
    public static Answer say(Answer answer, Stores stores, Map<String, ?> filter) throws StoreException {
        Rows meanings = find(stores, filter);
        answer.aside("reused_workers", meanings);
        return meanings.isEmpty() ? answer : answer.remark(sentence(meanings));
    }

    /** Adds to the answer about one worker what its id stands for, if it stands for several. */
    public static Answer show(Answer answer, Stores stores, String worker) throws StoreException {
        Rows meanings = find(stores, Map.of("worker", worker));
        answer.list("reused_workers", "Stands for", meanings);
        return meanings.isEmpty() ? answer : answer.remark(sentence(meanings)).remark(LOG_FILE);
    }

    /** What a reader of a worker's conversation must know; null if its id stands for one thing only. */
    public static String ofConversation(Stores stores, String worker) throws StoreException {
        Rows meanings = find(stores, Map.of("worker", worker));
        return meanings.isEmpty() ? null : sentence(meanings) + " The words shown may be those of another of its runs: of several log files on"
                + " record the greatest name is kept.";
    }

    private static Rows find(Stores stores, Map<String, ?> filter) throws StoreException {
        Map<String, Object> parameters = new LinkedHashMap<>(filter);
        parameters.put("limit", MOST_IDS);
        return stores.ask("reused-workers", parameters);
    }

    private static String sentence(Rows meanings) {
        Map<String, List<String>> byId = meanings.shown(List.of("worker_id", "task_id", "session_id")).rows().stream().collect(Collectors.groupingBy(
                row -> (String) row[0], LinkedHashMap::new, Collectors.mapping(row -> cut(row[1]) + " in " + cut(row[2]), Collectors.toList())));
        Map.Entry<String, List<String>> first = byId.entrySet().iterator().next();
        List<String> shown = first.getValue().subList(0, Math.min(MOST_MEANINGS, first.getValue().size()));
        String of = cut(first.getKey()) + " (" + String.join(", ", shown) + (shown.size() < first.getValue().size()
                ? " and " + Table.whole(first.getValue().size() - shown.size()) + " more" : "") + ")";
        String ids = byId.size() == 1 ? "The worker id " + of + " stands" : (byId.size() < MOST_IDS ? "" : "At least ") + Table.whole(byId.size())
                + " worker ids, such as " + of + ", stand";
        return ids + " for more than one task or session: a call counts for the one that it names, and how a worker ended is on record for the"
                + " last one only.";
    }

    private static String cut(Object id) {
        return Text.cut(String.valueOf(id), MOST_CHARACTERS);
    }
}
