package dev.tac8.command;

import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code tac8 test}: the tests in {@code tests/}, on throw-away stores, by the routes and statements as they are now. */
@Command(name = "test", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Runs the tests in tests/ through the routes and statements as they are now, each on a spool and stores of its own that are"
                + " gone afterwards. A service may run meanwhile.",
        footer = {"", "A test is a folder: the files in given/ are dropped, and expected/TABLE.jsonl and expected/quarantine.jsonl hold what must come of"
                + " them, an object a row; what an object does not name may be anything.", "", "Exit codes: 0 all passed, 2 one failed.", "", "Examples:",
            "  ./tac8 test", "  ./tac8 test the-same-file-twice%n"})
final class TestCommand extends Doing {
    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Runs only the tests of these names.")
    private List<String> names = List.of();

    @Override
    public Integer call() throws Exception {
        Settings settings = settings();
        // Bad lines may be what a test is about, and no command would list them afterwards.
        System.setProperty("org.slf4j.simpleLogger.log.ingest-spool", "error");
        List<Trial> all = Trial.in(settings.home().resolve("tests"));
        for (String name : names) {
            if (all.stream().noneMatch(trial -> trial.name().equals(name))) {
                throw new ParameterException(spec.commandLine(), "there is no test tests/" + name);
            }
        }
        List<Trial> chosen = names.isEmpty() ? all : all.stream().filter(trial -> names.contains(trial.name())).toList();
        PrintWriter out = out();
        int failed = 0;
        for (Trial trial : chosen) {
            List<String> faults;
            try {
                faults = trial.run(settings);
            } catch (IOException e) {
                // Such as a file that is not UTF-8: the other tests are run all the same.
                faults = List.of("its files cannot be read: " + Reasons.of(e));
            }
            out.println((faults.isEmpty() ? "ok      " : "FAILED  ") + Text.printable(trial.name()));
            faults.forEach(fault -> out.println("        " + Text.printable(fault)));
            out.flush();
            failed += faults.isEmpty() ? 0 : 1;
        }
        say(chosen.isEmpty() ? "There are no tests in tests/." : chosen.size() - failed + " passed, " + failed + " failed");
        return failed > 0 ? ExitCode.WRONG_USE : chosen.isEmpty() ? ExitCode.NOTHING_FOUND : ExitCode.DONE;
    }
}
