package dev.tac8.generation;

import dev.tac8.files.Durable;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Earlier files written over those that operators edit.
 *
 * @param written the names of the files that were written
 * @param removed those of files that were not there before
 */
public record Rollback(List<String> written, List<String> removed) {
    /**
     * Makes the files of a folder what they were: each is replaced by a rename, so nobody sees half of one, and a killed rollback is completed by
     * another one. Rights and owners stay. A link stays, and the file it leads to is replaced.
     *
     * @param home what is there now
     * @param to   what is to be there
     * @throws IOException in one sentence that names the file, if one cannot be replaced; those before it are
     */
    public static Rollback of(Path home, EditedFiles to) throws IOException {
        List<String> written = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        for (String name : to.changedFrom(EditedFiles.read(home))) {
            Path file = home.resolve(name);
            try {
                if (to.bytes(name) == null) {
                    Files.delete(file);
                    removed.add(name);
                } else {
                    makeFolder(file.getParent(), home);
                    replace(Files.exists(file) ? file.toRealPath() : file, home.resolve(Settings.FILE), to.bytes(name));
                    written.add(name);
                }
            } catch (IOException e) {
                throw new IOException(file + " cannot be made what it was, and files behind it stay as they are: " + Reasons.of(e, file)
                        + "; mend that, and roll back again", e);
            }
        }
        return new Rollback(written, removed);
    }

    private static void makeFolder(Path folder, Path like) throws IOException {
        if (!Files.isDirectory(folder)) {
            makeFolder(folder.getParent(), like);
            Files.createDirectory(folder);
            copyRights(like, folder);
        }
    }

    /** @param like its rights and owners are those of a file that is new */
    private static void replace(Path file, Path like, byte[] bytes) throws IOException {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            Files.write(part, bytes);
            copyRights(Files.exists(file) ? file : like, part);
            Durable.force(part);
            Durable.rename(part, file);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void copyRights(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        PosixFileAttributes rights = Files.readAttributes(from, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (!rights.group().equals(view.readAttributes().group())) {
            view.setGroup(rights.group());
        }
        if (!rights.owner().equals(view.getOwner())) {
            try {
                view.setOwner(rights.owner());
            } catch (FileSystemException e) {
                // Only root may give a file away; the group still reads it.
            }
        }
        view.setPermissions(rights.permissions());
    }
}
