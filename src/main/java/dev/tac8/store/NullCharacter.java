package dev.tac8.store;

/**
 * U+0000 in a text. PostgreSQL takes none, and SQLite's shell and many of its functions end a text there, so a store is given the symbol for it.
 */
public final class NullCharacter {
    private static final char SYMBOL = '\u2400';

    private NullCharacter() {
    }

    /** A text as every store holds it: with the symbol for it, U+2400, in the place of each U+0000. */
    public static String shown(String text) {
        // Looking for one is much quicker than replacing none.
        return text.indexOf('\0') < 0 ? text : text.replace('\0', SYMBOL);
    }
}
