package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.SixthTable;
import dev.tac8.Versions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** The real commands, killed while they give databases of an older version its columns and a sixth table: each has both or neither, and loses nothing. */
@Tag("long")
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SixthTableKillIT {
    private static final int KILLS = Integer.getInteger("tac8.test.table-kills", 2);
    private static final int LATEST_MILLISECONDS = 60;
    private static final int EVENTS = 6000;
    private static final int OLDER = 1;
    private static final List<String> STORES = List.of("external", "local", "external/archive");
    private static final String COUNTS = "SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM tasks), (SELECT count(*) FROM sessions),"
            + " (SELECT sum(estimated_cost_usd) FROM api_calls)";

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private int inTransaction;
    private int upgraded;

    @Test
    void eachDatabaseIsOfEitherVersionAndLosesNothing() throws Exception {
        Path filled = dir.resolve("filled");
        fill(new Home(filled));
        for (int kill = 0; kill < KILLS; kill++) {
            Path copy = dir.resolve("kill-" + kill);
            FileSystemUtils.copyRecursively(filled, copy);
            kill(new Home(copy), STORES.get(kill % STORES.size()));
            FileSystemUtils.deleteRecursively(copy);
        }
        System.out.println(KILLS + " kills during upgrades to a sixth table, " + inTransaction + " inside the transaction, " + upgraded
                + " behind it: each database of one version, 0 rows lost, 0 doubled");
    }

    private void fill(Home home) throws Exception {
        ingest(home, "old.jsonl", events("2025-01-20", "old"));
        say(home, "archive");
        ingest(home, "new.jsonl", events("2026-11-20", "new"));
        pullOut(home);
        ingest(home, "waiting.jsonl", events("2026-11-21", "waiting"));
        plugIn(home);
        for (String database : List.of("external/logs.db", "local/logs.db", "external/archive/logs-2025-01.db")) {
            Versions.older(home.path("var/" + database), OLDER);
        }
    }

    private void kill(Home home, String store) throws Exception {
        SixthTable.addTo(home);
        // Takes long enough to be met.
        Path upgrade = home.path(String.format("sql/upgrade/%04d-reviews.sql", Versions.OURS + 1));
        Files.writeString(upgrade, "CREATE INDEX slow ON events(message, record_id);\n", StandardOpenOption.APPEND);
        Path reviews = Files.write(home.path("reviews.jsonl"), List.of(review("2025-01-21", "old"), review("2026-11-21", "new")));
        if (store.equals("local")) {
            pullOut(home);
        } else if (store.equals("external/archive")) {
            ingest(home, "reviews.jsonl", Files.readAllLines(reviews));
        }
        Path database = home.path("var/" + store).resolve(store.endsWith("archive") ? "logs-2025-01.db" : "logs.db");
        String before = Home.query(database, COUNTS).get(0);

        killWhenWritten(home, database, store.endsWith("archive") ? new String[] {"archive"} : new String[] {"ingest", reviews.toString()});

        // A copy, so that the next start finds what the kill has left.
        Path copy = Files.createDirectory(home.path("copy")).resolve("logs.db");
        for (String end : List.of("", "-journal")) {
            if (Files.exists(Path.of(database + end))) {
                Files.copy(Path.of(database + end), Path.of(copy + end));
            }
        }
        inTransaction += Files.exists(Path.of(copy + "-journal")) && Files.size(Path.of(copy + "-journal")) > 0 ? 1 : 0;
        boolean isNew = Home.query(copy, "PRAGMA user_version").equals(List.of("" + (Versions.OURS + 1)));
        upgraded += isNew ? 1 : 0;
        assertThat(Home.query(copy, "SELECT name FROM sqlite_schema WHERE name IN ('reviews', 'slow', 'idx_reviews_task') ORDER BY 1"))
                .isEqualTo(isNew ? List.of("idx_reviews_task", "reviews", "slow") : List.of());
        assertThat(Home.query(copy, "SELECT name FROM pragma_table_info('api_calls') WHERE name IN ('price_version', 'usage')"))
                .hasSize(isNew ? 2 : 0);
        assertThat(Home.query(copy, "PRAGMA integrity_check")).containsExactly("ok");
        if (!isNew) {
            assertThat(Home.query(copy, COUNTS)).containsExactly(before);
        }

        if (store.equals("local")) {
            plugIn(home);
        }
        assertThat(say(home, "sql", "SELECT count(*) AS n FROM events WHERE session_id <> 'tac8'", "--json")).contains("\"n\" : " + 3 * EVENTS);
        assertThat(say(home, "sql", "SELECT sum(estimated_cost_usd) AS n FROM api_calls WHERE cost_source = 'reported'", "--json")).contains("\"n\" : 0.75");
        say(home, "ingest", reviews.toString());
        say(home, "archive");
        assertThat(say(home, "reviews", "--json")).contains("review-old", "review-new");
        assertThat(say(home, "rebuild", "--check")).contains("Equal: ", "2 reviews");
    }

    private void killWhenWritten(Home home, Path database, String... command) throws Exception {
        Path journal = Path.of(database + "-journal");
        Path output = home.path("output");
        Process process = home.command(List.of(), command).redirectOutput(output.toFile()).start();
        try {
            while (process.isAlive() && !(Files.exists(journal) && Files.size(journal) > 0)) {
                Thread.onSpinWait();
            }
            assertThat(process.isAlive()).as("it is killed before it ends: %s", Files.readString(output)).isTrue();
            // Not a wait for anything: the moment of the kill is what is random.
            Thread.sleep(random.nextInt(LATEST_MILLISECONDS));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<String> events(String day, String name) {
        String parents = "'session_id':'s-" + name + "'";
        return Stream.concat(Stream.of(record("task", day + "T08:00:00Z", parents + ",'task_id':'gh-" + name + "','status':'active'"),
                record("api_call", day + "T08:30:00Z", parents + ",'task_id':'gh-" + name + "','id':'call-" + name + "','worker_id':'w-" + name
                        + "','model':'m','estimated_cost_usd':0.25")),
                IntStream.range(0, EVENTS).mapToObj(i -> record("event", day + "T09:00:00Z", parents + ",'id':'" + name + "-" + i
                        + "','event_type':'decision','message':'" + (i * 7919 % EVENTS + " ").repeat(60) + "'"))).toList();
    }

    private static String review(String day, String name) {
        return record("review", day + "T12:00:00Z", "'session_id':'s-" + name + "','task_id':'gh-" + name + "','id':'review-" + name + "','verdict':'approved'");
    }

    private static String record(String type, String time, String fields) {
        return ("{'type':'" + type + "','timestamp':'" + time + "'," + fields + "}").replace('\'', '"');
    }

    private static void pullOut(Home home) throws IOException {
        Files.move(home.path("var/external"), home.path("var/gone"));
        Files.createDirectory(home.path("var/external"));
    }

    private static void plugIn(Home home) throws IOException {
        Files.delete(home.path("var/external"));
        Files.move(home.path("var/gone"), home.path("var/external"));
    }

    private static void ingest(Home home, String name, List<String> lines) throws Exception {
        say(home, "ingest", Files.write(home.path(name), lines).toString());
    }

    private static String say(Home home, String... command) throws Exception {
        Home.Finished finished = home.run(command);
        assertThat(finished.exitCode()).as("%s: %s", List.of(command), finished.output()).isZero();
        return finished.output();
    }
}
