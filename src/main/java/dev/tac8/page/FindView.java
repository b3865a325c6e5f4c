package dev.tac8.page;

import dev.tac8.query.Answer;
import dev.tac8.query.Header;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What can be gone to by a word: views and questions with it in their names, tasks, workers and sessions whose ids begin with it. */
public final class FindView implements View {
    private static final int MOST = 8;

    /**
     * Something that was found.
     *
     * @param kind such as view, question or task
     */
    public record Found(String kind, String text, String about, String url) {
    }

    @Override
    public Shown answer(Request request) throws StoreException {
        request.takesOnly("text");
        String text = request.get("text") == null ? "" : request.get("text").strip();
        List<Found> found = new ArrayList<>();
        for (Views.Entry entry : Views.MENU) {
            add(found, text, new Found("view", entry.title(), "", entry.path()));
        }
        for (Header question : questions(request.settings().sql())) {
            String name = question.name();
            String path = Views.MENU.stream().map(Views.Entry::path).anyMatch(("/" + name)::equals) ? "/" + name : Request.link("/question", AnyQuestionView.NAME, name);
            if (!path.equals("/" + name)) {
                add(found, text, new Found("question", name, question.description(), path));
            }
        }
        List<String> missing = new ArrayList<>();
        if (!text.isEmpty()) {
            // Without the archive: it takes no time, for each letter that is typed.
            Rows ids = Stores.use(request.settings(), Reach.ACTIVE, stores -> {
                missing.addAll(stores.missing());
                return stores.ask("find", Map.of("text", text, "limit", MOST));
            });
            ids.rows().forEach(row -> found.add(new Found((String) row[0], (String) row[1], String.valueOf(row[2]), Request.link("/" + row[0], "id", row[1]))));
        }
        Rows rows = new Rows(List.of("kind", "name", "about", "url"), found.stream().map(one -> new Object[] {one.kind(), one.text(), one.about(), one.url()}).toList());
        return new Shown("Find", "find", Map.of("found", found, "text", text), new Answered(new Answer().list("found", null, rows), null, missing));
    }

    private static void add(List<Found> found, String text, Found one) {
        if (one.text().toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT))) {
            found.add(one);
        }
    }

    /** Those that are commands, by name. */
    private static List<Header> questions(Path sql) throws StoreException {
        try (Stream<Path> files = Files.list(sql.resolve("query"))) {
            List<Header> headers = new ArrayList<>();
            for (String name : files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".sql")).map(name -> name.substring(0, name.length() - 4)).sorted().toList()) {
                if (Header.isName(name) && Header.isCommand(sql, name)) {
                    headers.add(Header.read(sql, name));
                }
            }
            return headers;
        } catch (IOException e) {
            throw new StoreException("the folder sql/query cannot be read: " + Reasons.of(e), e);
        }
    }
}
