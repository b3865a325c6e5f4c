package dev.tac8.store;

import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the archive lies: one database a month in {@code archive/} on the external volume, {@code logs-2026-08.db}. An event or API
 * call belongs to the month of its timestamp in UTC.
 */
public final class Months {
    private static final Pattern NAME = Pattern.compile("logs-(\\d{4}-\\d\\d)\\.db");

    private Months() {
    }

    /** The folder of the archive; it need not be there. */
    public static Path folder(Settings settings) {
        return settings.path(Setting.EXTERNAL_DIR).resolve("archive");
    }

    /** The database of a month, such as {@code 2026-08}; it need not be there. */
    public static Path file(Path folder, String month) {
        return folder.resolve("logs-" + month + ".db");
    }

    /**
     * Everything that has the name of a month's database, by month, the oldest first. It need not be a database; nothing is left out.
     */
    public static SortedMap<String, Path> list(Path folder) throws IOException {
        SortedMap<String, Path> months = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    months.put(name.group(1), file);
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing has been archived yet.
        }
        return months;
    }
}
