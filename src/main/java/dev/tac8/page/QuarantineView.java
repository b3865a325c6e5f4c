package dev.tac8.page;

import dev.tac8.ingest.Ingest;
import dev.tac8.query.Questions.Answered;
import dev.tac8.status.BadLines;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.util.Map;

/** The lines that are not records, and how to mend them. */
final class QuarantineView implements View {
    private static final int MOST = 1000;

    @Override
    public Shown answer(Request request) throws StoreException {
        request.takesOnly("limit");
        try {
            BadLines found = BadLines.of(Ingest.spool(request.settings()).quarantine(), request.number("limit", MOST, 999_999_999));
            return new Shown("Quarantine", "quarantine", Map.of(), new Answered(found.answer(), found.files() == 0 ? BadLines.NOTHING : null, found.missing()));
        } catch (IOException e) {
            throw new StoreException("the quarantine cannot be read: " + Reasons.of(e), e);
        }
    }
}
