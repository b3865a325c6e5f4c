package dev.tac8.page;

import dev.tac8.query.Header;
import dev.tac8.store.StoreException;
import java.util.Locale;

/** Any question of {@code sql/query} that is a command, those of an operator's own among them: {@code ?name=} says which. */
final class AnyQuestionView implements View {
    static final String NAME = "name";

    @Override
    public Shown answer(Request request) throws StoreException {
        String name = request.need(NAME);
        if (!Header.isName(name) || !Header.isCommand(request.settings().sql(), name)) {
            throw new IllegalArgumentException("There is no question " + name + "; sql/query holds those that there are, and /find lists them.");
        }
        String title = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1).replace('-', ' ');
        return QuestionView.list(request, title, Header.readCommand(request.settings().sql(), name));
    }
}
