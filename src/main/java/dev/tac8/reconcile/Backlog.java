package dev.tac8.reconcile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tac8.ingest.RecordType;
import dev.tac8.store.NullCharacter;
import dev.tac8.store.Receipt;
import dev.tac8.store.Row;
import dev.tac8.store.TableRows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Some thousand stored rows on their way to another store, parents included. The write route takes them like a chunk of a file. */
public final class Backlog implements TableRows {
    private final Receipt receipt = new Receipt();
    private final Map<String, List<Row>> rows = new LinkedHashMap<>();
    /** What tells the rows of a table apart. */
    private final Map<String, List<String>> keys = new LinkedHashMap<>();

    /** Made of the rows of each table, parents first, as they were read: from column to value, the key first, all with the same columns. */
    public Backlog(List<List<Map<String, Object>>> read) {
        List<String> tables = RecordType.tables();
        for (int i = 0; i < tables.size(); i++) {
            add(tables.get(i), i < read.size() ? read.get(i) : List.of());
        }
    }

    private void add(String table, List<Map<String, Object>> read) {
        List<Row> made = new ArrayList<>(read.size());
        List<String> ids = new ArrayList<>(read.size());
        Row.Columns columns = new Row.Columns(table, read.isEmpty() ? List.of() : List.copyOf(read.get(0).keySet()));
        for (Map<String, Object> values : read) {
            Row row = new Row(columns);
            values.forEach(row::put);
            receipt.add(row);
            made.add(row);
            ids.add((String) row.get(columns.names().get(0)));
        }
        rows.put(table, made);
        keys.put(table, ids);
    }

    @Override
    public Map<String, List<Row>> rows() {
        return rows;
    }

    /** Whether a transaction that counts has written all of it to the store of a name. */
    public boolean isStoredIn(String store) {
        return receipt.isStoredIn(store);
    }

    /** How many rows there must be at home, without the stand-ins {@code unknown}, which are not records: PostgreSQL takes U+0000 and its symbol for one. */
    int records() {
        return keys.values().stream().mapToInt(ids -> (int) ids.stream().map(NullCharacter::shown).distinct().count()).sum() - (int) List.of("sessions", "tasks").stream()
                .filter(table -> keys.get(table).contains("unknown")).count();
    }

    /** What tells the rows of a table apart. */
    List<String> keys(String table) {
        return keys.get(table);
    }

    /** The same for each table as a JSON array. */
    public Map<String, String> keys() {
        Map<String, String> arrays = new LinkedHashMap<>();
        keys.forEach((table, ids) -> {
            ArrayNode array = JsonNodeFactory.instance.arrayNode(ids.size());
            ids.forEach(array::add);
            arrays.put(table, array.toString());
        });
        return arrays;
    }

    /** The first row that nothing else in here hangs on, as its type and identity. */
    String first() {
        return RecordType.leaving().stream().filter(table -> !keys(table).isEmpty()).findFirst()
                .map(table -> table.replaceFirst("s$", "") + " " + keys(table).get(0)).orElseThrow();
    }
}
