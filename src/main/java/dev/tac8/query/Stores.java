package dev.tac8.query;

import dev.tac8.files.Daemon;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.store.Freshness;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.DatabaseFile;
import dev.tac8.store.Months;
import dev.tac8.store.Reasons;
import dev.tac8.store.RefusedException;
import dev.tac8.store.SchemaVersion;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that is stored, can be reached and is asked for, to be read as if it were one database: if more than one holds rows,
 * tables of the same names lie over them, and every statement runs unchanged. docs/adr/0014 says why each row is seen, and seen once,
 * while others move rows.
 */
public final class Stores implements AutoCloseable {
    /** Less than a disk may take: a store that is locked is said to be, not that its disk does not answer. */
    private static final int BUSY_MILLISECONDS = 4000;
    /** A disk that hangs is missing. */
    private static final int ANSWER_SECONDS = 5;
    /** A first run over years makes a month every some hundredths of a second, if each holds little. */
    private static final int ATTEMPTS = 20;
    /** Where many are answered, copies of all that is large would take longer than what they make way for, and so would what is asked again and again. */
    private static final int LIMITED_ATTEMPTS = 3;
    private static final long MOST_COPIED_BYTES = 64L << 20;
    /** So often a month that is locked has everything begin anew; then it is missing. */
    private static final int PATIENT_ATTEMPTS = 1;
    /** Ten years. SQLite attaches five databases more, and copies take them: the local store, surplus months, and what is compared. */
    private static final int MOST_MONTHS = 120;
    private static final MathContext DIGITS = new MathContext(15);
    /** Of more than that 15 digits would leave no thousandth of a dollar. */
    private static final double MOST_ROUNDED_USD = 1e12;

    /** How long one question may take in this process; null for as long as it needs. */
    private static volatile Duration limit;

    private final Settings settings;
    private final Reach reach;
    private final Map<String, String> damaged;
    private final int mostMonths;
    private final Path sql;
    private final Statements statements;
    private final List<String> missing = new ArrayList<>();
    private final ExactSum sums = new ExactSum();
    private SchemaVersion versions;
    private Connection connection;
    private Freshness freshness;
    private Archives archives;
    private Tables tables;
    private WriterWatch watch;
    /** What holds up its writers while it is asked. */
    private List<Path> written = List.of();
    /** Copies of the stores that are written, which hold up no writer; empty if the stores themselves are asked. */
    private final Map<Setting, Path> copies;
    /** The months there are, or null if they could not be listed. */
    private volatile SortedMap<String, Path> listed;
    private volatile String unlisted;

    /** What is done with opened stores; it may be done again. */
    public interface Use<T> {
        T of(Stores stores) throws StoreException;
    }

    private Stores(Settings settings, Reach reach, Map<String, String> damaged, int mostMonths, Map<Setting, Path> copies) {
        this.settings = settings;
        this.reach = reach;
        this.damaged = damaged;
        this.mostMonths = mostMonths;
        this.copies = copies;
        this.sql = settings.sql();
        this.statements = new Statements(sql);
    }

    /**
     * Opens what can be reached for as long as it is used: once more without a month of the archive that turns out to be damaged, and on
     * copies if a writer has waited for half a second.
     *
     * @throws StoreException if nothing can be reached
     */
    public static <T> T use(Settings settings, Reach reach, Use<T> use) throws StoreException {
        Map<String, String> damaged = new TreeMap<>();
        boolean apart = false;
        for (int attempt = 1; ; attempt++) {
            try (Stores stores = apart ? openCopies(settings, reach, damaged) : open(settings, reach, damaged, MOST_MONTHS, () -> { })) {
                return use.of(stores);
            } catch (DamagedMonthsException e) {
                damaged.putAll(e.months());
            } catch (GaveWayException e) {
                if (attempt > ATTEMPTS || limit != null && (attempt > LIMITED_ATTEMPTS || size(settings) > MOST_COPIED_BYTES)) {
                    throw e;
                }
                apart = true;
            }
        }
    }

    private static long size(Settings settings) {
        return Stream.of(Setting.EXTERNAL_DIR, Setting.LOCAL_DIR).mapToLong(dir -> settings.path(dir).resolve("logs.db").toFile().length()).sum();
    }

    /** Everything stays locked until the copies are made and the archive is locked anew beside them: all is of one moment. */
    private static Stores openCopies(Settings settings, Reach reach, Map<String, String> damaged) throws StoreException {
        Path folder = null;
        Map<Setting, Path> copies = new EnumMap<>(Setting.class);
        try (Stores live = open(settings, reach, damaged, MOST_MONTHS, () -> { })) {
            folder = Files.createTempDirectory(Path.of(System.getenv().getOrDefault("TMPDIR", "/var/tmp")), "tac8-");
            for (Setting dir : List.of(Setting.EXTERNAL_DIR, Setting.LOCAL_DIR)) {
                if (live.written.contains(live.file(dir))) {
                    Path copy = folder.resolve(dir.name());
                    copies.put(dir, copy);
                    live.watch.copy(live.file(dir), copy);
                }
            }
            return open(settings, reach, damaged, MOST_MONTHS, Map.copyOf(copies), () -> { });
        } catch (IOException e) {
            throw new StoreException("cannot make a folder for copies of the stores, on which a long question holds up no writer: "
                    + Reasons.of(e), e);
        } finally {
            // What is open stays until it is closed, and goes also if this process is killed.
            delete(copies.values());
            delete(folder == null ? List.of() : List.of(folder));
        }
    }

    private static void delete(Collection<Path> files) {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // Whoever looks after /var/tmp takes it away.
            }
        }
    }

    /**
     * Gives back the files that questions have looked at, which else stay open until the process ends, and keep their disk from being
     * unmounted. Only while no question is being asked in this process.
     */
    public static void letGo() throws IOException {
        WriterWatch.letGo();
    }

    /** Has each question of this process end after so long, with a sentence; for one that answers many people. */
    public static void limitTo(Duration most) {
        limit = most;
    }

    /**
     * Opens what can be reached of what is asked for.
     *
     * @throws StoreException if nothing can be reached
     */
    public static Stores open(Settings settings, Reach reach) throws StoreException {
        return open(settings, reach, Map.of(), MOST_MONTHS, () -> { });
    }

    /**
     * The same without some months of the archive.
     *
     * @param damaged    why they are left out
     * @param mostMonths how many months of the archive are attached at once
     * @param between    runs when the archive has been listed and nothing of it read
     */
    static Stores open(Settings settings, Reach reach, Map<String, String> damaged, int mostMonths, Runnable between)
            throws StoreException {
        return open(settings, reach, damaged, mostMonths, Map.of(), between);
    }

    private static Stores open(Settings settings, Reach reach, Map<String, String> damaged, int mostMonths, Map<Setting, Path> copies,
                               Runnable between) throws StoreException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Stores stores = new Stores(settings, reach, damaged, mostMonths, copies);
            boolean begun = false;
            try {
                begun = stores.begin(attempt <= PATIENT_ATTEMPTS, between);
                if (begun) {
                    return stores;
                }
            } catch (SQLException e) {
                if (stores.watch != null) {
                    stores.watch.check();
                }
                if (attempt > PATIENT_ATTEMPTS || !Databases.isBusy(e)) {
                    throw e instanceof StoreException said ? said : new StoreException("the stores cannot be read: " + Reasons.of(e), e);
                }
            } finally {
                if (!begun) {
                    stores.close();
                }
            }
        }
        throw new StoreException("month after month is being added to the archive, and nothing was read: ask again");
    }

    /** What is not there, and so is missing from every answer, a sentence each; empty if all is there. */
    public List<String> missing() {
        return missing;
    }

    /**
     * Asks the question of {@code sql/query/NAME.sql}.
     *
     * @param parameters what stands for {@code :name}; a filter whose parameter is null is not asked for
     * @throws StoreException if the stores cannot answer
     */
    public Rows ask(String name, Map<String, ?> parameters) throws StoreException {
        return ask(name, statements.of("query/" + name), parameters);
    }

    /** The same for a question that has been read already. */
    Rows ask(String name, Question question, Map<String, ?> parameters) throws StoreException {
        return guarded("sql/query/" + name + ".sql failed", () -> {
            Rows rows = add(question, parameters);
            if (rows.isInfinite() && tables.leaveOutInfiniteCosts()) {
                rows = add(question, parameters);
            }
            return rows.with(Stores::withoutNoise);
        });
    }

    /**
     * Asks the question of {@code sql/query/NAME.sql} whose answer need not fit into memory. If a writer waits meanwhile, all begins anew on copies, as
     * {@link #use} says, so what has been taken by then counts for nothing.
     *
     * @throws StoreException if the stores cannot answer
     */
    public void each(String name, Map<String, ?> parameters, Question.Taker taker) throws StoreException {
        Question question = statements.of("query/" + name);
        guarded("sql/query/" + name + ".sql failed", () -> {
            tables.make(question.sql(parameters));
            tables.foundFirst(tables.ofEach(question), parameters).each(connection, parameters, taker);
            return null;
        });
    }

    private Rows add(Question question, Map<String, ?> parameters) throws SQLException, StoreException {
        tables.make(question.sql(parameters));
        Question ofEach = tables.ofEach(question);
        return sums.ask(connection, () -> tables.foundFirst(ofEach, parameters).ask(connection, parameters));
    }

    /** Amounts are sums of decimals: 0.1 and 0.2 are 0.3, not 0.30000000000000004. Of any decimal a double holds 15 digits. */
    private static Object withoutNoise(String column, Object value) {
        return column.endsWith("_usd") && value instanceof Double amount && Math.abs(amount) < MOST_ROUNDED_USD
                ? (Object) new BigDecimal(amount).round(DIGITS).doubleValue() : value;
    }

    /**
     * Asks any statement, as it is, which can change nothing.
     *
     * @throws SQLException if it is wrong
     * @throws StoreException if the stores cannot answer
     */
    public Rows askFreely(String statement) throws SQLException, StoreException {
        guarded("the stores cannot answer", () -> {
            tables.make(statement);
            return null;
        });
        try {
            return sums.ask(connection, () -> Question.askAsItIs(connection, statement));
        } catch (SQLException e) {
            watch.check();
            if (Databases.isBusy(e) || Databases.isUnreadable(e)) {
                throw said("the stores cannot answer", e);
            }
            throw e;
        }
    }

    /**
     * All ids of a kind: task, worker, session or log_file, also of those that this was not opened for.
     *
     * @throws StoreException if the stores cannot answer
     */
    public Set<String> ids(String kind) throws StoreException {
        if (reach.isPastActive() && !reach.parents() && !isAll()) {
            return use(settings, Reach.EVERYTHING, all -> all.ids(kind));
        }
        return guarded("the stores cannot answer", () -> tables.ids(kind));
    }

    /**
     * What is not equal to what it was before as soon as any store or month that is read here has changed: as long as it is, every answer is the same. Null if it is not
     * known, as copies are read.
     *
     * @throws StoreException if a disk cannot be read
     */
    public String state() throws StoreException {
        if (!copies.isEmpty() || archives.isCopied()) {
            return null;
        }
        try {
            StringBuilder state = new StringBuilder();
            for (Path database : Stream.concat(written.stream(), archives.files().stream()).toList()) {
                state.append(WriterWatch.state(database)).append('\n');
            }
            return state.toString();
        } catch (IOException e) {
            throw new StoreException("the stores cannot be read: " + Reasons.of(e), e);
        }
    }

    /** Lays another database beside the stores, to be compared with them: {@code NAME.events}. Only for stores to which no process writes. */
    public void attach(String name, Path database) throws StoreException {
        try {
            // Nothing can be attached in a transaction.
            connection.setAutoCommit(true);
            Databases.attach(connection, name, database);
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw new StoreException("cannot read " + database + ": " + Reasons.of(e), e);
        }
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        Databases.close(connection);
    }

    private <T> T guarded(String failed, Callable<T> asked) throws StoreException {
        watch.check();
        try {
            return asked.call();
        } catch (StoreException e) {
            throw e;
        } catch (SQLException e) {
            throw said(failed, e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where the archive is to blame for a failure, the same can be asked without that month. */
    private StoreException said(String failed, SQLException failure) throws StoreException {
        watch.check();
        Map<String, String> found = Databases.isUnreadable(failure) ? archives.damaged() : Map.of();
        if (Databases.isWrong(failure)) {
            return new RefusedException(failed + ": " + Reasons.of(failure));
        }
        return found.isEmpty() ? new StoreException(failed + ": " + Reasons.of(failure) + whatNext(failure), failure)
                : new DamagedMonthsException(found, failure);
    }

    /** Which file it is, and what can be done. */
    private String whatNext(SQLException failure) {
        String files = written.stream().map(Path::toString).collect(Collectors.joining(" or "));
        return files.isEmpty() ? "" : Databases.isUnreadable(failure) ? ", in " + files + "; a start of ./tac8 run sets a damaged database aside, and ./tac8 rebuild makes it again"
                : Databases.isBusy(failure) ? ", as another process keeps " + files + "; ask again" : "";
    }

    /** Whether no month was left out. */
    private boolean isAll() {
        return listed == null || listed.keySet().stream().allMatch(reach::counts);
    }

    /** Opens, attaches, and takes the read lock of everything, in this order; false if the archive has a month more by then. */
    private boolean begin(boolean patient, Runnable between) throws SQLException {
        versions = SchemaVersion.of(sql);
        // Before anything is read, so that the answer is at least as fresh as it says.
        freshness = Freshness.read(settings);
        Connection external = open("external", Setting.EXTERNAL_DIR, settings.isDefault(Setting.EXTERNAL_DIR));
        connection = external;
        Connection local = open("local", Setting.LOCAL_DIR, true);
        SortedMap<String, Path> months = needed(listed);
        connection = external != null ? external : local;
        if (connection == null && months.isEmpty()) {
            throw nothingToRead();
        }
        boolean alone = connection == null;
        connection = alone ? Databases.openEmpty(BUSY_MILLISECONDS, statements.of("open-store")) : connection;
        List<String> active = new ArrayList<>(alone ? List.of() : List.of("main"));
        if (external != null && local != null) {
            try {
                if (statements.of("read/holds-rows").ask(local, Map.of()).number("holds_rows") > 0) {
                    Databases.attach(external, "local", file(Setting.LOCAL_DIR));
                    active.add("local");
                }
            } finally {
                Databases.close(local);
            }
        }
        archives = new Archives(connection, sql, statements, versions, reach, months, mostMonths);
        archives.attach(patient);
        between.run();
        Databases.execute(connection, "PRAGMA temp_store = MEMORY");
        // All answers of one command, and the tables that are made for them, are of one moment.
        connection.setAutoCommit(false);
        Map<String, SchemaVersion.Added> lacking = new HashMap<>();
        for (String store : active) {
            statements.of("read/first-look").to(store).ask(connection, Map.of());
            if (statements.of("read/version").to(store).ask(connection, Map.of()).number("user_version") != versions.ours()) {
                Rows shape = statements.of("read/shape").to(store).ask(connection, Map.of());
                lacking.put(store, versions.lacking(shape.values("line")));
            }
        }
        written = new ArrayList<>();
        if (external != null) {
            written.add(file(Setting.EXTERNAL_DIR));
        }
        if (active.contains("local") || external == null && local != null) {
            written.add(file(Setting.LOCAL_DIR));
        }
        watch = new WriterWatch(connection, copies.isEmpty() ? written : List.of(), limit);
        archives.look(patient);
        if (listed != null && reach.isPastActive()) {
            // What has left the written stores before their lock was taken may lie in a month that was not there before.
            list();
            if (!months.keySet().containsAll(needed(listed).keySet())) {
                return false;
            }
        }
        archives.copySurplus(BUSY_MILLISECONDS, patient);
        lacking.putAll(archives.lacking());
        for (SchemaVersion.Table table : versions.added().tables()) {
            if (lacking.values().stream().anyMatch(lacks -> lacks.holds(table.name()))) {
                Tables.write(connection, table.emptyAs(Databases.NONE + table.name()));
            }
        }
        tables = new Tables(connection, statements, reach, active, archives.counted(), archives.others(), lacking);
        sayWhatIsMissing(external == null && local != null);
        if (alone && archives.counted().isEmpty() && archives.others().isEmpty()) {
            throw nothingToRead();
        }
        return true;
    }

    private void list() {
        try {
            listed = Months.list(Months.folder(settings));
        } catch (IOException | UncheckedIOException e) {
            listed = new TreeMap<>();
            unlisted = Reasons.of(e);
        }
    }

    private StoreException nothingToRead() {
        return new StoreException(missing.isEmpty() ? freshness != null ? freshness.missing() : "nothing is stored yet: ./tac8 run or ./tac8 ingest begins"
                : String.join("; ", missing));
    }

    private SortedMap<String, Path> needed(SortedMap<String, Path> months) {
        SortedMap<String, Path> needed = new TreeMap<>();
        if (months != null) {
            months.forEach((month, file) -> {
                if (reach.needs(month) && !damaged.containsKey(month)) {
                    needed.put(month, file);
                }
            });
        }
        return needed;
    }

    private Path file(Setting dir) {
        return copies.getOrDefault(dir, settings.path(dir).resolve("logs.db"));
    }

    /** Opens a store, or says why it is missing; null if it is, or has never been begun. */
    private Connection open(String name, Setting dir, boolean marksItself) throws StoreException {
        Volume volume = Volume.of(settings, name, settings.path(dir));
        if (marksItself && !volume.isRemembered() && !Files.exists(file(dir))) {
            return null;
        }
        Question settled = statements.of("open-store");
        Question firstLook = statements.of("read/first-look").to("main");
        Question version = statements.of("read/version").to("main");
        boolean lists = dir == Setting.EXTERNAL_DIR && reach.isPastActive();
        String reason;
        try {
            Opened opened = Daemon.ask(ANSWER_SECONDS, () -> {
                volume.look();
                if (lists) {
                    list();
                }
                volume.lookForDatabase();
                return new Opened(openFile(volume, file(dir), settled, firstLook, version), DatabaseFile.setAside(settings.path(dir).resolve("logs.db")));
            });
            // A replica has filled again.
            if (!opened.aside().isEmpty() && !volume.isReplica()) {
                missing.add("the " + name + " store is not whole: " + DatabaseFile.saysOf(opened.aside()));
            }
            return opened.connection();
        } catch (TimeoutException e) {
            reason = "its disk does not answer";
            listed = null;
        } catch (Exception e) {
            reason = Reasons.of(e);
        }
        missing.add("the " + name + " store is not available, and what it holds is missing here" + since(name) + ": " + reason);
        if (lists && listed == null && mayBeArchived()) {
            missing.add("the archive, which lies on the same volume, is missing here too");
        }
        return null;
    }

    /**
     * A store.
     *
     * @param connection null if it has never been begun
     * @param aside      what was damaged, and is no part of it any more
     */
    private record Opened(Connection connection, List<Path> aside) {
    }

    private Connection openFile(Volume volume, Path file, Question settled, Question firstLook, Question version) throws IOException, SQLException {
        if (!Files.exists(file)) {
            return null;
        }
        DatabaseFile.check(file, volume.remedy());
        Connection connection = Databases.openStore(file, BUSY_MILLISECONDS, settled);
        try {
            if (firstLook.ask(connection, Map.of()).number("objects") == 0) {
                throw new StoreException(file + " has no tables: " + volume.remedy());
            }
            long made = version.ask(connection, Map.of()).number("user_version");
            if (versions.isNewer(made)) {
                throw new StoreException(versions.says(file, made));
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Whether the time that is asked for begins before the archive may end. */
    private boolean mayBeArchived() {
        Instant end = Instant.now().minus(Duration.ofDays(settings.number(Setting.ARCHIVE_KEEP_DAYS)));
        return reach.period().since() == null || reach.period().since().isBefore(end);
    }

    private String since(String name) {
        ServiceStatus said = name.equals("external") ? ServiceStatus.read(settings.path(Setting.SPOOL_DIR)) : null;
        return said == null || said.breaker() == null || said.breaker().equals("closed") ? "" : " since " + said.breakerSince();
    }

    private void sayWhatIsMissing(boolean localAlone) throws SQLException, StoreException {
        if (localAlone && !missing.isEmpty()) {
            // With the external store away, a reader wants to know how far back the local one goes.
            String from = null;
            for (String table : Records.TABLES) {
                String oldest = (String) statements.of("read/oldest-record").with("$table", tables.rows("main", table)).ask(connection, Map.of()).first("timestamp");
                from = from == null || oldest != null && oldest.compareTo(from) < 0 ? oldest : from;
            }
            missing.add(from == null ? "the local store holds no events and no API calls"
                    : "the local store holds events and API calls from " + from + " on");
        }
        Instant now = Instant.now();
        if (freshness != null && freshness.isOld(now)) {
            missing.add(freshness.missing());
        }
        if (freshness == null && settings.isOnlyEdge()) {
            missing.add("what this host has sent to the topic " + settings.text(Setting.KAFKA_TOPIC) + " is missing here: ask where a joiner stores it");
        }
        if (unlisted != null) {
            missing.add("the archive in " + Months.folder(settings) + " cannot be listed, and what it holds is missing here: " + unlisted);
        }
        Map<String, String> months = new TreeMap<>(archives.missing());
        damaged.forEach((month, reason) -> {
            if (reach.needs(month)) {
                months.put(month, reason);
            }
        });
        months.forEach((month, reason) -> missing.add("the archive of " + month + " ("
                + Months.file(Months.folder(settings), month) + ") cannot be read, and what it holds is missing here: " + reason));
    }
}
