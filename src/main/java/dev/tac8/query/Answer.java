package dev.tac8.query;

import java.util.ArrayList;
import java.util.List;

/** What a command found, part by part, before anybody decides how it looks. */
public final class Answer {
    private final List<Part> parts = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    /**
     * A part.
     *
     * @param name  in JSON; above a table, as its heading
     * @param title above the text form, or null for none
     * @param one   whether it is the one row of a thing, not a list
     * @param aside whether it is for programs alone
     * @param asIs  whether people see names and values as they are stored, too
     */
    record Part(String name, String title, Rows rows, boolean one, boolean aside, boolean asIs) {
    }

    /** Adds a list of rows. */
    public Answer list(String name, String title, Rows rows) {
        parts.add(new Part(name, title, rows, false, false, false));
        return this;
    }

    /** Adds a list of rows whose names and values are somebody's own. */
    public Answer asIs(String name, Rows rows) {
        parts.add(new Part(name, null, rows, false, false, true));
        return this;
    }

    /** Adds one thing, which is the only row. */
    public Answer one(String name, String title, Rows rows) {
        parts.add(new Part(name, title, rows, true, false, false));
        return this;
    }

    /** Adds a list that only JSON has; people are told by a remark. */
    public Answer aside(String name, Rows rows) {
        parts.add(new Part(name, null, rows, false, true, false));
        return this;
    }

    /** Adds a sentence that whoever reads the figures must know. */
    public Answer remark(String sentence) {
        remarks.add(sentence);
        return this;
    }

    List<Part> parts() {
        return parts;
    }

    List<String> remarks() {
        return remarks;
    }
}
