package dev.tac8.query;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a command found, part by part, before it is decided how it looks. */
public final class Answer {
    private final List<Part> parts = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final List<String> asides = new ArrayList<>();

    /**
     * A part.
     *
     * @param name  in JSON; above a table, as its heading
     * @param title above the text form, or null for none
     * @param one   whether it is the one row of a thing, not a list
     * @param aside whether it is for programs alone
     * @param asIs  whether people see names and values as they are stored, too
     * @param shown the columns that people see; empty for all
     */
    record Part(String name, String title, Rows rows, boolean one, boolean aside, boolean asIs, List<String> shown) {
        /** The rows as people see them. */
        Rows forPeople() {
            return asIs ? rows : Coverage.forPeople(rows, one, shown);
        }
    }

    /** Adds a list of rows. */
    public Answer list(String name, String title, Rows rows) {
        return list(name, title, rows, List.of());
    }

    /**
     * Adds a list of rows of which people see some columns only.
     *
     * @param shown their names; empty for all
     */
    public Answer list(String name, String title, Rows rows, List<String> shown) {
        parts.add(new Part(name, title, rows, false, false, false, shown));
        return this;
    }

    /** Adds a list of rows that is shown with the names and values of its query. */
    public Answer asIs(String name, Rows rows) {
        parts.add(new Part(name, null, rows, false, false, true, List.of()));
        return this;
    }

    /** Adds one thing, which is the only row. */
    public Answer one(String name, String title, Rows rows) {
        parts.add(new Part(name, title, rows, true, false, false, List.of()));
        return this;
    }

    /** Adds a list that only JSON has; people are told by a remark. */
    public Answer aside(String name, Rows rows) {
        parts.add(new Part(name, null, rows, false, true, false, List.of()));
        return this;
    }

    /** Adds a sentence that a reader of the figures must know. */
    public Answer remark(String sentence) {
        remarks.add(sentence);
        return this;
    }

    /** Adds a sentence that only the text form needs, as it is about how things are shown there. */
    public Answer remarkForPeople(String sentence) {
        asides.add(sentence);
        return this;
    }

    /**
     * The same answer with the rows of its first list by the values of a column; what is not known comes last.
     *
     * @throws IllegalArgumentException if there is no such column, in words
     */
    public Answer sorted(String column, boolean descending) {
        return withFirstList(rows -> rows.sorted(column, descending));
    }

    /** The same answer with the rows of its first list the other way round. */
    public Answer reversed() {
        return withFirstList(Rows::reversed);
    }

    private Answer withFirstList(UnaryOperator<Rows> change) {
        Answer other = new Answer();
        boolean changed = false;
        for (Part part : parts) {
            boolean first = !changed && !part.one && !part.aside;
            other.parts.add(!first ? part : new Part(part.name, part.title, change.apply(part.rows), false, false, part.asIs, part.shown));
            changed |= first;
        }
        other.remarks.addAll(remarks);
        other.asides.addAll(asides);
        return other;
    }

    List<Part> parts() {
        return parts;
    }

    List<String> remarks() {
        return remarks;
    }

    /** All sentences of the text form. */
    List<String> remarksForPeople() {
        List<String> all = new ArrayList<>(remarks);
        all.addAll(asides);
        return all;
    }
}
