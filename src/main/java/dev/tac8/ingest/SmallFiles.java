package dev.tac8.ingest;

import dev.tac8.store.Row;
import dev.tac8.store.TableRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Small files of the spool that one transaction stores, since a transaction costs the disk as much for one record as for a thousand. They
 * are one chunk of a file for the routes; each keeps its own proof that it is stored, its own bad lines, and its own failure.
 */
public final class SmallFiles implements Iterable<SmallFiles>, TableRows, Lines {
    private final List<Chunk> files;
    private final BiConsumer<SpoolFile, IOException> onFailed;

    /** What is done with one of the files. */
    interface Step {
        void accept(Chunk file) throws IOException;
    }

    /**
     * @param files    each file as one chunk
     * @param onFailed is told of a file that fails by itself; the others go on without it
     */
    SmallFiles(List<Chunk> files, BiConsumer<SpoolFile, IOException> onFailed) {
        this.files = new ArrayList<>(files);
        this.onFailed = onFailed;
    }

    /** Takes a step with each file that no earlier step has failed with. */
    void each(Step step) {
        for (Chunk file : List.copyOf(files)) {
            try {
                step.accept(file);
            } catch (IOException e) {
                leaveOut(file, e);
            } catch (UncheckedIOException e) {
                leaveOut(file, e.getCause());
            }
        }
    }

    private void leaveOut(Chunk file, IOException failure) {
        files.remove(file);
        onFailed.accept(file.file(), failure);
    }

    /** Itself alone: what is split into chunks is one. */
    @Override
    public Iterator<SmallFiles> iterator() {
        return List.of(this).iterator();
    }

    /** Whether it is a single record: never, since a single file is a {@link Chunk}. */
    public boolean isRecord() {
        return false;
    }

    /** One half of the files and the other, of which a single file is its chunk. */
    public List<Object> halves() {
        int half = files.size() / 2;
        return List.of(half(0, half), half(half, files.size()));
    }

    private Object half(int from, int to) {
        return to - from == 1 ? files.get(from) : new SmallFiles(files.subList(from, to), onFailed);
    }

    @Override
    public Map<String, List<Row>> rows() {
        return RecordType.tables().stream().collect(Collectors.toMap(table -> table,
                table -> files.stream().flatMap(file -> file.rows().get(table).stream()).toList()));
    }

    /** The records of each file that can still be read; the others are left out. */
    @Override
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        each(file -> lines.addAll(file.lines()));
        return lines;
    }

    @Override
    public void sent(int count) throws IOException {
        int records = files.stream().mapToInt(Chunk::size).sum();
        if (count != records) {
            throw new IOException("of " + records + " records " + count + " were acknowledged, so they do not count");
        }
        each(file -> file.sent(file.size()));
    }

    /** The lines of all of them that are not records. */
    public List<Quarantine.Entry> badLines() {
        return files.stream().flatMap(file -> file.badLines().stream()).toList();
    }

    @Override
    public String toString() {
        return "records " + files.stream().mapToInt(Chunk::size).sum() + ", bad lines " + badLines().size() + ", of " + files.size() + " small files";
    }
}
