package dev.tac8.service;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The routes or their statements cannot be loaded. The message names the file, as far as it is known, and the reason. */
public final class RoutesException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final Pattern SOURCE = Pattern.compile("source: file:([^)]+)\\)");

    RoutesException(RuntimeException failure) {
        super("the routes cannot be loaded, so nothing was started: " + reason(failure), failure);
    }

    private static String reason(Throwable failure) {
        String source = "";
        Throwable cause = failure;
        while (true) {
            Matcher named = SOURCE.matcher(String.valueOf(cause.getMessage()));
            if (source.isEmpty() && named.find()) {
                source = named.group(1) + ": ";
            }
            if (cause.getCause() == null) {
                // A YAML error tells its file, line and column over several lines.
                return source + String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
            }
            cause = cause.getCause();
        }
    }
}
