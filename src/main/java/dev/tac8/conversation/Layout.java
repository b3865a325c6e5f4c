package dev.tac8.conversation;

import dev.tac8.text.Printable;
import dev.tac8.text.Text;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Foreign text in lines of a width. Line ends and tabs are layout; colours are dropped; every other control is escaped. */
final class Layout {
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;:]*+m");
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
    private static final String DOTS = "…";
    private static final int TAB_COLUMNS = 4;
    /** A line is laid out in pieces of this length, as escapes may make it six times as long. */
    private static final int PIECE = 1 << 16;

    private Layout() {
    }

    /** Text as lines that fit, without blank lines at either end. */
    static void wrap(String text, int width, Consumer<String> out) {
        boolean begun = false;
        boolean blank = false;
        int from = 0;
        while (from < text.length()) {
            int end = endOfPiece(text, from);
            String line = COLOUR.matcher(text.substring(from, end)).replaceAll("").stripTrailing();
            if (line.isEmpty()) {
                blank = begun;
            } else {
                // Several blank lines say no more than one.
                if (blank) {
                    out.accept("");
                }
                blank = false;
                begun = true;
                wrapLine(Printable.of(expandTabs(line)), width, out);
            }
            from = end + lineEndAt(text, end);
        }
    }

    /** Where the line, or this piece of it, ends. */
    private static int endOfPiece(String text, int from) {
        int most = Math.min(text.length(), from + PIECE);
        for (int i = from; i < most; i++) {
            if (lineEndAt(text, i) > 0) {
                return i;
            }
        }
        return most < text.length() && Character.isSurrogatePair(text.charAt(most - 1), text.charAt(most)) ? most - 1 : most;
    }

    private static int lineEndAt(String text, int i) {
        if (i == text.length()) {
            return 0;
        }
        char c = text.charAt(i);
        return c == '\r' && text.startsWith("\n", i + 1) ? 2 : c == '\r' || c == '\n' ? 1 : 0;
    }

    private static void wrapLine(String line, int width, Consumer<String> out) {
        int start = 0;
        while (start < line.length()) {
            int end = Text.lineEnd(line, start, width);
            out.accept(line.substring(start, end).stripTrailing());
            for (start = end; start < line.length() && line.charAt(start) == ' ';) {
                start++;
            }
        }
    }

    /** The beginning of a text, on one line that fits. */
    static String fold(String text, int width) {
        // White space is folded, so a bit more text than is shown may be needed, but not all of it.
        String begin = text.substring(0, (int) Math.min(text.length(), 16L * Math.max(width, 1)));
        String line = Printable.of(WHITE_SPACE.matcher(COLOUR.matcher(begin).replaceAll("")).replaceAll(" ").strip());
        return Text.cut(begin.length() == text.length() ? line : line + DOTS, width);
    }

    /** How many lines a text has. */
    static long lines(String text) {
        return text.isEmpty() ? 0 : LINE_END.splitAsStream(text).count();
    }

    private static String expandTabs(String line) {
        if (line.indexOf('\t') < 0) {
            return line;
        }
        StringBuilder expanded = new StringBuilder(line.length() + 16);
        int column = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            int spaces = TAB_COLUMNS - column % TAB_COLUMNS;
            expanded.append(c == '\t' ? " ".repeat(spaces) : String.valueOf(c));
            column += c == '\t' ? spaces : 1;
        }
        return expanded.toString();
    }
}
