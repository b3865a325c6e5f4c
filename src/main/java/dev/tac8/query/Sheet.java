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
     * @param sums  of the columns that can be added up, a cell a column, empty for the others; empty if there are none, or one row at most
     */
    public record Part(String name, String title, boolean one, List<Column> columns, List<List<String>> rows, Rows all, List<String> sums) {

        /** So many of its rows from one on, from 0; the sums stay those of all. */
        public Part window(int from, int count) {
            int to = Math.min(rows.size(), from + count);
            return new Part(name, title, one, columns, rows.subList(from, to), new Rows(all.columns(), all.rows().subList(from, to)), sums);
        }

        /** A value as it was found, or null. */
        public Object value(int row, String column) {
            int at = all.columns().indexOf(column);
            return at < 0 ? null : all.rows().get(row)[at];
        }

        /** What an amount, a length of time or a number of tokens is of the greatest in its column, from 0 to 100; -1 for other columns, and for what is not known. */
        public double share(int row, int column) {
            Column its = columns.get(column);
            return its.most() > 0 && value(row, its.name()) instanceof Number number && number.doubleValue() >= 0 && Double.isFinite(number.doubleValue())
                    ? number.doubleValue() / its.most() * 100 : -1;
        }
    }

    /**
     * A column.
     *
     * @param name as the question calls it
     * @param head as people read it
     * @param most its greatest value, if its values are to be compared by their size; else 0
     */
    public record Column(String name, String head, boolean isNumber, boolean isTime, double most) {
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
