package dev.tac8.ingest;

/**
 * A line on its way from one tac8 to another.
 *
 * @param text    its bytes as they are in the file, without the line's end
 * @param session the session that it names, or null
 * @param worker  the worker that it names, or null
 * @param place   what the record is known by if it has no id; else null
 */
public record Line(byte[] text, String session, String worker, String place) {
}
