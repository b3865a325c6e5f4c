package dev.tac8.replica;

import dev.tac8.files.LockFile;
import dev.tac8.files.OwnFolder;
import dev.tac8.store.Freshness;
import dev.tac8.store.PostgresqlStore;
import dev.tac8.store.Reasons;
import dev.tac8.store.Store;
import dev.tac8.store.StoreException;
import dev.tac8.store.TableStatements;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Variable;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * Follows a PostgreSQL database. What is new is told by transactions and not by numbers of rows: a row may get a number, or be changed, long before it is
 * committed, and a reader that goes on behind the last number, or the last time, never sees it.
 */
@BindToRegistry("replica")
public final class Replica implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger("replica");
    private static final String LOCK = ".replica.lock";
    /** A whole copy may look long for the first of the few large rows. */
    private static final int MOST_ANSWER_SECONDS = 600;
    /** So long nothing is tried when something has failed again and again: a whole copy that fails at its end would begin anew at once. */
    private static final Duration MOST_PAUSE = Duration.ofMinutes(1);
    /** More than that at once is worth a line in the log. */
    private static final long MANY = 100_000;

    private final PostgresqlStore.Server server;
    private final Store store;
    private final OwnFolder folder;
    private final Path sql;
    private final TableStatements tables;
    private Connection connection;
    private LockFile lock;
    private int mark;
    private Position stored;
    private Pull pull;
    /** Whether the log says already that all is read. */
    private boolean isTold;
    /** How far the log of PostgreSQL was when the pull began. */
    private String written;
    private Instant asOf;
    /** Whether it could not be read, so that the log has to say when it can. */
    private boolean isAway;
    private int failures;
    /** Whether the last look was waited for in vain. */
    private boolean isSlow;
    private long failedNanos;
    private String failed;

    /**
     * Prepares it, and opens nothing.
     *
     * @param store  the replica
     * @param folder remembers how far it is
     * @param sqlDir holds {@code postgresql/}
     * @throws StoreException if {@code schema.sql} is not valid
     */
    public Replica(PostgresqlStore.Server server, Store store, OwnFolder folder, Path sqlDir) throws StoreException {
        this.server = server;
        this.store = store;
        this.folder = folder;
        this.sql = sqlDir.resolve("postgresql");
        this.tables = TableStatements.read(sqlDir);
    }

    /**
     * Begins to read what is new.
     *
     * @throws StoreException in one sentence, if either database cannot be read
     */
    public synchronized Pull begin() throws StoreException, IOException {
        if (pull != null && !pull.isKept()) {
            failures++;
            failedNanos = System.nanoTime();
        }
        pull = null;
        if (failures > 1 && System.nanoTime() - failedNanos < pause().toNanos()) {
            pull = Pull.none();
            return pull;
        }
        mark = mark();
        holdAlone();
        stored = Position.of(folder, mark);
        try {
            Instant now = Instant.now();
            Position until = moment();
            Connection open = connection;
            boolean whole = stored == null || !stored.history().equals(until.history()) || isBefore(until.snapshot(), stored.snapshot());
            open.setNetworkTimeout(Runnable::run, (int) patience(whole).toMillis());
            if (whole) {
                beginWhole();
            } else if (asOf == null) {
                asOf = Freshness.asOf(folder, server.place());
            }
            Position since = whole ? new Position(until.history(), Position.NOTHING_READ) : stored;
            pull = new Pull(server.place(), open, tables, text("changed"), text("rows"), since, until, now);
            return pull;
        } catch (SQLException e) {
            throw away(e);
        }
    }

    /** Two that fill one file would each take what the other has done for a file that was exchanged, and begin anew for ever. */
    private void holdAlone() throws StoreException, IOException {
        try {
            lock = lock == null ? LockFile.take(store.file().resolveSibling(LOCK)) : lock;
        } catch (LockFile.HeldException e) {
            throw new StoreException("another tac8 fills the replica " + store.place() + " already, by another spool: stop it, or set another tac8.external.dir", e);
        }
    }

    /** Longer each time: else what has come while nobody followed could be more than can ever be looked through. */
    private Duration patience(boolean whole) {
        return Duration.ofSeconds(whole ? MOST_ANSWER_SECONDS : Math.min((long) server.answerSeconds() << Math.min(failures, 6), MOST_ANSWER_SECONDS));
    }

    private Duration pause() {
        Duration pause = Duration.ofSeconds(1L << Math.min(failures, 6));
        return pause.compareTo(MOST_PAUSE) < 0 ? pause : MOST_PAUSE;
    }

    /** From now on until all is copied, nobody must believe what was said of another copy. */
    private void beginWhole() throws StoreException, IOException {
        if (!isTold) {
            if (stored == null) {
                LOG.info("{} is read from its beginning: nothing is known of what {} holds of it", server.place(), store.place());
            } else {
                LOG.warn("{} is read from its beginning: it is another one than before, was put back to an earlier state, or a standby has taken over. What {} has and it has not stays"
                        + " in answers and sums: ./tac8 replica verify says which rows these are", server.place(), store.place());
            }
            if (mark == 0 && isFilled()) {
                LOG.warn("{} has rows already, as that of a host that was alone: those that {} has not stay here alone, and no other host sees them. To bring them there, follow"
                        + " \"A host that was alone\" in docs/scaling.md; ./tac8 replica verify says which they are", store.place(), server.place());
            }
            isTold = true;
        }
        asOf = null;
        folder.write(Freshness.FILE, Freshness.said(null, server.place()) + "\n");
    }

    /**
     * Remembers that all of it is stored, in the transaction that marks the file.
     *
     * @throws StoreException if it is not
     */
    public synchronized void keep(@Variable("pull") Pull done) throws SQLException, IOException {
        end();
        if (done != pull || !done.isStoredIn(store.name())) {
            throw new StoreException("what was read of " + server.place() + " is not all in the replica, so it is read again: put routes/replica.camel.yaml back");
        }
        done.kept();
        if (done.asOf() == null) {
            return;
        }
        if (isAway || failures > 0) {
            LOG.info("{} is read again", server.place());
        }
        isAway = false;
        failures = 0;
        asOf = done.asOf();
        isSlow = false;
        notifyAll();
        if (done.count() >= MANY) {
            LOG.info("read {} rows of {}", done.count(), server.place());
        }
        isTold = false;
        boolean isNothing = done.count() == 0 && stored != null && stored.history().equals(done.until().history());
        // Numbers of transactions that a crash may take back will be those of others: all since the former position is read again then, as
        // it is if there is no connection any more to ask. Even so a file without a mark gets one, which tells it from that of a host that was alone.
        boolean isKnown = !isNothing && !done.until().equals(stored) && connection != null && isFlushed();
        if (!isKnown && mark != 0) {
            return;
        }
        int next = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        Map<Integer, Position> positions = new LinkedHashMap<>();
        positions.put(mark, stored);
        positions.put(next, isKnown ? done.until() : null);
        Position.write(folder, positions);
        Connection used = DataSourceUtils.getConnection(store);
        try (Statement statement = used.createStatement()) {
            statement.execute("PRAGMA application_id = " + next);
        } finally {
            DataSourceUtils.releaseConnection(used, store);
        }
    }

    /**
     * Waits until all that has been committed is read, so that rows which leave the local store are in the replica by then, and sums do not fall meanwhile.
     * If nobody follows, or that takes half of what others wait for the local store, answers are behind, as they say.
     */
    public synchronized void awaitRead() throws InterruptedException {
        Instant committed = Instant.now();
        long end = System.nanoTime() + Duration.ofSeconds(server.busySeconds()).dividedBy(2).toNanos();
        while (asOf != null && asOf.isBefore(committed) && !isSlow) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, end - System.nanoTime()));
            isSlow = System.nanoTime() >= end;
        }
    }

    private boolean isFlushed() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text("flushed"))) {
            statement.setString(1, written);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        } finally {
            end();
        }
    }

    /** How fresh the replica is, as JSON for those who ask; while nothing is tried, as something has failed, what was said of that. */
    public synchronized String state() {
        return failures > 1 && failed != null ? failed : Freshness.said(asOf, server.place());
    }

    /** How fresh it was, and why nothing could be read. */
    public synchronized String failed(@Variable("reason") String reason) throws IOException {
        failed = Freshness.failed(folder, server.place(), reason);
        return failed;
    }

    @Override
    public synchronized void close() {
        disconnect();
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            LOG.debug("a lock that ends with this process did not close", e);
        }
        lock = null;
    }

    private void disconnect() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("a connection that nobody uses did not close", e);
            }
            connection = null;
        }
    }

    private int mark() throws StoreException {
        return ofFile("PRAGMA application_id");
    }

    private boolean isFilled() throws StoreException {
        return ofFile("SELECT EXISTS (SELECT 1 FROM workers UNION ALL SELECT 1 FROM events)") == 1;
    }

    private int ofFile(String question) throws StoreException {
        try (Connection used = store.getConnection(); Statement statement = used.createStatement(); ResultSet row = statement.executeQuery(question)) {
            return row.getInt(1);
        } catch (SQLException e) {
            throw StoreException.of(e, "the replica " + store.place() + " cannot be used: " + Reasons.of(e));
        }
    }

    private Connection open() throws SQLException {
        end();
        if (connection == null) {
            Connection opened = server.connect();
            connection = opened;
            opened.setAutoCommit(false);
            opened.setReadOnly(true);
            opened.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        }
        return connection;
    }

    /** Has PostgreSQL forget the snapshot of the last pull, which may have failed. */
    private void end() {
        try {
            if (connection != null) {
                connection.rollback();
            }
        } catch (SQLException e) {
            disconnect();
        }
    }

    /** The same, by another connection at once if the one that there was is lost: only if that is refused the database is away. One that hangs is asked once. */
    private Position moment() throws SQLException {
        boolean isOpen = connection != null;
        try {
            return moment(open());
        } catch (StoreException e) {
            throw e;
        } catch (SQLException e) {
            if (!isOpen || ObjectHelper.getException(SocketTimeoutException.class, e) != null) {
                throw e;
            }
            disconnect();
            return moment(open());
        }
    }

    private Position moment(Connection open) throws SQLException {
        try (Statement statement = open.createStatement(); ResultSet row = statement.executeQuery(tables.of(text("moment")))) {
            row.next();
            if (row.getBoolean("is_standby")) {
                throw new StoreException(server.place() + " is a standby, whose history cannot be told from another's: have tac8.postgresql.url name the primary");
            }
            if (!row.getBoolean("has_tables")) {
                throw new StoreException("the user " + server.user() + " sees no tables of tac8 in " + server.place() + ", or not all: the first host that stores there makes them; if one"
                        + " has, they are still being restored, or the address, his search_path or his rights lead elsewhere");
            }
            written = row.getString("written");
            return new Position(row.getString("history"), row.getString("snapshot"));
        }
    }

    /** Whether a snapshot, as in {@code 10:20:10,14}, ends before another: then that was of a future that did not come. */
    private static boolean isBefore(String one, String other) {
        return Long.parseUnsignedLong(one.split(":", -1)[1]) < Long.parseUnsignedLong(other.split(":", -1)[1]);
    }

    private String text(String name) throws StoreException {
        return PostgresqlStore.text(sql, name);
    }

    private StoreException away(SQLException failure) {
        isAway = true;
        disconnect();
        return failure instanceof StoreException said ? said : StoreException.of(failure, server.place() + " cannot be read: " + Reasons.of(failure));
    }
}
