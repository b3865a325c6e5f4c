package dev.tac8.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;

/** Rows as PostgreSQL's COPY reads them, a line a row: made while they are read, as a chunk may be large. */
final class CopyText extends InputStream {
    private static final String NULL = "\\N";

    private final Iterator<Row> rows;
    private final List<String> names;
    private Row.Columns kind;
    private int[] indexes;
    private byte[] line = new byte[0];
    private int at;

    /** @param names the columns, in the order in which COPY names them; those that rows do not have are null */
    CopyText(List<Row> rows, List<String> names) {
        this.rows = rows.iterator();
        this.names = names;
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? line[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = 0;
        while (read < length && hasMore()) {
            int part = Math.min(length - read, line.length - at);
            System.arraycopy(line, at, target, offset + read, part);
            at += part;
            read += part;
        }
        return read == 0 && length > 0 ? -1 : read;
    }

    private boolean hasMore() throws IOException {
        if (at == line.length && rows.hasNext()) {
            line = text(rows.next()).getBytes(StandardCharsets.UTF_8);
            at = 0;
        }
        return at < line.length;
    }

    private String text(Row row) throws IOException {
        if (row.columns() != kind) {
            indexes = names.stream().mapToInt(row.columns()::index).toArray();
            kind = row.columns();
        }
        StringBuilder text = new StringBuilder();
        String separator = "";
        for (int index : indexes) {
            Object value = index < 0 ? null : row.value(index);
            text.append(separator);
            separator = "\t";
            if (value instanceof String given) {
                // A local store that an older tac8 has written may still hold U+0000.
                escape(NullCharacter.shown(given), text);
            } else if (value instanceof Double number) {
                // SQLite keeps no zero less than zero.
                text.append(number + 0.0);
            } else if (value == null || value instanceof Long || value instanceof Integer) {
                text.append(value == null ? NULL : value);
            } else {
                throw new IOException("a row holds a " + value.getClass().getSimpleName() + "; it must be text, a whole number, a Double or null");
            }
        }
        return text.append('\n').toString();
    }

    private static void escape(String given, StringBuilder text) {
        int begin = 0;
        for (int i = 0; i < given.length(); i++) {
            char meant = switch (given.charAt(i)) {
                case '\\' -> '\\';
                case '\n' -> 'n';
                case '\r' -> 'r';
                case '\t' -> 't';
                default -> 0;
            };
            if (meant != 0) {
                text.append(given, begin, i).append('\\').append(meant);
                begin = i + 1;
            }
        }
        text.append(given, begin, given.length());
    }
}
