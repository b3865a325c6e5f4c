package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files in {@code examples/} give what {@code examples/answers.txt} says; {@link dev.tac8.launcher.LauncherIT} runs the demo. */
@Tag("process")
class ExamplesTest {
    private static final Path QUESTIONS = Path.of("docs/questions.md");
    private static final Path OPERATING = Path.of("docs/operating.md");
    private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();

    @TempDir
    private Path dir;
    private Home home;
    private Home.Finished ingest;

    @BeforeEach
    void ingest() throws Exception {
        home = new Home(dir).set("tac8.conversations.dir", EXAMPLES.toAbsolutePath());
        ingest = ingestAll();
    }

    private Home.Finished ingestAll() throws Exception {
        List<String> command = new ArrayList<>(List.of("ingest"));
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            files.filter(file -> file.toString().endsWith(".jsonl")).sorted().forEach(file -> command.add(file.toString()));
        }
        return home.run(command.toArray(String[]::new));
    }

    @Test
    void ingestSaysWhatItDidAndLeavesTheOriginals() {
        assertThat(ingest.exitCode()).isZero();
        assertThat(ingest.output())
                .contains("files        3\n")
                .contains("records      72  (1 session, 10 tasks, 7 workers, 7 events, 47 api_calls)\n")
                .contains("quarantined  2  (./tac8 quarantine list says why)\n");
        assertThat(EXAMPLES.resolve("20261122T090000-coordinator.jsonl")).isRegularFile();
        assertThat(home.done()).hasSize(3);
    }

    @Test
    void questionsGetTheExpectedAnswers() throws Exception {
        String expected = Files.readString(EXAMPLES.resolve("answers.txt"));
        StringBuilder answers = new StringBuilder();
        for (String command : expected.lines().filter(line -> line.startsWith("$ ./tac8 ")).toList()) {
            answers.append(answers.isEmpty() ? "" : "\n").append(command).append("\n")
                    .append(home.run((command.substring("$ ./tac8 ".length()) + " --zone UTC").split(" ")).output());
        }
        assertThat(answers).isNotEmpty().hasToString(expected);
    }

    @Test
    void aQuestionOfOnesOwnIsAnsweredAsTheBookShows() throws Exception {
        String book = Files.readString(QUESTIONS);
        Files.writeString(home.path("sql/query/open-by-label.sql"), between(book, "```sql\n", "```"));
        String session = "$ " + between(book, "```\n$ ", "```");
        StringBuilder answers = new StringBuilder();
        for (String command : session.lines().filter(line -> line.startsWith("$ ./tac8 ")).toList()) {
            answers.append(command).append("\n").append(home.run(command.substring("$ ./tac8 ".length()).split(" ")).output());
        }

        assertThat(answers).hasToString(session);
    }

    @Test
    void aRouteOfOnesOwnDoesWhatTheBookShows() throws Exception {
        String book = Files.readString(OPERATING);
        String step = "              - to: direct:error-events\n";
        String last = between(book, "```yaml\n", step);
        Files.writeString(home.path("routes/error-events.camel.yaml"), "# Error events" + between(book, "```yaml\n# Error events", "```"));
        home.edit("routes/ingest.camel.yaml", last, last + step);

        String output = ingestAll().output();

        assertThat(output).containsPattern("error-events - \\{\"file\":\".*20261122T100000-coordinator.jsonl\",\"line\":10,").contains("\"line\":18,");
        assertThat(Files.readAllLines(home.path("var/local/error-events.jsonl"))).singleElement().asString().contains("\"message\":\"Worker was killed");
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    @Test
    void costsAddUpToWhatTheFilesSay() throws Exception {
        double sum = 0;
        for (Path file : home.done()) {
            for (String line : Files.readAllLines(file)) {
                sum += costOf(line);
            }
        }
        assertThat(home.query("SELECT printf('%.6f', SUM(estimated_cost_usd)) FROM api_calls"))
                .containsExactly(String.format(Locale.ROOT, "%.6f", sum));
    }

    private static double costOf(String line) {
        try {
            JsonNode record = new ObjectMapper().readTree(line);
            return record.path("estimated_cost_usd").asDouble();
        } catch (JsonProcessingException e) {
            return 0;
        }
    }
}
