package dev.tac8.page;

import dev.tac8.files.Daemon;
import dev.tac8.query.Answer;
import dev.tac8.query.LocalZone;
import dev.tac8.query.Output;
import dev.tac8.query.Question;
import dev.tac8.query.Questions.Answered;
import dev.tac8.query.Stores;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.Freshness;
import dev.tac8.store.StoreException;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that answers for the page: it asks the questions and makes the HTML, apart from the service, whose locks on its stores no question may touch and whose
 * memory no question may take (docs/adr/0026, 0038). It listens at a socket in its working folder, which is the user's alone, and ends with the service, or by
 * itself if nobody has asked for a while or it has grown too large.
 */
final class PageProcess {
    private static final Logger LOG = LoggerFactory.getLogger("page");
    /** Questions at once: what one disk and two processors do well. */
    private static final int QUESTIONS = 3;
    /** Answers at once: whoever reads slowly keeps nobody else from asking. */
    private static final int THREADS = 16;
    private static final Duration LONGEST_RETIRING = Duration.ofMinutes(1);
    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final long LOOK_SECONDS = 5;
    private static final long MOST_RESIDENT_BYTES = 256L << 20;
    private static final int PAGE_BYTES = 4096;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int FAULT = 500;
    private static final int UNAVAILABLE = 503;
    private static final Pattern SUFFIX = Pattern.compile("\\.(json|csv)$");
    private static final Pattern ZONE = Pattern.compile("(?:^|; *)tac8-zone=([A-Za-z0-9_+:/-]{1,64})(?:;|$)");

    private final Settings settings;
    private final Templates templates = new Templates();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, Daemon.threads("page"));
    private final Semaphore questions = new Semaphore(QUESTIONS, true);
    private int running;
    private long lastNanos = System.nanoTime();

    private PageProcess(Settings settings) {
        this.settings = settings;
    }

    /** @param args the home and the folder of routes and statements; the settings stand in the first line of standard input, whose end is that of the service */
    public static void main(String[] args) throws Exception {
        BufferedReader service = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PageProcess process = new PageProcess(settings(args, service.readLine()));
        Daemon.threads("service").newThread(() -> process.endWith(service)).start();
        Stores.limitTo(Duration.ofSeconds(process.settings.number(Setting.HTTP_ANSWER_SECONDS)));
        Path socket = Path.of(Long.toString(ProcessHandle.current().pid()));
        Files.deleteIfExists(socket);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Daemon.threads("watch").newThread(() -> process.watch(socket)).start();
            System.out.println("ready");
            System.out.flush();
            while (true) {
                SocketChannel asking = server.accept();
                process.threads.execute(() -> process.answer(asking));
            }
        }
    }

    @SuppressWarnings("unchecked") // A map of texts was written.
    private static Settings settings(String[] args, String line) throws IOException, SettingsException {
        Map<String, String> values = Wire.read(new ByteArrayInputStream((line + "\n").getBytes(StandardCharsets.UTF_8)), Map.class);
        return Settings.passingOverFaults(Path.of(args[0]), Settings.secrets(System.getenv()), values).from(Path.of(args[1]));
    }

    /** Ends with the service; if that says a line, another process answers from now on, and what is being read is read to its end. */
    private void endWith(BufferedReader service) {
        try {
            while (service.readLine() != null) {
                Daemon.threads("retire").newThread(this::retire).start();
            }
        } catch (IOException e) {
            // It has ended, too.
        }
        Runtime.getRuntime().halt(0);
    }

    private void retire() {
        long endNanos = System.nanoTime() + LONGEST_RETIRING.toNanos();
        while (!isIdle(Duration.ZERO) && System.nanoTime() - endNanos < 0) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        Runtime.getRuntime().halt(0);
    }

    /** Ends if nobody asks, or this has grown too large. */
    private void watch(Path socket) {
        try {
            while (true) {
                Thread.sleep(Duration.ofSeconds(LOOK_SECONDS).toMillis());
                long resident = Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE_BYTES;
                if (isIdle(IDLE) || isIdle(Duration.ZERO) && resident > MOST_RESIDENT_BYTES) {
                    Files.deleteIfExists(socket);
                    Runtime.getRuntime().halt(0);
                }
            }
        } catch (IOException | InterruptedException e) {
            Runtime.getRuntime().halt(0);
        }
    }

    private void answer(SocketChannel asking) {
        begin();
        try (asking; InputStream in = Channels.newInputStream(asking); OutputStream out = new BufferedOutputStream(Channels.newOutputStream(asking))) {
            answer(Wire.read(in, Wire.Asked.class), out);
            out.flush();
        } catch (IOException e) {
            // Whoever asked has gone.
        } catch (RuntimeException e) {
            LOG.error("an answer was cut off, by a fault of tac8 itself", e);
        } finally {
            end();
        }
    }

    private synchronized void begin() {
        running++;
    }

    /** While no question is asked, no file of a store is held open, and a disk can be taken out. */
    private synchronized void end() {
        running--;
        lastNanos = System.nanoTime();
        if (running == 0) {
            try {
                Stores.letGo();
            } catch (IOException e) {
                // The disk has gone.
            }
        }
    }

    private synchronized boolean isIdle(Duration time) {
        return running == 0 && System.nanoTime() - lastNanos > time.toNanos();
    }

    /** What is said, when all of it has been asked. */
    private interface Said {
        void to(OutputStream out) throws IOException;
    }

    private void answer(Wire.Asked asked, OutputStream out) throws IOException {
        questions.acquireUninterruptibly();
        Said said;
        try {
            said = said(asked);
        } finally {
            questions.release();
        }
        said.to(out);
    }

    private Said said(Wire.Asked asked) {
        Output.Form form = form(asked.path());
        Request request = null;
        try {
            Request its = request(asked, form);
            request = its;
            Freshness freshness = Freshness.read(settings);
            Shown shown = Views.named(asked.view()).answer(its);
            Answered answered = shown.answered();
            boolean isMissing = answered != null && !answered.missing().isEmpty();
            boolean isNotThere = shown.isNotThere() || answered != null && answered.answer() == null && request.get("id") != null;
            // Of what cannot be read nobody knows whether it is there.
            int status = isNotThere ? isMissing ? UNAVAILABLE : NOT_FOUND : shown.status();
            if (form == Output.Form.CSV && isMissing) {
                // CSV has no place for it, and a sum of it would be a wrong one.
                return sorry(form, request, asked, UNAVAILABLE, String.join("; ", answered.missing()) + ". The same as .json has what can be read, and says what is missing");
            } else if (form == Output.Form.TEXT) {
                String page = templates.page(its, shown);
                return out -> html(out, status, page);
            }
            if (freshness != null && !freshness.isOld(Instant.now()) && answered != null && answered.answer() != null) {
                answered.answer().remark(freshness.remark(Instant.now()));
            }
            return out -> print(out, status, form, answered, its.zone());
        } catch (IllegalArgumentException | StoreException e) {
            return sorry(form, request, asked, e instanceof StoreException ? UNAVAILABLE : BAD_REQUEST, Question.TOO_LARGE.equals(e.getMessage())
                    ? "the answer does not fit into the memory of the page: ask for less, or ask ./tac8 in a terminal" : e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{} could not be shown, by a fault of tac8 itself", asked.path(), e);
            return sorry(form, request, asked, FAULT, "This page could not be shown, by a fault of tac8 itself; the log says more. What is stored is not touched.");
        }
    }

    private Request request(Wire.Asked asked, Output.Form form) {
        Map<String, String> parameters = Request.parameters(asked.query());
        String zone = parameters.get("zone");
        Matcher cookie = ZONE.matcher(asked.cookie() == null ? "" : asked.cookie());
        ZoneId of = LocalZone.here(System.getenv("TZ")).zone();
        try {
            of = zone != null ? ZoneId.of(zone) : cookie.find() ? ZoneId.of(cookie.group(1)) : of;
        } catch (DateTimeException e) {
            if (zone != null) {
                throw new IllegalArgumentException("zone must be a time zone such as Europe/Berlin or +02:00", e);
            }
        }
        return new Request(SUFFIX.matcher(asked.path()).replaceFirst(""), form, parameters, of, Instant.now(), asked.state(), settings);
    }

    private static Output.Form form(String path) {
        Matcher suffix = SUFFIX.matcher(path);
        return !suffix.find() ? Output.Form.TEXT : suffix.group(1).equals("csv") ? Output.Form.CSV : Output.Form.JSON;
    }

    private static void html(OutputStream out, int status, String page) throws IOException {
        Wire.write(out, new Wire.Head(status, "text/html; charset=utf-8"));
        try (OutputStream body = Wire.body(out)) {
            body.write(page.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** As the command prints it. */
    private static void print(OutputStream out, int status, Output.Form form, Answered answered, ZoneId zone) throws IOException {
        boolean csv = form == Output.Form.CSV;
        Wire.write(out, new Wire.Head(status, csv ? "text/csv; charset=utf-8" : "application/json"));
        OutputStream body = Wire.body(out);
        Writer to = new OutputStreamWriter(body, StandardCharsets.UTF_8);
        PrintWriter nobody = new PrintWriter(new StringWriter());
        PrintWriter lines = new PrintWriter(to);
        new Output(form, zone, false, 0, false, lines, nobody)
                .print(answered.answer() == null ? new Answer() : answered.answer(), answered.missing());
        if (!lines.checkError()) {
            // Only what is whole is ended.
            body.close();
        }
    }

    private Said sorry(Output.Form form, Request request, Wire.Asked asked, int status, String sentence) {
        if (form == Output.Form.TEXT) {
            Request plain = request != null ? request : new Request(asked.path(), form, Map.of(), ZoneId.of("UTC"), Instant.now(), asked.state(), settings);
            String page = templates.page(plain, new Shown("Sorry", "sorry", Map.of("sentence", sentence), null));
            return out -> html(out, status, page);
        }
        return out -> {
            Wire.write(out, new Wire.Head(status, "text/plain; charset=utf-8"));
            try (OutputStream body = Wire.body(out)) {
                body.write((sentence + "\n").getBytes(StandardCharsets.UTF_8));
            }
        };
    }
}
