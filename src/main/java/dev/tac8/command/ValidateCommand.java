package dev.tac8.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.ingest.RecordFormat;
import dev.tac8.query.Questions;
import dev.tac8.service.Service;
import dev.tac8.settings.Settings;
import dev.tac8.store.Rehearsal;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tac8 validate}: what a service would say of edited files when it starts, and more, beside one that runs. */
@Command(name = "validate", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Looks through application.properties, routes/ and sql/ for mistakes. It starts nothing and opens no store, so a"
                + " service may run meanwhile.",
        footer = {"", "Exit codes: 0 nothing is wrong, 2 something is.", "", "Examples:", "  ./tac8 validate", "  ./tac8 validate --json%n"})
final class ValidateCommand extends Doing {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PLACE = Pattern.compile("(\\S+\\.(?:yaml|yml|sql))(?:, line (\\d+))?:? ");

    @Option(names = "--json", description = "Prints one JSON array, of an object for each fault: file, line (null if it is not known) and problem.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Settings settings = settings();
        Path sql = settings.home().resolve("sql");
        List<String> faults = new ArrayList<>(Service.faultsOfRoutes(settings));
        Stream.of(Rehearsal.findBad(sql), Rehearsal.findLosing(sql, new RecordFormat().columns())).flatMap(List::stream)
                .map(fault -> fault.replace(settings.home() + "/", "")).forEach(faults::add);
        faults.addAll(Questions.faults(sql));
        PrintWriter out = out();
        if (json) {
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(faults.stream().map(ValidateCommand::toJson).toList()));
        } else if (faults.isEmpty()) {
            out.println("Nothing is wrong with " + files(settings.home().resolve("routes"), ".camel.yaml") + " files of routes and " + files(sql, ".sql")
                    + " statements.");
        } else {
            faults.forEach(fault -> out.println(Text.printable(fault)));
        }
        out.flush();
        return faults.isEmpty() ? ExitCode.DONE : ExitCode.WRONG_USE;
    }

    private static long files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).count();
        }
    }

    private static Map<String, Object> toJson(String fault) {
        Matcher place = PLACE.matcher(fault);
        boolean known = place.lookingAt();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("file", known ? place.group(1) : null);
        object.put("line", known && place.group(2) != null ? Integer.valueOf(place.group(2)) : null);
        object.put("problem", known ? fault.substring(place.end()) : fault);
        return object;
    }
}
