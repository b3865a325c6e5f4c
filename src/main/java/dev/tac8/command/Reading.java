package dev.tac8.command;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command that only reads. What it takes is written out, not annotated: for picocli to look at annotations takes as long as the
 * rest of a question.
 */
abstract class Reading implements Callable<Integer> {
    final Tac8 tac8;
    final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
    final ReadOptions read = new ReadOptions(this);

    /** @param footer the examples, below their heading */
    Reading(Tac8 tac8, String name, String description, String... footer) {
        this.tac8 = tac8;
        describe(spec.name(name), description, footer);
    }

    /** Says what a command does, and gives it the options that every command has. */
    static void describe(CommandSpec spec, String description, String... footer) {
        spec.usageMessage().description(description).optionListHeading("%n").footer(footer);
        spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("Show this help message and exit.").build());
        spec.addOption(OptionSpec.builder("-V", "--version").versionHelp(true).description("Print version information and exit.").build());
    }

    /** An option without a value, not added to the command yet. */
    static Given<Boolean> loneFlag(String name, String description) {
        return new Given<>(OptionSpec.builder(name).type(boolean.class).initialValue(false).description(description).build());
    }

    /** An option without a value. */
    Given<Boolean> flag(String name, String description) {
        Given<Boolean> flag = loneFlag(name, description);
        spec.add(flag.arg());
        return flag;
    }

    /** An option whose value is read in a way of its own. */
    <T> Given<T> option(String name, String label, Class<T> type, ITypeConverter<T> converter, String fallback, String description) {
        return add(OptionSpec.builder(name).paramLabel(label).type(type).converters(converter).defaultValue(fallback)
                .description(description).build());
    }

    /** An option whose value stays the text that it is, if it passes a check; a check of null lets any pass. */
    Given<String> option(String name, String label, List<String> values, ITypeConverter<String> check, String fallback, String description) {
        OptionSpec.Builder option = OptionSpec.builder(name).paramLabel(label).type(String.class).completionCandidates(values)
                .defaultValue(fallback).description(description);
        return add((check == null ? option : option.converters(check)).build());
    }

    /** The one thing that is asked about. */
    Given<String> id(String description) {
        return add(PositionalParamSpec.builder().paramLabel("ID").type(String.class).required(true).description(description).build());
    }

    private <T> Given<T> add(ArgSpec arg) {
        spec.add(arg);
        return new Given<>(arg);
    }
}
