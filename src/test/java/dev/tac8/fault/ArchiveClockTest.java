package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.Home;
import dev.tac8.archive.Archive;
import dev.tac8.archive.ArchiveRun;
import dev.tac8.archive.Request;
import dev.tac8.archive.Requests;
import dev.tac8.archive.Schedule;
import dev.tac8.service.Service;
import dev.tac8.settings.SettingsException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a run takes place, and what becomes of it where the clock is wrong. */
@Tag("thorough")
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchiveClockTest {
    /** The run on schedule is the one that no request asks for. */
    private static final Request SCHEDULED = null;
    private static final String MONTHLY = "0 0 3 1 * ?";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void makesUpForARunThatWasMissed() throws Exception {
        home.drop("a.jsonl", event("2026-05-01"), event("2026-08-20"), event("2026-11-22"));
        home.drain();
        home.set("tac8.archive.cron", MONTHLY);
        home.start(new MovingClock(Instant.parse("2026-11-23T12:00:00Z")));
        // The one of August is old by now as well.
        assertThat(awaitReport()).startsWith("Archived 2 events of 2026-05 to 2026-08 in ");
    }

    @Test
    void missesNothingWhereTheLastRunHadNothingToDo() throws Exception {
        home.set("tac8.archive.cron", MONTHLY);
        // Old enough now, but not on the first of the month, which was the last time.
        home.drop("a.jsonl", event("2026-08-04"), event("2026-11-22"));
        MovingClock clock = new MovingClock(Instant.parse("2026-11-23T12:00:00Z"));
        Service service = home.start(clock);
        home.awaitDrained();
        assertThat(missed(service)).isNull();
        clock.set(Instant.parse("2026-12-01T02:59:59Z"));
        assertThat(missed(service)).isNull();
        clock.set(Instant.parse("2026-12-01T03:00:00Z"));
        assertThat(missed(service)).isNotNull();
    }

    @Test
    void runsOnSchedule() throws Exception {
        home.drop("a.jsonl", event("2026-05-01"), event("2026-11-22"));
        home.drain();
        home.set("tac8.archive.cron", "0/1 * * * * ?");
        Service service = home.start(new MovingClock(Instant.parse("2026-11-23T12:00:00Z")));
        service.context().getRouteController().stopRoute("archive-when-missed");
        assertThat(awaitReport()).startsWith("Archived 1 event of 2026-05 in ");
    }

    @Test
    void aRunOnScheduleLeavesTheOneThatGoesOnAlone() throws Exception {
        home.drop("a.jsonl", event("2026-05-01"), event("2026-11-22"));
        home.drain();
        home.set("tac8.archive.cron", "0 0 0 1 1 ? 2099");
        Service service = home.start(new MovingClock(Instant.parse("2026-11-23T12:00:00Z")));
        Archive archive = service.context().getRegistry().lookupByNameAndType("archive-run", Archive.class);
        archive.begin(SCHEDULED, new DefaultExchange(service.context()));

        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            template.sendBody("direct:archive-or-say", SCHEDULED);
        }

        assertThat(archive.isRunning()).isTrue();
        assertThat(home.query("SELECT count(*) FROM events")).containsExactly("2");
    }

    @Test
    void aClockThatHasJumpedArchivesEarlyAndSaysSo() throws Exception {
        home.drop("a.jsonl", event("2026-05-01"), event("2026-11-22"));
        Service service = home.start(new MovingClock(Instant.parse("2027-11-23T12:00:00Z")));
        home.awaitDrained();
        run(service);
        home.awaitDrained();
        assertThat(home.query("SELECT message, details ->> 'newest_row', details ->> 'clock' FROM events WHERE session_id = 'tac8'"))
                .singleElement().asString().startsWith("Archived 2 events, 1 session of 2026-05 to 2026-11 in ")
                .contains("; the newest row is of 2026-11-22T00:00:00.000Z, so if the clock was wrong this was archived too early, and nothing"
                        + " is lost").endsWith("|2026-11-22T00:00:00.000Z|2027-11-23T12:00:00.000Z");
    }

    @Test
    void aRunTakesAsLongAsItTakesWhicheverWayTheClockIsSetMeanwhile() throws Exception {
        home.drop("a.jsonl", event("2026-05-01"), event("2026-11-22"));
        AtomicInteger looks = new AtomicInteger();
        Service service = home.start(new FallingClock(Instant.parse("2026-11-23T12:00:00Z"), looks));
        home.awaitDrained();
        run(service);
        home.awaitDrained();
        assertThat(looks.get()).as("the clock was looked at while the run went on").isGreaterThan(1);
        assertThat(home.query("SELECT details ->> 'seconds' FROM events WHERE session_id = 'tac8'")).singleElement()
                .satisfies(seconds -> assertThat(Double.parseDouble(seconds)).isBetween(0.0, 180.0));
        assertThat(reports()).singleElement().asString().matches("Archived 1 event of 2026-05 in \\d+\\.\\d s");
    }

    /** A clock that is set back by a minute at every look. */
    private static final class FallingClock extends Clock {
        private final Instant first;
        private final AtomicInteger looks;

        FallingClock(Instant first, AtomicInteger looks) {
            this.first = first;
            this.looks = looks;
        }

        @Override
        public Instant instant() {
            return first.minus(Duration.ofMinutes(looks.getAndIncrement()));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void theScheduleAndAMissedRunAtOneTimeAreOneRun() throws Exception {
        home.drop("a.jsonl", event("2026-05-01"), event("2026-11-22"));
        home.set("tac8.archive.cron", MONTHLY);
        Service service = home.start(new MovingClock(Instant.parse("2026-11-23T12:00:00Z")));
        service.context().getRouteController().stopRoute("archive-when-missed");
        home.awaitDrained();
        Archive archive = service.context().getRegistry().lookupByNameAndType("archive-run", Archive.class);
        Schedule schedule = service.context().getRegistry().lookupByNameAndType("archive-schedule", Schedule.class);
        Requests requests = new Requests(home.spool());
        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            Exchange goesOn = template.send("direct:archive-oldest", exchange -> { });
            archive.begin(new Request("first", 90, false, false), goesOn);
            template.send("direct:archive-answer", goesOn);
            for (Request unasked : Arrays.asList(SCHEDULED, schedule.missed(goesOn.getVariable("oldest", String.class)))) {
                Exchange second = template.send("direct:archive", exchange -> exchange.getMessage().setBody(unasked));
                assertThat(second.getException()).isNull();
            }
            assertThat(requests.read("first").message()).isNull();
            assertThat(home.query("SELECT count(*) FROM events")).containsExactly("2");
            // Whoever waits for an answer gets one.
            Exchange asked = template.send("direct:archive", exchange -> exchange.getMessage().setBody(new Request("asked", 90, false, true)));
            assertThat(asked.getException()).hasMessage("the archive is being written already; nothing else was begun");
            assertThat(requests.read("asked").failed()).isTrue();
            archive.end(goesOn.getVariable("run", ArchiveRun.class), null, null);

            template.send("direct:archive", exchange -> exchange.getMessage().setBody(SCHEDULED));
        }
        home.awaitDrained();
        assertThat(reports()).singleElement().asString().startsWith("Archived 1 event of 2026-05 in ");
    }

    @Test
    void whatOneChunkHasProvedCountsForNoOther() throws Exception {
        Service service = home.start(new MovingClock(Instant.parse("2026-11-23T12:00:00Z")));
        Archive archive = service.context().getRegistry().lookupByNameAndType("archive-run", Archive.class);
        Exchange exchange = new DefaultExchange(service.context());
        archive.begin(SCHEDULED, exchange);
        ArchiveRun run = exchange.getVariable("run", ArchiveRun.class);
        Map<String, Object> proved = new HashMap<>();
        for (String table : Home.TABLES) {
            proved.put("archived_" + table, "[]");
            proved.put("rows_of_" + table, 1);
        }
        exchange.setVariable("leaving", proved);
        archive.open(run, "2026-05");
        archive.next(run, "2026-05", 1, Map.of("rows_due", 1), 0, null, null, exchange);
        assertThat(run.moved()).isEqualTo(Home.TABLES.size());

        assertThatThrownBy(() -> archive.next(run, "2026-05", 1, Map.of("rows_due", 1), 0, null, null, exchange))
                .hasMessageStartingWith("nothing has proved that a chunk is archived");
    }

    @Test
    @Tag("process")
    void aScheduleThatIsNoneEndsTheStartWithASentence() throws Exception {
        home.set("tac8.archive.cron", "every monday");
        Home.Finished finished = home.run("run");
        assertThat(finished.exitCode()).as(finished.output()).isEqualTo(2);
        assertThat(finished.output().lines()).singleElement().asString()
                .startsWith("tac8: tac8.archive.cron is \"every monday\"; it must be a Quartz cron expression such as 0 0 3 1 * ?");
        home.set("tac8.archive.cron", "0 0 3 1 1 ? 2020");
        assertThatThrownBy(home::start).isInstanceOf(SettingsException.class).hasMessageContaining("which is never again");
    }

    @Test
    void aZoneThatIsNoneEndsTheStartWithASentence() {
        home.set("tac8.archive.zone", "Mars/Olympus");
        assertThatThrownBy(home::start).isInstanceOf(SettingsException.class)
                .hasMessage("tac8.archive.zone is \"Mars/Olympus\"; it must be a time zone such as UTC or Europe/Berlin");
    }

    /** What the event of a run says, as soon as it is stored. */
    private String awaitReport() {
        home.awaitDrained();
        Awaitility.await("a run has ended").atMost(SOON).until(() -> !reports().isEmpty());
        return reports().get(0);
    }

    private List<String> reports() {
        return home.query("SELECT message FROM events WHERE session_id = 'tac8' ORDER BY timestamp");
    }

    private static Request missed(Service service) {
        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            Exchange asked = template.send("direct:archive-oldest", exchange -> { });
            return service.context().getRegistry().lookupByNameAndType("archive-schedule", Schedule.class)
                    .missed(asked.getVariable("oldest", String.class));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Service service) throws Exception {
        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            Exchange done = template.send("direct:archive", exchange -> exchange.getMessage().setBody(new Request("r", 90, false, true)));
            assertThat(done.getException()).isNull();
        }
    }

    private static String event(String day) {
        return "{\"type\":\"event\",\"timestamp\":\"" + day + "T00:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\",\"message\":\"m\"}";
    }
}
