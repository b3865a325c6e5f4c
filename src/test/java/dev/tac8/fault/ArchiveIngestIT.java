package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.archive.Requests;
import dev.tac8.service.Service;
import dev.tac8.store.Months;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** While a run moves a month after the other, what is dropped is stored in the external store as ever. */
@Tag("thorough")
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveIngestIT {
    private static final int ROWS = 200_000;
    private static final int MONTHS = 4;
    private static final int EVERY_MILLISECONDS = 50;
    private static final int PART = 20_000;

    @TempDir
    private Path dir;

    @Test
    void filesAreAcknowledgedWhileARunMovesManyRows() throws Exception {
        Home home = new Home(dir);
        Service service = home.start();
        ScheduledExecutorService coordinator = Executors.newSingleThreadScheduledExecutor();
        try {
            deliverOld(home);
            CircuitBreaker breaker = service.context().getRegistry().lookupByNameAndType("external-breaker", CircuitBreaker.class);
            AtomicInteger transitions = new AtomicInteger();
            breaker.getEventPublisher().onStateTransition(event -> transitions.incrementAndGet());
            Map<String, Long> droppedNanos = new ConcurrentHashMap<>();
            AtomicInteger dropped = new AtomicInteger();
            coordinator.scheduleAtFixedRate(() -> {
                String name = String.format("fresh-%06d.jsonl", dropped.getAndIncrement());
                droppedNanos.put(name, System.nanoTime());
                home.drop(name, event(name, Instant.now()));
            }, 0, EVERY_MILLISECONDS, TimeUnit.MILLISECONDS);
            Requests requests = new Requests(home.spool());
            long begin = System.nanoTime();
            String id = requests.ask(60, false);
            Map<String, Long> waitedNanos = new HashMap<>();
            Awaitility.await("the run has ended").atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(5)).until(() -> {
                noteAcknowledged(home, droppedNanos, waitedNanos);
                return requests.read(id) != null && requests.read(id).message() != null;
            });
            long took = System.nanoTime() - begin;
            int during = waitedNanos.size();
            coordinator.shutdown();
            assertThat(coordinator.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            home.awaitDrained();

            assertThat(requests.read(id).failed()).as(requests.read(id).message()).isFalse();
            assertThat(during).as("acknowledged while the run went on").isPositive();
            assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
            assertThat(transitions).as("the breaker has been closed all the time").hasValue(0);
            assertThat(Home.query(home.localDatabase(), "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'events') IS NULL,"
                    + " (SELECT count(*) FROM sessions)")).as("rows that the local store has ever had").containsExactly("1|0");
            assertThat(home.query("SELECT count(*) FROM events WHERE session_id = 'fresh'")).containsExactly("" + dropped.get());
            long archived = 0;
            for (Path month : Months.list(home.path("var/external/archive")).values()) {
                archived += Long.parseLong(Home.query(month, "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM api_calls)").get(0));
            }
            assertThat(archived).isEqualTo(ROWS);
            System.out.printf("%,d rows archived in %.1f s, %d files acknowledged meanwhile, the slowest after %d ms%n", ROWS, took / 1e9, during,
                    waitedNanos.values().stream().mapToLong(Long::longValue).max().orElse(0) / 1_000_000);
        } finally {
            coordinator.shutdownNow();
            home.close();
        }
    }

    private static void deliverOld(Home home) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < ROWS; i++) {
            Instant at = Instant.now().minus(Duration.ofDays(70 + 30L * (i % MONTHS))).minusSeconds(i);
            lines.append(i % 2 == 0 ? event("old-" + i, at) : "{\"type\":\"api_call\",\"id\":\"old-" + i + "\",\"timestamp\":\"" + at
                    + "\",\"session_id\":\"s" + i / 10_000 + "\",\"task_id\":\"t" + i / 1000 + "\",\"worker_id\":\"w" + i / 100
                    + "\",\"model\":\"m\",\"tokens_input\":" + i + ",\"estimated_cost_usd\":0.25}").append('\n');
            if (i % PART == PART - 1) {
                home.drop("old-" + i + ".jsonl", lines.toString().getBytes(StandardCharsets.UTF_8));
                lines.setLength(0);
            }
        }
        home.awaitDrained(Duration.ofMinutes(3));
    }

    private static String event(String id, Instant at) {
        return "{\"type\":\"event\",\"id\":\"" + id + "\",\"timestamp\":\"" + at + "\",\"session_id\":\"" + id.substring(0, id.indexOf('-'))
                + "\",\"event_type\":\"e\",\"message\":\"something that happened a while ago\"}";
    }

    private static void noteAcknowledged(Home home, Map<String, Long> droppedNanos, Map<String, Long> waitedNanos) throws Exception {
        try (Stream<Path> done = Files.list(home.spool().resolve("done"))) {
            long now = System.nanoTime();
            done.map(path -> path.getFileName().toString()).filter(name -> name.contains("fresh-"))
                    .map(name -> name.substring(name.indexOf("fresh-"))).filter(name -> !waitedNanos.containsKey(name))
                    .forEach(name -> waitedNanos.put(name, now - droppedNanos.get(name)));
        }
    }
}
