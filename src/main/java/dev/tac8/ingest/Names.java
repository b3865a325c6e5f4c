package dev.tac8.ingest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Names of files, and the folders that hold them. */
public final class Names {
    /** What Linux file systems allow. */
    private static final int MAX_BYTES = 255;

    private Names() {
    }

    /** A name of head, middle and tail that a file system takes: the middle is cut if the whole would be too long. */
    public static String fitting(String head, String middle, String tail) {
        String cut = middle;
        while ((head + cut + tail).getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        return head + cut + tail;
    }

    /** Makes a folder if nothing is there yet; anything that is there is looked at when it is opened. */
    static void make(Path dir) throws IOException {
        try {
            Files.createDirectory(dir);
        } catch (FileAlreadyExistsException e) {
            // It may be a link, too.
        }
    }
}
