package dev.tac8.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.FreePort;
import dev.tac8.HangingFile;
import dev.tac8.Home;
import dev.tac8.fault.MovingClock;
import dev.tac8.ingest.Quarantine;
import dev.tac8.service.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trouble of each kind, and what health says of it over HTTP. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HealthTest {
    private static final String SESSION = "{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"status\":\"started\"}";

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path dir;
    private Home home;
    private Service service;
    private int port;

    @BeforeEach
    void makeHome() throws IOException {
        port = FreePort.take();
        home = new Home(dir).set("tac8.http.port", port);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void allIsWell() throws Exception {
        service = home.start();
        home.drop("a.jsonl", SESSION);
        home.awaitDrained();

        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertThat(check("disks").path("message").asText()).contains("spool ", "local ", "external ", " GiB free");
        });
        Answer all = ask("");
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.json().path("status").asText()).isEqualTo("UP");
        assertThat(all.json().path("checks").findValuesAsText("name")).containsExactlyInAnyOrder("context", "spool", "stores", "threads", "ingest", "look",
                "routes", "generation", "external-store", "local-store", "breaker", "spool-lag", "quarantine", "disks", "failback",
                "archive", "clock");
        assertThat(all.json().path("checks").findValuesAsText("status")).containsOnly("UP");
        assertThat(ask("/live").json().path("checks").findValuesAsText("name")).containsExactlyInAnyOrder("context", "threads", "ingest");
        assertThat(ask("/ready").json().path("checks").findValuesAsText("name")).containsExactlyInAnyOrder("context", "spool", "stores");
    }

    @Test
    void anExternalStoreThatIsAwayIsDownAndTheServiceIsReadyAllTheSame() throws Exception {
        home.drop("0.jsonl", SESSION);
        service = home.start();
        home.awaitDrained();
        Files.move(home.path("var/external"), home.path("var/away"));
        home.drop("a.jsonl", SESSION);

        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertDown("external-store", "no tac8 volume is mounted at " + home.path("var/external"));
            assertDown("breaker", "chunks go to the local store since ");
        });
        assertThat(ask("/ready").status()).isEqualTo(200);
        assertThat(ask("/live").status()).isEqualTo(200);
        Files.move(home.path("var/away"), home.path("var/external"));
        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertThat(ask("").status()).isEqualTo(200);
        });
    }

    @Test
    void withoutAnyStoreItIsNotReady() throws Exception {
        home.drop("0.jsonl", SESSION);
        service = home.start();
        home.awaitDrained();
        Files.move(home.path("var/external"), home.path("var/away"));
        Files.move(home.path("var/local"), home.path("var/local-away"));
        home.drop("a.jsonl", SESSION);

        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertThat(ask("/ready").status()).isEqualTo(503);
            assertDown("stores", "no store takes what is read since ");
            assertDown("local-store", "no tac8 volume is mounted at ");
        });
        assertThat(ask("/live").status()).isEqualTo(200);
        Files.move(home.path("var/away"), home.path("var/external"));
        Files.move(home.path("var/local-away"), home.path("var/local"));
        home.awaitDrained();
        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertThat(ask("").status()).isEqualTo(200);
        });
    }

    @Test
    void disksThatHangHoldUpNoAnswer() throws Exception {
        home.set("tac8.store.busy-seconds", 5).set("tac8.store.answer-seconds", 6);
        home.drop("0.jsonl", SESSION);
        service = home.start();
        home.awaitDrained();

        try (HangingFile external = HangingFile.of(home.path("var/external/.tac8-volume")); HangingFile local = HangingFile.of(home.path("var/local/.tac8-volume"))) {
            await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
                assertDown("local-store", "does not answer, so its disk is slow or hangs");
                assertDown("external-store", "its disk hangs, or another program keeps it locked");
                assertThat(ask("/ready").status()).isEqualTo(503);
            });
            assertThat(ask("/live").status()).isEqualTo(200);
        }
        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertThat(ask("").status()).isEqualTo(200);
        });
    }

    @Test
    void aRouteThatDoesNotRunIsNamed() throws Exception {
        service = home.start();

        service.context().getRouteController().suspendRoute("abandoned");
        service.context().getRouteController().stopRoute("ingest-spool");

        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertDown("routes", "routes do not run (abandoned is suspended, ingest-spool is stopped)");
            assertDown("spool", "the route ingest-spool does not run");
        });
        assertThat(ask("/ready").status()).isEqualTo(503);
        service.context().removeRoute("ingest-spool");
        assertDown("routes", "ingest-spool is missing");
    }

    @Test
    void aRouteThatIsReplacedJustNowIsNoTrouble() throws Exception {
        service = home.start();

        service.inForce().exchange(() -> {
            service.context().getRouteController().stopRoute("ingest-spool");
            look();
            assertThat(check("routes")).isEqualTo(new JsonMapper().readTree("{\"name\": \"routes\", \"status\": \"UP\", \"message\": \"an edit takes effect just now\"}"));
            await().atMost(SOON).untilAsserted(() -> assertThat(check("spool").path("message").asText()).isEqualTo("an edit takes effect just now"));
            assertThat(ask("/ready").status()).isEqualTo(200);
        });

        look();
        assertDown("routes", "routes do not run (ingest-spool is stopped)");
        assertDown("spool", "the route ingest-spool does not run");
    }

    @Test
    void aSpoolThatIsAnotherFolderIsNotReady() throws Exception {
        service = home.start();
        Files.move(home.spool(), home.path("var/elsewhere"));

        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertDown("spool", "the spool " + home.spool() + " is not there any more");
        });
        assertThat(ask("/ready").status()).isEqualTo(503);
        Files.move(home.path("var/elsewhere"), home.spool());
    }

    @Test
    void filesThatWaitForLongAreTrouble() throws Exception {
        service = home.start(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(6)));
        service.context().getRouteController().stopRoute("ingest-spool");
        home.drop("a.jsonl", SESSION);
        home.drop("b.jsonl", SESSION);

        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertDown("spool-lag", "2 files wait, the oldest for 3");
        });
        assertDown("spool-lag", " s (a.jsonl): see what the log says of it");
    }

    @Test
    void anEditThatIsRefusedIsTold() throws Exception {
        service = home.start();

        service.inForce().refuse("routes/own.camel.yaml, line 3: stepz is not a name that can stand here; the former routes go on");
        assertDown("generation", "routes/own.camel.yaml, line 3: ");
        assertThat(ask("/ready").status()).isEqualTo(200);
        service.inForce().refuse(null);
        service.inForce().hold("an archive run goes on");
        assertThat(check("generation").path("message").asText()).isEqualTo("as at the start; an edit is not in force yet: an archive run goes on");
    }

    @Test
    void threadsThatWaitForEachOtherMakeARestart() throws Exception {
        service = home.start();
        assertThat(ask("/live").status()).isEqualTo(200);
        Lock first = new ReentrantLock();
        Lock second = new ReentrantLock();
        CyclicBarrier eachHasOne = new CyclicBarrier(2);
        List<Thread> threads = List.of(thread(first, second, eachHasOne), thread(second, first, eachHasOne));
        try {
            await().atMost(SOON).untilAsserted(() -> {
                look();
                assertDown("threads", "2 threads wait for each other for ever, a fault of tac8 itself: restart it; nothing is lost");
            });
            assertThat(ask("/live").status()).isEqualTo(503);
            assertThat(ask("/ready").status()).as("what is stored does not depend on them").isEqualTo(200);
        } finally {
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        look();
        assertThat(ask("/live").status()).isEqualTo(200);
    }

    /** One that takes a lock, and then waits for another until it is interrupted. */
    private static Thread thread(Lock own, Lock wanted, CyclicBarrier eachHasOne) {
        Thread thread = new Thread(() -> {
            own.lock();
            try {
                eachHasOne.await();
                wanted.lockInterruptibly();
            } catch (InterruptedException | BrokenBarrierException e) {
                // The test is over.
            } finally {
                own.unlock();
            }
        });
        thread.start();
        return thread;
    }

    @Test
    void ingestThatComesToNothingWhileFilesWaitMakesARestart() {
        assertThat(Health.judge(Duration.ofMinutes(9), 3).isWell()).isTrue();
        assertThat(Health.judge(Duration.ofDays(9), 0).isWell()).as("an idle service").isTrue();
        assertThat(Health.judge(Duration.ofMinutes(11), 3)).isEqualTo(Finding.trouble("files wait, and none was stored or tried for 11 min: restart tac8; nothing is lost"));
    }

    @Test
    void aClockThatIsSetIsTold() throws Exception {
        MovingClock clock = new MovingClock(Instant.parse("2026-11-22T10:00:00Z"));
        service = home.start(clock);
        look();
        assertThat(check("clock").path("message").asText()).isEqualTo("not set since the start");

        clock.set(Instant.parse("2026-11-22T12:00:00Z"));
        look();
        assertThat(check("clock").path("message").asText()).matches("set forward by [0-9]{4} s at 2026-11-22T12:00:00Z, or this computer slept: look whether it is right now");
        clock.set(Instant.parse("2026-11-22T11:00:00Z"));
        look();

        assertThat(check("clock").path("message").asText()).matches("set back by [0-9]{4} s at 2026-11-22T11:00:00Z, .*");
        assertThat(ask("").status()).as("what is stored does not depend on it").isEqualTo(200);
    }

    @Test
    void badLinesAreTroubleIfTheyAreMany() {
        Quarantine.Count all = new Quarantine.Count(3, 40);
        assertThat(Health.judge(new Quarantine.Count(0, 0), 100, 0)).isEqualTo(Finding.well("nothing"));
        assertThat(Health.judge(all, 10, 9).isWell()).isTrue();
        assertThat(Health.judge(all, 3960, 40).isWell()).isTrue();
        assertThat(Health.judge(new Quarantine.Count(1, 1), 0, 1)).isEqualTo(Finding.well("1 line in 1 file, 1 bad among 1 line of the last hour"));
        assertThat(Health.judge(all, 3950, 40)).isEqualTo(Finding.trouble("40 lines in 3 files, 40 bad among 3,990 lines of the last hour: some logger writes"
                + " what is no record; ./tac8 quarantine list says why"));
    }

    @Test
    void aLoggerThatWritesNoRecordsIsSeenWithinAMoment() throws Exception {
        service = home.start();
        home.drop("a.jsonl", "x\n".repeat(20).split("\n"));
        home.awaitDrained();

        await().atMost(SOON).untilAsserted(() -> {
            look();
            assertDown("quarantine", "20 bad among 20 lines of the last hour");
        });
    }

    /** Does not wait until the route does it. */
    private void look() {
        service.context().getRegistry().lookupByNameAndType("health", Health.class).look();
    }

    private record Answer(int status, JsonNode json) {
    }

    private Answer ask(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/health" + path))
                .timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), new JsonMapper().readTree(response.body()));
    }

    private JsonNode check(String name) throws IOException, InterruptedException {
        for (JsonNode check : ask("").json().path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("there is no check " + name);
    }

    private void assertDown(String name, String sentence) throws IOException, InterruptedException {
        JsonNode check = check(name);
        assertThat(check.path("message").asText()).as("%s", name).contains(sentence);
        assertThat(check.path("status").asText()).as("%s", name).isEqualTo("DOWN");
        assertThat(ask("").status()).isEqualTo(503);
    }
}
