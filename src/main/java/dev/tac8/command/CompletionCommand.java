package dev.tac8.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tac8 completion}: lets the shell complete commands and options. */
@Command(name = "completion", mixinStandardHelpOptions = true, optionListHeading = "%n",
        description = "Prints a script that has bash and zsh complete commands and options.",
        footer = {"", "Example:", "  . <(./tac8 completion)%n"})
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(AutoComplete.bash("tac8", Tac8.commandLine()));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
