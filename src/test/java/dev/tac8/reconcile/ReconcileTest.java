package dev.tac8.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tac8.Home;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Spool;
import dev.tac8.service.Service;
import dev.tac8.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is on its way home, and what is said of it. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReconcileTest {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final List<String> SMALL = List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError");
    private static final Backlog ONE_EVENT = new Backlog(List.of(List.of(Map.of("session_id", "s")), List.of(), List.of(),
            List.of(Map.of("record_id", "e")), List.of()));

    @TempDir
    private Path dir;
    private Home home;
    private Process service;

    @BeforeEach
    void makeHome() {
        home = new Home(dir).set("tac8.breaker.retry-seconds", 1).set("tac8.reconcile.seconds", 1);
    }

    @AfterEach
    void stop() throws InterruptedException {
        home.close();
        if (service != null) {
            service.destroyForcibly().waitFor();
        }
    }

    @Test
    void doesNotSayThatAllIsHomeWhenTheExternalStoreHasGoneAwayAgain() throws Exception {
        Spool spool = Ingest.spool(Settings.load(dir, Map.of(), Map.of()));
        spool.create();
        AtomicBoolean there = new AtomicBoolean(true);
        Reconcile reconcile = new Reconcile(there::get, () -> { }, () -> { }, spool);
        reconcile.count(proved(reconcile.begin()), ONE_EVENT);
        // The second chunk fails, and with it the round.
        there.set(false);
        Reconcile.Round without = reconcile.begin();
        assertThat(without.goesOn()).isFalse();
        assertThat(without.report()).isNull();

        there.set(true);
        Reconcile.Round round = proved(reconcile.begin());
        reconcile.count(round, ONE_EVENT);
        reconcile.nothingLeft(round);

        assertThat(round.report().message()).startsWith("Home again: 2 events");
        // It could not be dropped into the spool, and the next round says it again.
        Reconcile.Round again = reconcile.begin();
        reconcile.nothingLeft(again);
        assertThat(again.report().message()).startsWith("Home again: 2 events");
        reconcile.count(again, null);
        reconcile.nothingLeft(round);
        assertThat(round.report()).isNull();
    }

    @Test
    void aChunkThatHasFailedComesAgainByHalves() throws Exception {
        Spool spool = Ingest.spool(Settings.load(dir, Map.of(), Map.of()));
        Reconcile reconcile = new Reconcile(() -> true, () -> { }, () -> { }, spool);
        List<List<Map<String, Object>>> rows = List.of(List.of(Map.of("session_id", "s")), List.of(), List.of(), List.of(Map.of("record_id", "e")), List.of());
        List<Integer> mostRows = new ArrayList<>();
        Reconcile.Round round = reconcile.begin();
        for (int i = 0; i < 15; i++) {
            mostRows.add(round.mostRows());
            // It is not home, so the round ends.
            reconcile.backlog(round, rows);
            round = reconcile.begin();
        }
        assertThat(mostRows).startsWith(10_000, 5000, 2500, 1250).endsWith(2, 1, 1);

        Backlog home = reconcile.backlog(round, rows);
        reconcile.next(proved(round), home, null, new DefaultExchange(new DefaultCamelContext()));

        assertThat(round.mostRows()).isEqualTo(2);
        assertThat(reconcile.begin().mostRows()).isEqualTo(2);
    }

    @Test
    @Tag("process")
    @Tag("thorough")
    void bringsHomeRowsThatTogetherAreLargerThanItsMemory() throws Exception {
        String text = "x".repeat(1 << 20);
        List<String> lines = IntStream.range(0, 80).mapToObj(i -> event("e" + i, "s" + i % 3, i % 2 == 0 ? text : "m",
                i % 2 == 0 ? "" : ",\"details\":{\"x\":\"" + text + "\"}")).toList();
        fillLocalStore(lines);
        assertThat(Files.size(home.localDatabase())).isGreaterThan(80 << 20);

        service = home.command(SMALL, "run").redirectOutput(dir.resolve("log").toFile()).start();

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(service.isAlive()).as("it has enough memory").isTrue();
            assertThat(local("events")).isEqualTo("0");
        });
        assertThat(home.query("SELECT count(*), sum(length(message)) + sum(length(details)) FROM events WHERE session_id <> 'tac8'"))
                .containsExactly("80|" + (80L * text.length() + 40 + 40 * "{\"x\":\"\"}".length()));
    }

    @Test
    void bringsHomeARowWhateverItsIdHolds() throws Exception {
        List<String> ids = List.of("a\\u0000b", "a\\u0000c", "\\\"quoted\\\"", "back\\\\slash", "new\\nline", "😀", "e\\u0301", "é", "1e5",
                "100000", "null", "unknown", "[1]", " ", "%", ":#rows", "\\u0001", "x".repeat(128));
        List<String> lines = ids.stream().flatMap(id -> List.of(event(id, id, "m", ""), call(id), worker(id)).stream()).toList();
        Home reference = new Home(dir.resolve("reference"));
        reference.drop("a.jsonl", lines);
        reference.drain();
        fillLocalStore(lines);

        home.start();

        await().atMost(SOON).until(() -> Home.TABLES.stream().allMatch(table -> local(table).equals("0")));
        home.stop();
        for (String table : Home.TABLES) {
            assertThat(home.rows(table)).as(table).isEqualTo(reference.rows(table));
        }
        assertThat(home.rows("events")).hasSize(ids.size());
    }

    @Test
    void whatStatusSaysCannotBeWrittenAndTheEventIsThereOnce() throws Exception {
        fillLocalStore(List.of(event("e", "s", "m", "")));

        Exchange round;
        try (Service running = home.open(); ProducerTemplate template = running.startOnly().createProducerTemplate()) {
            Files.createDirectories(home.spool().resolve(".tac8/last-failback.json.new/x"));
            round = template.send("direct:bring-all-home", exchange -> { });
            template.send("direct:bring-all-home", exchange -> { });
        }

        assertThat(round.getException()).isNull();
        assertThat(round.getVariable("reason", String.class)).startsWith("cannot write " + home.spool().resolve(".tac8/last-failback.json"));
        assertThat(local("events")).isEqualTo("0");
        assertThat(home.waiting()).as("the event of the way home").hasSize(1);
    }

    private static Reconcile.Round proved(Reconcile.Round round) {
        round.isProved = true;
        return round;
    }

    /** Leaves the lines in the local store, and the external one, empty, where it belongs. */
    private void fillLocalStore(List<String> lines) throws Exception {
        home.drain();
        Files.move(dir.resolve("var/external"), dir.resolve("var/gone"));
        home.drop("a.jsonl", lines);
        home.drain();
        assertThat(local("events")).isNotEqualTo("0");
        Files.move(dir.resolve("var/gone"), dir.resolve("var/external"));
    }

    private String local(String table) {
        return Home.query(home.localDatabase(), "SELECT count(*) FROM " + table).get(0);
    }

    private static String event(String id, String session, String message, String more) {
        return "{\"type\":\"event\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"" + session
                + "\",\"event_type\":\"e\",\"message\":\"" + message + "\"" + more + "}";
    }

    private static String call(String id) {
        return "{\"type\":\"api_call\",\"id\":\"" + id + "\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"" + id
                + "\",\"model\":\"m\",\"estimated_cost_usd\":0.1}";
    }

    private static String worker(String id) {
        return "{\"type\":\"worker\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"" + id + "\",\"task_id\":\"" + id
                + "\",\"worker_id\":\"" + id + "\",\"status\":\"spawned\"}";
    }
}
