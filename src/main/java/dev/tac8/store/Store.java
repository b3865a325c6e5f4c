package dev.tac8.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.tac8.files.OpenFolder;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/**
 * One database of five tables and the volume it lies on, as a DataSource for one writer.
 *
 * <p>A caller gets a connection only while the volume is there and the open database is still the file at its path, so no
 * route can forget to ask. {@link StoreTransactionManager} asks again after each commit.
 */
public final class Store extends AbstractDataSource implements ChunkStore {
    /** What may be the reason if a file does not answer. */
    public static final String MAY_BE = "its disk hangs, or another program keeps it locked";

    private static final String EXTERNAL = "external";
    /** Lets readers in while a chunk is being written: with SQLite's default of 2 MB a transaction spills to disk, and locks them out. */
    private static final int CACHE_KIBIBYTES = 64 * 1024;
    /** How long a second writer of this process waits for the first. */
    private static final Duration WAIT = Duration.ofSeconds(60);
    /** How long the pool waits for a connection before we check that the store can still be opened; the least that it allows. */
    private static final long LOOK_MILLISECONDS = 250;

    private final String name;
    private final Path file;
    private final Volume volume;
    private final Schema schema;
    private final SQLiteConfig config;
    private final HikariDataSource pool;
    private final Logger log;
    private volatile Object openFile;
    /** A write met possible damage: look the database through, however large it is. */
    private volatile boolean suspect;
    /** A write was told that the database can only be read: look at its header. */
    private volatile boolean unwritable;
    /** The file that was looked through, or begun here, and has not been away since. Any other one is looked through, if it is small. */
    private volatile Object seen;
    /** What a write called damaged since the database was last looked through. */
    private volatile String corrupt;
    /** A check has found nothing, although a write had met damage. */
    private boolean passedInVain;
    private Connection opened;
    /**
     * The connections that {@link #open} has made and that may still be open, as the pool closes them in its own time; each with its file.
     */
    private final Map<Connection, Object> living = new ConcurrentHashMap<>();

    /** The database is damaged; the message is what SQLite says. */
    private static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedException(String damage) {
            super(damage);
        }
    }

    /**
     * @param name        what messages and the pool call it
     * @param dir         holds {@code logs.db}
     * @param busySeconds how long another process's lock is waited for
     * @param sqlDir      holds {@code schema.sql}
     * @throws StoreException if the schema or SQLite itself cannot be used
     */
    public Store(String name, Path dir, Volume volume, int busySeconds, Path sqlDir) throws StoreException {
        this.name = name;
        this.log = LoggerFactory.getLogger("store-" + name);
        this.file = dir.resolve("logs.db");
        this.volume = volume;
        this.schema = new Schema(sqlDir);
        this.config = config(busySeconds);
        this.pool = pool();
    }

    /** The settings of every connection that writes, except those that {@code sql/open-store.sql} makes. */
    static SQLiteConfig config(int busySeconds) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(busySeconds * 1000);
        config.enforceForeignKeys(true);
        // Rollback journal: a WAL's shared memory kills the JVM when the volume goes away. See docs/adr/0002.
        config.setJournalMode(SQLiteConfig.JournalMode.TRUNCATE);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setCacheSize(-CACHE_KIBIBYTES);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        // For these the driver would search the text of each statement, of long ones for milliseconds; nothing asks for them.
        config.setGetGeneratedKeys(false);
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        return config;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String mayBe() {
        return MAY_BE;
    }

    @Override
    public String place() {
        return file.toString();
    }

    /** The database file. */
    public Path file() {
        return file;
    }

    @Override
    public void check() throws StoreException {
        try (Connection connection = getConnection()) {
            logger.debug("opened " + connection);
        } catch (SQLException e) {
            throw cannotOpen(e);
        }
    }

    /**
     * Takes the one connection, waiting for the thread that has it. After that thread the store may not open any more; the pool
     * would try in vain until its time is up, and not say why.
     */
    @Override
    public Connection getConnection() throws SQLException {
        long begin = System.nanoTime();
        while (true) {
            verify();
            openAhead();
            try {
                return pool.getConnection();
            } catch (SQLTransientConnectionException e) {
                if (System.nanoTime() - begin > WAIT.toNanos()) {
                    throw new StoreException("the " + name + " store " + file + " has been in use for " + WAIT.toSeconds() + " s", e);
                }
            }
        }
    }

    /**
     * Checks that the volume is there and that the open database is still the file at its path. If not, closes it.
     *
     * @throws StoreException in one sentence
     */
    @Override
    public void verify() throws StoreException {
        try {
            volume.check();
            Object open = openFile;
            if (open != null && !open.equals(fileKey())) {
                throw new StoreException("the " + name + " store " + file + " is no longer the file that was opened");
            }
        } catch (StoreException e) {
            seen = null;
            evict();
            throw e;
        }
    }

    @Override
    public void verify(Connection used) throws StoreException {
        verify();
        Object now = fileKey();
        try {
            if (!living.getOrDefault(used.unwrap(SQLiteConnection.class), "unknown").equals(now)) {
                throw new StoreException("the " + name + " store " + file + " is no longer the file that was written");
            }
            leaveWal(used);
        } catch (SQLException e) {
            throw cannotOpen(e);
        }
    }

    /**
     * Closes a connection that has met a WAL: any program that may write to the file can switch it to that mode; Turso's engine 0.7.2 does
     * so even to read. What was committed counts, and the next opening switches the file back.
     */
    private void leaveWal(Connection used) throws SQLException {
        try (Statement statement = used.createStatement(); ResultSet mode = statement.executeQuery("PRAGMA journal_mode")) {
            if (!mode.getString(1).equals("wal")) {
                return;
            }
        }
        log.warn("another program has turned {} to WAL, in which a disk that is pulled out ends this process: it is turned back now, and until that"
                + " program has closed it, chunks may go to the other store", file);
        evict();
    }

    /** Whether the volume is there and holds the file that was opened. */
    @Override
    public boolean isThere() {
        try {
            verify();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    @Override
    public void suspect(Throwable failure) {
        if (!Blame.isSuspicious(failure)) {
            return;
        }
        if (Blame.isReadOnly(failure)) {
            // Nearly always it is the disk; that is no reason to look a whole database through.
            unwritable = true;
            evict();
            return;
        }
        String damage = Damage.of(failure, file);
        if (damage != null) {
            corrupt = damage;
        }
        suspect = true;
        evict();
    }

    @Override
    public void lookAgain() {
        seen = null;
        evict();
    }

    @Override
    public void holdsRows() throws StoreException {
        volume.rememberUse();
    }

    @Override
    public synchronized void evict() {
        openFile = null;
        if (opened != null) {
            close(opened);
            opened = null;
        }
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    private void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            logger.debug("a connection that nobody used did not close", e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    private HikariDataSource pool() {
        HikariConfig settings = new HikariConfig();
        settings.setPoolName(name);
        settings.setDataSource(new AbstractDataSource() {
            @Override
            public int getLoginTimeout() {
                // How long the closing pool waits for a connection that is being opened, in seconds.
                return 1;
            }

            @Override
            public Connection getConnection() throws SQLException {
                return takeOpened();
            }

            @Override
            public Connection getConnection(String user, String password) throws SQLException {
                return takeOpened();
            }
        });
        settings.setMaximumPoolSize(1);
        settings.setMinimumIdle(0);
        settings.setIdleTimeout(0);
        settings.setMaxLifetime(0);
        settings.setConnectionTimeout(LOOK_MILLISECONDS);
        settings.setInitializationFailTimeout(-1);
        return new HikariDataSource(settings);
    }

    /** Opens here the connection that the pool will ask for: the pool itself would try for a minute, and hide why it failed. */
    private synchronized void openAhead() throws SQLException {
        if (openFile == null && opened == null) {
            opened = open();
        }
    }

    private synchronized Connection takeOpened() throws SQLException {
        Connection connection = opened != null ? opened : open();
        opened = null;
        return connection;
    }

    private Connection open() throws SQLException {
        Connection connection;
        try {
            connection = openAsItIs();
        } catch (DamagedException e) {
            setAside(e.getMessage());
            try {
                connection = openAsItIs();
            } catch (DamagedException again) {
                throw new StoreException("cannot open " + file + ", which is new: " + again.getMessage(), again);
            }
        }
        living.keySet().removeIf(Store::isClosed);
        living.put(connection, openFile);
        return connection;
    }

    private Connection openAsItIs() throws SQLException, DamagedException {
        Object before = fileKey();
        long bytes = size(file);
        if (before != null && bytes == 0 && volume.isInUse()) {
            throw new DamagedException("it has no bytes");
        }
        if (corrupt != null && passedInVain) {
            throw new DamagedException(corrupt + ", for the second time");
        }
        if (unwritable && before != null) {
            lookAtHeader();
        }
        // A journal that is rolled back may belong to another database.
        boolean look = suspect || bytes <= Damage.SMALL_BYTES && !Objects.equals(before, seen)
                || size(file.resolveSibling(file.getFileName() + "-journal")) > 0;
        if (before == null) {
            begin();
        }
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(DatabaseUrl.of(file));
        Connection connection = null;
        try {
            connection = source.getConnection();
            Object after = fileKey();
            if (after == null || before != null && !after.equals(before)) {
                throw new StoreException("the " + name + " store " + file + " went away while it was being opened");
            }
            prepare(connection, bytes, look);
            seen = look || before == null ? after : seen;
            openFile = after;
            return connection;
        } catch (SQLException | RuntimeException | DamagedException e) {
            if (connection != null) {
                connection.close();
            }
            String damage = Damage.of(e, file);
            if (damage != null) {
                throw new DamagedException(damage);
            }
            if (e instanceof DamagedException) {
                throw e;
            }
            throw cannotOpen(e);
        }
    }

    /**
     * Makes the empty file of a new database, in the very folder that holds the mark: the path may lead to another one by now, such as what
     * is below a disk that was pulled out.
     */
    private void begin() throws StoreException {
        try (OpenFolder folder = OpenFolder.open(file.getParent())) {
            folder.attributes(Path.of(Volume.MARKER));
            folder.open(file.getFileName(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
        } catch (FileAlreadyExistsException e) {
            // Another process has begun it.
        } catch (IOException e) {
            throw cannotOpen(e);
        }
    }

    private void lookAtHeader() throws StoreException, DamagedException {
        living.keySet().removeIf(Store::isClosed);
        if (!living.isEmpty()) {
            return;
        }
        String damage;
        try {
            damage = Damage.ofHeader(file);
        } catch (IOException e) {
            throw cannotOpen(e);
        }
        unwritable = false;
        if (damage != null) {
            throw new DamagedException(damage);
        }
    }

    private void prepare(Connection connection, long bytes, boolean look) throws SQLException, DamagedException {
        schema.settle(connection);
        if (look) {
            lookThrough(connection, bytes);
        }
        try {
            schema.prepare(connection, file);
        } catch (RefusedException e) {
            // Damage, too, can make a database look like one that is not ours.
            if (!look) {
                lookThrough(connection, bytes);
            }
            // An operator who moves it away, as told, is not told then that it is gone.
            volume.forgetUse();
            throw e;
        }
        if (name.equals(EXTERNAL)) {
            endReplica(connection);
        }
    }

    /** What is stored from now on is of this host alone. Who follows a database in this file again must not take it for a replica that is known. */
    private void endReplica(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet mark = statement.executeQuery("PRAGMA application_id")) {
                if (mark.getInt(1) == 0) {
                    return;
                }
            }
            statement.execute("PRAGMA application_id = 0");
            log.warn("{} was the replica of a database, and is this host's own store from now on, as tac8.store says: what is stored in it no other host sees", file);
        }
    }

    private void lookThrough(Connection connection, long bytes) throws SQLException, DamagedException {
        String damage = Damage.find(connection, bytes);
        if (damage != null) {
            throw new DamagedException(damage);
        }
        passedInVain |= corrupt != null;
        corrupt = null;
        suspect = false;
    }

    /** Sets the database aside, so that a new one can be begun. */
    private void setAside(String damage) throws StoreException {
        // Only on our own disk, and not under a connection that may still write and then count as stored.
        volume.check();
        living.keySet().removeIf(Store::isClosed);
        if (!living.isEmpty()) {
            suspect = true;
            throw new StoreException(file + " is damaged (" + damage + "); it is set aside as soon as nobody uses it any more");
        }
        // From now on its place is empty on purpose.
        volume.forgetUse();
        try {
            Path aside = Damage.setAside(file);
            log.error("{} is damaged ({}): it was set aside whole as {} and a new database is begun, so what it held has to be stored"
                    + " again from the JSONL files in spool/done, which are the truth", file, damage, aside.getFileName());
        } catch (IOException e) {
            throw new StoreException(file + " is damaged (" + damage + ") and cannot be set aside: " + Reasons.of(e), e);
        }
        corrupt = null;
        passedInVain = false;
        suspect = false;
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return false;
        }
    }

    private StoreException cannotOpen(Exception e) {
        return StoreException.of(e, "cannot open " + file + ": " + Reasons.of(e, file));
    }

    static long size(Path path) throws StoreException {
        try {
            return Files.size(path);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new StoreException("cannot read " + path + ": " + Reasons.of(e, path), e);
        }
    }

    private Object fileKey() throws StoreException {
        return fileKey(file);
    }

    /** Device and inode of a database, or null if there is none. */
    static Object fileKey(Path file) throws StoreException {
        try {
            return Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new StoreException("cannot read " + file + ": " + Reasons.of(e, file), e);
        }
    }
}
