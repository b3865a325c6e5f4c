package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Questions;
import dev.tac8.settings.Settings;
import dev.tac8.store.RefusedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A question is a file: whoever puts one into {@code sql/query} has a command. */
class QuestionFilesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    private Path dir;
    private Reader reader;

    /** The worker has calls in the archive, in the external store and in the local one. */
    @BeforeEach
    void makeStores() {
        new Home(dir);
        Path external = Reader.store(dir.resolve("var/external"));
        Path local = Reader.store(dir.resolve("var/local"));
        Path archive = Reader.archive(dir, "2026-07");
        for (Path store : List.of(archive, external, local)) {
            Reader.insert(store, "sessions", Map.of("session_id", "s-1", "started_at", "2026-07-01T00:00:00.000Z"));
            Reader.insert(store, "tasks", Map.of("task_id", "gh-1", "session_id", "s-1", "detected_at", "2026-07-01T00:00:00.000Z",
                    "title", "Upload fails", "status", "active"));
            Reader.insert(store, "workers", Map.of("worker_id", "w-1", "session_id", "s-1", "task_id", "gh-1", "spawned_at",
                    "2026-07-01T00:00:00.000Z", "status", "spawned"));
        }
        call(archive, "a", "2026-07-05T10:00:00.000Z", "small", 0.25);
        call(external, "b", "2026-11-21T10:00:00.000Z", "large", 0.5);
        call(external, "c", "2026-11-22T10:00:00.000Z", "large", null);
        call(local, "d", "2026-11-22T11:00:00.000Z", "small", 1.0);
        reader = new Reader(dir).at(Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static void call(Path store, String id, String time, String model, Double cost) {
        Map<String, Object> row = new LinkedHashMap<>(Map.of("record_id", id, "worker_id", "w-1", "timestamp", time, "model", model));
        row.put("estimated_cost_usd", cost);
        Reader.insert(store, "api_calls", row);
    }

    private void question(String name, String text) throws IOException {
        Files.writeString(dir.resolve("sql/query").resolve(name + ".sql"), text);
    }

    private void callsByTask() throws IOException {
        question("calls-by-task", """
                -- Counts the API calls of each task.
                --
                -- Example: ./tac8 calls-by-task --model large --last 7d
                -- Option --model NAME: Only those of a model.
                -- Option --task ID: Only those of a task.
                -- Option --limit N, else the busiest 100: The most to list.
                -- Period: API calls
                -- About: task, period
                -- Shows: task_id, calls, cost_usd
                -- Nothing: There is no [such] call [in that time].
                SELECT task_id, title, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd,
                       count(*) - count(estimated_cost_usd) AS calls_without_cost
                FROM api_calls
                JOIN workers USING (worker_id)
                JOIN tasks USING (task_id)
                WHERE 1
                  AND timestamp >= :since -- if since
                  AND timestamp < :until -- if until
                  AND model = :model -- if model
                  AND task_id = :task -- if task
                GROUP BY task_id
                ORDER BY calls DESC
                LIMIT :limit
                """);
    }

    @Test
    void aFileIsACommandOverBothStoresAndTheArchive() throws Exception {
        callsByTask();

        JsonNode row = reader.json("calls-by-task").get("calls-by-task").get(0);

        assertThat(row).hasToString("{\"task_id\":\"gh-1\",\"title\":\"Upload fails\",\"calls\":4,\"cost_usd\":1.75,\"cost_usd_micros\":1750000,\"cost_usd_is_partial\":true,\"calls_without_cost\":1}");
        assertThat(reader.ask("calls-by-task").out()).isEqualTo("""
                task id  calls     cost
                gh-1         4  ≥ $1.75
                1 call without a cost: what it cost is not in the sums.
                """);
        assertThat(reader.ask("calls-by-task", "--csv").out()).isEqualTo("task_id,title,calls,cost_usd,calls_without_cost\r\n"
                + "gh-1,Upload fails,4,1.75,1\r\n");
    }

    @Test
    void itsOptionsAreThoseOfItsHeader() throws Exception {
        callsByTask();

        assertThat(calls("--model", "large")).isEqualTo(2);
        assertThat(calls("--last", "7d")).isEqualTo(3);
        assertThat(calls("--since", "2026-11-22", "--zone", "Asia/Tokyo")).isEqualTo(2);
        assertThat(calls("--until", "2026-07-31")).isEqualTo(1);
        assertThat(reader.ask("calls-by-task", "--limit", "1").out()).contains("These are the busiest 1; if there are more");
        assertThat(reader.ask("calls-by-task", "--limit", "0").err()).startsWith("tac8: --limit is \"0\"; it must be a whole number");
        assertThat(reader.ask("calls-by-task", "--modl", "x").err()).startsWith("tac8: there is no option --modl; did you mean --model?");
    }

    private int calls(String... options) {
        String[] line = new String[options.length + 1];
        line[0] = "calls-by-task";
        System.arraycopy(options, 0, line, 1, options.length);
        return reader.json(line).get("calls-by-task").get(0).get("calls").asInt();
    }

    @Test
    void whereNothingIsFoundItsSentenceSaysSo() throws Exception {
        callsByTask();

        assertThat(reader.ask("calls-by-task", "--model", "huge", "--today")).isEqualTo(
                new Reader.Answered(1, "", "There is no such call in that time.\n"));
        assertThat(reader.ask("calls-by-task", "--task", "gh-2").err()).isEqualTo("There is no task gh-2; did you mean gh-1?\n");
        assertThat(reader.ask("calls-by-task", "--until", "2020-01-01").err()).isEqualTo("There is no call in that time.\n");
    }

    @Test
    void theHelpAndTheCompletionKnowIt() throws Exception {
        callsByTask();

        assertThat(reader.askPlainly("--help").out()).containsPattern(
                "sessions .*\\R(.*\\R)* +calls-by-task +Counts the API calls of each task.\\R(.*\\R)* +sql ");
        assertThat(reader.askPlainly("calls-by-task", "--help").out()).contains("Counts the API calls of each task.\n", "--model=NAME",
                "Only those of a model.", "--since=TIME", "--json", "Example:\n  ./tac8 calls-by-task --model large --last 7d\n");
        assertThat(reader.askPlainly("completion").out()).contains("calls-by-task").contains("'--limit'");
        assertThat(reader.askPlainly("calls-by-tsk").err()).contains("did you mean calls-by-task?");
    }

    @Test
    void theSameIsAskedWithoutACommand() throws Exception {
        callsByTask();
        Questions questions = new Questions(Settings.load(dir, Map.of(), Map.of()), NOW, ZoneOffset.UTC);
        for (Map<String, String> given : List.of(Map.<String, String>of(), Map.of("model", "large"), Map.of("last", "7d"), Map.of("task", "gh-2"))) {
            String[] line = given.entrySet().stream().findFirst().map(one -> new String[] {"calls-by-task", "--" + one.getKey(), one.getValue(),
                    "--zone", "Z", "--json"}).orElse(new String[] {"calls-by-task", "--zone", "Z", "--json"});
            Reader.Answered command = reader.ask(line);

            Questions.Answered answered = questions.ask("calls-by-task", given);

            StringWriter printed = new StringWriter();
            new Output(Output.Form.JSON, ZoneOffset.UTC, false, 0, false, new PrintWriter(printed),
                    new PrintWriter(printed)).print(answered.answer() == null ? new Answer() : answered.answer(), answered.missing());
            assertThat(printed).as("%s", given).hasToString(command.out());
            assertThat(answered.nothing() == null ? "" : answered.nothing() + "\n").isEqualTo(command.err());
        }
        assertThatThrownBy(() -> questions.ask("calls-by-task", Map.of("limit", "none"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--limit is \"none\"; it must be a whole number from 1 to 999999999");
        assertThatThrownBy(() -> questions.ask("calls-by-task", Map.of("modl", "large"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("calls-by-task has no option --modl");
        assertThatThrownBy(() -> questions.ask("no-such", Map.of())).isInstanceOf(RefusedException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "-- Optoin --x ID: What. | 3: there is no key Optoin; did you mean Option?",
            "-- Note: see there. | 3: there is no key Note; the keys are Example, Option, Period, About, Answers, Shows, Nothing, Instead, Parameters",
            "-- Option --x ID What. | 3: an option is written --NAME LABEL: what it does; a flag without the LABEL",
            "-- Option --json: What. | 3: the option --json is one of tac8's own: call yours otherwise",
            "-- Option --since DAY: What. | 3: the option --since is one of tac8's own: call yours otherwise",
            "-- Option --X ID: What. | 3: an option is called --NAME, in small letters, and --X is not",
            "-- Option --x A B: What. | 3: an option has one LABEL, and \"--x A B\" has more",
            "-- Option --x ID, or so: What. | 3: \"or so\" is not known; it can be: one of A, B or C; else VALUE; with --OPTION VALUE; today as NAME",
            "-- Option --x N, else many: What. | 3: it must be a whole number from 1 to 999999999",
            "-- Option --x ID: What. | 3: the option --x changes nothing, as the statement does not ask for :x",
            "-- Period: yesterday | 3: Period is \"yesterday\"; it must be API calls, events, tasks detected, tasks completed, sessions started or anything",
            "-- Answers: two rows | 3: Answers is \"two rows\"; it must be one row or a list",
            "-- Instead: other.sql | 3: Instead is \"other.sql\"; it must be like: cost-by-WHAT.sql with --by WHAT",
            "-- About: task | 1: About names task, which no option gives",
            "-- About: label | 3: About names label; it can name task, session, worker, status, detected, completed, started, period",
            "-- Period: API calls | 1: there is a Period, and the statement does not ask for :since and :until",
            "SELECT 1 AS a -- if label | 3: the statement asks for :label, which no option of its header gives",
            "SELECT :label AS a | 3: the statement asks for :label, which no option of its header gives"})
    void aBrokenHeaderIsASentenceWithItsLineAndDisturbsNoOther(String line, String sentence) throws Exception {
        question("broken", "-- What is wrong.\n-- Example: ./tac8 broken\n" + line + "\nSELECT 1 AS a\n");

        Reader.Answered answered = reader.askPlainly("broken", "--what", "ever");

        assertThat(answered).isEqualTo(new Reader.Answered(2, "", "tac8: sql/query/broken.sql, line " + sentence + "\n"));
        assertThat(reader.ask("tasks").code()).isZero();
        assertThat(withoutSpaces(reader.askPlainly("--help").out())).contains(withoutSpaces("broken Cannot be asked: sql/query/broken.sql, line "
                + sentence));
    }

    /** The help breaks its lines where it likes. */
    private static String withoutSpaces(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void aNameThatIsTakenOrIsNoneIsRefusedInASentenceAndDisturbsNoCommand() throws Exception {
        for (String name : List.of("status", "why", "Loud")) {
            question(name, "-- What is taken.\n-- Example: ./tac8 " + name + "\nSELECT 1 AS a\n");
        }

        String help = reader.askPlainly("--help").out().replaceAll("\\s+", " ");

        assertThat(help).contains("sql/query/status.sql is not a command, as status is one already: call the file otherwise.",
                "sql/query/why.sql is not a command, as why is one already: call the file otherwise.",
                "sql/query/Loud.sql is not a command, as a command is called in small letters, digits and hyphens: call the file otherwise.");
        assertThat(reader.askPlainly("status", "--help").out()).contains("Shows how the service");
    }

    @Test
    void aColumnThatIsNotThereAndAFileThatForgetsAnOptionAreRefusedBeforeTheyAnswer() throws Exception {
        question("shown", "-- What is shown.\n-- Example: ./tac8 shown\n-- Shows: a, b\nSELECT 1 AS a\n");
        question("cost-by-label", "-- What each costs.\nSELECT 'x' AS label, sum(estimated_cost_usd) AS cost_usd FROM api_calls\n"
                + "WHERE 1\n  AND timestamp >= :since -- if since\n");
        Path cost = dir.resolve("sql/query/cost.sql");
        Files.writeString(cost, Files.readString(cost).replace(", month, outcome:", ", month, outcome, label:"));

        assertThat(reader.ask("shown")).isEqualTo(new Reader.Answered(2, "",
                "tac8: sql/query/shown.sql says that it shows b, and its statement has no such column\n"));
        assertThat(reader.json("cost", "--by", "label", "--since", "2026-11-22").get("cost")).hasToString("[{\"label\":\"x\",\"cost_usd\":1,\"cost_usd_micros\":1000000}]");
        assertThat(reader.ask("cost", "--by", "label", "--model", "large")).isEqualTo(new Reader.Answered(2, "",
                "tac8: sql/query/cost-by-label.sql does not ask for :model, which cost is given\n"));
        assertThat(reader.ask("cost", "--by", "label", "--until", "2026-11-22").err()).contains("does not ask for :until");
    }

    @Test
    void anotherStatementAnswersWithTheFiltersThatTheQuestionHasAnOptionFor() throws Exception {
        question("models", "-- Which models there are.\n-- Example: ./tac8 models\n-- Option --task ID: Only those of a task.\n"
                + "SELECT model, count(*) AS calls FROM ($chosen-calls.sql) GROUP BY model ORDER BY model\n");

        assertThat(reader.ask("models", "--task", "gh-1", "--csv").out()).isEqualTo("model,calls\r\nlarge,2\r\nsmall,2\r\n");
        assertThat(reader.ask("models", "--task", "gh-2").code()).isEqualTo(1);
        assertThat(reader.ask("models", "--model", "large").err()).startsWith("tac8: there is no option --model");
        question("models", "-- Which models there are.\n-- Example: ./tac8 models\nSELECT model FROM ($chosen-calls.sql)\nWHERE model = :modl\n");
        assertThat(reader.ask("models").err()).isEqualTo(
                "tac8: sql/query/models.sql, line 4: the statement asks for :modl, which no option of its header gives\n");
    }

    @Test
    void eachExampleOfEachFileIsAnsweredOrFindsNothing() throws Exception {
        callsByTask();
        List<String> examples = new ArrayList<>();
        Tac8.commandLine().getSubcommands().values().stream().map(CommandLine::getCommand).filter(QuestionCommand.class::isInstance)
                .forEach(question -> examples.addAll(((QuestionCommand) question).header.examples()));

        assertThat(examples).contains("./tac8 cost --today");
        for (String example : examples) {
            if (!example.contains("--follow")) {
                Reader.Answered answered = reader.ask(example.replace("./tac8 ", "").split(" "));
                assertThat(answered.code()).as("%s: %s", example, answered.err()).isBetween(0, 1);
            }
        }
    }

    @Test
    void aStatementWithoutAnExampleIsForOthersToUseAndNoCommand() {
        assertThat(reader.askPlainly("attempts")).isEqualTo(new Reader.Answered(2, "", "tac8: sql/query/attempts.sql is not a command, as it has no"
                + " line -- Example: ./tac8 attempts; ./tac8 sql --file sql/query/attempts.sql asks it without options\n"));
        assertThat(reader.askPlainly("--help").out()).doesNotContain("attempts");
    }

    @Test
    void aPercentSignAndWhatATerminalWouldObeyAreShownAsTheyAre() throws Exception {
        question("odd", "-- Says %n and \u001b[31mred.\n-- Example: ./tac8 odd\nSELECT 1 AS a\n");

        assertThat(reader.askPlainly("odd", "--help").out()).contains("Says %n and \\u001b[31mred.").doesNotContain("\u001b");
    }
}
