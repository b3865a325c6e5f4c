package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lists of the page: the same as the commands, filtered, sorted, summed up, window by window. */
@Tag("process")
class ListsTest {
    private static final long SEED = Long.getLong("tac8.test.seed", 20_261_122L);
    private static final int EVENTS = 330;
    private static final Pattern KEY = Pattern.compile("data-key=\"([^\"]*)\"");

    /** An event as it was delivered. */
    private record Event(String time, String id) {
    }

    @TempDir
    private static Path dir;
    private static Home home;
    private static PageReader site;
    private static final List<Event> EVENTS_THERE = new ArrayList<>();
    private static BigDecimal cost = BigDecimal.ZERO;

    @BeforeAll
    static void start() throws Exception {
        System.out.println("ListsTest: -Dtac8.test.seed=" + SEED);
        Random random = new Random(SEED);
        home = new Home(dir);
        site = PageReader.of(home);
        home.start();
        List<String> lines = new ArrayList<>(List.of("{\"type\":\"session\",\"timestamp\":\"2026-11-22T09:00:00Z\",\"session_id\":\"s1\",\"status\":\"started\"}"));
        for (int i = 1; i <= 7; i++) {
            lines.add("{\"type\":\"task\",\"timestamp\":\"2026-11-22T09:00:0" + i + "Z\",\"session_id\":\"s1\",\"task_id\":\"t" + i + "\",\"status\":\"" + (i == 3 ? "failed" : "active") + "\"}");
            lines.add("{\"type\":\"worker\",\"timestamp\":\"2026-11-22T09:01:0" + i + "Z\",\"session_id\":\"s1\",\"task_id\":\"t" + i + "\",\"worker_id\":\"w" + i + "\",\"status\":\"spawned\"}");
            BigDecimal each = BigDecimal.valueOf(random.nextInt(1, 9_000), 4);
            cost = cost.add(each);
            lines.add("{\"type\":\"api_call\",\"id\":\"c" + i + "\",\"timestamp\":\"2026-11-22T09:02:0" + i + "Z\",\"session_id\":\"s1\",\"task_id\":\"t" + i + "\",\"worker_id\":\"w" + i
                    + "\",\"model\":\"m\",\"tokens_input\":" + i + ",\"tokens_output\":1,\"estimated_cost_usd\":" + each + "}");
        }
        for (int i = 0; i < EVENTS; i++) {
            // Many at the same time, so that no window can begin between two times.
            String time = "2026-11-22T1" + random.nextInt(3) + ":00:00.000Z";
            String severity = List.of("debug", "info", "warning", "error").get(random.nextInt(4));
            EVENTS_THERE.add(new Event(time, "e" + i));
            lines.add("{\"type\":\"event\",\"id\":\"e" + i + "\",\"timestamp\":\"" + time + "\",\"session_id\":\"s1\",\"event_type\":\"" + (i % 5 == 0 ? "decision" : "note") + "\",\"severity\":\"" + severity
                    + "\",\"context_type\":\"task\",\"context_id\":\"t" + (1 + i % 7) + "\",\"message\":\"" + (i == 17 ? "Needle <b>in</b> a haystack" : "note " + i) + "\",\"details\":{\"reason\":\"<i>r" + i + "</i>\"}}");
        }
        lines.add("no record <script>alert(1)</script>");
        home.drop("a.jsonl", lines.toArray(String[]::new));
        home.awaitDrained();
    }

    @AfterAll
    static void stop() {
        if (home != null) {
            home.close();
        }
    }

    private static String get(String path) throws Exception {
        HttpResponse<String> answer = site.get(path);
        assertThat(answer.statusCode()).as("%s says %s", path, answer.body()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void eachListHasTheDocumentOfItsCommand() throws Exception {
        assertThat(get("/workers.json?task=t2")).isEqualTo(home.run("workers", "--task", "t2", "--json").output()).contains("\"w2\"");
        assertThat(get("/calls.csv?worker=w3")).isEqualTo(home.run("calls", "--worker", "w3", "--csv").output()).contains(",c3");
        assertThat(get("/events.json?text=NEEDLE")).isEqualTo(home.run("events", "--text", "NEEDLE", "--json").output()).contains("haystack");
        assertThat(get("/quarantine.json")).isEqualTo(home.run("quarantine", "list", "--json").output()).contains("alert(1)");
        assertThat(get("/question.json?name=cost&by=task")).isEqualTo(home.run("cost", "--by", "task", "--json").output()).contains("t7");
    }

    @Test
    void aQuestionOfAnOperatorHasAPage() throws Exception {
        Files.writeString(home.path("sql/query/dear-tasks.sql"), "-- Lists what is dear.\n-- Example: ./tac8 dear-tasks\n-- Option --model NAME: Only of a model.\n"
                + "SELECT model, count(*) AS calls, sum(estimated_cost_usd) AS cost_usd FROM api_calls WHERE 1\n  AND model = :model -- if model\nGROUP BY model\n");

        assertThat(get("/question?name=dear-tasks")).contains("<h1>Dear tasks</h1>", "What is dear.", "name=\"model\"", "<td role=\"cell\" data-head=\"calls\" class=\"number\">7");
        assertThat(get("/find?text=dear")).contains("href=\"/question?name=dear-tasks\"");
        assertThat(site.get("/question?name=chosen-calls").statusCode()).isEqualTo(400);
        assertThat(site.get("/question?name=..%2Fingest%2Fjoin-tasks").statusCode()).isEqualTo(400);
    }

    @Test
    void aListIsSortedByTheServer() throws Exception {
        assertThat(ids("/tasks?sort=task_id")).containsExactly("t1", "t2", "t3", "t4", "t5", "t6", "t7");
        assertThat(ids("/tasks?sort=-task_id")).containsExactly("t7", "t6", "t5", "t4", "t3", "t2", "t1");
        List<String> byCost = new ArrayList<>(home.run("sql", "SELECT own_task_id FROM api_calls ORDER BY estimated_cost_usd DESC, own_task_id DESC", "--csv").output().lines().skip(1).toList());
        assertThat(ids("/tasks?sort=-cost_usd")).isEqualTo(byCost);
        assertThat(site.get("/tasks?sort=colour").body()).contains("there is no column colour to sort by");
        assertThat(site.get("/tasks?sort=colour").statusCode()).isEqualTo(400);
        assertThat(get("/tasks?sort=-cost_usd")).contains("aria-sort=\"descending\"").contains("href=\"/tasks?sort=cost_usd\"");
    }

    private static List<String> ids(String path) throws Exception {
        return Pattern.compile("href=\"/task\\?id=(t\\d)\"").matcher(get(path)).results().map(found -> found.group(1)).distinct().toList();
    }

    @Test
    void aSumIsThatOfItsRows() throws Exception {
        String page = get("/tasks");
        String foot = page.substring(page.indexOf("<tfoot"));
        BigDecimal sum = Pattern.compile("\\$([0-9.]+)").matcher(foot).results().map(found -> new BigDecimal(found.group(1))).findFirst().orElseThrow();

        assertThat(foot).contains("Sum of 7");
        assertThat(sum).isEqualByComparingTo(cost.setScale(sum.scale(), RoundingMode.HALF_UP));
        assertThat(get("/tasks?status=failed")).doesNotContain("<tfoot");
    }

    @Test
    void numbersLeadToWhatTheyAreMadeOf() throws Exception {
        assertThat(get("/tasks")).contains("href=\"/calls?task=t4\"", "href=\"/workers?task=t4\"");
        assertThat(get("/calls?task=t4")).contains("href=\"/worker?id=w4\"").doesNotContain("id=w5");
        assertThat(get("/sessions")).contains("href=\"/session?id=s1\"", "href=\"/tasks?session=s1\"");
        assertThat(get("/session?id=s1")).contains("Session s1", "href=\"/events?session=s1\"", "href=\"/task?id=t7\"");
        HttpResponse<String> absent = site.get("/session?id=s2");
        assertThat(absent.statusCode()).isEqualTo(404);
        assertThat(absent.body()).contains("<h1>Not found</h1>", "There is no session s2; did you mean s1?");
    }

    @Test
    void aParameterThatMeansNothingIsRefused() throws Exception {
        for (String view : List.of("/", "/stores", "/archive", "/quarantine", "/find", "/task?id=t1", "/worker?id=w1", "/session?id=s1", "/conversation?worker=w1")) {
            HttpResponse<String> answer = site.get(view + (view.contains("?") ? "&" : "?") + "statsu=failed");
            assertThat(answer.statusCode()).as(view).isEqualTo(400);
            assertThat(answer.body()).as(view).contains(view.split("[?]")[0] + " has no parameter statsu; it has ");
            assertThat(site.get(view + (view.contains("?") ? "&" : "?") + "zone=UTC").statusCode()).as(view).isEqualTo(200);
        }
        assertThat(site.get("/question?name=cost&statsu=failed").body()).contains("cost has no option --statsu");
        assertThat(site.get("/quarantine.json?limit=many").body()).isEqualTo("limit must be a whole number from 1 to 999999999\n");
    }

    @Test
    void aReaderIsShownTheMenuWhereThereIsNoPageAndAProgramIsToldInText() throws Exception {
        HttpResponse<String> page = site.get("/tasks/<t1>".replace("<", "%3C").replace(">", "%3E"), "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(page.body()).contains("<h1>Not found</h1>", "There is no page /tasks/%3Ct1%3E.", "href=\"/workers\"");

        for (String[] program : new String[][] {{"/task/t1", "Accept", "*/*"}, {"/task/t1.json", "Accept", "text/html"}, {"/task/t1"}}) {
            HttpResponse<String> text = site.get(program[0], List.of(program).subList(1, program.length).toArray(String[]::new));
            assertThat(text.statusCode()).isEqualTo(404);
            assertThat(text.body()).isEqualTo("nothing answers here\n");
        }
    }

    @Test
    void whatAListIsFilteredByCanBeTakenAway() throws Exception {
        assertThat(get("/tasks?status=failed&sort=-cost_usd&last=7d")).contains("<option value=\"failed\" selected>", "Take away: Status: failed", "href=\"/tasks?sort=-cost_usd&amp;last=7d\"",
                "<input type=\"hidden\" name=\"sort\" value=\"-cost_usd\">", "<input type=\"hidden\" name=\"last\" value=\"7d\">");
        assertThat(get("/tasks?last=7d&since=2026-11-22")).contains("t3");
    }

    @Test
    void theEventsAreSeenOnceWindowByWindow() throws Exception {
        List<Event> newest = EVENTS_THERE.stream().sorted(Comparator.comparing(Event::time).thenComparing(Event::id).reversed()).toList();
        List<String> expected = newest.stream().map(Event::id).toList();
        List<List<String>> windows = new ArrayList<>();
        String url = "/events?limit=100";
        String last = url;
        while (url != null) {
            String page = get(url);
            windows.add(keys(page));
            last = url;
            url = link(page, "next");
        }
        assertThat(windows.stream().flatMap(List::stream).toList()).isEqualTo(expected);
        assertThat(windows).hasSize(4);
        assertThat(IntStream.range(0, 3).mapToObj(windows::get).toList()).allSatisfy(window -> assertThat(window).hasSize(100));

        List<String> back = new ArrayList<>(windows.get(3));
        for (url = link(get(last), "prev"); url != null; url = link(get(url), "prev")) {
            back.addAll(0, keys(get(url)));
        }
        assertThat(back).isEqualTo(expected);
    }

    @Test
    void aWindowOfAFilteredListIsOne() throws Exception {
        List<String> decisions = new ArrayList<>();
        for (String url = "/events?type=decision&limit=40"; url != null; url = link(get(url), "next")) {
            decisions.addAll(keys(get(url)));
        }
        assertThat(decisions).hasSize(66).doesNotHaveDuplicates().allMatch(id -> Integer.parseInt(id.substring(1)) % 5 == 0);
        assertThat(keys(get("/events?text=needle"))).containsExactly("e17");
        assertThat(keys(get("/events?context=t2&context_type=worker&limit=1000"))).isEmpty();
        assertThat(get("/events?before=nobody")).contains("There is no such event.");
    }

    private static List<String> keys(String page) {
        return KEY.matcher(page).results().map((MatchResult found) -> found.group(1)).toList();
    }

    private static String link(String page, String rel) {
        return Pattern.compile("rel=\"" + rel + "\" href=\"([^\"]*)\"").matcher(page).results().map(found -> found.group(1).replace("&amp;", "&")).findFirst().orElse(null);
    }

    @Test
    void whatWasStoredIsText() throws Exception {
        assertThat(get("/events?text=needle")).contains("Needle &lt;b&gt;in&lt;/b&gt;", "reason &lt;i&gt;r17&lt;/i&gt;").doesNotContain("<b>in", "<i>r");
        assertThat(get("/quarantine")).contains("no record &lt;script&gt;alert(1)").doesNotContain("<script>alert");
        assertThat(get("/events?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")).doesNotContain("<script>alert").contains("There is no such event.");
        assertThat(get("/find?text=%3Cscript%3Ealert(1)")).doesNotContain("<script>alert");
    }

    @Test
    void howEverythingIsHasAPage() throws Exception {
        assertThat(get("/stores")).contains("runs, process " + ProcessHandle.current().pid(), "1 line in 1 file", "can be read", home.path("var/external/logs.db").toString());
        assertThat(get("/archive")).contains("Nothing has been archived yet.", "No run is on record.", "2099-");
        assertThat(get("/find?text=t")).contains("href=\"/task?id=t1\"", "href=\"/tasks\"").doesNotContain("id=w1");
    }

    @Test
    void aPageSaysOfWhatItCannotBeMade() throws Exception {
        Home other = new Home(Files.createDirectories(dir.resolve("other")));
        PageReader its = PageReader.of(other);
        try (other) {
            other.start();
            Files.writeString(other.path("var/spool/.tac8/page"), "in the way");
            HttpResponse<String> page = its.get("/tasks");
            assertThat(page.statusCode()).isEqualTo(503);
            assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
            assertThat(page.body()).contains("the page's own process cannot be asked".replace("'", "&apos;"), "page.css");
            assertThat(its.get("/tasks.json").body()).startsWith("the page's own process cannot be asked").doesNotContain("<");
        }
    }
}
