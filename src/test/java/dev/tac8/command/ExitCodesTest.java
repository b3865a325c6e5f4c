package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What scripts and systemd learn from how a command ends. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExitCodesTest {
    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home"));
        reader = new Reader(dir.resolve("home"), "-Dtac8.archive.cron=0 0 3 1 1 ? 2099");
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void linesOfWhichNoneIsARecordAreNothingFoundAndSomeAreNotAll() throws Exception {
        Path none = Files.writeString(dir.resolve("none.md"), "# no record\n\nneither\n");
        Path some = Files.writeString(dir.resolve("some.jsonl"), event(1) + "no record\n");

        Reader.Answered nothing = reader.ask("ingest", none.toString());
        Reader.Answered found = reader.ask("ingest", some.toString());

        assertThat(nothing.code()).as("%s", nothing).isEqualTo(1);
        assertThat(nothing.out()).contains("records      0\n").contains("quarantined  2  ");
        assertThat(nothing.err()).isEqualTo("tac8: no line was a record, and all are in quarantine: ./tac8 quarantine list says why\n");
        assertThat(found.code()).as("%s", found).isZero();
        assertThat(found.out()).contains("records      1  ").contains("quarantined  1  ");
    }

    @Test
    void aFileThatIsNotThereIsWrongUseOfWhateverCommand() {
        assertThat(reader.ask("sql", "--file", "nope")).satisfies(answer -> {
            assertThat(answer.code()).isEqualTo(2);
            assertThat(answer.err()).startsWith("tac8: cannot read " + home.path("nope") + ": ");
        });
        assertThat(reader.ask("ingest", "nope").code()).isEqualTo(2);
    }

    /** As on a disk that is full; this file opens, and nobody can read it. */
    @Test
    void whatCannotBePutIntoTheSpoolIsSaid() throws Exception {
        Reader.Answered answer = reader.ask("ingest", "/proc/self/mem");

        assertThat(answer.code()).as("%s", answer).isEqualTo(3);
        assertThat(answer.err()).isEqualTo("tac8: not all could be put into the spool " + home.path("var/spool") + ": Input/output error. What is there already waits and is"
                + " stored once; mend that, and run ./tac8 ingest again\n");
    }

    @Test
    void aSpoolThatIsNotThereYetIsNotAvailableNow() {
        Reader.Answered answer = reader.ask("run", "-Dtac8.spool.dir=/proc/nowhere/spool");

        assertThat(answer.code()).as("%s", answer).isEqualTo(3);
        assertThat(answer.err()).startsWith("tac8: the spool /proc/nowhere/spool is not there and cannot be made: ")
                .endsWith("; mount its disk, or make the folder\n").containsOnlyOnce("\n");
    }

    @Test
    void whatAnAnalystLaysBesideTheTablesIsInNobodysWay() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();
        assertThat(reader.ask("archive").code()).isZero();
        home.drop("b.jsonl", event(1), event(2));
        home.drain();
        for (Path database : List.of(home.database(), home.localDatabase(), home.path("var/external/archive/logs-2020-01.db"))) {
            try (Connection connection = Reader.connect(database); Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE notes (a TEXT, worker TEXT REFERENCES workers(worker_id))");
                statement.execute("INSERT INTO notes VALUES ('an orphan', 'nobody')");
                statement.execute("CREATE VIEW messages AS SELECT message FROM events");
                statement.execute("CREATE INDEX by_message ON events (message)");
                statement.execute("CREATE TRIGGER note AFTER INSERT ON notes BEGIN DELETE FROM notes; END");
            }
        }
        home.drop("c.jsonl", event(3));
        home.drain();

        Path backup = Files.createDirectory(dir.resolve("backup"));
        for (List<String> command : List.of(List.of("rebuild", "--check"), List.of("archive"), List.of("archive", "verify"),
                List.of("backup", backup.toString()), List.of("events"), List.of("status"), List.of("sql", "SELECT message FROM events"))) {
            Reader.Answered answer = reader.ask(command.toArray(String[]::new));

            assertThat(answer.code()).as("%s: %s", command, answer).isZero();
            assertThat(answer.err()).as("%s", command).isEmpty();
        }
        assertThat(reader.json("sql", "SELECT count(*) AS n FROM events WHERE session_id = 's'").toString()).contains("\"n\":3");
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"id\":\"e" + i + "\",\"timestamp\":\"2020-01-02T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"t\","
                + "\"message\":\"m\"}\n";
    }
}
