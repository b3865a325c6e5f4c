package dev.tac8.page;

import dev.tac8.query.Questions.Answered;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The views, by the names that routes call them: {@code page:tasks}. */
public final class Views {
    /** Parameters that say how a view looks, not what it shows. */
    static final Set<String> OF_EVERY_VIEW = Set.of("zone", Listing.SORT, Listing.PAGE);

    /** What stands at the top of each page. */
    public static final List<Entry> MENU = List.of(new Entry("/", "Overview"), new Entry("/tasks", "Tasks"), new Entry("/workers", "Workers"), new Entry("/sessions", "Sessions"),
            new Entry("/events", "Events"), new Entry("/calls", "API calls"), new Entry("/quarantine", "Quarantine"), new Entry("/archive", "Archive"), new Entry("/stores", "Stores"));

    private static final Map<String, View> VIEWS = Map.ofEntries(
            Map.entry("overview", new OverviewView()),
            Map.entry("tasks", new QuestionView("Tasks", "tasks")),
            Map.entry("workers", new QuestionView("Workers", "workers")),
            Map.entry("sessions", new QuestionView("Sessions", "sessions")),
            Map.entry("calls", new QuestionView("API calls", "calls")),
            Map.entry("question", new AnyQuestionView()),
            Map.entry("events", new EventsView()),
            Map.entry("task", new TaskView(false)),
            Map.entry("why", new TaskView(true)),
            Map.entry("worker", new WorkerView()),
            Map.entry("conversation", new ConversationView()),
            Map.entry("session", new SessionView()),
            Map.entry("quarantine", new QuarantineView()),
            Map.entry("archive", new ArchiveView()),
            Map.entry("stores", new StoresView()),
            Map.entry("find", new FindView()),
            Map.entry("nowhere", request -> Shown.notThere(new Answered(null, "There is no page " + request.path() + ".", List.of()))));

    private Views() {
    }

    /** A view of the menu. */
    public record Entry(String path, String title) {
    }

    /** @throws IllegalArgumentException if there is none of that name */
    static View named(String name) {
        View view = VIEWS.get(name);
        if (view == null) {
            throw new IllegalArgumentException("a route asks for page:" + name + ", and there is no such view; there are " + String.join(", ", VIEWS.keySet().stream().sorted().toList()));
        }
        return view;
    }
}
