package dev.tac8.ingest;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import dev.tac8.store.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The record format against {@code record-corpus.txt}, and against the published JSON Schema as an independent validator reads it. */
class RecordFormatTest {
    private static final String TIME = "\"2026-11-22T10:15:30.123Z\"";
    private static final RecordFormat FORMAT = new RecordFormat();
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final JsonSchema SCHEMA = schema();

    /** The table of the design, said a second time: each type's fields by the kind of their values. */
    private static final Map<String, Map<String, Kind>> FIELDS = Map.of(
            "session", fields("session_id", Kind.NAME, "status", Kind.WORD, "git_commit", Kind.TEXT, "config", Kind.OBJECT,
                    "exit_reason", Kind.OPTIONAL_WORD),
            "task", fields("session_id", Kind.NAME, "task_id", Kind.NAME, "status", Kind.WORD, "issue_number", Kind.COUNT,
                    "title", Kind.TEXT, "pr_number", Kind.COUNT),
            "worker", fields("session_id", Kind.NAME, "worker_id", Kind.NAME, "task_id", Kind.NAME, "status", Kind.WORD,
                    "pid", Kind.COUNT, "exit_code", Kind.COUNT, "log_file", Kind.TEXT),
            "event", fields("session_id", Kind.NAME, "event_type", Kind.NAME, "message", Kind.NAME,
                    "severity", Kind.OPTIONAL_WORD, "context_type", Kind.TEXT, "context_id", Kind.TEXT, "details", Kind.OBJECT),
            "api_call", fields("worker_id", Kind.NAME, "model", Kind.NAME, "tokens_input", Kind.COUNT, "tokens_output", Kind.COUNT,
                    "tokens_total", Kind.COUNT, "cache_read_tokens", Kind.COUNT, "cache_write_5m_tokens", Kind.COUNT,
                    "cache_write_1h_tokens", Kind.COUNT, "estimated_cost_usd", Kind.AMOUNT, "duration_ms", Kind.AMOUNT,
                    "cost_source", Kind.SOURCE, "price_version", Kind.TEXT, "usage", Kind.OBJECT,
                    "success", Kind.FLAG, "session_id", Kind.TEXT, "task_id", Kind.TEXT));

    /** The kinds of field, each with values that it takes and values that it refuses. */
    private enum Kind {
        TIMESTAMP(true, List.of(TIME), List.of("\"x\"", "\"\"", "5", "1.5", "true", "{}", "[]")),
        IDENTITY(false, List.of("\"x\"", "\"\""), List.of("5", "1.5", "true", "{}", "[]")),
        NAME(true, List.of("\"x\"", "\"x\\u0000\"", "\"\\ud83d\\ude00\""), List.of("\"\"", "5", "1.5", "true", "{}", "[]", "[\"x\"]")),
        TEXT(false, List.of("\"x\"", "\"\""), List.of("5", "1.5", "false", "{}", "[]", "[\"x\"]")),
        WORD(true, List.of(), List.of("\"x\"", "\"\"", "5", "1.5", "true", "{}", "[]")),
        OPTIONAL_WORD(false, List.of("\"error\""), List.of("\"x\"", "\"\"", "5", "1.5", "true", "{}", "[]")),
        SOURCE(false, List.of("\"reported\"", "\"calculated\""), List.of("\"unknown\"", "\"\"", "5", "1.5", "true", "{}", "[]")),
        COUNT(false, List.of("0", "5", "5.0", "9007199254740991"), List.of("5.5", "\"5\"", "\"\"", "9007199254740992", "1e99", "true",
                "{}", "[]", "[5]")),
        AMOUNT(false, List.of("0", "5", "5.5", "-0.0", "1e-9"), List.of("-0.01", "-1", "1e999", "\"5\"", "\"\"", "true", "{}", "[]")),
        FLAG(false, List.of("true", "false"), List.of("\"true\"", "\"\"", "0", "1", "1.0", "{}", "[]")),
        OBJECT(false, List.of("{}", "{\"a\":[1]}"), List.of("[]", "\"{}\"", "\"\"", "5", "1.5", "true"));

        final boolean required;
        final List<String> accepted;
        final List<String> refused;

        Kind(boolean required, List<String> accepted, List<String> refused) {
            this.required = required;
            this.accepted = accepted;
            this.refused = refused;
        }
    }

    /** One line of the corpus. */
    private record Example(int number, String verdict, String field, boolean wholeLine, byte[] line, String stored, String source) {
        private static final Pattern SHAPE = Pattern.compile(
                "(ok|bad|raw) +(?:line (\\S+)|(\\S+) +(- )?(\"[^\"]*\"|\\S+)) (.*?)(?: =>(?: (.*))?)?");

        static Example of(int number, String source) {
            Matcher parts = SHAPE.matcher(source);
            if (!parts.matches()) {
                throw new IllegalArgumentException("record-corpus.txt:" + number + " is neither comment nor example: " + source);
            }
            boolean ownLine = parts.group(2) != null;
            String field = ownLine ? parts.group(2) : parts.group(5);
            String text = ownLine ? parts.group(6) : line(parts.group(3), field, parts.group(6));
            String stored = !source.contains(" =>") ? null : parts.group(7) == null ? "" : parts.group(7);
            return new Example(number, parts.group(1), field, parts.group(4) != null || field.equals("-"), expand(text),
                    stored == null ? null : new String(expand(stored), StandardCharsets.UTF_8), source);
        }

        private static String line(String type, String field, String value) {
            Map<String, String> fields = least(type);
            fields.put(field, value);
            if (value.equals("absent")) {
                fields.remove(field);
            }
            return json(fields);
        }

        private static byte[] expand(String text) {
            String repeated = Pattern.compile("<([^<>]+)\\*(\\d+)>").matcher(text).replaceAll(match ->
                    Matcher.quoteReplacement(match.group(1).repeat(Integer.parseInt(match.group(2)))));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Matcher odd = Pattern.compile("<([0-9A-F]{2})>").matcher(repeated);
            int end = 0;
            while (odd.find()) {
                bytes.writeBytes(repeated.substring(end, odd.start()).getBytes(StandardCharsets.UTF_8));
                bytes.write(Integer.parseInt(odd.group(1), 16));
                end = odd.end();
            }
            bytes.writeBytes(repeated.substring(end).getBytes(StandardCharsets.UTF_8));
            return bytes.toByteArray();
        }
    }

    @TempDir
    private Path dir;

    @TestFactory
    Stream<DynamicTest> readsOrRefusesEachLineOfTheCorpusAsItSays() throws IOException {
        return corpus().stream().map(example -> DynamicTest.dynamicTest(name(example), () -> check(example)));
    }

    @Test
    void agreesWithThePublishedSchemaOnTheCorpusExceptWhereNoSchemaCanSay() throws IOException {
        List<String> differences = new ArrayList<>();
        int unsayable = 0;
        for (Example example : corpus()) {
            boolean schemaAccepts = schemaAccepts(example.line());
            if (example.verdict().equals("raw")) {
                unsayable++;
                if (isJson(example.line()) && !schemaAccepts) {
                    differences.add("the schema can say it after all: " + example.source());
                }
            } else if (schemaAccepts != example.verdict().equals("ok")) {
                differences.add("the schema " + (schemaAccepts ? "accepts " : "refuses ") + example.source());
            }
        }
        assertThat(differences).isEmpty();
        assertThat(unsayable).isPositive();
    }

    @TestFactory
    Stream<DynamicTest> takesWhatTheDesignsTableSaysOfEachFieldAndRefusesTheRestByItsName() {
        List<DynamicTest> tests = new ArrayList<>();
        FIELDS.forEach((type, fields) -> withCommon(fields).forEach((field, kind) ->
                tests.add(DynamicTest.dynamicTest(type + "." + field, () -> checkField(type, field, kind)))));
        return tests.stream();
    }

    @Test
    void givesEveryFieldOfTheTypeAndNoUnknownOne() throws BadLineException {
        for (Map.Entry<String, Map<String, Kind>> type : FIELDS.entrySet()) {
            Map<String, String> fields = least(type.getKey());
            fields.put("later", "5");

            assertThat(read(json(fields)).keySet()).as(type.getKey()).containsAll(withType(type.getValue()).keySet())
                    .doesNotContain("later");
        }
    }

    @Test
    void refusesEachRequiredFieldThatIsMissingByItsName() {
        FIELDS.forEach((type, fields) -> withCommon(fields).forEach((field, kind) -> {
            Map<String, String> record = least(type);
            record.remove(field);
            String absent = json(record);
            record.put(field, "null");
            for (String line : List.of(absent, json(record))) {
                assertThat(accepts(line)).as(line).isEqualTo(!kind.required);
                if (kind.required) {
                    assertThat(reason(line)).isEqualTo(field + " is missing");
                }
            }
        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000-01-01T00:00:00+05:00", "0000-01-01T00:00:00.000+00:01", "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:60-00:01",
        "0000-01-01T23:58:59+23:59"})
    void refusesATimeThatInUtcHasNoYearOfFourDigits(String time) throws Exception {
        assertThat(reason(json(least("event")).replace(TIME, '"' + time + '"'))).isEqualTo("timestamp is \"" + time + "\", which in UTC is not in the years"
                + " 0000 to 9999");
    }

    @Test
    void refusesAnObjectNestedDeeperThanSqliteReads() throws Exception {
        String deepest = json(with("event", "details", nested(RecordFormat.MAX_DEPTH - 1)));
        String tooDeep = json(with("event", "details", nested(RecordFormat.MAX_DEPTH)));

        Object details = read(deepest).get("details");

        assertThat(accepts(tooDeep)).isFalse();
        assertThat(reason(tooDeep)).contains("depth");
        assertThat(accepts(json(with("event", "later", "[".repeat(2000) + "]".repeat(2000))))).isFalse();
        assertThat(sqlite("SELECT json_valid(?)", details)).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"event\"", "{\"details\":[1", "{\"type\":\"event", "{\"details\":{\"a\":[1}"})
    void saysWhereALineIsNoJsonWithoutWordsOfTheParser(String line) {
        assertThatThrownBy(() -> FORMAT.check(line.getBytes(StandardCharsets.UTF_8))).isInstanceOf(BadLineException.class)
                .hasMessageMatching("the line is not valid JSON: .*\\(at character \\d+\\)")
                .message().doesNotContain("Source", "REDACTED", "Feature");
    }

    @Test
    void saysWhereAnObjectBeganThatDoesNotEnd() {
        assertThatThrownBy(() -> FORMAT.check("{\"type\":\"event\"".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("the line is not valid JSON: Unexpected end-of-input: expected close marker for Object (start marker at character 1) (at character 16)");
    }

    @Test
    void storesDetailsThatSqliteReadsWithTheLastOfDuplicateKeys() throws Exception {
        Object details = read(json(with("event", "details",
                "{\"action\":\"delete\",\"n\":{\"x\":1,\"x\":2},\"action\":\"preserve\",\"q\":\"it's \\\"so\\\"\\u0000\\n\"}"))).get("details");

        assertThat(sqlite("SELECT json_valid(?)", details)).isEqualTo("1");
        assertThat(sqlite("SELECT json_extract(?, '$.action')", details)).isEqualTo("preserve");
        assertThat(sqlite("SELECT json_extract(?, '$.n.x')", details)).isEqualTo("2");
    }

    @Test
    void keepsEveryDigitOfANumberInDetails() throws BadLineException {
        String details = "{\"a\":0.10,\"b\":123456789012345678901234567890.5,\"c\":" + "9".repeat(400) + "}";

        assertThat(read(json(with("event", "details", details))).get("details")).isEqualTo(details);
    }

    @Test
    void agreesWithTheSchemaOnRandomlyMutatedRecords() {
        long seed = System.nanoTime();
        System.out.println("RecordFormatTest seed " + seed);
        Random random = new Random(seed);
        List<String> differences = new ArrayList<>();
        int accepted = 0;
        int lines = 6000;
        for (int i = 0; i < lines; i++) {
            String line = json(mutated(random));
            boolean ours = accepts(line);
            accepted += ours ? 1 : 0;
            if (ours != schemaAccepts(line.getBytes(StandardCharsets.UTF_8))) {
                differences.add((ours ? "only tac8 accepts " : "only the schema accepts ") + line);
            }
        }
        assertThat(differences).as("seed " + seed).isEmpty();
        assertThat(accepted).as("both verdicts are common, seed " + seed).isBetween(lines / 10, lines * 9 / 10);
    }

    @Test
    void skipsWhiteSpaceLinesByteOrderMarksAndCarriageReturns() throws IOException {
        String line = json(least("event"));
        Path file = Files.writeString(dir.resolve("a.jsonl"), "\ufeff" + line + "\r\n\n \t\r\n\ufeff\n\r\n" + "\ufeff  " + line + " \r\n" + line
                + "\n\ufeff\ufeff" + line + "\n\ufeff \n" + line + "\n\ufeff\ufeff");

        Chunk chunk = onlyChunk(file, 4096);

        assertThat(chunk.badLines()).isEmpty();
        assertThat(chunk.rows().get("events")).hasSize(5);
        assertThat(chunk.rows().get("events")).extracting(event -> ((String) event.get("record_id")).replaceFirst(".*\\+", "")).containsExactly(
                "0", String.valueOf(line.length() + 16), String.valueOf(2 * line.length() + 24), String.valueOf(3 * line.length() + 25),
                String.valueOf(4 * line.length() + 37));
    }

    @Test
    void setsAsideALineLongerThanTheLimitAndTakesItsNeighbours() throws IOException {
        String line = json(least("event"));
        String exact = line + " ".repeat(1024 - line.length());
        Path file = Files.writeString(dir.resolve("a.jsonl"), exact + "\n" + exact + "\r\n" + exact + " \n" + exact + " \r\n" + exact);

        Chunk chunk = onlyChunk(file, 1024);

        assertThat(chunk.rows().get("events")).hasSize(3);
        assertThat(chunk.badLines()).extracting(Quarantine.Entry::line).containsExactly(3L, 4L);
        assertThat(chunk.badLines()).extracting(Quarantine.Entry::length).containsExactly(1025L, 1026L);
        assertThat(chunk.badLines().get(0).reason()).contains("1025").contains("1024").contains("tac8.ingest.max-line-bytes");
    }

    @Test
    void saysLineOffsetFieldAndReasonOfEachBadLine() throws IOException {
        String good = json(least("task"));
        Path file = Files.writeString(dir.resolve("a.jsonl"), good + "\nno record\n\n" + json(with("task", "issue_number", "-1")) + "\n");

        Chunk chunk = onlyChunk(file, 4096);

        assertThat(chunk.badLines()).extracting(Quarantine.Entry::line).containsExactly(2L, 4L);
        assertThat(chunk.badLines()).extracting(Quarantine.Entry::offset).containsExactly(good.length() + 1L, good.length() + 12L);
        assertThat(chunk.badLines()).extracting(Quarantine.Entry::field).containsExactly(null, "issue_number");
        assertThat(chunk.badLines()).extracting(Quarantine.Entry::reason).last().asString()
                .isEqualTo("issue_number is -1; it must be a whole number from 0 to 9007199254740991");
    }

    @Test
    void givesEachRowOfATableAFieldThatTheSchemaAdds() throws IOException {
        ObjectNode schema = publishedSchema();
        for (String type : List.of("session", "task", "worker")) {
            schema.withObject("/$defs/" + type + "/properties").putObject("team").put("$ref", "#/$defs/text");
        }
        Map<String, String> call = least("api_call");
        call.put("session_id", "\"s1\"");
        call.put("task_id", "\"t1\"");
        Path file = Files.write(dir.resolve("a.jsonl"), List.of(json(with("session", "team", "\"a\"")), json(with("task", "team", "\"a\"")),
                json(with("worker", "team", "\"a\"")), json(call)));

        Chunk chunk = onlyChunk(file, 4096, new RecordFormat(schema));

        for (List<Row> rows : List.of(chunk.rows().get("sessions"), chunk.rows().get("tasks"), chunk.rows().get("workers"))) {
            assertThat(rows).hasSizeGreaterThan(1).allSatisfy(row -> assertThat(row).containsKey("team"));
            assertThat(rows).extracting(row -> row.get("team")).contains("a");
        }
    }

    @Test
    void letsTwoTypesFillOneTable() throws Exception {
        ObjectNode schema = publishedSchema();
        schema.withArray("/properties/type/enum").add("Event");
        schema.withObject("/$defs/Event/properties").putObject("reason").put("$ref", "#/$defs/text");
        RecordFormat format = new RecordFormat(schema);

        assertThat(format.columns().get("events")).contains("message", "record_id", "reason").doesNotHaveDuplicates();
        byte[] line = ("{\"type\":\"Event\",\"timestamp\":" + TIME + ",\"reason\":\"none\"}").getBytes(StandardCharsets.UTF_8);
        RecordFormat.Checked record = format.read(line, 0, line.length);
        assertThat(record.row()).containsOnlyKeys(format.columns().get("events").toArray(new String[0])).containsEntry("reason", "none");
        assertThat(Chunk.isKnownByPlace(record)).isTrue();
    }

    private static ObjectNode publishedSchema() throws IOException {
        return (ObjectNode) JSON.readTree(RecordFormatTest.class.getResourceAsStream("/record.schema.json"));
    }

    private static Chunk onlyChunk(Path path, int maxLineBytes) throws IOException {
        return onlyChunk(path, maxLineBytes, FORMAT);
    }

    private static Chunk onlyChunk(Path path, int maxLineBytes, RecordFormat format) throws IOException {
        try (SpoolFile file = new SpoolFile(path,
                new SpoolFile.Reading(format, maxLineBytes, 1000, 1 << 20, Runnable::run, () -> false, false))) {
            List<Chunk> chunks = new ArrayList<>();
            file.forEach(chunks::add);
            assertThat(chunks).hasSize(1);
            return chunks.get(0);
        }
    }

    private static void check(Example example) {
        try {
            Map<String, Object> record = FORMAT.read(example.line(), 0, example.line().length).row();
            assertThat(example.verdict()).as(example.source()).isEqualTo("ok");
            if (example.stored() != null) {
                assertThat(String.valueOf(record.get(example.field()))).as(example.source()).isEqualTo(example.stored());
            }
        } catch (BadLineException e) {
            if (example.verdict().equals("ok")) {
                fail(example.source() + " was refused: " + e.getMessage());
            }
            assertThat(e.field).as(example.source()).isEqualTo(example.wholeLine() ? null : example.field());
            assertThat(e.getMessage()).as(example.source()).startsWith(example.wholeLine() ? "the line " : example.field() + " is ");
        }
    }

    private static void checkField(String type, String field, Kind kind) {
        for (String value : kind.accepted) {
            String line = json(with(type, field, value));
            assertThat(accepts(line)).as(line).isTrue();
            assertThat(schemaAccepts(line.getBytes(StandardCharsets.UTF_8))).as("schema: " + line).isTrue();
        }
        for (String value : kind.refused) {
            String line = json(with(type, field, value));
            assertThat(accepts(line)).as(line).isFalse();
            assertThat(reason(line)).as(line).startsWith(field + " is ");
            assertThat(schemaAccepts(line.getBytes(StandardCharsets.UTF_8))).as("schema: " + line).isFalse();
        }
    }

    private static String name(Example example) {
        String source = example.source();
        return example.number() + ": " + (source.length() > 100 ? source.substring(0, 100) + "..." : source);
    }

    private static List<Example> corpus() throws IOException {
        try (InputStream in = RecordFormatTest.class.getResourceAsStream("/record-corpus.txt")) {
            List<Example> examples = new ArrayList<>();
            String[] lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n");
            for (int i = 0; i < lines.length; i++) {
                if (!lines[i].isEmpty() && !lines[i].startsWith("#")) {
                    examples.add(Example.of(i + 1, lines[i]));
                }
            }
            return examples;
        }
    }

    private static boolean accepts(String line) {
        try {
            read(line);
            return true;
        } catch (BadLineException e) {
            return false;
        }
    }

    private static String reason(String line) {
        try {
            read(line);
            return "accepted";
        } catch (BadLineException e) {
            return e.getMessage();
        }
    }

    private static Map<String, Object> read(String line) throws BadLineException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return FORMAT.read(bytes, 0, bytes.length).row();
    }

    private static JsonSchema schema() {
        // ECMA-262's $ is the end of the text; Java's is also before a last line feed.
        SchemaValidatorsConfig config = SchemaValidatorsConfig.builder().regularExpressionFactory(regex -> {
            Pattern pattern = Pattern.compile(regex.replaceFirst("\\$$", "\\\\z"));
            return text -> pattern.matcher(text).find();
        }).build();
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(RecordFormatTest.class.getResourceAsStream("/record.schema.json"), config);
    }

    private static boolean isJson(byte[] line) {
        return parsed(line) != null;
    }

    private static boolean schemaAccepts(byte[] line) {
        JsonNode json = parsed(line);
        return json != null && SCHEMA.validate(json).isEmpty();
    }

    private static JsonNode parsed(byte[] line) {
        try {
            return JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString());
        } catch (JacksonException | CharacterCodingException e) {
            return null;
        }
    }

    /** The record of a type that has nothing but what it must have. */
    private static Map<String, String> least(String type) {
        Map<String, String> record = new LinkedHashMap<>();
        record.put("type", "\"" + type + "\"");
        record.put("timestamp", TIME);
        FIELDS.getOrDefault(type, Map.of()).forEach((field, kind) -> {
            if (kind == Kind.NAME) {
                record.put(field, "\"x1\"");
            } else if (kind == Kind.WORD) {
                record.put(field, Map.of("session", "\"ended\"", "task", "\"failed\"", "worker", "\"failed\"").get(type));
            }
        });
        return record;
    }

    private static Map<String, String> with(String type, String field, String value) {
        Map<String, String> record = least(type);
        record.put(field, value);
        return record;
    }

    private static String json(Map<String, String> record) {
        return record.entrySet().stream()
                .map(field -> (field.getKey().startsWith("\"") ? field.getKey() : "\"" + field.getKey() + "\"") + ":" + field.getValue())
                .collect(joining(",", "{", "}"));
    }

    private static Map<String, String> mutated(Random random) {
        String type = pick(random, List.copyOf(FIELDS.keySet()));
        Map<String, String> record = least(type);
        Map<String, Kind> fields = withCommon(FIELDS.get(type));
        fields.forEach((field, kind) -> {
            if (!kind.accepted.isEmpty() && random.nextInt(3) == 0) {
                record.put(field, pick(random, kind.accepted));
            }
        });
        for (int mutations = random.nextInt(3); mutations > 0; mutations--) {
            List<String> names = new ArrayList<>(fields.keySet());
            names.add("type");
            names.add("later");
            String field = pick(random, names);
            switch (random.nextInt(4)) {
                case 0 -> record.remove(field);
                case 1 -> record.put("type", "\"" + pick(random, List.copyOf(FIELDS.keySet())) + "\"");
                default -> record.put(field, randomValue(random, 2));
            }
        }
        return record;
    }

    private static String randomValue(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 12 : 10)) {
            case 0 -> "null";
            case 1 -> String.valueOf(random.nextBoolean());
            case 2 -> String.valueOf(random.nextInt(1000) - 200);
            case 3 -> String.valueOf(random.nextLong());
            case 4 -> String.valueOf(random.nextInt(20) / 2.0);
            case 5 -> random.nextInt(100) + "e" + (random.nextInt(60) - 20);
            case 6 -> pick(random, List.of("\"\"", "\"error\"", "\"failed\"", "\"started\"", "\"active\"", "\"spawned\"", "\"info\""));
            case 7 -> "\"" + "\\u" + String.format("%04x", random.nextInt(0xd800)) + "\"";
            case 8 -> "\"" + "y".repeat(120 + random.nextInt(16)) + "\"";
            case 9 -> randomTime(random);
            case 10 -> "[" + randomValue(random, depth - 1) + "]";
            default -> "{\"a\":" + randomValue(random, depth - 1) + "}";
        };
    }

    /** Mostly a time; here and there a digit too far. */
    private static String randomTime(Random random) {
        return String.format("\"%04d-%02d-%02d%s%02d:%02d:%02d%s%s\"", 1 + random.nextInt(9998), random.nextInt(14), random.nextInt(33),
                pick(random, List.of("T", "T", "T", "t", " ")), random.nextInt(25), random.nextInt(61), random.nextInt(62),
                pick(random, List.of("", "", ".5", ".123", ".123456789", ".")),
                pick(random, List.of("Z", "Z", "Z", "z", "+00:00", "-08:30", "+23:59", "+24:00", "")));
    }

    private static <T> T pick(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }

    private static Map<String, Kind> withCommon(Map<String, Kind> fields) {
        Map<String, Kind> all = new LinkedHashMap<>(fields);
        all.put("timestamp", Kind.TIMESTAMP);
        all.put("id", Kind.IDENTITY);
        return all;
    }

    private static Map<String, Kind> withType(Map<String, Kind> fields) {
        Map<String, Kind> all = withCommon(fields);
        all.put("type", Kind.WORD);
        return all;
    }

    private static Map<String, Kind> fields(Object... namesAndKinds) {
        Map<String, Kind> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndKinds.length; i += 2) {
            fields.put((String) namesAndKinds[i], (Kind) namesAndKinds[i + 1]);
        }
        return fields;
    }

    private static String sqlite(String sql, Object parameter) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
             PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, (String) parameter);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }
}
