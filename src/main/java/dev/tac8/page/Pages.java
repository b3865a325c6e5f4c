package dev.tac8.page;

import dev.tac8.files.Daemon;
import dev.tac8.files.OwnFolder;
import dev.tac8.http.HttpEngine;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.lang.ref.Cleaner;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.util.StringHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the page's process what a view answers, and starts it for the first request: nobody who opens no page pays for one. */
public final class Pages implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger("page");
    private static final Cleaner LEFT = Cleaner.create();
    private static final String FOLDER = "page";
    /** What a question takes at most, and a start of Java. */
    private static final int MORE_SECONDS = 20;
    private static final int MOST_WAITING = 24;
    /** What Java would say of an archive of classes that does not fit, as when tac8's folder was moved, would come before the word that the process is ready. */
    private static final List<String> JAVA = List.of("-Xlog:disable", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss512k", "-Xmx96m", "-XX:+ExitOnOutOfMemoryError");
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";
    /** Without the page's process, which is what fails. */
    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Sorry · tac8</title><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/page.svg"><link rel="stylesheet" href="/page.css"></head>
            <body>
            <main>
            <h1>That did not work</h1>
            <p class="missing">SENTENCE</p>
            <p><a href="">Try again</a>, or go to the <a href="/">overview</a>.</p>
            </main>
            </body>
            </html>
            """;

    private final Supplier<Settings> settings;
    private final Live live;
    private final Semaphore room = new Semaphore(MOST_WAITING);
    private Running running;
    private boolean closed;

    /**
     * @param settings those in force
     * @param live     says in which state a page was asked for
     */
    public Pages(Supplier<Settings> settings, Live live) {
        this.settings = settings;
        this.live = live;
    }

    /** A process that is ready, and what it was started with. */
    private record Running(Process process, Settings settings) {
        Path socket() {
            // By way of its working folder: the path of a socket may not be longer than 107 bytes, and that of a spool is.
            return Path.of("/proc", Long.toString(process.pid()), "cwd", Long.toString(process.pid()));
        }

        void end() {
            process.destroyForcibly();
        }

        /** Ends as soon as all that is being read of it has been read. */
        void retire() {
            try {
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
            } catch (IOException e) {
                end();
            }
        }
    }

    /** Makes what a view answers the body of a request, which is read while it is made. */
    public void answer(Exchange exchange, String view) throws Exception {
        if (!room.tryAcquire()) {
            say(exchange, 503, "too many pages are being asked for at once; try again in a moment");
            return;
        }
        Wire.Asked asked = new Wire.Asked(view, exchange.getMessage().getHeader(Exchange.HTTP_PATH, String.class),
                exchange.getMessage().getHeader(Exchange.HTTP_QUERY, String.class), exchange.getMessage().getHeader("Cookie", String.class), live.state());
        boolean isAgain = exchange.getMessage().getHeader(HttpEngine.HTMX) != null;
        if (isAgain) {
            live.asked();
        }
        boolean answered = false;
        try {
            answered = ask(exchange, asked);
        } catch (IOException e) {
            say(exchange, 503, "the page's own process cannot be asked (" + Reasons.of(e) + "); try again in a moment. ./tac8 answers in a terminal, and everything is stored all the same");
        } finally {
            if (isAgain) {
                live.answered();
            }
            if (!answered) {
                room.release();
            }
        }
    }

    private boolean ask(Exchange exchange, Wire.Asked asked) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Running one = process();
            SocketChannel channel = null;
            boolean answered = false;
            try {
                channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                channel.connect(UnixDomainSocketAddress.of(one.socket()));
                OutputStream out = Channels.newOutputStream(channel);
                InputStream in = Channels.newInputStream(channel);
                Wire.write(out, asked);
                Wire.Head head = Daemon.ask(settings.get().number(Setting.HTTP_ANSWER_SECONDS) + MORE_SECONDS, () -> Wire.read(in, Wire.Head.class));
                exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, head.status());
                exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, head.type());
                exchange.getMessage().setBody(new Body(Wire.body(in), new Connection(channel, room)));
                answered = true;
                return true;
            } catch (TimeoutException e) {
                end(one);
                say(exchange, 503, "this page took too long, as a disk may hang or others ask for much, and was cut off; try again in a moment");
                return false;
            } catch (IOException e) {
                // It has ended by itself just now, perhaps.
                end(one);
                if (attempt > 1) {
                    throw e;
                }
            } finally {
                if (!answered && channel != null) {
                    channel.close();
                }
            }
        }
    }

    /** A sentence in the place of an answer: as a small page for a reader, who finds the way on there, and as text for a program. */
    private static void say(Exchange exchange, int status, String sentence) {
        String path = exchange.getMessage().getHeader(Exchange.HTTP_PATH, "", String.class);
        boolean isPage = !path.endsWith(".json") && !path.endsWith(".csv");
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, isPage ? HTML : TEXT);
        exchange.getMessage().setBody(isPage ? PAGE.replace("SENTENCE", StringHelper.xmlEncode(sentence)) : sentence + "\n");
    }

    /** The process that runs with the settings in force. */
    private synchronized Running process() throws IOException {
        if (closed) {
            throw new IOException("tac8 is being stopped");
        }
        Settings now = settings.get();
        if (running != null && (!running.process().isAlive() || running.settings() != now)) {
            running.retire();
            running = null;
        }
        if (running == null) {
            running = new Running(start(now), now);
        }
        return running;
    }

    private synchronized void end(Running one) {
        if (one == running && running != null) {
            running.retire();
            running = null;
        }
    }

    private static Process start(Settings settings) throws IOException {
        OwnFolder own = OwnFolder.of(settings.path(Setting.SPOOL_DIR));
        own.create();
        OwnFolder folder = new OwnFolder(own.path().resolve(FOLDER));
        folder.create();
        sweep(folder.path());
        Stream<String> java = Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Stream<String> library = Stream.of("org.sqlite.lib.path", "org.sqlite.tmpdir").filter(name -> System.getProperty(name) != null)
                .map(name -> "-D" + name + "=" + System.getProperty(name));
        // What the service has loaded its classes from.
        Stream<String> classes = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:SharedArchiveFile=") || option.startsWith("-XX:AOTCache="));
        Stream<String> program = Stream.of(PageProcess.class.getName(), settings.home().toString(), settings.files().toString());
        ProcessBuilder builder = new ProcessBuilder(Stream.of(java, JAVA.stream(), classes, library, program).flatMap(parts -> parts).toList())
                .directory(folder.path().toFile()).redirectError(Redirect.INHERIT);
        builder.environment().put("CLASSPATH", classPath());
        // SQLite's memory comes from here: each thread would keep what the largest question that it ever asked took (glibc 2.36, 550 MB instead of 250 over a million rows).
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        Process process = builder.start();
        Wire.write(process.getOutputStream(), settings.toProperties());
        try {
            String said = Daemon.ask(MORE_SECONDS, new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))::readLine);
            if (!"ready".equals(said)) {
                throw new IOException("it has ended as it started");
            }
            return process;
        } catch (TimeoutException | IOException e) {
            process.destroyForcibly();
            throw e instanceof IOException said ? said : new IOException("it did not start in " + MORE_SECONDS + " s", e);
        }
    }

    /** Absolute, as it starts in another folder. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(":")).map(one -> Path.of(one).toAbsolutePath().toString())
                .reduce((one, other) -> one + ":" + other).orElseThrow();
    }

    /** Removes sockets of processes that have gone. */
    private static void sweep(Path folder) throws IOException {
        try (Stream<Path> sockets = Files.list(folder)) {
            for (Path socket : sockets.toList()) {
                if (socket.getFileName().toString().matches("[0-9]{1,9}") && ProcessHandle.of(Long.parseLong(socket.getFileName().toString())).isEmpty()) {
                    Files.deleteIfExists(socket);
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (running != null) {
            running.end();
        }
    }

    /** Frees its connection when it is closed, so that the page's process goes on to the next; a route may have put another body in its place, which nobody closes then. */
    private static final class Body extends FilterInputStream {
        private final Cleaner.Cleanable connection;

        Body(InputStream in, Connection connection) {
            super(in);
            this.connection = LEFT.register(this, connection);
        }

        @Override
        public void close() {
            connection.clean();
        }
    }

    /** The way of an answer. */
    private record Connection(SocketChannel channel, Semaphore room) implements Runnable {
        @Override
        public void run() {
            room.release();
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("a connection did not end well", e);
            }
        }
    }
}
