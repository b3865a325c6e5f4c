package dev.tac8.ingest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.TreeNode;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.store.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The record format: turns the bytes of one line into a record, or says why it is not one.
 *
 * <p>The published JSON Schema ({@code record.schema.json}) drives the checks of fields; what a schema cannot say (raw
 * bytes, surrogates, what follows the object) is checked here.
 */
public final class RecordFormat {
    /** A deeper line is not a record: SQLite's JSON functions stop at this depth, and so does Jackson by default. */
    static final int MAX_DEPTH = StreamReadConstraints.DEFAULT_MAX_DEPTH;

    private static final Pattern PLACE = Pattern.compile("\\[Source: .*?column: (\\d+)]");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                    .build())
            // Numbers in `details` and `config` keep their digits.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Where the value of a field is put when a line is read, and where the rows of a shape have it. */
    record Slot(int index, Field field, int place) {
    }

    /** What a record of a type holds. */
    private record Shape(RecordType type, List<Slot> slots) {
    }

    private final Map<String, Slot> slots = new HashMap<>();
    private final PlainLine.Names names;
    private final Map<String, Shape> shapes = new HashMap<>();
    private final Map<String, Row.Columns> tables = new LinkedHashMap<>();

    public RecordFormat() {
        this(readSchema());
    }

    RecordFormat(JsonNode schema) {
        JSON.getFactory().setStreamReadConstraints(StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                // The line's own limit bounds its texts.
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .build());
        Map<String, List<String>> columns = new LinkedHashMap<>();
        for (JsonNode type : schema.path("properties").path("type").path("enum")) {
            List<Field> fields = new ArrayList<>(Field.of(schema, schema));
            fields.addAll(Field.of(schema, schema.path("$defs").path(type.textValue())));
            RecordType recordType = RecordType.of(type.textValue());
            List<String> ofTable = columns.computeIfAbsent(recordType.table(), absent -> new ArrayList<>());
            List<Slot> ofType = new ArrayList<>();
            for (Field field : fields) {
                Slot known = slots.computeIfAbsent(field.name(), name -> new Slot(slots.size(), field, -1));
                if (known.field().kind() != field.kind()) {
                    throw new IllegalStateException("record.schema.json gives " + field.name() + " another kind in each type");
                }
                ofType.add(new Slot(known.index(), field, place(field.name(), ofTable)));
            }
            recordType.furtherColumns().forEach(column -> place(column, ofTable));
            shapes.put(type.textValue(), new Shape(recordType, List.copyOf(ofType)));
        }
        columns.forEach((table, ofTable) -> tables.put(table, new Row.Columns(table, List.copyOf(ofTable))));
        names = new PlainLine.Names(slots.values());
    }

    /** Where a column is, or comes to be if another type of the table has not brought it. */
    private static int place(String column, List<String> columns) {
        if (!columns.contains(column)) {
            columns.add(column);
        }
        return columns.indexOf(column);
    }

    /** The columns that records fill, by table, and the fields that are no column. */
    public Map<String, List<String>> columns() {
        return tables.values().stream().collect(Collectors.toMap(Row.Columns::table, Row.Columns::names));
    }

    /** A row of nulls, with each column of its table that records of any type fill. */
    Row row(String table) {
        return new Row(tables.get(table));
    }

    /**
     * A line as a row of the table of its type.
     *
     * @param row every field of the type, absent ones as null, timestamps in UTC, objects as JSON text, and the other columns of
     *            the table, all null
     */
    record Checked(RecordType type, Row row) {
    }

    /**
     * Checks one line.
     *
     * @throws BadLineException with the first reason found
     */
    public void check(byte[] line) throws BadLineException {
        read(line, 0, line.length);
    }

    /**
     * Reads one record.
     *
     * @throws BadLineException with the first reason found
     */
    Checked read(byte[] bytes, int offset, int length) throws BadLineException {
        Object[] values = values(bytes, offset, length);
        Slot type = slots.get("type");
        Shape shape = shapes.get((String) type.field().check(values[type.index()]));
        Row row = row(shape.type().table());
        for (Slot slot : shape.slots()) {
            row.set(slot.place(), slot.field().check(values[slot.index()]));
        }
        return new Checked(shape.type(), row);
    }

    private Object[] values(byte[] bytes, int offset, int length) throws BadLineException {
        PlainLine line = plain(bytes, offset, length);
        Object[] values = new Object[slots.size()];
        if (!line.read(values)) {
            return parsed(bytes, offset, length);
        }
        if (!line.isAscii()) {
            checkUtf8(bytes, offset, length);
        }
        return values;
    }

    /** The values as the parser alone reads them, which decides. */
    Object[] parsed(byte[] bytes, int offset, int length) throws BadLineException {
        checkText(bytes, offset, length);
        return parse(bytes, offset, length);
    }

    /** What reads a line without a parser, if that is plain. */
    PlainLine plain(byte[] bytes, int offset, int length) {
        return new PlainLine(names, bytes, offset, length);
    }

    /** The values of the fields we know, unchecked: of duplicate keys the last counts, even if an earlier one is wrong. */
    private Object[] parse(byte[] bytes, int offset, int length) throws BadLineException {
        Object[] values = new Object[slots.size()];
        try (JsonParser parser = JSON.createParser(bytes, offset, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new BadLineException(null, "the line is not a JSON object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                Slot slot = slots.get(parser.currentName());
                parser.nextToken();
                if (slot == null) {
                    parser.skipChildren();
                } else {
                    values[slot.index()] = slot.field().parse(parser);
                }
            }
            if (parser.nextToken() != null) {
                throw new BadLineException(null, "the line is not valid JSON: something follows the object (at character "
                        + parser.currentTokenLocation().getColumnNr() + ")");
            }
            return values;
        } catch (StreamConstraintsException e) {
            throw new BadLineException(null, "the line is beyond a limit: " + reason(e));
        } catch (JacksonException e) {
            throw new BadLineException(null, "the line is not valid JSON: " + reason(e));
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new BadLineException(null, "the line is not valid JSON: " + e.getMessage());
        }
    }

    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage();
        // Jackson describes its own set-up behind the actual reason, and in each place that it names.
        int end = message.indexOf(" (for `") < 0 ? message.length() : message.indexOf(" (for `");
        String where = e.getLocation() == null ? "" : " (at character " + e.getLocation().getColumnNr() + ")";
        return PLACE.matcher(message.substring(0, end).lines().findFirst().orElse("")).replaceAll("character $1") + where;
    }

    /** What Jackson would let pass or would name badly: raw NUL, invalid UTF-8, a lone surrogate. */
    private static void checkText(byte[] bytes, int offset, int length) throws BadLineException {
        int end = offset + length;
        boolean ascii = true;
        boolean escapes = false;
        for (int i = offset; i < end; i++) {
            byte b = bytes[i];
            if (b <= 0) {
                if (b == 0) {
                    throw new BadLineException(null, "the line holds a raw NUL byte, at its byte " + (i - offset));
                }
                ascii = false;
            }
            escapes |= b == '\\';
        }
        if (!ascii) {
            checkUtf8(bytes, offset, length);
        }
        if (escapes) {
            checkSurrogates(bytes, offset, end);
        }
    }

    private static void checkUtf8(byte[] bytes, int offset, int length) throws BadLineException {
        ByteBuffer input = ByteBuffer.wrap(bytes, offset, length);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(input);
        } catch (CharacterCodingException e) {
            throw new BadLineException(null, "the line is not valid UTF-8, at its byte " + (input.position() - offset));
        }
    }

    private static void checkSurrogates(byte[] bytes, int offset, int end) throws BadLineException {
        for (int i = offset; i < end - 1; i++) {
            if (bytes[i] != '\\') {
                continue;
            }
            int unit = escapedUnit(bytes, i, end);
            if (Character.isHighSurrogate((char) unit) && Character.isLowSurrogate((char) escapedUnit(bytes, i + 6, end))) {
                i += 11;
            } else if (Character.isSurrogate((char) unit)) {
                throw new BadLineException(null, "the line holds a lone surrogate, at its byte " + (i - offset));
            } else {
                i++;
            }
        }
    }

    /** The UTF-16 unit of the escape {@code \}{@code uXXXX} at i, or 0 if there is none. */
    private static int escapedUnit(byte[] bytes, int i, int end) {
        if (i + 6 > end || bytes[i] != '\\' || bytes[i + 1] != 'u') {
            return 0;
        }
        int unit = 0;
        for (int j = i + 2; j < i + 6; j++) {
            int digit = Character.digit(bytes[j], 16);
            if (digit < 0) {
                return 0;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    private static JsonNode readSchema() {
        try (InputStream in = RecordFormat.class.getResourceAsStream("/record.schema.json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JSON text of a value, compact; of duplicate keys the last has won already. */
    static String write(TreeNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JacksonException e) {
            throw new IllegalStateException(e);
        }
    }
}
