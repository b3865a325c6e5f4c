package dev.tac8.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever stands in a stored text or is typed into an option: nothing happens, and no terminal obeys it. */
class HostileTextTest {
    private static final List<String> TEXTS = List.of(
            "'; DROP TABLE tasks; --", "\" OR 1=1 --", "' OR '1'='1", "x') UNION SELECT config FROM sessions --", "%", "_", "*", "[a-z]*", "?", ":task",
            "$1", "@x", "\\", "\\u001b", "${jndi:x}", "#{1}", "a\nb", "a\r\nb", "tab\there", "nul\0nul", "\u0007bell", "\b\b\b\bgone", "\u000b\f",
            "\u001b[31mred\u001b[0m", "\u001b[2J\u001b[H", "\u001b]0;title\u0007", "\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\",
            "\u001b]52;c;cm0gLXJm\u0007", "\u001bP1$r\u001b\\", "\u001bc", "\u009b31m", "\u009d0;title\u009c", "\u0085next", "\u007fdel",
            "\u202Eevil\u202C", "\u2066\u2069\u200e\u200f\u061c", "\ufeffbom", "\u2028\u2029", "zero\u200bwidth\u200d", "\u00adsoft", "\ufff9\ufffb",
            "\udb40\udc41tag", "\u0645\u0631\u062d\u0628\u0627", "\u05e9\u05dc\u05d5\u05dd", "漢字かな交じり文", "한국어", "ｆｕｌｌ", "e\u0301" + "\u0300".repeat(500),
            "👩\u200d👩\u200d👧 ❤\ufe0f 🚀", "=cmd|' /C calc'!A0", "+1", "-1", "--json", "<script>", "a,b;\"c\"", "\"", ",", "  spaces  ", "very long "
                    + "x".repeat(5_000), "unknown ", "null", "NaN", "1e999");

    @TempDir
    private static Path dir;
    private static Reader reader;

    /** Every text stands in every column of text that a coordinator may fill. */
    @BeforeAll
    static void ingest() throws Exception {
        List<String> lines = new ArrayList<>();
        JsonMapper json = new JsonMapper();
        for (int i = 0; i < TEXTS.size(); i++) {
            String text = TEXTS.get(i);
            String id = id(i);
            lines.add(json.writeValueAsString(record("session", "session_id", id, "status", "started", "git_commit", text,
                    "config", Map.of(text, text))));
            lines.add(json.writeValueAsString(record("task", "session_id", id, "task_id", id, "status", "completed", "title", text,
                    "issue_number", i)));
            lines.add(json.writeValueAsString(record("worker", "session_id", id, "task_id", id, "worker_id", id, "status", "failed", "log_file",
                    text)));
            lines.add(json.writeValueAsString(record("event", "session_id", id, "event_type", key(text), "context_type", text, "context_id", id,
                    "message", text, "details", Map.of(text, Map.of(text, List.of(text))))));
            lines.add(json.writeValueAsString(record("api_call", "session_id", id, "task_id", id, "worker_id", id, "model", text,
                    "estimated_cost_usd", 0.25)));
        }
        Home home = new Home(dir);
        home.drop("a.jsonl", lines);
        home.drain();
        assertThat(home.quarantined()).isEmpty();
        reader = new Reader(dir);
    }

    private static String id(int i) {
        return key(i + TEXTS.get(i));
    }

    /** As much of a text as an id holds, as it is stored. */
    private static String key(String text) {
        String stored = text.replace('\0', '␀');
        int end = stored.length();
        while (stored.substring(0, end).getBytes(StandardCharsets.UTF_8).length > 800) {
            end = stored.offsetByCodePoints(end, -1);
        }
        return stored.substring(0, end);
    }

    static List<List<String>> questions() {
        return List.of(List.of("cost", "--by", "task"), List.of("cost", "--by", "model"), List.of("cost", "--by", "worker"),
                List.of("cost", "--by", "session"), List.of("tasks"), List.of("sessions"), List.of("events"), List.of("sql", "SELECT * FROM events"),
                List.of("sql", "SELECT details AS \"a\u001b[31m\u009b\n\u202e\" FROM events"));
    }

    @ParameterizedTest
    @MethodSource("questions")
    void nothingThatIsStoredReachesATerminalAsACommand(List<String> question) {
        for (int columns : new int[] {0, 80}) {
            for (String form : List.of("--zone=UTC", "--json", "--csv")) {
                List<String> args = new ArrayList<>(question);
                args.add(form);

                Reader.Answered answered = new Reader(dir).atTerminal(columns).ask(args.toArray(String[]::new));

                assertThat(answered.code()).as("%s", answered.err()).isZero();
                assertHarmless(answered.out());
                assertHarmless(answered.err());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("questions")
    void textIsHarmlessWhereverItGoes(List<String> question) {
        assertHarmless(reader.ask(question.toArray(String[]::new)).out());
    }

    @Test
    void jsonAndCsvHoldEveryTextAsItIs() {
        List<String> expected = IntStream.range(0, TEXTS.size()).mapToObj(HostileTextTest::id).sorted().toList();

        JsonNode events = reader.json("events").get("events");
        assertThat(events.findValuesAsText("context_id").stream().sorted().toList()).isEqualTo(expected);
        for (JsonNode event : events) {
            String message = event.get("message").asText();
            assertThat(event.get("event_type").asText()).isEqualTo(key(message));
            // What is JSON keeps its U+0000.
            String text = message.replace('␀', '\0');
            assertThat(event.at("/details").get(text).get(text).get(0).asText()).isEqualTo(text);
        }
        assertThat(reader.json("tasks").get("tasks").findValuesAsText("task_id").stream().sorted().toList()).isEqualTo(expected);

        List<List<String>> rows = csv(reader.ask("tasks", "--csv").out());
        assertThat(rows).allSatisfy(row -> assertThat(row).hasSameSizeAs(rows.get(0)));
        int id = rows.get(0).indexOf("task_id");
        int title = rows.get(0).indexOf("title");
        assertThat(rows.stream().skip(1).map(row -> row.get(id)).sorted().toList()).isEqualTo(expected);
        assertThat(rows.stream().skip(1)).allSatisfy(row -> assertThat(row.get(id)).contains(row.get(title).substring(0, Math.min(300, row.get(title).length()))));
    }

    @Test
    void anIdIsFoundByItselfAndByNothingElse() {
        for (int i = 0; i < TEXTS.size(); i++) {
            String id = id(i);

            assertThat(found("task", id).get("task").get("task_id").asText()).isEqualTo(id);
            assertThat(found("worker", id).get("worker").get("worker_id").asText()).isEqualTo(id);
            assertThat(found("why", id).get("totals").get("calls").asInt()).isEqualTo(1);
            String option = List.of("--task=", "--worker=", "--session=").get(i % 3);
            assertThat(reader.json("cost", option + id).get("cost").get("calls").asInt()).as("%s %s", option, id).isEqualTo(1);
            assertThat(reader.json("events", (i % 2 == 0 ? "--context=" : "--session=") + id).get("events")).hasSize(1);
            // What is an option itself picocli takes for one.
            if (!TEXTS.get(i).equals("--json")) {
                assertThat(reader.json("cost", "--model=" + TEXTS.get(i).replace('\0', '␀')).get("cost").get("calls").asInt()).isEqualTo(1);
            }
        }
    }

    @Test
    void whateverIsTypedIsHarmlessAndChangesNothing() throws Exception {
        byte[] before = Files.readAllBytes(dir.resolve("var/external/logs.db"));
        List<String> cost = List.of("--since", "--until", "--last", "--zone", "--by", "--task", "--session", "--worker", "--model");
        List<String> events = List.of("--type", "--severity", "--context", "--session", "--limit", "--since", "--last");
        // No process is ever given a NUL.
        for (String text : TEXTS.stream().filter(each -> each.indexOf(0) < 0).toList()) {
            // Not each option with each text, but with its neighbours.
            for (int i = TEXTS.indexOf(text), n = 0; n < 2; i++, n++) {
                assertEnds(reader.ask("cost", cost.get(i % cost.size()) + "=" + text + "!"));
                assertEnds(reader.ask("events", events.get(i % events.size()) + "=" + text + "!"));
                assertEnds(reader.ask(List.of("task", "worker", "why", "sql").get(i % 4), "--", text + "!"));
            }
            assertEnds(reader.ask("tasks", "--status=" + text));
            assertEnds(reader.ask("tasks", text));
            assertEnds(reader.ask("cost", "-D", text + "=x"));
            assertEnds(reader.ask("cost", "-Dtac8.external.dir=" + text));
            assertEnds(reader.ask("sql", "--file=" + text));
        }
        assertThat(Files.readAllBytes(dir.resolve("var/external/logs.db"))).isEqualTo(before);
    }

    @Test
    void anIdIsNoFileToReadArgumentsFrom() throws Exception {
        String id = "@" + Files.writeString(dir.resolve("arguments"), "--help\n");

        Reader.Answered answered = reader.ask("task", id);

        assertThat(answered.code()).isEqualTo(1);
        assertThat(answered.err()).startsWith("There is no task @");
    }

    @Test
    void aTableStaysAlignedWhateverStandsInIt() {
        List<String> lines = reader.ask("sql", "SELECT message, 'END' AS mark FROM events WHERE length(message) < 30").out().lines().toList();

        int at = width(lines.get(0).substring(0, lines.get(0).indexOf("mark")));
        assertThat(lines).hasSizeGreaterThan(50);
        assertThat(lines.stream().skip(1)).allSatisfy(line -> assertThat(width(line.substring(0, line.lastIndexOf("END")))).as(line).isEqualTo(at));
    }

    @Test
    void aTableIsAsWideAsItsTerminal() {
        for (int columns : new int[] {80, 120}) {
            Reader terminal = new Reader(dir).atTerminal(columns);
            for (List<String> question : List.of(List.of("sql", "SELECT message, context_id FROM events"), List.of("events"))) {
                assertThat(terminal.ask(question.toArray(String[]::new)).out().replaceAll("\u001b\\[[0-9;]*m", "").lines())
                        .allSatisfy(line -> assertThat(width(line)).as(line).isLessThanOrEqualTo(columns));
            }
        }
    }

    private static JsonNode found(String command, String id) {
        Reader.Answered answered = reader.ask(command, "--json", "--", id);
        assertThat(answered.code()).as("%s", answered).isZero();
        return answered.json();
    }

    private static void assertEnds(Reader.Answered answered) {
        assertThat(answered.code()).as("%s", answered.err()).isBetween(0, 4);
        assertThat(answered.err()).doesNotContain("a fault of tac8", "\tat ");
        assertHarmless(answered.out());
        assertHarmless(answered.err());
    }

    /** Only line feeds and the colours that tac8 itself sets. */
    private static void assertHarmless(String output) {
        String plain = output.replaceAll("\u001b\\[(0|1|31|32|33|36)m", "").replace("\r\n", "\n");
        assertThat(plain.codePoints().filter(c -> c != '\n' && (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                || c == 0x2028 || c == 0x2029)).mapToObj(Integer::toHexString).distinct()).as("controls in %.300s", plain).isEmpty();
    }

    /** By the blocks of the texts above; the product's own measure is not asked. */
    private static int width(String text) {
        return text.codePoints().map(c -> Character.getType(c) == Character.NON_SPACING_MARK ? 0
                : Character.UnicodeScript.of(c) == Character.UnicodeScript.HAN || Character.UnicodeScript.of(c) == Character.UnicodeScript.HIRAGANA
                || Character.UnicodeScript.of(c) == Character.UnicodeScript.HANGUL || c >= 0xff01 && c <= 0xff60 || c >= 0x1f300 ? 2 : 1).sum();
    }

    /** RFC 4180, read by the letter. */
    private static List<List<String>> csv(String text) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    field.append('"');
                    i++;
                } else if (c == '"') {
                    quoted = false;
                } else {
                    field.append(c);
                }
            } else if (c == '"' && field.isEmpty()) {
                quoted = true;
            } else if (c == ',' || c == '\r' && text.charAt(i + 1) == '\n') {
                row.add(field.toString());
                field.setLength(0);
                if (c == '\r') {
                    rows.add(row);
                    row = new ArrayList<>();
                    i++;
                }
            } else {
                field.append(c);
            }
        }
        assertThat(quoted || !row.isEmpty() || !field.isEmpty()).as("the last line is ended").isFalse();
        return rows;
    }

    private static Map<String, Object> record(String type, Object... fields) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("type", type);
        record.put("timestamp", "2026-11-22T10:00:00Z");
        for (int i = 0; i < fields.length; i += 2) {
            record.put((String) fields[i], fields[i + 1]);
        }
        return record;
    }
}
