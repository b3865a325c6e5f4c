package dev.tac8.store;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;

/**
 * Rows as PostgreSQL's COPY reads them in its binary format, of which the page on COPY of its manual tells: made some at a time while they
 * are read, as a chunk may be large. Texts need no escapes so, and the server no parser of numbers.
 */
final class CopyRows extends InputStream {
    private static final byte[] BEGIN = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int END = -1;
    private static final int NULL = -1;
    private static final int PART = 16_384;

    /** Bytes whose array can be read without a copy. */
    private static final class Part extends ByteArrayOutputStream {
        byte[] bytes() {
            return buf;
        }
    }

    private final Iterator<Row> rows;
    private final List<String> names;
    private final Part part = new Part();
    private final DataOutputStream out = new DataOutputStream(part);
    private Row.Columns kind;
    private int[] indexes;
    private int at;
    private boolean ended;

    /** @param names the columns, in the order in which COPY names them; those that rows do not have are null */
    CopyRows(List<Row> rows, List<String> names) throws IOException {
        this.rows = rows.iterator();
        this.names = names;
        out.write(BEGIN);
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? part.bytes()[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!hasMore()) {
            return -1;
        }
        int read = Math.min(length, part.size() - at);
        System.arraycopy(part.bytes(), at, target, offset, read);
        at += read;
        return read;
    }

    private boolean hasMore() throws IOException {
        if (at == part.size()) {
            part.reset();
            at = 0;
            while (part.size() < PART && rows.hasNext()) {
                add(rows.next());
            }
            if (!rows.hasNext() && !ended) {
                out.writeShort(END);
                ended = true;
            }
        }
        return at < part.size();
    }

    private void add(Row row) throws IOException {
        if (row.columns() != kind) {
            indexes = names.stream().mapToInt(row.columns()::index).toArray();
            kind = row.columns();
        }
        out.writeShort(indexes.length);
        for (int index : indexes) {
            Object value = index < 0 ? null : row.value(index);
            if (value == null) {
                out.writeInt(NULL);
            } else if (value instanceof String text) {
                // A local store that an older tac8 has written may still hold U+0000.
                byte[] bytes = NullCharacter.shown(text).getBytes(StandardCharsets.UTF_8);
                out.writeInt(bytes.length);
                out.write(bytes);
            } else if (value instanceof Double number) {
                out.writeInt(Double.BYTES);
                // SQLite keeps no zero less than zero.
                out.writeDouble(number + 0.0);
            } else if (value instanceof Long || value instanceof Integer) {
                out.writeInt(Long.BYTES);
                out.writeLong(((Number) value).longValue());
            } else {
                throw new IOException("a row holds a " + value.getClass().getSimpleName() + "; it must be text, a whole number, a Double or null");
            }
        }
    }
}
