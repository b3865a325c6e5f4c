package dev.tac8.history;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.files.LockFile;
import dev.tac8.files.OwnFolder;
import dev.tac8.files.RegularFile;
import dev.tac8.files.Sha256;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Which files have been imported, as they were then, in the spool's own folder: what has not changed is not read again. */
final class ReadFiles {
    private static final String NAME = "imported.json";
    private static final String LOCK = "imported.lock";
    private static final int MOST_BYTES = 1 << 28;
    private static final int END_BYTES = 4096;
    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, State> known;

    /**
     * A file as it was.
     *
     * @param end     the hash of its last bytes
     * @param workers of its sessions, by their names among those of all agents: a worker that becomes known later is a reason to read it again
     */
    record State(long size, long modified, String end, Map<String, List<String>> workers) {
        /** Whatever was made of the file on disk is refused here, and then everything is read again. */
        State {
            Objects.requireNonNull(end);
            workers.values().forEach(Objects::requireNonNull);
        }
    }

    private ReadFiles(Map<String, State> known) {
        this.known = known;
    }

    /** Those of a spool; none if nobody can say. */
    static ReadFiles of(Settings settings) {
        OwnFolder folder = OwnFolder.of(settings.path(Setting.SPOOL_DIR));
        Map<String, State> known = new TreeMap<>();
        try {
            String text = folder.read(NAME, MOST_BYTES);
            Map<String, State> kept = text == null ? null : JSON.readValue(text, new TypeReference<>() { });
            known.putAll(kept == null ? Map.of() : kept);
        } catch (IOException e) {
            // Everything is read again, and nothing is stored twice.
        }
        return new ReadFiles(known);
    }

    /** How a file is now, without its workers. */
    static State look(Path file) throws IOException {
        long modified = Files.getLastModifiedTime(file).toMillis();
        try (FileChannel channel = RegularFile.open(file)) {
            long size = channel.size();
            ByteBuffer end = ByteBuffer.allocate((int) Math.min(size, END_BYTES));
            channel.read(end, size - end.capacity());
            MessageDigest digest = Sha256.begin();
            digest.update(end.flip());
            return new State(size, modified, Sha256.end(digest), Map.of());
        }
    }

    /** Whether a file, and what is known of its sessions' workers, is as it was when it was imported. */
    boolean isUnchanged(Path file, State now, Workers workers) {
        State then = known.get(file.toString());
        return then != null && then.size == now.size && then.modified == now.modified && then.end.equals(now.end)
                && then.workers.entrySet().stream().allMatch(session -> session.getValue().equals(workers.namesOf(session.getKey())));
    }

    /** Keeps how files were when they were read. Those that are gone are forgotten. */
    static void keep(Settings settings, Map<Path, State> read) throws IOException {
        OwnFolder folder = OwnFolder.of(settings.path(Setting.SPOOL_DIR));
        folder.create();
        if (Files.isDirectory(folder.path().resolve(NAME), LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder.path().resolve(NAME) + " is a folder and should be a file: remove it");
        }
        try (LockFile lock = LockFile.take(folder.path().resolve(LOCK))) {
            Map<String, State> all = of(settings).known;
            all.keySet().removeIf(file -> !Files.exists(Path.of(file)));
            read.forEach((file, state) -> all.put(file.toString(), state));
            folder.writeDurably(NAME, JSON.writeValueAsString(all));
        } catch (LockFile.HeldException e) {
            // Another import keeps what it has read. What this one has read is read again, and nothing is stored twice.
        }
    }
}
