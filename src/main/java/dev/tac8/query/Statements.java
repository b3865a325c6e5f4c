package dev.tac8.query;

import dev.tac8.store.StoreException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The statements that a question over several stores takes: each file is read once, and not for each store. */
final class Statements {
    private final Path sql;
    private final Map<String, Question> read = new HashMap<>();

    /** @param sql the folder that holds them */
    Statements(Path sql) {
        this.sql = sql;
    }

    /**
     * The statement of a file, such as {@code read/meets}.
     *
     * @throws StoreException if it cannot be read
     */
    Question of(String name) throws StoreException {
        Question known = read.get(name);
        if (known == null) {
            known = Question.read(file(name));
            read.put(name, known);
        }
        return known;
    }

    /** Where a statement lies. */
    Path file(String name) {
        return sql.resolve(name + ".sql");
    }
}
