package dev.tac8.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** Files in a folder that others may write: never reached through a link, and never a pipe without a writer. */
public final class RegularFile {
    private static final long OPEN_SECONDS = 5;
    private static final int OWN_UID = ownUid();

    private RegularFile() {
    }

    /** Opens a file to be read. */
    public static FileChannel open(Path path) throws IOException {
        return open(path, Set.of(StandardOpenOption.READ));
    }

    /**
     * Opens a file.
     *
     * @throws FileSystemException if it is a link, a pipe or anything but a regular file, even if it has just become so
     */
    public static FileChannel open(Path path, Set<? extends OpenOption> options) throws IOException {
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isRegularFile()) {
            throw new FileSystemException(path.toString(), null, path + " is no regular file");
        }
        Set<OpenOption> all = new HashSet<>(options);
        all.add(LinkOption.NOFOLLOW_LINKS);
        try {
            return Daemon.ask(OPEN_SECONDS, () -> FileChannel.open(path, all));
        } catch (TimeoutException e) {
            throw new FileSystemException(path.toString(), null, path + " could not be opened within " + OPEN_SECONDS + " s");
        }
    }

    /**
     * Whether a file may be another name of one that only tac8 or root may read: another user can make such a name, and would then
     * read it in {@code done/} or in quarantine.
     */
    public static boolean mayBeAnothersName(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:nlink,uid", LinkOption.NOFOLLOW_LINKS);
        int uid = (Integer) attributes.get("uid");
        return (Integer) attributes.get("nlink") > 1 && (uid == 0 || uid == OWN_UID);
    }

    /** Whether the bytes of a name are text in the locale that Java runs in. */
    public static boolean isText(Path path) {
        try {
            return path.equals(Path.of(path.toString()));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Whether a file is a regular one of tac8's own user or of root, and has no other name. */
    public static boolean isOwn(Path path) throws IOException {
        try {
            Map<String, Object> attributes = Files.readAttributes(path, "unix:nlink,uid,isRegularFile", LinkOption.NOFOLLOW_LINKS);
            int uid = (Integer) attributes.get("uid");
            return (Boolean) attributes.get("isRegularFile") && (Integer) attributes.get("nlink") == 1 && (uid == 0 || uid == OWN_UID);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static int ownUid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            return 0;
        }
    }
}
