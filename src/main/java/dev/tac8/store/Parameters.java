package dev.tac8.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statement and its parameters: {@code :name} in questions, {@code :#name} and <code>:#${expression}</code> in what routes run.
 *
 * @param sql   the statement with numbers in their places, for each name one
 * @param names in the order of the numbers, which begin at 1
 */
public record Parameters(String sql, List<String> names) {
    /** A parameter, or what may hold something that looks like one. */
    private static final Pattern PARAMETER = Pattern.compile("'[^']*'|\"[^\"]*\"|--[^\n]*|:#?(\\w+|\\$\\{[^}]+})");

    /** Finds the parameters of a statement. */
    public static Parameters of(String statement) {
        List<String> names = new ArrayList<>();
        String sql = PARAMETER.matcher(statement).replaceAll(found -> {
            String name = found.group(1);
            if (name == null) {
                return Matcher.quoteReplacement(found.group());
            }
            if (!names.contains(name)) {
                names.add(name);
            }
            return "?" + (names.indexOf(name) + 1);
        });
        return new Parameters(sql, names);
    }

    /**
     * Gives each parameter its value.
     *
     * @throws SQLException if one is not among the values, where it may be null
     */
    public void bind(PreparedStatement statement, Map<String, ?> values) throws SQLException {
        int number = 0;
        for (String name : names) {
            if (!values.containsKey(name)) {
                throw new SQLException("it asks for :" + name + ", which is not given");
            }
            statement.setObject(++number, values.get(name));
        }
    }

    /** Whether there is no statement in it, but white space and comments; the driver would take that for one, and fail once all is over. */
    public boolean isEmpty() {
        return sql.replaceAll("(?s)--[^\n]*|/\\*.*?\\*/", "").isBlank();
    }
}
