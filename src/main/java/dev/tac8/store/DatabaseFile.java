package dev.tac8.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Looks at what lies where a database should be, before SQLite opens it: SQLite takes an empty file for an empty database. */
public final class DatabaseFile {
    /** What is said of an empty file. */
    public static final String EMPTY = "it has no bytes";

    /** For this long another process may still be making a database of an empty file. */
    private static final long NEW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private DatabaseFile() {
    }

    private static boolean isNew(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant().isAfter(Instant.now().minusNanos(NEW_NANOS));
    }

    /** Why the file is not an archive, in words that follow its name; null if it may be one. A link is never one. */
    public static String faultOfArchive(Path file) throws IOException {
        return Files.isSymbolicLink(file) ? "it is a link, and an archive is a file of its own" : fault(file);
    }

    /** The same for the database of a store, which may be reached by a link; null also if nothing is there. */
    private static String fault(Path file) throws IOException {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return found.isDirectory() ? "it is a folder" : !found.isRegularFile() ? "it is no regular file"
                    : found.size() == 0 ? EMPTY : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** The databases that were set aside beside a store's as damaged, the oldest first. */
    public static List<Path> setAside(Path database) throws IOException {
        Map<Path, FileTime> times = new HashMap<>();
        try (Stream<Path> paths = Files.list(database.getParent())) {
            for (Path path : paths.filter(path -> isAside(database, path.getFileName().toString())).toList()) {
                times.put(path, Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS));
            }
        }
        Comparator<Path> oldestFirst = Comparator.comparing(times::get);
        return times.keySet().stream().sorted(oldestFirst.thenComparing(path -> path)).toList();
    }

    private static boolean isAside(Path database, String name) {
        return name.startsWith(database.getFileName() + Damage.ASIDE) && !name.matches(".*-(journal|wal|shm)");
    }

    /** What answers lack because of these, in one sentence. */
    public static String saysOf(List<Path> aside) {
        return "what " + aside.get(aside.size() - 1) + (aside.size() == 1 ? " held is missing here, as it was" : " and " + (aside.size() - 1)
                + " more beside it held is missing here, as they were") + " set aside as damaged: bring it back by ./tac8 rebuild, then remove "
                + (aside.size() == 1 ? "that file or move it away" : "these files or move them away");
    }

    /**
     * Looks at the place of a store's database.
     *
     * @param remedy what to do if there is none
     * @throws StoreException if what is there cannot be a database, in one sentence
     */
    public static void check(Path file, String remedy) throws IOException, StoreException {
        String fault = fault(file);
        // SQLite makes the file before its first transaction, and that may be the first chunk, being stored right now.
        for (long begin = System.nanoTime(); EMPTY.equals(fault) && isNew(file) && System.nanoTime() - begin < NEW_NANOS; fault = fault(file)) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        if (fault != null) {
            throw new StoreException(file + " is no database, as " + fault + ": " + remedy);
        }
    }
}
