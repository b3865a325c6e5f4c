package dev.tac8.ingest;

import dev.tac8.store.Receipt;
import dev.tac8.store.Row;
import dev.tac8.store.TableRows;
import dev.tac8.text.Printable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Some thousand records of one spool file, or of other lines, as rows of the five tables, and the bad lines between them.
 *
 * <p>A record is a row with few columns filled. Everything else it names (its session, its task, its worker) becomes a sparse
 * row of its own, so that parents are there before their children; the statements in {@code sql/ingest} join them with what is
 * stored. Rows are maps from column to text, Long, Double or null.
 */
public final class Chunk implements TableRows, Lines {
    /** Stands in for a session or task that a call of a yet unknown worker does not name. */
    private static final String UNKNOWN = "unknown";
    private static final String UNKNOWN_SINCE = "1970-01-01T00:00:00.000Z";

    private static final List<String> TOKENS = List.of("tokens_input", "tokens_output", "cache_read_tokens",
            "cache_write_5m_tokens", "cache_write_1h_tokens");

    /** The most that an id made of a {@link #place} adds to a line. */
    static final int PLACE_BYTES = 64;

    /** One that was given up and goes on, one that stands in for it, and one more. */
    private static final int MOST_PASSES = 3;

    private final Origin origin;
    private final boolean isPart;
    private final Map<String, Row> namedSessions = new LinkedHashMap<>();
    private final Map<List<String>, Row> namedTasks = new LinkedHashMap<>();
    private final Map<List<String>, Row> namedWorkers = new LinkedHashMap<>();
    private final Map<String, List<Row>> rows = RecordType.tables().stream().collect(Collectors.toMap(table -> table, table -> new ArrayList<>()));
    private final List<Quarantine.Entry> badLines = new ArrayList<>();
    private final Map<RecordType, Long> counts = new EnumMap<>(RecordType.class);
    private int size;
    private final long beginOffset;
    private final long beginLine;
    private final Receipt receipt = new Receipt();
    /** What it is sent as instead of being stored here, or null. */
    private final List<Line> lines;
    /** Its halves, once for each time that a store was to take them instead; only the last few of these can still go on. */
    private final Deque<List<Chunk>> passes = new ArrayDeque<>();
    /** Why a store refuses this one record, or null. */
    private volatile String refusal;
    private volatile boolean sent;
    private boolean settled;
    private long endOffset;

    /**
     * @param beginOffset where it begins in its origin, in bytes if that is a file
     * @param beginLine   the number of its first line, from 1
     * @param isPart      whether it is a part of another chunk, and begins and ends with a record
     * @param isSent      whether it is sent to another tac8, and so has lines instead of rows
     */
    Chunk(Origin origin, long beginOffset, long beginLine, boolean isPart, boolean isSent) {
        this.origin = origin;
        this.isPart = isPart;
        this.lines = isSent ? new ArrayList<>() : null;
        this.beginOffset = beginOffset;
        this.beginLine = beginLine;
    }

    /** Adds the record of the line at an offset of the file, in bytes. */
    void add(RecordFormat.Checked line, long offset) {
        RecordType type = line.type();
        Row record = line.row();
        count(type);
        switch (type) {
            case SESSION -> addSession(record);
            case TASK -> addTask(record);
            case WORKER -> addWorker(record);
            case API_CALL -> addApiCall(record, offset);
            default -> addRecord(record, offset);
        }
    }

    /** Adds a record as its line. */
    void add(RecordType type, Line line) {
        count(type);
        lines.add(line);
    }

    private void count(RecordType type) {
        counts.merge(type, 1L, Long::sum);
        size++;
    }

    void add(BadLine line) {
        badLines.add(new Quarantine.Entry(origin.name(), line.number(), line.offset(), line.length(), line.field(), line.reason()));
    }

    void endsAt(long offset) {
        endOffset = offset;
    }

    /** Where the chunk begins in its file, in bytes. */
    long beginOffset() {
        return beginOffset;
    }

    /** The number of its first line. */
    long beginLine() {
        return beginLine;
    }

    /** Where the chunk ends in its file, in bytes. */
    long endOffset() {
        return endOffset;
    }

    /** How many records it has. */
    int size() {
        return size;
    }

    /** Whether it is the one line of one record, as {@link #halves} ends with. */
    public boolean isRecord() {
        return isPart && size == 1;
    }

    /**
     * Its records, read from the file again, in two chunks, or one if it is a single record between bad lines.
     *
     * @throws IOException if that fails
     */
    public synchronized List<Chunk> halves() throws IOException {
        List<Chunk> halves = origin.halves(this);
        passes.addLast(halves);
        if (passes.size() > MOST_PASSES) {
            passes.removeFirst();
        }
        return halves;
    }

    /** Notes that a store refuses this one record. Whether that makes it a bad line, {@link #settle} says. */
    void refuse(String reason) {
        refusal = reason;
    }

    /** Whether a store has all of its records; if that refuses some, all others. */
    synchronized boolean isStored() {
        return lines != null ? sent : refusal != null || receipt.isStored() || passes.stream().anyMatch(this::isThrough);
    }

    /** A file that was cut off meanwhile has fewer records, and all of them being stored proves nothing. */
    private boolean isThrough(List<Chunk> halves) {
        return halves.stream().mapToInt(Chunk::size).sum() == size && halves.stream().allMatch(Chunk::isStored);
    }

    /**
     * Makes bad lines of the records that a store has refused and none has taken. Before the chunk is stored that is unknown: if one store
     * fails after it has refused a record, the other one may take it, and a line that is set aside must not be stored as well.
     */
    synchronized void settle() {
        if (settled || sent || receipt.isStored()) {
            return;
        }
        settled = true;
        List<Chunk> taken = passes.stream().flatMap(List::stream).flatMap(Chunk::parts).filter(part -> part.receipt.isStored()).toList();
        refused().filter(record -> taken.stream().noneMatch(record::isIn)).forEach(record -> {
            add(new BadLine(record.beginLine, record.beginOffset, record.endOffset - record.beginOffset, null, record.refusal));
            record.counts.forEach((type, count) -> counts.merge(type, -count, Long::sum));
        });
        badLines.sort(Comparator.comparingLong(Quarantine.Entry::offset));
    }

    /** The refused records, each once, of the pass in which all others were stored. */
    private synchronized Stream<Chunk> refused() {
        return refusal != null ? Stream.of(this) : receipt.isStored() ? Stream.empty()
                : passes.stream().filter(this::isThrough).findFirst().orElse(List.of()).stream().flatMap(Chunk::refused);
    }

    /** Itself, and what it was halved into. */
    private synchronized Stream<Chunk> parts() {
        return Stream.concat(Stream.of(this), List.copyOf(passes).stream().flatMap(List::stream).flatMap(Chunk::parts));
    }

    private boolean isIn(Chunk other) {
        return other.beginOffset <= beginOffset && endOffset <= other.endOffset;
    }

    Receipt receipt() {
        return receipt;
    }

    /**
     * Counts the chunk as stored, its bad lines as set aside.
     *
     * @throws IOException if it is not stored
     */
    void complete() throws IOException {
        file().completed(this);
    }

    /** The file that the lines come from. */
    public SpoolFile file() {
        return (SpoolFile) origin;
    }

    @Override
    public List<Line> lines() throws IOException {
        if (lines == null) {
            throw new IOException("its records are stored here, and not sent: tac8.broker or tac8.kafka.role was changed");
        }
        return lines;
    }

    @Override
    public void sent(int count) throws IOException {
        if (count != size) {
            throw new IOException("of " + size + " records " + count + " were acknowledged, so they do not count");
        }
        sent = true;
    }

    @Override
    public Map<String, List<Row>> rows() {
        return rows;
    }

    /** The lines that are not records; once it was {@link #settle settled}, also those that no store takes. */
    public List<Quarantine.Entry> badLines() {
        return badLines;
    }

    /** For the log of a route of one's own. */
    @Override
    public String toString() {
        return "records " + size + ", bad lines " + badLines.size() + ", from line " + beginLine + " of " + Printable.of(origin.name());
    }

    /** Records by type. */
    Map<RecordType, Long> counts() {
        return counts;
    }

    private void addSession(Row record) {
        String id = (String) record.get("session_id");
        Object time = record.get("timestamp");
        nameSession(id, time);
        if (id.equals(UNKNOWN)) {
            return;
        }
        record.put("started_at", time);
        record.put("ended_at", "ended".equals(record.get("status")) ? time : null);
        keep(record);
    }

    private void addTask(Row record) {
        String id = (String) record.get("task_id");
        Object time = record.get("timestamp");
        nameTask(id, (String) record.get("session_id"), time);
        if (id.equals(UNKNOWN)) {
            return;
        }
        Object status = record.get("status");
        record.put("detected_at", time);
        record.put("started_at", "active".equals(status) ? time : null);
        record.put("completed_at", "completed".equals(status) ? time : null);
        record.put("failed_at", "failed".equals(status) ? time : null);
        keep(record);
    }

    private void addWorker(Row record) {
        Object time = record.get("timestamp");
        nameTask((String) record.get("task_id"), (String) record.get("session_id"), time);
        record.put("spawned_at", time);
        record.put("completed_at", "spawned".equals(record.get("status")) ? null : time);
        keep(record);
    }

    /** Adds what counts each time and hangs on a worker, or else on a task or a session, as an event does. */
    private void addRecord(Row record, long offset) {
        Object time = record.get("timestamp");
        String session = orUnknown(record.get("session_id"));
        String task = orUnknown(record.get("task_id"));
        if (record.get("worker_id") != null) {
            nameWorker((String) record.get("worker_id"), session, task, time);
        } else if (record.get("task_id") != null) {
            nameTask(task, session, time);
        } else {
            nameSession(session, time);
        }
        identify(record, offset);
        keep(record);
    }

    private void addApiCall(Row record, long offset) {
        String session = orUnknown(record.get("session_id"));
        String task = orUnknown(record.get("task_id"));
        nameWorker((String) record.get("worker_id"), session, task, record.get("timestamp"));
        // The worker's row keeps one task only, and the id may be used again for another.
        record.put("own_session_id", session.equals(UNKNOWN) ? null : session);
        record.put("own_task_id", task.equals(UNKNOWN) ? null : task);
        identify(record, offset);
        if (record.get("tokens_total") == null) {
            record.put("tokens_total", sumOfTokens(record));
        }
        if (record.get("estimated_cost_usd") == null) {
            record.put("cost_source", null);
            record.put("price_version", null);
        } else if (record.get("cost_source") == null) {
            record.put("cost_source", record.get("price_version") == null ? "reported" : "calculated");
        }
        keep(record);
    }

    private void identify(Row record, long offset) {
        record.put("record_id", hasId(record) ? record.get("id") : origin.place(offset));
    }

    /** What a record without an id is known by. */
    static String place(String hash, long offset) {
        return hash + "+" + offset;
    }

    /** Whether it counts each time, as an event or an API call does, and has no id. */
    static boolean isKnownByPlace(RecordFormat.Checked line) {
        return line.row().containsKey("record_id") && !hasId(line.row());
    }

    private static boolean hasId(Row record) {
        String id = (String) record.get("id");
        return id != null && !id.isEmpty();
    }

    private static Long sumOfTokens(Row call) {
        boolean given = false;
        long sum = 0;
        for (String field : TOKENS) {
            Long tokens = (Long) call.get(field);
            if (tokens != null) {
                given = true;
                sum += tokens;
            }
        }
        return given ? sum : null;
    }

    private void nameSession(String id, Object time) {
        Row row = namedSessions.computeIfAbsent(id, absent -> sparse("sessions", "session_id", id));
        least(row, "started_at", id, time);
    }

    private void nameTask(String id, String session, Object time) {
        String parent = id.equals(UNKNOWN) ? UNKNOWN : session;
        nameSession(parent, time);
        if (!parent.equals(session)) {
            nameSession(session, time);
        }
        Row row = namedTasks.computeIfAbsent(List.of(id, parent), absent -> sparse("tasks", "task_id", id, "session_id", parent,
                "status", "detected"));
        least(row, "detected_at", id, time);
    }

    private void nameWorker(String id, String session, String task, Object time) {
        Row row = namedWorkers.computeIfAbsent(List.of(id, session, task), absent -> sparse("workers", "worker_id", id,
                "session_id", session, "task_id", task, "status", "spawned"));
        if (least(row, "spawned_at", null, time)) {
            // Otherwise its task and session have been named at that time or before.
            nameTask(task, session, time);
        }
    }

    private static String orUnknown(Object id) {
        return id == null || "".equals(id) ? UNKNOWN : (String) id;
    }

    /** Gives a row a time unless it has an earlier one; false if it has. */
    private static boolean least(Row row, String column, String id, Object time) {
        Object least = UNKNOWN.equals(id) ? UNKNOWN_SINCE : time;
        Object known = row.get(column);
        if (known != null && ((String) known).compareTo((String) least) <= 0) {
            return false;
        }
        row.put(column, least);
        return true;
    }

    private Row sparse(String table, String... values) {
        Row row = origin.row(table);
        for (int i = 0; i < values.length; i += 2) {
            row.put(values[i], values[i + 1]);
        }
        keep(row);
        return row;
    }

    private void keep(Row row) {
        receipt.add(row);
        rows.get(row.table()).add(row);
    }
}
