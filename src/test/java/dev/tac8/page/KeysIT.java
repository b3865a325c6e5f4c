package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The lists of the page by the keyboard alone, and by clicks. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeysIT {
    private static final String ROW = "document.activeElement.closest('tr')?.querySelector('a')?.textContent ?? ''";
    @TempDir
    private static Path dir;
    private static Site site;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        Browser.assumeThere();
        site = new Site(dir).start();
        new Fleet(1, Instant.now()).drop(site.home());
        site.home().awaitDrained();
        browser = new Browser(site.origin());
    }

    @AfterAll
    static void stop() throws Exception {
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
    @Order(1)
    void rowsAreWalkedAndOpened() {
        List<String> ids = browser.open("/tasks").texts("tbody tr td:first-child");

        browser.press("j");
        assertThat(browser.value(ROW)).isEqualTo(ids.get(0));
        browser.press("jj");
        browser.press("k");
        assertThat(browser.value(ROW)).isEqualTo(ids.get(1));
        browser.press(Keys.ENTER);
        browser.await("the row's task is open", page -> page.path().equals("/task?id=" + ids.get(1)));
    }

    @Test
    @Order(2)
    void lettersGoToViewsAndNotFromAField() {
        browser.open("/tasks");
        browser.press("g");
        browser.press("e");
        browser.await("the events are shown", page -> page.path().equals("/events"));

        browser.press("/");
        assertThat(browser.focused()).startsWith("input Type");
        browser.press("gt");
        assertThat(browser.path()).isEqualTo("/events");
        assertThat(browser.value("document.activeElement.value")).isEqualTo("gt");
        browser.press(Keys.chord(Keys.CONTROL, "a"));
        browser.press("decision", Keys.ENTER);
        browser.await("the events are filtered", page -> page.path().contains("type=decision"));
        assertThat(browser.texts("tbody td:nth-child(3)")).isNotEmpty().containsOnly("decision");
        browser.click(".filtered a");
        browser.await("the filter is taken away", page -> !page.path().contains("decision"));
    }

    @Test
    @Order(3)
    void thePaletteLeadsToAnIdByItsBeginning() {
        browser.open("/tasks");
        browser.press(Keys.chord(Keys.CONTROL, "k"));
        assertThat(browser.one("#palette").isDisplayed()).isTrue();
        browser.press("gh-45");
        browser.await("tasks are found", page -> page.texts("#results a").stream().anyMatch(text -> text.contains("gh-450")));
        assertThat(browser.barriers()).isEmpty();
        browser.press(Keys.ARROW_DOWN, Keys.ENTER);
        browser.await("the second is open", page -> page.path().equals("/task?id=gh-451"));
        assertThat(browser.open("/tasks").errors()).isEmpty();
    }

    @Test
    @Order(4)
    void theKeysAreListedAndEscapeClosesThem() {
        browser.open("/tasks");
        browser.press("?");
        assertThat(browser.text("#help")).contains("finds views, questions, tasks, workers and sessions");
        assertThat(browser.barriers()).isEmpty();
        assertThat(browser.dark().barriers()).isEmpty();
        browser.press(Keys.ESCAPE);
        assertThat(browser.one("#help").isDisplayed()).isFalse();
    }

    @Test
    @Order(5)
    void aHeadSortsAndTheNextClickTurnsItRound() {
        browser.open("/tasks").click("th:nth-child(1) a");
        List<String> up = browser.texts("tbody td:first-child");
        browser.click("th:nth-child(1) a");

        assertThat(up).isSorted();
        assertThat(browser.path()).isEqualTo("/tasks?sort=-task_id");
        assertThat(browser.texts("tbody td:first-child")).isSortedAccordingTo((one, other) -> other.compareTo(one)).hasSameElementsAs(up);
        browser.back();
        assertThat(browser.texts("tbody td:first-child")).isEqualTo(up);
    }

    @Test
    @Order(6)
    void whatArrivesKeepsTheRowAndWhatWasUnfolded() throws Exception {
        browser.open("/events?limit=20");
        browser.await("the page is live", page -> page.text("footer").contains("Live."));
        browser.press("jjj");
        browser.click("tbody tr:nth-child(2) summary");
        String unfolded = browser.text("tbody tr:nth-child(2) pre");
        browser.press("jk");
        Object row = browser.value("document.activeElement.dataset.key");

        site.home().drop("news.jsonl", "{\"type\":\"event\",\"timestamp\":\"" + Instant.now() + "\",\"session_id\":\"s-12\",\"event_type\":\"news\",\"message\":\"something new\"}");
        browser.await("the news is shown", page -> page.text("main").contains("something new"));

        browser.await("the details are as they were", page -> page.text("tbody tr:nth-child(3) pre").equals(unfolded));
        assertThat(row).isNotNull();
        assertThat(browser.value("document.activeElement.dataset.key")).isEqualTo(row);
    }

    @Test
    @Order(7)
    void whatWasNotAnsweredIsAskedAgainAlsoIfNothingElseChanges() throws Exception {
        browser.open("/events?limit=20");
        browser.await("the page is live", page -> page.text("footer").contains("Live."));
        Path folder = site.home().spool().resolve(".tac8/page");
        Path away = folder.resolveSibling("page-away");
        Files.move(folder, away);
        Files.createFile(folder);
        ProcessHandle.current().descendants().filter(process -> process.info().commandLine().orElse("").contains("PageProcess")).forEach(ProcessHandle::destroyForcibly);

        site.home().drop("later.jsonl", "{\"type\":\"event\",\"timestamp\":\"" + Instant.now() + "\",\"session_id\":\"s-12\",\"event_type\":\"news\",\"message\":\"told later\"}");
        browser.await("the page says so", page -> page.text("footer").matches("(?s).*The last question was not answered: shown as of \\d\\d:\\d\\d:\\d\\d\\..*"));
        Files.delete(folder);
        Files.move(away, folder);

        browser.await("the news is shown", page -> page.text("main").contains("told later") && page.text("footer").contains("Live."));
    }

    @Test
    @Order(8)
    void whenTheServiceHasGoneThePageSaysOfWhenItIs() throws Exception {
        browser.open("/tasks");
        browser.await("the page is live", page -> page.text("footer").contains("Live."));

        site.close();

        browser.await("the page says so", page -> page.text("footer").matches("(?s).*Not connected: shown as of \\d\\d:\\d\\d:\\d\\d\\..*"));
    }
}
