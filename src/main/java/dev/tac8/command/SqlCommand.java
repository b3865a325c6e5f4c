package dev.tac8.command;

import dev.tac8.ingest.Spool;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code tac8 sql}: one question to the store, which it cannot change. */
@Command(name = "sql", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Asks the external store one SELECT, WITH, VALUES or EXPLAIN. It can change nothing.",
        footer = {"", "Examples:",
                "  ./tac8 sql \"SELECT task_id, status FROM tasks WHERE status = 'active'\"",
                "  ./tac8 sql --file sql/query/cost-by-task.sql%n"})
final class SqlCommand implements Callable<Integer> {
    private static final int BUSY_MILLISECONDS = 5000;
    private static final Pattern QUOTED_OR_COMMENT = Pattern.compile(
            "'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\"|`[^`]*+`|\\[[^\\]]*+\\]|--[^\n]*+|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern QUESTION = Pattern.compile("\\s*(?:SELECT|WITH|VALUES|EXPLAIN)\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    @ParentCommand
    private Tac8 tac8;
    @Spec
    private CommandSpec spec;
    @ArgGroup(multiplicity = "1")
    private Question question;

    private static final class Question {
        @Parameters(paramLabel = "SQL", description = "The statement.")
        private String sql;
        @Option(names = {"-f", "--file"}, paramLabel = "FILE", description = "The file that holds it.")
        private Path file;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = tac8.settings();
        String sql = question.sql != null ? question.sql : Files.readString(Tac8.fromCaller(question.file));
        String bare = QUOTED_OR_COMMENT.matcher(sql).replaceAll(" ").strip().replaceFirst(";$", "");
        if (!QUESTION.matcher(bare).matches() || bare.contains(";")) {
            spec.commandLine().getErr().println("tac8: sql takes one SELECT, WITH, VALUES or EXPLAIN; this is something else, and"
                    + " nothing was run");
            return Tac8.USAGE;
        }
        Path database = settings.path(Setting.EXTERNAL_DIR).resolve("logs.db");
        if (!Files.exists(database)) {
            throw new StoreException("there is no database " + database + " yet: ./tac8 run or ./tac8 ingest makes it");
        }
        try (Connection connection = Databases.openToRead(database, BUSY_MILLISECONDS);
             Statement statement = connection.createStatement();
             ResultSet rows = statement.executeQuery(sql)) {
            return print(rows) ? 0 : Tac8.NOTHING_FOUND;
        } catch (SQLException e) {
            spec.commandLine().getErr().println("tac8: the statement failed: " + Reasons.of(e));
            return Tac8.USAGE;
        }
    }

    /** Prints rows as aligned columns, numbers to the right; false where there are none. */
    private boolean print(ResultSet rows) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        int columns = meta.getColumnCount();
        List<String[]> lines = new ArrayList<>();
        String[] head = new String[columns];
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int i = 0; i < columns; i++) {
            head[i] = Spool.printable(meta.getColumnLabel(i + 1));
            widths[i] = head[i].length();
            numbers[i] = true;
        }
        while (rows.next()) {
            String[] line = new String[columns];
            for (int i = 0; i < columns; i++) {
                Object value = rows.getObject(i + 1);
                line[i] = value == null ? "" : Spool.printable(rows.getString(i + 1));
                widths[i] = Math.max(widths[i], line[i].length());
                numbers[i] &= value == null || value instanceof Number;
            }
            lines.add(line);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (lines.isEmpty()) {
            out.println("Nothing found.");
        } else {
            out.println(aligned(head, widths, numbers));
            lines.forEach(line -> out.println(aligned(line, widths, numbers)));
        }
        out.flush();
        return !lines.isEmpty();
    }

    private static String aligned(String[] values, int[] widths, boolean[] numbers) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            String gap = " ".repeat(widths[i] - values[i].length());
            line.append(i == 0 ? "" : "  ").append(numbers[i] ? gap + values[i] : values[i] + gap);
        }
        return line.toString().stripTrailing();
    }
}
