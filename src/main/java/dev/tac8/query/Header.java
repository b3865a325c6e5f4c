package dev.tac8.query;

import dev.tac8.store.RefusedException;
import dev.tac8.store.StoreException;
import dev.tac8.text.Nearest;
import dev.tac8.text.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the comment at the top of {@code sql/query/NAME.sql} says of its question: docs/questions.md describes the keys.
 *
 * @param name        the question's, and its file's
 * @param question    the statement
 * @param description what it answers, in sentences
 * @param examples    command lines; a question without one is a statement for others to use, and not a command
 * @param options     what it takes, in the order of the file, those of the period last
 * @param subject     what the period is of; null if it takes none
 * @param about       the parameters that tell which rows it needs, the narrowest first
 * @param oneRow      whether the answer is one row, not a list
 * @param shown       the columns that people see; empty for all
 * @param nothing     the sentence for nothing found, with words in brackets that depend on what was asked
 * @param variant     the other file that answers if an option is given; null if there is none
 */
public record Header(String name, Question question, String description, List<String> examples, List<Option> options, Subject subject,
                     List<String> about, boolean oneRow, List<String> shown, String nothing, Variant variant) {
    /** What the options of the period are called. */
    private static final List<String> PERIOD = List.of("today", "last", "since", "until");
    private static final List<Option> PERIOD_OPTIONS = List.of(Option.plain("today", null, "Only today."),
            Option.plain("last", "LENGTH", "From so long ago on: 30m, 24h, 7d or 2w."),
            Option.plain("since", "TIME", "From a day or time on: 2026-11-22, today, yesterday, 2026-11-22T10:15, 2026-11-22T10:15Z."),
            Option.plain("until", "TIME", "Up to a time, or to the end of a day."));
    private static final Set<String> TAKEN = Set.of("json", "csv", "zone", "help", "version");
    private static final List<String> KEYS = List.of("Example", "Option", "Period", "About", "Answers", "Shows", "Nothing", "Instead", "Parameters");
    /** A key for the reader alone. */
    private static final String PROSE = "Rows";
    /** What the rows of sessions, tasks and workers can be narrowed by: any other word would leave out what is needed. */
    private static final List<String> ABOUT = List.of("task", "session", "worker", "status", "detected", "completed", "started", "period");
    private static final Pattern LIST = Pattern.compile(",? +(?:and |or )?");
    private static final String NAME = "[a-z][a-z0-9]*(-[a-z0-9]+)*";

    /** What a period is of: which rows a question needs depends on it. */
    enum Subject {
        CALLS("API calls"), EVENTS("events"), DETECTED("tasks detected"), COMPLETED("tasks completed"), STARTED("sessions started"),
        ANYTHING("anything");

        private final String words;

        Subject(String words) {
            this.words = words;
        }

        Reach reach(Period period) {
            return switch (this) {
                case CALLS -> Reach.calls(period);
                case EVENTS -> Reach.events(period);
                case DETECTED -> Reach.those("detected", period);
                case COMPLETED -> Reach.those("completed", period);
                case STARTED -> Reach.those("started", period);
                case ANYTHING -> Reach.EVERYTHING;
            };
        }

        static Subject of(String words) {
            for (Subject subject : values()) {
                if (subject.words.equals(words)) {
                    return subject;
                }
            }
            return null;
        }
    }

    /**
     * Another file for some values of an option.
     *
     * @param parameter the option's
     * @param before    what the file's name begins with, before the value
     */
    record Variant(String parameter, String before) {
        private boolean isBy(Option option) {
            return parameter.equals(option.parameter());
        }
    }

    /**
     * Reads the header of a question.
     *
     * @throws StoreException if the file cannot be read, or its header is wrong: a sentence that names the line
     */
    public static Header read(Path sql, String name) throws StoreException {
        Question question = Question.read(sql.resolve("query").resolve(name + ".sql"));
        return new Reader(name, question).read();
    }

    /**
     * Reads the header of a question that is a command.
     *
     * @throws StoreException as {@link #read}, and if it has no example, and so is not a command
     */
    public static Header readCommand(Path sql, String name) throws StoreException {
        Header header = read(sql, name);
        if (header.examples.isEmpty()) {
            throw new RefusedException("sql/query/" + name + ".sql is not a command, as it has no line -- Example: ./tac8 " + name
                    + "; ./tac8 sql --file sql/query/" + name + ".sql asks it without options");
        }
        return header;
    }

    /** Whether a question wants to be a command, even if it is broken. */
    public static boolean isCommand(Path sql, String name) {
        try {
            return Question.read(sql.resolve("query").resolve(name + ".sql")).lines().stream().anyMatch(line -> line.startsWith("-- Example"));
        } catch (StoreException e) {
            return false;
        }
    }

    /** Whether a file of this name can be a command. */
    public static boolean isName(String name) {
        return name.matches(NAME);
    }

    /** Whether an option is one of a period's. */
    static boolean isOfPeriod(Option option) {
        return PERIOD.contains(option.name());
    }

    /** Whether another file answers if an option is given. */
    boolean isVariantOf(Option option) {
        return variant != null && variant.isBy(option);
    }

    /** That the columns for people are there. */
    void checkColumns(List<String> columns) throws RefusedException {
        for (String column : shown) {
            if (!columns.contains(column)) {
                throw new RefusedException("sql/query/" + name + ".sql says that it shows " + column + ", and its statement has no such column");
            }
        }
    }

    /**
     * The sentence for nothing found.
     *
     * @param whole whether everything was looked at
     */
    String nothing(boolean filtered, boolean inTime, boolean whole) {
        return nothing.replace("[such] ", filtered ? "such " : "").replace(" [in that time]", inTime ? " in that time" : "")
                .replace(" [yet]", filtered || inTime || !whole ? "" : " yet");
    }

    /** Reads the lines, one after the other. */
    private static final class Reader {
        private final String name;
        private final Question question;
        private final List<String> description = new ArrayList<>();
        private final List<String> examples = new ArrayList<>();
        private final List<Option> options = new ArrayList<>();
        private final Map<String, Integer> lineOf = new HashMap<>();
        private Subject subject;
        private List<String> about = List.of("period");
        private boolean oneRow;
        private List<String> shown = List.of();
        private String nothing = "Nothing found.";
        private Variant variant;
        private List<String> others = List.of();
        private boolean described;
        private int number;

        Reader(String name, Question question) {
            this.name = name;
            this.question = question;
        }

        Header read() throws StoreException {
            List<String> lines = question.lines();
            while (number < lines.size() && lines.get(number).startsWith("--")) {
                StringBuilder line = new StringBuilder(lines.get(number++).substring(2).strip());
                int first = number;
                while (isKey(line) && number < lines.size() && lines.get(number).startsWith("--  ")) {
                    line.append(' ').append(lines.get(number++).substring(2).strip());
                }
                int next = number;
                number = first;
                look(Printable.of(line.toString()));
                number = next;
            }
            if (subject != null) {
                options.addAll(PERIOD_OPTIONS);
            }
            if (!examples.isEmpty()) {
                number = 0;
                check(lines);
            }
            return new Header(name, question, String.join(" ", description), List.copyOf(examples), List.copyOf(options), subject, about,
                    oneRow, shown, nothing, variant);
        }

        private static boolean isKey(CharSequence line) {
            return !key(line.toString()).isEmpty();
        }

        /** The word that a line begins with, if a colon or an option follows; else nothing. */
        private static String key(String line) {
            int end = 0;
            while (end < line.length() && Character.isLetter(line.charAt(end))) {
                end++;
            }
            boolean isKey = end > 0 && Character.isUpperCase(line.charAt(0)) && (line.startsWith(":", end) || line.startsWith(" --", end));
            return isKey ? line.substring(0, end) : "";
        }

        private void look(String line) throws RefusedException {
            String key = key(line);
            if (key.isEmpty() || key.equals(PROSE)) {
                described |= line.isEmpty() || !key.isEmpty();
                if (!described) {
                    description.add(line);
                }
                return;
            }
            described = true;
            String value = line.substring(key.length() + (line.startsWith(":", key.length()) ? 1 : 0)).strip();
            switch (key) {
                case "Example" -> examples.add(value);
                case "Option" -> add(value);
                case "Period" -> {
                    subject = Subject.of(value);
                    require(subject != null, "Period is \"" + value + "\"; it must be API calls, events, tasks detected, tasks completed,"
                            + " sessions started or anything");
                }
                case "About" -> {
                    about = list(value);
                    for (String word : about) {
                        require(ABOUT.contains(word), "About names " + word + "; it can name " + String.join(", ", ABOUT));
                    }
                }
                case "Answers" -> {
                    oneRow = value.equals("one row");
                    require(oneRow || value.equals("a list"), "Answers is \"" + value + "\"; it must be one row or a list");
                }
                case "Shows" -> shown = list(value);
                case "Nothing" -> nothing = value;
                case "Parameters" -> others = list(value);
                case "Instead" -> variant = variant(value);
                default -> throw refused("there is no key " + key + meant(key));
            }
        }

        private static String meant(String key) {
            String nearest = Nearest.to(key, KEYS.stream());
            return nearest == null ? "; the keys are " + String.join(", ", KEYS) : "; did you mean " + nearest + "?";
        }

        private static List<String> list(String value) {
            return List.of(LIST.split(value));
        }

        private void add(String line) throws RefusedException {
            Option option = null;
            try {
                option = Option.read(line);
            } catch (IllegalArgumentException e) {
                throw refused(e.getMessage());
            }
            String bare = option.name();
            require(bare.matches(NAME), "an option is called --NAME, in small letters, and --" + bare + " is not");
            require(!TAKEN.contains(bare) && !PERIOD.contains(bare), "the option --" + bare + " is one of tac8's own: call yours otherwise");
            require(lineOf.put(bare, number) == null, "the option --" + bare + " is there twice");
            options.add(option);
        }

        /** {@code cost-by-WHAT.sql with --by WHAT}. */
        private Variant variant(String value) throws RefusedException {
            String[] words = value.split(" +");
            require(words.length == 4 && words[1].equals("with") && words[2].startsWith("--") && words[0].endsWith(words[3] + ".sql"),
                    "Instead is \"" + value + "\"; it must be like: cost-by-WHAT.sql with --by WHAT");
            String before = words[0].substring(0, words[0].length() - words[3].length() - ".sql".length());
            return new Variant(words[2].substring(2).replace('-', '_'), before);
        }

        /** That the statement and the options speak of the same parameters. */
        private void check(List<String> lines) throws RefusedException {
            Set<String> known = new HashSet<>(others);
            for (Option option : options) {
                known.addAll(isOfPeriod(option) ? Set.of() : option.parameters());
            }
            known.addAll(subject == null ? List.of() : List.of("since", "until"));
            Set<String> used = new HashSet<>();
            for (String line : lines) {
                number++;
                for (String parameter : Question.parametersOf(line)) {
                    // Another statement that is named in it has filters for others, too.
                    require(known.contains(parameter) || line.contains("\n"), "the statement asks for :" + parameter + ", which no option of its header gives");
                    used.add(parameter);
                }
            }
            number = 1;
            require(subject == null || used.contains("since") && used.contains("until"), "there is a Period, and the statement does not ask for"
                    + " :since and :until");
            for (Option option : options) {
                number = lineOf.getOrDefault(option.name(), 1);
                require(variant == null || !variant.isBy(option) || !option.values().isEmpty(), "other files answer for --" + option.name()
                        + ", so it needs a list of its values: one of A, B or C");
                require(isOfPeriod(option) || variant != null && variant.isBy(option) || !Collections.disjoint(option.parameters(), used), "the option --"
                        + option.name() + " changes nothing, as the statement does not ask for :" + option.parameter());
                require(option.companion() == null || known.contains(option.companion().getKey()), "the option --" + option.name()
                        + " goes with one that there is not");
            }
            number = 1;
            for (String word : about) {
                require(word.equals("period") || known.contains(word) || known.contains(word + "_since"), "About names " + word
                        + ", which no option gives");
            }
        }

        private void require(boolean isSo, String otherwise) throws RefusedException {
            if (!isSo) {
                throw refused(otherwise);
            }
        }

        private RefusedException refused(String fault) {
            return new RefusedException("sql/query/" + name + ".sql, line " + number + ": " + fault);
        }
    }
}
