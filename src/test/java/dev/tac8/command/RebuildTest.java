package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.Home;
import dev.tac8.archive.ArchiveLock;
import dev.tac8.fault.Corpus;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The databases come back from the files alone, and whoever has touched a row is found out. */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RebuildTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;
    private Process service;

    @BeforeEach
    void makeHome() {
        home = new Home(dir.resolve("home")).set("tac8.ingest.chunk-records", 50);
        reader = new Reader(dir.resolve("home"));
    }

    @AfterEach
    void stop() throws InterruptedException {
        home.close();
        if (service != null) {
            service.destroyForcibly().waitFor();
        }
    }

    @Test
    void givesTheSameRowsFromTheFilesAlone() throws Exception {
        deliver(Corpus.random(getClass()), 400);
        Map<String, List<String>> stored = home.tables();

        Reader.Answered rebuilt = reader.ask("rebuild", dir.resolve("new").toString());

        assertThat(rebuilt.code()).as("%s", rebuilt).isZero();
        assertThat(rebuilt.out()).startsWith("files      5\n").contains("bad lines  4  (in quarantine").endsWith("Rebuilt: " + dir.resolve("new/logs.db") + "\n");
        home.ask(dir.resolve("new/logs.db"));
        Corpus.assertSame(home.tables(), stored);
        home.assertSound();
        assertThat(names(dir.resolve("new"))).containsExactly(".tac8-volume", "logs.db");
    }

    @Test
    void findsNothingWhereNobodyHasTouchedARow() throws Exception {
        deliver(Corpus.random(getClass()), 400);
        List<Path> before = files();

        Reader.Answered answer = reader.ask("rebuild", "--check");

        assertThat(answer.code()).as("%s", answer).isZero();
        assertThat(answer.out()).contains("\nEqual: all stores together hold what the files hold, ").doesNotContain("Not compared");
        assertThat(files()).as("nothing is left of it but its lock").containsExactlyElementsOf(before);
    }

    @Test
    void aTextOfBeforeThatHoldsU0000IsEqualToWhatItIsStoredAsNow() throws Exception {
        for (int i = 0; i < 4; i++) {
            String text = List.of("a\\u0000b", "\\u0000", "a\\\\u0000b", "\\u0001\\\\\\u0000\\u0000\\\"").get(i);
            home.drop(i + ".jsonl", event(i).replace("\"e" + i + "\"", "\"e" + text + "\"").replaceFirst("(\"session_id\"):\"[^\"]*\"", "$1:\"" + text.replace("\\", "\\\\") + "\""));
        }
        home.drain();
        for (Map.Entry<String, List<String>> table : Map.of("sessions", List.of("session_id"), "events", List.of("record_id", "session_id")).entrySet()) {
            for (String column : table.getValue()) {
                change(home.database(), "UPDATE " + table.getKey() + " SET " + column + " = replace(" + column + ", '␀', char(0))");
            }
        }
        assertThat(home.query("SELECT count(*) FROM events WHERE instr(record_id, char(0)) > 0 AND instr(session_id, char(0)) > 0")).containsExactly("3");

        Reader.Answered answer = reader.ask("rebuild", "--check");

        assertThat(answer.code()).as("%s", answer).isZero();
        change(home.database(), "UPDATE events SET session_id = 'tac8' WHERE record_id = 'ea' || char(0) || 'b'");
        assertThat(reader.ask("rebuild", "--check").out()).contains("\n1 difference between the stores and the files:\n", "session_id is \"tac8\", and by the files \"a␀b\"");
    }

    @Test
    void aLineThatAnOlderTac8HasStoredAndThisOneRefusesIsNotLeftOutInSilence() throws Exception {
        String call = "{\"type\":\"api_call\",\"id\":\"%s\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"%s\",\"model\":\"m\",\"estimated_cost_usd\":7.5}";
        home.drop("a.jsonl", event(1), call.formatted("c1", "w".repeat(900)), "no record");
        home.drop("b.jsonl", call.formatted("c2", "w".repeat(900)));
        home.drop("c.jsonl", call.formatted("c3", "w".repeat(900)));
        home.drain();
        // Set aside by this tac8, or mended since: nothing is missing.
        for (Path bad : home.quarantined()) {
            if (bad.getFileName().toString().startsWith("b")) {
                Files.writeString(bad, Files.readString(bad).replace("w".repeat(900), "w"));
                assertThat(reader.ask("quarantine", "replay", bad.toString()).code()).isZero();
            }
        }
        home.drain();
        assertThat(reader.ask("rebuild", "--check").code()).isZero();

        // An older one has stored it and set nothing aside.
        for (Path bad : home.quarantined()) {
            String text = Files.readString(bad);
            Files.writeString(bad, text.substring(text.indexOf("\n", text.indexOf("w".repeat(900))) + 1));
        }
        Reader.Answered checked = reader.ask("rebuild", "--check");
        Reader.Answered rebuilt = reader.ask("rebuild", dir.resolve("new").toString());

        for (Reader.Answered answer : List.of(checked, rebuilt)) {
            assertThat(answer.code()).as("%s", answer).isEqualTo(ExitCode.PARTIAL);
            assertThat(answer.out()).contains("\nbad lines  2  (in quarantine", "\nleft out   2  (lines of 2 files that an older tac8 has stored and this one refuses, such as line ",
                    ": worker_id is 900 bytes long in UTF-8; what rows are found by has at most 800)\n");
        }
        // Both may have been acknowledged in one moment.
        assertThat(rebuilt.out()).containsPattern("such as line (2 of \\S+-a|1 of \\S+-c)\\.jsonl: ");
        home.ask(dir.resolve("new/logs.db"));
        assertThat(home.query("SELECT record_id FROM api_calls")).containsExactly("c2");
    }

    @Test
    void whatTheLocalStoreHoldsCountsToo() throws Exception {
        Random random = Corpus.random(getClass());
        deliver(random, 200);
        Files.move(home.path("var/external"), home.path("var/gone"));
        home.drop("only.jsonl", event(-77));
        deliver(random, 200);
        Files.move(home.path("var/gone"), home.path("var/external"));
        assertThat(Home.query(home.localDatabase(), "SELECT count(*) > 0 FROM events")).containsExactly("1");

        for (int i = 0; i < 3; i++) {
            Reader.Answered answer = reader.ask("rebuild", "--check");

            assertThat(answer.code()).as("%s", answer).isZero();
        }
        change(home.localDatabase(), "DELETE FROM events WHERE record_id = 'e-77'");
        assertThat(reader.ask("rebuild", "--check").out())
                .endsWith("\n1 difference between the stores and the files:\n  events \"e-77\": a file holds it, but no store\n");
    }

    @Test
    void aRecordThatAStoreRefusedAndTookLaterIsOneThoughTwoFilesHoldIt() throws Exception {
        String event = "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"%s\"%s}";
        String check = "CHECK (message NOT LIKE 'refused%')";
        home.drop("a.jsonl", event.formatted("taken", ""));
        home.drain();
        changeSchema("message TEXT NOT NULL", "message TEXT NOT NULL " + check);
        home.drop("b.jsonl", event.formatted("taken too", ""), event.formatted("refused", ""), event.formatted("refused, its id is empty", ",\"id\":\"\""),
                event.formatted("refused } ", ",\"details\":{}") + " ", event.formatted("refused, with an id", ",\"id\":\"x\""),
                event.formatted("malformed", ",").replace("}", ""));
        home.drain();
        assertThat(home.query("SELECT message FROM events ORDER BY 1")).containsExactly("taken", "taken too");
        changeSchema(" " + check, "");
        Path kept = home.quarantined().get(0);
        Files.writeString(kept, Files.readString(kept).replace("\"malformed\",", "\"malformed\"}"));

        assertThat(reader.ask("quarantine", "replay", "--all").code()).isZero();
        home.drain();

        assertThat(home.query("SELECT message FROM events ORDER BY 1")).containsExactly("malformed", "refused", "refused } ", "refused, its id is empty",
                "refused, with an id", "taken", "taken too");
        Map<String, List<String>> stored = home.tables();
        assertThat(reader.ask("rebuild", "--check").out()).contains("\nEqual: all stores together hold what the files hold, ");
        assertThat(reader.ask("rebuild", dir.resolve("new").toString()).code()).isZero();
        home.ask(dir.resolve("new/logs.db"));
        Corpus.assertSame(home.tables(), stored);
    }

    @Test
    void recordsThatWereOneMalformedLineStayTwoHoweverOftenItIsMended() throws Exception {
        String call = "{\"type\":\"api_call\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w\",\"model\":\"m\",\"tokens_input\":%s,\"estimated_cost_usd\":%s}";
        home.drop("a.jsonl", call.formatted("1", "1.0"), call.formatted("10", "10.0") + call.formatted("\"7\"", "7.0"));
        home.drain();
        for (String[] mend : new String[][] {{"}{", "}\n{"}, {"\"7\"", "7"}}) {
            Path kept = home.quarantined().get(0);
            Files.writeString(kept, Files.readString(kept).replace(mend[0], mend[1]));
            assertThat(reader.ask("quarantine", "replay", "--all").code()).isZero();
            home.drain();
        }

        assertThat(home.query("SELECT count(*), sum(estimated_cost_usd), sum(tokens_input) FROM api_calls")).containsExactly("3|18.0|18");
        assertThat(reader.ask("rebuild", "--check").out()).contains("\nEqual: ");
    }

    @Test
    void aRefusedRecordWhoseHeaderWasSpoiledTakesNoOthersPlace() throws Exception {
        String event = "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"%s\"}";
        home.drop("a.jsonl", event.formatted("taken"));
        home.drain();
        changeSchema("message TEXT NOT NULL", "message TEXT NOT NULL CHECK (message <> 'refused')");
        home.drop("b.jsonl", event.formatted("first"), event.formatted("refused"));
        home.drain();
        changeSchema(" CHECK (message <> 'refused')", "");
        Path kept = home.quarantined().get(0);
        Files.writeString(kept, Files.readString(kept).replace("\"offset\":", "\"ofset\":"));

        assertThat(reader.ask("quarantine", "replay", "--all").code()).isZero();
        home.drain();

        assertThat(home.query("SELECT message FROM events ORDER BY 1")).containsExactly("first", "refused", "taken");
    }

    @Test
    void listsExactlyTheRowsThatSomebodyHasTouched() throws Exception {
        home.drop("a.jsonl", event(1), event(2), event(3), "{\"type\":\"task\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                + "\"task_id\":\"t\",\"status\":\"detected\",\"title\":\"new\\u001b[2J\"}");
        home.drain();
        change(home.database(), "UPDATE events SET message = 'forged', severity = NULL WHERE record_id = 'e2'");
        change(home.database(), "UPDATE tasks SET title = 'old', pr_number = 7");
        change(home.database(), "DELETE FROM events WHERE record_id = 'e3'");
        change(home.database(), "INSERT INTO events (session_id, timestamp, event_type, message, record_id) VALUES ('s', 'x', 'x', 'x', 'e4')");

        Reader.Answered answer = reader.ask("rebuild", "--check");

        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.out().lines().skip(4)).containsExactly("4 differences between the stores and the files:",
                "  tasks \"t\": title is \"old\", and by the files \"new\\u001b[2J\"; pr_number is 7, and by the files null",
                "  events \"e2\": severity is null, and by the files \"info\"; message is \"forged\", and by the files \"number 2\"",
                "  events \"e4\": stored, but no file holds it",
                "  events \"e3\": a file holds it, but no store");
    }

    /** An older tac8 stored neither the version of the prices nor the usage; a row that has one of them is not of that time. */
    @Test
    void findsWhatWasTakenFromACallOfAnAgent() throws Exception {
        String call = "{\"type\":\"api_call\",\"id\":\"claude:%s\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w\",\"model\":\"m\",\"tokens_input\":5,"
                + "\"estimated_cost_usd\":0.5,\"price_version\":\"2026-11-28\",\"usage\":{\"agent\":\"claude\",\"agent_session\":\"s\"},\"session_id\":\"s\",\"task_id\":\"t\"}";
        home.drop("a.jsonl", Stream.of("cost", "source", "version", "usage", "task", "older", "as it was").map(call::formatted).toList());
        home.drain();
        change(home.database(), "UPDATE api_calls SET estimated_cost_usd = 0.4 WHERE record_id = 'claude:cost'");
        change(home.database(), "UPDATE api_calls SET cost_source = 'reported' WHERE record_id = 'claude:source'");
        change(home.database(), "UPDATE api_calls SET price_version = NULL WHERE record_id = 'claude:version'");
        change(home.database(), "UPDATE api_calls SET usage = NULL WHERE record_id = 'claude:usage'");
        change(home.database(), "UPDATE api_calls SET own_task_id = NULL WHERE record_id = 'claude:task'");
        change(home.database(), "UPDATE api_calls SET price_version = NULL, usage = NULL WHERE record_id = 'claude:older'");

        Reader.Answered answer = reader.ask("rebuild", "--check");

        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.out().lines().filter(line -> line.startsWith("  api_calls"))).containsExactlyInAnyOrder(
                "  api_calls \"claude:cost\": estimated_cost_usd is 0.4, and by the files 0.5",
                "  api_calls \"claude:source\": cost_source is \"reported\", and by the files \"calculated\"",
                "  api_calls \"claude:version\": price_version is null, and by the files \"2026-11-28\"",
                "  api_calls \"claude:usage\": usage is null, and by the files \"{\"agent\":\"claude\",\"agent_session\":\"s\"}\"",
                "  api_calls \"claude:task\": own_task_id is null, and by the files \"t\"");
        assertThat(answer.out()).contains("\n1 row of api_calls (own_session_id, own_task_id, price_version, usage) lacks what its line says there, because an older tac8 stored it.");
    }

    @Test
    void countsWhatIsTooMuchToList() throws Exception {
        home.drop("a.jsonl", Stream.iterate(1, i -> i + 1).limit(100).map(RebuildTest::event).toList());
        home.drain();
        change(home.database(), "UPDATE events SET message = message || '!'");

        Reader.Answered answer = reader.ask("rebuild", dir.resolve("new").toString(), "--check");

        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.out()).contains("\n100 differences between").endsWith("\n  and 80 more\n");
        assertThat(Home.query(dir.resolve("new/logs.db"), "SELECT count(*) FROM events WHERE message LIKE '%!'")).containsExactly("0");
    }

    @Test
    void readsTheArchiveOfTheFilesToo() throws Exception {
        deliver(Corpus.random(getClass()), 300);
        Map<String, List<String>> stored = home.tables();
        List<Path> done = home.done();
        archive("2026-08", done.get(0), true);
        archive("2026-08", done.get(1), true);
        archive("2026-09", done.get(2), true);
        // Its line is torn, and it has not been deleted: the service was killed.
        archive("2026-09", done.get(3), false);
        Files.writeString(events("2026-09/manifest.jsonl"), "{\"file\":\"" + done.get(3).getFileName(), StandardOpenOption.APPEND);
        // Somebody's own.
        Files.writeString(events("2026-09/notes.txt"), "no records");
        Files.writeString(events("notes.txt"), "no records");
        Files.createDirectories(events("mine"));

        Reader.Answered rebuilt = reader.ask("rebuild", dir.resolve("new").toString());

        assertThat(rebuilt.code()).as("%s", rebuilt).isZero();
        assertThat(rebuilt.out()).startsWith("files      5\n");
        home.ask(dir.resolve("new/logs.db"));
        Corpus.assertSame(home.tables(), stored);
        assertThat(reader.ask("rebuild", "--check").code()).isZero();
    }

    @Test
    void nothingIsRebuiltWithoutEveryArchivedFile() throws Exception {
        deliver(Corpus.random(getClass()), 100);
        Path archived = archive("2026-08", home.done().get(1), true);
        byte[] content = Files.readAllBytes(archived);

        Files.delete(archived);
        assertRefused(events("2026-08/manifest.jsonl") + " names " + archived.getFileName() + ", which is missing, so nothing is rebuilt:"
                + " put the file back from a backup");
        Files.write(archived, gzip("{\"type\":\"event\"}\n".getBytes(StandardCharsets.UTF_8)));
        assertRefused(archived + " is not what was acknowledged, its content has changed, so nothing is rebuilt: put the original back from"
                + " a backup");
        Files.write(archived, Arrays.copyOf(content, content.length / 2));
        assertRefused(archived + " cannot be read, so nothing is rebuilt: Unexpected end of ZLIB input stream");
        Files.write(archived, content);
        Files.writeString(events("2026-08/manifest.jsonl"), "torn\n{\"file\":\"x.jsonl.gz\"}\n", StandardOpenOption.APPEND);
        assertRefused("line 2 of " + events("2026-08/manifest.jsonl") + " cannot be read, so nobody knows which file it names, and nothing is"
                + " rebuilt: mend it, or take the line out if its file is there");
        Files.move(home.path("var/external"), home.path("var/gone"));
        assertRefused("archived event files lie on the external volume, and nothing is rebuilt without them: no tac8 volume is mounted at "
                + home.path("var/external") + " (there is no .tac8-volume): mount it, or make one with ./tac8 volume init "
                + home.path("var/external"));
    }

    @Test
    void nothingIsComparedWhileARunMovesRows() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();
        Path archive = Files.createDirectories(home.path("var/external/archive"));
        try (Closeable held = ArchiveLock.take(archive)) {
            assertThat(reader.ask("rebuild", "--check")).isEqualTo(new Reader.Answered(3, "", "tac8: the archive " + archive
                    + " is being written already; nothing else was begun\n"));
        }
        assertThat(reader.ask("rebuild", "--check").code()).isZero();
    }

    @Test
    void aFileThatSomebodyHasEditedInDoneIsNotTakenForWhatWasAcknowledged() throws Exception {
        home.drop("a.jsonl", event(1));
        home.drain();
        Files.writeString(home.done().get(0), event(2) + "\n");

        assertRefused(home.done().get(0) + " is not what was acknowledged, its content has changed, so nothing is rebuilt: put the original"
                + " back from a backup");
    }

    @Test
    void saysWhatIsWrongWithTheFolder() throws Exception {
        assertThat(reader.ask("rebuild", "--check")).isEqualTo(new Reader.Answered(1,
                "There is nothing to rebuild from: no file was ever acknowledged.\n", ""));
        home.drop("a.jsonl", event(1));
        home.drain();
        Files.createDirectories(dir.resolve("full/of"));

        assertThat(reader.ask("rebuild", dir.resolve("full").toString())).isEqualTo(new Reader.Answered(2, "",
                "tac8: " + dir.resolve("full") + " is not empty, so nothing is rebuilt into it: name a new folder\n"));
        assertThat(reader.ask("rebuild")).isEqualTo(new Reader.Answered(2, "", "tac8: rebuild needs a folder, or --check\n"
                + "tac8: tac8 rebuild --help says more\n"));
        Files.writeString(home.spool().resolve("done/notes.jsonl"), event(2));
        assertThat(reader.ask("rebuild", dir.resolve("new").toString()).out())
                .contains("1 file in spool/done was not acknowledged by tac8 and is left out, such as notes.jsonl\n");
    }

    @Test
    @Tag("process")
    @Tag("thorough")
    void findsNothingWhileTheServiceStoresAndAFileIsHalfStored() throws Exception {
        home.set("tac8.ingest.chunk-records", 20);
        service = home.command(List.of(), "run").redirectOutput(dir.resolve("log").toFile()).start();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        Random random = Corpus.random(getClass());
        Thread writer = new Thread(() -> {
            for (int i = 0; goesOn.get(); i++) {
                home.drop(i + ".jsonl", lines(Corpus.records(random, 100, false)));
                await().atMost(SOON).until(() -> home.waiting().size() < 3);
            }
        });
        await().atMost(SOON).until(() -> Files.isDirectory(home.spool().resolve("done")));
        writer.start();
        try {
            await().atMost(SOON).until(() -> home.done().size() > 1);

            for (int i = 0; i < 2; i++) {
                Home.Finished answer = home.run("rebuild", "--check");

                assertThat(answer.exitCode()).as(answer.output()).isZero();
                assertThat(answer.output()).contains("\nNot compared: what ").contains("\nEqual: ");
            }
        } finally {
            goesOn.set(false);
            writer.join();
        }
    }

    @Test
    @Tag("process")
    void whatIsArchivedIsComparedToo() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String time = "2026-0" + (5 + i % 4) + "-1" + i % 10 + "T10:00:00Z";
            lines.add(event(i).replace("2026-11-22T10:00:00Z", time));
            lines.add("{\"type\":\"worker\",\"timestamp\":\"" + time + "\",\"session_id\":\"s" + i % 7 + "\",\"worker_id\":\"w" + i % 11
                    + "\",\"task_id\":\"t" + i % 5 + "\",\"status\":\"" + (i % 2 == 0 ? "spawned" : "completed") + "\"}");
            lines.add("{\"type\":\"api_call\",\"id\":\"c" + i + "\",\"timestamp\":\"" + time + "\",\"worker_id\":\"w" + i % 13
                    + "\",\"model\":\"m\",\"estimated_cost_usd\":0.1}");
        }
        home.drop("a.jsonl", lines.subList(0, 150));
        home.drain();
        assertThat(home.run("archive").exitCode()).isZero();
        assertThat(home.query("SELECT count(*) FROM events WHERE record_id LIKE 'e%'")).containsExactly("0");
        home.drop("b.jsonl", lines.subList(120, 180));
        home.drain();

        Reader.Answered answer = reader.ask("rebuild", "--check");

        assertThat(answer.code()).as("%s", answer).isZero();
        change(home.path("var/external/archive/logs-2026-06.db"), "UPDATE events SET message = 'forged' WHERE record_id = 'e1'");
        assertThat(reader.ask("rebuild", "--check").out()).endsWith("\n1 difference between the stores and the files:\n"
                + "  events \"e1\": message is \"forged\", and by the files \"number 1\"\n");
        assertThat(reader.ask("backup", Files.createDirectory(dir.resolve("backup")).toString()).out()).contains("\nexternal/archive/logs-2026-05.db  ",
                "\nexternal/archive/logs-2026-06.db  ");
    }

    private void assertRefused(String reason) {
        Reader.Answered answer = reader.ask("rebuild", dir.resolve("new").toString());

        assertThat(answer).isEqualTo(new Reader.Answered(3, "", "tac8: " + reason + "\n"));
        assertThat(dir.resolve("new")).doesNotExist();
    }

    /** Files of random records, one of them twice, with bad lines, and has them stored. */
    private void deliver(Random random, int records) throws Exception {
        List<byte[]> files = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            file.writeBytes(lines(Corpus.records(random, records / 4, false)));
            file.writeBytes("no record\n".getBytes(StandardCharsets.UTF_8));
            files.add(file.toByteArray());
            home.drop(i + ".jsonl", file.toByteArray());
        }
        home.drop("again.jsonl", files.get(0));
        home.drop("last.jsonl", event(random.nextInt()));
        home.drain();
    }

    private static byte[] lines(List<Map<String, Object>> records) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (Map<String, Object> record : records) {
            file.writeBytes(Corpus.line(record));
            file.write('\n');
        }
        return file.toByteArray();
    }

    private Path events(String name) {
        return home.path("var/external/events").resolve(name);
    }

    /** Moves a file as the archive does; where it is not all done yet, without its line, and the original stays. */
    private Path archive(String month, Path done, boolean whole) throws Exception {
        byte[] content = Files.readAllBytes(done);
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        Path archived = events(month).resolve(done.getFileName().toString().replace(".jsonl", "-" + sha256.substring(0, 32) + ".jsonl.gz"));
        Files.createDirectories(archived.getParent());
        Files.write(archived, gzip(content));
        if (whole) {
            Files.writeString(archived.resolveSibling("manifest.jsonl"), "{\"path\":\"" + done + "\",\"folder\":\"" + done.getParent()
                    + "\",\"mtime\":\"2026-09-01T00:00:00Z\",\"archived\":\"2026-09-02T00:00:00Z\",\"bytes\":" + content.length
                    + ",\"sha256\":\"" + sha256 + "\",\"file\":\"" + archived.getFileName() + "\"}\n", StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            Files.delete(done);
        }
        return archived;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static void change(Path database, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database); Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
    }

    private void changeSchema(String from, String to) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.database()); Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA writable_schema = ON");
            statement.executeUpdate("UPDATE sqlite_schema SET sql = replace(sql, '" + from.replace("'", "''") + "', '" + to.replace("'", "''") + "')");
        }
        assertThat(home.query("SELECT sql FROM sqlite_schema WHERE name = 'events'").get(0).contains(to)).isTrue();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(home.path("var"))) {
            return files.filter(file -> !file.endsWith(".rebuild.lock")).sorted().toList();
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String event(int i) {
        return "{\"type\":\"event\",\"id\":\"e" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\","
                + "\"event_type\":\"e\",\"message\":\"number " + i + "\"}";
    }
}
