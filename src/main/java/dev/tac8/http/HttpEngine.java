package dev.tac8.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tac8.files.Daemon;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.BindToRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers GET and HEAD by the routes that begin at {@code platform-http:PATH}, each on exactly its path, and on that path with {@code .csv} or {@code .json}
 * behind it if its {@code produces} names that type. A browser that asks for another path is answered by the route at {@code /nowhere}, if there is one. It listens from the start of the first of them, so not where routes are only built.
 *
 * <p>What a client sends reaches a route as {@code CamelHttpMethod}, {@code CamelHttpPath}, {@code CamelHttpQuery} and {@code Cookie} alone, as they
 * were sent, {@code HX-Request} as true if a page asks for a part of itself, and no body. In Camel a header's name decides what it does: {@code CamelSqlQuery} replaces a statement, and any is a parameter of one. So
 * these names are fixed, and a client chooses their values only. Cookies that are longer than 4 kB or no printable ASCII are left out: a browser sends
 * here, too, what other programs of this computer have left in it.
 *
 * <p>A route says its body, {@code Content-Type}, {@code Cache-Control}, {@code Location} within this server, its status, and nothing else. A body that is an
 * {@link InputStream} is sent as it comes and closed at the end, or when the client or this service goes, maybe by another thread than the one that reads.
 * Until then it keeps a thread, but not the route, which can be replaced meanwhile.
 *
 * <p>Other users of this computer, and pages in a browser of theirs, can send what they like: {@link Guard} tells these pages, the slow are cut off, and a
 * failure says nothing of what it met.
 */
@BindToRegistry("platform-http-engine")
public final class HttpEngine implements PlatformHttpEngine, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger("http");
    private static final Duration MOST_WRITE = Duration.ofSeconds(10);
    private static final int MOST_LIVE = Threads.MOST / 2;
    /** htmx sends it. */
    public static final String HTMX = "HX-Request";
    private static final int MOST_COOKIE = 4096;
    private static final int AGAIN_SECONDS = 5;
    private static final int MOST_BACKLOG = 50;
    /** How long a route may be away that an edit replaces. */
    private static final long MOST_AWAY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_MILLIS = 20;
    /** What a reader is shown at a path that nothing answers, if a route begins there. */
    private static final String NOWHERE = "/nowhere";
    private static final Map<String, String> TYPES = Map.of("csv", "text/csv", "json", "application/json");
    private static final Pattern FORMAT = Pattern.compile("(.*[^/])\\.(csv|json)");

    static {
        // The server reads these once. Without them it waits for ever for the rest of a request, and small answers for the client's acknowledgement of others.
        // A request of 16 kB is still read to its end, and so refused in a sentence.
        Map.of("maxReqTime", "5", "idleInterval", "10", "maxReqHeaders", "50", "maxReqHeaderSize", "32768", "nodelay", "true").forEach((name, value) ->
                System.getProperties().putIfAbsent("sun.net.httpserver." + name, value));
    }

    private final String host;
    private final int port;
    private final Guard guard;
    private final SlowReaders slow;
    /** By their paths. Its monitor guards it, what is gone, and whether they answer. */
    private final Map<String, Answering> routes = new HashMap<>();
    /** Since when there is no route at a path that had one. */
    private final Map<String, Long> gone = new HashMap<>();
    private final Semaphore live = new Semaphore(MOST_LIVE);
    private final Set<InputStream> streams = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile CamelContext context;
    private boolean begun;
    private HttpServer server;
    private Threads threads;

    public HttpEngine(Settings settings) {
        this(settings, MOST_WRITE);
    }

    /** @param mostWrite how long a client may not read */
    HttpEngine(Settings settings, Duration mostWrite) {
        host = settings.text(Setting.HTTP_HOST);
        port = settings.number(Setting.HTTP_PORT);
        guard = new Guard(settings);
        slow = new SlowReaders(mostWrite);
    }

    @Override
    public int getServerPort() {
        return port;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        if (endpoint.isMatchOnUriPrefix() || endpoint.getPath().contains("{")) {
            throw new IllegalArgumentException("platform-http: answers exactly one path, without { and matchOnUriPrefix");
        }
        return new Answering(endpoint, processor);
    }

    /** Where a route begins. */
    private final class Answering extends DefaultConsumer implements PlatformHttpConsumer, Suspendable {
        private final String path;
        private final Set<String> types;
        private boolean answers;

        Answering(PlatformHttpEndpoint endpoint, Processor processor) {
            super(endpoint, processor);
            path = "/" + endpoint.getPath().replaceFirst("^/+", "");
            types = endpoint.getProduces() == null ? Set.of() : Set.of(endpoint.getProduces().trim().split("\\s*,\\s*"));
        }

        @Override
        public PlatformHttpEndpoint getEndpoint() {
            return (PlatformHttpEndpoint) super.getEndpoint();
        }

        @Override
        protected void doStart() throws Exception {
            super.doStart();
            synchronized (routes) {
                routes.put(path, this);
                gone.remove(path);
            }
            answers(true);
            context = getEndpoint().getCamelContext();
            begin();
        }

        @Override
        protected void doSuspend() throws Exception {
            answers(false);
            super.doSuspend();
        }

        @Override
        protected void doResume() throws Exception {
            super.doResume();
            answers(true);
        }

        @Override
        protected void doStop() throws Exception {
            synchronized (routes) {
                if (routes.remove(path, this)) {
                    gone.put(path, System.nanoTime());
                }
            }
            answers(false);
            super.doStop();
        }

        private void answers(boolean does) {
            synchronized (routes) {
                answers = does;
                routes.notifyAll();
            }
        }

        private boolean answers() {
            synchronized (routes) {
                return answers;
            }
        }

        /** Null if the route was replaced just when it was asked. */
        private Answer answer(Map<String, Object> headers) throws Exception {
            Exchange exchange = createExchange(true);
            // A stream goes on after the route, and is not kept by it.
            exchange.getExchangeExtension().setStreamCacheDisabled(true);
            exchange.getMessage().setHeaders(headers);
            getProcessor().process(exchange);
            if (exchange.getException() == null) {
                return Answer.of(exchange.getMessage());
            }
            if (answers()) {
                throw new FailedException(exchange.getException());
            }
            return null;
        }
    }

    /** A route has failed. */
    private static final class FailedException extends Exception {
        private static final long serialVersionUID = 1L;

        FailedException(Exception cause) {
            super(cause);
        }
    }

    /** Listens, or tries again until it can: whoever has the port may go away. What is stored does not depend on it. */
    private synchronized void begin() {
        if (begun || port == 0) {
            return;
        }
        begun = true;
        String failure = listen();
        if (failure != null) {
            LOG.error("cannot listen on {}:{}: {}. Health and metrics cannot be asked for, and everything is stored all the same; it is tried again every {} s."
                    + " End the program that has the port, or set another {} (0 is none)", host, port, failure, AGAIN_SECONDS, Setting.HTTP_PORT.key());
            Daemon.threads("http-again").newThread(this::listenAgain).start();
        }
    }

    private void listenAgain() {
        try {
            while (!closed.await(AGAIN_SECONDS, TimeUnit.SECONDS)) {
                if (listen() == null) {
                    LOG.info("listens on {}:{} now", host, port);
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why it cannot listen, or null if it does. */
    private synchronized String listen() {
        if (closed.getCount() == 0) {
            return null;
        }
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), MOST_BACKLOG);
        } catch (IOException | IllegalArgumentException e) {
            return e.getMessage();
        }
        threads = new Threads(slow);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        return null;
    }

    /** The server closes the connection of an exchange that fails here. */
    private void handle(HttpExchange asked) throws IOException {
        if (!threads.hasRead()) {
            throw new IOException("it gave way to others");
        }
        Answer answer = guard.refusal(asked.getRequestMethod(), asked.getRequestURI(), asked.getRequestHeaders());
        send(asked, answer != null ? answer : answer(asked));
    }

    private Answer answer(HttpExchange asked) throws IOException {
        String path = asked.getRequestURI().getRawPath();
        long endNanos = System.nanoTime() + MOST_AWAY_NANOS;
        try {
            while (true) {
                Answering route = route(path, endNanos);
                if (route == null && isReader(asked)) {
                    route = route(NOWHERE, endNanos);
                }
                if (route == null) {
                    return Answer.of(404, "nothing answers here");
                }
                Answer answer = route.answers() ? route.answer(headers(asked)) : null;
                if (answer != null) {
                    return answer;
                }
                if (System.nanoTime() - endNanos >= 0) {
                    return Answer.of(503, "what answers here is being replaced; ask again in a moment").with("Retry-After", "1");
                }
            }
        } catch (InterruptedException e) {
            throw (IOException) new InterruptedIOException("the service stops").initCause(e);
        } catch (FailedException e) {
            // Failures has said why.
            return Answer.of(500, "the answer failed; the log says why");
        } catch (Exception e) {
            LOG.error("{} cannot be answered as its route says: {}. It is 500 until the route is mended", path, e.getMessage());
            return Answer.of(500, "the answer failed; the log says why");
        }
    }

    /** The route of exactly this path, or else of this format of it. If an edit replaces it just now, or it starts later than others, it is waited for. */
    private Answering route(String path, long endNanos) throws InterruptedException {
        Matcher format = FORMAT.matcher(path);
        String whole = format.matches() ? format.group(1) : path;
        synchronized (routes) {
            while (true) {
                Answering route = routes.get(path);
                if (route == null && !isAway(path) && routes.get(whole) != null) {
                    route = routes.get(whole).types.contains(TYPES.get(format.group(2))) ? routes.get(whole) : null;
                }
                boolean isComing = route != null ? !route.answers : isAway(path) || isAway(whole) || context.getStatus().isStarting();
                if (!isComing || System.nanoTime() - endNanos >= 0) {
                    return route;
                }
                routes.wait(LOOK_MILLIS);
            }
        }
    }

    /** Whether a browser shows the answer as a page. */
    private static boolean isReader(HttpExchange asked) {
        return !FORMAT.matcher(asked.getRequestURI().getRawPath()).matches() && String.join(",", asked.getRequestHeaders().getOrDefault("Accept", List.of())).contains("text/html");
    }

    private boolean isAway(String path) {
        Long since = gone.get(path);
        return since != null && System.nanoTime() - since < MOST_AWAY_NANOS;
    }

    /** What a route is told. */
    private static Map<String, Object> headers(HttpExchange asked) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(Exchange.HTTP_METHOD, asked.getRequestMethod());
        headers.put(Exchange.HTTP_PATH, asked.getRequestURI().getRawPath());
        headers.put(Exchange.HTTP_QUERY, asked.getRequestURI().getRawQuery());
        String cookie = String.join("; ", asked.getRequestHeaders().getOrDefault("Cookie", List.of()));
        if (!cookie.isEmpty() && cookie.length() <= MOST_COOKIE && cookie.matches("[\\x20-\\x7e]*")) {
            headers.put("Cookie", cookie);
        }
        if (asked.getRequestHeaders().containsKey(HTMX)) {
            headers.put(HTMX, "true");
        }
        return headers;
    }

    private void send(HttpExchange asked, Answer answer) throws IOException {
        if (answer.stream() == null) {
            answer.send(asked, slow);
            return;
        }
        boolean isLive = answer.isLive();
        boolean isRefused = isLive && !live.tryAcquire();
        try (InputStream stream = answer.stream()) {
            streams.add(stream);
            if (closed.getCount() == 0) {
                throw new IOException("the service stops");
            }
            Answer sent = isRefused ? Answer.of(503, "at most " + MOST_LIVE + " streams are open at a time; close another one").with("Retry-After", "10") : answer;
            sent.send(asked, slow);
        } finally {
            streams.remove(answer.stream());
            if (isLive && !isRefused) {
                live.release();
            }
        }
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        if (server != null) {
            threads.shutdownNow();
            server.stop(0);
            // Whoever makes one may take long to end, and the service does not wait for him.
            streams.forEach(stream -> Daemon.threads("http-close").newThread(() -> end(stream)).start());
        }
        slow.close();
    }

    private static void end(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            LOG.debug("a stream did not end well", e);
        }
    }
}
