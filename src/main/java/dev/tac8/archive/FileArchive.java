package dev.tac8.archive;

import dev.tac8.files.Durable;
import dev.tac8.files.OpenFolder;
import dev.tac8.files.Sha256;
import dev.tac8.ingest.Names;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/**
 * Compressed files on the external volume, in a folder a month: {@code conversations/2026-08/gh-450-HASH.jsonl.gz}, each with a line in
 * its month's manifest. Originals are deleted in batches, and only those whose copy was read back, whose line is on the disk, and whose
 * disk is still ours.
 */
final class FileArchive {
    static final String EXTENSION = ".jsonl.gz";
    private static final Pattern MONTH = Pattern.compile("\\d{4}-\\d\\d");
    private static final YearMonth FIRST_MONTH = YearMonth.of(1970, 1);
    private static final String PART = ".part";
    /** 128 bits of SHA-256, as in the names in {@code done/}. */
    private static final int HASH_CHARACTERS = 32;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MOST_FILES = 50;
    private static final long MOST_BYTES = 64 << 20;
    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    /** What has just been done, for tests that end the process there. */
    enum Step { PART_BEGUN, PART_WRITTEN, PART_VERIFIED, PART_RENAMED, FOLDER_FORCED, LINES_WRITTEN, DELETED }

    /** The original cannot be read, or is being written to: the others go on. */
    static final class KeptException extends Exception {
        private static final long serialVersionUID = 1L;

        KeptException(String reason) {
            super(reason);
        }
    }

    /** How many files it has taken, how long they were, and how long they are now. */
    record Moved(long files, long bytes, long compressedBytes) {
    }

    private record Pending(Original original, Version version, Path file, Object key, long compressedBytes, boolean again) {
    }

    private final Path root;
    private final Volume volume;
    private final Consumer<Step> steps;
    private final BiConsumer<Path, String> kept;
    private final List<Pending> batch = new ArrayList<>();
    private long batchBytes;
    private Moved moved = new Moved(0, 0, 0);

    /**
     * @param root its folder on the external volume
     * @param kept is told of an original that was copied but stays, and why
     */
    FileArchive(Path root, Volume volume, BiConsumer<Path, String> kept, Consumer<Step> steps) {
        this.root = root;
        this.volume = volume;
        this.kept = kept;
        this.steps = steps;
    }

    Moved moved() {
        return moved;
    }

    /** The months there are, each with its folder, the oldest first. */
    static SortedMap<String, Path> months(Path root) throws IOException {
        SortedMap<String, Path> months = new TreeMap<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
            for (Path folder : folders) {
                String name = folder.getFileName().toString();
                if (MONTH.matcher(name).matches() && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                    months.put(name, folder);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Nothing was moved yet.
        }
        return months;
    }

    /** Whether a folder, known by its key, is one of the months. */
    boolean isMonth(Object folderKey) throws IOException {
        for (Path month : months(root).values()) {
            if (Objects.equals(attributes(month).fileKey(), folderKey)) {
                return true;
            }
        }
        return false;
    }

    /** Removes what a run that was cut off has left half written: copies, and the last line of a manifest. */
    void tidyUp() throws StoreException {
        check();
        try {
            for (Path month : months(root).values()) {
                try (DirectoryStream<Path> parts = Files.newDirectoryStream(month, ".*" + EXTENSION + PART)) {
                    for (Path part : parts) {
                        Files.deleteIfExists(part);
                    }
                }
                if (isThere(month.resolve(Manifest.NAME))) {
                    Manifest.append(month.resolve(Manifest.NAME), List.of());
                }
            }
        } catch (IOException e) {
            throw failed(root, e);
        }
    }

    /**
     * Copies a file. The original is deleted with its batch.
     *
     * @throws KeptException  if it stays where it is
     * @throws StoreException if the archive cannot be written
     */
    void take(Original original) throws StoreException, KeptException {
        check();
        Instant modified = original.seen().lastModifiedTime().toInstant();
        Path month = root.resolve(month(modified));
        String stem = stem(original.inside());
        Path part = month.resolve("." + stem + EXTENSION + PART);
        try {
            make(month);
            Version version = write(original, modified, part, stem);
            // Taken before it is read back: what has another key in the end is another file, on another disk.
            BasicFileAttributes written = attributes(part);
            steps.accept(Step.PART_WRITTEN);
            if (!holds(part, version)) {
                throw new StoreException("what was written to " + part + " reads back otherwise, so its disk is not to be trusted: "
                        + original.path() + " stays where it is, and nothing more is archived; look at the disk");
            }
            steps.accept(Step.PART_VERIFIED);
            Path file = month.resolve(version.file());
            BasicFileAttributes there = isThere(file) ? attributes(file) : null;
            boolean again = there != null && holds(file, version);
            if (again) {
                Files.delete(part);
                written = there;
            } else {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            }
            steps.accept(Step.PART_RENAMED);
            batch.add(new Pending(original, version, file, written.fileKey(), written.size(), again));
            batchBytes += version.bytes();
        } catch (IOException e) {
            throw failed(month, e);
        } finally {
            removeQuietly(part);
        }
        if (batch.size() >= MOST_FILES || batchBytes >= MOST_BYTES) {
            commit();
        }
    }

    /** Lists what was copied, and deletes the originals. */
    void commit() throws StoreException {
        if (batch.isEmpty()) {
            return;
        }
        List<Pending> pending = List.copyOf(batch);
        batch.clear();
        batchBytes = 0;
        Map<Path, List<Pending>> months = new HashMap<>();
        pending.forEach(one -> months.computeIfAbsent(one.file().getParent(), month -> new ArrayList<>()).add(one));
        Map<Path, BasicFileAttributes> manifests = new HashMap<>();
        for (Map.Entry<Path, List<Pending>> month : months.entrySet()) {
            try {
                Durable.force(month.getKey());
                steps.accept(Step.FOLDER_FORCED);
                Path manifest = month.getKey().resolve(Manifest.NAME);
                boolean begun = !isThere(manifest);
                Manifest.append(manifest, unlisted(manifest, month.getValue()));
                if (begun) {
                    Durable.force(month.getKey());
                }
                manifests.put(manifest, attributes(manifest));
                steps.accept(Step.LINES_WRITTEN);
            } catch (IOException e) {
                throw failed(month.getKey(), e);
            }
        }
        // All of it may have gone to a disk that was being pulled out.
        check();
        try {
            for (Map.Entry<Path, BasicFileAttributes> manifest : manifests.entrySet()) {
                checkSame(manifest.getKey(), manifest.getValue().fileKey(), manifest.getValue().size());
            }
            for (Pending one : pending) {
                checkSame(one.file(), one.key(), one.compressedBytes());
            }
        } catch (IOException e) {
            throw failed(root, e);
        }
        pending.forEach(this::delete);
        pending.stream().map(one -> one.original().parent()).distinct().forEach(FileArchive::forceQuietly);
    }

    private void delete(Pending one) {
        try {
            if (!one.original().isUnchanged()) {
                kept.accept(one.original().path(), "it has just been written to");
                return;
            }
            one.original().delete();
            moved = new Moved(moved.files() + 1, moved.bytes() + one.version().bytes(), moved.compressedBytes() + one.compressedBytes());
            steps.accept(Step.DELETED);
        } catch (IOException e) {
            kept.accept(one.original().path(), "it was copied but cannot be deleted: " + Reasons.of(e));
        }
    }

    /** The lines that the manifest does not hold already: a run may have been cut off between the line and the delete. */
    private static List<Version> unlisted(Path manifest, List<Pending> pending) throws IOException {
        List<Version> versions = new ArrayList<>(pending.stream().map(Pending::version).toList());
        List<Version> again = pending.stream().filter(Pending::again).map(Pending::version).toList();
        if (!again.isEmpty() && isThere(manifest)) {
            try (InputStream in = open(manifest)) {
                Manifest.read(in, (line, listed) -> {
                    if (listed != null && again.stream().anyMatch(listed::isSame)) {
                        versions.removeIf(listed::isSame);
                    }
                });
            }
        }
        return versions;
    }

    private static void checkSame(Path file, Object key, long bytes) throws IOException, StoreException {
        BasicFileAttributes now = attributes(file);
        if (!Objects.equals(now.fileKey(), key) || now.size() < bytes) {
            throw new StoreException(file + " is no longer the file that was written, as if another disk were there now: the originals stay"
                    + " where they are; see that the right one is mounted, and the next run goes on");
        }
    }

    private Version write(Original original, Instant modified, Path part, String stem) throws IOException, StoreException, KeptException {
        Files.deleteIfExists(part);
        MessageDigest digest = Sha256.begin();
        long bytes = 0;
        FileAttribute<?>[] attributes;
        InputStream in;
        try {
            attributes = permissions(original);
            in = original.open();
        } catch (IOException e) {
            throw new KeptException(Reasons.of(e, original.path()));
        }
        try (InputStream content = in; FileChannel file = FileChannel.open(part, NEW, attributes)) {
            steps.accept(Step.PART_BEGUN);
            GZIPOutputStream gzip = new GZIPOutputStream(Channels.newOutputStream(file), BUFFER_BYTES);
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = read(content, buffer); read >= 0; read = read(content, buffer)) {
                digest.update(buffer, 0, read);
                gzip.write(buffer, 0, read);
                bytes += read;
            }
            gzip.finish();
            gzip.flush();
            Files.setLastModifiedTime(part, original.seen().lastModifiedTime());
            file.force(true);
        }
        if (!isUnchanged(original)) {
            throw new KeptException("it is being written to");
        }
        String sha256 = Sha256.end(digest);
        String hash = sha256.substring(0, HASH_CHARACTERS);
        return new Version(original.path().toString(), original.folder().toString(), modified, Instant.now().truncatedTo(ChronoUnit.MILLIS),
                bytes, sha256, stem.contains(hash) ? stem + EXTENSION : stem + "-" + hash + EXTENSION);
    }

    private static int read(InputStream content, byte[] buffer) throws KeptException {
        try {
            return content.read(buffer);
        } catch (IOException e) {
            throw new KeptException(Reasons.of(e));
        }
    }

    private static boolean isUnchanged(Original original) throws KeptException {
        try {
            return original.isUnchanged();
        } catch (IOException e) {
            throw new KeptException(Reasons.of(e));
        }
    }

    private static FileAttribute<?>[] permissions(Original original) throws IOException {
        Set<PosixFilePermission> permissions = original.permissions();
        if (permissions == null) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> readable = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        readable.addAll(permissions);
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(readable)};
    }

    /** Whether a compressed file, read back, is this version. */
    static boolean holds(Path file, Version version) throws IOException {
        MessageDigest digest = Sha256.begin();
        long bytes;
        try (InputStream in = new GZIPInputStream(open(file), BUFFER_BYTES);
             OutputStream hash = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            bytes = in.transferTo(hash);
        } catch (ZipException | EOFException e) {
            return false;
        }
        return bytes == version.bytes() && Sha256.end(digest).equals(version.sha256());
    }

    static InputStream open(Path file) throws IOException {
        return Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes the folder of a month, durably. */
    private void make(Path month) throws IOException {
        for (Path folder : List.of(root, month)) {
            if (!Files.isDirectory(folder)) {
                Files.createDirectory(folder);
                Durable.force(folder.getParent());
            }
            OpenFolder.checkOwner(folder);
        }
        if (!Files.isDirectory(month, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(month.toString(), null, month + " is a link, and links are not followed");
        }
        if (!Files.getAttribute(month, "unix:dev").equals(Files.getAttribute(root.getParent(), "unix:dev"))) {
            // What is written below an empty mount point is hidden as soon as its disk is back.
            throw new FileSystemException(month.toString(), null, "it is on another disk than " + root.getParent() + ", and nothing says whether"
                    + " that one is there");
        }
    }

    private static boolean isThere(Path file) throws IOException {
        try {
            BasicFileAttributes found = attributes(file);
            if (!found.isRegularFile()) {
                throw new FileAlreadyExistsException(file.toString(), null, file + " is there and no regular file");
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static String month(Instant modified) {
        YearMonth month = YearMonth.from(modified.atOffset(ZoneOffset.UTC));
        return (month.isBefore(FIRST_MONTH) ? FIRST_MONTH : month).toString();
    }

    /** The way to a file as a name that any file system takes and a person still knows; the manifest has the exact one. */
    private static String stem(Path inside) {
        String way = inside.toString();
        StringBuilder stem = new StringBuilder();
        way.substring(0, way.length() - ".jsonl".length()).codePoints()
                .forEach(c -> stem.appendCodePoint(Character.isLetterOrDigit(c) || "-._+=,@".indexOf(c) >= 0 ? c : '_'));
        String tail = "-" + "0".repeat(HASH_CHARACTERS) + EXTENSION + PART;
        String fitting = Names.fitting(".", stem.toString(), tail);
        return fitting.substring(1, fitting.length() - tail.length());
    }

    private void check() throws StoreException {
        try {
            volume.check();
        } catch (StoreException e) {
            throw new StoreException("old files stay where they are: " + e.getMessage(), e);
        }
    }

    private StoreException failed(Path where, IOException failure) {
        try {
            check();
        } catch (StoreException e) {
            return e;
        }
        String reason = failure instanceof AtomicMoveNotSupportedException ? "it cannot rename" : Reasons.of(failure);
        return new StoreException("old files cannot be moved to " + where + ": " + reason
                + "; what is not there stays where it is, and the next run goes on", failure);
    }

    private static void removeQuietly(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            // The next run removes it.
        }
    }

    private static void forceQuietly(Path folder) {
        try {
            Durable.force(folder);
        } catch (IOException e) {
            // Should a file be there again after a power cut, it moves once more.
        }
    }
}
