package dev.tac8.command;

import dev.tac8.ingest.Grown;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Spool;
import dev.tac8.ingest.SpoolFile;
import dev.tac8.ingest.Tally;
import dev.tac8.service.Service;
import dev.tac8.service.SpoolTakenException;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tac8 ingest}: copies files into the spool and sees them through. */
@Command(name = "ingest", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Copies files of records into the spool and waits until all of them are stored, by the running service or,"
                + " if none runs, by itself. The originals stay.",
        footer = {"", "Example:", "  ./tac8 ingest examples/*.jsonl%n"})
final class IngestCommand extends Doing {
    private static final long LOOK_MILLISECONDS = 20;
    private static final long LOOK_FOR_SERVICE_NANOS = TimeUnit.SECONDS.toNanos(1);
    static final int MEBIBYTE = 1 << 20;

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
        boolean done;
        try (Service service = Service.open(settings)) {
            ingestHere(service, originals);
            done = true;
        } catch (SpoolTakenException e) {
            done = ingestThere(Ingest.spool(settings), originals);
        }
        if (!done) {
            warn("the service stopped; what is not stored yet waits in the spool for the next one");
            return ExitCode.UNAVAILABLE;
        }
        printSummary((System.nanoTime() - begin) / 1e9);
        if (tally.records() == 0 && tally.badLines() > 0) {
            warn("no line was a record, and all are in quarantine: ./tac8 quarantine list says why");
            return ExitCode.NOTHING_FOUND;
        }
        return ExitCode.DONE;
    }

    /** Runs the routes in this process. */
    private void ingestHere(Service service, List<Path> originals) throws Exception {
        List<String> away = service.checkStores();
        if (away.size() > 1) {
            throw new StoreException(String.join("; ", away));
        }
        away.forEach(reason -> warn(reason + "; the other store takes everything"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Closing.quietly(service), "stop"));
        Map<Path, Long> waiting = publish(service.spool(), originals);
        service.spool().onAcknowledged(file -> {
            if (waiting.containsKey(service.spool().dir().resolve(file.name()))) {
                tally.addStored(file);
            }
        });
        service.startOnly("ingest", "failback", "spool");
        await(waiting, service.spool(), service.spool()::current, () -> true);
    }

    /** Leaves the work to the service that runs; false if it stops meanwhile. */
    private boolean ingestThere(Spool spool, List<Path> originals) throws Exception {
        Map<Path, Long> waiting = publish(spool, originals);
        long[] looked = {System.nanoTime()};
        boolean done = await(waiting, spool, () -> null, () -> {
            if (System.nanoTime() - looked[0] < LOOK_FOR_SERVICE_NANOS) {
                return true;
            }
            looked[0] = System.nanoTime();
            return spool.holder() != 0;
        });
        for (Path original : originals) {
            try (SpoolFile file = spool.read(original)) {
                tally.addByReading(file);
            }
        }
        return done;
    }

    private static Map<Path, Long> publish(Spool spool, List<Path> originals) throws IOException {
        Map<Path, Long> waiting = new LinkedHashMap<>();
        for (Path original : originals) {
            waiting.put(spool.publish(original), Files.size(original));
        }
        return waiting;
    }

    /** Where a file in the works is to be found, for the progress bar. */
    private interface Current {
        SpoolFile file();
    }

    /**
     * Waits until all files are acknowledged; false if nothing works on them any more.
     *
     * @throws StoreException if one has left the spool otherwise
     */
    private boolean await(Map<Path, Long> waiting, Spool spool, Current current, Alive service) throws Exception {
        long total = waiting.values().stream().mapToLong(Long::longValue).sum();
        try (ProgressBar bar = progressBar("ingest", total, " MiB", MEBIBYTE)) {
            while (true) {
                boolean alive = service.isAlive();
                List<Path> left = waiting.keySet().stream().filter(Files::exists).toList();
                SpoolFile file = current.file();
                if (bar != null) {
                    bar.stepTo(total - left.stream().mapToLong(waiting::get).sum() + (file == null ? 0 : file.storedBytes()));
                }
                if (left.isEmpty()) {
                    requireAcknowledged(spool, waiting.keySet());
                    return true;
                }
                if (!alive) {
                    return false;
                }
                Thread.sleep(LOOK_MILLISECONDS);
            }
        }
    }

    private static void requireAcknowledged(Spool spool, Set<Path> files) throws StoreException {
        List<Path> gone;
        try {
            gone = spool.unacknowledged(files);
        } catch (IOException e) {
            throw new StoreException("what was ingested has left the spool " + spool.dir() + ", and whether it is stored cannot be told: "
                    + Reasons.of(e, spool.dir()) + ". Ingest it again when that is mended; what is stored already is not stored twice", e);
        }
        if (!gone.isEmpty()) {
            throw new StoreException(Printable.of(gone.get(0).getFileName().toString()) + (gone.size() == 1 ? ""
                    : " and " + Tac8.count(gone.size() - 1) + " more") + " left the spool " + spool.dir() + ", but "
                    + (gone.size() == 1 ? "is" : "are") + " not in done/, as if " + (gone.size() == 1 ? "it was" : "they were") + " moved or deleted"
                    + ": ingest the originals again; what is stored already is not stored twice");
        }
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
