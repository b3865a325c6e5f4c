package dev.tac8.ingest;

import dev.tac8.files.Daemon;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Puts the parts of ingest together as the settings say. */
public final class Ingest {
    /** With the lines' limit this bounds memory: two chunks, one being stored and one being read, of parsed records. */
    private static final long MAX_CHUNK_BYTES = 4 << 20;

    /** An edge has no transaction to pay for a chunk, and waits for the brokers' answer no longer than it reads the next one; more costs a collector of garbage only. */
    private static final int MOST_SENT = 2500;

    private Ingest() {
    }

    /** The spool, its files read ahead on a thread of its own, which does not keep the process alive. */
    public static Spool spool(Settings settings) {
        ExecutorService readAhead = Executors.newSingleThreadExecutor(Daemon.threads("read-ahead"));
        AtomicBoolean stopping = new AtomicBoolean();
        AtomicBoolean leaving = new AtomicBoolean();
        int mostRecords = settings.number(Setting.INGEST_CHUNK_RECORDS);
        return new Spool(settings.path(Setting.SPOOL_DIR), new SpoolFile.Reading(new RecordFormat(),
                settings.number(Setting.INGEST_MAX_LINE_BYTES), settings.isEdge() ? Math.min(MOST_SENT, mostRecords) : mostRecords, MAX_CHUNK_BYTES, readAhead,
                () -> stopping.get() || leaving.get(), settings.isEdge()), stopping, leaving);
    }
}
