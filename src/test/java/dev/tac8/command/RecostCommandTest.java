package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.Home;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecostCommandTest {
    private static final String COSTS = "SELECT record_id, estimated_cost_usd, cost_source, price_version FROM api_calls ORDER BY record_id";
    private static final String[] CALLS = {
        call("none", "'model':'claude-opus-5','tokens_input':1000,'tokens_output':100,'success':false,'duration_ms':1.5,'task_id':'t','session_id':'s'"),
        call("terms", "'model':'claude-opus-5[1m]','tokens_input':1000,'usage':{'speed':'fast','web_search':2,'agent':'claude'}"),
        call("reported", "'model':'claude-opus-5','tokens_input':1000,'estimated_cost_usd':0.5"),
        call("older", "'model':'claude-opus-5','tokens_input':1000,'estimated_cost_usd':0.9,'price_version':'2026-01-01'"),
        call("equal", "'model':'claude-opus-5','tokens_input':1000,'estimated_cost_usd':0.005,'price_version':'2026-01-01'"),
        call("newer", "'model':'claude-opus-5','tokens_input':1000,'estimated_cost_usd':0.7,'price_version':'2099-01-01'"),
        call("unknown", "'model':'claude-opus-50','tokens_input':1000,'tokens_output':5"),
        call("nothing", "'model':'claude-opus-5'"),
        call("geo", "'model':'claude-opus-5','tokens_input':1,'usage':{'geo':'eu'}")};

    @TempDir
    private Path dir;
    private Home home;
    private Reader reader;

    @BeforeEach
    void open() {
        home = new Home(dir);
        reader = new Reader(dir);
    }

    private static String call(String id, String fields) {
        return ("{'type':'api_call','id':'" + id + "','timestamp':'2026-10-05T10:00:00Z','worker_id':'w'," + fields + "}").replace('\'', '"');
    }

    @Test
    void callsGetACostByTheServiceThatRunsAndASecondTimeNothingIsWritten() throws Exception {
        try (Home running = home) {
            running.start();
            home.drop("a.jsonl", CALLS);
            // One without an id is known by its place.
            home.drop("b.jsonl", call("", "'model':'claude-sonnet-5','tokens_input':1000"));
            home.awaitDrained();
            int files = home.done().size();

            JsonNode would = reader.json("recost", "--dry-run");
            assertThat(home.done()).as("a dry run stores nothing").hasSize(files);
            JsonNode done = reader.json("recost");

            assertThat(done.get("recost")).isEqualTo(would.get("recost"));
            assertThat(done.get("recost").toString()).isEqualTo("{\"version\":\"2026-11-28\",\"calls\":10,\"priced_calls\":3,\"priced_usd\":0.0395,\"priced_usd_micros\":39500,"
                    + "\"changed_calls\":1,\"before_usd\":0.9,\"before_usd_micros\":900000,\"after_usd\":0.005,\"after_usd_micros\":5000,\"unchanged_calls\":1,"
                    + "\"reported_calls\":1,\"newer_calls\":1,\"calls_without_price\":3}");
            assertThat(done.get("without_price").findValuesAsText("why")).containsExactlyInAnyOrder("no price for the model claude-opus-50", "no tokens known by kind",
                    "no price for claude-opus-5 with geo \"eu\"");
            assertThat(home.query(COSTS)).contains("none|0.0075|calculated|2026-11-28", "terms|0.03|calculated|2026-11-28", "reported|0.5|reported|null",
                    "older|0.005|calculated|2026-11-28", "equal|0.005|calculated|2026-01-01", "newer|0.7|calculated|2099-01-01", "unknown|null|null|null")
                    .anySatisfy(row -> assertThat(row).matches("[0-9a-f]{32}\\+0\\|0\\.002\\|calculated\\|2026-11-28"));
            assertThat(home.query("SELECT success, duration_ms, own_task_id, own_session_id, tokens_total FROM api_calls WHERE record_id = 'none'"))
                    .containsExactly("0|1.5|t|s|1100");
            assertThat(home.done()).hasSize(files + 1);

            assertThat(reader.ask("recost").code()).isEqualTo(1);
            assertThat(home.done()).hasSize(files + 1);

            home.edit("prices/book.csv", "2026-11-28", "2026-11-29").edit("prices/book.csv", "anthropic,claude-opus-5,claude-opus-5-*,,,5,25", "anthropic,claude-opus-5,claude-opus-5-*,,,4,25");
            assertThat(reader.json("recost", "--model", "claude-opus-5", "--since", "2026-10-05", "--until", "2026-10-05").get("recost").get("changed_calls").intValue()).isEqualTo(3);
            assertThat(home.query(COSTS)).contains("none|0.0065|calculated|2026-11-29", "older|0.004|calculated|2026-11-29", "equal|0.004|calculated|2026-11-29",
                    "reported|0.5|reported|null", "newer|0.7|calculated|2099-01-01", "terms|0.03|calculated|2026-11-28");
            assertThat(reader.ask("recost", "--since", "2026-10-06").code()).isEqualTo(1);

            home.edit("prices/book.csv", "anthropic,claude-opus-5,claude-opus-5-*,,,4,25", "anthropic,claude-opus-5,claude-opus-5-*,,,3,25");
            assertThat(reader.ask("recost", "--model", "claude-opus-5").out()).contains("3 calls have a cost by this version, and would have another one");
        }
        assertThat(reader.ask("rebuild", "--check").out()).contains("Equal: ");
    }

    @Test
    void aCallOfTheArchiveKeepsAllThatItSaysAndJoinsThere() throws Exception {
        home.drop("a.jsonl", call("old", "'model':'claude-opus-4-5','tokens_input':1000,'tokens_output':10,'usage':{'agent':'claude'},'task_id':'t'").replace("2026-10", "2026-01"));
        home.drain();
        assertThat(reader.ask("archive").code()).isZero();
        JsonNode before = reader.json("cost", "--task", "t").get("cost");

        assertThat(reader.ask("recost").out()).contains("priced calls         1");

        JsonNode between = reader.json("cost", "--task", "t").get("cost");
        assertThat(reader.ask("archive").code()).isZero();
        JsonNode after = reader.json("cost", "--task", "t").get("cost");
        assertThat(before.get("cost_usd").isNull()).isTrue();
        assertThat(between.get("cost_usd").doubleValue()).isEqualTo(0.00525);
        assertThat(between.get("tokens_total").intValue()).isEqualTo(1010);
        assertThat(after).isEqualTo(between);
        assertThat(home.query("SELECT count(*) FROM api_calls")).containsExactly("0");
        assertThat(reader.ask("recost").code()).isEqualTo(1);
        assertThat(reader.ask("rebuild", "--check").out()).contains("Equal: ");
    }
}
