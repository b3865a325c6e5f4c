package dev.tac8.rebuild;

import dev.tac8.archive.ArchivedFiles;
import dev.tac8.archive.Manifest;
import dev.tac8.archive.Version;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.status.Words;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * Every file that was ever acknowledged: in {@code spool/done}, or compressed in {@code events/} on the external volume. Nothing is
 * changed here, and the service may go on acknowledging files and moving them.
 */
public final class Deliveries {
    /** A name in done/: time, the first half of the content's SHA-256, the file's own name. */
    private static final Pattern DONE = Pattern.compile("\\d{8}T\\d{9}Z-([0-9a-f]{32})-(.*\\.jsonl)", Pattern.DOTALL);
    private static final Pattern ACKNOWLEDGED = Pattern.compile("\\d{8}T\\d{9}Z-[0-9a-f]{32}-");
    private static final String GZ = ".jsonl.gz";
    private static final int HASH_CHARACTERS = 32;

    private final Path done;
    private final Spool spool;
    private final Path events;
    private final Map<String, Path> taken = new HashMap<>();
    private final List<String> foreign = new ArrayList<>();
    private long bytes;
    private boolean any;

    /** Takes the files, one after the other. */
    public interface Receiver {
        /**
         * @param name     the file's own name, or one like it
         * @param isRecent whether it was not acknowledged yet when {@link Deliveries#known} was asked
         * @param content  its bytes, to be read to the end, because only there wrong ones are found
         */
        void take(String name, boolean isRecent, Content content) throws IOException, StoreException;
    }

    /** Opens a file. */
    public interface Content {
        InputStream open() throws IOException;
    }

    /** A compressed file, with the hash and length of its content by the manifest, or null and -1 if no line names it. */
    private record Archived(Path path, String sha256, long bytes) {
    }

    private Deliveries(Settings settings, Spool spool) {
        this.spool = spool;
        this.done = settings.path(Setting.SPOOL_DIR).resolve("done");
        this.events = ArchivedFiles.events(settings);
    }

    /**
     * Looks for all the files.
     *
     * @param spool the spool, to be read only
     * @throws StoreException if some cannot be reached
     */
    public static Deliveries find(Settings settings, Spool spool) throws StoreException, IOException {
        Deliveries deliveries = new Deliveries(settings, spool);
        Path external = settings.path(Setting.EXTERNAL_DIR);
        Volume volume = Volume.of(settings, "external", external);
        if (!settings.isDefault(Setting.EXTERNAL_DIR) || volume.isRemembered() || Files.exists(external.resolve("logs.db"))) {
            try {
                volume.look();
            } catch (StoreException e) {
                throw new StoreException("archived event files lie on the external volume, and nothing is rebuilt without them: "
                        + e.getMessage(), e);
            }
        }
        deliveries.eachDone((hash, name, path) -> {
            deliveries.any = true;
            deliveries.bytes += Files.size(path);
        });
        deliveries.eachArchived(archived -> {
            deliveries.any = true;
            deliveries.bytes += archived.bytes() >= 0 ? archived.bytes() : Files.size(archived.path());
        });
        return deliveries;
    }

    /** Whether any file was ever acknowledged. */
    public boolean isAny() {
        return any;
    }

    /** About how many bytes are to be read, for a progress bar. */
    public long bytes() {
        return bytes;
    }

    /** Files in done/ that tac8 did not put there, and that are left out. */
    public List<String> foreign() {
        return foreign;
    }

    /** How many files of different content were taken. */
    public int count() {
        return taken.size();
    }

    /** The acknowledged file with this hash that was taken; null if there is none. */
    Path taken(String hash) {
        return taken.get(hash);
    }

    /** Where the lines of a file began that were set aside when it came, in bytes. */
    Set<Long> setAside(String hash) throws IOException {
        return spool.quarantine().everSetAside(hash);
    }

    /** The hashes of the files that are acknowledged now and not archived yet. */
    public Set<String> known() throws IOException, StoreException {
        Set<String> known = new HashSet<>();
        eachDone((hash, name, path) -> known.add(hash));
        return known;
    }

    /**
     * Hands out the files that wait in the spool: parts of them may be stored. Must be called before {@link #each}, which finds a file
     * that is acknowledged meanwhile.
     *
     * @return how many
     */
    public int eachWaiting(Receiver receiver) throws IOException, StoreException {
        int count = 0;
        for (Path path : spool.waiting()) {
            try {
                receiver.take(path.getFileName().toString(), true, () -> Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS));
                count++;
            } catch (NoSuchFileException e) {
                // Acknowledged just now.
            }
        }
        return count;
    }

    /**
     * Hands out all acknowledged files, each content once. First those in done/, then the archive: a file that is archived meanwhile
     * is found in one or the other.
     *
     * @param known what {@link #known} said, or null if it does not matter which files are recent
     * @return how many are recent
     * @throws IOException if one is missing, or not what was acknowledged
     */
    public int each(Set<String> known, Receiver receiver) throws IOException, StoreException {
        int[] recent = {0};
        // Files that are acknowledged from now on are left out; a busy service would keep us busy for ever.
        Set<String> left = known();
        eachDone((hash, name, path) -> {
            if (!left.contains(hash)) {
                return;
            }
            boolean isRecent = known != null && !known.contains(hash);
            try {
                receiver.take(name, isRecent, () -> new CheckedContent(path, Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS), hash, -1));
                left.remove(hash);
                taken.put(hash, path);
                recent[0] += isRecent ? 1 : 0;
            } catch (NoSuchFileException e) {
                // Archived just now.
            }
        });
        eachArchived(archived -> {
            String archivedName = archived.path().getFileName().toString();
            if (!ACKNOWLEDGED.matcher(archivedName).lookingAt()) {
                // It lay in done/ and was never acknowledged.
                foreign.add(archivedName);
                return;
            }
            String hash = (archived.sha256() != null ? archived.sha256() : hashOf(archived)).substring(0, HASH_CHARACTERS);
            if (taken.putIfAbsent(hash, archived.path()) == null) {
                receiver.take(nameOf(archived.path()), false, () -> open(archived));
            }
        });
        left.removeAll(taken.keySet());
        if (!left.isEmpty()) {
            throw new IOException(Words.count(left.size(), "file") + (left.size() == 1 ? " has" : " have") + " vanished from " + done + " and "
                    + (left.size() == 1 ? "is" : "are") + " not in the archive either, the first with " + left.iterator().next() + " in its name, so nothing is rebuilt: put back what is missing, and try again");
        }
        return recent[0];
    }

    private interface DoneSink {
        void accept(String hash, String name, Path path) throws IOException, StoreException;
    }

    private interface ArchivedSink {
        void accept(Archived archived) throws IOException, StoreException;
    }

    private void eachDone(DoneSink sink) throws IOException, StoreException {
        foreign.clear();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(done, "*.jsonl")) {
            for (Path path : files) {
                String name = path.getFileName().toString();
                Matcher matcher = DONE.matcher(name);
                if (matcher.matches() && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    sink.accept(matcher.group(1), matcher.group(2), path);
                } else if (!matcher.matches()) {
                    foreign.add(name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Nothing was acknowledged yet.
        }
    }

    private void eachArchived(ArchivedSink sink) throws IOException, StoreException {
        for (Path month : ArchivedFiles.months(events).values()) {
            for (Archived archived : month(month).values()) {
                sink.accept(archived);
            }
        }
    }

    /** The files of a month, those of its manifest and those that no line names yet; each by its name. */
    private static Map<String, Archived> month(Path month) throws IOException, StoreException {
        Map<String, Archived> files = new LinkedHashMap<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(month, "*" + GZ)) {
            for (Path path : found) {
                if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) && !path.getFileName().toString().startsWith(".")) {
                    files.put(path.getFileName().toString(), new Archived(path, null, -1));
                }
            }
        }
        Path manifest = month.resolve(Manifest.NAME);
        TreeMap<Long, Version> lines = new TreeMap<>();
        try (InputStream in = Files.newInputStream(manifest, LinkOption.NOFOLLOW_LINKS)) {
            Manifest.read(in, lines::put);
        } catch (NoSuchFileException e) {
            // The first files of the month are just being moved.
        }
        long last = lines.isEmpty() ? 0 : lines.lastKey();
        for (Map.Entry<Long, Version> line : lines.entrySet()) {
            Version version = line.getValue();
            // The last line may be torn; the file that it was to name is still in done/.
            if (version == null && line.getKey() < last) {
                throw new StoreException("line " + line.getKey() + " of " + manifest + " cannot be read, so nobody knows which file it names, and"
                        + " nothing is rebuilt: mend it, or take the line out if its file is there");
            }
            if (version != null) {
                Path file = month.resolve(version.file());
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw new StoreException(manifest + " names " + version.file() + ", which is missing, so nothing is rebuilt:"
                            + " put the file back from a backup");
                }
                files.put(version.file(), new Archived(file, version.sha256(), version.bytes()));
            }
        }
        return files;
    }

    private static String nameOf(Path archived) {
        String name = archived.getFileName().toString();
        return name.substring(0, name.length() - ".gz".length());
    }

    private static InputStream open(Archived archived) throws IOException {
        InputStream file = Files.newInputStream(archived.path(), LinkOption.NOFOLLOW_LINKS);
        try {
            return new CheckedContent(archived.path(), new GZIPInputStream(file, 1 << 16), archived.sha256(), archived.bytes());
        } catch (IOException e) {
            file.close();
            throw CheckedContent.failure(archived.path(), e);
        }
    }

    private static String hashOf(Archived archived) throws IOException {
        try (CheckedContent content = (CheckedContent) open(archived)) {
            content.transferTo(OutputStream.nullOutputStream());
            return content.sha256();
        }
    }
}
