package dev.tac8.store;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What one transaction writes: rows of each table. */
public interface TableRows {
    /**
     * The rows by table; none of a table is an empty list. Routes look a table up behind the chunk, {@code chunk.rows[events]}: if the map itself
     * were a variable, Camel would hash all rows in it for each table, which takes a fifth of the time of a write.
     */
    Map<String, List<Row>> rows();

    /** How many rows there are of each table. Camel would hash them all to find the size of a list by itself. */
    default Map<String, Integer> sizes() {
        return rows().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, table -> table.getValue().size()));
    }
}
