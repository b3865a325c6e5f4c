package dev.tac8.command;

import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Quarantine;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code tac8 quarantine}: the lines that are no records. */
@Command(name = "quarantine", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Shows the lines that are no records, and puts them back once they are mended.",
        footer = {"", "A quarantine file holds each bad line as it came, below a line that says why. Mend the lines with any editor,"
                + " leave the lines that begin with #, and replay the file.%n"})
final class QuarantineCommand implements Runnable {
    @ParentCommand
    private Tac8 tac8;
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "quarantine needs one of: list, replay");
    }

    private Spool spool() throws SettingsException {
        return Ingest.spool(tac8.settings());
    }

    @Command(name = "list", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Lists the bad lines: their file, where they stood, and why.",
            footer = {"", "Example:", "  ./tac8 quarantine list%n"})
    int list() throws IOException, SettingsException {
        PrintWriter out = spec.commandLine().getOut();
        Quarantine quarantine = spool().quarantine();
        List<Path> files = quarantine.files();
        for (Path file : files) {
            out.println(Spool.printable(file.toString()));
            quarantine.readEntries(file, entry -> out.println("  line " + entry.line() + ", byte " + entry.offset() + ": "
                    + Spool.printable(entry.reason())));
        }
        if (files.isEmpty()) {
            out.println("Nothing is in quarantine.");
        }
        out.flush();
        return files.isEmpty() ? ExitCode.NOTHING_FOUND : 0;
    }

    @Command(name = "replay", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Puts the lines of quarantine files back into the spool. What is still bad comes back to quarantine.",
            footer = {"", "Example:", "  ./tac8 quarantine replay --all%n"})
    int replay(@Parameters(arity = "0..*", paramLabel = "FILE", description = "Quarantine files, as list shows them.")
               List<Path> names,
               @Option(names = "--all", description = "All of them.") boolean all) throws IOException, SettingsException {
        PrintWriter out = spec.commandLine().getOut();
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
            if (!quarantine.isMended(file)) {
                out.println(Spool.printable(file.getFileName().toString()) + " stays in quarantine: its lines are as they came");
                code = ExitCode.NOTHING_FOUND;
                continue;
            }
            Path waiting = spool.publish("replayed-" + Quarantine.hashOf(file), lines -> quarantine.copyLines(file, lines));
            quarantine.setReplayed(file);
            out.println(Spool.printable(file.getFileName().toString()) + " is back in the spool as "
                    + Spool.printable(waiting.getFileName().toString()));
        }
        out.flush();
        return code;
    }
}
