package dev.tac8.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Somebody who asks the commands of a home, in this process, at a time of the test's choosing. */
public final class Reader {
    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private final Path home;
    private final List<String> options;
    private Clock clock = Clock.systemUTC();
    private int columns = -1;

    /** @param options given with every command, such as {@code -D} */
    public Reader(Path home, String... options) {
        this.home = home;
        this.options = List.of(options);
    }

    /** What a command printed, and its exit code. */
    public record Answered(int code, String out, String err) {
        /** What was printed, as JSON. */
        public JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (JsonProcessingException e) {
                throw new AssertionError("no JSON: " + out, e);
            }
        }
    }

    Reader at(Clock clock) {
        this.clock = clock;
        return this;
    }

    /** Sits at a terminal so wide, 0 for one of unknown width. */
    Reader atTerminal(int columns) {
        this.columns = columns;
        return this;
    }

    /** Asks with the options of this reader. */
    public Answered ask(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(all.isEmpty() ? 0 : 1, options);
        return askPlainly(all.toArray(String[]::new));
    }

    /** Asks just that, without the options of this reader. */
    Answered askPlainly(String... line) {
        Map<String, String> properties = Map.of("tac8.home", home.toString(), "tac8.caller-dir", home.toString(),
                "tac8.output-terminal", String.valueOf(columns >= 0), "tac8.columns", String.valueOf(Math.max(columns, 0)));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        properties.forEach(System::setProperty);
        try {
            int code = Tac8.commandLine(clock, line).setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(line);
            return new Answered(code, out.toString(), err.toString());
        } finally {
            properties.keySet().forEach(System::clearProperty);
        }
    }

    /** The JSON document that a command answers; it must find something. */
    public JsonNode json(String... args) {
        return json(0, args);
    }

    /** The JSON document of an answer that ends with a code: 4 is a partial one. */
    JsonNode json(int code, String... args) {
        String[] all = Arrays.copyOf(args, args.length + 1);
        all[args.length] = "--json";
        Answered answered = ask(all);
        if (answered.code() != code) {
            throw new AssertionError(List.of(args) + " ended with " + answered);
        }
        return answered.json();
    }

    /** Makes a store by the schema alone, marked as ours, where its place is in a home. */
    static Path store(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(".tac8-volume"), "11111111-2222-3333-4444-555555555555\n");
            return database(folder.resolve("logs.db"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a month of the archive by the schema alone, where its place is in a home. */
    static Path archive(Path home, String month) {
        return database(home.resolve("var/external/archive/logs-" + month + ".db"));
    }

    private static Path database(Path file) {
        try {
            Files.createDirectories(file.getParent());
            try (Connection connection = connect(file); Statement statement = connection.createStatement()) {
                for (String each : Files.readString(Path.of("sql/schema.sql")).replaceAll("(?m)--.*$", "").split(";")) {
                    if (!each.isBlank()) {
                        statement.execute(each);
                    }
                }
            }
            return file;
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adds a row to a store, its columns by name. */
    static void insert(Path store, String table, Map<String, ?> row) {
        String sql = "INSERT INTO " + table + " (" + String.join(", ", row.keySet()) + ") VALUES ("
                + String.join(", ", row.keySet().stream().map(column -> "?").toList()) + ")";
        try (Connection connection = connect(store); PreparedStatement statement = connection.prepareStatement(sql)) {
            int i = 1;
            for (Object value : row.values()) {
                statement.setObject(i++, value);
            }
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static Connection connect(Path store) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + store);
    }
}
