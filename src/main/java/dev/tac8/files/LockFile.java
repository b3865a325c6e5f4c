package dev.tac8.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** A file that is there to be locked; its content is never touched. */
public final class LockFile {
    private LockFile() {
    }

    /**
     * Opens the file, and makes it if it is missing. Its content is not touched.
     *
     * @throws UntrustedException if it is a link, a folder or anything but a regular file
     */
    public static FileChannel open(Path file) throws IOException {
        try {
            if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isRegularFile()) {
                throw new UntrustedException(file, file + " must be a regular file, as it is only locked: remove it, and see who put it there");
            }
        } catch (NoSuchFileException e) {
            // It is made.
        }
        // To read and write: opening a pipe this way does not block.
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }
}
