package dev.tac8.service;

import dev.tac8.archive.Archive;
import dev.tac8.archive.OldFiles;
import dev.tac8.archive.Proof;
import dev.tac8.archive.Requests;
import dev.tac8.archive.Schedule;
import dev.tac8.broker.Broker;
import dev.tac8.broker.BrokerLibraries;
import dev.tac8.client.Abandoned;
import dev.tac8.conversation.Conversations;
import dev.tac8.files.Daemon;
import dev.tac8.files.OwnFolder;
import dev.tac8.files.UntrustedException;
import dev.tac8.generation.InForce;
import dev.tac8.history.ScheduledImport;
import dev.tac8.http.HttpEngine;
import dev.tac8.ingest.Counts;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.RecordFormat;
import dev.tac8.ingest.RecordType;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.ingest.Spool;
import dev.tac8.ingest.StoppedException;
import dev.tac8.observe.Figures;
import dev.tac8.observe.Health;
import dev.tac8.observe.Metrics;
import dev.tac8.observe.Watched;
import dev.tac8.page.Live;
import dev.tac8.page.Pages;
import dev.tac8.reconcile.Reconcile;
import dev.tac8.replica.Replica;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.ArchiveStore;
import dev.tac8.store.ChunkStore;
import dev.tac8.store.Transactions;
import dev.tac8.store.Months;
import dev.tac8.store.NamedParameters;
import dev.tac8.store.PostgresqlRows;
import dev.tac8.store.PostgresqlStore;
import dev.tac8.store.Reasons;
import dev.tac8.store.RefusedException;
import dev.tac8.store.Rehearsal;
import dev.tac8.store.Store;
import dev.tac8.store.StoreException;
import dev.tac8.store.StoreTransaction;
import dev.tac8.store.TableStatements;
import dev.tac8.store.VerifiedDataSource;
import dev.tac8.store.Volume;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routes and what they need: the spool, the stores, Camel. */
public final class Service implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger("sql");
    private static final int FOLDERS_SECONDS = 5;
    private static final String STAYS = "The file stays in the spool and is tried again";

    /** The group of routes that write to a PostgreSQL database, and that follow it; and that of the one which begins to follow. */
    private static final String POSTGRESQL = "postgresql";
    private static final String REPLICA = "replica";
    private static final String ARCHIVE = "archive";
    private static final String INGEST = "ingest";
    /** The groups of routes that send to a topic, and that store what is in it. */
    private static final String EDGE = "kafka-edge";
    private static final String JOIN = "kafka-join";
    private static final String BROKER = "kafka";

    private volatile Settings settings;
    private final Spool spool;
    private final Closeable storeLock;
    private final ChunkStore external;
    /** The file that questions read and the archive empties: the external store, or the replica of one that is a server. */
    private final Store active;
    private final Store local;
    private final TimeLimit timeLimit;
    private final ArchiveStore archives;
    private final Archive archive;
    private final Reconcile reconcile;
    /** Null if there is none. */
    private final Broker broker;
    private final Status status;
    private final RoutesMain camel;
    private final InForce inForce = new InForce();
    private final Map<String, Transactions> commits = new HashMap<>();
    private final Watched watched;
    private final Pages pages;
    /** Null unless the external store is a server. */
    private Replica replica;
    /** Null unless the group {@code observe} was started. */
    private HttpEngine http;

    /** Gives the routes their beans, most of them by the names that stand before their classes. */
    private Service(Settings settings, Clock clock, Spool spool, Closeable storeLock, Volume externalVolume, Volume localVolume)
            throws StoreException, SettingsException {
        this.settings = settings;
        this.spool = spool;
        this.storeLock = storeLock;
        Path sql = settings.sql();
        int busySeconds = settings.number(Setting.STORE_BUSY_SECONDS);
        active = new Store(settings.isPostgresql() ? "replica" : "external", settings.path(Setting.EXTERNAL_DIR), externalVolume, busySeconds, sql);
        PostgresqlStore.Server server = settings.isPostgresql() ? PostgresqlStore.Server.of(settings) : null;
        PostgresqlStore postgresql = server == null ? null : new PostgresqlStore(server, sql);
        external = postgresql == null ? active : postgresql;
        local = new Store("local", settings.path(Setting.LOCAL_DIR), localVolume, busySeconds, sql);
        archives = new ArchiveStore(active, externalVolume, busySeconds, sql, Months.folder(settings));
        timeLimit = new TimeLimit(Duration.ofSeconds(settings.number(Setting.STORE_ANSWER_SECONDS)), external.mayBe());
        archive = new Archive(this::settings, archives, () -> timeLimit.call(Executors.callable(archives::close)), this::suspectActive, spool, clock);
        Breaker breaker = new Breaker(settings, Clock.systemUTC());
        Failures failures = new Failures();
        reconcile = new Reconcile(this::isExternalThere, breaker::close, () -> forgetUse(localVolume), spool);
        Counts counts = new Counts();
        Live live = new Live(() -> List.of(commits.entrySet().stream().filter(store -> !store.getKey().equals("external") || external == active)
                .mapToLong(store -> store.getValue().count()).sum(), counts.badLines(), breaker.state()));
        pages = new Pages(this::settings, live);
        broker = settings.isKafka() ? BrokerLibraries.open(settings) : null;
        status = new Status(spool, breaker, timeLimit, inForce, counts, broker);
        camel = new RoutesMain(settings, spool, timeLimit, pages, spool, spool.look(), spool.quarantine(), archive,
                status, failures, new NamedParameters(), new Proof(archives),
                reconcile, new Schedule(this::settings, clock), new ScheduledImport(this::settings, spool),
                new OldFiles(this::settings, externalVolume, name -> Conversations.of(settings()).places(name), spool::isStopping), TableStatements.read(sql));
        Map.of("external", external, "active", active, "local", local, archives.name(), archives).forEach(this::bind);
        List<Map<String, String>> tables = RecordType.tables().stream().map(table -> Map.of("table", table)).collect(Collectors.toList());
        camel.bind("parents-first", List.copyOf(tables));
        Collections.reverse(tables);
        camel.bind("children-first", List.copyOf(tables));
        camel.bind("abandoned", new Abandoned(spool.dir()));
        camel.bind("external-breaker", breaker.circuitBreaker());
        camel.bindAll(counts, live);
        if (postgresql != null) {
            replica = new Replica(server, active, OwnFolder.of(spool.dir()), sql);
            camel.bindAll(new PostgresqlRows(postgresql), replica);
        }
        if (broker != null) {
            camel.bindAll(broker.beans().toArray());
            camel.useClassesOf(broker);
        }
        watched = new Watched(settings, clock, spool, counts, () -> timeLimit.call(() -> look(external)), local::verify, breaker::state, breaker::since,
                timeLimit::stuckFor, camel::getCamelContext, inForce, broker);
        camel.bind("file-failures", (Processor) exchange -> {
            if (spool.isStopping() || ObjectHelper.getException(StoppedException.class, exchange.getException()) == null) {
                spool.postpone(exchange);
                failures.say(exchange, STAYS);
            }
        });
        spool.onFailed((file, failure) -> failures.sayOf(LoggerFactory.getLogger("ingest-spool"), file.name(), failure, STAYS));
    }

    private void bind(String name, VerifiedDataSource store) {
        camel.bind(name, store);
        camel.bind(name + "-transaction", new StoreTransaction(store, name, commits.computeIfAbsent(store.name(), none -> new Transactions())));
    }

    /**
     * Takes the spool and prepares the stores. Starts nothing yet.
     *
     * @throws SpoolTakenException if another process holds the spool
     * @throws StoreException      if a store must not be used
     * @throws IOException         if a folder cannot be written
     * @throws SettingsException   if the archive's schedule is invalid
     */
    public static Service open(Settings settings) throws IOException, StoreException, SpoolTakenException, SettingsException {
        return open(settings, Clock.systemUTC());
    }

    /**
     * The same with another clock.
     *
     * @param clock for the archive's schedule, for how long files wait, and watched for being set
     */
    public static Service open(Settings settings, Clock clock) throws IOException, StoreException, SpoolTakenException, SettingsException {
        checkFolders(settings);
        Spool spool = Ingest.spool(settings);
        take(spool);
        Path localDir = settings.path(Setting.LOCAL_DIR);
        Volume localVolume = Volume.of(settings, "local", localDir).markingItself();
        Closeable storeLock = StoreLock.take(localDir, localVolume.isRemembered());
        boolean open = false;
        try {
            Service service = open(settings, clock, spool, storeLock, localVolume);
            open = true;
            return service;
        } finally {
            if (!open) {
                storeLock.close();
                spool.unlock();
            }
        }
    }

    private static Service open(Settings settings, Clock clock, Spool spool, Closeable storeLock, Volume localVolume) throws IOException,
            StoreException, SettingsException {
        ServiceStatus.forget(spool.dir());
        new Requests(spool.dir()).forgetAll();
        Path sql = settings.sql();
        List<String> losing = Rehearsal.findLosing(sql, new RecordFormat().columns());
        if (!losing.isEmpty()) {
            throw new RefusedException("the statements cannot keep what tac8 promises, so nothing was started: " + String.join("\n", losing)
                    + "\nput back what tac8 was delivered with; columns may be added");
        }
        // Some run on repeats or on the way home only. The other routes need not wait for them.
        Rehearsal.findBad(sql).forEach(bad -> LOG.error("{}. Whatever needs it waits, and nothing is lost, until it is mended and tac8 started"
                + " again", bad));
        // The default external store, under var/, is marked on first use; any other one is marked by hand, because it may be an
        // empty mount point.
        Volume volume = Volume.of(settings, "external", settings.path(Setting.EXTERNAL_DIR));
        Volume externalVolume = settings.isDefault(Setting.EXTERNAL_DIR) ? volume.markingItself() : volume;
        // A service writes what it knows of both, even if that is nothing: so a memory that is missing later was lost.
        boolean localWasUsed = localVolume.isMarkedWithDatabase();
        externalVolume.begin(localVolume.isKnown() || localWasUsed);
        localVolume.begin(localWasUsed);
        return new Service(settings, clock, spool, storeLock, externalVolume, localVolume);
    }

    /**
     * Builds the routes as a service would, and starts none. It takes no folder and opens no store, so a service may run meanwhile.
     *
     * @return a sentence for each fault of {@code routes/}, as {@link RoutesException#reasons} has them
     * @throws IOException       if {@code routes/} cannot be read
     * @throws StoreException    if {@code sql/schema.sql} is not valid
     * @throws SettingsException if the archive's schedule is invalid
     */
    public static List<String> faultsOfRoutes(Settings settings) throws IOException, StoreException, SettingsException {
        try (Service service = new Service(settings, Clock.systemUTC(), Ingest.spool(settings), () -> { },
                Volume.of(settings, "external", settings.path(Setting.EXTERNAL_DIR)), Volume.of(settings, "local", settings.path(Setting.LOCAL_DIR)))) {
            service.camel.onlyBuild();
            service.start();
            return List.of();
        } catch (RoutesException e) {
            // Camel ends at the first file.
            List<String> unreadable = RoutesException.unreadable(settings.files());
            return unreadable.isEmpty() ? e.reasons() : unreadable;
        }
    }

    /** On a thread of its own: a disk that hangs does not keep the service from starting. */
    private static void checkFolders(Settings settings) throws SettingsException {
        try {
            Daemon.ask(FOLDERS_SECONDS, () -> {
                settings.checkFolders();
                return null;
            });
        } catch (TimeoutException e) {
            LOG.warn("the folders of the settings could not be looked at for {} s, so their disk hangs", FOLDERS_SECONDS);
        }
    }

    private static void take(Spool spool) throws SpoolTakenException, StoreException, SettingsException {
        try {
            spool.create();
            long holder = spool.lock();
            if (holder != 0) {
                throw new SpoolTakenException(spool.dir(), holder);
            }
        } catch (UntrustedException e) {
            throw new SettingsException(e.getMessage());
        } catch (IOException e) {
            if (!Files.isDirectory(spool.dir())) {
                throw new StoreException("the spool " + spool.dir() + " is not there and cannot be made: " + Reasons.of(e, spool.dir())
                        + "; mount its disk, or make the folder", e);
            }
            if (e instanceof AccessDeniedException) {
                throw new SettingsException(Setting.SPOOL_DIR.key() + " is " + spool.dir() + ", where this user may not write: " + Reasons.of(e, spool.dir()));
            }
            throw new StoreException("the spool " + spool.dir() + " cannot be used now: " + Reasons.of(e, spool.dir()), e);
        }
    }

    /**
     * Opens the stores once, and looks at the broker; an edge needs no store.
     *
     * @return one sentence for each that cannot be used now, saying what is wrong
     * @throws RefusedException if one must not be used
     */
    public List<String> checkStores() throws RefusedException {
        List<String> away = new ArrayList<>();
        if (broker != null) {
            try {
                broker.check();
            } catch (RefusedException e) {
                throw e;
            } catch (StoreException e) {
                away.add(e.getMessage());
            }
        }
        for (ChunkStore store : broker != null && !settings.isJoin() ? List.<ChunkStore>of() : List.of(external, local)) {
            try {
                Callable<Void> check = () -> {
                    store.check();
                    return null;
                };
                if (store == external) {
                    timeLimit.call(check);
                } else {
                    check.call();
                }
            } catch (RefusedException e) {
                throw e;
            } catch (StoreException e) {
                away.add(e.getMessage());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        return away;
    }

    public Spool spool() {
        return spool;
    }

    public ChunkStore external() {
        return external;
    }

    /** The file that questions read. */
    public Store active() {
        return active;
    }

    public Store local() {
        return local;
    }

    /** What is said of its generation. */
    public InForce inForce() {
        return inForce;
    }

    /**
     * Starts the routes.
     *
     * @throws RoutesException if {@code routes/} or {@code sql/} cannot be loaded; nothing runs then
     */
    public CamelContext start() throws RoutesException {
        return start(group -> true);
    }

    /**
     * Starts the routes that others call, and those of these groups, which begin by themselves.
     *
     * @throws RoutesException if {@code routes/} or {@code sql/} cannot be loaded; nothing runs then
     */
    public CamelContext startOnly(String... groups) throws RoutesException {
        return start(Arrays.asList(groups)::contains);
    }

    /** The routes that were started, for callers of one of them. */
    public CamelContext context() {
        return camel.getCamelContext();
    }

    /** The settings that are in force. */
    private Settings settings() {
        return settings;
    }

    /** Takes other settings, of which those count from now on that are not asked at the start only. */
    void use(Settings others) {
        settings = others;
    }

    /** Replaces routes while they run. */
    Swap swap() {
        return new Swap((ModelCamelContext) context(), camel, camel.gate(), spool, reconcile, inForce);
    }

    /** Sets up what the routes of the group {@code observe} need; commands that do not start it are quicker without. */
    private void observe(Predicate<String> groups) {
        http = new HttpEngine(settings);
        Figures figures = new Figures(spool.dir(), watched.breaker(), !settings.isOnlyEdge());
        Health health = new Health(watched, Promises.routes(groups), figures);
        Metrics metrics = new Metrics(watched, health, figures, commits);
        camel.bindAll(http, figures, health, metrics);
        camel.observe(health.checks());
        if (http.getServerPort() != 0 && camel.configure().isAutoStartup()) {
            camel.bind("route-metrics", metrics.begin());
        }
    }

    /** The groups of routes that stand in for others, by what there is instead. */
    static Set<String> standIns(Settings settings) {
        Set<String> groups = new HashSet<>();
        if (settings.isPostgresql()) {
            groups.add(POSTGRESQL);
        }
        if (settings.isEdge()) {
            groups.add(EDGE);
        }
        return groups;
    }

    /** Whether a group of routes can be there with the store and the broker that there are. */
    static boolean isThere(Settings settings, String group) {
        if (group == null) {
            return true;
        }
        return switch (group) {
            case POSTGRESQL, EDGE -> standIns(settings).contains(group);
            case JOIN -> settings.isJoin();
            case BROKER -> settings.isKafka();
            case REPLICA -> settings.isPostgresql() && settings.flag(Setting.REPLICA_FOLLOW);
            case ARCHIVE -> !settings.isPostgresql() || settings.flag(Setting.REPLICA_FOLLOW);
            default -> true;
        };
    }

    private boolean isThere(String group) {
        return isThere(settings, group);
    }

    private CamelContext start(Predicate<String> wanted) throws RoutesException {
        Predicate<String> groups = wanted.and(this::isThere).or(standIns(settings)::contains);
        camel.startOnly(groups);
        if (broker != null || !groups.test(INGEST)) {
            status.withoutBreaker();
        }
        if (groups.test("observe")) {
            observe(groups);
        }
        try {
            camel.init();
            List<String> broken = Promises.broken(camel.getCamelContext(), settings.files(), groups);
            if (!broken.isEmpty()) {
                throw RoutesException.broken(broken);
            }
            timeLimit.setTemplate(camel.getCamelContext().createProducerTemplate());
            camel.start();
        } catch (StackOverflowError e) {
            throw RoutesException.of(new IllegalStateException(e), camel.getCamelContext(), settings.files());
        } catch (RuntimeException e) {
            throw RoutesException.of(e, camel.getCamelContext(), settings.files());
        }
        return camel.getCamelContext();
    }

    private void suspectActive(Exception failure) {
        try {
            timeLimit.call(Executors.callable(() -> active.suspect(failure)));
        } catch (Exception e) {
            // It hangs; it is looked through when it is next suspected.
        }
    }

    private static void forgetUse(Volume volume) {
        try {
            volume.forgetUse();
        } catch (StoreException e) {
            // If the empty database is ever gone, that is reported needlessly.
        }
    }

    private static Void look(ChunkStore store) throws StoreException {
        store.verify();
        return null;
    }

    private boolean isExternalThere() {
        try {
            return timeLimit.call(external::isThere);
        } catch (Exception e) {
            return false;
        }
    }

    /** Stops the routes, in the middle of a file if need be, and gives the spool back. */
    @Override
    public void close() throws IOException {
        if (http != null) {
            http.close();
        }
        pages.close();
        spool.stopReading();
        if (broker != null) {
            broker.stop();
        }
        camel.stop();
        if (timeLimit.stuckFor().isZero() && !archive.isRunning()) {
            archives.close();
            external.close();
            active.close();
        }
        if (replica != null) {
            replica.close();
        }
        local.close();
        storeLock.close();
        spool.unlock();
    }
}
