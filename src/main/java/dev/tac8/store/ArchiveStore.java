package dev.tac8.store;

import dev.tac8.files.Durable;
import java.io.Closeable;
import dev.tac8.files.OpenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.util.ObjectHelper;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * One archive at a time as a DataSource, with the active store beside it as {@code active}. Its one connection stays open until the
 * next archive's turn; it is never used by two threads at once.
 */
public final class ArchiveStore extends AbstractDataSource implements VerifiedDataSource, Closeable {
    private final String activeName;
    private final Path active;
    private final Volume volume;
    private final Schema schema;
    private final SQLiteConfig config;
    private final Path folder;
    /** The files that were looked through since the run began. */
    private final Map<Path, Object> seen = new ConcurrentHashMap<>();
    private Path file;
    private Object openFile;
    private Object attachedFile;
    private Object watched;
    private SingleConnectionDataSource opened;
    private boolean mayOpen;
    private volatile boolean stale;

    /**
     * @param active      the store that rows leave
     * @param volume      the volume of both
     * @param busySeconds how long another process's lock is waited for
     * @param sqlDir      holds {@code schema.sql}
     * @param folder      of the archives
     * @throws StoreException if the schema or SQLite itself cannot be used
     */
    public ArchiveStore(Store active, Volume volume, int busySeconds, Path sqlDir, Path folder) throws StoreException {
        this.activeName = active.name();
        this.active = active.file();
        this.volume = volume;
        this.schema = new Schema(sqlDir);
        this.folder = folder;
        Properties settings = Store.config(busySeconds).toProperties();
        // A database that is not ours must not be changed, not even its journal mode.
        settings.remove(SQLiteConfig.Pragma.JOURNAL_MODE.pragmaName);
        this.config = new SQLiteConfig(settings);
        // An immediate transaction also takes the active store for writing, and the other side of a chunk has that lock.
        config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
    }

    /** The name of the store that rows leave. */
    public String activeName() {
        return activeName;
    }

    /**
     * Makes the folder of the archives.
     *
     * @throws StoreException if the volume is not there, or the folder is on another one
     */
    public void makeFolder(Path folder) throws StoreException {
        volume.check();
        try {
            Files.createDirectories(folder);
            OpenFolder.checkOwner(folder);
            Durable.force(folder.getParent());
            if (!Files.getAttribute(folder, "unix:dev").equals(Files.getAttribute(active.getParent(), "unix:dev"))) {
                throw new StoreException(folder + " is on another disk than " + active + ", and nothing says whether that one is there:"
                        + " nothing is archived until it is a plain folder of the same volume");
            }
        } catch (IOException e) {
            throw new StoreException("cannot make " + folder + ": " + Reasons.of(e), e);
        }
    }

    /**
     * Turns to a month's archive. Its first use opens it, so a month without rows to take gets no archive. Remembers which file the active
     * store is, before rows of it are chosen by their numbers: in another file these numbers mean other rows.
     *
     * @throws StoreException if the volume is not there
     */
    public synchronized void turnTo(String month) throws StoreException {
        volume.check();
        watched = Store.fileKey(active);
        Path archive = Months.file(folder, month);
        if (!archive.equals(file) || !isCurrent()) {
            close();
            file = archive;
            mayOpen = true;
        }
    }

    /** Opens the archive, once a turn: one that was closed in the middle of a chunk may hold less of it when it is opened again. */
    private void open() throws StoreException {
        mayOpen = false;
        volume.check();
        try {
            openAsItIs();
        } catch (StoreException e) {
            close();
            throw e;
        }
        if (!attachedFile.equals(watched)) {
            throw new StoreException(active + " is no longer the file that was read");
        }
    }

    private void openAsItIs() throws StoreException {
        Connection connection = null;
        try {
            boolean isNew = Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
            if (isNew) {
                begin();
            }
            String fault = DatabaseFile.faultOfArchive(file);
            if (fault != null) {
                throw refused(fault);
            }
            openFile = Store.fileKey(file);
            attachedFile = Store.fileKey(active);
            connection = connect(file, SQLiteOpenMode.READWRITE);
            if (!isNew && !openFile.equals(seen.get(file))) {
                lookThrough(connection);
            }
            schema.prepare(connection, file);
            execute(connection, "PRAGMA journal_mode = TRUNCATE");
            // By URI and without create: a plain name would create a database if the active one has gone away.
            execute(connection, "ATTACH '" + active.toUri().toString().replace("'", "''") + "?mode=rw' AS active");
            opened = new SingleConnectionDataSource(connection, true);
            verify(connection);
            seen.put(file, openFile);
        } catch (IOException | SQLException | RuntimeException e) {
            opened = null;
            close(connection);
            if (e instanceof RefusedException schema) {
                throw refused(schema.reason());
            }
            if (e instanceof StoreException said) {
                throw said;
            }
            String damage = Damage.of(e, file);
            throw damage != null ? refused("it is damaged: " + damage) : new ArchiveException("cannot open the archive " + file + ": " + Reasons.of(e), e);
        }
    }

    /** Creates an archive, under another name until it is whole: so an archive without any row has lost its rows. */
    private void begin() throws IOException, SQLException {
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Path journal = fresh.resolveSibling(fresh.getFileName() + "-journal");
        Files.deleteIfExists(journal);
        Files.deleteIfExists(fresh);
        try (Connection connection = connect(fresh, SQLiteOpenMode.CREATE)) {
            schema.prepare(connection, fresh);
        }
        Files.deleteIfExists(journal);
        volume.check();
        Durable.rename(fresh, file);
    }

    private Connection connect(Path database, SQLiteOpenMode mode) throws SQLException {
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setOpenMode(mode);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(DatabaseUrl.of(database));
        Connection connection = source.getConnection();
        try {
            schema.settle(connection);
            return connection;
        } catch (RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    /**
     * What a failure says of the archive that is open, in one sentence, if it concerns that archive alone: for example, another program
     * holds its lock. Null if it concerns the disk, which holds the other archives too.
     */
    public String saysOfIt(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ArchiveRefusedException) {
                return cause.getMessage();
            }
            if (cause instanceof SQLiteException sqlite) {
                return switch (sqlite.getResultCode().code & 0xff) {
                    case 3, 5, 6, 11, 14, 19, 26 ->     // SQLITE_PERM, BUSY, LOCKED, CORRUPT, CANTOPEN, CONSTRAINT, NOTADB
                        "the archive " + file + " cannot be written now (" + Reasons.of(sqlite) + "): what belongs into it stays in the active"
                                + " store, and the next run tries it again";
                    default -> null;
                };
            }
        }
        return null;
    }

    /** Whether a failure says that the archive that is open is damaged or not ours. */
    public boolean isUnusable(Throwable failure) {
        return ObjectHelper.getException(ArchiveRefusedException.class, failure) != null || Damage.of(failure, file) != null;
    }

    /**
     * Takes the one connection. The first time after {@link #turnTo} this opens the archive, and creates it if it is missing; an existing one
     * is looked through first.
     *
     * @throws ArchiveRefusedException if it is damaged or not ours; it stays as it is
     * @throws ArchiveException        if it cannot be used now
     * @throws StoreException          if the volume is not there, or a database is no longer the file that was read
     */
    @Override
    public synchronized Connection getConnection() throws SQLException {
        if (mayOpen) {
            open();
        }
        if (opened == null) {
            throw new StoreException("no archive is open");
        }
        verify();
        return opened.getConnection();
    }

    @Override
    public String name() {
        return "archive";
    }

    @Override
    public void verify(Connection used) throws StoreException {
        verify();
    }

    /**
     * Checks that the volume is there and that both open databases are still the files at their paths.
     *
     * @throws StoreException in one sentence
     */
    public synchronized void verify() throws StoreException {
        volume.check();
        if (!isCurrent()) {
            throw new StoreException("the archive " + file + " or " + active + " is no longer the file that was opened");
        }
    }

    /** Closes it; it is looked through before it is used again. */
    @Override
    public synchronized void evict() {
        seen.remove(file);
        close();
    }

    /** Makes the next use close it first and look through every archive. It is not closed here: if its disk hangs, so does closing. */
    public void abandon() {
        stale = true;
        seen.clear();
    }

    /** Closes the archive that is open, if one is. */
    @Override
    public synchronized void close() {
        if (opened != null) {
            opened.destroy();
        }
        opened = null;
        openFile = null;
        mayOpen = false;
        stale = false;
    }

    /** Whether both databases are those that were opened: rows of one that was set aside must not count as rows of the new one. */
    private boolean isCurrent() throws StoreException {
        return opened != null && !stale && openFile.equals(Store.fileKey(file)) && attachedFile.equals(Store.fileKey(active));
    }

    private void lookThrough(Connection connection) throws SQLException, StoreException {
        String damage = Damage.find(connection, Store.size(file));
        if (damage != null) {
            throw refused("it is damaged: " + damage);
        }
    }

    private ArchiveRefusedException refused(String reason) {
        return new ArchiveRefusedException("the archive " + file + " cannot be used (" + reason + "): it is left as it is, and what belongs"
                + " into it stays in the active store; move it away, and get what it held from a backup or by ./tac8 rebuild");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void close(Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            logger.debug("an archive that could not be used did not close", e);
        }
    }
}
