package dev.tac8.archive;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import dev.tac8.store.Volume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** The compressed files on the external volume, to be looked through: conversations and acknowledged spool files. */
public final class ArchivedFiles {
    private final Settings settings;
    private final Volume volume;

    /**
     * What was found.
     *
     * @param files           that are as their manifests say
     * @param bytes           what they held
     * @param compressedBytes what they take
     * @param faults          a sentence for each that is not, or that no manifest names
     */
    public record Checked(long files, long bytes, long compressedBytes, List<String> faults) {
    }

    /** Is told how far it is. */
    public interface Progress {
        /** @param bytes how much has been read back so far, of all months */
        void at(String month, long files, long bytes);
    }

    private ArchivedFiles(Settings settings) {
        this.settings = settings;
        this.volume = Volume.of(settings, "external", settings.path(Setting.EXTERNAL_DIR));
    }

    public static ArchivedFiles of(Settings settings) {
        return new ArchivedFiles(settings);
    }

    /** The folder of the conversations; it need not be there. */
    public static Path conversations(Settings settings) {
        return settings.path(Setting.EXTERNAL_DIR).resolve("conversations");
    }

    /** The folder of what was in {@code spool/done/}; it need not be there. */
    public static Path events(Settings settings) {
        return settings.path(Setting.EXTERNAL_DIR).resolve("events");
    }

    /** The months in one of these folders, such as {@code 2026-08}, each with its own folder, the oldest first. */
    public static SortedMap<String, Path> months(Path folder) throws IOException {
        return FileArchive.months(folder);
    }

    /**
     * Reads every file back and compares it with its line in the manifest.
     *
     * @param month such as {@code 2026-08}, or null for all
     * @throws StoreException if the external volume is not there
     */
    public Checked verify(String month, Progress progress) throws StoreException {
        volume.look();
        Check check = new Check(progress);
        for (Path root : List.of(conversations(settings), events(settings))) {
            try {
                for (Map.Entry<String, Path> one : FileArchive.months(root).entrySet()) {
                    if (month == null || month.equals(one.getKey())) {
                        check.month(one.getKey(), one.getValue());
                    }
                }
            } catch (IOException e) {
                check.faults.add(root + " cannot be read: " + Reasons.of(e, root));
            }
        }
        // Of a volume that went away meanwhile there is nothing to be said.
        volume.look();
        return new Checked(check.files, check.bytes, check.compressedBytes, check.faults);
    }

    private static final class Check {
        private final Progress progress;
        private final List<String> faults = new ArrayList<>();
        private long files;
        private long bytes;
        private long compressedBytes;

        Check(Progress progress) {
            this.progress = progress;
        }

        void month(String month, Path folder) {
            Set<String> listed = new HashSet<>();
            Path manifest = folder.resolve(Manifest.NAME);
            try (InputStream in = FileArchive.open(manifest)) {
                Manifest.read(in, (line, version) -> {
                    if (version == null) {
                        faults.add("line " + line + " of " + manifest + " cannot be read, so that the file it named is not looked at; it may"
                                + " be among those that no line names");
                    } else if (listed.add(version.file())) {
                        file(folder.resolve(version.file()), version);
                        progress.at(month, files, bytes);
                    }
                });
            } catch (NoSuchFileException e) {
                // The files that are there are named below.
            } catch (IOException e) {
                faults.add(manifest + " cannot be read: " + Reasons.of(e, manifest));
            }
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + FileArchive.EXTENSION)) {
                for (Path file : found) {
                    if (!listed.contains(file.getFileName().toString())) {
                        faults.add(file + " stands in no line of " + manifest + ", so that it is not found by its old name");
                    }
                }
            } catch (IOException e) {
                faults.add(folder + " cannot be read: " + Reasons.of(e, folder));
            }
        }

        private void file(Path file, Version version) {
            String was = file + ", which was " + version.path() + ", ";
            try {
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    faults.add(was + (Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? "is no regular file" : "is missing")
                            + ": bring it back from a backup");
                } else if (FileArchive.holds(file, version)) {
                    files++;
                    bytes += version.bytes();
                    compressedBytes += Files.size(file);
                } else {
                    faults.add(was + "does not hold what was put into it: bring it back from a backup");
                }
            } catch (IOException e) {
                faults.add(was + "cannot be read: " + Reasons.of(e));
            }
        }
    }
}
