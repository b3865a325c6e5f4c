package dev.tac8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A tac8 with one table more, reviews of tasks, made of this one by the edits that CONTRIBUTING.md names: those that are compiled or
 * packed are in a folder of their own in front of the class path.
 */
public final class SixthTable {
    private static final Path SOURCES = Path.of("src/main");
    private static final String TABLE = """
            CREATE TABLE reviews (
                review_id INTEGER PRIMARY KEY AUTOINCREMENT,
                task_id TEXT NOT NULL,
                timestamp TIMESTAMP NOT NULL,
                verdict TEXT NOT NULL,       -- 'approved', 'rejected'
                score REAL,
                record_id TEXT NOT NULL UNIQUE,
                FOREIGN KEY (task_id) REFERENCES tasks(task_id)
            );
            """;
    private static final String INSERT = """
            INSERT INTO reviews (task_id, timestamp, verdict, score, record_id)
            VALUES (:#task_id, :#timestamp, :#verdict, :#score, :#record_id)
            ON CONFLICT (record_id) DO""";
    private static final String JOIN = """
             UPDATE SET
                (task_id, timestamp, verdict, score) = (
                    SELECT ifnull(max(nullif(task_id, 'unknown')), 'unknown'), min(timestamp), ifnull(max(nullif(verdict, 'unknown')), 'unknown'), max(score)
                    FROM (SELECT reviews.task_id AS task_id, reviews.timestamp AS timestamp, reviews.verdict AS verdict, reviews.score AS score
                          UNION ALL
                          SELECT excluded.task_id, excluded.timestamp, excluded.verdict, excluded.score))
            WHERE (reviews.task_id, reviews.timestamp, reviews.verdict, reviews.score)
               IS NOT (excluded.task_id, excluded.timestamp, excluded.verdict, excluded.score)
            """;
    private static final String QUESTION = """
            -- Lists what reviewers said of tasks.
            --
            -- Example: ./tac8 reviews --task gh-450
            -- Option --task TASK: Only those of a task.
            -- Shows: timestamp, task_id, title, verdict, score
            -- Nothing: There is no such review.
            SELECT r.timestamp, r.task_id, t.title, r.verdict, r.score, r.record_id
            FROM reviews AS r
            JOIN tasks AS t ON t.task_id = r.task_id
            WHERE 1
              AND r.task_id = :task -- if task
            ORDER BY r.timestamp, r.record_id
            """;
    private static final String STEP = """
                      - setBody: {simple: "${variable.chunk.rows[reviews]}"}
                      - to: "sql:file:sql/ingest/insert-reviews.sql?dataSource=#{{store}}&{{sql.rows}}"
                      - filter:
                          id: join-known-reviews
                          simple: "${header.CamelSqlUpdateCount} < ${variable.chunk.sizes[reviews]}"
                          steps:
                            - to: "sql:file:sql/ingest/join-reviews.sql?dataSource=#{{store}}&{{sql.rows}}"
            """;

    private SixthTable() {
    }

    /** Makes of a home one with that table. */
    public static void addTo(Home home) {
        home.edit("sql/schema.sql", "\n-- What happened in a session,", "\n" + TABLE.replace("TABLE", "TABLE IF NOT EXISTS") + """
                CREATE INDEX IF NOT EXISTS idx_reviews_task ON reviews(task_id, timestamp);
                CREATE INDEX IF NOT EXISTS idx_reviews_timestamp ON reviews(timestamp);

                -- What happened in a session,""");
        home.edit("routes/write.camel.yaml", "          - to: \"sql:file:sql/ingest/remove-unknown-task", STEP.indent(10).replaceAll("(?m)^ {10} {10}", "          ")
                + "          - to: \"sql:file:sql/ingest/remove-unknown-task");
        Path sql = home.path("sql");
        try {
            Files.writeString(sql.resolve(String.format("upgrade/%04d-reviews.sql", Versions.OURS + 1)), "-- What reviewers say.\n" + TABLE);
            Files.writeString(sql.resolve("ingest/insert-reviews.sql"), "-- Inserts reviews.\n" + INSERT + " NOTHING\n");
            Files.writeString(sql.resolve("ingest/join-reviews.sql"), "-- Joins reviews.\n" + INSERT + JOIN);
            Files.writeString(sql.resolve("query/reviews.sql"), QUESTION);
            home.inFrontOfClassPath(compiled(home.path("classes")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path compiled(Path classes) throws IOException {
        Path type = classes.resolve("RecordType.java");
        Files.createDirectories(classes);
        Files.writeString(type, edited("java/dev/tac8/ingest/RecordType.java", "\\);\n", "),\n    REVIEW(\"reviews\", \"record_id\");\n"));
        Files.writeString(classes.resolve("record.schema.json"), edited("resources/record.schema.json", "\"session\", \"task\"", "\"review\", \"session\", \"task\"")
                .replace("\"allOf\": [\n", "\"allOf\": [\n"
                        + "    { \"if\": { \"properties\": { \"type\": { \"const\": \"review\" } } }, \"then\": { \"$ref\": \"#/$defs/review\" } },\n")
                .replace("    \"timestamp\": {\n", """
                            "review": {
                              "required": ["session_id", "task_id", "verdict"],
                              "properties": {
                                "session_id": { "$ref": "#/$defs/name" },
                                "task_id": { "$ref": "#/$defs/name" },
                                "verdict": { "enum": ["approved", "rejected"] },
                                "score": { "$ref": "#/$defs/amount" }
                              }
                            },
                            "timestamp": {
                        """));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler.run(null, null, null, "-d", classes.toString(), "-cp", System.getProperty("java.class.path"), type.toString()) != 0) {
            throw new IllegalStateException("RecordType does not compile");
        }
        Files.delete(type);
        return classes;
    }

    private static String edited(String file, String from, String to) throws IOException {
        String text = Files.readString(SOURCES.resolve(file));
        if (text.equals(text.replaceFirst(from, to))) {
            throw new IllegalArgumentException(file + " does not hold: " + from);
        }
        return text.replaceFirst(from, to);
    }
}
