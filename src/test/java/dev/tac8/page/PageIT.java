package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tac8.page.Browser.Request;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page as its readers have it: in a real browser, from a real service, with three months of a fleet. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("thorough")
class PageIT {
    private static final long SEED = Long.getLong("tac8.test.seed", 20_261_130L);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration QUIET = Duration.ofSeconds(3);

    @TempDir
    private static Path dir;
    private static Fleet fleet;
    private static Site site;
    private static Browser browser;

    static List<String> views() {
        return Site.served("/", "/tasks", "/task?id=gh-450", "/task?id=gh-468", "/workers", "/worker?id=w-450-2", "/conversation?worker=w-450-2", "/sessions", "/session?id=s-07",
                "/events?limit=100", "/quarantine", "/archive", "/stores");
    }

    @BeforeAll
    static void startTheService() throws Exception {
        Browser.assumeThere();
        System.out.println("PageIT: -Dtac8.test.seed=" + SEED);
        site = new Site(dir).start();
        fleet = new Fleet(SEED, Instant.now());
        fleet.drop(site.home());
        site.home().awaitDrained();
        browser = new Browser(site.origin());
    }

    @AfterAll
    static void stopTheService() throws Exception {
        if (browser != null) {
            browser.close();
        }
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void begin() {
        browser.fresh();
    }

    @Test
    void aBrowserShowsWhatTheServiceAnswers() {
        browser.open("/observe/health");

        assertThat(browser.text()).contains("\"status\":\"UP\"");
    }

    /** Looked at on a phone, at desks, in the dark, on paper: as long as that takes, and three seconds at least. */
    @ParameterizedTest
    @MethodSource("views")
    void aViewIsThereWholeForEverybodyAtEachWidthAndOnPaperAndAsksForNothingWhileNothingChanges(String view) {
        browser.size(320).open(view);
        assertThat(browser.all("h1")).as(view).hasSize(1);
        assertThat(browser.title()).isNotEmpty();
        assertThat(browser.requests()).filteredOn(request -> !request.kind().equals("EventSource")).as(view).extracting(Request::status).containsOnly(200);
        browser.await("the stream is open", page -> page.requests().stream().anyMatch(request -> request.kind().equals("EventSource") && request.status() == 200));
        assertThat(browser.errors()).as(view).isEmpty();
        assertThat(browser.requestsElsewhere()).as(view).isEmpty();
        browser.forget();
        long begin = System.nanoTime();

        String name = view.equals("/") ? "overview" : view.substring(1).replaceAll("\\W+", "-");
        for (int width : List.of(320, 1920, 1280)) {
            assertThat(browser.size(width).sticksOut()).as("%s at %d", view, width).isEmpty();
            if (width < 1920) {
                browser.screenshotIfAsked(name + "-" + width);
            }
        }
        assertLegible();
        browser.dark().screenshotIfAsked(name + "-dark");
        assertLegible();
        String shapes = "[...document.querySelectorAll('main svg *')].filter(shape => shape.getClientRects().length && !shape.matches('text, text *')).length";
        Object shown = browser.value(shapes);
        assertThat(browser.print().value(shapes)).as("what is printed of the pictures of %s", view).isEqualTo(shown);
        browser.pdf(name);
        Awaitility.await("three seconds have passed").until(() -> {
            assertThat(browser.requests()).isEmpty();
            return System.nanoTime() - begin > QUIET.toNanos();
        });
        assertThat(browser.errors()).as(view).isEmpty();
    }

    private static void assertLegible() {
        assertThat(browser.barriers()).isEmpty();
        assertThat(browser.paleTexts()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("views")
    void withoutScriptsAViewSaysTheSame(String view) {
        String with = browser.open(view).text("main");
        browser.scripts(false).open(view);

        assertThat(steady(browser.text("main"))).isEqualTo(steady(with));
    }

    /** Without what goes on while one looks: times ago, and how long something has been running. */
    private static String steady(String text) {
        return text.replaceAll("\\d+ (ms|s|min|h)\\b", "n $1");
    }

    @Test
    void theKeyboardReachesTheContentAndEachViewOfTheMenu() {
        List<String> stops = browser.open("/tasks").tabStops(12);

        assertThat(stops.get(0)).isEqualTo("a Skip to the content");
        assertThat(stops).contains("a Overview", "a Tasks", "a Sessions", "a Events");
    }

    @Test
    void eachTaskCostsWhatItsCallsCost() throws Exception {
        Map<String, JsonNode> stored = StreamSupport.stream(json("/tasks.json").get("tasks").spliterator(), false)
                .collect(Collectors.toMap(task -> task.get("task_id").asText(), task -> task));
        List<Map<String, String>> shown = browser.open("/tasks").table("table");

        assertThat(shown).extracting(row -> row.get("task id")).containsExactlyInAnyOrderElementsOf(fleet.tasks().stream().map(Fleet.Task::id).toList());
        for (Map<String, String> row : shown) {
            Fleet.Task task = fleet.tasks().stream().filter(each -> each.id().equals(row.get("task id"))).findFirst().orElseThrow();
            Fleet.Sum sum = fleet.sum(call -> call.task().equals(task.id()));
            assertThat(row).containsEntry("title", task.title()).containsEntry("status", task.status()).as("%s", row);
            assertShown(row.get("cost"), sum);
            JsonNode cost = stored.get(task.id()).get("cost_usd_micros");
            if (sum.calls() > sum.without()) {
                assertThat(cost.decimalValue()).as(task.id()).isEqualByComparingTo(sum.cost().movePointRight(6));
            }
        }
    }

    @Test
    void theOverviewSaysWhatTodayThisWeekAndThisMonthCost() {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        List<LocalDate> begins = List.of(today, today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)), today.withDayOfMonth(1));

        List<String> shown = browser.open("/").texts(".time .sum");

        assertThat(shown).hasSameSizeAs(begins);
        for (int i = 0; i < begins.size(); i++) {
            LocalDate begin = begins.get(i);
            assertShown(shown.get(i), fleet.sum(call -> !call.time().atZone(ZoneOffset.UTC).toLocalDate().isBefore(begin)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Asia/Tokyo", "America/Los_Angeles"})
    void theOverviewSaysWhatEachDayCostByModel(String zone) {
        Map<LocalDate, Fleet.Sum> days = fleet.byDay(ZoneId.of(zone));
        browser.open("/?days=90&zone=" + zone).click(".days summary");

        List<Map<String, String>> shown = browser.table(".days table");

        assertThat(shown).extracting(row -> LocalDate.parse(row.get("day"))).containsExactlyInAnyOrderElementsOf(days.keySet());
        for (Map<String, String> row : shown) {
            LocalDate day = LocalDate.parse(row.get("day"));
            assertShown(row.get("cost"), days.get(day));
            assertThat(row).containsEntry("calls", "" + days.get(day).calls()).containsEntry("calls without cost", "" + days.get(day).without());
            for (String model : fleet.byModel().keySet()) {
                assertShown(row.get(model), fleet.sum(call -> call.model().equals(model) && call.time().atZone(ZoneId.of(zone)).toLocalDate().equals(day)));
            }
        }
    }

    @Test
    void aTaskSaysWhatItAndEachOfItsAttemptsCost() {
        assumeThat(Site.served("/task")).isNotEmpty();
        for (String task : List.of(Fleet.MENDED, Fleet.RUNNING)) {
            Map<String, String> totals = browser.open("/task?id=" + task).facts("main");
            assertShown(totals.get("cost"), fleet.byTask().get(task));
            assertThat(totals).containsEntry("calls", "" + fleet.byTask().get(task).calls());

            List<Map<String, String>> workers = browser.table("[aria-label=\"Workers\"] table");
            assertThat(workers).extracting(row -> row.get("worker id"))
                    .containsExactlyInAnyOrderElementsOf(fleet.workers().stream().filter(worker -> worker.task().equals(task)).map(Fleet.Worker::id).toList());
            for (Map<String, String> row : workers) {
                assertShown(row.get("cost"), fleet.byWorker().get(row.get("worker id")));
            }
        }
    }

    @Test
    void aWorkerSaysWhatItCostByModel() {
        assumeThat(Site.served("/worker")).isNotEmpty();
        String worker = fleet.workers().get(0).id();
        Map<String, String> facts = browser.open("/worker?id=" + worker).facts("main");

        assertShown(facts.get("cost"), fleet.byWorker().get(worker));
        for (Map<String, String> row : browser.table("[aria-label=\"By model\"] table")) {
            assertShown(row.get("cost"), fleet.sum(call -> call.worker().equals(worker) && call.model().equals(row.get("model"))));
        }
    }

    @Test
    void aConversationHasAllThatWasSaid() {
        assumeThat(Site.served("/conversation")).isNotEmpty();
        browser.open("/conversation?worker=w-450-1");

        assertThat(browser.text("main")).contains("Write a test first.", "I look at it, step 1.", "pytest -k case_2");
        assertThat(browser.errors()).isEmpty();
    }

    /** What people are shown is the exact sum, rounded to as many places as are shown, and marked if it lacks something. */
    private static void assertShown(String shown, Fleet.Sum sum) {
        if (sum.calls() == 0) {
            assertThat(shown).isIn("", "$0", "$0.00");
        } else if (sum.calls() == sum.without()) {
            assertThat(shown).isEqualTo("unknown");
        } else {
            BigDecimal amount = new BigDecimal(shown.replaceAll("[≥<$, ]", ""));
            if (shown.contains("<")) {
                assertThat(sum.cost()).as(shown).isPositive().isLessThan(amount);
            } else {
                assertThat(amount).as(shown).isEqualByComparingTo(sum.cost().setScale(amount.scale(), RoundingMode.HALF_UP));
            }
            assertThat(amount.scale()).as(shown).isGreaterThanOrEqualTo(2);
            assertThat(shown.startsWith("≥")).as(shown).isEqualTo(sum.without() > 0);
        }
    }

    @Test
    void aTaskHasAnAddressAndTheHistoryLeadsBack() {
        browser.open("/tasks").click("a[href='/task?id=gh-450']");
        assertThat(browser.path()).isEqualTo("/task?id=gh-450");

        browser.back();
        assertThat(browser.path()).isEqualTo("/tasks");
        assertThat(browser.text("h1")).isEqualTo("Tasks");
    }

    @Test
    void timesAreThoseOfTheReader() {
        String here = browser.zone("Asia/Tokyo").open("/events").table("table").get(0).get("timestamp");
        browser.await("the zone is the reader's", page -> page.text("footer").contains("Asia/Tokyo"));
        String there = browser.zone("America/New_York").open("/events?zone=America/New_York").table("table").get(0).get("timestamp");

        assertThat(here).isNotEqualTo(there);
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void whatIsStoredIsShownWithoutBeingAskedFor() throws Exception {
        browser.open("/events");
        browser.await("the stream is open", page -> page.requests().stream().anyMatch(request -> request.kind().equals("EventSource") && request.status() == 200));
        String news = "News of " + System.nanoTime();

        long dropped = System.nanoTime();
        site.home().drop("news.jsonl", "{\"type\":\"event\",\"timestamp\":\"" + Instant.now() + "\",\"session_id\":\"s-12\",\"event_type\":\"news\",\"message\":\"" + news + "\"}");
        browser.await("the news is shown", page -> page.text("main").contains(news));

        System.out.println("PageIT: shown " + (System.nanoTime() - dropped) / 1_000_000 + " ms after it was dropped");
        assertThat(browser.errors()).isEmpty();
    }

    private static JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(site.get(path).body());
    }

}
