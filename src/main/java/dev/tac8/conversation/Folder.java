package dev.tac8.conversation;

import dev.tac8.files.Daemon;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * Opens a file below a folder without ever leaving it. Each step of the way is taken from the handle of the one before and follows
 * no link: if a folder or the file is swapped for a link meanwhile, nothing is read.
 */
final class Folder {
    private static final long OPEN_SECONDS = 5;
    private static final Set<? extends OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private Folder() {
    }

    /** An open file, and when it was last written to. */
    record Opened(FileChannel channel, Instant modified) {
    }

    /**
     * Opens a file for reading.
     *
     * @param inside the way to it from the folder
     * @return null if it does not exist
     * @throws NoConversationException if it may not be read
     */
    static Opened open(Path folder, Path inside) throws NoConversationException {
        Path file = folder.resolve(inside);
        String shown = Conversations.shown(file.toString());
        // A pipe that takes the place of a file between look and open, or a disk that hangs, would hold this process for ever.
        try {
            return Daemon.ask(OPEN_SECONDS, () -> openInside(folder, inside));
        } catch (TimeoutException e) {
            throw new NoConversationException("the conversation " + shown + " could not be opened within " + OPEN_SECONDS + " s, so its"
                    + " disk is slow or hangs: try again when it is back");
        } catch (IOException | RuntimeException e) {
            throw new NoConversationException("the conversation " + shown + " is not read: " + reason(e, file));
        }
    }

    private static Opened openInside(Path folder, Path inside) throws IOException {
        try (DirectoryStream<Path> top = Files.newDirectoryStream(folder)) {
            if (!(top instanceof SecureDirectoryStream<Path> secure)) {
                throw new FileSystemException(null, null, "this system cannot open files safely inside a folder");
            }
            return open(secure, inside);
        } catch (NoSuchFileException e) {
            return null;
        } catch (NotDirectoryException e) {
            throw new FileSystemException(null, null, folder + ", which tac8.conversations.dir names, is no folder");
        }
    }

    private static Opened open(SecureDirectoryStream<Path> folder, Path inside) throws IOException {
        Path name = inside.getName(0);
        BasicFileAttributes before = look(folder, name);
        if (before.isSymbolicLink()) {
            throw new FileSystemLoopException(name.toString());
        }
        if (inside.getNameCount() > 1) {
            if (!before.isDirectory()) {
                throw new NoSuchFileException(name.toString());
            }
            try (SecureDirectoryStream<Path> next = folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                return open(next, inside.subpath(1, inside.getNameCount()));
            } catch (NotDirectoryException e) {
                throw new FileSystemException(null, null, "it was swapped for something else while it was opened");
            }
        }
        if (!before.isRegularFile()) {
            throw new FileSystemException(null, null, before.isDirectory() ? "it is a folder"
                    : "it is no regular file, but a pipe, a socket or a device");
        }
        SeekableByteChannel channel = folder.newByteChannel(name, READ);
        try {
            BasicFileAttributes after = look(folder, name);
            if (!(channel instanceof FileChannel file) || !after.isRegularFile() || !after.fileKey().equals(before.fileKey())) {
                throw new FileSystemException(null, null, "it was swapped for something else while it was opened");
            }
            return new Opened(file, after.lastModifiedTime().toInstant());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static BasicFileAttributes look(SecureDirectoryStream<Path> folder, Path name) throws IOException {
        return folder.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes();
    }

    private static String reason(Throwable failure, Path file) {
        if (failure instanceof FileSystemLoopException e) {
            return (file.endsWith(e.getFile()) ? "it" : e.getFile() + ", on the way to it,") + " is a symbolic link, and links are not"
                    + " followed; name the folder it points to in tac8.conversations.dir";
        }
        String reason = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        if (failure instanceof AccessDeniedException) {
            return "this user may not read it";
        }
        return reason == null ? failure.getClass().getSimpleName() : reason;
    }
}
