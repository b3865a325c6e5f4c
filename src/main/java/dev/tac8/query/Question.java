package dev.tac8.query;

import dev.tac8.store.Parameters;
import dev.tac8.store.RefusedException;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A statement with {@code :name} parameters. A line that ends with {@code -- if NAME} is left out if that parameter is not
 * given: so one file answers the question with and without a filter, and SQLite plans only what is asked.
 */
public final class Question {
    /** Stands for another statement of the same folder. */
    private static final Pattern PART = Pattern.compile("\\(\\$([a-z0-9-]+)\\.sql\\)");
    private static final int MOST_PARTS_DEEP = 9;
    private static final Pattern CONDITION = Pattern.compile("-- if (\\w+)\\s*$");

    /** What an answer that takes too much ends with. */
    public static final String TOO_LARGE = "the answer does not fit into memory: ask for less, or give Java more with TAC8_JAVA_OPTS=-Xmx2g";
    /** The rest is for how it is shown. */
    private static final int PART_OF_MEMORY = 3;
    private static final int ROW_BYTES = 24;

    /** Those of the file; the statement that one names is part of it. */
    private final List<String> lines;

    private Question(List<String> lines) {
        this.lines = lines;
    }

    /** @throws StoreException if the file, or one that it names, cannot be read */
    static Question read(Path file) throws StoreException {
        try {
            return new Question(read(file, 0));
        } catch (NoSuchFileException e) {
            throw new RefusedException("the statement " + e.getFile() + " is missing: it belongs to tac8, put it back");
        } catch (IOException e) {
            throw new StoreException("cannot read the statement " + file + ": " + e.getMessage(), e);
        }
    }

    private static List<String> read(Path file, int deep) throws IOException, RefusedException {
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            Matcher part = PART.matcher(line);
            if (line.startsWith("--") || !part.find()) {
                lines.add(line);
            } else if (deep == MOST_PARTS_DEEP) {
                throw new RefusedException("the statement " + file + " names itself, in (" + part.group(1) + ".sql)");
            } else {
                String text = String.join("\n", read(file.resolveSibling(part.group(1) + ".sql"), deep + 1));
                lines.add(line.substring(0, part.start()) + "(\n" + text + "\n)" + line.substring(part.end()));
            }
        }
        return lines;
    }

    /**
     * A kept question without its optional filters, as it can be asked by itself.
     *
     * @throws IOException      if the file, or one that it names, cannot be read
     * @throws RefusedException if it names itself
     */
    public static String unfiltered(Path file) throws IOException, RefusedException {
        return new Question(read(file, 0)).sql(Map.of());
    }

    /** The lines of the file, comments too. */
    List<String> lines() {
        return lines;
    }

    /** The parameters that it asks for if these are given. */
    List<String> parameters(Map<String, ?> given) {
        return Parameters.of(sql(given)).names();
    }

    /** The parameters that a line of a statement asks for, and the one that it is left out without. */
    static Set<String> parametersOf(String line) {
        Set<String> names = new LinkedHashSet<>();
        for (String part : line.split("\n")) {
            if (!part.startsWith("--")) {
                names.addAll(Parameters.of(part).names());
                CONDITION.matcher(part).results().forEach(condition -> names.add(condition.group(1)));
            }
        }
        return names;
    }

    /** The same question with the filters of these parameters and no others, for several stores to be asked. */
    Question given(Map<String, ?> parameters) {
        return of(sql(parameters));
    }

    /** The statement without the lines whose parameter is null or not given, and without comments. */
    String sql(Map<String, ?> parameters) {
        StringBuilder kept = new StringBuilder();
        for (String line : String.join("\n", lines).split("\n")) {
            Matcher condition = CONDITION.matcher(line);
            boolean conditional = line.contains("--") && condition.find();
            if (line.startsWith("--") || conditional && parameters.get(condition.group(1)) == null) {
                continue;
            }
            kept.append(conditional ? line.substring(0, condition.start()) : line).append('\n');
        }
        return kept.toString();
    }

    /** The same question to one of several stores, for which {@code $store} stands in it. */
    Question to(String store) {
        return with("$store", store);
    }

    /** The same question with something else in the place of a name that begins with {@code $}. */
    Question with(String name, String value) {
        return new Question(lines.stream().map(line -> line.replace(name, value)).toList());
    }

    /** What several questions find, one after the other, to stand in the place of a table. */
    static String together(List<String> questions) {
        return questions.stream().map(each -> "SELECT * FROM (\n" + each + "\n)").collect(Collectors.joining("\nUNION ALL\n", "(\n", "\n)"));
    }

    /** A question of another text. */
    static Question of(String text) {
        return new Question(List.of(text));
    }

    /** The same question with more behind it. */
    Question followedBy(String more) {
        return new Question(Stream.concat(lines.stream(), Stream.of(more)).toList());
    }

    /** Runs what answers nothing. */
    void run(Connection connection, Map<String, ?> parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, parameters)) {
            statement.executeUpdate();
        }
    }

    /** Asks, and reads the whole answer: no cursor is held, as it would keep the writer from committing. */
    Rows ask(Connection connection, Map<String, ?> parameters) throws SQLException {
        try (PreparedStatement statement = prepare(connection, parameters); ResultSet found = statement.executeQuery()) {
            return rows(found);
        }
    }

    /** Is given rows one by one. */
    public interface Taker {
        /** @param row the values in the order of the statement's columns; the next row fills the same array again */
        void take(Object[] row) throws StoreException;
    }

    /** Asks, and hands on row by row, which nobody keeps. */
    void each(Connection connection, Map<String, ?> parameters, Taker taker) throws SQLException {
        try (PreparedStatement statement = prepare(connection, parameters); ResultSet found = statement.executeQuery()) {
            Object[] row = new Object[found.getMetaData().getColumnCount()];
            while (found.next()) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = found.getObject(i + 1);
                }
                taker.take(row);
            }
        }
    }

    private PreparedStatement prepare(Connection connection, Map<String, ?> parameters) throws SQLException {
        Parameters asked = Parameters.of(sql(parameters));
        PreparedStatement statement = connection.prepareStatement(asked.sql());
        try {
            asked.bind(statement, parameters);
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    /** Asks a statement as it stands, or as a user typed it: what looks like a parameter or a filter in it is not ours. */
    public static Rows askAsItIs(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql); ResultSet found = statement.executeQuery()) {
            return rows(found);
        }
    }

    private static Rows rows(ResultSet found) throws SQLException {
        ResultSetMetaData meta = found.getMetaData();
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            columns.add(meta.getColumnLabel(i));
        }
        List<Object[]> rows = new ArrayList<>();
        long room = Runtime.getRuntime().maxMemory() / PART_OF_MEMORY;
        while (found.next()) {
            Object[] row = new Object[columns.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = found.getObject(i + 1);
                room -= size(row[i]);
            }
            if (room < 0) {
                throw new StoreException(TOO_LARGE);
            }
            rows.add(row);
        }
        return new Rows(columns, rows);
    }

    /** About how many bytes a value takes, in memory and in print. */
    private static long size(Object value) {
        return ROW_BYTES + (value instanceof String text ? 2L * text.length() : value instanceof byte[] bytes ? 2L * bytes.length : 0);
    }
}
