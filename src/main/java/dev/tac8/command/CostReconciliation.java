package dev.tac8.command;

import dev.tac8.history.Runs;
import dev.tac8.price.PriceBook;
import dev.tac8.query.Answer;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.query.Table;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import dev.tac8.witness.Reconciliation;
import dev.tac8.witness.Telemetry;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The answer to {@code tac8 cost --reconcile}. */
final class CostReconciliation {
    private final Settings settings;
    private final PriceBook book;
    private final Telemetry telemetry;
    private final BigDecimal tolerance;
    private final boolean bySession;
    private boolean isDifferent;

    /** @param telemetry null for none */
    CostReconciliation(Settings settings, PriceBook book, Telemetry telemetry, BigDecimal tolerance, boolean bySession) {
        this.settings = settings;
        this.book = book;
        this.telemetry = telemetry;
        this.tolerance = tolerance;
        this.bySession = bySession;
    }

    /** @return null if there is nothing to be compared */
    Answer answer(Stores stores, Map<String, Object> parameters) throws StoreException {
        Reconciliation reconciliation = new Reconciliation(book, telemetry, tolerance, bySession);
        if (parameters.get("model") == null) {
            reconciliation.add(new Runs(settings, book).of(Runs.find(stores, parameters), parameters, true));
        }
        stores.each("priced-calls", parameters, reconciliation);
        reconciliation.end(isWhole(parameters));
        if (reconciliation.size() == 0) {
            return null;
        }
        isDifferent = reconciliation.different() > 0;
        Rows rows = reconciliation.rows();
        Answer answer = new Answer().list("reconcile", null, rows);
        answer.remark(Tac8.count(reconciliation.different()) + " of " + Tac8.count(reconciliation.size()) + (reconciliation.different() == 1 ? " differs" : " differ")
                + " by more than " + Table.exact(tolerance) + ".");
        if (reconciliation.uncompared() > 0) {
            answer.remark(Tac8.count(reconciliation.uncompared()) + (reconciliation.uncompared() == 1 ? " call is" : " calls are") + " not among these: nobody but the list prices says what "
                    + (reconciliation.uncompared() == 1 ? "it" : "they") + " cost.");
        }
        if (telemetry != null && telemetry.torn() != null) {
            answer.remark(telemetry.torn() + ".");
        }
        answer.remark("Priced is by list prices of version " + book.version() + ", whatever was reported; said is by agents' own totals, and by what calls were reported with.");
        return answer;
    }

    /** Whether all calls are asked for. */
    static boolean isWhole(Map<String, Object> parameters) {
        return Stream.of("task", "session", "worker", "model", "since", "until").map(parameters::get).allMatch(Objects::isNull);
    }

    /** Whether something differs by more than it may. */
    boolean isDifferent() {
        return isDifferent;
    }
}
