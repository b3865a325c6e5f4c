package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that has grown since it was ingested is another file: what of it counts again is said. */
class GrownFileTest {
    @TempDir
    private Path dir;

    private static String event(int second, String id) {
        return "{\"type\":\"event\"," + (id == null ? "" : "\"id\":\"" + id + "\",") + "\"timestamp\":\"2026-11-22T10:00:" + second
                + "Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"m\"}\n";
    }

    @Test
    void whatCountsAgainIsSaidWithBothNames() throws Exception {
        try (Home home = new Home(dir)) {
            Reader reader = new Reader(dir);
            Path file = Files.writeString(dir.resolve("log.jsonl"), event(10, null) + event(11, "x") + event(12, null));
            assertThat(reader.ask("ingest", "log.jsonl").err()).isEmpty();
            assertThat(reader.ask("ingest", "log.jsonl").err()).as("the same file is the same").isEmpty();
            Path same = Files.writeString(dir.resolve("other.jsonl"), event(10, null) + event(13, null));
            assertThat(reader.ask("ingest", "other.jsonl").err()).as("it begins with no whole file").isEmpty();

            Files.writeString(file, Files.readString(file) + event(14, null));
            Reader.Answered grown = reader.ask("ingest", "log.jsonl");

            assertThat(grown.code()).isZero();
            assertThat(grown.err()).startsWith("tac8: " + file + " begins with all of " + dir.resolve("var/spool/done"))
                    .endsWith("log.jsonl, which is stored: 2 records of that have no id, and count again; give records an id, or ingest new lines"
                            + " only\n").hasLineCount(1);
            assertThat(home.query("SELECT count(*) FROM events")).as("two more, and the new one").containsExactly("8");

            Files.writeString(dir.resolve("ids.jsonl"), event(20, "a"));
            reader.ask("ingest", "ids.jsonl");
            Files.writeString(dir.resolve("ids.jsonl"), event(20, "a") + event(21, "b"));
            assertThat(reader.ask("ingest", "ids.jsonl").err()).as("ids make it the same records").isEmpty();
            assertThat(same).exists();
        }
    }

    @Test
    void aStatementThatIsMissingOrWrongIsNothingThatAFurtherTryMends() throws Exception {
        new Home(dir);
        Reader.store(dir.resolve("var/external"));
        Files.writeString(dir.resolve("sql/query/tasks.sql"), "SELECT nope FROM tasks");
        assertThat(new Reader(dir).ask("tasks").code()).isEqualTo(2);
        Files.delete(dir.resolve("sql/query/cost.sql"));
        Reader.Answered answered = new Reader(dir).ask("cost");
        assertThat(answered.code()).isEqualTo(2);
        assertThat(answered.err()).contains("cost.sql is missing");
        assertThat(new Reader(dir).ask("sql", "--file", "nope").code()).isEqualTo(2);
    }
}
