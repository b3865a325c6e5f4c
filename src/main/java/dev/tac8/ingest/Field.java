package dev.tac8.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tac8.store.NullCharacter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One field of a record, as the JSON Schema declares it.
 *
 * @param words    the words allowed, or null for any text
 * @param maxBytes the most bytes of UTF-8, of what rows are found by
 */
record Field(String name, Kind kind, boolean required, List<String> words, int minLength, int maxLength, int maxBytes, Range range,
             Pattern pattern, Object fallback) {

    private static final int SHOWN_CHARACTERS = 60;
    /** What JSON Schema has no word for: it counts characters. */
    private static final String MAX_BYTES = "x-maxBytes";
    /** The most bytes of a UTF-16 unit. */
    private static final int UNIT_BYTES = 3;
    /** A keyword outside this set would be published and not checked. */
    private static final Set<String> KEYWORDS = Set.of(
            "description", "type", "enum", "minLength", "maxLength", MAX_BYTES, "minimum", "maximum", "pattern", "default");

    /** The kinds of value, each with its words for a reason. */
    enum Kind {
        TEXT("text"), TIMESTAMP("an RFC 3339 time such as 2026-11-22T10:15:30.123Z"), INTEGER("a whole number"),
        NUMBER("a number"), BOOLEAN("true or false"), OBJECT("a JSON object");

        final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    /** From {@code minimum} to {@code maximum}, in every form that a check needs: to convert a limit takes longer than the check. */
    private record Range(BigDecimal least, BigDecimal most, long leastLong, long mostLong, double leastDouble, double mostDouble) {
        static Range of(JsonNode spec) {
            JsonNode least = spec.path("minimum");
            JsonNode most = spec.path("maximum");
            return new Range(least.decimalValue(), most.decimalValue(), least.longValue(), most.longValue(), least.doubleValue(),
                    most.doubleValue());
        }
    }

    /** The fields that a schema's part declares, {@code type} first. */
    static List<Field> of(JsonNode schema, JsonNode part) {
        Set<String> required = new HashSet<>();
        part.path("required").forEach(name -> required.add(name.textValue()));
        List<Field> fields = new ArrayList<>();
        part.path("properties").properties().forEach(property ->
                fields.add(of(property, required.contains(property.getKey()), schema)));
        return fields;
    }

    private static Field of(Map.Entry<String, JsonNode> property, boolean required, JsonNode schema) {
        JsonNode spec = property.getValue();
        if (spec.has("$ref")) {
            spec = schema.at(spec.get("$ref").textValue().substring(1));
        }
        for (Iterator<String> keywords = spec.fieldNames(); keywords.hasNext();) {
            String keyword = keywords.next();
            if (!KEYWORDS.contains(keyword)) {
                throw new IllegalStateException("record.schema.json uses " + keyword + ", which nothing checks");
            }
        }
        List<String> words = null;
        if (spec.has("enum")) {
            words = new ArrayList<>();
            for (JsonNode word : spec.get("enum")) {
                if (!word.isNull()) {
                    words.add(word.textValue());
                }
            }
        }
        JsonNode fallback = spec.path("default");
        return new Field(property.getKey(), kind(spec), required, words,
                spec.path("minLength").asInt(0), spec.path("maxLength").asInt(Integer.MAX_VALUE), spec.path(MAX_BYTES).asInt(Integer.MAX_VALUE),
                Range.of(spec), spec.has("pattern") ? Pattern.compile(spec.get("pattern").textValue()) : null,
                fallback.isBoolean() ? (fallback.booleanValue() ? 1L : 0L) : fallback.textValue());
    }

    private static Kind kind(JsonNode spec) {
        if (spec.has("enum")) {
            return Kind.TEXT;
        }
        JsonNode type = spec.path("type");
        return switch (type.isArray() ? type.get(0).textValue() : type.textValue()) {
            case "string" -> spec.has("pattern") ? Kind.TIMESTAMP : Kind.TEXT;
            case "integer" -> Kind.INTEGER;
            case "number" -> Kind.NUMBER;
            case "boolean" -> Kind.BOOLEAN;
            case "object" -> Kind.OBJECT;
            default -> throw new IllegalStateException("record.schema.json declares a type that nothing reads: " + type);
        };
    }

    /** A value that fits no kind of field, as a reason shows it. */
    private record Wrong(String shown) {
    }

    /**
     * Reads a value without judging it.
     *
     * @param parser stands on the value's first token, and afterwards on its last
     * @return text, a number, a Boolean or null; a value that cannot be right in this field is kept for the reason
     */
    Object parse(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> kind == Kind.TEXT || kind == Kind.TIMESTAMP ? NullCharacter.shown(parser.getText()) : wrong(parser, true);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> kind == Kind.INTEGER || kind == Kind.NUMBER ? number(parser)
                    : wrong(parser, false);
            case VALUE_TRUE, VALUE_FALSE -> kind == Kind.BOOLEAN ? (Object) parser.getBooleanValue() : wrong(parser, false);
            case START_OBJECT -> kind == Kind.OBJECT ? RecordFormat.write(parser.readValueAsTree()) : skipped(parser, "an object");
            default -> skipped(parser, "an array");
        };
    }

    private Object number(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        // Exact where it must be: a double would round 5.00000000000000000001 to 5.
        return kind == Kind.INTEGER ? parser.getDecimalValue() : amount(parser);
    }

    private static Object amount(JsonParser parser) throws IOException {
        double number = parser.getDoubleValue();
        // A number too small for a double keeps its sign in the text only.
        return number == 0 && parser.getDecimalValue().signum() < 0 ? (Object) parser.getDecimalValue() : (Object) number;
    }

    private static Wrong wrong(JsonParser parser, boolean quoted) throws IOException {
        String text = parser.getText();
        return new Wrong(shortened(quoted ? "\"" + text + "\"" : text));
    }

    private static Wrong skipped(JsonParser parser, String shown) throws IOException {
        parser.skipChildren();
        return new Wrong(shown);
    }

    /**
     * Checks a value that {@link #parse} has read.
     *
     * @return text, a Long, a Double, or null if the field is absent and has no default
     * @throws BadLineException if the value is not what the schema asks for
     */
    Object check(Object value) throws BadLineException {
        if (value == null) {
            if (required) {
                throw new BadLineException(name, name + " is missing");
            }
            return fallback;
        }
        if (value instanceof Wrong) {
            throw wrong(value);
        }
        return switch (kind) {
            case TEXT -> text((String) value);
            case TIMESTAMP -> timestamp((String) value);
            case INTEGER -> integer(value);
            case NUMBER -> number(value);
            case BOOLEAN -> (boolean) value ? 1L : 0L;
            case OBJECT -> value;
        };
    }

    private Object text(String text) throws BadLineException {
        if (words != null && !words.contains(text)) {
            throw new BadLineException(name, name + " is " + shown(text) + "; it must be "
                    + words.stream().collect(Collectors.joining(", ")).replaceFirst(", ([^,]*)$", " or $1"));
        }
        if (text.isEmpty() && minLength > 0) {
            throw new BadLineException(name, name + " is empty");
        }
        if (text.length() > maxBytes / UNIT_BYTES && text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw new TooLongException(name, text.getBytes(StandardCharsets.UTF_8).length, maxBytes);
        }
        if (text.length() > maxLength && text.codePointCount(0, text.length()) > maxLength) {
            throw new BadLineException(name, name + " is longer than " + maxLength + " characters");
        }
        return text;
    }

    private Object timestamp(String text) throws BadLineException {
        if (Timestamps.isStored(text)) {
            return text;
        }
        if (!pattern.matcher(text).matches()) {
            throw wrong(text);
        }
        String stored = Timestamps.toStored(text);
        if (stored == null) {
            throw new BadLineException(name, name + " is " + shown(text) + ", which in UTC is not in the years 0000 to 9999");
        }
        return stored;
    }

    private Object integer(Object value) throws BadLineException {
        if (value instanceof Long number) {
            if (number < range.leastLong || number > range.mostLong) {
                throw wrong(value);
            }
            return number;
        }
        BigDecimal number = (BigDecimal) value;
        // The range first: it is cheap, and an exponent of a billion would otherwise be written out.
        if (number.compareTo(range.least) < 0 || number.compareTo(range.most) > 0) {
            throw wrong(value);
        }
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            throw wrong(value);
        }
    }

    private Object number(Object value) throws BadLineException {
        double number = ((Number) value).doubleValue();
        boolean inRange = number >= range.leastDouble && number <= range.mostDouble;
        if (!inRange || value instanceof BigDecimal) {
            throw wrong(value);
        }
        // Adding 0.0 makes -0.0 plain 0.0.
        return number + 0.0;
    }

    private BadLineException wrong(Object value) {
        String limits = "";
        if (kind == Kind.INTEGER) {
            limits = " from " + range.leastLong + " to " + range.mostLong;
        } else if (kind == Kind.NUMBER) {
            limits = " of at least 0, and finite";
        }
        return new BadLineException(name, name + " is " + shown(value) + "; it must be " + kind.words + limits);
    }

    private static String shown(Object value) {
        if (value instanceof Wrong wrong) {
            return wrong.shown();
        }
        return shortened(value instanceof String ? "\"" + value + "\"" : value.toString());
    }

    private static String shortened(String text) {
        return text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) + "..." : text;
    }
}
