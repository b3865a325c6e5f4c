package dev.tac8.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import dev.tac8.command.Reader;
import dev.tac8.page.Fleet.Call;
import dev.tac8.page.Fleet.Sum;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the overview says is what the fleet has spent, by an account of its own, and what the commands say. */
@Tag("process")
class OverviewTest {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
    private static final List<String> ZONES = List.of("UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path dir;
    private Home home;
    private PageReader site;
    private Fleet fleet;

    @BeforeEach
    void start() throws Exception {
        home = new Home(dir);
        site = PageReader.of(home);
        long seed = Long.getLong("tac8.test.seed", System.nanoTime());
        System.out.println("OverviewTest: -Dtac8.test.seed=" + seed);
        fleet = new Fleet(seed, Instant.now());
    }

    @AfterEach
    void stop() {
        home.close();
    }

    private void deliver() throws Exception {
        home.start();
        fleet.drop(home);
        home.awaitDrained();
    }

    @Test
    void sumsAreThoseOfTheFleetAndOfTheCommandsInEachZone() throws Exception {
        deliver();

        for (String zone : ZONES) {
            assertSums(ZoneId.of(zone));
        }
    }

    @Test
    @Tag("thorough")
    void monthsOfTheArchiveCountLikeTheStores() throws Exception {
        home.set("tac8.archive.keep-days", 30);
        deliver();
        home.close();
        assertThat(home.run("archive").exitCode()).isZero();
        assertThat(Files.list(dir.resolve("var/external/archive")).count()).isGreaterThan(1);
        home.start();

        assertSums(ZoneId.of("Europe/Berlin"));
    }

    @Test
    @Tag("thorough")
    void whatIsStoredNextIsSeenAtOnceAndSoIsALaterCost() throws Exception {
        deliver();
        ZoneId zone = ZoneId.of("UTC");
        assertSums(zone);

        home.drop("next.jsonl", fleet.nextCall(Instant.now()));
        home.awaitDrained();
        assertSums(zone);

        // The same call once more, this time with a cost: no row is added.
        Call without = fleet.calls().stream().filter(call -> call.cost() == null).reduce((first, second) -> second).orElseThrow();
        BigDecimal before = overview("zone=UTC&days=90").at("/tasks").findParents("task_id").stream()
                .filter(task -> task.get("task_id").asText().equals(without.task())).findFirst().orElseThrow().get("calls_without_cost").decimalValue();
        home.drop("again.jsonl", deliveredLine(without).replace("\"model\":", "\"estimated_cost_usd\":1.5,\"model\":"));
        home.awaitDrained();
        assertThat(overview("zone=UTC&days=90").at("/tasks").findParents("task_id").stream()
                .filter(task -> task.get("task_id").asText().equals(without.task())).findFirst().orElseThrow().get("calls_without_cost").decimalValue()).isEqualTo(before.subtract(BigDecimal.ONE));
    }

    private String deliveredLine(Call call) throws Exception {
        try (var files = Files.list(home.path("var/spool/done"))) {
            for (Path file : files.toList()) {
                for (String line : Files.readAllLines(file)) {
                    // Some lines are bad on purpose.
                    JsonNode record = line.contains(call.time().toString()) ? JSON.readTree(line) : JSON.createObjectNode();
                    if (record.path("type").asText().equals("api_call") && record.path("timestamp").asText().equals(call.time().toString()) && record.path("worker_id").asText().equals(call.worker())) {
                        return line;
                    }
                }
            }
        }
        throw new AssertionError("no line has " + call);
    }

    @Test
    void aDayAndAModelAreChosenByTheUrl() throws Exception {
        deliver();
        ZoneId zone = ZoneId.of("Europe/Berlin");
        Call one = fleet.calls().get(fleet.calls().size() - 1);
        LocalDate day = one.time().atZone(zone).toLocalDate();

        JsonNode shown = overview("zone=Europe/Berlin&day=" + day + "&model=" + one.model());

        assertRows(shown.get("tasks"), "task_id", by(call -> call.model().equals(one.model()) && call.time().atZone(zone).toLocalDate().equals(day), Call::task));
        String html = site.get("/?zone=Europe/Berlin&day=" + day + "&model=" + one.model()).body();
        String calls = "/calls?zone=Europe%2FBerlin&model=" + one.model() + "&since=" + day + "&until=" + day;
        assertThat(html).as("the calls that it is made of").contains("<a href=\"" + calls.replace("&", "&amp;") + "\">");
        assertThat(JSON.readTree(site.get(calls.replace("/calls", "/calls.json")).body()).get("calls"))
                .hasSize((int) fleet.calls().stream().filter(call -> call.model().equals(one.model()) && call.time().atZone(zone).toLocalDate().equals(day)).count());
        assertThat(html).contains("only " + one.model()).contains("take this away").contains("href=\"/?zone=Europe%2FBerlin&amp;day=" + day + "\"");
    }

    @Test
    void theHtmlHasTheSumsWithTheirMarks() throws Exception {
        deliver();
        LocalDate today = LocalDate.now(ZoneId.of("UTC"));
        Sum sum = fleet.sum(call -> call.time().atZone(ZoneId.of("UTC")).toLocalDate().withDayOfMonth(1).equals(today.withDayOfMonth(1)));

        String html = site.get("/?zone=UTC").body();

        // On the first of a month that may be little, and all of it known.
        String cost = String.format(Locale.ROOT, sum.cost().compareTo(BigDecimal.ONE) < 0 ? "$%.4f" : "$%,.2f", sum.cost());
        assertThat(html).contains("<p class=\"sum\">" + (sum.without() == 0 ? "" : "≥ ") + cost + "</p>");
        if (sum.without() > 0) {
            assertThat(html).contains(sum.without() + (sum.without() == 1 ? " call without a cost" : " calls without a cost"));
        }
        assertThat(html).contains("<title id=\"days-picture\">").contains(Fleet.RUNNING).contains("not heard of for");
        assertThat(site.get("/overview?zone=UTC").body()).contains("<h1>Overview</h1>");
    }

    @Test
    void withoutAnythingStoredThereAreSentences() throws Exception {
        home.start();

        HttpResponse<String> empty = site.get("/");

        assertThat(empty.statusCode()).isEqualTo(200);
        assertThat(empty.body()).contains("There is no API call in the last 30 days").contains("Nothing runs.");
    }

    @Test
    @Tag("thorough")
    void whileTheExternalStoreIsAwayTheLineOfStateSaysSo() throws Exception {
        deliver();
        site.get("/");
        Path external = home.path("var/external");
        Files.move(external, home.path("var/gone"));
        Files.createDirectories(external);
        home.drop("next.jsonl", fleet.nextCall(Instant.now()));
        home.awaitDrained();

        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.get("/").body()).containsPattern("class=\"trouble\"><a href=\"/stores\"><b>External store</b> away since "
                + "[0-9:]+: the local store takes everything").contains("the external store is not available"));
        assertThat(overview("zone=UTC").get("models").findValuesAsText("calls")).containsExactly("1");

        Files.delete(external);
        Files.move(home.path("var/gone"), external);
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(site.get("/").body()).doesNotContain("class=\"trouble\""));
        assertSums(ZoneId.of("UTC"));
    }

    @Test
    void whatIsAskedWronglyIsOneSentence() throws Exception {
        home.start();

        assertThat(site.get("/overview.json?days=8").body()).isEqualTo("days must be 7, 30 or 90\n");
        assertThat(site.get("/overview.json?dya=2026-11-22").statusCode()).isEqualTo(400);
        assertThat(site.get("/overview.json?day=yesterday").body()).startsWith("day must be a day such as ");
    }

    // --- The account ---

    private JsonNode overview(String query) throws Exception {
        HttpResponse<String> answer = site.get("/overview.json?" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private void assertSums(ZoneId zone) throws Exception {
        for (int days : List.of(7, 30, 90)) {
            JsonNode shown = overview("zone=" + zone + "&days=" + days);
            LocalDate today = LocalDate.now(zone);
            LocalDate first = today.minusDays(days - 1L);
            Predicate<Call> within = call -> !day(call, zone).isBefore(first) && !day(call, zone).isAfter(today);
            assertRows(shown.get("days"), "period", by(within, call -> day(call, zone).toString()));
            assertRows(shown.get("tasks"), "task_id", by(within, Call::task));
            assertRows(shown.get("models"), "model", by(within, Call::model));
            assertRows(shown.get("workers"), "worker_id", by(within, Call::worker));
            for (String part : List.of("task", "model", "worker", "outcome")) {
                assertAsTheCommandSays(shown.get(part + "s"), part.equals("outcome") ? part : part.equals("model") ? part : part + "_id", part, first, today, zone);
            }
            LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            assertSum(shown.get("today"), fleet.sum(call -> day(call, zone).equals(today)));
            assertSum(shown.get("this_week"), fleet.sum(call -> !day(call, zone).isBefore(monday)));
            assertSum(shown.get("this_month"), fleet.sum(call -> !day(call, zone).isBefore(today.withDayOfMonth(1))));
            Instant until = Instant.parse(shown.at("/this_month/before_until").asText());
            Instant since = today.withDayOfMonth(1).minusMonths(1).atStartOfDay(zone).toInstant();
            assertThat(shown.at("/this_month/before_since").asText()).startsWith(since.toString().substring(0, 19));
            Sum before = fleet.sum(call -> !call.time().isBefore(since) && call.time().isBefore(until));
            assertThat(shown.at("/this_month/before_calls").asLong()).isEqualTo(before.calls());
            assertThat(shown.at("/this_month/before_calls_without_cost").asLong()).isEqualTo(before.without());
            assertThat(cost(shown.at("/this_month/before_usd"))).isEqualByComparingTo(before.cost());
        }
    }

    private static LocalDate day(Call call, ZoneId zone) {
        return call.time().atZone(zone).toLocalDate();
    }

    private Map<String, Sum> by(Predicate<Call> which, Function<Call, String> key) {
        return fleet.calls().stream().filter(which).collect(Collectors.groupingBy(key, TreeMap::new, Collectors.collectingAndThen(Collectors.toList(), Sum::of)));
    }

    private static void assertRows(JsonNode rows, String key, Map<String, Sum> account) {
        Map<String, JsonNode> shown = new TreeMap<>();
        rows.forEach(row -> shown.put(row.get(key).asText(), row));
        assertThat(shown.keySet()).isEqualTo(account.keySet());
        account.forEach((name, sum) -> assertSum(shown.get(name), sum));
    }

    private static void assertSum(JsonNode row, Sum sum) {
        assertThat(row.get("calls").asLong()).as("%s", row).isEqualTo(sum.calls());
        assertThat(row.get("calls_without_cost").asLong()).as("%s", row).isEqualTo(sum.without());
        assertThat(cost(row.get("cost_usd"))).as("%s", row).isEqualByComparingTo(sum.cost());
    }

    /** What nobody knows is null, and adds nothing. */
    private static BigDecimal cost(JsonNode dollars) {
        return dollars.isNull() ? BigDecimal.ZERO : dollars.decimalValue();
    }

    private void assertAsTheCommandSays(JsonNode rows, String key, String by, LocalDate first, LocalDate last, ZoneId zone) throws Exception {
        JsonNode said = new Reader(dir).json("cost", "--by", by, "--since", first.toString(), "--until", last.toString(), "--zone", zone.getId()).get("cost");
        assertThat(said).hasSize(rows.size());
        for (int i = 0; i < said.size(); i++) {
            for (String column : List.of(key, "calls", "cost_usd", "reported_usd", "calculated_usd", "calls_without_cost", "cost_usd_is_partial")) {
                assertThat(find(rows, key, said.get(i).get(key)).get(column)).as("%s of %s", column, said.get(i)).isEqualTo(said.get(i).get(column));
            }
        }
    }

    private static JsonNode find(JsonNode rows, String key, JsonNode value) {
        for (JsonNode row : rows) {
            if (row.get(key).equals(value)) {
                return row;
            }
        }
        throw new AssertionError("no row has " + value);
    }
}
