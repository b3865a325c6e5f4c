package dev.tac8.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/**
 * One archive at a time as a DataSource, with the active store beside it as {@code active}. Its one connection stays open until the
 * next archive's turn; whoever uses it does so on one thread after the other.
 */
public final class ArchiveStore extends AbstractDataSource implements VerifiedDataSource, Closeable {
    private final Path active;
    private final Volume volume;
    private final Schema schema;
    private final SQLiteConfig config;
    private Path file;
    private Object openFile;
    private Object attachedFile;
    private SingleConnectionDataSource opened;

    /**
     * @param active      the store that rows leave
     * @param volume      of both
     * @param busySeconds how long another process's lock is waited for
     * @param sqlDir      holds {@code schema.sql}
     * @throws StoreException where the schema or SQLite itself cannot be used
     */
    public ArchiveStore(Store active, Volume volume, int busySeconds, Path sqlDir) throws StoreException {
        this.active = active.file();
        this.volume = volume;
        this.schema = new Schema(sqlDir);
        this.config = Store.config(busySeconds);
        // An immediate one takes the active store for writing as well, which the other side of a chunk has.
        config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
    }

    /**
     * Makes the folder of the archives.
     *
     * @throws StoreException where the volume is not there
     */
    public void makeFolder(Path folder) throws StoreException {
        volume.check();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StoreException("cannot make " + folder + ": " + Reasons.of(e), e);
        }
    }

    /**
     * Makes an archive the one that is used, and begins it where there is none. One that is there is looked through first.
     *
     * @throws ArchiveRefusedException where it is damaged or none of ours; it stays as it is
     * @throws StoreException          where it cannot be used now
     */
    public synchronized void open(Path archive) throws StoreException {
        volume.check();
        if (archive.equals(file) && isCurrent()) {
            return;
        }
        close();
        file = archive;
        boolean isNew = Store.fileKey(archive) == null;
        Connection connection = null;
        try {
            config.resetOpenMode(SQLiteOpenMode.CREATE);
            if (isNew) {
                config.setOpenMode(SQLiteOpenMode.CREATE);
            }
            SQLiteDataSource source = new SQLiteDataSource(config);
            source.setUrl("jdbc:sqlite:" + archive);
            connection = source.getConnection();
            schema.settle(connection);
            if (!isNew) {
                lookThrough(connection);
            }
            schema.prepare(connection, archive);
            attachedFile = Store.fileKey(active);
            attach(connection);
            if (isNew) {
                force(archive.getParent());
                force(archive.getParent().getParent());
            }
            openFile = Store.fileKey(archive);
            opened = new SingleConnectionDataSource(connection, true);
            verify(connection);
        } catch (IOException | SQLException | RuntimeException e) {
            close();
            close(connection);
            if (e instanceof RefusedException) {
                throw refused("it is no database of this tac8");
            }
            if (e instanceof StoreException said) {
                throw said;
            }
            String damage = Damage.of(e, archive);
            throw damage != null ? refused("it is damaged: " + damage) : new StoreException("cannot open the archive " + archive + ": " + Reasons.of(e), e);
        }
    }

    @Override
    public synchronized Connection getConnection() throws SQLException {
        if (opened == null) {
            throw new StoreException("no archive is open");
        }
        return opened.getConnection();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public synchronized void verify(Connection used) throws StoreException {
        volume.check();
        if (!isCurrent()) {
            throw new StoreException("the archive " + file + " or " + active + " is no longer the file that was opened");
        }
    }

    @Override
    public void evict() {
        close();
    }

    /** Closes the archive that is open, if one is. */
    @Override
    public synchronized void close() {
        if (opened != null) {
            opened.destroy();
        }
        opened = null;
        openFile = null;
    }

    /** Whether both databases are those that were opened: rows of one that was set aside must not count for those of the new one. */
    private boolean isCurrent() throws StoreException {
        return opened != null && openFile.equals(Store.fileKey(file)) && attachedFile.equals(Store.fileKey(active));
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

    /** By URI and without create: a plain name would make a database where the active one has gone away. */
    private void attach(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ATTACH '" + active.toUri().toString().replace("'", "''") + "?mode=rw' AS active");
        }
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
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
