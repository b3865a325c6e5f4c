package dev.tac8.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.util.FileSystemUtils;

/**
 * Debian's Chromium without a window, and what it has to say of a page. It is told by the protocol of its developer tools how large it is, what
 * the reader prefers and where he lives, as a reader's own browser is told by the computer.
 */
final class Browser implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int HEIGHT = 900;
    /** Beyond it Chromium paints nothing. */
    private static final int MOST_HEIGHT = 16_000;
    private static final int MOST_SAID = 500;
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Held, or the level would be forgotten: it is said each time that no protocol of just this version is at hand. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    private final String origin;
    private final Path profile;
    private final ChromeDriverService service;
    private final ChromeDriver driver;
    private final Thread atTheEnd = new Thread(this::clearAway);
    private final Map<String, Request> requests = new LinkedHashMap<>();
    private final List<String> errors = new ArrayList<>();

    /** What the page has asked for: status 0 if there was no answer, or none yet. */
    record Request(String method, String url, String kind, int status, String failure) {
    }

    /** @param origin where the pages are, without a path */
    Browser(String origin) throws IOException {
        SELENIUM.setLevel(Level.SEVERE);
        this.origin = origin;
        assumeThere();
        profile = Files.createTempDirectory("tac8-browser");
        // A driver that is named is not looked for, nor downloaded.
        service = new ChromeDriverService.Builder().usingDriverExecutable(find("chromedriver")).usingAnyFreePort()
                .withEnvironment(Map.of("HOME", profile.toString(), "XDG_CONFIG_HOME", profile.toString(), "XDG_CACHE_HOME", profile.toString())).build();
        service.sendOutputTo(OutputStream.nullOutputStream());
        Runtime.getRuntime().addShutdownHook(atTheEnd);
        try {
            driver = new ChromeDriver(service, options());
            driver.manage().timeouts().pageLoadTimeout(PATIENCE).scriptTimeout(Duration.ofMinutes(2));
            size(1280);
            driver.get("about:blank");
        } catch (RuntimeException e) {
            clearAway();
            throw e;
        }
    }

    /** Leaves the test out, and says why, where no browser is installed. */
    static void assumeThere() {
        for (String program : List.of("chromium", "chromedriver")) {
            if (find(program) == null) {
                String reason = "Tests in a browser are left out: there is no " + program + " on PATH. As root, tests/browser.sh installs it on Debian.";
                System.out.println(reason);
                Assumptions.abort(reason);
            }
        }
    }

    private static File find(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(folder -> new File(folder, program)).filter(File::canExecute).findFirst()
                .orElse(null);
    }

    private ChromeOptions options() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(find("chromium"));
        options.addArguments("--headless=new", "--hide-scrollbars", "--user-data-dir=" + profile, "--disable-dev-shm-usage", "--no-first-run", "--lang=en-US",
                "--force-color-profile=srgb", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
                // What a page asks for elsewhere is on record, and goes nowhere.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
        if ("root".equals(System.getProperty("user.name"))) {
            options.addArguments("--no-sandbox");
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        return options;
    }

    // --- Where it is ---

    /** Opens a page, from a path with its query on. */
    Browser open(String path) {
        driver.get(origin + path);
        return this;
    }

    /** The path and the query of the page that is open. */
    String path() {
        return driver.getCurrentUrl().replace(origin, "");
    }

    String title() {
        return driver.getTitle();
    }

    void back() {
        driver.navigate().back();
    }

    void forward() {
        driver.navigate().forward();
    }

    void reload() {
        driver.navigate().refresh();
    }

    /** As a reader who has never been here: on a desk in London, with scripts. */
    Browser fresh() {
        driver.manage().deleteAllCookies();
        size(1280).light().scripts(true).zone("UTC");
        driver.get("about:blank");
        forget();
        return this;
    }

    // --- What is on the page ---

    /** All that a reader sees. */
    String text() {
        return driver.findElement(By.tagName("body")).getText();
    }

    /** What a reader sees of an element. */
    String text(String selector) {
        return driver.findElement(By.cssSelector(selector)).getText();
    }

    /** What a reader sees of each. */
    List<String> texts(String selector) {
        // At once: the page may replace them meanwhile.
        return texts(value("[...document.querySelectorAll(" + JSON.valueToTree(selector) + ")].map(each => each.innerText.trim())"));
    }

    /** The rows of a table, each from the heads of its columns to what a reader sees. */
    List<Map<String, String>> table(String selector) {
        List<Map<String, String>> rows = new ArrayList<>();
        for (JsonNode row : JSON.<JsonNode>valueToTree(value("""
                (table => {
                    const heads = [...table.tHead.rows[0].cells].map(cell => cell.innerText.trim());
                    return [...table.tBodies].flatMap(body => [...body.rows]).map(row => [...row.cells].map((cell, i) => [heads[i], cell.innerText.trim()]));
                })(document.querySelector('%s'))""".formatted(selector)))) {
            Map<String, String> cells = new LinkedHashMap<>();
            row.forEach(cell -> cells.put(cell.get(0).asText(), cell.get(1).asText()));
            rows.add(cells);
        }
        return rows;
    }

    /** What is told in lists of terms, each term with what a reader sees of it. */
    Map<String, String> facts(String selector) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (JsonNode fact : JSON.<JsonNode>valueToTree(value("[...document.querySelectorAll('%s dt')].map(term => [term.innerText.trim(), term.nextElementSibling.innerText.trim()])"
                .formatted(selector)))) {
            facts.put(fact.get(0).asText(), fact.get(1).asText());
        }
        return facts;
    }

    WebElement one(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    List<WebElement> all(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    /** The HTML as the page holds it now. */
    String html() {
        return driver.getPageSource();
    }

    /** The value of a JavaScript expression on the page. */
    Object value(String expression) {
        return driver.executeScript("return " + expression);
    }

    /** Waits until something is so. */
    void await(String what, Predicate<Browser> condition) {
        new WebDriverWait(driver, PATIENCE, Duration.ofMillis(20)).withMessage(() -> what + "; the page at " + path() + " says: " + text().substring(0, Math.min(MOST_SAID, text().length())))
                .until(ignored -> condition.test(this));
    }

    void click(String selector) {
        one(selector).click();
    }

    // --- Keyboard ---

    /** Types keys, {@link Keys} or letters, to whatever has the focus; a chord by itself. */
    void press(CharSequence... keys) {
        if (keys.length == 1 && keys[0].toString().endsWith(Keys.NULL.toString())) {
            driver.switchTo().activeElement().sendKeys(keys[0]);
        } else {
            new Actions(driver).sendKeys(keys).perform();
        }
    }

    /** What has the focus: the name of its element, and how a reader hears it. */
    String focused() {
        WebElement active = driver.switchTo().activeElement();
        return active.getTagName() + " " + active.getAccessibleName();
    }

    /** All that the tab key stops at, once around the page, but so many at most. */
    List<String> tabStops(int most) {
        List<String> stops = new ArrayList<>();
        press(Keys.TAB);
        while (stops.size() < most && !focused().startsWith("body ")) {
            stops.add(focused());
            press(Keys.TAB);
        }
        return stops;
    }

    // --- Who reads, and on what ---

    /** So many pixels wide, as narrow as a telephone if need be. */
    Browser size(int width) {
        tell("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", false));
        return this;
    }

    Browser dark() {
        return media("", "dark");
    }

    Browser light() {
        return media("", "light");
    }

    /** As on paper, on the screen. */
    Browser print() {
        return media("print", "light");
    }

    private Browser media(String type, String scheme) {
        tell("Emulation.setEmulatedMedia", Map.of("media", type, "features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
        return this;
    }

    Browser zone(String zone) {
        tell("Emulation.setTimezoneOverride", Map.of("timezoneId", zone));
        return this;
    }

    /** From the next page on. */
    Browser scripts(boolean allowed) {
        tell("Emulation.setScriptExecutionDisabled", Map.of("value", !allowed));
        return this;
    }

    private Map<String, Object> tell(String command, Map<String, Object> parameters) {
        return driver.executeCdpCommand(command, parameters);
    }

    // --- What is kept of it ---

    /** The whole page, also what lies below the window, as target/screenshots/NAME.png. */
    void screenshot(String name) {
        Map<?, ?> size = (Map<?, ?>) tell("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
        Map<?, ?> window = (Map<?, ?>) tell("Page.getLayoutMetrics", Map.of()).get("cssLayoutViewport");
        Map<String, Object> clip = Map.of("x", 0, "y", 0, "scale", 1, "width", Math.max(number(size, "width"), number(window, "clientWidth")),
                "height", Math.min(MOST_HEIGHT, Math.max(number(size, "height"), number(window, "clientHeight"))));
        keep(name + ".png", tell("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", clip, "optimizeForSpeed", true)).get("data"));
    }

    /** A screenshot for whoever asks for them by {@code -Dtac8.test.screenshots=true}: each takes up to a second. */
    void screenshotIfAsked(String name) {
        if (Boolean.getBoolean("tac8.test.screenshots")) {
            screenshot(name);
        }
    }

    /** As it is printed on A4, as target/screenshots/NAME.pdf. */
    void pdf(String name) {
        keep(name + ".pdf", tell("Page.printToPDF", Map.of("paperWidth", 8.27, "paperHeight", 11.69, "printBackground", false)).get("data"));
    }

    private static long number(Map<?, ?> values, String key) {
        return ((Number) values.get(key)).longValue();
    }

    private static void keep(String name, Object data) {
        try {
            Files.write(Files.createDirectories(Path.of("target/screenshots")).resolve(name), Base64.getDecoder().decode((String) data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // --- What is wrong with it ---

    /** What keeps people from using the page, as axe-core judges it: serious and critical violations, a sentence for each element. */
    List<String> barriers() {
        try (InputStream axe = Browser.class.getResourceAsStream("/axe.min.js")) {
            driver.executeScript(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        JsonNode found = JSON.valueToTree(driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run(document, {resultTypes: ['violations'], preload: false}).then(result => done(result.violations), e => done(
                    [{id: 'axe-core', impact: 'critical', help: 'axe-core itself fails: ' + e, nodes: [{html: '', failureSummary: ''}]}]));"""));
        List<String> sentences = new ArrayList<>();
        for (JsonNode violation : found) {
            if (List.of("serious", "critical").contains(violation.path("impact").asText())) {
                violation.get("nodes").forEach(node -> sentences.add(path() + ": " + violation.get("impact").asText() + ", " + violation.get("id").asText()
                        + ": " + violation.get("help").asText() + ": " + node.get("html").asText() + ": "
                        + node.get("failureSummary").asText().replaceAll("\\s+", " ")));
            }
        }
        return sentences;
    }

    /** Texts in pictures that are hard to tell from what lies behind them, which axe-core does not look at. */
    List<String> paleTexts() {
        List<String> pale = new ArrayList<>();
        for (Object text : (List<?>) driver.executeScript("""
                const light = colour => {
                    const parts = colour.match(/[0-9.]+/g).map(Number).slice(0, 3).map(part => part / 255).map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
                };
                const solid = colour => colour.startsWith('rgb') && !/, 0\\)$/.test(colour);
                const behind = text => {
                    const box = text.getBoundingClientRect();
                    const x = box.x + box.width / 2, y = box.y + box.height / 2;
                    const area = each => each.getBoundingClientRect().width * each.getBoundingClientRect().height;
                    // The smallest shape that it stands on, or else the page.
                    const shapes = [...document.querySelectorAll('svg rect, svg circle, svg path, svg polygon')].filter(each => {
                        const around = each.getBoundingClientRect();
                        return solid(getComputedStyle(each).fill) && around.left <= x && x <= around.right && around.top <= y && y <= around.bottom;
                    }).sort((one, other) => area(one) - area(other));
                    if (shapes.length) {
                        return getComputedStyle(shapes[0]).fill;
                    }
                    for (let each = text; each; each = each.parentElement) {
                        if (solid(getComputedStyle(each).backgroundColor)) {
                            return getComputedStyle(each).backgroundColor;
                        }
                    }
                    return 'rgb(255, 255, 255)';
                };
                return [...document.querySelectorAll('svg text')].filter(text => text.checkVisibility() && text.textContent.trim()).filter(text => {
                    const both = [light(getComputedStyle(text).fill), light(behind(text))].sort((one, other) => one - other);
                    return (both[1] + 0.05) / (both[0] + 0.05) < 4.5;
                }).map(text => text.textContent + ': ' + getComputedStyle(text).fill + ' on ' + behind(text));""")) {
            pale.add(path() + ": " + text);
        }
        return pale;
    }

    /** How many pixels the page is wider than its window. */
    long overflow() {
        return ((Number) value("document.documentElement.scrollWidth - document.documentElement.clientWidth")).longValue();
    }

    /** What makes the page wider than its window. */
    List<String> sticksOut() {
        return texts(value("""
                (width => document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll('body *')].filter(each => {
                    const inside = each.closest('.wide');
                    return each.getBoundingClientRect().right > width && (!inside || inside === each) && !each.closest('svg svg, svg > *');
                }).slice(-3).map(each => `${each.getBoundingClientRect().right} of ${width}: ${each.outerHTML.slice(0, 200)}`).concat('the page is as wide as ' + document.documentElement.scrollWidth)
                )(document.documentElement.clientWidth)"""));
    }

    private static List<String> texts(Object values) {
        return ((List<?>) values).stream().map(String::valueOf).toList();
    }

    /** What the console calls an error, such as a fault in a script, a refusal by the policy of the page or a failed request. */
    List<String> errors() {
        listen();
        return List.copyOf(errors);
    }

    /** All that was asked for since the last {@link #forget}, or the beginning. */
    List<Request> requests() {
        listen();
        return List.copyOf(requests.values());
    }

    /** Requests to anybody but the service. */
    List<Request> requestsElsewhere() {
        return requests().stream().filter(request -> !request.url.startsWith(origin + "/") && !request.url.startsWith("data:")).toList();
    }

    /** From now on only what is new counts: requests and errors. */
    void forget() {
        listen();
        requests.clear();
        errors.clear();
    }

    private void listen() {
        for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
            if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
                errors.add(entry.getMessage());
            }
        }
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            try {
                hear(JSON.readTree(entry.getMessage()).get("message"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void hear(JsonNode message) {
        JsonNode said = message.get("params");
        String id = said.path("requestId").asText();
        // What the browser begins with is its own.
        if (said.at("/request/url").asText().startsWith("chrome:")) {
            return;
        }
        switch (message.get("method").asText()) {
            case "Network.requestWillBeSent" -> {
                // A redirect is a request of the same name.
                Request before = requests.remove(id);
                if (before != null) {
                    requests.put(id + " " + requests.size(), new Request(before.method, before.url, before.kind, said.at("/redirectResponse/status").asInt(), null));
                }
                requests.put(id, new Request(said.at("/request/method").asText(), said.at("/request/url").asText(), said.path("type").asText(), 0, null));
            }
            case "Network.responseReceived" -> requests.computeIfPresent(id, (ignored, request) ->
                    new Request(request.method, request.url, request.kind, said.at("/response/status").asInt(), null));
            case "Network.loadingFailed" -> requests.computeIfPresent(id, (ignored, request) ->
                    new Request(request.method, request.url, request.kind, request.status, said.path("errorText").asText()));
            case "Page.javascriptDialogOpening" -> errors.add("a dialog opens: " + said.path("message").asText());
            default -> {
                // Of no interest.
            }
        }
    }

    // --- The end ---

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atTheEnd);
        clearAway();
    }

    /** Nothing of it stays, whatever became of it: its folder has a name that no other process knows. */
    private void clearAway() {
        List<ProcessHandle> processes = ProcessHandle.allProcesses().filter(process -> process.info().commandLine().orElse("").contains(profile.toString()))
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants())).distinct().toList();
        try {
            // Which has the browser end by itself.
            service.stop();
        } finally {
            processes.forEach(ProcessHandle::destroyForcibly);
            processes.forEach(process -> process.onExit().join());
            try {
                FileSystemUtils.deleteRecursively(profile);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
