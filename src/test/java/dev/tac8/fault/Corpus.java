package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;

/**
 * Valid records at random, of all five types, with everything that makes joining them tricky: tasks and workers that fail and are
 * tried again, calls of workers nobody spawned, events of sessions nobody started, one id on two contents, repeats, ties.
 *
 * <p>A record is a map from field to text, Long, Double, Boolean, Map or null. {@link #tables} says what records must give.
 */
public final class Corpus {
    private static final JsonMapper JSON = new JsonMapper();
    private static final JsonNode SCHEMA = schema();
    private static final JsonNode FORMAT = SCHEMA.get("$defs");
    /** The types that nothing here is tricky about: their records are made of what the format says. */
    private static final List<String> PLAIN = types("session", "task", "worker", "event", "api_call");
    private static final long BEGIN = Instant.parse("2026-11-22T10:00:00Z").toEpochMilli();
    /** Times are few, so that many coincide. */
    private static final int SECONDS = 12;
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");
    /** In the order of UTF-16 the last two stand the other way round than in SQLite's. */
    private static final List<String> TEXTS = List.of("unknown", "plain", "it's \"quoted\"\n\\twice", "Zürich 漢字", "\uFF5Ewide", "😀 pair");

    private final Random random;
    private int made;

    private Corpus(Random random) {
        this.random = random;
    }

    private static JsonNode schema() {
        try {
            return JSON.readTree(Corpus.class.getResource("/record.schema.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> types(String... others) {
        List<String> types = new ArrayList<>();
        SCHEMA.at("/properties/type/enum").forEach(type -> types.add(type.textValue()));
        types.removeAll(List.of(others));
        return types;
    }

    /** A source of randomness that can be had again: prints its seed, which -Dtac8.test.seed sets. */
    public static Random random(Class<?> test) {
        long seed = Long.getLong("tac8.test.seed", System.nanoTime());
        System.out.println(test.getSimpleName() + ": -Dtac8.test.seed=" + seed);
        return new Random(seed);
    }

    /**
     * At least so many records, in no order.
     *
     * @param allHaveIds whether each event and call brings an id; else some leave it out
     */
    public static List<Map<String, Object>> records(Random random, int count, boolean allHaveIds) {
        Corpus corpus = new Corpus(random);
        List<Map<String, Object>> records = new ArrayList<>();
        while (records.size() < count) {
            // Names come back, but not so often that all records are of the same few rows.
            int story = corpus.made++;
            records.addAll(corpus.story("r" + story, "s" + story / 3));
            for (int i = 0; i < 12; i++) {
                int other = Math.max(0, story - random.nextInt(3));
                records.add(corpus.anything("r" + other, "s" + other / 3));
            }
        }
        for (int i = 0; i < count / 20; i++) {
            Map<String, Object> record = records.get(random.nextInt(records.size()));
            records.add(random.nextBoolean() ? record : corpus.otherContent(record));
        }
        if (!allHaveIds) {
            records.replaceAll(record -> random.nextInt(3) == 0 ? corpus.without(record, "id") : record);
        }
        Collections.shuffle(records, random);
        return records;
    }

    /** The same records, each in one of several times; what is of one id comes in the same. */
    public static List<Map<String, Object>> spread(Random random, List<Map<String, Object>> records, List<Instant> begins) {
        return at(random, records, record -> record.get("id") == null ? begins.get(random.nextInt(begins.size()))
                : begins.get(Math.floorMod(record.get("id").hashCode(), begins.size())));
    }

    /** The same records, each in any of several times, whatever it came in before. */
    public static List<Map<String, Object>> scatter(Random random, List<Map<String, Object>> records, List<Instant> begins) {
        return at(random, records, record -> begins.get(random.nextInt(begins.size())));
    }

    private static List<Map<String, Object>> at(Random random, List<Map<String, Object>> records, Function<Map<String, Object>, Instant> begin) {
        return records.stream().map(record -> {
            Map<String, Object> other = new LinkedHashMap<>(record);
            other.put("timestamp", begin.apply(record).plusMillis(random.nextInt(SECONDS) * 1000L).toString());
            return other;
        }).toList();
    }

    /** The tables that records must give, each of which has an id or, from a {@link Delivery}, its record_id. */
    public static Map<String, List<String>> tables(Collection<Map<String, Object>> records) {
        return Expected.tables(records.stream().map(record -> {
            Map<String, Object> identified = new LinkedHashMap<>(record);
            identified.putIfAbsent("record_id", record.get("id"));
            return identified;
        }).toList());
    }

    /** Fails unless tables hold the same rows, each once; shows a few of those that differ. */
    public static void assertSame(Map<String, List<String>> actual, Map<String, List<String>> expected) {
        for (String table : Home.TABLES) {
            Set<String> missing = new LinkedHashSet<>(expected.get(table));
            actual.get(table).forEach(missing::remove);
            Set<String> unexpected = new LinkedHashSet<>(actual.get(table));
            expected.get(table).forEach(unexpected::remove);
            assertThat(unexpected.stream().limit(3)).as("rows of %s that nobody delivered (%d; lost: %d, such as %s)", table,
                    unexpected.size(), missing.size(), missing.stream().limit(3).toList()).isEmpty();
            assertThat(missing.stream().limit(3)).as("rows of %s that are lost (%d)", table, missing.size()).isEmpty();
            assertThat(actual.get(table).equals(expected.get(table))).as("%s holds each row once", table).isTrue();
        }
    }

    /** A record as a line of a spool file, without its end. */
    public static byte[] line(Map<String, Object> record) {
        return json(record).getBytes(StandardCharsets.UTF_8);
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Map<?, ?> parse(String object) {
        try {
            return JSON.readValue(object, Map.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A task from detection to a second, successful attempt. */
    private List<Map<String, Object>> story(String name, String session) {
        String task = "gh-" + name;
        String first = "w-" + name + "-1";
        String second = "w-" + name + "-2";
        List<Map<String, Object>> story = new ArrayList<>();
        story.add(task(session, task, "detected"));
        story.add(task(session, task, "active"));
        story.add(worker(session, task, first, "spawned"));
        story.add(worker(session, task, first, "failed"));
        story.add(task(session, task, "failed"));
        story.add(task(session, task, "active"));
        story.add(worker(session, task, second, "spawned"));
        story.add(worker(session, task, second, "completed"));
        story.add(task(session, task, "completed"));
        // The worker's own record says where these belong.
        story.add(call(null, null, first));
        story.add(call(null, null, second));
        story.add(call(session, task, second));
        story.add(event(session));
        return story;
    }

    /** Any record, of names that may or may not occur elsewhere. */
    private Map<String, Object> anything(String name, String session) {
        String task = oneOf("gh-" + name, "gh-" + name + "-more");
        String worker = oneOf("w-" + name + "-1", "w-" + name + "-2", "w-" + name + "-nobody");
        int kind = random.nextInt(6 + PLAIN.size());
        return switch (kind) {
            case 0 -> session(session, oneOf("started", "ended"));
            case 1 -> task(oneOf(session, session, "s-never-" + name, "unknown"), oneOf(task, task, task, "unknown"),
                    oneOf("detected", "active", "completed", "failed"));
            case 2 -> worker(session, oneOf(task, task, task, "unknown"), worker, oneOf("spawned", "completed", "failed"));
            case 3 -> event(oneOf(session, "s-never-" + name, "s-never-" + name, "unknown"));
            case 4 -> call(oneOf(session, null, "", "s-called-" + name), oneOf(task, null, ""), worker);
            case 5 -> call(null, null, "w-" + name + "-nobody-" + made++);
            default -> plain(PLAIN.get(kind - 6), Map.of("session_id", session, "task_id", task, "worker_id", worker));
        };
    }

    private Map<String, Object> session(String session, String status) {
        return optional(record("session", "session_id", session, "status", status), "git_commit", oneOf("unknown", "0a1b2c", "f00"),
                "exit_reason", oneOf("normal", "error", "signal"), "config", object());
    }

    private Map<String, Object> task(String session, String task, String status) {
        return optional(record("task", "session_id", session, "task_id", task, "status", status), "issue_number", number(),
                "title", oneOf(TEXTS), "pr_number", number());
    }

    private Map<String, Object> worker(String session, String task, String worker, String status) {
        return optional(record("worker", "session_id", session, "task_id", task, "worker_id", worker, "status", status),
                "pid", number(), "exit_code", (long) random.nextInt(4) - 1, "log_file", oneOf("unknown", "logs/a.jsonl", "logs/b.jsonl"));
    }

    private Map<String, Object> event(String session) {
        return optional(identified(record("event", "session_id", session, "event_type", oneOf("trigger", "worktree", "unknown"),
                "message", oneOf(TEXTS))), "severity", oneOf("debug", "info", "warning", "error"),
                "context_type", oneOf("task", "worktree_op", "unknown"), "context_id", oneOf(TEXTS), "details", object());
    }

    private Map<String, Object> call(String session, String task, String worker) {
        return optional(identified(record("api_call", "worker_id", oneOf(worker, worker, worker, "unknown", "(claude " + worker + ")"),
                        "model", oneOf("claude-fable", "unknown"))),
                "session_id", session, "task_id", task, "price_version", oneOf("2026-10-01", "2026-11-01"), "usage", usage(), "estimated_cost_usd", random.nextInt(1_000_000) / 1e5,
                "duration_ms", (double) random.nextInt(5000), "success", random.nextBoolean());
    }

    private Map<String, Object> plain(String type, Map<String, String> parents) {
        Map<String, Object> record = record(type);
        FORMAT.at("/" + type + "/required").forEach(field -> record.put(field.textValue(), parents.containsKey(field.textValue())
                ? oneOf(parents.get(field.textValue()), "unknown") : any(FORMAT.at("/" + type + "/properties/" + field.textValue()))));
        return optional(identified(record));
    }

    private Map<String, Object> record(String type, Object... fields) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("type", type);
        record.put("timestamp", time());
        for (int i = 0; i < fields.length; i += 2) {
            record.put((String) fields[i], fields[i + 1]);
        }
        return record;
    }

    /** Adds some of the fields, and of all others that the format has, some as null, and some that no table has. */
    private Map<String, Object> optional(Map<String, Object> record, Object... given) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < given.length; i += 2) {
            fields.put((String) given[i], given[i + 1]);
        }
        FORMAT.at("/" + record.get("type") + "/properties").properties().forEach(field -> {
            if (!record.containsKey(field.getKey()) && !fields.containsKey(field.getKey())) {
                fields.put(field.getKey(), any(field.getValue()));
            }
        });
        fields.forEach((field, value) -> {
            int chance = random.nextInt(10);
            // What a caller left null stays out or is null.
            if (chance < 6 || chance == 9) {
                record.put(field, chance == 9 ? null : value);
            }
        });
        if (random.nextInt(20) == 0) {
            record.put("not_a_column", object());
        }
        return record;
    }

    private Map<String, Object> identified(Map<String, Object> record) {
        record.put("id", "id-" + made++ + "-é");
        return record;
    }

    /** The same id on another record of the type: where columns differ, both count. */
    private Map<String, Object> otherContent(Map<String, Object> record) {
        Map<String, Object> other = new LinkedHashMap<>(switch ((String) record.get("type")) {
            case "event" -> event((String) record.get("session_id"));
            case "api_call" -> call(null, null, (String) record.get("worker_id"));
            default -> record;
        });
        if (record.containsKey("id")) {
            other.put("id", record.get("id"));
        }
        return other;
    }

    private Map<String, Object> without(Map<String, Object> record, String field) {
        Map<String, Object> other = new LinkedHashMap<>(record);
        if (random.nextInt(4) > 0) {
            other.remove(field);
        } else {
            // These, too, are no id.
            other.put(field, oneOf(null, ""));
        }
        return other;
    }

    /** A time in one of the forms of RFC 3339. */
    private String time() {
        Instant time = Instant.ofEpochMilli(BEGIN + random.nextInt(SECONDS) * 1000L + random.nextInt(2) * 500L);
        int hours = random.nextInt(27) - 13;
        return switch (random.nextInt(4)) {
            case 0 -> LOCAL.format(time.atOffset(ZoneOffset.ofHours(hours))) + String.format("%+03d:00", hours);
            case 1 -> LOCAL.format(time.atOffset(ZoneOffset.UTC)) + "999Z";
            default -> LOCAL.format(time.atOffset(ZoneOffset.UTC)) + "Z";
        };
    }

    private Object any(JsonNode field) {
        if (field.has("enum")) {
            return field.get("enum").get(random.nextInt(field.get("enum").size())).textValue();
        }
        String kind = field.path("$ref").asText();
        return switch (kind) {
            case "#/$defs/count" -> number();
            case "#/$defs/amount" -> random.nextInt(1_000_000) / 1e5;
            case "#/$defs/text", "#/$defs/name" -> oneOf(TEXTS);
            case "#/$defs/object" -> object();
            default -> throw new IllegalStateException("a field of its own kind needs its values here: " + kind);
        };
    }

    private Long number() {
        return random.nextInt(10) == 0 ? 9007199254740991L : (long) random.nextInt(1000);
    }

    private Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("text", oneOf(TEXTS));
        object.put("digits", new BigDecimal("1.50"));
        object.put("more", List.of(random.nextInt(100), Map.of()));
        return object;
    }

    private Map<String, Object> usage() {
        return optional(new LinkedHashMap<>(), "since", oneOf("2026-11-22T10:00:00.000Z", "2026-11-22T10:00:01.000Z"),
                "agent_session", oneOf("1", "2"));
    }

    private String oneOf(String... values) {
        return values[random.nextInt(values.length)];
    }

    private String oneOf(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }
}
