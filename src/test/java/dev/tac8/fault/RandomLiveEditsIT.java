package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.InForce;
import dev.tac8.ingest.ServiceStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two editors save routes, statements and settings at random, half of them wrongly, while the service stores all it can, its disk goes and comes, and
 * the archive runs: nothing is lost or doubled, every mistake is named, and in the end all is as it was.
 */
@Tag("thorough")
@Timeout(value = 60, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RandomLiveEditsIT {
    private static final int EDITS = Integer.getInteger("tac8.test.live-edits", 50);
    private static final int LINES = 200;
    private static final int WAITING = 5;
    private static final int LONGEST_PAUSE_MILLISECONDS = 300;
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern REFUSED = Pattern.compile("(?m)^.*ERROR generations - (.*The edit is not taken.*)$");
    private static final Pattern PLACE = Pattern.compile("routes\\b|sql/\\S+|application\\.properties");
    private static final Pattern HAS_A_LINE = Pattern.compile("not a name that can stand|not valid YAML|a second document");

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger edited = new AtomicInteger();
    /** Mistakes that are on disk now. */
    private final AtomicInteger mistakes = new AtomicInteger();
    private final AtomicInteger mistakesMade = new AtomicInteger();
    private final Set<String> delivered = Collections.synchronizedSet(new HashSet<>());
    /** When files were acknowledged, and generations kept, by the clock of the day, in milliseconds. */
    private final List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private final Map<Integer, Long> kept = new ConcurrentSkipListMap<>();
    private final List<Long> latencies = Collections.synchronizedList(new ArrayList<>());
    private final List<long[]> disturbed = new ArrayList<>();
    private Machine machine;
    private Home home;
    private EditedFiles whole;
    private volatile boolean over;

    @AfterEach
    void end() {
        over = true;
        threads.shutdownNow();
        if (machine != null) {
            machine.close();
        }
    }

    @Test
    void losesAndDoublesNothingAndNamesEachMistake() throws Exception {
        machine = new Machine(dir, random);
        home = machine.home();
        whole = EditedFiles.read(home.path(""));
        machine.start();
        Future<?> clock = threads.submit(this::watch);
        Future<?> feeder = threads.submit(this::feed);
        machine.await("files are stored", () -> !acknowledged.isEmpty());

        List<Future<?>> editors = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            editors.add(threads.submit(new Editor(i, new Random(random.nextLong()))));
        }
        int rounds = Math.max(1, EDITS / 100);
        for (int round = 0; round < rounds; round++) {
            awaitEdits((2 * round + 1) * EDITS / (2 * rounds + 1));
            disturb(() -> {
                machine.pullOut();
                machine.awaitLocalTakesOver();
                machine.plugIn();
                machine.await("the rows are home", () -> machine.localRows() == 0);
            });
            awaitEdits((2 * round + 2) * EDITS / (2 * rounds + 1));
            disturb(() -> assertThat(machine.archive().failed()).isFalse());
        }
        for (Future<?> editor : editors) {
            editor.get();
        }
        over = true;
        feeder.get();
        machine.await("all is stored", () -> home.waiting().stream().noneMatch(file -> file.getFileName().toString().startsWith("live")));
        machine.await("the rows are home", () -> machine.localRows() == 0);
        machine.await("nothing is refused any more", () -> state() != null && state().refused() == null && state().waits() == null);
        clock.cancel(true);
        machine.stop();
        check();
    }

    private void disturb(Machine.Action action) throws IOException, InterruptedException {
        long begin = System.currentTimeMillis();
        action.run();
        disturbed.add(new long[] {begin, System.currentTimeMillis()});
    }

    private void awaitEdits(int edits) {
        Awaitility.await(edits + " edits").atMost(Duration.ofMinutes(50)).until(() -> edited.get() >= edits);
    }

    // --- What goes in ---

    private Void feed() throws Exception {
        for (int file = 0; !over; file++) {
            List<String> lines = new ArrayList<>();
            for (int line = 0; line < LINES; line++) {
                String id = "live-" + file + "-" + line;
                delivered.add(id);
                String begin = "\"id\":\"" + id + "\",\"timestamp\":\"" + (file < WAITING ? "2025-0" + (1 + file) : "2026-11") + "-22T10:00:00Z\",";
                lines.add(line % 2 == 0 ? "{\"type\":\"event\"," + begin + "\"session_id\":\"s" + file % 7 + "\",\"event_type\":\"e\",\"message\":\"m\"}"
                        : "{\"type\":\"api_call\"," + begin + "\"worker_id\":\"w" + file % 5 + "\",\"model\":\"m\"}");
            }
            home.drop(String.format("live-%06d.jsonl", file), lines);
            while (!over && home.waiting().size() > WAITING) {
                TimeUnit.MILLISECONDS.sleep(2);
            }
        }
        return null;
    }

    private Void watch() throws Exception {
        Path done = home.path("var/spool/done");
        try (WatchService service = done.getFileSystem().newWatchService()) {
            done.register(service, StandardWatchEventKinds.ENTRY_CREATE);
            home.path("var/spool/.tac8/generations").register(service, StandardWatchEventKinds.ENTRY_CREATE);
            while (true) {
                WatchKey key = service.take();
                long now = System.currentTimeMillis();
                for (WatchEvent<?> event : key.pollEvents()) {
                    String name = String.valueOf(event.context());
                    if (name.endsWith(".jsonl")) {
                        acknowledged.add(now);
                    } else if (name.matches("\\d+")) {
                        kept.put(Integer.valueOf(name), now);
                    }
                }
                key.reset();
            }
        }
    }

    // --- Edits ---

    /** Saves files that are its own, one after the other. */
    private final class Editor implements Callable<Void> {
        private final Random dice;
        private final Path own;
        private final List<String> files;
        private int saved;

        Editor(int number, Random dice) {
            this.dice = dice;
            this.own = home.path("routes/own-" + number + ".camel.yaml");
            List<String> all = whole.names().stream().filter(name -> name.startsWith("routes/") || name.matches("sql/(ingest|query)/.*")
                    || name.equals("application.properties")).toList();
            files = all.stream().filter(name -> all.indexOf(name) % 2 == number).toList();
        }

        @Override
        public Void call() throws Exception {
            while (edited.getAndIncrement() < EDITS) {
                String name = files.get(dice.nextInt(files.size()));
                if (dice.nextBoolean()) {
                    err(name);
                } else if (dice.nextInt(5) == 0) {
                    addOrRemove();
                } else {
                    save(name);
                }
            }
            for (String name : files) {
                Files.write(home.path(name), whole.bytes(name));
            }
            Files.deleteIfExists(own);
            return null;
        }

        private void err(String name) throws Exception {
            Path file = home.path(name);
            String before = Files.readString(file);
            mistakes.incrementAndGet();
            mistakesMade.incrementAndGet();
            long saved = System.currentTimeMillis();
            if (dice.nextInt(6) == 0 && name.startsWith("routes/") && !name.startsWith("routes/observe")) {
                // Who has no use for health and figures over HTTP may delete their routes: no record depends on them.
                Files.delete(file);
            } else {
                Files.writeString(file, wrong(name, before));
            }
            await("the mistake in " + name + " is named", () -> {
                ServiceStatus said = ServiceStatus.read(home.spool());
                return said != null && said.at().toEpochMilli() > saved && said.generation().refused() != null;
            });
            Files.writeString(file, before);
            mistakes.decrementAndGet();
        }

        private String wrong(String name, String text) {
            if (name.endsWith(".sql")) {
                return text.replaceFirst("(?m)^(\\s*)(SELECT|INSERT|DELETE|WITH|UPDATE)\\b", "$1X$2");
            } else if (name.endsWith(".properties")) {
                return dice.nextBoolean() ? text.replaceFirst("(?m)^tac8.reconcile.seconds=.*$", "tac8.reconcile.seconds=0") : text + "tac8.reconcile.second=2\n";
            }
            return switch (dice.nextInt(5)) {
                case 0 -> text.replaceFirst("steps:", "stepz:");
                case 1 -> text.replaceFirst("  description: ", "description: ");
                case 2 -> text + "---\n- route: {id: second, from: {uri: 'timer:second', steps: [{log: second}]}}\n";
                case 3 -> text + "- route: {id: nobody, from: {uri: 'direct:nobody', steps: [{to: 'direct:no-one'}]}}\n";
                default -> text + "- route: {id: option, from: {uri: 'timer:option?perod=5s', steps: [{log: option}]}}\n";
            };
        }

        private void save(String name) throws Exception {
            Path file = home.path(name);
            String text = Files.readString(file);
            String number = "" + ++saved;
            String right = name.endsWith(".sql") ? "-- Edit " + number + ".\n" + text
                    : name.endsWith(".properties") ? text.replaceFirst("(?m)^tac8.spool.poll-milliseconds=.*$", "tac8.spool.poll-milliseconds=" + (10 + saved % 40))
                    : switch (dice.nextInt(3)) {
                        case 0 -> text + "# Edit " + number + ".\n";
                        case 1 -> text.replaceFirst("description: ", "description: Edit " + number + ". ");
                        default -> text.replaceFirst("(?m)^      steps:\n", "      steps:\n        - log: {logName: edit, loggingLevel: DEBUG, message: edit " + number
                                + "}\n") + "# Edit " + number + ".\n";
                    };
            if (dice.nextInt(4) == 0) {
                // In two halves, as some editors do.
                Files.writeString(file, right.substring(0, right.length() / 2).stripTrailing());
                TimeUnit.MILLISECONDS.sleep(dice.nextInt(LONGEST_PAUSE_MILLISECONDS));
            }
            int generation = latest();
            boolean alone = mistakes.get() == 0;
            int before = mistakesMade.get();
            Files.writeString(file, right);
            long begin = System.currentTimeMillis();
            int[] taken = {0};
            await("the edit of " + name + " is in force", () -> {
                for (int one = generation + 1; one <= latest() && taken[0] == 0; one++) {
                    taken[0] = right.equals(read(one, name)) ? one : 0;
                }
                return taken[0] > 0;
            });
            if (alone && mistakesMade.get() == before) {
                machine.await("when it was is seen", () -> kept.containsKey(taken[0]));
                latencies.add(kept.get(taken[0]) - begin);
            }
        }

        private void addOrRemove() throws Exception {
            if (Files.exists(own)) {
                Files.delete(own);
            } else {
                String id = own.getFileName().toString().substring(0, 5);
                Files.writeString(own, "- route: {id: " + id + ", from: {uri: 'timer:" + id + "?period=10', steps: [{log: {message: own, loggingLevel: DEBUG}}]}}\n");
            }
        }
    }

    private void await(String what, Callable<Boolean> condition) {
        try {
            Awaitility.await(what).atMost(SOON).pollInterval(Duration.ofMillis(20)).until(condition);
        } catch (RuntimeException e) {
            throw new AssertionError(what + ": not within " + SOON.toSeconds() + " s; " + state() + "; the service said: " + machine.log(), e);
        }
    }

    private int latest() {
        String[] names = home.path("var/spool/.tac8/generations").toFile().list((folder, name) -> name.matches("\\d+"));
        return names == null ? 0 : Stream.of(names).mapToInt(Integer::parseInt).max().orElse(0);
    }

    private String read(int generation, String name) {
        try {
            return Files.readString(home.path("var/spool/.tac8/generations").resolve(String.format("%06d", generation)).resolve(name));
        } catch (IOException e) {
            // It was removed just now.
            return null;
        }
    }

    private InForce.State state() {
        ServiceStatus said = ServiceStatus.read(home.spool());
        return said == null ? null : said.generation();
    }

    // --- What must come of it ---

    private void check() throws IOException {
        Path store = machine.onDisk();
        List<Path> databases = new ArrayList<>(List.of(store));
        try (Stream<Path> months = Files.list(store.resolveSibling("archive"))) {
            months.filter(file -> file.toString().endsWith(".db")).forEach(databases::add);
        }
        List<String> stored = new ArrayList<>();
        for (Path database : databases) {
            stored.addAll(Home.query(database, "SELECT record_id FROM events WHERE record_id LIKE 'live-%' UNION ALL SELECT record_id FROM api_calls"));
        }
        assertThat(databases).as("the store and months of the archive").hasSizeGreaterThan(1);
        assertThat(new HashSet<>(stored)).isEqualTo(new HashSet<>(delivered));
        assertThat(stored).hasSize(delivered.size());
        List<String> refusals = REFUSED.matcher(machine.log()).results().map(found -> found.group(1)).toList();
        assertThat(refusals).isNotEmpty().allMatch(sentence -> PLACE.matcher(sentence).find());
        assertThat(refusals.stream().filter(sentence -> HAS_A_LINE.matcher(sentence).find())).allMatch(sentence -> sentence.matches(".*, line \\d+.*"));
        assertThat(machine.log()).as("no stack is in the log").doesNotContain("\tat ");
        System.out.printf("live edits: %d edits, %d of them wrong, %d refusals said, %d generations; %d records, 0 lost, 0 doubled%n", EDITS,
                mistakesMade.get(), refusals.size(), kept.size(), stored.size());
        System.out.println("from a save to a generation that is in force, ms: " + spread(latencies));
        List<Long> near = new ArrayList<>();
        List<Long> far = new ArrayList<>();
        for (int i = 1; i < acknowledged.size(); i++) {
            long from = acknowledged.get(i - 1);
            long to = acknowledged.get(i);
            if (disturbed.stream().noneMatch(one -> one[0] < to && from < one[1] + 1000)) {
                (kept.values().stream().anyMatch(edit -> edit - 700 < to && from < edit + 100) ? near : far).add(to - from);
            }
        }
        System.out.println("between two acknowledged files around an edit, ms: " + spread(near));
        System.out.println("between two acknowledged files elsewhere, ms: " + spread(far));
    }

    private static String spread(List<Long> values) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? "none" : "p50 " + sorted.get(sorted.size() / 2) + ", p99 " + sorted.get((int) (sorted.size() * 0.99)) + ", greatest "
                + sorted.get(sorted.size() - 1) + " of " + sorted.size();
    }
}
