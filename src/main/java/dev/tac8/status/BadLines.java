package dev.tac8.status;

import dev.tac8.broker.Broker;
import dev.tac8.ingest.Quarantine;
import dev.tac8.query.Answer;
import dev.tac8.query.Rows;
import dev.tac8.query.Table;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines that are not records, of the first files in name order.
 *
 * @param files   how many files there are
 * @param rows    the lines: their file, where they stood in it, why they are no records, and how they begin
 * @param rest    a sentence for those beyond the limit, or null
 * @param missing what cannot be read, a sentence each
 */
public record BadLines(int files, Rows rows, String rest, List<String> missing) {
    /** The sentence for none. */
    public static final String NOTHING = "Nothing is in quarantine.";
    private static final List<String> COLUMNS = List.of("file", "line", "byte", "reason", "begins");
    /** Enough to see what a line is about. */
    private static final int BEGINNING_BYTES = 300;

    /**
     * Lists so many lines at most, and behind those of files what the store has refused of a topic.
     *
     * @param broker null if there is none to be asked
     */
    public static BadLines of(Quarantine quarantine, Broker broker, int limit) throws IOException {
        BadLines own = of(quarantine, limit);
        if (broker == null) {
            return own;
        }
        List<Object[]> rows = new ArrayList<>(own.rows().rows());
        List<String> missing = new ArrayList<>(own.missing());
        int files = own.files();
        try {
            List<Broker.Refused> refused = broker.refused(limit);
            refused.forEach(line -> rows.add(new Object[] {"topic " + line.topic() + ", partition " + line.partition(), line.offset(), null, line.reason(), line.beginning()}));
            files += refused.isEmpty() ? 0 : 1;
        } catch (StoreException e) {
            missing.add("the lines that the store refuses of the topic are missing here: " + e.getMessage());
        }
        return new BadLines(files, new Rows(COLUMNS, rows), own.rest(), missing);
    }

    /** Lists so many lines at most. */
    public static BadLines of(Quarantine quarantine, int limit) throws IOException {
        List<Path> files = quarantine.files();
        List<Object[]> rows = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        long lines = 0;
        for (Path file : files) {
            try {
                lines += quarantine.lines(file);
                if (rows.size() < limit) {
                    quarantine.readBeginnings(file, BEGINNING_BYTES, (entry, beginning) -> {
                        rows.add(new Object[] {file.toString(), entry.line(), entry.offset(), entry.reason(), beginning});
                        return rows.size() < limit;
                    });
                }
            } catch (NoSuchFileException e) {
                // It was replayed just now.
            } catch (IOException e) {
                missing.add(file + " cannot be read, and its lines are missing here: " + Reasons.of(e, file));
            }
        }
        String rest = lines > rows.size() && rows.size() == limit ? "and " + Table.whole(lines - rows.size()) + " more: --limit " + lines + " lists all "
                + Table.whole(lines) + " lines in " + Table.whole(files.size()) + (files.size() == 1 ? " file" : " files") : null;
        return new BadLines(files.size(), new Rows(COLUMNS, rows), rest, missing);
    }

    /** The list for programs, and for a medium that has tables. */
    public Answer answer() {
        Answer answer = new Answer().list("lines", null, rows);
        return rest == null ? answer : answer.remark(rest);
    }

    /** Prints the lines below the names of their files. */
    public void print(PrintWriter out) {
        Object file = null;
        for (Object[] row : rows.rows()) {
            if (!row[0].equals(file)) {
                file = row[0];
                out.println(Printable.of(file.toString()));
            }
            out.println((row[2] == null ? "  offset " + row[1] : "  line " + row[1] + ", byte " + row[2]) + ": " + Printable.of(row[3].toString()));
        }
    }
}
