package dev.tac8.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A folder, held open: even if other users change names meanwhile, it stays this folder, and nothing in it is reached through a
 * link.
 */
public final class OpenFolder implements Closeable {
    private static final Set<UserPrincipal> TRUSTED = Set.copyOf(List.of(owner("/proc/self"), owner("/")));

    private final Path path;
    private final SecureDirectoryStream<Path> stream;

    private OpenFolder(Path path, DirectoryStream<Path> stream) {
        this.path = path;
        // On Linux each is.
        this.stream = (SecureDirectoryStream<Path>) stream;
    }

    /** Opens a folder that the settings name; it may be a link. */
    public static OpenFolder open(Path path) throws IOException {
        return new OpenFolder(path, Files.newDirectoryStream(path));
    }

    /**
     * Opens a folder of tac8's own inside this one.
     *
     * @throws UntrustedException if it is a link, or belongs to another user
     */
    public OpenFolder own(String name) throws IOException {
        Path inside = path.resolve(name);
        OpenFolder folder;
        try {
            folder = new OpenFolder(inside, stream.newDirectoryStream(Path.of(name), LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(inside.toString());
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(inside.toString());
        } catch (FileSystemException e) {
            throw new UntrustedException(inside, inside + " must be a folder of tac8's own, and is a link or no folder: remove it, put the"
                    + " folder back if it was moved away, and see who may write to " + path);
        }
        try {
            UserPrincipal owner = folder.attributes().owner();
            // The owner of the folder around it can do anything with it anyway.
            if (!TRUSTED.contains(owner) && !owner.equals(attributes().owner())) {
                throw new UntrustedException(inside, inside + " belongs to another user, so what is in it is not trusted: remove it, put the"
                        + " folder back if it was moved away, and see who may write to " + path);
            }
            return folder;
        } catch (IOException e) {
            folder.close();
            throw e;
        }
    }

    /**
     * Opens a folder of tac8's own inside this one, and makes it if it is missing.
     *
     * @throws UntrustedException if it is a link, or belongs to another user
     */
    public OpenFolder make(String name) throws IOException {
        try {
            // Java makes folders by their path only; whose it then is, is looked at by handle.
            Files.createDirectory(path.resolve(name));
        } catch (FileAlreadyExistsException e) {
            // It is looked at when it is opened.
        }
        return own(name);
    }

    /**
     * Checks that a folder, and the link by which it may be reached, belong to tac8's user, to root, or to the owner of the folder around
     * it.
     *
     * @throws UntrustedException if one of them belongs to another user
     */
    public static void checkOwner(Path folder) throws IOException {
        UserPrincipal around = Files.getOwner(folder.toAbsolutePath().getParent());
        for (UserPrincipal owner : List.of(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS), Files.getOwner(folder))) {
            if (!TRUSTED.contains(owner) && !owner.equals(around)) {
                throw new UntrustedException(folder, folder + " is " + (Files.isSymbolicLink(folder) ? "a link that leads where another user likes"
                        : "another user's folder") + ", so nothing is written there: remove it, and see who may write to " + folder.getParent());
            }
        }
    }

    /** The folder's own attributes. */
    public PosixFileAttributes attributes() throws IOException {
        return stream.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
    }

    /** A key that tells it from any other folder. */
    public Object key() throws IOException {
        return attributes().fileKey();
    }

    /** The attributes of a file in it, or of a link itself. */
    public BasicFileAttributes attributes(Path name) throws IOException {
        return stream.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes();
    }

    /** Whether there is anything of that name in it. */
    public boolean has(Path name) throws IOException {
        try {
            attributes(name);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** The names in it; may be asked for once only. */
    public List<Path> names() {
        List<Path> names = new ArrayList<>();
        stream.forEach(file -> names.add(file.getFileName()));
        return names;
    }

    /**
     * Opens a file in it, which is not reached through a link.
     *
     * @throws UntrustedException if it is a link or a folder
     */
    public FileChannel open(Path name, OpenOption... options) throws IOException {
        Set<OpenOption> all = new HashSet<>(Set.of(options));
        all.add(LinkOption.NOFOLLOW_LINKS);
        try {
            return (FileChannel) stream.newByteChannel(name, all);
        } catch (NoSuchFileException | AccessDeniedException | FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            // Java has no special exception for a link, and does not name the file.
            if (isThereAndNoFile(name)) {
                Path inside = path.resolve(name);
                throw new UntrustedException(inside, inside + " must be a file of tac8's own, and is a link or no file: remove it, and see who put"
                        + " it there");
            }
            throw e;
        }
    }

    private boolean isThereAndNoFile(Path name) {
        try {
            return !attributes(name).isRegularFile();
        } catch (IOException e) {
            return false;
        }
    }

    /** Renames a file or a folder into a folder of the same disk. */
    public void move(Path name, OpenFolder to, Path newName) throws IOException {
        stream.move(name, to.stream, newName);
    }

    /** Removes a file if it is there. */
    public void deleteIfExists(Path name) throws IOException {
        try {
            stream.deleteFile(name);
        } catch (NoSuchFileException e) {
            // It is gone already.
        }
    }

    /** Removes a folder with all that is in it, or whatever else has that name; links are not followed. */
    public void deleteAll(String name) throws IOException {
        try {
            if (!attributes(Path.of(name)).isDirectory()) {
                deleteIfExists(Path.of(name));
                return;
            }
            try (OpenFolder inside = own(name)) {
                for (Path each : inside.names()) {
                    inside.deleteAll(each.toString());
                }
            }
            stream.deleteDirectory(Path.of(name));
        } catch (NoSuchFileException e) {
            // It is gone already.
        }
    }

    /** Makes renames in it durable. */
    public void force() throws IOException {
        try (FileChannel folder = open(Path.of("."), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    /** The user of this process, and root. */
    private static UserPrincipal owner(String file) {
        try {
            return Files.getOwner(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
