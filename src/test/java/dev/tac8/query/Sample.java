package dev.tac8.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Values for what a question takes, as its statement tells them.
 *
 * @param text     the statement, with those that it names, without comment lines
 * @param options  the parameters that a line may be left out without
 * @param required the others
 */
record Sample(String text, Set<String> options, Set<String> required) {
    private static final Pattern OPTION = Pattern.compile("-- if (\\w+)$", Pattern.MULTILINE);
    private static final Pattern PARAMETER = Pattern.compile("'(?:[^']|'')*'|:(\\w+)");

    /** The names of all questions, those of an operator among them. */
    static List<String> questions() {
        try (Stream<Path> files = Files.list(Path.of("sql/query"))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".sql"))
                    .map(name -> name.replace(".sql", "")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Sample of(Path file) throws Exception {
        String text = String.join("\n", Question.read(file).lines()).lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
        Set<String> required = names(PARAMETER, OPTION.matcher(text.replaceAll("(?m)^.*-- if \\w+$", "")).replaceAll(""));
        return new Sample(text, names(OPTION, text), required);
    }

    private static Set<String> names(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).filter(name -> name != null)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What must be given, and some options. */
    Map<String, Object> parameters(Set<String> chosen) {
        Map<String, Object> parameters = new TreeMap<>();
        Stream.concat(required.stream(), chosen.stream()).forEach(name -> parameters.put(name, value(name)));
        return parameters;
    }

    /** A list if it is read as one, a number if it limits rows, else a time, which is a text too. */
    private Object value(String name) {
        return isUsed("json_each\\(\\s*:" + name) ? "[]" : isUsed("(LIMIT|OFFSET)\\s+:" + name) ? (Object) 10 : "2026-11-22T00:00:00.000Z";
    }

    private boolean isUsed(String as) {
        return Pattern.compile(as + "\\b", Pattern.CASE_INSENSITIVE).matcher(text).find();
    }
}
