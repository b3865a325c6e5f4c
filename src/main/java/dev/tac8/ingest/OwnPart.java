package dev.tac8.ingest;

import dev.tac8.files.Durable;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A file that tac8 itself is putting into the spool: hidden, and locked until it is whole. If its writer is killed nobody needs it, as what it was made of is where
 * it was; so whoever gets its lock may remove it.
 */
public final class OwnPart implements Closeable {
    private static final String BEGIN = ".tac8-";
    private static final String END = ".part";
    private static final Pattern FILE = Pattern.compile("\\.tac8-\\d{8}T\\d{9}Z-\\d+-\\d+-.*\\.part");
    /** Those of this process: opening and closing such a file would drop its lock. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final Path target;
    private final FileChannel out;

    private OwnPart(Path path, Path target, FileChannel out) {
        this.path = path;
        this.target = target;
        this.out = out;
    }

    /** Begins one that will be a file of the spool; null if another process has removed it before it was locked. */
    static OwnPart create(Path target) throws IOException {
        Path path = target.resolveSibling(Names.fitting(BEGIN, target.getFileName().toString(), END));
        OPEN.add(path.toAbsolutePath());
        FileChannel out = null;
        try {
            out = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            out.lock();
            OwnPart part = new OwnPart(path, target, out);
            // Names are never used twice.
            if (Files.exists(path)) {
                return part;
            }
            part.close();
            return null;
        } catch (IOException e) {
            OPEN.remove(path.toAbsolutePath());
            if (out != null) {
                out.close();
            }
            throw e;
        }
    }

    /** Whether only tac8 gives a file such a name. */
    public static boolean isNamedSo(Path path) {
        return FILE.matcher(path.getFileName().toString()).matches();
    }

    /** Whether this process is writing it. */
    public static boolean isOpen(Path path) {
        return OPEN.contains(path.toAbsolutePath());
    }

    OutputStream out() {
        return Channels.newOutputStream(out);
    }

    /**
     * Gives it its name, when all of it is on the disk.
     *
     * @return its size: by now it may be stored, and gone
     */
    long publish() throws IOException {
        out.force(true);
        Durable.rename(path, target);
        return out.size();
    }

    /** Lets go of it; it is removed if it has not been published. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
        out.close();
        OPEN.remove(path.toAbsolutePath());
    }
}
