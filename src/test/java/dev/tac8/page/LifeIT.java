package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.command.Reader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.Keys;

/** A task's life, workers and conversations in a real browser: of a fleet, and of texts that would be more than text. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LifeIT {
    private static final long SEED = Long.getLong("tac8.test.seed", 20_261_130L);

    @TempDir
    private static Path dir;
    private static Fleet fleet;
    private static Site site;
    private static Browser browser;

    @BeforeAll
    static void startTheService() throws Exception {
        Browser.assumeThere();
        System.out.println("LifeIT: -Dtac8.test.seed=" + SEED);
        site = new Site(dir).start();
        Instant now = Instant.now();
        fleet = new Fleet(SEED, now);
        fleet.drop(site.home());
        Hostile.drop(site.home(), now);
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

    static List<String> views() {
        String hostile = URLEncoder.encode(Hostile.id(0), StandardCharsets.UTF_8);
        return List.of("/task?id=" + Fleet.MENDED, "/task?id=" + Fleet.RUNNING, "/worker?id=w-none", "/conversation?worker=w-none", "/task?id=" + hostile, "/worker?id=" + hostile,
                "/conversation?worker=" + hostile + "&find=a");
    }

    private static String path(String view) {
        return view.replace("w-none", fleet.workers().stream().filter(worker -> worker.task().equals(Fleet.MENDED)).findFirst().orElseThrow().id());
    }

    @ParameterizedTest
    @MethodSource("views")
    void everybodyCanUseAViewAtEachWidth(String view) {
        String name = "life-" + views().indexOf(view);
        for (int width : List.of(320, 1280, 1920)) {
            browser.size(width).open(path(view));
            assertThat(browser.overflow()).as("%s at %d is so much wider", view, width).isZero();
            if (width < 1920) {
                browser.screenshotIfAsked(name + "-" + width);
            }
        }
        assertThat(browser.all("h1")).hasSize(1);
        assertThat(browser.barriers()).isEmpty();
        assertThat(browser.dark().barriers()).isEmpty();
        browser.screenshotIfAsked(name + "-dark");
        assertThat(browser.light().size(320).barriers()).isEmpty();
        browser.print().screenshotIfAsked(name + "-print");
        assertThat(browser.errors()).as(view).isEmpty();
        assertThat(browser.requestsElsewhere()).as(view).isEmpty();
    }

    @Test
    void nothingComesOfATextInAnyOfThem() {
        for (int i = 0; i < Hostile.TEXTS.size(); i++) {
            String id = URLEncoder.encode(Hostile.id(i), StandardCharsets.UTF_8);
            for (String view : List.of("/task?id=" + id, "/worker?id=" + id)) {
                browser.open(view);
                assertThat((List<?>) browser.value(HostilePageIT.STRANGE)).as("strange elements of %s", view).isEmpty();
                assertThat(browser.all("h1")).as(view).hasSize(1);
            }
        }
        for (String from : List.of("1", "51")) {
            browser.open("/conversation?worker=" + URLEncoder.encode(Hostile.id(0), StandardCharsets.UTF_8) + "&find=%3C&from=" + from);
            assertThat((List<?>) browser.value(HostilePageIT.STRANGE)).isEmpty();
            String shown = (String) browser.value("document.querySelector('main').textContent");
            assertThat(shown.codePoints().filter(c -> Character.isISOControl(c) && c != '\n' && c != '\t' || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069)
                    .mapToObj(Integer::toHexString).distinct()).isEmpty();
        }
        assertThat(browser.errors()).isEmpty();
        assertThat(browser.requestsElsewhere()).isEmpty();
        assertThat(HostilePageIT.otherRequests(browser, Set.of("/task", "/worker", "/conversation"))).isEmpty();
    }

    @Test
    void thePictureHasALaneForEachAttemptAndTheKeyboardReachesWhatItLeadsTo() {
        Fleet.Task task = fleet.tasks().stream().filter(each -> each.id().equals(Fleet.MENDED)).findFirst().orElseThrow();
        browser.open("/task?id=" + Fleet.MENDED);

        assertThat(browser.all("svg .lane")).hasSize(task.attempts());
        assertThat(browser.all("svg .wasted")).hasSize(task.attempts() - 1);
        browser.value("document.querySelector('svg .lane').focus()");
        assertThat(browser.focused()).startsWith("a attempt 1 · w-");
        browser.press(Keys.ENTER);
        browser.await("the worker is shown", page -> page.path().startsWith("/worker?id="));
        browser.back();
        browser.value("document.querySelector('svg a[href^=\"#s\"]').focus()");
        browser.press(Keys.ENTER);
        browser.await("a line of the story is the target", page -> !page.all("tr:target").isEmpty());
    }

    @Test
    void onAPhoneNothingIsKeptFreeForWordsThatAreNotShown() {
        String below = "document.querySelector('.lane .bar').getBoundingClientRect().top - document.querySelector('.life .thread').getBoundingClientRect().bottom";
        double wide = ((Number) browser.size(1280).open("/task?id=" + Fleet.MENDED).value(below)).doubleValue();
        double narrow = ((Number) browser.size(320).value(below)).doubleValue();

        assertThat(wide).isGreaterThan(narrow + 14);
        assertThat(narrow).isLessThan(60);
        assertThat(((Number) browser.value("document.querySelector('.life figcaption').getBoundingClientRect().top - document.querySelector('.life .lanes').getBoundingClientRect().bottom")).doubleValue())
                .isBetween(0.0, 40.0);
    }

    @Test
    void aLongValueOfAFilterStaysOnAPhone() {
        String name = "m".repeat(120);
        for (String view : List.of("/?model=" + name, "/tasks?session=" + name, "/events?text=" + name, "/question?name=cost&by=" + name)) {
            assertThat(browser.size(320).open(view).sticksOut()).as(view).isEmpty();
        }
    }

    @Test
    void aConversationGoesOnInItsPlaceAndWithoutScriptsOnItsOwnPage() {
        String first = "/conversation?worker=" + URLEncoder.encode(Hostile.id(0), StandardCharsets.UTF_8);
        browser.open(first);
        int shown = browser.all(".turn").size();
        browser.click(".newer a");
        browser.await("more turns are shown", page -> page.all(".turn").size() > shown);
        assertThat(browser.path()).isEqualTo(first);
        assertThat(browser.all(".turn").stream().map(turn -> turn.getDomAttribute("id"))).doesNotHaveDuplicates();

        browser.scripts(false).open(first).click(".newer a");
        assertThat(browser.path()).isEqualTo(first + "&from=51");
        browser.click(".older a");
        assertThat(browser.all(".turn")).hasSize(shown);
        assertThat(browser.errors()).isEmpty();
    }

    @Test
    void aJumpEndsAtItsTurn() {
        String worker = fleet.workers().stream().filter(each -> each.task().equals(Fleet.MENDED)).findFirst().orElseThrow().id();
        browser.open("/task?id=" + Fleet.MENDED).click("a[href^='/conversation?worker=" + worker + "&at=']");

        assertThat(browser.all(".turn.here")).hasSize(1);
        assertThat(browser.value("document.activeElement.classList.contains('here')")).isEqualTo(true);
    }

    @Test
    void itsStoryIsThatOfTheCommand() throws Exception {
        Reader commands = new Reader(dir);
        for (Fleet.Task task : Stream.concat(fleet.tasks().stream().limit(6), fleet.tasks().stream().filter(each -> each.id().equals(Fleet.RUNNING))).toList()) {
            assertThat(site.get("/why.json?id=" + task.id()).body()).isEqualTo(commands.ask("why", task.id(), "--json").out());
            assertThat(site.get("/task.csv?id=" + task.id()).body()).isEqualTo(commands.ask("task", task.id(), "--csv").out());
        }
    }
}
