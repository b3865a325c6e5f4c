package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real service, killed at random moments and at each point between two steps, loses and doubles nothing. */
class KillIT {
    private static final int KILLS = Integer.getInteger("tac8.test.kills", 50);
    private static final int KILLS_A_HOME = 10;
    private static final int CHUNK_RECORDS = 50;
    private static final int WAITING_FILES = 10;
    private static final int FILE_RECORDS = 400;
    private static final int SMALL_FILES = 6;
    private static final int SMALL_RECORDS = 10;
    /** With a bad line each. */
    private static final int TOGETHER = CHUNK_RECORDS / (SMALL_RECORDS + 1);
    private static final int LATEST_KILL_MILLISECONDS = 400;
    /** The database is being made then. */
    private static final int LATEST_FIRST_KILL_MILLISECONDS = 50;
    private static final List<String> MEMORY = List.of("-Xmx256m");

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());

    @Test
    void losesAndDoublesNothingWhenKilledAtAnyMoment() throws Exception {
        int atWork = 0;
        int inTransaction = 0;
        int inQuarantine = 0;
        for (int kills = 0; kills < KILLS;) {
            Home home = new Home(dir.resolve("after-" + kills)).set("tac8.ingest.chunk-records", CHUNK_RECORDS);
            List<Delivery> deliveries = new ArrayList<>();
            int dropped = 0;
            for (int i = 0; i < KILLS_A_HOME && kills < KILLS; i++, kills++) {
                for (int waiting = dropped == 0 ? 0 : home.waiting().size(); waiting < WAITING_FILES; waiting++) {
                    for (int j = random.nextBoolean() ? 0 : SMALL_FILES; j < SMALL_FILES; j++) {
                        deliveries.add(small());
                        home.drop(String.format("%05d.jsonl", dropped++), deliveries.get(deliveries.size() - 1).bytes());
                    }
                    // Now and then a content that came before, and is stored, waiting or half done.
                    boolean again = !deliveries.isEmpty() && random.nextInt(5) == 0;
                    Delivery delivery = again ? deliveries.get(random.nextInt(deliveries.size())) : delivery();
                    if (!again) {
                        deliveries.add(delivery);
                    }
                    home.drop(String.format("%05d.jsonl", dropped++), delivery.bytes());
                }
                killAtWork(home, i == 0 ? LATEST_FIRST_KILL_MILLISECONDS : LATEST_KILL_MILLISECONDS);
                atWork += home.waiting().isEmpty() ? 0 : 1;
                inTransaction += size(home.path("var/external/logs.db-journal")) > 0 ? 1 : 0;
                inQuarantine += hasPart(home) ? 1 : 0;
            }
            drain(home);
            System.out.println("killed: " + Delivery.check(home, deliveries));
            assertThat(home.done()).hasSize(dropped);
        }
        System.out.println(KILLS + " kills, " + atWork + " with files waiting, " + inTransaction + " inside a transaction, " + inQuarantine
                + " with bad lines half set aside");
        assertThat(atWork).as("kills before the work was done").isGreaterThan(KILLS / 2);
    }

    /** Where the process ends, as an edit of the routes; and how many chunks are committed by then. */
    private enum Point {
        AFTER_READING("routes/ingest.camel.yaml", "              - to: direct:hold-chunk\n", "here", 2),
        IN_THE_TRANSACTION_BEFORE_THE_FIRST_STATEMENT("routes/write.camel.yaml", "          - setVariable: {name: chunk", "here", 2),
        BETWEEN_TWO_STATEMENTS("routes/write.camel.yaml", setBody("variable.chunk.rows[events]"), "here", 2),
        INSIDE_A_STATEMENT("routes/write.camel.yaml", setBody("variable.chunk.rows[workers]"), "amidRows", 2),
        BEFORE_THE_COMMIT("routes/write.camel.yaml", setBody("variable.chunk"), "here", 2),
        INSIDE_THE_COMMIT("routes/write.camel.yaml", setBody("variable.chunk"), "amidCommit", 2),
        AFTER_THE_COMMIT("routes/ingest.camel.yaml", bean("quarantine-lines", 14), "here", 3),
        BEFORE_THE_QUARANTINE_IS_PUBLISHED("routes/ingest.camel.yaml", bean("publish-quarantine", 8), "here", Integer.MAX_VALUE),
        BEFORE_THE_FILE_MOVES("routes/ingest.camel.yaml", bean("acknowledge-file", 8), "here", Integer.MAX_VALUE);

        private final String file;
        private final String step;
        private final String edited;
        private final int chunks;

        Point(String file, String step, String method, int chunks) {
            this.file = file;
            this.step = step;
            String halt = "- bean: {beanType: dev.tac8.fault.Halt, method: " + method + "}\n";
            this.edited = step.substring(0, step.indexOf('-')) + halt + step;
            this.chunks = chunks;
        }

        private static String setBody(String expression) {
            return "          - setBody: {simple: \"${" + expression + "}\"}\n";
        }

        private static String bean(String id, int indent) {
            return " ".repeat(indent) + "- bean: {id: " + id;
        }

        /** Whether it is passed once a file, not once a chunk. */
        private boolean endsAFile() {
            return chunks == Integer.MAX_VALUE;
        }
    }

    @ParameterizedTest
    @Tag("thorough")
    @EnumSource
    void goesOnWhereverItWasCutOff(Point point) throws Exception {
        Home home = new Home(dir).set("tac8.ingest.chunk-records", CHUNK_RECORDS).edit(point.file, point.step, point.edited);
        List<Delivery> deliveries = List.of(delivery(), delivery(), delivery(), delivery());
        for (int i = 0; i < deliveries.size(); i++) {
            home.drop(i + ".jsonl", deliveries.get(i).bytes());
        }
        Process process = start(home);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("the process has ended; it said: %s", output(home)).isTrue();
        assertThat(process.exitValue()).as("exit code; it said: %s", output(home)).isEqualTo(Halt.EXIT_CODE);
        // Whole chunks, and nothing of the one after them.
        Corpus.assertSame(home.tables(), Corpus.tables(point.endsAFile()
                ? deliveries.subList(0, Halt.PASSES).stream().flatMap(delivery -> delivery.stored().stream()).toList()
                : deliveries.get(0).stored(point.chunks * CHUNK_RECORDS)));
        assertThat(home.done()).as("acknowledged").hasSize(point.endsAFile() ? Halt.PASSES - 1 : 0);

        home.edit(point.file, point.edited, point.step);
        home.drain();
        System.out.println(point + ": " + Delivery.check(home, deliveries));
        assertThat(home.done()).hasSize(deliveries.size());
    }

    @ParameterizedTest
    @Tag("thorough")
    @EnumSource
    void goesOnWhereverSmallFilesWereCutOff(Point point) throws Exception {
        Home home = new Home(dir).set("tac8.ingest.chunk-records", CHUNK_RECORDS).edit(point.file, point.step, point.edited);
        List<Delivery> deliveries = Stream.generate(this::small).limit(5 * TOGETHER).toList();
        for (int i = 0; i < deliveries.size(); i++) {
            home.drop(String.format("%02d.jsonl", i), deliveries.get(i).bytes());
        }
        Process process = start(home);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("the process has ended; it said: %s", output(home)).isTrue();
        assertThat(process.exitValue()).as("exit code; it said: %s", output(home)).isEqualTo(Halt.EXIT_CODE);
        // All of the files that share a transaction, and nothing of those behind them.
        Corpus.assertSame(home.tables(), Corpus.tables(deliveries.subList(0, TOGETHER * (point.endsAFile() ? Halt.PASSES : point.chunks)).stream()
                .flatMap(delivery -> delivery.stored().stream()).toList()));
        assertThat(home.done()).as("acknowledged").hasSize(TOGETHER * (Halt.PASSES - 1));

        home.edit(point.file, point.edited, point.step);
        home.drain();
        System.out.println(point + ", small files: " + Delivery.check(home, deliveries));
        assertThat(home.done()).hasSize(deliveries.size());
    }

    /** A file of a few chunks, each with a bad line or some. */
    private Delivery delivery() {
        return delivery(FILE_RECORDS);
    }

    /** A file that is stored with others: {@value #TOGETHER} of them are no more than a chunk. */
    private Delivery small() {
        return delivery(SMALL_RECORDS);
    }

    private Delivery delivery(int count) {
        Delivery delivery = new Delivery();
        List<Map<String, Object>> records = Corpus.records(random, count, false);
        for (int i = 0; i < count; i++) {
            if (i % 20 == 7) {
                delivery.bad(("{\"bad\":" + random.nextInt()).getBytes(StandardCharsets.UTF_8), "\n");
            }
            delivery.record(records.get(i), "\n");
        }
        return delivery;
    }

    /** Starts the service, and kills it at random some time after it has begun to store something. */
    private void killAtWork(Home home, int latestMilliseconds) throws IOException, InterruptedException {
        String before = progress(home);
        Process process = start(home);
        try {
            Awaitility.await().atMost(Duration.ofSeconds(30)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2))
                    .until(() -> !process.isAlive() || !progress(home).equals(before));
            assertThat(process.isAlive()).as("it lives until it is killed; it said: %s", output(home)).isTrue();
            // Not a wait for anything: the moment of the kill is what is random.
            Thread.sleep(random.nextInt(latestMilliseconds));
        } finally {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    /** One clean run of a process. */
    private static void drain(Home home) throws IOException, InterruptedException {
        Process process = start(home);
        try {
            home.awaitDrained();
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static Process start(Home home) throws IOException {
        return home.command(MEMORY, "run").redirectOutput(ProcessBuilder.Redirect.appendTo(home.path("output.log").toFile())).start();
    }

    private static String output(Home home) throws IOException {
        return Files.exists(home.path("output.log")) ? Files.readString(home.path("output.log")) : "nothing";
    }

    /** Changes with whatever the service writes. */
    private static String progress(Home home) {
        return modified(home.database()) + " " + modified(home.path("var/external/logs.db-journal")) + " "
                + modified(home.spool().resolve("done")) + " " + modified(home.spool().resolve("quarantine"));
    }

    private static String modified(Path path) {
        try {
            return Files.exists(path) ? Files.getLastModifiedTime(path).toString() : "none";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path path) throws IOException {
        return Files.exists(path) ? Files.size(path) : 0;
    }

    private static boolean hasPart(Home home) throws IOException {
        if (!Files.exists(home.spool().resolve("quarantine"))) {
            // Killed before it had made its folders.
            return false;
        }
        try (var paths = Files.list(home.spool().resolve("quarantine"))) {
            return paths.anyMatch(path -> path.getFileName().toString().endsWith(".part"));
        }
    }
}
