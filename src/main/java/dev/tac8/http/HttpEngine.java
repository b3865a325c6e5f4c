package dev.tac8.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tac8.files.Daemon;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers GET and HEAD by the routes that begin at {@code platform-http:PATH}, each on exactly its path, and on that path with {@code .csv} or {@code .json}
 * behind it if its {@code produces} names that type: {@code CamelHttpPath} is the path that was asked for. It listens from the start of the first of them, so
 * not where routes are only built. What a client sends reaches a route as path and query alone: no header of its own, and so none of
 * Camel's, and no body. A route says its body, its {@code Content-Type} and its status, and nothing else.
 *
 * <p>Other users of this computer, and pages in a browser of theirs, can send what they like: a page is told by Host and Origin, the slow are cut
 * off, and a failure says nothing of what it met.
 */
@BindToRegistry("platform-http-engine")
public final class HttpEngine implements PlatformHttpEngine, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger("http");
    private static final int MOST_THREADS = 64;
    private static final int IDLE_SECONDS = 10;
    private static final int AGAIN_SECONDS = 5;
    private static final int MOST_BACKLOG = 50;

    private static final Map<String, String> TYPES = Map.of("csv", "text/csv", "json", "application/json");
    private static final Pattern FORMAT = Pattern.compile("(.*[^/])\\.(csv|json)");

    static {
        // The server reads these once. Without them it waits for ever for the rest of a request, and for one who does not read its answer.
        Map.of("maxReqTime", "5", "maxRspTime", "10", "idleInterval", "10", "maxReqHeaders", "50", "maxReqHeaderSize", "16384").forEach((name, value) ->
                System.getProperties().putIfAbsent("sun.net.httpserver." + name, value));
    }

    private final String host;
    private final int port;
    private final String token;
    /** What a Host header may say; null if anything, because the token tells friend from foe. */
    private final Set<String> hosts;
    private final Map<String, Answering> routes = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean begun;
    private HttpServer server;
    private Threads threads;

    public HttpEngine(Settings settings) {
        host = settings.text(Setting.HTTP_HOST);
        port = settings.number(Setting.HTTP_PORT);
        token = settings.text(Setting.HTTP_TOKEN);
        hosts = settings.isLocalHttp() ? Set.copyOf(List.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port, host + ":" + port)) : null;
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
    private final class Answering extends DefaultConsumer implements PlatformHttpConsumer {
        private final String path;
        private final Set<String> types;

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
            routes.put(path, this);
            begin();
        }

        @Override
        protected void doStop() throws Exception {
            routes.remove(path, this);
            super.doStop();
        }

        void answer(HttpExchange asked) throws Exception {
            Exchange exchange = createExchange(true);
            exchange.getMessage().setHeader(Exchange.HTTP_METHOD, asked.getRequestMethod());
            exchange.getMessage().setHeader(Exchange.HTTP_PATH, asked.getRequestURI().getPath());
            exchange.getMessage().setHeader(Exchange.HTTP_QUERY, asked.getRequestURI().getRawQuery());
            getProcessor().process(exchange);
            if (exchange.getException() != null) {
                throw new IllegalStateException(exchange.getException());
            }
            byte[] body = exchange.getMessage().getBody(byte[].class);
            say(asked, exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class),
                    exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8", String.class), body == null ? new byte[0] : body);
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
        threads = new Threads();
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        return null;
    }

    private void handle(HttpExchange asked) throws IOException {
        try (asked) {
            if (!threads.hasRead()) {
                return;
            }
            String refusal = refusal(asked.getRequestHeaders());
            Answering route = route(asked.getRequestURI().getPath());
            if (refusal != null) {
                say(asked, token.isEmpty() || isTokenRight(asked.getRequestHeaders()) ? 403 : 401, refusal);
            } else if (!Set.of("GET", "HEAD").contains(asked.getRequestMethod())) {
                asked.getResponseHeaders().set("Allow", "GET, HEAD");
                say(asked, 405, "only GET and HEAD are answered");
            } else if (route == null) {
                say(asked, 404, "nothing answers here");
            } else {
                answer(asked, route);
            }
        }
    }

    /** The route of exactly this path, or else of this format of it. */
    private Answering route(String path) {
        Answering exact = routes.get(path);
        Matcher format = FORMAT.matcher(path);
        if (exact != null || !format.matches()) {
            return exact;
        }
        Answering route = routes.get(format.group(1));
        return route != null && route.types.contains(TYPES.get(format.group(2))) ? route : null;
    }

    private static void answer(HttpExchange asked, Answering route) throws IOException {
        try {
            route.answer(asked);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            // Failures has said why.
            say(asked, 500, "the answer failed; the log says why");
        }
    }

    private boolean isTokenRight(Headers headers) {
        return MessageDigest.isEqual(("Bearer " + token).getBytes(StandardCharsets.UTF_8),
                String.valueOf(headers.getFirst("Authorization")).getBytes(StandardCharsets.UTF_8));
    }

    /** Why a request is not answered, or null. */
    private String refusal(Headers headers) {
        String asked = String.valueOf(headers.getFirst("Host")).toLowerCase(Locale.ROOT);
        if (!token.isEmpty() && !isTokenRight(headers)) {
            return "the header Authorization must say: Bearer, and the secret of tac8.http.token";
        }
        if (hosts != null && !hosts.contains(asked)) {
            // A name that a page in a browser has led here.
            return "ask for 127.0.0.1 or localhost, and the port";
        }
        return headers.containsKey("Origin") && !("http://" + asked).equalsIgnoreCase(headers.getFirst("Origin")) ? "pages of others are not answered" : null;
    }

    private static void say(HttpExchange asked, int status, String sentence) throws IOException {
        say(asked, status, "text/plain; charset=utf-8", (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void say(HttpExchange asked, int status, String type, byte[] body) throws IOException {
        Headers headers = asked.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        if (asked.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(body.length));
            asked.sendResponseHeaders(status, -1);
        } else {
            asked.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            asked.getResponseBody().write(body);
        }
    }

    /**
     * Reads and answers requests, each on a thread. If none is left, the oldest request that has not been read to its end gives way: whoever sends
     * halves of requests and waits keeps nobody else from being answered.
     */
    private static final class Threads extends ThreadPoolExecutor {
        private final Set<Thread> reading = new LinkedHashSet<>();

        Threads() {
            super(0, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), Daemon.threads("http"), (request, all) -> ((Threads) all).makeRoom(request));
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable request) {
            synchronized (reading) {
                reading.add(thread);
            }
        }

        @Override
        protected void afterExecute(Runnable request, Throwable failure) {
            hasRead();
        }

        /** This thread has read its request; false if that gives way. */
        boolean hasRead() {
            synchronized (reading) {
                return reading.remove(Thread.currentThread());
            }
        }

        private void makeRoom(Runnable request) {
            synchronized (reading) {
                reading.stream().findFirst().ifPresent(oldest -> {
                    reading.remove(oldest);
                    // Closes its connection.
                    oldest.interrupt();
                });
            }
            try {
                if (isShutdown() || !getQueue().offer(request, 1, TimeUnit.SECONDS)) {
                    // The server closes the connection.
                    throw new RejectedExecutionException("all threads answer");
                }
            } catch (InterruptedException e) {
                throw new RejectedExecutionException(e);
            }
        }
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        if (server != null) {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
