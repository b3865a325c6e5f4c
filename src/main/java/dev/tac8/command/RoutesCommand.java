package dev.tac8.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import dev.tac8.generation.Build;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.Generation;
import dev.tac8.generation.Generations;
import dev.tac8.generation.InForce;
import dev.tac8.generation.Rollback;
import dev.tac8.generation.RouteList;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.ingest.Spool;
import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Rows;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.status.Words;
import dev.tac8.text.Pager;
import dev.tac8.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code tac8 routes}: what is in force of the files that operators edit, what was before, and the way back. */
@Command(name = "routes", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Shows the generation in force and its routes: where each stands, and what starts it. Without a service, those on disk. Starts nothing.",
        footer = {"", "A generation is application.properties, routes/, sql/ and prices/ as they were when they took effect.", "",
            "Examples:", "  ./tac8 routes", "  ./tac8 routes diff%n"})
final class RoutesCommand extends Doing {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String DISK = "disk";
    private static final int CONTEXT_LINES = 3;
    private static final Pattern LINE_END = Pattern.compile("\n");
    private static final Pattern NO_LINES = Pattern.compile("^(@@ (?:-[\\d,]+ \\+|-))1,0( .*@@)$");

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    /** A service, if one runs, and what is kept of its generations. */
    private record Seen(Path home, Path spool, boolean runs, InForce.State state, Generations generations, List<Generation> history) {
        /** The one in force, or, if no service runs, that which this build had in force last. */
        Optional<Generation> current() {
            return history.stream().filter(one -> state.number() > 0 ? one.number() == state.number() : one.build().equals(Build.id())).findFirst();
        }

        EditedFiles onDisk() throws IOException {
            return EditedFiles.read(home);
        }

        String nothingKept() {
            return "No generation is kept in the spool " + Printable.of(spool.toString()) + " yet: ./tac8 run keeps what it starts with. The spool is the one that "
                    + Setting.SPOOL_DIR.key() + " says now; -D " + Setting.SPOOL_DIR.key() + "=FOLDER asks another.";
        }
    }

    @Override
    public Integer call() throws IOException, SettingsException {
        Seen seen = look();
        boolean kept = seen.state.number() > 0 && seen.current().isPresent();
        RouteList list = RouteList.of(kept ? seen.current().get().files() : seen.onDisk());
        List<String> missing = list.unreadable().stream().map(file -> file + " is not valid YAML, so its routes are missing here: ./tac8 validate says"
                + " where").toList();
        if (json) {
            ObjectNode all = JSON.createObjectNode().put("running", seen.runs).put("from", kept ? "generation" : DISK);
            all.set("generation", seen.runs ? JSON.valueToTree(seen.state.toMap()) : null);
            list.routes().forEach(route -> all.withArray("routes").add(JSON.valueToTree(route)));
            missing.forEach(all.putArray("missing")::add);
            print(all);
            return ReadOptions.code(ExitCode.DONE, missing);
        }
        StatusCommand.print(out(), out -> {
            StatusCommand.print(out, seen.state, seen.state.since() == null ? "" : seen.state.since().truncatedTo(ChronoUnit.SECONDS).toString());
            if (!kept) {
                out.println(seen.runs ? "The service is starting, or could keep no generation: these are the routes on disk."
                        : "No service runs on this spool, so these are the routes on disk:\n  " + Printable.of(seen.spool.toString()));
            }
            out.println();
        });
        List<Object[]> rows = new ArrayList<>();
        list.routes().forEach(route -> rows.add(new Object[] {route.id() == null ? "without an id" : route.id(),
                route.group() == null ? "when called" : (String.valueOf(route.from()).startsWith("direct:") ? "instead: " : "by itself: ") + route.group(), route.file() + ":" + route.line(), route.description()}));
        output().print(new Answer().list("routes", null, new Rows(List.of("route", "starts", "stands in", "description"), rows)), missing);
        return ReadOptions.code(ExitCode.DONE, missing);
    }

    @Command(name = "history", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Lists the generations that are kept, the newest first: since when each was in force, what it came from, and what it changed.",
            footer = {"", "Exit codes: 0, 1 none is kept.", "", "Example:", "  ./tac8 routes history%n"})
    int history(@Option(names = "--json", description = "Prints one JSON object.") boolean asJson) throws IOException, SettingsException {
        Seen seen = look();
        if (asJson) {
            ObjectNode all = JSON.createObjectNode();
            all.putArray("generations");
            seen.history.forEach(one -> {
                ObjectNode node = all.withArray("generations").addObject().put("number", one.number()).put("since", one.since().toString())
                        .put("cause", one.cause()).put("build", one.build()).put("this_build", one.build().equals(Build.id()))
                        .put("in_force", seen.runs && one.number() == seen.state.number()).put("folder", one.folder().toString());
                one.changed().forEach(node.putArray("changed")::add);
            });
            print(all);
        } else {
            List<Object[]> rows = new ArrayList<>();
            seen.history.forEach(one -> rows.add(new Object[] {String.valueOf(one.number()), one.since().truncatedTo(ChronoUnit.SECONDS).toString(),
                one.cause() + (one.build().equals(Build.id()) ? "" : ", another build"), Words.files(one.changed())}));
            Answer answer = new Answer().list("generations", null, new Rows(List.of("generation", "since", "came from", "files"), rows));
            seen.current().ifPresent(one -> answer.remark(seen.state.number() > 0 ? "Generation " + one.number() + " is in force."
                    : "No generation is in force now; " + one.number() + " was the last."));
            output().print(answer, List.of());
            if (rows.isEmpty()) {
                say(seen.nothingKept());
            }
        }
        return seen.history.isEmpty() ? ExitCode.NOTHING_FOUND : ExitCode.DONE;
    }

    @Command(name = "diff", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Shows line by line what differs between a generation and the files on disk, or another generation.",
            footer = {"", "Exit codes: 0, 1 nothing differs.", "", "Examples:", "  ./tac8 routes diff", "  ./tac8 routes diff 6 7%n"})
    int diff(@Parameters(arity = "0..1", paramLabel = "N", converter = ReadOptions.Positive.class,
            description = "From this generation; from the one in force if none is given.") Integer from,
            @Parameters(arity = "0..1", paramLabel = "M", converter = ReadOptions.Positive.class,
            description = "To this one; to the files on disk if none is given.") Integer to) throws IOException, SettingsException {
        Seen seen = look();
        Generation before = from == null ? seen.current().orElse(null) : kept(seen, from);
        if (before == null) {
            say(seen.nothingKept());
            return ExitCode.NOTHING_FOUND;
        }
        EditedFiles old = before.files();
        EditedFiles now = to == null ? seen.onDisk() : kept(seen, to).files();
        SortedSet<String> changed = now.changedFrom(old);
        if (changed.isEmpty()) {
            say("Nothing differs between generation " + before.number() + " and " + (to == null ? "the files on disk." : "generation " + to + "."));
            return ExitCode.NOTHING_FOUND;
        }
        boolean terminal = Pager.isTerminal();
        Pager.show(out -> {
            for (String name : changed) {
                for (String line : diff(name, old, String.valueOf(before.number()), now, to == null ? DISK : to.toString())) {
                    out.println(terminal ? Printable.of(line.replace("\t", "        ")) : line);
                }
            }
        }, out());
        return ExitCode.DONE;
    }

    private static List<String> diff(String name, EditedFiles old, String oldLabel, EditedFiles now, String newLabel) {
        List<String> before = lines(old.text(name));
        List<String> after = lines(now.text(name));
        String from = old.bytes(name) == null ? null : oldLabel + "/" + name;
        String to = now.bytes(name) == null ? null : newLabel + "/" + name;
        List<String> diff = UnifiedDiffUtils.generateUnifiedDiff(from, to, before, DiffUtils.diff(before, after), CONTEXT_LINES);
        // The library says line 1 of an empty file, where diff says 0: patch leaves a file there that is to go.
        return diff.isEmpty() ? List.of("Files " + from + " and " + to + " differ")
                : diff.stream().flatMap(LINE_END::splitAsStream).map(line -> NO_LINES.matcher(line).replaceFirst("$10,0$2")).toList();
    }

    /** As diff has them. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>(text == null ? List.of() : Arrays.asList(text.split("\n", -1)));
        if (!lines.isEmpty()) {
            String last = lines.remove(lines.size() - 1);
            if (!last.isEmpty()) {
                lines.add(last + "\n\\ No newline at end of file");
            }
        }
        return lines;
    }

    @Command(name = "rollback", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Makes application.properties, routes/, sql/ and prices/ what they were in a generation. A running service takes them like any other edit.",
            footer = {"", "Exit codes: 0, 1 nothing was to be done.", "", "Examples:", "  ./tac8 routes rollback", "  ./tac8 routes rollback 3%n"})
    int rollback(@Parameters(arity = "0..1", paramLabel = "N", converter = ReadOptions.Positive.class,
            description = "To this generation. If none is given: to the one in force, if the files on disk are others, such as an edit that is refused;"
                    + " else to the one before it.") Integer number,
            @Option(names = "--force", description = "Also to a generation of another build of tac8, whose routes may need what this one has not.") boolean force,
            @Option(names = "--json", description = "Prints one JSON object.") boolean asJson) throws IOException, SettingsException {
        Seen seen = look();
        EditedFiles disk = seen.onDisk();
        Generation to = number == null ? before(seen, disk) : kept(seen, number);
        if (!to.build().equals(Build.id()) && !force) {
            throw new ParameterException(spec.commandLine(), "generation " + to.number() + " is of another build of tac8, and may not fit this one, so nothing"
                    + " was changed: --force does it all the same");
        }
        EditedFiles files = to.files();
        Path aside = disk.equals(files) || seen.history.stream().anyMatch(one -> one.hash().equals(disk.hash())) ? null : seen.generations.putAside(disk);
        Rollback done = Rollback.of(seen.home, files);
        boolean changed = !done.written().isEmpty() || !done.removed().isEmpty();
        if (asJson) {
            ObjectNode all = JSON.createObjectNode().put("generation", to.number()).put("replaced", aside == null ? null : aside.toString());
            done.written().forEach(all.putArray("written")::add);
            done.removed().forEach(all.putArray("removed")::add);
            print(all);
        } else if (!changed) {
            say("The files on disk are those of generation " + to.number() + " already.");
        } else {
            say("Rolled back to generation " + to.number() + ", of " + to.since().truncatedTo(ChronoUnit.SECONDS)
                    + (done.written().isEmpty() ? "" : "; written: " + names(done.written()))
                    + (done.removed().isEmpty() ? "" : "; removed: " + names(done.removed())) + ".");
            if (aside != null) {
                say("What stood there is kept in " + aside + " until the next rollback.");
            }
            say(seen.runs ? "The service takes it by itself; ./tac8 routes shows when it has." : "The next start takes it.");
        }
        return changed ? ExitCode.DONE : ExitCode.NOTHING_FOUND;
    }

    /** What came before the files on disk. */
    private Generation before(Seen seen, EditedFiles disk) {
        Generation current = seen.current().orElseThrow(() -> new ParameterException(spec.commandLine(), "no generation of this build is kept in the spool "
                + seen.spool + ", so there is nothing to go back to"));
        return !current.hash().equals(disk.hash()) ? current : seen.history.stream()
                .filter(one -> one.number() < current.number() && one.build().equals(Build.id())).findFirst()
                .orElseThrow(() -> new ParameterException(spec.commandLine(), "no generation of this build is kept from before " + current.number()
                        + ", so there is nothing to go back to"));
    }

    private Generation kept(Seen seen, int number) {
        return seen.history.stream().filter(one -> one.number() == number).findFirst().orElseThrow(() -> new ParameterException(spec.commandLine(),
                "generation " + number + " is not kept in the spool " + seen.spool + ": ./tac8 routes history lists those that are"));
    }

    private static String names(List<String> names) {
        return Printable.of(String.join(", ", names));
    }

    private Seen look() throws IOException, SettingsException {
        // The way back must be there when a setting is mistyped, too.
        Settings settings = ((Tac8) spec.root().userObject()).settingsPassingOverFaults();
        Spool spool = Ingest.spool(settings);
        long holder = spool.holder();
        ServiceStatus said = holder == 0 ? null : ServiceStatus.read(spool.dir());
        Generations generations = Generations.of(spool.dir());
        return new Seen(settings.home(), spool.dir(), holder != 0, said != null && (holder < 0 || said.pid() == holder) ? said.generation() : new InForce().now(),
                generations, generations.history());
    }

    private Output output() {
        Caller caller = ((Tac8) spec.root().userObject()).caller();
        return new Output(Output.Form.TEXT, ZoneOffset.UTC, caller.terminal(), caller.columns(), caller.colour(), out(), spec.commandLine().getErr());
    }

    private void print(ObjectNode node) throws IOException {
        PrintWriter out = out();
        out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
        out.flush();
    }
}
