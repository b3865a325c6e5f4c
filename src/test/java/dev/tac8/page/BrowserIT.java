package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is wrong with a page, the browser of the tests says so: here everything is. */
@Tag("once")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BrowserIT {
    private static final String PAGE = """
            <!DOCTYPE html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,"><style>
            @media (prefers-color-scheme: dark) { body { background: #000; color: #fff } }
            @media print { nav { display: none } }
            </style></head><body><nav><a href="/other?x=1">The other page</a> <button id="b">Ask</button></nav>
            <p id="zone">no scripts</p><p id="wide" style="width: 600px">wide</p>
            <script>
            document.querySelector('#zone').textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
            document.querySelector('#b').onclick = () => fetch('/asked').then(() => document.title = 'Asked');
            </script></body></html>""";
    private static final String FAULTY = """
            <!DOCTYPE html><html><head><title>Faulty</title></head><body><img src="http://elsewhere.example/a.png"><img src="/missing.png">
            <p style="color: #aaa; background: #fff">pale</p><script>missing()</script></body></html>""";

    private static HttpServer server;
    private static Browser browser;

    @BeforeAll
    static void openABrowser() throws Exception {
        Browser.assumeThere();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, exchange.getRequestURI().getPath().equals("/missing.png") ? 404 : 200, PAGE));
        server.createContext("/faulty", exchange -> answer(exchange, 200, FAULTY));
        server.createContext("/strict", exchange -> {
            exchange.getResponseHeaders().set("Content-Security-Policy", "default-src 'none'");
            answer(exchange, 200, PAGE);
        });
        server.start();
        browser = new Browser("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static void answer(HttpExchange exchange, int status, String html) throws IOException {
        byte[] body = html.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterAll
    static void closeTheBrowser() {
        if (browser != null) {
            browser.close();
        }
        if (server != null) {
            server.stop(0);
        }
    }

    @BeforeEach
    void forget() {
        browser.size(1280).light().scripts(true).open("/").forget();
    }

    @Test
    void aSoundPageHasNoErrorsAndAsksNobodyElse() {
        browser.open("/");

        assertThat(browser.errors()).isEmpty();
        assertThat(browser.barriers()).isEmpty();
        assertThat(browser.requests()).extracting(Browser.Request::kind).contains("Document");
        assertThat(browser.requestsElsewhere()).isEmpty();
    }

    @Test
    void faultsOfAPageAreToldWithTheirReason() {
        browser.open("/faulty");

        awaitError("missing is not defined");
        awaitError("404");
        assertThat(browser.requestsElsewhere()).singleElement().satisfies(request -> {
            assertThat(request.url()).isEqualTo("http://elsewhere.example/a.png");
            assertThat(request.failure()).contains("ERR_NAME_NOT_RESOLVED");
        });
        assertThat(browser.requests()).filteredOn(request -> request.url().endsWith("/missing.png")).extracting(Browser.Request::status).containsExactly(404);
        assertThat(browser.barriers()).anyMatch(barrier -> barrier.contains("color-contrast")).anyMatch(barrier -> barrier.contains("image-alt"))
                .anyMatch(barrier -> barrier.contains("html-has-lang"));
    }

    @Test
    void whatThePolicyOfAPageRefusesIsAnErrorAndTheJudgeMayStillLookAtIt() {
        browser.open("/strict");

        awaitError("Content Security Policy");
        assertThat(browser.text("#zone")).isEqualTo("no scripts");
        assertThat(browser.barriers()).isEmpty();
    }

    /** What the console says comes a moment after the page. */
    private static void awaitError(String words) {
        browser.await("the console says: " + words, page -> page.errors().stream().anyMatch(error -> error.contains(words)));
    }

    @Test
    void aRequestIsCountedWhenItIsMade() {
        assertThat(browser.requests()).isEmpty();

        browser.click("#b");
        browser.await("the answer is there", page -> page.title().equals("Asked"));

        assertThat(browser.requests()).extracting(Browser.Request::url).singleElement().asString().endsWith("/asked");
    }

    @Test
    void aReaderHasAWidthAColourPaperAndATimeZone() throws IOException {
        assertThat(browser.overflow()).isZero();
        assertThat(browser.sticksOut()).isEmpty();
        assertThat(browser.size(320).overflow()).isPositive();
        assertThat(browser.sticksOut()).anyMatch(wide -> wide.contains("id=\"wide\""));
        assertThat(browser.dark().value("getComputedStyle(document.body).backgroundColor")).isEqualTo("rgb(0, 0, 0)");
        assertThat(browser.light().value("getComputedStyle(document.body).backgroundColor")).isEqualTo("rgba(0, 0, 0, 0)");
        assertThat(browser.one("nav").isDisplayed()).isTrue();
        browser.print();
        assertThat(browser.one("nav").isDisplayed()).isFalse();
        assertThat(browser.light().zone("Asia/Tokyo").open("/").text("#zone")).isEqualTo("Asia/Tokyo");

        browser.screenshot("browser");
        browser.pdf("browser");

        assertThat(Files.size(Path.of("target/screenshots/browser.png"))).isPositive();
        assertThat(Files.size(Path.of("target/screenshots/browser.pdf"))).isPositive();
    }

    @Test
    void withoutScriptsAPageIsAsTheServerSentIt() {
        browser.scripts(false).open("/");

        assertThat(browser.text("#zone")).isEqualTo("no scripts");
        browser.click("a");
        assertThat(browser.path()).isEqualTo("/other?x=1");
    }

    @Test
    void theKeyboardReachesWhatThereIsAndTheHistoryLeadsBack() {
        assertThat(browser.tabStops(9)).isEqualTo(List.of("a The other page", "button Ask"));

        browser.click("a");
        assertThat(browser.path()).isEqualTo("/other?x=1");
        browser.back();
        assertThat(browser.path()).isEqualTo("/");
        browser.forward();
        assertThat(browser.path()).isEqualTo("/other?x=1");
    }
}
