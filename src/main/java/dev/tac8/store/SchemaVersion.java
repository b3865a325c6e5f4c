package dev.tac8.store;

import java.nio.file.Path;

/**
 * The version of the tables, which each database keeps as its {@code user_version}. It is 0 in those that were made before there was a
 * second one. A new version adds columns at the end of tables; what may be missing from an older database is read as null.
 */
public final class SchemaVersion {
    /** That of {@code sql/schema.sql}, and the number of the last script in {@code sql/upgrade}. */
    static final int OURS = 1;
    /** No version is so great: a number beyond it is a flipped bit, and says nothing. */
    private static final int MOST = 9999;

    private SchemaVersion() {
    }

    /** Whether a database with this number was made by a newer tac8, whose tables may mean something else. */
    public static boolean isNewer(long version) {
        return version > OURS && version <= MOST;
    }

    /** Says of a database that is newer why it is not used. */
    public static String says(Path file, long version) {
        return file + " " + words(version);
    }

    /** The same of an archive whose path is said already. */
    public static String says(long version) {
        return "it " + words(version);
    }

    private static String words(long version) {
        return "was made by a newer tac8 (its tables are of version " + version + ", and this one knows " + OURS
                + "): use that one, or move the database away";
    }
}
