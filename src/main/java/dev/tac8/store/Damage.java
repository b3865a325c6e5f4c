package dev.tac8.store;

import dev.tac8.files.Durable;
import dev.tac8.text.NameTime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Tells a damaged database from one that cannot be read now, and sets a damaged one aside, whole. */
final class Damage {
    /** Up to this size integrity_check; above it only quick_check, which skips the content of indexes. docs/adr/0009 has the times. */
    static final long SMALL_BYTES = 64L * 1024 * 1024;

    /** What follows the name of a database that was set aside, before the time. */
    static final String ASIDE = ".damaged-";

    /** How a check words a read that failed: the disk may be going away, which is not damage. */
    private static final Pattern NOT_READ = Pattern.compile("unable to get the page\\. error code=(\\d+)|failed to get page");
    /** The journals first: a journal left beside the new database would be rolled back into it, or deleted. */
    private static final List<String> PARTS = List.of("-journal", "-wal", "-shm", "");

    /**
     * Where the header holds the format version for writers, and the newest version that exists: https://www.sqlite.org/fileformat2.html.
     */
    private static final int WRITE_VERSION = 18;
    private static final int NEWEST_VERSION = 2;

    private Damage() {
    }

    /**
     * Looks a database through.
     *
     * @return what is damaged, in SQLite's words; null if nothing is
     * @throws SQLException if it cannot be read, or SQLite reports damage by failing; {@link #of} tells which
     */
    static String find(Connection database, long bytes) throws SQLException {
        try (Statement statement = database.createStatement()) {
            // A CHECK that was added by hand may be broken by older rows, which are none the worse for it.
            statement.execute("PRAGMA ignore_check_constraints = ON");
            try (ResultSet rows = statement.executeQuery(bytes <= SMALL_BYTES ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)")) {
                return verdict(rows.next() ? rows.getString(1) : "the check says nothing");
            } finally {
                statement.execute("PRAGMA ignore_check_constraints = OFF");
            }
        }
    }

    /** What is damaged according to a check; null if nothing is. */
    static String verdict(String said) throws StoreException {
        Matcher notRead = NOT_READ.matcher(said);
        if (notRead.find() && (notRead.group(1) == null || !isDamage(Integer.parseInt(notRead.group(1))))) {
            throw new StoreException(oneLine(said));
        }
        return said.equals("ok") ? null : oneLine(said);
    }

    /** What is damaged according to a failure to open a database; null if the failure has another cause. */
    static String of(Throwable failure, Path file) {
        SQLiteException sqlite = SqliteCode.said(failure);
        if (sqlite == null) {
            return null;
        }
        // These two are numbers in the header that SQLite has never written. The second makes it take the file for read-only.
        boolean unknownFormat = String.valueOf(sqlite.getMessage()).contains("unsupported file format");
        boolean unknownVersion = sqlite.getResultCode() == SQLiteErrorCode.SQLITE_READONLY && Files.isWritable(file)
                && Files.isWritable(file.getParent());
        return isDamage(sqlite.getResultCode().code) || unknownFormat || unknownVersion ? oneLine(Reasons.of(sqlite)) : null;
    }

    /**
     * Looks at the one number in the header that can make SQLite treat a database as read-only, which SQLite's own checks ignore.
     * The database must not be open in this process: closing any handle on it drops SQLite's locks.
     *
     * @return what is damaged, or null
     */
    static String ofHeader(Path file) throws IOException {
        byte[] header;
        try (InputStream in = Files.newInputStream(file)) {
            header = in.readNBytes(WRITE_VERSION + 1);
        }
        int version = header.length <= WRITE_VERSION ? 0 : header[WRITE_VERSION] & 0xff;
        return version <= NEWEST_VERSION ? null : "its header asks for version " + version + " of the file format, which nothing writes";
    }

    /** SQLITE_CORRUPT and SQLITE_NOTADB. */
    private static boolean isDamage(int code) {
        return (code & 0xff) == 11 || (code & 0xff) == 26;
    }

    private static String oneLine(String said) {
        return said.strip().replaceAll("\\s+", " ");
    }

    /**
     * Renames a database that is not open in this process, and its journal, to names of their own, for good.
     *
     * @return the database's new name
     */
    static Path setAside(Path database) throws IOException {
        String dated = database.getFileName() + ASIDE + NameTime.ofSecond(Instant.now());
        String name = dated;
        for (int i = 2; isTaken(database, name); i++) {
            name = dated + "-" + i;
        }
        for (String part : PARTS) {
            Path from = database.resolveSibling(database.getFileName() + part);
            if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(from, database.resolveSibling(name + part), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        Durable.force(database.getParent());
        return database.resolveSibling(name);
    }

    private static boolean isTaken(Path database, String name) {
        return PARTS.stream().anyMatch(part -> Files.exists(database.resolveSibling(name + part), LinkOption.NOFOLLOW_LINKS));
    }
}
