package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.archive.Request;
import dev.tac8.service.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes that an operator has edited so that a step is there and never runs: what hangs on it does not happen either. */
@Tag("thorough")
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EditedRoutesTest {
    private static final List<String> LINES = List.of(
            "{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"status\":\"started\"}",
            "no record",
            "{\"type\":\"task\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"task_id\":\"t1\",\"status\":\"active\"}",
            "{\"type\":\"event\",\"id\":\"e1\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"event_type\":\"e\",\"message\":\"m\"}",
            "{\"type\":\"api_call\",\"id\":\"c1\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w1\",\"model\":\"m\"}");

    @TempDir
    private Path dir;
    private Home home;

    @BeforeEach
    void makeHome() {
        home = new Home(dir).set("tac8.breaker.retry-seconds", 1).set("tac8.reconcile.seconds", 1);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ingest: to: direct:hold-chunk", "ingest: ref: quarantine, method: append",
            "ingest: ref: quarantine, method: publish", "store: to: direct:store-chunk", "write: join-workers.sql",
            "write: insert-events.sql"})
    void acknowledgesNoFileOfWhichAnythingIsMissing(String step) throws Exception {
        skip(step);

        tryOnce(() -> home.drop("a.jsonl", LINES));

        assertThat(home.done()).isEmpty();
        assertThat(home.waiting()).hasSize(1);
        assertThat(home.quarantined()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void acknowledgesNoFileWhoseKnownRecordsWereNotJoined() throws Exception {
        home.edit("routes/write.camel.yaml", "${header.CamelSqlUpdateCount} < ${variable.chunk.sizes[events]}", "${header.CamelSqlUpdateCount} < 0");
        home.drop("a.jsonl", LINES);
        home.drain();
        assertThat(home.done()).hasSize(1);

        tryOnce(() -> home.drop("b.jsonl", LINES.get(3).replace("}", ",\"details\":{\"more\":1}}")));

        assertThat(home.waiting()).singleElement().asString().endsWith("b.jsonl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"within:write-external", "within:prove-home"})
    void deletesNothingFromTheLocalStoreThatIsNotProvedToBeHome(String step) throws Exception {
        home.drain();
        Files.move(home.path("var/external"), home.path("var/gone"));
        home.drop("a.jsonl", LINES);
        home.drain();
        Files.move(home.path("var/gone"), home.path("var/external"));
        String local = Home.query(home.localDatabase(), "SELECT count(*) FROM events").get(0);
        skip("reconcile: " + step);

        try (Service service = home.open()) {
            Exchange round = service.startOnly().createProducerTemplate().send("direct:bring-all-home", exchange -> { });
            assertThat(round.getException()).isNotNull();
        }

        assertThat(Home.query(home.localDatabase(), "SELECT count(*) FROM events").get(0)).isEqualTo(local).isNotEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct:archive-copy", "unequal.sql", "method: archived", "still-leaving.sql"})
    void deletesNothingFromTheActiveStoreThatIsNotProvedToBeArchived(String step) throws Exception {
        home.drop("a.jsonl", LINES);
        home.drain();
        skip("archive-chunk: " + step);

        try (Service service = home.open()) {
            Exchange run = service.startOnly().createProducerTemplate().send("direct:archive",
                    exchange -> exchange.getMessage().setBody(new Request("r", 0, true, true)));
            assertThat(run.getException()).isNotNull();
        }

        assertThat(home.query("SELECT (SELECT count(*) FROM events) || (SELECT count(*) FROM api_calls)")).containsExactly("11");
    }

    @Test
    void forgetsNoArchivedRecordThatIsNotTakenBack() throws Exception {
        home.drop("a.jsonl", LINES);
        home.drain();
        Request request = new Request("r", 0, true, true);
        try (Service service = home.open()) {
            Exchange run = service.startOnly().createProducerTemplate().send("direct:archive", exchange -> exchange.getMessage().setBody(request));
            assertThat(run.getException()).isNull();
        }
        home.drop("b.jsonl", LINES.get(4).replace("2026-11-22", "2026-10-22"));
        home.drain();
        skip("archive-recall: to: direct:archive-take-back");

        try (Service service = home.open()) {
            Exchange run = service.startOnly().createProducerTemplate().send("direct:archive", exchange -> exchange.getMessage().setBody(request));
            assertThat(run.getException()).hasStackTraceContaining("the active store has not taken back what its archive knows otherwise");
        }

        assertThat(Home.query(home.path("var/external/archive/logs-2026-11.db"), "SELECT record_id FROM api_calls")).containsExactly("c1");
    }

    /** Starts the service, and stops it as soon as a file that is dropped then has been tried once. */
    private void tryOnce(Runnable drop) throws Exception {
        CountDownLatch tried = new CountDownLatch(1);
        home.start().context().getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.ExchangeEvent of && "ingest-spool".equals(of.getExchange().getFromRouteId())
                        && !(event instanceof CamelEvent.ExchangeCreatedEvent) && !(event instanceof CamelEvent.ExchangeSendingEvent)
                        && !(event instanceof CamelEvent.ExchangeSentEvent)) {
                    tried.countDown();
                }
            }
        });
        drop.run();
        assertThat(tried.await(30, TimeUnit.SECONDS)).isTrue();
        home.stop();
    }

    /** Puts a step under a condition that never holds. */
    private void skip(String step) throws Exception {
        Path file = home.path("routes/" + step.substring(0, step.indexOf(':')) + ".camel.yaml");
        String text = Files.readString(file);
        int at = text.indexOf(step.substring(step.indexOf(": ") + 2));
        assertThat(at).as(step).isPositive();
        int begin = text.lastIndexOf("\n", text.lastIndexOf("- ", at)) + 1;
        String indent = text.substring(begin, text.indexOf("- ", begin));
        Matcher next = Pattern.compile("(?m)^ {0," + indent.length() + "}\\S").matcher(text);
        int end = next.find(at) ? next.start() : text.length();
        String skipped = text.substring(begin, end).replaceAll("(?m)^", "        ");
        home.edit("routes/" + file.getFileName(), text.substring(begin, end), indent + "- filter:\n" + indent + "    simple: \"${body} == 'never'\"\n"
                + indent + "    steps:\n" + skipped);
    }
}
