package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import dev.tac8.Versions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases that an older tac8 made answer as they are, and are brought up where they lie by whoever writes to them. */
class OlderStoreTest {
    private static final String WORDS = "SELECT record_id, own_session_id, own_task_id FROM api_calls ORDER BY record_id";
    /** The version of a newer tac8. */
    private static final int NEXT = Versions.OURS + 1;

    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;
    private Reader writer;

    @BeforeEach
    void open() {
        home = new Home(dir);
        reader = new Reader(dir, "--zone", "UTC");
        writer = new Reader(dir, "-D", "tac8.archive.keep-days=" + Home.keepDays());
    }

    @Test
    void isBroughtUpByTheServiceThatOpensIt() throws Exception {
        store("a.jsonl", run("2026-11-20", "a", 1));
        Versions.first(home.database());
        Versions.first(home.localDatabase());

        store("b.jsonl", run("2026-11-21", "b", 2));

        assertThat(home.query(WORDS)).containsExactly("call-a|null|null", "call-b|s-b|gh-b");
        for (Path database : List.of(home.database(), home.localDatabase())) {
            assertThat(Home.query(database, "PRAGMA user_version")).as("%s", database).containsExactly("" + Versions.OURS);
            assertThat(Home.query(database, "SELECT count(*) FROM pragma_index_list('api_calls') WHERE name LIKE 'idx_api_calls_%'"))
                    .as("%s", database).containsExactly("4");
            assertThat(Home.query(database, "SELECT name FROM pragma_index_info('idx_api_calls_worker') ORDER BY seqno"))
                    .as("%s", database).containsExactly("worker_id", "own_task_id", "own_session_id");
        }
        home.assertSound();
        // What it takes in later is the same record, and says more.
        store("c.jsonl", run("2026-11-20", "a", 1));
        assertThat(home.query(WORDS)).containsExactly("call-a|s-a|gh-a", "call-b|s-b|gh-b");
    }

    @Test
    void answersWhoeverOnlyAsks() throws Exception {
        store("a.jsonl", run("2026-11-20", "a", 1));
        store("b.jsonl", run("2026-11-21", "b", 2));
        Versions.first(home.database());

        // The worker's row is all that there is, and it is the later task's.
        assertThat(costs("task", "task_id")).isEqualTo(Map.of("gh-b", 3.0));
        assertThat(costs("session", "session_id")).isEqualTo(Map.of("s-b", 3.0));
        for (String[] asked : new String[][] {{"why", "gh-b"}, {"task", "gh-b"}, {"tasks"}, {"sessions"}, {"worker", "w1"}, {"cost", "--task", "gh-b"}}) {
            assertThat(reader.ask(asked).code()).as("%s", List.of(asked)).isZero();
        }
        assertThat(reader.json("sql", WORDS).get("rows").toString()).contains("{\"record_id\":\"call-a\",\"own_session_id\":null,\"own_task_id\":null}");
        assertThat(home.query("PRAGMA user_version")).as("nobody has written to it").containsExactly("0");
    }

    @Test
    void answersBesideNewerOnes() throws Exception {
        store("a.jsonl", run("2025-01-20", "a", 1));
        store("b.jsonl", run("2025-02-20", "b", 2));
        assertThat(writer.ask("archive").code()).isZero();
        store("c.jsonl", run("2026-11-21", "c", 4));
        Versions.first(home.path("var/external/archive/logs-2025-01.db"));

        assertAnswers(Map.of("gh-b", 2.0, "gh-c", 5.0));
        Versions.first(home.database());
        assertAnswers(Map.of("gh-b", 2.0, "gh-c", 5.0));
        Versions.first(home.path("var/external/archive/logs-2025-02.db"));
        assertAnswers(Map.of("gh-c", 7.0));
        assertThat(writer.ask("archive", "verify").code()).as("an older archive is sound").isZero();
    }

    @Test
    void theVersionBeforeComesUpWithItsMonthsAndWhatWaitsInTheLocalStore() throws Exception {
        Path archive = home.path("var/external/archive/logs-2025-01.db");
        store("a.jsonl", run("2025-01-20", "a", 1));
        assertThat(writer.ask("archive").code()).isZero();
        store("b.jsonl", run("2026-11-20", "b", 2));
        Path away = Files.move(home.database().getParent(), home.path("away"));
        store("c.jsonl", run("2026-11-21", "c", 4));
        Files.move(away, home.database().getParent());
        for (Path database : List.of(home.database(), home.localDatabase(), archive)) {
            assertThat(Home.query(database, "SELECT count(*) FROM api_calls")).as("%s", database).containsExactly("1");
            Versions.older(database, Versions.OURS - 1);
        }
        JsonNode before = reader.json("cost", "--by", "worker");

        store("d.jsonl", List.of(recost("2025-01-20", "a", "calculated"), recost("2026-11-20", "b", "reported"), recost("2026-11-21", "c", null)));
        writer.ask("reconcile");
        assertThat(writer.ask("archive").code()).isZero();

        assertThat(before.get("cost").get(0).get("cost_usd").doubleValue()).isEqualTo(7);
        for (Path database : List.of(home.database(), home.localDatabase(), archive)) {
            assertThat(Home.query(database, "PRAGMA user_version")).as("%s", database).containsExactly("" + Versions.OURS);
            assertThat(Home.query(database, "PRAGMA integrity_check")).as("%s", database).containsExactly("ok");
        }
        String costs = "SELECT record_id, estimated_cost_usd, cost_source, price_version, usage FROM api_calls ORDER BY record_id";
        assertThat(Home.query(home.localDatabase(), costs)).isEmpty();
        assertThat(Home.query(archive, costs)).containsExactly("call-a|1.0|reported|null|{\"batch\":true}");
        assertThat(home.query(costs)).containsExactly("call-b|16.0|reported|2026-11-30|{\"batch\":true}", "call-c|4.0|reported|null|{\"batch\":true}");
        assertThat(writer.ask("rebuild", "--check").out()).contains("Equal: ");
    }

    /** The same call, priced anew. */
    private static String recost(String day, String name, String source) {
        return record("api_call", day + "T09:01:00Z", "'id':'call-" + name + "','worker_id':'w1','model':'m','estimated_cost_usd':16,"
                + (source == null ? "" : "'cost_source':'" + source + "',") + "'price_version':'2026-11-30','usage':{'batch':true}");
    }

    @Test
    void aCheckNamesWhatWasJoinedByTheGreaterOnce() throws Exception {
        String call = record("api_call", "2026-11-20T09:00:00Z", "'id':'c','worker_id':'w1','model':'m','estimated_cost_usd':1");
        store("a.jsonl", List.of(call, call.replace("2026-11-20", "2026-11-21"), call.replace(":1", ":2,\"price_version\":\"2026-10-01\"")));
        Versions.older(home.database(), 1);
        change(home.database(), "UPDATE api_calls SET timestamp = '2026-11-21T09:00:00.000Z', estimated_cost_usd = 2");

        Reader.Answered checked = writer.ask("rebuild", "--check");

        assertThat(checked.out()).contains("1 difference between", "api_calls \"c\": timestamp is \"2026-11-21T09:00:00.000Z\", and by the files"
                + " \"2026-11-20T09:00:00.000Z\"; estimated_cost_usd is 2.0, and by the files 1.0");
    }

    private void assertAnswers(Map<String, Double> byTask) {
        assertThat(costs("task", "task_id")).isEqualTo(byTask);
        byTask.forEach((task, cost) -> {
            assertThat(reader.json("cost", "--task", task).get("cost").get("cost_usd").doubleValue()).as(task).isEqualTo(cost);
            assertThat(reader.json("why", task).get("totals").get("cost_usd").doubleValue()).as(task).isEqualTo(cost);
            assertThat(reader.json("task", task).get("task").get("cost_usd").doubleValue()).as(task).isEqualTo(cost);
        });
        assertThat(reader.json("sql", "SELECT * FROM api_calls").get("rows").findValues("own_task_id")).hasSize(3);
    }

    @Test
    void anArchiveIsBroughtUpBeforeARowGoesIntoIt() throws Exception {
        Path archive = home.path("var/external/archive/logs-2025-01.db");
        store("a.jsonl", run("2025-01-20", "a", 1));
        assertThat(writer.ask("archive").code()).isZero();
        Versions.first(archive);

        store("b.jsonl", run("2025-01-21", "b", 2));
        assertThat(writer.ask("archive").code()).isZero();

        assertThat(Home.query(archive, WORDS)).containsExactly("call-a|null|null", "call-b|s-b|gh-b");
        store("c.jsonl", run("2025-01-20", "a", 1));
        assertThat(writer.ask("archive").code()).isZero();
        assertThat(Home.query(archive, WORDS)).containsExactly("call-a|s-a|gh-a", "call-b|s-b|gh-b");
        assertThat(home.query("SELECT count(*) FROM api_calls")).containsExactly("0");
        assertThat(costs("task", "task_id")).isEqualTo(Map.of("gh-a", 1.0, "gh-b", 2.0));
    }

    @Test
    void aCheckSaysWhatItsCallsLackAndThatNothingElseDiffers() throws Exception {
        store("a.jsonl", run("2026-11-20", "a", 1));
        Versions.first(home.database());
        store("b.jsonl", run("2026-11-21", "b", 2));

        Reader.Answered checked = writer.ask("rebuild", "--check");

        assertThat(checked.out()).contains(
                "1 row of api_calls (" + Versions.added("api_calls") + ") lacks what its line says there", "Equal: ");
        assertThat(checked.code()).isZero();
        change(home.database(), "UPDATE api_calls SET own_task_id = 'other' WHERE record_id = 'call-b'");
        assertThat(writer.ask("rebuild", "--check").out()).contains("api_calls \"call-b\": own_task_id is \"other\", and by the files \"gh-b\"");
    }

    @Test
    @Tag("process")
    void aColumnThatALaterVersionAddsIsNullInOlderMonthsAndStores() throws Exception {
        store("a.jsonl", run("2025-01-20", "a", 1));
        store("b.jsonl", run("2025-02-20", "b", 2));
        assertThat(writer.ask("archive").code()).isZero();
        store("c.jsonl", run("2026-11-21", "c", 4));
        Versions.first(home.path("var/external/archive/logs-2025-01.db"));
        String afterTasks = "    FOREIGN KEY (session_id) REFERENCES sessions(session_id)\n);\n\n-- Worker";
        home.edit("sql/schema.sql", afterTasks, "    priority INTEGER,\n" + afterTasks)
                .edit("sql/schema.sql", "    FOREIGN KEY (worker_id)", "    region TEXT,\n    FOREIGN KEY (worker_id)");
        Files.writeString(home.path(String.format("sql/upgrade/%04d-region.sql", NEXT)),
                "-- Where.\nALTER TABLE tasks ADD COLUMN priority INTEGER;\nALTER TABLE api_calls ADD COLUMN region TEXT;\n");

        assertAnswers(Map.of("gh-b", 2.0, "gh-c", 5.0));
        for (String asked : List.of("SELECT record_id, region FROM api_calls ORDER BY 1", "SELECT task_id, priority FROM tasks ORDER BY 1")) {
            assertThat(reader.json("sql", asked).get("rows").findValuesAsText(asked.contains("region") ? "region" : "priority"))
                    .containsExactly("null", "null", "null");
        }
        assertThat(writer.ask("archive", "verify").code()).isZero();
        assertThat(home.run("ingest", Files.write(home.path("d.jsonl"), run("2026-11-22", "d", 8)).toString()).exitCode()).isZero();
        assertThat(home.query("SELECT name FROM pragma_table_info('tasks') WHERE name = 'priority'")).containsExactly("priority");
        assertThat(home.query("PRAGMA user_version")).containsExactly("" + NEXT);
        assertThat(reader.json("sql", "SELECT region FROM api_calls").get("rows")).hasSize(4);
        assertThat(home.run("rebuild", "--check").output()).contains("Equal: ");
        change(home.path("var/external/archive/logs-2025-02.db"), "ALTER TABLE tasks ADD COLUMN priority INTEGER");
        assertThat(reader.ask("cost").err()).contains("logs-2025-02.db").contains("it lacks column api_calls.region TEXT");
    }

    @Test
    @Tag("process")
    void oneThatANewerTac8MadeIsLeftAlone() throws Exception {
        store("a.jsonl", run("2026-11-20", "a", 1));
        change(home.database(), "PRAGMA user_version = " + NEXT);
        byte[] before = Files.readAllBytes(home.database());

        Home.Finished service = home.run("ingest", home.drop("x.txt", "").toString());
        assertThat(service.output()).contains("logs.db was made by a newer tac8 (its tables are of version " + NEXT + ", and this one knows "
                + Versions.OURS + "): use that one");
        assertThat(service.exitCode()).isNotZero();
        Reader.Answered asked = reader.ask("cost");
        assertThat(asked.err()).contains("was made by a newer tac8");
        assertThat(asked.code()).isNotZero();
        assertThat(Files.readAllBytes(home.database())).isEqualTo(before);
        // No version is so great: a bit has flipped, and the tables are ours.
        change(home.database(), "PRAGMA user_version = 65536");
        store("b.jsonl", run("2026-11-21", "b", 2));
        assertThat(home.query("PRAGMA user_version")).containsExactly("" + Versions.OURS);
        assertThat(costs("worker", "worker_id")).isEqualTo(Map.of("w1", 3.0));
    }

    @Test
    void aMonthThatANewerTac8MadeIsMissingAndTheOthersAnswer() throws Exception {
        store("a.jsonl", run("2025-01-20", "a", 1));
        assertThat(writer.ask("archive").code()).isZero();
        store("b.jsonl", run("2026-11-21", "b", 2));
        change(home.path("var/external/archive/logs-2025-01.db"), "PRAGMA user_version = " + NEXT + "; ALTER TABLE events ADD COLUMN later TEXT");

        Reader.Answered asked = reader.ask("cost", "--by", "task", "--json");

        assertThat(asked.json().get("cost").findValuesAsText("task_id")).containsExactly("gh-b");
        assertThat(asked.json().get("missing").toString()).contains("was made by a newer tac8");
    }

    /** One run of a coordinator that calls its only worker w1. */
    private static List<String> run(String day, String name, double cost) {
        String parents = "'session_id':'s-" + name + "','task_id':'gh-" + name + "'";
        return List.of(record("worker", day + "T09:00:00Z", parents + ",'worker_id':'w1','status':'spawned'"),
                record("api_call", day + "T09:01:00Z", parents + ",'id':'call-" + name + "','worker_id':'w1','model':'m','estimated_cost_usd':" + cost),
                record("worker", day + "T09:02:00Z", parents + ",'worker_id':'w1','status':'completed'"),
                record("task", day + "T09:03:00Z", parents + ",'status':'completed'"));
    }

    private static String record(String type, String time, String fields) {
        return ("{'type':'" + type + "','timestamp':'" + time + "'," + fields + "}").replace('\'', '"');
    }

    private void store(String name, List<String> lines) throws Exception {
        home.drop(name, lines);
        home.drain();
    }

    private static void change(Path database, String statements) throws SQLException {
        try (Connection connection = Reader.connect(database); Statement statement = connection.createStatement()) {
            for (String each : statements.split(";")) {
                statement.execute(each);
            }
        }
    }

    private Map<String, Double> costs(String by, String key) {
        Map<String, Double> costs = new HashMap<>();
        for (JsonNode row : reader.json("cost", "--by", by).get("cost")) {
            costs.put(row.get(key).asText(), row.get("cost_usd").doubleValue());
        }
        return costs;
    }
}
