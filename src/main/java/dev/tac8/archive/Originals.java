package dev.tac8.archive;

import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The {@code *.jsonl} files in a folder and below it. Each folder is opened from the one before and no link is followed, so that
 * nothing outside is ever found.
 */
final class Originals {
    private static final String EXTENSION = ".jsonl";
    /** Each level holds an open folder; conversations are not filed as deep as this. */
    private static final int MOST_LEVELS = 50;

    private final Path folder;
    private final Set<Object> skipped;
    private final BooleanSupplier stopping;
    private final Visitor visitor;

    /** Is shown what there is. */
    interface Visitor {
        /** Whether a folder, known by its key, is one of the archive's own, whose manifest is not a conversation. */
        boolean isMonth(Object folderKey) throws IOException;

        /** Takes a file. */
        void take(Original original) throws StoreException;

        /** A folder will be closed: what was taken from it must be done. */
        void leave() throws StoreException;

        /** Something could not be looked at. */
        void unreadable(Path path, IOException failure);
    }

    private Originals(Path folder, Set<Object> skipped, BooleanSupplier stopping, Visitor visitor) {
        this.folder = folder;
        this.skipped = skipped;
        this.stopping = stopping;
        this.visitor = visitor;
    }

    /**
     * Shows what is in a folder, which may be a link and need not be there.
     *
     * @param skipped  the keys of the folders that are passed by, with all that is in them
     * @param stopping once true, it looks no further
     */
    static void walk(Path folder, Set<Object> skipped, BooleanSupplier stopping, Visitor visitor) throws StoreException {
        try (DirectoryStream<Path> top = Files.newDirectoryStream(folder)) {
            if (!(top instanceof SecureDirectoryStream<Path> secure)) {
                throw new FileSystemException(null, null, "this system cannot open files safely inside a folder");
            }
            new Originals(folder, skipped, stopping, visitor).walk(secure, Path.of(""), 0);
        } catch (NoSuchFileException e) {
            // There is nothing yet.
        } catch (IOException e) {
            visitor.unreadable(folder, e);
        }
    }

    private void walk(SecureDirectoryStream<Path> dir, Path inside, int level) throws IOException, StoreException {
        Object key = dir.getFileAttributeView(BasicFileAttributeView.class).readAttributes().fileKey();
        if (skipped.contains(key)) {
            return;
        }
        try {
            for (Path entry : dir) {
                if (stopping.getAsBoolean()) {
                    break;
                }
                Path name = entry.getFileName();
                if (!name.toString().startsWith(".")) {
                    visit(dir, name, inside.resolve(name), key, level);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } finally {
            visitor.leave();
        }
    }

    private void visit(SecureDirectoryStream<Path> dir, Path name, Path inside, Object dirKey, int level) throws StoreException {
        try {
            BasicFileAttributes found = Original.look(dir, name);
            if (found.isDirectory()) {
                if (level == MOST_LEVELS) {
                    throw new FileSystemException(null, null, "it lies more than " + MOST_LEVELS + " folders deep");
                }
                try (SecureDirectoryStream<Path> below = dir.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    walk(below, inside, level + 1);
                }
            } else if (found.isRegularFile() && name.toString().endsWith(EXTENSION)
                    && !(name.toString().equals(Manifest.NAME) && visitor.isMonth(dirKey))) {
                visitor.take(new Original(dir, name, folder, inside, found));
            }
        } catch (NoSuchFileException e) {
            // It is gone already.
        } catch (IOException e) {
            visitor.unreadable(folder.resolve(inside), e);
        }
    }
}
