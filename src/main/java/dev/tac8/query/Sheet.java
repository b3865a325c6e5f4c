package dev.tac8.query;

import dev.tac8.query.Questions.Answered;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer as people read it, cell by cell, for a medium other than a terminal: the words, units and marks are those of the commands.
 *
 * @param parts   its tables and cards
 * @param remarks what a reader of the figures must know, a sentence each
 * @param missing what could not be read, a sentence each
 * @param nothing the sentence for nothing found; else null
 */
public record Sheet(List<Part> parts, List<String> remarks, List<String> missing, String nothing) {

    /**
     * A table, or the one row of a thing.
     *
     * @param name  as in JSON
     * @param title its heading, or null
     * @param one   whether it is one thing
     * @param all   the rows with all columns, as they were found; in the order of {@code rows}
     */
    public record Part(String name, String title, boolean one, List<Column> columns, List<List<String>> rows, Rows all) {
    }

    /**
     * A column.
     *
     * @param name as the question calls it
     * @param head as people read it
     */
    public record Column(String name, String head, boolean isNumber, boolean isTime) {
    }

    /** What was answered, in a reader's zone. */
    public static Sheet of(Answered answered, ZoneId zone) {
        Answer answer = answered.answer();
        List<Part> parts = new ArrayList<>();
        for (Answer.Part part : answer == null ? List.<Answer.Part>of() : answer.parts()) {
            if (!part.aside()) {
                Rows rows = part.forPeople();
                parts.add(new Table(rows, zone, 0, false, part.asIs()).part(part, rows));
            }
        }
        return new Sheet(parts, answer == null ? List.of() : answer.remarksForPeople(), answered.missing(), answered.nothing());
    }

    /** The part of a name, or null. */
    public Part part(String name) {
        return parts.stream().filter(part -> part.name().equals(name)).findFirst().orElse(null);
    }
}
