package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page answers, by one service: none of these tests minds what another has stored. */
@Tag("process")
class PageAnswersTest {
    @TempDir
    private static Path dir;
    private static Home home;
    private static PageReader site;

    @BeforeAll
    static void start() throws Exception {
        home = new Home(dir);
        site = PageReader.of(home);
        home.start();
        home.drop("a.jsonl", PageTest.RECORDS);
        home.awaitDrained();
    }

    @AfterAll
    static void stop() {
        home.close();
    }

    @Test
    void aViewHasTheDocumentOfTheCommand() throws Exception {
        assertThat(site.get("/tasks.json").body()).isEqualTo(home.run("tasks", "--json").output());
        assertThat(site.get("/tasks.csv?status=failed").body()).isEqualTo(home.run("tasks", "--csv", "--status", "failed").output()).contains("a b&c?d");
    }

    @Test
    void textIsText() throws Exception {
        assertThat(site.get("/tasks").body()).contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more").doesNotContain("<script>alert")
                .contains("href=\"/task?id=a%20b%26c%3Fd\"");
    }

    @Test
    void timesAreTheReaders() throws Exception {
        assertThat(site.get("/tasks?zone=Asia/Tokyo").body()).contains("2026-11-23 08:30:00");
        assertThat(site.get("/tasks", "Cookie", "a=b; tac8-zone=Asia/Tokyo").body()).contains("2026-11-23 08:30:00").contains("data-zone=\"Asia/Tokyo\"");
        home.drop("r.jsonl", "{\"type\":\"event\",\"id\":\"r1\",\"timestamp\":\"2026-11-22T23:30:00Z\",\"session_id\":\"tac8\",\"event_type\":\"archive\",\"message\":\"Archived nothing.\"}");
        home.awaitDrained();
        assertThat(site.get("/stores?zone=Asia/Tokyo").body()).contains("2026-11-23 08:30:00, ");
        assertThat(site.get("/stores.json?zone=Asia/Tokyo").body()).contains("2026-11-22T23:30:00Z, ");
    }

    @Test
    void whatIsAskedWronglyIsOneSentence() throws Exception {
        HttpResponse<String> answer = site.get("/tasks.json?statsu=failed");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("tasks has no option --statsu\n");
        assertThat(site.get("/tasks?status=broken").body()).contains("--status is \"broken\"; it must be detected, active, completed or failed").contains("<form");
    }

    @Test
    void costsThatNoNumberHoldsTogetherTakeNoPageAway() throws Exception {
        String now = Instant.now().toString();
        home.drop("much.jsonl", "{\"type\":\"api_call\",\"id\":\"c1\",\"timestamp\":\"" + now + "\",\"worker_id\":\"w1\",\"model\":\"m\",\"estimated_cost_usd\":1e308}",
                "{\"type\":\"api_call\",\"id\":\"c2\",\"timestamp\":\"" + now + "\",\"worker_id\":\"w1\",\"model\":\"m\",\"estimated_cost_usd\":1.7e308}");
        home.awaitDrained();

        for (String view : List.of("/", "/overview.json", "/overview.csv", "/?day=2026-11-22", "/worker?id=w1", "/calls")) {
            HttpResponse<String> answer = site.get(view);
            assertThat(answer.statusCode()).as(view).isEqualTo(200);
            assertThat(answer.body()).as(view).doesNotContain("NaN").doesNotContain("Infinity");
        }
    }

    @Test
    void whatIsAskedWronglyIsNamed() throws Exception {
        home.drop("w.jsonl", "{\"type\":\"worker\",\"timestamp\":\"2026-11-22T09:01:00Z\",\"session_id\":\"s1\",\"task_id\":\"gh-1\",\"worker_id\":\"w1\",\"status\":\"spawned\",\"log_file\":\"w1.jsonl\"}");
        home.awaitDrained();
        Files.createDirectories(home.path("logs"));
        Files.writeString(home.path("logs/w1.jsonl"), "{\"type\":\"user\",\"timestamp\":\"2026-11-22T09:01:00Z\",\"message\":{\"role\":\"user\",\"content\":\"hi\"}}\n");

        assertThat(site.get("/conversation?worker=w1&at=noon").body()).contains("at is \"noon\"; it must be a day");
        assertThat(site.get("/events?limit=0").body()).contains("--limit is \"0\"; it must be a whole number");
        assertThat(site.get("/tasks?completed_today=no").body()).contains("--completed-today is \"no\"; it must be true, or not given");
        assertThat(site.get("/events.json?today=false").body()).isEqualTo("--today is \"false\"; it must be true, or not given\n");
        assertThat(site.get("/tasks.json?completed_today=true").statusCode()).isEqualTo(200);
    }

    @Test
    void pagesAreCountedFromOne() throws Exception {
        assertThat(site.get("/tasks?page=0").statusCode()).isEqualTo(400);
        assertThat(site.get("/tasks?page=1").statusCode()).isEqualTo(200);
    }
}
