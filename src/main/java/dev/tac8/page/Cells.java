package dev.tac8.page;

import dev.tac8.query.Sheet;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/** A row of a sheet by the names of its columns: as it is read, and as it is stored. */
public record Cells(Sheet.Part part, int row) {
    /** As people read it; empty for nothing, or if there is no such column. */
    public String text(String column) {
        List<Sheet.Column> columns = part.columns();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return part.rows().get(row).get(i);
            }
        }
        return "";
    }

    /** As it is stored, or null. */
    public Object stored(String column) {
        int at = part.all().columns().indexOf(column);
        return at < 0 ? null : part.all().rows().get(row)[at];
    }

    /** A text as it is stored, or null. */
    public String word(String column) {
        Object value = stored(column);
        return value == null ? null : value.toString();
    }

    /** An amount; 0 for none, or for one that is not finite. */
    double number(String column) {
        return stored(column) instanceof Number number && Double.isFinite(number.doubleValue()) ? number.doubleValue() : 0;
    }

    /** A moment, or null if there is none, or none that can be read. */
    Instant time(String column) {
        try {
            String text = word(column);
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
