package dev.tac8.ingest;

import java.io.IOException;
import java.util.List;

/** Records that may be sent to another tac8 instead of being stored here. */
public interface Lines {
    /**
     * They, each as its line.
     *
     * @throws IOException if they are stored here
     */
    List<Line> lines() throws IOException;

    /**
     * Counts them as stored: whoever keeps them from now on has acknowledged each.
     *
     * @param count how many that were
     * @throws IOException if it was not each of them
     */
    void sent(int count) throws IOException;
}
