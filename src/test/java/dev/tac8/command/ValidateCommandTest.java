package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ./tac8 validate}; PromisesTest has what it says of each mistake that keeps a service from starting. */
class ValidateCommandTest {
    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
        reader = new Reader(dir);
    }

    @Test
    void findsNothingWrongWithWhatIsDeliveredAndTouchesNothing() {
        Reader.Answered answered = reader.ask("validate");

        assertThat(answered.out()).as("%s", answered).startsWith("Nothing is wrong with ").contains(" files of routes and ");
        assertThat(answered.code()).isZero();
        assertThat(dir.resolve("var")).doesNotExist();
        assertThat(reader.ask("validate", "--json").json()).isEmpty();
    }

    @Test
    void namesEveryFileThatCamelCannotRead() {
        home.edit("routes/status.camel.yaml", "steps:", "stepz:").edit("routes/write.camel.yaml", "- transacted:", "- transactd:");

        assertThat(faults()).containsExactly("routes/status.camel.yaml, line 9: stepz is not a name that can stand here",
                "routes/write.camel.yaml, line 13: transactd is not a name that can stand here");
    }

    @Test
    void namesAColumnThatAQuestionSaysItShowsAndDoesNotHave() {
        home.edit("sql/query/tasks.sql", "-- Shows: task_id, status", "-- Shows: task_id, state").edit("sql/query/sessions.sql", "-- Shows: ", "-- Shows: nothing, ");

        assertThat(faults()).containsExactly("sql/query/sessions.sql says that it shows nothing, and its statement has no such column",
                "sql/query/tasks.sql says that it shows state, and its statement has no such column");
    }

    @Test
    void namesTheLinesOfABrokenPriceBook() throws IOException {
        home.edit("prices/book.csv", "anthropic,claude-opus-5,", "anthropic,claude-opus-5-5,").edit("prices/book.csv", "google,gemini-4-neon,,,,3", "google,gemini-4-neon,,,,3 $");
        int line = Files.readAllLines(dir.resolve("prices/book.csv")).indexOf(Files.readAllLines(dir.resolve("prices/book.csv")).stream()
                .filter(one -> one.contains("claude-opus-5-5,claude-opus-5-5-*")).findFirst().orElseThrow());

        assertThat(faults()).hasSize(2).first().asString().isEqualTo("prices/book.csv, line " + (line + 1) + ": another price of claude-opus-5-5 from the same day on and"
                + " above as many tokens stands in line " + line);
        assertThat(faults()).last().asString().contains("input is 3 $, and must be a number");
    }

    @Test
    void namesAFileThatIsTooLong() throws IOException {
        Files.writeString(dir.resolve("routes/long.camel.yaml"), "# " + "a".repeat(300_000) + "\n");

        assertThat(faults()).singleElement().asString().contains("routes/long.camel.yaml");
    }

    @Test
    void namesTheFileOfARouteWithoutAnId() {
        home.edit("routes/write.camel.yaml", "    routeId: write-local\n", "");

        assertThat(faults()).containsExactly("routes/write.camel.yaml: something is missing that a route needs, such as its id, its from, or the template it is"
                + " made from");
    }

    @Test
    void saysWhereAFaultIsInJson() {
        home.edit("routes/status.camel.yaml", "steps:", "stepz:").edit("sql/query/tasks.sql", "FROM", "FRM");

        Reader.Answered answered = reader.ask("validate", "--json");

        assertThat(answered.code()).isEqualTo(2);
        JsonNode faults = answered.json();
        assertThat(faults).hasSize(2);
        assertThat(faults.get(0).toString())
                .isEqualTo("{\"file\":\"routes/status.camel.yaml\",\"line\":9,\"problem\":\"stepz is not a name that can stand here\"}");
        assertThat(faults.get(1).get("file").asText()).isEqualTo("sql/query/tasks.sql");
        assertThat(faults.get(1).get("line").isNull()).isTrue();
        assertThat(faults.get(1).get("problem").asText()).contains("syntax error");
    }

    @Test
    void namesASecondDocumentOfAFile() throws IOException {
        Path status = dir.resolve("routes/status.camel.yaml");
        long lines = Files.readAllLines(status).size();
        Files.writeString(status, "---\n- route: {id: second, from: {uri: 'timer:second', steps: [{log: second}]}}\n", StandardOpenOption.APPEND);

        assertThat(faults()).containsExactly("routes/status.camel.yaml, line " + (lines + 1)
                + ": a second document begins here, and Camel reads one of each file: take away the ---");
    }

    @Test
    void namesABreakerWhoseStepsCamelWouldTakeForItsFallback() throws IOException {
        Files.writeString(dir.resolve("routes/mine.camel.yaml"), """
                - route:
                    id: mine
                    from:
                      uri: timer:mine
                      steps:
                        - circuitBreaker:
                            onFallback:
                              steps:
                                - log: instead
                            steps:
                              - to: direct:nowhere
                        - to: log:mine?shwAll=true
                """);

        assertThat(faults()).containsExactly("routes/mine.camel.yaml, line 6: the route mine has a circuit breaker without steps of its own: Camel"
                        + " takes those that stand below onFallback for the fallback's, so put onFallback last",
                "routes/mine.camel.yaml, line 12: the route mine cannot send where it says: log: has no option shwAll; did you mean showAll?",
                "routes/mine.camel.yaml, line 11: the route mine goes to direct:nowhere, where no route begins");
    }

    @Test
    @Tag("process")
    void aQuestionByAnImpossibleNameIsSaidByTheLauncherToo() throws Exception {
        Files.copy(dir.resolve("sql/query/tasks.sql"), dir.resolve("sql/query/my_tasks.sql"));
        Files.copy(dir.resolve("sql/query/tasks.sql"), dir.resolve("sql/query/status.sql"));

        assertThat(faults()).contains("sql/query/my_tasks.sql is not a command, as a command is called in small letters, digits and hyphens: call the file"
                + " otherwise", "sql/query/status.sql is not a command, as status is one already: call the file otherwise");
        Home.Finished asked = home.run("my_tasks");
        assertThat(asked.exitCode()).isEqualTo(2);
        assertThat(asked.output()).startsWith("tac8: sql/query/my_tasks.sql is not a command");
    }

    @Test
    void saysAllThatIsWrongAlsoIfAFileIsMissingAndEachThingOnce() throws IOException {
        Files.delete(dir.resolve("sql/query/call-sums.sql"));
        Files.delete(dir.resolve("sql/ingest/join-events.sql"));
        Files.writeString(dir.resolve("routes/empty.camel.yaml"), "");

        List<String> faults = faults();

        assertThat(faults).doesNotHaveDuplicates().contains("routes/empty.camel.yaml: it holds no route: mend it, or move it away",
                "the statement sql/query/call-sums.sql is missing: it belongs to tac8, put it back").anyMatch(fault -> fault.contains("join-events.sql"));
        for (String file : List.of("sql/query/why.sql", "sql/archive/count.sql", "sql/ingest/join-tasks.sql")) {
            Files.writeString(dir.resolve(file), "-- Nothing.\n");
            assertThat(faults()).as("an empty file").anyMatch(fault -> fault.startsWith(file) && fault.endsWith("holds no statement"));
        }
        Files.move(dir.resolve("routes"), dir.resolve("other"));
        assertThat(faults()).anyMatch(fault -> fault.contains("routes"));
        JsonNode settings = reader.ask("validate", "--json", "-D", "tac8.spool.poll-milliseconds=0").json();
        assertThat(settings).hasSize(1);
        assertThat(settings.get(0).get("problem").asText()).startsWith("tac8.spool.poll-milliseconds is 0 (in -D)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "sql/schema.sql | CREATE TABLE IF NOT EXISTS events | CREATE TABEL events | sql/schema.sql is not valid SQL",
        "sql/query/tasks.sql | -- Period | -- Peroid | sql/query/tasks.sql, line 10: there is no key Peroid; did you mean Period?",
        "sql/query/sessions.sql | started_at | startd_at | sql/query/sessions.sql: no such column: startd_at",
        "sql/query/cost.sql | ($chosen-calls.sql) | ($chosen-cals.sql) | chosen-cals.sql is missing",
        "sql/upgrade/0001-whose-call.sql | ALTER TABLE api_calls ADD COLUMN own_task_id | ALTER TABLE api_calls RENAME TO own | sql/upgrade/0001-whose-call.sql holds a statement that a step may not have: ALTER TABLE api_calls RENAME TO own TEXT",
        "sql/read/joined.sql | SELECT | SELCT | sql/query/sessions.sql failed: near \"SELCT\": syntax error",
        "sql/read/records.sql | SELECT | SELCT | sql/query/events.sql failed: near \"SELCT\": syntax error",
        "sql/archive/due.sql | FROM | FRM | sql/archive/due.sql cannot be run: near \"FRM\": syntax error",
        "sql/ingest/join-tasks.sql | title | titel | sql/ingest/join-tasks.sql",
    })
    void namesAStatementThatCannotBeRun(String file, String right, String wrong, String sentence) {
        home.edit(file, right, wrong);

        assertThat(faults()).as(file).anyMatch(fault -> fault.contains(sentence));
    }

    private List<String> faults() {
        Reader.Answered answered = reader.ask("validate");
        assertThat(answered.code()).as("%s", answered).isEqualTo(2);
        assertThat(answered.err()).isEmpty();
        return answered.out().lines().toList();
    }
}
