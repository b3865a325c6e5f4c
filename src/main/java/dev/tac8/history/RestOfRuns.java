package dev.tac8.history;

import dev.tac8.history.Runs.Run;
import dev.tac8.price.PriceBook;
import dev.tac8.query.Beyond;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.query.Table;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What agents say beyond the calls that a question about costs is about. */
public final class RestOfRuns implements Beyond {
    /** More need not fit into memory. */
    private static final int MOST_RUNS = 100_000;

    private final Settings settings;
    private int left;

    /** @param settings of the stores */
    public RestOfRuns(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Rows of(Stores stores, Map<String, Object> parameters) throws StoreException {
        List<Object[]> rows = new ArrayList<>();
        left = 0;
        // Most stores have none, and then nothing more is loaded.
        if (stores.ask("any-agent-run", parameters).isEmpty()) {
            return new Rows(Beyond.COLUMNS, rows);
        }
        Map<String, String> found = Runs.find(stores, parameters);
        if (found.size() > MOST_RUNS) {
            left = found.size();
            return new Rows(Beyond.COLUMNS, rows);
        }
        Runs runs = new Runs(settings, PriceBook.read(settings.files()));
        for (Run run : runs.of(found, parameters, false)) {
            for (Runs.Beyond beyond : run.beyond()) {
                if (parameters.get("model") == null || Runs.model(beyond.model()).equals(Runs.model((String) parameters.get("model")))) {
                    rows.add(new Object[] {run.agent(), run.session(), run.place().worker(), run.place().task(), run.place().session(), StoredTime.of(run.said()),
                        beyond.model(), beyond.input(), beyond.output(), beyond.cacheRead(), beyond.cacheWrite(), beyond.searches(), beyond.dollars()});
                }
            }
        }
        return new Rows(Beyond.COLUMNS, rows);
    }

    /** A sentence about runs that were too many to be looked at; null if they were not. */
    @Override
    public String left() {
        return left == 0 ? null : "What agents say of their own " + Table.whole(left) + " runs beyond these calls was not looked at, as that takes long: ask for less time, or"
                + " ./tac8 cost --reconcile.";
    }
}
