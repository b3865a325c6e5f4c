package dev.tac8.command;

import dev.tac8.ingest.Spool;
import dev.tac8.price.PriceBook;
import dev.tac8.query.Answer;
import dev.tac8.query.Output;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.settings.Settings;
import dev.tac8.status.Words;
import dev.tac8.store.Reasons;
import dev.tac8.store.RefusedException;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code tac8 recost}: stored calls priced anew. */
@Command(name = "recost", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Prices stored calls that have no cost, or one by an older version of the prices, and stores the new cost as further records of the same calls,"
                + " by the running service or, if none runs, by itself. What was reported stays, and so does a cost by newer prices.",
        footer = {"", "Exit codes: 0 done, 1 nothing was to be done, 4 some calls could not be read.", "",
            "Examples:", "  ./tac8 recost --dry-run", "  ./tac8 recost --since 2026-11-01%n"})
final class RecostCommand extends Doing {
    @Option(names = "--since", paramLabel = "DAY", description = "Only calls from this day on, in UTC, as the days of prices are.")
    private String since;
    @Option(names = "--until", paramLabel = "DAY", description = "Only calls up to the end of this day.")
    private String until;
    @Option(names = "--model", paramLabel = "NAME", description = "Only calls of a model, as they name it.")
    private String model;
    @Option(names = "--dry-run", description = "Says what it would do.")
    private boolean dryRun;
    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Settings settings = settings();
        PriceBook book = PriceBook.read(settings.files());
        if (book.version().isEmpty()) {
            throw new RefusedException("there are no prices, so nothing was done: " + PriceBook.BOOK + " belongs to tac8, put it back");
        }
        Period period = period();
        Path folder = dryRun ? null : folder();
        List<String> missing = new ArrayList<>();
        try {
            Recosting found = Stores.use(settings, Reach.records(period), stores -> {
                missing.clear();
                missing.addAll(stores.missing());
                return read(stores, book, folder, period);
            });
            int code = found.files().isEmpty() ? ExitCode.DONE : store(settings, found.files());
            if (code == ExitCode.DONE) {
                print(book, found, missing);
                code = ReadOptions.code(found.records() == 0 ? ExitCode.NOTHING_FOUND : ExitCode.DONE, missing);
            }
            return code;
        } finally {
            if (folder != null) {
                FileSystemUtils.deleteRecursively(folder);
            }
        }
    }

    private Period period() {
        Instant now = Tac8.now(spec);
        try {
            Period period = new Period(since == null ? null : Period.beginOf(since, now, ZoneOffset.UTC), until == null ? null : Period.endOf(until, now, ZoneOffset.UTC));
            if (since != null && until != null && !period.since().isBefore(period.until())) {
                throw new IllegalArgumentException("--since " + since + " is not before --until " + until);
            }
            return period;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static Path folder() throws StoreException {
        try {
            return Files.createTempDirectory(Path.of(System.getenv().getOrDefault("TMPDIR", "/var/tmp")), "tac8-recost-");
        } catch (IOException e) {
            throw new StoreException("cannot make a folder for the records: " + Reasons.of(e) + "; TMPDIR names another place", e);
        }
    }

    /** Begins anew if it is asked again: files of the same names are written over, and those that are not needed any more are not delivered. */
    private Recosting read(Stores stores, PriceBook book, Path folder, Period period) throws StoreException {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("since", StoredTime.of(period.since()));
        parameters.put("until", StoredTime.of(period.until()));
        parameters.put("model", model);
        try (Recosting recosting = new Recosting(book, folder)) {
            stores.each("priced-calls", parameters, recosting);
            return recosting;
        }
    }

    private int store(Settings settings, List<Path> files) throws Exception {
        Delivery.Done done = new Delivery(settings, "recost", this::warn).deliver(spool -> publish(spool, files), stored -> { });
        return done == Delivery.Done.NOT ? ExitCode.UNAVAILABLE : ExitCode.DONE;
    }

    private static Map<Path, Long> publish(Spool spool, List<Path> files) throws IOException {
        Map<Path, Long> waiting = new LinkedHashMap<>();
        for (Path file : files) {
            Spool.Dropped dropped = spool.publish(file);
            waiting.put(dropped.path(), dropped.bytes());
            Files.delete(file);
        }
        return waiting;
    }

    private void print(PriceBook book, Recosting found, List<String> missing) {
        Answer answer = new Answer().one("recost", null, new Rows(List.of("version", "calls", "priced_calls", "priced_usd", "changed_calls", "before_usd", "after_usd",
                "unchanged_calls", "reported_calls", "newer_calls", "calls_without_price"), List.<Object[]>of(new Object[] {book.version(), found.looked(), found.priced(),
                    found.pricedUsd(), found.changed(), found.beforeUsd(), found.afterUsd(), found.same(), found.reported(), found.newer(),
                    found.lacking().calls()})));
        if (found.lacking().calls() > 0) {
            answer.list("without_price", "Calls that stay without a cost:", found.lacking().rows());
        }
        if (found.edited() > 0) {
            answer.remark(Words.count(found.edited(), "call") + (found.edited() == 1 ? " has" : " have") + " a cost by this version, and would have another one: the prices were changed without the first line of"
                    + " their file. Let it say a later version, and recost again.");
        }
        if (found.newer() > 0) {
            answer.remark(Words.count(found.newer(), "call") + (found.newer() == 1 ? " has" : " have") + " a cost by newer prices than version " + book.version() + ", which stays.");
        }
        answer.remark(dryRun ? "Nothing was stored: this is what would be." : "Dollars are list prices, estimates and no bill.");
        Caller caller = ((Tac8) spec.root().userObject()).caller();
        new Output(json ? Output.Form.JSON : Output.Form.TEXT, ZoneOffset.UTC, caller.terminal(), caller.columns(), caller.colour(), out(),
                spec.commandLine().getErr()).print(answer, missing);
    }
}
