package dev.tac8.query;

import dev.tac8.store.StoreException;
import java.util.Collections;
import java.util.Map;

/** What a result costs: one statement reckons with what another one has found, so no header says it. */
final class PerResult {
    /** The question that it belongs to. */
    static final String QUESTION = "cost-by-outcome";

    private PerResult() {
    }

    static void add(Answer answer, Stores stores, Map<String, Object> parameters) throws StoreException {
        Object costs = stores.ask("task-costs", parameters).first("costs");
        Rows results = stores.ask("cost-per-result", Collections.singletonMap("costs", costs));
        answer.list("per_result", null, results.without("doubtful"));
        long doubtful = results.sum("doubtful");
        if (doubtful > 0) {
            answer.remark(Table.whole(doubtful) + (doubtful == 1 ? " task has" : " tasks have") + " the number of a pull request that"
                    + " another task has too, and no record says of which repository: there may be more or fewer pull requests.");
        }
    }
}
