package dev.tac8.history;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Which fields of a line are wanted: the others, such as what a tool has said, are passed over and never built. */
final class Shape {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** All that is there. */
    private static final Shape WHOLE = new Shape(null);

    private final Map<String, Shape> fields;

    private Shape(Map<String, Shape> fields) {
        this.fields = fields;
    }

    /** @param paths such as {@code message.usage}, of which all is wanted; of an array, of each of its elements */
    static Shape of(String... paths) {
        Shape shape = new Shape(new HashMap<>());
        for (String path : paths) {
            String[] names = path.split("\\.");
            Shape at = shape;
            for (int i = 0; i < names.length - 1; i++) {
                at = at.fields.computeIfAbsent(names[i], name -> new Shape(new HashMap<>()));
            }
            at.fields.put(names[names.length - 1], WHOLE);
        }
        return shape;
    }

    /** What is wanted of the value at which the parser stands. */
    JsonNode read(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT:
                ObjectNode object = NODES.objectNode();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    Shape shape = fields == null ? this : fields.get(name);
                    parser.nextToken();
                    if (shape == null) {
                        parser.skipChildren();
                    } else {
                        object.set(name, shape.read(parser));
                    }
                }
                return object;
            case START_ARRAY:
                ArrayNode array = NODES.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(read(parser));
                }
                return array;
            case VALUE_STRING:
                return fields != null ? NODES.nullNode() : NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT:
                return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER ? NODES.numberNode(parser.getBigIntegerValue())
                        : NODES.numberNode(parser.getLongValue());
            case VALUE_NUMBER_FLOAT:
                return DecimalNode.valueOf(parser.getDecimalValue());
            case VALUE_TRUE:
                return NODES.booleanNode(true);
            case VALUE_FALSE:
                return NODES.booleanNode(false);
            default:
                return NODES.nullNode();
        }
    }
}
