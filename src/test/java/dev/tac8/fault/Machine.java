package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.archive.Requests;
import dev.tac8.store.Months;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The service on its two stores, the external one on a disk that can be pulled out, in a mount namespace of their own; and the list
 * of what went in, to compare with in the end.
 *
 * <p>The disk is a folder of the outer file system, mounted inside at {@link #mountPoint}.
 */
final class Machine implements Closeable {
    static final int CHUNK_RECORDS = 50;
    static final int FILE_RECORDS = 200;
    private static final String MARKER = ".tac8-volume";
    private static final List<String> MEMORY = List.of("-Xmx256m");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** How long it takes at most, as documented, until work goes on where there is a store. */
    private static final Duration RESUMED = Duration.ofSeconds(10);
    private static final Duration BUSY = Duration.ofSeconds(4);
    private static final String DROPPED = "delivery";

    private final Path dir;
    private final Random random;
    private final Mounts mounts;
    private final Home home;
    private final Path mountPoint;
    private final Path external;
    private final List<Delivery> delivered = new ArrayList<>();
    private Path disk;
    private Path left;
    private Path renamed;
    private int copies;
    private int dropped;
    private boolean smallLocal;
    private Process process;

    Machine(Path dir, Random random) throws IOException, InterruptedException {
        this(dir, random, "tac8");
    }

    /** @param folder the external store's folder on its disk; empty for the top */
    Machine(Path dir, Random random, String folder) throws IOException, InterruptedException {
        this.dir = dir;
        this.random = random;
        mounts = Mounts.open();
        mountPoint = Files.createDirectories(dir.resolve("mnt"));
        external = folder.isEmpty() ? mountPoint : mountPoint.resolve(folder);
        home = new Home(dir.resolve("home")).seenThrough(mounts.root()).set("tac8.external.dir", external)
                .set("tac8.ingest.chunk-records", CHUNK_RECORDS).set("tac8.breaker.retry-seconds", 1)
                .set("tac8.reconcile.seconds", 1);
        disk = Files.createDirectories(dir.resolve("disk"));
        plugIn();
        mark(external);
    }

    Home home() {
        return home;
    }

    Mounts mounts() {
        return mounts;
    }

    /** Where the disk is mounted. Seen from here it is the folder below, which must stay empty. */
    Path mountPoint() {
        return mountPoint;
    }

    /** The external store's folder, inside. */
    Path external() {
        return external;
    }

    /** The external store's database on its disk, wherever that is, seen from here. */
    Path onDisk() {
        return disk.resolve(mountPoint.relativize(external)).resolve("logs.db");
    }

    /** The local store's folder. */
    Path local() {
        return home.path("var/local");
    }

    /** Makes a folder inside a volume of ours. */
    void mark(Path folder) throws IOException {
        Files.createDirectories(mounts.seen(folder));
        // On disk at once, as volume init has it: a disk that fails would lose it.
        Files.writeString(mounts.seen(folder).resolve(MARKER), new UUID(random.nextLong(), random.nextLong()) + "\n",
                StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.SYNC);
    }

    // --- The service ---

    /** Starts the service and waits until it says so. */
    void start() throws IOException {
        begin();
        awaitLog("tac8 is running, process " + process.pid());
    }

    /** Starts the service and waits for nothing. */
    void begin() throws IOException {
        process = mounts.start(home.command(MEMORY, "run")
                .redirectOutput(ProcessBuilder.Redirect.appendTo(home.path("output.log").toFile())));
    }

    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("the service has stopped; it said: %s", log()).isTrue();
    }

    void kill() throws InterruptedException {
        assertThat(process.isAlive()).as("the service lives until it is killed; it said: %s", log()).isTrue();
        process.destroyForcibly().waitFor();
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** What an action does is one step for the service. */
    interface Action {
        void run() throws IOException, InterruptedException;
    }

    /** Does something while the service, if it runs, stands still. */
    void whileFrozen(Action action) throws IOException, InterruptedException {
        if (!isRunning()) {
            action.run();
            return;
        }
        Mounts.freeze(process);
        try {
            action.run();
        } finally {
            Mounts.thaw(process);
        }
    }

    String log() {
        try {
            return Files.exists(home.path("output.log")) ? Files.readString(home.path("output.log")) : "nothing";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitLog(String text) {
        await("the service says: " + text, () -> log().contains(text));
    }

    // --- The disk ---

    /** Gives the external store a disk of its own size instead. That one cannot be pulled out. */
    void shrinkExternal(String limit) throws IOException, InterruptedException {
        detach();
        mounts.mountSmall(limit, mountPoint);
        mark(external);
    }

    /** Gives the external store a disk with a file system of its own, which can be made to hang. */
    void makeExternalFreezable() throws IOException, InterruptedException {
        Path image = dir.resolve("image");
        detach();
        mounts.run("truncate", "-s", "64M", image);
        mounts.run("mkfs.ext4", "-q", image);
        mounts.run("mount", "-o", "loop", image, mountPoint);
        mark(external);
    }

    /** Gives the local store a disk of its own size. */
    void shrinkLocal(String limit) throws IOException, InterruptedException {
        mounts.mountSmall(limit, Files.createDirectories(local()));
        smallLocal = true;
    }

    /** Gives the spool a disk of its own size. */
    void shrinkSpool(String limit) throws IOException, InterruptedException {
        mounts.mountSmall(limit, Files.createDirectories(home.path("var/spool")));
    }

    void plugIn() throws IOException, InterruptedException {
        mounts.mount(disk, mountPoint);
        remove(left);
        left = null;
    }

    /**
     * Pulls the disk out: what the service writes from now on to a file that it has open "succeeds", and will not be there when the
     * disk comes back.
     */
    void pullOut() throws IOException, InterruptedException {
        Path now = dir.resolve("disk-" + ++copies);
        whileFrozen(() -> {
            mounts.detach(mountPoint);
            mounts.run("cp", "-a", disk, now);
        });
        left = disk;
        disk = now;
    }

    /** Unmounts the disk although it is in use: what is written to open files still gets there. */
    void detach() throws IOException, InterruptedException {
        mounts.detach(mountPoint);
    }

    /**
     * Renames the external store's folder and puts an empty one in its place. The one that comes back holds what was there at this
     * moment.
     */
    void renameAway() throws IOException, InterruptedException {
        left = external.resolveSibling("left-" + ++copies);
        renamed = external.resolveSibling("renamed-" + copies);
        whileFrozen(() -> {
            Files.move(mounts.seen(external), mounts.seen(left));
            Files.createDirectory(mounts.seen(external));
            mounts.run("cp", "-a", left, renamed);
        });
    }

    void renameBack() throws IOException, InterruptedException {
        assertThat(mounts.seen(external)).as("the folder in the store's place; the service said: %s", log()).isEmptyDirectory();
        Files.delete(mounts.seen(external));
        Files.move(mounts.seen(renamed), mounts.seen(external));
        remove(left);
        left = null;
    }

    /** Removes what the service alone still has open. */
    private void remove(Path folder) throws IOException, InterruptedException {
        if (folder != null) {
            mounts.run("rm", "-r", folder);
        }
    }

    // --- What goes in ---

    /** Files of a few chunks, each with some bad lines. */
    void drop(int files) {
        for (int i = 0; i < files; i++) {
            Delivery delivery = new Delivery();
            List<Map<String, Object>> records = Corpus.records(random, FILE_RECORDS, false);
            for (int line = 0; line < FILE_RECORDS; line++) {
                if (line % 40 == 7) {
                    delivery.bad(("{\"bad\":" + random.nextInt()).getBytes(StandardCharsets.UTF_8), "\n");
                }
                delivery.record(records.get(line), "\n");
            }
            drop(delivery);
        }
    }

    void drop(Delivery delivery) {
        delivered.add(delivery);
        home.drop(String.format("%s-%05d.jsonl", DROPPED, dropped++), delivery.bytes());
    }

    /** Drops one file after the other for a while: long enough for reconcile and ingest to meet at a store. */
    void keepBusy() {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < BUSY.toNanos()) {
            drop(1);
            awaitResumed();
        }
    }

    /** Files that have been dropped. */
    int dropped() {
        return dropped;
    }

    /** Dropped files that are in {@code done/}. */
    long acknowledged() {
        return home.done().stream().filter(Machine::isDropped).count();
    }

    private static boolean isDropped(Path path) {
        return path.getFileName().toString().contains(DROPPED);
    }

    /** Rows in the five tables of the local store, all of which must come home. */
    long localRows() throws IOException, InterruptedException {
        Path database = (smallLocal ? snapshot() : local()).resolve("logs.db");
        String sum = Home.TABLES.stream().map(table -> "(SELECT count(*) FROM " + table + ")").collect(Collectors.joining(" + "));
        if (!Files.exists(database)) {
            return 0;
        }
        // Not created where it goes away meanwhile.
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:file:" + database + "?mode=rw");
             Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout=30000");
            try (ResultSet row = statement.executeQuery("SELECT " + sum)) {
                return row.getLong(1);
            }
        } catch (SQLException e) {
            if (e.getMessage().contains("no such table")) {
                return 0;
            }
            throw new IllegalStateException(e);
        }
    }

    /** The local store as it is at one moment, when it is on a disk that SQLite cannot see from here. */
    private Path snapshot() throws IOException, InterruptedException {
        Path snapshot = dir.resolve("snapshot");
        whileFrozen(() -> mounts.run("sh", "-c", "rm -rf \"$1\"; mkdir \"$1\"; cp -a \"$0\"/logs.db* \"$1\" || true",
                local(), snapshot));
        return snapshot;
    }

    // --- What must come of it ---

    void await(String what, Callable<Boolean> condition) {
        await(what, PATIENCE, condition);
    }

    private void await(String what, Duration patience, Callable<Boolean> condition) {
        // A snapshot holds the service up.
        Duration interval = Duration.ofMillis(smallLocal ? 200 : 20);
        try {
            Awaitility.await(what).atMost(patience).pollDelay(Duration.ZERO).pollInterval(interval).until(() -> {
                // Asked often; the log is read only if it is told.
                if (!process.isAlive()) {
                    throw new AssertionError(what + ": the service has ended, and said: " + log());
                }
                return condition.call();
            });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(what + ": not within " + patience.toSeconds() + " s; the service said: " + log(), e);
        }
    }

    void awaitAcknowledged() {
        await("all files are acknowledged", () -> acknowledged() == dropped);
    }

    /** Waits until every file is acknowledged, now that there is a store, but not for long. */
    void awaitResumed() {
        await("work goes on by itself, and all files are acknowledged", RESUMED, () -> acknowledged() == dropped);
    }

    void awaitLocalTakesOver() {
        await("the local store holds rows", () -> localRows() > 0);
    }

    /** Waits until every file is acknowledged and every row has come home. */
    void awaitHome() {
        awaitAcknowledged();
        await("the local store is empty", () -> localRows() == 0);
    }

    /**
     * Stops the service and fails unless the external store holds exactly what went in, the local one nothing, and both are sound.
     * Prints a line for the table of guarantees.
     */
    void check(String fault, int runs) throws IOException, InterruptedException {
        stop();
        assertThat(mountPoint).as("the folder below the disk").isEmptyDirectory();
        for (Path waiting : home.waiting()) {
            // What the service itself has recorded at the last moment.
            assertThat(isDropped(waiting)).as("%s waits still", waiting).isFalse();
            Files.delete(waiting);
        }
        if (Files.exists(mounts.seen(local()).resolve("logs.db"))) {
            home.ask(copy(local(), "local"));
            for (String table : Home.TABLES) {
                assertThat(home.query("SELECT count(*) FROM " + table)).as("local rows of %s", table).containsExactly("0");
            }
            home.assertSound();
        }
        home.ask(copy(external, "external"));
        System.out.println(fault + ": " + runs + " runs; " + Delivery.check(home, delivered));
    }

    // --- The archive ---

    /** Drops a file of records from each of several times, which may be old. */
    void dropSpread(int records, List<Instant> times) {
        drop(Delivery.of(Corpus.spread(random, Corpus.records(random, records, false), times)));
    }

    /** Asks the service for a run; how that can be followed. */
    String askForArchive() throws IOException {
        // The test's own files are of any time.
        return requests().ask(90, true);
    }

    /** How a run has ended. */
    Requests.Answer awaitArchive(String id) {
        await("the run has ended", () -> requests().read(id) != null && requests().read(id).message() != null);
        return requests().read(id);
    }

    Requests.Answer archive() throws IOException {
        return awaitArchive(askForArchive());
    }

    private Requests requests() {
        return new Requests(home.spool());
    }

    /**
     * Fails unless the external store and the archives hold exactly what went in, each row in one of them if they are at rest, and all
     * of them are sound.
     */
    void checkArchived(String fault, boolean atRest) throws IOException, InterruptedException {
        Path copied = copyOfNow().getParent();
        List<Path> databases = new ArrayList<>(List.of(copied.resolve("logs.db")));
        databases.addAll(Months.list(copied.resolve("archive")).values());
        Map<String, List<String>> actual = atRest ? Joined.atRest(databases) : Joined.amidRun(databases);
        Corpus.assertSame(actual, Corpus.tables(delivered.stream().flatMap(delivery -> delivery.stored().stream()).toList()));
        for (Path database : databases) {
            assertThat(Home.query(database, "PRAGMA integrity_check")).as(database.toString()).containsExactly("ok");
            assertThat(Home.query(database, "PRAGMA foreign_key_check")).as(database.toString()).isEmpty();
        }
        if (atRest) {
            System.out.println(fault + ": " + actual.values().stream().mapToLong(List::size).sum() + " rows in " + databases.size()
                    + " databases; 0 lost, 0 doubled");
        }
    }

    /** The service goes on, and stores what it has to say itself; so it stands still meanwhile, as if it were killed there. */
    private Path copyOfNow() throws IOException, InterruptedException {
        signal("STOP");
        try {
            return copy(external, "external-" + ++copies);
        } finally {
            signal("CONT");
        }
    }

    private void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid()).inheritIO().start().waitFor()).isZero();
    }

    /** Copies a store, its journal with it, to where SQLite can look at it from here. */
    private Path copy(Path store, String name) throws IOException, InterruptedException {
        Path copy = dir.resolve("checked-" + name);
        mounts.run("cp", "-a", store, copy);
        return copy.resolve("logs.db");
    }

    @Override
    public void close() {
        if (isRunning()) {
            process.destroyForcibly();
        }
        mounts.close();
    }
}
