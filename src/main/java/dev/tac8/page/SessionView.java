package dev.tac8.page;

import dev.tac8.query.Answer;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Reach;
import dev.tac8.query.Remarks;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.store.StoreException;
import java.util.List;
import java.util.Map;

/** One run of the coordinator: its tasks, workers and models. */
final class SessionView implements View {
    private static final List<String> TASKS = List.of("task_id", "status", "issue_number", "pr_number", "detected_at", "minutes", "workers", "cost_usd", "title");
    private static final List<String> WORKERS = List.of("worker_id", "status", "task_id", "spawned_at", "minutes", "exit_code", "calls", "failed_calls", "tokens_total", "cost_usd");
    private static final int MOST = 200;

    @Override
    public Shown answer(Request request) throws StoreException {
        request.takesOnly("id");
        String id = request.need("id");
        Answered answered = Stores.use(request.settings(), Reach.of("session", id), stores -> {
            Rows session = stores.ask("sessions", Map.of("session", id));
            if (session.isEmpty()) {
                return new Answered(null, Remarks.unknown(stores, "session", id), stores.missing());
            }
            Map<String, Object> about = Map.of("session", id, "limit", MOST);
            Answer answer = Remarks.priced(new Answer().one("session", null, session.without("reused_workers")), session);
            answer.list("tasks", "Tasks", stores.ask("tasks", about), TASKS).list("workers", "Workers", stores.ask("workers", about), WORKERS)
                    .list("models", "By model", stores.ask("cost-by-model", Map.of("session", id)));
            return new Answered(answer, null, stores.missing());
        });
        return answered.answer() == null ? Shown.notThere(answered) : new Shown("Session " + id, "session", Map.of("id", id, "most", MOST), answered);
    }
}
