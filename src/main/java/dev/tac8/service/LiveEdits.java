package dev.tac8.service;

import com.github.marschall.memoryfilesystem.MemoryFileSystemBuilder;
import dev.tac8.files.Daemon;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.Generation;
import dev.tac8.generation.Generations;
import dev.tac8.generation.InForce;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.settings.SettingsException;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service whose routes, statements, prices and settings can be edited while it runs. What is saved is looked at as a whole, and takes effect as a whole or
 * not at all; and a start with files that are not good goes on with those that last were.
 *
 * <p>The service reads its files from memory, as they were when they took effect: so a file that is being saved, by one editor or by two, is never read
 * by a route that happens to begin.
 */
public final class LiveEdits implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger("generations");
    /** Several saves within this are one edit. */
    private static final Duration SETTLED = Duration.ofMillis(150);
    /** A file without a line end at its end may be half of one. */
    private static final Duration SETTLED_IF_TORN = Duration.ofSeconds(2);
    /** How often the files are read even if the system tells of no change: it does not on some network disks, and not behind some links. */
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration AGAIN = Duration.ofMillis(500);
    /** When it is said that files do not cease to change. */
    private static final Duration MOST_UNSETTLED = Duration.ofSeconds(10);
    /** How long a stop waits for an edit that is being judged. */
    private static final Duration MOST_JUDGING = Duration.ofSeconds(10);
    /** What Camel or a store reads once. */
    private static final String AT_THE_START = "sql/(schema.*|open-store\\.sql|upgrade/.*|postgresql/.*)";
    private static final Set<Setting> LIVE = Set.of(Setting.SPOOL_POLL_MILLISECONDS, Setting.RECONCILE_SECONDS, Setting.ARCHIVE_KEEP_DAYS,
            Setting.ARCHIVE_CRON, Setting.ARCHIVE_ZONE, Setting.CONVERSATIONS_DIR, Setting.CONVERSATIONS_KEEP_DAYS, Setting.IMPORT_CRON, Setting.RELOAD_TEST_FIRST);

    private final Settings home;
    private final Check check;
    private final Generations generations;
    private volatile Service service;
    private InForce inForce;
    private Settings started;
    private final Thread watch = Daemon.threads("edits").newThread(this::watch);
    private Settings used;
    private EditedFiles files;
    /** The routes of the start and those in force; null until the first edit. */
    private RouteText.All startedTexts;
    private RouteText.All texts;
    private EditedFiles judged;
    /** Whether a good edit waits until a route is done with something. */
    private boolean isBusy;
    /** What the files in force came from, if they could not be kept; else null. */
    private String unkept;
    private volatile WatchService changes;
    private volatile boolean closed;

    /** Looks at files before they take effect. */
    public interface Check {
        /**
         * @param changed the names of the files that differ from those that last were in force, as in {@code routes/store.camel.yaml}
         * @return what is wrong with the files of these settings, a sentence each
         */
        List<String> faults(Settings settings, Collection<String> changed) throws Exception;
    }

    private LiveEdits(Settings home, Check check, Generations generations) {
        this.home = home;
        this.check = check;
        this.generations = generations;
    }

    /**
     * Takes the spool and prepares the stores, as {@link Service#open} does, with the files on disk if they are good, and else with those that were last
     * in force.
     *
     * @param home  the settings as far as they can be read, of which the spool counts
     * @param wrong why {@code application.properties} is not good, or null
     * @param check is asked if the files are not those that were last in force
     * @throws SettingsException if the settings are not good and nothing was in force before
     */
    public static LiveEdits open(Settings home, SettingsException wrong, Check check) throws Exception {
        Generations generations = Generations.of(home.path(Setting.SPOOL_DIR));
        Optional<Generation> latest = generations.latest();
        EditedFiles disk = null;
        String refused = wrong == null ? null : wrong.getMessage();
        try {
            disk = EditedFiles.read(home.home());
        } catch (IOException e) {
            refused = Reasons.of(e);
        }
        if (latest.isEmpty()) {
            if (wrong != null) {
                throw wrong;
            } else if (disk == null) {
                throw new StoreException(refused);
            }
        }
        EditedFiles files = disk;
        if (latest.isPresent() && !latest.get().files().equals(disk)) {
            refused = refused != null ? refused : refusal(faults(home, disk, latest.get().files(), check));
            files = refused == null ? disk : latest.get().files();
        }
        LiveEdits edits = new LiveEdits(home, check, generations);
        edits.openWith(files);
        edits.judged = disk;
        if (refused != null) {
            edits.refuse(refused, startsWith(latest.get()));
        }
        return edits;
    }

    private void openWith(EditedFiles taken) throws Exception {
        files = taken;
        started = home.from(inMemory(home.home(), files));
        used = started;
        service = Service.open(started);
        inForce = service.inForce();
    }

    private static String startsWith(Generation last) {
        return "the edit is not taken, and generation " + last.number() + ", which last worked, runs, until that is mended";
    }

    /** The service, another one once it is started if that was not possible with the files on disk. */
    public Service service() {
        return service;
    }

    /** The settings that are in force. */
    public Settings settings() {
        return used;
    }

    /**
     * Starts the routes, and looks for edits from now on.
     *
     * @throws RoutesException as {@link Service#start} does, if the files that last worked are the same or there are none
     */
    public void start() throws Exception {
        try {
            service.start();
        } catch (RoutesException e) {
            // What no check sees, such as a time that never comes.
            Optional<Generation> latest = generations.latest();
            if (latest.isEmpty() || latest.get().files().equals(files)) {
                throw e;
            }
            service.close();
            openWith(latest.get().files());
            refuse(refusal(e.reasons()), startsWith(latest.get()));
            service.start();
        }
        String refused = inForce.now().refused();
        keep("start", List.of());
        inForce.refuse(refused);
        if (started.flag(Setting.RELOAD_WATCH)) {
            watch.start();
        }
    }

    /** Waits until an edit that is being looked at is judged, and looks for no others. */
    @Override
    public void close() throws IOException {
        closed = true;
        try {
            // Not by an interrupt, which would tear what it is at.
            WatchService open = changes;
            if (open != null) {
                open.close();
            }
            watch.join(MOST_JUDGING.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        service.close();
    }

    // --- Edits ---

    private void watch() {
        try (WatchService opened = home.home().getFileSystem().newWatchService()) {
            changes = opened;
            while (!closed) {
                register(opened);
                WatchKey changed = opened.poll((isBusy ? AGAIN : LOOK).toMillis(), TimeUnit.MILLISECONDS);
                // What is saved from now on, also while this edit is judged, is another one.
                for (WatchKey key = changed; key != null; key = opened.poll()) {
                    key.pollEvents();
                    key.reset();
                }
                look();
                keepAfterAll();
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            // The service stops.
        } catch (IOException e) {
            refuse("edits cannot be looked for: " + Reasons.of(e), "they take effect at the next start");
        }
    }

    private void look() throws InterruptedException {
        EditedFiles now = null;
        try {
            now = EditedFiles.read(home.home());
            if (now.equals(judged) && !isBusy) {
                return;
            }
            now = settled(now);
            judge(now);
        } catch (IOException e) {
            // They are judged as soon as they can be read.
            now = null;
            refuse(Reasons.of(e), stillRuns());
        } catch (RuntimeException e) {
            LOG.debug("an edit cannot be judged", e);
            refuse("the edit cannot be judged: " + Reasons.of(e), stillRuns());
        }
        judged = now;
    }

    private void register(WatchService changes) {
        List<Path> folders = new ArrayList<>(List.of(home.home(), home.home().resolve("routes"), home.home().resolve("sql"),
                home.home().resolve("prices")));
        try (Stream<Path> inside = Files.list(home.home().resolve("sql"))) {
            inside.filter(Files::isDirectory).forEach(folders::add);
        } catch (IOException e) {
            // Whether that is a fault is found when the files are judged.
        }
        for (Path folder : folders) {
            try {
                folder.register(changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE);
            } catch (IOException e) {
                // It is not there, or cannot be watched: it is looked at now and then all the same.
            }
        }
    }

    /** The files when nobody has saved one for a moment. */
    private EditedFiles settled(EditedFiles first) throws IOException, InterruptedException {
        EditedFiles before = first;
        long beganNanos = System.nanoTime();
        long changedNanos = beganNanos;
        while (true) {
            if (changedNanos - beganNanos > MOST_UNSETTLED.toNanos()) {
                hold("the files have changed again and again for " + MOST_UNSETTLED.toSeconds() + " s, so what is edited waits until none changes");
            }
            TimeUnit.MILLISECONDS.sleep(SETTLED.toMillis());
            EditedFiles now = EditedFiles.read(home.home());
            if (!now.equals(before)) {
                before = now;
                changedNanos = System.nanoTime();
            } else if (!isTorn(now) || System.nanoTime() - changedNanos >= SETTLED_IF_TORN.toNanos()) {
                return now;
            }
        }
    }

    /** Whether a file that was edited may be half saved. */
    private boolean isTorn(EditedFiles now) {
        return now.changedFrom(files).stream().map(now::bytes).anyMatch(bytes -> bytes != null && (bytes.length == 0 || bytes[bytes.length - 1] != '\n'));
    }

    private void judge(EditedFiles now) throws InterruptedException {
        boolean wasBusy = isBusy && now.equals(judged);
        isBusy = false;
        if (now.equals(files)) {
            if (inForce.now().refused() != null || inForce.now().waits() != null) {
                LOG.info("the files are those of generation {} again, which is in force", inForce.now().number());
            }
            inForce.refuse(null);
            inForce.hold(null);
            return;
        }
        Settings next;
        try {
            // What waits was found to be good.
            String refused = wasBusy ? null : refusal(faults(home, now, files, check));
            if (refused != null) {
                refuse(refused, stillRuns());
                return;
            }
            next = home.from(inMemory(home.home(), now));
        } catch (SettingsException | IOException e) {
            refuse(Reasons.of(e), stillRuns());
            return;
        }
        try {
            if (texts == null) {
                startedTexts = RouteText.read(started);
                texts = startedTexts;
            }
            Settings live = next.with(atTheStart());
            RouteText.All nextTexts = RouteText.read(live);
            String asked = askedAtTheStart(next, nextTexts);
            if (asked == null) {
                replace(now, next, live, nextTexts);
            } else {
                release(next);
                inForce.refuse(null);
                hold(asked + " differs, which is read at a start only, so the whole edit takes effect at the next start");
            }
        } catch (IOException e) {
            release(next);
            refuse(Reasons.of(e), stillRuns());
        }
    }

    private void replace(EditedFiles now, Settings next, Settings live, RouteText.All nextTexts) throws InterruptedException, IOException {
        try {
            Set<String> replaced = service.swap().replace(texts.routes(), nextTexts.routes(), used, live);
            release(used);
            used = live;
            String routes = routes(replaced, texts.routes().keySet(), nextTexts.routes().keySet());
            texts = nextTexts;
            service.use(live);
            Set<String> changed = now.changedFrom(files);
            files = now;
            inForce.leaveToNextStart(leftToNextStart(next));
            keep(cause(now), changed);
            LOG.info("{} is in force: {}{}", inForce.now().number() == 0 ? "an edit" : "generation " + inForce.now().number(), String.join(", ", inForce.now().changed()),
                    routes);
            if (!inForce.now().nextStart().isEmpty()) {
                LOG.warn("at the next start only, this takes effect: {}", String.join(", ", inForce.now().nextStart()));
            }
        } catch (Swap.BusyException e) {
            release(next);
            inForce.refuse(null);
            isBusy = true;
            hold(e.getMessage() + ", so the edit waits until that is over");
        } catch (RoutesException e) {
            release(next);
            refuse(refusal(e.reasons()), stillRuns());
        }
    }

    /** What became of which routes. */
    private static String routes(Set<String> changed, Set<String> before, Set<String> after) {
        Map<String, List<String>> words = changed.stream().collect(Collectors.groupingBy(id -> !before.contains(id) ? "new" : after.contains(id) ? "replaced"
                : "removed", TreeMap::new, Collectors.toList()));
        return words.entrySet().stream().map(word -> "; routes " + word.getKey() + ": " + String.join(", ", word.getValue())).collect(Collectors.joining());
    }

    private void hold(String sentence) {
        if (!sentence.equals(inForce.now().waits())) {
            LOG.warn(sentence);
        }
        inForce.hold(sentence);
    }

    private void release(Settings settings) {
        if (settings != started) {
            try {
                settings.files().getFileSystem().close();
            } catch (IOException e) {
                LOG.debug("a copy of the files stays in memory", e);
            }
        }
    }

    /** The settings that count at a start, as they were at this one: what is half at one place and half at another would be lost to both. */
    private Map<Setting, String> atTheStart() {
        return Arrays.stream(Setting.values()).filter(setting -> !LIVE.contains(setting)).collect(Collectors.toMap(Function.identity(), started::text));
    }

    /** The settings that do not take effect before the next start. */
    private Set<String> leftToNextStart(Settings next) {
        Set<String> left = new TreeSet<>();
        Properties before = started.toProperties();
        Properties after = next.toProperties();
        Set<String> keys = new TreeSet<>(before.stringPropertyNames());
        keys.addAll(after.stringPropertyNames());
        keys.stream().filter(key -> !Objects.equals(before.get(key), after.get(key)) && (key.startsWith("camel.") || key.startsWith("tac8."))
                && LIVE.stream().noneMatch(live -> live.key().equals(key))).forEach(left::add);
        return left;
    }

    /** What is edited and cannot take effect before the next start, because the stores or Camel have been opened by it; null if there is nothing. */
    private String askedAtTheStart(Settings next, RouteText.All nextTexts) throws IOException {
        for (Path file : statements(started, next)) {
            if (!Objects.equals(text(started, file.toString()), text(next, file.toString()))) {
                return file.toString();
            }
        }
        return startedTexts.others().equals(nextTexts.others()) ? null : "what is no route with an id in routes/, such as a bean,";
    }

    private static Set<Path> statements(Settings... all) throws IOException {
        Set<Path> found = new TreeSet<>();
        for (Settings settings : all) {
            try (Stream<Path> files = Files.walk(settings.sql())) {
                files.filter(Files::isRegularFile).map(file -> Path.of(settings.files().relativize(file).toString()))
                        .filter(file -> file.toString().matches(AT_THE_START)).forEach(found::add);
            }
        }
        return found;
    }

    private static String text(Settings settings, String name) throws IOException {
        Path file = settings.files().resolve(name);
        return Files.exists(file) ? Files.readString(file) : null;
    }

    // --- Words ---

    private void keep(String cause, Collection<String> changed) {
        unkept = null;
        try {
            inForce.use(generations.keep(files, cause));
        } catch (IOException e) {
            LOG.error("{}. It is in force all the same, and is kept as soon as it can be; until then a start with broken files would go back to the one before",
                    e.getMessage());
            inForce.useUnkept(changed);
            unkept = cause;
        }
    }

    /** What could not be kept when it took effect, such as on a full disk. */
    private void keepAfterAll() {
        if (unkept != null) {
            try {
                inForce.keep(generations.keep(files, unkept));
                unkept = null;
                LOG.info("generation {} is kept now", inForce.now().number());
            } catch (IOException e) {
                LOG.debug("it still cannot be kept", e);
            }
        }
    }

    /** {@code edit}, or which generation has come again. */
    private String cause(EditedFiles now) {
        try {
            return generations.history().stream().filter(one -> one.hash().equals(now.hash())).findFirst().map(one -> "back to " + one.number()).orElse("edit");
        } catch (IOException e) {
            return "edit";
        }
    }

    private void refuse(String reason, String next) {
        String sentence = reason.replaceFirst("\\.$", "") + (reason.endsWith("?") ? " " : ". ") + next.substring(0, 1).toUpperCase(Locale.ROOT) + next.substring(1);
        if (!sentence.equals(inForce.now().refused())) {
            LOG.error(sentence);
        }
        inForce.refuse(sentence);
        inForce.hold(null);
    }

    private String stillRuns() {
        return "the edit is not taken, and " + (inForce.now().number() == 0 ? "what was in force" : "generation " + inForce.now().number())
                + " runs on, until that is mended";
    }

    private static String refusal(List<String> faults) {
        return faults.isEmpty() ? null : faults.get(0) + (faults.size() == 1 ? "" : " (and " + (faults.size() - 1) + " more; ./tac8 validate lists them)");
    }

    private static List<String> faults(Settings home, EditedFiles files, EditedFiles former, Check check) {
        try {
            List<String> unreadable = files.notUtf8();
            if (!unreadable.isEmpty()) {
                return unreadable;
            }
            Path folder = inMemory(home.home(), files);
            try (FileSystem memory = folder.getFileSystem()) {
                return check.faults(home.from(folder), files.changedFrom(former));
            }
        } catch (SettingsException e) {
            return List.of(e.getMessage());
        } catch (Exception e) {
            return List.of("the files cannot be looked at: " + Reasons.of(e));
        }
    }

    /** A copy that nobody else can write to, at the same path in a file system of its own. */
    private static Path inMemory(Path home, EditedFiles files) throws IOException {
        Path copy = MemoryFileSystemBuilder.newLinux().build().getPath(home.toAbsolutePath().normalize().toString());
        files.writeTo(Files.createDirectories(copy));
        return copy;
    }
}
