package dev.tac8.settings;

import dev.tac8.text.Nearest;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The name of a setting: keys of tac8, of Camel, and those that an operator's own routes ask for. */
final class Key {
    private static final String TAC8 = "tac8";
    private static final Pattern OF_CAMEL = Pattern.compile("camel\\..*");
    /** Options that routes set for themselves, or that promises depend on: Camel would silently take them from here. */
    private static final Pattern PROMISED = Pattern.compile("camel\\.(main\\.autoStartup(ExcludePattern)?|resilience4j\\..*|faultTolerance\\..*)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern DASH = Pattern.compile("-(\\p{Lower})");
    /** These would make Camel read settings by itself, and prefer them. */
    private static final Pattern SECOND_READER = Pattern.compile("camel\\.main\\.(fileConfigurations|profile"
            + "|autoConfiguration(EnvironmentVariables|SystemProperties)Enabled|\\w*(Properties|Placeholder)Location)"
            + "|camel\\.component\\.properties\\..*", Pattern.CASE_INSENSITIVE);
    /** Variables for the launcher, or for scripts around it. */
    private static final Set<String> NO_SETTINGS = Set.of("TAC8", "TAC8_JAVA_OPTS", Settings.PASSWORD);

    private Key() {
    }

    /** The key as it is kept: to Camel {@code shutdown-timeout} and {@code shutdownTimeout} are the same. */
    static String of(String given) {
        return isOfCamel(given) ? DASH.matcher(given).replaceAll(dash -> dash.group(1).toUpperCase(Locale.ROOT)) : given;
    }

    static boolean isOfTac8(String key) {
        return key.startsWith(TAC8 + ".");
    }

    static boolean isOfCamel(String key) {
        return OF_CAMEL.matcher(key).matches();
    }

    /** Refuses a key that only looks like one of another program. */
    static void check(String key, String source) throws SettingsException {
        if (SECOND_READER.matcher(key).matches()) {
            throw new SettingsException(key + " (in " + source + ") would have Camel read settings elsewhere too, and is not taken: put what"
                    + " is to be set into application.properties itself");
        }
        if (PROMISED.matcher(key).matches()) {
            throw new SettingsException(key + " (in " + source + ") would keep routes from starting, or change the circuit breaker behind the back of"
                    + " tac8.breaker.*, and is not taken: remove it");
        }
        boolean isOfOthers = !isOfTac8(key) && !isOfCamel(key);
        if (isOfOthers && (key.toLowerCase(Locale.ROOT).startsWith(TAC8) || keys().anyMatch(known -> known.equals(TAC8 + "." + key)))) {
            throw unknown(key, source);
        }
    }

    static SettingsException unknown(String key, String source) {
        return new SettingsException("there is no setting " + key + " (in " + source + ");" + didYouMean(key, keys())
                + " application.properties lists all there are");
    }

    /** Whether a variable that sets nothing was meant to set something. */
    static boolean isMistypedVariable(String variable) {
        return variable.toUpperCase(Locale.ROOT).startsWith("TAC8") && !NO_SETTINGS.contains(variable);
    }

    static SettingsException unknownVariable(String variable) {
        return new SettingsException("there is no setting for the environment variable " + variable + ";"
                + didYouMean(variable.toUpperCase(Locale.ROOT), Stream.of(Setting.values()).map(Setting::variable))
                + " application.properties lists all there are, in lower case and with dots");
    }

    private static String didYouMean(String given, Stream<String> known) {
        String nearest = Nearest.to(given, known);
        return nearest == null ? "" : " did you mean " + nearest + "?";
    }

    private static Stream<String> keys() {
        return Stream.of(Setting.values()).map(Setting::key);
    }
}
