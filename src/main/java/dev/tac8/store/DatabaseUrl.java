package dev.tac8.store;

import java.nio.file.Path;

/** Where a database lies, in the words of the driver, which would take what follows a {@code ?} in a plain path for settings. */
public final class DatabaseUrl {
    private DatabaseUrl() {
    }

    /** The URL of a database, whatever its path holds. */
    public static String of(Path database) {
        return "jdbc:sqlite:file:" + database.toAbsolutePath().toString().replace("%", "%25").replace("?", "%3f").replace("#", "%23");
    }
}
