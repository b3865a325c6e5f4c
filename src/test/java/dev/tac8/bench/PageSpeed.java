package dev.tac8.bench;

import dev.tac8.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page of a running service over many rows, the last of which is of today: how long a view takes, warm, with nothing stored between two looks and with something; beside it {@code ./tac8 cost} and
 * the script that the first design imagined. Then how fast the service stores with ten tabs open and without, in pairs, and what memory it and the page's process take.
 */
final class PageSpeed {
    private static final String LAUNCHER = Path.of("tac8").toAbsolutePath().toString();
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int WARM_UP = 10;
    private static final int LOOKS = 101;
    private static final int LOOKS_AT_CHANGES = 31;
    private static final int LIVE_LOOKS = 11;
    private static final Duration APART = Duration.ofSeconds(15);
    private static final int PAIRS = 5;
    private static final int TABS = 10;
    private static final int STORED = 400_000;

    private final Path dir;
    private final long rows;
    private final long seed;
    private final String python;
    private final int port = FreePort.take();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> lines = new ArrayList<>();
    private int dropped;

    PageSpeed(Path dir, long rows, long seed, String python) throws IOException {
        this.dir = dir;
        this.rows = rows;
        this.seed = seed;
        this.python = python;
    }

    List<String> measure() throws Exception {
        Questions.marked(dir.resolve("external"));
        Files.createDirectories(dir.resolve("spool"));
        Corpus corpus = corpus();
        Path all = dir.resolve("all.jsonl");
        corpus.write(all, rows);
        run(List.of(LAUNCHER, "ingest", all.toString()));
        Files.delete(all);
        Process service = command(List.of(LAUNCHER, "run", "-D", "tac8.http.port=" + port)).start();
        try {
            String said = service.inputReader().readLine();
            if (said == null || !said.startsWith("tac8 is running")) {
                throw new IllegalStateException("the service does not run: " + said);
            }
            long idle = residentKilobytes(service.pid());
            looks(corpus);
            String looked = String.format(Locale.ROOT, "resident: the service %d MB before the first look and %d MB after the last; the page's process %d MB",
                    idle / 1024, residentKilobytes(service.pid()) / 1024, pageKilobytes(service) / 1024);
            live(corpus);
            storing(corpus);
            lines.add(looked);
            lines.add(String.format(Locale.ROOT, "          after storing beside open tabs %d and %d MB", residentKilobytes(service.pid()) / 1024, pageKilobytes(service) / 1024));
            return lines;
        } finally {
            service.destroy();
            service.waitFor();
        }
    }

    private static long pageKilobytes(Process service) {
        return service.children().filter(child -> commandLine(child.pid()).contains("PageProcess")).mapToLong(child -> residentKilobytes(child.pid())).sum();
    }

    /** So slow that the last row is of now. */
    private Corpus corpus() {
        long milliseconds = Duration.between(Instant.parse("2026-11-02T08:00:00Z"), Instant.now()).toMillis();
        return new Corpus(seed, (int) Math.max(1, milliseconds / rows));
    }

    private void looks(Corpus corpus) throws Exception {
        String day = LocalDate.now(ZoneOffset.UTC).toString();
        List<String> tasks = tasks();
        Random random = new Random(seed);
        lines.add(String.format(Locale.ROOT, "%-52s %8s %8s", "", "p50 ms", "p99 ms"));
        look("/, nothing stored meanwhile", LOOKS, () -> get("/"));
        look("/overview.json, nothing stored meanwhile", LOOKS, () -> get("/overview.json"));
        look("/, a record stored before each look", LOOKS_AT_CHANGES, () -> get("/"), corpus);
        look("/task?id=, another each time", LOOKS, () -> get("/task?id=" + tasks.get(random.nextInt(tasks.size()))));
        look("/events", LOOKS, () -> get("/events"));
        look("/tasks", LOOKS, () -> get("/tasks"));
        look("/sessions", LOOKS_AT_CHANGES, () -> get("/sessions"));
        look("./tac8 cost --last 30d, whole process", LOOKS_AT_CHANGES, () -> run(List.of(LAUNCHER, "cost", "--last", "30d")));
        look("./tac8 cost --by day --last 30d, whole process", LOOKS_AT_CHANGES, () -> run(List.of(LAUNCHER, "cost", "--by", "day", "--last", "30d")));
        look("Python, a day by a range, whole process", LOOKS_AT_CHANGES, () -> run(List.of(python, Path.of("src/test/python/question.py").toAbsolutePath().toString(),
                dir.resolve("external/logs.db").toString(), "cost", "--day", day, "--range")));
    }

    private interface Look {
        void once() throws Exception;
    }

    private void look(String name, int count, Look look) throws Exception {
        look(name, count, look, null);
    }

    private void look(String name, int count, Look look, Corpus changing) throws Exception {
        double[] milliseconds = new double[count];
        for (int i = -WARM_UP; i < count; i++) {
            if (changing != null) {
                awaitStored(drop(changing, 1));
            }
            long start = System.nanoTime();
            look.once();
            if (i >= 0) {
                milliseconds[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(milliseconds);
        lines.add(String.format(Locale.ROOT, "%-52s %8.1f %8.1f", name, milliseconds[count / 2], milliseconds[(count * 99 - 1) / 100]));
    }

    private List<String> tasks() throws Exception {
        Matcher ids = Pattern.compile("\"task_id\" : \"(.*?)\"").matcher(get("/tasks.json"));
        List<String> tasks = new ArrayList<>();
        while (ids.find()) {
            tasks.add(ids.group(1));
        }
        return tasks;
    }

    // --- A page that is open ---

    /** From a file's rename to the overview that shows it, as page.js asks for it; so far apart that no page is told later because of the one before. */
    private void live(Corpus corpus) throws Exception {
        BlockingQueue<String> states = new LinkedBlockingQueue<>();
        double[] milliseconds = new double[LIVE_LOOKS];
        try (InputStream stream = client.send(HttpRequest.newBuilder(URI.create(url("/live"))).build(), BodyHandlers.ofInputStream()).body()) {
            Thread reader = new Thread(() -> read(stream, states), "live");
            reader.setDaemon(true);
            reader.start();
            for (int i = 0; i < LIVE_LOOKS; i++) {
                Thread.sleep(APART.toMillis());
                states.clear();
                long start = System.nanoTime();
                drop(corpus, 1);
                states.take();
                get("/");
                milliseconds[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(milliseconds);
        lines.add(String.format(Locale.ROOT, "a file's rename to an open overview that shows it: %.0f ms (%.0f-%.0f)", milliseconds[LIVE_LOOKS / 2], milliseconds[0], milliseconds[LIVE_LOOKS - 1]));
    }

    private static void read(InputStream stream, BlockingQueue<String> states) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: ")) {
                    states.add(line);
                }
            }
        } catch (IOException e) {
            // It is closed.
        }
    }

    // --- Storing while tabs are open ---

    private void storing(Corpus corpus) throws Exception {
        double[] ratios = new double[PAIRS];
        for (int pair = -1; pair < PAIRS; pair++) {
            double alone = store(corpus);
            AtomicBoolean open = new AtomicBoolean(true);
            AtomicInteger asked = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            CountDownLatch opened = new CountDownLatch(TABS);
            List<Thread> tabs = new ArrayList<>();
            List<String> views = List.of("/", "/tasks", "/events", "/sessions", "/?stack=outcome");
            for (int i = 0; i < TABS; i++) {
                String view = views.get(i % views.size());
                Thread tab = new Thread(() -> tab(view, open, opened, asked, refused), "tab-" + i);
                tab.start();
                tabs.add(tab);
            }
            opened.await();
            double watched = store(corpus);
            open.set(false);
            for (Thread tab : tabs) {
                tab.interrupt();
                tab.join();
            }
            if (pair >= 0) {
                ratios[pair] = alone / watched;
            }
            System.err.printf(Locale.ROOT, "pair %d: %.2f s alone, %.2f s with %d tabs, which were answered %d times and refused %d times%n", pair, alone, watched, TABS, asked.get(), refused.get());
        }
        Arrays.sort(ratios);
        lines.add(String.format(Locale.ROOT, "stores with %d tabs open %.2f (%.2f-%.2f) times as fast as without", TABS, ratios[PAIRS / 2], ratios[0], ratios[PAIRS - 1]));
    }

    /** As page.js does: looks, and looks again whenever the stream says another state. What cannot be answered just now is asked again at the next one. */
    private void tab(String view, AtomicBoolean open, CountDownLatch opened, AtomicInteger asked, AtomicInteger refused) {
        String[] headers = {};
        try (InputStream stream = client.send(HttpRequest.newBuilder(URI.create(url("/live"))).build(), BodyHandlers.ofInputStream()).body()) {
            StringBuilder line = new StringBuilder();
            for (int b = stream.read(); b >= 0 && open.get(); b = stream.read()) {
                if (b != '\n') {
                    line.append((char) b);
                    continue;
                }
                if (line.indexOf("data: ") == 0) {
                    HttpResponse<String> answer = ask(view, headers);
                    headers = new String[] {"HX-Request", "true"};
                    opened.countDown();
                    (answer.statusCode() == 200 ? asked : refused).incrementAndGet();
                }
                line.setLength(0);
            }
        } catch (IOException | InterruptedException e) {
            // It is closed.
        }
    }

    private double store(Corpus corpus) throws Exception {
        long start = System.nanoTime();
        awaitStored(drop(corpus, STORED));
        return (System.nanoTime() - start) / 1e9;
    }

    private Path drop(Corpus corpus, long records) throws IOException {
        Path part = dir.resolve("spool/.page.part");
        corpus.write(part, records);
        Path file = dir.resolve(String.format("spool/page-%06d.jsonl", dropped++));
        return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void awaitStored(Path file) throws InterruptedException {
        while (Files.exists(file)) {
            Thread.sleep(1);
        }
    }

    // --- Processes and HTTP ---

    private String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    private HttpResponse<String> ask(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path))).timeout(PATIENCE);
        return client.send((headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask(path);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    private ProcessBuilder command(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("TAC8_EXTERNAL_DIR", dir.resolve("external").toString(), "TAC8_LOCAL_DIR", dir.resolve("local").toString(),
                "TAC8_SPOOL_DIR", dir.resolve("spool").toString()));
        return builder;
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Process process = command(command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + " failed: " + output);
        }
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static long residentKilobytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream().filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
        } catch (IOException e) {
            return 0;
        }
    }
}
