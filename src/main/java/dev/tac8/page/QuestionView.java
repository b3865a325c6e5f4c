package dev.tac8.page;

import dev.tac8.query.Questions;
import dev.tac8.query.Questions.Answered;
import dev.tac8.store.StoreException;
import java.util.HashMap;
import java.util.Map;

/**
 * A question of {@code sql/query} as a table: its options are the parameters of the URL.
 *
 * @param title of the page
 * @param name  of the question
 */
record QuestionView(String title, String name) implements View {
    @Override
    public Shown answer(Request request) throws StoreException {
        Map<String, String> given = new HashMap<>();
        request.parameters().forEach((parameter, value) -> {
            if (!Views.OF_EVERY_VIEW.contains(parameter)) {
                given.put(parameter, value);
            }
        });
        Answered answered = new Questions(request.settings(), request.now(), request.zone()).ask(name, given);
        return new Shown(title, "table", Map.of(), answered);
    }
}
