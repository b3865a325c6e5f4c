package dev.tac8.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.fault.Corpus;
import dev.tac8.settings.Settings;
import dev.tac8.store.Months;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/**
 * Random records over two stores and the months of an archive, some of them in two places or in three as while they move, or come again with
 * another time, answer as the one database that holds each of them once.
 */
class EveryRecordOnceTest {
    private static final List<String> QUESTIONS = List.of("cost", "cost-by-model", "cost-by-task", "cost-by-worker", "cost-by-session",
            "cost-by-outcome", "cost-by-period", "call-days", "call-sums", "task-costs", "events", "tasks", "sessions", "workers", "attempts",
            "reused-workers", "why-totals", "why", "trigger-events");
    private static final int MONTHS = 6;
    private static final int RECORDS = 240;
    private static final int ASKED = 60;
    private static final String MARK = "11111111-2222-3333-4444-555555555555\n";

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());

    /** A row of events or API calls: where it is, and with which time and amount it is there. */
    private record Placed(String store, String id, boolean isCall, String timestamp, int amount) {
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "true, 20", "false, 0", "false, 20"})
    void anyQuestionHasTheAnswerOfTheOneDatabase(boolean idsGrowWithTime, int percentInTwoPlaces) throws Exception {
        List<Placed> split = new ArrayList<>();
        List<Placed> whole = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            place(i, idsGrowWithTime, percentInTwoPlaces, split, whole);
        }
        Settings several = home("split", split);
        Settings one = home("whole", whole);
        for (int i = 0; i < ASKED; i++) {
            String name = QUESTIONS.get(random.nextInt(QUESTIONS.size()));
            Sample sample = Sample.of(Path.of("sql/query", name + ".sql"));
            Set<String> chosen = new TreeSet<>(sample.options());
            chosen.removeIf(option -> random.nextInt(3) > 0);
            Map<String, Object> parameters = parameters(sample, chosen);
            Reach reach = name.startsWith("cost") && parameters.get("task") != null ? Reach.of("task", "gh-1") : Reach.EVERYTHING;

            assertThat(answer(several, reach, name, parameters)).as("%s %s", name, parameters)
                    .containsExactlyInAnyOrderElementsOf(answer(one, Reach.EVERYTHING, name, parameters));
        }
    }

    @Test
    void aMonthThatMeetsAStoreIsAskedOverYearsOfThem() throws Exception {
        List<Placed> split = new ArrayList<>(List.of(new Placed("external", "a", true, "2026-12-01T00:00:00.000Z", 1),
                new Placed("external", "z", true, "2026-12-01T00:00:00.000Z", 1)));
        for (int month = 0; month < 50; month++) {
            String name = "20" + (10 + month / 12) + "-" + String.format("%02d", month % 12 + 1);
            split.add(new Placed(name, month == 7 ? "a" : "b" + month, true, name + "-05T00:00:00.000Z", 1));
        }
        Settings settings = home("split", split);
        for (String question : QUESTIONS) {
            Sample sample = Sample.of(Path.of("sql/query", question + ".sql"));

            assertThat(answer(settings, Reach.EVERYTHING, question, parameters(sample, Set.of()))).as(question).isNotNull();
            assertThat(answer(settings, Reach.of("task", "gh-1"), question, parameters(sample, Set.of()))).as(question).isNotNull();
        }
        assertThat(answer(settings, Reach.EVERYTHING, "cost", Map.of())).singleElement().asString().contains(", 51, ");
    }

    private void place(int number, boolean idsGrowWithTime, int percentInTwoPlaces, List<Placed> split, List<Placed> whole) {
        int month = random.nextInt(MONTHS + 1);
        String time = time(month);
        boolean isCall = random.nextInt(3) > 0;
        String id = (idsGrowWithTime ? time : random.nextInt(1000)) + "-" + number;
        // The last month is not archived. What comes first is believed.
        List<String> stores = new ArrayList<>(List.of(month < MONTHS ? time.substring(0, 7) : random.nextBoolean() ? "external" : "local"));
        while (random.nextInt(100) < percentInTwoPlaces) {
            String other = random.nextBoolean() ? "external" : "local";
            if (!stores.contains(other)) {
                stores.add(other.equals("external") ? 0 : stores.get(0).equals("external") ? 1 : 0, other);
            }
        }
        for (String store : stores) {
            boolean isChanged = !store.startsWith("20") && stores.size() > 1 && random.nextInt(3) == 0;
            Placed placed = new Placed(store, id, isCall, isChanged ? time(random.nextInt(MONTHS + 1)) : time, random.nextInt(100));
            split.add(placed);
            if (store.equals(stores.get(0))) {
                whole.add(new Placed("external", id, isCall, placed.timestamp, placed.amount));
            }
        }
    }

    private String time(int month) {
        return String.format("2026-%02d-%02dT%02d:00:00.000Z", month + 1, 1 + random.nextInt(28), random.nextInt(24));
    }

    private Map<String, Object> parameters(Sample sample, Set<String> chosen) {
        Map<String, Object> values = new HashMap<>(Map.of("task", "gh-1", "worker", "w-3", "session", "s-1", "model", "m-1", "type", "decision",
                "context", "gh-2", "severity", "info", "status", "failed", "limit", 50));
        List<String> times = new ArrayList<>(List.of(time(random.nextInt(MONTHS)), time(random.nextInt(MONTHS))));
        times.sort(null);
        values.put("since", times.get(0));
        values.put("until", times.get(1));
        values.put("periods", "[{\"name\":\"one\",\"since\":\"2026-01-01T05:00:00.000Z\",\"until\":\"" + times.get(0) + "\"},{\"name\":\"two\",\"since\":\""
                + times.get(0) + "\",\"until\":\"" + times.get(1) + "\"}]");
        Map<String, Object> parameters = sample.parameters(chosen);
        parameters.replaceAll(values::getOrDefault);
        return parameters;
    }

    private static List<String> answer(Settings settings, Reach reach, String question, Map<String, Object> parameters) throws Exception {
        try (Stores stores = Stores.open(settings, reach)) {
            List<String> rows = stores.ask(question, parameters).rows().stream().map(Arrays::toString).toList();
            assertThat(stores.missing()).isEmpty();
            return rows;
        }
    }

    private Settings home(String name, List<Placed> rows) throws Exception {
        Path home = Files.createDirectories(dir.resolve(name));
        new Home(home);
        Settings settings = Settings.load(home, Map.of(), Map.of());
        Files.createDirectories(home.resolve("var/spool"));
        Map<String, List<Placed>> stores = new TreeMap<>(Map.of("external", List.of()));
        rows.forEach(row -> stores.merge(row.store, List.of(row), (some, more) -> {
            List<Placed> both = new ArrayList<>(some);
            both.addAll(more);
            return both;
        }));
        for (String store : stores.keySet()) {
            Path file = store.startsWith("20") ? Months.file(Months.folder(settings), store) : home.resolve("var/" + store + "/logs.db");
            Files.createDirectories(file.getParent());
            if (!store.startsWith("20")) {
                Files.writeString(file.resolveSibling(".tac8-volume"), MARK);
                Files.writeString(home.resolve("var/spool/." + store + "-volume"), MARK);
            }
            fill(file, stores.get(store));
        }
        return settings;
    }

    private static void fill(Path file, List<Placed> rows) throws SQLException {
        try (Connection made = DriverManager.getConnection("jdbc:sqlite:" + file); Statement statement = made.createStatement()) {
            statement.execute("PRAGMA synchronous = OFF");
            ScriptUtils.executeSqlScript(made, new FileSystemResource("sql/schema.sql"));
            made.setAutoCommit(false);
            for (int i = 0; i < 8; i++) {
                statement.execute("INSERT OR IGNORE INTO sessions (session_id, started_at) VALUES ('s-" + i % 2 + "', '2026-01-0" + (i % 2 + 1) + "T00:00:00.000Z')");
                statement.execute("INSERT OR IGNORE INTO tasks (task_id, session_id, detected_at, " + (i % 4 == 1 ? "failed_at" : "completed_at") + ", status) VALUES ('gh-" + i % 4 + "', 's-" + i % 2
                        + "', '2026-01-0" + (i % 4 + 1) + "T00:00:00.000Z', '2026-02-01T00:00:00.000Z', '" + (i % 4 == 1 ? "failed" : "completed") + "')");
                statement.execute("INSERT INTO workers (worker_id, session_id, task_id, spawned_at, completed_at, status) VALUES ('w-" + i + "', 's-" + i % 2
                        + "', 'gh-" + i % 4 + "', '2026-01-01T0" + i + ":00:00.000Z', '2026-02-01T00:00:00.000Z', 'completed')");
            }
            try (PreparedStatement call = made.prepareStatement("INSERT INTO api_calls (worker_id, timestamp, model, tokens_total, estimated_cost_usd,"
                    + " record_id, own_task_id) VALUES (?, ?, ?, ?, ?, ?, ?)");
                 PreparedStatement event = made.prepareStatement("INSERT INTO events (session_id, timestamp, event_type, context_id, severity, message,"
                         + " record_id) VALUES (?, ?, 'decision', ?, 'info', ?, ?)")) {
                for (Placed row : rows) {
                    Object[] values = row.isCall ? new Object[] {"w-" + row.amount % 8, row.timestamp, "m-" + row.amount % 3, row.amount,
                        row.amount % 10 == 0 ? null : row.amount / 8.0, row.id, row.amount % 5 == 0 ? "gh-" + row.amount % 4 : null}
                        : new Object[] {"s-" + row.amount % 2, row.timestamp, "gh-" + row.amount % 4, "message " + row.amount, row.id};
                    PreparedStatement into = row.isCall ? call : event;
                    for (int i = 0; i < values.length; i++) {
                        into.setObject(i + 1, values[i]);
                    }
                    into.executeUpdate();
                }
            }
            made.commit();
        }
    }
}
