package dev.tac8.command;

import dev.tac8.query.Asked;
import dev.tac8.query.Header;
import dev.tac8.query.Option;
import dev.tac8.query.Questions;
import dev.tac8.settings.Settings;
import dev.tac8.store.StoreException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** A question of {@code sql/query}: what it takes and what it shows, its header says. */
class QuestionCommand extends Reading {
    final Header header;
    private final Map<String, Given<?>> given = new LinkedHashMap<>();

    QuestionCommand(Tac8 tac8, Header header) {
        super(tac8, header.name(), literally(header.description()), footer(header.examples()));
        this.header = header;
        for (Option option : header.options()) {
            given.put(option.parameter(), add(option));
        }
    }

    private Given<?> add(Option option) {
        String name = "--" + option.name();
        String description = literally(option.description());
        return option.isFlag() ? flag(name, description)
                : option(name, option.label(), option.values(), option.isFree() ? null : text -> checked(option, text), option.fallback(), description);
    }

    private static String checked(Option option, String text) {
        try {
            option.check(text);
            return text;
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static String[] footer(List<String> examples) {
        List<String> footer = new ArrayList<>(List.of("", examples.size() == 1 ? "Example:" : "Examples:"));
        for (String example : examples) {
            footer.add("  " + literally(example));
        }
        footer.add("");
        return footer.toArray(String[]::new);
    }

    /** A percent sign in a header is a percent sign, not a format of picocli. */
    private static String literally(String text) {
        return text.replace("%", "%%");
    }

    @Override
    public Integer call() throws Exception {
        return read.print(asked(tac8.settings()).ask());
    }

    /** What was given, looked at. */
    final Asked asked(Settings settings) throws StoreException {
        Map<String, String> texts = new HashMap<>();
        for (Map.Entry<String, Given<?>> one : given.entrySet()) {
            Object value = one.getValue().value();
            if (value != null && !Boolean.FALSE.equals(value)) {
                texts.put(one.getKey(), value.toString());
            }
        }
        try {
            return new Questions(settings, Tac8.now(spec), read.zone()).prepare(header, texts);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
