package dev.tac8.ingest;

import dev.tac8.ingest.Field.Kind;
import dev.tac8.ingest.RecordFormat.Slot;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * Reads a line that says what it says in the plainest way, as nearly all do, in two thirds of the time or less. What is not plain (an escape by
 * number, an exponent, a duplicate key inside an object, a value of the wrong kind, a line that is no JSON) is left to the parser, which alone
 * decides what a line means and why one is bad: for a plain line both give the same values.
 */
final class PlainLine {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_KEYS = 64;
    /** A long holds any number of so many digits. */
    private static final int MAX_DIGITS = 18;
    /** A larger one than a double holds exactly. */
    private static final long EXACT = 1L << 53;
    /** The parser writes less than a millionth with an exponent. */
    private static final int MAX_DECIMALS_KEPT = 6;
    /** The powers of ten that a double holds exactly: a quotient of two exact numbers is the double nearest to what is written. */
    private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};

    private final Names names;
    private final byte[] bytes;
    private final int end;
    private int at;
    private boolean isAscii = true;
    /** Whether the last text holds an escape. */
    private boolean hasEscapes;
    /** Whether white space stands between the tokens of the last object. */
    private boolean hasBlanks;
    /** The last number: its digits without the point, how many of them are decimals, and whether it is below 0. */
    private long digits;
    private int decimals;
    private boolean isNegative;
    /** The hashes of the keys of the objects that are open. */
    private int[] keys;
    private int openKeys;

    /** Fields by the bytes of their names. */
    static final class Names {
        private final byte[][] names;
        private final Slot[] slots;

        Names(Collection<Slot> all) {
            int size = Integer.highestOneBit(all.size()) * 4;
            names = new byte[size][];
            slots = new Slot[size];
            for (Slot slot : all) {
                byte[] name = slot.field().name().getBytes(StandardCharsets.US_ASCII);
                int i = hash(name, 0, name.length);
                while (names[i] != null) {
                    i = i + 1 & size - 1;
                }
                names[i] = name;
                slots[i] = slot;
            }
        }

        private Slot find(byte[] bytes, int from, int to) {
            if (from == to) {
                return null;
            }
            int i = hash(bytes, from, to);
            while (names[i] != null && !Arrays.equals(names[i], 0, names[i].length, bytes, from, to)) {
                i = i + 1 & names.length - 1;
            }
            return slots[i];
        }

        private int hash(byte[] bytes, int from, int to) {
            return 31 * (to - from) + 7 * bytes[from] + bytes[to - 1] & names.length - 1;
        }
    }

    PlainLine(Names names, byte[] bytes, int offset, int length) {
        this.names = names;
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    /**
     * Reads the line.
     *
     * @param values gets the value of each field that is there, as {@link Field#parse} gives it
     * @return false if the line is not plain; the values are worth nothing then
     */
    boolean read(Object[] values) {
        skipBlanks();
        if (!isNext('{')) {
            return false;
        }
        skipBlanks();
        if (!isNext('}')) {
            do {
                skipBlanks();
                if (!isNext('"')) {
                    return false;
                }
                int from = at;
                if (!skipText() || hasEscapes) {
                    return false;
                }
                Slot slot = names.find(bytes, from, at - 1);
                if (!skipColon() || !(slot == null ? skipValue(0) : readValue(slot, values))) {
                    return false;
                }
                skipBlanks();
            } while (isNext(','));
            if (!isNext('}')) {
                return false;
            }
        }
        skipBlanks();
        return at == end;
    }

    /** Whether no byte stands for a character beyond ASCII; that such bytes are right UTF-8 is not looked at. */
    boolean isAscii() {
        return isAscii;
    }

    private boolean readValue(Slot slot, Object[] values) {
        int from = at;
        if (from == end || !skipValue(0)) {
            return false;
        }
        Kind kind = slot.field().kind();
        switch (bytes[from]) {
            case '"' -> {
                values[slot.index()] = text(from + 1, at - 1);
                return kind == Kind.TEXT || kind == Kind.TIMESTAMP;
            }
            case '{' -> {
                values[slot.index()] = hasBlanks ? withoutBlanks(from, at) : string(bytes, from, at - from);
                return kind == Kind.OBJECT;
            }
            case 't', 'f' -> {
                values[slot.index()] = bytes[from] == 't';
                return kind == Kind.BOOLEAN;
            }
            case 'n' -> {
                values[slot.index()] = null;
                return true;
            }
            case '[' -> {
                return false;
            }
            default -> {
                return readNumber(slot, kind, values);
            }
        }
    }

    private boolean readNumber(Slot slot, Kind kind, Object[] values) {
        if (decimals == 0) {
            values[slot.index()] = isNegative ? -digits : digits;
            return kind == Kind.INTEGER || kind == Kind.NUMBER;
        }
        values[slot.index()] = digits / POWERS[decimals];
        return kind == Kind.NUMBER && !isNegative && digits < EXACT;
    }

    /** Moves behind a value of any kind. */
    private boolean skipValue(int depth) {
        if (at == end || depth > MAX_DEPTH) {
            return false;
        }
        switch (bytes[at++]) {
            case '"':
                return skipText();
            case '{':
                return skipObject(depth);
            case '[':
                return skipArray(depth);
            case 't':
                return skipWord("rue");
            case 'f':
                return skipWord("alse");
            case 'n':
                return skipWord("ull");
            default:
                at--;
                return skipNumber() && (depth == 0 || decimals <= MAX_DECIMALS_KEPT);
        }
    }

    private boolean skipObject(int depth) {
        if (depth == 0) {
            hasBlanks = false;
            keys = keys == null ? new int[MAX_KEYS] : keys;
            openKeys = 0;
        }
        int firstKey = openKeys;
        noteBlanks();
        if (isNext('}')) {
            return true;
        }
        do {
            noteBlanks();
            int from = at + 1;
            if (!isNext('"') || !skipText() || !isFirst(from, at - 1, firstKey)) {
                return false;
            }
            noteBlanks();
            if (!isNext(':')) {
                return false;
            }
            noteBlanks();
            if (!skipValue(depth + 1)) {
                return false;
            }
            noteBlanks();
        } while (isNext(','));
        openKeys = firstKey;
        return isNext('}');
    }

    private boolean skipArray(int depth) {
        if (depth == 0) {
            keys = keys == null ? new int[MAX_KEYS] : keys;
            openKeys = 0;
        }
        noteBlanks();
        if (isNext(']')) {
            return true;
        }
        do {
            noteBlanks();
            if (!skipValue(depth + 1)) {
                return false;
            }
            noteBlanks();
        } while (isNext(','));
        return isNext(']');
    }

    /** Whether no key before it in its object is, or may be, the same. */
    private boolean isFirst(int from, int to, int firstKey) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        for (int i = firstKey; i < openKeys; i++) {
            if (keys[i] == hash) {
                return false;
            }
        }
        if (openKeys == MAX_KEYS) {
            return false;
        }
        keys[openKeys++] = hash;
        return true;
    }

    /** Moves behind a text's closing quote. */
    private boolean skipText() {
        hasEscapes = false;
        for (int i = at; i < end; i++) {
            byte b = bytes[i];
            if (b == '"') {
                at = i + 1;
                return true;
            }
            if (b < ' ') {
                if (b >= 0) {
                    return false;
                }
                isAscii = false;
            } else if (b == '\\') {
                i++;
                if (i == end || escaped(bytes[i]) == 0) {
                    return false;
                }
                hasEscapes = true;
            }
        }
        return false;
    }

    /** What an escape stands for, if that is written in this one way only; otherwise 0. */
    private static byte escaped(byte letter) {
        return switch (letter) {
            case '"', '\\' -> letter;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'b' -> '\b';
            case 'f' -> '\f';
            default -> 0;
        };
    }

    /** Moves behind a number. */
    private boolean skipNumber() {
        isNegative = isNext('-');
        int from = at;
        int point = -1;
        digits = 0;
        for (; at < end; at++) {
            byte b = bytes[at];
            if (b >= '0' && b <= '9') {
                digits = 10 * digits + b - '0';
            } else if (b == '.' && point < 0) {
                point = at;
            } else {
                break;
            }
        }
        int wholes = (point < 0 ? at : point) - from;
        decimals = point < 0 ? 0 : at - point - 1;
        boolean isWritten = wholes > 0 && (point < 0 || decimals > 0) && (bytes[from] != '0' || wholes == 1);
        return isWritten && wholes + decimals <= MAX_DIGITS && !(isNegative && digits == 0);
    }

    private boolean skipWord(String rest) {
        if (end - at < rest.length()) {
            return false;
        }
        for (int i = 0; i < rest.length(); i++) {
            if (bytes[at++] != rest.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean skipColon() {
        skipBlanks();
        if (!isNext(':')) {
            return false;
        }
        skipBlanks();
        return true;
    }

    private void noteBlanks() {
        int from = at;
        skipBlanks();
        hasBlanks |= at > from;
    }

    private void skipBlanks() {
        while (at < end && isBlank(bytes[at])) {
            at++;
        }
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    private boolean isNext(char c) {
        if (at < end && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private String text(int from, int to) {
        if (!hasEscapes) {
            return string(bytes, from, to - from);
        }
        byte[] text = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            text[length++] = bytes[i] == '\\' ? escaped(bytes[++i]) : bytes[i];
        }
        return string(text, 0, length);
    }

    private String withoutBlanks(int from, int to) {
        byte[] text = new byte[to - from];
        int length = 0;
        boolean isInText = false;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (!isInText && isBlank(b)) {
                continue;
            }
            text[length++] = b;
            if (b == '"') {
                isInText = !isInText;
            } else if (b == '\\') {
                text[length++] = bytes[++i];
            }
        }
        return string(text, 0, length);
    }

    private String string(byte[] from, int offset, int length) {
        return new String(from, offset, length, isAscii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    }
}
