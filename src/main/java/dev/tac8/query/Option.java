package dev.tac8.query;

import dev.tac8.text.StoredTime;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a question takes: a filter, a number, a flag.
 *
 * @param name        as in {@code --name}
 * @param label       stands for the value in its help; null for a flag. {@code N} is a whole number, {@code TIME} a day or a time,
 *                    anything else a text
 * @param values      the only ones; empty for any
 * @param fallback    the value if none is given; null for none
 * @param order       which rows come first of a list that a number cuts short, such as {@code newest}
 * @param day         the parameters {@code DAY_since} and {@code DAY_until} are the reader's today; null for none
 * @param companion   the value of another option that it means, by that option's parameter
 * @param description a sentence
 */
public record Option(String name, String label, List<String> values, String fallback, String order, String day,
                     Map.Entry<String, String> companion, String description) {
    private static final String ONE_OF = ", one of ";
    private static final Pattern CLAUSES = Pattern.compile(", +");
    private static final Pattern WORDS = Pattern.compile(" +");
    private static final String NUMBER = "N";
    private static final String TIME = "TIME";

    static Option plain(String name, String label, String description) {
        return new Option(name, label, List.of(), null, null, null, null, description);
    }

    /**
     * Reads {@code --limit N, else the newest 1000: The most to list.}
     *
     * @throws IllegalArgumentException if it is written otherwise, in words
     */
    static Option read(String line) {
        int colon = line.indexOf(": ");
        if (!line.startsWith("--") || colon < 0) {
            throw new IllegalArgumentException("an option is written --NAME LABEL: what it does; a flag without the LABEL");
        }
        String head = line.substring(2, colon);
        List<String> values = new ArrayList<>();
        int oneOf = head.indexOf(ONE_OF);
        if (oneOf >= 0) {
            values.addAll(List.of(head.substring(oneOf + ONE_OF.length()).split(",? +(?:or )?")));
            head = head.substring(0, oneOf);
        }
        String[] clauses = CLAUSES.split(head);
        String[] words = WORDS.split(clauses[0]);
        String fallback = null;
        String order = "first";
        String day = null;
        Map.Entry<String, String> companion = null;
        for (int i = 1; i < clauses.length; i++) {
            String[] clause = WORDS.split(clauses[i]);
            if (clause[0].equals("else") && clause.length > 1) {
                fallback = clause[clause.length - 1];
                order = clause.length > 3 && clause[1].equals("the") ? clause[2] : order;
            } else if (clauses[i].matches("today as [a-z]+")) {
                day = clause[2];
            } else if (clauses[i].matches("with --[a-z-]+ \\S+")) {
                companion = Map.entry(parameter(clause[1].substring(2)), clause[2]);
            } else {
                throw new IllegalArgumentException("\"" + clauses[i] + "\" is not known; it can be: one of A, B or C; else VALUE;"
                        + " with --OPTION VALUE; today as NAME");
            }
        }
        if (words.length > 2) {
            throw new IllegalArgumentException("an option has one LABEL, and \"--" + clauses[0] + "\" has more");
        }
        Option option = new Option(words[0], words.length > 1 ? words[1] : null, List.copyOf(values), fallback, order, day, companion,
                line.substring(colon + 1).strip());
        if (fallback != null) {
            option.check(fallback);
        }
        return option;
    }

    /** How it is called in the statement. */
    public String parameter() {
        return parameter(name);
    }

    private static String parameter(String name) {
        return name.replace('-', '_');
    }

    /** All that it gives to the statement. */
    List<String> parameters() {
        return day == null ? List.of(parameter()) : List.of(parameter(), day + "_since", day + "_until");
    }

    /**
     * The values of its parameters; null if it is not given.
     *
     * @param given what all options are given, by their parameters
     */
    Map<String, Object> values(Map<String, String> given, Instant now, ZoneId zone) {
        String text = given.getOrDefault(parameter(), fallback);
        Map<String, Object> values = new HashMap<>();
        try {
            values.put(parameter(), text == null ? null : value(text, now, zone));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--" + name + " is \"" + text + "\"; " + e.getMessage(), e);
        }
        if (day != null) {
            Period today = text == null ? Period.ALWAYS : Period.day(now, zone);
            values.put(day + "_since", StoredTime.of(today.since()));
            values.put(day + "_until", StoredTime.of(today.until()));
        }
        return values;
    }

    /** Gives another option the value that goes with this one, if this one is given. */
    void bringCompanion(Map<String, String> given, Map<String, Object> parameters) {
        if (companion != null && given.get(parameter()) != null) {
            Object other = parameters.put(companion.getKey(), companion.getValue());
            if (other != null && !other.equals(companion.getValue())) {
                throw new IllegalArgumentException("--" + name + " goes with --" + companion.getKey() + " " + companion.getValue()
                        + ", not with --" + companion.getKey() + " " + other);
            }
        }
    }

    /** Whether it has no value. */
    public boolean isFlag() {
        return label == null;
    }

    /** Whether any text is a value. */
    public boolean isFree() {
        return values.isEmpty() && !NUMBER.equals(label) && !TIME.equals(label);
    }

    /**
     * Looks at what was given.
     *
     * @throws IllegalArgumentException if it is not one of the values, in words that follow the option and a semicolon
     */
    public void check(String given) {
        value(given, Instant.EPOCH, ZoneId.of("Z"));
    }

    /** The value of the parameter. */
    Object value(String given, Instant now, ZoneId zone) {
        if (!values.isEmpty() && !values.contains(given)) {
            throw new IllegalArgumentException("it must be " + (values.size() == 1 ? "" : String.join(", ", values.subList(0, values.size() - 1))
                    + " or ") + values.get(values.size() - 1));
        }
        if (NUMBER.equals(label)) {
            return number(given);
        }
        return TIME.equals(label) ? StoredTime.of(Period.beginOf(given, now, zone)) : given;
    }

    /**
     * How many rows at most.
     *
     * @throws IllegalArgumentException if it is not such a number, in words
     */
    public static Integer number(String given) {
        if (!given.matches("0*[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException("it must be a whole number from 1 to 999999999");
        }
        return Integer.valueOf(given);
    }
}
