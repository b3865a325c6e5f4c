package dev.tac8.page;

import dev.tac8.query.Questions.Answered;
import java.util.HashMap;
import java.util.Map;

/**
 * What a view answers.
 *
 * @param title    the name of the page, as a tab shows it
 * @param template a template of {@code src/main/jte}, without its suffix
 * @param model    what the template is given, by the names of its parameters, beside {@code request} and {@code answered}
 * @param answered what {@code .json} and {@code .csv} have, as the command prints it
 * @param status   of HTTP
 */
record Shown(String title, String template, Map<String, Object> model, Answered answered, int status) {
    Shown {
        model = new HashMap<>(model);
    }

    /** The page of a thing that is not there. */
    static Shown notThere(Answered answered) {
        return new Shown("Not found", "unknown", Map.of(), answered);
    }

    /** Whether what was asked for by its name is not there. */
    boolean isNotThere() {
        return template.equals("unknown");
    }

    Shown(String title, String template, Map<String, Object> model, Answered answered) {
        this(title, template, model, answered, 200);
    }

    Shown withStatus(int other) {
        return new Shown(title, template, model, answered, other);
    }
}
