package dev.tac8.query;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tac8.text.Json;
import dev.tac8.text.Text;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;

/**
 * Writes answers: as text for people, as one JSON document, or as CSV.
 *
 * @param form     which of the three
 * @param zone     in which times are shown to people; JSON and CSV have them as they are stored, in UTC
 * @param terminal whether it writes to a terminal: then nothing is written that a terminal would obey
 * @param width    the columns of the terminal, or 0 for no limit
 * @param colour   whether text may be coloured
 */
public record Output(Form form, ZoneId zone, boolean terminal, int width, boolean colour, PrintWriter out, PrintWriter err) {
    /** For text that must be wrapped if the width is not known. */
    public static final int DEFAULT_WIDTH = 100;
    /** Columns that hold JSON. */
    private static final Set<String> JSON_COLUMNS = Set.of("details", "config");

    /** The ways to write an answer. */
    public enum Form { TEXT, JSON, CSV }

    /** Writes an answer; what is missing from it is said with it, or beside it if the form has no place for that. */
    public void print(Answer answer, List<String> missing) {
        switch (form) {
            case JSON -> json(answer, missing);
            case CSV -> csv(answer);
            default -> text(answer);
        }
        out.flush();
        if (form != Form.JSON) {
            missing.forEach(this::say);
            err.flush();
        }
    }

    /** Writes a sentence beside the answer, which may hold what was stored or typed. */
    public void say(String sentence) {
        err.println("tac8: " + Text.printable(sentence));
    }

    /** Writes the names of the columns of a CSV list that goes on. */
    public void heading(Rows rows) {
        csvLine(rows.columns().toArray());
        out.flush();
    }

    /** Writes rows of a list that goes on: no heading, and JSON a line each. */
    public void lines(Rows rows) {
        switch (form) {
            case JSON -> rows.rows().forEach(row -> out.println(jsonLine(rows.columns(), row)));
            case CSV -> rows.rows().forEach(this::csvLine);
            default -> new Table(rows, zone, width, colour, false).print(out, false);
        }
        out.flush();
    }

    private void text(Answer answer) {
        boolean first = true;
        for (Answer.Part part : answer.parts()) {
            if (part.aside() || !part.one() && part.rows().isEmpty()) {
                continue;
            }
            if (!first) {
                out.println();
            }
            first = false;
            if (part.title() != null) {
                out.println(Text.printable(part.title()));
            }
            Table table = new Table(part.forPeople(), zone, width, colour, part.asIs());
            if (part.one()) {
                table.printCard(out);
            } else {
                table.print(out, true);
            }
        }
        for (String remark : answer.remarksForPeople()) {
            out.println(Text.printable(remark));
        }
    }

    private void csv(Answer answer) {
        answer.parts().stream().filter(part -> !part.one() && !part.aside()).findFirst().or(() -> answer.parts().stream().findFirst()).ifPresent(part -> {
            csvLine(part.rows().columns().toArray());
            part.rows().rows().forEach(this::csvLine);
        });
        answer.remarks().forEach(this::say);
    }

    private void csvLine(Object[] values) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            String value = Text.of(values[i]);
            if (terminal) {
                value = Text.printable(value);
            }
            boolean quoted = value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            line.append(i == 0 ? "" : ",").append(quoted ? "\"" + value.replace("\"", "\"\"") + "\"" : value);
        }
        out.print(line.append("\r\n"));
    }

    private void json(Answer answer, List<String> missing) {
        JsonMapper mapper = mapper();
        try {
            JsonGenerator json = mapper.createGenerator(out).setCharacterEscapes(new HarmlessJson());
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).useDefaultPrettyPrinter();
            json.writeStartObject();
            for (Answer.Part part : answer.parts()) {
                json.writeFieldName(part.name());
                Rows rows = part.asIs() ? part.rows() : Coverage.forPrograms(part.rows());
                if (part.one()) {
                    row(json, mapper, rows.columns(), rows.isEmpty() ? null : rows.rows().get(0));
                    continue;
                }
                json.writeStartArray();
                for (Object[] row : rows.rows()) {
                    row(json, mapper, rows.columns(), row);
                }
                json.writeEndArray();
            }
            strings(json, "remarks", answer.remarks());
            strings(json, "missing", missing);
            json.writeEndObject();
            json.close();
            out.println();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonMapper mapper() {
        return JsonMapper.builder(Json.withoutLimits()).build();
    }

    private static String jsonLine(List<String> columns, Object[] row) {
        JsonMapper mapper = mapper();
        StringWriter line = new StringWriter();
        try (JsonGenerator json = mapper.createGenerator(line).setCharacterEscapes(new HarmlessJson())) {
            row(json, mapper, columns, row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.toString();
    }

    /** Whether a text is one JSON value: a free query may give any column this name. */
    private static boolean isJson(JsonMapper mapper, String text) {
        try (JsonParser parser = mapper.createParser(text)) {
            int values = 0;
            while (parser.nextToken() != null) {
                values += parser.getParsingContext().inRoot() ? 1 : 0;
            }
            return values == 1;
        } catch (IOException e) {
            return false;
        }
    }

    /** Token by token, so that no depth is too deep, and each number as it is written. */
    private static void copy(JsonGenerator json, JsonMapper mapper, String text) throws IOException {
        try (JsonParser parser = mapper.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isNumeric()) {
                    json.writeNumber(parser.getText());
                } else {
                    json.copyCurrentEvent(parser);
                }
            }
        }
    }

    private static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static void row(JsonGenerator json, JsonMapper mapper, List<String> columns, Object[] row) throws IOException {
        if (row == null) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        for (int i = 0; i < row.length; i++) {
            String column = columns.get(i);
            json.writeFieldName(column);
            if (row[i] instanceof String text && JSON_COLUMNS.contains(column) && isJson(mapper, text)) {
                copy(json, mapper, text);
            } else if (row[i] instanceof Double number && number.isInfinite()) {
                // JSON has no word for it; this is what SQLite's own JSON has.
                json.writeRawValue(number > 0 ? "9.0e+999" : "-9.0e+999");
            } else {
                json.writeObject(row[i] instanceof byte[] ? Text.of(row[i]) : row[i]);
            }
        }
        json.writeEndObject();
    }
}
