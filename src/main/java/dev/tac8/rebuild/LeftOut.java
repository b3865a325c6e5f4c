package dev.tac8.rebuild;

import dev.tac8.ingest.Quarantine;
import dev.tac8.ingest.TooLongException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * Lines that an older tac8 has stored and this one refuses: what rows are found by is too long in them, and nobody has ever set them aside.
 *
 * @param files that hold them
 * @param first the first of them by its path, in a folder the one acknowledged first; null if there is none
 * @param line  its first such line, from 1
 * @param why   this is refused
 */
public record LeftOut(long lines, long files, Path first, long line, String why) {
    /**
     * Looks for them.
     *
     * @param refused what a rebuild has set aside
     */
    static LeftOut of(Quarantine refused, Deliveries deliveries) throws IOException {
        long[] lines = {0};
        long files = 0;
        Path first = null;
        Quarantine.Entry example = null;
        for (Path file : refused.files()) {
            String hash = Quarantine.hashOf(file);
            Path acknowledged = deliveries.taken(hash);
            if (acknowledged != null && holdsTooLong(refused, file)) {
                Quarantine.Entry[] found = {null};
                Set<Long> setAside = deliveries.setAside(hash);
                refused.readEntries(file, entry -> {
                    if (TooLongException.isWhy(entry.field(), entry.reason()) && !setAside.contains(entry.offset())) {
                        lines[0]++;
                        found[0] = found[0] == null ? entry : found[0];
                    }
                    return true;
                });
                files += found[0] == null ? 0 : 1;
                if (found[0] != null && (first == null || acknowledged.compareTo(first) < 0)) {
                    first = acknowledged;
                    example = found[0];
                }
            }
        }
        return new LeftOut(lines[0], files, first, example == null ? 0 : example.line(), example == null ? null : example.reason());
    }

    private static boolean holdsTooLong(Quarantine refused, Path file) throws IOException {
        boolean[] holds = {false};
        refused.readEntries(file, entry -> {
            holds[0] = TooLongException.isWhy(entry.field(), entry.reason());
            return !holds[0];
        });
        return holds[0];
    }
}
