package dev.tac8.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import dev.tac8.service.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The alerts and the dashboard of {@code examples/production/monitoring} on what a real service tells. For how long a trouble has to last is left
 * to {@code alerts-test.yml}, and so is the one alert that predicts.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AlertsTest {
    private static final Path MONITORING = Path.of("examples/production/monitoring");
    private static final Duration SOON = Duration.ofSeconds(45);
    /** METRIC{LABEL OPERATOR "VALUE", ...} OPERATOR NUMBER, in it perhaps {@code sum} or {@code increase} and its time. */
    private static final Pattern RULE = Pattern.compile("(?:(sum|increase)\\()?(\\w+)(?:\\{(.*?)})?(?:\\[\\w+])?\\)? (==|>) (\\d+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)(=~|!~|=)\"(.*?)\"");
    private static final Set<String> PREDICTING = Set.of("Tac8DiskFillsUp");

    @TempDir
    private Path dir;
    private Home home;
    private Monitor monitor;

    @BeforeEach
    void makeHome() throws IOException {
        home = new Home(dir).set("camel.main.routesIncludePattern", "file:" + dir.resolve("routes/*.camel.yaml"));
        monitor = Monitor.of(home);
    }

    @AfterEach
    void stop() {
        home.close();
    }

    @Test
    void eachAlertFiresInItsTroubleAndNoneWithout() throws Exception {
        Files.writeString(dir.resolve("routes/own.camel.yaml"), """
                - route:
                    id: own-trouble
                    group: own
                    from:
                      uri: direct:own-trouble
                      steps:
                        - throwException: {exceptionType: java.lang.IllegalStateException, message: it is to fail}
                """);
        Map<String, String> rules = rules();
        Service service = home.start(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(6)));
        home.drop("a.jsonl", call(Instant.now(), 1));
        home.awaitDrained();
        look(service);
        Map<String, Double> before = monitor.scrape();
        assertThat(firing(rules, before, before)).isEmpty();
        Set<String> fired = new TreeSet<>();

        service.inForce().refuse("routes/own.camel.yaml, line 1: it is refused");
        home.drop("b.jsonl", "no record");
        home.awaitDrained();
        home.drop("c.jsonl", call(Instant.now(), 1000));
        home.awaitDrained();
        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            template.send("direct:own-trouble", exchange -> { });
        }
        look(service);
        fired.addAll(firing(rules, before, monitor.scrape()));
        assertThat(fired).containsExactly("Tac8CheckDown", "Tac8CostsMuch", "Tac8EditRefused", "Tac8LinesQuarantined", "Tac8RouteFails");

        Files.move(home.path("var/external"), home.path("var/away"));
        home.drop("d.jsonl", call(Instant.now(), 1));
        home.awaitDrained();
        fired.addAll(firing(rules, before, monitor.scrape()));
        assertThat(fired).contains("Tac8ExternalStoreAway").doesNotContain("Tac8DoesNotStore");

        Files.move(home.path("var/local"), home.path("var/local-away"));
        home.drop("e.jsonl", call(Instant.now(), 1));
        await().atMost(SOON).untilAsserted(() -> {
            fired.addAll(firing(rules, before, monitor.scrape()));
            assertThat(fired).contains("Tac8DoesNotStore", "Tac8SpoolLags");
        });

        home.stop();
        fired.addAll(firing(rules, before, monitor.scrape()));
        fired.addAll(PREDICTING);
        assertThat(fired).containsExactlyInAnyOrderElementsOf(rules.keySet());
    }

    @Test
    void whatAlertsAndDashboardNameIsInARealScrape() throws Exception {
        home.start();
        await().atMost(SOON).untilAsserted(() -> {
            String text = monitor.text();
            Set<String> told = text.lines().filter(line -> !line.startsWith("#")).map(line -> line.replaceFirst("[{ ].*", "")).collect(Collectors.toSet());
            // What is there with some settings only has tests of its own.
            assertThat(told).containsAll(named(Files.readString(MONITORING.resolve("alerts.yml")))).containsAll(named(expressions()))
                    .containsAll(named(Files.readString(Path.of("docs/operating.md")).replaceAll("(?m)^(?!\\| `tac8_(?!.*\\| with `tac8\\.)).*$", "")));
        });
        Matcher checks = Pattern.compile("check[!=]~\"(.*?)\"").matcher(Files.readString(MONITORING.resolve("alerts.yml")));
        while (checks.find()) {
            for (String check : checks.group(1).split("\\|")) {
                assertThat(monitor.scrape()).containsKey("tac8_health_up{check=\"" + check + "\"}");
            }
        }
    }

    @Test
    void prometheusTakesTheFilesAndWhatIsScraped() throws Exception {
        home.start();
        Path scrape = Files.writeString(dir.resolve("scrape.txt"), monitor.text());

        assertThat(promtool("check", "rules", "alerts.yml").exitValue()).isZero();
        assertThat(promtool("test", "rules", "alerts-test.yml").exitValue()).isZero();
        assertThat(promtool("check", "config", "prometheus.yml").exitValue()).isZero();
        Process metrics = new ProcessBuilder("promtool", "check", "metrics").redirectInput(scrape.toFile()).redirectErrorStream(true).start();
        // It also says which names of Camel and Java it likes less.
        assertThat(new String(metrics.getInputStream().readAllBytes())).doesNotContain("tac8_", "error while linting");
    }

    private static Process promtool(String... words) throws Exception {
        try {
            List<String> line = new ArrayList<>(List.of("promtool"));
            line.addAll(List.of(words));
            Process process = new ProcessBuilder(line).directory(MONITORING.toFile()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return process;
        } catch (IOException e) {
            assumeThat(false).as("skipped, as there is no promtool, which is in Debian's package prometheus").isTrue();
            throw e;
        }
    }

    // --- Rules, as far as those of tac8 go ---

    @SuppressWarnings("unchecked")
    private static Map<String, String> rules() throws IOException {
        Map<String, Object> file = (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(MONITORING.resolve("alerts.yml")));
        Map<String, String> rules = new LinkedHashMap<>();
        for (Map<String, Object> group : (List<Map<String, Object>>) file.get("groups")) {
            ((List<Map<String, Object>>) group.get("rules")).forEach(rule -> rules.put((String) rule.get("alert"), (String) rule.get("expr")));
        }
        return rules;
    }

    private static Set<String> firing(Map<String, String> rules, Map<String, Double> before, Map<String, Double> now) {
        Set<String> firing = new TreeSet<>();
        rules.forEach((alert, rule) -> {
            if (!PREDICTING.contains(alert) && fires(rule, before, now)) {
                firing.add(alert);
            }
        });
        return firing;
    }

    private static boolean fires(String rule, Map<String, Double> before, Map<String, Double> now) {
        Matcher words = RULE.matcher(rule);
        assertThat(words.matches()).as(rule).isTrue();
        double limit = Double.parseDouble(words.group(5));
        List<Double> values = now.entrySet().stream().filter(sample -> isMeant(sample.getKey(), words.group(2), words.group(3)))
                .map(sample -> sample.getValue() - ("increase".equals(words.group(1)) ? before.getOrDefault(sample.getKey(), 0.0) : 0)).toList();
        List<Double> judged = "sum".equals(words.group(1)) && !values.isEmpty() ? List.of(values.stream().mapToDouble(value -> value).sum()) : values;
        return judged.stream().anyMatch(value -> words.group(4).equals(">") ? value > limit : value == limit);
    }

    private static boolean isMeant(String sample, String metric, String labels) {
        boolean isMeant = sample.equals(metric) || sample.startsWith(metric + "{");
        Matcher label = LABEL.matcher(labels == null ? "" : labels);
        while (isMeant && label.find()) {
            Matcher own = Pattern.compile("[{,]" + label.group(1) + "=\"(.*?)\"").matcher(sample);
            String value = own.find() ? own.group(1) : "";
            isMeant = label.group(2).equals("=") ? value.equals(label.group(3)) : value.matches(label.group(3)) == label.group(2).equals("=~");
        }
        return isMeant;
    }

    private static Set<String> named(String text) {
        return Pattern.compile("\\b(tac8|camel|jvm|process|system)_\\w+").matcher(text).results().map(name -> name.group()).collect(Collectors.toSet());
    }

    private static String expressions() throws IOException {
        JsonNode dashboard = new JsonMapper().readTree(MONITORING.resolve("dashboard.json").toFile());
        return String.join("\n", dashboard.path("panels").findValuesAsText("expr"));
    }

    private static String call(Instant at, double cost) {
        return "{\"type\":\"api_call\",\"timestamp\":\"" + at + "\",\"worker_id\":\"w-1\",\"model\":\"m\",\"estimated_cost_usd\":" + cost + "}";
    }

    private static void look(Service service) throws Exception {
        service.context().getRegistry().lookupByNameAndType("health", Health.class).look();
        try (ProducerTemplate template = service.context().createProducerTemplate()) {
            template.sendBody("direct:observe-figures-local", null);
        }
    }
}
