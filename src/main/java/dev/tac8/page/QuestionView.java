package dev.tac8.page;

import dev.tac8.query.Header;
import dev.tac8.query.Output;
import dev.tac8.query.Questions;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Sheet;
import dev.tac8.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A question of {@code sql/query} as a list: its options are the parameters of the URL.
 *
 * @param title of the page
 * @param name  of the question
 */
record QuestionView(String title, String name) implements View {
    @Override
    public Shown answer(Request request) throws StoreException {
        return list(request, title, Header.read(request.settings().sql(), name));
    }

    /** Answers a question, and shows its first list by windows; what was asked wrongly is said above the form, so that it can be put right. */
    static Shown list(Request request, String title, Header header) throws StoreException {
        try {
            Map<String, String> given = given(request);
            if (request.form() == Output.Form.TEXT && header.options().stream().anyMatch(option -> option.name().equals("limit") && option.fallback() != null)) {
                given.putIfAbsent("limit", Integer.toString(Listing.ROWS));
            }
            Answered answered = ask(request, header, given);
            return request.form() == Output.Form.TEXT ? shown(request, title, header, answered) : new Shown(title, "list", Map.of(), answered);
        } catch (IllegalArgumentException e) {
            if (request.form() != Output.Form.TEXT) {
                throw e;
            }
            return wrong(request, title, header, e.getMessage(), 400);
        } catch (StoreException e) {
            if (request.form() != Output.Form.TEXT) {
                throw e;
            }
            return wrong(request, title, header, e.getMessage(), 503);
        }
    }

    /** The form with what was typed into it, below what is wrong with it. */
    static Shown wrong(Request request, String title, Header header, String problem, int status) {
        Map<String, Object> model = Map.of("listing", Listing.of(request, header, problem), "sheet", new Sheet(List.of(), List.of(), List.of(), null));
        return new Shown(title, "list", model, null).withStatus(status);
    }

    /** Asks a question, and sorts what it found as the request has it. */
    static Answered ask(Request request, Header header, Map<String, String> given) throws StoreException {
        Answered answered = new Questions(request.settings(), request.now(), request.zone()).prepare(header, given).ask();
        String sort = request.get(Listing.SORT);
        return sort == null || answered.answer() == null ? answered
                : new Answered(answered.answer().sorted(sort.replaceFirst("^-", ""), sort.startsWith("-")), answered.nothing(), answered.missing());
    }

    /** What the question is given. A time that was typed stands for itself: a length of time that was chosen before gives way. */
    static Map<String, String> given(Request request) {
        Map<String, String> given = new HashMap<>(request.parameters());
        given.keySet().removeAll(Views.OF_EVERY_VIEW);
        if (request.path().equals("/question")) {
            given.remove(AnyQuestionView.NAME);
        }
        if (given.containsKey("since") || given.containsKey("until")) {
            given.keySet().removeAll(List.of("last", "today"));
        }
        return given;
    }

    private static Shown shown(Request request, String title, Header header, Answered answered) {
        Sheet all = Sheet.of(answered, request.zone());
        Sheet sheet = new Sheet(all.parts(), all.remarks().stream().map(remark -> remark.replace("--limit lists them", "a greater limit lists them")).toList(), all.missing(), all.nothing());
        Listing listing = Listing.of(request, header, null);
        Sheet.Part list = sheet.parts().stream().filter(part -> !part.one()).findFirst().orElse(null);
        if (list != null) {
            int total = list.rows().size();
            int pages = Math.max(1, (total + Listing.ROWS - 1) / Listing.ROWS);
            int page = Math.min(pages, request.number(Listing.PAGE, 1, 1_000_000));
            int from = (page - 1) * Listing.ROWS;
            listing = listing.window(from + 1, total, page == 1 ? null : request.with(Listing.PAGE, page == 2 ? null : Integer.toString(page - 1)),
                    page == pages ? null : request.with(Listing.PAGE, Integer.toString(page + 1)));
            List<Sheet.Part> parts = new ArrayList<>(sheet.parts());
            parts.set(parts.indexOf(list), list.window(from, Listing.ROWS));
            sheet = new Sheet(parts, sheet.remarks(), sheet.missing(), sheet.nothing());
        }
        return new Shown(title, "list", Map.of("listing", listing, "sheet", sheet), answered);
    }
}
