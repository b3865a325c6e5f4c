package dev.tac8.history;

import com.fasterxml.jackson.databind.JsonNode;

/** Takes the lines of one file, as one of the formats has them: only the fields of {@link HistoryFile} are in them. */
interface Format {
    /** Takes a line. */
    void take(JsonNode line);

    /** Takes the end of the file. */
    default void end() {
    }
}
