package dev.tac8.query;

import dev.tac8.store.StoreException;
import dev.tac8.text.Nearest;
import dev.tac8.text.Text;
import java.util.Map;

/** What is said with an answer, or in place of one. */
public final class Remarks {
    private static final int SHOWN_CHARACTERS = 80;

    private Remarks() {
    }

    /** Says that a list may go on. */
    static void limited(Answer answer, Rows rows, int limit, String order) {
        if (rows.rows().size() >= limit) {
            answer.remark("These are the " + order + " " + Table.whole(limit) + "; if there are more, --limit lists them.");
        }
    }

    /** Says what the sums of these rows cover: what was calculated, and how many calls are in none. */
    public static Answer priced(Answer answer, Rows rows) {
        String coverage = Coverage.sentence(rows);
        if (coverage != null) {
            answer.remark(coverage);
        }
        long without = rows.sum("calls_without_cost");
        return without == 0 ? answer : answer.remark(Table.whole(without) + (without == 1 ? " call" : " calls")
                + " without a cost: what " + (without == 1 ? "it" : "they") + " cost is not in the sums.");
    }

    /** Says that some workers of a list are on record for something else. */
    static void shared(Answer answer, Rows rows) {
        if (rows.sum("reused_workers") > 0) {
            answer.remark("Some worker ids stand for more than one task or session: each call"
                    + " counts for the one that it names; ./tac8 cost --by worker says which.");
        }
    }

    /** A sentence for an id that is not there, with the nearest one that is. */
    public static String unknown(Stores stores, String kind, String id) throws StoreException {
        String nearest = Nearest.toId(id, stores.ids(kind));
        return "There is no " + kind + " " + shown(id) + (nearest == null ? "." : "; did you mean " + shown(nearest) + "?");
    }

    /** An id that was typed or stored, fit for a sentence. */
    private static String shown(String id) {
        return id.isBlank() ? "\"" + Text.printable(id) + "\"" : Text.cut(Text.printable(id), SHOWN_CHARACTERS);
    }

    /** A sentence for a question that found nothing: if an id that it named is not there, that is why. */
    static String nothing(Stores stores, String otherwise, Map<String, String> idsByKind) throws StoreException {
        for (Map.Entry<String, String> named : idsByKind.entrySet()) {
            if (!stores.ids(named.getKey()).contains(named.getValue())) {
                return unknown(stores, named.getKey(), named.getValue());
            }
        }
        return otherwise;
    }
}
