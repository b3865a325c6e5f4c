package dev.tac8.command;

import dev.tac8.ingest.Grown;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Spool;
import dev.tac8.ingest.SpoolFile;
import dev.tac8.ingest.Tally;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.status.StoreView;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tac8 ingest}: copies files into the spool and sees them through. */
@Command(name = "ingest", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Copies files of records into the spool and waits until all of them are stored, by the running service or,"
                + " if none runs, by itself. The originals stay.",
        footer = {"", "Example:", "  ./tac8 ingest examples/*.jsonl%n"})
final class IngestCommand extends Doing {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "JSONL files, one record a line.")
    private List<Path> files;

    private final Tally tally = new Tally();

    @Override
    public Integer call() throws Exception {
        long begin = System.nanoTime();
        Settings settings = settings();
        List<Path> originals = files.stream().map(Tac8::fromCaller).toList();
        for (Path original : originals) {
            if (!Files.isRegularFile(original) || !Files.isReadable(original)) {
                warn("cannot read " + original + ": it is not a file that may be read; nothing was"
                        + " ingested");
                return ExitCode.WRONG_USE;
            }
        }
        Path acknowledged = settings.path(Setting.SPOOL_DIR).resolve("done");
        for (Grown grown : Grown.among(originals, acknowledged, settings.number(Setting.INGEST_MAX_LINE_BYTES))) {
            warn(grown.file() + " begins with all of " + grown.before()
                    + ", which is stored: " + (grown.again() == 1 ? "1 record of that has no id, and counts"
                    : Tac8.count(grown.again()) + " records of that have no id, and count") + " again; give records an id, or ingest new"
                    + " lines only");
        }
        Delivery.Done done = new Delivery(settings, "ingest", this::warn).deliver(spool -> publish(spool, originals), tally::addStored);
        if (done != Delivery.Done.HERE) {
            // The service that stores them counts for itself.
            for (Path original : originals) {
                try (SpoolFile file = Ingest.spool(settings).read(original)) {
                    tally.addByReading(file);
                }
            }
        }
        if (done == Delivery.Done.NOT) {
            return ExitCode.UNAVAILABLE;
        }
        printSummary((System.nanoTime() - begin) / 1e9);
        if (tally.records() == 0 && tally.badLines() > 0) {
            warn("no line was a record, and all are in quarantine: ./tac8 quarantine list says why");
            return ExitCode.NOTHING_FOUND;
        }
        return ExitCode.DONE;
    }

    private static Map<Path, Long> publish(Spool spool, List<Path> originals) throws IOException {
        Map<Path, Long> waiting = new LinkedHashMap<>();
        for (Path original : originals) {
            Spool.Dropped dropped = spool.publish(original);
            waiting.put(dropped.path(), dropped.bytes());
        }
        return waiting;
    }

    private void printSummary(double seconds) {
        String byType = StoreView.inWords(tally.byTable());
        PrintWriter out = out();
        out.println("files        " + Tac8.count(tally.files()));
        out.println("records      " + Tac8.count(tally.records()) + (byType.isEmpty() ? "" : "  (" + byType + ")"));
        out.println("quarantined  " + Tac8.count(tally.badLines())
                + (tally.badLines() > 0 ? "  (./tac8 quarantine list says why)" : ""));
        out.println(String.format(Locale.ROOT, "seconds      %.1f", seconds));
        out.flush();
    }
}
