package dev.tac8.client;

import dev.tac8.files.Durable;
import dev.tac8.files.RegularFile;
import dev.tac8.files.TornLine;
import dev.tac8.ingest.OwnPart;
import dev.tac8.ingest.Pace;
import dev.tac8.store.Reasons;
import dev.tac8.text.Printable;
import dev.tac8.text.Sparingly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Publishes what loggers that were killed have left in the spool: parts whose lock is free, without their torn last line. What commands of tac8 itself have left
 * is removed, as they read it again.
 *
 * <p>It takes only parts whose name says that a lock guards them. The part of a writer that holds no lock, such as a shell,
 * may be half written, and there is no way to tell.
 */
public final class Abandoned {
    private static final Logger LOG = LoggerFactory.getLogger("abandoned");
    /** The cost of looking at a part, in names that are passed over. */
    private static final int QUESTIONS = 10;
    /** Longer than any live writer leaves a part unchanged. */
    private static final Duration STALE = Duration.ofHours(1);

    private final Path spool;
    private final Sparingly sparingly = new Sparingly();
    private final Pace pace = new Pace();
    private long staleSaid;

    public Abandoned(Path spool) {
        this.spool = spool;
    }

    /**
     * Looks through the spool once, unless so much lies there that it is too early for another look. Parts that cannot be published now are
     * tried again the next time.
     */
    public synchronized void publish() {
        if (!pace.isDue()) {
            return;
        }
        long names = 0;
        long stale = 0;
        String example = null;
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(spool)) {
            for (Path path : paths) {
                names++;
                String name = path.getFileName().toString();
                if (name.startsWith(".") && name.endsWith(".part")) {
                    names += QUESTIONS;
                    if (!look(path)) {
                        stale++;
                        example = name;
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The route that reads the spool says so.
        }
        pace.foundNothing(names);
        sayStale(stale, example);
    }

    /** Publishes a part if that is allowed; false if its writer, which holds no lock, seems to have forgotten it. */
    private boolean look(Path path) {
        String name = path.getFileName().toString();
        try {
            if (OwnPart.isNamedSo(path)) {
                if (!OwnPart.isOpen(path) && remove(path)) {
                    sparingly.info(LOG, "{} is removed: the command that was writing it is gone, and nothing of it counts; what it was made of is where it was", Printable.of(name));
                }
                return true;
            }
            if (!Part.FILE.matcher(name).matches()) {
                return !isStale(path);
            }
            if (!Part.isOpen(path) && take(path)) {
                sparingly.info(LOG, "{} is published: the logger that wrote it is gone", Part.target(path).getFileName());
            }
        } catch (NoSuchFileException e) {
            // Its writer, or another logger, was quicker.
        } catch (IOException e) {
            sparingly.warn(LOG, "{} is left of a logger that is gone and cannot be published: {}. It is tried again", Printable.of(name),
                    Reasons.of(e));
        }
        return true;
    }

    /** Removes a part of tac8's own; false if its writer lives. */
    private static boolean remove(Path path) throws IOException {
        Object key = Part.key(path);
        if (key == null) {
            return false;
        }
        try (FileChannel file = RegularFile.open(path, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)); FileLock lock = file.tryLock()) {
            if (lock == null || !key.equals(Part.key(path))) {
                return false;
            }
            Files.delete(path);
            return true;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Publishes a part, or removes it if it holds no whole line; false if its writer lives or nothing was in it. */
    private static boolean take(Path path) throws IOException {
        Object key = Part.key(path);
        if (key == null) {
            return false;
        }
        try (FileChannel file = RegularFile.open(path, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
             FileLock lock = file.tryLock()) {
            // It may have been published between the look at it and the lock. A name is never used twice.
            if (lock == null || !key.equals(Part.key(path))) {
                return false;
            }
            if (RegularFile.mayBeAnothersName(path)) {
                throw new IOException("it has more than one name, so it may be a file that is no logger's, and is left as it is: remove it");
            }
            TornLine.cut(file);
            if (file.size() == 0) {
                Files.delete(path);
                return false;
            }
            Path target = Part.target(path);
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(target.getFileName() + " is there already");
            }
            file.force(true);
            Durable.rename(path, target);
        } catch (OverlappingFileLockException e) {
            return false;
        }
        return true;
    }

    /** Whether a part needs the operator's attention. */
    private static boolean isStale(Path path) throws IOException {
        Instant modified = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).lastModifiedTime().toInstant();
        return modified.isBefore(Instant.now().minus(STALE));
    }

    /** Reports parts that need the operator's attention, once, and again if there are more. */
    private void sayStale(long stale, String example) {
        if (stale > staleSaid) {
            sparingly.say(LOG, Level.WARN, "stale", Printable.of(example) + (stale == 1
                    ? " has not changed for an hour, and holds no lock that would say whether its writer lives"
                    : String.format(Locale.ROOT, " and %,d more have not changed for an hour, and hold no lock that would say whether their writers live",
                            stale - 1))
                    + ": rename to *" + Part.EXTENSION + " what is complete, and delete the rest");
        }
        staleSaid = stale;
    }
}
