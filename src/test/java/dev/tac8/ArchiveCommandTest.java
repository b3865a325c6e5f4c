package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.store.Months;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tac8 archive}, with and without a service that runs. */
@Tag("process")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveCommandTest {
    private static final String DUE = "  2020-01  1 event, 1 api_call, 1 worker, 1 task, 1 session\n  2020-02  1 event\n";
    private static final String REPORT = ("\\{'type':'event','id':'[0-9a-f-]{36}','timestamp':'[0-9T:.-]+Z','session_id':'tac8','event_type':'archive',"
            + "'severity':'info','message':'Archived 2 events, [^']+','details':\\{'before':'[0-9T:.-]+Z','clock':'[0-9T:.-]+Z',"
            + "'newest_row':'[0-9T:.-]+Z','seconds':\\d+\\.\\d+,'events':2,'api_calls':1,'workers':1,'tasks':1,'sessions':1,'conversations':0,"
            + "'acknowledged_files':0,'bytes':0,'compressed_bytes':0,'months':\\['2020-01','2020-02'],'refused_months':\\[]}}\n").replace('\'', '"');
    private static final String ARCHIVED = "Archived 2 events, 1 API call, 1 worker, 1 task, 1 session of 2020-01 to 2020-02 in ";

    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home"));
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void whereNothingHasEverRunNothingIsDueAndNothingIsMade() throws Exception {
        Home.Finished finished = home.run("archive", "--dry-run");

        assertThat(finished.exitCode()).isEqualTo(1);
        assertThat(finished.output()).matches("Nothing is due: nothing is from before 20\\d\\d-\\S+Z\\.\n");
        assertThat(home.path("var")).doesNotExist();
    }

    @Test
    void nothingIsDueOnAVolumeThatHoldsNoDatabaseYet() throws Exception {
        Path disk = Files.createDirectories(dir.resolve("disk"));
        home.set("tac8.external.dir", disk);
        assertThat(home.run("volume", "init", disk.toString()).exitCode()).isZero();

        Home.Finished finished = home.run("archive", "--dry-run");

        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(1);
        assertThat(finished.output()).startsWith("Nothing is due: ");
    }

    @Test
    void saysWhatIsDueAndMovesItByItself() throws Exception {
        deliver();
        home.drain();

        Home.Finished dry = home.run("archive", "--dry-run");
        assertThat(dry.exitCode()).as(dry.output()).isZero();
        assertThat(dry.output()).startsWith("From before 20").endsWith("Z:\n" + DUE);
        assertThat(Months.list(archive())).isEmpty();

        Home.Finished finished = home.run("archive");
        assertThat(finished.exitCode()).as(finished.output()).isZero();
        assertThat(finished.output()).contains(ARCHIVED);
        assertThat(Months.list(archive())).containsOnlyKeys("2020-01", "2020-02");
        assertThat(Home.query(Months.file(archive(), "2020-01"), "SELECT title, exit_code, sum(estimated_cost_usd) FROM api_calls"
                + " JOIN workers USING (worker_id) JOIN tasks USING (task_id)")).containsExactly("Old|0|0.25");
        assertThat(home.query("SELECT message FROM events")).containsExactly("new");
        assertThat(home.waiting()).as("the event of the run").singleElement().satisfies(file -> assertThat(file).content().matches(REPORT));

        Home.Finished again = home.run("archive");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.output()).endsWith("Nothing was archived.\n");
    }

    @Test
    void nothingIsArchivedThroughALinkOfAnotherUser() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.getAttribute(dir, "unix:uid").equals(0), "only root can give a link away");
        deliver();
        home.drain();
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        Files.createSymbolicLink(archive(), elsewhere);
        Files.setAttribute(archive(), "unix:uid", 54321, java.nio.file.LinkOption.NOFOLLOW_LINKS);

        assertThat(home.run("archive").output()).contains("is a link that leads where another user likes");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void hasTheServiceDoItThatRuns() throws Exception {
        deliver();
        home.start();
        home.awaitDrained();

        Home.Finished finished = home.run("archive", "--older-than", "1000");

        assertThat(finished.exitCode()).as(finished.output()).isZero();
        assertThat(finished.output()).startsWith(ARCHIVED);
        assertThat(home.spool().resolve(".tac8")).as("no request, and no answer that was heard").isDirectoryNotContaining("glob:**archive-*");
        home.awaitDrained();
        assertThat(home.query("SELECT message FROM events WHERE session_id <> 'tac8'")).containsExactly("new");
        assertThat(home.query("SELECT event_type, severity, details ->> 'events', details ->> 'months' FROM events WHERE session_id = 'tac8'"))
                .containsExactly("archive|info|2|[\"2020-01\",\"2020-02\"]");
        assertThat(home.run("status").output()).containsPattern("\narchive +\\S+, \\d+ s ago\\. " + ARCHIVED);
    }

    @Test
    void aClockThatCannotBeRightIsOneSentence() throws Exception {
        home.drop("a.jsonl", event("2020-01-01", "old"), event("2999-01-01", "from the future"));
        home.drain();

        Home.Finished refused = home.run("archive");
        assertThat(refused.exitCode()).as(refused.output()).isEqualTo(3);
        assertThat(refused.output()).contains("tac8: nothing is archived, because the newest row is of 2999-01-01T00:00:00.000Z and this"
                + " computer's clock says ").contains("--trust-clock").doesNotContain("\tat ");
        assertThat(home.query("SELECT count(*) FROM events")).containsExactly("2");

        assertThat(home.run("archive", "--trust-clock").output()).contains("Archived 1 event of 2020-01 in ");
        assertThat(home.query("SELECT message FROM events")).containsExactly("from the future");
    }

    @Test
    void looksThroughWhatWasArchivedAndNamesWhatIsNotAsItWas() throws Exception {
        deliver();
        home.drain();
        assertThat(home.run("archive", "verify")).isEqualTo(new Home.Finished(1, "Nothing was archived yet.\n"));
        home.run("archive");

        assertThat(home.run("archive", "verify")).isEqualTo(new Home.Finished(0, "2020-01  1 event, 1 api_call, 1 worker, 1 task,"
                + " 1 session\n2020-02  1 event, 1 session\nAll of it is sound.\n"));
        assertThat(home.run("archive", "verify", "--month", "2020-03").output()).isEqualTo("Nothing of 2020-03 was archived.\n");
        assertThat(home.run("archive", "verify", "--month", "2020-13").exitCode()).isEqualTo(2);

        Home.query(Months.file(archive(), "2020-02"), "UPDATE events SET timestamp = '2020-03-01T00:00:00.000Z' RETURNING 1");
        byte[] bytes = Files.readAllBytes(Months.file(archive(), "2020-01"));
        Arrays.fill(bytes, 4096, 8192, (byte) 7);
        Files.write(Months.file(archive(), "2020-01"), bytes);
        Home.Finished faulty = home.run("archive", "verify");
        assertThat(faulty.exitCode()).as(faulty.output()).isEqualTo(3);
        assertThat(faulty.output()).containsPattern("tac8: \\S+/logs-2020-01.db: it (is damaged|cannot be read): ")
                .containsPattern("tac8: \\S+/logs-2020-02.db: 1 of its events and API calls belong to another month\n").contains("2 faults.");
    }

    @Test
    void refusesDaysThatAreNone() throws Exception {
        assertThat(home.run("archive", "--older-than", "-1").exitCode()).isEqualTo(2);
        assertThat(home.run("archive", "--older-than", "36501").exitCode()).isEqualTo(2);
        assertThat(home.run("archive", "--older-than", "soon").exitCode()).isEqualTo(2);
    }

    private Path archive() {
        return home.path("var/external/archive");
    }

    private void deliver() {
        home.drop("a.jsonl",
                "{\"type\":\"task\",\"timestamp\":\"2020-01-31T23:00:00Z\",\"session_id\":\"s\",\"task_id\":\"gh-1\",\"status\":\"completed\","
                        + "\"title\":\"Old\"}",
                "{\"type\":\"worker\",\"timestamp\":\"2020-01-31T23:10:00Z\",\"session_id\":\"s\",\"task_id\":\"gh-1\",\"worker_id\":\"w-1\","
                        + "\"status\":\"completed\",\"exit_code\":0}",
                "{\"type\":\"api_call\",\"timestamp\":\"2020-01-31T23:05:00Z\",\"worker_id\":\"w-1\",\"model\":\"m\","
                        + "\"estimated_cost_usd\":0.25}",
                event("2020-01-31", "old"), event("2020-02-01", "a day later"),
                "{\"type\":\"event\",\"timestamp\":\"" + java.time.Instant.now() + "\",\"session_id\":\"s2\",\"event_type\":\"e\","
                        + "\"message\":\"new\"}");
    }

    private static String event(String day, String message) {
        return "{\"type\":\"event\",\"timestamp\":\"" + day + "T00:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\""
                + message + "\"}";
    }
}
