package dev.tac8.page;

import dev.tac8.query.About;
import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Rows;
import dev.tac8.query.Sheet;
import dev.tac8.query.Stores;
import dev.tac8.store.StoreException;
import dev.tac8.text.Text;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A task's life.
 *
 * @param isStory whether its JSON and CSV are those of {@code ./tac8 why}, not those of {@code ./tac8 task}
 */
record TaskView(boolean isStory) implements View {
    private static final int MOST_OPEN = 50;

    @Override
    public Shown answer(Request request) throws StoreException {
        request.takesOnly("id", "from");
        String id = request.need("id");
        if (request.form() != Output.Form.TEXT) {
            return new Shown(id, "", Map.of(), About.ask(request.settings(), "task", id, isStory ? About::story : About::task));
        }
        Answer[] story = new Answer[1];
        Map<String, Instant> lastCalls = new HashMap<>();
        Answered answered = About.ask(request.settings(), "task", id, (task, stores) -> {
            story[0] = About.story(task, stores);
            lastCalls.clear();
            lastCalls.putAll(lastCalls(task.text("task_id"), stores));
            return About.task(task, stores);
        });
        if (answered.answer() == null) {
            return Shown.notThere(answered);
        }
        Sheet of = Sheet.of(answered, request.zone());
        Sheet told = Sheet.of(new Answered(story[0], null, answered.missing()), request.zone());
        Cells task = new Cells(of.part("task"), 0);
        Map<String, Object> model = new HashMap<>();
        model.put("told", told);
        model.put("picture", new Life(request, of, told, lastCalls).draw());
        model.put("story", Story.of(request, told.part("story"), logs(of.part("workers")), "failed".equals(task.word("status"))));
        return new Shown(Text.printable(id), "task", model, answered);
    }

    /** When workers called last of which no end is on record: until then they lived. */
    private static Map<String, Instant> lastCalls(String task, Stores stores) throws StoreException {
        Rows open = stores.ask("open-workers", Map.of("task", task, "limit", MOST_OPEN));
        Map<String, Instant> last = new HashMap<>();
        for (Object[] row : open.rows()) {
            last.put((String) row[0], Instant.parse((String) row[1]));
        }
        return last;
    }

    private static Set<String> logs(Sheet.Part attempts) {
        Set<String> logs = new HashSet<>();
        for (int row = 0; row < attempts.rows().size(); row++) {
            Cells cells = new Cells(attempts, row);
            if (cells.stored("log_file") != null) {
                logs.add(cells.word("worker_id"));
            }
        }
        return logs;
    }
}
