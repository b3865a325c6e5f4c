package dev.tac8.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tac8.FreePort;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.service.ServiceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hostile and clumsy clients meet. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpEngineTest {
    private static final String SECRET = "a-secret-of-many-characters";

    private static final String LONG = "<p>ä</p>\n".repeat(1000) + "end";
    private static final int BIG = 20_000_000;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<Socket> sockets = new ArrayList<>();
    private final BlockingQueue<Source> sources = new LinkedBlockingQueue<>();
    private final ExecutorService others = Executors.newCachedThreadPool();
    private volatile String location;
    private volatile String status;
    private Duration mostWrite = Duration.ofSeconds(10);
    private HttpEngine engine;
    private int port;

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        context.stop();
        engine.close();
        others.shutdownNow();
    }

    @Test
    void answersGetByItsRouteAndHeadLikewiseWithoutTheBody() throws Exception {
        begin();

        assertThat(ask("GET /a?x=1")).startsWith("HTTP/1.1 200 ").contains("Content-type: text/plain", "Cache-control: no-store").endsWith("GET /a x=1");
        assertThat(ask("HEAD /a")).startsWith("HTTP/1.1 200 ").contains("Content-length: 8").endsWith("\r\n\r\n");
        assertThat(ask("GET /busy")).startsWith("HTTP/1.1 503 ").endsWith("later");
    }

    @Test
    void aRouteAnswersTheFormatsThatItProducesAndAnExactPathBeforeThem() throws Exception {
        begin();

        assertThat(ask("GET /tasks?x=1")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n/tasks");
        assertThat(ask("GET /tasks.csv")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n/tasks.csv");
        assertThat(ask("GET /tasks.json?x=1.csv")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n/tasks.json");
        assertThat(ask("GET /exact.csv")).startsWith("HTTP/1.1 200 ").endsWith("the exact one");
        assertThat(ask("GET /exact.json")).startsWith("HTTP/1.1 200 ").endsWith("/exact.json");
        assertThat(ask("GET /")).startsWith("HTTP/1.1 200 ").endsWith("the overview");
        for (String path : List.of("/a.csv", "/a.json", "/only-csv.json", "/tasks.html", "/tasks.xml", "/tasks.CSV", "/tasks.csv.json", "/tasks.", "/.csv", "/.json",
                "/tasks/.csv", "/tasks.csv/")) {
            assertThat(ask("GET " + path)).as(path).startsWith("HTTP/1.1 404 ");
        }
        assertThat(ask("GET /only-csv.csv")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void answersNoOtherMethodNoOtherPathAndNoFile() throws Exception {
        begin();

        for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACE")) {
            assertThat(ask(method + " /a")).as(method).startsWith("HTTP/1.1 405 ").contains("Allow: GET, HEAD");
        }
        for (String path : List.of("/b", "/a/", "/a/b", "/application.properties", "/a/../application.properties", "/..%2f..%2fetc/passwd", "/observe")) {
            assertThat(ask("GET " + path)).as(path).startsWith("HTTP/1.1 404 ").endsWith("nothing answers here\n");
        }
    }

    @Test
    void aPageInABrowserIsNotAnswered() throws Exception {
        begin();

        for (String host : List.of("evil.example:" + port, "127.0.0.1.evil.example:" + port, "localhost", "localhost:1", "")) {
            assertThat(raw("GET /a HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")).as(host).startsWith("HTTP/1.1 403 ");
        }
        for (String origin : List.of("http://evil.example", "null", "https://localhost:" + port, "http://127.0.0.1:" + port + ".evil.example")) {
            assertThat(ask("GET /a", "Origin: " + origin)).as(origin).startsWith("HTTP/1.1 403 ");
        }
        assertThat(ask("GET /a", "Origin: http://127.0.0.1:" + port)).startsWith("HTTP/1.1 200 ");
        assertThat(raw("GET /a HTTP/1.1\r\nHost: LocalHost:" + port + "\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void noHeaderOfAClientReachesARouteAndNoneOfARouteTheClient() throws Exception {
        begin();

        assertThat(ask("GET /headers?x=1", "Cookie: zone=UTC", "cookie: theme=dark")).endsWith("[CamelHttpMethod, CamelHttpPath, CamelHttpQuery, Cookie]");
        assertThat(ask("GET /cookie", "Cookie: zone=UTC", "cookie: theme=dark")).endsWith("zone=UTC; theme=dark");
        assertThat(ask("GET /headers", "HX-Request: any")).endsWith("[CamelHttpMethod, CamelHttpPath, CamelHttpQuery, HX-Request]");
        for (String cookie : List.of("a=" + "x".repeat(4096), "a=\u0001b", "a=\u00e9")) {
            assertThat(ask("GET /headers", "Cookie: " + cookie)).as(cookie).startsWith("HTTP/1.1 200 ").doesNotContain("Cookie");
        }
        assertThat(ask("GET /headers?CamelSqlQuery=x", "CamelSqlQuery: DELETE FROM events", "cAMELfileName: ../x", "CamelHttpPath: /b", "X-Any: x"))
                .endsWith("[CamelHttpMethod, CamelHttpPath, CamelHttpQuery]").doesNotContain("secret-of-a-route");
    }

    @Test
    void aFailureSaysNothingOfWhatItMet() throws Exception {
        begin();

        assertThat(ask("GET /fails")).startsWith("HTTP/1.1 500 ").doesNotContain("password").endsWith("the log says why\n");
    }

    @Test
    void theSlowHoldUpNobodyAndAreCutOff() throws Exception {
        begin();
        for (int i = 0; i < 40; i++) {
            Socket slow = connect();
            slow.getOutputStream().write("GET /a HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.UTF_8));
            slow.setSoTimeout(60_000);
            sockets.add(slow);
        }

        assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 ");
        for (Socket slow : sockets) {
            assertThat(slow.getInputStream().read()).isEqualTo(-1);
        }
    }

    /** Whoever waited until the slow ones are cut off would be waiting for longer than this may take. */
    @Test
    @Timeout(30)
    void manyMoreOfThemThanItHasThreadsHoldUpNobody() throws Exception {
        begin();
        for (int i = 0; i < 500; i++) {
            Socket slow = connect();
            slow.getOutputStream().write('G');
            sockets.add(slow);
        }

        for (int i = 0; i < 10; i++) {
            assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aTooLongRequestIsRefused() throws Exception {
        begin();

        assertThat(ask("GET /a", "X-Long: " + "x".repeat(100_000))).doesNotContain("200 OK");
        assertThat(ask("GET /a", "X-Many: x\r\n".repeat(1000) + "X: x")).doesNotContain("200 OK");
        assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void everyAnswerKeepsPagesOfOthersAway() throws Exception {
        begin();

        for (String path : List.of("/a", "/none", "/fails", "/stream-of-one", "/a?x=%ff", "/redirect")) {
            assertThat(ask("GET " + path)).as(path).contains("Cross-origin-resource-policy: same-origin\r\n", "Cross-origin-opener-policy: same-origin\r\n",
                    "X-content-type-options: nosniff\r\n", "Referrer-policy: no-referrer\r\n", "X-frame-options: DENY\r\n", "Content-security-policy: default-src 'none'; "
                    + "script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n");
        }
    }

    @Test
    void aLinkToItMayBeFollowedAndNothingElseIsAnsweredToAPageOfOthers() throws Exception {
        begin();

        for (String site : List.of("cross-site", "same-site")) {
            String from = "Sec-Fetch-Site: " + site;
            assertThat(ask("GET /a", from, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")).as(site).startsWith("HTTP/1.1 200 ");
            for (String dest : List.of("iframe", "script", "image", "empty", "embed", "object", "style")) {
                assertThat(ask("GET /a", from, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: " + dest)).as(site + dest).startsWith("HTTP/1.1 403 ");
            }
            assertThat(ask("GET /a", from, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: document")).as(site).startsWith("HTTP/1.1 403 ");
            assertThat(ask("GET /a", from)).as(site).startsWith("HTTP/1.1 403 ").endsWith("pages of others are not answered\n");
        }
        for (String site : List.of("same-origin", "none")) {
            assertThat(ask("GET /a", "Sec-Fetch-Site: " + site, "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty")).as(site).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void noPathThatLooksLikeAnotherReachesARoute() throws Exception {
        begin();

        for (String path : List.of("//a", "///a", "/./a", "/b/../a", "/%61", "/a%2f", "/a;x", "/tasks.csv/..", "/%2e%2e/a", "/..%2fa", "/a%00", "/a%00.csv", "//127.0.0.1/a",
                "//evil.example/a", "http://127.0.0.1:" + port + "/a", "http://evil.example/a", "file:///a", "/a#b", "/\u00e4", "/a\u00ff", "/a%ff", "/A", "/a%20", "/tasks%2ecsv",
                "/a\\..", "*", "a", "mailto:a")) {
            assertThat(ask("GET " + path)).as(path).doesNotContain("200 OK").doesNotContain("GET /a");
        }
        for (String path : List.of("///a", "//evil.example/a", "/%61", "/a%00", "/\u00e4", "/a#b", "/tasks.csv/..", "/%2e%2e/a")) {
            assertThat(ask("GET " + path)).as(path).matches("(?s)HTTP/1.1 40[04] .*\r\n\r\n[^\r\n]+\n");
        }
        assertThat(ask("GET /a?x=" + "y".repeat(16_000))).startsWith("HTTP/1.1 414 ").endsWith("a query has at most 8192 characters\n");
        assertThat(ask("GET /a?x=%ff")).startsWith("HTTP/1.1 400 ").endsWith("the query is no percent-encoded UTF-8\n");
        assertThat(ask("GET /a?x=%c3%a4//%2e%2e&y=%00")).endsWith("GET /a x=%c3%a4//%2e%2e&y=%00");
    }

    @Test
    void aRouteSaysItsStatusTypeCachingAndAPlaceOfThisServer() throws Exception {
        begin();

        assertThat(ask("GET /redirect")).startsWith("HTTP/1.1 303 ").contains("Location: /tasks?x=1\r\n");
        assertThat(ask("GET /cached")).contains("Cache-control: max-age=60\r\n", "Content-type: text/css\r\n").doesNotContain("no-store");
        assertThat(ask("GET /nothing")).startsWith("HTTP/1.1 204 ").endsWith("\r\n\r\n");
        for (String elsewhere : List.of("http://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/a\r\nSet-Cookie: x=1", "/a\u010aSet-Cookie: x=1")) {
            location = elsewhere;
            assertThat(ask("GET /elsewhere")).as(elsewhere).startsWith("HTTP/1.1 500 ").doesNotContain("Location", "Set-Cookie");
        }
        status = "99";
        assertThat(ask("GET /any-status")).startsWith("HTTP/1.1 500 ");
        status = "many";
        assertThat(ask("GET /any-status")).startsWith("HTTP/1.1 500 ");
    }

    @Test
    void textOfAKilobyteIsPackedForWhoeverUnpacksIt() throws Exception {
        begin();

        HttpResponse<byte[]> packed = fetch("/long", "GET", "Accept-Encoding", "br, GZip;q=0.5");
        assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(packed.headers().firstValue("Vary")).contains("Accept-Encoding");
        assertThat(packed.body()).hasSizeLessThan(200);
        assertThat(unpacked(packed.body())).isEqualTo(LONG);
        HttpResponse<byte[]> head = fetch("/long", "HEAD", "Accept-Encoding", "gzip");
        assertThat(head.headers().firstValue("Content-Length")).contains(Integer.toString(packed.body().length));
        for (String refused : List.of("br", "gzip;q=0", "gzip; q=0.00", "identity", "xgzip")) {
            HttpResponse<byte[]> plain = fetch("/long", "GET", "Accept-Encoding", refused);
            assertThat(plain.headers().map()).as(refused).doesNotContainKey("content-encoding").containsEntry("vary", List.of("Accept-Encoding"));
            assertThat(new String(plain.body(), StandardCharsets.UTF_8)).as(refused).isEqualTo(LONG);
        }
        assertThat(fetch("/a", "GET", "Accept-Encoding", "gzip").headers().map()).doesNotContainKeys("content-encoding", "vary");
        assertThat(fetch("/long-picture", "GET", "Accept-Encoding", "gzip").headers().map()).doesNotContainKeys("content-encoding", "vary");
        assertThat(unpacked(fetch("/stream-of-one", "GET", "Accept-Encoding", "gzip").body())).isEqualTo("one");
    }

    @Test
    void aStreamIsSentAsItComesAndClosedAtItsEnd() throws Exception {
        begin();

        try (InputStream answer = open("/stream")) {
            Source source = source();
            source.say("first ");
            assertThat(new String(answer.readNBytes(6), StandardCharsets.UTF_8)).isEqualTo("first ");
            assertThat(context.getInflightRepository().size()).as("exchanges that are kept").isZero();
            source.say("second");
            source.say("");
            assertThat(new String(answer.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("second");
            assertThat(source.closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(ask("HEAD /stream")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
        assertThat(source().closed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aStreamThatFailsIsNoWholeAnswer() throws Exception {
        begin();

        try (InputStream answer = open("/stream")) {
            Source source = source();
            source.say("first");
            source.say(null);
            assertThatThrownBy(answer::readAllBytes).isInstanceOf(IOException.class);
            assertThat(source.closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aStreamEndsWhenItsClientHasGone() throws Exception {
        begin();
        InputStream answer = open("/live");
        Source source = source();
        source.say("data: x\n\n");
        assertThat(new String(answer.readNBytes(9), StandardCharsets.UTF_8)).isEqualTo("data: x\n\n");

        answer.close();

        await().atMost(30, TimeUnit.SECONDS).until(() -> {
            source.say(":\n\n");
            return source.closed.getCount() == 0;
        });
        await().atMost(30, TimeUnit.SECONDS).until(() -> threads() == 0);
    }

    @Test
    void halfOfTheThreadsAreForStreamsAndNoneKeepsAStopWaiting() throws Exception {
        begin();
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            open.add(live());
        }

        assertThat(ask("GET /live")).startsWith("HTTP/1.1 503 ").contains("Retry-after: 10\r\n").endsWith("at most 32 streams are open at a time; close another one\n");
        assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 ");
        open.get(0).close();
        Source first = sources.take();
        await().atMost(30, TimeUnit.SECONDS).until(() -> {
            first.say(":\n\n");
            return first.closed.getCount() == 0;
        });
        await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> live().setSoTimeout(30_000));

        Thread stop = new Thread(engine::close);
        stop.start();
        stop.join(5_000);

        assertThat(stop.isAlive()).isFalse();
        for (Source source : sources) {
            assertThat(source.closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
        for (Socket socket : open.subList(1, 32)) {
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void whoeverDoesNotReadIsCutOff() throws Exception {
        mostWrite = Duration.ofSeconds(1);
        begin();
        for (String path : List.of("/big", "/big-stream")) {
            Socket deaf = connect();
            sockets.add(deaf);
            deaf.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        }
        await().atMost(30, TimeUnit.SECONDS).until(() -> threads() == 2);

        assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 ");

        await().atMost(30, TimeUnit.SECONDS).until(() -> threads() == 0);
        for (Socket deaf : sockets) {
            assertThat(read(deaf.getInputStream(), Duration.ZERO)).as("what was on its way").isLessThan(BIG);
        }
    }

    @Test
    void whoeverReadsSlowlyGetsAllOfIt() throws Exception {
        mostWrite = Duration.ofSeconds(1);
        begin();

        for (String path : List.of("/big", "/big-stream")) {
            try (InputStream answer = open(path)) {
                long beganNanos = System.nanoTime();
                assertThat(read(answer, Duration.ofMillis(10))).isEqualTo(BIG);
                assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).as("or it shows nothing").isGreaterThan(mostWrite.multipliedBy(2));
            }
        }
    }

    @Test
    void manyMoreWhoDoNotReadThanItHasThreadsHoldUpNobody() throws Exception {
        mostWrite = Duration.ofMinutes(10);
        begin();
        for (int i = 0; i < 100; i++) {
            Socket deaf = connect();
            sockets.add(deaf);
            deaf.getOutputStream().write(("GET /big HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        }

        await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void aPortInUseIsTakenWhenItIsFreeAgain() throws Exception {
        try (ServerSocket other = new ServerSocket(FreePort.take(), 1, InetAddress.getByName("127.0.0.1"))) {
            port = other.getLocalPort();
            begin();
            assertThat(context.getRouteController().getRouteStatus("a").isStarted()).isTrue();
        }

        await().atMost(60, TimeUnit.SECONDS).ignoreExceptions().untilAsserted(() -> assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void listensNowhereUnlessARouteStarts() throws Exception {
        port = FreePort.take();
        build(Map.of());
        context.setAutoStartup(false);

        context.start();

        new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
    }

    @Test
    void beyondThisComputerTheTokenIsAskedFor() throws Exception {
        port = FreePort.take();
        build(Map.of("tac8.http.host", "0.0.0.0", "tac8.http.token", SECRET));
        context.start();

        assertThat(ask("GET /a")).startsWith("HTTP/1.1 401 ");
        assertThat(ask("GET /a", "Authorization: Bearer " + SECRET + "x")).startsWith("HTTP/1.1 401 ");
        assertThat(ask("GET /a", "Authorization: Bearer " + SECRET)).startsWith("HTTP/1.1 200 ");
        assertThat(raw("GET /a HTTP/1.1\r\nHost: any.example\r\nAuthorization: Bearer " + SECRET + "\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aRouteThatIsStoppedAnswersNoMore() throws Exception {
        begin();

        context.getRouteController().stopRoute("a");
        assertThat(ask("GET /a")).startsWith("HTTP/1.1 404 ");
        context.getRouteController().startRoute("a");
        assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void inABrowserTheTokenIsThePassword() throws Exception {
        port = FreePort.take();
        build(Map.of("tac8.http.token", SECRET));
        context.start();

        assertThat(ask("GET /a")).startsWith("HTTP/1.1 401 ").contains("Www-authenticate: Basic realm=\"tac8\"\r\n").doesNotContain(SECRET);
        for (String right : List.of("any:" + SECRET, ":" + SECRET, "ü:" + SECRET)) {
            assertThat(ask("GET /a", "Authorization: Basic " + base64(right))).as(right).startsWith("HTTP/1.1 200 ");
            assertThat(ask("GET /a", "authorization:  bASIC  " + base64(right))).as(right).startsWith("HTTP/1.1 200 ");
        }
        for (String wrong : List.of("any:" + SECRET + "x", SECRET + ":", "any:", "", "any:x:" + SECRET, "any: " + SECRET)) {
            assertThat(ask("GET /a", "Authorization: Basic " + base64(wrong))).as(wrong).startsWith("HTTP/1.1 401 ");
        }
        for (String wrong : List.of("Basic", "Basic *", "Bearer", "Bearer ", "Digest " + SECRET, SECRET, "")) {
            assertThat(ask("GET /a", "Authorization: " + wrong)).as(wrong).startsWith("HTTP/1.1 401 ");
        }
        assertThat(ask("GET /none")).as("which paths there are is told to nobody else").startsWith("HTTP/1.1 401 ");
        assertThat(ask("GET /a", "Authorization: Bearer " + SECRET, "Origin: http://evil.example")).startsWith("HTTP/1.1 403 ").doesNotContain("Www-authenticate");
        assertThat(ask("GET /a", "Authorization: Basic " + base64(":" + SECRET), "Sec-Fetch-Site: cross-site")).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void aRequestWaitsForARouteThatIsSuspendedOrReplaced() throws Exception {
        begin();
        Consumer consumer = context.getRoute("a").getConsumer();

        ServiceHelper.suspendService(consumer);
        Future<String> waits = others.submit(() -> ask("GET /a"));
        await().atMost(30, TimeUnit.SECONDS).until(() -> threads() == 1);
        assertThat(ask("GET /tasks")).startsWith("HTTP/1.1 200 ");
        assertThat(waits).isNotDone();
        ServiceHelper.resumeService(consumer);
        assertThat(waits.get(30, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200 ");

        context.getRouteController().stopRoute("a");
        context.removeRoute("a");
        Future<String> gone = others.submit(() -> ask("GET /a"));
        await().atMost(30, TimeUnit.SECONDS).until(() -> threads() == 1);
        assertThat(ask("GET /none")).startsWith("HTTP/1.1 404 ");
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/a").routeId("a").setBody(constant("replaced"));
            }
        });
        assertThat(gone.get(30, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200 ").endsWith("replaced");

        ServiceHelper.suspendService(context.getRoute("a").getConsumer());
        assertThat(ask("GET /a")).as("that is never resumed").startsWith("HTTP/1.1 503 ").contains("Retry-after: 1\r\n");
    }

    private void begin() throws Exception {
        port = port == 0 ? FreePort.take() : port;
        build(Map.of());
        context.start();
    }

    private void build(Map<String, String> others) throws Exception {
        Map<String, String> settings = new HashMap<>(others);
        settings.put(Setting.HTTP_PORT.key(), Integer.toString(port));
        engine = new HttpEngine(Settings.load(Path.of("").toAbsolutePath(), Map.of(), settings), mostWrite);
        context.getRegistry().bind("platform-http-engine", engine);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/a").routeId("a").setBody(simple("${header.CamelHttpMethod} ${header.CamelHttpPath} ${header.CamelHttpQuery}"));
                from("platform-http:/?produces=text/html,application/json").setBody(constant("the overview"));
                from("platform-http:/tasks?produces=text/html,text/csv, application/json").setBody(simple("${header.CamelHttpPath}"));
                from("platform-http:/only-csv?produces=text/csv").setBody(simple("${header.CamelHttpPath}"));
                from("platform-http:/exact?produces=text/html,text/csv,application/json").setBody(simple("${header.CamelHttpPath}"));
                from("platform-http:/exact.csv").setBody(constant("the exact one"));
                from("platform-http:/headers").setBody(exchange -> new java.util.TreeSet<>(exchange.getMessage().getHeaders().keySet()).toString())
                        .setHeader("X-Secret", constant("secret-of-a-route")).setHeader("CamelAny", constant("secret-of-a-route"));
                from("platform-http:/cookie").setBody(header("Cookie"));
                from("platform-http:/redirect").setHeader(Exchange.HTTP_RESPONSE_CODE, constant(303)).setHeader("Location", constant("/tasks?x=1"));
                from("platform-http:/elsewhere").setHeader("Location", () -> location);
                from("platform-http:/any-status").setHeader(Exchange.HTTP_RESPONSE_CODE, () -> status);
                from("platform-http:/nothing").setHeader(Exchange.HTTP_RESPONSE_CODE, constant(204)).setBody(constant("x"));
                from("platform-http:/cached").setHeader("Cache-Control", constant("max-age=60")).setHeader("Content-Type", constant("text/css"));
                from("platform-http:/long").setBody(constant(LONG)).setHeader("Content-Type", constant("text/HTML; charset=utf-8"));
                from("platform-http:/long-picture").setBody(constant(LONG)).setHeader("Content-Type", constant("image/png"));
                from("platform-http:/stream-of-one").setBody(exchange -> new ByteArrayInputStream("one".getBytes(StandardCharsets.UTF_8)));
                // A step behind the body would read it to its end first, if Camel kept it.
                from("platform-http:/stream").setBody(exchange -> new Source()).setHeader("Content-Type", constant("text/plain"));
                from("platform-http:/live").setBody(exchange -> new Source()).setHeader("Content-Type", constant("text/event-stream; charset=utf-8"));
                from("platform-http:/big").setBody(exchange -> new byte[BIG]).setHeader("Content-Type", constant("application/octet-stream"));
                from("platform-http:/big-stream").setBody(exchange -> new ByteArrayInputStream(new byte[BIG])).setHeader("Content-Type", constant("application/octet-stream"));
                from("platform-http:/busy").setHeader(Exchange.HTTP_RESPONSE_CODE, constant(503)).setBody(constant("later"));
                from("platform-http:/fails").throwException(new IllegalStateException("the password is x"));
            }
        });
    }

    /** A body that is said bit by bit: null is a failure, and nothing the end. */
    private final class Source extends InputStream {
        private final BlockingQueue<Optional<String>> said = new LinkedBlockingQueue<>();
        private final CountDownLatch closed = new CountDownLatch(1);

        Source() {
            sources.add(this);
        }

        void say(String what) {
            said.add(Optional.ofNullable(what));
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            byte[] next = next().orElseThrow(() -> new IOException("it has failed")).getBytes(StandardCharsets.UTF_8);
            System.arraycopy(next, 0, bytes, offset, next.length);
            return next.length == 0 ? -1 : next.length;
        }

        /** What is read from a process does not end for an interrupt either. */
        private Optional<String> next() {
            while (true) {
                try {
                    return said.take();
                } catch (InterruptedException e) {
                    // Goes on.
                }
            }
        }

        @Override
        public void close() {
            closed.countDown();
            say("");
        }
    }

    private Source source() throws InterruptedException {
        return sources.poll(30, TimeUnit.SECONDS);
    }

    /** How many threads read or answer. */
    private long threads() {
        return Thread.getAllStackTraces().entrySet().stream().filter(one -> one.getKey().getName().equals("http")
                && Arrays.stream(one.getValue()).anyMatch(frame -> frame.getClassName().equals(HttpEngine.class.getName()))).count();
    }

    /** A connection on which a stream has begun. */
    private Socket live() throws IOException {
        Socket socket = connect();
        sockets.add(socket);
        socket.getOutputStream().write(("GET /live HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) socket.getInputStream().read());
        }
        assertThat(head).startsWith("HTTP/1.1 200 ");
        return socket;
    }

    private InputStream open(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request(path).build(), HttpResponse.BodyHandlers.ofInputStream()).body();
    }

    private HttpResponse<byte[]> fetch(String path, String method, String... headers) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request(path).method(method, HttpRequest.BodyPublishers.noBody()).headers(headers).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    /** How much there is, read with a pause before each 64 KiB. */
    private static long read(InputStream answer, Duration pause) throws InterruptedException {
        long count = 0;
        try {
            byte[] bytes = answer.readNBytes(65_536);
            while (bytes.length > 0) {
                count += bytes.length;
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                bytes = answer.readNBytes(65_536);
            }
        } catch (IOException e) {
            // The connection was closed.
        }
        return count;
    }

    private static String unpacked(byte[] packed) throws IOException {
        return new String(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getByName("127.0.0.1"), port);
    }

    private String ask(String what, String... headers) throws IOException {
        return raw(what + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nConnection: close\r\n" + String.join("\r\n", headers) + (headers.length == 0 ? "" : "\r\n")
                + "\r\n");
    }

    /** The whole answer to a request, as it is. */
    private String raw(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (java.net.SocketException e) {
            return e.getMessage();
        }
    }
}
