package dev.tac8.price;

import java.util.function.ToLongFunction;

/** The kinds of tokens that have a price of their own. */
public enum Kind {
    /** What was sent and is in no cache. */
    INPUT("input", "input", Tokens::input),
    /** What was answered, thoughts too. */
    OUTPUT("output", "output", Tokens::output),
    /** What was sent and read from a cache. */
    CACHE_READ("cache_read", "reading the cache", Tokens::cacheRead),
    /** What was written to a cache for five minutes. */
    CACHE_WRITE_5M("cache_write_5m", "writing to the cache for five minutes", Tokens::cacheWrite5m),
    /** What was written to a cache for an hour. */
    CACHE_WRITE_1H("cache_write_1h", "writing to the cache for an hour", Tokens::cacheWrite1h);

    private final String column;
    private final String words;
    private final ToLongFunction<Tokens> of;

    Kind(String column, String words, ToLongFunction<Tokens> of) {
        this.column = column;
        this.words = words;
        this.of = of;
    }

    /** Its column in a book. */
    public String column() {
        return column;
    }

    String words() {
        return words;
    }

    long of(Tokens tokens) {
        return of.applyAsLong(tokens);
    }
}
