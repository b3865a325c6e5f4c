package dev.tac8.page;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.JsonFactory;
import dev.tac8.text.Json;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The JSON of an event or a session, as text to be read. */
public final class Details {
    private static final int MOST_CHARACTERS = 20_000;
    private static final int MOST_SAID = 4;
    private static final int LONGEST_SAID = 60;
    private static final JsonFactory JSON = Json.withoutLimits();

    private Details() {
    }

    /** Laid out in lines; what is no JSON, or too long to be laid out, as it is. */
    public static String pretty(Object json) {
        String text = Text.of(json);
        if (text.length() > MOST_CHARACTERS) {
            return lines(text.substring(0, MOST_CHARACTERS)) + "\n… and " + (text.length() - MOST_CHARACTERS) + " characters more, which the list as JSON has";
        }
        StringWriter laidOut = new StringWriter();
        try (JsonParser parser = JSON.createParser(text); JsonGenerator generator = JSON.createGenerator(laidOut).useDefaultPrettyPrinter()) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                generator.copyCurrentEvent(parser);
            }
        } catch (IOException e) {
            return lines(text);
        }
        return lines(laidOut.toString());
    }

    /** The first simple values of an object, with their names; empty if there is none. */
    public static String brief(Object json) {
        List<String> said = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(Text.of(json))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return "";
            }
            while (said.size() < MOST_SAID && parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
                    said.add(Text.cut(Text.printable(name + " " + parser.getText()), LONGEST_SAID));
                }
                parser.skipChildren();
            }
        } catch (IOException e) {
            return String.join(", ", said);
        }
        return String.join(", ", said);
    }

    private static String lines(String text) {
        return text.lines().map(Text::printable).collect(Collectors.joining("\n"));
    }
}
