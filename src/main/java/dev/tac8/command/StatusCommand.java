package dev.tac8.command;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.generation.InForce;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Quarantine;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.Settings;
import dev.tac8.store.DatabaseFile;
import dev.tac8.store.Reasons;
import dev.tac8.text.Pager;
import dev.tac8.text.Printable;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tac8 status}: how everything is. */
@Command(name = "status", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Shows how the service, both stores, the spool and the quarantine are. Changes nothing, and waits for no disk"
                + " that hangs.",
        footer = {"", "Exit codes: 4 a store or the spool cannot be read, a damaged database was set aside, or an edit is refused, 3 neither store can be read.", "", "Examples:", "  ./tac8 status", "  ./tac8 status --json%n"})
final class StatusCommand extends Doing {
    private static final JsonMapper JSON = new JsonMapper();
    /** What the service reports of itself, in events of session tac8. */
    private static final List<String> REPORTS = List.of("failback", "archive");
    private static final Duration SILENT_AFTER = Duration.ofSeconds(15);
    private static final int HANGING = 12;
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(1);
    /** How many files are named. */
    private static final int FEW = 3;
    private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB");

    @Option(names = "--json", description = "Prints one JSON object; docs/operating.md says what its fields mean.")
    private boolean json;

    private final Instant now = Instant.now();
    private Spool spool;
    private StoreView.Seen external;
    private StoreView.Seen local;
    private long holder;
    private ServiceStatus said;
    private int waitingFiles;
    private Instant oldest;
    private Quarantine.Count quarantine;
    /** Why the spool cannot be read, a sentence, or null. */
    private String spoolReason;
    private final List<String> missing = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        look(settings());
        PrintWriter out = out();
        if (json) {
            out.println(JSON.writeValueAsString(toJson()));
        } else {
            print(out, this::print);
        }
        out.flush();
        return !external.available() && !local.available() ? ExitCode.UNAVAILABLE : ReadOptions.code(ExitCode.DONE, missing);
    }

    /** Prints lines that begin with a name, wrapped to the width of the terminal. */
    static void print(PrintWriter out, Consumer<PrintWriter> lines) {
        StringWriter text = new StringWriter();
        lines.accept(new PrintWriter(text));
        int width = Pager.isTerminal() ? Integer.getInteger("tac8.columns", 0) : 0;
        text.toString().lines().forEach(line -> Text.wrap(line, width, HANGING, out::println));
    }

    private void look(Settings settings) throws IOException, InterruptedException {
        StoreView lookAtExternal = StoreView.external(settings);
        StoreView lookAtLocal = StoreView.local(settings);
        spool = Ingest.spool(settings);
        try {
            lookAtSpool();
        } catch (IOException | UncheckedIOException e) {
            spoolReason = "the spool " + spool.dir() + " cannot be read: " + Reasons.of(e, spool.dir());
        }
        external = lookAtExternal.await();
        local = lookAtLocal.await();
        if (spoolReason == null && !Files.isDirectory(spool.dir()) && !(external.untouched() && local.untouched())) {
            spoolReason = "there is no folder " + spool.dir() + " for the spool: look at tac8.spool.dir";
        }
        // What has never been begun is not missing.
        Stream.of(external, local).filter(store -> store.reason() != null && !store.untouched())
                .forEach(store -> missing.add("the " + store.name() + " store: " + store.reason()));
        Stream.of(external, local).filter(store -> !store.damaged().isEmpty())
                .forEach(store -> missing.add("the " + store.name() + " store: " + DatabaseFile.saysOf(store.damaged())));
        if (spoolReason != null) {
            missing.add(spoolReason);
        }
        if (said != null && said.generation().refused() != null) {
            missing.add("an edit is refused: " + said.generation().refused());
        }
    }

    private void lookAtSpool() throws IOException {
        holder = spool.holder();
        said = said(spool, holder);
        for (Path file : spool.waiting()) {
            try {
                Instant written = Files.getLastModifiedTime(file).toInstant();
                oldest = oldest == null || written.isBefore(oldest) ? written : oldest;
                waitingFiles++;
            } catch (NoSuchFileException e) {
                // It was stored meanwhile.
            }
        }
        quarantine = spool.quarantine().count();
    }

    /** What the process that holds the spool says of itself, or null: one that is gone may have left its words behind. */
    static ServiceStatus said(Spool spool, long holder) {
        ServiceStatus last = ServiceStatus.read(spool.dir());
        return last != null && (holder < 0 || last.pid() == holder) ? last : null;
    }

    private StoreView.Report last(String kind) {
        return Stream.of(external, local).map(store -> store.reports().get(kind)).filter(Objects::nonNull)
                .reduce((a, b) -> a.time().compareTo(b.time()) >= 0 ? a : b).orElse(null);
    }

    private ObjectNode toJson() {
        ObjectNode all = JSON.createObjectNode().put("at", text(now));
        all.putObject("service").put("running", spoolReason == null ? holder != 0 : null).put("pid", holder > 0 ? holder : null)
                .put("reported_at", said == null ? null : text(said.at()));
        all.putNull("breaker");
        all.putNull("stuck");
        all.set("generation", said == null ? null : JSON.valueToTree(said.generation().toMap()));
        if (said != null) {
            all.putObject("breaker").put("state", said.breaker()).put("since", text(said.breakerSince()));
            if (said.stuckSince() != null) {
                all.putObject("stuck").put("what", "external store").put("since", text(said.stuckSince()))
                        .put("seconds", age(said.stuckSince(), now).toSeconds());
            }
        }
        ObjectNode stores = all.putObject("stores");
        addTo(stores, external);
        addTo(stores, local);
        all.put("backlog_rows", backlog(local));
        all.putObject("spool").put("dir", spool.dir().toString()).put("reason", spoolReason)
                .put("waiting_files", spoolReason == null ? waitingFiles : null)
                .put("oldest_since", oldest == null ? null : text(oldest))
                .put("oldest_seconds", oldest == null ? null : age(oldest, now).toSeconds());
        all.putObject("quarantine").put("files", spoolReason == null ? quarantine.files() : null)
                .put("lines", spoolReason == null ? quarantine.lines() : null);
        for (String kind : REPORTS) {
            StoreView.Report last = last(kind);
            all.putNull("last_" + kind);
            if (last != null) {
                all.putObject("last_" + kind).put("time", last.time()).put("message", last.message());
            }
        }
        missing.forEach(all.putArray("missing")::add);
        return all;
    }

    private static void addTo(ObjectNode stores, StoreView.Seen store) {
        ObjectNode one = stores.putObject(store.name()).put("file", store.file().toString()).put("available", store.available())
                .put("reason", store.reason()).put("bytes", store.bytes())
                .put("last_write", store.lastWrite() == null ? null : text(store.lastWrite()));
        one.putNull("rows");
        if (store.rows() != null) {
            ObjectNode rows = one.putObject("rows");
            store.rows().forEach(rows::put);
        }
        List<Path> damaged = store.damaged();
        one.putObject("damaged").put("count", damaged.size())
                .put("newest", damaged.isEmpty() ? null : damaged.get(damaged.size() - 1).toString());
    }

    /** The rows that wait to be brought home, or null if they are not known. */
    private static Long backlog(StoreView.Seen local) {
        return local.untouched() ? Long.valueOf(0) : local.rowCount();
    }

    private void print(PrintWriter out) {
        print(out, spoolReason == null ? serviceInWords(holder, said, now) : "not known, as it would hold the spool", said, now);
        out.println();
        printStores(out);
        out.println();
        out.println("backlog     " + backlogInWords(local));
        out.println("waiting     " + (spoolReason != null ? "not known: " + Printable.of(spoolReason) : waitingFiles == 0 ? "nothing" : count(waitingFiles, "file") + " in the spool, the oldest for "
                + inWords(age(oldest, now))));
        out.println("quarantine  " + (spoolReason != null ? "not known" : quarantine.files() == 0 ? "nothing" : count(quarantine.lines(), "line") + " in "
                + count(quarantine.files(), "file") + "; ./tac8 quarantine list says why"));
        for (String kind : REPORTS) {
            StoreView.Report last = last(kind);
            // One that is itself in the archive is not looked for.
            out.println(String.format("%-11s ", kind) + (last == null ? "none on record" : ago(Instant.parse(last.time()), now) + ". "
                    + Printable.of(last.message())));
        }
        printDamaged(out);
    }

    /** Prints what a service says of itself; null if it says nothing. */
    static void print(PrintWriter out, String service, ServiceStatus said, Instant now) {
        out.println("service     " + service);
        if (said != null) {
            out.println("breaker     " + said.breaker() + " for " + inWords(age(said.breakerSince(), now)) + ": chunks go to the "
                    + (said.breaker().equals("closed") ? "external" : "local") + " store");
            out.println("stuck       " + (said.stuckSince() == null ? "nothing"
                    : "the external store has not answered for " + inWords(age(said.stuckSince(), now))));
            print(out, said.generation(), said.generation().since() == null ? "" : ago(said.generation().since(), now));
        }
    }

    /** Prints what is in force and what is refused. */
    static void print(PrintWriter out, InForce.State generation, String since) {
        if (generation.number() > 0) {
            out.println("generation  " + generation.number() + ", since " + since
                    + (generation.changed().isEmpty() ? "" : " (" + files(generation.changed()) + ")"));
        }
        if (generation.refused() != null) {
            out.println("refused     " + Printable.of(generation.refused()));
        }
        if (generation.waits() != null) {
            out.println("waits       " + Printable.of(generation.waits()));
        }
        if (!generation.nextStart().isEmpty()) {
            out.println("next start  takes " + files(generation.nextStart()));
        }
    }

    /** A few of the names, and how many more there are. */
    static String files(List<String> names) {
        String first = names.stream().limit(FEW).map(Printable::of).collect(Collectors.joining(", "));
        return names.size() <= FEW ? first : first + " and " + Tac8.count(names.size() - FEW) + " more";
    }

    private void printDamaged(PrintWriter out) {
        if (external.damaged().isEmpty() && local.damaged().isEmpty()) {
            out.println("damaged     nothing");
        }
        for (StoreView.Seen store : List.of(external, local)) {
            List<Path> damaged = store.damaged();
            if (!damaged.isEmpty()) {
                out.println("damaged     " + count(damaged.size(), "database") + " set aside, the newest is "
                        + damaged.get(damaged.size() - 1));
            }
        }
    }

    /** Whether a service runs, and says how it is. */
    static String serviceInWords(long holder, ServiceStatus said, Instant now) {
        if (holder == 0) {
            return "does not run";
        }
        String runs = holder > 0 ? "runs, process " + holder : "runs";
        if (said == null) {
            return runs + ", but has not said yet how it is";
        }
        Duration silent = age(said.at(), now);
        return silent.compareTo(SILENT_AFTER) < 0 ? runs : runs + ", but has not said how it is for " + inWords(silent);
    }

    private void printStores(PrintWriter out) {
        List<StoreView.Seen> counted = Stream.of(external, local).filter(store -> store.rows() != null).toList();
        if (!counted.isEmpty()) {
            StringBuilder head = new StringBuilder("store     ");
            counted.get(0).rows().keySet().forEach(table -> head.append(right(table, width(counted, table))));
            out.println(head + right("size", 12) + "  last write");
            for (StoreView.Seen store : counted) {
                StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-10s", store.name()));
                store.rows().forEach((table, rows) -> line.append(right(Tac8.count(rows), width(counted, table))));
                out.println(line + right(size(store.bytes()), 12) + "  " + ago(store.lastWrite(), now));
            }
        }
        for (StoreView.Seen store : List.of(external, local)) {
            if (store.rows() == null) {
                out.println(String.format(Locale.ROOT, "%-10s  ", store.name()) + (store.bytes() == null ? ""
                        : size(store.bytes()) + ", written " + ago(store.lastWrite(), now) + "; ") + Printable.of(store.reason()));
            }
        }
    }

    private static int width(List<StoreView.Seen> stores, String table) {
        return 2 + stores.stream().mapToInt(store -> Tac8.count(store.rows().get(table)).length())
                .reduce(table.length(), Math::max);
    }

    static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    static String backlogInWords(StoreView.Seen local) {
        Long rows = backlog(local);
        if (rows == null) {
            return "not known, as the local store cannot be read";
        }
        return rows == 0 ? "nothing" : count(rows, "row") + " in the local store: " + StoreView.inWords(local.rows());
    }

    static String count(long number, String thing) {
        return Tac8.count(number) + " " + thing + (number == 1 ? "" : "s");
    }

    static String size(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < UNITS.size() - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, UNITS.get(unit));
    }

    /** How long ago a time is. */
    static Duration age(Instant time, Instant now) {
        Duration age = Duration.between(time, now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    private static String ago(Instant time, Instant now) {
        return text(time) + (time.isAfter(now.plus(CLOCKS_DIFFER)) ? ", later than this computer's clock says it is"
                : ", " + inWords(age(time, now)) + " ago");
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static String inWords(Duration duration) {
        Map<String, Long> parts = Map.of("days", duration.toDays(), "h", duration.toHours(), "min", duration.toMinutes());
        for (String unit : List.of("days", "h", "min")) {
            if (parts.get(unit) >= 2) {
                return parts.get(unit) + " " + unit;
            }
        }
        return duration.toSeconds() + " s";
    }
}
