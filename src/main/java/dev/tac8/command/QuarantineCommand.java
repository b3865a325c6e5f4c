package dev.tac8.command;

import dev.tac8.broker.BrokerLibraries;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Quarantine;
import dev.tac8.ingest.Spool;
import dev.tac8.query.Output;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.status.BadLines;
import dev.tac8.store.StoreException;
import dev.tac8.text.Pager;
import dev.tac8.text.Printable;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code tac8 quarantine}: the lines that are not records. */
@Command(name = "quarantine", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Shows the lines that are not records, and puts them back once they are mended.",
        footer = {"", "A quarantine file holds each bad line as it came, below a line that says why. Mend the lines with any editor,"
                + " leave the lines that begin with #, and replay the file.%n"})
final class QuarantineCommand extends Doing {
    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "quarantine needs one of: list, replay");
    }

    private Spool spool() throws SettingsException {
        return Ingest.spool(settings());
    }

    /** How the list is written for a program. */
    static final class Form {
        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;
        @Option(names = "--csv", description = "Prints CSV.")
        private boolean csv;

        boolean isJson() {
            return json;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Lists the bad lines: their file, where they stood, and why.",
            footer = {"", "Examples:", "  ./tac8 quarantine list", "  ./tac8 quarantine list --limit 20%n"})
    int list(@Option(names = "--limit", paramLabel = "N", converter = ReadOptions.Positive.class, defaultValue = "1000",
            description = "The most lines to list, of the first files in name order; ${DEFAULT-VALUE} if none is given.") int limit,
            @ArgGroup Form form) throws IOException, SettingsException, StoreException {
        PrintWriter out = out();
        PrintWriter err = spec.commandLine().getErr();
        Settings settings = settings();
        Quarantine quarantine = Ingest.spool(settings).quarantine();
        BadLines found = BadLines.of(quarantine, settings.isJoin() ? BrokerLibraries.open(settings) : null, limit);
        if (form != null) {
            new Output(form.json ? Output.Form.JSON : Output.Form.CSV, ZoneOffset.UTC, Pager.isTerminal(), 0, false, out, err).print(found.answer(), found.missing());
        } else {
            found.print(out);
            found.missing().forEach(sentence -> err.println("tac8: " + Text.printable(sentence)));
            if (found.rest() != null) {
                out.println(found.rest());
            }
        }
        if (found.files() == 0) {
            (form == null ? out : err).println(BadLines.NOTHING);
        }
        out.flush();
        return ReadOptions.code(found.files() == 0 ? ExitCode.NOTHING_FOUND : ExitCode.DONE, found.missing());
    }

    @Command(name = "replay", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Puts the lines of quarantine files that are records by now back into the spool. The others stay.",
            footer = {"", "Example:", "  ./tac8 quarantine replay --all%n"})
    int replay(@Parameters(arity = "0..*", paramLabel = "FILE", description = "Quarantine files, as list shows them.")
               List<Path> names,
               @Option(names = "--all", description = "All of them.") boolean all) throws IOException, SettingsException {
        PrintWriter out = out();
        Spool spool = spool();
        Quarantine quarantine = spool.quarantine();
        List<Path> known = quarantine.files();
        List<Path> chosen = new ArrayList<>(all ? known : List.of());
        for (Path name : names == null ? List.<Path>of() : names) {
            Path file = Tac8.fromCaller(name);
            chosen.add(known.stream().filter(path -> path.equals(file) || path.getFileName().equals(name)).findFirst()
                    .orElseThrow(() -> new ParameterException(spec.commandLine(), name + " is not in quarantine:"
                            + " ./tac8 quarantine list shows what is")));
        }
        if (chosen.isEmpty()) {
            if (!all) {
                throw new ParameterException(spec.commandLine(), "replay needs FILEs, or --all");
            }
            out.println("Nothing is in quarantine.");
            return ExitCode.NOTHING_FOUND;
        }
        int code = 0;
        for (Path file : chosen) {
            Quarantine.Replay replay = quarantine.replay(file, spool);
            out.println(inWords(Printable.of(file.getFileName().toString()), replay));
            if (!replay.isChanged()) {
                code = ExitCode.NOTHING_FOUND;
            }
        }
        out.flush();
        return code;
    }

    private static String inWords(String name, Quarantine.Replay replay) {
        if (!replay.isChanged()) {
            return name + " stays in quarantine: its lines are as they came, or not records yet: " + Printable.of(replay.firstReason());
        }
        String back = replay.waiting() == null ? " holds no line that was mended, and fewer than it did"
                : " is back in the spool as " + Printable.of(replay.waiting().getFileName().toString());
        return name + back + (replay.left() == 0 ? "" : ", except " + Tac8.count(replay.left()) + (replay.left() == 1 ? " line that stays"
                : " lines that stay") + " in quarantine: " + Printable.of(replay.firstReason()));
    }
}
