package dev.tac8.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.conversation.Conversation.Look;
import dev.tac8.text.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown of a conversation. */
class ConversationTest {
    private static final Path CORPUS = Path.of("src/test/resources/conversation");
    private static final Look LOOK = new Look(ZoneId.of("Europe/Berlin"), 80, false);
    private static final Pattern OWN_COLOURS = Pattern.compile("\u001b\\[(?:0|1|2|31|32|36)m");
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path dir;
    private Folders folders;

    /** One of the four ways to show it. */
    private interface Way {
        void show(Conversation conversation, PrintWriter out) throws IOException;
    }

    @BeforeEach
    void makeFolders() throws IOException {
        folders = new Folders(dir.resolve("home"));
    }

    @Test
    void showsATranscript() throws Exception {
        assertThat(print(Files.readAllBytes(CORPUS.resolve("transcript.jsonl")))).isEqualTo(Files.readString(CORPUS.resolve("transcript.txt")));
    }

    @Test
    void showsTheOutputOfARun() throws Exception {
        assertThat(print(Files.readAllBytes(CORPUS.resolve("stream.jsonl")))).isEqualTo(Files.readString(CORPUS.resolve("stream.txt")));
    }

    @Test
    void showsAJsonObjectAMessageToPrograms() throws Exception {
        for (String name : List.of("transcript", "stream")) {
            assertThat(show(Files.readAllBytes(CORPUS.resolve(name + ".jsonl")), Conversation::printJson))
                    .isEqualTo(Files.readString(CORPUS.resolve(name + ".json.txt")));
        }
    }

    @Test
    void coloursSayNothingThatTheTextDoesNot() throws Exception {
        for (String name : List.of("transcript", "stream")) {
            byte[] bytes = Files.readAllBytes(CORPUS.resolve(name + ".jsonl"));
            String coloured = show(bytes, (conversation, out) -> conversation.print(new Look(LOOK.zone(), 80, true), out));

            assertThat(coloured).contains("\u001b[");
            assertThat(OWN_COLOURS.matcher(coloured).replaceAll("")).isEqualTo(print(bytes));
        }
    }

    @Test
    void showsTimesInTheReadersZone() throws Exception {
        String line = "{\"type\":\"user\",\"timestamp\":\"2026-07-01T01:30:00+05:30\",\"message\":{\"content\":\"hi\"}}\n";
        folders.write("logs/a.jsonl", line);

        assertThat(shown(new Look(ZoneId.of("UTC"), 80, false))).startsWith("2026-06-30  UTC (UTC)\n\n──  20:00:00  user  ──");
        assertThat(shown(new Look(ZoneId.of("Asia/Tokyo"), 80, false))).startsWith("2026-07-01  Asia/Tokyo (UTC+09:00)\n\n──  05:00:00  user");
    }

    @Test
    void countsTheTokensOfAMessageOnceHoweverManyLinesRepeatThem() throws Exception {
        String line = "{\"type\":\"assistant\",\"message\":{\"id\":\"%s\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}],"
                + "\"usage\":{\"input_tokens\":%d,\"output_tokens\":%d,\"cache_read_input_tokens\":7}}}\n";
        JsonNode summary = summary(String.format(line, "m1", 5, 1) + String.format(line, "m1", 5, 1) + String.format(line, "m2", 1, 2)
                + String.format(line, "m1", 5, 40) + String.format(line, "m1", 5, 3));

        assertThat(summary.get("tokens")).hasToString("{\"input\":6,\"output\":42,\"cache_read\":14,\"cache_write\":0}");
        assertThat(summary.get("assistant_messages").asInt()).isEqualTo(2);
    }

    @Test
    void theTokensOfAllMessagesTogetherAreTheSum() throws Exception {
        for (String name : List.of("transcript", "stream")) {
            long output = 0;
            JsonNode last = null;
            for (String line : show(Files.readAllBytes(CORPUS.resolve(name + ".jsonl")), Conversation::printJson).split("\n")) {
                last = JSON.readTree(line);
                output += last.at("/type").asText().equals("message") ? last.at("/tokens/output").asLong() : 0;
            }
            assertThat(last.at("/tokens/output").asLong()).isEqualTo(output).isPositive();
        }
    }

    @Test
    void takesNonsenseInPlaceOfATokenCountForNone() throws Exception {
        String line = "{\"type\":\"assistant\",\"message\":{\"content\":\"x\",\"usage\":{\"input_tokens\":%s,\"output_tokens\":1}}}\n";
        StringBuilder lines = new StringBuilder();
        for (String value : List.of("-5", "1e300", "99999999999999999999999", "\"7\"", "null", "[]", "1e999", "9223372036854775807")) {
            lines.append(String.format(line, value));
        }
        assertThat(summary(lines.toString()).get("tokens")).hasToString("{\"input\":0,\"output\":8,\"cache_read\":0,\"cache_write\":0}");
    }

    @Test
    void cutsASharedFileToTheTimeOfTheWorker() throws Exception {
        String timed = "{\"type\":\"user\",\"timestamp\":\"2026-11-22T10:0%d:00.000Z\",\"message\":{\"content\":\"minute %d\"}}\n";
        String untimed = "{\"type\":\"user\",\"message\":{\"content\":\"after %d\"}}\n";
        StringBuilder lines = new StringBuilder("{\"type\":\"user\",\"message\":{\"content\":\"first of all\"}}\r\n");
        for (int i = 1; i < 6; i++) {
            lines.append(String.format(timed, i, i)).append(String.format(untimed, i));
        }
        folders.write("logs/a.jsonl", lines.toString());
        Instant two = Instant.parse("2026-11-22T10:02:00Z");
        Instant three = Instant.parse("2026-11-22T10:03:00Z");

        try (Conversation conversation = folders.open("a.jsonl").cutTo(two, three)) {
            assertThat(texts(conversation)).containsExactly("minute 2", "after 2", "minute 3", "after 3");
            assertThat(shown(conversation)).contains("cut: 7 lines of other times, as several workers share the file");
            ByteArrayOutputStream raw = new ByteArrayOutputStream();
            conversation.writeRaw(raw);
            assertThat(raw).hasToString(String.format(timed + untimed + timed + untimed, 2, 2, 2, 3, 3, 3));
            assertThat(printedRaw(conversation)).isEqualTo(raw.toString(StandardCharsets.UTF_8));
        }
        try (Conversation conversation = folders.open("a.jsonl").cutTo(three, null)) {
            assertThat(texts(conversation)).hasSize(6).startsWith("minute 3").endsWith("after 5");
        }
        try (Conversation conversation = folders.open("a.jsonl").cutTo(Instant.EPOCH, Instant.parse("2026-11-22T10:01:00.000Z"))) {
            assertThat(texts(conversation)).containsExactly("first of all", "minute 1", "after 1");
            ByteArrayOutputStream raw = new ByteArrayOutputStream();
            conversation.writeRaw(raw);
            assertThat(raw.toString(StandardCharsets.UTF_8)).startsWith("{").contains("all\"}}\r\n").endsWith("after 1\"}}\n");
        }
        try (Conversation conversation = folders.open("a.jsonl").cutTo(Instant.EPOCH, Instant.EPOCH)) {
            assertThat(texts(conversation)).isEmpty();
            ByteArrayOutputStream raw = new ByteArrayOutputStream();
            conversation.writeRaw(raw);
            assertThat(raw.size()).isZero();
        }
    }

    @Test
    void takesLinesOfTheMillisecondInWhichTheWorkerEndedForItsOwn() throws Exception {
        folders.write("logs/a.jsonl", "{\"type\":\"user\",\"timestamp\":\"2026-11-22T10:00:00.123999Z\",\"message\":{\"content\":\"last\"}}\n"
                + "{\"type\":\"user\",\"timestamp\":\"2026-11-22T10:00:00.124Z\",\"message\":{\"content\":\"another's\"}}\n");

        try (Conversation conversation = folders.open("a.jsonl").cutTo(Instant.EPOCH, Instant.parse("2026-11-22T10:00:00.123Z"))) {
            assertThat(texts(conversation)).containsExactly("last");
        }
    }

    @Test
    void showsAllOfASharedFileWithoutTimesAndSaysSo() throws Exception {
        folders.write("logs/a.jsonl", "{\"type\":\"user\",\"message\":{\"content\":\"hi\"}}\n");
        try (Conversation conversation = folders.open("a.jsonl").cutTo(Instant.EPOCH, Instant.EPOCH)) {
            assertThat(shown(conversation)).contains("    hi\n").contains("none of its lines has a time: all of it is");
        }
    }

    @Test
    void aTimeThatIsNoneDoesNoHarm() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (String time : List.of("\"yesterday\"", "5", "null", "{}", "\"+999999999-12-31T23:59:59.999999999Z\"", "\"-0001-01-01T00:00:00Z\"",
                "\"2026-02-30T00:00:00Z\"", "\"\"", "\"0000-01-01T00:00:00Z\"")) {
            lines.append("{\"type\":\"user\",\"timestamp\":").append(time).append(",\"message\":{\"content\":\"hi\"}}\n");
        }
        assertThat(print(lines.toString().getBytes(StandardCharsets.UTF_8))).startsWith("\n──  user  ──").contains("9 messages (9 user");
    }

    @Test
    void saysSoOfAnEmptyFile() throws Exception {
        assertThat(print(new byte[0])).isEqualTo("\nThe file is empty.\n");
        assertThat(summary("").get("lines").asInt()).isZero();
        assertThat(show(new byte[0], Conversation::printRaw)).isEmpty();
    }

    @Test
    void countsWhatIsNoJsonAndGoesOnBehindIt() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String good = "{\"type\":\"user\",\"message\":{\"content\":\"good\"}}\n";
        bytes.writeBytes(("\uFEFF" + good + "\n  \r\n{\"type\":\n\"text\"\n17\n{} {}\n" + "[".repeat(5000) + "\n").getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(new byte[] {0, 1, 2, (byte) 0xff, (byte) 0xfe, 27, '[', 'm', '\n', 0, '{', 0, '}', '\n'});
        bytes.writeBytes(good.getBytes(StandardCharsets.UTF_8));

        JsonNode summary = summary(bytes.toByteArray());

        assertThat(summary.get("user_messages").asInt()).isEqualTo(2);
        assertThat(summary.get("bad_lines").asInt()).isEqualTo(7);
        assertThat(summary.get("first_bad_line").asInt()).isEqualTo(4);
        assertThat(summary.get("torn").asBoolean()).isFalse();
    }

    @Test
    void skipsByteOrderMarksWhereFilesWereJoinedAsIngestDoes() throws Exception {
        String good = "{\"type\":\"user\",\"message\":{\"content\":\"good\"}}";
        JsonNode summary = summary("\uFEFF" + good + "\n\uFEFF" + good + "\r\n\uFEFF\n\uFEFF\uFEFF " + good + "\n\uFEFF \n" + good + "\uFEFF\n" + good
                + "\n\uFEFF");

        assertThat(summary.get("user_messages").asInt()).isEqualTo(4);
        assertThat(summary.get("bad_lines").asInt()).isEqualTo(1);
        assertThat(summary.get("first_bad_line").asInt()).isEqualTo(6);
        assertThat(summary.get("torn").asBoolean()).isFalse();
    }

    @Test
    void showsALineWithInvalidUtf8AndCountsIt() throws Exception {
        byte[] bytes = "{\"type\":\"user\",\"message\":{\"content\":\"caf? \uFFFD\"}}\n{\"type\":\"user\",\"message\":{\"content\":\"\uFFFD\"}}\n"
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '?' ? (byte) 0xe9 : bytes[i];
        }

        assertThat(print(bytes)).contains("    caf\uFFFD \uFFFD\n").contains("mended: 1 line with bytes that are no UTF-8");
    }

    @Test
    void leavesOutALineThatIsTooLongAndSaysHowLongItIs() throws Exception {
        byte[] bytes = new byte[41 << 20];
        Arrays.fill(bytes, (byte) 'x');
        String good = "{\"type\":\"user\",\"message\":{\"content\":\"good\"}}";
        byte[] begin = (good + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] end = ("\n" + good).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(begin, 0, bytes, 0, begin.length);
        System.arraycopy(end, 0, bytes, bytes.length - end.length, end.length);

        assertThat(print(bytes)).contains("  * left out  a line of 40 MiB (line 2)\n", "2 messages", " 0 errors", "left out: 1 line of more than 16 MiB");
        assertThat(show(bytes, Conversation::printRaw)).isEqualTo(good + "\n[left out: a line of 40 MiB (line 2)]\n" + good + "\n");
        try (Conversation conversation = folders.open("a.jsonl")) {
            ByteArrayOutputStream raw = new ByteArrayOutputStream();
            conversation.writeRaw(raw);
            assertThat(raw.toByteArray()).isEqualTo(bytes);
        }
    }

    @Test
    void keepsEveryLineWithinTheWidth() throws Exception {
        String word = "日本語テキスト";
        String text = "a b  c\n    indented " + "word ".repeat(60) + "\n" + "x".repeat(300) + "\n" + word.repeat(40) + "\n\t\ttabs " + "e\u0301".repeat(200);
        byte[] bytes = (JSON.writeValueAsString(JSON.readTree("{\"type\":\"assistant\",\"message\":{\"model\":\"" + "m".repeat(90)
                + "\",\"usage\":{\"input_tokens\":123456,\"output_tokens\":123456,\"cache_read_input_tokens\":1234567},"
                + "\"content\":[{\"type\":\"text\"},{\"type\":\"thinking\"},{\"type\":\"tool_use\",\"name\":\"" + word.repeat(9)
                + "\"},{\"type\":\"tool_result\",\"is_error\":true}]}}")).replace("{\"type\":\"text\"", "{\"type\":\"text\",\"text\":"
                + JSON.writeValueAsString(text)).replace("\"type\":\"thinking\"", "\"type\":\"thinking\",\"thinking\":"
                + JSON.writeValueAsString(text)).replace("\"type\":\"tool_use\"", "\"type\":\"tool_use\",\"input\":{\"command\":"
                + JSON.writeValueAsString(text) + "}").replace("\"type\":\"tool_result\"", "\"type\":\"tool_result\",\"content\":"
                + JSON.writeValueAsString(text)) + "\n").getBytes(StandardCharsets.UTF_8);
        for (int width : new int[] {60, 80, 133}) {
            String shown = show(bytes, (conversation, out) -> conversation.print(new Look(LOOK.zone(), width, false), out));
            for (String line : shown.split("\n")) {
                assertThat(Text.width(line)).as(width + ": " + line).isLessThanOrEqualTo(width);
            }
            String body = shown.substring(shown.indexOf("    a b"), shown.indexOf("  ~ ")).replaceAll("\\s", "");
            assertThat(body).isEqualTo(text.replaceAll("\\s", ""));
            assertThat(shown).contains("\n    a b  c\n        indented word word");
        }
    }

    @Test
    void stopsQuietlyWhenNobodyReadsAnyMore() throws Exception {
        String line = "{\"type\":\"user\",\"message\":{\"content\":\"hi\"}}\n";
        folders.write("logs/a.jsonl", line.repeat(200_000));
        class Closed extends OutputStream {
            private int writes;

            @Override
            public void write(int b) throws IOException {
                writes++;
                throw new IOException("Broken pipe");
            }
        }
        Closed closed = new Closed();
        try (Conversation conversation = folders.open("a.jsonl")) {
            for (Way way : List.<Way>of((c, out) -> c.print(LOOK, out), Conversation::printJson, Conversation::printRaw)) {
                way.show(conversation, new PrintWriter(closed));
            }
            assertThatThrownBy(() -> conversation.writeRaw(closed)).hasMessage("Broken pipe");
        }
        assertThat(closed.writes).isLessThan(10);
    }

    @Test
    void letsNoControlThroughFromAnyFieldOfAnyLine() throws Exception {
        String hostile = "\u001b]0;title\u0007\u001b[2J\u009b31m\u0000\b\r\u007f\u0085\u202e\u2066\u200f\u200b\u2028\uD800 \u001b[31mred";
        List<String> lines = new ArrayList<>();
        for (String name : List.of("transcript.jsonl", "stream.jsonl")) {
            for (String line : Files.readAllLines(CORPUS.resolve(name))) {
                // Every text in turn, field names and kinds included, as an escape and as it is.
                var texts = Pattern.compile("\"[^\"\\\\]*\"").matcher(line);
                while (texts.find()) {
                    for (boolean escaped : new boolean[] {true, false}) {
                        StringBuilder inside = new StringBuilder();
                        for (char c : hostile.toCharArray()) {
                            inside.append(escaped || c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
                        }
                        lines.add(line.substring(0, texts.start()) + '"' + texts.group().replace("\"", "") + inside + '"'
                                + line.substring(texts.end()));
                        lines.add(line.substring(0, texts.start()) + '"' + inside + '"' + line.substring(texts.end()));
                    }
                }
            }
        }
        lines.add(hostile);
        assertThat(lines).hasSizeGreaterThan(1000);

        assertHarmless(String.join("\n", lines).getBytes(StandardCharsets.UTF_8), "hostile texts");
    }

    @Test
    void showsWhateverAFileHoldsWithoutHarm() throws Exception {
        long seed = System.nanoTime();
        System.out.println("ConversationTest seed " + seed);
        Random random = new Random(seed);
        List<byte[]> corpora = List.of(Files.readAllBytes(CORPUS.resolve("transcript.jsonl")), Files.readAllBytes(CORPUS.resolve("stream.jsonl")));
        for (int i = 0; i < 400; i++) {
            byte[] bytes = random.nextInt(4) == 0 ? randomJson(random) : mutated(corpora.get(random.nextInt(2)), random);

            assertHarmless(bytes, "seed " + seed + ", round " + i);
        }
    }

    private void assertHarmless(byte[] bytes, String what) throws Exception {
        folders.write("logs/a.jsonl", bytes);
        try (Conversation conversation = folders.open("a.jsonl")) {
            assertPrintable(shown(conversation), what);
            StringWriter coloured = new StringWriter();
            conversation.print(new Look(LOOK.zone(), 40, true), new PrintWriter(coloured));
            assertPrintable(OWN_COLOURS.matcher(coloured.toString()).replaceAll(""), what);
            assertPrintable(printedRaw(conversation), what);
            StringWriter json = new StringWriter();
            conversation.printJson(new PrintWriter(json));
            assertPrintable(json.toString(), what);
            for (String line : json.toString().split("\n")) {
                assertThat(JSON.readTree(line).get("type").asText()).as(what).isIn("message", "note", "summary");
            }
            ByteArrayOutputStream raw = new ByteArrayOutputStream();
            conversation.writeRaw(raw);
            assertThat(raw.toByteArray()).as(what).isEqualTo(bytes);
        }
    }

    /** By a list of our own, over the bytes that a terminal would get. */
    private static void assertPrintable(String shown, String what) {
        byte[] bytes = shown.getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            assertThat(b == '\n' || b < 0 || b >= ' ' && b != 0x7f).as(what + ": byte " + b).isTrue();
        }
        assertThat(new String(bytes, StandardCharsets.UTF_8).codePoints().filter(c -> c >= 0x80 && c < 0xa0 || c >= 0x202a && c <= 0x202e
                || c >= 0x2066 && c <= 0x2069 || c == 0x200e || c == 0x200f || c == 0x200b || c == 0x2028 || c == 0x2029)).as(what).isEmpty();
        assertThat(shown.chars().filter(c -> Character.isSurrogate((char) c)).count() % 2).as(what).isZero();
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        double rate = random.nextInt(3) == 0 ? 0.05 : 0.001;
        for (byte b : bytes) {
            if (random.nextDouble() > rate) {
                out.write(b);
            } else if (random.nextBoolean()) {
                out.write(random.nextInt(256));
            } else {
                byte[] junk = new byte[random.nextInt(5)];
                random.nextBytes(junk);
                out.writeBytes(junk);
            }
        }
        return out.toByteArray();
    }

    private static byte[] randomJson(Random random) {
        StringBuilder lines = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            StringBuilder value = new StringBuilder();
            appendObject(value, random, 0);
            lines.append(value).append(random.nextInt(20) == 0 ? "\r\n" : "\n");
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void appendObject(StringBuilder out, Random random, int depth) {
        String[] names = {"type", "subtype", "message", "content", "role", "usage", "id", "name", "input", "text", "thinking", "source", "data",
            "timestamp", "tool_use_id", "is_error", "error", "input_tokens", "isSidechain", "parent_tool_use_id", "model", "result"};
        out.append('{');
        int fields = 1 + random.nextInt(6);
        for (int i = 0; i < fields; i++) {
            out.append(i == 0 ? "" : ",").append('"').append(i == 0 && random.nextInt(3) > 0 ? "type" : names[random.nextInt(names.length)])
                    .append("\":");
            appendValue(out, random, depth + 1);
        }
        out.append('}');
    }

    private static void appendValue(StringBuilder out, Random random, int depth) {
        String[] texts = {"user", "assistant", "system", "result", "text", "tool_use", "tool_result", "thinking", "image", "init", "api_error",
            "2026-11-22T10:00:00Z", "", "\\u001b[2J", "\\ud800", "\\u009b", "\u202e", "a\\nb\\r\\tc", "summary", "attachment"};
        switch (random.nextInt(depth > 5 ? 5 : 9)) {
            case 0 -> out.append(random.nextBoolean() ? "null" : "true");
            case 1 -> out.append(random.nextInt(3) == 0 ? "1e999" : String.valueOf(random.nextLong()));
            case 2, 3, 4 -> out.append('"').append(texts[random.nextInt(texts.length)]).append('"');
            case 5 -> {
                out.append('[');
                for (int i = random.nextInt(4); i > 0; i--) {
                    appendValue(out, random, depth + 1);
                    out.append(',');
                }
                out.append("{}]");
            }
            default -> appendObject(out, random, depth);
        }
    }

    private String print(byte[] bytes) throws Exception {
        return show(bytes, (conversation, out) -> conversation.print(LOOK, out));
    }

    private String show(byte[] bytes, Way way) throws Exception {
        folders.write("logs/a.jsonl", bytes);
        StringWriter written = new StringWriter();
        try (Conversation conversation = folders.open("a.jsonl")) {
            way.show(conversation, new PrintWriter(written));
        }
        return written.toString();
    }

    private String shown(Look look) throws Exception {
        StringWriter written = new StringWriter();
        try (Conversation conversation = folders.open("a.jsonl")) {
            conversation.print(look, new PrintWriter(written));
        }
        return written.toString();
    }

    private static String shown(Conversation conversation) throws IOException {
        StringWriter written = new StringWriter();
        conversation.print(LOOK, new PrintWriter(written));
        return written.toString();
    }

    private static String printedRaw(Conversation conversation) throws IOException {
        StringWriter written = new StringWriter();
        conversation.printRaw(new PrintWriter(written));
        return written.toString();
    }

    private static List<String> texts(Conversation conversation) throws IOException {
        StringWriter written = new StringWriter();
        conversation.printJson(new PrintWriter(written));
        return written.toString().lines().map(line -> {
            try {
                return JSON.readTree(line).at("/parts/0/text");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).filter(JsonNode::isTextual).map(JsonNode::textValue).toList();
    }

    private JsonNode summary(String lines) throws Exception {
        return summary(lines.getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode summary(byte[] bytes) throws Exception {
        String[] lines = show(bytes, Conversation::printJson).split("\n");
        return JSON.readTree(lines[lines.length - 1]);
    }
}
