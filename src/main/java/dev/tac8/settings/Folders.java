package dev.tac8.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether the folders that the settings name can be used beside each other. Some would destroy each other's content, and some must
 * stand in for each other while a disk is away. Links and mounts are followed.
 */
final class Folders {
    private final Settings settings;

    Folders(Settings settings) {
        this.settings = settings;
    }

    void check() throws SettingsException {
        for (Setting setting : List.of(Setting.SPOOL_DIR, Setting.EXTERNAL_DIR, Setting.LOCAL_DIR)) {
            checkIsFolder(setting);
        }
        checkApart(Setting.LOCAL_DIR, Setting.EXTERNAL_DIR, "the local store must be able to stand in for the external one");
        checkApart(Setting.EXTERNAL_DIR, Setting.SPOOL_DIR, "the spool is for files of records alone");
        checkApart(Setting.LOCAL_DIR, Setting.SPOOL_DIR, "the spool is for files of records alone");
        checkApart(Setting.SPOOL_DIR, Setting.EXTERNAL_DIR, "coordinators write to the spool while that disk is away, and what they write"
                + " would be hidden below it");
        for (Path conversations : settings.paths(Setting.CONVERSATIONS_DIR)) {
            checkApart(Setting.CONVERSATIONS_DIR.key(), conversations, Setting.SPOOL_DIR, "the spool is for files of records alone");
        }
    }

    /** Checks that the folder for a backup is not inside one that tac8 uses. */
    void checkBackup(Path folder) throws SettingsException {
        for (Setting used : List.of(Setting.SPOOL_DIR, Setting.LOCAL_DIR, Setting.EXTERNAL_DIR)) {
            checkApart("the folder of the backup", folder, used, "what befalls that folder must not befall its backup");
        }
    }

    /** Checks that a folder to be marked as a volume is not inside one that serves something else. */
    void checkVolume(Path folder) throws SettingsException {
        checkApart("the folder of the volume", folder, Setting.SPOOL_DIR, "the spool is for files of records alone");
        checkApart("the folder of the volume", folder, Setting.LOCAL_DIR, "the local store must be able to stand in for the external one");
    }

    private void checkIsFolder(Setting setting) throws SettingsException {
        Path folder = settings.path(setting);
        for (Path there = folder; there != null; there = there.getParent()) {
            if (Files.isDirectory(there)) {
                return;
            }
            if (Files.exists(there)) {
                throw new SettingsException(setting.key() + " is " + folder + ", but " + there + " is no folder: name another one");
            }
        }
    }

    private void checkApart(Setting inner, Setting outer, String reason) throws SettingsException {
        checkApart(inner.key(), settings.path(inner), outer, reason);
    }

    private void checkApart(String inner, Path folder, Setting outer, String reason) throws SettingsException {
        Path around = settings.path(outer);
        Path real = real(folder);
        for (Path there = real; there != null; there = there.getParent()) {
            if (isSame(there, around)) {
                throw new SettingsException(inner + " (" + folder + ") is " + (there.equals(real) ? "the same folder as " : "inside ")
                        + outer.key() + " (" + around + "); " + reason + ": name another folder");
            }
        }
    }

    /** The folder with its links resolved, as far as it exists yet. */
    private static Path real(Path folder) {
        for (Path there = folder; there != null; there = there.getParent()) {
            try {
                return there.toRealPath().resolve(there.relativize(folder));
            } catch (IOException e) {
                // It is not there, or may not be looked into: try the one above.
            }
        }
        return folder;
    }

    private static boolean isSame(Path a, Path b) {
        try {
            return a.equals(b) || Files.isSameFile(a, b);
        } catch (IOException e) {
            return a.equals(real(b));
        }
    }
}
