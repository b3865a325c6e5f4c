package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Wrong use is exit code 2 and a sentence that says what is right. */
class MisuseTest {
    /** What picocli would say by itself. */
    private static final String[] RAW = {"Unmatched", "Unknown", "Invalid value", "Missing required", "is not a", "mutually exclusive",
        "should be", "Expected parameter", "positional", "Error:", "Exception", "at index", "cannot convert", "Possible solutions"};

    @TempDir
    private Path dir;
    private Reader reader;

    @BeforeEach
    void makeHome() {
        new Home(dir);
        reader = new Reader(dir);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "cots | there is no command cots; did you mean cost?", "nothinglikeit | there is no command nothinglikeit",
            "quarantine lst | there is no command lst; did you mean list?", "help nope | there is no command nope",
            "cost --tody | there is no option --tody; did you mean --today?", "cost -x | there is no option -x",
            "task -x | there is no option -x; if it is the ID, write ./tac8 task -- -x",
            "why -abc=d e | there is no option -abc; if it is the ID, write ./tac8 why -- -abc=d",
            "task -- -t --json | --json stands behind --, where nothing is an option: put it before",
            "task | task needs ID", "task a b | \"b\" is more than task takes: quote what belongs together", "ingest | ingest needs FILE",
            "sql | sql needs SQL or --file FILE", "sql SELECT --file x | SQL and --file=FILE exclude each other: use one",
            "cost --json --csv | --json and --csv exclude each other: use one", "cost --json --json | --json is given twice",
            "cost --by | --by needs a value: --by WHAT", "cost --task --by | --task needs a value: --task ID",
            "cost --by Task | --by is \"Task\"; it must be task, model, worker, session, day, week, month or outcome",
            "events --severity bad | --severity is \"bad\"; it must be debug, info, warning or error",
            "tasks --limit x | --limit is \"x\"; it must be a whole number from 1 to 999999999",
            "events --follow --until 2030-01-01 | --follow goes on with what arrives, so it takes no --until",
            "tasks --limit 3 --limit 4 | --limit is given twice", "events --follow=x | --follow takes no value", "events --json=x | --json takes no value",
            "archive --older-than x | --older-than is \"x\"; it must be a whole number from 0 to 36500",
            "archive --older-than 99999999999 | --older-than is \"99999999999\"; it must be a whole number from 0 to 36500",
            "archive --older-than -1 | --older-than is \"-1\"; it must be a whole number from 0 to 36500",
            "cost --zone Mars | --zone is \"Mars\"; it must be a time zone such as Europe/Berlin or +02:00",
            "cost -D x | -D is \"x\"; it must be KEY=VALUE", "cost -D | -D needs a value: -D KEY=VALUE"})
    void eachMisuseIsASentence(String line, String sentence) {
        Reader.Answered answered = reader.askPlainly(line.split(" "));

        assertThat(answered.code()).isEqualTo(2);
        assertThat(answered.err().lines().findFirst()).contains("tac8: " + sentence);
        assertThat(answered.err()).endsWith("--help says more\n");
        assertThat(answered.out()).isEmpty();
    }

    @Test
    void noOptionOfAnyCommandLetsPicocliSpeak() {
        List<String[]> lines = new ArrayList<>();
        collect(Tac8.commandLine(), List.of(), lines);
        assertThat(lines).hasSizeGreaterThan(150);
        for (String[] line : lines) {
            Reader.Answered answered = reader.askPlainly(line);

            assertThat(answered.err()).as("%s", List.of(line)).doesNotContain(RAW).startsWith("tac8: ");
            assertThat(answered.code()).as("%s: %s", List.of(line), answered).isEqualTo(2);
        }
    }

    /** Each option twice, without its value and with a wrong one; one argument too many, and an option that there is not. */
    private static void collect(CommandLine command, List<String> path, List<String[]> lines) {
        command.getSubcommands().forEach((name, below) -> collect(below, and(path, name), lines));
        lines.add(and(path, "--no-such-option").toArray(String[]::new));
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (option.usageHelp() || option.versionHelp()) {
                continue;
            }
            if (option.arity().max() == 0) {
                lines.add(and(path, option.longestName() + "=x").toArray(String[]::new));
            } else {
                lines.add(and(path, option.longestName()).toArray(String[]::new));
                if (option.converters().length > 0 || option.type() != String.class && option.type() != Path.class) {
                    lines.add(and(and(path, option.longestName()), "\u0001no").toArray(String[]::new));
                }
            }
            if (!option.longestName().equals("-D")) {
                String given = option.longestName() + (option.arity().max() == 0 ? "" : "=1");
                lines.add(and(and(path, given), given).toArray(String[]::new));
            }
        }
    }

    private static List<String> and(List<String> path, String word) {
        List<String> longer = new ArrayList<>(path);
        longer.add(word);
        return longer;
    }

    @Test
    void helpIsACommandToo() {
        assertThat(reader.askPlainly("help").out()).isEqualTo(reader.askPlainly("--help").out()).contains("quarantine");
        assertThat(reader.askPlainly("help", "cost").out()).isEqualTo(reader.askPlainly("cost", "--help").out()).contains("--by=WHAT");
        assertThat(reader.askPlainly("help", "quarantine", "list").out()).contains("tac8 quarantine list");
        assertThat(reader.askPlainly("help", "cost").code()).isZero();
    }

    @Test
    void anIdMayBeginWithADash() {
        Path store = Reader.store(dir.resolve("var/external"));
        Reader.insert(store, "sessions", Map.of("session_id", "-s", "started_at", "2026-11-22T09:00:00.000Z"));
        Reader.insert(store, "tasks", Map.of("task_id", "-x", "session_id", "-s", "detected_at", "2026-11-22T09:00:00.000Z", "status", "active",
                "title", "=1+1"));
        for (String command : List.of("task", "why")) {
            assertThat(reader.askPlainly(command, "--json", "--", "-x").json().get("task").get("task_id").asText()).isEqualTo("-x");
        }
        assertThat(reader.askPlainly("tasks", "--session", "-s", "--csv").out()).as("CSV is data, as it is stored").contains("-x,active,,,=1+1,-s,");
        assertThat(reader.askPlainly("task", "--", "-y").err()).isEqualTo("There is no task -y; did you mean -x?\n");
    }
}
