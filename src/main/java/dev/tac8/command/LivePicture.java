package dev.tac8.command;

import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Quarantine;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.ingest.Spool;
import dev.tac8.observe.Waiting;
import dev.tac8.query.Period;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.query.Stores;
import dev.tac8.query.Table;
import dev.tac8.settings.Settings;
import dev.tac8.status.Condition;
import dev.tac8.status.StoreView;
import dev.tac8.status.Words;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.Printable;
import dev.tac8.text.StoredTime;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code tac8 top} shows. Each look asks the stores, the spool and what the service says of itself, and is compared with the one before. */
final class LivePicture {
    /** What takes long, and may hold up a writer, takes at most one part in so many of the time. */
    private static final int SHARE = 20;
    private static final int REFUSALS = 3;
    private static final int LEAST_COLUMN = 6;
    private static final int WHOLE_FROM = 10;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT);
    private static final Pattern TROUBLE = Pattern.compile("(service {5}(does not|.* but has not)|breaker {5}(open|half)|stuck {7}the|refused |waiting {5}not known).*");
    private static final Map<String, String> COLOURS = Map.of("error", "31", "warning", "33");

    private final Settings settings;
    private final Spool spool;
    private final ZoneId zone;
    private final Waiting waiting = new Waiting();
    private final OneStore external = new OneStore(all -> StoreView.external(all, StoreView.NEWEST_ROWS, "last-events"));
    private final OneStore local = new OneStore(all -> StoreView.local(all, "rows", StoreView.NEWEST_ROWS, "last-events"));
    private Instant now;
    private long holder;
    private ServiceStatus said;
    private String spoolReason;
    private Quarantine.Count quarantine;
    private List<String> refusals = List.of();
    private String today;
    private long restUntilNanos = System.nanoTime();

    /**
     * A line, which holds nothing that could steer a terminal.
     *
     * @param colour a terminal's code, or null
     * @param isCut  whether the rest of it may be left out if it is too long
     */
    record Line(String text, String colour, boolean isCut) {
    }

    /** How a look at a store begins. */
    private interface Begin {
        StoreView look(Settings settings) throws IOException;
    }

    /** A store as it was seen last, and how many rows a second it took since the time before. */
    private static final class OneStore {
        private final Begin begin;
        private StoreView view;
        private StoreView.Seen seen;
        private Map<String, Long> newest;
        private long newestNanos;
        private Map<String, Double> rates = Map.of();

        OneStore(Begin begin) {
            this.begin = begin;
        }

        /** While a disk hangs, one look waits for it, and no more. */
        void begin(Settings settings) throws IOException {
            view = view == null || view.isDone() ? begin.look(settings) : view;
        }

        void await() throws InterruptedException {
            seen = view.await();
            Rows found = seen.found().get(StoreView.NEWEST_ROWS);
            rates = new LinkedHashMap<>();
            if (found != null && view.isDone()) {
                Map<String, Long> numbers = StoreView.numbers(found);
                long nanos = System.nanoTime();
                double seconds = (nanos - newestNanos) / 1e9;
                for (Map.Entry<String, Long> table : newest == null ? Map.<String, Long>of().entrySet() : numbers.entrySet()) {
                    rates.put(table.getKey(), Math.max(0, table.getValue() - newest.getOrDefault(table.getKey(), 0L)) / seconds);
                }
                newest = numbers;
                newestNanos = nanos;
            }
        }
    }

    LivePicture(Settings settings, ZoneId zone) {
        this.settings = settings;
        this.zone = zone;
        this.spool = Ingest.spool(settings);
    }

    /** Looks at everything; a disk that hangs takes a few seconds. */
    void look() throws IOException, InterruptedException {
        now = Instant.now();
        external.begin(settings);
        local.begin(settings);
        try {
            holder = spool.holder();
            said = Condition.said(spool, holder);
            spoolReason = null;
            if (Files.isDirectory(spool.dir())) {
                waiting.look(spool);
            }
        } catch (IOException | UncheckedIOException e) {
            spoolReason = "the spool " + spool.dir() + " cannot be read: " + Reasons.of(e, spool.dir());
        }
        external.await();
        local.await();
        if (spoolReason == null && !Files.isDirectory(spool.dir()) && !(external.seen.untouched() && local.seen.untouched())) {
            spoolReason = "there is no folder " + spool.dir() + " for the spool: look at tac8.spool.dir";
        }
        long begin = System.nanoTime();
        if (begin - restUntilNanos >= 0 && external.view.isDone() && local.view.isDone()) {
            today = today();
            lookAtQuarantine();
            restUntilNanos = System.nanoTime() + SHARE * (System.nanoTime() - begin);
        }
    }

    private String today() throws IOException {
        Period day = Period.day(now, zone);
        try {
            return Stores.use(settings, Reach.records(day), stores -> {
                Rows sums = stores.ask("cost", Map.of("since", StoredTime.of(day.since()), "until", StoredTime.of(day.until())));
                String missing = stores.missing().isEmpty() ? "" : "; without what cannot be read";
                if (sums.isEmpty()) {
                    return "no API call" + missing;
                }
                Number cost = sums.first("cost_usd") instanceof Number dollars ? dollars : 0;
                Number tokens = sums.first("tokens_total") instanceof Number all ? all : 0;
                long unpriced = sums.number("calls_without_cost");
                return (unpriced == 0 ? "" : "≥ ") + Table.dollars(cost, 2) + ", " + Words.count(sums.number("calls"), "call") + ", "
                        + Table.whole(tokens) + " token" + (tokens.longValue() == 1 ? "" : "s") + (unpriced == 0 ? "" : "; " + Words.count(unpriced, "call")
                        + " without a cost") + missing;
            });
        } catch (StoreException e) {
            return "not known";
        } finally {
            Stores.letGo();
        }
    }

    private void lookAtQuarantine() {
        try {
            quarantine = spool.quarantine().count();
            Map<Path, Instant> changed = new HashMap<>();
            for (Path file : spool.quarantine().files()) {
                changed.put(file, Files.getLastModifiedTime(file).toInstant());
            }
            List<String> newest = new ArrayList<>();
            for (Path file : changed.keySet().stream().sorted(Comparator.comparing(changed::get).reversed()).limit(REFUSALS).toList()) {
                spool.quarantine().readEntries(file, entry -> {
                    newest.add(time(changed.get(file)) + "  " + entry.file() + ", line " + entry.line() + ": " + entry.reason());
                    return false;
                });
            }
            refusals = newest;
        } catch (NoSuchFileException e) {
            // It was replayed meanwhile: the next look tells.
        } catch (IOException | UncheckedIOException e) {
            quarantine = null;
        }
    }

    /** What cannot be read, or is refused, a sentence each. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        Stream.of(external, local).map(store -> store.seen).filter(seen -> seen.reason() != null && !seen.untouched())
                .forEach(seen -> missing.add("the " + seen.name() + " store: " + seen.reason()));
        Stream.of(spoolReason, said == null ? null : said.generation().refused()).filter(Objects::nonNull).forEach(missing::add);
        return missing;
    }

    /** Whether no store can be read. */
    boolean isBlind() {
        return !external.seen.available() && !local.seen.available();
    }

    /** What was seen, the most important first: what comes last may be left out where there is no room. */
    List<Line> lines(String head) {
        List<Line> lines = new ArrayList<>(List.of(new Line("tac8 top    " + time(now) + head, "1", true)));
        StringWriter block = new StringWriter();
        printState(new PrintWriter(block));
        block.toString().lines().forEach(line -> lines.add(new Line(line, TROUBLE.matcher(line).matches() ? "31" : null, false)));
        addStores(lines);
        if (!refusals.isEmpty()) {
            lines.addAll(List.of(new Line("", null, true), new Line("refused last", "1", true)));
            refusals.forEach(refusal -> lines.add(new Line(Text.printable(refusal), "33", true)));
        }
        lines.addAll(List.of(new Line("", null, true), new Line("events stored last", "1", true)));
        Stream.of(external, local).filter(store -> store.seen.found().containsKey("last-events"))
                .flatMap(store -> store.seen.found().get("last-events").rows().stream())
                .sorted(Comparator.comparing((Object[] event) -> Text.of(event[0])).reversed()).forEach(event -> lines.add(new Line(
                        String.format(Locale.ROOT, "%s  %-7s  %-10s  %-8s  %s", time(Instant.parse(Text.of(event[0]))), printable(event[1]),
                        printable(event[2]), printable(event[3]), printable(event[4])), COLOURS.get(Text.of(event[1])), true)));
        return lines;
    }

    private void printState(PrintWriter out) {
        StatusCommand.print(out, spoolReason == null ? Words.service(holder, said, now) : "not known, as it would hold the spool", said,
                Words.broker(settings, holder, said), !settings.isOnlyEdge(), now);
        out.println("waiting     " + (spoolReason != null ? "not known: " + Printable.of(spoolReason) : waiting.files() == 0 ? "nothing"
                : Words.count(waiting.files(), "file") + " in the spool, the oldest for " + ago(waiting.oldest())));
        out.println("backlog     " + Words.backlog(local.seen));
        out.println("quarantine  " + (quarantine == null ? "not known" : quarantine.files() == 0 ? "nothing" : Words.count(quarantine.lines(), "line")
                + " in " + Words.count(quarantine.files(), "file")));
        out.println("today       " + (today == null ? "not known" : today));
    }

    private void addStores(List<Line> lines) {
        List<OneStore> read = Stream.of(external, local).filter(store -> store.seen.reason() == null).toList();
        lines.add(new Line("", null, true));
        if (!read.isEmpty()) {
            StringBuilder head = new StringBuilder("rows/s    ");
            read.get(0).newest.keySet().forEach(table -> head.append(StatusCommand.right(table, column(table))));
            lines.add(new Line(head + StatusCommand.right("size", 11) + "  last write", "1", true));
        }
        for (OneStore store : read) {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-10s", store.seen.name()));
            store.newest.keySet().forEach(table -> line.append(StatusCommand.right(rate(store.rates.get(table)), column(table))));
            lines.add(new Line(line + StatusCommand.right(Words.size(store.seen.bytes()), 11)
                    + (store.seen.lastWrite() == null ? "" : "  " + ago(store.seen.lastWrite()) + " ago"), null, true));
        }
        Stream.of(external, local).map(store -> store.seen).filter(seen -> seen.reason() != null).forEach(seen -> lines.add(
                new Line(String.format(Locale.ROOT, "%-10s  ", seen.name()) + Printable.of(seen.reason()), seen.untouched() ? null : "31", false)));
    }

    private static int column(String table) {
        return 2 + Math.max(LEAST_COLUMN, table.length());
    }

    private static String rate(Double rate) {
        return rate == null ? "-" : rate == 0 ? "0" : rate < WHOLE_FROM ? String.format(Locale.ROOT, "%.1f", rate) : Tac8.count(Math.round(rate));
    }

    private String ago(Instant time) {
        return Words.length(Words.age(time, now));
    }

    private String time(Instant time) {
        return TIME.format(time.atZone(zone));
    }

    private static String printable(Object value) {
        return Text.printable(Text.of(value));
    }
}
