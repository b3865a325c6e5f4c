package dev.tac8.store;

import java.nio.file.Path;

/** Where a database lies, as a URL for the driver, which would take anything after a {@code ?} in a plain path for settings. */
public final class DatabaseUrl {
    private DatabaseUrl() {
    }

    /** The URL of a database; its path may hold any characters. */
    public static String of(Path database) {
        return "jdbc:sqlite:file:" + database.toAbsolutePath().toString().replace("%", "%25").replace("?", "%3f").replace("#", "%23");
    }
}
