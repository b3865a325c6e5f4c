package dev.tac8.query;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.tac8.text.Printable;

/** Escapes in JSON what a terminal would obey, beyond what JSON itself escapes: the value is the same, and harmless to look at. */
final class HarmlessJson extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
        int[] codes = standardAsciiEscapesForJSON();
        codes[0x7f] = ESCAPE_STANDARD;
        return codes;
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
        return character > 0x7f && !Printable.isSafe(character) ? new SerializedString(String.format("\\u%04x", character)) : null;
    }
}
