package dev.tac8.archive;

import dev.tac8.files.Daemon;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * A file that may move, held by its open folder: if the names on the way to it change, it is still this folder's file.
 *
 * @param dir    the folder it lies in, open
 * @param name   in that folder
 * @param folder the folder of the settings
 * @param inside the way from there to the file
 * @param seen   how it was when it was found
 */
record Original(SecureDirectoryStream<Path> dir, Path name, Path folder, Path inside, BasicFileAttributes seen) {
    private static final long OPEN_SECONDS = 5;

    /** Where it lies, as workers know it. */
    Path path() {
        return folder.resolve(inside);
    }

    /** The folder of its open folder's name. */
    Path parent() {
        return path().getParent();
    }

    /** Opens it; a pipe that was put in its place meanwhile does not hold up the archive. */
    InputStream open() throws IOException {
        try {
            return Channels.newInputStream(Daemon.ask(OPEN_SECONDS, () -> dir.newByteChannel(name,
                    Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))));
        } catch (TimeoutException e) {
            throw new FileSystemException(path().toString(), null, "it could not be opened within " + OPEN_SECONDS + " s");
        }
    }

    /** Whether it is the file that was found, and was not written to since. */
    boolean isUnchanged() throws IOException {
        try {
            BasicFileAttributes now = look(dir, name);
            return now.isRegularFile() && now.size() == seen.size() && now.lastModifiedTime().equals(seen.lastModifiedTime())
                    && Objects.equals(now.fileKey(), seen.fileKey());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Who may read it, so that no one else may read the copy; null if that is not known. */
    Set<PosixFilePermission> permissions() throws IOException {
        PosixFileAttributeView view = dir.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        return view == null ? null : view.readAttributes().permissions();
    }

    void delete() throws IOException {
        dir.deleteFile(name);
    }

    static BasicFileAttributes look(SecureDirectoryStream<Path> dir, Path name) throws IOException {
        return dir.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes();
    }
}
