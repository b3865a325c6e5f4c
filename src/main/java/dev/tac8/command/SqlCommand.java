package dev.tac8.command;

import dev.tac8.query.Answer;
import dev.tac8.query.Question;
import dev.tac8.query.Reach;
import dev.tac8.query.Rows;
import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** {@code tac8 sql}: one question to the store, which it cannot change. */
final class SqlCommand extends Reading {
    private static final Pattern QUOTED_OR_COMMENT = Pattern.compile(
            "'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\"|`[^`]*+`|\\[[^\\]]*+\\]|--[^\n]*+|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern QUESTION = Pattern.compile("\\s*(?:SELECT|WITH|VALUES|EXPLAIN)\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private final Given<Boolean> activeOnly = flag("--active-only",
            "Only the stores that are written, without the archive: a question to years of calls takes its time.");
    private final PositionalParamSpec statement = PositionalParamSpec.builder().paramLabel("SQL").type(String.class)
            .description("The statement.").build();
    private final OptionSpec file = OptionSpec.builder("-f", "--file").paramLabel("FILE").type(Path.class)
            .description("The file that holds it.").build();

    SqlCommand(Tac8 tac8) {
        super(tac8, "sql", "Asks all that is stored one SELECT, WITH, VALUES or EXPLAIN. It can change nothing.",
                "", "Examples:",
                "  ./tac8 sql \"SELECT task_id, status FROM tasks WHERE status = 'active'\"",
                "  ./tac8 sql --file sql/query/cost-by-task.sql%n");
        spec.addArgGroup(ArgGroupSpec.builder().multiplicity("1").addArg(statement).addArg(file).build());
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = tac8.settings();
        String typed = statement.getValue();
        String sql = typed != null ? typed : kept(Tac8.fromCaller(file.getValue()));
        String bare = QUOTED_OR_COMMENT.matcher(sql).replaceAll(" ").strip().replaceFirst(";$", "");
        if (!QUESTION.matcher(bare).matches() || bare.contains(";")) {
            spec.commandLine().getErr().println("tac8: sql takes one SELECT, WITH, VALUES or EXPLAIN; this is something else, and"
                    + " nothing was run");
            return ExitCode.WRONG_USE;
        }
        return read.answer(settings, activeOnly.value() ? Reach.ACTIVE : Reach.EVERYTHING, "Nothing found.", stores -> {
            try {
                Rows rows = stores.askFreely(sql);
                // A JSON object has each name once, and a reader would see the last column only.
                return rows.isEmpty() ? null : new Answer().asIs("rows", read.isJson() ? rows.withNamesOnce() : rows);
            } catch (StoreException e) {
                throw e;
            } catch (SQLException e) {
                throw new ParameterException(spec.commandLine(), "the statement failed: " + Reasons.of(e), e);
            }
        });
    }

    private String kept(Path statement) throws StoreException {
        try {
            return Question.unfiltered(statement);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "cannot read " + statement + ": " + Reasons.of(e, statement) + "; nothing was run", e);
        }
    }
}
