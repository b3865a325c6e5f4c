package dev.tac8.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.Home;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A spool file put together line by line, which knows what must come of it: the records stored, the lines in quarantine. */
final class Delivery {
    private static final JsonMapper JSON = new JsonMapper();

    /** What a line is. */
    private enum Kind { RECORD, BAD, NOTHING }

    private record Line(Kind kind, byte[] content, String end, Map<String, Object> record) {
    }

    /** A bad line, as it must stand in quarantine. */
    record Bad(long line, long offset, String bytes) {
        Bad(long line, long offset, byte[] raw) {
            // One character a byte, to be compared and shown.
            this(line, offset, new String(raw, StandardCharsets.ISO_8859_1));
        }
    }

    private final List<Line> lines = new ArrayList<>();
    private int cut = Integer.MAX_VALUE;

    static Delivery of(Collection<Map<String, Object>> records) {
        Delivery delivery = new Delivery();
        records.forEach(record -> delivery.record(record, "\n"));
        return delivery;
    }

    /** A record as a test writes it out. */
    static Map<String, Object> parse(String line) throws IOException {
        // Numbers as the rest of this package has them.
        return JSON.readerFor(new TypeReference<LinkedHashMap<String, Object>>() { }).with(DeserializationFeature.USE_LONG_FOR_INTS)
                .readValue(line);
    }

    /** Adds a valid record; LF, CRLF or nothing ends the line. */
    Delivery record(Map<String, Object> record, String end) {
        return record("", record, end);
    }

    /** Adds a valid record behind something that does not count, such as a BOM. */
    Delivery record(String before, Map<String, Object> record, String end) {
        byte[] begin = before.getBytes(StandardCharsets.UTF_8);
        byte[] json = Corpus.line(record);
        byte[] content = Arrays.copyOf(begin, begin.length + json.length);
        System.arraycopy(json, 0, content, begin.length, json.length);
        lines.add(new Line(Kind.RECORD, content, end, record));
        return this;
    }

    /** Adds a line that must go to quarantine. */
    Delivery bad(byte[] content, String end) {
        lines.add(new Line(Kind.BAD, content, end, null));
        return this;
    }

    /** Adds a line of white space. */
    Delivery nothing(String content, String end) {
        lines.add(new Line(Kind.NOTHING, content.getBytes(StandardCharsets.UTF_8), end, null));
        return this;
    }

    /** The same file, torn after so many bytes. Only for a file whose bad lines are bad however short. */
    Delivery cutAfter(int bytes) {
        Delivery torn = new Delivery();
        torn.lines.addAll(lines);
        torn.cut = bytes;
        return torn;
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Line line : lines) {
            bytes.writeBytes(line.content());
            bytes.writeBytes(line.end().getBytes(StandardCharsets.US_ASCII));
        }
        return Arrays.copyOf(bytes.toByteArray(), Math.min(bytes.size(), cut));
    }

    /** The first 32 hexadecimal digits of the content's SHA-256. */
    String hash() {
        return hash(bytes());
    }

    static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)).substring(0, 32);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The records that must be stored; events and calls with their record_id. */
    List<Map<String, Object>> stored() {
        return stored(Integer.MAX_VALUE);
    }

    /** The records among the first lines. */
    List<Map<String, Object>> stored(int firstLines) {
        byte[] content = bytes();
        String hash = hash(content);
        List<Map<String, Object>> stored = new ArrayList<>();
        int offset = 0;
        for (Line line : lines.subList(0, Math.min(firstLines, lines.size()))) {
            if (line.kind() == Kind.RECORD && offset + line.content().length <= content.length) {
                Map<String, Object> record = new LinkedHashMap<>(line.record());
                Object id = record.get("id");
                record.put("record_id", id == null || id.equals("") ? hash + "+" + offset : id);
                stored.add(record);
            }
            offset += line.content().length + line.end().length();
        }
        return stored;
    }

    /** The lines that must be in quarantine: LF left out, a CR before it kept. */
    List<Bad> bad() {
        byte[] content = bytes();
        List<Bad> bad = new ArrayList<>();
        int offset = 0;
        for (int i = 0; i < lines.size() && offset < content.length; i++) {
            Line line = lines.get(i);
            int whole = line.content().length + (line.end().startsWith("\r") ? 1 : 0);
            byte[] raw = Arrays.copyOfRange(content, offset, Math.min(offset + whole, content.length));
            boolean torn = line.kind() == Kind.RECORD && raw.length < line.content().length
                    && !new String(raw, StandardCharsets.UTF_8).equals("\uFEFF");
            if (line.kind() == Kind.BAD || torn) {
                bad.add(new Bad(i + 1, offset, raw));
            }
            offset += line.content().length + line.end().length();
        }
        return bad;
    }

    /**
     * Fails unless a home whose spool is drained holds exactly what was delivered: each row whole and once, each bad line once, byte
     * for byte, nothing left behind, and a sound database.
     *
     * @param delivered each delivery once, however often its file was dropped
     * @return one line of figures
     */
    static String check(Home home, Collection<Delivery> delivered) throws IOException {
        List<Map<String, Object>> stored = delivered.stream().flatMap(delivery -> delivery.stored().stream()).toList();
        Map<String, List<String>> expected = Corpus.tables(stored);
        Map<String, List<String>> actual = home.tables();
        Corpus.assertSame(actual, expected);
        Map<String, List<Bad>> bad = new TreeMap<>();
        delivered.stream().filter(delivery -> !delivery.bad().isEmpty()).forEach(delivery -> bad.put(delivery.hash(), delivery.bad()));
        Map<String, List<Bad>> quarantined = quarantined(home);
        assertThat(quarantined.keySet()).as("files with bad lines").isEqualTo(bad.keySet());
        bad.forEach((hash, badLines) -> assertThat(quarantined.get(hash)).as("bad lines of %s", hash)
                .containsExactlyElementsOf(badLines));
        assertThat(home.waiting()).isEmpty();
        try (Stream<Path> left = Files.list(home.spool().resolve("quarantine"))) {
            assertThat(left.filter(path -> path.getFileName().toString().endsWith(".part"))).as("parts left behind").isEmpty();
        }
        home.assertSound();
        return String.format("%d files, %d records, %d rows, %d bad lines; 0 lost, 0 doubled", delivered.size(), stored.size(),
                actual.values().stream().mapToInt(List::size).sum(), bad.values().stream().mapToInt(List::size).sum());
    }

    /** What is in quarantine, by the hash of the spool file. */
    private static Map<String, List<Bad>> quarantined(Home home) throws IOException {
        Map<String, List<Bad>> quarantined = new TreeMap<>();
        for (Path file : home.quarantined()) {
            String name = file.getFileName().toString();
            String hash = name.substring(name.lastIndexOf('-') + 1, name.length() - ".bad".length());
            assertThat(quarantined.put(hash, read(Files.readAllBytes(file), hash))).as("quarantine of %s, once only", hash).isNull();
        }
        return quarantined;
    }

    /** Reads a quarantine file by the lengths in its headers: {@code #HASH {...}}, LF, the bytes, LF. */
    private static List<Bad> read(byte[] content, String hash) throws IOException {
        List<Bad> bad = new ArrayList<>();
        int at = 0;
        while (at < content.length) {
            int end = at;
            while (content[end] != '\n') {
                end++;
            }
            String header = new String(content, at, end - at, StandardCharsets.UTF_8);
            assertThat(header).startsWith("#" + hash + " {");
            JsonNode json = JSON.readTree(header.substring(header.indexOf('{')));
            assertThat(json.path("reason").asText()).as("reason for line %s", json.path("line")).isNotBlank();
            int length = json.path("length").intValue();
            bad.add(new Bad(json.path("line").longValue(), json.path("offset").longValue(),
                    Arrays.copyOfRange(content, end + 1, end + 1 + length)));
            at = end + 1 + length + 1;
            assertThat(content[at - 1]).as("the end of a bad line").isEqualTo((byte) '\n');
        }
        return bad;
    }
}
