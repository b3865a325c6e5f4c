package dev.tac8.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which lines are of one response, whose tokens count once, and which are of another. */
class ResponsesTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path dir;
    private Folders folders;
    private StringBuilder lines;
    private int second;

    @BeforeEach
    void begin() throws IOException {
        folders = new Folders(dir.resolve("home"));
        lines = new StringBuilder();
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "\" \"", "\"\\t\\u2003\\n\"", "{}", "[]", "true"})
    void aMessageWithoutAnIdIsAMessageOfItsOwn(String id) throws Exception {
        for (int input : new int[] {100, 200, 300}) {
            said(id, null, input, 1);
            asked("more");
        }

        assertCounted(600, 3, 3);
        assertThat(messages("assistant")).isEqualTo(3);
    }

    @Test
    void aMessageWithoutAnIdFieldIsAMessageOfItsOwn() throws Exception {
        lines.append("{\"type\":\"assistant\",\"message\":{\"content\":\"x\",\"usage\":{\"input_tokens\":5}}}\n".repeat(3));

        assertCounted(15, 0, 3);
    }

    @Test
    void anIdMayBeANumber() throws Exception {
        said("17", null, 10, 1);
        said("17", null, 10, 4);
        said("18", null, 10, 2);

        assertCounted(20, 6, 2);
    }

    @Test
    void idsThatDifferOnlyBehindManyCharactersAreDifferent() throws Exception {
        String begin = "m".repeat(5000);
        for (String end : List.of("a", "b", "c", "a")) {
            said('"' + begin + end + '"', null, 100, 1);
        }

        assertCounted(300, 3, 3);
    }

    @Test
    void toolCallsWhoseIdsDifferOnlyBehindManyCharactersAreDifferent() throws Exception {
        String begin = "t".repeat(500);
        lines.append("{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\",\"id\":\"").append(begin)
                .append("1\",\"name\":\"Read\"},{\"type\":\"tool_use\",\"id\":\"").append(begin).append("2\",\"name\":\"Bash\"}]}}\n")
                .append("{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"").append(begin)
                .append("1\",\"content\":\"x\"},{\"type\":\"tool_result\",\"tool_use_id\":\"\",\"content\":\"x\"}]}}\n");

        assertThat(shown().get(1).at("/parts/0/name").asText()).isEqualTo("Read");
        assertThat(shown().get(1).at("/parts/1/name").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"requestId", "request_id"})
    void oneMessageIdUnderSeveralRequestsIsSeveralResponses(String name) throws Exception {
        for (int request = 1; request < 4; request++) {
            said("\"msg_A\"", "req_" + request, 100, 1);
            said("\"msg_A\"", "req_" + request, 100, 7);
            if (request < 3) {
                asked("more");
            }
        }
        String written = lines.toString().replace("requestId", name);
        lines = new StringBuilder(written);

        assertCounted(300, 21, 3);
        assertThat(messages("assistant")).isEqualTo(3);
    }

    @Test
    void twoRequestsOfOneIdSideBySideAreStillTwo() throws Exception {
        said("\"msg_A\"", "req_1", 100, 1);
        said("\"msg_A\"", "req_2", 100, 1);
        said("\"msg_A\"", "req_1", 100, 5);

        assertCounted(200, 6, 2);
    }

    @Test
    void aGatewayThatGivesEveryResponseTheSameIdHidesNone() throws Exception {
        said("\"gateway\"", null, 100, 10);
        toolAnswered();
        said("\"gateway\"", null, 200, 20);
        asked("more");
        said("\"gateway\"", null, 200, 30);
        toolAnswered();
        said("\"gateway\"", null, 50, 40);

        assertCounted(550, 100, 4);
    }

    @Test
    void aGatewayThatGivesEveryResponseAndRequestTheSameIdHidesNone() throws Exception {
        for (int input : new int[] {100, 200, 300}) {
            said("\"gateway\"", "req", input, 1);
            toolAnswered();
        }

        assertCounted(600, 3, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "req_1"})
    void aStreamedResponseCountsOnceWithTheGreatestUsage(String request) throws Exception {
        String id = request.isEmpty() ? null : request;
        said("\"msg_A\"", id, 0, 1);
        said("\"msg_A\"", id, 100, 2);
        toolAnswered();
        said("\"msg_A\"", id, 100, 50);
        toolAnswered();
        said("\"msg_A\"", id, 100, 3);

        assertCounted(100, 50, 1);
        assertThat(messages("assistant")).isEqualTo(3);
    }

    @Test
    void aRequestTellsWhichLinesAreOfOneResponseIfTheIdDoesNot() throws Exception {
        said("\"\"", "req_1", 100, 1);
        toolAnswered();
        said("\"\"", "req_1", 100, 5);
        said("\"\"", "req_2", 100, 5);

        assertCounted(200, 10, 2);
    }

    @Test
    void whatAResumedSessionRepeatsCountsOnce() throws Exception {
        for (int i = 1; i < 4; i++) {
            said("\"msg_" + i + '"', "req_" + i, 100, 1);
            said("\"msg_" + i + '"', "req_" + i, 100, 9);
            asked("more");
        }
        String first = lines.toString();
        for (String copy : List.of(first, first.replace("\"S\"", "\"T\""), first.replaceAll("\"requestId\":\"[^\"]*\",", ""),
                first.replace("req_", "again_").replace("\"uuid\":\"", "\"uuid\":\"other-"), first.replaceAll("\"timestamp\":\"[^\"]*\",", ""),
                first.replaceAll("\"(timestamp|uuid|requestId)\":\"[^\"]*\",", ""),
                first.replace("req_", "again_").replace("\"isSidechain\":false", "\"isSidechain\":true"))) {
            lines = new StringBuilder(first).append(copy);
            assertCounted(300, 27, 3);
        }
        lines = new StringBuilder(first.replaceAll("\"requestId\":\"[^\"]*\",", "")).append(first);
        assertCounted(300, 27, 3);
    }

    @Test
    void aGatewaysConversationThatIsRepeatedCountsOnce() throws Exception {
        for (int i = 1; i < 4; i++) {
            said("\"gateway\"", null, 100 * i, 9);
            asked("more");
        }
        lines.append(lines);

        assertCounted(600, 27, 3);
    }

    @Test
    void aSubAgentThatIsAskedMeanwhileInterruptsNoResponse() throws Exception {
        said("\"msg_A\"", null, 100, 1);
        String sub = "\"isSidechain\":true";
        int at = lines.length();
        asked("look for it");
        said("\"msg_B\"", null, 30, 3);
        lines.replace(at, lines.length(), lines.substring(at).replace("\"isSidechain\":false", sub));
        said("\"msg_A\"", null, 100, 4);

        assertCounted(130, 7, 2);
    }

    @Test
    void countsWhatWentToTheCacheWhereOnlyItsKindsAreTold() throws Exception {
        String kinds = "\"cache_creation\":{\"ephemeral_5m_input_tokens\":700,\"ephemeral_1h_input_tokens\":55}";
        assertThat(cacheWritten(kinds)).isEqualTo(755);
        assertThat(cacheWritten("\"cache_creation_input_tokens\":0," + kinds)).isEqualTo(755);
        assertThat(cacheWritten("\"cache_creation_input_tokens\":null," + kinds)).isEqualTo(755);
        assertThat(cacheWritten("\"cache_creation_input_tokens\":755," + kinds)).isEqualTo(755);
        assertThat(cacheWritten("\"cache_creation_input_tokens\":900," + kinds)).isEqualTo(900);
        assertThat(cacheWritten("\"cache_creation_input_tokens\":900,\"cache_creation\":null")).isEqualTo(900);
        assertThat(cacheWritten("\"cache_creation\":{\"ephemeral_1h_input_tokens\":55}")).isEqualTo(55);
        for (String none : List.of("7", "[7]", "\"7\"", "{\"ephemeral_1h_input_tokens\":\"7\"}", "{\"ephemeral_1h_input_tokens\":-7}", "{}")) {
            assertThat(cacheWritten("\"cache_creation\":" + none)).as(none).isZero();
        }
    }

    private long cacheWritten(String usage) throws Exception {
        lines = new StringBuilder("{\"type\":\"assistant\",\"message\":{\"id\":\"m\",\"content\":\"x\",\"usage\":{" + usage + "}}}\n");
        return summary().at("/tokens/cache_write").asLong();
    }

    private void said(String id, String request, int input, int output) {
        line("assistant", request).append("{\"id\":").append(id).append(",\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"usage\":{\"input_tokens\":")
                .append(input).append(",\"output_tokens\":").append(output).append("}}}\n");
    }

    private void asked(String text) {
        line("user", null).append("{\"content\":\"").append(text).append("\"}}\n");
    }

    private void toolAnswered() {
        line("user", null).append("{\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"x\"}]}}\n");
    }

    private StringBuilder line(String type, String request) {
        second++;
        ObjectNode line = JSON.createObjectNode().put("sessionId", "S").put("type", type).put("isSidechain", false)
                .put("timestamp", String.format("2026-11-20T10:00:%02dZ", second)).put("uuid", "u" + second);
        if (request != null) {
            line.put("requestId", request);
        }
        String json = line.toString();
        return lines.append(json, 0, json.length() - 1).append(",\"message\":");
    }

    private void assertCounted(long input, long output, long messages) throws Exception {
        JsonNode summary = summary();
        assertThat(List.of(summary.at("/tokens/input").asLong(), summary.at("/tokens/output").asLong(),
                summary.at("/assistant_messages").asLong())).as("input, output and messages of\n" + lines).containsExactly(input, output, messages);
    }

    private long messages(String role) throws Exception {
        return shown().stream().filter(entry -> entry.path("role").asText().equals(role)).count();
    }

    private JsonNode summary() throws Exception {
        List<JsonNode> shown = shown();
        return shown.get(shown.size() - 1);
    }

    private List<JsonNode> shown() throws Exception {
        folders.write("logs/a.jsonl", lines.toString());
        StringWriter written = new StringWriter();
        try (Conversation conversation = folders.open("a.jsonl")) {
            conversation.printJson(new PrintWriter(written));
        }
        return JSON.readerFor(JsonNode.class).<JsonNode>readValues(written.toString()).readAll();
    }
}
