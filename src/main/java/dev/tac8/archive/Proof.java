package dev.tac8.archive;

import dev.tac8.ingest.RecordType;
import dev.tac8.reconcile.Backlog;
import dev.tac8.store.ArchiveStore;
import dev.tac8.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/** Proves that rows have arrived. The statements that delete take only the ids that a proof has added. */
@BindToRegistry("archive-proof")
public final class Proof {
    private static final String ARCHIVED = "archived_";

    private final ArchiveStore store;

    public Proof(ArchiveStore store) {
        this.store = store;
    }

    /**
     * Fails unless the archive that is at its place holds every row of the chunk as the active store does. Hands over what may be deleted.
     *
     * @param leaving the chunk, which gets {@code archived_TABLE}
     * @throws StoreException if not; nothing is deleted then
     */
    public void archived(@Variable("leaving") Map<String, Object> leaving, Exchange exchange) throws StoreException {
        // Removed, since it says nothing about the next chunk.
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> tables = (List<Map<String, Object>>) exchange.removeVariable("unequal");
        store.verify();
        if (RecordType.tables().stream().anyMatch(table -> !leaving.containsKey("rows_of_" + table))) {
            throw new StoreException("sql/archive/still-leaving.sql was not asked which rows of a chunk still leave, so the active store keeps them");
        }
        if (tables == null || !tables.stream().map(table -> table.get("name")).collect(Collectors.toSet()).equals(Set.copyOf(RecordType.tables()))) {
            throw new StoreException("sql/archive/unequal.sql does not compare all " + RecordType.tables().size() + " tables, so nothing is proved, and the"
                    + " active store keeps what was copied");
        }
        for (Map<String, Object> table : tables) {
            if (((Number) table.get("row_count")).longValue() > 0) {
                throw new StoreException("the archive does not hold the " + table.get("name") + " that were just copied as they are, so the"
                        + " active store keeps them");
            }
        }
        RecordType.tables().forEach(table -> leaving.put(ARCHIVED + table, leaving.get("leaving_" + table)));
    }

    /** Whether a chunk is proved to be archived. */
    static boolean isArchived(Map<String, Object> leaving) {
        return RecordType.tables().stream().allMatch(table -> leaving.containsKey(ARCHIVED + table));
    }

    /** What an archive knows, the rows of each table, parents first, to be joined with the active store's rows. */
    public static Backlog backlog(@Body List<List<Map<String, Object>>> rows) {
        return new Backlog(rows);
    }

    /**
     * Fails unless the active store has taken back all that is known. Hands over what the archive may forget.
     *
     * @param known gets {@code taken_back_TABLE}
     * @throws StoreException if not; nothing is deleted then
     */
    public void takenBack(@Variable("known") Map<String, Object> known, Exchange exchange) throws StoreException {
        Backlog backlog = (Backlog) exchange.removeVariable("backlog");
        if (backlog == null || !backlog.isStoredIn(store.activeName())) {
            throw new StoreException("the active store has not taken back what its archive knows otherwise, so the archive keeps it");
        }
        Map<String, String> keys = backlog.keys();
        RecordType.records().forEach(table -> known.put("taken_back_" + table, keys.get(table)));
    }
}
