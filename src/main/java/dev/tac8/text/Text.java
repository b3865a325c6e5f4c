package dev.tac8.text;

import org.jline.utils.WCWidth;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Text of others on its way to a terminal. */
public final class Text {
    private static final Pattern BREAKS = Pattern.compile("[\\n\\r\\t]+");

    private Text() {
    }

    /** A value of a row: bytes as SQL writes them, and nothing for null. */
    public static String of(Object value) {
        return value == null ? "" : value instanceof byte[] bytes ? "x'" + HexFormat.of().formatHex(bytes) + "'" : value.toString();
    }

    /** At most so many characters of a value, or a few more. */
    public static String beginning(Object value, int most) {
        if (value instanceof byte[] bytes && bytes.length > most) {
            return of(Arrays.copyOf(bytes, most));
        }
        String text = of(value);
        return text.length() <= most ? text : text.substring(0, text.offsetByCodePoints(0, most / 2));
    }

    /** The text on one line, its line breaks as spaces, and what is harmful in it as an escape. */
    public static String printable(String text) {
        return Printable.of(BREAKS.matcher(text).replaceAll(" "));
    }

    /** The columns that a text takes in a terminal. */
    public static int width(String text) {
        return text.codePoints().map(Text::width).sum();
    }

    /** The text cut to a width, with an ellipsis where something is left out. */
    public static String cut(String text, int width) {
        if (width(text) <= width) {
            return text;
        }
        StringBuilder kept = new StringBuilder();
        int left = width - 1;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int character = text.codePointAt(i);
            left -= width(character);
            if (left < 0) {
                break;
            }
            kept.appendCodePoint(character);
        }
        return kept.append('…').toString();
    }

    /** Where to break a text that is to fit a width from an index on: at the last space behind a word, or in the word, or at its end. */
    public static int lineEnd(String text, int from, int width) {
        int left = width;
        int space = -1;
        boolean word = false;
        for (int i = from; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int character = text.codePointAt(i);
            left -= width(character);
            if (left < 0 && i > from) {
                return character == ' ' || space < 0 ? i : space;
            }
            word |= character != ' ';
            space = word && character == ' ' ? i : space;
        }
        return text.length();
    }

    /** A line as lines that fit a width, the further ones indented; as it is where the width is 0. */
    public static void wrap(String line, int width, int indent, Consumer<String> out) {
        String rest = line;
        String before = "";
        while (width > 2 * indent && before.length() + width(rest) > width) {
            int end = lineEnd(rest, 0, width - before.length());
            out.accept(before + rest.substring(0, end).stripTrailing());
            rest = rest.substring(end).stripLeading();
            before = " ".repeat(indent);
        }
        out.accept(before + rest);
    }

    private static int width(int character) {
        return Math.max(0, WCWidth.wcwidth(character));
    }
}
