package dev.tac8.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The versions of the tables, as the scripts of {@code sql/upgrade} tell them. Each database keeps its own as {@code user_version}, which
 * is 0 if it was made before there was a second one. A new version adds columns at the end of tables; a column that an older database
 * lacks is read as null.
 */
public final class SchemaVersion {
    /** No real version is greater: a number beyond it is a flipped bit, and says nothing. */
    private static final int MOST = 9999;
    private static final Pattern ADDED_COLUMN = Pattern.compile("(?m)^ALTER TABLE (\\w+) ADD COLUMN (\\w+) (\\w+);");

    private final int ours;
    private final List<Step> steps;

    private SchemaVersion(int ours, List<Step> steps) {
        this.ours = ours;
        this.steps = steps;
    }

    /** A column that a version adds. */
    public record Column(String table, String name, String type) {
        /** As {@code sql/schema-shape.sql} and {@code sql/read/shape.sql} find it. */
        public String line() {
            return "column " + table + "." + name + " " + type;
        }
    }

    /** A step from one version to the next. */
    record Step(Path script, List<Column> adds) {
        boolean isIn(Collection<?> lines) {
            return adds.stream().allMatch(column -> lines.contains(column.line()));
        }
    }

    /**
     * Reads the scripts.
     *
     * @param sql the folder of {@code schema.sql} and {@code upgrade}
     * @throws RefusedException if they are missing
     */
    public static SchemaVersion of(Path sql) throws StoreException {
        List<Path> scripts = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(sql.resolve("upgrade"), "[0-9]*.sql")) {
            found.forEach(scripts::add);
            Collections.sort(scripts);
            for (Path script : scripts) {
                List<Column> adds = new ArrayList<>();
                Matcher column = ADDED_COLUMN.matcher(Files.readString(script));
                while (column.find()) {
                    adds.add(new Column(column.group(1), column.group(2), column.group(3)));
                }
                steps.add(new Step(script, adds));
            }
        } catch (IOException e) {
            throw new RefusedException("the folder " + sql.resolve("upgrade") + " is missing: it belongs to tac8, put it back");
        }
        String last = scripts.isEmpty() ? "0" : scripts.get(scripts.size() - 1).getFileName().toString();
        return new SchemaVersion(Integer.parseInt(last.replaceFirst("\\D.*", "")), steps);
    }

    /** The version of {@code sql/schema.sql}: the number of the last script. */
    public int ours() {
        return ours;
    }

    /** The scripts, the oldest first. */
    List<Step> steps() {
        return steps;
    }

    /** The columns that were added after the first version. */
    public List<Column> added() {
        return steps.stream().flatMap(step -> step.adds().stream()).toList();
    }

    /** The columns that a database lacks because an older tac8 made it, by its columns: those of each step of which it has none. */
    public List<Column> lacking(Collection<?> lines) {
        return steps.stream().filter(step -> step.adds().stream().noneMatch(column -> lines.contains(column.line())))
                .flatMap(step -> step.adds().stream()).toList();
    }

    /** Whether a database with this number was made by a newer tac8, whose tables may mean something else. */
    public boolean isNewer(long version) {
        return version > ours && version <= MOST;
    }

    /** Says why a newer database is not used. */
    public String says(Path file, long version) {
        return file + " " + words(version);
    }

    /** The same for an archive whose path the sentence has already named. */
    public String says(long version) {
        return "it " + words(version);
    }

    private String words(long version) {
        return "was made by a newer tac8 (its tables are of version " + version + ", and this one knows " + ours
                + "): use that one, or move the database away";
    }
}
