package dev.tac8.command;

import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Quarantine;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
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
            footer = {"", "Examples:", "  ./tac8 quarantine list", "  ./tac8 quarantine list --limit 20%n"})
    int list(@Option(names = "--limit", paramLabel = "N", converter = ReadOptions.Positive.class, defaultValue = "1000",
            description = "The most lines to list, of the first files in name order; ${DEFAULT-VALUE} where none is given.") int limit)
            throws IOException, SettingsException {
        PrintWriter out = spec.commandLine().getOut();
        Quarantine quarantine = spool().quarantine();
        List<Path> files = quarantine.files();
        long[] listed = {0};
        long lines = 0;
        for (Path file : files) {
            lines += quarantine.lines(file);
            if (listed[0] < limit) {
                list(quarantine, file, out, listed, limit);
            }
        }
        if (files.isEmpty()) {
            out.println("Nothing is in quarantine.");
        } else if (lines > listed[0] && listed[0] == limit) {
            out.println("and " + Tac8.count(lines - listed[0]) + " more: --limit " + lines + " lists all " + Tac8.count(lines) + " lines in "
                    + Tac8.count(files.size()) + (files.size() == 1 ? " file" : " files"));
        }
        out.flush();
        return files.isEmpty() ? ExitCode.NOTHING_FOUND : 0;
    }

    private static void list(Quarantine quarantine, Path file, PrintWriter out, long[] listed, int limit) throws IOException {
        out.println(Spool.printable(file.toString()));
        try {
            quarantine.readEntries(file, entry -> {
                out.println("  line " + entry.line() + ", byte " + entry.offset() + ": " + Spool.printable(entry.reason()));
                return ++listed[0] < limit;
            });
        } catch (NoSuchFileException e) {
            out.println("  was replayed just now");
        }
    }

    @Command(name = "replay", mixinStandardHelpOptions = true, optionListHeading = "%n",
            description = "Puts the lines of quarantine files that are records by now back into the spool. The others stay.",
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
            Quarantine.Replay replay = quarantine.replay(file, spool);
            out.println(inWords(Spool.printable(file.getFileName().toString()), replay));
            if (!replay.isChanged()) {
                code = ExitCode.NOTHING_FOUND;
            }
        }
        out.flush();
        return code;
    }

    private static String inWords(String name, Quarantine.Replay replay) {
        if (!replay.isChanged()) {
            return name + " stays in quarantine: its lines are as they came, or no records yet: " + Spool.printable(replay.firstReason());
        }
        String back = replay.waiting() == null ? " holds no line that was mended, and fewer than it did"
                : " is back in the spool as " + Spool.printable(replay.waiting().getFileName().toString());
        return name + back + (replay.left() == 0 ? "" : ", but for " + Tac8.count(replay.left()) + (replay.left() == 1 ? " line that stays"
                : " lines that stay") + " in quarantine: " + Spool.printable(replay.firstReason()));
    }
}
