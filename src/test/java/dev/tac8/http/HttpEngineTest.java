package dev.tac8.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hostile and clumsy clients meet. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpEngineTest {
    private static final String SECRET = "a-secret-of-many-characters";

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<Socket> sockets = new ArrayList<>();
    private HttpEngine engine;
    private int port;

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        context.stop();
        engine.close();
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

    @Test
    void manyMoreOfThemThanItHasThreadsHoldUpNobody() throws Exception {
        begin();
        for (int i = 0; i < 300; i++) {
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
        assertThat(ask("GET /a", "X-Many: x\r\n".repeat(500) + "X: x")).doesNotContain("200 OK");
        assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aPortInUseIsTakenWhenItIsFreeAgain() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = other.getLocalPort();
            begin();
            assertThat(context.getRouteController().getRouteStatus("a").isStarted()).isTrue();
        }

        await().atMost(60, TimeUnit.SECONDS).ignoreExceptions().untilAsserted(() -> assertThat(ask("GET /a")).startsWith("HTTP/1.1 200 "));
    }

    @Test
    void listensNowhereUnlessARouteStarts() throws Exception {
        port = freePort();
        build(Map.of());
        context.setAutoStartup(false);

        context.start();

        new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
    }

    @Test
    void beyondThisComputerTheTokenIsAskedFor() throws Exception {
        port = freePort();
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

    private void begin() throws Exception {
        port = port == 0 ? freePort() : port;
        build(Map.of());
        context.start();
    }

    private void build(Map<String, String> others) throws Exception {
        Map<String, String> settings = new HashMap<>(others);
        settings.put(Setting.HTTP_PORT.key(), Integer.toString(port));
        engine = new HttpEngine(Settings.load(Path.of("").toAbsolutePath(), Map.of(), settings));
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
                from("platform-http:/busy").setHeader(Exchange.HTTP_RESPONSE_CODE, constant(503)).setBody(constant("later"));
                from("platform-http:/fails").throwException(new IllegalStateException("the password is x"));
            }
        });
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
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
