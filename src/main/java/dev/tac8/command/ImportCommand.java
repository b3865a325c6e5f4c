package dev.tac8.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.history.Import;
import dev.tac8.history.Imported;
import dev.tac8.ingest.Spool;
import dev.tac8.price.PriceBook;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.Pager;
import dev.tac8.text.Printable;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code tac8 import}: what agents' own files tell of calls and of money. */
@Command(name = "import", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Reads the files that Claude Code, Codex and Gemini CLI keep of their sessions, and stores each call once, with its tokens and its list"
                + " price. The files are only read. What is stored already is not stored twice.",
        footer = {"", "Without PATH: the agents' own folders, and the files that workers' records name.", "", "Examples:", "  ./tac8 import --dry-run",
            "  ./tac8 import claude --since 2026-10-01", "  ./tac8 import --worker w-abc123 logs/gh-450.jsonl%n"})
final class ImportCommand extends Doing {
    private static final int HANGING = 14;
    @Parameters(arity = "0..*", paramLabel = "[claude|codex|gemini] PATH", description = "Files and folders; before them, whose are read, all if none is named.")
    private List<String> given = List.of();
    @Option(names = "--worker", paramLabel = "ID", description = "The worker that ran all sessions that are found.")
    private String worker;
    @Option(names = "--since", paramLabel = "DAY", description = "Leaves out what is older, such as 2026-10-01 (UTC).")
    private LocalDate since;
    @Option(names = "--again", description = "Reads files that have not changed since they were imported, too.")
    private boolean again;
    @Option(names = "--dry-run", description = "Shows what there is, and stores nothing.")
    private boolean dryRun;
    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    private Imported imported;

    @Override
    public Integer call() throws Exception {
        long begin = System.nanoTime();
        Settings settings = settings();
        Import.Options options = options();
        try (ReadBar bar = new ReadBar(progressBar("read", 0, " MiB", Delivery.MEBIBYTE))) {
            imported = new Import(settings, System.getenv()).begin(options, bar);
            imported.missing().forEach(this::warn);
            if (imported.priceVersion().isEmpty()) {
                warn("there are no prices, so no call gets a cost: " + PriceBook.BOOK + " belongs to tac8, put it back, and ./tac8 recost prices what is stored by then");
            }
            if (!store(settings, bar)) {
                return ExitCode.UNAVAILABLE;
            }
        }
        ObjectNode summary = imported.summary(!dryRun, LocalDate.ofInstant(Tac8.now(spec), ZoneOffset.UTC));
        if (json) {
            out().println(new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(summary));
            out().flush();
        } else {
            print(summary, (System.nanoTime() - begin) / 1e9);
        }
        boolean nothing = summary.at("/files/read").asInt() + summary.at("/files/unchanged").asInt() == 0;
        return !summary.at("/files/unreadable").isEmpty() || !imported.missing().isEmpty() ? ExitCode.PARTIAL : nothing ? ExitCode.NOTHING_FOUND : ExitCode.DONE;
    }

    /** Reads all, and stores it; false if nobody stores it now. */
    private boolean store(Settings settings, ReadBar bar) throws Exception {
        boolean isThere = next();
        if (dryRun) {
            return true;
        }
        while (isThere && imported.isNothing()) {
            isThere = next();
        }
        if (isThere && new Delivery(settings, "import", this::warn).deliver(spool -> publish(spool, bar), file -> { }) == Delivery.Done.NOT) {
            return false;
        }
        remember();
        return true;
    }

    /** A dry run is one part, as what it would store is nowhere to be asked for. */
    private boolean next() throws StoreException {
        boolean isThere = imported.next(dryRun ? Integer.MAX_VALUE : Imported.PART);
        if (isThere) {
            imported.countStored();
        }
        return isThere;
    }

    /** The last part, and what follows it. */
    private Map<Path, Long> publish(Spool spool, ReadBar bar) throws Exception {
        Map<Path, Long> waiting = new LinkedHashMap<>();
        do {
            if (!imported.isNothing()) {
                waiting.putAll(imported.publish(spool));
            }
        } while (next());
        bar.close();
        return waiting;
    }

    private void remember() {
        try {
            imported.remember();
        } catch (IOException e) {
            warn("which files were imported cannot be kept: " + Reasons.of(e) + ". They are read again next time, and nothing is stored twice");
        }
    }

    /** How much has been read; nothing if there is no terminal. */
    private static final class ReadBar implements Import.Progress, AutoCloseable {
        private final ProgressBar bar;
        private long before;
        private long file;

        ReadBar(ProgressBar bar) {
            this.bar = bar;
        }

        @Override
        public void begin(long total) {
            if (bar != null) {
                bar.maxHint(total);
            }
        }

        @Override
        public void begin(Path path) {
            before += file;
            file = 0;
        }

        @Override
        public void read(long bytes) {
            file = bytes;
            if (bar != null) {
                bar.stepTo(before + bytes);
            }
        }

        @Override
        public void close() {
            if (bar != null) {
                bar.close();
            }
        }
    }

    private Import.Options options() {
        boolean named = !given.isEmpty() && Import.AGENTS.contains(given.get(0));
        List<Path> paths = given.stream().skip(named ? 1 : 0).map(path -> Tac8.fromCaller(Path.of(path))).toList();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new ParameterException(spec.commandLine(), "there is no file and no folder " + path + "; nothing was imported");
            }
        }
        Instant from = since == null ? null : since.atStartOfDay(ZoneOffset.UTC).toInstant();
        return new Import.Options(named ? List.of(given.get(0)) : Import.AGENTS, paths, from, worker, again);
    }

    private void print(JsonNode all, double seconds) throws IOException {
        PrintWriter out = out();
        JsonNode totals = all.path("totals");
        line("files", count(all.at("/files/read")) + " read" + more(all.at("/files/unchanged"), "unchanged") + size(all.at("/files/of_no_agent"), "of no agent")
                + size(all.at("/files/unreadable"), "unreadable"));
        line("sessions", count(all.path("sessions")));
        line("calls", count(all.at("/calls/new")) + " new, " + count(all.at("/calls/known")) + " known" + more(totals.path("calls_without_cost"), "without cost"));
        line("tokens", "input " + count(totals.path("tokens_input")) + ", output " + count(totals.path("tokens_output")) + ", from the cache "
                + count(totals.path("cache_read_tokens")) + ", to the cache "
                + Tac8.count(totals.path("cache_write_5m_tokens").asLong() + totals.path("cache_write_1h_tokens").asLong()));
        line("cost", "$" + totals.path("usd").asText() + " as reported, or else by list price" + (all.path("rest").isEmpty() ? "" : ", with what agents say beyond these calls")
                + (all.path("reported_usd").isNull() ? "" : "; the agents themselves say $" + all.path("reported_usd").asText()));
        all.path("rest").forEach(row -> line("beyond calls", row.path("agent_session").asText() + " " + name(row.path("model").asText()) + " "
                + (row.path("estimated_cost_usd").isNull() ? "at no known price" : "$" + row.path("estimated_cost_usd").asText())));
        all.path("differences").forEach(row -> line("differs", row.path("agent_session").asText() + " " + name(row.path("model").asText()) + " $"
                + row.path("calculated_usd").asText() + " by its calls, $" + row.path("reported_usd").asText() + " by the agent"));
        each("without price", all.path("without_price"));
        each("skipped", all.path("skipped"));
        each("unknown", all.path("unknown"));
        each("note", all.path("remarks"));
        all.path("left_out").properties().forEach(one -> line("left out", one.getKey() + ": its worker has logged calls without ids of messages meanwhile, and nobody"
                + " can tell whether they are the same " + Tac8.count(one.getValue().asLong())));
        all.at("/files/of_no_agent").forEach(file -> line("of no agent", file.asText()));
        all.at("/files/unreadable").properties().forEach(file -> line("unreadable", file.getKey() + ": " + file.getValue().asText()));
        line("seconds", String.format(Locale.ROOT, "%.1f", seconds));
        if (dryRun) {
            out.println("Nothing was stored: this was a dry run.");
        }
        out.flush();
    }

    private void line(String name, String text) {
        Text.wrap(String.format(Locale.ROOT, "%-13s %s", name, Printable.of(text)), width(), HANGING, out()::println);
    }

    /** What others call something, cut on a terminal where it would fill line after line. */
    private static String name(String text) {
        return width() > 0 ? Text.cut(Printable.of(text), width()) : text;
    }

    private static int width() {
        return Pager.isTerminal() ? Integer.getInteger("tac8.columns", 0) : 0;
    }

    private void each(String name, JsonNode counts) {
        counts.properties().forEach(one -> line(name, name(one.getKey()) + ": " + Tac8.count(one.getValue().asLong())));
    }

    private static String count(JsonNode number) {
        return Tac8.count(number.asLong());
    }

    private static String more(JsonNode number, String what) {
        return number.asLong() == 0 ? "" : ", " + count(number) + " " + what;
    }

    private static String size(JsonNode some, String what) {
        return some.isEmpty() ? "" : ", " + Tac8.count(some.size()) + " " + what;
    }
}
