package dev.tac8.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.ingest.RecordType;
import dev.tac8.ingest.Report;
import dev.tac8.status.Words;
import dev.tac8.store.Months;
import dev.tac8.store.StoreException;
import dev.tac8.text.StoredTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One run of the archive: what is wanted, what has left so far, and what it says of itself. Routes carry it as the variable {@code run}. */
public final class ArchiveRun {
    private static final JsonMapper JSON = new JsonMapper();
    private static final double MEBIBYTE = 1 << 20;

    /** The most rows of a table in a chunk. Ingest waits while one is moved: some tenths of a second. */
    private static final int MOST_ROWS = 20_000;
    private static final int LEAST_ROWS = 500;
    /** How far a clock may be behind a coordinator's. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofDays(1);
    /** Agents are never idle for so long: the clock is more likely to have jumped. */
    private static final Duration SILENCE = Duration.ofDays(7);
    /** A chunk that takes longer is followed by one of half its size. */
    private static final Duration SLOW = Duration.ofSeconds(2);
    /** What passes by itself, such as a record that hangs on a row just now, has passed by then. */
    private static final int TRIES = 3;

    private final Request request;
    private final Instant began;
    private final String before;
    private final BooleanSupplier stopping;
    private final long beganNanos = System.nanoTime();
    private final Map<String, Long> moved = new LinkedHashMap<>();
    private final SortedSet<String> movedMonths = new TreeSet<>();
    private final Map<String, String> refused = new TreeMap<>();
    private Path folder;
    private Collection<String> months = List.of();
    private String newest;
    private long due;
    private String month;
    private int tries;
    private int mostRows = MOST_ROWS;
    private long chunkNanos;
    private OldFiles.Done files;
    private String said;
    private boolean failed;
    private Report report;

    /**
     * @param began    by the clock that says what is old
     * @param stopping once true, no further chunk is begun
     */
    ArchiveRun(Request request, Instant began, BooleanSupplier stopping) {
        this.request = request;
        this.began = began;
        this.before = Archive.before(began, request.keepDays());
        this.stopping = stopping;
    }

    /**
     * Looks whether the clock can be right.
     *
     * @param newestRow the time of the newest row, or null
     * @param archives  the folder of the archives
     * @throws StoreException if the clock cannot be right
     */
    void prepare(String newestRow, Path archives) throws IOException, StoreException {
        newest = newestRow;
        folder = archives;
        months = Months.list(archives).keySet();
        if (newest != null && newest.compareTo(StoredTime.of(began.plus(CLOCK_TOLERANCE))) > 0 && !request.trustClock()) {
            throw new StoreException("nothing is archived, because the newest row is of " + newest + " and this computer's clock says "
                    + StoredTime.of(began) + ": set the clock right, or, if that row's time is the wrong one, run ./tac8 archive --trust-clock");
        }
    }

    boolean isWanted() {
        return request.wanted();
    }

    /** Up to when rows are due, as stores have times. */
    String before() {
        return before;
    }

    /** The months that have an archive, the oldest first. */
    public Collection<String> months() {
        return months;
    }

    /** Where the archives lie, as text: Camel would take the content of a {@link Path} for its text. */
    public String folder() {
        return folder.toString();
    }

    /** The most rows of a table in the next chunk. */
    public int mostRows() {
        return mostRows;
    }

    /** How many rows have left. */
    public long moved() {
        return moved.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The months that are passed by, as a JSON array. */
    public String passedBy() throws JsonProcessingException {
        return JSON.writeValueAsString(refused.keySet());
    }

    /** Whether another chunk may be chosen now. */
    public boolean goesOn() {
        return !stopping.getAsBoolean();
    }

    /** The next chunk is of this month. */
    void begin(String ofMonth) {
        month = ofMonth;
        chunkNanos = System.nanoTime();
    }

    /**
     * A chunk has left.
     *
     * @param chunk  its row of {@code sql/archive/still-leaving.sql}
     * @param dueNow how many rows were due when the month's turn came, with those that had left by then
     */
    void count(Map<String, Object> chunk, long dueNow) {
        tries = 0;
        due = dueNow;
        RecordType.leaving().forEach(table -> moved.merge(table, ((Number) chunk.get("rows_of_" + table)).longValue(), Long::sum));
        movedMonths.add(month);
        // Ingest waits for a chunk. On a slow disk it must not wait for longer than on a fast one.
        mostRows = System.nanoTime() - chunkNanos > SLOW.toNanos() ? Math.max(LEAST_ROWS, mostRows / 2) : Math.min(MOST_ROWS, 2 * mostRows);
    }

    /** A chunk has not left. Whether it may be tried again, as a smaller one. */
    boolean mayTryAgain() {
        mostRows = Math.max(LEAST_ROWS, mostRows / 4);
        tries++;
        return tries < TRIES;
    }

    /** Passes by a month for the rest of the run: what each try takes back from its archive would leave again, and there would be no end of looking. */
    void refuse(String ofMonth, String sentence) {
        refused.put(ofMonth, sentence);
        tries = 0;
    }

    /** Why months were passed by, in a sentence each. */
    Map<String, String> refused() {
        return refused;
    }

    void files(OldFiles.Done done) {
        files = done;
    }

    // --- What it says ---

    /** Rows and files. */
    long done() {
        return moved() + (files == null ? 0 : files.conversations() + files.doneFiles());
    }

    /** Of its request; null if no answer is awaited. */
    public String id() {
        return request.id();
    }

    /** How the run goes, for its caller. */
    public Requests.Answer answer() {
        return new Requests.Answer(request.id(), done(), due, said == null ? month : null, said, failed);
    }

    /** What its caller hears of the run's end. */
    void ends(String sentence, boolean badly) {
        said = sentence;
        failed = badly;
    }

    /** What is recorded of the run, or null. */
    public Report report() {
        return report;
    }

    /** What was done by a run that did not fail. */
    String message() {
        return withRefused((done() == 0 ? "Nothing was archived" : "Archived " + inWords()) + (goesOn() ? "" : ", and then the service was stopped")
                + (moved() > 0 && newest.compareTo(StoredTime.of(began.minus(SILENCE))) < 0 ? "; the newest row is of " + newest
                + ", so if the clock was wrong this was archived too early, and nothing is lost" : "")
                + (files != null && files.conversationsWait() ? "; conversations wait, as a store could not say which are still wanted" : ""));
    }

    /** A sentence, and why months were passed by. */
    String withRefused(String sentence) {
        return sentence + (refused.isEmpty() ? "" : "; " + String.join("; ", refused.values()));
    }

    void reports(Instant now, String message, String severity) {
        report = new Report("archive", now, severity, message).with("before", before).with("clock", StoredTime.of(began)).with("newest_row", newest)
                .with("seconds", seconds());
        moved.forEach(report::with);
        if (files != null) {
            report.with("conversations", files.conversations()).with("acknowledged_files", files.doneFiles()).with("bytes", files.bytes())
                    .with("compressed_bytes", files.compressedBytes());
        }
        report.with("months", movedMonths).with("refused_months", refused.keySet());
    }

    String inWords() {
        List<String> words = new ArrayList<>();
        moved.forEach((table, rows) -> add(words, rows, RecordType.words(table).replaceFirst("s$", "")));
        if (!movedMonths.isEmpty()) {
            words.add(words.remove(words.size() - 1) + " of " + movedMonths.first()
                    + (movedMonths.size() == 1 ? "" : " to " + movedMonths.last()));
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
            words.add(Words.count(count, what));
        }
    }

    private double seconds() {
        // Not by the clock, which may have been set meanwhile.
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos) / 1e3;
    }
}
