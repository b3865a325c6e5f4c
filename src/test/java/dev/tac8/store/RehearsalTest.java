package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.Home;
import dev.tac8.SixthTable;
import dev.tac8.ingest.RecordFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Edits of the statements that SQLite takes, and that would lose what files are acknowledged for. */
class RehearsalTest {
    private static final Map<String, List<String>> FILLED = new RecordFormat().columns();

    @TempDir
    private Path dir;
    private Home home;
    private Path sql;

    @BeforeEach
    void makeHome() {
        home = new Home(dir);
        sql = dir.resolve("sql");
    }

    @Test
    void takesTheStatementsThatTac8IsDeliveredWith() throws Exception {
        assertThat(Rehearsal.findLosing(sql, FILLED)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "insert-api-calls | :#estimated_cost_usd | NULL | the column estimated_cost_usd of api_calls wrongly: NULL where 0.41 is right",
        "insert-api-calls | :#tokens_input, :#tokens_output | :#tokens_output, :#tokens_input | the column tokens_input of api_calls",
        "insert-api-calls | DO NOTHING | DO UPDATE SET model = model | the column",
        "insert-api-calls | :#duration_ms | round(:#duration_ms) | the column duration_ms of api_calls wrongly",
        "insert-api-calls | :#own_session_id, :#own_task_id | :#own_session_id, 'unknown' | the column own_task_id of api_calls",
        "insert-events | DO NOTHING | DO UPDATE SET message = message | the column",
        "insert-events | DO NOTHING | DO UPDATE SET message = excluded.message | the column",
        "insert-events | :#details | NULL | the column details of events",
        "insert-events | :#severity | lower('INFO') | the column severity of events",
        "insert-events | :#timestamp | datetime('now') | the column timestamp of events",
        "join-events | max(details) | NULL | the column details of events wrongly: NULL where '{\"a\":1}' is right",
        "join-events | max(details) | min(details) | the column details of events",
        "join-events | nullif(severity, 'unknown') | severity | the column severity of events",
        "join-events | excluded.message, excluded.details | excluded.message, NULL | the column details of events",
        "join-events | SELECT ifnull(max(nullif(session_id, 'unknown')), 'unknown') | SELECT max(session_id) | the column session_id of events",
        "join-api-calls | max(tokens_total) | sum(tokens_total) | the column tokens_total of api_calls",
        "join-api-calls | max(tokens_input), max(tokens_output) | max(tokens_output), max(tokens_input) | the column tokens_input of api_calls",
        "join-api-calls | min(timestamp) | max(timestamp) | the column timestamp of api_calls",
        "join-api-calls | ORDER BY cost_source DESC, | ORDER BY | the column estimated_cost_usd of api_calls",
        "join-api-calls | price_version DESC, | | the column estimated_cost_usd of api_calls",
        "join-api-calls | estimated_cost_usd DESC | estimated_cost_usd | the column estimated_cost_usd of api_calls",
        "join-api-calls | OR worker_id LIKE '(%' | | the column worker_id of api_calls",
        "join-api-calls | NULLS LAST | | the column usage of api_calls",
        "join-api-calls | usage ->> 'since' | usage ->> 'agent' | the column usage of api_calls",
        "join-events | min(timestamp) | max(timestamp) | the column timestamp of events",
        "join-api-calls | max(success) | min(success) | the column success of api_calls",
        "join-api-calls | IS NOT (excl | IS (excl | the column",
        "join-tasks | max(completed_at) AS completed_at | NULL AS completed_at | the column completed_at of tasks wrongly: NULL where '10:05' is right",
        "join-tasks | min(detected_at) | max(detected_at) | the column detected_at of tasks",
        "join-tasks | WHEN failed_at THEN 'failed' | | the column status of tasks",
        "join-tasks | ELSE 'active' | ELSE 'detected' | the column status of tasks",
        "join-tasks | max(pr_number) AS pr_number | max(issue_number) AS pr_number | the column pr_number of tasks",
        "join-sessions | ended_at, git_commit, exit_reason, config)\\nVALUES | ended_at, exit_reason, git_commit, config)\\nVALUES | the column git_commit of sessions",
        "join-sessions | ORDER BY ended_at DESC, | ORDER BY ended_at, | the column ended_at of sessions",
        "join-sessions | exit_reason DESC | exit_reason | the column exit_reason of sessions",
        "join-sessions | max(config) | NULL | the column config of sessions",
        "join-workers | :#pid | NULL | the column pid of workers",
        "join-workers | max(pid) | min(pid) | the column pid of workers",
        "join-workers | ORDER BY completed_at DESC, | ORDER BY completed_at, | the column",
        "join-workers | iif(completed_at IS NULL, NULL, status) | status | ",
        "join-workers | exit_code DESC LIMIT 1) | exit_code LIMIT 1) | ",
        "remove-unknown-session | $link = 'unknown' | $link = 'unknown' AND '$child' <> 'events' | deletes or changes rows of sessions that have to stay",
        "remove-unknown-session | $link = 'unknown' | $link = 'unknown' AND '$child' <> 'tasks' | deletes or changes rows of sessions that have to stay",
        "remove-unknown-session | sessions\\nWHERE session_id = 'unknown' | sessions\\nWHERE exit_reason IS NULL | deletes or changes rows of sessions that have to stay",
        "remove-unknown-session | WHERE session_id = 'unknown' | WHERE false AND session_id = 'unknown' | leaves a stand-in that nothing hangs on",
        "remove-unknown-task | $link = 'unknown' | $link = 'unknown' AND '$child' <> 'workers' | deletes or changes rows of tasks that have to stay",
    })
    void namesTheFileAndWhatItWouldLose(String file, String right, String wrong, String sentence) throws Exception {
        home.edit("sql/ingest/" + file + ".sql", right.replace("\\n", "\n"), wrong == null ? "" : wrong.replace("\\n", "\n"));

        assertThat(Rehearsal.findLosing(sql, FILLED)).first().asString().startsWith(sql.resolve("ingest/" + file + ".sql").toString())
                .contains(sentence == null ? "" : sentence);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "remove-unknown-session | DELETE FROM events WHERE severity = 'warning' | ",
        "remove-unknown-task | UPDATE api_calls SET estimated_cost_usd = 0 | deletes or changes rows of api_calls that have to stay",
        "remove-unknown-session | DELETE FROM sessions WHERE started_at < '2020' | ",
    })
    void namesAStatementThatDoesSomethingElse(String file, String statement, String sentence) throws Exception {
        Files.writeString(sql.resolve("ingest/" + file + ".sql"), statement);

        assertThat(Rehearsal.findLosing(sql, FILLED)).singleElement().asString().startsWith(sql.resolve("ingest/" + file + ".sql").toString())
                .contains(sentence == null ? "" : sentence);
    }

    @ParameterizedTest
    @CsvSource({"sessions, git_commit", "events, message", "tasks, title", "workers, pid", "api_calls, model"})
    void namesAJoinThatLeavesAllAsItWas(String table, String column) throws Exception {
        Path file = sql.resolve("ingest/join-" + table.replace('_', '-') + ".sql");
        Files.writeString(file, Files.readString(file).replaceFirst("(?s)DO UPDATE SET.*", "DO UPDATE SET " + column + " = " + column));

        assertThat(Rehearsal.findLosing(sql, FILLED)).singleElement().asString().startsWith(file + " stores the column ").contains(" of " + table + " wrongly: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "join-reviews | max(score) | min(score) | the column score of reviews wrongly: 'a' where 'b' is right",
        "join-reviews | min(timestamp) | max(timestamp) | the column timestamp of reviews",
        "join-reviews | SELECT ifnull(max(nullif(task_id, 'unknown')), 'unknown') | SELECT min(task_id) | the column task_id of reviews",
        "insert-reviews | :#score | NULL | the column score of reviews",
        "remove-unknown-task | $link = 'unknown' | $link = 'unknown' AND '$child' <> 'reviews' | deletes or changes rows of tasks that have to stay",
    })
    void namesWhatATableThatIsNotRehearsedByHandWouldLose(String file, String right, String wrong, String sentence) throws Exception {
        SixthTable.addTo(home);
        Map<String, List<String>> filled = new HashMap<>(FILLED);
        filled.put("reviews", List.of("session_id", "task_id", "timestamp", "verdict", "score", "record_id"));
        assertThat(Rehearsal.findLosing(sql, filled)).isEmpty();

        home.edit("sql/ingest/" + file + ".sql", right, wrong);

        assertThat(Rehearsal.findLosing(sql, filled)).first().asString().startsWith(sql.resolve("ingest/" + file + ".sql").toString()).contains(sentence);
    }

    @Test
    void takesAColumnThatSomebodyAdds() throws Exception {
        home.edit("sql/schema.sql", "own_task_id TEXT,", "own_task_id TEXT,\n    team TEXT DEFAULT 'a',\n    stored_at TEXT,");
        for (String file : new String[] {"insert", "join"}) {
            home.edit("sql/ingest/" + file + "-api-calls.sql", ")\nVALUES", ", stored_at)\nVALUES")
                    .edit("sql/ingest/" + file + "-api-calls.sql", ")\nON CONFLICT", ", datetime('now'))\nON CONFLICT");
        }

        assertThat(Rehearsal.findBad(sql)).isEmpty();
        assertThat(Rehearsal.findLosing(sql, FILLED)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "insert | :#region) | NULL) | the column region of api_calls wrongly: NULL where 'a' is right",
        "join | :#region) | NULL) | the column region of api_calls wrongly",
        "join | ifnull(max(nullif(region, 'unknown')), max(region)) | max(region) | the column region of api_calls wrongly: 'unknown' where 'b' is right",
        "join | ifnull(max(nullif(region, 'unknown')), max(region)) | min(nullif(region, 'unknown')) | the column region of api_calls wrongly: 'a' where 'b' is right",
        "join | SELECT excluded.region, | SELECT NULL, | the column region of api_calls wrongly"})
    void triesANewColumnThatRecordsFillByTheRuleOfMostColumns(String kind, String right, String wrong, String sentence) throws Exception {
        home.edit("sql/schema.sql", "own_task_id TEXT,", "own_task_id TEXT,\n    region TEXT,");
        for (String file : new String[] {"insert", "join"}) {
            home.edit("sql/ingest/" + file + "-api-calls.sql", ")\nVALUES", ", region)\nVALUES")
                    .edit("sql/ingest/" + file + "-api-calls.sql", ")\nON CONFLICT", ", :#region)\nON CONFLICT");
        }
        String join = "sql/ingest/join-api-calls.sql";
        home.edit(join, "DO UPDATE SET\n    (", "DO UPDATE SET\n    (region, ")
                .edit(join, "SELECT min(timestamp), ", "SELECT ifnull(max(nullif(region, 'unknown')), max(region)), min(timestamp), ")
                .edit(join, "FROM (SELECT api_calls.timestamp", "FROM (SELECT api_calls.region AS region, api_calls.timestamp")
                .edit(join, "SELECT excluded.timestamp,", "SELECT excluded.region, excluded.timestamp,")
                .edit(join, "WHERE (", "WHERE (api_calls.region, ").edit(join, "IS NOT (", "IS NOT (excluded.region, ");
        Map<String, List<String>> filled = new HashMap<>(FILLED);
        filled.put("api_calls", Stream.concat(FILLED.get("api_calls").stream(), Stream.of("region")).toList());

        assertThat(Rehearsal.findLosing(sql, filled)).isEmpty();
        assertThat(Rehearsal.findLosing(sql, FILLED)).as("no record fills it").first().asString().contains(":#region, which rows do not have");
        home.edit("sql/ingest/" + kind + "-api-calls.sql", right, wrong);
        assertThat(Rehearsal.findLosing(sql, filled)).first().asString().startsWith(sql.resolve("ingest/" + kind + "-api-calls.sql").toString())
                .contains(sentence);
    }

    @Test
    void keepsTheServiceFromStarting() throws Exception {
        home.edit("sql/ingest/insert-api-calls.sql", ":#estimated_cost_usd", "NULL");
        home.drop("a.jsonl", "no record");

        assertThatThrownBy(home::open).isInstanceOf(RefusedException.class).hasMessageContaining("so nothing was started: ")
                .hasMessageContaining("insert-api-calls.sql stores the column estimated_cost_usd of api_calls wrongly");
        assertThat(home.waiting()).hasSize(1);
    }
}
