package dev.tac8.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The small files by which tac8's processes know each other and their disks, in a folder that only tac8's user may look into: other
 * users who may write to the spool around it can plant nothing in it.
 */
public final class OwnFolder {
    /** Its name in the spool. */
    public static final String NAME = ".tac8";
    private static final String WRITING = ".new";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private final Path path;

    /** @param path it need not be there */
    public OwnFolder(Path path) {
        this.path = path;
    }

    /** The folder of a spool. */
    public static OwnFolder of(Path spool) {
        return new OwnFolder(spool.resolve(NAME));
    }

    public Path path() {
        return path;
    }

    /**
     * Makes the folder if it is missing.
     *
     * @throws UntrustedException if another user may write to what is there
     */
    public void create() throws IOException {
        Files.createDirectories(path.getParent());
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (FileAlreadyExistsException e) {
            // It is looked at when it is opened.
        }
        open().close();
    }

    /**
     * Opens the folder itself.
     *
     * @throws NoSuchFileException if it is not there
     * @throws UntrustedException  if another user may write to it
     */
    public OpenFolder open() throws IOException {
        try (OpenFolder around = OpenFolder.open(path.getParent())) {
            OpenFolder folder = around.own(path.getFileName().toString());
            Set<PosixFilePermission> granted = folder.attributes().permissions();
            if (granted.contains(PosixFilePermission.GROUP_WRITE) || granted.contains(PosixFilePermission.OTHERS_WRITE)) {
                folder.close();
                throw new UntrustedException(path, "others may write to " + path + ", so what is in it is not trusted: chmod 700 " + path);
            }
            return folder;
        }
    }

    /**
     * Opens a file in it.
     *
     * @throws NoSuchFileException if the folder or the file is not there
     */
    public FileChannel open(String name, StandardOpenOption... options) throws IOException {
        try (OpenFolder folder = open()) {
            return folder.open(Path.of(name), options);
        }
    }

    /**
     * What a file says.
     *
     * @param most how many bytes it may have; a longer one is not ours
     * @return null if it is not there
     */
    public String read(String name, int most) throws IOException {
        try (InputStream in = Channels.newInputStream(open(name, StandardOpenOption.READ))) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new FileSystemException(name, null, path.resolve(name) + " is longer than anything that tac8 writes there");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Writes a file, whole or not at all. */
    public void write(String name, String content) throws IOException {
        write(name, content, false);
    }

    /** Writes a file, whole or not at all, so that it outlives a power cut. */
    public void writeDurably(String name, String content) throws IOException {
        write(name, content, true);
    }

    private void write(String name, String content, boolean durably) throws IOException {
        Path part = Path.of(name + WRITING);
        try (OpenFolder folder = open()) {
            folder.deleteIfExists(part);
            try (FileChannel out = folder.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                Channels.newOutputStream(out).write(content.getBytes(StandardCharsets.UTF_8));
                if (durably) {
                    out.force(true);
                }
            } catch (IOException e) {
                folder.deleteIfExists(part);
                throw e;
            }
            folder.move(part, folder, Path.of(name));
            if (durably) {
                folder.force();
            }
        }
    }

    /** Removes a file if it is there. */
    public void delete(String name) throws IOException {
        try (OpenFolder folder = open()) {
            folder.deleteIfExists(Path.of(name));
        } catch (NoSuchFileException e) {
            // It is gone already.
        }
    }

    /** The files whose names begin with that, in the order in which they were written; none if the folder is not there. */
    public List<String> oldestFirst(String prefix) throws IOException {
        Map<String, FileTime> files = new TreeMap<>();
        try (OpenFolder folder = open()) {
            for (Path name : folder.names()) {
                if (name.toString().startsWith(prefix) && !name.toString().endsWith(WRITING)) {
                    try {
                        files.put(name.toString(), folder.attributes(name).lastModifiedTime());
                    } catch (NoSuchFileException e) {
                        // It was removed just now.
                    }
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing was ever written.
        }
        return files.entrySet().stream().sorted(Map.Entry.comparingByValue()).map(Map.Entry::getKey).toList();
    }
}
