package dev.tac8.query;

/** Text of others on its way to a terminal. */
final class Text {
    private Text() {
    }

    /** Whether a terminal, or a reader's eye, would be deceived: controls, and marks that turn the direction of text. */
    static boolean isHarmful(int character) {
        int type = Character.getType(character);
        return type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR || type == Character.SURROGATE;
    }

    /** The text on one line, what is harmful in it written as an escape. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (character == '\n' || character == '\t' || character == '\r') {
                shown.append(' ');
            } else if (isHarmful(character)) {
                shown.append(String.format(character > 0xffff ? "\\u{%x}" : "\\u%04x", character));
            } else {
                shown.appendCodePoint(character);
            }
        });
        return shown.toString();
    }

    /** The columns that a text takes in a terminal. */
    static int width(String text) {
        return text.codePoints().map(Text::width).sum();
    }

    /** The text cut to a width, with an ellipsis where something is left out. */
    static String cut(String text, int width) {
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

    /** Where to break a text so that its beginning fits a width: behind the last space, or wherever it must be. */
    static int lineEnd(String text, int width) {
        int left = width;
        int space = 0;
        int i = 0;
        while (i < text.length()) {
            int character = text.codePointAt(i);
            left -= width(character);
            if (left < 0) {
                break;
            }
            i += Character.charCount(character);
            space = character == ' ' ? i : space;
        }
        return space > 0 ? space : Math.max(i, Character.charCount(text.codePointAt(0)));
    }

    private static int width(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        // East Asian Wide and Fullwidth of Unicode's EastAsianWidth.txt, in blocks, and the emoji.
        return character >= 0x1100 && character <= 0x115f || character >= 0x2e80 && character <= 0xa4cf
                || character >= 0xac00 && character <= 0xd7a3 || character >= 0xf900 && character <= 0xfaff
                || character >= 0xfe30 && character <= 0xfe6f || character >= 0xff00 && character <= 0xff60
                || character >= 0xffe0 && character <= 0xffe6 || character >= 0x1f300 && character <= 0x1faff
                || character >= 0x20000 && character <= 0x3fffd ? 2 : 1;
    }
}
