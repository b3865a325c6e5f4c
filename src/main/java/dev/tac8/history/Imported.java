package dev.tac8.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.history.Workers.Link;
import dev.tac8.ingest.FittingId;
import dev.tac8.ingest.Spool;
import dev.tac8.price.Call;
import dev.tac8.price.PriceBook;
import dev.tac8.price.Quote;
import dev.tac8.price.Tokens;
import dev.tac8.settings.Settings;
import dev.tac8.status.Words;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What agents' files tell, priced, with whose it is: to be dropped into the spool, and to be shown. It is read a part after the other, so that memory has a bound:
 * calls, totals and errors are those of the last part, sums those of all.
 */
public final class Imported {
    /** So many calls are a part, some ten megabytes: whoever reads has other things to do with its memory. */
    public static final int PART = 20_000;
    private static final int MOST_LINES = 10_000;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Settings settings;
    private final Import.Options options;
    private final PriceBook book;
    private final Known known;
    private final Threads threads;
    private final Import.Progress progress;
    private final Deque<Map.Entry<Path, ReadFiles.State>> waiting = new ArrayDeque<>();
    private final Map<String, Link> links = new LinkedHashMap<>();
    private final Set<String> doubtful = new TreeSet<>();
    private final SortedMap<String, String> unreadable;
    private final SortedMap<String, Long> unpriced = new TreeMap<>();
    private final SortedMap<String, Long> leftOut = new TreeMap<>();
    private final List<Path> foreign = new ArrayList<>();
    private final Map<Path, ReadFiles.State> read = new LinkedHashMap<>();
    private final Map<Path, List<String>> sessions = new LinkedHashMap<>();
    private final Owners owners = new Owners();
    private final Ledger all = new Ledger();
    private Ledger ledger = new Ledger();
    private List<Priced> calls = List.of();
    /** Calls of this part that no part before it has told. */
    private List<String> fresh = List.of();
    private int partFiles;
    private int files;
    private int unchanged;
    private long distinct;
    private long stored;

    /** A call and what it costs, by its agent if that says so, or else by list price; null if nobody knows. */
    record Priced(ModelCall call, BigDecimal cost) {
    }

    Imported(Settings settings, Import.Options options, PriceBook book, Known known, SortedMap<String, String> unreadable, Threads threads, Import.Progress progress) {
        this.settings = settings;
        this.options = options;
        this.book = book;
        this.known = known;
        this.unreadable = unreadable;
        this.threads = threads;
        this.progress = progress;
    }

    void toRead(Path file, ReadFiles.State state) {
        waiting.add(Map.entry(file, state));
    }

    long bytesToRead() {
        return waiting.stream().mapToLong(file -> file.getValue().size()).sum();
    }

    /**
     * Reads the next part: up to the end of the file in which so many calls have been found, with what belongs to the session of that file.
     *
     * @return false if there is none
     */
    public boolean next(int mostCalls) throws StoreException {
        ledger = new Ledger();
        calls = new ArrayList<>();
        fresh = new ArrayList<>();
        partFiles = files;
        if (waiting.isEmpty()) {
            return false;
        }
        Path before = null;
        while (!waiting.isEmpty() && (ledger.calls().size() < mostCalls || Folders.isOfOneSession(before, waiting.peek().getKey()))) {
            Map.Entry<Path, ReadFiles.State> one = waiting.poll();
            before = one.getKey();
            try {
                progress.begin(before);
                add(before, one.getValue(), HistoryFile.read(before, threads, progress::read));
            } catch (IOException e) {
                unreadable(before, Reasons.of(e));
            }
        }
        end();
        return true;
    }

    /** What was found, for the log. */
    String sentence() {
        int some = files - partFiles;
        return "Imported " + Words.count(some, "file") + " of agents: " + Words.count(calls.size(), "call") + " of " + Words.count(ledger.sessions().size(), "session")
                + " go into the spool";
    }

    /** Counts a file that is as it was when it was imported. */
    void unchanged() {
        unchanged++;
    }

    private void add(Path file, ReadFiles.State state, Found found) {
        files++;
        if (found.sessions().isEmpty()) {
            foreign.add(file);
        } else if (!options.agents().contains(found.sessions().iterator().next().agent())) {
            return;
        }
        read.put(file, state);
        sessions.put(file, found.sessions().stream().map(Session::name).toList());
        ledger.add(found);
        all.addWithoutCalls(found);
        List<Link> writers = known.logs().getOrDefault(file, List.of());
        for (Session session : found.sessions()) {
            Link link = options.worker() == null ? writerOf(session, writers) : new Link(FittingId.of(options.worker()), null, session.since());
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
    private void end() throws StoreException {
        links.forEach((name, link) -> known.workers().add(name, link));
        doubt();
        for (ModelCall told : ledger.calls()) {
            Session former = owners.put(told.id(), told.session());
            ModelCall call = former != null && former.owns(told.session()) ? told.of(former) : told;
            boolean isFresh = former == null;
            if (doubtful.contains(call.session().name())) {
                leftOut.merge(call.session().name(), isFresh ? 1L : 0L, Long::sum);
            } else if (isWanted(call.time())) {
                calls.add(new Priced(call, cost(call, isFresh)));
                if (isFresh) {
                    fresh.add(call.id());
                }
            }
        }
        distinct += fresh.size();
    }

    private boolean isWanted(Instant time) {
        return options.since() == null || !time.isBefore(options.since());
    }

    private BigDecimal cost(ModelCall call, boolean isFirst) {
        if (call.tokens() == null || call.said() != null) {
            return call.said();
        }
        Quote quote = book.price(new Call(call.model(), call.time().atZone(ZoneOffset.UTC).toLocalDate(), call.tokens(), call.largest(), call.searches(),
                call.terms()));
        if (quote.dollars() == null && isFirst) {
            unpriced.merge(quote.why(), 1L, Long::sum);
        }
        return quote.dollars();
    }

    /** Sessions of workers that have logged calls without ids of messages meanwhile: nobody can tell whether those are the same calls. */
    private void doubt() throws StoreException {
        Map<String, Period> plain = known.plainCalls(settings, ledger.sessions());
        for (ModelCall call : plain.isEmpty() ? List.<ModelCall>of() : ledger.calls()) {
            Link link = known.workers().of(call.session().agent(), call.session().id(), call.time());
            Period logged = link == null ? null : plain.get(link.worker());
            if (logged != null && !call.time().isBefore(logged.first()) && !call.time().isAfter(logged.last())) {
                doubtful.add(call.session().name());
            }
        }
    }

    /** When something was first, and when last. */
    record Period(Instant first, Instant last) {
    }

    /**
     * Drops records of the last part into the spool.
     *
     * @return where they wait, and their sizes
     */
    public Map<Path, Long> publish(Spool spool) throws IOException {
        List<Written> lines = new ArrayList<>();
        ledger.sessions().stream().filter(session -> links.containsKey(session.name())).forEach(session ->
                lines.add(records -> records.write(session, links.get(session.name()))));
        Tasks tasks = known.tasks();
        Map<Session, String> taskOf = new HashMap<>();
        calls.stream().map(one -> one.call().session()).distinct().forEach(session -> taskOf.put(session, tasks.of(session)));
        calls.forEach(one -> lines.add(records -> records.write(one.call(), taskOf.get(one.call().session()), one.cost(), book.version())));
        ledger.totals().stream().filter(total -> isWanted(total.time())).forEach(total -> lines.add(records -> records.write(total)));
        ledger.errors().stream().filter(error -> isWanted(error.time())).forEach(error -> lines.add(records -> records.write(error)));
        Map<Path, Long> published = new LinkedHashMap<>();
        for (int from = 0; from < lines.size(); from += MOST_LINES) {
            List<Written> some = lines.subList(from, Math.min(from + MOST_LINES, lines.size()));
            Spool.Dropped dropped = spool.publish("import", (target, out) -> {
                Records records = new Records(known.workers(), new BufferedOutputStream(out, BUFFER_BYTES));
                for (Written line : some) {
                    line.to(records);
                }
                records.finish();
            });
            published.put(dropped.path(), dropped.bytes());
        }
        return published;
    }

    /**
     * Keeps which files have been read, when all that they tell is in the spool or stored. Files of which not all was wanted are not kept.
     */
    public void remember() throws IOException {
        if (options.since() != null || read.isEmpty()) {
            return;
        }
        Map<Path, ReadFiles.State> states = new LinkedHashMap<>();
        read.forEach((file, state) -> {
            Map<String, List<String>> workers = new TreeMap<>();
            sessions.get(file).forEach(session -> workers.put(session, known.workers().namesOf(session)));
            states.put(file, new ReadFiles.State(state.size(), state.modified(), state.end(), workers));
        });
        ReadFiles.keep(settings, states);
        read.clear();
        sessions.clear();
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
     * What there is to be shown of all parts, as one JSON object; dollars are text, exact decimals.
     *
     * @param isStored whether the sums of these sessions are those of all that is stored of them; else of the last part alone
     * @param today    for prices of what has no time
     */
    public ObjectNode summary(boolean isStored, LocalDate today) throws StoreException {
        return new Summary(this, isStored && !all.sessions().isEmpty() ? stored(all.sessions()) : told(), book, today).all();
    }

    /** What of the stores could not be asked which workers there are, a sentence each. */
    public Set<String> missing() {
        return known.missing();
    }

    /** The version of the prices; empty if there are none. */
    public String priceVersion() {
        return book.version();
    }

    /** Counts how many of the part's calls are stored, before it is. */
    public void countStored() throws StoreException {
        stored += Known.countOf(settings, fresh);
    }

    long distinct() {
        return distinct;
    }

    long stored() {
        return stored;
    }

    /** Whether the part has nothing to be written. */
    public boolean isNothing() {
        return calls.isEmpty() && ledger.totals().isEmpty() && ledger.errors().isEmpty()
                && ledger.sessions().stream().noneMatch(session -> links.containsKey(session.name()));
    }

    Ledger ledger() {
        return ledger;
    }

    /** All parts, without calls and totals. */
    Ledger all() {
        return all;
    }

    /** What the part would be if nothing else were stored. */
    Money told() {
        Money money = new Money(ledger.sessions().stream().map(Session::id).collect(Collectors.toCollection(TreeSet::new)), List.copyOf(ledger.totals()));
        calls.forEach(one -> money.add(Rest.Known.of(one.call().session().id(), one.call().model(), one.call().time(), one.call().tokens(), one.cost())));
        return money;
    }

    private Money stored(Collection<Session> some) throws StoreException {
        return Money.stored(settings, some.stream().filter(session -> !leftOut.containsKey(session.name())).toList(), known.workers());
    }
}
