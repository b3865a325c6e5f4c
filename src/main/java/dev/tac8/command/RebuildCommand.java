package dev.tac8.command;

import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Tally;
import dev.tac8.rebuild.Comparison;
import dev.tac8.rebuild.Deliveries;
import dev.tac8.rebuild.LeftOut;
import dev.tac8.rebuild.Rebuild;
import dev.tac8.settings.Settings;
import dev.tac8.status.StoreView;
import dev.tac8.status.Words;
import dev.tac8.text.Text;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code tac8 rebuild}: the databases from the JSONL alone, and whether they are the same. */
@Command(name = "rebuild", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Makes one new database of every file that was ever acknowledged, in spool/done and in the archive, by the same"
                + " routes. The service may run meanwhile; its stores are only read.",
        footer = {"", "Example:", "  ./tac8 rebuild --check", "  ./tac8 rebuild /mnt/big/rebuilt%n"})
final class RebuildCommand extends Doing {
    private static final int MOST_DIFFERENCES = 20;

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "A new or empty folder, for logs.db. With --check it may be left out.")
    private Path dir;
    @Option(names = "--check", description = "Compares the result with what is stored, row by row, and lists what differs.")
    private boolean check;

    @Override
    public Integer call() throws Exception {
        if (dir == null && !check) {
            throw new ParameterException(spec.commandLine(), "rebuild needs a folder, or --check");
        }
        long begin = System.nanoTime();
        Settings settings = settings();
        PrintWriter out = out();
        Deliveries deliveries = Deliveries.find(settings, Ingest.spool(settings));
        if (!deliveries.isAny()) {
            out.println("There is nothing to rebuild from: no file was ever acknowledged.");
            return ExitCode.NOTHING_FOUND;
        }
        Comparison comparison = null;
        try (Rebuild rebuild = dir == null ? Rebuild.toCompare(settings, deliveries)
                : Rebuild.into(Tac8.fromCaller(dir), settings, deliveries)) {
            Thread stop = new Thread(() -> Closing.quietly(rebuild), "stop");
            Runtime.getRuntime().addShutdownHook(stop);
            try (ProgressBar bar = progressBar("rebuild", deliveries.bytes(), " MiB", Delivery.MEBIBYTE)) {
                LongConsumer progress = bar == null ? bytes -> { } : bar::stepTo;
                if (check) {
                    comparison = rebuild.compare(MOST_DIFFERENCES, progress);
                } else {
                    rebuild.run(progress);
                }
            }
            Path kept = dir == null ? null : rebuild.keep();
            Runtime.getRuntime().removeShutdownHook(stop);
            printSummary(out, deliveries, rebuild, (System.nanoTime() - begin) / 1e9);
            if (kept != null) {
                out.println("Rebuilt: " + kept);
            }
            int code = comparison == null ? ExitCode.DONE : printComparison(out, comparison, rebuild.recent());
            return rebuild.leftOut().lines() > 0 ? ExitCode.PARTIAL : code;
        } finally {
            out.flush();
        }
    }

    private void printSummary(PrintWriter out, Deliveries deliveries, Rebuild rebuild, double seconds) {
        Tally tally = rebuild.tally();
        LeftOut leftOut = rebuild.leftOut();
        long bad = tally.badLines() - leftOut.lines();
        String byType = StoreView.inWords(tally.byTable());
        out.println("files      " + Tac8.count(deliveries.count()));
        out.println("records    " + Tac8.count(tally.records()) + (byType.isEmpty() ? "" : "  (" + byType + ")"));
        out.println("bad lines  " + Tac8.count(bad) + (bad > 0 ? "  (in quarantine, or mended, since they came)" : ""));
        out.println(String.format(Locale.ROOT, "seconds    %.1f", seconds));
        if (leftOut.lines() > 0) {
            out.println("left out   " + Tac8.count(leftOut.lines()) + "  (lines of " + Words.count(leftOut.files(), "file") + " that an older tac8 has stored and this one refuses,"
                    + " such as line " + leftOut.line() + " of " + Text.printable(leftOut.first().toString()) + ": " + Text.printable(leftOut.why()) + ")");
            out.println("The rebuilt database lacks what these lines say: keep the stores that have it, or store copies of the lines with shorter ids by ./tac8 ingest.");
        }
        if (!deliveries.foreign().isEmpty()) {
            int foreign = deliveries.foreign().size();
            out.println(Words.count(foreign, "file") + " in spool/done " + (foreign == 1 ? "was not acknowledged by tac8 and is" : "were not acknowledged by tac8 and are") + " left out, such as "
                    + Text.printable(deliveries.foreign().get(0)));
        }
    }

    private int printComparison(PrintWriter out, Comparison comparison, int recent) {
        if (recent > 0) {
            out.println("Not compared: what is in " + Words.count(recent, "file") + (recent == 1 ? " that waits or has" : " that wait or have") + " just been acknowledged.");
        }
        comparison.lacking().forEach((columns, rows) -> out.println(Words.count(rows, "row") + " of " + columns + (rows == 1 ? " lacks what its line says there, because an older tac8 stored it."
                : " lack what their lines say there, because an older tac8 stored them.")
                + " ./tac8 rebuild DIR makes a database that has it."));
        if (comparison.count() == 0) {
            String rows = StoreView.inWords(comparison.rows());
            out.println("Equal: all stores together hold what the files hold, " + (rows.isEmpty() ? "no rows" : rows) + ".");
            return 0;
        }
        out.println(Words.count(comparison.count(), "difference") + " between the stores and the files:");
        comparison.differences().forEach(difference -> out.println("  " + difference));
        if (comparison.count() > comparison.differences().size()) {
            out.println("  and " + Tac8.count(comparison.count() - comparison.differences().size()) + " more");
        }
        return ExitCode.NOTHING_FOUND;
    }
}
