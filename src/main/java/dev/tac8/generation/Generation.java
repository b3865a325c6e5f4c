package dev.tac8.generation;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What operators edit, as it was when it took effect, kept as plain files.
 *
 * @param number  1 for the first of a spool, and so on
 * @param since   when it was kept, to the millisecond
 * @param build   the build of tac8 that it worked with, as {@link Build#id} says
 * @param folder  holds its files, by the names they have in tac8's folder; a spool's neighbours may be able to put another one in its place, so
 *                what is to run is read by {@link #files}
 * @param cause   what it came from, as in {@code edit}, {@code start}, {@code back to 3}
 * @param changed the names of the files that were added, removed or changed since the one before; none of the first
 * @param hash    that of its files
 */
public record Generation(int number, Instant since, String build, Path folder, String cause, List<String> changed, String hash) {
    /**
     * Its files.
     *
     * @throws IOException in one sentence, if they are gone or are not those that were kept
     */
    public EditedFiles files() throws IOException {
        return Generations.read(this);
    }
}
