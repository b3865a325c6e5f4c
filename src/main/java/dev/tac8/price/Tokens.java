package dev.tac8.price;

/**
 * The tokens of a call, none of them counted twice.
 *
 * @param input        those that were sent, without those of the cache
 * @param output       those that were answered, with thoughts
 * @param cacheRead    those that were read from a cache
 * @param cacheWrite5m those that were written to a cache for five minutes
 * @param cacheWrite1h those that were written to a cache for an hour
 */
public record Tokens(long input, long output, long cacheRead, long cacheWrite5m, long cacheWrite1h) {
    /** All that was sent, by which the tier of a price is chosen. */
    long sent() {
        double sum = (double) input + cacheRead + cacheWrite5m + cacheWrite1h;
        return sum >= Long.MAX_VALUE ? Long.MAX_VALUE : input + cacheRead + cacheWrite5m + cacheWrite1h;
    }
}
