package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What five tables hold, taken over by a tac8 that has a sixth: read as it lies, and brought up where it is written. */
@Tag("process")
@Tag("long")
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SixthTableTest {
    private static final String OURS = "" + Versions.OURS;
    private static final String NEXT = "" + (Versions.OURS + 1);

    @TempDir
    private Path dir;
    private Home home;
    private Path external;
    private Path local;
    private Path january;
    private Path february;

    /** Two months of the archive, a store, and rows that wait in the local one. */
    @BeforeEach
    void fill() throws Exception {
        home = new Home(dir);
        external = home.path("var/external/logs.db");
        local = home.localDatabase();
        january = home.path("var/external/archive/logs-2025-01.db");
        february = home.path("var/external/archive/logs-2025-02.db");
        ingest("a.jsonl", run("2025-01-20", "a", 1));
        ingest("b.jsonl", run("2025-02-20", "b", 2));
        say("archive");
        ingest("c.jsonl", run("2026-11-20", "c", 4));
        pullOut();
        ingest("d.jsonl", run("2026-11-21", "d", 8));
        plugIn();
        assertThat(Home.query(local, "SELECT count(*) FROM api_calls")).containsExactly("1");
    }

    @Test
    void isReadAsIfTheTableWereThereAndEmpty() throws Exception {
        Map<String, String> before = answers();
        Map<Path, byte[]> files = databases();
        SixthTable.addTo(home);

        assertThat(answers()).isEqualTo(before);
        assertThat(home.run("reviews")).isEqualTo(new Home.Finished(1, "There is no such review.\n"));
        assertThat(json("sql", "SELECT count(*) AS n FROM reviews")).contains("\"rows\":[{\"n\":0}]");
        assertThat(json("status")).contains("\"reviews\":0");
        assertThat(say("archive", "verify")).contains("2025-01", "2025-02");
        assertThat(home.run("archive", "--dry-run").output()).contains("Nothing is due");
        assertThat(say("backup", Files.createDirectory(home.path("backups")).toString())).contains("Backed up and verified");
        assertThat(say("rebuild", "--check")).contains("Equal: ");
        assertThat(databases()).usingRecursiveComparison().as("nothing was written").isEqualTo(files);
    }

    @Test
    void isBroughtUpOneByOneAndGetsTheRowsOfTheNewTable() throws Exception {
        SixthTable.addTo(home);
        pullOut();
        ingest("e.jsonl", List.of(review("2026-11-22", "c", "approved"), review("2025-01-21", "a", "rejected"), review("2026-11-22", "d", "approved")));
        plugIn();

        assertThat(versions()).as("external, local, January, February").containsExactly(OURS, NEXT, OURS, OURS);
        assertReviews();
        assertThat(say("reconcile")).contains("reviews");
        assertThat(versions()).containsExactly(NEXT, NEXT, OURS, OURS);
        assertReviews();
        byte[] before = Files.readAllBytes(february);
        assertThat(say("archive")).contains("2025-01");
        assertThat(versions()).containsExactly(NEXT, NEXT, NEXT, NEXT);
        assertThat(Home.query(january, "SELECT task_id, verdict FROM reviews")).containsExactly("gh-a|rejected");
        assertReviews();
        Files.write(february, before);
        assertReviews();
        assertThat(Home.query(february, "SELECT name FROM sqlite_schema WHERE name = 'reviews'")).isEmpty();
        // A record that is known, and one of the month that lacks the table again.
        ingest("f.jsonl", List.of(review("2025-01-21", "a", "rejected"), review("2025-02-21", "b", "approved")));
        say("archive");
        assertThat(versions()).containsExactly(NEXT, NEXT, NEXT, NEXT);
        assertThat(json("sql", "SELECT count(*) AS n FROM reviews")).contains("\"rows\":[{\"n\":4}]");
        assertThat(say("archive", "verify")).contains("1 reviews");
        assertThat(say("rebuild", "--check")).contains("Equal: ", "4 reviews");
        for (Path database : List.of(external, local, january, february)) {
            assertThat(Home.query(database, "PRAGMA integrity_check")).as("%s", database).containsExactly("ok");
            assertThat(Home.query(database, "PRAGMA foreign_key_check")).as("%s", database).isEmpty();
            assertThat(Home.query(database, "SELECT name FROM pragma_index_list('reviews') WHERE origin = 'c' ORDER BY 1")).as("%s", database)
                    .containsExactly("idx_reviews_task", "idx_reviews_timestamp");
        }
    }

    @Test
    void linesThatCameBeforeTheTableWaitInQuarantine() throws Exception {
        Path early = Files.write(home.path("early.jsonl"), List.of(review("2026-11-22", "c", "approved"), review("2025-01-21", "a", "rejected")));
        assertThat(home.run("ingest", early.toString()).output()).contains("quarantined  2");
        SixthTable.addTo(home);

        assertThat(home.run("rebuild", "--check").output()).contains("reviews \"review-a\": a file holds it, but no store");
        say("quarantine", "replay", "--all");
        ingest("later.jsonl", run("2026-11-23", "e", 16));

        assertThat(json("reviews")).contains("\"task_id\":\"gh-a\"", "\"task_id\":\"gh-c\"");
        assertThat(say("rebuild", "--check")).contains("Equal: ", "2 reviews");
    }

    private void assertReviews() throws Exception {
        assertThat(json("reviews")).contains("\"task_id\":\"gh-a\",\"title\":\"of-a\",\"verdict\":\"rejected\"",
                "\"task_id\":\"gh-c\",\"title\":\"of-c\"", "\"task_id\":\"gh-d\",\"title\":\"of-d\"");
        assertThat(json("reviews", "--task", "gh-c")).contains("gh-c").doesNotContain("gh-a", "gh-d");
        assertThat(say("archive", "verify")).contains("2025-01", "2025-02");
        assertThat(say("rebuild", "--check")).contains("Equal: ", "3 reviews");
    }

    private Map<String, String> answers() throws Exception {
        Map<String, String> answers = new TreeMap<>();
        for (String asked : List.of("cost --by task", "cost --by session", "why gh-a", "why gh-d", "tasks", "task gh-b", "worker w-c", "events", "sessions")) {
            answers.put(asked, json(asked.split(" ")));
        }
        return answers;
    }

    private List<String> versions() {
        return Stream.of(external, local, january, february).flatMap(database -> Home.query(database, "PRAGMA user_version").stream()).toList();
    }

    private Map<Path, byte[]> databases() {
        Map<Path, byte[]> files = new TreeMap<>();
        Stream.of(external, local, january, february).forEach(database -> {
            try {
                files.put(database, Files.readAllBytes(database));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return files;
    }

    private void pullOut() throws IOException {
        Files.move(home.path("var/external"), home.path("var/gone"));
        Files.createDirectory(home.path("var/external"));
    }

    private void plugIn() throws IOException {
        Files.delete(home.path("var/external"));
        Files.move(home.path("var/gone"), home.path("var/external"));
    }

    private void ingest(String name, List<String> lines) throws Exception {
        say("ingest", Files.write(home.path(name), lines).toString());
    }

    private String say(String... command) throws Exception {
        Home.Finished finished = home.run(command);
        assertThat(finished.exitCode()).as("%s: %s", List.of(command), finished.output()).isZero();
        return finished.output();
    }

    private String json(String... command) throws Exception {
        return say(Stream.concat(Stream.of(command), Stream.of("--json")).toArray(String[]::new)).replaceAll("\\s", "");
    }

    /** One run of a coordinator. */
    private static List<String> run(String day, String name, double cost) {
        String parents = "'session_id':'s-" + name + "','task_id':'gh-" + name + "'";
        return List.of(record("session", day + "T08:00:00Z", "'session_id':'s-" + name + "','status':'started'"),
                record("task", day + "T08:30:00Z", parents + ",'status':'active','title':'of-" + name + "'"),
                record("worker", day + "T09:00:00Z", parents + ",'worker_id':'w-" + name + "','status':'spawned'"),
                record("api_call", day + "T09:01:00Z", parents + ",'id':'call-" + name + "','worker_id':'w-" + name + "','model':'m','estimated_cost_usd':" + cost),
                record("event", day + "T09:02:00Z", "'session_id':'s-" + name + "','id':'event-" + name + "','event_type':'decision','message':'m'"),
                record("task", day + "T09:03:00Z", parents + ",'status':'completed'"));
    }

    private static String review(String day, String name, String verdict) {
        return record("review", day + "T12:00:00Z", "'session_id':'s-" + name + "','task_id':'gh-" + name + "','id':'review-" + name
                + "','verdict':'" + verdict + "','score':0.5");
    }

    private static String record(String type, String time, String fields) {
        return ("{'type':'" + type + "','timestamp':'" + time + "'," + fields + "}").replace('\'', '"');
    }
}
