package dev.tac8.ingest;

/**
 * A line that goes to quarantine. Its bytes stay in the spool file, so that memory is bounded for any length of line.
 *
 * @param number the line's number in its file, from 1
 * @param offset where the line starts, in bytes
 * @param length the line's bytes, without LF, with a CR before it
 * @param field  the field at fault, or null if the whole line is
 * @param reason why, in words
 */
record BadLine(long number, long offset, long length, String field, String reason) {
}
