package dev.tac8.price;

import java.util.Locale;

/** Terms of a call that multiply the price of its tokens. */
public enum Terms {
    /** It was to be answered fast. */
    FAST,
    /** It was one of a batch. */
    BATCH,
    /** It was to be worked on in the US only. */
    US;

    /** Its column in a book. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
