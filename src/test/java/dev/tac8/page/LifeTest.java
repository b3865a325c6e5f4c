package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A task's life, a worker and what it said, as pages, on the example files. */
@Tag("process")
class LifeTest {
    private static final String TURN = "{\"type\":\"assistant\",\"timestamp\":\"2026-11-22T09:%02d:%02dZ\",\"uuid\":\"u%3$d\",\"message\":{\"id\":\"msg_%3$d\",\"content\":["
            + "{\"type\":\"text\",\"text\":\"Step %3$d: <script>alert(1)</script>\"},{\"type\":\"tool_use\",\"id\":\"t%3$d\",\"name\":\"Bash\",\"input\":{\"command\":\"run %3$d\"}}]}}";

    @TempDir
    private static Path dir;
    private static Home home;
    private static PageReader site;

    @BeforeAll
    static void start() throws Exception {
        home = new Home(dir.toRealPath());
        site = PageReader.of(home);
        Files.createDirectories(home.path("logs"));
        Files.copy(Path.of("examples/logs/gh-451.jsonl"), home.path("logs/gh-451.jsonl"));
        StringBuilder talk = new StringBuilder();
        for (int i = 0; i < 120; i++) {
            talk.append(String.format(TURN, i / 60, i % 60, i)).append('\n');
        }
        Files.writeString(home.path("logs/long.jsonl"), talk + "{\"type\":\"user\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"message\":{\"content\":\"" + "Needle ".repeat(1000) + "\"}}\n");
        home.start();
        try (Stream<Path> files = Files.list(Path.of("examples"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".jsonl")).toList()) {
                home.drop(file.getFileName().toString(), Files.readAllLines(file).toArray(String[]::new));
            }
        }
        home.drop("more.jsonl", "{\"type\":\"worker\",\"timestamp\":\"2026-11-22T09:00:00Z\",\"session_id\":\"s2\",\"task_id\":\"gh-9\",\"worker_id\":\"w-long\",\"status\":\"spawned\","
                + "\"log_file\":\"logs/long.jsonl\"}", "{\"type\":\"task\",\"timestamp\":\"2026-11-22T09:00:00Z\",\"session_id\":\"s2\",\"task_id\":\"gh-9\",\"status\":\"active\","
                + "\"title\":\"<b>bold</b>\"}", "{\"type\":\"api_call\",\"id\":\"claude:msg_77\",\"timestamp\":\"2026-11-22T09:01:17Z\",\"session_id\":\"s2\",\"task_id\":\"gh-9\","
                + "\"worker_id\":\"w-long\",\"model\":\"m\",\"estimated_cost_usd\":0.0123}",
                "{\"type\":\"worker\",\"timestamp\":\"2026-11-22T09:00:00Z\",\"session_id\":\"s2\",\"task_id\":\"gh-9\",\"worker_id\":\"w-gone\",\"status\":\"spawned\","
                + "\"log_file\":\"logs/gone.jsonl\"}");
        home.awaitDrained();
    }

    @AfterAll
    static void stop() {
        home.close();
    }

    private static String get(String path) throws Exception {
        HttpResponse<String> answer = site.get(path);
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static List<String> all(String regex, String text) {
        return Pattern.compile(regex).matcher(text).results().map(found -> found.group(1)).toList();
    }

    @Test
    void theDocumentsAreThoseOfTheCommands() throws Exception {
        assertThat(get("/task.json?id=gh-451")).isEqualTo(home.run("task", "gh-451", "--json").output());
        assertThat(get("/task.csv?id=gh-451")).isEqualTo(csv("task", "gh-451"));
        assertThat(get("/why.json?id=gh-451")).isEqualTo(home.run("why", "gh-451", "--json").output());
        assertThat(get("/why.csv?id=gh-451")).isEqualTo(csv("why", "gh-451"));
        assertThat(get("/worker.json?id=w-def456")).isEqualTo(home.run("worker", "w-def456", "--json").output());
        assertThat(get("/worker.csv?id=w-def456")).isEqualTo(csv("worker", "w-def456"));
    }

    /** Without what it says on standard error. */
    private static String csv(String command, String id) throws Exception {
        return home.run(command, id, "--csv").output().replaceAll("(?m)^tac8: .*\n", "");
    }

    @Test
    void whatIsNotThereIsNotFoundAndTheNearestIsNamed() throws Exception {
        for (String path : List.of("/task?id=gh-45", "/why?id=gh-45")) {
            assertThat(site.get(path).statusCode()).isEqualTo(404);
            assertThat(site.get(path).body()).contains("<h1>Not found</h1>", "There is no task gh-45; did you mean gh-450?");
        }
        assertThat(site.get("/worker?id=w-d").statusCode()).isEqualTo(404);
        assertThat(site.get("/worker?id=w-d").body()).contains("<h1>Not found</h1>", "There is no worker w-d; did you mean w-def456?");
        assertThat(site.get("/conversation?worker=w-def45").statusCode()).isEqualTo(404);
        assertThat(site.get("/conversation?worker=w-def45").body()).contains("There is no worker w-def45; did you mean w-def456?");
        assertThat(site.get("/task.json?id=gh-45").statusCode()).isEqualTo(404);
        assertThat(site.get("/task").statusCode()).isEqualTo(400);
    }

    @Test
    void thePictureHasALaneForEachAttemptWithItsFiguresAndEachMarkLeadsSomewhere() throws Exception {
        String page = get("/task?id=gh-451&zone=UTC");

        assertThat(all("class=\"lane lane-(\\w+)\"", page)).containsExactly("failed", "completed");
        assertThat(all("<rect class=\"(bar[ \\w]*)\"", page)).containsExactly("bar wasted", "bar");
        assertThat(page).contains("attempt 1 · w-def456 · failed · 9 min 21 s · $0.3508 · exit -9 · wasted")
                .contains("attempt 2 · w-0a1b2c · completed · 49 min 59 s · ≥ $0.4802 · exit 0");
        List<String> heights = all("<rect class=\"bar[^>]*height=\"(\\d+)\"", page);
        assertThat(heights).containsExactly("16", "22");
        List<String> rows = all("<tr id=\"(s\\d+)\"", page);
        assertThat(rows).hasSize(11);
        assertThat(all("href=\"#(s\\d+)\"", page)).isNotEmpty().allMatch(rows::contains);
        assertThat(page).contains("09:22:02 error: Worker was killed: out of memory (error OOM, rss_mb 8123)", "href=\"/worker?id=w-def456\"",
                "href=\"/conversation?worker=w-def456&amp;at=2026-11-22T09%3A22%3A02", "/events?type=error&amp;since=2026-11-22T09%3A22%3A02");
    }

    @Test
    void theStoryAndTheTotalsAreThoseOfWhy() throws Exception {
        String page = get("/task?id=gh-451&zone=UTC");
        String why = home.run("why", "gh-451", "--zone", "UTC").output();

        for (String time : all("(?m)^(2026-11-22 \\d\\d:\\d\\d:\\d\\d)", why)) {
            assertThat(page).contains(time);
        }
        assertThat(all("<td class=\"words\" role=\"cell\">([^<]*?) *<", page)).hasSize(11)
                .allMatch(text -> why.lines().anyMatch(line -> line.endsWith(" " + text.replace("&#34;", "\""))));
        for (String figure : List.of("≥ $0.8310", "$0.3508", "1 h 47 min")) {
            assertThat(why).contains(figure);
            assertThat(page).contains("<dd>" + figure + "</dd>");
        }
        assertThat(page).contains("1 call without a cost: what it cost is not in the sums.");
    }

    @Test
    void anEventIsFoundAtTheLinkOfItsLine() throws Exception {
        List<String> links = all("href=\"(/events[?]type=error[^\"]*)\"", get("/task?id=gh-451"));

        assertThat(links).hasSize(1);
        assertThat(get(links.get(0).replace("&amp;", "&"))).contains("Worker was killed: out of memory");
    }

    @Test
    void aTaskThatRunsHasAnOpenEnd() throws Exception {
        String page = get("/task?id=gh-9");

        assertThat(page).contains("lane-running", ">now</text>", " so far · ").contains("&lt;b&gt;bold&lt;/b&gt;").doesNotContain("<b>bold");
    }

    @Test
    void aWorkerHasTheCourseOfItsCalls() throws Exception {
        String page = get("/worker?id=w-def456&zone=UTC");

        assertThat(page).contains("What the calls of w-def456 cost over time, $0.3508 in all", "href=\"/conversation?worker=w-def456\"", "href=\"/task?id=gh-451\"");
        assertThat(all("<td>2026-11-22 09:\\d\\d:\\d\\d</td><td class=\"number\">(\\d+)</td>", page)).containsExactly("1", "2", "3", "4", "5", "6", "7", "8", "9");
        assertThat(all("<td class=\"number\">(\\$0\\.\\d+)</td></tr>", page)).contains("$0.3508");
    }

    @Test
    void aConversationIsReadByWindows() throws Exception {
        String first = get("/conversation?worker=w-long");
        assertThat(all("id=\"t(\\d+)\"", first)).hasSize(50).startsWith("1").endsWith("50");
        assertThat(first).doesNotContain("class=\"older\"").doesNotContain("<script>alert").contains("&lt;script&gt;alert(1)&lt;/script&gt;");

        String last = get(all("class=\"newer\"><a href=\"([^\"]+)\"", get("/conversation?worker=w-long&from=51")).get(0).replace("&amp;", "&"));
        assertThat(all("id=\"t(\\d+)\"", last)).hasSize(21).startsWith("101").endsWith("121");
        assertThat(last).doesNotContain("class=\"newer\"").contains("121 messages (1 user, 120 assistant), 120 tool calls, 0 errors", "from=51");
    }

    @Test
    void oneJumpsToATimeOrACallWithItsCost() throws Exception {
        String time = get("/conversation?worker=w-long&at=2026-11-22T09:01:17.4Z");
        assertThat(all("class=\"turn turn-assistant here\" id=\"t(\\d+)\"", time)).containsExactly("78");
        assertThat(all("id=\"t(\\d+)\"", time)).startsWith("75");

        for (String call : List.of("claude:msg_77", "msg_77", "claude:msg_77:1", "claude:line:u77")) {
            String page = get("/conversation?worker=w-long&call=" + call);
            assertThat(all("class=\"turn turn-assistant here\" id=\"t(\\d+)\"", page)).as(call).containsExactly("78");
            assertThat(page).contains("$0.0123");
        }
        assertThat(get("/conversation?worker=w-long&call=other")).contains("No turn has the message other");
    }

    @Test
    void whatIsLookedForIsCountedLinkedAndMarked() throws Exception {
        String page = get("/conversation?worker=w-long&find=STEP%201");
        assertThat(page).contains("31 hits in 31 turns:").contains("<mark>Step 1</mark>");
        assertThat(all("<li value=\"(\\d+)\"", page)).hasSize(31).startsWith("2", "11");

        assertThat(get("/conversation?worker=w-long&find=needle")).contains("1,000 hits in 1 turn:");
        assertThat(get("/conversation?worker=w-long&find=%3Cscript%3Ealert(2)")).contains("Nothing is found.").doesNotContain("<script>alert");
    }

    @Test
    void aLongPieceIsCutAndThereAsAWhole() throws Exception {
        String page = get("/conversation?worker=w-long&from=121");
        assertThat(page).contains("7,000 characters in all.");

        String whole = get(all("<a href=\"([^\"]*part=121.1[^\"]*)\"", page).get(0).replace("&amp;", "&"));
        assertThat(Pattern.compile("Needle").matcher(whole).results().count()).isEqualTo(1000);
        assertThat(site.get("/conversation?worker=w-long&part=999.1").body()).contains("there is no part 999.1 in this conversation");
    }

    @Test
    void whyThereIsNoConversationIsSaidAsByTheCommand() throws Exception {
        String said = home.run("worker", "w-gone", "--show-conversation").output();

        assertThat(said).contains("there is no conversation logs/gone.jsonl");
        assertThat(get("/conversation?worker=w-gone")).contains(said.strip().replaceFirst("(?s).*tac8: there", "There").replace("'", "&#39;") + ".");
    }
}
