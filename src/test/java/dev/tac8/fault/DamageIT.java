package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.Home;
import dev.tac8.store.SchemaVersion;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged store, whatever the damage, neither ends nor hangs the service, and what comes after the damage is stored once. */
@Tag("thorough")
class DamageIT {
    private static final int DAMAGES = Integer.getInteger("tac8.test.damages", 50);
    private static final int PAGE = 4096;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Set<String> KEYS = Set.of("id", "session_id", "task_id", "worker_id");
    private static final String COLUMNS = "SELECT t.name || '.' || c.name || ' ' || c.type || c.\"notnull\" || c.pk FROM sqlite_schema t"
            + " JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table'"
            // Noise may end a definition before its foreign keys, and leave a sound database.
            + " UNION ALL SELECT t.name || '.' || f.\"from\" || ' to ' || f.\"table\" || '.' || f.\"to\" || f.on_delete || f.on_update FROM sqlite_schema t"
            + " JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY 1";

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private byte[] healthy;
    private List<String> ourColumns;
    private byte[] foreignJournal;

    private enum Kind {
        FLIPPED_BYTES, NOISE_PAGE, TRUNCATED, EMPTY, TEXT, FOREIGN_JOURNAL, GARBAGE_JOURNAL, HEADER, SCHEMA_PAGE
    }

    private enum Moment {
        BEFORE_THE_START, REPLACED_AT_RUN, OVERWRITTEN_AT_RUN
    }

    private enum Outcome {
        SET_ASIDE, REFUSED, GOES_ON
    }

    /** A damaged database and its journal, if it has one. */
    private record Damaged(byte[] database, byte[] journal) {
    }

    /** Both by the product itself; the journal of a transaction that never ended. */
    @BeforeEach
    void makeDatabases() throws Exception {
        Home home = made("healthy", 400);
        healthy = Files.readAllBytes(home.database());
        ourColumns = home.query(COLUMNS);
        Home other = made("other", 150);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + other.database());
             Statement statement = connection.createStatement()) {
            // A cache that overflows, so that the journal is written out and counts.
            statement.execute("PRAGMA cache_size = 5");
            connection.setAutoCommit(false);
            statement.execute("UPDATE events SET message = message || ' and more'");
            statement.execute("UPDATE api_calls SET model = model || ' and more'");
            foreignJournal = Files.readAllBytes(Path.of(other.database() + "-journal"));
            connection.rollback();
        }
        assertThat(foreignJournal).hasSizeGreaterThan(PAGE);
    }

    private Home made(String name, int records) throws Exception {
        Home home = new Home(dir.resolve(name));
        home.drop("old.jsonl", Delivery.of(Corpus.records(random, records, false)).bytes());
        home.drain();
        return home;
    }

    @Test
    void whateverTheDamageWhatComesAfterItIsStoredOnce() throws Exception {
        Map<Kind, Map<Outcome, Integer>> outcomes = new EnumMap<>(Kind.class);
        int records = 0;
        for (int i = 0; i < DAMAGES; i++) {
            Kind kind = Kind.values()[i % Kind.values().length];
            boolean external = random.nextInt(3) > 0;
            Moment moment = Moment.values()[Math.max(0, random.nextInt(10) - 7)];
            Damaged damaged = damaged(kind);
            String run = "run " + i + ": " + kind + ", " + (external ? "external" : "local") + ", " + moment;
            Home home = new Home(dir.resolve("run-" + i)).set("tac8.reconcile.seconds", 1).set("tac8.breaker.retry-seconds", 1);
            try {
                List<Delivery> after = List.of(delivery(i + "a"), delivery(i + "b"));
                Outcome outcome = damageAndGoOn(home, external ? home.database() : home.localDatabase(), moment, damaged, after);
                records += check(home, after);
                outcomes.computeIfAbsent(kind, key -> new EnumMap<>(Outcome.class)).merge(outcome, 1, Integer::sum);
                if (kind == Kind.TEXT || kind == Kind.TRUNCATED) {
                    assertThat(outcome).isEqualTo(Outcome.SET_ASIDE);
                }
            } catch (Exception | AssertionError e) {
                throw new AssertionError(run + ": " + e.getMessage(), e);
            } finally {
                home.close();
            }
        }
        System.out.println(DAMAGES + " damaged databases, " + records + " records after the damage: 0 lost, 0 doubled; " + outcomes);
    }

    @Test
    void aProcessWithTwoDamagedStoresStartsAndSaysWhatItDid() throws Exception {
        Home home = new Home(dir.resolve("process")).set("tac8.reconcile.seconds", 1);
        for (Path database : List.of(home.database(), home.localDatabase())) {
            Files.createDirectories(database.getParent());
        }
        put(damaged(Kind.TEXT), home.database());
        put(damaged(Kind.TRUNCATED), home.localDatabase());
        List<Delivery> after = List.of(delivery("a"), delivery("b"));
        Path log = home.path("output.log");
        Process process = home.command(List.of(), "run").redirectOutput(log.toFile()).start();
        try {
            drop(home, after);
            home.awaitDrained();
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroy();
            process.waitFor();
        }
        check(home, after);
        assertThat(Files.readString(log)).containsPattern("ERROR store-external - " + home.database()
                + " is damaged \\(file is not a database \\(SQLITE_NOTADB\\)\\): it was set aside whole as logs\\.db\\.damaged-\\d{8}T\\d{6}Z and a"
                + " new database is begun.*spool/done").contains("ERROR store-local - " + home.localDatabase() + " is damaged (");
        assertThat(aside(home.database())).hasSize(1);
        assertThat(aside(home.localDatabase())).hasSize(1);
    }

    private Outcome damageAndGoOn(Home home, Path database, Moment moment, Damaged damaged, List<Delivery> after) throws Exception {
        for (Path file : List.of(home.database(), home.localDatabase())) {
            Files.createDirectories(file.getParent());
            Files.write(file, healthy);
        }
        if (moment == Moment.BEFORE_THE_START) {
            put(damaged, database);
            home.start();
        } else {
            home.start();
            home.drop("before.jsonl", delivery("before").bytes());
            home.awaitDrained();
            overwrite(damaged, database, moment);
        }
        drop(home, after);
        home.awaitDrained();
        if (moment == Moment.OVERWRITTEN_AT_RUN) {
            // SQLite may go on with what it has in its cache; the next start looks through the file. The JSONL is the truth then.
            home.stop();
            home.start();
            drop(home, after);
            home.awaitDrained();
        }
        await("the local store is empty").atMost(SOON).ignoreExceptions()
                .until(() -> isRefused(database) || isEmpty(home.localDatabase()));
        boolean refused = isRefused(database);
        if (refused) {
            // A flipped letter in a column's name is no damage to SQLite. The operator does what the message says.
            Files.move(database, database.resolveSibling("moved-away.db"));
            await("the local store is empty").atMost(SOON).ignoreExceptions().until(() -> isEmpty(home.localDatabase()));
        }
        home.awaitDrained();
        home.stop();
        List<Path> aside = aside(database);
        if (!aside.isEmpty() && moment != Moment.OVERWRITTEN_AT_RUN && damaged.journal() == null) {
            assertThat(aside.stream().filter(path -> !path.toString().endsWith("-journal"))).hasSize(1).first()
                    .satisfies(path -> assertThat(Arrays.equals(Files.readAllBytes(path), damaged.database())).as("%s is as it was", path)
                            .isTrue());
        }
        return refused ? Outcome.REFUSED : aside.isEmpty() ? Outcome.GOES_ON : Outcome.SET_ASIDE;
    }

    private static void drop(Home home, List<Delivery> deliveries) {
        for (int i = 0; i < deliveries.size(); i++) {
            home.drop("after-" + i + ".jsonl", deliveries.get(i).bytes());
        }
    }

    private static void put(Damaged damaged, Path database) throws IOException {
        Files.write(database, damaged.database());
        if (damaged.journal() != null) {
            Files.write(journal(database), damaged.journal());
        }
    }

    /** As somebody else does it: this process must not touch a file that SQLite has open in it, which would lose SQLite's locks. */
    private void overwrite(Damaged damaged, Path database, Moment moment) throws Exception {
        Path fresh = Files.write(database.resolveSibling("fresh"), damaged.database());
        if (damaged.journal() != null) {
            Files.write(database.resolveSibling("fresh-journal"), damaged.journal());
            Files.move(database.resolveSibling("fresh-journal"), journal(database), StandardCopyOption.ATOMIC_MOVE);
        }
        if (moment == Moment.REPLACED_AT_RUN) {
            Files.move(fresh, database, StandardCopyOption.ATOMIC_MOVE);
        } else {
            assertThat(new ProcessBuilder("cp", fresh.toString(), database.toString()).start().waitFor()).isZero();
            Files.delete(fresh);
        }
    }

    private static Path journal(Path database) {
        return Path.of(database + "-journal");
    }

    private static List<Path> aside(Path database) throws IOException {
        try (Stream<Path> files = Files.list(database.getParent())) {
            return files.filter(path -> path.getFileName().toString().startsWith("logs.db.damaged-")).toList();
        }
    }

    /** Whether it is sound, yet of other tables. */
    private boolean isRefused(Path database) throws StoreException {
        List<String> columns = Home.query(database, COLUMNS);
        // One that was emptied and not used since is none.
        return !columns.isEmpty() && (!columns.equals(ourColumns)
                || SchemaVersion.of(Path.of("sql")).isNewer(Integer.parseInt(Home.query(database, "PRAGMA user_version").get(0))));
    }

    private static boolean isEmpty(Path local) {
        return Home.TABLES.stream().allMatch(table -> Home.query(local, "SELECT count(*) FROM " + table).get(0).equals("0"));
    }

    /** Fails unless the external store holds each record once and both stores are sound. Gives the number of records. */
    private static int check(Home home, Collection<Delivery> after) {
        List<Map<String, Object>> stored = after.stream().flatMap(delivery -> delivery.stored().stream()).toList();
        Map<String, List<String>> expected = Corpus.tables(stored);
        Map<String, List<String>> actual = home.tables();
        expected.forEach((table, rows) -> {
            List<String> missing = new ArrayList<>(rows);
            // The row of what nobody named belongs to all files.
            missing.removeIf(row -> row.startsWith("text:'unknown'"));
            missing.removeAll(Set.copyOf(actual.get(table)));
            assertThat(missing.stream().limit(3)).as("rows of %s that are lost (%d)", table, missing.size()).isEmpty();
        });
        assertThat(home.query("SELECT record_id FROM events GROUP BY 1 HAVING count(*) > 1 UNION ALL"
                + " SELECT record_id FROM api_calls GROUP BY 1 HAVING count(*) > 1")).as("doubled").isEmpty();
        for (Path database : List.of(home.database(), home.localDatabase())) {
            assertThat(Home.query(database, "PRAGMA integrity_check")).containsExactly("ok");
            assertThat(Home.query(database, "PRAGMA foreign_key_check")).isEmpty();
        }
        return stored.size();
    }

    /** A file of records whose keys are of this file alone. */
    private Delivery delivery(String name) {
        List<Map<String, Object>> records = new ArrayList<>();
        for (Map<String, Object> record : Corpus.records(random, 40, false)) {
            Map<String, Object> own = new LinkedHashMap<>(record);
            own.replaceAll((field, value) -> KEYS.contains(field) && value instanceof String text && !text.isEmpty()
                    && !text.equals("unknown") ? name + "-" + text : value);
            records.add(own);
        }
        return Delivery.of(records);
    }

    private Damaged damaged(Kind kind) {
        byte[] database = healthy.clone();
        byte[] journal = null;
        switch (kind) {
            case FLIPPED_BYTES -> flip(database, 0, database.length, 1 + random.nextInt(20));
            case NOISE_PAGE -> noise(database, random.nextInt(database.length / PAGE) * PAGE, PAGE);
            case TRUNCATED -> database = Arrays.copyOf(database, 1 + random.nextInt(database.length - 1));
            case EMPTY -> database = new byte[0];
            case TEXT -> database = "This is no database.\n".repeat(1 + random.nextInt(1000)).getBytes(StandardCharsets.US_ASCII);
            case FOREIGN_JOURNAL -> journal = foreignJournal;
            case GARBAGE_JOURNAL -> {
                journal = new byte[1 + random.nextInt(3 * PAGE)];
                noise(journal, 0, journal.length);
            }
            case HEADER -> flip(database, 0, 100, 1 + random.nextInt(5));
            case SCHEMA_PAGE -> {
                // The first page holds the head of sqlite_schema's tree and the pages right behind it the rest.
                int from = 100 + random.nextInt(2 * PAGE);
                noise(database, from, 1 + random.nextInt(200));
            }
        }
        return new Damaged(database, journal);
    }

    private void flip(byte[] content, int from, int to, int bytes) {
        for (int i = 0; i < bytes; i++) {
            content[from + random.nextInt(to - from)] ^= (byte) (1 << random.nextInt(8));
        }
    }

    private void noise(byte[] content, int from, int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, content, from, length);
    }
}
