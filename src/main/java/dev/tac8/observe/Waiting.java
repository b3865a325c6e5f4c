package dev.tac8.observe;

import dev.tac8.ingest.Spool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The files of the spool that wait, and since when: the disk is asked about each of them once. */
public final class Waiting {
    private volatile Map<String, Instant> since = Map.of();

    /** Lists the spool. */
    public void look(Spool spool) throws IOException {
        Map<String, Instant> now = new HashMap<>();
        for (Path file : spool.named()) {
            String name = file.getFileName().toString();
            Instant known = since.get(name);
            if (known == null) {
                known = renamedAt(file);
            }
            if (known != null) {
                now.put(name, known);
            }
        }
        since = now;
    }

    /** When it was renamed into the spool, which a file's own time does not tell: that is its last write. Null if it is gone by now. */
    private static Instant renamedAt(Path file) throws IOException {
        try {
            return ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS)).toInstant();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** How many there are. */
    public int files() {
        return since.size();
    }

    /** Since when the oldest waits, or null if none does. */
    public Instant oldest() {
        Map<String, Instant> now = since;
        return now.isEmpty() ? null : Collections.min(now.values());
    }

    /** The name of the oldest. */
    String oldestName() {
        return Collections.min(since.entrySet(), Map.Entry.comparingByValue()).getKey();
    }
}
