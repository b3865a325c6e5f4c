package dev.tac8.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import dev.tac8.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

/** No question reads all events or all API calls where a time or an id says which. */
class QueryPlanTest {
    /** A table that grows for ever, read from end to end, under whatever name a question gives it. */
    private static final String SCAN_OF_THE_LARGE =
            "SCAN (main\\.|local\\.|archive_\\d+_\\d+\\.)?(api_calls|events|ac|e|here)( |$)(?!.*VIRTUAL)(?!USING COVERING INDEX).*";

    @TempDir
    private Path dir;
    private Settings settings;

    @BeforeEach
    void makeStores() throws Exception {
        new Home(dir);
        settings = Settings.load(dir, Map.of(), Map.of());
        Files.createDirectories(dir.resolve("var/spool"));
        makeStore("external");
    }

    @ParameterizedTest
    @CsvSource({"cost, since until", "cost, since", "cost, until", "cost, task", "cost, session", "cost, worker", "cost, since task model",
            "cost-by-task, since", "cost-by-task, task", "cost-by-worker, since until", "cost-by-worker, worker", "cost-by-session, since",
            "cost-by-session, session", "cost-by-model, since", "cost-by-model, worker", "cost-by-outcome, since", "cost-by-outcome, task",
            "task-costs, since", "task-costs, task", "cost-per-result, costs", "trigger-events, task", "triggers, task said", "cost-by-period, periods", "cost-by-period, periods task", "call-days, since until",
            "tasks, task", "tasks, status", "tasks, limit", "tasks, since until limit", "tasks, completed_since completed_until", "tasks, session",
            "workers, worker", "workers, log_files", "attempts, task", "reused-workers, worker", "reused-workers, task",
            "reused-workers, session", "reused-workers, since until", "sessions, since", "sessions, session", "sessions, limit",
            "events, since limit", "events, since until type limit", "events, type limit", "events, severity since", "events, context",
            "events, session since", "events, after limit", "newest-events, limit", "newest-events, limit before", "calls, task limit", "calls, since limit", "find, text limit",
            "why, task word", "why-totals, task", "any-agent-run, since until", "agent-runs, since until", "chosen-sessions, worker",
            "chosen-sessions, task", "chosen-sessions, session", "run-calls, sessions since until", "run-costs, sessions since until", "agent-totals, sessions",
            "agent-lineages, since started first", "run-workers, workers", "spending, periods", "names-of-spending, task_ids worker_ids"})
    void aQuestionWithATimeOrAnIdGoesByAnIndex(String question, String parameters) throws Exception {
        assertThat(plan(question, parameters)).isNotEmpty().noneMatch(step -> step.matches(SCAN_OF_THE_LARGE));
    }

    @ParameterizedTest
    @CsvSource({"cost, since until", "cost, worker", "cost-by-period, periods", "spending, periods", "tasks, task", "tasks, limit", "workers, worker", "attempts, task",
            "reused-workers, worker", "sessions, session", "events, since until limit", "events, context", "why, task word", "why-totals, task"})
    void soItDoesOverTwoStoresAndTheArchive(String question, String parameters) throws Exception {
        makeStore("local");
        try (Connection local = open("local"); Statement statement = local.createStatement()) {
            statement.executeUpdate("INSERT INTO sessions (session_id, started_at) VALUES ('s', '2026-11-22T00:00:00.000Z')");
        }
        assertGoesByIndexes(plan(question, parameters));
        Files.createDirectories(dir.resolve("var/external/archive"));
        for (String month : List.of("2026-10", "2026-11")) {
            Files.copy(dir.resolve("var/external/logs.db"), dir.resolve("var/external/archive/logs-" + month + ".db"));
        }
        assertGoesByIndexes(plan(question, parameters));
        Files.delete(dir.resolve("var/local/logs.db"));
        assertGoesByIndexes(plan(question, parameters));
    }

    private static void assertGoesByIndexes(List<String> plan) {
        // What an aggregate reads from a union is the union's own rows, which were found by an index.
        List<String> unions = plan.stream().filter(step -> step.matches("(CO-ROUTINE|MATERIALIZE) (api_calls|events)")).toList();
        assertThat(plan).as("%s", plan).anyMatch(step -> step.contains("UNION ALL"))
                .noneMatch(step -> step.matches(SCAN_OF_THE_LARGE) && !(step.matches("SCAN (api_calls|events|e|ac)") && !unions.isEmpty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cost, since until, idx_api_calls_timestamp", "cost, worker, idx_api_calls_worker", "events, context, idx_events_context",
            "cost-by-period, periods, idx_api_calls_timestamp", "agent-totals, sessions, idx_events_agent_session", "run-costs, sessions since until, idx_api_calls_timestamp"})
    void aDayAWorkerAndAContextHaveTheirIndex(String expected) throws Exception {
        String[] parts = expected.split(", ");

        assertThat(plan(parts[0], parts[1])).anyMatch(step -> step.contains("USING INDEX " + parts[2]));
    }

    @Test
    void everyQuestionCanBeAskedWithNothingAndWithEverything() throws Exception {
        for (String name : Sample.questions()) {
            Sample sample = Sample.of(Path.of("sql/query", name + ".sql"));

            assertThat(plan(name, sample.required())).as(name).isNotEmpty();
            assertThat(plan(name, sample.options())).as(name).isNotEmpty();
        }
    }

    private List<String> plan(String question, String names) throws Exception {
        return plan(question, Set.of(names.split(" ")));
    }

    private List<String> plan(String question, Set<String> names) throws Exception {
        Path file = dir.resolve("sql/query").resolve(question + ".sql");
        Map<String, Object> parameters = Sample.of(file).parameters(names);
        String text = Files.readString(file);
        int statement = text.indexOf(text.lines().filter(line -> !line.startsWith("--")).findFirst().orElseThrow());
        Files.writeString(file, text.substring(0, statement) + "EXPLAIN QUERY PLAN " + text.substring(statement));
        try (Stores stores = Stores.open(settings, Reach.EVERYTHING)) {
            return stores.ask(question, parameters).rows().stream().map(row -> row[3].toString()).toList();
        } finally {
            Files.writeString(file, text);
        }
    }

    private void makeStore(String name) throws Exception {
        Files.createDirectories(dir.resolve("var").resolve(name));
        Files.writeString(dir.resolve("var").resolve(name).resolve(".tac8-volume"), "11111111-2222-3333-4444-555555555555\n");
        Files.writeString(dir.resolve("var/spool/." + name + "-volume"), "11111111-2222-3333-4444-555555555555\n");
        try (Connection store = open(name)) {
            ScriptUtils.executeSqlScript(store, new FileSystemResource("sql/schema.sql"));
        }
    }

    private Connection open(String name) throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("var").resolve(name).resolve("logs.db"));
    }
}
