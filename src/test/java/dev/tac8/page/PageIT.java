package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page as readers have it: in a real browser, from a real service. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PageIT {
    @TempDir
    private static Path dir;
    private static Site site;
    private Browser browser;

    @BeforeAll
    static void startTheService() throws Exception {
        Browser.assumeThere();
        site = new Site(dir).start();
    }

    @AfterAll
    static void stopTheService() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void openABrowser() throws Exception {
        browser = new Browser(site.origin());
    }

    @AfterEach
    void closeTheBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @Test
    void aBrowserShowsWhatTheServiceAnswers() {
        browser.open("/observe/health");

        assertThat(browser.text()).contains("\"status\":\"UP\"");
        assertThat(browser.path()).isEqualTo("/observe/health");
        assertThat(browser.requests()).extracting(Browser.Request::url).contains(site.origin() + "/observe/health");
        assertThat(browser.requestsElsewhere()).isEmpty();
    }
}
