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
 * is 0 if it was made before there was a second one. A new version adds columns at the end of tables, or tables; a column that an older
 * database lacks is read as null, and a table as empty.
 */
public final class SchemaVersion {
    /** No real version is greater: a number beyond it is a flipped bit, and says nothing. */
    private static final int MOST = 9999;
    private static final Pattern ADDED_COLUMN = Pattern.compile("(?i)ALTER\\s+TABLE\\s+(\\w+)\\s+ADD\\s+COLUMN\\s+(\\w+)\\s+(\\w+)");
    private static final Pattern ADDED_TABLE = Pattern.compile("(?is)CREATE\\s+TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?(\\w+)\\s*(\\(.*\\))");
    private static final Pattern INDEX = Pattern.compile("(?is)(CREATE(\\s+UNIQUE)?|DROP)\\s+INDEX\\s.*");
    private static final Pattern NAME = Pattern.compile("(\\d{4})\\D.*\\.sql");

    private final int ours;
    private final List<Step> steps;

    private SchemaVersion(int ours, List<Step> steps) {
        this.ours = ours;
        this.steps = steps;
    }

    /** A column that a version adds. */
    public record Column(String table, String name, String type) {
        /** As {@code sql/schema-shape.sql} and {@code sql/read/shape.sql} find it. */
        String line() {
            return "column " + table + "." + name + " " + type;
        }
    }

    /**
     * A table that a version adds.
     *
     * @param definition its columns and keys, in parentheses
     */
    public record Table(String name, String definition) {
        boolean isIn(Collection<?> lines) {
            return lines.stream().anyMatch(line -> line.toString().startsWith("column " + name + "."));
        }

        /** The command that makes an empty one of another name. */
        public String emptyAs(String other) {
            return "CREATE TABLE IF NOT EXISTS " + other + " " + definition;
        }
    }

    /** What a version adds, or what a database lacks because an older tac8 made it. */
    public record Added(List<Table> tables, List<Column> columns) {
        /** What a database of our own version lacks. */
        public static final Added NOTHING = new Added(List.of(), List.of());

        static Added of(List<Added> parts) {
            return new Added(parts.stream().flatMap(part -> part.tables.stream()).toList(),
                    parts.stream().flatMap(part -> part.columns.stream()).toList());
        }

        boolean isIn(Collection<?> lines) {
            return tables.stream().allMatch(table -> table.isIn(lines)) && columns.stream().allMatch(column -> lines.contains(column.line()));
        }

        boolean isAbsent(Collection<?> lines) {
            return tables.stream().noneMatch(table -> table.isIn(lines)) && columns.stream().noneMatch(column -> lines.contains(column.line()));
        }

        /** Whether a table is one of these. */
        public boolean holds(String table) {
            return tables.stream().anyMatch(added -> added.name().equals(table));
        }

        /** Whether a line that says what a table looks like is about one of these. */
        public boolean holds(String table, Object line) {
            return holds(table) || columns.stream().anyMatch(column -> column.line().equals(line));
        }
    }

    /** A step from one version to the next. */
    record Step(Path script, int version, Added adds) {
    }

    /**
     * Reads the scripts.
     *
     * @param sql the folder of {@code schema.sql} and {@code upgrade}
     * @throws RefusedException if they are missing, or one has another name or holds another statement than a step may have
     */
    public static SchemaVersion of(Path sql) throws StoreException {
        List<Path> scripts = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(sql.resolve("upgrade"), "[0-9]*.sql")) {
            found.forEach(scripts::add);
            Collections.sort(scripts);
            for (Path script : scripts) {
                Matcher name = NAME.matcher(script.getFileName().toString());
                if (!name.matches()) {
                    throw new RefusedException(script + " must be called by a version of four digits and a name, such as 0002-reviews.sql");
                }
                steps.add(new Step(script, Integer.parseInt(name.group(1)), adds(script)));
            }
        } catch (IOException e) {
            throw new RefusedException("the folder " + sql.resolve("upgrade") + " is missing: it belongs to tac8, put it back");
        }
        return new SchemaVersion(steps.isEmpty() ? 0 : steps.get(steps.size() - 1).version(), steps);
    }

    private static Added adds(Path script) throws IOException, RefusedException {
        List<Table> tables = new ArrayList<>();
        List<Column> columns = new ArrayList<>();
        for (String text : Files.readString(script).replaceAll("(?m)--.*$", "").split(";")) {
            String statement = text.strip();
            Matcher table = ADDED_TABLE.matcher(statement);
            Matcher column = ADDED_COLUMN.matcher(statement);
            if (table.matches()) {
                tables.add(new Table(table.group(1), table.group(2)));
            } else if (column.matches()) {
                columns.add(new Column(column.group(1), column.group(2), column.group(3)));
            } else if (!statement.isEmpty() && !INDEX.matcher(statement).matches()) {
                // What is not understood would be stamped as done, and never read as absent.
                throw new RefusedException(script + " holds a statement that a step may not have: " + statement.lines().findFirst().orElse("")
                        + "; it may be ALTER TABLE t ADD COLUMN c TYPE, CREATE TABLE t (...), CREATE INDEX or DROP INDEX");
            }
        }
        return new Added(tables, columns);
    }

    /** The version of {@code sql/schema.sql}: the number of the last script. */
    public int ours() {
        return ours;
    }

    /** The scripts, the oldest first. */
    List<Step> steps() {
        return steps;
    }

    /** What was added after the first version. */
    public Added added() {
        return since(0);
    }

    /** What each step after the first version added, the oldest first: a database has all of it or nothing. */
    public List<Added> parts() {
        return steps.stream().map(Step::adds).toList();
    }

    /** What was added after a version. */
    public Added since(int version) {
        return Added.of(steps.stream().filter(step -> step.version() > version).map(Step::adds).toList());
    }

    /** What a database lacks because an older tac8 made it, by its columns: all of each step of which it has nothing. */
    public Added lacking(Collection<?> lines) {
        return Added.of(steps.stream().map(Step::adds).filter(step -> step.isAbsent(lines)).toList());
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
