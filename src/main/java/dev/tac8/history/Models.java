package dev.tac8.history;

import java.util.regex.Pattern;

/** The names of models: one model has several. */
final class Models {
    private static final Pattern BRACKET = Pattern.compile("\\[[^\\[\\]]*]$");
    /** Of clouds: a region and a vendor before the name, and a revision behind it. */
    private static final Pattern AROUND = Pattern.compile("^(?:[a-z-]+\\.)*(?:anthropic\\.)|^(?:[a-z0-9-]+/)+|-v\\d+(?::\\d+)?$");
    private static final Pattern DATE = Pattern.compile("[-@](?:20\\d{6}|20\\d{2}-\\d{2}-\\d{2})$");

    private Models() {
    }

    /** A name without the size of its window: {@code claude-opus-5[1m]} is {@code claude-opus-5}. */
    static String withoutBracket(String name) {
        return BRACKET.matcher(name).replaceFirst("");
    }

    /** The name by which figures of one model are found that are told under several. */
    static String plain(String name) {
        return DATE.matcher(AROUND.matcher(withoutBracket(name)).replaceAll("")).replaceFirst("");
    }
}
