package dev.tac8.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;

import dev.tac8.Home;
import dev.tac8.service.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a scrape says of what has happened. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MetricsTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path dir;
    private Home home;
    private Monitor monitor;

    @BeforeEach
    void makeHome() throws Exception {
        home = new Home(dir);
        monitor = Monitor.of(home);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void saysWhatWasStoredAndWhatTodayCost() throws Exception {
        Service service = home.start();
        home.drop("a.jsonl", call("c-1", Instant.now(), ",\"estimated_cost_usd\":1.5,\"tokens_input\":10,\"tokens_output\":20"), call("c-2", Instant.now(), ""),
                call("c-3", Instant.now().minus(3, ChronoUnit.DAYS), ",\"estimated_cost_usd\":100"), "no record",
                "{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s1\",\"status\":\"started\"}");
        home.awaitDrained();
        look(service);

        Map<String, Double> samples = monitor.scrape();

        assertThat(samples).containsEntry("tac8_records_stored_total{type=\"api_call\"}", 3.0).containsEntry("tac8_records_stored_total{type=\"session\"}", 1.0)
                .containsEntry("tac8_lines_quarantined_total", 1.0).containsEntry("tac8_chunks_stored_total", 1.0)
                .containsEntry("tac8_transaction_seconds_count{store=\"external\"}", 1.0).containsEntry("tac8_commit_seconds_count{store=\"local\"}", 0.0)
                .containsEntry("tac8_cost_today_dollars{store=\"external\"}", 1.5).containsEntry("tac8_calls_today{store=\"external\"}", 2.0)
                .containsEntry("tac8_calls_without_cost_today{store=\"external\"}", 1.0)
                .containsEntry("tac8_tokens_today{kind=\"input\",store=\"external\"}", 10.0).containsEntry("tac8_tokens_today{kind=\"output\",store=\"external\"}", 20.0)
                .containsEntry("tac8_breaker_state{state=\"closed\"}", 1.0).containsEntry("tac8_store_target{store=\"external\"}", 1.0)
                .containsEntry("tac8_health_up{check=\"routes\"}", 1.0)
                .containsEntry("camel_exchanges_failed_total{camelContext=\"tac8\",eventType=\"route\",kind=\"CamelRoute\",routeId=\"store-chunk\"}", 0.0);
        double commit = samples.get("tac8_commit_seconds_sum{store=\"external\"}");
        assertThat(commit).isPositive().isLessThan(samples.get("tac8_transaction_seconds_sum{store=\"external\"}"));
    }

    @Test
    void saysWhatTodayCostAlsoIfNoNumberOfTheStoreHoldsTheSum() throws Exception {
        Service service = home.start();
        home.drop("a.jsonl", IntStream.range(0, 1100).mapToObj(i -> call("c-" + i, Instant.now(), ",\"tokens_input\":9007199254740991")).toList());
        home.awaitDrained();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.database()); Statement statement = connection.createStatement()) {
            statement.execute("UPDATE api_calls SET estimated_cost_usd = iif(record_id = 'c-0', 9e999, 0.5) WHERE record_id IN ('c-0', 'c-1')");
        }
        look(service);

        Map<String, Double> samples = monitor.scrape();

        assertThat(samples.get("tac8_tokens_today{kind=\"input\",store=\"external\"}")).isCloseTo(1100 * 9007199254740991.0, withinPercentage(1e-9));
        assertThat(samples).containsEntry("tac8_cost_today_dollars{store=\"external\"}", 0.5).containsEntry("tac8_calls_without_cost_today{store=\"external\"}", 1099.0);
    }

    @Test
    void aCallIsInOneStoreAloneWhileTheExternalOneIsAwayAndWhenItIsBack() throws Exception {
        Service service = home.start();
        home.drop("a.jsonl", call("c-1", Instant.now(), ",\"estimated_cost_usd\":1.5"));
        home.awaitDrained();
        look(service);
        Files.move(home.path("var/external"), home.path("var/away"));
        home.drop("b.jsonl", call("c-2", Instant.now(), ",\"estimated_cost_usd\":2.25"));
        home.awaitDrained();
        look(service);

        assertThat(monitor.scrape()).containsEntry("tac8_cost_today_dollars{store=\"external\"}", 1.5).containsEntry("tac8_cost_today_dollars{store=\"local\"}", 2.25)
                .containsEntry("tac8_backlog_rows", 4.0).containsEntry("tac8_store_target{store=\"local\"}", 1.0).containsEntry("tac8_breaker_state{state=\"closed\"}", 0.0);
        Files.move(home.path("var/away"), home.path("var/external"));
        await().atMost(SOON).untilAsserted(() -> {
            look(service);
            assertThat(monitor.scrape()).containsEntry("tac8_cost_today_dollars{store=\"external\"}", 3.75)
                    .containsEntry("tac8_cost_today_dollars{store=\"local\"}", 0.0).containsEntry("tac8_backlog_rows", 0.0);
        });
        await().atMost(SOON).untilAsserted(() -> {
            look(service);
            assertThat(monitor.scrape().get("tac8_last_failback_timestamp_seconds")).isCloseTo(Instant.now().getEpochSecond(), within(60.0));
        });
    }

    @Test
    void aFigureHasItsUnitInItsNameAndSaysWhatItIs() throws Exception {
        home.start();

        String text = monitor.text();

        assertThat(Pattern.compile("(?m)^# HELP (tac8_\\w+) ?(.*)$").matcher(text).results().toList()).isNotEmpty()
                .allSatisfy(help -> assertThat(help.group(2)).as(help.group(1)).matches("[A-Z0-9].*\\."));
        assertThat(Pattern.compile("(?m)^# TYPE (\\S+)").matcher(text).results().map(type -> type.group(1))).noneMatch(name -> name.matches(".*_(ms|ns|milliseconds|kb|mb|percent)(_.*)?"));
    }

    @Test
    void withoutAPortNothingIsMeasured() throws Exception {
        home.set("tac8.http.port", 0);

        Service service = home.start();

        assertThat(service.context().getRegistry().lookupByName("route-metrics")).isNull();
        assertThat(monitor.text()).isEmpty();
    }

    private static String call(String id, Instant at, String more) {
        return "{\"type\":\"api_call\",\"id\":\"" + id + "\",\"timestamp\":\"" + at + "\",\"worker_id\":\"w-1\",\"model\":\"m\"" + more + "}";
    }

    private static void look(Service service) throws Exception {
        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            template.sendBody("direct:observe-figures-local", null);
        }
    }
}
