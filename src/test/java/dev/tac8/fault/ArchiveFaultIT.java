package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.archive.Request;
import dev.tac8.archive.Requests;
import dev.tac8.service.Service;
import dev.tac8.store.Months;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An archive that is damaged, foreign or in use, and runs that meet: a month that cannot be written stays, and holds up no other. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveFaultIT {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final List<Instant> TIMES = List.of("2026-04-10T10:00:00Z", "2026-05-10T10:00:00Z", "2026-06-10T10:00:00Z",
            "2026-11-22T10:00:00Z").stream().map(Instant::parse).toList();
    private static final String MONTH = "2026-05";
    private static final int RECORDS = 300;
    private static final int PAGE = 4096;

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private final List<Delivery> delivered = new ArrayList<>();
    private Home home;
    private Service service;

    @AfterEach
    void stop() {
        if (home != null) {
            home.close();
        }
    }

    /** What lies where the archive of a month should. */
    private enum Kind { NOISE, TRUNCATED, EMPTY, TEXT, OTHER_TABLES, FOLDER, LINK }

    @Test
    void leavesAMonthAloneWhoseArchiveIsDamagedOrForeign() throws Exception {
        start(1);
        deliver();
        run();
        for (Kind kind : Kind.values()) {
            deliver();
            byte[] sound = Files.readAllBytes(archive(MONTH));
            Path kept = dir.resolve("kept");
            byte[] damaged = damage(kind, sound, kept);
            String due = due();
            String message = run();

            assertThat(message).as("%s", kind).contains(archive(MONTH) + " cannot be used").contains("stays in the active store");
            assertThat(message.split("cannot be used", -1)).as("%s is said once: %s", kind, message).hasSize(2);
            assertThat(due()).as("%s: what is due of the month stays", kind).isEqualTo(due).isNotEqualTo("0");
            assertThat(home.query("SELECT count(*) FROM events WHERE timestamp < '2026-08' AND substr(timestamp, 1, 7) <> '" + MONTH + "'"))
                    .as("%s: the other months leave", kind).containsExactly("0");
            if (damaged != null) {
                assertThat(Arrays.equals(Files.readAllBytes(archive(MONTH)), damaged)).as("%s: it is as it was", kind).isTrue();
            }
            try (var files = Files.list(archive(MONTH).getParent())) {
                assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.endsWith("-journal")))
                        .as("%s", kind).containsExactlyInAnyOrder(".lock", "logs-2026-04.db", "logs-2026-05.db", "logs-2026-06.db");
            }

            // As from a backup.
            Files.deleteIfExists(archive(MONTH));
            Files.deleteIfExists(archive(MONTH).resolveSibling("logs-2026-05.db-journal"));
            Files.deleteIfExists(kept);
            Files.write(archive(MONTH), sound);
            assertThat(run()).as("%s, mended", kind).startsWith("Archived ").doesNotContain("cannot be used");
            checkAtRest();
        }
        System.out.println(Kind.values().length + " archives that cannot be used: 0 rows lost, 0 doubled");
    }

    private byte[] damage(Kind kind, byte[] sound, Path kept) throws Exception {
        Path archive = archive(MONTH);
        byte[] damaged = sound.clone();
        switch (kind) {
            case NOISE -> {
                byte[] noise = new byte[PAGE];
                random.nextBytes(noise);
                // The second page is the first table's.
                System.arraycopy(noise, 0, damaged, PAGE, PAGE);
            }
            case TRUNCATED -> damaged = Arrays.copyOf(sound, PAGE + random.nextInt(sound.length - 2 * PAGE));
            case EMPTY -> damaged = new byte[0];
            case TEXT -> damaged = "This is no database.\n".repeat(200).getBytes(StandardCharsets.US_ASCII);
            case OTHER_TABLES -> {
                Path foreign = dir.resolve("foreign.db");
                execute(foreign, "CREATE TABLE events (what TEXT)", "PRAGMA journal_mode = WAL");
                damaged = Files.readAllBytes(foreign);
            }
            case FOLDER -> {
                Files.delete(archive);
                Files.createDirectory(archive);
                return null;
            }
            case LINK -> {
                Files.move(archive, kept);
                Files.createSymbolicLink(archive, kept);
                return damaged;
            }
        }
        Files.write(archive, damaged);
        return damaged;
    }

    @Test
    void aJournalOfNoiseBesideAnArchiveIsNone() throws Exception {
        start(1);
        deliver();
        run();
        deliver();
        byte[] noise = new byte[1 + random.nextInt(3 * PAGE)];
        random.nextBytes(noise);
        Files.write(archive(MONTH).resolveSibling(archive(MONTH).getFileName() + "-journal"), noise);
        assertThat(run()).startsWith("Archived ").doesNotContain("cannot be");
        checkAtRest();
    }

    @Test
    void anArchiveInUseHoldsUpItsMonthOnly() throws Exception {
        start(1);
        deliver();
        run();
        deliver();
        String due = due();
        try (Connection reader = DriverManager.getConnection("jdbc:sqlite:" + archive(MONTH)); Statement statement = reader.createStatement();
             ResultSet cursor = statement.executeQuery("SELECT record_id FROM events")) {
            assertThat(cursor.next()).isTrue();
            String message = run();

            assertThat(message).contains("" + archive(MONTH)).contains("database is locked").contains("stays in the active store");
            assertThat(due()).isEqualTo(due);
            assertThat(home.query("SELECT count(*) FROM api_calls WHERE timestamp < '2026-08' AND substr(timestamp, 1, 7) <> '" + MONTH + "'"))
                    .containsExactly("0");
        }
        assertThat(run()).startsWith("Archived ").doesNotContain("locked");
        checkAtRest();
    }

    @ParameterizedTest(name = "only reads: {0}")
    @ValueSource(booleans = {true, false})
    void anActiveStoreInUseLosesNothing(boolean reads) throws Exception {
        start(1);
        deliver();
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.database()); Statement statement = other.createStatement()) {
            statement.execute(reads ? "BEGIN" : "BEGIN IMMEDIATE");
            statement.executeQuery("SELECT count(*) FROM events").close();
            assertThat(run()).contains("database is locked (SQLITE_BUSY").doesNotContain("Archived ");
            Corpus.assertSame(Joined.amidRun(reads ? databases() : List.of(home.database())), Corpus.tables(stored()));
            statement.execute("ROLLBACK");
        }
        home.awaitDrained();
        assertThat(run()).startsWith("Archived ");
        checkAtRest();
    }

    @Test
    void twoRunsAtOnceAreOneAndWhoeverAskedIsTold() throws Exception {
        start(19);
        deliver();
        Requests requests = new Requests(home.spool());
        CompletableFuture<String> first;
        String second;
        String third;
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.database()); Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            first = CompletableFuture.supplyAsync(() -> send("first"));
            await("the first one has begun", () -> requests.read("first") != null);
            second = awaitRefusal(requests);
            third = awaitRefusal(requests);
            statement.execute("ROLLBACK");
        }
        assertThat(first.get(30, TimeUnit.SECONDS)).startsWith("Archived ");
        for (String id : List.of(second, third)) {
            assertThat(requests.read(id).failed()).isTrue();
            assertThat(requests.read(id).message()).contains("already");
        }
        checkAtRest();
    }

    private static String awaitRefusal(Requests requests) throws IOException {
        String id = requests.ask(90, true);
        await("it is refused", () -> requests.read(id) != null && requests.read(id).message() != null);
        return id;
    }

    @Test
    void twoWhoAskAtOnceAreBothTold() throws Exception {
        home = new Home(dir.resolve("home"));
        Files.createDirectories(home.spool());
        Requests requests = new Requests(home.spool());
        List<String> ids = List.of(requests.ask(90, false), requests.ask(90, false), requests.ask(90, false));
        service = home.start();
        for (String id : ids) {
            await("an answer", () -> requests.read(id) != null && requests.read(id).message() != null);
            assertThat(requests.read(id).message()).isEqualTo("Nothing was archived");
        }
    }

    @Test
    void anotherProcessOnTheSameVolumeIsWaitedForByNobody() throws Exception {
        start(1);
        deliver();
        Path lock = archive(MONTH).resolveSibling(".lock");
        Files.createDirectories(lock.getParent());
        Home other = new Home(dir.resolve("other")).set("tac8.external.dir", home.database().getParent());
        other.path("var/spool").toFile().mkdirs();
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(channel.tryLock()).isNotNull();
            Home.Finished refused = other.run("archive", "--older-than", "1", "--trust-clock");
            assertThat(refused.exitCode()).as(refused.output()).isEqualTo(3);
            assertThat(refused.output()).contains("tac8: another process writes the archive " + lock.getParent()
                    + ", or backs it up, at the moment; nothing was begun").doesNotContain("\tat ");
        }
        assertThat(databases()).hasSize(1);
        assertThat(run()).startsWith("Archived ");
        checkAtRest();
    }

    @Test
    void aRequestThatIsNoneIsTakenAwayAndSaidOnce() throws Exception {
        start(1);
        deliver();
        for (String none : List.of("{\"id\": ", "null")) {
            Path request = home.spool().resolve(".tac8/archive-request-none");
            Files.writeString(home.spool().resolve(".other"), none);
            Files.move(home.spool().resolve(".other"), request);
            await("it is taken away", () -> !Files.exists(request, LinkOption.NOFOLLOW_LINKS));
        }
        assertThat(run()).startsWith("Archived ");
    }

    private void start(int busySeconds) throws Exception {
        home = new Home(dir.resolve("home")).set("tac8.store.busy-seconds", busySeconds);
        service = home.start(new MovingClock(NOW));
    }

    private void deliver() {
        Delivery delivery = Delivery.of(Corpus.spread(random, Corpus.records(random, RECORDS, false), TIMES).stream()
                .map(ArchiveFaultIT::inItsMonth).toList());
        home.drop(String.format("%05d.jsonl", delivered.size()), delivery.bytes());
        delivered.add(delivery);
        home.awaitDrained();
    }

    /** The same record, in the month of its id for ever: one that comes with another month needs both archives. */
    private static Map<String, Object> inItsMonth(Map<String, Object> record) {
        if (record.get("id") == null) {
            return record;
        }
        Map<String, Object> other = new LinkedHashMap<>(record);
        Instant begin = TIMES.get(Math.floorMod(record.get("id").hashCode(), TIMES.size()));
        other.put("timestamp", begin.plusSeconds(Instant.parse((String) record.get("timestamp")).getEpochSecond() % 60).toString());
        return other;
    }

    /** Makes a run to its end; what is said of it. */
    private String run() {
        String message = send("r" + System.nanoTime());
        home.awaitDrained();
        return message;
    }

    private String send(String id) {
        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            Exchange done = template.send("direct:archive", exchange -> exchange.getMessage().setBody(new Request(id, 90, true, true)));
            Requests.Answer answer = new Requests(home.spool()).read(id);
            assertThat(answer.failed()).as(answer.message()).isEqualTo(done.getException() != null || answer.message().contains("cannot be"));
            return answer.message();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Map<String, Object>> stored() {
        return delivered.stream().flatMap(delivery -> delivery.stored().stream()).toList();
    }

    /** Rows of the month that are in the active store. */
    private String due() {
        return home.query("SELECT (SELECT count(*) FROM events WHERE substr(timestamp, 1, 7) = '" + MONTH + "') + (SELECT count(*)"
                + " FROM api_calls WHERE substr(timestamp, 1, 7) = '" + MONTH + "')").get(0);
    }

    private Path archive(String month) {
        return Months.file(home.path("var/external/archive"), month);
    }

    private List<Path> databases() throws IOException {
        List<Path> all = new ArrayList<>(List.of(home.database()));
        all.addAll(Months.list(home.path("var/external/archive")).values());
        return all;
    }

    private void checkAtRest() throws IOException {
        Corpus.assertSame(Joined.atRest(databases()), Corpus.tables(stored()));
        for (Path database : databases()) {
            assertThat(Home.query(database, "PRAGMA integrity_check")).as(database.toString()).containsExactly("ok");
            assertThat(Home.query(database, "PRAGMA foreign_key_check")).as(database.toString()).isEmpty();
        }
    }

    private static void execute(Path database, String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what).atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10)).until(condition);
    }
}
