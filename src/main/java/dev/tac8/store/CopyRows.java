package dev.tac8.store;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLDataException;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Rows as PostgreSQL's COPY reads them in its binary format, of which the page on COPY of its manual tells: made some at a time while they
 * are read, as a chunk may be large. Texts need no escapes so, and the server no parser of numbers.
 */
final class CopyRows extends InputStream {
    private static final byte[] BEGIN = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int END = -1;
    private static final int NULL = -1;
    private static final String REAL = "REAL";
    private static final Set<String> WHOLE = Set.of("INTEGER", "BOOLEAN");
    private static final int PART = 16_384;

    /** Bytes whose array can be read without a copy. */
    private static final class Part extends ByteArrayOutputStream {
        byte[] bytes() {
            return buf;
        }
    }

    private final Iterator<Row> rows;
    private final List<String> names;
    private final List<String> types;
    private final Part part = new Part();
    private final DataOutputStream out = new DataOutputStream(part);
    private Row.Columns kind;
    private int[] indexes;
    private int at;
    private boolean ended;

    /**
     * Begins.
     *
     * @param names the columns, in the order in which COPY names them; those that rows do not have are null
     * @param types what {@code sql/schema.sql} says that they hold
     */
    CopyRows(List<Row> rows, List<String> names, List<String> types) throws IOException {
        this.rows = rows.iterator();
        this.names = names;
        this.types = types;
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
        for (int i = 0; i < indexes.length; i++) {
            Object value = indexes[i] < 0 ? null : row.value(indexes[i]);
            if (value == null) {
                out.writeInt(NULL);
            } else {
                add(value, i);
            }
        }
    }

    /** In the form of the column's type and not of the value's: what PostgreSQL would read as another value must not reach it. */
    private void add(Object value, int column) throws IOException {
        String type = types.get(column);
        boolean isWhole = value instanceof Long || value instanceof Integer;
        if (WHOLE.contains(type) && isWhole) {
            out.writeInt(Long.BYTES);
            out.writeLong(((Number) value).longValue());
        } else if (type.equals(REAL) && (isWhole || value instanceof Double)) {
            out.writeInt(Double.BYTES);
            // SQLite keeps no zero less than zero.
            out.writeDouble(((Number) value).doubleValue() + 0.0);
        } else if (!WHOLE.contains(type) && !type.equals(REAL) && (value instanceof String || value instanceof Number)) {
            // A number is what SQLite makes of JSON that is one. A local store that an older tac8 has written may still hold U+0000.
            byte[] bytes = NullCharacter.shown(value.toString()).getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        } else {
            throw new IOException(new SQLDataException(names.get(column) + " holds " + (value instanceof byte[] ? "bytes" : "'" + value + "'") + ", which is no "
                    + (WHOLE.contains(type) ? "whole number" : type.equals(REAL) ? "number" : "text")));
        }
    }
}
