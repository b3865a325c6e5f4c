package dev.tac8.client;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.files.Daemon;
import dev.tac8.ingest.BadLineException;
import dev.tac8.ingest.FittingId;
import dev.tac8.ingest.RecordFormat;
import dev.tac8.ingest.TooLongException;
import dev.tac8.store.Reasons;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what a coordinator does into a tac8 spool, as {@code clients/tac_logger.py} does for Python.
 *
 * <p>A call appends one line to a hidden file in the spool and returns: it waits neither for a database nor for an fsync, and
 * throws nothing. Written lines survive a kill of this process. A thread publishes the file about once a second;
 * {@link #close} or the end of the process publishes the rest. While the disk is full, records wait in memory.
 *
 * <p>Further fields are named as in docs/record-format.md. A value that its field cannot hold stands in the JSONL under {@code invalid}.
 */
public final class TacLogger implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger("tac-logger");
    private static final long PUBLISH_MILLISECONDS = 1000;
    private static final long PUBLISH_BYTES = 8 << 20;
    private static final long MEMORY_BYTES = 64 << 20;
    private static final long PATIENCE_SECONDS = 10;
    /** Below the service's own limit. */
    private static final int MAX_LINE_BYTES = 4_000_000;
    private static final int MAX_TEXT_CHARACTERS = 10_000;
    private static final String CUT = "... cut";
    private static final int MAX_WORKERS_KNOWN = 10_000;
    private static final String UNKNOWN = "unknown";
    private static final DateTimeFormatter SESSION_TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);
    private static final JsonMapper JSON = JsonMapper.builder().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS).build();
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final RecordFormat FORMAT = new RecordFormat();

    /** The session and task of a worker. */
    private record Place(String session, String task) {
    }

    private final Path spool;
    private final long memoryBytes;
    private final Map<String, Place> workers = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Place> eldest) {
            return size() > MAX_WORKERS_KNOWN;
        }
    });
    private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor(Daemon.threads("tac-logger"));
    private final Thread atExit = new Thread(this::finish, "tac-logger-exit");
    private final ReentrantLock publishing = new ReentrantLock();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final Deque<Part> finished = new ArrayDeque<>();
    private Part part;
    private long waitingBytes;
    private long dropped;
    private long droppedUnsaid;
    private long refused;
    private IOException failure;
    private boolean failureSaid;
    private String session = UNKNOWN;
    private long lastMillis;
    private long lastRandom;

    /** Logs into a spool; the folder is made if it is missing. */
    public TacLogger(Path spool) {
        this(spool, MEMORY_BYTES);
    }

    TacLogger(Path spool, long memoryBytes) {
        this.spool = spool.toAbsolutePath();
        this.memoryBytes = memoryBytes;
        Runtime.getRuntime().addShutdownHook(atExit);
        publisher.execute(new Abandoned(this.spool)::publish);
        publisher.scheduleWithFixedDelay(this::publish, PUBLISH_MILLISECONDS, PUBLISH_MILLISECONDS, TimeUnit.MILLISECONDS);
    }

    /**
     * Begins a session.
     *
     * @param config    the settings that count, or null
     * @param gitCommit the commit, or null
     * @return the session's id
     */
    public String startSession(Map<String, ?> config, String gitCommit) {
        session = "s-" + SESSION_TIME.format(Instant.now()) + String.format("-%08x", RANDOM.nextInt());
        log(null, "type", "session", "session_id", session, "status", "started", "config", config, "git_commit", gitCommit);
        return session;
    }

    /** Ends a session: {@code normal}, {@code error} or {@code signal}. */
    public void endSession(String sessionId, String exitReason) {
        log(null, "type", "session", "session_id", sessionId, "status", "ended", "exit_reason", exitReason);
    }

    /** Logs what became of a task: {@code detected}, {@code active}, {@code completed} or {@code failed}. */
    public void logTask(String sessionId, String taskId, String status, Map<String, ?> more) {
        log(more, "type", "task", "session_id", sessionId, "task_id", taskId, "status", status);
    }

    /** Logs what became of a worker: {@code spawned}, {@code completed} or {@code failed}. */
    public void logWorker(String sessionId, String workerId, String taskId, String status, Map<String, ?> more) {
        if (workerId != null) {
            workers.put(workerId, new Place(sessionId, taskId));
        }
        log(more, "type", "worker", "session_id", sessionId, "worker_id", workerId, "task_id", taskId, "status", status);
    }

    /** Logs anything else; the severity is {@code debug}, {@code info}, {@code warning} or {@code error}. */
    public void logEvent(String sessionId, String eventType, String severity, String message, Map<String, ?> more) {
        log(more, "type", "event", "session_id", sessionId, "event_type", eventType, "severity", severity, "message", message);
    }

    /**
     * Logs one call of a model and what it cost. Session and task are those of the worker, if it was logged before.
     *
     * @param more further fields; also {@code message_id}, the agent's own id of the answer, by which the call is the one that {@code ./tac8 import}
     *             finds in that agent's files, and {@code agent}, whose id that is: {@code claude}, as without it, {@code codex} or {@code gemini}
     */
    public void logApiCall(String workerId, String model, Map<String, ?> more) {
        Place place = workers.getOrDefault(workerId, new Place(null, null));
        // A cost is never refused because a name is missing.
        log(more, "type", "api_call", "worker_id", known(workerId), "model", known(model),
                "session_id", place.session() == null ? "" : place.session(), "task_id", place.task());
    }

    private static String known(String name) {
        return name == null || name.isEmpty() ? UNKNOWN : name;
    }

    /** Publishes everything logged so far; false if not all of it could be. */
    public boolean flush() {
        publish();
        synchronized (this) {
            return waiting.isEmpty() && finished.isEmpty() && (part == null || part.size() == 0);
        }
    }

    /** Publishes everything and ends the thread. Records logged afterwards are published by the service, once this process has ended. */
    @Override
    public void close() {
        finish();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending already.
        }
    }

    /** Records that were dropped for lack of room. */
    public synchronized long dropped() {
        return dropped;
    }

    /** Calls that did not make a valid record. */
    public synchronized long refused() {
        return refused;
    }

    // --- Records ---

    private void log(Map<String, ?> more, Object... fields) {
        try {
            Map<String, Object> record = new LinkedHashMap<>();
            record.put("timestamp", Instant.now().toString());
            record.put("id", nextId());
            record.put("session_id", session);
            for (int i = 0; i < fields.length; i += 2) {
                if (fields[i + 1] != null) {
                    record.put((String) fields[i], fields[i + 1]);
                }
            }
            if (more != null) {
                more.forEach((field, value) -> record.put(field, value instanceof TemporalAccessor ? value.toString() : value));
            }
            if ("api_call".equals(record.get("type"))) {
                identify(record, more != null && more.containsKey("id"));
            }
            append(line(record));
        } catch (RuntimeException | BadLineException | StackOverflowError e) {
            synchronized (this) {
                refused++;
                if (refused > 1) {
                    return;
                }
            }
            LOG.error("a call made no valid record ({}); it was not logged, and further such calls are only counted", Reasons.of(e));
        }
    }

    /** Gives a call the id that it has in the agent's own files, if it names that and has no other. */
    private static void identify(Map<String, Object> call, boolean isIdentified) {
        Object message = call.remove("message_id");
        Object agent = call.remove("agent");
        String id = message == null ? "" : cut(message).strip();
        if (!id.isEmpty() && !isIdentified) {
            call.put("id", (agent == null ? "claude" : cut(agent)) + ":" + id);
        }
    }

    /** A record as a line. An optional value that its field cannot hold moves to the field {@code invalid}. */
    private static byte[] line(Map<String, Object> record) throws BadLineException {
        // Whole, also when what is in the record has been made plain.
        Map<String, Object> given = new LinkedHashMap<>(record);
        boolean plain = false;
        while (true) {
            byte[] line = json(record);
            try {
                FORMAT.check(line);
                line[line.length - 1] = '\n';
                return line;
            } catch (TooLongException e) {
                Object value = given.get(e.field());
                setAside(record, e.field(), value);
                record.put(e.field(), FittingId.of(String.valueOf(value)));
            } catch (BadLineException e) {
                if (e.field() == null && !plain) {
                    // Nested too deep, or a number without end, in a field that may hold anything.
                    plain = true;
                    record.replaceAll((field, value) -> plain(value));
                    continue;
                }
                Object value = e.field() == null ? null : record.remove(e.field());
                if (value == null) {
                    throw e;
                }
                setAside(record, e.field(), value);
                if (e.field().equals("timestamp")) {
                    record.put("timestamp", Instant.now().toString());
                }
            }
        }
    }

    /** Keeps a value that its field cannot hold beside the others, and beside what the caller itself has given as {@code invalid}. */
    private static void setAside(Map<String, Object> record, String field, Object value) {
        Map<String, Object> invalid = new LinkedHashMap<>();
        Object before = record.get("invalid");
        if (before instanceof Map<?, ?> map) {
            map.forEach((name, kept) -> invalid.put(String.valueOf(name), kept));
        } else if (before != null) {
            invalid.put("invalid", before);
        }
        invalid.put(field, cut(value));
        record.put("invalid", invalid);
    }

    /** Has one spare byte at the end, for the LF. */
    private static byte[] json(Map<String, Object> record) {
        byte[] line;
        try {
            line = bytes(record);
        } catch (JacksonException | StackOverflowError e) {
            line = new byte[MAX_LINE_BYTES + 1];
        }
        if (line.length > MAX_LINE_BYTES) {
            Map<String, Object> plain = new LinkedHashMap<>();
            record.forEach((field, value) -> plain.put(field, plain(value)));
            try {
                line = bytes(plain);
            } catch (JacksonException e) {
                throw new IllegalArgumentException(e);
            }
        }
        return line;
    }

    private static Object plain(Object value) {
        if (value instanceof Boolean || value instanceof Long || value instanceof Integer || value instanceof Double || value == null) {
            return value;
        }
        return value instanceof CharSequence || value instanceof Number ? cut(value) : Map.of("cut", cut(value));
    }

    private static byte[] bytes(Map<String, Object> record) throws JacksonException {
        // Converted by way of text: so a lone surrogate becomes a question mark and does not cost the line.
        return (JSON.writeValueAsString(record) + " ").getBytes(StandardCharsets.UTF_8);
    }

    private static String cut(Object value) {
        try {
            String text = String.valueOf(value);
            return text.length() > MAX_TEXT_CHARACTERS ? text.substring(0, MAX_TEXT_CHARACTERS) + CUT : text;
        } catch (RuntimeException | StackOverflowError e) {
            return "<" + value.getClass().getSimpleName() + ">";
        }
    }

    /** A UUID of version 7, greater than the one before it. */
    private synchronized String nextId() {
        long millis = System.currentTimeMillis();
        if (millis > lastMillis) {
            lastMillis = millis;
            lastRandom = RANDOM.nextLong() >>> 2;
        } else {
            // A counter that overflows continues in the next millisecond.
            lastRandom += 1 + (RANDOM.nextInt() >>> 1);
            lastMillis += lastRandom >>> 62;
            lastRandom &= -1L >>> 2;
        }
        return new UUID(lastMillis << 16 | 0x7000, lastRandom | 1L << 63).toString();
    }

    // --- Writing: in the caller's own thread ---

    private synchronized void append(byte[] line) {
        if (!waiting.isEmpty() || !write(line)) {
            keep(line);
        }
    }

    private boolean write(byte[] lines) {
        try {
            if (part == null) {
                part = Part.create(spool);
            }
            part.write(lines);
        } catch (IOException e) {
            failure = e;
            return false;
        }
        if (part.size() >= PUBLISH_BYTES) {
            finished.add(part);
            part = null;
            if (!publisher.isShutdown()) {
                publisher.execute(this::publish);
            }
        }
        return true;
    }

    private void keep(byte[] line) {
        if (waitingBytes + line.length > memoryBytes) {
            dropped++;
            droppedUnsaid++;
        } else {
            waiting.add(line);
            waitingBytes += line.length;
        }
    }

    // --- Publishing: in a thread of its own, or in the one that calls flush() ---

    private void publish() {
        try {
            publish(false);
        } catch (RuntimeException e) {
            LOG.error("publishing failed, and is tried again: {}", Reasons.of(e));
        }
    }

    private void publish(boolean last) {
        try {
            // A process must end, even if a disk hangs.
            if (!publishing.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            emptyMemory();
            changePart(last);
            publishFinished();
        } finally {
            publishing.unlock();
        }
        sayFailure();
    }

    private void publishFinished() {
        List<Part> all;
        synchronized (this) {
            all = List.copyOf(finished);
        }
        boolean whole = true;
        for (Part each : all) {
            try {
                each.publish();
                synchronized (this) {
                    finished.remove(each);
                }
            } catch (IOException e) {
                // Its disk may be gone for ever; the later ones lie on the disk that is there now.
                whole = false;
                synchronized (this) {
                    failure = e;
                }
            }
        }
        synchronized (this) {
            if (whole && waiting.isEmpty() && droppedUnsaid == 0) {
                failure = null;
            }
        }
    }

    /** Writes the records that waited for room, and then how many were dropped. */
    private synchronized void emptyMemory() {
        while (!waiting.isEmpty() && write(waiting.peek())) {
            waitingBytes -= waiting.remove().length;
        }
        if (waiting.isEmpty() && droppedUnsaid > 0 && write(droppedLine())) {
            droppedUnsaid = 0;
        }
    }

    private byte[] droppedLine() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("type", "event");
        record.put("timestamp", Instant.now().toString());
        record.put("id", nextId());
        record.put("session_id", session);
        record.put("event_type", "records_dropped");
        record.put("severity", "error");
        record.put("message", "records that found no room on the disk nor in memory and are lost: " + droppedUnsaid);
        record.put("details", Map.of("records", droppedUnsaid, "spool", spool.toString(), "pid", ProcessHandle.current().pid()));
        try {
            return line(record);
        } catch (BadLineException e) {
            throw new IllegalStateException(e);
        }
    }

    private void changePart(boolean last) {
        Part next = null;
        synchronized (this) {
            // An empty one stays in use; but if writing fails, its disk may be gone, and another may have come to the same place.
            if (part == null || part.size() == 0 && !last && failure == null) {
                return;
            }
        }
        if (!last) {
            try {
                // In advance, so that no caller waits for it.
                next = Part.create(spool);
            } catch (IOException e) {
                synchronized (this) {
                    failure = e;
                }
            }
        }
        synchronized (this) {
            if (part != null) {
                finished.add(part);
            }
            part = next;
        }
    }

    /** Says once what is wrong, and once that it is over. */
    private void sayFailure() {
        IOException now;
        long lost;
        synchronized (this) {
            now = failure;
            lost = dropped;
            if (now != null == failureSaid) {
                return;
            }
            failureSaid = now != null;
        }
        if (now != null) {
            LOG.warn("cannot write to {} ({}); records wait in memory, up to {} MiB, until there is room", spool, Reasons.of(now),
                    memoryBytes >> 20);
        } else {
            LOG.warn("writes to {} again; records dropped so far: {}", spool, lost);
        }
    }

    private void finish() {
        publisher.shutdown();
        publish(true);
        synchronized (this) {
            if (!waiting.isEmpty()) {
                LOG.error("records that found no room in {} and are lost with this process: {}", spool, waiting.size());
            }
        }
    }
}
