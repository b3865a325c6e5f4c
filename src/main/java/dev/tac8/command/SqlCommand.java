package dev.tac8.command;

import dev.tac8.query.Answer;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code tac8 sql}: one question to the store, which it cannot change. */
@Command(name = "sql", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Asks all that is stored one SELECT, WITH, VALUES or EXPLAIN. It can change nothing.",
        footer = {"", "Examples:",
                "  ./tac8 sql \"SELECT task_id, status FROM tasks WHERE status = 'active'\"",
                "  ./tac8 sql --file sql/query/cost-by-task.sql%n"})
final class SqlCommand implements Callable<Integer> {
    private static final Pattern QUOTED_OR_COMMENT = Pattern.compile(
            "'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\"|`[^`]*+`|\\[[^\\]]*+\\]|--[^\n]*+|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern QUESTION = Pattern.compile("\\s*(?:SELECT|WITH|VALUES|EXPLAIN)\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    @ParentCommand
    private Tac8 tac8;
    @Spec
    private CommandSpec spec;
    @Mixin
    private ReadOptions read;
    @Option(names = "--active-only", description = "Only the stores that are written, without the archive: a question to years of calls"
            + " takes its time.")
    private boolean activeOnly;
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
        String sql = question.sql != null ? question.sql
                : dev.tac8.query.Question.unfiltered(Files.readString(Tac8.fromCaller(question.file)));
        String bare = QUOTED_OR_COMMENT.matcher(sql).replaceAll(" ").strip().replaceFirst(";$", "");
        if (!QUESTION.matcher(bare).matches() || bare.contains(";")) {
            spec.commandLine().getErr().println("tac8: sql takes one SELECT, WITH, VALUES or EXPLAIN; this is something else, and"
                    + " nothing was run");
            return Tac8.USAGE;
        }
        return read.answer(settings, activeOnly ? Reach.ACTIVE : Reach.EVERYTHING, "Nothing found.", stores -> {
            try {
                Rows rows = stores.askFreely(sql);
                return rows.isEmpty() ? null : new Answer().list("rows", null, rows);
            } catch (StoreException e) {
                throw e;
            } catch (SQLException e) {
                throw new ParameterException(spec.commandLine(), "the statement failed: " + Reasons.of(e), e);
            }
        });
    }
}
