package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.Home;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page is answered by a process of its own, from the same questions as the commands. */
@Tag("process")
class PageTest {
    static final String[] RECORDS = {"{\"type\":\"session\",\"timestamp\":\"2026-11-22T09:00:00Z\",\"session_id\":\"s1\",\"status\":\"started\"}",
            "{\"type\":\"task\",\"timestamp\":\"2026-11-22T09:00:01Z\",\"session_id\":\"s1\",\"task_id\":\"gh-1\",\"status\":\"active\",\"title\":\"<script>alert(1)</script> & more\"}",
            "{\"type\":\"task\",\"timestamp\":\"2026-11-22T23:30:00Z\",\"session_id\":\"s1\",\"task_id\":\"a b&c?d\",\"status\":\"failed\"}"};

    @TempDir
    private Path dir;
    private Home home;
    private PageReader site;

    @BeforeEach
    void start() throws Exception {
        home = new Home(dir);
        site = PageReader.of(home);
        home.start();
        home.drop("a.jsonl", RECORDS);
        home.awaitDrained();
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void anotherProcessAnswersWhenItWasKilled() throws Exception {
        site.get("/tasks");
        List<ProcessHandle> first = processes();
        assertThat(first).hasSize(1);

        first.get(0).destroyForcibly();
        Awaitility.await().until(() -> !first.get(0).isAlive());

        assertThat(site.get("/tasks").statusCode()).isEqualTo(200);
        home.close();
        Awaitility.await().untilAsserted(() -> assertThat(processes()).isEmpty());
    }

    @Test
    void anotherProcessAnswersAfterAnEditOfSettingsAndTheFormerEnds() throws Exception {
        home.close();
        try (Site service = new Site(Files.createDirectories(dir.resolve("other"))).start()) {
            service.get("/tasks");
            List<ProcessHandle> first = pagesOf(service);
            assertThat(first).hasSize(1);
            List<Integer> statuses = new ArrayList<>();

            service.home().edit("application.properties", "tac8.http.answer-seconds=10", "tac8.http.answer-seconds=21");

            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                statuses.add(service.get("/tasks").statusCode());
                return !first.get(0).isAlive();
            });
            assertThat(statuses).containsOnly(200);
            assertThat(pagesOf(service)).hasSize(1).isNotEqualTo(first);
        }
    }

    @Test
    void anArchiveOfClassesThatDoesNotFitIsPassedOver() throws Exception {
        Path jar = Files.copy(Path.of("target/tac8.jar"), dir.resolve("elsewhere.jar"));
        Path archive = dir.resolve("elsewhere.jsa");
        // Java makes it at the end, also of a class that is no program.
        new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:ArchiveClassesAtExit=" + archive, "-cp", jar.toString(), Text.class.getName())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        assertThat(archive).exists();
        home.close();
        try (Site service = new Site(Files.createDirectories(dir.resolve("other"))).start("-XX:SharedArchiveFile=" + archive)) {
            assertThat(service.get("/tasks").statusCode()).isEqualTo(200);
        }
    }

    private static List<ProcessHandle> pagesOf(Site service) {
        return ProcessHandle.current().descendants().filter(process -> process.info().commandLine().orElse("").matches(".*PageProcess " + service.home().path("") + "/?(?: .*)?")).toList();
    }

    @Test
    void whoeverReadsSlowlyKeepsNobodyFromAsking() throws Exception {
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            calls.add("{\"type\":\"api_call\",\"id\":\"c" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w1\",\"model\":\"" + "m".repeat(200) + "\"}");
        }
        home.drop("calls.jsonl", calls);
        home.awaitDrained();
        List<InputStream> slow = new ArrayList<>();
        try {
            // As many as questions are asked at once.
            for (int i = 0; i < 3; i++) {
                slow.add(new URL(site.url("/calls.csv?limit=50000")).openStream());
                slow.get(i).readNBytes(1000);
            }
            assertThat(site.get("/tasks").statusCode()).isEqualTo(200);
            for (InputStream answer : slow) {
                assertThat(new String(answer.readAllBytes(), StandardCharsets.UTF_8).lines()).as("none of them was cut off first").hasSizeGreaterThan(29_990);
            }
        } finally {
            for (InputStream one : slow) {
                one.close();
            }
        }
    }

    @Test
    void whatHasComeOfAnAnswerIsNotTakenForAllOfItIfItsProcessDies() throws Exception {
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            calls.add("{\"type\":\"api_call\",\"id\":\"c" + i + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w1\",\"model\":\"m\",\"estimated_cost_usd\":0.5}");
        }
        home.drop("calls.jsonl", calls);
        home.awaitDrained();
        URL all = new URL(site.url("/calls.csv?limit=50000"));
        try (InputStream whole = all.openStream()) {
            assertThat(new String(whole.readAllBytes(), StandardCharsets.UTF_8)).hasLineCount(30_001);
        }
        try (InputStream cut = all.openStream()) {
            cut.readNBytes(1000);
            processes().forEach(ProcessHandle::destroyForcibly);

            assertThatThrownBy(cut::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatNobodyCanReadIsNotSaidNotToBeThere() throws Exception {
        home.close();
        home = new Home(dir);
        site = PageReader.of(home);
        home.start();
        Files.move(home.path("var/external"), home.path("var/away"));

        assertThat(site.get("/task.json?id=nope").statusCode()).isEqualTo(503);
        HttpResponse<String> csv = site.get("/tasks.csv");
        assertThat(csv.statusCode()).isEqualTo(503);
        assertThat(csv.body()).contains("the external store is not available").endsWith("says what is missing\n");
        assertThat(site.get("/tasks.json").body()).contains("\"missing\" : [ \"the external store is not available");
        Files.move(home.path("var/away"), home.path("var/external"));
        assertThat(site.get("/task.json?id=nope").statusCode()).isEqualTo(404);
    }

    @Test
    void oneIsNoPlural() throws Exception {
        String now = Instant.now().toString();
        home.drop("one.jsonl", "{\"type\":\"worker\",\"timestamp\":\"" + now + "\",\"session_id\":\"s1\",\"task_id\":\"gh-1\",\"worker_id\":\"w1\",\"status\":\"failed\",\"exit_code\":1}",
                "{\"type\":\"api_call\",\"id\":\"c1\",\"timestamp\":\"" + now + "\",\"session_id\":\"s1\",\"task_id\":\"gh-1\",\"worker_id\":\"w1\",\"model\":\"m\"}");
        home.awaitDrained();

        for (String view : List.of("/", "/worker?id=w1", "/task?id=gh-1", "/session?id=s1", "/tasks", "/stores")) {
            assertThat(site.get(view).body()).as(view).doesNotContainPattern("\\b1 (calls|tasks|workers|attempts|rows|files|lines)\\b");
        }
        assertThat(site.get("/task?id=gh-1").body()).contains("data-unit=\"call\">1<");
        assertThat(site.get("/worker?id=w1").body()).contains("cost over time, 1 call in all");
        assertThat(site.get("/").body()).contains(": unknown, 1 call, 1 without a cost");
    }

    @Test
    void aDamagedDatabaseIsNamedWithWhatToDo() throws Exception {
        Path database = home.path("var/external/logs.db");
        byte[] bytes = Files.readAllBytes(database);
        Arrays.fill(bytes, 4096, bytes.length, (byte) 0);
        Files.write(database, bytes);

        assertThat(site.get("/tasks.json").body()).isEqualTo("sql/query/tasks.sql failed: database disk image is malformed (SQLITE_CORRUPT), in " + database
                + "; a start of ./tac8 run sets a damaged database aside, and ./tac8 rebuild makes it again\n");
    }

    @Test
    void whatIsMissingIsSaidOnceOnAPage() throws Exception {
        Files.move(home.path("var/external"), home.path("var/away"));

        for (String view : List.of("/", "/stores", "/archive")) {
            assertThat(site.get(view).body().split("no tac8 volume is mounted", -1)).as(view).hasSize(2);
        }
        assertThat(site.get("/stores").body()).containsPattern("data-head=\"state\"[^>]*>cannot be read");
        assertThat(site.get("/stores.json").body()).contains("\"state\" : \"no tac8 volume is mounted");
        assertThat(site.get("/archive").body()).contains("Nothing has been archived yet, in what can be read.");
        assertThat(site.get("/tasks").body()).contains("There is no task.");
    }

    @Test
    void whereNothingIsStoredYetThePageSaysSoAsTheCommandsDo() throws Exception {
        home.close();
        Home other = new Home(Files.createDirectories(dir.resolve("other")));
        PageReader its = PageReader.of(other);
        try (other) {
            other.start();

            assertThat(its.get("/tasks").body()).contains("<p class=\"nothing\">There is no task yet.</p>");
            assertThat(its.get("/events").body()).contains("<p class=\"nothing\">There is no event yet.</p>");
            assertThat(its.get("/tasks?status=failed").body()).contains("There is no such task.");
            assertThat(its.get("/tasks?last=7d").body()).contains("There is no task in that time.");
            assertThat(other.run("tasks").output()).isEqualTo("There is no task yet.\n");
        }
    }

    private List<ProcessHandle> processes() {
        return ProcessHandle.current().children().filter(child -> child.info().commandLine().orElse("").contains(dir.toString())).toList();
    }
}
