package dev.tac8.observe;

import dev.tac8.broker.Broker;
import dev.tac8.generation.InForce;
import dev.tac8.ingest.Counts;
import dev.tac8.ingest.Quarantine;
import dev.tac8.settings.Setting;
import dev.tac8.status.Words;
import dev.tac8.store.Freshness;
import dev.tac8.store.PostgresqlStore;
import dev.tac8.store.Reasons;
import dev.tac8.store.Store;
import dev.tac8.text.Printable;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.BindToRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.model.ModelCamelContext;

/**
 * How everything is. {@link #look} looks, regularly, on threads that a disk may keep; whoever asks is told what was found last. docs/operating.md
 * has the table of what makes a check fail.
 */
@BindToRegistry("health")
public final class Health {
    private static final String INGEST = "ingest-spool";
    private static final Duration MOST_LAG = Duration.ofMinutes(5);
    private static final Duration MOST_SILENCE = Duration.ofMinutes(10);
    private static final Duration OLD_LOOK = Duration.ofMinutes(1);
    private static final long LEAST_BAD_LINES = 10;
    private static final double MOST_BAD_SHARE = 0.01;
    private static final int LOOKS_AN_HOUR = 60;
    private static final Duration DRIFT = Duration.ofSeconds(2);

    private final Watched watched;
    private final List<HealthCheck> checks;
    private final Patience spoolDisk = new Patience();
    private final Patience localDisk = new Patience();
    private final Patience externalDisk = new Patience();
    private final Set<String> routes;
    private final Waiting waiting = new Waiting();
    private final Disks disks = new Disks();
    /** Records and bad lines in the course of the last hour, a look a minute. */
    private final Deque<Lines> lines = new ArrayDeque<>();
    private final AtomicReference<Finding> spoolFound = new AtomicReference<>(Finding.well("not looked at yet"));
    private final AtomicReference<Finding> externalFound = new AtomicReference<>(Finding.well("not looked at yet"));
    private final AtomicReference<Finding> localFound = new AtomicReference<>(Finding.well("not looked at yet"));
    private volatile Quarantine.Count quarantine = new Quarantine.Count(0, 0);
    /** Looking for it stops all threads for a moment. */
    private volatile Finding threads = Finding.well("none waits for itself");
    private volatile Finding clock = Finding.well("not set since the start");
    private volatile long lookedNanos = System.nanoTime();
    private Instant lookedAt;
    private long clockNanos;

    private record Lines(long nanos, long records, long bad) {
    }

    /** @param routes the ids of routes that must be there */
    public Health(Watched watched, Set<String> routes, Figures figures) {
        this.watched = watched;
        this.routes = routes;
        List<HealthCheck> all = new ArrayList<>(List.of(
                new Check(Check.Of.READINESS, "spool", spoolFound::get),
                new Check(Check.Of.READINESS, "stores", this::stores),
                new Check(Check.Of.LIVENESS, "threads", () -> threads),
                new Check(Check.Of.LIVENESS, "ingest", this::ingest),
                new Check(Check.Of.HEALTH, "look", this::looks),
                new Check(Check.Of.HEALTH, "routes", () -> unlessExchanged(this::routes)),
                new Check(Check.Of.HEALTH, "generation", this::generation),
                new Check(Check.Of.HEALTH, "local-store", localFound::get),
                new Check(Check.Of.HEALTH, "spool-lag", this::lag),
                new Check(Check.Of.HEALTH, "quarantine", this::quarantine),
                new Check(Check.Of.HEALTH, "disks", disks::find),
                new Check(Check.Of.HEALTH, "failback", figures::failback),
                new Check(Check.Of.HEALTH, "archive", figures::archive),
                new Check(Check.Of.HEALTH, "clock", () -> clock)));
        if (writes()) {
            all.add(new Check(Check.Of.HEALTH, "external-store", externalFound::get));
            all.add(new Check(Check.Of.HEALTH, "breaker", this::breaker));
        }
        if (watched.broker() != null) {
            all.add(new Check(Check.Of.HEALTH, "broker", this::broker));
        }
        if (watched.settings().isPostgresql() && watched.settings().flag(Setting.REPLICA_FOLLOW)) {
            all.add(new Check(Check.Of.HEALTH, "replica", this::replica));
        }
        checks = List.copyOf(all);
    }

    /** The checks, for Camel's registry. */
    public List<HealthCheck> checks() {
        return checks;
    }

    /** What each check finds, by its name. */
    Map<String, Supplier<Finding>> findings() {
        Map<String, Supplier<Finding>> findings = new LinkedHashMap<>();
        checks.forEach(check -> findings.put(check.getId(), ((Check) check)::find));
        return findings;
    }

    Disks disks() {
        return disks;
    }

    Quarantine.Count quarantined() {
        return quarantine;
    }

    int waitingFiles() {
        return waiting.files();
    }

    double lagSeconds() {
        Instant oldest = waiting.oldest();
        return oldest == null ? 0 : lag(oldest).toMillis() / 1000.0;
    }

    /** How all is. */
    public Map<String, Object> all(Exchange exchange) {
        return answer(exchange, check -> true);
    }

    /** Whether the process works; if not, a restart helps. */
    public Map<String, Object> live(Exchange exchange) {
        return answer(exchange, HealthCheck::isLiveness);
    }

    /** Whether what is dropped into the spool is being stored, wherever that is. */
    public Map<String, Object> ready(Exchange exchange) {
        return answer(exchange, HealthCheck::isReadiness);
    }

    private static Map<String, Object> answer(Exchange exchange, Predicate<HealthCheck> chosen) {
        Collection<HealthCheck.Result> results = HealthCheckHelper.invoke(exchange.getContext(), check -> Map.of(), chosen.negate(), "full");
        List<Map<String, Object>> checks = new ArrayList<>();
        for (HealthCheck.Result result : results) {
            Map<String, Object> check = new LinkedHashMap<>();
            check.put("name", result.getCheck().getId());
            check.put("status", result.getState());
            if (result.getMessage().isPresent()) {
                check.put("message", result.getMessage().get());
            }
            checks.add(check);
        }
        boolean isUp = HealthCheckHelper.isResultsUp(results, true);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", isUp ? HealthCheck.State.UP : HealthCheck.State.DOWN);
        answer.put("checks", checks);
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, isUp ? 200 : 503);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        return answer;
    }

    // --- Looking ---

    /** Looks at everything that a disk has to be asked about, and at the clock. */
    public synchronized void look() {
        threads = lookAtThreads();
        lookAtClock();
        look(spoolFound, spoolDisk, "the spool " + watched.spool().dir(), this::lookAtSpool);
        lookAtStore("local", localFound, localDisk, Setting.LOCAL_DIR, () -> localDisk.ask(() -> {
            watched.local().look();
            return null;
        }));
        if (writes()) {
            lookAtStore("external", externalFound, externalDisk, Setting.EXTERNAL_DIR, watched.external());
        }
        lookedNanos = System.nanoTime();
    }

    private static void look(AtomicReference<Finding> found, Patience disk, String what, Callable<Finding> question) {
        try {
            disk.ask(() -> {
                found.set(question.call());
                return null;
            });
        } catch (TimeoutException e) {
            found.set(Finding.trouble(what + " does not answer, so its disk is slow or hangs: see dmesg, cable, power"));
        } catch (Exception e) {
            found.set(Finding.trouble(what + " cannot be read: " + Reasons.of(e)));
        }
    }

    private Finding lookAtSpool() throws Exception {
        boolean isReady = watched.spool().isReady();
        if (!isReady) {
            return Finding.trouble(watched.spool().standstill());
        }
        waiting.look(watched.spool());
        disks.look("spool", watched.spool().dir());
        long now = System.nanoTime();
        if (lines.isEmpty() || now - lines.getLast().nanos() >= Duration.ofMinutes(1).toNanos()) {
            quarantine = watched.spool().quarantine().count();
            synchronized (lines) {
                lines.addLast(new Lines(now, watched.counts().records(), watched.counts().badLines()));
                if (lines.size() > LOOKS_AN_HOUR) {
                    lines.removeFirst();
                }
            }
        }
        if (!routes.contains(INGEST)) {
            return Finding.well("no files are taken: this computer only asks");
        }
        return unlessExchanged(() -> status(INGEST).isStarted() ? Finding.well("files of " + watched.spool().dir() + " are taken")
                : Finding.trouble("the route ingest-spool does not run, so nothing is stored, and the spool keeps everything: restart tac8"));
    }

    private void lookAtStore(String name, AtomicReference<Finding> found, Patience disk, Setting dir, Watched.Look store) {
        Path folder = watched.settings().path(dir);
        boolean isFile = dir == Setting.LOCAL_DIR || !watched.settings().isPostgresql();
        try {
            store.look();
            if (isFile) {
                disk.ask(() -> {
                    disks.look(name, folder);
                    return null;
                });
            }
            found.set(Finding.well("there, at " + (isFile ? folder : PostgresqlStore.Server.of(watched.settings()).place())));
        } catch (TimeoutException e) {
            found.set(Finding.trouble("the " + name + " store at " + folder + " does not answer, so its disk is slow or hangs: see dmesg, cable, power"));
        } catch (Exception e) {
            disks.forget(name);
            found.set(Finding.trouble(Reasons.of(e)));
        }
    }

    private void lookAtClock() {
        Instant now = watched.clock().instant();
        if (lookedAt != null) {
            Duration jump = Duration.between(lookedAt, now).minusNanos(System.nanoTime() - clockNanos);
            if (jump.abs().compareTo(DRIFT) > 0) {
                clock = Finding.well(String.format(Locale.ROOT, "set %s by %.0f s at %s, or this computer slept: look whether it is right now",
                        jump.isNegative() ? "back" : "forward", Math.abs(jump.toMillis() / 1000.0), now.truncatedTo(ChronoUnit.SECONDS)));
            }
        }
        lookedAt = now;
        clockNanos = System.nanoTime();
    }

    // --- Judging ---

    /** Whether rows are written to the external store: not by an edge, nor by who only follows it. */
    private boolean writes() {
        return routes.contains(INGEST) && !watched.settings().isOnlyEdge();
    }

    private Finding stores() {
        if (!routes.contains(INGEST)) {
            return Finding.well("nothing is stored: this computer only asks");
        }
        Counts.Held held = watched.counts().held();
        if (held != null) {
            return Finding.trouble("no store takes what is read since " + held.since().truncatedTo(ChronoUnit.SECONDS) + ", and the spool keeps everything: "
                    + held.reason());
        }
        if (!watched.settings().isEdge() && !externalFound.get().isWell() && !localFound.get().isWell()) {
            return Finding.trouble("neither store can be used, and the spool keeps everything. " + externalFound.get().sentence() + ". "
                    + localFound.get().sentence());
        }
        if (watched.settings().isEdge()) {
            return Finding.well("chunks go to the topic");
        }
        return Finding.well("chunks go to the " + (watched.breaker().get().equals("closed") ? "external" : "local") + " store");
    }

    private static Finding lookAtThreads() {
        long[] locked = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
        return locked == null ? Finding.well("none waits for itself")
                : Finding.trouble(locked.length + " threads wait for each other for ever, a fault of tac8 itself: restart it; nothing is lost");
    }

    private Finding ingest() {
        Duration polled = watched.spool().look().silence();
        Duration stored = watched.counts().silence();
        return judge(polled.compareTo(stored) < 0 ? polled : stored, waiting.files());
    }

    /** @param silence for how long nothing was looked for, stored or tried */
    static Finding judge(Duration silence, int waiting) {
        return silence.compareTo(MOST_SILENCE) < 0 || waiting == 0 ? Finding.well("looks at the spool, or stores")
                : Finding.trouble("files wait, and none was stored or tried for " + silence.toMinutes() + " min: restart tac8; nothing is lost");
    }

    private Finding looks() {
        Duration age = Duration.ofNanos(System.nanoTime() - lookedNanos);
        return age.compareTo(OLD_LOOK) < 0 ? Finding.well(age.toSeconds() + " s ago")
                : Finding.trouble("what stands here was looked at " + age.toSeconds() + " s ago, and may be wrong by now: the route observe-look does not run");
    }

    private ServiceStatus status(String route) {
        ServiceStatus status = watched.context().get().getRouteController().getRouteStatus(route);
        return status == null ? ServiceStatus.Stopped : status;
    }

    private Finding unlessExchanged(Supplier<Finding> routes) {
        return watched.generation().look(routes).orElse(Finding.well("an edit takes effect just now"));
    }

    private Finding routes() {
        CamelContext context = watched.context().get();
        Set<String> expected = new TreeSet<>(routes);
        ((ModelCamelContext) context).getRouteDefinitions().forEach(route -> expected.add(route.getRouteId()));
        List<String> down = new ArrayList<>();
        for (String id : expected) {
            if (context.getRoute(id) == null) {
                down.add(id + " is missing");
            } else if (!status(id).isStarted()) {
                down.add(id + " is " + status(id).name().toLowerCase(Locale.ROOT));
            }
        }
        return down.isEmpty() ? Finding.well("all " + expected.size() + " run")
                : Finding.trouble("routes do not run (" + String.join(", ", down) + "): restart tac8, and see in the log why");
    }

    private Finding generation() {
        InForce.State now = watched.generation().now();
        String inForce = now.number() == 0 ? "as at the start" : now.number() + ", since " + now.since().truncatedTo(ChronoUnit.SECONDS);
        return now.refused() != null ? Finding.trouble(now.refused())
                : Finding.well(inForce + (now.waits() == null ? "" : "; an edit is not in force yet: " + now.waits())
                        + (now.nextStart().isEmpty() ? "" : "; takes effect at the next start: " + String.join(", ", now.nextStart())));
    }

    private Finding breaker() {
        String state = watched.breaker().get();
        Duration stuck = watched.stuck().get();
        if (!stuck.isZero()) {
            return Finding.trouble("the external store has not answered for " + stuck.toSeconds() + " s: "
                    + (watched.settings().isPostgresql() ? PostgresqlStore.MAY_BE : Store.MAY_BE));
        }
        return state.equals("closed") ? Finding.well("closed: chunks go to the external store")
                : Finding.trouble(state + ": chunks go to the local store since " + watched.breakerSince().get().truncatedTo(ChronoUnit.SECONDS)
                        + ", as the external one fails; the log says why");
    }

    private Finding broker() {
        Broker.Seen seen = watched.broker().seen();
        return seen == null ? Finding.well("not looked at yet") : seen.awaySince() == null ? Finding.well(seen.sentence()) : Finding.trouble(seen.sentence());
    }

    private Finding replica() {
        Freshness freshness = Freshness.read(watched.settings());
        Instant now = Instant.now();
        return freshness.isOld(now) ? Finding.trouble(freshness.missing()) : Finding.well(freshness.inWords(now));
    }

    private Finding lag() {
        Instant oldest = waiting.oldest();
        if (oldest == null) {
            return Finding.well("nothing waits");
        }
        Duration lag = lag(oldest);
        String what = Words.count(waiting.files(), "file") + (waiting.files() == 1 ? " waits" : " wait") + ", the oldest for " + lag.toSeconds() + " s";
        return lag.compareTo(MOST_LAG) < 0 ? Finding.well(what) : Finding.trouble(what + " (" + Printable.of(waiting.oldestName())
                + "): see what the log says of it, and whether the stores take what is read");
    }

    private Duration lag(Instant oldest) {
        Duration lag = Duration.between(oldest, watched.clock().instant());
        return lag.isNegative() ? Duration.ZERO : lag;
    }

    private Finding quarantine() {
        Lines first;
        synchronized (lines) {
            first = lines.isEmpty() ? new Lines(0, 0, 0) : lines.getFirst();
        }
        return judge(quarantine, watched.counts().records() - first.records(), watched.counts().badLines() - first.bad());
    }

    /** @param records and bad, of the last hour */
    static Finding judge(Quarantine.Count all, long records, long bad) {
        String what = all.lines() == 0 && bad == 0 ? "nothing" : Words.count(all.lines(), "line") + " in " + Words.count(all.files(), "file") + ", " + bad
                + " bad among " + Words.count(records + bad, "line") + " of the last hour";
        return bad < LEAST_BAD_LINES || bad <= MOST_BAD_SHARE * (records + bad) ? Finding.well(what)
                : Finding.trouble(what + ": some logger writes what is no record; ./tac8 quarantine list says why");
    }
}
