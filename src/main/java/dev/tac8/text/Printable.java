package dev.tac8.text;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HexFormat;

/**
 * Foreign text made fit for a terminal: a character that could steer one, or make it show other text than is there, is
 * written as an escape.
 *
 * <p>The escapes are JSON's own ({@code \}{@code u001b}): a line of JSON that went through here says the same as before.
 */
public final class Printable {
    private static final HexFormat HEX = HexFormat.of();
    private static final int TAGS_AND_BEYOND = 0xE0000;
    private static final int PRIVATE_PLANES = 0xF0000;

    private Printable() {
    }

    /** The text on one line: a line feed and a tab are escaped too. */
    public static String of(String text) {
        if (endOfSafe(text, 0) == text.length()) {
            return text;
        }
        StringWriter printable = new StringWriter(text.length() + 16);
        write(text, new PrintWriter(printable));
        return printable.toString();
    }

    /** Writes a text of any length on one line, without holding it a second time. */
    public static void write(String text, PrintWriter out) {
        int from = 0;
        while (from < text.length()) {
            int end = endOfSafe(text, from);
            out.write(text, from, end - from);
            from = end;
            if (from < text.length()) {
                end += Character.charCount(text.codePointAt(from));
                for (; from < end; from++) {
                    out.write("\\u");
                    out.write(HEX.toHexDigits(text.charAt(from)));
                }
            }
        }
    }

    private static int endOfSafe(String text, int from) {
        int i = from;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            if (!isSafe(c)) {
                return i;
            }
            i += Character.charCount(c);
        }
        return i;
    }

    /** Whether a character may be shown as it is. */
    public static boolean isSafe(int c) {
        return switch (Character.getType(c)) {
            // C0, DEL and C1; bidi overrides, zero-width characters and such; characters that a terminal may take for a line end.
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    false;
            // Unassigned characters; the next emoji are elsewhere.
            case Character.UNASSIGNED -> c > Character.MAX_VALUE && c < TAGS_AND_BEYOND;
            // All of them are invisible, and are used to hide text in text.
            default -> c < TAGS_AND_BEYOND || c >= PRIVATE_PLANES;
        };
    }
}
