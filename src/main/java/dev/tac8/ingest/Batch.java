package dev.tac8.ingest;

import dev.tac8.store.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Lines that another tac8 has sent, as a chunk of records for a store. The offset of a line is its place among them, from 0. */
public final class Batch implements Origin {
    private final String name;
    private final RecordFormat format;
    private final List<Arrived> lines;
    /** Places of lines that are records; those of the others are refused. */
    private final BitSet records = new BitSet();
    private final Chunk chunk;

    /**
     * A line, and where it was found.
     *
     * @param text  as it was sent
     * @param place what the record is known by if it has no id, or null
     * @param where for people
     */
    public record Arrived(byte[] text, String place, Supplier<String> where) {
    }

    /**
     * Reads them.
     *
     * @param name where they come from, for people
     * @throws IOException if one is not a record, which it was to who has sent it; none must be passed over
     */
    public Batch(String name, RecordFormat format, List<Arrived> lines) throws IOException {
        this.name = name;
        this.format = format;
        this.lines = List.copyOf(lines);
        this.chunk = chunk(0, lines.size(), false);
    }

    private Chunk chunk(int begin, int end, boolean isPart) throws IOException {
        Chunk made = new Chunk(this, begin, begin + 1, isPart, false);
        for (int i = begin; i < end; i++) {
            Arrived line = lines.get(i);
            try {
                RecordFormat.Checked record = format.read(line.text(), 0, line.text().length);
                if (line.place() == null && Chunk.isKnownByPlace(record)) {
                    throw new BadLineException("id", "it has no id, and nothing else that it is known by");
                }
                made.add(record, i);
                records.set(i);
            } catch (TooLongException e) {
                // Of an edge of before there was a limit: no newer tac8 will take it.
                made.add(new BadLine(i + 1, i, 1, e.field, e.getMessage()));
            } catch (BadLineException e) {
                throw new IOException(line.where().get() + " is no record that this tac8 knows: " + e.getMessage(), e);
            }
        }
        made.endsAt(end);
        return made;
    }

    /** All of them. */
    public Chunk chunk() {
        return chunk;
    }

    /**
     * Why a line is not stored, by its place among them; none if all are.
     *
     * @throws IOException if a line is neither stored nor refused, or both
     */
    public Map<Integer, String> refused() throws IOException {
        if (!chunk.isStored()) {
            throw new IOException("no store has confirmed all records of " + name + ", so they do not count: a step of routes/join-kafka, store or write.camel.yaml was changed"
                    + " or is missing");
        }
        chunk.settle();
        Map<Integer, String> refused = new LinkedHashMap<>();
        chunk.badLines().forEach(line -> refused.put((int) line.offset(), line.reason()));
        long stored = chunk.counts().values().stream().mapToLong(Long::longValue).sum();
        if (chunk.badLines().size() != refused.size() || stored + refused.size() != lines.size()) {
            throw new IOException("of the " + lines.size() + " lines of a batch of " + name + " " + stored + " count as stored and " + refused.size() + " as refused, so they do not"
                    + " count: this is a fault of tac8 itself");
        }
        return refused;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String place(long offset) {
        return lines.get((int) offset).place();
    }

    /** Each begins and ends with a record, so that a single one is known by its own place. */
    @Override
    public List<Chunk> halves(Chunk whole) throws IOException {
        int[] places = IntStream.range((int) whole.beginOffset(), (int) whole.endOffset()).filter(records::get).toArray();
        int first = (places.length + 1) / 2;
        List<Chunk> halves = new ArrayList<>(List.of(chunk(places[0], places[first - 1] + 1, true)));
        if (first < places.length) {
            halves.add(chunk(places[first], places[places.length - 1] + 1, true));
        }
        return halves;
    }

    @Override
    public Row row(String table) {
        return format.row(table);
    }
}
