package dev.tac8.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tac8.ingest.Spool;
import dev.tac8.reconcile.Backlog;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.ArchiveRefusedException;
import dev.tac8.store.ArchiveStore;
import dev.tac8.store.Months;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the routes of {@code archive*.camel.yaml} cannot say: what is due when, whose turn it is, and whether a chunk has arrived. */
public final class Archive {
    private static final Logger LOG = LoggerFactory.getLogger("archive");
    private static final JsonMapper JSON = new JsonMapper();
    private static final double MEBIBYTE = 1 << 20;

    /** The most events, and the most API calls, of a chunk. Ingest waits while one is moved: some tenths of a second. */
    private static final int MOST_ROWS = 20_000;
    private static final int LEAST_ROWS = 500;
    /** A chunk that takes longer is followed by one of half its size. */
    private static final Duration SLOW = Duration.ofSeconds(2);
    /** What passes by itself, such as a record that hangs on a row just now, has passed by then. */
    private static final int TRIES = 3;
    /** By so much a clock may be behind a coordinator's. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);
    /** Nobody works for so long, or the clock has jumped. */
    private static final Duration SILENCE = Duration.ofDays(7);
    /** What the statements that delete go by, and which of the chosen ids each holds once they are proved. */
    private static final Map<String, String> PROOF = Map.of("archivedEventIds", "eventIds", "archivedApiCallIds", "apiCallIds",
            "archivedWorkerIds", "idleWorkerIds", "archivedTaskIds", "idleTaskIds", "archivedSessionIds", "idleSessionIds");
    private static final List<String> TABLES = List.of("events", "api_calls", "workers", "tasks", "sessions");

    private final Settings settings;
    private final ArchiveStore store;
    private final Spool spool;
    private final Requests requests;
    private final Schedule schedule;
    private final Clock clock;
    private final AtomicBoolean running = new AtomicBoolean();

    private Request request;
    private volatile ArchiveLock lock;
    private Instant began;
    private long beganNanos;
    private String before;
    private String newest;
    private String doubt;
    private int rounds;
    private long movedBefore;
    private boolean looksAgain;
    private OldFiles.Done files;
    private Exception failure;
    private int mostRows = MOST_ROWS;
    private long chunkNanos;
    private long lastEvent;
    private long lastApiCall;
    private final Deque<String> toRecall = new ArrayDeque<>();
    private final Deque<Step> steps = new ArrayDeque<>();
    private long due;
    private int tries;
    private Backlog known;
    private final Map<String, Long> moved = new LinkedHashMap<>();
    private final SortedSet<String> months = new TreeSet<>();
    private final Map<String, String> refused = new TreeMap<>();

    /** Whose turn it is: events and API calls before the workers they hang on, these before tasks, these before sessions. */
    private enum Kind { CHILDREN, WORKERS, TASKS, SESSIONS }

    /** All of one kind and one month. */
    private record Step(Kind kind, String month) {
    }

    /** @throws SettingsException where the schedule is none */
    public Archive(Settings settings, ArchiveStore store, Spool spool, Clock clock) throws SettingsException {
        this.settings = settings;
        this.store = store;
        this.spool = spool;
        this.requests = new Requests(spool.dir());
        this.schedule = new Schedule(settings);
        this.clock = clock;
    }

    // --- Why there is a run ---

    /** The run on schedule. */
    public Request scheduled() {
        return new Request(null, settings.number(Setting.ARCHIVE_KEEP_DAYS), false, true);
    }

    /** The run that makes up for the last one on schedule; null where that has left nothing behind. */
    public Request missed(Exchange exchange) {
        Instant last = schedule.last(clock.instant());
        String oldest = text(exchange, "oldest", "timestamp");
        return last == null || oldest == null || oldest.compareTo(before(last, settings.number(Setting.ARCHIVE_KEEP_DAYS))) >= 0 ? null
                : new Request(null, settings.number(Setting.ARCHIVE_KEEP_DAYS), false, false);
    }

    // --- A run ---

    /**
     * Begins a run. Where one goes on already, one that nobody waits for ends here: the schedule and a run that was missed may come at
     * the same time.
     *
     * @throws StoreException where one goes on already in this process, and somebody waits for this one
     */
    public void begin(Request wanted, Exchange exchange) throws StoreException {
        if (!running.compareAndSet(false, true)) {
            if (wanted.id() == null) {
                LOG.info("a run of the archive goes on already, and none is begun beside it");
                exchange.setRouteStop(true);
                return;
            }
            StoreException busy = new StoreException("the archive is being written already; nothing else was begun");
            requests.answer(new Requests.Answer(wanted.id(), 0, 0, null, busy.getMessage(), true));
            throw busy;
        }
        request = wanted;
        began = clock.instant();
        beganNanos = System.nanoTime();
        before = null;
        newest = null;
        doubt = null;
        rounds = 0;
        movedBefore = 0;
        looksAgain = false;
        files = null;
        failure = null;
        toRecall.clear();
        known = null;
        steps.clear();
        due = 0;
        tries = 0;
        moved.clear();
        months.clear();
        refused.clear();
        tell(null, false);
    }

    /**
     * Takes the archive for this process.
     *
     * @throws StoreException where another one has it
     */
    public void lock() throws IOException, StoreException {
        if (lock != null) {
            return;
        }
        Path folder = Months.folder(settings);
        store.makeFolder(folder);
        lock = ArchiveLock.take(folder);
        if (!running.get()) {
            // The disk hung for so long that the run has ended without it.
            lock.close();
            lock = null;
        }
    }

    /**
     * Up to when rows are due.
     *
     * @throws StoreException where the clock cannot be right
     */
    public String before(Exchange exchange) throws StoreException {
        if (before != null) {
            // A second look, by which the newest row may have left as well.
            return before;
        }
        newest = text(exchange, "newest", "timestamp");
        lastEvent = number(exchange, "newest", "last_event_id");
        lastApiCall = number(exchange, "newest", "last_call_id");
        before = before(began, request.keepDays());
        if (newest != null && newest.compareTo(StoredTime.of(began.plus(CLOCK_TOLERANCE))) > 0 && !request.trustClock()) {
            throw new StoreException("nothing is archived, because the newest row is of " + newest + " and this computer's clock says "
                    + StoredTime.of(began) + ": set the clock right, or, where that row's time is the wrong one, run ./tac8 archive --trust-clock");
        }
        if (newest != null && newest.compareTo(StoredTime.of(began.minus(SILENCE))) < 0) {
            doubt = "the newest row is of " + newest + ", so if the clock was wrong this was archived too early, and nothing is lost";
        }
        return before;
    }

    /**
     * Whether to look once more what is due: a row that was brought back from its archive may be the only one of its month, and what
     * hung on others may hang on nothing now.
     */
    public boolean looksAgain() {
        boolean again = rounds == 0 || !spool.isStopping() && (looksAgain || sum() > movedBefore);
        looksAgain = false;
        rounds++;
        movedBefore = sum();
        return again;
    }

    /** Plans the steps: of each kind the oldest month first. */
    public void plan(Exchange exchange) throws IOException {
        Map<Kind, Set<String>> planned = new TreeMap<>();
        long rows = 0;
        for (Map<String, Object> row : rows(exchange, "due")) {
            if (refused.containsKey((String) row.get("month"))) {
                // Once a run: what each try takes back from its archive would leave again, and there would be no end of looking.
                continue;
            }
            Kind kind = switch ((String) row.get("name")) {
                case "workers" -> Kind.WORKERS;
                case "tasks" -> Kind.TASKS;
                case "sessions" -> Kind.SESSIONS;
                default -> Kind.CHILDREN;
            };
            planned.computeIfAbsent(kind, none -> new TreeSet<>()).add((String) row.get("month"));
            rows += ((Number) row.get("row_count")).longValue();
        }
        due = sum() + rows;
        if (rounds == 1) {
            toRecall.addAll(Months.list(Months.folder(settings)).keySet());
        }
        planned.forEach((kind, its) -> its.forEach(month -> steps.add(new Step(kind, month))));
        if (rows > 0) {
            LOG.info(String.format(Locale.ROOT, "%,d rows from before %s leave for %s", rows, before, Months.folder(settings)));
        }
    }

    /** Whether there is another archive to be asked for records that belong elsewhere by now. */
    public boolean recalls() {
        return !toRecall.isEmpty() && !spool.isStopping();
    }

    /** Opens it. */
    public void openToRecall(Exchange exchange) throws StoreException {
        exchange.setVariable("month", toRecall.element());
        exchange.setVariable("before", before);
        store.watch();
        store.open(Months.file(Months.folder(settings), toRecall.element()));
    }

    /** Says to the statements that nothing leaves but what some workers hang on; nothing is deleted of it. */
    public void chooseNameless(Exchange exchange) {
        // What the archive knows of them may have made them older, and so of another month than was planned.
        looksAgain = true;
        exchange.setVariable("idleWorkerIds", text(exchange, "workers", "ids"));
        List.of("eventIds", "apiCallIds", "idleTaskIds", "idleSessionIds").forEach(name -> exchange.setVariable(name, "[]"));
        List.of("since", "until").forEach(name -> exchange.setVariable(name, ""));
        List.of("knownEvents", "knownApiCalls").forEach(name -> exchange.setVariable(name, List.of()));
    }

    /** Names what the active store takes back; where there is nothing more, the next archive has its turn. */
    public void chooseStrays(Exchange exchange) {
        int strays = rows(exchange, "knownEvents").size() + rows(exchange, "knownApiCalls").size();
        exchange.setVariable("strays", strays);
        if (strays == 0) {
            toRecall.remove();
            return;
        }
        List.of("workerIds", "taskIds", "sessionIds").forEach(name -> exchange.setVariable(name, "[]"));
        Step back = new Step(Kind.CHILDREN, toRecall.element());
        if (!steps.contains(back)) {
            // The later of the two times may be the one that it has there.
            steps.addFirst(back);
        }
    }

    /**
     * Passes by an archive that is damaged, or none of ours.
     *
     * @throws Exception the failure itself, where it is not of that archive alone
     */
    public void passBy(Exchange exchange) throws Exception {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        boolean unusable = refuses(cause) || store.isDamage(cause);
        store.abandon();
        if (!unusable) {
            // It is locked, or out of reach: what it holds will be back, and would be in two archives then.
            throw cause;
        }
        exchange.removeProperty(Exchange.FAILURE_ENDPOINT);
        String sentence = store.saysOfIt(cause);
        refuse(toRecall.remove(), sentence == null ? Reasons.of(cause) : sentence);
    }

    /**
     * Leaves workers under their stand-ins until the next run, if their archive is only locked or full.
     *
     * @throws Exception the failure itself if the archive cannot be used at all
     */
    public void nameLater(Exchange exchange) throws Exception {
        Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (refuses(cause) || store.isDamage(cause)) {
            throw cause;
        }
        exchange.removeProperty(Exchange.FAILURE_ENDPOINT);
        looksAgain = false;
        store.abandon();
        openToRecall(exchange);
    }

    /** Whether there is anything left to do. */
    public boolean goesOn() {
        return !steps.isEmpty() && !spool.isStopping();
    }

    /** Looks which file the active store is, of which rows are chosen next. */
    public void watch() throws StoreException {
        store.watch();
    }

    /** Says to the statements whose turn it is. */
    public void chooseStep(Exchange exchange) {
        Step step = steps.element();
        // Behind every day of the month, before the next month.
        String end = step.month() + "~";
        exchange.setVariable("before", before);
        exchange.setVariable("since", step.month());
        exchange.setVariable("until", end.compareTo(before) < 0 ? end : before);
        exchange.setVariable("lastEventId", lastEvent);
        exchange.setVariable("lastCallId", lastApiCall);
        exchange.setVariable("childRows", step.kind() == Kind.CHILDREN ? mostRows : 0);
        exchange.setVariable("workerRows", step.kind() == Kind.WORKERS ? mostRows : 0);
        exchange.setVariable("taskRows", step.kind() == Kind.TASKS ? mostRows : 0);
        exchange.setVariable("sessionRows", step.kind() == Kind.SESSIONS ? mostRows : 0);
        chunkNanos = System.nanoTime();
    }

    /** Names what leaves. */
    public void chooseChunk(Exchange exchange) {
        PROOF.keySet().forEach(exchange::removeVariable);
        exchange.removeVariable("unequal");
        long rows = 0;
        for (String name : List.of("events", "apiCalls", "workers", "tasks", "sessions")) {
            rows += count(exchange, name);
        }
        exchange.setVariable("chunkRows", rows);
        exchange.setVariable("eventIds", text(exchange, "events", "ids"));
        exchange.setVariable("apiCallIds", text(exchange, "apiCalls", "ids"));
        exchange.setVariable("idleWorkerIds", text(exchange, "workers", "ids"));
        exchange.setVariable("idleTaskIds", text(exchange, "tasks", "ids"));
        exchange.setVariable("idleSessionIds", text(exchange, "sessions", "ids"));
    }

    /** Opens the archive that the chunk goes to. */
    public void open(Exchange exchange) throws StoreException {
        try {
            store.open(Months.file(Months.folder(settings), steps.element().month()));
        } catch (StoreException e) {
            exchange.setVariable("archiveFailed", true);
            throw e;
        }
    }

    /** Names what goes along. */
    public static void addParents(Exchange exchange) {
        exchange.setVariable("workerIds", text(exchange, "parents", "worker_ids"));
        exchange.setVariable("taskIds", text(exchange, "parents", "task_ids"));
        exchange.setVariable("sessionIds", text(exchange, "parents", "session_ids"));
    }

    /** The workers that known API calls hang on, as a JSON array. */
    public static String knownWorkerIds(Exchange exchange) throws JsonProcessingException {
        return ids("worker_id", rows(exchange, "knownApiCalls"));
    }

    /** The tasks that known workers hang on, as a JSON array. */
    public static String knownTaskIds(Exchange exchange) throws JsonProcessingException {
        return ids("task_id", rows(exchange, "knownWorkers"));
    }

    /** The sessions that anything known hangs on, as a JSON array. */
    public static String knownSessionIds(Exchange exchange) throws JsonProcessingException {
        return ids("session_id", rows(exchange, "knownEvents"), rows(exchange, "knownWorkers"), rows(exchange, "knownTasks"));
    }

    /** What the archive knows, to be joined with the active store's rows. */
    public Backlog known(Exchange exchange) {
        List.of("takenBackEventIds", "takenBackApiCallIds").forEach(exchange::removeVariable);
        known = new Backlog(rows(exchange, "knownSessions"), rows(exchange, "knownTasks"), rows(exchange, "knownWorkers"),
                rows(exchange, "knownEvents"), rows(exchange, "knownApiCalls"));
        return known;
    }

    /**
     * Fails unless the active store has taken back all that is known. Hands over what the archive may forget: the statements that delete
     * know of nothing else.
     *
     * @throws StoreException if not; nothing is deleted then
     */
    public void proveTakenBack(Exchange exchange) throws StoreException, JsonProcessingException {
        if (known == null || !known.isHome()) {
            throw new StoreException("the active store has not taken back what its archive knows otherwise, so the archive keeps it");
        }
        exchange.setVariable("takenBackEventIds", ids("record_id", known.events()));
        exchange.setVariable("takenBackApiCallIds", ids("record_id", known.apiCalls()));
    }

    /**
     * Fails unless the archive that is at its place holds every row of the chunk as the active store does. Hands over what may be
     * deleted: the statements that delete know of nothing else.
     *
     * @throws StoreException if not; nothing is deleted then
     */
    public void prove(Exchange exchange) throws StoreException {
        store.verify();
        List<Map<String, Object>> tables = rows(exchange, "unequal");
        if (tables == null || !tables.stream().map(table -> table.get("name")).collect(Collectors.toSet()).equals(Set.copyOf(TABLES))) {
            throw new StoreException("sql/archive/unequal.sql does not compare all " + TABLES.size() + " tables, so nothing is proved, and the"
                    + " active store keeps what was copied");
        }
        for (Map<String, Object> table : tables) {
            if (((Number) table.get("row_count")).longValue() > 0) {
                throw new StoreException("the archive does not hold the " + table.get("name") + " that were just copied as they are, so the"
                        + " active store keeps them");
            }
        }
        PROOF.forEach((proved, chosen) -> exchange.setVariable(proved, exchange.getVariable(chosen)));
    }

    /** Counts a chunk that has left; where there was none, the next step has its turn. */
    public void count(Exchange exchange) {
        tries = 0;
        if (exchange.getVariable("chunkRows", Long.class) == 0) {
            steps.remove();
            return;
        }
        List<String> names = List.of("events", "apiCalls", "workers", "tasks", "sessions");
        for (int i = 0; i < names.size(); i++) {
            moved.merge(TABLES.get(i), count(exchange, names.get(i)), Long::sum);
        }
        months.add(steps.element().month());
        // Ingest waits for a chunk. On a slow disk it shall not wait for longer than on a fast one.
        mostRows = System.nanoTime() - chunkNanos > SLOW.toNanos() ? Math.max(LEAST_ROWS, mostRows / 2) : Math.min(MOST_ROWS, 2 * mostRows);
        tell(null, false);
    }

    /**
     * Marks a failure as one of the archive that is written; the active store has no part in it.
     *
     * @throws Exception the failure
     */
    public static void blameArchive(Exchange exchange) throws Exception {
        exchange.setVariable("archiveFailed", true);
        throw exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    }

    /**
     * Has a chunk tried again, or passes by a month whose archive cannot be used.
     *
     * @throws Exception the failure itself, where no further try helps
     */
    public void retry(Exchange exchange) throws Exception {
        Exception failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        boolean archiveFailed = exchange.removeVariable("archiveFailed") != null
                || exchange.getProperty(Exchange.FAILURE_ENDPOINT, "", String.class).contains("#archive");
        store.abandon();
        mostRows = Math.max(LEAST_ROWS, mostRows / 4);
        tries++;
        boolean refuses = refuses(failure);
        String sentence = refuses || archiveFailed ? store.saysOfIt(failure) : null;
        if (!refuses && tries >= TRIES && sentence == null) {
            throw failure;
        }
        exchange.removeProperty(Exchange.FAILURE_ENDPOINT);
        if (!refuses && tries < TRIES) {
            return;
        }
        refuse(steps.element().month(), sentence);
    }

    private void refuse(String month, String sentence) {
        refused.put(month, sentence);
        steps.removeIf(step -> step.month().equals(month));
        tries = 0;
    }

    private static boolean refuses(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ArchiveRefusedException) {
                return true;
            }
        }
        return false;
    }

    // --- How it ended ---

    /** Holds a failure until the end of the run: rows that cannot go keep no file from going. The first one counts. */
    public void hold(Exchange exchange) {
        failure = failure == null ? exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class) : failure;
    }

    /**
     * Says what was done, in the log and as an event of session {@code tac8}, which goes the way of all records.
     *
     * @throws Exception the failure that was held, if one was
     */
    public void report(Exchange exchange) throws Exception {
        files = exchange.getVariable("oldFiles", OldFiles.Done.class);
        if (failure != null) {
            sayFailure();
            throw failure;
        }
        String message = (done() == 0 ? "Nothing was archived" : "Archived " + inWords())
                + (steps.isEmpty() ? "" : ", and then the service was stopped") + (doubt == null || sum() == 0 ? "" : "; " + doubt)
                + (files != null && files.conversationsWait() ? "; conversations wait, as a store could not say which are still wanted" : "")
                + (refused.isEmpty() ? "" : "; " + String.join("; ", refused.values()));
        if (refused.isEmpty()) {
            LOG.info(message);
        } else {
            LOG.error(message);
        }
        if (request.wanted() || done() > 0) {
            publish(message, refused.isEmpty() ? "info" : "error");
        }
        tell(message, !refused.isEmpty());
    }

    private void sayFailure() {
        refused.values().forEach(LOG::error);
        String message = Reasons.of(failure) + (refused.isEmpty() ? "" : "; " + String.join("; ", refused.values()));
        if (done() > 0) {
            publish("Archived " + inWords() + ", and then failed: " + message, "error");
        }
        tell((done() > 0 ? "archived " + inWords() + ", and then failed: " : "") + message, true);
    }

    /** Closes the archive that is open. */
    public void close() {
        store.close();
    }

    /** Whether a run goes on. One that does long after it was to stop hangs with its disk. */
    public boolean isRunning() {
        return running.get();
    }

    /** Gives the archives back. */
    public void end() throws IOException {
        store.abandon();
        try {
            if (lock != null) {
                lock.close();
            }
        } finally {
            lock = null;
            running.set(false);
        }
    }

    private void publish(String message, String severity) {
        ObjectNode event = JSON.createObjectNode().put("type", "event").put("id", UUID.randomUUID().toString())
                .put("timestamp", clock.instant().toString()).put("session_id", "tac8").put("event_type", "archive").put("severity", severity)
                .put("message", message);
        ObjectNode details = event.putObject("details").put("before", before).put("clock", StoredTime.of(began)).put("newest_row", newest)
                .put("seconds", seconds());
        moved.forEach(details::put);
        if (files != null) {
            details.put("conversations", files.conversations()).put("acknowledged_files", files.doneFiles()).put("bytes", files.bytes())
                    .put("compressed_bytes", files.compressedBytes());
        }
        months.forEach(details.putArray("months")::add);
        refused.keySet().forEach(details.putArray("refused_months")::add);
        try {
            byte[] line = (JSON.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8);
            spool.publish("archive.jsonl", (target, out) -> out.write(line));
        } catch (IOException e) {
            LOG.error("the event of this run cannot be dropped into the spool: {}. Nothing else is missing", Reasons.of(e));
        }
    }

    private void tell(String message, boolean failed) {
        requests.answer(new Requests.Answer(request.id(), done(), due, steps.isEmpty() ? null : steps.element().month(), message, failed));
    }

    private long sum() {
        return moved.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Rows and files. */
    private long done() {
        return sum() + (files == null ? 0 : files.conversations() + files.doneFiles());
    }

    private String inWords() {
        List<String> words = new ArrayList<>();
        moved.forEach((table, rows) -> add(words, rows, table.equals("api_calls") ? "API call" : table.substring(0, table.length() - 1)));
        if (!months.isEmpty()) {
            words.add(words.remove(words.size() - 1) + " of " + months.first() + (months.size() == 1 ? "" : " to " + months.last()));
        }
        if (files != null && files.conversations() + files.doneFiles() > 0) {
            add(words, files.conversations(), "conversation");
            add(words, files.doneFiles(), "acknowledged file");
            words.add(words.remove(words.size() - 1) + String.format(Locale.ROOT, " (%.1f MiB, now %.1f MiB)", files.bytes() / MEBIBYTE,
                    files.compressedBytes() / MEBIBYTE));
        }
        return String.join(", ", words) + String.format(Locale.ROOT, " in %.1f s", seconds());
    }

    private static void add(List<String> words, long count, String what) {
        if (count > 0) {
            words.add(String.format(Locale.ROOT, "%,d %s", count, what) + (count == 1 ? "" : "s"));
        }
    }

    private double seconds() {
        // Not by the clock, which may have been set meanwhile.
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos) / 1e3;
    }

    /** The moment before which rows are older than so many days, as it is stored. */
    public static String before(Instant now, int keepDays) {
        return StoredTime.of(now.minus(Duration.ofDays(keepDays)));
    }

    @SafeVarargs
    private static String ids(String column, List<? extends Map<String, Object>>... rows) throws JsonProcessingException {
        Set<Object> ids = new LinkedHashSet<>();
        for (List<? extends Map<String, Object>> list : rows) {
            list.forEach(row -> ids.add(row.get(column)));
        }
        return JSON.writeValueAsString(ids);
    }

    private static long count(Exchange exchange, String variable) {
        return number(exchange, variable, "row_count");
    }

    /** A number of the one row that a statement has answered with; 0 for null. */
    private static long number(Exchange exchange, String variable, String column) {
        return ((Map<?, ?>) exchange.getVariable(variable)).get(column) instanceof Number number ? number.longValue() : 0;
    }

    /** One column of the one row that a statement has answered with. */
    private static String text(Exchange exchange, String variable, String column) {
        Object row = exchange.getVariable(variable);
        return (String) (row instanceof Map<?, ?> columns ? columns.get(column) : row);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Exchange exchange, String variable) {
        return (List<Map<String, Object>>) exchange.getVariable(variable);
    }
}
