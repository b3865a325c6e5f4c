package dev.tac8.page;

import dev.tac8.query.About;
import dev.tac8.query.Output;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Rows;
import dev.tac8.query.Sheet;
import dev.tac8.store.StoreException;
import dev.tac8.text.Text;
import java.util.HashMap;
import java.util.Map;

/** A worker: what {@code ./tac8 worker} says of it, and how its calls went on. */
record WorkerView() implements View {
    @Override
    public Shown answer(Request request) throws StoreException {
        request.takesOnly("id");
        String id = request.need("id");
        if (request.form() != Output.Form.TEXT) {
            return new Shown(id, "", Map.of(), About.ask(request.settings(), "worker", id, About::worker));
        }
        Rows[] course = new Rows[1];
        Answered answered = About.ask(request.settings(), "worker", id, (worker, stores) -> {
            course[0] = stores.ask("worker-course", Map.of("worker", id));
            return About.worker(worker, stores);
        });
        if (answered.answer() == null) {
            return Shown.notThere(answered);
        }
        Cells worker = new Cells(Sheet.of(answered, request.zone()).part("worker"), 0);
        Map<String, Object> model = new HashMap<>();
        model.put("course", Course.draw(request, course[0], worker.time("spawned_at"), worker.time("completed_at")));
        model.put("words", worker.stored("log_file") == null ? null : Request.link("/conversation", "worker", id));
        return new Shown(Text.printable(id), "worker", model, answered);
    }
}
