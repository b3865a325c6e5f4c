package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.archive.Requests;
import dev.tac8.store.Months;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The real service, killed while it archives and takes fresh files at the same time, at random moments and at each point between two
 * steps: no row is in neither database at any time, and in the end each is in one.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveKillIT {
    private static final int KILLS = Integer.getInteger("tac8.test.archive-kills", 12);
    private static final int KILLS_A_HOME = 10;
    private static final int RECORDS = 2000;
    private static final int FEW_RECORDS = 1000;
    private static final int FRESH_RECORDS = 40;
    private static final int WAITING_FILES = 2;
    private static final int LATEST_MILLISECONDS = 250;
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final List<String> MEMORY = List.of("-Xmx256m");
    private static final Set<String> KEYS = Set.of("id", "session_id", "task_id", "worker_id");

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    /** A run for each kill, and each finds months that the ones before left alone. */
    private final List<Instant> times = IntStream.rangeClosed(0, KILLS_A_HOME).mapToObj(i -> Instant.now().minus(Duration.ofDays(days(i))))
            .map(instant -> Instant.parse(instant.toString().substring(0, 11) + "10:00:00Z")).toList();
    private int inArchive;
    private int inActive;
    private int withBoth;

    private static int days(int i) {
        return 2 + i * 40;
    }

    @Test
    void noRowIsInNeitherWhenKilledAtAnyMomentOfARun() throws Exception {
        int files = 0;
        long rows = 0;
        for (int kills = 0; kills < KILLS;) {
            Home home = new Home(dir.resolve("after-" + kills));
            // Every other time the fresh records are of the sessions, tasks and workers that are just being archived.
            boolean related = kills / KILLS_A_HOME % 2 == 1;
            List<Delivery> deliveries = new ArrayList<>(List.of(Delivery.of(Corpus.scatter(random, Corpus.records(random, RECORDS, false), times))));
            home.drop("old.jsonl", deliveries.get(0).bytes());
            home.drain();
            for (int i = KILLS_A_HOME - 1; i >= 0 && kills < KILLS; i--, kills++) {
                killAmidRun(home, deliveries, days(i) + 10, related);
                checkNothingIsInNeither(home, deliveries, related);
            }
            rows += finish(home, deliveries);
            files += deliveries.size();
        }
        System.out.println(KILLS + " kills during archive runs, " + inArchive + " inside a transaction of an archive, " + inActive
                + " inside one of the active store, " + withBoth + " with rows in both; " + files + " files, " + rows
                + " rows: 0 lost, 0 doubled");
    }

    /** Starts the service, which finds a request and, all the time, fresh files; kills it some time after it has begun to archive. */
    private void killAmidRun(Home home, List<Delivery> deliveries, int keepDays, boolean related) throws Exception {
        Requests requests = new Requests(home.spool());
        String id = requests.ask(keepDays, true);
        Process process = start(home);
        try {
            String before = state(archive(home));
            Awaitility.await("the service archives").atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20)).until(() -> {
                if (!process.isAlive()) {
                    throw new AssertionError("it should live until it is killed; it said: " + output(home));
                }
                for (int waiting = home.waiting().size(); waiting < WAITING_FILES; waiting++) {
                    Delivery fresh = fresh(deliveries.size(), related);
                    deliveries.add(fresh);
                    home.drop(String.format("%05d.jsonl", deliveries.size()), fresh.bytes());
                }
                return !state(archive(home)).equals(before) || requests.read(id) != null && requests.read(id).message() != null;
            });
            // Not a wait for anything: the moment of the kill is what is random.
            Thread.sleep(random.nextInt(LATEST_MILLISECONDS));
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    private Delivery fresh(int number, boolean related) {
        List<Map<String, Object>> records = Corpus.scatter(random, Corpus.records(random, FRESH_RECORDS, false), times);
        return Delivery.of(related ? records : records.stream().map(record -> {
            Map<String, Object> own = new LinkedHashMap<>(record);
            own.replaceAll((field, value) -> KEYS.contains(field) && value instanceof String text && !text.isEmpty() && !text.equals("unknown")
                    ? number + "-" + text : value);
            return own;
        }).toList());
    }

    /** Looks at a copy, so that the service itself finds what the kill has left. */
    private void checkNothingIsInNeither(Home home, List<Delivery> deliveries, boolean related) throws Exception {
        Path copy = copy(home);
        inActive += size(copy.resolve("logs.db-journal")) > 0 ? 1 : 0;
        inArchive += hasJournal(copy.resolve("archive")) ? 1 : 0;
        List<Path> databases = databases(copy);
        String done = home.done().stream().map(path -> path.getFileName().toString()).collect(Collectors.joining(" "));
        List<Map<String, Object>> acknowledged = deliveries.stream().filter(delivery -> done.contains(delivery.hash()))
                .flatMap(delivery -> delivery.stored().stream()).toList();
        Map<String, List<String>> expected = Corpus.tables(acknowledged);
        Map<String, List<String>> actual = Joined.amidRun(databases);
        expected.forEach((table, rows) -> {
            // Of a file that is half stored other columns may be known already, or whom a row belongs to.
            boolean whole = !related;
            Set<String> missing = new LinkedHashSet<>(whole ? rows : keys(table, rows));
            missing.removeIf(row -> row.startsWith("text:'unknown'"));
            missing.removeAll(new LinkedHashSet<>(whole ? actual.get(table) : keys(table, actual.get(table))));
            assertThat(missing.stream().limit(3)).as("rows of %s that are in neither (%d)", table, missing.size()).isEmpty();
        });
        withBoth += both(databases) ? 1 : 0;
    }

    /** The identity of each row: the first column, or the record_id, which is the one that the corpus never repeats elsewhere. */
    private static List<String> keys(String table, List<String> rows) {
        int column = table.equals("events") ? 8 : table.equals("api_calls") ? 9 : 0;
        return rows.stream().map(row -> row.split("\\|(?=(?:text|integer|real|null):)", -1)[column]).toList();
    }

    private static boolean both(List<Path> databases) {
        long all = 0;
        Set<String> distinct = new LinkedHashSet<>();
        for (Path database : databases) {
            List<String> ids = Home.query(database, "SELECT record_id FROM events UNION ALL SELECT record_id FROM api_calls");
            all += ids.size();
            distinct.addAll(ids);
        }
        return all > distinct.size();
    }

    /** Makes the last run to its end; how many rows there are then. */
    private static long finish(Home home, List<Delivery> deliveries) throws Exception {
        home.start();
        try {
            home.awaitDrained(SOON);
            Requests requests = new Requests(home.spool());
            String id = requests.ask(5, true);
            Awaitility.await("the last run has ended").atMost(SOON).until(() -> requests.read(id) != null && requests.read(id).message() != null);
            assertThat(requests.read(id).failed()).as(requests.read(id).message()).isFalse();
            home.awaitDrained(SOON);
        } finally {
            home.stop();
        }
        List<Path> databases = databases(home.database().getParent());
        Map<String, List<String>> actual = Joined.atRest(databases);
        Corpus.assertSame(actual, Corpus.tables(deliveries.stream().flatMap(delivery -> delivery.stored().stream()).toList()));
        for (Path database : databases) {
            assertThat(Home.query(database, "PRAGMA integrity_check")).as(database.toString()).containsExactly("ok");
            assertThat(Home.query(database, "PRAGMA foreign_key_check")).as(database.toString()).isEmpty();
        }
        assertThat(Home.query(home.localDatabase(), "SELECT count(*) FROM sessions")).containsExactly("0");
        return actual.values().stream().mapToLong(List::size).sum();
    }

    private static final String COPY = "              - to: \"sql:file:sql/archive/copy.sql";
    private static final String COPIED = "        - to: \"sql:file:sql/ingest/remove-unknown-task.sql?dataSource=#archive";
    private static final String DELETE = "              - to: \"sql:file:sql/archive/delete.sql";

    /** Where the process ends, as edits of the routes. */
    private enum Point {
        BEFORE_THE_ARCHIVES_COMMIT(List.of(before(COPIED, "here"))),
        INSIDE_THE_ARCHIVES_COMMIT(List.of(at(COPY, "sessions", "\"spill(*, 'archive')\""), before(COPIED, "\"amidCommitOf(*, 'archive')\""))),
        AFTER_THE_ARCHIVES_COMMIT(List.of(before("        - to: {uri: \"sql:file:sql/archive/unequal.sql", "here"))),
        BETWEEN_THE_PROOF_AND_THE_DELETE(List.of(at(DELETE, "events", "here"))),
        AMID_THE_DELETES(List.of(at(DELETE, "workers", "here"))),
        INSIDE_THE_COMMIT_OF_THE_DELETES(List.of(at(DELETE, "api_calls", "\"spill(*, 'external')\""),
                at(DELETE, "sessions", "\"amidCommitOf(*, 'external')\""))),
        AFTER_THE_COMMIT_OF_THE_DELETES(List.of(new Edit("routes/archive-month.camel.yaml",
                "              - bean: {id: next-archived", halt(14, "here") + "              - bean: {id: next-archived")));

        private final List<Edit> edits;

        Point(List<Edit> edits) {
            this.edits = edits;
        }

        private record Edit(String file, String from, String to) {
        }

        /** Halts before the statement on one of the tables. */
        private static Edit at(String step, String table, String method) {
            String halt = halt(0, method).strip().substring(2);
            return new Edit("routes/archive-chunk.camel.yaml", step, "              - filter: {simple: \"${body[table]} == '" + table + "'\", steps: [{"
                    + halt + "}]}\n" + step);
        }

        private static Edit before(String step, String method) {
            return new Edit("routes/archive-chunk.camel.yaml", step, halt(8, method) + step);
        }

        private static String halt(int indent, String method) {
            return " ".repeat(indent) + "- bean: {beanType: dev.tac8.fault.Halt, method: " + method + "}\n";
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("thorough")
    void goesOnWhereverARunWasCutOff(Point point) throws Exception {
        Home home = new Home(dir);
        List<Delivery> deliveries = List.of(Delivery.of(Corpus.scatter(random, Corpus.records(random, FEW_RECORDS, false), times.subList(0, 5))));
        home.drop("old.jsonl", deliveries.get(0).bytes());
        home.drain();
        point.edits.forEach(edit -> home.edit(edit.file, edit.from, edit.to));
        new Requests(home.spool()).ask(5, true);
        Process process = start(home);
        assertThat(process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).as("the process has ended; it said: %s", output(home)).isTrue();
        assertThat(process.exitValue()).as("exit code; it said: %s", output(home)).isEqualTo(Halt.EXIT_CODE);

        Path copy = copy(home);
        if (point == Point.INSIDE_THE_ARCHIVES_COMMIT || point == Point.INSIDE_THE_COMMIT_OF_THE_DELETES) {
            assertThat(hasJournal(copy.resolve("archive"))).isEqualTo(point == Point.INSIDE_THE_ARCHIVES_COMMIT);
            assertThat(size(copy.resolve("logs.db-journal")) > 0).isEqualTo(point == Point.INSIDE_THE_COMMIT_OF_THE_DELETES);
        }
        Map<String, List<String>> expected = Corpus.tables(deliveries.get(0).stored());
        Corpus.assertSame(Joined.amidRun(databases(copy)), expected);
        assertThat(both(databases(copy))).as("some are in both")
                .isEqualTo(point.compareTo(Point.AFTER_THE_ARCHIVES_COMMIT) >= 0 && point != Point.AFTER_THE_COMMIT_OF_THE_DELETES);

        System.out.println(point + ": " + finish(new Home(dir), deliveries) + " rows; 0 lost, 0 doubled");
    }

    private static Process start(Home home) throws IOException {
        return home.command(MEMORY, "run").redirectOutput(ProcessBuilder.Redirect.appendTo(home.path("output.log").toFile())).start();
    }

    private static String output(Home home) throws IOException {
        return Files.exists(home.path("output.log")) ? Files.readString(home.path("output.log")) : "nothing";
    }

    private static Path archive(Home home) {
        return home.database().resolveSibling("archive");
    }

    private static List<Path> databases(Path external) throws IOException {
        List<Path> all = new ArrayList<>(List.of(external.resolve("logs.db")));
        all.addAll(Months.list(external.resolve("archive")).values());
        return all;
    }

    private static Path copy(Home home) throws IOException, InterruptedException {
        Path copy = home.path("copy");
        assertThat(new ProcessBuilder("sh", "-c", "rm -rf \"$1\" && cp -a \"$0\" \"$1\"", home.database().getParent().toString(), copy.toString())
                .inheritIO().start().waitFor()).isZero();
        return copy;
    }

    private static boolean hasJournal(Path archive) throws IOException {
        if (!Files.exists(archive)) {
            return false;
        }
        try (Stream<Path> files = Files.list(archive)) {
            for (Path file : files.toList()) {
                if (file.toString().endsWith("-journal") && size(file) > 0) {
                    return true;
                }
            }
            return false;
        }
    }

    private static long size(Path path) throws IOException {
        return Files.exists(path) ? Files.size(path) : 0;
    }

    /** Changes with whatever is written to an archive. */
    private static String state(Path archive) {
        if (!Files.exists(archive)) {
            return "none";
        }
        try (Stream<Path> files = Files.list(archive)) {
            return files.filter(file -> !file.getFileName().toString().equals(".lock")).sorted()
                    .map(file -> file.getFileName() + " " + modified(file)).collect(Collectors.joining(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String modified(Path file) {
        try {
            return Files.getLastModifiedTime(file).toString();
        } catch (IOException e) {
            return "gone";
        }
    }
}
