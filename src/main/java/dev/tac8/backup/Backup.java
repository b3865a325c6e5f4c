package dev.tac8.backup;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.archive.ArchiveLock;
import dev.tac8.files.Durable;
import dev.tac8.files.LockFile;
import dev.tac8.files.Sha256;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.DatabaseFile;
import dev.tac8.store.Months;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import dev.tac8.text.NameTime;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.util.FileSystemUtils;

/**
 * One backup: a folder with a verified copy of every database, which has its name only once all of it is on the disk.
 *
 * <p>The local store comes first, the external one next, the archive last. A row moves that way, and is copied before it is deleted; so a
 * row that has left one of them before that is copied is found in one that is copied later. Only an archive run takes rows back, so none
 * runs meanwhile.
 */
public final class Backup {
    /** What is in a backup, beside the databases. */
    public static final String MANIFEST = "backup.json";
    /** Only one backup at a time goes into a folder; so a half-done one there is abandoned. */
    private static final String LOCK = ".tac8-backup.lock";
    private static final String PART = ".part";
    private static final JsonMapper JSON = new JsonMapper();

    private final Settings settings;
    private final boolean whatIsThere;
    private final Consumer<Copied> told;
    private final DatabaseCopy copy;
    private final List<Copied> copied = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private Path part;

    /**
     * A database of the backup.
     *
     * @param file where it lies in the backup, as it does beside {@code var/}
     * @param rows of each table
     */
    public record Copied(String file, Map<String, Long> rows, long bytes, String sha256) {
    }

    /**
     * @param whatIsThere whether a database that cannot be copied is left out, instead of ending the backup
     * @param told        is told of each database that is copied and verified
     */
    public Backup(Settings settings, boolean whatIsThere, Consumer<Copied> told) throws StoreException {
        this.settings = settings;
        this.whatIsThere = whatIsThere;
        this.told = told;
        this.copy = new DatabaseCopy(settings.sql());
    }

    /** What is not in the backup, a sentence each. */
    public List<String> missing() {
        return missing;
    }

    /**
     * Makes the backup. A failure leaves nothing behind.
     *
     * @param dir a folder that is there
     * @return the backup's own folder in it; null if there is no database yet
     * @throws StoreException in one sentence
     */
    public Path make(Path dir, Instant now) throws StoreException {
        if (!Files.isDirectory(dir)) {
            throw new StoreException("there is no folder " + dir + ", so nothing was backed up: make it, or mount the disk that it lies on");
        }
        try (LockFile lock = LockFile.take(dir.resolve(LOCK))) {
            removeParts(dir);
            String name = "tac8-" + NameTime.ofSecond(now);
            part = dir.resolve("." + name + PART);
            // Fails if it exists, even as a link that was made just now.
            Files.createDirectory(part);
            try {
                copyAll();
                if (copied.isEmpty()) {
                    return null;
                }
                writeManifest(now);
                Path backup = dir.resolve(name);
                Durable.rename(part, backup);
                return backup;
            } finally {
                FileSystemUtils.deleteRecursively(part);
            }
        } catch (LockFile.HeldException e) {
            throw new StoreException("another backup into " + dir + " is running; nothing was backed up");
        } catch (IOException e) {
            throw new StoreException("nothing was backed up into " + dir + ": " + Reasons.of(e, dir), e);
        }
    }

    /** Left behind by a backup that was killed. */
    private static void removeParts(Path dir) throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(dir, ".tac8-*" + PART)) {
            for (Path left : parts) {
                FileSystemUtils.deleteRecursively(left);
            }
        }
    }

    private void copyAll() throws StoreException, IOException {
        try (Closeable held = ArchiveLock.take(Months.folder(settings))) {
            copyEach();
        }
    }

    private void copyEach() throws StoreException, IOException {
        copyStore("local", Setting.LOCAL_DIR, true);
        if (copyStore("external", Setting.EXTERNAL_DIR, settings.isDefault(Setting.EXTERNAL_DIR))) {
            // Listed only now: the rows of a month that appears later were in the external store when that was copied.
            for (Path month : Months.list(Months.folder(settings)).values()) {
                String fault = DatabaseFile.faultOfArchive(month);
                if (fault != null) {
                    leaveOut("the archive (" + month + ")", new StoreException(fault));
                } else {
                    copy("the archive", month, "external/archive/" + month.getFileName());
                }
            }
        }
    }

    /** Copies a store; false if its volume is missing, or nothing was ever written to it. */
    private boolean copyStore(String name, Setting dir, boolean marksItself) throws StoreException, IOException {
        Path file = settings.path(dir).resolve("logs.db");
        Volume volume = Volume.of(settings, name, settings.path(dir));
        if (marksItself && !volume.isRemembered() && !Files.exists(file)) {
            return false;
        }
        try {
            volume.lookForDatabase();
        } catch (StoreException e) {
            leaveOut("the " + name + " store" + (name.equals("external") ? " and the archive" : ""), e);
            return false;
        }
        if (Files.exists(file)) {
            copy("the " + name + " store", file, name + "/logs.db");
        }
        return true;
    }

    private void copy(String what, Path database, String name) throws StoreException, IOException {
        Path to = part.resolve(name);
        Files.createDirectories(to.getParent());
        Map<String, Long> rows;
        try {
            rows = copy.copy(database, to);
            copy.verify(to, rows);
        } catch (StoreException e) {
            Files.deleteIfExists(to);
            leaveOut(what + " (" + database + ")", e);
            return;
        }
        // The copy is not open any more; reading an open database like any other file would drop SQLite's locks on it.
        Copied done = new Copied(name, rows, Files.size(to), sha256(to));
        copied.add(done);
        told.accept(done);
    }

    private void leaveOut(String what, StoreException reason) throws StoreException {
        if (!whatIsThere) {
            throw new StoreException("nothing was backed up, as " + what + " cannot be: " + reason.getMessage()
                    + "; --what-is-there backs up the rest", reason);
        }
        missing.add("this backup is without " + what + ": " + reason.getMessage());
    }

    private void writeManifest(Instant now) throws IOException {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("at", now.truncatedTo(ChronoUnit.SECONDS).toString());
        manifest.put("databases", copied);
        manifest.put("missing", missing);
        Files.writeString(part.resolve(MANIFEST), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(manifest) + "\n",
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Durable.force(part.resolve(MANIFEST));
        for (Path folder : List.of(part.resolve("external/archive"), part.resolve("external"), part.resolve("local"), part)) {
            if (Files.isDirectory(folder)) {
                Durable.force(folder);
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Sha256.of(in);
        }
    }
}
