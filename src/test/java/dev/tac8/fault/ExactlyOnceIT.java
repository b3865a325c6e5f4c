package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.Home;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands between them, each valid line is stored exactly once, and each bad one is set aside byte for byte. */
class ExactlyOnceIT {
    private static final String EVENT = "{\"type\":\"event\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"event_type\":\"e\","
            + "\"message\":\"m\"";
    private static final String CALL = "{\"type\":\"api_call\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"worker_id\":\"w\",\"model\":\"m\"";
    private static final String BOM = "\uFEFF";
    private static final int MAX_LINE_BYTES = 4 << 20;

    @TempDir
    private Path dir;
    private final Random random = Corpus.random(getClass());

    @Test
    @Tag("once")
    void storesShuffledRecordsOfManyFilesOnceWhenFilesArriveAgainUnderOtherNames() throws Exception {
        Home home = new Home(dir).set("tac8.ingest.chunk-records", 100);
        List<Delivery> deliveries = new ArrayList<>();
        List<Map<String, Object>> records = Corpus.records(random, 10_000, false);
        for (int from = 0; from < records.size();) {
            int to = Math.min(records.size(), from + 1 + random.nextInt(400));
            deliveries.add(Delivery.of(records.subList(from, to)));
            from = to;
        }
        for (int i = 0; i < deliveries.size(); i++) {
            home.drop("a-" + i + ".jsonl", deliveries.get(i).bytes());
        }
        home.drain();
        // Again, half of them while the service is down, half of them while it runs.
        for (int i = 0; i < deliveries.size(); i += 2) {
            home.drop("b-" + i + ".jsonl", deliveries.get(i).bytes());
        }
        home.start();
        for (int i = 1; i < deliveries.size(); i += 2) {
            home.drop("a-" + i + ".jsonl", deliveries.get(i).bytes());
        }
        home.awaitDrained();
        home.stop();

        System.out.println("shuffled and repeated: " + Delivery.check(home, deliveries));
        assertThat(home.done()).hasSize(2 * deliveries.size());
    }

    @Test
    @Tag("once")
    void setsEachBadLineAsideAndStoresItsNeighbours() throws Exception {
        Home home = new Home(dir).set("tac8.ingest.chunk-records", 7);
        List<Delivery> deliveries = new ArrayList<>();
        List<Map<String, Object>> records = Corpus.records(random, 2_000, false);
        for (int file = 0; file < 10; file++) {
            List<byte[]> bad = badLines();
            Collections.shuffle(bad, random);
            Delivery delivery = new Delivery();
            for (int i = 0; i < 200; i++) {
                Map<String, Object> record = records.get(file * 200 + i);
                delivery.record(i == 0 && file % 2 == 0 || random.nextInt(50) == 0 ? BOM : "", record, end());
                if (random.nextInt(3) == 0) {
                    delivery.nothing(List.of("", " ", "\t ", "\r", "  \t\t").get(random.nextInt(5)), "\n");
                }
                if (i < bad.size()) {
                    delivery.bad(bad.get(i), end());
                }
            }
            if (file % 3 == 0) {
                delivery.record(records.get(file), "");
            } else if (file % 3 == 1) {
                delivery.bad("torn {".getBytes(StandardCharsets.UTF_8), "");
            }
            deliveries.add(delivery);
            home.drop(file + ".jsonl", delivery.bytes());
            home.drop(file + "-again.jsonl", delivery.bytes());
        }
        home.drain();

        System.out.println("bad between good: " + badLines().size() + " kinds; " + Delivery.check(home, deliveries));
    }

    @Test
    @Tag("once")
    void takesALineAsLongAsTheLimitAndNoLongerOne() throws Exception {
        int limit = 100_000;
        Home home = new Home(dir).set("tac8.ingest.max-line-bytes", limit);
        Map<String, Object> record = Corpus.records(random, 1, true).get(0);
        Delivery delivery = new Delivery();
        for (String end : List.of("\n", "\r\n", "")) {
            delivery.record(" ".repeat(limit - Corpus.line(record).length), record, end.isEmpty() ? "\n" : end);
            delivery.bad((" ".repeat(limit + 1 - Corpus.line(record).length) + Corpus.json(record)).getBytes(StandardCharsets.UTF_8), end);
        }
        home.drop("a.jsonl", delivery.bytes());
        home.drain();

        Delivery.check(home, List.of(delivery));
    }

    @Test
    @Tag("thorough")
    void storesTheWholeLinesOfAFileTornAtAnyByte() throws Exception {
        Home home = new Home(dir);
        Delivery whole = new Delivery();
        String end = "\n";
        List<Map<String, Object>> records = Corpus.records(random, 200, false);
        whole.record(BOM, first(records, "event"), "\r\n");
        for (String type : List.of("api_call", "session", "task", "worker")) {
            whole.record(first(records, type), end);
            end = end.equals("\n") ? "\r\n" : "\n";
        }
        whole.nothing(" \t", "\r\n").bad("no récord".getBytes(StandardCharsets.UTF_8), "\r\n");
        int length = whole.bytes().length;
        List<Delivery> deliveries = new ArrayList<>();
        for (int cut = 0; cut <= length; cut++) {
            deliveries.add(whole.cutAfter(cut));
            home.drop(String.format("%05d.jsonl", cut), deliveries.get(cut).bytes());
        }
        home.start();
        home.awaitDrained(Duration.ofMinutes(2));
        home.stop();

        System.out.println("torn at every byte: " + Delivery.check(home, deliveries));
        assertThat(home.done()).hasSize(length + 1);
    }

    @Test
    @Tag("thorough")
    void setsALineOf100MegabytesAsideInAHeapOf256() throws Exception {
        Home home = new Home(dir);
        List<Map<String, Object>> records = Corpus.records(random, 100, true);
        byte[] block = new byte[1 << 20];
        random.nextBytes(block);
        for (int i = 0; i < block.length; i++) {
            block[i] = block[i] == '\n' ? 0 : block[i];
        }
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        long length = 0;
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        before.writeBytes(Delivery.of(records.subList(0, 50)).bytes());
        Files.createDirectories(home.spool());
        Path part = home.spool().resolve(".big.part");
        try (var out = Files.newOutputStream(part)) {
            before.writeTo(out);
            while (length < 100_000_000) {
                out.write(block);
                sent.update(block);
                length += block.length;
            }
            out.write('\n');
            out.write(Delivery.of(records.subList(50, records.size())).bytes());
        }
        Files.move(part, home.spool().resolve("big.jsonl"));
        Process process = home.command(List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError"), "run")
                .redirectOutput(home.path("output.log").toFile()).start();
        try {
            home.awaitDrained();
        } finally {
            process.destroy();
            process.waitFor(20, TimeUnit.SECONDS);
        }

        Corpus.assertSame(home.tables(), Corpus.tables(records));
        home.assertSound();
        assertThat(home.quarantined()).hasSize(1);
        assertThat(quarantinedHash(home.quarantined().get(0), length, before.size()))
                .isEqualTo(HexFormat.of().formatHex(sent.digest()));
    }

    /** The hash of the one bad line in a quarantine file, which must say length and offset. */
    private static String quarantinedHash(Path file, long length, long offset) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in = Files.newInputStream(file)) {
            StringBuilder header = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                header.append((char) b);
            }
            assertThat(header).contains("\"line\":51,", "\"offset\":" + offset + ",", "\"length\":" + length + ",");
            InputStream line = new DigestInputStream(in, digest);
            long left = length;
            byte[] buffer = new byte[1 << 16];
            while (left > 0) {
                int read = line.read(buffer, 0, (int) Math.min(buffer.length, left));
                assertThat(read).as("bytes read with %d left", left).isPositive();
                left -= read;
            }
            assertThat(in.readAllBytes()).isEqualTo(new byte[] {'\n'});
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static Map<String, Object> first(List<Map<String, Object>> records, String type) {
        return records.stream().filter(record -> record.get("type").equals(type)).findFirst().orElseThrow();
    }

    private String end() {
        return random.nextInt(4) == 0 ? "\r\n" : "\n";
    }

    /** Every kind of line that is no record. */
    private static List<byte[]> badLines() {
        List<byte[]> lines = new ArrayList<>();
        for (String text : List.of(
                // No JSON, or no object.
                "no record", "{", "}", "{]", EVENT, EVENT + ",}", EVENT + "}}", EVENT + "} x", EVENT + "}" + EVENT + "}",
                EVENT + "} " + EVENT + "}", "[]", "[" + EVENT + "}]", "\"text\"", "17", "null", "true", "{}", "{\"type\":null}",
                "'" + EVENT + "}'", EVENT + ",\"tab\":\"\t\"}", EVENT + ",\"n\":NaN}", EVENT + ",\"n\":01}", EVENT + "} // why", "#",
                // Too deep.
                "[".repeat(100_000), "[".repeat(100_000) + "]".repeat(100_000),
                EVENT + ",\"details\":" + "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_001),
                EVENT + ",\"details\":{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}",
                // Too long.
                "x".repeat(MAX_LINE_BYTES + 1),
                // Lone surrogates and a raw NUL.
                EVENT + ",\"context_id\":\"\\ud83d\"}", EVENT + ",\"context_id\":\"\\ude00\"}", EVENT + ",\"\\ud83d\":1}",
                EVENT + ",\"context_id\":\"\\ude00\\ud83d\"}", EVENT + ",\"details\":{\"deep\":[\"\\uD83D\"]}}",
                EVENT + ",\"context_id\":\"\0\"}", "\0", EVENT + "}\0",
                // Fields that are missing, null or empty.
                EVENT.replace("\"type\":\"event\",", "") + "}", EVENT.replace("\"timestamp\"", "\"time\"") + "}",
                EVENT.replace("\"session_id\"", "\"session\"") + "}", EVENT.replace("\"m\"", "null") + "}",
                EVENT.replace("\"m\"", "\"\"") + "}", EVENT.replace("\"s\"", "\"\"") + "}", EVENT + ",\"message\":null}",
                CALL.replace("\"w\"", "\"\"") + "}", CALL.replace("\"model\":\"m\"", "\"model\":null") + "}",
                "{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\"}",
                "{\"type\":\"task\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"status\":\"active\"}",
                "{\"type\":\"worker\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"worker_id\":\"w\",\"status\":\"spawned\"}",
                // Unknown words.
                EVENT.replace("\"event\"", "\"unknown\"") + "}", EVENT.replace("\"event\"", "\"Event\"") + "}",
                EVENT + ",\"severity\":\"fatal\"}", EVENT + ",\"severity\":\"\"}",
                "{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"status\":\"paused\"}",
                "{\"type\":\"session\",\"timestamp\":\"2026-11-22T10:00:00Z\",\"session_id\":\"s\",\"status\":\"ended\","
                        + "\"exit_reason\":\"bored\"}",
                // Wrong types and ranges.
                EVENT.replace("\"m\"", "5") + "}", EVENT.replace("\"s\"", "[\"s\"]") + "}", EVENT + ",\"details\":[]}",
                EVENT + ",\"details\":\"text\"}", EVENT + ",\"id\":7}", EVENT + ",\"id\":\"" + "i".repeat(129) + "\"}",
                EVENT + ",\"context_id\":450}", CALL + ",\"tokens_input\":-1}", CALL + ",\"tokens_input\":1.5}",
                CALL + ",\"tokens_input\":\"5\"}", CALL + ",\"tokens_input\":9007199254740992}", CALL + ",\"tokens_input\":1e400}",
                CALL + ",\"tokens_input\":1e2147483647}", CALL + ",\"tokens_input\":1e99999999999}",
                CALL + ",\"estimated_cost_usd\":-0.01}", CALL + ",\"estimated_cost_usd\":1e400}",
                CALL + ",\"estimated_cost_usd\":Infinity}", CALL + ",\"estimated_cost_usd\":true}", CALL + ",\"duration_ms\":\"1\"}",
                CALL + ",\"success\":1}", CALL + ",\"success\":\"true\"}", CALL + ",\"task_id\":450}",
                // Times that are none.
                EVENT.replace("2026-11-22T10:00:00Z", "2026-11-22 10:00:00Z") + "}", EVENT.replace("00Z", "00") + "}",
                EVENT.replace("2026-11-22", "2026-02-30") + "}", EVENT.replace("T10", "T24") + "}",
                EVENT.replace("2026-11-22T10", "0000-01-01T00").replace("00Z", "00+01:00") + "}",
                EVENT.replace("\"2026-11-22T10:00:00Z\"", "1763805600") + "}")) {
            lines.add(text.getBytes(StandardCharsets.UTF_8));
        }
        for (String bytes : List.of("\u00FF", "\u00C3", "\u00C0\u0080", "\u00ED\u00A0\u0080", "\u00F4\u0090\u0080\u0080", "\u00E2\u0082")) {
            lines.add((EVENT + ",\"context_id\":\"" + bytes + "\"}").getBytes(StandardCharsets.ISO_8859_1));
        }
        return lines;
    }
}
