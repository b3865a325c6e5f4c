package dev.tac8.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.history.Workers.Link;
import dev.tac8.ingest.Spool;
import dev.tac8.price.Call;
import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.Tokens;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What agents' files have told, priced, with whose it is: to be dropped into the spool, and to be shown. */
public final class Imported {
    private static final int MOST_LINES = 10_000;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Import.Options options;
    private final PriceBook book;
    private final Known known;
    private final Ledger ledger = new Ledger();
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final List<Priced> calls = new ArrayList<>();
    private final SortedMap<String, String> unreadable;
    private final SortedMap<String, Long> unpriced = new TreeMap<>();
    private final SortedMap<String, Long> leftOut = new TreeMap<>();
    private final List<Path> foreign = new ArrayList<>();
    private final Map<Path, ReadFiles.State> read = new LinkedHashMap<>();
    private final Map<Path, List<String>> sessions = new LinkedHashMap<>();
    private int files;
    private int unchanged;
    private boolean isPart;

    /** A call and what it costs by list price; null if nobody knows. */
    record Priced(ModelCall call, BigDecimal cost) {
    }

    Imported(Import.Options options, PriceBook book, Known known, SortedMap<String, String> unreadable) {
        this.options = options;
        this.book = book;
        this.known = known;
        this.unreadable = unreadable;
    }

    /** Whether so many calls have been found that the rest has to wait for the next turn. */
    boolean cut(int mostCalls) {
        isPart = ledger.calls().size() >= mostCalls;
        return isPart;
    }

    /** Whether there is more to be read. */
    boolean isPart() {
        return isPart;
    }

    /** What was found, for the log. */
    String sentence() {
        return "Imported " + files + (files == 1 ? " file" : " files") + " of agents: " + calls.size() + (calls.size() == 1 ? " call" : " calls") + " of "
                + ledger.sessions().size() + (ledger.sessions().size() == 1 ? " session" : " sessions") + " go into the spool";
    }

    /** Counts a file that is as it was when it was imported. */
    void unchanged() {
        unchanged++;
    }

    void add(Path file, ReadFiles.State state, Found found) {
        files++;
        if (found.sessions().isEmpty()) {
            foreign.add(file);
        } else if (!options.agents().contains(found.sessions().iterator().next().agent())) {
            return;
        }
        read.put(file, state);
        sessions.put(file, found.sessions().stream().map(Session::name).toList());
        ledger.add(found);
        List<Link> writers = known.logs().getOrDefault(file, List.of());
        for (Session session : found.sessions()) {
            Link link = options.worker() == null ? writerOf(session, writers) : new Link(options.worker(), null, session.since());
            if (link != null) {
                links.putIfAbsent(session.name(), link);
            }
        }
    }

    /** The last worker of a file that began before the session: where several wrote into one, each began later than the one before. */
    private static Link writerOf(Session session, List<Link> writers) {
        Link writer = null;
        for (Link link : writers) {
            writer = writer == null || !link.since().isAfter(session.since()) ? link : writer;
        }
        return writer;
    }

    void unreadable(Path file, String why) {
        unreadable.put(file.toString(), why);
    }

    /** Prices the calls, and leaves out what is not wanted. */
    void end(Settings settings) throws StoreException {
        links.forEach((name, link) -> known.workers().add(name, link));
        Set<String> doubtful = doubtful(settings);
        for (ModelCall call : ledger.calls()) {
            if (doubtful.contains(call.session().name())) {
                leftOut.merge(call.session().name(), 1L, Long::sum);
            } else if (isWanted(call.time())) {
                calls.add(new Priced(call, cost(call)));
            }
        }
    }

    private boolean isWanted(Instant time) {
        return options.since() == null || !time.isBefore(options.since());
    }

    private BigDecimal cost(ModelCall call) {
        if (call.tokens() == null) {
            return null;
        }
        Quote quote = book.price(new Call(call.model(), call.time().atZone(ZoneOffset.UTC).toLocalDate(), call.tokens(), call.largest(), call.searches(),
                call.terms()));
        if (quote.dollars() == null) {
            unpriced.merge(quote.why(), 1L, Long::sum);
        }
        return quote.dollars();
    }

    /** Sessions of workers that have logged calls without ids of messages meanwhile: nobody can tell whether those are the same calls. */
    private Set<String> doubtful(Settings settings) throws StoreException {
        Map<String, Period> plain = known.plainCalls(settings, ledger.sessions());
        Set<String> doubtful = new TreeSet<>();
        for (ModelCall call : ledger.calls()) {
            Link link = known.workers().of(call.session().agent(), call.session().id(), call.time());
            Period logged = link == null ? null : plain.get(link.worker());
            if (logged != null && !call.time().isBefore(logged.first()) && !call.time().isAfter(logged.last())) {
                doubtful.add(call.session().name());
            }
        }
        return doubtful;
    }

    /** When something was first, and when last. */
    record Period(Instant first, Instant last) {
    }

    /**
     * Drops records of all that into the spool.
     *
     * @return where they wait, and their sizes
     */
    public Map<Path, Long> publish(Spool spool) throws IOException {
        List<Written> lines = new ArrayList<>();
        links.forEach((name, link) -> ledger.sessions().stream().filter(session -> session.name().equals(name)).forEach(session ->
                lines.add(records -> records.write(session, link))));
        Tasks tasks = known.tasks();
        Map<Session, String> taskOf = new HashMap<>();
        calls.stream().map(one -> one.call().session()).distinct().forEach(session -> taskOf.put(session, tasks.of(session)));
        calls.forEach(one -> lines.add(records -> records.write(one.call(), taskOf.get(one.call().session()), one.cost(), book.version())));
        ledger.totals().stream().filter(total -> isWanted(total.time())).forEach(total -> lines.add(records -> records.write(total)));
        ledger.errors().stream().filter(error -> isWanted(error.time())).forEach(error -> lines.add(records -> records.write(error)));
        Map<Path, Long> published = new LinkedHashMap<>();
        for (int from = 0; from < lines.size(); from += MOST_LINES) {
            List<Written> some = lines.subList(from, Math.min(from + MOST_LINES, lines.size()));
            Path path = spool.publish("import", (target, out) -> {
                Records records = new Records(known.workers(), new BufferedOutputStream(out, BUFFER_BYTES));
                for (Written line : some) {
                    line.to(records);
                }
                records.finish();
            });
            published.put(path, java.nio.file.Files.size(path));
        }
        return published;
    }

    /**
     * Keeps which files have been read, when all that they tell is in the spool or stored.
     *
     * @return false if there was none, or not all of what they tell was wanted
     */
    public boolean remember(Settings settings) throws IOException {
        if (options.since() != null || read.isEmpty()) {
            return false;
        }
        Map<Path, ReadFiles.State> states = new LinkedHashMap<>();
        read.forEach((file, state) -> {
            Map<String, List<String>> workers = new TreeMap<>();
            sessions.get(file).forEach(session -> workers.put(session, known.workers().namesOf(session)));
            states.put(file, new ReadFiles.State(state.size(), state.modified(), state.end(), workers));
        });
        ReadFiles.keep(settings, states);
        return true;
    }

    /** A line that is written when its turn comes. */
    private interface Written {
        void to(Records records) throws IOException;
    }

    List<Priced> calls() {
        return calls;
    }

    /**
     * Which files were read.
     *
     * @param foreign    of no agent that is known
     * @param unreadable and why
     */
    record Files(int read, int unchanged, List<Path> foreign, SortedMap<String, String> unreadable) {
    }

    Files files() {
        return new Files(files, unchanged, foreign, unreadable);
    }

    SortedMap<String, Long> unpriced() {
        return unpriced;
    }

    SortedMap<String, Long> leftOut() {
        return leftOut;
    }

    /**
     * What there is to be shown, as one JSON object; dollars are text, exact decimals.
     *
     * @param before how many of the calls were stored before
     * @param stored where the sums of these sessions come from; null for this import alone
     * @param today  for prices of what has no time
     */
    public ObjectNode summary(long before, Settings stored, LocalDate today) throws StoreException {
        return new Summary(this, stored == null || ledger.sessions().isEmpty() ? told() : stored(stored), book, today).of(before);
    }

    /** What of the stores could not be asked which workers there are, a sentence each. */
    public Set<String> missing() {
        return known.missing();
    }

    /** How many of the calls are stored. */
    public long countStored(Settings settings) throws StoreException {
        return Known.countOf(settings, calls.stream().map(one -> one.call().id()).toList());
    }

    /** Whether there is anything to be written. */
    public boolean isNothing() {
        return calls.isEmpty() && ledger.totals().isEmpty() && ledger.errors().isEmpty() && links.isEmpty();
    }

    Ledger ledger() {
        return ledger;
    }

    /** What all that would be if nothing else were stored. */
    Money told() {
        List<Rest.Known> told = calls.stream().map(one -> new Rest.Known(one.call().session().id(), one.call().model(), one.call().time(), one.call().tokens(),
                one.cost())).toList();
        return new Money(ledger.sessions().stream().map(Session::id).collect(Collectors.toCollection(TreeSet::new)), told, List.copyOf(ledger.totals()));
    }

    private Money stored(Settings settings) throws StoreException {
        return Money.stored(settings, ledger.sessions().stream().filter(session -> !leftOut.containsKey(session.name())).toList(), known.workers());
    }
}
