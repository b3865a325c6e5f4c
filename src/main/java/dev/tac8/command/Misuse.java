package dev.tac8.command;

import dev.tac8.text.Nearest;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.MaxValuesExceededException;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What was wrong with a line of arguments, in a sentence: picocli's own name its classes and positions. */
final class Misuse {
    private static final String OF_A_GROUP = "Error: ";
    private static final String OF_A_VALUE = "^Invalid value for [^:]*: ";

    private Misuse() {
    }

    /** The sentence, which may hold what was typed or pasted. */
    static String sentence(ParameterException misuse, String... args) {
        CommandSpec command = misuse.getCommandLine().getCommandSpec();
        if (misuse instanceof UnmatchedArgumentException unmatched) {
            return unmatched(command, unmatched.getUnmatched().get(0));
        }
        if (misuse instanceof OverwrittenOptionException twice) {
            return name(twice.getOverwritten()) + " is given twice";
        }
        if (misuse instanceof MaxValuesExceededException) {
            return Stream.of(args).filter(arg -> Collections.frequency(List.of(args), arg) > 1).findFirst().orElse("an option") + " is given twice";
        }
        if (misuse instanceof MutuallyExclusiveArgsException) {
            return misuse.getMessage().substring(OF_A_GROUP.length()).replaceFirst(", ", " and ").replaceFirst(" are mutually.*",
                    " exclude each other: use one");
        }
        if (misuse instanceof MissingParameterException missing) {
            return missing(command, missing.getMissing(), args);
        }
        return misuse.getArgSpec() == null ? misuse.getMessage() : value(misuse);
    }

    /** Says that there is no such command, with the nearest. */
    static String noCommand(CommandSpec above, String given) {
        String file = "sql/query/" + given + ".sql ";
        for (String sentence : Tac8.filesThatAreNoCommand()) {
            if (sentence.startsWith(file)) {
                return sentence;
            }
        }
        return "there is no command " + (given.isBlank() ? "\"" + given + "\"" : given) + meant(given, above.subcommands().keySet());
    }

    private static String unmatched(CommandSpec command, String given) {
        if (given.startsWith("-") && given.length() > 1) {
            String name = given.replaceFirst("=.*", "");
            if (command.optionsMap().containsKey(name)) {
                return name + " stands behind --, where nothing is an option: put it before";
            }
            String meant = name.startsWith("--") ? meant(name, command.optionsMap().keySet()) : "";
            return "there is no option " + name + (meant.isEmpty() ? behindDashes(command, given) : meant);
        }
        return !command.subcommands().isEmpty() ? noCommand(command, given)
                : "\"" + given + "\" is more than " + command.name() + " takes: quote what belongs together";
    }

    private static String missing(CommandSpec command, List<ArgSpec> missing, String[] args) {
        // An id that begins with a dash is taken for an option, which then is what is wrong.
        String unknown = Stream.of(args).filter(arg -> arg.startsWith("-") && arg.length() > 1 && !isOption(command, arg))
                .findFirst().orElse(null);
        if (unknown != null && !List.of(args).contains("--") && missing.stream().allMatch(ArgSpec::isPositional)) {
            return unmatched(command, unknown);
        }
        String names = missing.stream().map(Misuse::withLabel).distinct().collect(Collectors.joining(" or "));
        return missing.size() == 1 && missing.get(0).isOption() ? name(missing.get(0)) + " needs a value: " + names
                : command.name() + " needs " + names;
    }

    private static boolean isOption(CommandSpec command, String arg) {
        return command.optionsMap().keySet().stream().anyMatch(option -> arg.equals(option) || arg.startsWith(option + "=")
                || option.length() == 2 && arg.startsWith(option));
    }

    private static String behindDashes(CommandSpec command, String given) {
        return command.positionalParameters().isEmpty() ? "" : "; if it is the " + command.positionalParameters().get(0).paramLabel()
                + ", write ./" + command.qualifiedName() + " -- " + given;
    }

    private static String value(ParameterException misuse) {
        ArgSpec arg = misuse.getArgSpec();
        String given = misuse.getValue();
        String must;
        if (misuse.getCause() instanceof TypeConversionException && arg.converters().length > 0) {
            must = misuse.getMessage().replaceFirst(OF_A_VALUE, "");
        } else if (arg.type().isEnum()) {
            List<String> words = Stream.of(arg.type().getEnumConstants()).map(Object::toString).toList();
            must = "it must be " + String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.get(words.size() - 1);
        } else if (arg.type() == boolean.class) {
            return name(arg) + " takes no value";
        } else {
            must = "it must be " + arg.paramLabel();
        }
        return name(arg) + " is " + (given == null ? "wrong" : "\"" + given + "\"") + "; " + must;
    }

    private static String meant(String given, Collection<String> names) {
        String nearest = Nearest.to(given, names.stream());
        return nearest == null ? "" : "; did you mean " + nearest + "?";
    }

    private static String name(ArgSpec arg) {
        return arg instanceof OptionSpec option ? option.longestName() : arg.paramLabel();
    }

    private static String withLabel(ArgSpec arg) {
        return arg instanceof OptionSpec option ? option.longestName() + " " + option.paramLabel() : arg.paramLabel();
    }
}
