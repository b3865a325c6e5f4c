package dev.tac8.ingest;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts what files hold. */
public final class Tally {
    private final Map<RecordType, Long> records = new EnumMap<>(RecordType.class);
    private long files;
    private long badLines;

    /** Adds a file whose chunks are all stored. */
    public void addStored(SpoolFile file) {
        files++;
        file.counts().forEach((type, count) -> records.merge(type, count, Long::sum));
        badLines += file.badLines();
    }

    /** Adds a file by reading it, without storing anything. */
    public void addByReading(SpoolFile file) {
        files++;
        for (Chunk chunk : file) {
            chunk.counts().forEach((type, count) -> records.merge(type, count, Long::sum));
            badLines += chunk.badLines().size();
        }
    }

    public long files() {
        return files;
    }

    /** Lines that are not records. */
    public long badLines() {
        return badLines;
    }

    /** Records by the table of their type, parents first. */
    public Map<String, Long> byTable() {
        Map<String, Long> byTable = new LinkedHashMap<>();
        records.forEach((type, count) -> byTable.merge(type.table(), count, Long::sum));
        return byTable;
    }

    /** Records of all types. */
    public long records() {
        return records.values().stream().mapToLong(Long::longValue).sum();
    }
}
