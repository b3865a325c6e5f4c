package dev.tac8.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.generation.EditedFiles;
import dev.tac8.ingest.RecordFormat;
import dev.tac8.price.PriceBook;
import dev.tac8.query.Questions;
import dev.tac8.service.Service;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.Reasons;
import dev.tac8.store.Rehearsal;
import dev.tac8.store.Store;
import dev.tac8.store.StoreException;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
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
        description = "Looks through application.properties, routes/, sql/ and prices/ for mistakes. It starts nothing and opens none of your stores, so a"
                + " service may run meanwhile.",
        footer = {"", "Exit codes: 0 nothing is wrong, 2 something is.", "", "Examples:", "  ./tac8 validate", "  ./tac8 validate --json%n"})
final class ValidateCommand extends Doing {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PLACE = Pattern.compile("(\\S+\\.(?:yaml|yml|sql|csv))(?:, line (\\d+))?:? ");

    /** What only commands read. */
    private static final Pattern NO_ROUTE_NEEDS = Pattern.compile("sql/(query|read|rebuild|status)/.*|prices/.*");
    /** On which files the statements that write depend, and on which the questions: those of several stores are joined as ingest does it. */
    private static final Pattern WRITTEN = Pattern.compile("sql/(archive|ingest|reconcile|upgrade)/.*|sql/[^/]*");
    private static final Pattern ASKED = Pattern.compile("sql/(ingest|query|read|upgrade)/.*|sql/[^/]*");

    @Option(names = "--json", description = "Prints one JSON array, of an object for each fault: file, line (null if it is not known) and problem.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        List<String> faults = new ArrayList<>();
        Settings settings = null;
        try {
            settings = settings();
        } catch (SettingsException e) {
            faults.add(e.getMessage());
        }
        if (settings != null) {
            faults.addAll(faults(settings));
        }
        PrintWriter out = out();
        if (json) {
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(faults.stream().map(ValidateCommand::toJson).toList()));
        } else if (faults.isEmpty()) {
            out.println("Nothing is wrong with " + files(settings.files().resolve("routes"), ".camel.yaml") + " files of routes and "
                    + files(settings.sql(), ".sql") + " statements.");
        } else {
            faults.forEach(fault -> out.println(Text.printable(fault)));
        }
        out.flush();
        return faults.isEmpty() ? ExitCode.DONE : ExitCode.WRONG_USE;
    }

    private static List<String> faults(Settings settings) throws Exception {
        EditedFiles files;
        try {
            files = EditedFiles.read(settings.home());
        } catch (IOException e) {
            // Such as a file that is too long.
            return List.of(Reasons.of(e));
        }
        return files.notUtf8().isEmpty() ? faults(settings, files.names()) : files.notUtf8();
    }

    /** What can be looked at. */
    private interface Look {
        List<String> faults() throws Exception;
    }

    /**
     * What is wrong with routes, statements and prices.
     *
     * @param changed the files to be looked at, by their names, and whatever depends on them; the others are known to be good
     * @return a sentence for each fault
     */
    static List<String> faults(Settings settings, Collection<String> changed) throws Exception {
        List<String> faults = new ArrayList<>();
        Path sql = settings.sql();
        boolean routes = !changed.stream().allMatch(name -> NO_ROUTE_NEEDS.matcher(name).matches());
        boolean written = changed.stream().anyMatch(name -> WRITTEN.matcher(name).matches());
        boolean asked = changed.stream().anyMatch(name -> ASKED.matcher(name).matches());
        List<Look> all = new ArrayList<>();
        if (changed.stream().anyMatch(name -> name.startsWith("prices/"))) {
            all.add(() -> PriceBook.faults(settings.files()));
        }
        if (routes) {
            all.add(() -> Service.faultsOfRoutes(settings));
        }
        if (written) {
            all.addAll(List.of(() -> Rehearsal.findBad(sql), () -> Rehearsal.findLosing(sql, new RecordFormat().columns())));
        }
        if (asked) {
            all.addAll(List.of(() -> Questions.faults(sql), Tac8::filesThatAreNoCommand));
        }
        for (Look look : all) {
            List<String> found;
            try {
                found = look.faults();
            } catch (SettingsException e) {
                found = List.of(e.getMessage().contains(Settings.FILE) ? e.getMessage() : Settings.FILE + ": " + e.getMessage());
            } catch (StoreException e) {
                // Such as a file that is missing: what else is wrong is said all the same.
                found = List.of(e.getMessage());
            } catch (IOException e) {
                found = List.of(Reasons.of(e));
            }
            found.stream().map(fault -> fault.replace(settings.files() + "/", "")).filter(fault -> !faults.contains(fault)).forEach(faults::add);
        }
        if (faults.isEmpty() && asked) {
            faults.addAll(ask(settings).stream().map(fault -> fault.replace(settings.files() + "/", "")).distinct().toList());
        }
        return faults;
    }

    /**
     * Asks each question of two stores that hold a row each, and are gone afterwards: {@code sql/read}, which makes one answer of several stores, is
     * needed in an outage only.
     */
    private static List<String> ask(Settings settings) throws Exception {
        try (Scratch scratch = new Scratch(settings)) {
            for (String name : List.of("external", "local")) {
                try (Store store = scratch.store(name); Connection connection = store.getConnection(); Statement statement = connection.createStatement()) {
                    statement.executeUpdate("INSERT INTO sessions (session_id, started_at) VALUES ('s', '2026-01-01T00:00:00.000Z')");
                }
            }
            List<String> faults = new ArrayList<>();
            for (String name : Tac8.questions()) {
                try {
                    new Questions(scratch.settings(), Instant.now(), ZoneOffset.UTC).ask(name, Map.of()).missing().forEach(faults::add);
                } catch (StoreException e) {
                    faults.add(e.getMessage());
                }
            }
            return faults;
        }
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
