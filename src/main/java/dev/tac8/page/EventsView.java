package dev.tac8.page;

import dev.tac8.query.Header;
import dev.tac8.query.Output;
import dev.tac8.query.Option;
import dev.tac8.query.Questions;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Sheet;
import dev.tac8.query.Stores;
import dev.tac8.store.StoreException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The events, the newest first, a window at a time: each begins where another ends, however many there are and whatever arrives meanwhile. */
final class EventsView implements View {
    private static final String TITLE = "Events";
    private static final String BEFORE = "before";
    private static final String AFTER = "after";
    private static final int ROWS = 100;
    /** What few events are, or has an index of its own. */
    private static final Set<String> NARROW = Set.of("type", "severity", "context", "context_type", "session", "since", "until", "last", "today", AFTER);

    @Override
    public Shown answer(Request request) throws StoreException {
        Header header = Header.read(request.settings().sql(), "events");
        if (request.form() != Output.Form.TEXT || request.get(Listing.SORT) != null) {
            return QuestionView.list(request, TITLE, header);
        }
        Map<String, String> given = new HashMap<>(QuestionView.given(request));
        given.putIfAbsent("limit", Integer.toString(ROWS));
        try {
            new Questions(request.settings(), request.now(), request.zone()).prepare(header, given);
            String since = since(request, given);
            if (since != null) {
                given.put("since", since);
            }
            Answered answered = QuestionView.ask(request, header, given);
            Sheet sheet = Sheet.of(answered.answer() == null ? answered : new Answered(answered.answer().reversed(), null, answered.missing()), request.zone());
            List<String> remarks = sheet.remarks().stream().filter(remark -> !remark.contains("--limit")).toList();
            return new Shown(TITLE, "events", Map.of("listing", windows(request, header, sheet, Integer.parseInt(given.get("limit"))),
                    "sheet", new Sheet(sheet.parts(), remarks, sheet.missing(), sheet.nothing())), answered);
        } catch (IllegalArgumentException e) {
            return QuestionView.wrong(request, TITLE, header, e.getMessage(), 400);
        } catch (StoreException e) {
            return QuestionView.wrong(request, TITLE, header, e.getMessage(), 503);
        }
    }

    /**
     * From when on the events of a window are, so that neither older ones nor the archive are looked at; null if that is not known. More may be there by the time that they
     * are asked for, which changes nothing: the newest are shown.
     */
    private static String since(Request request, Map<String, String> given) throws StoreException {
        if (!Collections.disjoint(given.keySet(), NARROW)) {
            return null;
        }
        int limit = Option.number(given.get("limit"));
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("limit", limit);
        parameters.put("text", given.get("text"));
        parameters.put(BEFORE, given.get(BEFORE));
        Rows newest = Stores.use(request.settings(), Reach.ACTIVE, stores -> stores.missing().isEmpty() ? stores.ask("newest-events", parameters) : null);
        return newest == null || newest.number("events") < limit ? null : newest.text("since");
    }

    private static Listing windows(Request request, Header header, Sheet sheet, int limit) {
        int count = sheet.parts().isEmpty() ? 0 : sheet.parts().get(0).rows().size();
        boolean isFull = count >= limit;
        boolean goesBack = request.get(AFTER) != null;
        String newer = null;
        String older = null;
        if (count > 0) {
            Sheet.Part list = sheet.parts().get(0);
            boolean isNewest = goesBack ? !isFull : request.get(BEFORE) == null;
            newer = isNewest ? null : request.instead(AFTER, list.value(0, "record_id").toString(), BEFORE);
            older = goesBack || isFull ? request.instead(BEFORE, list.value(count - 1, "record_id").toString(), AFTER) : null;
        }
        return Listing.of(request, header, null).about("What was logged, the newest first: triggers, decisions, errors, worktree operations and all else.").without(BEFORE, AFTER).window(1, count, newer, older);
    }
}
