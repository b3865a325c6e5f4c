package dev.tac8.store;

import java.nio.file.Path;

/**
 * The version of the tables, which each database keeps as its {@code user_version}. It is 0 in databases that were made before there
 * was a second version. A new version adds columns at the end of tables; a column that an older database lacks is read as null.
 */
public final class SchemaVersion {
    /** The version of {@code sql/schema.sql}, and the number of the last script in {@code sql/upgrade}. */
    static final int OURS = 1;
    /** No real version is greater: a number beyond it is a flipped bit, and says nothing. */
    private static final int MOST = 9999;

    private SchemaVersion() {
    }

    /** Whether a database with this number was made by a newer tac8, whose tables may mean something else. */
    public static boolean isNewer(long version) {
        return version > OURS && version <= MOST;
    }

    /** Says why a newer database is not used. */
    public static String says(Path file, long version) {
        return file + " " + words(version);
    }

    /** The same for an archive whose path the sentence has already named. */
    public static String says(long version) {
        return "it " + words(version);
    }

    private static String words(long version) {
        return "was made by a newer tac8 (its tables are of version " + version + ", and this one knows " + OURS
                + "): use that one, or move the database away";
    }
}
