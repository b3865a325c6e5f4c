package dev.tac8.replica;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tac8.ingest.RecordType;
import dev.tac8.store.Reasons;
import dev.tac8.store.Receipt;
import dev.tac8.store.Row;
import dev.tac8.store.StoreException;
import dev.tac8.store.TableRows;
import dev.tac8.store.TableStatements;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * What one transaction of PostgreSQL sees and an earlier snapshot did not, chunk by chunk, parents first. The rows come through a cursor, so that memory
 * holds one chunk, however much has come.
 */
public final class Pull implements Iterator<TableRows> {
    /** As many as ingest takes at once. */
    private static final int MOST_ROWS = 10_000;
    private static final long MOST_CHARACTERS = 4 << 20;
    /** Of rows of 64 KiB at most, as changed.sql parts them. */
    private static final int FETCHED = 200;

    private final String place;
    private final Connection connection;
    private final TableStatements tables;
    private final String changed;
    private final String byKey;
    private final Position since;
    private final Position until;
    private final Instant asOf;
    /** What is still to be asked: a table, and whether its large rows. */
    private final List<Turn> turns = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private PreparedStatement asked;
    private ResultSet rows;
    private Row.Columns columns;
    private Part next;
    private long count;
    private boolean kept;

    private record Turn(String table, boolean large) {
    }

    /** Some thousand rows of a table and what they hang on. */
    private static final class Part implements TableRows {
        private final Receipt receipt = new Receipt();
        private final Map<String, List<Row>> rows = new LinkedHashMap<>();

        Part() {
            RecordType.tables().forEach(table -> rows.put(table, new ArrayList<>()));
        }

        void add(Row row) {
            receipt.add(row);
            rows.get(row.table()).add(row);
        }

        @Override
        public Map<String, List<Row>> rows() {
            return rows;
        }
    }

    /**
     * Begins.
     *
     * @param place      of the database, for messages
     * @param connection in a transaction of one snapshot
     * @param changed    the text of changed.sql
     * @param byKey      the text of rows.sql
     * @param since      what was read before
     * @param until      what will have been read when all of this is stored; null if nothing is read now
     * @param asOf       when that snapshot was taken
     */
    Pull(String place, Connection connection, TableStatements tables, String changed, String byKey, Position since, Position until, Instant asOf) {
        this.place = place;
        this.connection = connection;
        this.tables = tables;
        this.changed = changed;
        this.byKey = byKey;
        this.since = since;
        this.until = until;
        this.asOf = asOf;
        if (until != null && !until.equals(since)) {
            RecordType.tables().forEach(table -> {
                turns.add(new Turn(table, false));
                turns.add(new Turn(table, true));
            });
        }
    }

    /** One that reads nothing and tells nothing. */
    static Pull none() {
        return new Pull(null, null, null, null, null, null, null, null);
    }

    /** All of it is stored. */
    void kept() {
        kept = true;
    }

    boolean isKept() {
        return kept;
    }

    Position until() {
        return until;
    }

    Instant asOf() {
        return asOf;
    }

    /** How many rows have come, without those that they hang on. */
    long count() {
        return count;
    }

    /** Whether everything was read, and is in the store of a name. */
    boolean isStoredIn(String store) {
        return turns.isEmpty() && rows == null && next == null && receipts.stream().allMatch(receipt -> receipt.isStoredIn(store));
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            try {
                next = read();
            } catch (SQLException e) {
                throw new UncheckedSqlException(StoreException.of(e, place + " cannot be read: " + Reasons.of(e)));
            }
        }
        return next != null;
    }

    @Override
    public TableRows next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Part part = next;
        next = null;
        return part;
    }

    /** Null if nothing is left. */
    private Part read() throws SQLException {
        while (rows != null || !turns.isEmpty()) {
            if (rows == null) {
                ask(turns.remove(0));
            }
            Part part = new Part();
            long characters = 0;
            int size = 0;
            while (size < MOST_ROWS && characters < MOST_CHARACTERS) {
                if (!rows.next()) {
                    asked.close();
                    rows = null;
                    break;
                }
                Row row = row(columns, rows);
                characters += characters(row);
                part.add(row);
                size++;
            }
            if (size > 0) {
                addParents(part);
                receipts.add(part.receipt);
                count += size;
                return part;
            }
        }
        return null;
    }

    private void ask(Turn turn) throws SQLException {
        asked = connection.prepareStatement(tables.of(changed, turn.table()));
        asked.setFetchSize(turn.large() ? 1 : FETCHED);
        asked.setString(1, since.snapshot());
        asked.setString(2, since.running());
        asked.setBoolean(3, since.snapshot().equals(Position.NOTHING_READ));
        asked.setBoolean(4, turn.large());
        rows = asked.executeQuery();
        columns = columns(turn.table(), rows);
    }

    /** An archive may have taken them from the replica long ago; and no row goes without what it hangs on. */
    private void addParents(Part part) throws SQLException {
        List<String> parents = new ArrayList<>(RecordType.leaving());
        for (String parent : parents) {
            Set<Object> keys = new LinkedHashSet<>();
            for (String link : tables.links(parent)) {
                String[] tableAndColumn = link.split("\\.");
                part.rows.get(tableAndColumn[0]).forEach(row -> keys.add(row.get(tableAndColumn[1])));
            }
            String key = tables.keys(parent).get(0);
            part.rows.get(parent).forEach(row -> keys.remove(row.get(key)));
            if (!keys.isEmpty()) {
                add(part, parent, keys);
            }
        }
    }

    private void add(Part part, String table, Set<Object> keys) throws SQLException {
        ArrayNode array = JsonNodeFactory.instance.arrayNode(keys.size());
        keys.forEach(key -> array.add((String) key));
        try (PreparedStatement statement = connection.prepareStatement(tables.of(byKey, table))) {
            statement.setString(1, array.toString());
            try (ResultSet found = statement.executeQuery()) {
                Row.Columns its = columns(table, found);
                while (found.next()) {
                    Row row = row(its, found);
                    part.add(row);
                    keys.remove(row.get(tables.keys(table).get(0)));
                }
            }
        }
        if (!keys.isEmpty()) {
            throw new StoreException(place + " has rows that hang on " + keys.size() + " of its " + table + " that are not there, such as " + keys.iterator().next()
                    + ": somebody has deleted them. Have a host that logged them run ./tac8 ingest spool/done/*.jsonl, or delete what names them; then it goes on by itself");
        }
    }

    private static Row.Columns columns(String table, ResultSet rows) throws SQLException {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            names.add(rows.getMetaData().getColumnName(i));
        }
        return new Row.Columns(table, names);
    }

    private static Row row(Row.Columns columns, ResultSet from) throws SQLException {
        Row row = new Row(columns);
        for (int i = 0; i < columns.names().size(); i++) {
            row.set(i, from.getObject(i + 1));
        }
        return row;
    }

    private static long characters(Row row) {
        return row.values().stream().mapToLong(value -> value instanceof String text ? text.length() : 0).sum();
    }

    /** A failure that passes through an iterator. */
    static final class UncheckedSqlException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UncheckedSqlException(SQLException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
