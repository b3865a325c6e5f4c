package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in a stored text is shown, and nothing else comes of it: no script, no element, no request, no line out of its place. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HostilePageIT {
    /** What no page of tac8 has: by it a text would have become more than text. */
    static final String STRANGE = """
            (() => {
                const own = address => new URL(address, location.href).origin === location.origin;
                const strange = [...document.querySelectorAll('iframe, object, embed, base, style, math, meta[http-equiv], script:not([src]), form:not([action^="/"], [method="dialog"]), h1 ~ h1, h1 h1, [style]')];
                document.querySelectorAll('*').forEach(element => {
                    const attributes = [...element.attributes].map(attribute => attribute.name);
                    if (attributes.some(name => name.startsWith('on') || name.includes('hx-on')) || element.src && !own(element.src) || element.href && !own(element.href.baseVal ?? element.href)) {
                        strange.push(element);
                    }
                });
                strange.push(...[...document.querySelectorAll('b')].filter(element => element.textContent === 'bold'));
                return strange.map(element => element.outerHTML.slice(0, 300));
            })()""";

    @TempDir
    private static Path dir;
    private static Site site;
    private static Browser browser;

    @BeforeAll
    static void startTheService() throws Exception {
        Browser.assumeThere();
        site = new Site(dir).start();
        Hostile.drop(site.home(), Instant.now());
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
        return Site.served("/", "/tasks", "/workers", "/sessions", "/events", "/quarantine", "/archive", "/stores");
    }

    @ParameterizedTest
    @MethodSource("views")
    void nothingComesOfATextInAView(String view) {
        browser.open(view);

        assertHarmless(view);
        assertThat(browser.barriers()).isEmpty();
        for (int width : List.of(320, 1280)) {
            assertThat(browser.size(width).sticksOut()).as("%s at %d", view, width).isEmpty();
        }
        browser.screenshotIfAsked("hostile-" + (view.equals("/") ? "overview" : view.substring(1)));
        browser.scripts(false).open(view);
        assertHarmless(view + " without scripts");
    }

    /** Every other one as the id of a session, or of what events are about, in an address; in {@link LifeIT} each is that of a task and of a worker. */
    @Test
    void nothingComesOfATextInAnAddress() {
        List<String> views = Site.served("/session?id=", "/events?context=");
        for (int i = 0; i < Hostile.TEXTS.size(); i += 2) {
            String view = views.get(i / 2 % views.size()) + encoded(Hostile.id(i));
            browser.open(view);

            assertHarmless(view);
            assertThat(browser.all("h1")).as(view).hasSize(1);
            browser.forget();
        }
    }

    @Test
    void nothingComesOfWhatAWorkerSaid() {
        assumeThat(Site.served("/conversation")).isNotEmpty();
        String view = "/conversation?worker=" + encoded(Hostile.id(0));

        assertThat(browser.open(view).text("main")).contains(Hostile.TEXTS.get(1));
        assertHarmless(view);
        assertThat(browser.size(320).sticksOut()).isEmpty();
    }

    private static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Test
    void aTextIsShownAsItIs() {
        String shown = (String) browser.open("/events?limit=1000").value("document.querySelector('main').textContent");

        for (String text : Hostile.TEXTS) {
            if (text.chars().noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c > 0x2000 && c < 0x2030 || c >= 0xfffe)) {
                assertThat(shown.contains(text)).as("%.80s is shown", text).isTrue();
            }
        }
    }

    @Test
    void whatCannotBeSeenIsMadeVisible() {
        String shown = (String) browser.open("/events?limit=1000").value("document.querySelector('main').textContent");

        assertThat(shown.codePoints().filter(c -> Character.isISOControl(c) && c != '\n' && c != '\t' || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069)
                .mapToObj(Integer::toHexString).distinct()).isEmpty();
    }

    @Test
    void anIdIsTheSameInItsAddress() {
        List<String> ids = new ArrayList<>();
        // Encoded: Selenium takes U+FFFF for the end of an answer.
        for (Object query : (List<?>) browser.open("/tasks?limit=1000").value("[...document.querySelectorAll('td a[href^=\"/task?\"]')].map(link => new URL(link.href).search)")) {
            ids.add(URLDecoder.decode(query.toString().replaceFirst("^\\?id=", ""), StandardCharsets.UTF_8));
        }

        assertThat(ids).hasSameElementsAs(IntStream.range(0, Hostile.TEXTS.size()).mapToObj(Hostile::id).toList());
    }

    private static void assertHarmless(String view) {
        assertThat((List<?>) browser.value(STRANGE)).as("strange elements of %s", view).isEmpty();
        assertThat(browser.errors()).as(view).isEmpty();
        assertThat(browser.requestsElsewhere()).as(view).isEmpty();
        assertThat(otherRequests(browser, Set.of(view.split("[? ]")[0]))).as("other requests of %s", view).isEmpty();
    }

    /** What was asked for besides some views and what belongs to every page. */
    static List<String> otherRequests(Browser browser, Set<String> views) {
        return browser.requests().stream().map(Browser.Request::url).filter(url -> {
            String path = URI.create(url.replaceAll("[?].*", "")).getPath();
            return !path.matches("/(live|[a-z]+\\.(css|js|svg))") && !views.contains(path);
        }).toList();
    }

}
