package dev.tac8.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
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
 * @param words the words allowed, or null for any text
 */
record Field(String name, Kind kind, boolean required, List<String> words, int minLength, int maxLength, BigDecimal minimum,
             BigDecimal maximum, Pattern pattern, Object fallback) {

    private static final int SHOWN_CHARACTERS = 60;
    /** A keyword outside this set would be published and not checked. */
    private static final Set<String> KEYWORDS = Set.of(
            "description", "type", "enum", "minLength", "maxLength", "minimum", "maximum", "pattern", "default");

    /** The kinds of value, each with its words for a reason. */
    private enum Kind {
        TEXT("text"), TIMESTAMP("an RFC 3339 time such as 2026-11-22T10:15:30.123Z"), INTEGER("a whole number"),
        NUMBER("a number"), BOOLEAN("true or false"), OBJECT("a JSON object");

        final String words;

        Kind(String words) {
            this.words = words;
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
                spec.path("minLength").asInt(0), spec.path("maxLength").asInt(Integer.MAX_VALUE),
                spec.path("minimum").decimalValue(), spec.path("maximum").decimalValue(),
                spec.has("pattern") ? Pattern.compile(spec.get("pattern").textValue()) : null,
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

    /**
     * Checks one value.
     *
     * @return text, a Long, a Double, or null where the field is absent and has no default
     * @throws BadLineException where the value is not what the schema asks for
     */
    Object read(JsonNode value) throws BadLineException {
        if (value == null || value.isNull()) {
            if (required) {
                throw new BadLineException(name, name + " is missing");
            }
            return fallback;
        }
        return switch (kind) {
            case TEXT -> text(value);
            case TIMESTAMP -> timestamp(value);
            case INTEGER -> integer(value);
            case NUMBER -> number(value);
            case BOOLEAN -> value.isBoolean() ? (Object) (value.booleanValue() ? 1L : 0L) : wrong(value);
            case OBJECT -> value.isObject() ? RecordFormat.write(value) : wrong(value);
        };
    }

    private Object text(JsonNode value) throws BadLineException {
        if (!value.isTextual()) {
            return wrong(value);
        }
        String text = value.textValue();
        if (words != null && !words.contains(text)) {
            throw new BadLineException(name, name + " is " + shown(value) + "; it must be "
                    + words.stream().collect(Collectors.joining(", ")).replaceFirst(", ([^,]*)$", " or $1"));
        }
        if (text.isEmpty() && minLength > 0) {
            throw new BadLineException(name, name + " is empty");
        }
        if (text.length() > maxLength && text.codePointCount(0, text.length()) > maxLength) {
            throw new BadLineException(name, name + " is longer than " + maxLength + " characters");
        }
        return text;
    }

    private Object timestamp(JsonNode value) throws BadLineException {
        if (!value.isTextual()) {
            return wrong(value);
        }
        String text = value.textValue();
        if (Timestamps.isStored(text)) {
            return text;
        }
        if (!pattern.matcher(text).matches()) {
            return wrong(value);
        }
        String stored = Timestamps.toStored(text);
        if (stored == null) {
            throw new BadLineException(name, name + " is " + shown(value) + ", which in UTC is not in the years 0000 to 9999");
        }
        return stored;
    }

    private Object integer(JsonNode value) throws BadLineException {
        if (!value.isNumber()) {
            return wrong(value);
        }
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            long number = value.longValue();
            if (number >= minimum.longValue() && number <= maximum.longValue()) {
                return number;
            }
            return wrong(value);
        }
        BigDecimal number = value.decimalValue();
        // The range first: it is cheap, and an exponent of a billion would otherwise be written out.
        if (number.compareTo(minimum) >= 0 && number.compareTo(maximum) <= 0) {
            try {
                return number.longValueExact();
            } catch (ArithmeticException e) {
                return wrong(value);
            }
        }
        return wrong(value);
    }

    private Object number(JsonNode value) throws BadLineException {
        if (!value.isNumber()) {
            return wrong(value);
        }
        double number = value.doubleValue();
        if (!(number >= minimum.doubleValue() && number <= maximum.doubleValue())) {
            return wrong(value);
        }
        // Adding 0.0 makes -0.0 plain 0.0.
        return number + 0.0;
    }

    private Object wrong(JsonNode value) throws BadLineException {
        String range = "";
        if (kind == Kind.INTEGER) {
            range = " from " + minimum.toPlainString() + " to " + maximum.toPlainString();
        } else if (kind == Kind.NUMBER) {
            range = " of at least 0, and finite";
        }
        throw new BadLineException(name, name + " is " + shown(value) + "; it must be " + kind.words + range);
    }

    private static String shown(JsonNode value) {
        if (value.isContainerNode()) {
            return value.isArray() ? "an array" : "an object";
        }
        String text = value.toString();
        return text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) + "..." : text;
    }
}
