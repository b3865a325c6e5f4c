package dev.tac8.ingest;

import dev.tac8.store.Row;
import java.io.IOException;
import java.util.List;

/** Where the lines of a chunk come from. Offsets are the origin's own: bytes of a file, or the places of lines among others. */
interface Origin {
    /** Its name, for people. */
    String name();

    /** What the record at an offset is known by if it has no id. */
    String place(long offset);

    /**
     * The records of a chunk, read again, in two chunks, or one if it is a single record.
     *
     * @throws IOException if that fails
     */
    List<Chunk> halves(Chunk chunk) throws IOException;

    /** An empty row of a table. */
    Row row(String table);
}
