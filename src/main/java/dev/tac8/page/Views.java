package dev.tac8.page;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The views, by the names that routes call them: {@code page:tasks}. */
public final class Views {
    /** Parameters that say how a view looks, not what it shows. */
    static final Set<String> OF_EVERY_VIEW = Set.of("zone", "sort", "filter");

    /** What stands at the top of each page. */
    public static final List<Entry> MENU = List.of(new Entry("/", "Overview"), new Entry("/tasks", "Tasks"), new Entry("/workers", "Workers"), new Entry("/sessions", "Sessions"),
            new Entry("/events", "Events"), new Entry("/quarantine", "Quarantine"), new Entry("/archive", "Archive"), new Entry("/stores", "Stores"));

    private static final Map<String, View> VIEWS = Map.of(
            "overview", new OverviewView(),
            "tasks", new QuestionView("Tasks", "tasks"),
            "sessions", new QuestionView("Sessions", "sessions"),
            "events", new QuestionView("Events", "events"),
            "task", new TaskView(false),
            "why", new TaskView(true),
            "worker", new WorkerView(),
            "conversation", new ConversationView());

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
