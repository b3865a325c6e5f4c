package dev.tac8.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** {@code tac8 help}: what a command's {@code --help} says. */
final class HelpCommand implements Callable<Integer> {
    final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
    private final PositionalParamSpec command = PositionalParamSpec.builder().paramLabel("COMMAND").arity("0..*").type(List.class)
            .auxiliaryTypes(String.class).initialValue(List.of()).description("The command, such as cost or quarantine list.").build();

    HelpCommand() {
        Reading.describe(spec.name("help"), "Says what a command does, as its --help does, or which commands there are.",
                "", "Examples:", "  ./tac8 help", "  ./tac8 help cost%n");
        spec.add(command);
    }

    @Override
    public Integer call() {
        CommandLine asked = spec.commandLine().getParent();
        List<String> names = command.getValue();
        for (String name : names) {
            CommandLine next = asked.getSubcommands().get(name);
            if (next == null) {
                throw new ParameterException(asked, Misuse.noCommand(asked.getCommandSpec(), name));
            }
            asked = next;
        }
        asked.usage(asked.getOut());
        return ExitCode.DONE;
    }
}
